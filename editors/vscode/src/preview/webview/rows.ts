/** The rows that are loaded: a stretch of a table without gaps, and the order in which it is shown. */

import type { Cell, PreviewColumn, PreviewResult, Row } from "../protocol";
import { type Sort, sortedPositions } from "./sorting";

/** Rows that are kept at most; beyond, those at the other end go. */
export const MOST_ROWS = 2_000;

type Parents = Readonly<Record<string, readonly (number | null)[]>>;

export class Rows {
  private constructor(
    readonly first: number,
    readonly columns: readonly PreviewColumn[],
    private readonly rows: readonly Row[],
    private readonly parents: Parents,
    readonly total: number | null,
    private readonly order: readonly number[] | null,
    /** The names of columns whose values are those of an earlier text. */
    readonly stale: ReadonlySet<string> = new Set(),
  ) {}

  static readonly none = new Rows(0, [], [], {}, null, null);

  static of(result: PreviewResult): Rows {
    return new Rows(result.first, result.columns, result.rows, result.parents, result.rowCount, null);
  }

  get length(): number {
    return this.rows.length;
  }

  /** The number after the last row's. */
  get end(): number {
    return this.first + this.rows.length;
  }

  get isWhole(): boolean {
    return this.first === 0 && this.total !== null && this.end >= this.total;
  }

  /** These rows, with the columns of those names as they were `before`. */
  keeping(before: Rows, names: readonly string[]): Rows {
    const lost = before.columns.filter(({ name }) => names.includes(name) && !this.columns.some((c) => c.name === name));
    if (lost.length === 0) {
      return this;
    }
    const columns = [...this.columns];
    for (const column of lost) {
      const at = before.columns.indexOf(column);
      const ahead = before.columns.slice(0, at).map(({ name }) => name);
      const place = columns.findLastIndex(({ name }) => ahead.includes(name)) + 1;
      columns.splice(place, 0, column);
    }
    const from = columns.map(({ name }) => this.columns.findIndex((column) => column.name === name));
    const then = columns.map(({ name }) => before.columns.findIndex((column) => column.name === name));
    const rows = this.rows.map((row, position) => {
      const old = before.rows[this.first + position - before.first] ?? [];
      return columns.map((_, at) => ((from[at] ?? -1) >= 0 ? row[from[at] ?? 0] : old[then[at] ?? 0]) ?? null);
    });
    return new Rows(this.first, columns, rows, this.parents, this.total, null, new Set(lost.map(({ name }) => name)));
  }

  /** These rows and those before or after them; undefined where they do not meet. */
  with(other: Rows): Rows | undefined {
    const same = other.columns.map((c) => c.name).join("\n") === this.columns.map((c) => c.name).join("\n");
    if (!same || other.total !== this.total || (other.first !== this.end && other.end !== this.first)) {
      return undefined;
    }
    const [front, back] = other.first === this.end ? [this, other] : [other, this];
    const surplus = Math.max(0, front.length + back.length - MOST_ROWS);
    // What was just asked for stays.
    const [from, to] = back === other ? [surplus, undefined] : [0, surplus === 0 ? undefined : -surplus];
    const cut = <T>(one: readonly T[], two: readonly T[]): T[] => [...one, ...two].slice(from, to);
    const parents: Record<string, readonly (number | null)[]> = {};
    for (const name of Object.keys(other.parents)) {
      parents[name] = cut(front.parents[name] ?? [], back.parents[name] ?? []);
    }
    const rows = cut(front.rows, back.rows);
    return new Rows(front.first + from, other.columns, rows, parents, other.total, null, other.stale);
  }

  sorted(sort: Sort | null): Rows {
    const at = sort === null ? -1 : this.columns.findIndex((column) => column.name === sort.column);
    const column = this.columns[at];
    const order =
      sort === null || column === undefined
        ? null
        : sortedPositions(
            this.rows.map((row) => row[at] ?? null),
            column,
            sort.descending,
          );
    return new Rows(this.first, this.columns, this.rows, this.parents, this.total, order, this.stale);
  }

  /** The number in the table of the row shown at `place`. */
  numberAt(place: number): number {
    return this.first + this.positionAt(place);
  }

  /** Where the row of that number is shown; -1 where it is not loaded. */
  placeOf(number: number): number {
    const position = number - this.first;
    if (position < 0 || position >= this.rows.length) {
      return -1;
    }
    return this.order === null ? position : this.order.indexOf(position);
  }

  rowAt(place: number): Row {
    return this.rows[this.positionAt(place)] ?? [];
  }

  cellAt(place: number, column: number): Cell {
    return this.rowAt(place)[column] ?? null;
  }

  /** The number of the parent's row that a cell refers to; null for none. */
  parentAt(place: number, column: number): number | null {
    const name = this.columns[column]?.name ?? "";
    return this.parents[name]?.[this.positionAt(place)] ?? null;
  }

  private positionAt(place: number): number {
    return this.order === null ? place : (this.order[place] ?? place);
  }
}
