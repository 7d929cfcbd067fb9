import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { Host } from "./host";
import { ROOT, Server } from "./server";
import { type Theme, THEMES } from "./themes";

const CHROMIUM = process.env["CHROMIUM"] ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);
const PICTURES = process.env["PREVIEW_PICTURES"] ?? path.join("out", "preview");
const SHOP = path.join(ROOT, "examples", "shop", "shop.dgen");
const URI = pathToFileURL(SHOP).toString();
const TEXT = readFileSync(SHOP, "utf8");

let server: Server;
let browser: Browser;

before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  server = await Server.start();
  server.open(URI, TEXT);
  browser = await chromium.launch({
    ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
    args: ["--no-sandbox", "--disable-gpu"],
  });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function shown(table: string, theme: Theme = "dark"): Promise<Host> {
  server.change(URI, TEXT);
  const host = await Host.open(browser, server, URI, theme, table);
  await host.page.waitForSelector("[data-row]");
  return host;
}

function cell(row: number, column: string): string {
  return `[data-row="${row}"][data-column="${column}"]`;
}

async function done(host: Host): Promise<void> {
  assert.deepEqual(host.errors, []);
  await host.page.close();
}

for (const theme of Object.keys(THEMES) as Theme[]) {
  test(`pictures in the ${theme} theme`, async () => {
    for (const table of ["users", "orders", "products"]) {
      const host = await shown(table, theme);
      await host.page.screenshot({ path: path.join(PICTURES, `${table}-${theme}.png`) });
      await done(host);
    }
    const host = await shown("users", theme);
    const { page } = host;
    await page.click(cell(2, "age"));
    await page.click(cell(6, "device"), { modifiers: ["Shift"] });
    await page.click(cell(4, "country"), { button: "right" });
    await page.screenshot({ path: path.join(PICTURES, `menu-${theme}.png`) });
    await page.keyboard.press("Escape");
    server.change(URI, TEXT.replace("mean: 38, sd: 12", "mean: "));
    await host.again();
    await page.screenshot({ path: path.join(PICTURES, `left-out-${theme}.png`) });
    server.change(URI, TEXT.replace("table users 10_000 {", "table users nothing {"));
    await host.again();
    await page.screenshot({ path: path.join(PICTURES, `broken-${theme}.png`) });
    await done(host);
  });
}

test("rows are those of the server, null and numbers are told apart", async () => {
  const host = await shown("users");
  const { page } = host;
  const told = await server.preview({ textDocument: { uri: URI }, table: "users", rows: 10 });
  for (const [at, column] of told.columns.entries()) {
    for (let row = 0; row < 10; row += 1) {
      const found = page.locator(cell(row, column.name));
      const wanted = told.rows[row]?.[at] ?? null;
      assert.equal(await found.textContent(), wanted ?? "");
      assert.equal((await found.getAttribute("data-null")) === "true", wanted === null);
    }
  }
  assert.equal(await page.textContent('[data-testid="preview-count"]'), "First 50 of 10,000 rows");
  const align = await page.locator(cell(0, "age")).evaluate((one) => getComputedStyle(one).textAlign);
  assert.equal(align, "right");
  assert.deepEqual(await page.locator("[data-header]").evaluateAll((all) => all.map((one) => one.getAttribute("data-header"))), told.columns.map((column) => column.name));
  await done(host);
});

test("a header sorts the rows loaded: ascending, descending, as made", async () => {
  const host = await shown("users");
  const { page } = host;
  const ages = async (): Promise<number[]> => {
    const all = await page.locator('.row [data-column="age"]').evaluateAll((found) =>
      found.map((one) => [Number(one.closest<HTMLElement>(".row")?.dataset["place"]), Number(one.textContent)] as const),
    );
    return all.sort((a, b) => a[0] - b[0]).map((one) => one[1]);
  };
  const made = await ages();
  const header = page.locator('[data-header="age"]');
  await header.click();
  const ascending = await ages();
  assert.deepEqual(ascending, [...ascending].sort((a, b) => a - b));
  assert.equal(await header.getAttribute("aria-sort"), "ascending");
  assert.match((await page.textContent('[data-testid="preview-note"]')) ?? "", /Sorted by age, ascending, among the 50 rows loaded/);
  await page.waitForTimeout(600); // else the next click is the second of a double-click
  await header.click();
  const descending = await ages();
  assert.deepEqual(descending, [...descending].sort((a, b) => b - a));
  await page.waitForTimeout(600);
  await header.click();
  assert.deepEqual(await ages(), made);
  assert.ok(await page.locator('[data-testid="preview-note"]').isHidden());
  await done(host);
});

test("a double-click on a header goes to the text and does not sort", async () => {
  const host = await shown("users");
  await host.page.dblclick('[data-header="age"]');
  assert.deepEqual(host.said.at(-1), { type: "reveal", column: "age" });
  assert.equal(await host.page.getAttribute('[data-header="age"]', "aria-sort"), "none");
  await done(host);
});

