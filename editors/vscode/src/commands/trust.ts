import * as vscode from "vscode";

/** Whether commands may be run here; where not, that is told. */
export function isTrusted(): boolean {
  if (!vscode.workspace.isTrusted) void tell();
  return vscode.workspace.isTrusted;
}

async function tell(): Promise<void> {
  const message = "specdsl runs commands once the workspace is trusted.";
  const button = await vscode.window.showInformationMessage(message, "Manage Trust");
  if (button !== undefined) await vscode.commands.executeCommand("workbench.trust.manage");
}

/** The command, which asks nothing and does nothing in a workspace that is not trusted. */
export function whenTrusted<Given extends readonly unknown[]>(
  command: (...given: Given) => Promise<void>,
): (...given: Given) => Promise<void> {
  return async (...given) => {
    if (isTrusted()) await command(...given);
  };
}
