// Pictures of the editor at work, in the default light and dark themes: artefacts of each run, and, with
// --screenshots, those of the extension's README.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { paths } from "../environment.mjs";
import { withPalette } from "../palette.mjs";
import { Preview } from "../preview.mjs";
import { SHOWN } from "../specs.mjs";

const THEMES = { light: "Light 2026", dark: "Dark 2026" };
const MOST_BYTES = 150_000;
const README = ["editor", "hover", "preview", "quickfix"];
const MISSPELT = SHOWN.replace("user_id.created_at", "user_id.creatd_at");

const settings = {
  "editor.minimap.enabled": false,
  "editor.fontSize": 14,
  "editor.fontFamily": "'DejaVu Sans Mono'",
  "editor.scrollBeyondLastLine": false,
  "editor.hover.delay": 100000, // the mouse shows nothing that was not asked for
  "window.menuBarVisibility": "hidden",
  "workbench.activityBar.location": "hidden",
  "workbench.layoutControl.enabled": false,
  "workbench.navigationControl.enabled": false,
  "window.commandCenter": false,
};

/** Saves a picture of a part of the window, and publishes it where that is asked for. */
async function picture(window, name, clip, options) {
  await window.settled();
  await window.screenshot(name, { clip });
  const [subject] = name.split("-");
  if (!options.screenshots || !README.includes(subject)) return;
  const folder = path.join(paths.extension, "media/screenshots");
  const small = await withPalette(window.page, readFileSync(path.join(paths.artifacts, `${name}.png`)));
  if (small.length > MOST_BYTES) throw new Error(`${name}.png has ${small.length} bytes, more than ${MOST_BYTES}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.png`), small);
}

/** The rectangle around elements of the page, with some room. */
async function around(locators, { top = 0, bottom = 0 }) {
  const boxes = await Promise.all(locators.map((locator) => locator.boundingBox()));
  const x = Math.max(0, Math.min(...boxes.map((box) => box.x)));
  const y = Math.max(0, Math.min(...boxes.map((box) => box.y)) - top);
  const end = Math.min(1280, Math.max(...boxes.map((box) => box.x + box.width)));
  const foot = Math.min(800, Math.max(...boxes.map((box) => box.y + box.height)) + bottom);
  return { x, y, width: end - x, height: foot - y };
}

const line = (window, text) => window.page.locator(".monaco-editor .view-line", { hasText: text }).first();

async function atWork({ window, page, options }, theme) {
  await window.press("Control+b"); // the explorer goes
  await window.untilKnown();
  await window.squiggle("error");
  await window.problems();
  await window.goTo("shop.dgen", "sigma: 0.8)|>");
  await picture(window, `editor-${theme}`, { x: 0, y: 0, width: 1280, height: 800 }, options);
  await window.press("Control+j"); // the panel goes

  await window.goTo("shop.dgen", "user_id.cre|>atd_at");
  await window.codeAction("created_at");
  const menu = page.locator(".action-widget").first();
  const shown = await around([line(window, "table"), menu], { top: 60, bottom: 20 });
  await picture(window, `quickfix-${theme}`, { ...shown, x: 0, width: 900 }, options);
  await (await window.codeAction("created_at")).click();
  await window.noSquiggle("error");

  await window.goTo("shop.dgen", "  a|>ge        int", SHOWN);
  const hover = await window.hover("users.age");
  const seen = await around([line(window, "People"), hover, line(window, "orders")], { top: 20, bottom: 30 });
  await picture(window, `hover-${theme}`, { ...seen, x: 0, width: 900 }, options);
  await window.press("Escape");

  await window.goTo("shop.dgen", "user_id.|>created_at +", SHOWN);
  await window.completion("created_at");
  const details = await window.details();
  await details.getByText(/\d{4}-\d{2}-\d{2}/).first().waitFor();
  await picture(window, `completion-${theme}`, { x: 0, y: 0, width: 1280, height: 800 }, options);
  await window.press("Escape");

  await window.goTo("shop.dgen", '"team"|>', SHOWN);
  const preview = await Preview.fromLens(window, "users");
  await preview.cell(0, "age").waitFor();
  await picture(window, `preview-${theme}`, { x: 0, y: 0, width: 1280, height: 800 }, options);
}

export const scenarios = Object.entries(THEMES).map(([theme, label]) => ({
  name: `pictures in the ${theme} theme`,
  files: { "shop.dgen": MISSPELT },
  open: "shop.dgen",
  settings: { ...settings, "workbench.colorTheme": label },
  limit: 120_000,
  run: (scene) => atWork(scene, theme),
}));
