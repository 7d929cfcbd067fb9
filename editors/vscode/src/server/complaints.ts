import * as vscode from "vscode";
import type { Server, ServerState } from "./server";

const INSTALL = "Install";
const SELECT = "Select Interpreter";
const RESTART = "Restart";
const OUTPUT = "Show Output";
const COMMANDS: Readonly<Record<string, string>> = {
  [INSTALL]: "specdsl.install",
  [SELECT]: "specdsl.selectInterpreter",
  [RESTART]: "specdsl.restartServer",
  [OUTPUT]: "specdsl.showOutput",
};

/** One message, with what can be done, when there is no server; the same one is not shown again and again. */
export function complainOf(server: Server): vscode.Disposable {
  let told = "";
  return server.onDidChange((state) => {
    if (state.kind === "running") told = "";
    const complaint = complaintAbout(state);
    if (complaint === undefined || complaint.message === told) return;
    told = complaint.message;
    void vscode.window.showErrorMessage(complaint.message, ...complaint.buttons).then((button) => {
      const command = button && COMMANDS[button];
      if (command) void vscode.commands.executeCommand(command);
    });
  });
}

function complaintAbout(state: ServerState): { message: string; buttons: string[] } | undefined {
  if (state.kind === "missing") {
    return { message: `${capitalized(state.message)}.`, buttons: [INSTALL, SELECT, OUTPUT] };
  }
  if (state.kind === "failed") {
    return { message: `specdsl: ${state.message}.`, buttons: [RESTART, OUTPUT] };
  }
  return undefined;
}

function capitalized(text: string): string {
  return text.startsWith("`") || text.startsWith("specdsl") ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
