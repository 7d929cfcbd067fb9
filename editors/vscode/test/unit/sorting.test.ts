import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "../../src/preview/protocol";
import { micros, nextSort, sortedPositions } from "../../src/preview/webview/sorting";
import { column } from "./columns";

const int = column("n", { type: "int", numeric: true });

function sorted(cells: Cell[], of = int, descending = false): Cell[] {
  return sortedPositions(cells, of, descending).map((at) => cells[at] ?? null);
}

test("a header goes through three states", () => {
  const ascending = nextSort(null, "a");
  assert.deepEqual(ascending, { column: "a", descending: false });
  const descending = nextSort(ascending, "a");
  assert.deepEqual(descending, { column: "a", descending: true });
  assert.equal(nextSort(descending, "a"), null);
  assert.deepEqual(nextSort(descending, "b"), { column: "b", descending: false });
});

test("numbers are sorted as numbers", () => {
  assert.deepEqual(sorted(["10", "9", "-2", "1.5", "1e3"]), ["-2", "1.5", "9", "10", "1e3"]);
});

test("large whole numbers are not rounded", () => {
  const cells = ["9007199254740993", "9007199254740992", "-9007199254740993"];
  assert.deepEqual(sorted(cells), ["-9007199254740993", "9007199254740992", "9007199254740993"]);
});

test("null stands last, ascending and descending", () => {
  assert.deepEqual(sorted([null, "2", null, "1"]), ["1", "2", null, null]);
  assert.deepEqual(sorted([null, "2", null, "1"], int, true), ["2", "1", null, null]);
});

test("equal values keep their order either way", () => {
  assert.deepEqual(sortedPositions(["b", "a", "b", "a"], column("s"), false), [1, 3, 0, 2]);
  assert.deepEqual(sortedPositions(["b", "a", "b", "a"], column("s"), true), [0, 2, 1, 3]);
});

test("durations are sorted by their length", () => {
  const duration = column("d", { type: "duration", numeric: true });
  assert.deepEqual(sorted(["2h", "90m", "-1d", "1d 1ms", "250us"], duration), ["-1d", "250us", "90m", "2h", "1d 1ms"]);
  assert.equal(micros("1d 2h 3m"), 93_780e6);
  assert.equal(micros("-250ms"), -250e3);
  assert.equal(micros("0s"), 0);
});

test("texts are sorted as people do, dates by their digits", () => {
  assert.deepEqual(sorted(["item 10", "Item 9", "äpfel", "Zebra"], column("s")), ["äpfel", "Item 9", "item 10", "Zebra"]);
  assert.deepEqual(sorted(["2024-10-01", "2024-09-30"], column("d", { type: "date" })), ["2024-09-30", "2024-10-01"]);
});
