/** Installing specdsl with pip into an environment, in a terminal, where it can be watched. */
import { join } from "node:path";
import * as vscode from "vscode";
import { run } from "../process/run";
import { folderOf, setting, surroundings } from "../settings";
import { substitute } from "../substitution";
import { interpreterIn, onPath } from "./environments";
import type { Server } from "./server";

const OLDEST = "3.11";
const CREATE = "Create .venv and Install";
const SELECT = "Select Interpreter";

let underWay = false;

/** Whether an installation goes on: it starts the server at its end. */
export function isInstalling(): boolean {
  return underWay;
}

/** Install or update specdsl in the environment in use, or in the one that would be; then start. */
export async function install(server: Server): Promise<void> {
  if (underWay) return;
  underWay = true;
  try {
    await installAndStart(server);
  } finally {
    underWay = false;
  }
}

async function installAndStart(server: Server): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showInformationMessage("specdsl is installed once the workspace is trusted.");
    return;
  }
  const { state } = server;
  const used = "installation" in state && state.installation?.kind === "interpreter" ? state.installation.program : undefined;
  const known = used ?? ("target" in state ? state.target : undefined);
  const interpreter = known ?? (await createEnvironment());
  if (interpreter === undefined) return;
  const requirement = substitute(setting("install.package", "specdsl"), surroundings());
  const installed = await inTerminal("Install specdsl", await installer(interpreter, requirement));
  if (!installed) {
    void vscode.window.showErrorMessage("specdsl was not installed: the terminal says why.");
    return;
  }
  await server.restart("it has been installed");
}

/** The command that installs into an interpreter's environment; one that uv has made has no pip. */
async function installer(interpreter: string, requirement: string): Promise<[string, string[]]> {
  const hasPip = (await run({ command: interpreter, args: ["-m", "pip", "--version"] })).status === 0;
  const uv = onPath(process.env, "uv");
  if (!hasPip && uv !== undefined) return [uv, ["pip", "install", "--python", interpreter, "--upgrade", requirement]];
  return [interpreter, ["-m", "pip", "install", "--upgrade", requirement]];
}

/** Make `.venv` in the workspace folder, if the user likes; its interpreter. */
async function createEnvironment(): Promise<string | undefined> {
  const folder = folderOf();
  if (folder === undefined) {
    const message = "Open a folder to install specdsl into an environment of its own, or select an interpreter.";
    const chosen = await vscode.window.showInformationMessage(message, SELECT);
    if (chosen === SELECT) await vscode.commands.executeCommand("specdsl.selectInterpreter");
    return undefined;
  }
  const python = await newEnough();
  if (python === undefined) {
    void vscode.window.showErrorMessage(`No Python ${OLDEST} or newer is on PATH. Install one, or select an interpreter.`);
    return undefined;
  }
  const message = `The folder ${folder.name} has no Python environment. Create one in .venv?`;
  const chosen = await vscode.window.showInformationMessage(message, CREATE, SELECT);
  if (chosen === SELECT) await vscode.commands.executeCommand("specdsl.selectInterpreter");
  if (chosen !== CREATE) return undefined;
  const environment = join(folder.uri.fsPath, ".venv");
  const made = await inTerminal("Create .venv", [python, ["-m", "venv", environment]]);
  const interpreter = made ? interpreterIn(environment) : undefined;
  if (interpreter === undefined) void vscode.window.showErrorMessage("`.venv` was not made: the terminal says why.");
  return interpreter;
}

/** A Python on `PATH` that specdsl runs on, the newest by name first. */
async function newEnough(): Promise<string | undefined> {
  const names = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];
  for (const name of names) {
    const program = onPath(process.env, name);
    if (program === undefined) continue;
    const test = `import sys; sys.exit(sys.version_info < (${OLDEST.replace(".", ", ")}))`;
    if ((await run({ command: program, args: ["-c", test] })).status === 0) return program;
  }
  return undefined;
}

/** Run a program in a terminal of its own; whether it ended well. */
async function inTerminal(name: string, [program, args]: [string, string[]]): Promise<boolean> {
  const task = new vscode.Task(
    { type: "process" },
    folderOf() ?? vscode.TaskScope.Workspace,
    name,
    "specdsl",
    new vscode.ProcessExecution(program, args),
    [],
  );
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, focus: false, showReuseMessage: false };
  const ended = new Promise<boolean>((resolve) => {
    const listening = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution.task.name !== name || event.execution.task.source !== "specdsl") return;
      listening.dispose();
      resolve(event.exitCode === 0);
    });
  });
  await vscode.tasks.executeTask(task);
  return ended;
}
