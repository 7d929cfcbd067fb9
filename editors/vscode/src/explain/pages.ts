/** The page behind a diagnostic's code, shown as rendered Markdown. */
import * as vscode from "vscode";
import type { Server } from "../server/server";
import { codeOf } from "./links";

export const SCHEME = "specdsl-explain";

interface Page {
  readonly code: string;
  readonly title: string;
  readonly markdown: string;
}

export class Explanations implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly pages = new Map<string, string>();
  private readonly registered: vscode.Disposable;

  constructor(private readonly server: Server) {
    this.registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.pages.get(uri.path) ?? "";
  }

  /** Show the page of a code; without one, of the diagnostic at the cursor, or of one that the user picks. */
  async show(given?: unknown): Promise<void> {
    const code = typeof given === "string" ? given : await askCode();
    if (code === undefined) return;
    if (this.server.state.kind === "stopped") await this.server.restart("a page is asked for");
    const { client } = this.server;
    if (client === undefined) {
      void vscode.window.showInformationMessage(`The page of ${code} comes from the server, which does not run.`);
      return;
    }
    const page = await client.sendRequest<Page | null>("specdsl/explain", { code });
    if (page === null) {
      void vscode.window.showInformationMessage(`There is no diagnostic ${code}.`);
      return;
    }
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${page.code}.md` });
    this.pages.set(uri.path, page.markdown);
    const beside = vscode.window.activeTextEditor === undefined ? "" : "ToSide";
    await vscode.commands.executeCommand(`markdown.showPreview${beside}`, uri);
  }

  dispose(): void {
    this.registered.dispose();
  }
}

async function askCode(): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  const found = editor === undefined ? [] : vscode.languages.getDiagnostics(editor.document.uri);
  const ours = found.filter((diagnostic) => codeOf(diagnostic) !== undefined);
  const here = ours.find((diagnostic) => editor?.selection.active && diagnostic.range.contains(editor.selection.active));
  if (here !== undefined) return codeOf(here);
  const items = ours.map((diagnostic) => ({
    label: codeOf(diagnostic) ?? "",
    description: diagnostic.message.split("\n")[0] ?? "",
  }));
  const unique = items.filter((item, at) => items.findIndex((other) => other.label === item.label) === at);
  if (unique.length > 0) {
    const picked = await vscode.window.showQuickPick(unique, { title: "Explain which diagnostic?" });
    return picked?.label;
  }
  const typed = await vscode.window.showInputBox({
    title: "Explain a diagnostic",
    placeHolder: "DG405",
    validateInput: (text) => (/^\s*dg\d{3}\s*$/i.test(text) ? undefined : "A code such as DG405."),
  });
  return typed?.trim().toUpperCase();
}
