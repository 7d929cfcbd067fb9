// What a scenario is, and where they are found.
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * @typedef {object} Scenario
 * @property {string} name what a person can do, as a sentence
 * @property {Record<string, string>} files texts of the workspace, by name
 * @property {string} [open] the file in the editor
 * @property {object} [settings] of the workspace
 * @property {(environment: string) => object} [user] settings of the person; given a virtual environment that has specdsl
 * @property {(workspace) => void} [prepare] what else the workspace needs
 * @property {false} [environment] false: a workspace without a virtual environment
 * @property {number} [limit] milliseconds it may take
 * @property {(workspace) => void} [skip] throws Skipped where it cannot be run
 * @property {({window, page, workspace, options}) => Promise<void>} run
 */

/** Thrown where a scenario cannot be run here; the message says why. */
export class Skipped extends Error {}

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "scenarios");

/** All scenarios: each file of `scenarios/` exports some as `scenarios`. @returns {Promise<Scenario[]>} */
export async function scenarios() {
  const found = [];
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".mjs")).sort()) {
    const module = await import(pathToFileURL(path.join(folder, name)));
    found.push(...(module.scenarios ?? []));
  }
  return found;
}
