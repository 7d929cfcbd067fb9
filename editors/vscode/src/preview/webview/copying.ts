/** Cells as texts for the clipboard. */

import type { Cell, PreviewColumn, Row } from "../protocol";

export type Form = "tsv" | "csv" | "json";

/** The rows, of these columns only, as the clipboard takes them. Null is nothing in TSV and CSV. */
export function copied(
  form: Form,
  columns: readonly PreviewColumn[],
  rows: readonly Row[],
  settings: { readonly header: boolean },
): string {
  if (form === "json") {
    return json(columns, rows);
  }
  const names = columns.map((column) => column.name);
  const body = rows.map((row) => row.map((cell, at) => (cell === null ? null : plain(cell, columns[at]))));
  const lines = settings.header ? [names, ...body] : body;
  return lines.map((line) => (form === "tsv" ? line.map(tsv).join("\t") : line.map(csv).join(","))).join("\n");
}

/** The value of a cell: an empty text is shown as two quotes. */
function plain(cell: string, column: PreviewColumn | undefined): string {
  return cell === '""' && column !== undefined && isText(column) ? "" : cell;
}

export function isText(column: PreviewColumn): boolean {
  return /^string\b/.test(column.type);
}

/** A cell of tab-separated values, as spreadsheets read it. */
export function tsv(cell: Cell): string {
  if (cell === null) {
    return "";
  }
  return /[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** A field of RFC 4180; an empty text is quoted, so that it is not taken for null. */
export function csv(cell: Cell): string {
  if (cell === null) {
    return "";
  }
  return cell === "" || /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function json(columns: readonly PreviewColumn[], rows: readonly Row[]): string {
  const objects = rows.map((row) => {
    const members = columns.map((column, at) => `${JSON.stringify(column.name)}: ${jsonValue(row[at] ?? null, column)}`);
    return `  {${members.join(", ")}}`;
  });
  return objects.length === 0 ? "[]" : `[\n${objects.join(",\n")}\n]`;
}

/** A cell as JSON. Numbers keep their digits, so that large ones are not rounded. */
export function jsonValue(cell: Cell, column: PreviewColumn): string {
  if (cell === null) {
    return "null";
  }
  if (column.numeric && /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(cell)) {
    return cell;
  }
  if (column.type === "bool" && (cell === "true" || cell === "false")) {
    return cell;
  }
  return JSON.stringify(plain(cell, column));
}
