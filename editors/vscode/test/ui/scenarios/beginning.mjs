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
];
