import { join, parse } from "node:path";
import * as vscode from "vscode";
import { readingArguments } from "../settings";
import { kinds } from "./exportKinds";
import { type Given, savedSpec } from "./specFile";
import type { Tool } from "./tool";

const ENDINGS: Readonly<Record<string, string>> = { "json-schema": ".schema.json", openapi: ".openapi.json", sql: ".sql", dbml: ".dbml" };

/** Write what a spec describes in another notation. */
export async function exportSpec(tool: Tool, given: Given): Promise<void> {
  const spec = await savedSpec(given);
  if (spec === undefined) return;
  const help = await tool.run({ title: "Looking for export formats", args: ["export", "--help"], isQuiet: true, isBrief: true });
  if (help === undefined) return;
  if (help.status !== 0) {
    await tool.complain("Export", help);
    return;
  }
  const kind = await vscode.window.showQuickPick(kinds(help.stdout), { title: "Export as" });
  if (kind === undefined) return;
  const { dir, name } = parse(spec.uri.fsPath);
  const target = await vscode.window.showSaveDialog({
    title: "Export to",
    defaultUri: vscode.Uri.file(join(dir, name + (ENDINGS[kind] ?? `.${kind}`))),
  });
  if (target === undefined) return;
  const outcome = await tool.run({
    title: `Exporting ${vscode.workspace.asRelativePath(spec.uri)}`,
    args: ["export", spec.uri.fsPath, "--to", kind, "--output", target.fsPath, ...readingArguments(spec.uri)],
    about: spec.uri,
  });
  if (outcome === undefined) return;
  if (outcome.status !== 0) await tool.complain("Export", outcome);
  else await vscode.window.showTextDocument(target, { preview: false });
}

