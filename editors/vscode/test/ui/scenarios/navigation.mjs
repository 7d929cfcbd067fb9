// Finding and renaming, across files.
import assert from "node:assert/strict";

import { PEOPLE_FILE, SHOP_FILE } from "../specs.mjs";
import { onDisk } from "../window.mjs";

const files = { "people.dgen": PEOPLE_FILE, "shop.dgen": SHOP_FILE };

export const scenarios = [
  {
    name: "go to definition opens the other file at the column",
    files,
    open: "shop.dgen",
    async run({ window }) {
      await window.goTo("shop.dgen", "user_id.crea|>ted_at");
      await window.untilKnown();
      await window.press("F12");
      await window.tab("people.dgen", { active: true }).waitFor();
      const line = PEOPLE_FILE.split("\n").findIndex((text) => text.includes("created_at")) + 1;
      await window.cursorAt(line, 3);
    },
  },
  {
    name: "a rename changes the file that is open and the one that is not",
    files,
    open: "shop.dgen",
    async run({ window, workspace, page }) {
      await window.goTo("shop.dgen", "user_id.crea|>ted_at");
      await window.untilKnown();
      await window.rename("joined_at");
      await page.locator(".view-line", { hasText: "user_id.joined_at" }).waitFor();
      await window.saveAll();
      await onDisk(workspace, "shop.dgen", SHOP_FILE.replace("created_at", "joined_at"));
      assert.match(workspace.read("people.dgen"), /^ {2}joined_at +timestamp/m);
      const check = workspace.specdsl("check", "shop.dgen", "people.dgen");
      assert.equal(check.status, 0, check.err);
    },
  },
];
