import assert from "node:assert/strict";
import { test } from "node:test";
import { at, contains, moved, rectangle, type Selection, within } from "../../src/preview/webview/selection";

const extent = { rows: 100, columns: 5, page: 20 };
const key = (name: string, more: { ctrl?: boolean; shift?: boolean } = {}): { key: string; ctrl: boolean; shift: boolean } => ({
  key: name,
  ctrl: false,
  shift: false,
  ...more,
});

function after(selection: Selection, ...keys: ReturnType<typeof key>[]): Selection {
  return keys.reduce((now, one) => moved(now, one, extent) ?? now, selection);
}

test("arrows move within the grid, up into the header", () => {
  assert.deepEqual(after(at(0, 0), key("ArrowLeft"), key("ArrowDown")).active, { row: 1, column: 0 });
  assert.equal(after(at(0, 0), key("ArrowUp"), key("ArrowUp")).active.row, -1);
  assert.deepEqual(after(at(99, 4), key("ArrowRight"), key("ArrowDown")).active, { row: 99, column: 4 });
});

test("keys for ends and pages", () => {
  assert.equal(after(at(5, 2), key("PageDown")).active.row, 25);
  assert.equal(after(at(5, 2), key("PageUp")).active.row, 0);
  assert.deepEqual(after(at(5, 2), key("End")).active, { row: 5, column: 4 });
  assert.deepEqual(after(at(5, 2), key("End", { ctrl: true })).active, { row: 99, column: 4 });
  assert.deepEqual(after(at(5, 2), key("Home", { ctrl: true })).active, { row: 0, column: 0 });
  assert.equal(moved(at(0, 0), key("x"), extent), undefined);
});

test("shift makes a rectangle, never with the header", () => {
  const selection = after(at(2, 2), key("ArrowDown", { shift: true }), key("ArrowLeft", { shift: true }));
  const area = rectangle(selection);
  assert.deepEqual(area, { top: 2, bottom: 3, left: 1, right: 2 });
  assert.ok(area && contains(area, 3, 1) && !contains(area, 4, 1));
  assert.equal(after(at(0, 0), key("ArrowUp", { shift: true })).active.row, 0);
  assert.equal(rectangle(at(-1, 0)), undefined);
});

test("a selection shrinks with the table", () => {
  assert.deepEqual(within(at(50, 4), { rows: 10, columns: 2, page: 5 }).active, { row: 9, column: 1 });
  assert.deepEqual(within(at(3, 0), { rows: 0, columns: 0, page: 5 }).active, { row: -1, column: 0 });
});
