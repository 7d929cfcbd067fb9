/** The grid: a header that stays, and of the rows those that are in sight. */

import { cellId, rowElement } from "./cells";
import { element } from "./dom";
import { headerElement, headerId } from "./header";
import { Rows } from "./rows";
import { at, contains, type Extent, rectangle, type Selection, within } from "./selection";
import type { Sort } from "./sorting";
import { Widths } from "./widths";

export const ROW_HEIGHT = 22;
const SPARE_ROWS = 12;
/** How near to the end of what is loaded more is asked for. */
const NEAR = 8;

export class Grid {
  rows = Rows.none;
  sort: Sort | null = null;
  selection: Selection = at(0, 0);
  readonly widths = new Widths();
  private readonly head = element("div", { role: "rowgroup", class: "heads" });
  private readonly body = element("div", { role: "rowgroup", class: "body" });
  private readonly drawn = new Map<number, HTMLElement>();
  private marked: number | null = null;
  private changed: ReadonlySet<string> = new Set();
  private waiting = false;

  constructor(
    readonly scroller: HTMLElement,
    private readonly more: (first: "before" | "after") => void,
  ) {
    scroller.append(this.head, this.body);
    scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(scroller);
  }

  // --- what is shown ---------------------------------------------------------------------

  /** Shows rows; `table` is whose they are. Where `keep`, what is in sight stays in sight. */
  show(table: string, rows: Rows, keep: boolean): void {
    const before = this.rows;
    this.changed = keep ? differences(before, rows) : new Set();
    this.rows = rows;
    this.waiting = false;
    this.widths.take(table, rows);
    this.selection = keep ? within(this.selection, this.extent) : at(0, 0);
    this.scroller.setAttribute("aria-label", `Rows of ${table}`);
    this.scroller.setAttribute("aria-colcount", String(rows.columns.length + 1));
    this.heads();
    if (!keep) {
      this.marked = null;
      this.scroller.scrollTo(0, 0);
    } else if (this.sort === null && before.first !== rows.first && before.length > 0) {
      this.scroller.scrollTop += (before.first - rows.first) * ROW_HEIGHT;
    }
    this.redraw();
    this.changed = new Set();
  }

  /** More rows may be asked for again. */
  arrived(): void {
    this.waiting = false;
  }

  /** Sorts the rows loaded. */
  order(sort: Sort | null): void {
    this.sort = sort;
    this.rows = this.rows.sorted(sort);
    this.heads();
    this.redraw();
  }

  heads(): void {
    this.head.replaceChildren(headerElement(this.rows, this.sort));
    this.layout();
  }

  layout(): void {
    const widths = this.rows.columns.map((column) => `${this.widths.of(column)}px`);
    const digits = String(Math.max(this.rows.end, 1)).length;
    this.scroller.style.setProperty("--columns", [`${Math.max(36, digits * 9 + 18)}px`, ...widths].join(" "));
  }

  redraw(): void {
    this.scroller.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.body.style.height = `${this.rows.length * ROW_HEIGHT}px`;
    for (const row of this.drawn.values()) {
      row.remove();
    }
    this.drawn.clear();
    this.draw();
  }

  private draw(): void {
    const top = Math.floor(this.scroller.scrollTop / ROW_HEIGHT) - SPARE_ROWS;
    const bottom = top + Math.ceil(this.scroller.clientHeight / ROW_HEIGHT) + 2 * SPARE_ROWS;
    for (const [place, row] of this.drawn) {
      if (place < top || place > bottom) {
        row.remove();
        this.drawn.delete(place);
      }
    }
    for (let place = Math.max(top, 0); place <= Math.min(bottom, this.rows.length - 1); place += 1) {
      if (!this.drawn.has(place)) {
        const row = rowElement(this.rows, place, place * ROW_HEIGHT);
        this.drawn.set(place, row);
        this.body.append(row);
        this.paintRow(place, row);
      }
    }
  }

  private scrolled(): void {
    requestAnimationFrame(() => this.draw());
    if (this.waiting || this.sort !== null || this.rows.length === 0) {
      return;
    }
    const { scrollTop, clientHeight } = this.scroller;
    const space = NEAR * ROW_HEIGHT;
    const isMore = this.rows.total === null || this.rows.end < this.rows.total;
    if (scrollTop + clientHeight > this.body.offsetHeight - space && isMore) {
      this.waiting = true;
      this.more("after");
    } else if (scrollTop < space && this.rows.first > 0) {
      this.waiting = true;
      this.more("before");
    }
  }

