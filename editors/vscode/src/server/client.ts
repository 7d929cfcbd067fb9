import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
} from "vscode-languageclient/node";
import { environment } from "../process/run";
import { folderOf, SECTION, serverSettings } from "../settings";
import { withExplanations } from "../explain/links";
import { type Installation, invocation } from "./installation";

/** What the server may name in code lenses. */
const COMMANDS = ["specdsl.preview", "specdsl.build", "specdsl.showReferences"];

export const SELECTOR = [
  { scheme: "file", language: "dgen" },
  { scheme: "untitled", language: "dgen" },
];

/** A client whose troubles go to the log only: the user is told of them once, by `complaints.ts`. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** A client for an installation's server; `closed` is called when the server has ended without being asked to. */
export function createClient(
  installation: Installation,
  log: vscode.LogOutputChannel,
  closed: () => void,
): LanguageClient {
  const { command, args } = invocation(installation, "lsp");
  const cwd = folderOf()?.uri.fsPath;
  const options = { env: environment() as Record<string, string>, ...(cwd === undefined ? {} : { cwd }) };
  return new QuietClient(SECTION, "specdsl", { command, args: [...args], options }, clientOptions(log, closed));
}

function clientOptions(log: vscode.LogOutputChannel, closed: () => void): LanguageClientOptions {
  return {
    documentSelector: SELECTOR,
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: () => ({
      commands: COMMANDS,
      trusted: vscode.workspace.isTrusted,
      settings: serverSettings(folderOf()?.uri),
    }),
    initializationFailedHandler: () => false,
    // A server that ends is started anew by the queue of restarts, which knows what else is going on.
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        closed();
        return { action: CloseAction.DoNotRestart, handled: true, message: "the server has ended" };
      },
    },
    stdioOptions: {
      stdout: (input) => input.resume(),
      // What matters comes as messages of the protocol.
      stderr: (input) => input.setEncoding("utf8").on("data", (text: string) => log.debug(text.trimEnd())),
    },
    diagnosticPullOptions: { onChange: true, onSave: false },
    middleware: {
      workspace: {
        configuration: (params, token, next) => {
          if (params.items.some((item) => item.section !== SECTION)) return next(params, token);
          return params.items.map((item) =>
            serverSettings(item.scopeUri === undefined ? folderOf()?.uri : vscode.Uri.parse(item.scopeUri)),
          );
        },
      },
      handleDiagnostics: (uri, diagnostics, next) => next(uri, diagnostics.map(withExplanations)),
      provideDiagnostics: async (document, previous, token, next) => {
        const report = await next(document, previous, token);
        return report && "items" in report ? { ...report, items: report.items.map(withExplanations) } : report;
      },
      provideWorkspaceDiagnostics: (previous, token, reporter, next) =>
        next(previous, token, (chunk) =>
          reporter(
            chunk && {
              items: chunk.items.map((report) =>
                "items" in report ? { ...report, items: report.items.map(withExplanations) } : report,
              ),
            },
          ),
        ),
    },
  };
}
