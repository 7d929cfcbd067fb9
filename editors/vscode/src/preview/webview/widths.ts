/** The widths of columns in pixels: from what is in them, or as they were dragged. */

import type { PreviewColumn } from "../protocol";
import { captionText } from "./chart";
import type { Rows } from "./rows";

const LEAST = 56;
const MOST = 280;
const MOST_EVER = 1_200;
const PADDING = 24; // on both sides, with the line between
const MARKS = 30;
const LOOKED_AT = 60;
/** Room for the line beneath a chart, and for identifiers that nobody reads to their end. */
const MOST_CAPTION = 170;
const MOST_UUID = 168;

export class Widths {
  private readonly dragged = new Map<string, number>();
  private readonly measured = new Map<string, number>();
  private table = "";

  /** Looks at a table's rows. Widths stay while the same table is shown, so that nothing jumps. */
  take(table: string, rows: Rows): void {
    if (table !== this.table) {
      this.table = table;
      this.measured.clear();
    }
    const present = new Set(rows.columns.map(key));
    for (const known of this.measured.keys()) {
      if (!present.has(known)) {
        this.measured.delete(known);
      }
    }
    rows.columns.forEach((column, at) => {
      if (!this.measured.has(key(column)) && rows.length > 0) {
        const most = column.type === "uuid" ? MOST_UUID : MOST;
        this.measured.set(key(column), Math.max(Math.min(natural(column, at, rows), most), captionWidth(column)));
      }
    });
  }

  of(column: PreviewColumn): number {
    return this.dragged.get(this.place(column)) ?? this.measured.get(key(column)) ?? 120;
  }

  drag(column: PreviewColumn, width: number): void {
    this.dragged.set(this.place(column), Math.round(Math.min(Math.max(width, LEAST), MOST_EVER)));
  }

  /** As wide as the values need. */
  fit(column: PreviewColumn, at: number, rows: Rows): void {
    this.drag(column, natural(column, at, rows));
  }

  private place(column: PreviewColumn): string {
    return `${this.table}\n${column.name}`;
  }
}

function key(column: PreviewColumn): string {
  return `${column.name}\n${column.type}`;
}

function natural(column: PreviewColumn, at: number, rows: Rows): number {
  let widest = Math.max(textWidth(column.name, "bold") + MARKS, textWidth(typeText(column), "plain") * 0.92);
  for (let place = 0; place < Math.min(rows.length, LOOKED_AT); place += 1) {
    widest = Math.max(widest, textWidth(rows.cellAt(place, at) ?? "null", "cell"));
  }
  return Math.ceil(Math.max(widest + PADDING, LEAST));
}

/** What the texts of a column's chart ask for, within limits. */
function captionWidth({ chart }: PreviewColumn): number {
  const text = chart === null ? "" : chart.kind === "histogram" ? `${chart.low}    ${chart.high}` : captionText(chart);
  return Math.ceil(Math.min(textWidth(text, "plain") * 0.84 + PADDING, MOST_CAPTION));
}

/** What stands beneath a column's name. */
export function typeText(column: PreviewColumn): string {
  const mark = column.nullable ? "?" : "";
  return column.target === null ? `${column.type}${mark}` : `→ ${column.target}${mark}`;
}

let context: CanvasRenderingContext2D | null | undefined;

function textWidth(text: string, kind: "bold" | "plain" | "cell"): number {
  context ??= document.createElement("canvas").getContext("2d");
  const style = getComputedStyle(document.body);
  const family = style.getPropertyValue(kind === "cell" ? "--cell-font" : "--vscode-font-family") || "sans-serif";
  if (context === null) {
    return text.length * 7;
  }
  context.font = `${kind === "bold" ? "600 " : ""}12px ${family}`;
  return context.measureText(text.slice(0, 200)).width;
}
