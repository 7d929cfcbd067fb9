/** Follows the active editor: tells when the cursor comes into another table. */

import * as vscode from "vscode";
import { tableAt } from "./sections";

export interface Here {
  readonly uri: string;
  /** The table under the cursor; undefined where it is in none. */
  readonly table: string | undefined;
}

export function isSpec(editor: vscode.TextEditor | undefined): editor is vscode.TextEditor {
  return editor !== undefined && editor.document.languageId === "dgen";
}

export function whereIs(editor: vscode.TextEditor): Here {
  const { document, selection } = editor;
  const table = tableAt((at) => document.lineAt(at).text, selection.active.line, document.lineCount);
  return { uri: document.uri.toString(), table };
}

/** Calls `moved` when another spec, or another table of it, is where the cursor is. */
export function follow(moved: (here: Here) => void): vscode.Disposable {
  const { activeTextEditor } = vscode.window;
  let last = isSpec(activeTextEditor) ? whereIs(activeTextEditor) : undefined;
  const look = (editor: vscode.TextEditor | undefined): void => {
    if (!isSpec(editor)) {
      return;
    }
    const here = whereIs(editor);
    const isOther = here.uri !== last?.uri || (here.table !== undefined && here.table !== last.table);
    if (isOther) {
      last = here;
      moved(here);
    }
  };
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(look),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => look(textEditor)),
  );
}
