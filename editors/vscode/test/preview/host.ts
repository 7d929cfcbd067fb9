/** The page of the panel in a browser, with rows from the language server: what the extension does, in short. */

import { readFileSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { BODY } from "../../src/preview/body";
import type { FromPage, ToPage } from "../../src/preview/messages";
import type { PreviewResult } from "../../src/preview/protocol";
import type { Server } from "./server";
import { type Theme, THEMES } from "./themes";

export class Host {
  readonly said: FromPage[] = [];
  state: unknown;
  private table = "";
  private first = 0;
  private rows = 50;
  private pinned = false;

  private constructor(
    readonly page: Page,
    private readonly server: Server,
    private readonly uri: string,
  ) {}

  static async open(browser: Browser, server: Server, uri: string, theme: Theme, table = ""): Promise<Host> {
    const page = await browser.newPage({ viewport: { width: 1_000, height: 640 } });
    const host = new Host(page, server, uri);
    host.table = table;
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") {
        errors.push(message.text());
      }
    });
    host.errors = errors;
    await page.exposeFunction("toHost", (message: FromPage) => host.receive(message));
    await page.exposeFunction("keepState", (state: unknown) => {
      host.state = state;
    });
    await page.setContent(html(theme), { waitUntil: "load" });
    return host;
  }

  errors: string[] = [];

  /** Asks again, as after a change of the text. */
  async again(): Promise<void> {
    await this.send("again", await this.ask());
  }

  async trouble(message: string): Promise<void> {
    await this.post({ type: "trouble", message });
  }

  private async ask(first = this.first, rows = this.rows): Promise<PreviewResult> {
    const table = this.table === "" ? {} : { table: this.table };
    const result = await this.server.preview({ textDocument: { uri: this.uri }, ...table, first, rows });
    this.table = result.table;
    return result;
  }

  private async send(how: "turn" | "again" | "more", result: PreviewResult, highlight: number | null = null): Promise<void> {
    const { uri, table, first, pinned } = this;
    await this.post({ type: "standing", standing: { uri, table, first, pinned, canGoBack: true, pageRows: 50 } });
    await this.post({ type: "rows", how, result, highlight });
  }

  private async post(message: ToPage): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data, "*"), message);
  }

  private async receive(message: FromPage): Promise<void> {
    this.said.push(message);
    switch (message.type) {
      case "ready":
        await this.send("turn", await this.ask());
        break;
      case "table":
        [this.table, this.first, this.rows] = [message.table, 0, 50];
        await this.send("turn", await this.ask());
        break;
      case "follow":
        [this.table, this.first] = [message.table, Math.max(0, message.row - 15)];
        await this.send("turn", await this.ask(), message.row);
        break;
      case "more":
        await this.send("more", await this.ask(message.first, message.rows));
        break;
      case "window":
        [this.first, this.rows] = [message.first, message.rows];
        break;
      case "pin":
        this.pinned = message.pinned;
        await this.again();
        break;
      default:
        break;
    }
  }
}

function html(theme: Theme): string {
  const { class: name, colors } = THEMES[theme];
  const variables = Object.entries(colors).map(([key, value]) => `--vscode-${key}: ${value};`);
  const style = readFileSync(path.join("media", "preview.css"), "utf8");
  const script = readFileSync(path.join("dist", "preview.js"), "utf8");
  return `<!DOCTYPE html><html lang="en" style="${variables.join(" ").replaceAll('"', "&quot;")}">
<head><meta charset="utf-8"><title>Preview</title><style>${style}</style></head>
<body class="${name}">${BODY}
<script>
  window.acquireVsCodeApi = () => ({ postMessage: (m) => window.toHost(m), setState: (s) => window.keepState(s), getState: () => undefined });
</script>
<script>${script.replaceAll("</script", "<\\/script")}</script></body></html>`;
}
