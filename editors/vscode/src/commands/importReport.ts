/** The findings of `specdsl import --report FILE.json`. Free of VS Code's API. */

export interface Finding {
  readonly code: string | undefined;
  readonly severity: "error" | "warning" | "hint";
  readonly message: string;
  /** Where in the source, counted from 0, columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** How far it goes within the line: a key, else one character. */
  readonly length: number;
}

/** The findings in a report on `source`, or in the text of standard error where there is no report. */
export function findings(report: string | undefined, stderr: string, source = ""): Finding[] {
  return fromReport(report, source) ?? fromText(stderr, source);
}

function fromReport(text: string | undefined, source: string): Finding[] | undefined {
  if (text === undefined) return undefined;
  try {
    const rows = membersOf(JSON.parse(text) as unknown)["rows"];
    if (!Array.isArray(rows)) return undefined;
    const told = rows.map(membersOf).filter((row) => row["outcome"] !== "exact");
    return told.map((row) => finding(row, source));
  } catch {
    return undefined;
  }
}

function finding(given: Readonly<Record<string, unknown>>, source: string): Finding {
  const outcome = textOf(given["outcome"]);
  const place = { ...pointedAt(source, textOf(given["pointer"])), ...given };
  const pointer = textOf(given["pointer"]) === "" ? "" : ` (at ${textOf(given["pointer"])})`;
  const why = textOf(given["why"]) === "" ? "" : `, as ${textOf(given["why"])}`;
  return {
    code: typeof given["code"] === "string" ? given["code"] : undefined,
    severity: severity(textOf(given["severity"]) || outcome),
    message: `${outcome === "" ? "" : `${outcome}: `}${textOf(given["how"])}${why}${pointer}`,
    ...within(source, Number(place["line"] ?? 1), Number(place["column"] ?? 1)),
  };
}

/** A place that is given by its line and column (in code points, counted from 1), as the editor counts. */
function within(source: string, line: number, column: number): Pick<Finding, "line" | "column" | "length"> {
  const text = source.split(/\r\n|\r|\n/)[line - 1] ?? "";
  const before = [...text].slice(0, Math.max(column - 1, 0)).join("");
  const key = /^"(?:[^"\\]|\\.)*"/.exec(text.slice(before.length))?.[0];
  return { line: Math.max(line - 1, 0), column: source === "" ? Math.max(column - 1, 0) : before.length, length: key?.length ?? 1 };
}

/** The place (counted from 1) of the member that a pointer leads to, going from key to key in the JSON text. */
export function pointedAt(source: string, pointer: string): { line: number; column: number } | undefined {
  let at = 0;
  for (const part of pointer.split("/").filter((one) => one !== "" && !/^\d+$/.test(one))) {
    const key = JSON.stringify(part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const found = source.indexOf(key, at);
    if (found < 0) break;
    at = found;
  }
  const before = source.slice(0, at).split("\n");
  return source === "" ? undefined : { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** `error[DG701]: what is wrong`, and beneath it ` --> file.json:3:5`. */
function fromText(text: string, source: string): Finding[] {
  const found: Finding[] = [];
  const lines = text.split(/\r?\n/);
  for (const [number, line] of lines.entries()) {
    const head = /^(error|warning|hint|note)(?:\[(DG\d{3})\])?: (.*)$/.exec(line);
    if (head === null) continue;
    const place = /^\s*--> .*?:(\d+)(?::(\d+))?\s*$/.exec(lines[number + 1] ?? "");
    found.push({
      code: head[2],
      severity: severity(head[1] ?? ""),
      message: head[3] ?? "",
      ...within(source, Number(place?.[1] ?? 1), Number(place?.[2] ?? 1)),
    });
  }
  return found;
}

function severity(word: string): Finding["severity"] {
  if (/error|refused/i.test(word)) return "error";
  return /hint|note|info|exact/i.test(word) ? "hint" : "warning";
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
