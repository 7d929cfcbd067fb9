/** Hears from the server when the meaning of a document has changed, whichever server is running. */

import * as vscode from "vscode";
import { type LanguageClient, State } from "vscode-languageclient/node";

const LOOK = 500;

export interface Changed {
  readonly uri: string;
  readonly version: number | null;
}

/** Calls `changed` for each notice; `started` when another server runs than before. */
export function listenToServer(
  client: () => LanguageClient | undefined,
  changed: (what: Changed) => void,
  started: () => void,
): vscode.Disposable {
  let known: LanguageClient | undefined;
  let listening: vscode.Disposable | undefined;
  const look = (): void => {
    const present = client();
    if (present === known) {
      return;
    }
    listening?.dispose();
    known = present;
    if (present !== undefined) {
      const notices = present.onNotification("specdsl/changed", changed);
      const states = present.onDidChangeState(({ newState }) => {
        if (newState === State.Running) {
          started();
        }
      });
      listening = vscode.Disposable.from(notices, states);
      started();
    }
  };
  const timer = setInterval(look, LOOK);
  look();
  return new vscode.Disposable(() => {
    clearInterval(timer);
    listening?.dispose();
  });
}
