/** What keys do in the grid. */

import type { Grid } from "./grid";
import { moved } from "./selection";
import { nextSort } from "./sorting";

const STEP = 16;

export interface KeyActions {
  follow(place: number, column: number): void;
  back(): void;
  copy(): void;
  reveal(column: number): void;
  menu(): void;
  /** The order has changed. */
  sorted(): void;
}

export function listenToKeys(grid: Grid, actions: KeyActions): void {
  grid.scroller.addEventListener("keydown", (event) => {
    if (handled(grid, actions, event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

function handled(grid: Grid, actions: KeyActions, event: KeyboardEvent): boolean {
  const { active, anchor } = grid.selection;
  const column = grid.rows.columns[active.column];
  const ctrl = event.ctrlKey || event.metaKey;
  if (event.altKey) {
    if (event.key === "ArrowLeft" && !event.shiftKey) {
      actions.back();
      return true;
    }
    const wider = event.key === "ArrowRight" ? STEP : event.key === "ArrowLeft" ? -STEP : 0;
    if (wider !== 0 && event.shiftKey && column !== undefined) {
      grid.widths.drag(column, grid.widths.of(column) + wider);
      grid.layout();
      return true;
    }
    return false;
  }
  if (ctrl && event.key.toLowerCase() === "c") {
    actions.copy();
    return true;
  }
  if (ctrl && event.key.toLowerCase() === "a") {
    const { rows, columns } = grid.extent;
    grid.select({ active: { row: 0, column: 0 }, anchor: { row: rows - 1, column: columns - 1 } }, false);
    return true;
  }
  if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
    actions.menu();
    return true;
  }
  if (event.key === "Escape" && (anchor.row !== active.row || anchor.column !== active.column)) {
    grid.select({ active, anchor: active }, false);
    return true;
  }
  if (event.key === "F12" && column !== undefined) {
    actions.reveal(active.column);
    return true;
  }
  if ((event.key === "Enter" || event.key === " ") && column !== undefined) {
    if (active.row < 0) {
      grid.order(nextSort(grid.sort, column.name));
      grid.select(grid.selection, false);
      actions.sorted();
    } else if (event.key === "Enter") {
      actions.follow(active.row, active.column);
    }
    return true;
  }
  const next = moved(grid.selection, { key: event.key, ctrl, shift: event.shiftKey }, grid.extent);
  if (next === undefined) {
    return false;
  }
  grid.select(next);
  return true;
}
