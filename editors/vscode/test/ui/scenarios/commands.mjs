// The commands of the extension: what each leaves on disk and on the screen.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";

import { eventually } from "../eventually.mjs";
import { Skipped } from "../scenario.mjs";
import { SCHEMA, SHOP } from "../specs.mjs";

const files = { "shop.dgen": SHOP };

/** Rows and names of the columns of a Parquet file. */
const PARQUET = `
import json, sys
import pyarrow.parquet as parquet
table = parquet.read_table(sys.argv[1])
print(json.dumps({"rows": table.num_rows, "columns": table.column_names, "first": table["id"][0].as_py()}))
`;

export const scenarios = [
  {
    name: "Build makes the files that the command line makes",
    files,
    open: "shop.dgen",
    async run({ window, workspace }) {
      await window.untilKnown();
      await window.command("specdsl: Build…");
      await window.pick("Build");
      await window.notification(/Built|built|rows/, 40_000);
      for (const [table, rows] of [
        ["users", 1000],
        ["orders", undefined],
      ]) {
        const file = `out/${table}.parquet`;
        assert.ok(existsSync(workspace.path(file)), `${file} is there`);
        const made = workspace.python(PARQUET, workspace.path(file));
        if (rows !== undefined) assert.equal(made.rows, rows);
        const { out } = workspace.specdsl("preview", "shop.dgen", "-t", table, "-n", "1", "--json");
        const [head] = JSON.parse(out)[table];
        assert.deepEqual(made.columns, Object.keys(head));
        assert.equal(made.first, head.id);
      }
      const verified = workspace.specdsl("verify", "shop.dgen", "out");
      assert.equal(verified.status, 0, verified.err);
    },
  },
  {
    name: "the Build lens of a table builds that table",
    files,
    settings: { "specdsl.build.ask": false, "specdsl.build.format": "csv" },
    open: "shop.dgen",
    async run({ window, workspace }) {
      await window.lens("Build").first().waitFor({ timeout: 30_000 });
      await window.lens("Build").first().click();
      await window.notification(/Built|built|rows/, 40_000);
      assert.equal(workspace.read("out/users.csv").trim().split("\n").length, 1001);
      assert.ok(!existsSync(workspace.path("out/orders.csv")), "no other table");
    },
  },
  {
    name: "Import JSON Schema, from the explorer's menu of a .json file, makes a spec that compiles",
    files: { ...files, "person.schema.json": JSON.stringify(SCHEMA, null, 2) },
    open: "shop.dgen",
    skip(workspace) {
      const { status } = workspace.specdsl("import", "--help");
      if (status !== 0) throw new Skipped("this specdsl has no `import`");
    },
    async run({ window, workspace, page }) {
      const row = page.locator(".explorer-folders-view .monaco-list-row", { hasText: "person.schema.json" });
      await row.click({ button: "right" });
      const item = window.menuItem("Import JSON Schema");
      await item.click();
      // A menu that has just opened takes its first click for the end of the one that opened it.
      await item.waitFor({ state: "hidden", timeout: 3_000 }).catch(() => item.click());
      await window.tab("person.dgen", { active: true }).waitFor({ timeout: 30_000 });
      const text = workspace.read("person.dgen");
      assert.match(text, /\bname\b/);
      assert.match(text, /18 ?\.\. ?90/);
      const check = workspace.specdsl("check", "person.dgen");
      assert.equal(check.status, 0, check.err);
    },
  },
  {
    name: "Explain Diagnostic shows the page of the code at the cursor",
    files: { "shop.dgen": SHOP.replace("user_id.created_at", "user_id.creatd_at") },
    open: "shop.dgen",
    async run({ window, workspace }) {
      await window.squiggle("error");
      await window.goTo("shop.dgen", "user_id.cre|>atd_at");
      await window.command("specdsl: Explain Diagnostic…");
      const { out } = workspace.specdsl("explain", "DG202");
      const [, summary] = out.split("\n").filter((line) => line.trim());
      await window.webview.getByText(summary).first().waitFor({ timeout: 20_000 });
    },
  },
  {
    name: "Restart Server starts another server, which knows the file again",
    files,
    open: "shop.dgen",
    async run({ window, workspace }) {
      await window.untilKnown();
      const before = await eventually(() => serverOf(workspace), "a server runs");
      await window.command("specdsl: Restart Server");
      const after = await eventually(() => {
        const now = serverOf(workspace);
        return now !== undefined && now !== before ? now : undefined;
      }, "another server runs", 20_000);
      assert.notEqual(after, before);
      await window.goTo("shop.dgen", "  a|>ge        int");
      await window.hover("users.age");
    },
  },
];

/** The process that serves this workspace, by its interpreter. */
function serverOf(workspace) {
  const source = `
import json, os, sys
found = []
for name in filter(str.isdigit, os.listdir("/proc")):
    try:
        words = open(f"/proc/{name}/cmdline").read().split("\\0")
    except OSError:
        continue
    if words[0].startswith(sys.argv[1]) and "lsp" in words and "--help" not in words:
        found.append(int(name))
print(json.dumps(found))
`;
  const found = workspace.python(source, workspace.path(".venv/"));
  return found.length === 1 ? found[0] : undefined;
}
