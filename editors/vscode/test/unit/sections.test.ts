import assert from "node:assert/strict";
import { test } from "node:test";
import { tableAt } from "../../src/preview/sections";

const TEXT = `dataset d { seed 1 }
enum Status {
  paid
}
## Who buys.
table users 10 {
  id int key
  name string = match x {
    1 => "a"
  }
}

table \`order items\` {
  id int key
type Money = int
table späte from "x.csv"
  still writing`.split("\n");

function at(line: number): string | undefined {
  return tableAt((number) => TEXT[number] ?? "", line, TEXT.length);
}

test("the table that a line belongs to", () => {
  assert.equal(at(5), "users");
  assert.equal(at(8), "users");
  assert.equal(at(10), "users");
  assert.equal(at(13), "order items");
  assert.equal(at(16), "späte");
  assert.equal(at(99), "späte");
});

test("lines of other declarations and between them", () => {
  assert.equal(at(0), undefined);
  assert.equal(at(2), undefined);
  assert.equal(at(4), undefined);
  assert.equal(at(11), undefined);
  assert.equal(at(14), undefined);
});
