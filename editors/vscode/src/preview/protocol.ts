/** What `specdsl/preview` asks and answers. Both the extension and the page in the panel read it. */

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface PreviewParams {
  readonly textDocument: { readonly uri: string };
  readonly position?: Position;
  readonly table?: string;
  readonly first?: number;
  readonly rows?: number;
}

interface Counted {
  /** The share of rows without a value, 0..1, and how many rows the chart was made from. */
  readonly nulls: number;
  readonly rows: number;
}

export interface HistogramChart extends Counted {
  readonly kind: "histogram";
  readonly low: string;
  readonly high: string;
  readonly bins: readonly number[];
}

export interface SharesChart extends Counted {
  readonly kind: "shares";
  readonly values: readonly { readonly text: string; readonly share: number }[];
  readonly other: number;
}

export interface ExamplesChart extends Counted {
  readonly kind: "examples";
  readonly distinct: number;
  readonly examples: readonly string[];
}

export type Chart = HistogramChart | SharesChart | ExamplesChart;

export interface PreviewColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly role: "key" | "unique" | "reference" | "";
  readonly target: string | null;
  readonly doc: string;
  readonly numeric: boolean;
  /** Where its name stands, in which file; null for columns that a data file gives. */
  readonly uri: string | null;
  readonly range: Range | null;
  readonly chart: Chart | null;
}

export interface PreviewTable {
  readonly name: string;
  readonly rows: number | null;
  readonly exact: boolean;
}

export type Cell = string | null;
export type Row = readonly Cell[];

export interface PreviewResult {
  readonly uri: string;
  readonly version: number | null;
  readonly state: "ok" | "broken" | "none";
  readonly message: string;
  readonly table: string;
  readonly doc: string;
  readonly tables: readonly PreviewTable[];
  readonly rowCount: number | null;
  readonly first: number;
  readonly columns: readonly PreviewColumn[];
  /** The columns that are written and cannot be made now; `message` says why. */
  readonly leftOut?: readonly string[];
  readonly rows: readonly Row[];
  readonly parents: Readonly<Record<string, readonly (number | null)[]>>;
}
