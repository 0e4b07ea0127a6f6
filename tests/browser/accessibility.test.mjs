// Every view in every theme and both languages, as axe judges it; with PICTURES, a picture of each.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { UI, ofUi, openBrowser } from "./chromium.mjs";
import { openFirstRow, openWindow, serveStage } from "./page.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
const APPEARANCES = ["light", "dark", "contrast"];
const LANGUAGES = ["en", "tr"];

const button = (name) => (page, words) => page.getByRole("button", { name: name(words), exact: true }).first().click();
const tab = (name) => (page, words) => page.getByRole("tab", { name: name(words) }).click();
const key = (stroke) => async (page) => {
  await page.getByRole("main").waitFor();
  await page.keyboard.press(stroke);
};
/** From now on the engine does not answer this request. */
const unanswered = (request) => (page) =>
  page.evaluate((name) => {
    const call = window.engine.call.bind(window.engine);
    window.engine.call = (asked, args) => (asked === name ? new Promise(() => undefined) : call(asked, args));
  }, request);
const engine = (change) => (page) => page.evaluate((snapshot) => window.engine.set(snapshot), change);
const waiting = {
  state: "waiting",
  user_code: "H7KQ2MPX",
  verification_uri: "https://microsoft.example/devicelogin",
  expires_at: "2026-03-10T12:15:00Z",
  copied: true,
  browser_opened: true,
};
const refused = { code: "x", message: "Your organisation blocks this sign-in.", hint: "Ask for it.", retry: "never" };

/** Each is a place in a world, and what is done there; `shows` is there once it is ready. */
const VIEWS = [
  { name: "first-run", world: "first_run" },
  { name: "first-run-ids", world: "first_run_ids" },
  { name: "sign-in", world: "first_run", steps: [engine({ sign_in: waiting })], shows: "[role=dialog]" },
  {
    name: "sign-in-failed",
    world: "first_run",
    steps: [engine({ sign_in: { state: "failed", error: refused } })],
    shows: "[role=dialog]",
  },
  { name: "referrals", shows: "[data-testid=badge-kind]" },
  { name: "referrals-none", world: "empty" },
  { name: "referrals-sample-and-bars", world: "troubled", shows: "[data-testid=badge-kind]" },
  ...["summary", "contacts", "history", "raw"].map((pane) => ({
    name: `details-${pane}`,
    steps: [openFirstRow, tab((words) => words.details.pane[pane])],
    shows: "aside [role=tabpanel]",
  })),
  { name: "details-loading", steps: [unanswered("show_referral"), openFirstRow], shows: ".fui-Skeleton" },
  {
    name: "details-why",
    steps: [openFirstRow, (page) => page.getByTestId("badge-priority").last().locator("+ button").click()],
    shows: "[role=dialog] dl",
  },
  {
    name: "details-link",
    steps: [openFirstRow, button((words) => words.companies.tie.relink)],
    shows: "[role=dialog] input[type=radio]",
  },
  { name: "companies", at: "companies", shows: "[data-testid=badge-segment]" },
  { name: "companies-none", at: "companies", world: "empty" },
  {
    name: "companies-off",
    at: "companies",
    steps: [engine({ enrichment: false }), button((words) => words.companies.off.turn_on)],
    shows: "[role=alertdialog]",
  },
  {
    name: "companies-scanning",
    at: "companies",
    steps: [engine({ scanning: { done: 3, total: 8 } })],
    shows: "[role=progressbar]",
  },
  {
    name: "companies-filters",
    at: "companies",
    steps: [button((words) => words.filters.button)],
    shows: "[role=dialog]",
  },
  ...["overview", "signals", "referrals", "history"].map((pane) => ({
    name: `company-${pane}`,
    at: "companies",
    steps: [openFirstRow, tab((words) => words.companies.panel.pane[pane])],
    shows: "aside [role=tabpanel]",
  })),
  {
    name: "company-merge",
    at: "companies",
    steps: [openFirstRow, button((words) => words.companies.merge.button)],
    shows: "[role=dialog] input[type=radio]",
  },
  { name: "activity", at: "activity", shows: "[data-testid=badge-run]" },
  ...["overview", "items", "requests"].map((pane) => ({
    name: `run-${pane}`,
    at: "activity",
    steps: [openFirstRow, tab((words) => words.run.pane[pane])],
    shows: "aside [role=tabpanel]",
  })),
  { name: "checklist", at: "checklist", shows: "[data-testid=checklist-verdict]" },
  {
    name: "checklist-report",
    at: "checklist",
    steps: [button((words) => words.checklist.export)],
    shows: "[role=dialog]",
  },
  ...["general", "appearance", "data", "logs", "diagnostics", "advanced"].map((section) => ({
    name: `settings-${section}`,
    at: `settings/${section}`,
    shows: "h2",
  })),
  { name: "close-dialog", steps: [engine({ asks_on_close: true })], shows: "[role=alertdialog]" },
  { name: "enable-dialog", steps: [engine({ ask_to_enable: true })], shows: "[role=alertdialog]" },
  { name: "palette", steps: [key("Control+k")], shows: "[role=option]" },
  {
    name: "palette-found",
    steps: [key("Control+k"), (page) => page.keyboard.type("contoso")],
    shows: "[role=option]:has-text('Contoso')",
  },
  { name: "keyboard-sheet", steps: [key("?")], shows: "[role=dialog]" },
];

