/** What the extension and the page in the panel say to each other. */

import type { PreviewResult } from "./protocol";

/** Where the panel stands, for its toolbar and for coming back after the window is reloaded. */
export interface Standing {
  readonly uri: string;
  readonly table: string;
  readonly first: number;
  readonly pinned: boolean;
  readonly canGoBack: boolean;
  /** How many rows are asked for at a time. */
  readonly pageRows: number;
}

export type ToPage =
  /** The rows of a table: another one or other rows of it (`turn`), the same anew (`again`), or rows that
   * stand before or after those that are there (`more`). `highlight`: the row to show. */
  | {
      readonly type: "rows";
      readonly how: "turn" | "again" | "more";
      readonly result: PreviewResult;
      readonly highlight: number | null;
    }
  | { readonly type: "standing"; readonly standing: Standing }
  /** Why nothing new can be had; what is shown stays, greyed. */
  | { readonly type: "trouble"; readonly message: string };

export type FromPage =
  | { readonly type: "ready" }
  | { readonly type: "table"; readonly table: string }
  | { readonly type: "pageRows"; readonly rows: number }
  | { readonly type: "more"; readonly first: number; readonly rows: number }
  /** The rows that are shown at present, which are asked for again when the text changes. */
  | { readonly type: "window"; readonly first: number; readonly rows: number }
  | { readonly type: "follow"; readonly table: string; readonly row: number; readonly from: number }
  | { readonly type: "back" }
  | { readonly type: "pin"; readonly pinned: boolean }
  | { readonly type: "copy"; readonly text: string }
  | { readonly type: "reveal"; readonly column: string };

/** What the page keeps over reloads of the window. */
export interface Kept {
  readonly uri: string;
  readonly table: string;
  readonly first: number;
  readonly pinned: boolean;
  readonly pageRows: number;
}

/** The kept state of a page, or undefined where it is none (of an older version, say). */
export function keptState(state: unknown): Kept | undefined {
  if (typeof state !== "object" || state === null) {
    return undefined;
  }
  const { uri, table, first, pinned, pageRows } = state as Partial<Record<keyof Kept, unknown>>;
  if (typeof uri !== "string" || typeof table !== "string") {
    return undefined;
  }
  return {
    uri,
    table,
    first: typeof first === "number" && first >= 0 ? Math.floor(first) : 0,
    pinned: pinned === true,
    pageRows: typeof pageRows === "number" && pageRows > 0 ? Math.floor(pageRows) : 50,
  };
}
