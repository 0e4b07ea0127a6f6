// The page alone, on its engine in memory (ui/src/test/stage.tsx): built, and served to this computer.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UI, ofUi } from "./chromium.mjs";

const STAGE = "src/test/stage.html";
/** The moment that the stage's data is made for. */
export const NOW = new Date("2026-03-10T12:00:00Z");

/** Builds and serves the stage; returns the address of one of its worlds. */
export async function serveStage(t) {
  const { build, preview } = await import(pathToFileURL(ofUi.resolve("vite")));
  const outDir = mkdtempSync(join(tmpdir(), "hunter-page-"));
  t.after(() => rmSync(outDir, { recursive: true, force: true }));
  const options = { root: UI, configFile: join(UI, "vite.config.ts"), logLevel: "warn" };
  await build({
    ...options,
    build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 4000, rolldownOptions: { input: join(UI, STAGE) } },
  });
  const server = await preview({ ...options, build: { outDir }, preview: { host: "127.0.0.1", port: 0 } });
  t.after(() => new Promise((resolve) => server.httpServer.close(resolve)));
  const origin = `http://127.0.0.1:${server.httpServer.address().port}`;
  return ({ world = "day", language = "en", at = "" } = {}) =>
    `${origin}/${STAGE}?world=${world}&language=${language}#/${at}`;
}

/** A window onto the stage, at the stage's time, in a theme. */
export async function openWindow(browser, { appearance = "light", viewport = { width: 1280, height: 800 }, ...more } = {}) {
  const context = await browser.newContext({ locale: "en-US", timezoneId: "Europe/Istanbul", viewport, ...more });
  await context.addInitScript((chosen) => {
    if (localStorage.getItem("appearance") === null) localStorage.setItem("appearance", JSON.stringify(chosen));
  }, appearance);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.clock.setFixedTime(NOW);
  return page;
}

/** Opens the first row of the list that is shown, as the keyboard does. */
export async function openFirstRow(page) {
  await page.locator("[role=row][aria-rowindex='2'] [data-testid^=badge]").first().waitFor();
  await page.locator("[role=grid] [role=gridcell][tabindex='0']").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("complementary").waitFor();
}
