/** The headers of columns: name, type, marks, chart, and the edge that resizes. */

import type { PreviewColumn } from "../protocol";
import { chartElement, chartText } from "./chart";
import { element } from "./dom";
import { icon } from "./icons";
import { percent } from "./numbers";
import type { Rows } from "./rows";
import type { Sort } from "./sorting";
import { typeText } from "./widths";

export function headerId(column: number): string {
  return `header-${column}`;
}

export function headerElement({ columns, stale }: Rows, sort: Sort | null): HTMLElement {
  const row = element("div", { role: "row", class: "head", "aria-rowindex": 1 });
  row.append(element("div", { role: "columnheader", class: "corner", "aria-label": "row number" }));
  columns.forEach((column, at) => row.append(heading(column, at, sort, stale.has(column.name))));
  return row;
}

function heading(column: PreviewColumn, at: number, sort: Sort | null, stale: boolean): HTMLElement {
  const direction = sort?.column !== column.name ? "none" : sort.descending ? "descending" : "ascending";
  const made = element("div", {
    role: "columnheader",
    id: headerId(at),
    class: `heading${column.numeric ? " numeric" : ""}${stale ? " old" : ""}`,
    "aria-sort": direction,
    "aria-colindex": at + 2,
    "data-header": column.name,
    "data-at": at,
    title: explanation(column),
  });
  const name = element("div", { class: "name" }, ...marks(column), element("span", { class: "label" }, column.name));
  name.append(element("span", { class: "arrow", "aria-hidden": "true" }));
  const refers = column.target === null ? "" : " refers";
  const type = element("div", { class: "type" }, element("span", { class: `label${refers}` }, typeText(column)));
  if (column.chart !== null && column.chart.nulls > 0) {
    type.append(element("span", { class: "nulls" }, `${percent(column.chart.nulls)} null`));
  }
  made.append(name, type);
  made.append(column.chart === null ? element("div", { class: "chart" }) : chartElement(column.chart));
  if (column.chart !== null && column.chart.nulls > 0) {
    const filled = element("div", { class: "filled" });
    filled.style.width = `${(1 - column.chart.nulls) * 100}%`;
    made.append(element("div", { class: "fill", "aria-hidden": "true" }, filled));
  }
  made.append(element("div", { class: "edge", "data-edge": at, "aria-hidden": "true" }));
  return made;
}

function marks(column: PreviewColumn): Node[] {
  const found: Node[] = [];
  if (column.role === "key") {
    found.push(icon("key"));
  }
  if (column.role === "unique") {
    found.push(icon("unique"));
  }
  return found;
}

/** All that there is to say of a column. */
function explanation(column: PreviewColumn): string {
  const parts = [`${column.name} ${column.type}${column.nullable ? "?" : ""}`];
  const roles = [];
  if (column.role === "key" || column.role === "unique") {
    roles.push(column.role);
  }
  if (column.target !== null) {
    roles.push(`refers to ${column.target}`);
  }
  if (roles.length > 0) {
    parts.push(roles.join(", "));
  }
  if (column.doc.trim() !== "") {
    parts.push(column.doc.trim());
  }
  if (column.chart !== null) {
    parts.push(chartText(column.chart));
  }
  parts.push("Click sorts the rows loaded; double-click goes to the text");
  return parts.join("\n\n");
}
