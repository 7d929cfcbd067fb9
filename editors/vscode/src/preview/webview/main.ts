/** The page in the panel: shows what the extension sends, and tells it what is wanted. */

import type { FromPage, Kept, Standing, ToPage } from "../messages";
import type { PreviewResult } from "../protocol";
import { copied, type Form } from "./copying";
import { byId } from "./dom";
import { Grid } from "./grid";
import { listenToKeys } from "./keyboard";
import { type Entry, openMenu } from "./menu";
import { extent } from "./numbers";
import { listenToPointer } from "./pointer";
import { MOST_ROWS, Rows } from "./rows";
import { rectangle } from "./selection";
import type { Sort } from "./sorting";
import { Toolbar } from "./toolbar";

interface Api {
  postMessage(message: FromPage): void;
  setState(state: Kept & { sort: Sort | null }): void;
  getState(): (Kept & { sort?: Sort | null }) | undefined;
}

declare function acquireVsCodeApi(): Api;

/** Milliseconds before it is said that something is wrong. */
const PATIENCE = 400;

const api = acquireVsCodeApi();
const send = (message: FromPage): void => api.postMessage(message);
const message = byId("message");
const note = byId("note");
const grid = new Grid(byId("grid"), more);
const toolbar = new Toolbar({
  back: () => send({ type: "back" }),
  table: (table) => send({ type: "table", table }),
  pageRows: (rows) => send({ type: "pageRows", rows }),
  pin: (pinned) => send({ type: "pin", pinned }),
});
let saying: ReturnType<typeof setTimeout> | undefined;
let standing: Standing | undefined;
let restored = api.getState();
let shown: PreviewResult | undefined; // the last good one

function more(where: "before" | "after"): void {
  const rows = standing?.pageRows ?? 50;
  const { first, end } = grid.rows;
  const from = where === "after" ? end : Math.max(0, first - rows);
  send({ type: "more", first: from, rows: where === "after" ? rows : first - from });
}

// --- what arrives ---------------------------------------------------------------------------

window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  switch (data.type) {
    case "standing":
      standing = data.standing;
      toolbar.standing(standing);
      keep();
      break;
    case "trouble":
      say(data.message, true, PATIENCE);
      break;
    case "rows":
      receive(data.result, data.how, data.highlight);
      break;
  }
});

function receive(result: PreviewResult, how: "turn" | "again" | "more", highlight: number | null): void {
  toolbar.tables(result.tables, result.table);
  const isSame = shown !== undefined && shown.uri === result.uri && shown.table === result.table;
  const patience = how === "again" && isSame ? PATIENCE : 0;
  if (result.state !== "ok") {
    if (!isSame) {
      clear(result);
    }
    say(result.message, true, patience);
    return;
  }
  const rows = isSame ? Rows.of(result).keeping(grid.rows, result.leftOut ?? []) : Rows.of(result);
  const joined = how === "more" ? grid.rows.with(rows) : rows;
  if (joined === undefined) {
    grid.arrived(); // an answer about a text that has changed
    return;
  }
  if (!isSame) {
    grid.sort = restored?.table === result.table ? (restored.sort ?? null) : null;
  }
  restored = undefined;
  shown = result;
  grid.show(result.table, joined.sorted(grid.sort), how !== "turn" && isSame);
  if (highlight !== null) {
    grid.mark(highlight);
  }
  say(result.message, false, patience);
  count();
  if (how !== "more" || joined.first !== result.first) {
    send({ type: "window", first: joined.first, rows: joined.length });
  }
}

/** Another table, of which nothing can be shown. */
function clear(result: PreviewResult): void {
  shown = undefined;
  grid.sort = null;
  grid.show(result.table, Rows.none, false);
  count();
}

/** Says what is wrong, and greys the rows where they are of an earlier text. Somebody who is typing is given
 * some time first: a line that is half written is not wrong yet. */
function say(text: string, stale: boolean, patience: number): void {
  clearTimeout(saying);
  const now = (): void => {
    message.textContent = text;
    message.hidden = text === "";
    message.classList.toggle("wrong", stale);
    grid.scroller.classList.toggle("stale", stale);
    grid.scroller.setAttribute("aria-busy", String(stale));
  };
  if (text === "" || patience === 0 || !message.hidden) {
    now();
  } else {
    saying = setTimeout(now, patience);
  }
}

