/** What `specdsl build` says. Free of VS Code's API. */

export interface BuildReport {
  readonly seconds: number;
  readonly tables: readonly { readonly name: string; readonly written: number; readonly bytes: number }[];
  readonly verification: { readonly ok: boolean; readonly rules: readonly { readonly verdict: string }[] } | null;
}

/** The JSON of `specdsl build --json`; undefined where the text is none. */
export function parsedBuild(text: string): BuildReport | undefined {
  try {
    const report = JSON.parse(text) as BuildReport;
    return Array.isArray(report.tables) ? report : undefined;
  } catch {
    return undefined;
  }
}

/** `Built 2 tables, 1,040 rows, 12 kB in out (1.3 s). 42 rules hold.` */
export function builtText(report: BuildReport, folder: string): string {
  const rows = report.tables.reduce((sum, table) => sum + table.written, 0);
  const bytes = report.tables.reduce((sum, table) => sum + table.bytes, 0);
  const made = `Built ${counted(report.tables.length, "table")}, ${counted(rows, "row")}, ${size(bytes)} in ${folder}`;
  const rules = report.verification?.rules.filter((rule) => rule.verdict === "ok").length ?? 0;
  const checked = rules === 0 ? "Nothing was checked." : `${counted(rules, "rule")} ${rules === 1 ? "holds" : "hold"}.`;
  return `${made} (${report.seconds.toFixed(1)} s). ${checked}`;
}

/** The table that a line of progress tells of: `users: 10,000 rows`. */
export function doneTable(line: string): { table: string; rows: number } | undefined {
  const found = /^(.+): ([\d,]+) rows?$/.exec(line.trim());
  return found?.[1] && found[2] ? { table: found[1], rows: Number(found[2].replaceAll(",", "")) } : undefined;
}

/** Whether a build has stopped because its folder holds data. */
export function holdsData(stderr: string): boolean {
  return /already holds .*[\s\S]*--mode overwrite/.test(stderr);
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[power] ?? ""}`;
}
