import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import { substitute, type Surroundings } from "./substitution";

export const SECTION = "specdsl";

/** A setting of the section `specdsl`, as it is for a file or folder. */
export function setting<T>(name: string, fallback: T, scope?: vscode.Uri): T {
  return vscode.workspace.getConfiguration(SECTION, scope).get<T>(name, fallback);
}

/** The folder that a file belongs to; without a file, the first one. */
export function folderOf(scope?: vscode.Uri): vscode.WorkspaceFolder | undefined {
  const own = scope && vscode.workspace.getWorkspaceFolder(scope);
  return own ?? vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === "file");
}

/** What `${...}` stand for around a file. */
export function surroundings(scope?: vscode.Uri): Surroundings {
  return {
    workspaceFolder: folderOf(scope)?.uri.fsPath,
    userHome: homedir(),
    env: process.env,
    file: scope?.scheme === "file" ? scope.fsPath : undefined,
  };
}

/** A setting that names a file or folder, made absolute; undefined where it is not set. */
export function pathSetting(name: string, scope?: vscode.Uri): string | undefined {
  const text = setting(name, "", scope).trim();
  return text === "" ? undefined : absolute(substitute(text, surroundings(scope)), scope);
}

/** A path that counts from the folder that `scope` belongs to. A bare name, such as `python3`, stays one. */
function absolute(path: string, scope?: vscode.Uri): string {
  const folder = folderOf(scope)?.uri.fsPath;
  const isBare = !path.includes("/") && !path.includes("\\");
  return isBare || isAbsolute(path) || folder === undefined ? path : join(folder, path);
}

/** `--allow` and `--plugin` as the settings have them, for commands about `spec`. */
export function readingArguments(spec: vscode.Uri): string[] {
  const around = surroundings(spec);
  const allowed = setting<string[]>("allow", [], spec).map((one) => substitute(one, around));
  const plugins = vscode.workspace.isTrusted ? setting<string[]>("plugins", [], spec) : [];
  return [
    ...allowed.flatMap((one) => ["--allow", fromFolder(one, spec)]),
    ...plugins.map((one) => substitute(one, around)).flatMap((one) => ["--plugin", one.endsWith(".py") ? fromFolder(one, spec) : one]),
  ];
}

function fromFolder(path: string, scope: vscode.Uri): string {
  const folder = folderOf(scope)?.uri.fsPath;
  return isAbsolute(path) || folder === undefined ? path : join(folder, path);
}

/** The settings that the server reads, with `${...}` replaced. */
export function serverSettings(scope?: vscode.Uri): Record<string, unknown> {
  const around = surroundings(scope);
  const given = vscode.workspace.getConfiguration(SECTION, scope);
  const paths = (name: string) => given.get<string[]>(name, []).map((one) => substitute(one, around));
  const told: Record<string, unknown> = { plugins: paths("plugins"), allow: paths("allow") };
  for (const name of ["ignore", "lenses", "samples", "diagnostics", "hints"]) {
    told[name] = given.get(name);
  }
  return withoutDefaults(told, given);
}

/**
 * Without the settings that nobody has set: those of the project's `specdsl.toml` or `pyproject.toml` count then,
 * which any value from here would cover.
 */
function withoutDefaults(told: Record<string, unknown>, given: vscode.WorkspaceConfiguration): Record<string, unknown> {
  const isSet = (name: string): boolean => {
    const found = given.inspect(name);
    return (
      found !== undefined &&
      [found.globalValue, found.workspaceValue, found.workspaceFolderValue].some((value) => value !== undefined)
    );
  };
  const kept = Object.fromEntries(Object.entries(told).filter(([name]) => name !== "hints" && isSet(name)));
  const hints = Object.fromEntries(
    ["types", "rows", "shares"]
      .filter((name) => isSet(`hints.${name}`))
      .map((name) => [name, given.get(`hints.${name}`)]),
  );
  return Object.keys(hints).length > 0 ? { ...kept, hints } : kept;
}
