import assert from "node:assert/strict";
import { test } from "node:test";
import { substitute } from "../../src/substitution";

const around = {
  workspaceFolder: "/home/ada/shop",
  userHome: "/home/ada",
  env: { VENV: "/opt/venv", EMPTY: "" },
  file: "/home/ada/shop/specs/orders.v2.dgen",
};

const cases: readonly (readonly [string, string])[] = [
  ["${workspaceFolder}/.venv/bin/python", "/home/ada/shop/.venv/bin/python"],
  ["${userHome}/x and ~/y", "/home/ada/x and ~/y"],
  ["~/bin/specdsl", "/home/ada/bin/specdsl"],
  ["~ada/bin", "~ada/bin"],
  ["${env:VENV}/bin/python", "/opt/venv/bin/python"],
  ["${env:MISSING}/bin", "/bin"],
  ["${fileDirname}/out", "/home/ada/shop/specs/out"],
  ["${fileBasenameNoExtension}", "orders.v2"],
  ["${unknown}/x", "${unknown}/x"],
  ["plain", "plain"],
];

for (const [text, expected] of cases) {
  test(`${text} becomes ${expected}`, () => assert.equal(substitute(text, around), expected));
}

test("what has no value here stays as it was written", () => {
  assert.equal(substitute("${workspaceFolder}/${fileDirname}", { userHome: "/h", env: {} }), "${workspaceFolder}/${fileDirname}");
});
