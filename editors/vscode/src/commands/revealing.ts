import * as vscode from "vscode";

/** Show a folder: in the explorer where it lies in the workspace, else as the system does. */
export async function revealFolder(path: string): Promise<void> {
  const uri = vscode.Uri.file(path);
  const isOurs = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  if (isOurs) await vscode.commands.executeCommand("revealInExplorer", uri);
  else await vscode.env.openExternal(uri);
}
