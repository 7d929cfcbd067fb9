// A workspace that is not trusted: the language works, and nothing of the workspace is run.
import assert from "node:assert/strict";
import { chmodSync, existsSync, rmSync } from "node:fs";

import { eventually } from "../eventually.mjs";
import { SHOP } from "../specs.mjs";

const RUN = ["by-path", "by-environment", "by-plugin"];

export const scenarios = [
  {
    name: "in a workspace that is not trusted the language works and nothing of the workspace is run, until it is trusted",
    files: { "shop.dgen": SHOP, "plugin.py": `open("by-plugin", "w").close()\n` },
    open: "shop.dgen",
    limit: 90_000,
    settings: { "specdsl.path": "${workspaceFolder}/tool", "specdsl.plugins": ["plugin.py"] },
    user: (environment) => ({
      "security.workspace.trust.enabled": true,
      "security.workspace.trust.startupPrompt": "never",
      "specdsl.interpreter": `${environment}/bin/python`,
    }),
    prepare(workspace) {
      for (const [name, mark] of [
        ["tool", "by-path"],
        [".venv/bin/python", "by-environment"],
      ]) {
        rmSync(workspace.path(name), { force: true }); // a link to the machine's Python
        workspace.write(name, `#!/bin/sh\ntouch "${workspace.path(mark)}"\nexit 1\n`);
        chmodSync(workspace.path(name), 0o755);
      }
    },
    async run({ window, workspace, page }) {
      const marks = () => RUN.filter((mark) => existsSync(workspace.path(mark)));
      await window.untilKnown();
      await window.goTo("shop.dgen", "  a|>ge        int");
      await window.hover("users.age");
      await window.press("Escape");
      await window.command("specdsl: Build…");
      await window.notification("specdsl runs commands once the workspace is trusted");
      assert.ok(!existsSync(workspace.path("out")), "nothing was built");
      assert.deepEqual(marks(), []);

      await window.command("Workspaces: Manage Workspace Trust");
      await page.locator(".workspace-trust-editor .monaco-button", { hasText: /^Trust$/ }).first().click();
      await eventually(() => marks().includes("by-path"), "the workspace's settings are obeyed", 30_000);
    },
  },
];
