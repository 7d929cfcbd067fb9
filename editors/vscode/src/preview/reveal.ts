/** Goes to a column in the text. */

import * as vscode from "vscode";
import type { PreviewResult } from "./protocol";

/** Shows where the column of that name is declared, in an editor that shows the file already if there is one. */
export async function revealColumn(shown: PreviewResult | undefined, name: string): Promise<void> {
  const column = shown?.columns.find((one) => one.name === name);
  if (column === undefined || column.range === null || column.uri === null) {
    return;
  }
  const { range } = column;
  const uri = vscode.Uri.parse(column.uri);
  const there = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
  const selection = new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
  await vscode.window.showTextDocument(uri, { selection, viewColumn: there?.viewColumn ?? vscode.ViewColumn.One });
}
