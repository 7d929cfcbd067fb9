/** One row as elements. */

import type { PreviewColumn } from "../protocol";
import { isText } from "./copying";
import { element } from "./dom";
import type { Rows } from "./rows";

const LONGEST = 400;

export function cellId(place: number, column: number): string {
  return `cell-${place}-${column}`;
}

export function rowElement(rows: Rows, place: number, top: number): HTMLElement {
  const number = rows.numberAt(place);
  const shown = (number + 1).toLocaleString("en-US");
  const made = element("div", { role: "row", class: "row", "aria-rowindex": place + 2, "data-place": place });
  made.style.transform = `translateY(${top}px)`;
  made.append(element("div", { role: "rowheader", class: "number", "data-place": place, "aria-label": `row ${shown}` }, shown));
  rows.columns.forEach((column, at) => made.append(cell(rows, place, number, column, at)));
  return made;
}

function cell(rows: Rows, place: number, number: number, column: PreviewColumn, at: number): HTMLElement {
  const text = rows.cellAt(place, at);
  const made = element("div", {
    role: "gridcell",
    id: cellId(place, at),
    class: `cell${column.numeric ? " numeric" : ""}${rows.stale.has(column.name) ? " old" : ""}`,
    "aria-colindex": at + 2,
    "data-row": number,
    "data-column": column.name,
    "data-at": at,
  });
  if (text === null) {
    made.classList.add("null");
    made.dataset["null"] = "true";
    made.setAttribute("aria-label", "null");
    return made;
  }
  if (text === '""' && isText(column)) {
    made.classList.add("empty");
  }
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  const parent = rows.parentAt(place, at);
  if (parent !== null && column.target !== null) {
    const to = `row ${(parent + 1).toLocaleString("en-US")} of ${column.target}`;
    made.append(element("span", { class: "parent", "data-parent": parent, title: `${text}\nGo to ${to}` }, short));
  } else {
    made.append(short);
  }
  return made;
}
