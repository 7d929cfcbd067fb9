import * as vscode from "vscode";
import { folderOf, SECTION } from "../settings";
import { activeInterpreters, interpretersOf, onPath } from "./environments";
import type { PythonExtension } from "./pythonExtension";

interface Choice extends vscode.QuickPickItem {
  readonly program?: string;
  readonly action?: "browse" | "forget";
}

/** Let the user choose an interpreter; it is written into the setting `specdsl.interpreter`. */
export async function selectInterpreter(python: PythonExtension): Promise<void> {
  const chosen = await vscode.window.showQuickPick(choices(python), {
    title: "specdsl: the Python environment that has it",
    placeHolder: vscode.workspace.getConfiguration(SECTION).get("interpreter", "") || "found by itself",
    matchOnDescription: true,
  });
  if (chosen === undefined) return;
  const program = chosen.action === "browse" ? await browse() : chosen.program;
  if (chosen.action === "browse" && program === undefined) return;
  const where = folderOf() === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration(SECTION).update("interpreter", program, where);
}

async function choices(python: PythonExtension): Promise<Choice[]> {
  const found = new Map<string, string>();
  const add = (program: string | undefined, description: string): void => {
    if (program !== undefined && !found.has(program)) found.set(program, description);
  };
  add(await python.interpreter(folderOf()?.uri), "chosen in the Python extension");
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    for (const own of interpretersOf(folder.uri.fsPath)) add(own, `in ${folder.name}`);
  }
  for (const active of activeInterpreters(process.env)) add(active, "active");
  add(onPath(process.env, "python3", "python"), "on PATH");
  return [
    { label: "$(search) Find by itself", action: "forget", description: "the setting specdsl.interpreter is taken back" },
    ...[...found].map(([program, description]) => ({ label: program, description, program })),
    { label: "$(folder-opened) Browse\u2026", action: "browse" },
  ];
}

async function browse(): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({ title: "A Python interpreter", openLabel: "Select" });
  return picked?.[0]?.fsPath;
}
