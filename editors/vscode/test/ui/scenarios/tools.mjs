// Verify, Export and New Spec: the commands that run the command line.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";

import { SHOP } from "../specs.mjs";

const files = { "shop.dgen": SHOP };

export const scenarios = [
  {
    name: "Verify Data says that data holds, and which rule does not",
    files,
    open: "shop.dgen",
    async run({ window, workspace }) {
      assert.equal(workspace.specdsl("build", "shop.dgen", "--output", "out", "--format", "csv").status, 0);
      await window.untilKnown();
      await window.command("specdsl: Verify Data…");
      await window.pick("out");
      await window.notification(/out: \d+ rules hold\./, 30_000);
      const users = workspace.read("out/users.csv").split("\n");
      workspace.write("out/users.csv", [users[0], users[1], ...users.slice(1)].join("\n")); // a key twice
      await window.command("specdsl: Verify Data…");
      await window.pick("out");
      await window.notification(/out does not hold against shop\.dgen: .*users/, 30_000);
    },
  },
  {
    name: "Export writes what the command line writes, and opens it",
    files,
    open: "shop.dgen",
    async run({ window, workspace, page }) {
      await window.untilKnown();
      await window.command("specdsl: Export…");
      await window.pick("json-schema");
      await page.locator(".quick-input-widget .quick-input-action, .quick-input-widget .monaco-button", { hasText: "OK" }).first().waitFor();
      await window.press("Enter");
      await window.tab("shop.schema.json", { active: true }).waitFor({ timeout: 30_000 });
      assert.equal(workspace.read("shop.schema.json").trim(), workspace.specdsl("export", "shop.dgen", "--to", "json-schema").out.trim());
    },
  },
  {
    name: "New Spec begins a small spec, and a copy of an example, which both compile",
    files,
    open: "shop.dgen",
    async run({ window, workspace, page }) {
      await window.untilKnown();
      const title = page.locator(".quick-input-title", { hasText: "Name of the spec" });
      for (const [choice, name] of [
        ["Small commented spec", "my_data.dgen"],
        ["bank", "bank.dgen"],
      ]) {
        await window.command("specdsl: New Spec…");
        await window.pick(choice, { typed: true });
        await title.waitFor();
        await window.press("Enter");
        await window.tab(name, { active: true }).waitFor({ timeout: 30_000 });
        assert.equal(workspace.specdsl("check", name).status, 0);
      }
      await window.command("specdsl: New Spec…");
      await window.pick("Small commented spec");
      await title.waitFor();
      await page.locator(".quick-input-widget input").first().fill("shop");
      await page.locator(".quick-input-message", { hasText: "shop.dgen is there already." }).waitFor();
      await window.press("Escape");
      assert.equal(workspace.read("shop.dgen"), SHOP);
      assert.ok(!existsSync(workspace.path("my_data_2.dgen")), "nothing was written");
    },
  },
];
