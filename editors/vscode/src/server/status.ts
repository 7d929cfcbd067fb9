import * as vscode from "vscode";
import { SELECTOR } from "./client";
import type { Installation } from "./installation";
import type { Server, ServerState } from "./server";

const RESTART = { title: "Restart", command: "specdsl.restartServer" };
const OUTPUT = { title: "Show Output", command: "specdsl.showOutput" };
const INSTALL = { title: "Install", command: "specdsl.install" };
const SELECT = { title: "Select Interpreter", command: "specdsl.selectInterpreter" };

/** The server's state and its environment, in the language status of `.dgen` files. */
export class Status implements vscode.Disposable {
  private readonly server = vscode.languages.createLanguageStatusItem("specdsl.server", SELECTOR);
  private readonly environment = vscode.languages.createLanguageStatusItem("specdsl.environment", SELECTOR);
  private readonly listening: vscode.Disposable;

  constructor(server: Server) {
    this.server.name = "specdsl";
    this.environment.name = "specdsl environment";
    this.listening = server.onDidChange((state) => this.show(state));
    this.show(server.state);
  }

  private show(state: ServerState): void {
    const { server } = this;
    server.busy = state.kind === "starting";
    server.severity = vscode.LanguageStatusSeverity.Information;
    server.detail = "";
    switch (state.kind) {
      case "stopped":
        server.text = "specdsl: stopped";
        server.command = RESTART;
        break;
      case "starting":
        server.text = "specdsl: starting";
        server.command = OUTPUT;
        break;
      case "running":
        server.text = `specdsl ${state.installation.version}`;
        server.detail = "running";
        server.command = OUTPUT;
        break;
      case "missing":
        server.severity = vscode.LanguageStatusSeverity.Error;
        server.text = "specdsl: not found";
        server.detail = state.message;
        server.command = INSTALL;
        break;
      case "failed":
        server.severity = vscode.LanguageStatusSeverity.Error;
        server.text = "specdsl: failed";
        server.detail = state.message;
        server.command = RESTART;
        break;
    }
    this.showEnvironment("installation" in state ? state.installation : undefined, state.kind === "failed");
  }

  private showEnvironment(installation: Installation | undefined, hasFailed: boolean): void {
    const { environment } = this;
    environment.text = installation === undefined ? "no environment" : shortened(installation.program);
    environment.detail = installation?.source ?? "";
    environment.command = hasFailed ? OUTPUT : SELECT;
  }

  dispose(): void {
    this.listening.dispose();
    this.server.dispose();
    this.environment.dispose();
  }
}

/** A path from the workspace's folder where it lies in it. */
function shortened(path: string): string {
  return vscode.workspace.asRelativePath(path);
}
