import { existsSync } from "node:fs";
import * as vscode from "vscode";
import { pathSetting, readingArguments } from "../settings";
import { outputKey } from "./build";
import { type Given, savedSpec } from "./specFile";
import type { Tool } from "./tool";

/** Hold data against a spec's rules. */
export async function verify(tool: Tool, state: vscode.Memento, given: Given): Promise<void> {
  const spec = await savedSpec(given);
  if (spec === undefined) return;
  const last = state.get<string>(outputKey(spec.uri)) ?? pathSetting("build.output", spec.uri);
  const folder = await askFolder(last);
  if (folder === undefined) return;
  const name = vscode.workspace.asRelativePath(spec.uri);
  const where = vscode.workspace.asRelativePath(folder);
  const outcome = await tool.run({
    title: `Holding ${where} against ${name}`,
    args: ["verify", spec.uri.fsPath, folder, ...readingArguments(spec.uri)],
    about: spec.uri,
  });
  if (outcome === undefined) return;
  const text = outcome.stdout + outcome.stderr;
  if (outcome.status === 0) {
    const rules = [...text.matchAll(/([\d,]+) rules? holds?\b/g)].reduce((sum, one) => sum + Number((one[1] ?? "0").replaceAll(",", "")), 0);
    const held = rules === 0 ? "every rule holds" : `${rules.toLocaleString("en")} rules hold`;
    const button = await vscode.window.showInformationMessage(`${where}: ${held}.`, "Show Output");
    if (button !== undefined) await vscode.commands.executeCommand("specdsl.showOutput");
    return;
  }
  await tool.complain(`${where} does not hold against ${name}`, outcome);
}

async function askFolder(last: string | undefined): Promise<string | undefined> {
  if (last !== undefined && existsSync(last)) {
    const items = [
      { label: `$(folder) ${vscode.workspace.asRelativePath(last)}`, path: last },
      { label: "$(folder-opened) Another folder\u2026", path: undefined },
    ];
    const picked = await vscode.window.showQuickPick(items, { title: "The data to hold against the spec" });
    if (picked === undefined || picked.path !== undefined) return picked?.path;
  }
  const picked = await vscode.window.showOpenDialog({
    title: "The folder that has the data",
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: "Verify",
  });
  return picked?.[0]?.fsPath;
}
