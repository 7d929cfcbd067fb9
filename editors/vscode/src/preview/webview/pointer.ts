/** What the mouse does in the grid. */

import type { Grid } from "./grid";
import { at, contains, rectangle } from "./selection";
import { nextSort, type Sort } from "./sorting";

export interface Actions {
  follow(place: number, column: number): void;
  reveal(column: number): void;
  menu(x: number, y: number): void;
  /** The order has changed. */
  sorted(): void;
}

export function listenToPointer(grid: Grid, actions: Actions): void {
  const { scroller } = grid;
  let dragging = false;
  let before: Sort | null = null; // the order before the first of two clicks

  scroller.addEventListener("mousedown", (event) => {
    const target = event.target as Element;
    if (event.button !== 0) {
      return;
    }
    const edge = target.closest<HTMLElement>("[data-edge]");
    if (edge !== null) {
      event.preventDefault();
      resize(grid, Number(edge.dataset["edge"]), event.clientX);
      return;
    }
    const here = cellOf(target);
    if (here !== undefined) {
      const anchor = event.shiftKey ? grid.selection.anchor : here;
      grid.select({ active: here, anchor }, false);
      dragging = true;
    }
    const number = target.closest<HTMLElement>(".number");
    if (number !== null) {
      const row = Number(number.dataset["place"]);
      const top = event.shiftKey ? Math.max(grid.selection.anchor.row, 0) : row;
      const active = { row, column: 0 };
      grid.select({ active, anchor: { row: top, column: grid.extent.columns - 1 } }, false);
    }
  });
  window.addEventListener("mouseup", () => {
    dragging = false;
  });
  scroller.addEventListener("mouseover", (event) => {
    const here = cellOf(event.target as Element);
    if (here === undefined) {
      return;
    }
    if (dragging && event.buttons === 1) {
      grid.select({ active: here, anchor: grid.selection.anchor }, false);
    }
    const cell = (event.target as Element).closest<HTMLElement>(".cell");
    const text = grid.rows.cellAt(here.row, here.column);
    if (cell !== null && text !== null && cell.title === "" && cell.scrollWidth > cell.clientWidth) {
      cell.title = text.slice(0, 4_000);
    }
  });

  scroller.addEventListener("click", (event) => {
    const target = event.target as Element;
    const here = cellOf(target);
    if (here !== undefined && target.closest(".parent") !== null && !event.shiftKey && !isMany(grid)) {
      actions.follow(here.row, here.column);
      return;
    }
    const heading = target.closest<HTMLElement>(".heading");
    const column = grid.rows.columns[Number(heading?.dataset["at"])];
    if (heading === null || column === undefined || target.closest("[data-edge]") !== null) {
      return;
    }
    if (event.detail === 1) {
      before = grid.sort;
      grid.order(nextSort(grid.sort, column.name));
      grid.select(at(-1, Number(heading.dataset["at"])), false);
      actions.sorted();
    } else if (event.detail === 2) {
      grid.order(before); // it was no wish to sort
      actions.sorted();
      actions.reveal(Number(heading.dataset["at"]));
    }
  });
  scroller.addEventListener("dblclick", (event) => {
    const edge = (event.target as Element).closest<HTMLElement>("[data-edge]");
    const column = grid.rows.columns[Number(edge?.dataset["edge"])];
    if (edge !== null && column !== undefined) {
      grid.widths.fit(column, Number(edge.dataset["edge"]), grid.rows);
      grid.layout();
    }
  });
  scroller.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    const target = event.target as Element;
    const here = cellOf(target);
    const heading = target.closest<HTMLElement>(".heading");
    if (here !== undefined) {
      const area = rectangle(grid.selection);
      if (area === undefined || !contains(area, here.row, here.column)) {
        grid.select(at(here.row, here.column), false);
      }
    } else if (heading !== null) {
      grid.select(at(-1, Number(heading.dataset["at"])), false);
    }
    scroller.focus();
    actions.menu(event.clientX, event.clientY);
  });
}

function isMany(grid: Grid): boolean {
  const area = rectangle(grid.selection);
  return area !== undefined && (area.top !== area.bottom || area.left !== area.right);
}

function cellOf(target: Element): { row: number; column: number } | undefined {
  const cell = target.closest<HTMLElement>(".cell");
  const row = cell?.closest<HTMLElement>(".row");
  if (cell === null || row === null || row === undefined) {
    return undefined;
  }
  return { row: Number(row.dataset["place"]), column: Number(cell.dataset["at"]) };
}

function resize(grid: Grid, number: number, begun: number): void {
  const column = grid.rows.columns[number];
  if (column === undefined) {
    return;
  }
  const width = grid.widths.of(column);
  const move = (event: MouseEvent): void => {
    grid.widths.drag(column, width + event.clientX - begun);
    grid.layout();
  };
  const end = (): void => {
    window.removeEventListener("mousemove", move);
    document.body.classList.remove("resizing");
  };
  document.body.classList.add("resizing");
  window.addEventListener("mousemove", move);
  window.addEventListener("mouseup", end, { once: true });
}
