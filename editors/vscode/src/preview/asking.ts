/** Asking the server for rows: one question at a time, each makes the one before it void. */

import * as vscode from "vscode";
import { type LanguageClient, State } from "vscode-languageclient/node";
import type { PreviewParams, PreviewResult } from "./protocol";

const RETRY = 400;

export class Asking implements vscode.Disposable {
  private timer: NodeJS.Timeout | undefined;
  private cancelling: vscode.CancellationTokenSource | undefined;
  private number = 0;

  constructor(
    private readonly client: () => LanguageClient | undefined,
    private readonly log: vscode.LogOutputChannel,
    private readonly trouble: (message: string) => void,
  ) {}

  /** Asks after `delay` milliseconds, unless something else is asked until then. Waits for the server. */
  ask(params: PreviewParams, delay: number, answer: (result: PreviewResult) => void): void {
    this.stop();
    const number = this.number;
    this.timer = setTimeout(() => void this.send(params, answer, number), delay);
  }

  /** Forgets what was asked. */
  stop(): void {
    this.number += 1;
    clearTimeout(this.timer);
    this.cancelling?.cancel();
    this.cancelling?.dispose();
    this.cancelling = undefined;
  }

  dispose(): void {
    this.stop();
  }

  private async send(
    params: PreviewParams,
    answer: (result: PreviewResult) => void,
    number: number,
  ): Promise<void> {
    const client = this.client();
    if (client === undefined || client.state !== State.Running) {
      this.trouble("The language server is not running");
      this.timer = setTimeout(() => void this.send(params, answer, number), RETRY);
      return;
    }
    const cancelling = new vscode.CancellationTokenSource();
    this.cancelling = cancelling;
    try {
      const result = await client.sendRequest<PreviewResult>("specdsl/preview", params, cancelling.token);
      if (number === this.number) {
        answer(result);
      }
    } catch (error) {
      if (number === this.number) {
        const message = error instanceof Error ? error.message : String(error);
        this.log.warn(`preview: ${message}`);
        this.trouble(message);
      }
    }
  }
}
