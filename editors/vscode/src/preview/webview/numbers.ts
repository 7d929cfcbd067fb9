/** Numbers as people read them. */

/** `0.294` as `29%`; what is not nothing does not become it. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 0 && share > 0) {
    return "<1%";
  }
  return rounded === 100 && share < 1 ? ">99%" : `${rounded}%`;
}

/** Which rows of how many are shown. */
export function extent(first: number, count: number, total: number | null): string {
  const number = (value: number): string => value.toLocaleString("en-US");
  if (total === null) {
    return count === 0 ? "" : `Rows ${number(first + 1)}–${number(first + count)}`;
  }
  if (count >= total) {
    return total === 0 ? "No rows" : total === 1 ? "1 row" : `All ${number(total)} rows`;
  }
  if (first === 0) {
    return `First ${number(count)} of ${number(total)} rows`;
  }
  return `Rows ${number(first + 1)}–${number(first + count)} of ${number(total)}`;
}