  // --- selection -------------------------------------------------------------------------

  get extent(): Extent {
    const page = Math.max(Math.floor((this.scroller.clientHeight - this.head.offsetHeight) / ROW_HEIGHT) - 1, 1);
    return { rows: this.rows.length, columns: this.rows.columns.length, page };
  }

  /** Moves the focus and the selection, and scrolls there. */
  select(selection: Selection, scroll = true): void {
    this.selection = selection;
    if (scroll) {
      this.reveal(selection.active.row, selection.active.column);
    }
    this.draw();
    this.paint();
  }

  /** Selects the row of that number and marks it; whether it is loaded. */
  mark(number: number): boolean {
    const place = this.rows.placeOf(number);
    if (place < 0) {
      return false;
    }
    this.marked = number;
    this.scroller.scrollTop = (place + 0.5) * ROW_HEIGHT - (this.scroller.clientHeight - this.head.offsetHeight) / 2;
    this.select(at(place, 0), false);
    return true;
  }

  paint(): void {
    for (const [place, row] of this.drawn) {
      this.paintRow(place, row);
    }
    for (const heading of this.head.querySelectorAll(".heading.active")) {
      heading.classList.remove("active");
    }
    const { row, column } = this.selection.active;
    if (row < 0) {
      document.getElementById(headerId(column))?.classList.add("active");
    }
    const id = row < 0 ? headerId(column) : cellId(row, column);
    this.scroller.setAttribute("aria-activedescendant", id);
  }

  private paintRow(place: number, row: HTMLElement): void {
    const area = rectangle(this.selection);
    const { active } = this.selection;
    const isMany = area !== undefined && (area.top !== area.bottom || area.left !== area.right);
    row.classList.toggle("marked", this.marked === this.rows.numberAt(place));
    for (const cell of row.querySelectorAll<HTMLElement>(".cell")) {
      const column = Number(cell.dataset["at"]);
      const isIn = area !== undefined && contains(area, place, column);
      cell.classList.toggle("active", place === active.row && column === active.column);
      cell.classList.toggle("selected", isIn && isMany);
      cell.setAttribute("aria-selected", String(isIn));
      if (this.changed.has(`${cell.dataset["row"]}\n${cell.dataset["column"]}`)) {
        cell.classList.add("changed");
      }
    }
  }

  private reveal(row: number, column: number): void {
    const { scroller } = this;
    if (row >= 0) {
      const top = row * ROW_HEIGHT;
      const height = scroller.clientHeight - this.head.offsetHeight - ROW_HEIGHT;
      scroller.scrollTop = Math.max(Math.min(scroller.scrollTop, top), top - height);
    }
    const heading = document.getElementById(headerId(column));
    const corner = this.head.querySelector<HTMLElement>(".corner")?.offsetWidth ?? 0;
    if (heading !== null) {
      const left = heading.offsetLeft;
      const right = left + heading.offsetWidth - scroller.clientWidth;
      scroller.scrollLeft = Math.min(Math.max(scroller.scrollLeft, right), left - corner);
    }
  }

  /** The number of the first row in sight. */
  get topNumber(): number {
    const place = Math.min(Math.round(this.scroller.scrollTop / ROW_HEIGHT), Math.max(this.rows.length - 1, 0));
    return this.rows.length === 0 ? 0 : this.rows.numberAt(place);
  }
}

/** The cells whose texts are others than before, by row number and column's name. */
function differences(before: Rows, after: Rows): ReadonlySet<string> {
  const found = new Set<string>();
  const columns = new Map(before.columns.map((column, at) => [column.name, at]));
  for (let place = 0; place < after.length; place += 1) {
    const number = after.numberAt(place);
    const then = before.placeOf(number);
    if (then < 0) {
      continue;
    }
    after.columns.forEach((column, at) => {
      const at_ = columns.get(column.name);
      if (at_ !== undefined && before.cellAt(then, at_) !== after.cellAt(place, at)) {
        found.add(`${number}\n${column.name}`);
      }
    });
  }
  return found;
}