test("a reference leads to the parent's row", async () => {
  const host = await shown("orders");
  const { page } = host;
  const key = await page.textContent(cell(7, "user_id"));
  await page.click(`${cell(7, "user_id")} .parent`);
  await page.waitForSelector(".row.marked");
  assert.equal(await page.inputValue('[data-testid="preview-table"]'), "users");
  assert.equal(await page.textContent(".row.marked [data-column='id']"), key);
  assert.ok(await page.locator(".row.marked").isVisible());
  await done(host);
});

test("more rows come as one scrolls, and few are in the page", async () => {
  const host = await shown("orders");
  const { page } = host;
  for (let turn = 0; turn < 6; turn += 1) {
    await page.locator('[data-testid="preview-grid"]').evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
    await page.waitForTimeout(150);
  }
  const count = (await page.textContent('[data-testid="preview-count"]')) ?? "";
  const loaded = Number(/First (\d+) of/.exec(count)?.[1]);
  assert.ok(loaded >= 200, count);
  assert.ok((await page.locator(".row").count()) < 90);
  const last = await page.locator(".row").last().locator("[data-row]").first().getAttribute("data-row");
  const told = await server.preview({ textDocument: { uri: URI }, table: "orders", first: Number(last), rows: 1 });
  assert.equal(await page.textContent(cell(Number(last), "id")), told.rows[0]?.[0]);
  await done(host);
});

test("the text that is broken leaves the rows, greyed, with the reason", async () => {
  const host = await shown("users");
  const { page } = host;
  const before = await page.textContent(cell(3, "email"));
  server.change(URI, TEXT.replace("table users 10_000 {", "table users nothing {"));
  await host.again();
  await page.waitForSelector("#grid.stale");
  assert.equal(await page.textContent(cell(3, "email")), before);
  assert.match((await page.textContent('[data-testid="preview-message"]')) ?? "", /nothing/);
  server.change(URI, TEXT.replace("mean: 38", "mean: 70"));
  await host.again();
  await page.waitForSelector("#grid:not(.stale)");
  assert.ok(await page.locator('[data-testid="preview-message"]').isHidden());
  assert.ok((await page.locator(".cell.changed").count()) > 5);
  await done(host);
});

test("keys move, select and copy", async () => {
  const host = await shown("users");
  const { page } = host;
  await page.click(cell(1, "first"));
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Control+c");
  const told = await server.preview({ textDocument: { uri: URI }, table: "users", rows: 3 });
  const wanted = [1, 2].map((row) => told.rows[row]?.slice(1, 3).join("\t")).join("\n");
  assert.deepEqual(host.said.at(-1), { type: "copy", text: wanted });
  await page.keyboard.press("Control+End");
  await page.waitForSelector(`${cell(49, "lifetime")}.active`);
  assert.ok(await page.locator(`${cell(49, "lifetime")}.active`).isVisible());
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute('[data-header="id"]', "aria-sort"), "ascending");
  await done(host);
});

test("the menu copies rows as JSON", async () => {
  const host = await shown("users");
  const { page } = host;
  await page.click(cell(2, "age"), { button: "right" });
  await page.click("text=Copy Row as JSON");
  const last = host.said.at(-1);
  assert.ok(last?.type === "copy");
  const [row] = JSON.parse(last.text) as Record<string, unknown>[];
  assert.equal(String(row?.["age"]), await page.textContent(cell(2, "age")));
  assert.equal(row?.["bio"], null);
  await done(host);
});

test("headers end where their charts do", async () => {
  const host = await shown("users");
  const below = await host.page.locator("[data-header]").evaluateAll((headings) =>
    headings.map((heading) => heading.getBoundingClientRect().bottom - (heading.querySelector(".chart")?.getBoundingClientRect().bottom ?? 0)),
  );
  assert.ok(below.length > 3 && below.every((pixels) => pixels >= 4 && pixels <= 8), `pixels below the charts: ${below.join(", ")}`);
  await done(host);
});

test("columns are resized by their edges", async () => {
  const host = await shown("users");
  const { page } = host;
  const width = async (): Promise<number> => (await page.locator('[data-header="first"]').boundingBox())?.width ?? 0;
  const before = await width();
  const box = await page.locator('[data-header="first"] .edge').boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 4, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 64, box.y + 10, { steps: 4 });
  await page.mouse.up();
  assert.ok(Math.abs((await width()) - before - 60) <= 2);
  assert.equal(await page.getAttribute('[data-header="first"]', "aria-sort"), "none");
  await done(host);
});

test("another table is chosen above the grid", async () => {
  const host = await shown("users");
  const { page } = host;
  await page.selectOption('[data-testid="preview-table"]', "products");
  await page.waitForSelector('[data-header="sku"]');
  assert.equal(await page.textContent('[data-testid="preview-count"]'), "First 50 of 500 rows");
  await done(host);
});
