/** Python environments on the disk. Free of VS Code's API. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = [".venv", "venv", "env", ".conda"];
const isWindows = process.platform === "win32";

/** The interpreter of an environment, virtual or conda's; undefined where the folder is none. */
export function interpreterIn(environment: string): string | undefined {
  const places = isWindows ? ["Scripts/python.exe", "python.exe"] : ["bin/python", "bin/python3"];
  return places.map((place) => join(environment, place)).find((path) => existsSync(path));
}

/** The interpreters of the environments in a workspace folder, the usual names first. */
export function interpretersOf(folder: string): string[] {
  return NAMES.map((name) => interpreterIn(join(folder, name))).filter((path) => path !== undefined);
}

/** The interpreters of the environments that were active where the editor was started. */
export function activeInterpreters(env: NodeJS.ProcessEnv): string[] {
  return [env["VIRTUAL_ENV"], env["CONDA_PREFIX"]]
    .filter((root) => root !== undefined && root !== "")
    .map((root) => interpreterIn(root as string))
    .filter((path) => path !== undefined);
}

/** The first of some programs that is on `PATH`. */
export function onPath(env: NodeJS.ProcessEnv, ...programs: readonly string[]): string | undefined {
  const endings = isWindows ? [".exe", ".cmd", ".bat"] : [""];
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const program of programs) {
    for (const folder of folders) {
      for (const ending of endings) {
        const path = join(folder, program + ending);
        if (existsSync(path)) return path;
      }
    }
  }
  return undefined;
}
