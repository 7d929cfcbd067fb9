// Bundles the extension and the page of the preview panel into dist/.
import { build } from "esbuild";

const production = process.argv.includes("--production");

const shared = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : "linked",
  logLevel: "warning",
  legalComments: "none",
};

await build({
  ...shared,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
});

await build({
  ...shared,
  entryPoints: ["src/preview/webview/main.ts"],
  outfile: "dist/preview.js",
  platform: "browser",
  format: "iife",
  target: "chrome120",
});
