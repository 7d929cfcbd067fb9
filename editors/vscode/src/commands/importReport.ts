/** The findings of `specdsl import --report FILE.json`. Free of VS Code's API. */

export interface Finding {
  readonly code: string | undefined;
  readonly severity: "error" | "warning" | "hint";
  readonly message: string;
  /** Where in the source, counted from 0. */
  readonly line: number;
  readonly column: number;
}

/** The findings in a report, or in the text of standard error where there is no report. */
export function findings(report: string | undefined, stderr: string): Finding[] {
  return fromReport(report) ?? fromText(stderr);
}

function fromReport(text: string | undefined): Finding[] | undefined {
  if (text === undefined) return undefined;
  try {
    const report = JSON.parse(text) as unknown;
    const list = Array.isArray(report) ? report : membersOf(report)["findings"] ?? membersOf(report)["diagnostics"];
    return Array.isArray(list) ? list.map((one) => finding(membersOf(one))) : undefined;
  } catch {
    return undefined;
  }
}

function finding(given: Readonly<Record<string, unknown>>): Finding {
  const place = { ...given, ...membersOf(membersOf(given["location"])["start"]) };
  const pointer = typeof given["pointer"] === "string" && given["pointer"] !== "" ? ` (at ${given["pointer"]})` : "";
  return {
    code: typeof given["code"] === "string" ? given["code"] : undefined,
    severity: severity(textOf(given["severity"] ?? given["kind"])),
    message: `${textOf(given["message"] ?? given["text"])}${pointer}`,
    line: Math.max(Number(place["line"] ?? 1) - 1, 0),
    column: Math.max(Number(place["column"] ?? 1) - 1, 0),
  };
}

/** `error[DG701]: what is wrong`, and beneath it ` --> file.json:3:5`. */
function fromText(text: string): Finding[] {
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
      line: Math.max(Number(place?.[1] ?? 1) - 1, 0),
      column: Math.max(Number(place?.[2] ?? 1) - 1, 0),
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
