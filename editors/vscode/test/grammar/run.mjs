// Grammar tests: assertions in test/grammar/cases, and snapshots of whole specs in test/grammar/snapshots.
//
// npm run test:grammar            runs both
// npm run test:grammar -- --update   writes the snapshots anew
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const examples = join(root, "../../examples");
const SNAPSHOTS = ["shop", "iot", "tpch", "university"];
const update = process.argv.includes("--update");

const grammar = ["--grammar", join(root, "syntaxes/dgen.tmLanguage.json"), "--config", join(root, "package.json")];

function run(program, args) {
  const script = join(root, "node_modules/vscode-tmgrammar-test/dist", program);
  const { status } = spawnSync(process.execPath, [script, ...grammar, ...args], { stdio: "inherit", cwd: root });
  return status === 0;
}

// The snapshots lie beside copies of the specs, so that the examples' folders stay free of them.
const folder = join(root, "test/grammar/snapshots");
mkdirSync(folder, { recursive: true });
for (const name of SNAPSHOTS) copyFileSync(join(examples, name, `${name}.dgen`), join(folder, `${name}.dgen`));

const cases = readdirSync(join(root, "test/grammar/cases")).map((name) => join("test/grammar/cases", name));
const asserted = run("unit.js", ["--compact", ...cases]);
const same = run("snapshot.js", [...(update ? ["--updateSnapshot"] : []), "test/grammar/snapshots/*.dgen"]);
for (const name of SNAPSHOTS) rmSync(join(folder, `${name}.dgen`));
process.exit(asserted && same ? 0 : 1);
