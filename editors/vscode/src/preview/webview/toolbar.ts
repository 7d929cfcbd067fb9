/** What stands above the grid: back, the table, how much of it, how many rows at a time, the pin. */

import type { Standing } from "../messages";
import type { PreviewTable } from "../protocol";
import { byId, element } from "./dom";
import { icon } from "./icons";

const AT_A_TIME = [20, 50, 100, 200, 500, 1_000];

export interface ToolbarActions {
  back(): void;
  table(name: string): void;
  pageRows(rows: number): void;
  pin(pinned: boolean): void;
}

export class Toolbar {
  private readonly back = element(
    "button",
    { class: "button", title: "Back (Alt+Left)", "aria-label": "Back", "data-testid": "preview-back" },
    icon("back"),
  );
  private readonly table = element("select", { title: "Table", "aria-label": "Table", "data-testid": "preview-table" });
  private readonly count = element("span", { class: "count", role: "status", "data-testid": "preview-count" });
  private readonly pageRows = element("select", {
    title: "Rows at a time; more come as you scroll",
    "aria-label": "Rows at a time",
    "data-testid": "preview-rows",
  });
  private readonly pin = element("button", { class: "button", "data-testid": "preview-pin" }, icon("pin"));
  private listed = "";

  constructor(actions: ToolbarActions) {
    this.back.addEventListener("click", () => actions.back());
    this.table.addEventListener("change", () => actions.table(this.table.value));
    this.pageRows.addEventListener("change", () => actions.pageRows(Number(this.pageRows.value)));
    this.pin.addEventListener("click", () => actions.pin(this.pin.getAttribute("aria-pressed") !== "true"));
    const space = element("span", { class: "space" });
    byId("toolbar").append(this.back, this.table, this.count, space, this.pageRows, this.pin);
    this.standing({ uri: "", table: "", first: 0, pinned: false, canGoBack: false, pageRows: 50 });
  }

  standing({ pinned, canGoBack, pageRows }: Standing): void {
    this.back.disabled = !canGoBack;
    this.pin.setAttribute("aria-pressed", String(pinned));
    const title = pinned ? "Follow the editor again" : "Stay with this table";
    this.pin.title = title;
    this.pin.setAttribute("aria-label", title);
    const choices = [...new Set([...AT_A_TIME, pageRows])].sort((a, b) => a - b);
    this.pageRows.replaceChildren(...choices.map((rows) => element("option", { value: rows }, `${rows} rows`)));
    this.pageRows.value = String(pageRows);
  }

  /** The tables to choose from. */
  tables(tables: readonly PreviewTable[], chosen: string): void {
    const known = tables.some(({ name }) => name === chosen) || chosen === "";
    const all = known ? tables : [...tables, { name: chosen, rows: null, exact: false }];
    const listed = JSON.stringify(all);
    if (listed !== this.listed) {
      this.listed = listed;
      this.table.replaceChildren(...all.map((table) => element("option", { value: table.name }, title(table))));
    }
    this.table.value = chosen;
    this.table.hidden = all.length === 0;
  }

  counted(text: string): void {
    this.count.textContent = text;
  }
}

function title({ name, rows, exact }: PreviewTable): string {
  return rows === null ? name : `${name}  (${exact ? "" : "~"}${rows.toLocaleString("en-US")})`;
}
