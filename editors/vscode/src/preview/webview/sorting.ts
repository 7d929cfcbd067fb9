/** The order of rows by a column, from the texts of its cells. */

import type { Cell, PreviewColumn } from "../protocol";

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** What a click on a column's header makes of the order: ascending, descending, as made. */
export function nextSort(sort: Sort | null, column: string): Sort | null {
  if (sort === null || sort.column !== column) {
    return { column, descending: false };
  }
  return sort.descending ? null : { column, descending: true };
}

/** The positions of `cells` in sorted order; equal ones stay in theirs, and null stands last either way. */
export function sortedPositions(cells: readonly Cell[], column: PreviewColumn, descending: boolean): number[] {
  const compare = comparison(column);
  const there: number[] = [];
  const nulls: number[] = [];
  cells.forEach((cell, at) => (cell === null ? nulls : there).push(at));
  const sign = descending ? -1 : 1;
  there.sort((a, b) => sign * compare(cells[a] as string, cells[b] as string) || a - b);
  return [...there, ...nulls];
}

type Compare = (left: string, right: string) => number;

function comparison(column: PreviewColumn): Compare {
  if (column.type === "duration") {
    return (left, right) => micros(left) - micros(right);
  }
  if (column.numeric) {
    return compareNumbers;
  }
  if (/^(date|time|timestamp|uuid|bytes|bool)$/.test(column.type)) {
    return (left, right) => (left < right ? -1 : left > right ? 1 : 0);
  }
  return new Intl.Collator(undefined, { numeric: true }).compare;
}

const WHOLE = /^-?\d+$/;

function compareNumbers(left: string, right: string): number {
  if (WHOLE.test(left) && WHOLE.test(right) && (left.length > 15 || right.length > 15)) {
    const difference = BigInt(left) - BigInt(right);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  const [one, other] = [Number(left), Number(right)];
  return Number.isNaN(one) || Number.isNaN(other) ? Number(Number.isNaN(one)) - Number(Number.isNaN(other)) : one - other;
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400e6, h: 3_600e6, m: 60e6, s: 1e6, ms: 1e3, us: 1 };

/** The microseconds of a duration as the language writes it: `1d 2h`, `250ms`, `-5s`. */
export function micros(text: string): number {
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(us|ms|[smhd])/g)) {
    total += Number(count) * (UNITS[unit ?? ""] ?? 0);
  }
  return text.startsWith("-") ? -total : total;
}
