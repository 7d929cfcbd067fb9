/** The preview panel: one to a window, beside the editor. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { isSpec, whereIs } from "./follow";
import { type Kept, keptState } from "./messages";
import { PreviewPanel, VIEW_TYPE } from "./panel";

/** What code lenses and other callers name: a document and one of its tables. */
interface Wanted {
  readonly uri: string;
  readonly table?: string;
}

/** Registers the command `specdsl.preview` and what restores the panel after the window is reloaded. */
export function registerPreview(
  context: vscode.ExtensionContext,
  client: () => LanguageClient | undefined,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  let current: PreviewPanel | undefined;

  const open = (panel: vscode.WebviewPanel, from: Kept): void => {
    const made = new PreviewPanel(panel, context.extensionUri, client, log, from);
    current = made;
    panel.onDidDispose(() => {
      if (current === made) {
        current = undefined;
      }
    });
  };

  const preview = async (argument?: unknown): Promise<void> => {
    const wanted = await wantedBy(argument);
    if (wanted === undefined) {
      void vscode.window.showInformationMessage("Open a .dgen file to see rows of its tables.");
      return;
    }
    if (current !== undefined) {
      current.show(wanted.uri, wanted.table);
      return;
    }
    const beside = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, "Preview", beside, { enableScripts: true });
    open(panel, { uri: wanted.uri, table: wanted.table ?? "", first: 0, pinned: false, pageRows: pageRows() });
  };

  // The panel itself is not among what is disposed of: it would be gone after the window is reloaded.
  return vscode.Disposable.from(
    vscode.commands.registerCommand("specdsl.preview", preview),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Thenable<void> {
        const kept = keptState(state);
        if (kept === undefined || current !== undefined) {
          panel.dispose();
        } else {
          open(panel, kept);
        }
        return Promise.resolve();
      },
    }),
  );
}

function pageRows(): number {
  const rows = vscode.workspace.getConfiguration("specdsl").get<number>("preview.rows", 50);
  return Math.min(Math.max(Math.floor(rows), 1), 2_000);
}

/** The table that a command is about: the one named, else that at the cursor, else the file's first. */
async function wantedBy(argument: unknown): Promise<Wanted | undefined> {
  if (argument instanceof vscode.Uri) {
    await vscode.workspace.openTextDocument(argument);
    const there = vscode.window.visibleTextEditors.find(
      (editor) => isSpec(editor) && editor.document.uri.toString() === argument.toString(),
    );
    return there === undefined ? { uri: argument.toString() } : at(there);
  }
  if (typeof argument === "object" && argument !== null && "uri" in argument) {
    const { uri, table } = argument as { uri: unknown; table?: unknown };
    return { uri: String(uri), ...(typeof table === "string" ? { table } : {}) };
  }
  const editor = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors].find(isSpec);
  return editor === undefined ? undefined : at(editor);
}

function at(editor: vscode.TextEditor): Wanted {
  const { uri, table } = whereIs(editor);
  return table === undefined ? { uri } : { uri, table };
}
