// The programs the tests run with: those `install` fetched, and the checkout's own Python.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));

export const paths = {
  artifacts: path.join(here, "artifacts"),
  extension: path.resolve(here, "../.."),
  checkout: path.resolve(here, "../../../.."),
};

/** Exit status of `install`, and of a run, where no Chromium can be had. */
export const NO_CHROMIUM = 3;

/**
 * Where the programs are; installs what is missing.
 *
 * @returns {{status: number, node: string, codeServer: string, playwright: string, chromium: string | undefined}}
 * @throws {Error} where an installation failed; Chromium alone may be missing (status NO_CHROMIUM).
 */
export function environment() {
  const run = spawnSync(path.join(here, "install"), { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (run.status !== 0 && run.status !== NO_CHROMIUM) {
    throw new Error(`install ended with status ${run.status}`);
  }
  const found = Object.fromEntries(
    run.stdout.trim().split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  return {
    status: run.status,
    node: found.NODE,
    codeServer: found.CODE_SERVER,
    playwright: found.PLAYWRIGHT,
    chromium: found.CHROMIUM,
  };
}

/** The `chromium` of playwright-core, from where `install` put it. */
export function browserType(folder) {
  return createRequire(path.join(folder, "package.json"))("playwright-core").chromium;
}

/**
 * A Python that has this checkout of specdsl: SPECDSL_PYTHON, else the checkout's `.venv`.
 *
 * @throws {Error} where neither runs `specdsl`.
 */
export function python() {
  const program = process.env.SPECDSL_PYTHON ?? path.join(paths.checkout, ".venv/bin/python");
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: run "make test" once, or set SPECDSL_PYTHON`);
  }
  const version = spawnSync(program, ["-m", "specdsl", "--version"], { encoding: "utf8" });
  if (version.status !== 0) {
    throw new Error(`${program} does not run specdsl: ${version.stderr}`);
  }
  return program;
}
