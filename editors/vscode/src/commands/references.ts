import * as vscode from "vscode";
import type { LanguageClient, Location, Position } from "vscode-languageclient/node";

/** Show the references that a code lens counts. */
export async function showReferences(
  client: LanguageClient | undefined,
  uri: string,
  position: Position,
  locations: Location[],
): Promise<void> {
  if (client === undefined) return;
  const { protocol2CodeConverter: converter } = client;
  await vscode.commands.executeCommand(
    "editor.action.showReferences",
    converter.asUri(uri),
    converter.asPosition(position),
    locations.map((location) => converter.asLocation(location)),
  );
}
