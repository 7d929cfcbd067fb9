// JSON on the clipboard becomes tables of the spec.
import assert from "node:assert/strict";

import { eventually } from "../eventually.mjs";
import { SCHEMA, SHOP } from "../specs.mjs";
import { onDisk } from "../window.mjs";

const files = { "shop.dgen": SHOP };
const SAMPLE = [
  { id: 7, city: "Oslo", price: 12.5, status: "new" },
  { id: 8, city: "Rome", price: 80, status: "paid" },
  { id: 9, city: "Oslo", price: 30.25, status: "new" },
  { id: 10, city: "Rome", price: 9.75, status: "paid" },
];
const ITEMS = /enum Status2 \{ new 50%, paid 50% \}\n\ntable items 100 \{\n {2}id +int key += sequence\(start: 7\)\n/;

export const scenarios = [
  {
    name: "Paste JSON as Tables puts a table of sample JSON between the declarations",
    files,
    open: "shop.dgen",
    async run({ window, workspace }) {
      await window.untilKnown();
      await window.copied(JSON.stringify(SAMPLE, null, 2));
      await window.goTo("shop.dgen", "  a|>ge        int");
      await window.command("specdsl: Paste JSON as Tables");
      await window.page.locator(".view-line", { hasText: "enum Status2" }).first().waitFor();
      await window.save("shop.dgen");
      const text = workspace.read("shop.dgen");
      assert.match(text, ITEMS);
      assert.ok(text.indexOf("table users") < text.indexOf("table items"), "after the table of the cursor");
      assert.ok(text.indexOf("table items") < text.indexOf("## What they ordered."), "before the next one's comment");
      assert.equal(workspace.specdsl("check", "shop.dgen").status, 0);
      await window.press("Control+z");
      await window.save("shop.dgen");
      await onDisk(workspace, "shop.dgen", SHOP);
    },
  },
  {
    name: "Paste JSON as Tables makes the table of a JSON Schema",
    files,
    open: "shop.dgen",
    async run({ window, workspace }) {
      await window.untilKnown();
      await window.copied(JSON.stringify(SCHEMA));
      await window.press("Control+End");
      await window.command("specdsl: Paste JSON as Tables");
      await window.page.locator(".view-line", { hasText: "table person" }).first().waitFor();
      await window.save("shop.dgen");
      assert.match(workspace.read("shop.dgen"), /table person 100 \{\n {2}name string.*\n {2}age +int.*\b18 ?\.\. ?90/);
      assert.equal(workspace.specdsl("check", "shop.dgen").status, 0);
    },
  },
  {
    name: "Paste JSON as Tables says so where the clipboard holds no JSON",
    files,
    open: "shop.dgen",
    async run({ window, workspace }) {
      await window.untilKnown();
      for (const [text, message] of [
        ["hello there", /no JSON with objects/],
        ["", /clipboard holds no text/],
        ['{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "string", "enum": [3]}', /No table can be made/],
      ]) {
        await window.copied(text);
        await window.command("specdsl: Paste JSON as Tables");
        await window.notification(message);
      }
      assert.equal(workspace.read("shop.dgen"), SHOP);
    },
  },
  {
    name: "pasting JSON offers to make tables of it",
    files,
    open: "shop.dgen",
    async run({ window, workspace, page }) {
      await window.untilKnown();
      await window.press("Control+End");
      await window.insert(JSON.stringify(SAMPLE));
      await page.locator(".post-edit-widget").click();
      await page.locator(".action-widget .action", { hasText: "Paste JSON as Tables" }).click();
      await page.locator(".view-line", { hasText: "table items" }).first().waitFor();
      await window.save("shop.dgen");
      await eventually(() => ITEMS.test(workspace.read("shop.dgen")), "the table is in the file");
      assert.ok(!workspace.read("shop.dgen").includes(`"city"`), "the JSON itself is not");
    },
  },
];
