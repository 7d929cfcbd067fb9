import type { PreviewColumn } from "../../src/preview/protocol";

/** A column for tests; what is not said is plain. */
export function column(name: string, more: Partial<PreviewColumn> = {}): PreviewColumn {
  return {
    name,
    type: "string",
    nullable: false,
    role: "",
    target: null,
    doc: "",
    numeric: false,
    uri: null,
    range: null,
    chart: null,
    ...more,
  };
}
