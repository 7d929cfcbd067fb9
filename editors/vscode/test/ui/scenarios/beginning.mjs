// The first minutes: no server yet, and the walkthrough.
import { SHOP } from "../specs.mjs";

export const scenarios = [
  {
    name: "where no specdsl is found, one message says so and offers to install it",
    files: { "shop.dgen": SHOP },
    open: "shop.dgen",
    environment: false,
    async run({ window, page }) {
      const message = await window.notification(/specdsl/, 30_000);
      await message.getByRole("button", { name: "Install", exact: true }).click();
      // There is no environment to install into: making one is offered before anything is run.
      const offer = await window.notification(/no Python environment/);
      await offer.getByRole("button", { name: "Create .venv and Install" }).waitFor();
      const others = page.locator(".notification-list-item", { hasText: /crashed|Couldn't start/ });
      if ((await others.count()) > 0) throw new Error(`another message: ${await others.first().innerText()}`);
    },
  },
  {
    name: "the walkthrough opens and shows its steps",
    files: { "shop.dgen": SHOP },
    open: "shop.dgen",
    async run({ window, page }) {
      await window.untilKnown();
      await window.command("Welcome: Open Walkthrough...");
      await window.pick("First five minutes with specdsl", { typed: true });
      const steps = page.locator(".gettingStartedContainer .getting-started-step");
      await steps.filter({ hasText: "See the rows while you type" }).waitFor();
      await steps.filter({ hasText: "Build the data" }).waitFor();
    },
  },
  {
    name: "steps of the walkthrough are ticked off as they are done",
    files: { "notes.txt": "\n" },
    limit: 90_000,
    async run({ window, page }) {
      await window.command("Welcome: Open Walkthrough...");
      await window.pick("First five minutes with specdsl", { typed: true });
      const step = (title) => page.locator(".gettingStartedContainer .getting-started-step", { hasText: title });
      const tick = (title, is = "checked") => step(title).locator(`.codicon-getting-started-step-${is}`).first().waitFor();
      await tick("Get the server", "unchecked");
      await step("Begin with an example").click();
      await step("Begin with an example").getByRole("button", { name: "New Spec" }).click();
      await window.pick("Small commented spec", { typed: true });
      await page.locator(".quick-input-title", { hasText: "Name of the spec" }).waitFor();
      await window.press("Enter");
      await window.tab("my_data.dgen", { active: true }).waitFor({ timeout: 30_000 });
      await window.untilKnown();
      await window.command("specdsl: Preview");
      await window.webview.getByTestId("preview-grid").waitFor();
      await window.focusActiveEditor();
      await window.command("specdsl: Explain Diagnostic…");
      const code = page.locator('.quick-input-widget input[placeholder="DG405"]');
      await code.waitFor();
      await window.press("Escape");
      await code.waitFor({ state: "hidden" });
      await page.locator('.tab[aria-label*="Walkthrough"], .tab[aria-label*="Welcome"]').first().click();
      await tick("Begin with an example");
      await tick("Get the server");
      await tick("See the rows while you type");
      await tick("Make a mistake");
      await tick("Build the data", "unchecked");
    },
  },
];
