/** The command line of the installation whose server runs. */
import { dirname } from "node:path";
import * as vscode from "vscode";
import { type Outcome, run } from "../process/run";
import { folderOf } from "../settings";
import { invocation } from "../server/installation";
import type { Server } from "../server/server";
import { isTrusted } from "./trust";

export interface Call {
  /** What the progress notification says. */
  readonly title: string;
  readonly args: readonly string[];
  /** The file that it is about. */
  readonly about?: vscode.Uri;
  /** Told of each line of standard error; what it returns is shown, with how much of the whole (in per cent) is done. */
  readonly progress?: (line: string) => { readonly message?: string; readonly increment?: number } | undefined;
  /** It takes no time worth a notification. */
  readonly isBrief?: boolean;
  /** Standard output is for the program, not for the log. */
  readonly isQuiet?: boolean;
}

export class Tool {
  constructor(
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Run a command of specdsl, with progress and cancellation. Undefined where there is no specdsl, or it was cancelled. */
  async run(call: Call): Promise<Outcome | undefined> {
    if (!isTrusted()) return undefined;
    const installation = await this.server.installation();
    if (installation === undefined) {
      await this.server.restart("a command needs it");
      if (this.server.state.kind === "missing") return undefined;
      return this.server.state.kind === "running" ? this.run(call) : undefined;
    }
    const what = invocation(installation, ...call.args);
    this.log.info(`> specdsl ${call.args.join(" ")}`);
    const location = call.isBrief === true ? vscode.ProgressLocation.Window : vscode.ProgressLocation.Notification;
    const options = { location, title: call.title, cancellable: call.isBrief !== true };
    const outcome = await vscode.window.withProgress(options, (progress, token) =>
      run(what, {
        cwd: folderOf(call.about)?.uri.fsPath ?? (call.about && dirname(call.about.fsPath)),
        onLine: (line) => {
          this.log.info(line);
          const step = call.progress?.(line);
          if (step !== undefined) progress.report(step);
        },
        cancelled: (stop) => token.onCancellationRequested(stop),
      }),
    );
    if (call.isQuiet !== true) for (const line of outcome.stdout.trimEnd().split("\n")) this.log.info(line);
    if (outcome.wasCancelled) {
      this.log.info("cancelled");
      return undefined;
    }
    return outcome;
  }

  /** Tell that a command has failed: its first line, and where there is more. */
  async complain(what: string, outcome: Outcome): Promise<void> {
    const reason = outcome.failure ?? firstError(outcome.stderr) ?? firstError(outcome.stdout) ?? "the output says why";
    const button = await vscode.window.showErrorMessage(`${what}: ${reason}`, "Show Output");
    if (button !== undefined) this.log.show(true);
  }
}

/** `error[DG203]: there is no type...`, without what comes before the colon; undefined where nothing says so. */
export function firstError(text: string): string | undefined {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => /^(?:error|internal error)\b.*?:/.test(line));
  const found = at < 0 ? undefined : /^[a-z ]+(?:\[(DG\d{3})\])?: (.*)$/.exec(lines[at] ?? "");
  if (!found) return text.trim() === "" ? undefined : lines.find((line) => line.trim() !== "")?.trim();
  const more = lines.slice(at + 1).find((line) => line.startsWith("  help: "));
  const help = more === undefined ? "" : ` (${more.slice("  help: ".length)})`;
  return `${found[2] ?? ""}${found[1] === undefined ? help : ` (${found[1]})`}`;
}
