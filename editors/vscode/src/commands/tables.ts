import * as vscode from "vscode";
import type { Server } from "../server/server";

export interface TableSize {
  readonly name: string;
  readonly rows: number | null;
}

/** What tables a spec has, as the server sees it. */
export class Tables {
  constructor(private readonly server: Server) {}

  /** The tables of a spec with their numbers of rows; none where there is no server to say. */
  async of(spec: vscode.Uri): Promise<readonly TableSize[]> {
    const { client } = this.server;
    if (client === undefined) return [];
    const uri = client.code2ProtocolConverter.asUri(spec);
    try {
      const answer = await client.sendRequest<{ tables?: TableSize[] } | null>("specdsl/preview", {
        textDocument: { uri },
        rows: 1,
      });
      return answer?.tables ?? [];
    } catch {
      return [];
    }
  }
}
