/** The notations that `specdsl export --help` offers: `--to [json-schema|sql]`. Free of VS Code's API. */
export function kinds(help: string): string[] {
  const offered = /--to\s+\[([^\]]+)\]/.exec(help)?.[1] ?? "json-schema";
  return offered.split("|").map((kind) => kind.trim()).filter((kind) => kind !== "");
}
