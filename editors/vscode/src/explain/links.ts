import * as vscode from "vscode";

export const SCHEME = "specdsl-explain";
const EXPLAINED = /^DG\d{3}$/;

/** The code of a diagnostic of ours, undefined where it has none. */
export function codeOf(diagnostic: vscode.Diagnostic): string | undefined {
  const { code } = diagnostic;
  const value = typeof code === "object" ? code.value : code;
  return typeof value === "string" && EXPLAINED.test(value) ? value : undefined;
}

/** The document that has the page of a code. `package.json` associates it with the preview of Markdown. */
export function pageOf(code: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${code}.md` });
}

/**
 * A diagnostic whose code, where it is shown, opens the code's page here instead of somewhere else. It is a document,
 * for VS Code runs no commands from such links.
 */
export function withExplanations<D extends vscode.Diagnostic>(diagnostic: D): D {
  const value = codeOf(diagnostic);
  if (value !== undefined) diagnostic.code = { value, target: pageOf(value) };
  return diagnostic;
}
