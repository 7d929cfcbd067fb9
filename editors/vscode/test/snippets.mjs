// Every snippet, with its placeholders filled, is put into a spec where it belongs, which then has to compile.
//
// Runs the specdsl of this checkout: ../../.venv, or the interpreter that SPECDSL_PYTHON names.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const own = ["bin/python", "Scripts/python.exe"].map((path) => join(root, "../../.venv", path)).find(existsSync);
const python = process.env.SPECDSL_PYTHON ?? own ?? "python3";
const snippets = JSON.parse(readFileSync(join(root, "snippets/dgen.json"), "utf8"));

/** A snippet's text with the default of each placeholder: `${1:name}`, `${1|a,b|}`, `$0`, and `${2:f($1)}`. */
function filled(body) {
  let text = body.join("\n");
  const values = new Map();
  const choice = /\$\{(\d+)\|([^,|]*)[^|]*\|\}/g;
  text = text.replace(choice, (_, number, first) => (values.set(number, first), first));
  const inner = /\$\{(\d+):((?:[^$\\{}]|\\[\s\S]|\{[^{}]*\\\})*)\}/;
  for (let found = inner.exec(text); found; found = inner.exec(text)) {
    const value = found[2].replace(/\\([$}\\])/g, "$1");
    values.set(found[1], value);
    const kept = value.replace(/[{}]/g, (brace) => (brace === "{" ? "\u0001" : "\u0002")); // no placeholder's end
    text = text.slice(0, found.index) + kept + text.slice(found.index + found[0].length);
  }
  text = text.replace(/\$\{?(\d+)\}?/g, (_, number) => values.get(number) ?? "");
  return text.replaceAll("\u0001", "{").replaceAll("\u0002", "}");
}

const USERS = "table users 10 {\n  id int key\n}\n";
const ORDERS = `table orders 9 {
  id int key
  placed_at timestamp = 2024-01-01 .. 2024-12-31
  lifecycle status from placed_at { placed -> paid after 1d }
}
`;
const VERSIONS = `table customers 10 {
  id int key
  joined_at timestamp = 2024-01-01 .. 2024-12-31
}
table customer_versions {
  customer_key int key
  customer_id -> customers each 1..5
  history valid from .joined_at
  city string 60% changes = city()
}
`;
const sales = (text) => `table t 90 {
  id int key
  total int in 1..99 = 5..40
  country string = "DE" | "FR"
  status string = "paid" | "refunded"
  ${text}
}
`;
const TOTALS = "country,total\nDE,1200\nFR,800\n";
const PLANS = "name,price\nfree,0\npro,20\n";
const indented = (text) => text.replaceAll("\n", "\n  ");
const column = (text, more = "") => `${USERS}table products 5 {\n  id int key\n}\ntable t 10 {\n${more}  ${indented(text)}\n}\n`;
const value = (text, more = "") => column(`v = ${text}`, more);

/** Where a snippet belongs, by its prefix; without an entry, at the top of a file. */
const PLACES = {
  tablechild: (text) => USERS + text,
  dataset: (text) => USERS + text,
  enum: (text) => `${text}\ntable t 3 {\n  status Status\n}\n`,
  type: (text) => `${text}\ntable t 3 {\n  price Money\n}\n`,
  typepattern: (text) => `${text}\ntable t 3 {\n  code Code\n}\n`,
  pool: (text) => `${text}\ntable t 3 {\n  plan string = pick(Plans.name)\n}\n`,
  import: (text) => `${text}\ntable t 3 {\n  id int key\n}\n`,
  keys: (text) => `table t over a = 1..3 {\n  b -> u each\n  ${text}\n}\ntable u 2 {\n  id int key\n}\n`,
  match: (text) => value(text, '  kind string = "a" | "b" | "c"\n'),
  if: (text) => value(text, "  condition bool = true | false\n"),
  choice: value,
  check: (text) => column(text, "  starts int = 1..5\n  ends int = 5..9\n"),
  colsum: (text) => `table t 3 {\n  id int key\n  ${text}\n}\ntable items 10 {\n  t_id -> t\n  amount int = 1..9\n}\n`,
  refnull: column,
  lifecycle: (text) => column(text, "  created_at timestamp = 2024-01-01 .. 2024-12-31\n"),
  history: (text) =>
    `table customers 10 {\n  id int key\n  joined_at timestamp = 2024-01-01 .. 2024-12-31\n}\ntable t {\n  ${indented(text)}\n}\n`,
  tableevents: (text) => `${ORDERS}${text}`,
  tablerecords: (text) => `${VERSIONS}${text}\n`,
  refasof: (text) =>
    `${VERSIONS}table t 9 {\n  id int key\n  customer_id -> customers\n  placed_at timestamp = 2024-01-01 .. 2024-12-31\n  ${text}\n}\n`,
  target: (text) => sales(text),
  targetfrom: (text) => sales(text),
  targetshare: (text) => sales(text),
  variant: (text) => column(text, "  age int in 0..130 = 20..60\n"),
  cover: (text) =>
    `table t {\n  id int key\n${["browser", "os", "plan"].map((name) => `  ${name} string = "a" | "b"\n`).join("")}  ${text}\n}\n`,
  changes: (text) => `dataset d { per batch 1d }\n${column(text, '  id int key\n  status string = "a" | "b"\n')}`,
  misencoded: (text) => column(text, "  name string = full_name()\n"),
};
for (const { prefix } of Object.values(snippets)) {
  if (/^(col|key|ref)/.test(prefix)) PLACES[prefix] ??= column;
}

const folder = mkdtempSync(join(tmpdir(), "specdsl-snippets-"));
let failed = 0;
try {
  writeFileSync(join(folder, "plans.csv"), PLANS);
  writeFileSync(join(folder, "totals.csv"), TOTALS);
  writeFileSync(join(folder, "common.dgen"), "enum Colour { red, green }\n");
  const specs = new Map();
  for (const [name, { prefix, body }] of Object.entries(snippets)) {
    const path = join(folder, `${prefix}.dgen`);
    if (specs.has(path)) throw new Error(`two snippets have the prefix ${prefix}`);
    specs.set(path, name);
    writeFileSync(path, (PLACES[prefix] ?? ((text) => text))(filled(body)));
  }
  const run = spawnSync(python, ["-m", "specdsl", "check", "--format", "json", ...specs.keys()], { encoding: "utf8" });
  if (run.error) throw run.error;
  if (run.stdout.trim() === "") throw new Error(`specdsl check said nothing: ${run.stderr}`);
  const { diagnostics } = JSON.parse(run.stdout);
  for (const [path, name] of specs) {
    const errors = diagnostics.filter((one) => one.severity === "error" && one.location.file === path);
    if (errors.length === 0) continue;
    failed += 1;
    console.log(`not ok: ${name}\n${readFileSync(path, "utf8")}`);
    for (const { code, message } of errors) console.log(`  ${code}: ${message}`);
  }
  const strange = diagnostics.filter((one) => one.severity === "error" && !specs.has(one.location.file));
  if (strange.length > 0) throw new Error(`errors elsewhere: ${JSON.stringify(strange)}`);
  console.log(`${specs.size} snippets, ${failed} failed`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);
