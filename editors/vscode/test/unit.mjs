// Bundles test/unit/*.test.ts and test/preview/*.test.ts, and runs them with node's test runner.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "out/unit");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const folders = process.argv.slice(2);
const sources = (folders.length > 0 ? folders : ["test/unit"]).flatMap((folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder)).filter((name) => name.endsWith(".test.ts")).map((name) => join(root, folder, name))
    : [],
);
await build({
  entryPoints: sources,
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  packages: "external",
  external: ["vscode"],
  logLevel: "warning",
});
const files = readdirSync(out).filter((name) => name.endsWith(".mjs")).map((name) => join(out, name));
process.exit(spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { stdio: "inherit" }).status ?? 1);