function count(): void {
  const { first, length, total } = grid.rows;
  toolbar.counted(shown === undefined ? "" : extent(first, length, total));
  const { sort, rows } = grid;
  note.hidden = sort === null || rows.isWhole;
  if (sort !== null) {
    const direction = sort.descending ? "descending" : "ascending";
    note.textContent = `Sorted by ${sort.column}, ${direction}, among the ${length.toLocaleString("en-US")} rows loaded. `;
    if (length < MOST_ROWS) {
      const button = document.createElement("button");
      button.className = "link";
      button.textContent = "Load more";
      button.addEventListener("click", () => more(total !== null && rows.end < total ? "after" : "before"));
      note.append(button);
    }
  }
  keep();
}

function keep(): void {
  if (standing !== undefined) {
    const { uri, table, pinned, pageRows } = standing;
    api.setState({ uri, table, pinned, pageRows, first: grid.rows.first, sort: grid.sort });
  }
}

// --- what is done ---------------------------------------------------------------------------

function follow(place: number, column: number): void {
  const row = grid.rows.parentAt(place, column);
  const target = grid.rows.columns[column]?.target;
  if (row !== null && target !== null && target !== undefined) {
    send({ type: "follow", table: target, row, from: grid.rows.numberAt(place) });
  }
}

function reveal(at: number): void {
  const column = grid.rows.columns[at];
  if (column !== undefined) {
    send({ type: "reveal", column: column.name });
  }
}

/** The cells selected as a text; a single one as it is. */
function copy(form: Form, settings: { whole: boolean; header: boolean }): void {
  const { rows } = grid;
  const area = rectangle(grid.selection) ?? {
    top: 0,
    bottom: rows.length - 1,
    left: grid.selection.active.column,
    right: grid.selection.active.column,
  };
  const [left, right] = settings.whole ? [0, rows.columns.length - 1] : [area.left, area.right];
  const isOne = area.top === area.bottom && left === right;
  const cells = [];
  for (let place = area.top; place <= area.bottom; place += 1) {
    cells.push(rows.rowAt(place).slice(left, right + 1));
  }
  const text =
    isOne && form === "tsv" && !settings.header
      ? (rows.cellAt(area.top, left) ?? "")
      : copied(form, rows.columns.slice(left, right + 1), cells, settings);
  send({ type: "copy", text });
}

function menu(x: number, y: number): void {
  const { row, column } = grid.selection.active;
  const about = grid.rows.columns[column];
  if (about === undefined) {
    return;
  }
  const entries: (Entry | null)[] = [];
  if (row >= 0) {
    if (grid.rows.parentAt(row, column) !== null) {
      entries.push({ label: `Go to Row of ${about.target ?? ""}`, key: "Enter", run: () => follow(row, column) }, null);
    }
    entries.push(
      { label: "Copy", key: "Ctrl+C", run: () => copy("tsv", { whole: false, header: false }) },
      { label: "Copy with Headers", run: () => copy("tsv", { whole: false, header: true }) },
      { label: "Copy as CSV", run: () => copy("csv", { whole: false, header: true }) },
      { label: "Copy as JSON", run: () => copy("json", { whole: false, header: true }) },
      null,
      { label: "Copy Row", run: () => copy("tsv", { whole: true, header: false }) },
      { label: "Copy Row as CSV", run: () => copy("csv", { whole: true, header: true }) },
      { label: "Copy Row as JSON", run: () => copy("json", { whole: true, header: true }) },
      null,
    );
  } else {
    entries.push({ label: "Copy Column", run: () => copy("tsv", { whole: false, header: true }) }, null);
  }
  const by = (sort: Sort | null) => (): void => sortBy(sort);
  entries.push(
    { label: "Sort Ascending", run: by({ column: about.name, descending: false }) },
    { label: "Sort Descending", run: by({ column: about.name, descending: true }) },
  );
  if (grid.sort !== null) {
    entries.push({ label: "Order as Made", run: by(null) });
  }
  entries.push(null, { label: "Go to Column in Text", key: "F12", run: () => reveal(column) });
  openMenu(x, y, entries);
}

function sortBy(sort: Sort | null): void {
  grid.order(sort);
  count();
}

listenToPointer(grid, { follow, reveal, menu, sorted: count });
listenToKeys(grid, {
  follow,
  reveal,
  back: () => send({ type: "back" }),
  copy: () => copy("tsv", { whole: false, header: false }),
  sorted: count,
  menu: () => {
    const { row, column } = grid.selection.active;
    const cell = document.getElementById(row < 0 ? `header-${column}` : `cell-${row}-${column}`);
    const box = (cell ?? grid.scroller).getBoundingClientRect();
    menu(box.left + 8, box.top + box.height);
  },
});
send({ type: "ready" });
