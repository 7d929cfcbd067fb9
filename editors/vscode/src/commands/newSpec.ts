import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { folderOf } from "../settings";
import type { Tool } from "./tool";

/** Begin a spec: the small commented one, or a copy of an example. */
export async function newSpec(tool: Tool): Promise<void> {
  const folder = folderOf()?.uri.fsPath ?? (await askFolder());
  if (folder === undefined) return;
  const listed = await tool.run({ title: "Looking for examples", args: ["new", "--list"], isQuiet: true, isBrief: true });
  if (listed === undefined) return;
  const example = await vscode.window.showQuickPick(
    [
      { label: "$(new-file) Small commented spec", description: "customers and their orders", name: undefined },
      { label: "examples", kind: vscode.QuickPickItemKind.Separator, name: undefined },
      ...examples(listed.stdout).map(([name, description]) => ({ label: name, description, name })),
    ],
    { title: "What to begin with", matchOnDescription: true },
  );
  if (example === undefined) return;
  const name = await askName(folder, example.name ?? "my_data");
  if (name === undefined) return;
  const path = join(folder, name);
  const from = example.name === undefined ? [] : ["--from", example.name];
  const outcome = await tool.run({ title: `Writing ${name}`, args: ["new", path, ...from], isBrief: true });
  if (outcome === undefined) return;
  if (outcome.status !== 0) {
    await tool.complain(`${name} was not written`, outcome);
    return;
  }
  await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: false });
}

/** The names and descriptions that `specdsl new --list` prints: two blanks or more between them. */
export function examples(text: string): [name: string, description: string][] {
  return text
    .split(/\r?\n/)
    .map((line) => /^(\w+) {2,}(\S.*)$/.exec(line))
    .flatMap((found) => (found?.[1] && found[2] ? [[found[1], found[2]] as [string, string]] : []));
}

async function askName(folder: string, stem: string): Promise<string | undefined> {
  let value = `${stem}.dgen`;
  for (let number = 2; existsSync(join(folder, value)); number += 1) value = `${stem}_${number}.dgen`;
  const given = await vscode.window.showInputBox({
    title: "Name of the spec",
    value,
    valueSelection: [0, value.length - ".dgen".length],
    validateInput: (text) => {
      const name = withEnding(text);
      if (name === ".dgen") return "A name is needed.";
      return existsSync(join(folder, name)) ? `${name} is there already.` : undefined;
    },
  });
  return given === undefined ? undefined : withEnding(given);
}

function withEnding(name: string): string {
  const trimmed = name.trim();
  return trimmed.endsWith(".dgen") ? trimmed : `${trimmed}.dgen`;
}

async function askFolder(): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title: "Folder for the spec",
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: "Write here",
  });
  return picked?.[0]?.fsPath;
}
