import * as vscode from "vscode";
import { build } from "./commands/build";
import { exportSpec } from "./commands/export";
import { JsonSchemaImport } from "./commands/importing";
import { newSpec } from "./commands/newSpec";
import { offerToPasteJson } from "./commands/pasteAs";
import { pasteJson } from "./commands/pasting";
import { showReferences } from "./commands/references";
import type { Given } from "./commands/specFile";
import { Tables } from "./commands/tables";
import { Tool } from "./commands/tool";
import { whenTrusted } from "./commands/trust";
import { verify } from "./commands/verify";
import { ExplainActions } from "./explain/actions";
import { Explanations } from "./explain/pages";
import { extendMarkdownIt } from "./markdown/highlight";
import { registerPreview } from "./preview";
import { SELECTOR } from "./server/client";
import { complainOf } from "./server/complaints";
import { install } from "./server/installing";
import { selectInterpreter } from "./server/interpreterChoice";
import { PythonExtension } from "./server/pythonExtension";
import { Server } from "./server/server";
import { Status } from "./server/status";
import { restartOnChanges, startWithSpecs } from "./server/watching";

/** What is told about an import stands in these files. */
const SCHEMAS = ["json", "jsonc"].map((language) => ({ scheme: "file", language }));
let server: Server | undefined;

/** What the Markdown preview takes from this extension. */
export interface Exports {
  readonly extendMarkdownIt: typeof extendMarkdownIt;
}

export function activate(context: vscode.ExtensionContext): Exports {
  const log = vscode.window.createOutputChannel("specdsl", { log: true });
  const python = new PythonExtension(log);
  const running = new Server(python, log);
  server = running;
  const tool = new Tool(running, log);
  const tables = new Tables(running);
  const explanations = new Explanations(running);
  const schemas = new JsonSchemaImport(tool);
  const state = context.workspaceState;

  const commands: Readonly<Record<string, (...given: never[]) => unknown>> = {
    build: whenTrusted((given: Given) => build(tool, tables, state, given)),
    verify: whenTrusted((given: Given) => verify(tool, state, given)),
    export: whenTrusted((given: Given) => exportSpec(tool, given)),
    importJsonSchema: whenTrusted((given: vscode.Uri | undefined) => schemas.run(given)),
    pasteJson: () => pasteJson(running),
    newSpec: whenTrusted(() => newSpec(tool)),
    explain: (code: unknown) => explanations.show(code),
    showReferences: (...given: Parameters<typeof showReferences> extends [unknown, ...infer Rest] ? Rest : never) =>
      showReferences(running.client, ...given),
    restartServer: () => running.restart("it was asked for"),
    showOutput: () => log.show(true),
    install: () => install(running),
    selectInterpreter: () => selectInterpreter(python),
  };
  context.subscriptions.push(
    log,
    python,
    running,
    explanations,
    schemas,
    new Status(running),
    complainOf(running),
    restartOnChanges(running, python),
    startWithSpecs(running),
    registerPreview(context, () => running.client, log),
    offerToPasteJson(running),
    vscode.languages.registerCodeActionsProvider([...SELECTOR, ...SCHEMAS], new ExplainActions(), {
      providedCodeActionKinds: ExplainActions.kinds,
    }),
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(`specdsl.${name}`, run)),
  );
  return { extendMarkdownIt };
}

export async function deactivate(): Promise<void> {
  await server?.close();
}
