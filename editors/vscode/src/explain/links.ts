import * as vscode from "vscode";

const EXPLAINED = /^DG\d{3}$/;

/** The code of a diagnostic of ours, undefined where it has none. */
export function codeOf(diagnostic: vscode.Diagnostic): string | undefined {
  const { code } = diagnostic;
  const value = typeof code === "object" ? code.value : code;
  return typeof value === "string" && EXPLAINED.test(value) ? value : undefined;
}

/** A diagnostic whose code, where it is shown, opens the code's page here instead of somewhere else. */
export function withExplanations<D extends vscode.Diagnostic>(diagnostic: D): D {
  const value = codeOf(diagnostic);
  if (value !== undefined) {
    const target = vscode.Uri.parse(`command:specdsl.explain?${encodeURIComponent(JSON.stringify([value]))}`);
    diagnostic.code = { value, target };
  }
  return diagnostic;
}
