import * as vscode from "vscode";

export interface BuildChoice {
  /** None: all. */
  readonly tables: readonly string[];
  readonly format: string;
  readonly output: string;
  readonly mode: "error" | "overwrite" | "append";
}

const FORMATS: readonly (readonly [name: string, description: string])[] = [
  ["parquet", "columns, typed, compressed"],
  ["csv", "comma-separated values"],
  ["jsonl", "JSON Lines: a record a line"],
  ["json", "one array of records"],
  ["arrow", "Arrow IPC"],
  ["orc", "Apache ORC"],
  ["avro", "Apache Avro (needs fastavro)"],
  ["sqlite", "one SQLite database"],
  ["duckdb", "one DuckDB database"],
  ["sql", "an SQL dump"],
  ["excel", "one workbook (needs XlsxWriter)"],
  ["delta", "Delta Lake tables (needs deltalake)"],
];

type Step = "start" | "tables" | "format" | "output";
type Item = vscode.QuickPickItem & { readonly step: Step };

/** One menu: Enter builds as it stands, the other entries change how. Undefined where the user leaves it. */
export async function askHow(
  spec: vscode.Uri,
  tables: readonly string[],
  start: BuildChoice,
): Promise<BuildChoice | undefined> {
  let choice = start;
  for (;;) {
    const item = await vscode.window.showQuickPick(items(choice), {
      title: `Build ${vscode.workspace.asRelativePath(spec)}`,
      placeHolder: "Enter builds",
    });
    switch (item?.step) {
      case "start":
        return choice;
      case "tables":
        choice = { ...choice, tables: (await askTables(tables, choice.tables)) ?? choice.tables };
        break;
      case "format":
        choice = { ...choice, format: (await askFormat(choice.format)) ?? choice.format };
        break;
      case "output":
        choice = { ...choice, output: (await askFolder(choice.output)) ?? choice.output };
        break;
      case undefined:
        return undefined;
    }
  }
}

function items({ tables, format, output }: BuildChoice): Item[] {
  const what = tables.length === 0 ? "all tables" : tables.join(", ");
  const where = vscode.workspace.asRelativePath(output);
  return [
    { step: "start", label: "$(play) Build", description: `${what} as ${format} in ${where}` },
    { step: "tables", label: "$(table) Tables\u2026", description: what },
    { step: "format", label: "$(file-binary) Format\u2026", description: format },
    { step: "output", label: "$(folder) Folder\u2026", description: where },
  ];
}

async function askTables(all: readonly string[], chosen: readonly string[]): Promise<readonly string[] | undefined> {
  const picked = await vscode.window.showQuickPick(
    all.map((label) => ({ label, picked: chosen.length === 0 || chosen.includes(label) })),
    { canPickMany: true, title: "Tables to build" },
  );
  if (picked === undefined || picked.length === 0) return undefined;
  return picked.length === all.length ? [] : picked.map((one) => one.label);
}

async function askFormat(chosen: string): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick(
    FORMATS.map(([label, description]) => ({ label, description, ...(label === chosen ? { detail: "chosen" } : {}) })),
    { title: "Format of the files" },
  );
  return picked?.label;
}

async function askFolder(chosen: string): Promise<string | undefined> {
  const path = await vscode.window.showInputBox({ title: "Folder to build into", value: chosen, prompt: "It is made if it is not there." });
  return path?.trim() || undefined;
}
