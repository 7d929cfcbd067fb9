/** Which table the cursor is in, from the lines above it: enough to know when to ask the server. */

const HEAD = /^(table|enum|type|pool|dataset|import)\b[ \t]*(?:`([^`]+)`|([\p{L}_][\p{L}\p{N}_]*))?/u;

/** The name of the table that line `at` belongs to; undefined where it is no table's. */
export function tableAt(line: (at: number) => string, at: number, count: number): string | undefined {
  for (let here = Math.min(at, count - 1); here >= 0; here -= 1) {
    const found = HEAD.exec(line(here));
    if (found !== null) {
      return found[1] === "table" ? (found[2] ?? found[3]) : undefined;
    }
    if (here < at && line(here).startsWith("}")) {
      return undefined; // after a declaration
    }
  }
  return undefined;
}
