// Completion: what is offered, what is told of it, and what it writes.
import assert from "node:assert/strict";

import { SHOP } from "../specs.mjs";
import { onDisk } from "../window.mjs";

export const scenarios = [
  {
    name: "a function is completed with its parameters as a snippet, and its details tell what it does",
    files: { "shop.dgen": SHOP },
    open: "shop.dgen",
    settings: { "editor.formatOnSave": false },
    async run({ window, page, workspace }) {
      await window.goTo("shop.dgen", 'bio        string?       = null 50% | "hello" 50%|>');
      await window.press("Enter");
      await window.type("score      float         = norma");
      await window.completion("normal");
      const details = await window.details();
      await details.getByText("normal (Gaussian) distribution").first().waitFor();
      await window.press("Enter");
      await page.locator(".suggest-widget.visible").waitFor({ state: "hidden" });
      // The first placeholder of the snippet is selected: what is typed replaces it, Tab goes to the next one.
      await window.type("12");
      await window.press("Tab");
      await window.type("3");
      await window.press("Escape");
      await window.save("shop.dgen");
      const line = workspace.read("shop.dgen").split("\n").find((text) => text.includes("score"));
      assert.equal(line, "  score      float         = normal(mean: 12, sd: 3)");
      await window.noSquiggle("error");
    },
  },
  {
    name: "columns through a reference are offered after the dot, with sample values in their details",
    files: { "shop.dgen": SHOP },
    open: "shop.dgen",
    async run({ window, workspace }) {
      await window.goTo("shop.dgen", "placed_at timestamp in .. now = user_id.created_at|> + exponential");
      for (let i = 0; i < "created_at".length; i += 1) await window.press("Backspace");
      await window.type("cr");
      await window.completion("created_at");
      const details = await window.details();
      const { out } = workspace.specdsl("preview", "shop.dgen", "-t", "users", "-n", "1", "--json");
      const [{ created_at: value }] = JSON.parse(out).users;
      await details.getByText(value.slice(0, "2024-01-17".length)).first().waitFor();
      await window.press("Enter");
      await window.save("shop.dgen");
      await onDisk(workspace, "shop.dgen", SHOP);
    },
  },
];
