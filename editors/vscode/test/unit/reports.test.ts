import assert from "node:assert/strict";
import { test } from "node:test";
import { builtText, doneTable, holdsData, parsedBuild } from "../../src/commands/buildReport";
import { kinds } from "../../src/commands/exportKinds";
import { findings } from "../../src/commands/importReport";

test("a build is told in one line", () => {
  const report = parsedBuild(
    JSON.stringify({
      seconds: 1.26,
      tables: [
        { name: "users", written: 1000, bytes: 12_345 },
        { name: "orders", written: 1, bytes: 900 },
      ],
      verification: { ok: true, rules: [{ verdict: "ok" }, { verdict: "ok" }, { verdict: "unchecked" }] },
    }),
  );
  assert.ok(report);
  assert.equal(builtText(report, "out"), "Built 2 tables, 1,001 rows, 13 kB in out (1.3 s). 2 rules hold.");
  const unchecked = { ...report, tables: report.tables.slice(1), verification: null };
  assert.equal(builtText(unchecked, "out"), "Built 1 table, 1 row, 900 bytes in out (1.3 s). Nothing was checked.");
});

test("what is no report is none", () => {
  assert.equal(parsedBuild(""), undefined);
  assert.equal(parsedBuild("{}"), undefined);
});

test("lines of progress tell which table is done", () => {
  assert.deepEqual(doneTable("users: 10,000 rows"), { table: "users", rows: 10_000 });
  assert.deepEqual(doneTable("odd name: 1 row"), { table: "odd name", rows: 1 });
  assert.equal(doneTable("checking the written files"), undefined);
});

test("a folder that holds data is told from other failures", () => {
  assert.ok(holdsData("error: `out` already holds users.parquet\n  help: --mode overwrite replaces the data"));
  assert.ok(!holdsData("error[DG203]: there is no type `strin`"));
});

test("findings are read from the report, where there is one", () => {
  const report = JSON.stringify({
    version: 2,
    rows: [
      { outcome: "exact", how: "as the schema says", pointer: "/b", line: 2, column: 5, code: null, severity: "hint" },
      { outcome: "left out", how: "`a` is never there", why: "it is nested", pointer: "/a", line: 3, column: 5, code: "DG707", severity: "warning" },
    ],
  });
  assert.deepEqual(findings(report, "error: else"), [
    { code: "DG707", severity: "warning", message: "left out: `a` is never there, as it is nested (at /a)", line: 2, column: 4, length: 1 },
  ]);
});

test("findings are read from standard error, where there is no report", () => {
  const text = "warning[DG702]: a pattern is shortened\n --> order.json:7:11\n  |\nerror: the file is no JSON\n";
  assert.deepEqual(findings(undefined, text), [
    { code: "DG702", severity: "warning", message: "a pattern is shortened", line: 6, column: 10, length: 1 },
    { code: undefined, severity: "error", message: "the file is no JSON", line: 0, column: 0, length: 1 },
  ]);
});

test("the notations of an export are those that the command offers", () => {
  assert.deepEqual(kinds("  --to [json-schema|sql|dbml]   The notation."), ["json-schema", "sql", "dbml"]);
});

test("a finding that has a pointer stands at the member that it leads to", () => {
  const source = '{\n  "properties": {\n    "a/b": { "type": "string" }\n  }\n}\n';
  const report = JSON.stringify({ rows: [{ code: "DG704", pointer: "/properties/a~1b", outcome: "left out", how: "no text was found" }] });
  assert.deepEqual(findings(report, "", source), [
    { code: "DG704", severity: "warning", message: "left out: no text was found (at /properties/a~1b)", line: 2, column: 4, length: 5 },
  ]);
});

test("the place of a finding counts as the editor does, and takes in the key", () => {
  const source = '{\r\n  "title": "😀😀", "a\\"b": {}\r\n}\r\n';
  const report = JSON.stringify({ rows: [{ severity: "hint", how: "narrowed", line: 2, column: 18 }] });
  const [found] = findings(report, "", source);
  const line = source.split("\r\n")[1] ?? "";
  assert.equal(line.slice(found?.column, (found?.column ?? 0) + (found?.length ?? 0)), '"a\\"b"');
});
