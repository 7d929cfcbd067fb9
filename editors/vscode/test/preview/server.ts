/** The language server itself, spoken to over its standard input and output. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { PreviewParams, PreviewResult } from "../../src/preview/protocol";

/** The root of the repository. The tests run in the extension's folder. */
export const ROOT = path.resolve(process.cwd(), "..", "..");

function python(): string {
  const own = path.join(ROOT, ".venv", "bin", "python");
  return process.env["SPECDSL_PYTHON"] ?? (existsSync(own) ? own : "python3");
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export class Server {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private buffer = Buffer.alloc(0);
  private last = 0;
  private version = 0;

  private constructor() {
    this.process = spawn(python(), ["-m", "specdsl", "lsp"], { stdio: ["pipe", "pipe", "ignore"] });
    this.process.stdout?.on("data", (data: Buffer) => this.receive(data));
  }

  static async start(): Promise<Server> {
    const server = new Server();
    const capabilities = { textDocument: {}, workspace: {} };
    const root = pathToFileURL(ROOT).toString();
    const workspaceFolders = [{ uri: root, name: "root" }];
    await server.ask("initialize", { processId: process.pid, rootUri: root, capabilities, workspaceFolders });
    server.tell("initialized", {});
    return server;
  }

  open(uri: string, text: string): void {
    this.version += 1;
    this.tell("textDocument/didOpen", { textDocument: { uri, languageId: "dgen", version: this.version, text } });
  }

  change(uri: string, text: string): void {
    this.version += 1;
    const textDocument = { uri, version: this.version };
    this.tell("textDocument/didChange", { textDocument, contentChanges: [{ text }] });
  }

  async preview(params: PreviewParams): Promise<PreviewResult> {
    return (await this.ask("specdsl/preview", params)) as PreviewResult;
  }

  async stop(): Promise<void> {
    await this.ask("shutdown", undefined);
    this.tell("exit", undefined);
  }

  private async ask(method: string, params: unknown): Promise<unknown> {
    this.last += 1;
    const id = this.last;
    const answer = new Promise<Message>((resolve) => this.waiting.set(id, resolve));
    this.send({ jsonrpc: "2.0", id, method, params });
    const { result, error } = await answer;
    if (error !== undefined) {
      throw new Error(`${method}: ${error.message}`);
    }
    return result;
  }

  private tell(method: string, params: unknown): void {
    this.send({ jsonrpc: "2.0", method, params });
  }

  private send(message: unknown): void {
    const body = Buffer.from(JSON.stringify(message));
    this.process.stdin?.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.process.stdin?.write(body);
  }

  private receive(data: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, data]);
    for (;;) {
      const end = this.buffer.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/i.exec(this.buffer.subarray(0, Math.max(end, 0)).toString())?.[1]);
      if (end < 0 || this.buffer.length < end + 4 + length) {
        return;
      }
      const message = JSON.parse(this.buffer.subarray(end + 4, end + 4 + length).toString()) as Message;
      this.buffer = this.buffer.subarray(end + 4 + length);
      if (message.method !== undefined && message.id !== undefined) {
        this.send({ jsonrpc: "2.0", id: message.id, result: null });
      } else if (message.id !== undefined) {
        this.waiting.get(message.id)?.(message);
        this.waiting.delete(message.id);
      }
    }
  }
}
