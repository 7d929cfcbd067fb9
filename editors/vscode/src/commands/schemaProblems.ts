import { stat } from "node:fs/promises";
import * as vscode from "vscode";
import { withExplanations } from "../explain/links";
import type { Finding } from "./importReport";

const SEVERITIES: Readonly<Record<Finding["severity"], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  hint: vscode.DiagnosticSeverity.Information,
};

/** What imports had to say of schemas, at their lines, until the next import of the file or until it changes. */
export class SchemaProblems implements vscode.Disposable {
  private readonly shown = vscode.languages.createDiagnosticCollection("specdsl import");
  private readonly watchers = new Map<string, vscode.Disposable>();
  private readonly edits = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length > 0) this.clear(document.uri);
  });

  async show(schema: vscode.Uri, findings: readonly Finding[]): Promise<void> {
    this.clear(schema);
    if (findings.length === 0) return;
    this.shown.set(schema, findings.map(diagnostic));
    await this.watch(schema);
  }

  clear(schema: vscode.Uri): void {
    const key = schema.toString();
    this.shown.delete(schema);
    this.watchers.get(key)?.dispose();
    this.watchers.delete(key);
  }

  /** Another program may change the file, and it need not be open. What is told late of the time before does not count. */
  private async watch(schema: vscode.Uri): Promise<void> {
    const imported = await changedAt(schema.fsPath);
    const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(schema, ".."), schema.path.replace(/^.*\//, ""));
    const watcher = vscode.workspace.createFileSystemWatcher(pattern, true);
    watcher.onDidDelete(() => this.clear(schema));
    watcher.onDidChange(async () => {
      if ((await changedAt(schema.fsPath)) !== imported) this.clear(schema);
    });
    this.watchers.get(schema.toString())?.dispose();
    this.watchers.set(schema.toString(), watcher);
  }

  dispose(): void {
    this.edits.dispose();
    this.shown.dispose();
    for (const watcher of this.watchers.values()) watcher.dispose();
  }
}

/** When a file was written last; undefined where there is none. */
export async function changedAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return undefined;
  }
}

function diagnostic(finding: Finding): vscode.Diagnostic {
  const start = new vscode.Position(finding.line, finding.column);
  const range = new vscode.Range(start, start.translate(0, finding.length));
  const made = new vscode.Diagnostic(range, finding.message, SEVERITIES[finding.severity]);
  made.source = "specdsl import";
  if (finding.code !== undefined) made.code = finding.code;
  return withExplanations(made);
}
