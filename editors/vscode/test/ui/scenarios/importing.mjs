// What Import JSON Schema tells of a schema that cannot be carried over exactly.
import assert from "node:assert/strict";

import { eventually } from "../eventually.mjs";
import { SHOP } from "../specs.mjs";

const ODD = `{
  "type": "object",
  "properties": {
    "name": {"type": "string", "maxLength": 9},
    "code": {"type": "string", "pattern": "(?=a)b"}
  },
  "required": ["name"]
}
`;
const REFUSED = ODD.replace('["name"]', '["name", "code"]');

export const scenarios = [
  {
    name: "Import JSON Schema puts what it left out at its line, until the schema is edited",
    files: { "shop.dgen": SHOP, "odd.json": ODD },
    open: "odd.json",
    async run({ window, workspace, page }) {
      await window.command("specdsl: Import JSON Schema…");
      await window.notification(/one thing could not be carried over exactly/, 30_000);
      await window.tab("odd.dgen", { active: true }).waitFor();
      assert.equal(workspace.specdsl("check", "odd.dgen").status, 0);
      const [problem] = await told(window);
      assert.match(problem, /`code` is never there.*DG707/);
      assert.match(problem, /\[Ln 5, Col 5\]/);
      await window.tab("odd.json").click();
      await window.squiggle("warning");
      await window.goTo("odd.json", `    "c|>ode": {`);
      await (await window.codeAction("Explain DG707")).waitFor();
      await window.press("Escape");
      await window.goTo("odd.json", `  "required": ["name"]|>`);
      await window.type(" ");
      await window.noSquiggle("warning");
      await page.locator(".markers-panel .monaco-list-row", { hasText: "DG707" }).waitFor({ state: "detached" });
    },
  },
  {
    name: "Import JSON Schema puts the reason of a refusal at its line, until another program mends the file",
    files: { "shop.dgen": SHOP, "odd.json": REFUSED },
    open: "odd.json",
    async run({ window, workspace }) {
      await window.command("specdsl: Import JSON Schema…");
      await window.notification(/was not imported/, 30_000);
      const [problem] = await told(window);
      assert.match(problem, /DG7\d\d.*\[Ln 5, Col \d+\]/);
      workspace.write("odd.json", ODD);
      await window.noSquiggle("error");
    },
  },
];

/** The problems that imports have told of. */
function told(window) {
  return eventually(async () => {
    const rows = (await window.problems()).filter((text) => text.includes("specdsl import"));
    return rows.length > 0 ? rows : undefined;
  }, "a problem of the import");
}
