/** Where specdsl is looked for, in order, and what is found there. */
import * as vscode from "vscode";
import { folderOf, pathSetting } from "../settings";
import { activeInterpreters, interpretersOf, onPath } from "./environments";
import { type Candidate, type Installation, probe } from "./installation";
import type { PythonExtension } from "./pythonExtension";

export interface Discovery {
  readonly found?: Installation;
  /** Why the user's own choice does not work, or why nothing does. */
  readonly message: string;
  /** The interpreter in whose environment specdsl would be installed; undefined: an environment has to be made. */
  readonly target?: string;
}

/** The places to look in. A chosen one is the only one. */
export async function candidates(python: PythonExtension): Promise<Candidate[]> {
  const path = pathSetting("path");
  if (path !== undefined) {
    return [{ kind: "executable", program: path, source: "the setting specdsl.path", isChosen: true }];
  }
  const interpreter = pathSetting("interpreter");
  if (interpreter !== undefined) {
    return [{ kind: "interpreter", program: interpreter, source: "the setting specdsl.interpreter", isChosen: true }];
  }
  const found: Candidate[] = [];
  const look = (kind: Candidate["kind"], program: string | undefined, source: string): void => {
    if (program === undefined || found.some((one) => one.program === program)) return;
    found.push({ kind, program, source, isChosen: false });
  };
  const folder = folderOf();
  if (vscode.workspace.isTrusted) {
    look("interpreter", await python.interpreter(folder?.uri), "the Python extension");
    for (const one of vscode.workspace.workspaceFolders ?? []) {
      if (one.uri.scheme !== "file") continue;
      for (const own of interpretersOf(one.uri.fsPath)) look("interpreter", own, "the workspace's environment");
    }
  }
  for (const active of activeInterpreters(process.env)) look("interpreter", active, "the active environment");
  look("executable", onPath(process.env, "specdsl"), "PATH");
  look("interpreter", onPath(process.env, "python3", "python"), "PATH");
  return found;
}

/** The first place that has a specdsl with a language server. */
export async function discover(python: PythonExtension, log: vscode.LogOutputChannel): Promise<Discovery> {
  const places = await candidates(python);
  const target = targetOf(places);
  const old: string[] = [];
  for (const place of places) {
    const answer = await probe(place);
    if ("found" in answer) return { found: answer.found, message: "", ...target };
    log.info(`${place.source}: ${answer.message}`);
    if (place.isChosen) return { message: `${answer.message} (${place.source})`, ...target };
    if (answer.problem === "old") old.push(answer.message);
  }
  const where = target.target === undefined ? "" : ` in \`${vscode.workspace.asRelativePath(target.target)}\``;
  return { message: old[0] ?? `specdsl is not installed${where}`, ...target };
}

/** The environment to install into: a chosen interpreter's, or the workspace's; never one of the system's. */
function targetOf(places: readonly Candidate[]): { target?: string } {
  const own = places.find((place) => place.kind === "interpreter" && place.source !== "PATH");
  return own === undefined ? {} : { target: own.program };
}
