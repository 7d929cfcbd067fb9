import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import * as vscode from "vscode";
import { findings } from "./importReport";
import { changedAt, SchemaProblems } from "./schemaProblems";
import type { Tool } from "./tool";

/** Making specs of JSON Schemas. What an import has to say of a schema stands among its problems. */
export class JsonSchemaImport implements vscode.Disposable {
  private readonly problems = new SchemaProblems();

  constructor(private readonly tool: Tool) {}

  /** Import a schema: the given file, else that of the active editor, else one that the user picks. */
  async run(given: vscode.Uri | undefined): Promise<void> {
    const source = await savedSchema(given);
    if (source === undefined) return;
    const target = await this.target(source);
    if (target === undefined) return;
    const folder = await mkdtemp(join(tmpdir(), "specdsl-import-"));
    try {
      await this.make(source, target, join(folder, "report.json"));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async make(source: vscode.Uri, target: string, report: string): Promise<void> {
    const name = vscode.workspace.asRelativePath(source);
    const before = await changedAt(target);
    const outcome = await this.tool.run({
      title: `Importing ${name}`,
      // The user has been asked whether a file that is there may go.
      args: ["import", source.fsPath, "--from", "json-schema", "--output", target, "--report", report, "--mode", "overwrite"],
      about: source,
    });
    if (outcome === undefined) return;
    const said = findings(await textOf(report), outcome.status === 2 ? "" : outcome.stderr, (await textOf(source.fsPath)) ?? "");
    await this.problems.show(source, said);
    if (outcome.status !== 0 && (before === undefined ? !existsSync(target) : before === (await changedAt(target)))) {
      await this.tool.complain(`${name} was not imported`, outcome);
      return;
    }
    await vscode.window.showTextDocument(vscode.Uri.file(target), { preview: false });
    const worse = said.filter((one) => one.severity !== "hint").length;
    if (worse === 0) return;
    const message = `${name}: ${worse === 1 ? "one thing" : `${worse} things`} could not be carried over exactly.`;
    const button = await vscode.window.showWarningMessage(message, "Show Problems");
    if (button !== undefined) await vscode.commands.executeCommand("workbench.actions.view.problems");
  }

  /** Where the spec goes: beside the schema; undefined where the user does not want it. */
  private async target(source: vscode.Uri): Promise<string | undefined> {
    const { dir, name } = parse(source.fsPath);
    const path = join(dir, `${name.replace(/\.schema$/, "")}.dgen`);
    if (!existsSync(path)) return path;
    const message = `${vscode.workspace.asRelativePath(path)} is there already.`;
    const button = await vscode.window.showWarningMessage(message, { modal: true }, "Overwrite", "Another Name\u2026");
    if (button === "Overwrite") return path;
    if (button === undefined) return undefined;
    const picked = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.file(path), filters: { dgen: ["dgen"] } });
    return picked?.fsPath;
  }

  dispose(): void {
    this.problems.dispose();
  }
}

async function savedSchema(given: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  const isJson = active !== undefined && ["json", "jsonc"].includes(active.languageId) && !active.isUntitled;
  const source = given ?? (isJson ? active.uri : await pick());
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === source?.toString());
  if (open?.isDirty === true) await open.save();
  return source;
}

async function pick(): Promise<vscode.Uri | undefined> {
  const filters = { "JSON Schema": ["json"] };
  const picked = await vscode.window.showOpenDialog({ title: "A JSON Schema", filters, openLabel: "Import" });
  return picked?.[0];
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}
