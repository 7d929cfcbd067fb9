import assert from "node:assert/strict";
import { test } from "node:test";
import { copied, csv, jsonValue, tsv } from "../../src/preview/webview/copying";
import { column } from "./columns";

const columns = [column("id", { type: "int", numeric: true }), column("name"), column("ok", { type: "bool" })];
const rows = [
  ["1", "Ann", "true"],
  ["12345678901234567890", null, null],
  ["3", '""', "false"],
];

test("tab-separated values", () => {
  assert.equal(copied("tsv", columns, rows, { header: true }), "id\tname\tok\n1\tAnn\ttrue\n12345678901234567890\t\t\n3\t\tfalse");
  assert.equal(tsv('a\t"b"'), '"a\t""b"""');
  assert.equal(tsv("plain, text"), "plain, text");
});

test("CSV tells null from an empty text", () => {
  assert.equal(copied("csv", columns, rows, { header: false }), '1,Ann,true\n12345678901234567890,,\n3,"",false');
  assert.equal(csv('say "hi", twice'), '"say ""hi"", twice"');
  assert.equal(csv("two\nlines"), '"two\nlines"');
  assert.equal(csv(" edge"), '" edge"');
});

test("JSON keeps the digits of numbers", () => {
  const text = copied("json", columns, rows, { header: true });
  assert.match(text, /"id": 12345678901234567890, "name": null, "ok": null/);
  const [first, , last] = JSON.parse(text) as Record<string, unknown>[];
  assert.deepEqual(first, { id: 1, name: "Ann", ok: true });
  assert.deepEqual(last, { id: 3, name: "", ok: false });
  assert.equal(copied("json", columns, [], { header: true }), "[]");
});

test("what is no number of JSON is a text there", () => {
  assert.equal(jsonValue("1h 30m", column("d", { type: "duration", numeric: true })), '"1h 30m"');
  assert.equal(jsonValue("nan", column("f", { type: "float", numeric: true })), '"nan"');
  assert.equal(jsonValue("007", column("s")), '"007"');
  assert.equal(jsonValue("1.50", column("p", { type: "decimal(5, 2)", numeric: true })), "1.50");
});
