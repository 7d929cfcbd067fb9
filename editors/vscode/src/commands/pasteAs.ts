/** "Paste JSON as Tables" among what VS Code offers after a paste (Paste As…), where it knows such offers: from 1.97 on. */
import * as vscode from "vscode";
import { SELECTOR } from "../server/client";
import type { Server } from "../server/server";
import { rangeOf, tablesOfJson } from "./pasting";

// The part of the API of 1.97 that is used: the extension is made for older ones too.
interface Kind {
  append(...parts: string[]): Kind;
}
interface PasteEdit {
  additionalEdit?: vscode.WorkspaceEdit;
  yieldTo?: readonly Kind[];
}
interface Provider {
  provideDocumentPasteEdits(
    document: vscode.TextDocument,
    ranges: readonly vscode.Range[],
    transfer: vscode.DataTransfer,
    context: unknown,
    token: vscode.CancellationToken,
  ): Promise<PasteEdit[] | undefined>;
}
interface Pasting {
  readonly DocumentPasteEdit?: new (text: string, title: string, kind: Kind) => PasteEdit;
  readonly DocumentDropOrPasteEditKind?: { readonly Empty: Kind; readonly Text: Kind };
  readonly languages: {
    registerDocumentPasteEditProvider?(
      selector: vscode.DocumentSelector,
      provider: Provider,
      metadata: { providedPasteEditKinds: readonly Kind[]; pasteMimeTypes: readonly string[] },
    ): vscode.Disposable;
  };
}

const PLAIN = "text/plain";
const LIKE_JSON = /^\s*[[{][^]*[\]}]\s*$/;

/** Registers the offer; nothing where this VS Code has no such thing. */
export function offerToPasteJson(server: Server): vscode.Disposable {
  const { DocumentPasteEdit, DocumentDropOrPasteEditKind: kinds, languages } = vscode as unknown as Pasting;
  if (DocumentPasteEdit === undefined || kinds === undefined) return new vscode.Disposable(() => undefined);
  const kind = kinds.Empty.append("specdsl", "json");
  const provider: Provider = {
    async provideDocumentPasteEdits(document, [range], transfer, _context, token) {
      const text = (await transfer.get(PLAIN)?.asString()) ?? "";
      if (range === undefined || !LIKE_JSON.test(text)) return undefined;
      const found = await tablesOfJson(server, document, range.start, text, token);
      if (found === undefined || found.edit === null) return undefined;
      const made = new DocumentPasteEdit("", "Paste JSON as Tables", kind);
      made.additionalEdit = new vscode.WorkspaceEdit();
      made.additionalEdit.replace(document.uri, rangeOf(found.edit), found.edit.newText);
      made.yieldTo = [kinds.Text];
      return [made];
    },
  };
  const metadata = { providedPasteEditKinds: [kind], pasteMimeTypes: [PLAIN] };
  return languages.registerDocumentPasteEditProvider?.(SELECTOR, provider, metadata) ?? new vscode.Disposable(() => undefined);
}
