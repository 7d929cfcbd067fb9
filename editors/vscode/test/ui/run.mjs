// Runs the scenarios in a real VS Code: node run.mjs [--only WORD] [--once] [--vsix FILE] [--screenshots]
//
// --only runs those with WORD in their name; --once gives none a second try; --vsix installs that package instead of building one;
// --screenshots renews the pictures of the extension's README. One window at a time: they would share a clipboard.
//
// Exit status: 0 all passed; 1 some failed; 3 no Chromium, nothing was run.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { CodeServer } from "./codeserver.mjs";
import { browserType, environment, NO_CHROMIUM, paths, python } from "./environment.mjs";
import { extensionPackage } from "./package.mjs";
import { scenarios, Skipped } from "./scenario.mjs";
import { Window } from "./window.mjs";
import { virtualEnvironment, Workspace } from "./workspace.mjs";

const LIMIT = 60_000; // milliseconds for one scenario

const { values: options } = parseArgs({
  options: { only: { type: "string" }, once: { type: "boolean" }, vsix: { type: "string" }, screenshots: { type: "boolean" } },
});
process.exitCode = await main();

async function main() {
  const programs = environment();
  if (programs.status === NO_CHROMIUM) {
    console.log("SKIPPED: the tests in VS Code need Chromium");
    return NO_CHROMIUM;
  }
  const folder = mkdtempSync(path.join(tmpdir(), "specdsl-ui-"));
  const world = { folder, programs, options };
  const stop = async () => {
    await world.browser?.close().catch(() => undefined);
    await world.server?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => stop().then(() => process.exit(1)));
  try {
    clearArtifacts();
    world.environment = path.join(folder, "environment");
    virtualEnvironment(python(), world.environment);
    const vsix = options.vsix ?? extensionPackage();
    world.server = await CodeServer.start(programs, folder, vsix);
    world.browser = await browserType(programs.playwright).launch({
      executablePath: programs.chromium,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    });
    // One profile for all, as a person has: the browser need not compile VS Code's scripts again for each window.
    world.context = await world.browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    return await runAll(world);
  } finally {
    await stop();
  }
}

async function runAll(world) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const skipped = [];
  for (const scenario of (await scenarios()).filter(({ name }) => !options.only || name.includes(options.only))) {
    const start = Date.now();
    let { verdict, detail } = await runOne(world, scenario);
    if (verdict === "failed" && !options.once) {
      // A browser on a busy machine can miss a moment: what fails twice has failed.
      console.log(`again    ${scenario.name}\n${detail.replace(/^/gm, "         ")}`);
      ({ verdict, detail } = await runOne(world, scenario, "again-"));
    }
    counts[verdict] += 1;
    console.log(`${verdict.padEnd(8)} ${scenario.name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    if (detail) console.log(detail.replace(/^/gm, "         "));
    if (verdict === "skipped") skipped.push(`NOT TRIED: ${scenario.name}: ${detail}`);
  }
  for (const line of skipped) console.log(line);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

async function runOne(world, scenario, before = "") {
  const page = await world.context.newPage();
  page.setDefaultTimeout(15_000);
  let window;
  const slug = before + scenario.name.replaceAll(/\W+/g, "-");
  let timer;
  try {
    const files = scenario.files ?? {};
    const workspace = new Workspace(path.join(world.folder, "workspaces", slug, "shop"), files, {
      environment: scenario.environment === false ? undefined : world.environment,
      settings: scenario.settings,
    });
    scenario.skip?.(workspace);
    scenario.prepare?.(workspace);
    world.server.configure(scenario.user?.(world.environment) ?? {});
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not finished after ${LIMIT / 1000} s`)), scenario.limit ?? LIMIT);
    });
    const work = async () => {
      window = await Window.open(world.server, page, workspace, scenario.open);
      await scenario.run({ window, page, workspace, options });
    };
    await Promise.race([work(), late]);
    return { verdict: "passed" };
  } catch (error) {
    if (error instanceof Skipped) return { verdict: "skipped", detail: error.message };
    await window?.keep(slug).catch((why) => console.log(`         no picture: ${why.message}`));
    keepLogs(world.server.logs, slug);
    return { verdict: "failed", detail: `${error.stack ?? error}\nsee ${path.join(paths.artifacts, slug)}.*` };
  } finally {
    clearTimeout(timer);
    await page.close().catch(() => undefined);
  }
}

/** Copies what the extension and its server said of late beside the picture of a failure. */
function keepLogs(folder, slug) {
  const logs = readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, name))
    .filter((name) => name.endsWith(".log") && /specdsl|remoteexthost/i.test(path.relative(folder, name)))
    .map((name) => ({ name, time: statSync(name).mtimeMs, text: readFileSync(name, "utf8") }))
    .filter(({ text }) => text)
    .sort((one, other) => other.time - one.time);
  const parts = logs.slice(0, 4).map(({ name, text }) => `== ${path.relative(folder, name)}\n${text}`);
  writeFileSync(path.join(paths.artifacts, `${slug}.log`), parts.join("\n"));
}

function clearArtifacts() {
  for (const name of readdirSync(paths.artifacts)) {
    if (name !== ".gitignore") rmSync(path.join(paths.artifacts, name), { recursive: true });
  }
}
