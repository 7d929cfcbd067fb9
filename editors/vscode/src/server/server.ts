/** The one server of this window: found, started, started anew, stopped, one after the other. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { serverSettings, SECTION, folderOf } from "../settings";
import { createClient } from "./client";
import { discover } from "./discovery";
import type { Installation } from "./installation";
import type { PythonExtension } from "./pythonExtension";

export type ServerState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting"; readonly installation?: Installation }
  | { readonly kind: "running"; readonly installation: Installation }
  /** `target`: the interpreter whose environment can be installed into. */
  | { readonly kind: "missing"; readonly message: string; readonly target?: string }
  | { readonly kind: "failed"; readonly message: string; readonly installation: Installation };

/** A server that ends this often within this time has a reason to: it is left alone then. */
const MOST_ENDS = 3;
const WITHIN = 180_000;
const PATIENCE = 3_000;

export class Server implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ServerState>();
  readonly onDidChange = this.changed.event;
  private current: ServerState = { kind: "stopped" };
  private running: LanguageClient | undefined;
  private queue: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | undefined;
  private ends: number[] = [];
  private isDisposed = false;

  constructor(
    private readonly python: PythonExtension,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get state(): ServerState {
    return this.current;
  }

  /** The client, while the server runs. */
  get client(): LanguageClient | undefined {
    return this.current.kind === "running" ? this.running : undefined;
  }

  /** The specdsl that commands run; looked for where no server runs. */
  async installation(): Promise<Installation | undefined> {
    await this.queue;
    return "installation" in this.current ? this.current.installation : undefined;
  }

  /**
   * Start, or start anew. Resolves when that is done, well or not: `state` tells. Restarts that are asked for while
   * one waits for its turn are that one.
   */
  restart(reason: string): Promise<void> {
    if (this.isDisposed) return Promise.resolve();
    if (this.waiting !== undefined) return this.waiting;
    this.log.info(`starting the server: ${reason}`);
    const turn = this.queue.then(async () => {
      this.waiting = undefined;
      await this.stop();
      await this.start();
    });
    this.waiting = turn;
    this.queue = turn.catch((error: unknown) => this.log.error(String(error)));
    return this.queue;
  }

  /** Tell the server that settings have changed which it reads. */
  async configure(): Promise<void> {
    const settings = { [SECTION]: serverSettings(folderOf()?.uri) };
    await this.client?.sendNotification("workspace/didChangeConfiguration", { settings });
  }

  private async start(): Promise<void> {
    if (this.isDisposed) return;
    this.become({ kind: "starting" });
    const { found, message, target } = await discover(this.python, this.log);
    if (found === undefined) {
      this.become({ kind: "missing", message, ...(target === undefined ? {} : { target }) });
      return;
    }
    this.log.info(`specdsl ${found.version}, ${found.program} (${found.source})`);
    this.become({ kind: "starting", installation: found });
    const client: LanguageClient = createClient(found, this.log, () => this.ended(client, found));
    this.running = client;
    try {
      await client.start();
      this.become({ kind: "running", installation: found });
    } catch (error) {
      this.running = undefined;
      await disposed(client);
      this.failed(found, `the server did not start: ${reasonOf(error)}`);
    }
  }

  private async stop(): Promise<void> {
    const client = this.running;
    this.running = undefined;
    if (client === undefined) return;
    this.become({ kind: "stopped" });
    await disposed(client);
  }

  /** The server has ended by itself. */
  private ended(client: LanguageClient, installation: Installation): void {
    if (this.isDisposed || this.running !== client || this.current.kind !== "running") return;
    this.failed(installation, "the server has ended unexpectedly, again and again: it is not started any more");
  }

  /** Start anew, unless that has been in vain often enough: then `message` is told. */
  private failed(installation: Installation, message: string): void {
    this.log.warn("the server has ended unexpectedly, or did not start");
    const now = Date.now();
    this.ends = [...this.ends.filter((end) => now - end < WITHIN), now];
    if (this.ends.length <= MOST_ENDS) {
      this.become({ kind: "starting", installation });
      void this.restart("it has ended unexpectedly");
    } else {
      this.ends = [];
      this.become({ kind: "failed", message, installation });
    }
  }

  private become(state: ServerState): void {
    this.current = state;
    if (!this.isDisposed) this.changed.fire(state);
  }

  /** Stop for good. */
  async close(): Promise<void> {
    this.isDisposed = true;
    await this.queue;
    const client = this.running;
    this.running = undefined;
    if (client !== undefined) await disposed(client);
  }

  dispose(): void {
    void this.close();
    this.changed.dispose();
  }
}

async function disposed(client: LanguageClient): Promise<void> {
  try {
    await client.dispose(PATIENCE);
  } catch {
    // It had not started, or did not answer in time; its process is ended all the same.
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
