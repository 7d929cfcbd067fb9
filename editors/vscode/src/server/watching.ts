/** When the server is started anew, and what it is told. */
import * as vscode from "vscode";
import { SECTION } from "../settings";
import { isInstalling } from "./installing";
import type { PythonExtension } from "./pythonExtension";
import type { Server } from "./server";

const RESTARTING = ["path", "interpreter"];
const TOLD = ["plugins", "allow", "ignore", "hints", "lenses", "samples", "diagnostics"];
/** Interpreters that appear and go in the workspace, such as by `python -m venv .venv`. */
const ENVIRONMENTS = "{.venv,venv,env,.conda}/{bin,Scripts}/{python,python.exe}";

export function restartOnChanges(server: Server, python: PythonExtension): vscode.Disposable {
  const concerns = (event: vscode.ConfigurationChangeEvent, names: readonly string[]): boolean =>
    names.some((name) => event.affectsConfiguration(`${SECTION}.${name}`));
  const restart = (reason: string): void => {
    if (server.state.kind !== "stopped") void server.restart(reason);
  };
  const watcher = vscode.workspace.createFileSystemWatcher(`**/${ENVIRONMENTS}`, false, true, true);
  return vscode.Disposable.from(
    watcher,
    // Trust changes what settings there are, which is told as well: the queue makes one restart of both.
    vscode.workspace.onDidGrantWorkspaceTrust(() => restart("the workspace is trusted now")),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (concerns(event, RESTARTING)) restart("its place in the settings has changed");
      else if (concerns(event, TOLD)) void server.configure();
    }),
    python.onDidChange(() => restart("another interpreter is chosen")),
    watcher.onDidCreate(() => {
      if (server.state.kind === "missing" && !isInstalling()) restart("an environment has been made");
    }),
    server.onDidChange((state) => {
      void vscode.commands.executeCommand("setContext", "specdsl.ready", state.kind === "running");
    }),
  );
}

/** Start with the first spec that is opened: a preview of Markdown, or a schema, needs no server. */
export function startWithSpecs(server: Server): vscode.Disposable {
  const start = (document: vscode.TextDocument): void => {
    if (document.languageId === "dgen" && server.state.kind === "stopped") void server.restart("a spec is open");
  };
  const listening = vscode.workspace.onDidOpenTextDocument(start);
  const open = vscode.workspace.textDocuments.find((document) => document.languageId === "dgen");
  if (open !== undefined) start(open);
  return listening;
}
