import * as vscode from "vscode";

/** What a command is given: nothing, a file (from a menu), or a table of a file (from a code lens). */
export type Given = vscode.Uri | { readonly uri: string; readonly table?: string } | undefined;

export interface Spec {
  readonly uri: vscode.Uri;
  readonly table?: string;
}

/** The spec that a command is about: the given one, else the active editor's. Saved, for the command line reads files. */
export async function savedSpec(given: Given): Promise<Spec | undefined> {
  const named = specOf(given);
  if (named === undefined) {
    void vscode.window.showInformationMessage("Open a .dgen file first.");
    return undefined;
  }
  const saved = await save(named.uri);
  return saved && { ...named, uri: saved };
}

function specOf(given: Given): Spec | undefined {
  if (given instanceof vscode.Uri) return { uri: given };
  if (given !== undefined && typeof given.uri === "string") {
    const uri = vscode.Uri.parse(given.uri, true);
    return given.table === undefined ? { uri } : { uri, table: given.table };
  }
  const active = vscode.window.activeTextEditor?.document;
  const visible = vscode.window.visibleTextEditors.map((editor) => editor.document);
  const document = [active, ...visible].find((one) => one?.languageId === "dgen");
  return document && { uri: document.uri };
}

/** Save a spec, and the others that have changed: it may import them. */
async function save(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
  const open = vscode.workspace.textDocuments.filter((document) => document.languageId === "dgen");
  const own = open.find((document) => document.uri.toString() === uri.toString());
  if (own?.isUntitled) {
    await vscode.window.showTextDocument(own);
    const before = new Set(open.map((document) => document.uri.toString()));
    await vscode.commands.executeCommand("workbench.action.files.saveAs");
    const now = vscode.window.activeTextEditor?.document;
    return now && !now.isUntitled && !before.has(now.uri.toString()) ? now.uri : undefined;
  }
  for (const document of open) {
    if (document.isDirty && !document.isUntitled && !(await document.save())) {
      void vscode.window.showErrorMessage(`${vscode.workspace.asRelativePath(document.uri)} cannot be saved.`);
      return undefined;
    }
  }
  return uri;
}