const axe = readFileSync(ofUi.resolve("axe-core/axe.min.js"), "utf8");
const catalogues = Object.fromEntries(
  LANGUAGES.map((language) => [language, JSON.parse(readFileSync(join(UI, `src/i18n/${language}.json`), "utf8"))]),
);

/** The rules that are broken, each with where and why; Fluent's traps for the focus pass it on and are not judged. */
async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async (values) => {
    const found = await window.axe.run({ exclude: ["[data-tabster-dummy]"] }, { runOnly: { type: "tag", values } });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}\n  ${failureSummary}`),
    );
  }, RULES);
}

async function picture(page, name) {
  if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, `page-${name}.png`) });
}

async function show(page, url, { world, at, steps = [], shows = "main" }, language) {
  await page.goto("about:blank");
  await page.goto(url({ world, at, language }));
  await page.locator("main").waitFor();
  for (const step of steps) await step(page, catalogues[language]);
  await page.locator(shows).first().waitFor();
}

/** What can be operated but not seen whole, however one scrolls; a list scrolls both ways by itself. */
async function cutOff(page) {
  return page.evaluate(() => {
    const operable = "button, a[href], input:not([type=radio], [type=checkbox]), select, textarea, [role=tab], [role=option]";
    const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const hidden = (element) => element.closest("[aria-hidden=true], [role=grid], [data-tabster-dummy]") !== null;
    const within = document.querySelector("[role=dialog], [role=alertdialog]") ?? document;
    const cut = [...within.querySelectorAll(operable)].filter((element) => {
      if (!shown(element) || hidden(element) || getComputedStyle(element).clipPath !== "none") return false;
      element.scrollIntoView({ block: "nearest", inline: "nearest" });
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const whole = left >= 0 && top >= 0 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5;
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return !whole || !(element.contains(hit) || hit?.contains(element));
    });
    const wide = [document.documentElement, document.querySelector("main")].filter(
      ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth,
    );
    return [...cut, ...wide].map((element) => element.outerHTML.slice(0, 120));
  });
}

test("in the smallest window at 200 % nothing is cut off", { timeout: 300_000 }, async (t) => {
  const url = await serveStage(t);
  const browser = await openBrowser(t);
  const page = await openWindow(browser, { viewport: { width: 512, height: 320 }, reducedMotion: "reduce" });
  for (const view of VIEWS) {
    await t.test(view.name, async () => {
      await show(page, url, view, "tr");
      await picture(page, `small-${view.name}`);
      assert.deepEqual(await cutOff(page), []);
    });
  }
});

test("nothing keeps anybody out", { timeout: 600_000 }, async (t) => {
  const url = await serveStage(t);
  const browser = await openBrowser(t);
  for (const language of LANGUAGES) {
    for (const appearance of APPEARANCES) {
      const page = await openWindow(browser, { appearance, reducedMotion: "reduce" });
      for (const view of VIEWS) {
        await t.test(`${view.name}, ${appearance}, ${language}`, async () => {
          await show(page, url, view, language);
          await picture(page, `${view.name}-${appearance}-${language}`);
          assert.deepEqual(await violations(page), []);
        });
      }
      await page.context().close();
    }
  }
});
