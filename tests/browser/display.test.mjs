// What the system asks of the page: its own colours, more contrast, less motion; and the theme before the first paint.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "./chromium.mjs";
import { openFirstRow, openWindow, serveStage } from "./page.mjs";

const row = (page) => page.locator("[role=grid] [role=row][aria-rowindex='2']");
const style = (locator, ...names) =>
  locator.evaluate((element, asked) => asked.map((name) => getComputedStyle(element).getPropertyValue(name)), names);

async function openList(page, address) {
  await page.goto(address);
  await page.getByTestId("badge-kind").first().waitFor();
}

test("what the system asks for", { timeout: 120_000 }, async (t) => {
  const url = await serveStage(t);
  const browser = await openBrowser(t);
  const open = async (options) => {
    const page = await openWindow(browser, options);
    t.after(() => page.context().close());
    return page;
  };

  await t.test("under forced colours badges, the selected row and the focus keep their edges", async () => {
    const page = await open({ forcedColors: "active" });
    await openList(page, url());
    const [border, width] = await style(page.getByTestId("badge-kind").first(), "border-top-style", "border-top-width");
    assert.deepEqual([border, width], ["solid", "1px"]);
    await openFirstRow(page);
    assert.deepEqual(await style(row(page), "outline-style", "outline-width"), ["solid", "2px"]);
    assert.deepEqual(await style(page.getByRole("complementary"), "outline-style"), ["solid"]);
    await page.keyboard.press("Escape");
    assert.deepEqual(await style(page.locator(":focus"), "outline-style", "outline-width"), ["solid", "2px"]);
  });

  await t.test("more contrast gives badges and the selected row an edge, and lines the strength of text", async () => {
    const page = await open({ contrast: "more" });
    await openList(page, url());
    const badge = page.getByTestId("badge-kind").first();
    const [border, colour] = await style(badge, "border-top-color", "color");
    assert.equal(border, colour);
    await openFirstRow(page);
    assert.deepEqual(await style(row(page), "outline-style", "outline-width"), ["solid", "2px"]);
    const [line, text] = await style(page.locator(".fui-FluentProvider").first(), "--colorNeutralStroke2", "--colorNeutralForeground1");
    assert.equal(line, text);
  });

  await t.test("less motion means none", async () => {
    const page = await open({ reducedMotion: "reduce" });
    await openList(page, url());
    await openFirstRow(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("option").first().waitFor();
    await page.evaluate(() => window.engine.set({ sync: { ...window.engine.snapshot.sync, running: { run_id: "r", page: 1, fetched: 5, started_at: "2026-03-10T12:00:00Z" } } }));
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll("*")].flatMap((element) =>
        ["", "::before", "::after"].flatMap((part) => {
          const { animationName, animationDuration, transitionDuration } = getComputedStyle(element, part || null);
          const lasts = (durations) => durations.split(", ").some((time) => Number.parseFloat(time) > 0.001);
          const moves = (animationName !== "none" && lasts(animationDuration)) || lasts(transitionDuration);
          return moves ? [`${element.className}${part}`] : [];
        }),
      ),
    );
    assert.deepEqual(moving, []);
    await page.waitForTimeout(100);
    const running = await page.evaluate(() =>
      document
        .getAnimations()
        .filter(({ playState }) => playState === "running")
        .map(({ effect }) => [effect.target.outerHTML.slice(0, 120), JSON.stringify(effect.getTiming())]),
    );
    assert.deepEqual(running, []);
  });

  await t.test("less motion leaves notices their time", async () => {
    const page = await open({ reducedMotion: "reduce" });
    await openList(page, url());
    const busy = { code: "storage_busy", message: "Busy.", hint: "Again.", retry: "now" };
    await page.evaluate((error) => window.engine.failNext("sync_now", error), busy);
    await page.getByRole("button", { name: "Sync now" }).click();
    await page.locator(".fui-Toast").waitFor();
    assert.deepEqual(await style(page.locator("[data-timer-status]"), "animation-duration"), ["12s"]);
  });

  for (const [appearance, colorScheme, expected] of [
    ["dark", "light", "dark"],
    ["light", "dark", "light"],
    ["system", "dark", "dark"],
    ["contrast", "light", "contrast"],
  ]) {
    await t.test(`${appearance} on a ${colorScheme} system is there before the first paint`, async () => {
      const page = await open({ appearance, colorScheme });
      await page.addInitScript(() => {
        new MutationObserver((_, observer) => {
          if (!document.body) return;
          window.themeAtFirst = document.documentElement.dataset.theme;
          observer.disconnect();
        }).observe(document, { childList: true, subtree: true });
      });
      await openList(page, url());
      assert.equal(await page.evaluate(() => window.themeAtFirst), expected);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), expected);
    });
  }
});
