// The text itself: its layout and its colours.
import assert from "node:assert/strict";

import { SHOP } from "../specs.mjs";
import { onDisk } from "../window.mjs";

export const scenarios = [
  {
    name: "a file is formatted when it is saved",
    files: { "shop.dgen": SHOP.replace("  age        int in 18..90 =", "  age   int in   18..90=") },
    open: "shop.dgen",
    async run({ window, workspace }) {
      await window.goTo("shop.dgen", "now  2025-06-01T00:00:00Z|>");
      await window.untilKnown();
      await window.type(" ");
      await window.save("shop.dgen");
      await onDisk(workspace, "shop.dgen", SHOP);
    },
  },
  {
    name: "tables, columns, references and members of an enum have colours of their own, by their meaning",
    files: { "shop.dgen": SHOP },
    open: "shop.dgen",
    async run({ window }) {
      await window.untilKnown();
      const places = {
        table: "table us|>ers 1_000",
        column: "  fi|>rst      string",
        reference: "  user_|>id   -> users",
        enumMember: "Status { pen|>ding 20%",
        function: "first_na|>me()",
        format: `f"|>{lower`,
      };
      const seen = {};
      for (const [type, place] of Object.entries(places)) {
        await window.goTo("shop.dgen", place);
        const token = await window.token(type);
        assert.equal(token.type, type, `the token at ${place}: ${JSON.stringify(token)}`);
        seen[type] = token.foreground;
        await window.press("Escape");
      }
      const { table, column, enumMember } = seen;
      assert.ok(!/^#(ee|f\w)0000$/i.test(seen.format), `braces in texts are not red, as mistakes are: ${seen.format}`);
      assert.equal(new Set([table, column, enumMember]).size, 3, `three colours in ${JSON.stringify(seen)}`);
    },
  },
];
