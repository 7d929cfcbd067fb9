/** The preview panel: what it stands at, and what it does about what happens around it. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { Asking } from "./asking";
import { type Changed, listenToServer } from "./changes";
import { follow, type Here } from "./follow";
import type { FromPage, Kept, ToPage } from "./messages";
import { page } from "./page";
import type { PreviewParams, PreviewResult } from "./protocol";
import { revealColumn } from "./reveal";

export const VIEW_TYPE = "specdsl.preview";

const AT_ONCE = 0;
const TYPING = 40;
const ELSEWHERE = 300;
const MOST_BACK = 50;
const CONTEXT_ROWS = 15; // above the row that a reference leads to

/** A stretch of a table; `table` undefined: the document's first. */
interface Place {
  readonly uri: string;
  readonly table: string | undefined;
  readonly first: number;
  readonly rows: number;
  readonly highlight: number | null;
}

export class PreviewPanel implements vscode.Disposable {
  private readonly asking: Asking;
  private readonly moreAsking: Asking;
  private readonly disposables: vscode.Disposable[] = [];
  private readonly past: Place[] = [];
  private place: Place;
  private pinned: boolean;
  private pageRows: number;
  private shown: PreviewResult | undefined;
  private isReady = false;

  constructor(
    readonly panel: vscode.WebviewPanel,
    extension: vscode.Uri,
    client: () => LanguageClient | undefined,
    log: vscode.LogOutputChannel,
    from: Kept,
  ) {
    this.place = { uri: from.uri, table: from.table || undefined, first: from.first, rows: from.pageRows, highlight: null };
    this.pinned = from.pinned;
    this.pageRows = from.pageRows;
    const trouble = (message: string): void => this.post({ type: "trouble", message });
    this.asking = new Asking(client, log, trouble);
    this.moreAsking = new Asking(client, log, trouble);
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extension, "dist"), vscode.Uri.joinPath(extension, "media")],
    };
    panel.iconPath = {
      light: vscode.Uri.joinPath(extension, "media", "preview-light.svg"),
      dark: vscode.Uri.joinPath(extension, "media", "preview-dark.svg"),
    };
    panel.webview.onDidReceiveMessage((message: FromPage) => this.receive(message), undefined, this.disposables);
    panel.onDidDispose(() => this.dispose(), undefined, this.disposables);
    panel.webview.html = page(panel.webview, extension);
    this.disposables.push(
      this.asking,
      this.moreAsking,
      listenToServer(
        client,
        (what) => this.changed(what),
        () => this.ask("again", AT_ONCE),
      ),
      follow((here) => this.follow(here)),
    );
    this.entitle();
  }

  dispose(): void {
    for (const one of this.disposables.splice(0)) {
      one.dispose();
    }
  }

  /** Shows a table because it was asked for. */
  show(uri: string, table: string | undefined): void {
    this.past.length = 0;
    this.turn({ uri, table, first: 0, rows: this.pageRows, highlight: null });
    this.panel.reveal(undefined, true);
  }

  // --- what happens around it --------------------------------------------------------------

  private follow({ uri, table }: Here): void {
    if (this.pinned || (uri === this.place.uri && (table === undefined || table === this.place.table))) {
      return;
    }
    this.past.length = 0;
    this.turn({ uri, table, first: 0, rows: this.pageRows, highlight: null }, TYPING);
  }

  private changed({ uri }: Changed): void {
    // Another file may be imported by this one.
    this.ask("again", uri === this.place.uri ? TYPING : ELSEWHERE);
  }

  // --- what the page wants ---------------------------------------------------------------------

  private receive(message: FromPage): void {
    switch (message.type) {
      case "ready":
        this.isReady = true;
        this.stand();
        this.ask("turn", AT_ONCE);
        break;
      case "table":
        this.remember();
        this.turn({ ...this.start, table: message.table });
        break;
      case "pageRows":
        this.pageRows = message.rows;
        this.turn({ ...this.place, first: this.place.first, rows: message.rows, highlight: null });
        break;
      case "more":
        this.more(message.first, message.rows);
        break;
      case "window":
        this.place = { ...this.place, first: message.first, rows: message.rows };
        break;
      case "follow": {
        this.remember(message.from);
        const first = Math.max(0, message.row - CONTEXT_ROWS);
        this.turn({ ...this.start, table: message.table, first, highlight: message.row });
        break;
      }
      case "back": {
        const before = this.past.pop();
        if (before !== undefined) {
          this.turn(before);
        }
        break;
      }
      case "pin":
        this.pinned = message.pinned;
        this.stand();
        break;
      case "copy":
        void vscode.env.clipboard.writeText(message.text);
        break;
      case "reveal":
        void revealColumn(this.shown, message.column);
        break;
    }
  }

  private get start(): Place {
    return { uri: this.place.uri, table: this.place.table, first: 0, rows: this.pageRows, highlight: null };
  }

  /** Puts where it stands on the way back, with the row that was looked at. */
  private remember(row?: number): void {
    this.past.push({ ...this.place, highlight: row ?? null });
    this.past.splice(0, this.past.length - MOST_BACK);
  }

  // --- asking ------------------------------------------------------------------------------

  private turn(place: Place, delay = AT_ONCE): void {
    this.place = place;
    this.stand();
    this.ask("turn", delay);
  }

  private ask(how: "turn" | "again", delay: number): void {
    if (!this.isReady) {
      return; // it asks as soon as it is
    }
    this.moreAsking.stop();
    // A turn that has not been answered yet stays one.
    this.pending = how === "turn" || this.pending === "turn" ? "turn" : "again";
    this.asking.ask(this.params(this.place), delay, (result) => this.answer(result));
  }

  private pending: "turn" | "again" | undefined;

  private answer(result: PreviewResult): void {
    const how = this.pending ?? "again";
    this.pending = undefined;
    if (result.table !== "" && this.place.table !== result.table) {
      this.place = { ...this.place, table: result.table };
    }
    if (result.state === "ok") {
      this.shown = result;
    }
    const highlight = how === "turn" ? this.place.highlight : null;
    this.post({ type: "rows", how, result, highlight });
    this.stand();
  }

  private more(first: number, rows: number): void {
    if (this.pending !== undefined) {
      return; // all is asked for anew
    }
    const version = this.shown?.version;
    this.moreAsking.ask(this.params({ ...this.place, first, rows }), AT_ONCE, (result) => {
      if (result.version === version) {
        this.post({ type: "rows", how: "more", result, highlight: null });
      } else {
        this.ask("again", AT_ONCE);
      }
    });
  }

  private params({ uri, table, first, rows }: Place): PreviewParams {
    return { textDocument: { uri }, ...(table === undefined ? {} : { table }), first, rows };
  }

  // --- telling -----------------------------------------------------------------------------

  private stand(): void {
    this.entitle();
    const { uri, table, first } = this.place;
    const canGoBack = this.past.length > 0;
    const { pinned, pageRows } = this;
    this.post({ type: "standing", standing: { uri, table: table ?? "", first, pinned, canGoBack, pageRows } });
  }

  private entitle(): void {
    const file = vscode.Uri.parse(this.place.uri).path.split("/").pop() ?? "";
    this.panel.title = this.place.table === undefined ? `Preview ${file}` : `Preview ${this.place.table}`;
  }

  private post(message: ToPage): void {
    if (this.isReady) {
      void this.panel.webview.postMessage(message);
    }
  }
}
