// Mistakes: where they are shown, what is said of them, and how one click mends them.
import assert from "node:assert/strict";

import { SHOP } from "../specs.mjs";
import { onDisk } from "../window.mjs";

const MISSPELT = SHOP.replace("user_id.created_at", "user_id.creatd_at");

export const scenarios = [
  {
    name: "a misspelt column is underlined, listed in Problems and mended by its quick fix",
    files: { "shop.dgen": MISSPELT },
    open: "shop.dgen",
    async run({ window, workspace }) {
      await window.squiggle("error");
      const problems = await window.problems();
      const entry = problems.find((text) => text.includes("creatd_at"));
      assert.ok(entry, `no problem about creatd_at in ${JSON.stringify(problems)}`);
      assert.match(entry, /specdsl ?\(?DG202/, `its source and its code in ${entry}`);
      await window.focusActiveEditor();
      await window.goTo("shop.dgen", "user_id.cre|>atd_at");
      await (await window.codeAction("created_at")).click();
      await window.noSquiggle("error");
      await window.save("shop.dgen");
      await onDisk(workspace, "shop.dgen", SHOP);
    },
  },
  {
    name: "a mistake is underlined while typing and clears when it is mended",
    files: { "shop.dgen": SHOP },
    open: "shop.dgen",
    async run({ window }) {
      await window.goTo("shop.dgen", `first_name()|>`);
      await window.noSquiggle("error");
      await window.press("Backspace", "Backspace", "Backspace");
      await window.squiggle("error");
      await window.type("e()");
      await window.noSquiggle("error");
    },
  },
];
