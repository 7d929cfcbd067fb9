import assert from "node:assert/strict";
import { test } from "node:test";
import type { PreviewResult } from "../../src/preview/protocol";
import { extent, percent } from "../../src/preview/webview/numbers";
import { MOST_ROWS, Rows } from "../../src/preview/webview/rows";
import { column } from "./columns";

function page(first: number, count: number, total = 10_000): PreviewResult {
  const numbers = Array.from({ length: count }, (_, at) => first + at);
  return {
    uri: "file:///a.dgen",
    version: 1,
    state: "ok",
    message: "",
    table: "t",
    doc: "",
    tables: [],
    rowCount: total,
    first,
    columns: [column("n", { type: "int", numeric: true }), column("p", { target: "q", role: "reference" })],
    rows: numbers.map((number) => [String(number % 7), `p${number}`]),
    parents: { p: numbers.map((number) => (number % 2 === 0 ? number * 10 : null)) },
  };
}

test("pages after and before are put together", () => {
  const middle = Rows.of(page(50, 50));
  const after = middle.with(Rows.of(page(100, 50)));
  assert.ok(after);
  assert.deepEqual([after.first, after.end], [50, 150]);
  const all = after.with(Rows.of(page(0, 50)));
  assert.ok(all);
  assert.deepEqual([all.first, all.end], [0, 150]);
  assert.equal(all.cellAt(120, 1), "p120");
  assert.equal(all.parentAt(120, 1), 1_200);
  assert.equal(all.parentAt(121, 1), null);
});

test("pages that do not meet, or are of another text, are not", () => {
  const rows = Rows.of(page(0, 50));
  assert.equal(rows.with(Rows.of(page(60, 50))), undefined);
  assert.equal(rows.with(Rows.of(page(50, 50, 9_000))), undefined);
  assert.equal(rows.with(Rows.of({ ...page(50, 50), columns: [column("n")] })), undefined);
});

test("only so many rows are kept, and what was asked for is among them", () => {
  const full = Rows.of(page(500, MOST_ROWS));
  const after = full.with(Rows.of(page(500 + MOST_ROWS, 50)));
  assert.ok(after);
  assert.deepEqual([after.first, after.length], [550, MOST_ROWS]);
  const before = full.with(Rows.of(page(450, 50)));
  assert.ok(before);
  assert.deepEqual([before.first, before.length], [450, MOST_ROWS]);
  assert.equal(before.rowAt(0)[1], "p450");
  assert.equal(before.parentAt(before.length - 1, 1), null);
});

test("sorted rows know their numbers and parents", () => {
  const rows = Rows.of(page(100, 20)).sorted({ column: "n", descending: true });
  assert.equal(rows.cellAt(0, 0), "6");
  const number = rows.numberAt(0);
  assert.equal(number % 7, 6);
  assert.equal(rows.placeOf(number), 0);
  assert.equal(rows.placeOf(5), -1);
  assert.equal(rows.parentAt(0, 1), number % 2 === 0 ? number * 10 : null);
  assert.equal(rows.sorted(null).numberAt(0), 100);
  assert.equal(rows.sorted({ column: "gone", descending: false }).numberAt(3), 103);
});

test("columns that cannot be made now stay as they were, in their place", () => {
  const before = Rows.of(page(0, 50));
  const now = { ...page(10, 10), columns: [column("p", { target: "q" })], rows: page(10, 10).rows.map((row) => [`new ${row[1] ?? ""}`]) };
  const rows = Rows.of(now).keeping(before, ["n"]);
  assert.deepEqual(rows.columns.map(({ name }) => name), ["n", "p"]);
  assert.deepEqual(rows.rowAt(4), ["0", "new p14"]);
  assert.deepEqual([...rows.stale], ["n"]);
  assert.deepEqual(Rows.of(now).keeping(before, []).columns.map(({ name }) => name), ["p"]);
  assert.equal(rows.with(Rows.of({ ...now, first: 20 }).keeping(before, ["n"]))?.length, 20);
});

test("how much is shown", () => {
  assert.equal(extent(0, 50, 10_000), "First 50 of 10,000 rows");
  assert.equal(extent(0, 7, 7), "All 7 rows");
  assert.equal(extent(0, 1, 1), "1 row");
  assert.equal(extent(0, 0, 0), "No rows");
  assert.equal(extent(8_400, 50, 10_000), "Rows 8,401–8,450 of 10,000");
});

test("shares are never rounded to all or nothing", () => {
  assert.deepEqual([0, 0.001, 0.294, 0.998, 1].map(percent), ["0%", "<1%", "29%", ">99%", "100%"]);
});
