// Hover: what a column's values look like, made by the engine from the text in the editor.
import assert from "node:assert/strict";

import { SHOP } from "../specs.mjs";

/** The values of a column as `specdsl preview` makes them. */
function values(workspace, table, column) {
  const { out } = workspace.specdsl("preview", "shop.dgen", "--table", table, "--rows", "8", "--json");
  return JSON.parse(out)[table].map((row) => String(row[column]));
}

export const scenarios = [
  {
    name: "the hover of a number shows its type, sample values and a histogram",
    files: { "shop.dgen": SHOP },
    open: "shop.dgen",
    async run({ window, workspace }) {
      await window.goTo("shop.dgen", "  a|>ge        int");
      const text = await (await window.hover("users.age")).innerText();
      assert.match(text, /[▁▂▃▄▅▆▇█]{4,}/, `a histogram in ${text}`);
      assert.match(text, /\bint\b/, `the type in ${text}`);
      const told = text.match(/\d+/g);
      for (const value of values(workspace, "users", "age").slice(0, 4)) {
        assert.ok(told.includes(value), `the value ${value} in ${text}`);
      }
    },
  },
  {
    name: "the hover follows the text before it is saved",
    files: { "shop.dgen": SHOP },
    open: "shop.dgen",
    async run({ window }) {
      const before = '"free" 70% | "pro" 30%';
      await window.goTo("shop.dgen", `${before}|>`);
      for (let i = 0; i < before.length; i += 1) await window.press("Shift+ArrowLeft");
      await window.insert('"gratis"');
      await window.goTo("shop.dgen", "  pl|>an       string");
      await window.hover(/gratis.{0,6}gratis/s);
    },
  },
];
