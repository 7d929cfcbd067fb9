/** The HTML of the panel: no scripts and styles but the extension's own, nothing from elsewhere. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { BODY } from "./body";

export function page(webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = randomBytes(18).toString("base64url");
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extension, "dist", "preview.js"));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(extension, "media", "preview.css"));
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style.toString()}">
<title>Preview</title>
</head>
<body>
${BODY}
<script nonce="${nonce}" src="${script.toString()}"></script>
</body>
</html>`;
}
