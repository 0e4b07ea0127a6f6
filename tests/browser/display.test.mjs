// What the system asks of the page: its own colours, more contrast, less motion; the theme before the first paint; and
// that what is usual has its room in both languages.
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

  for (const language of ["en", "tr"]) {
    await t.test(`what is usual has its room (${language})`, async () => {
      const page = await open({ viewport: { width: 1920, height: 1050 } });
      /** Of these elements the words that are cut off; a word that the catalogues do not know may be. */
      const cut = (selector) =>
        page
          .locator(selector)
          .evaluateAll((found) =>
            found
              .filter((element) => element.scrollWidth > element.clientWidth && element.clientWidth > 1)
              .map(({ textContent }) => textContent)
              .filter((text) => !text.includes("Engaged.")),
          );
      const words = "[role=columnheader] *, [data-testid^=badge] *, [role=row] > :last-child *, [role=status], nav *";
      const tops = (locator) =>
        locator.evaluateAll((found) => [...new Set(found.map((element) => element.getBoundingClientRect().top))].length);

      await page.goto(url({ language }));
      await page.evaluate(() =>
        localStorage.setItem(
          "referrals.columns",
          JSON.stringify({ widths: {}, hidden: [], extra: ["score", "segment", "created_at", "closing_at", "customer_country"] }),
        ),
      );
      await page.reload();
      await page.getByTestId("badge-kind").first().waitFor();
      assert.deepEqual(await cut(words), []);
      await page.goto(url({ language, at: "companies" }));
      await page.getByTestId("badge-provider").first().waitFor();
      assert.deepEqual(await cut(words), []);

      for (const width of [900, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(url({ language }));
        await page.getByTestId("badge-status").first().waitFor();
        assert.deepEqual(await cut("[role=status], header > *"), [], `${width}`);
        await openFirstRow(page);
        assert.deepEqual(await cut("header > *"), [], `${width}, with details`);
        assert.equal(await tops(page.getByRole("complementary").getByRole("tab")), 1, `${width}`);
        const tiles = page.getByRole("main").getByRole("group").first();
        const right = (locator) => locator.evaluate((element) => element.getBoundingClientRect().right);
        assert.ok((await right(tiles.getByRole("button").last())) <= (await right(tiles)), `${width}`);
      }
    });
  }

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
