// The preview panel of a window, as a person reads it.
import assert from "node:assert/strict";

import { eventually } from "./eventually.mjs";

export class Preview {
  /** Clicks the lens Preview over a table, and waits for its rows. */
  static async fromLens(window, table) {
    const lens = window.lens("Preview");
    await lens.first().waitFor({ timeout: 30_000 });
    const heads = window.workspace.read("shop.dgen").split("\n").filter((line) => /^table /.test(line));
    await lens.nth(heads.findIndex((line) => line.startsWith(`table ${table}`))).click();
    const preview = new Preview(window);
    await preview.shows(table);
    return preview;
  }

  constructor(window) {
    this.window = window;
    this.grid = window.webview.getByTestId("preview-grid");
    this.message = window.webview.getByTestId("preview-message");
  }

  /** Waits until the panel shows rows of this table. */
  async shows(table) {
    await this.window.webview.locator(`[data-testid="preview-grid"][aria-label="Rows of ${table}"]`).waitFor();
    await this.grid.locator("[data-row][data-column]").first().waitFor();
  }

  cell(row, column) {
    return this.grid.locator(`[data-row="${row}"][data-column="${column}"]`);
  }

  header(column) {
    return this.grid.getByRole("columnheader", { name: new RegExp(`^${column}\\b`) });
  }

  async back() {
    await this.window.webview.getByRole("button", { name: /back/i }).click();
  }

  /** The cells that are drawn, in the order of the rows on the screen: `{row, column, text}`; text null for null. */
  async cells() {
    const cells = await this.grid.locator("[data-row][data-column]").evaluateAll((all) =>
      all.map((cell) => ({
        place: Number(cell.closest("[data-place], .row")?.dataset.place ?? cell.dataset.row),
        row: Number(cell.dataset.row),
        column: cell.dataset.column,
        text: cell.dataset.null ? null : cell.textContent,
      })),
    );
    return cells.sort((one, other) => one.place - other.place).map(({ row, column, text }) => ({ row, column, text }));
  }

  /** The cells of the first 20 rows. How many are drawn hangs on the room that a message leaves. */
  async topRows() {
    return (await this.cells()).filter(({ row }) => row < 20);
  }

  /** The texts of one column, from the top. */
  async column(name) {
    return (await this.cells()).filter(({ column }) => column === name).map(({ text }) => text);
  }

  /**
   * Asserts that each cell is what `specdsl preview` prints of the file: its texts (of `--wide`), and
   * its nulls (of `--json`, where a null cannot be taken for a text).
   */
  async showsAsTheCommandLine(workspace, file, table) {
    const words = ["preview", file, "--table", table, "--rows", "50"];
    const printed = rowsOf(workspace.specdsl(...words, "--wide").out);
    const { [table]: values } = JSON.parse(workspace.specdsl(...words, "--json").out);
    await eventually(async () => {
      const cells = await this.cells();
      assert.deepEqual([...new Set(cells.map(({ column }) => column))], Object.keys(values[0]), "the columns");
      for (const { row, column, text } of cells) {
        const expected = values[row][column] === null ? null : printed[row][column];
        assert.equal(text, expected, `row ${row}, column ${column}`);
      }
      const rows = new Set(cells.map(({ row }) => row)).size;
      assert.ok(rows >= 20, `20 rows and more, not ${rows}`);
      return true;
    }, `the panel shows ${table} of ${file} as the command line does`);
  }
}

/** The rows of the one table that `specdsl preview --wide` printed. */
function rowsOf(text) {
  const lines = text.split("\n").filter((line) => line.startsWith("│"));
  const split = (line) => line.slice(1, -1).split("│").map((cell) => cell.trim());
  const names = split(lines[0]);
  return lines.slice(2).map((line) => {
    const row = Object.fromEntries(split(line).map((cell, at) => [names[at], cell]));
    return row;
  });
}
