// A folder that somebody works in: specs, and a virtual environment that has this checkout of specdsl.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Makes a virtual environment whose specdsl, with all it needs, is that of `python`.
 *
 * @param {string} folder where it comes to lie; its `bin/python` runs it
 */
export function virtualEnvironment(python, folder) {
  execFileSync(python, ["-m", "venv", "--without-pip", folder]);
  const packages = execFileSync(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], {
    encoding: "utf8",
  }).trim();
  const lib = path.join(folder, "lib");
  const version = readdirSync(lib).find((name) => name.startsWith("python"));
  const line = `import site; site.addsitedir(${JSON.stringify(packages)})\n`;
  writeFileSync(path.join(lib, version, "site-packages/checkout.pth"), line);
}

export class Workspace {
  /**
   * @param {string} folder is made
   * @param {Record<string, string>} files texts by name
   * @param {{environment?: string, settings?: object}} options what to have as `.venv`; settings of the workspace
   */
  constructor(folder, files, { environment, settings } = {}) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    if (environment) cpSync(environment, path.join(folder, ".venv"), { recursive: true, verbatimSymlinks: true });
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    if (settings) this.write(".vscode/settings.json", JSON.stringify(settings, null, 2));
  }

  path(name) {
    return path.join(this.folder, name);
  }

  write(name, text) {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** The text of a file as it is on disk now. */
  read(name) {
    return readFileSync(this.path(name), "utf8");
  }

  /** Runs `specdsl` of the workspace's environment; what it printed, and its exit status. */
  specdsl(...words) {
    const run = spawnSync(this.path(".venv/bin/python"), ["-m", "specdsl", ...words], {
      cwd: this.folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    return { status: run.status, out: run.stdout, err: run.stderr };
  }

  /** Runs a piece of Python in the workspace's environment and reads what it prints as JSON. */
  python(source, ...words) {
    const text = execFileSync(this.path(".venv/bin/python"), ["-c", source, ...words], {
      cwd: this.folder,
      encoding: "utf8",
    });
    return JSON.parse(text);
  }
}

/** The line and column, from 1, of the mark `|>` in `marked`, a piece that `text` has once (without the mark). */
export function positionOf(text, marked) {
  const mark = marked.indexOf("|>");
  const piece = marked.replace("|>", "");
  const start = text.indexOf(piece);
  if (mark < 0 || start < 0 || text.indexOf(piece, start + 1) >= 0) {
    throw new Error(`${JSON.stringify(marked)} names no single place`);
  }
  const before = text.slice(0, start + mark).split("\n");
  return { line: before.length, column: before.at(-1).length + 1 };
}
