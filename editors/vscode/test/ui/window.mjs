// One window of VS Code, driven as a person drives it: by keys and by what is on the screen.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { eventually } from "./eventually.mjs";
import { paths } from "./environment.mjs";
import { positionOf } from "./workspace.mjs";

export class Window {
  /**
   * Opens a window on a workspace, with a file of it in the editor.
   *
   * @param {import("./codeserver.mjs").CodeServer} server
   * @param {object} page playwright's
   * @param {import("./workspace.mjs").Workspace} workspace
   * @param {string} [file] its name in the workspace
   */
  static async open(server, page, workspace, file) {
    const window = new Window(page, workspace);
    await page.goto(server.address(workspace.folder, file && workspace.path(file)), { waitUntil: "domcontentloaded" });
    await page.locator(".monaco-workbench").waitFor({ timeout: 30_000 });
    if (file) {
      await window.tab(file).waitFor({ timeout: 30_000 });
      await page.locator(".monaco-editor .view-line").first().waitFor();
      await window.focusEditor();
    }
    return window;
  }

  constructor(page, workspace) {
    this.page = page;
    this.workspace = workspace;
  }

  /** The tab of a file; `active`: only where it is the one shown. */
  tab(file, { active = false } = {}) {
    return this.page.locator(`.tab${active ? ".active" : ""}[data-resource-name="${path.basename(file)}"]`);
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Types as a person does, so that what VS Code does while typing happens. */
  async type(text) {
    await this.page.keyboard.type(text, { delay: 15 });
  }

  /** Pastes text at the cursor, in place of what is selected, and waits until it is there: extensions are asked first
   * what they would make of it, and VS Code drops a paste whose cursor moves meanwhile. */
  async insert(text) {
    await this.copied(text);
    await this.press("Control+v");
    const last = text.trim().split("\n").at(-1).trim().slice(0, 20);
    const there = last.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
    const lines = this.page.locator(".editor-group-container.active .view-lines").first();
    await lines.filter({ hasText: new RegExp(there) }).waitFor({ timeout: 5_000 }).catch(() => undefined);
  }

  /** Puts text on the clipboard. */
  async copied(text) {
    await this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  }

  async focusEditor() {
    await this.page.locator(".editor-group-container.active .monaco-editor .view-lines").first().click({
      position: { x: 2, y: 2 },
    });
  }

  /** Runs a command of the command palette by its whole title. */
  async command(title) {
    const input = this.page.locator(".quick-input-widget input").first();
    // A palette that was opened before VS Code had read what extensions declare does not come to know it.
    await eventually(
      async () => {
        await this.press("Escape", "F1");
        await input.fill(`>${title}`);
        await this.row(title).waitFor({ timeout: 3_000 });
        return true;
      },
      `the command ${title}`,
      15_000,
    );
    await this.pick(title);
  }

  /** Takes the row `label` of the open quick pick; `typed`: types it first, where the list is long. */
  async pick(label, { typed = false } = {}) {
    if (typed) await this.page.locator(".quick-input-widget input").first().fill(label);
    await this.row(label).click();
  }

  /** The row `label` of the open quick pick. */
  row(label) {
    const name = this.page.locator(".label-name", { hasText: new RegExp(`^\\s*${escape(label)}\\s*$`) });
    return this.page.locator(".quick-input-widget .monaco-list-row", { has: name }).first();
  }

  /** Moves the cursor to `|>` in `marked`, a piece that the text has once; `text`: that on disk, where not given. */
  async goTo(file, marked, text = this.workspace.read(file)) {
    const { line, column } = positionOf(text, marked);
    await this.goToLine(line, column);
  }

  async goToLine(line, column) {
    await this.focusActiveEditor();
    await this.press("Control+g");
    const input = this.page.locator(".quick-input-widget input").first();
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.press("Enter");
    await this.cursorAt(line, column);
  }

  async focusActiveEditor() {
    await this.press("Control+1");
  }

  /** Waits until the status bar says that the cursor is there (columns count from 1). */
  async cursorAt(line, column) {
    const place = this.page.locator("#status\\.editor\\.selection");
    await eventually(async () => {
      const text = await place.innerText();
      if (text.startsWith(`Ln ${line}, Col ${column}`)) return true;
      throw new Error(`the cursor is at ${text}`);
    }, `the cursor at line ${line}, column ${column}`);
  }

  /** The number of the line that the cursor is in. */
  async cursorLine() {
    const text = await this.page.locator("#status\\.editor\\.selection").innerText();
    return Number(/Ln (\d+)/.exec(text)[1]);
  }

  async save(file) {
    await this.press("Control+s");
    await this.page.locator(`.tab.dirty[data-resource-name="${path.basename(file)}"]`).waitFor({ state: "detached" });
  }

  async saveAll() {
    await this.command("File: Save All Files");
    await this.page.locator(".tab.dirty").first().waitFor({ state: "detached" });
  }

  /** Waits until the server has looked at the file in the editor: the lenses are its own. */
  async untilKnown() {
    await this.page.locator(".monaco-editor .codelens-decoration", { hasText: /reference|rows/ }).first().waitFor({
      timeout: 30_000,
    });
  }

  /** Replaces the line that the cursor is in. */
  async replaceLine(text) {
    await this.press("End", "Shift+Home", "Shift+Home");
    await this.insert(text);
  }

  /** Waits for squiggles of this kind in the editor. */
  async squiggle(kind = "error", options = {}) {
    const squiggle = this.page.locator(`.monaco-editor .squiggly-${kind}`).first();
    await squiggle.waitFor({ timeout: 15_000, ...options });
    return squiggle;
  }

  /** Waits until the editor shows no squiggle of this kind. */
  async noSquiggle(kind = "error") {
    await eventually(
      async () => (await this.page.locator(`.monaco-editor .squiggly-${kind}`).count()) === 0,
      `no ${kind} is underlined`,
    );
  }

  /** The texts of the Problems panel, one a row. */
  async problems() {
    const panel = this.page.locator(".markers-panel");
    if (!(await panel.isVisible())) {
      await this.press("Control+Shift+m");
      await panel.waitFor();
    }
    const rows = panel.locator(".monaco-list-row");
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
  }

  /** Shows the hover at the cursor and returns it once it says `expected`. */
  async hover(expected) {
    const hover = this.page.locator(".monaco-hover:visible", { hasText: expected }).first();
    await eventually(
      async () => {
        if (await hover.isVisible()) return true;
        await this.press("Escape", "Control+k", "Control+i");
        await hover.waitFor({ timeout: 2_000 });
        return true;
      },
      `a hover with ${expected}`,
      20_000,
    );
    return hover;
  }

  /** Opens the menu of code actions at the cursor and returns the row that says `expected`. */
  async codeAction(expected) {
    const action = this.page.locator(".action-widget .action", { hasText: expected }).first();
    await eventually(
      async () => {
        await this.press("Escape", "Control+.");
        await action.waitFor({ timeout: 3_000 });
        return true;
      },
      `the code action ${expected}`,
      20_000,
    );
    return action;
  }

  /** Opens the list of completions at the cursor and returns its row with this label. */
  async completion(label) {
    const row = this.page.locator(".suggest-widget.visible .monaco-list-row", {
      has: this.page.locator(".label-name", { hasText: new RegExp(`^${escape(label)}`) }),
    });
    await eventually(
      async () => {
        if (await row.first().isVisible()) return true;
        await this.press("Escape", "Control+Space");
        await row.first().waitFor({ timeout: 3_000 });
        return true;
      },
      `the completion ${label}`,
      20_000,
    );
    return row.first();
  }

  /** The details of the completion that is chosen in the open list; they stay shown from then on. */
  async details() {
    const details = this.page.locator(".suggest-details-container");
    await eventually(async () => {
      if (await details.isVisible()) return true;
      await this.press("Control+Space");
      await details.waitFor({ timeout: 1_500 });
      return true;
    }, "the details of the completion");
    return details;
  }

  /** Renames what is under the cursor. */
  async rename(name) {
    await this.press("F2");
    const input = this.page.locator(".rename-box input");
    await input.waitFor();
    await input.fill(name);
    await this.press("Enter");
    await input.waitFor({ state: "hidden" });
  }

  /** A notification that says `expected`. */
  async notification(expected, limit = 20_000) {
    const item = this.page.locator(".notification-list-item", { hasText: expected }).first();
    await item.waitFor({ timeout: limit });
    return item;
  }

  /** An entry of the context menu that is open. */
  menuItem(text) {
    return this.page.locator(".monaco-menu .action-item", { hasText: text }).first();
  }

  /** A code lens, with its text. */
  lens(text) {
    return this.page.locator(".monaco-editor .codelens-decoration a", { hasText: text });
  }

  /** The document inside the webview that is shown. */
  get webview() {
    return this.page.frameLocator("iframe.webview.ready").first().frameLocator("#active-frame");
  }

  /** What VS Code says of the token at the cursor: `{type, modifiers, foreground}`, absent what it has not. */
  async token() {
    const widget = this.page.locator(".token-inspect-widget");
    await this.command("Developer: Inspect Editor Tokens and Scopes");
    await widget.locator("tr").first().waitFor();
    const rows = await widget.locator("tr").evaluateAll((all) =>
      all.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
    );
    const fact = (name) => rows.find((row) => row[0] === name)?.[1];
    return { type: fact("semantic token type"), modifiers: fact("modifiers"), foreground: fact("foreground") };
  }

  /** Waits until what is shown has been drawn: fonts, colours by meaning, and no spinning progress. */
  async settled() {
    // Names of tables are bold by their meaning.
    await this.page.locator(".monaco-editor .view-line .mtkb").first().waitFor();
    await this.page.locator(".monaco-progress-container.active").waitFor({ state: "detached" });
    await this.page.evaluate(async () => {
      await document.fonts.ready;
      for (let frames = 0; frames < 2; frames += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
    });
  }

  async screenshot(name, options = {}) {
    mkdirSync(paths.artifacts, { recursive: true });
    await this.page.screenshot({ path: path.join(paths.artifacts, `${name}.png`), ...options });
  }

  /** Keeps what is on the screen, for whoever looks at a failure. */
  async keep(name) {
    await this.screenshot(name);
    writeFileSync(path.join(paths.artifacts, `${name}.html`), await this.page.content());
  }
}

/** Asserts that a text on disk comes to equal what is expected. */
export async function onDisk(workspace, file, expected) {
  await eventually(() => workspace.read(file) === expected, `${file} as expected`, 5_000).catch(() =>
    assert.equal(workspace.read(file), expected),
  );
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
