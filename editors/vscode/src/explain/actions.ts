import * as vscode from "vscode";
import { codeOf } from "./links";

/** `Explain DG203` among what can be done about a diagnostic, after the fixes. */
export class ExplainActions implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];

  provideCodeActions(
    _document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const codes = new Map(context.diagnostics.map((diagnostic) => [codeOf(diagnostic), diagnostic]));
    return [...codes].flatMap(([code, diagnostic]) => {
      if (code === undefined) return [];
      const action = new vscode.CodeAction(`Explain ${code}`, vscode.CodeActionKind.QuickFix);
      action.diagnostics = [diagnostic];
      action.command = { command: "specdsl.explain", title: action.title, arguments: [code] };
      return [action];
    });
  }
}
