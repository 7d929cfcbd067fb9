import { existsSync } from "node:fs";
import * as vscode from "vscode";
import { pathSetting, readingArguments, setting } from "../settings";
import { askHow, type BuildChoice } from "./buildMenu";
import { builtText, doneTable, holdsData, parsedBuild } from "./buildReport";
import { revealFolder } from "./revealing";
import { type Given, savedSpec, type Spec } from "./specFile";
import type { Tables } from "./tables";
import type { Tool } from "./tool";

const REPLACE = "Replace";
const APPEND = "Append Rows";

/** Make a spec's data files. */
export async function build(tool: Tool, tables: Tables, state: vscode.Memento, given: Given): Promise<void> {
  const spec = await savedSpec(given);
  if (spec === undefined) return;
  const start: BuildChoice = {
    tables: spec.table === undefined ? [] : [spec.table],
    format: setting("build.format", "parquet", spec.uri),
    output: state.get<string>(outputKey(spec.uri)) ?? pathSetting("build.output", spec.uri) ?? "out",
    mode: "error",
  };
  const known = await tables.of(spec.uri);
  const chosen = setting("build.ask", true, spec.uri) ? await askHow(spec.uri, known.map((one) => one.name), start) : start;
  if (chosen === undefined) return;
  await state.update(outputKey(spec.uri), chosen.output);
  const total = known.filter((one) => chosen.tables.length === 0 || chosen.tables.includes(one.name));
  const rows = total.reduce((sum, one) => sum + (one.rows ?? 0), 0);
  await make(tool, spec, chosen, rows);
}

/** Where a spec's data went last. */
export function outputKey(spec: vscode.Uri): string {
  return `build.output:${spec.toString()}`;
}

async function make(tool: Tool, spec: Spec, chosen: BuildChoice, rows: number): Promise<void> {
  const name = vscode.workspace.asRelativePath(spec.uri);
  const outcome = await tool.run({
    title: `Building ${name}`,
    about: spec.uri,
    isQuiet: true,
    args: [
      "build",
      spec.uri.fsPath,
      "--json",
      ...["--output", chosen.output, "--format", chosen.format, "--mode", chosen.mode],
      ...chosen.tables.flatMap((table) => ["--table", table]),
      ...readingArguments(spec.uri),
      ...setting<string[]>("build.arguments", [], spec.uri),
    ],
    progress: (line) => {
      const done = doneTable(line);
      if (done === undefined) return { message: line.length < 80 ? line : "" };
      return { message: done.table, increment: rows > 0 ? (90 * done.rows) / rows : 0 };
    },
  });
  if (outcome === undefined) return;
  const report = parsedBuild(outcome.stdout);
  if (outcome.status === 0 && report !== undefined) {
    const open = existsSync(chosen.output) ? ["Open Folder"] : [];
    const button = await vscode.window.showInformationMessage(builtText(report, short(chosen.output)), ...open, "Show Output");
    if (button === "Open Folder") await revealFolder(chosen.output);
    else if (button !== undefined) await vscode.commands.executeCommand("specdsl.showOutput");
    return;
  }
  if (chosen.mode === "error" && holdsData(outcome.stderr)) {
    const message = `${short(chosen.output)} holds data already.`;
    const button = await vscode.window.showWarningMessage(message, { modal: true }, REPLACE, APPEND);
    if (button === undefined) return;
    await make(tool, spec, { ...chosen, mode: button === REPLACE ? "overwrite" : "append" }, rows);
    return;
  }
  await tool.complain(`${name} was not built`, outcome);
}

function short(path: string): string {
  return vscode.workspace.asRelativePath(path);
}
