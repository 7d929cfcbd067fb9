// The extension as people install it: built and packed by its own npm scripts.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

import { paths } from "./environment.mjs";

/**
 * Builds and packs the extension; the path of the .vsix.
 *
 * @throws {Error} where a script fails
 */
export function extensionPackage() {
  const how = { cwd: paths.extension, stdio: ["ignore", "ignore", "inherit"] };
  const npm = (...words) => execFileSync("npm", words, how);
  if (!existsSync(path.join(paths.extension, "node_modules"))) npm("ci", "--no-audit", "--no-fund");
  npm("run", "--silent", "package"); // which builds first
  return path.join(paths.extension, "dist/specdsl.vsix");
}
