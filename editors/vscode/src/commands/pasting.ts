/** Pasting JSON into a spec as tables: a sample of data, or a JSON Schema. The server makes them. */
import * as vscode from "vscode";
import type { TextEdit } from "vscode-languageclient";
import type { Server } from "../server/server";

/** What the server says to `specdsl/tablesOfJson`. */
export interface TablesOfJson {
  /** null where there is nothing to paste; `message` says why. */
  readonly edit: TextEdit | null;
  readonly message: string;
  /** What of a schema could not be carried over exactly. */
  readonly notes: readonly string[];
}

/** Paste what the clipboard holds as tables, between the declarations nearest to the cursor. */
export async function pasteJson(server: Server): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== "dgen") {
    void vscode.window.showInformationMessage("Open a .dgen file to paste JSON into.");
    return;
  }
  const text = await vscode.env.clipboard.readText();
  if (text.trim() === "") {
    void vscode.window.showInformationMessage("The clipboard holds no text. Copy some JSON first.");
    return;
  }
  const found = await tablesOfJson(server, editor.document, editor.selection.active, text);
  if (found === undefined) {
    void vscode.window.showWarningMessage("JSON can be pasted once the language server runs.");
    return;
  }
  if (found.edit === null) {
    void vscode.window.showWarningMessage(found.message);
    return;
  }
  await put(editor, found.edit);
  if (found.notes.length > 0) tellOf(found.notes);
}

/** Makes the edit and shows what it brought, the cursor at its beginning. */
async function put(editor: vscode.TextEditor, edit: TextEdit): Promise<void> {
  const range = rangeOf(edit);
  const isMade = await editor.edit((builder) => builder.replace(range, edit.newText));
  if (!isMade) {
    void vscode.window.showWarningMessage("The file changed while the JSON was read. Paste it again.");
    return;
  }
  const lead = edit.newText.length - edit.newText.trimStart().length;
  const place = editor.document.positionAt(editor.document.offsetAt(range.start) + lead);
  editor.selection = new vscode.Selection(place, place);
  editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

function tellOf(notes: readonly string[]): void {
  const [first = "", ...more] = notes;
  const rest = more.length === 0 ? "" : ` And ${more.length} more.`;
  void vscode.window.showWarningMessage(`Not carried over exactly: ${first}.${rest}`);
}

/** The tables that `text` describes; undefined where no server answers. */
export async function tablesOfJson(
  server: Server,
  document: vscode.TextDocument,
  position: vscode.Position,
  text: string,
  token: vscode.CancellationToken = new vscode.CancellationTokenSource().token,
): Promise<TablesOfJson | undefined> {
  const { client } = server;
  if (client === undefined) return undefined;
  const params = {
    textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri) },
    position: client.code2ProtocolConverter.asPosition(position),
    text,
  };
  try {
    return await client.sendRequest<TablesOfJson>("specdsl/tablesOfJson", params, token);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { edit: null, message: `The JSON cannot be pasted: ${message}`, notes: [] };
  }
}

export function rangeOf({ range: { start, end } }: TextEdit): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
