/** The page behind a diagnostic's code, shown as rendered Markdown. */
import * as vscode from "vscode";
import type { Server } from "../server/server";
import { codeOf, pageOf, SCHEME } from "./links";

interface Page {
  readonly code: string;
  readonly title: string;
  readonly markdown: string;
}

export class Explanations implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly registered: vscode.Disposable;

  constructor(private readonly server: Server) {
    this.registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const code = uri.path.replace(/^\/|\.md$/g, "");
    const page = await this.page(code);
    return typeof page === "string" ? page : page.markdown;
  }

  /** Show the page of a code; without one, of the diagnostic at the cursor, or of one that the user picks. */
  async show(given?: unknown): Promise<void> {
    const code = typeof given === "string" ? given : await askCode();
    if (code === undefined) return;
    const page = await this.page(code);
    if (typeof page === "string") {
      void vscode.window.showInformationMessage(page);
      return;
    }
    const beside = vscode.window.activeTextEditor === undefined ? "" : "ToSide";
    await vscode.commands.executeCommand(`markdown.showPreview${beside}`, pageOf(page.code));
  }

  /** The page of a code, or why there is none. */
  private async page(code: string): Promise<Page | string> {
    if (this.server.state.kind === "stopped") await this.server.restart("a page is asked for");
    const { client } = this.server;
    if (client === undefined) return `The page of ${code} comes from the server, which does not run.`;
    const page = await client.sendRequest<Page | null>("specdsl/explain", { code });
    return page ?? `There is no diagnostic ${code}.`;
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
