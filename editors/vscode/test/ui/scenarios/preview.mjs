// The preview panel: rows of the table beside the text, which follow what is typed.
import assert from "node:assert/strict";

import { eventually } from "../eventually.mjs";
import { Preview } from "../preview.mjs";
import { SHOP } from "../specs.mjs";

const files = { "shop.dgen": SHOP };
const WEIGHTS = '"free" 70% | "pro" 30%';

/** Selects a piece of the text in the editor, and puts another in its place. */
async function replace(window, piece, other, text = SHOP) {
  await window.goTo("shop.dgen", `${piece}|>`, text);
  for (let i = 0; i < piece.length; i += 1) await window.press("Shift+ArrowLeft");
  await window.insert(other);
}

export const scenarios = [
  {
    name: "the Preview lens of a table opens a panel whose cells are those of `specdsl preview`",
    files,
    open: "shop.dgen",
    async run({ window, workspace }) {
      for (const table of ["users", "orders"]) {
        const preview = await Preview.fromLens(window, table);
        await preview.showsAsTheCommandLine(workspace, "shop.dgen", table);
      }
    },
  },
  {
    name: "the panel changes as a weight is edited, before the file is saved",
    files,
    open: "shop.dgen",
    async run({ window, workspace }) {
      const preview = await Preview.fromLens(window, "users");
      const before = await preview.column("plan");
      assert.ok(before.includes("free") && before.includes("pro"), `both plans in ${before}`);
      await replace(window, WEIGHTS, '"free" 1% | "pro" 99%');
      await eventually(async () => {
        const plans = await preview.column("plan");
        return plans.length > 10 && plans.filter((plan) => plan === "pro").length >= plans.length - 3;
      }, "nearly all plans are pro");
      assert.equal(workspace.read("shop.dgen"), SHOP, "the file on disk is as it was");
      workspace.write("edited.dgen", SHOP.replace(WEIGHTS, '"free" 1% | "pro" 99%'));
      await preview.showsAsTheCommandLine(workspace, "edited.dgen", "users");
    },
  },
  {
    name: "the panel keeps its rows, greyed, while the text is broken, and says why",
    files,
    open: "shop.dgen",
    async run({ window }) {
      const preview = await Preview.fromLens(window, "users");
      const before = await preview.topRows();
      await replace(window, "table users 1_000 {", "table users 0..");
      await preview.grid.and(window.webview.locator(".stale")).waitFor();
      assert.deepEqual(await preview.topRows(), before, "the rows that were there before");
      assert.notEqual((await preview.message.innerText()).trim(), "", "a message");
      const opacity = await preview.cell(0, "id").evaluate((cell) => {
        let faint = 1;
        for (let at = cell; at; at = at.parentElement) faint *= Number(getComputedStyle(at).opacity);
        return faint;
      });
      assert.ok(opacity < 0.9, `the rows are greyed (opacity ${opacity})`);
      await window.focusActiveEditor();
      await window.press("Control+z");
      await preview.grid.and(window.webview.locator(":not(.stale)")).waitFor();
      assert.deepEqual(await preview.topRows(), before);
    },
  },
  {
    name: "a click on a reference goes to the row of the parent, and Back returns",
    files,
    open: "shop.dgen",
    async run({ window, workspace }) {
      const preview = await Preview.fromLens(window, "orders");
      const user = await preview.cell(4, "user_id").innerText();
      await preview.cell(4, "user_id").locator(".parent").click();
      await preview.shows("users");
      const { out } = workspace.specdsl("preview", "shop.dgen", "-t", "users", "-n", "50", "--json");
      const row = JSON.parse(out).users.findIndex(({ id }) => String(id) === user);
      const marked = window.webview.locator(".row.marked");
      await marked.waitFor();
      assert.equal(await marked.locator("[data-column=id]").innerText(), user);
      assert.equal(await marked.locator("[data-column=id]").getAttribute("data-row"), String(row));
      await preview.back();
      await preview.shows("orders");
    },
  },
  {
    name: "a click on a header sorts the rows by their values",
    files,
    open: "shop.dgen",
    async run({ window }) {
      const preview = await Preview.fromLens(window, "users");
      await preview.header("age").click();
      const sorted = (ages) => ages.every((age, at) => at === 0 || Number(ages[at - 1]) <= Number(age));
      await eventually(async () => sorted(await preview.column("age")), "ages in ascending order");
      assert.equal(await preview.header("age").getAttribute("aria-sort"), "ascending");
    },
  },
  {
    name: "the panel follows the cursor into another table",
    files,
    open: "shop.dgen",
    async run({ window }) {
      const preview = await Preview.fromLens(window, "users");
      await window.goTo("shop.dgen", "  sta|>tus    Status");
      await preview.shows("orders");
    },
  },
  {
    name: "cells that are copied from the panel are those of `specdsl preview`",
    files,
    open: "shop.dgen",
    async run({ window, workspace, page }) {
      const preview = await Preview.fromLens(window, "users");
      await preview.cell(1, "first").click();
      await window.press("Shift+ArrowRight", "Shift+ArrowDown", "Control+c");
      const { out } = workspace.specdsl("preview", "shop.dgen", "-t", "users", "-n", "3", "--json");
      const rows = JSON.parse(out).users.slice(1);
      const wanted = rows.map(({ first, email }) => `${first}\t${email}`).join("\n");
      await eventually(async () => {
        const held = await page.evaluate(() => navigator.clipboard.readText());
        assert.equal(held, wanted);
        return true;
      }, "the cells on the clipboard");
    },
  },
  {
    name: "Restart Server leaves the panel, which follows the text again",
    files,
    open: "shop.dgen",
    async run({ window, workspace }) {
      const preview = await Preview.fromLens(window, "users");
      const before = await preview.topRows();
      await window.focusActiveEditor();
      await window.command("specdsl: Restart Server");
      await replace(window, WEIGHTS, '"free" 1% | "pro" 99%');
      workspace.write("edited.dgen", SHOP.replace(WEIGHTS, '"free" 1% | "pro" 99%'));
      await eventually(async () => JSON.stringify(await preview.topRows()) !== JSON.stringify(before), "other rows", 25_000);
      await preview.showsAsTheCommandLine(workspace, "edited.dgen", "users");
      await preview.grid.and(window.webview.locator(":not(.stale)")).waitFor();
      await preview.cell(2, "first").click();
      await preview.header("age").click();
    },
  },
];
