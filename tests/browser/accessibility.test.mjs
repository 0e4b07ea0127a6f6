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
const menu = (name) => (page, words) => page.getByRole("menuitem", { name: name(words) }).click();
const check = (name) => (page, words) => page.getByRole("checkbox", { name: name(words), exact: true }).click();
const search = (text) => (page, words) => page.getByRole("searchbox", { name: words.search.label }).fill(text);
const mark = (row) => (page) => page.locator("[data-marks]").nth(row).click();
const go = (place) => async (page) => {
  await page.locator(`a[href="#/${place}"]`).first().click();
  // Left there, the pointer would call up a tooltip.
  await page.mouse.move(0, 0);
};
/** From now on the engine refuses this request; without an error it never answers it. */
const unanswered = (request, error) => (page) =>
  page.evaluate(
    ([name, refusal]) => {
      const call = window.engine.call.bind(window.engine);
      const silence = () => new Promise((_, reject) => refusal && reject(refusal));
      window.engine.call = (asked, args) => (asked === name ? silence() : call(asked, args));
    },
    [request, error],
  );
const engine = (change) => (page) =>
  page.evaluate(({ sync, ...snapshot }) => {
    window.engine.set({ ...snapshot, sync: { ...window.engine.snapshot.sync, ...sync } });
  }, change);
const speaks = (speak) => (page) => page.evaluate(speak);
const waiting = {
  state: "waiting",
  user_code: "H7KQ2MPX",
  verification_uri: "https://microsoft.example/devicelogin",
  expires_at: "2026-03-10T12:15:00Z",
  copied: true,
  browser_opened: true,
};
const refused = { code: "x", message: "Your organisation blocks this sign-in.", hint: "Ask for it.", retry: "never" };
const broken = { code: "x", message: "The database cannot be read.", hint: "Check that the disk has room.", retry: "now" };
const network = { code: "x", message: "Microsoft cannot be reached.", hint: "Check your proxy.", retry: "later" };
const AN_HOUR_AGO = "2026-03-10T11:00:00Z";
const PLACEHOLDERS = "main .fui-Skeleton, main [role=grid][aria-busy=true] [aria-rowindex='2']";
const figures = tab((words) => words.insights.tab.figures);

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
  { name: "referrals-never-synced", world: "empty", steps: [engine({ sync: { last_success_at: null } })], shows: "h2" },
  { name: "referrals-sample-and-bars", world: "troubled", shows: "[data-testid=badge-kind]" },
  ...Object.entries({
    "sync-running": { sync: { running: { run_id: "run", page: 3, fetched: 250, started_at: "2026-03-10T11:59:50Z" } } },
    "sync-paused": { sync: { paused: true } },
    "sync-offline": {
      sync: { state: "offline", problem: network, last_success_at: AN_HOUR_AGO, next_at: "2026-03-10T12:20:00Z" },
    },
    "sync-throttled": { sync: { state: "throttled", throttled_until: "2026-03-10T12:20:00Z" } },
    "sync-signed-out": { needs_sign_in: true, sync: { problem: refused } },
    "sync-off": { enabled: false },
    "referrals-exporting": { exporting: { done: 24_000, total: 66_000 } },
  }).map(([name, change]) => ({ name, steps: [engine(change)], shows: "[data-testid=badge-kind]" })),
  {
    name: "sync-finished",
    steps: [
      speaks(() => {
        const counts = { fetched: 252, inserted: 3, failure_count: 1 };
        window.engine.finishSync({ run_id: "new", status: "partial", finished_at: "2026-03-10T12:00:00Z", ...counts });
      }),
      // It fades in.
      (page) => page.waitForFunction(() => document.querySelector(".fui-Toast")?.checkVisibility({ opacityProperty: true })),
    ],
    shows: ".fui-Toast",
  },
  { name: "referrals-found", steps: [search("contoso")], shows: "[role=row] mark" },
  { name: "referrals-not-found", steps: [search("zebra")], shows: "main h2" },
  {
    name: "referrals-filtered",
    steps: [
      button((words) => words.filters.button),
      check((words) => words.kind_long["co-sell"]),
      check((words) => words.filters.starred),
      check((words) => words.link.auto_linked),
      button((words) => words.filters.done),
    ],
    shows: "main li button",
  },
  {
    name: "referrals-won",
    steps: [
      async (page, words) => {
        const [won, more] = [words.tiles.won, /^\+\d/].map((name) => page.getByRole("button", { name }));
        await won.or(more).first().waitFor();
        if (!(await won.isVisible())) await more.click();
        await won.click();
      },
    ],
    shows: "main li button",
  },
  {
    name: "referrals-filtered-away",
    steps: [
      button((words) => words.filters.button),
      check((words) => words.filters.mine),
      check((words) => words.filters.starred),
      button((words) => words.filters.done),
    ],
    shows: "main h2",
  },
  { name: "referrals-filters", steps: [button((words) => words.filters.button)], shows: "[role=dialog] fieldset" },
  {
    name: "referrals-views",
    steps: [
      speaks(() => {
        window.engine.views = ["Ankara", "İzmir · 2026"].map((name, id) => ({ id, name, query: {} }));
      }),
      button((words) => words.views.button),
    ],
    shows: "[role=menuitem]:has-text('Ankara')",
  },
  {
    name: "referrals-view-saved",
    steps: [button((words) => words.views.button), menu((words) => words.views.save)],
    shows: "[role=dialog]",
  },
  ...[
    ["referrals-columns", (words) => words.referrals.columns],
    ["referrals-export", (words) => words.export.button],
    ["sync-menu", (words) => words.sync.menu],
  ].map(([name, words]) => ({ name, steps: [button(words)], shows: "[role=menu]" })),
  {
    name: "account-menu",
    steps: [(page, words) => page.getByRole("button", { name: `${words.account.menu}:` }).click()],
    shows: "[role=menu]",
  },
  { name: "referrals-marked", steps: [mark(0), mark(2)], shows: "[role=toolbar]" },
  {
    name: "referrals-many",
    world: "many",
    steps: [
      (page) => page.getByTestId("badge-kind").first().waitFor(),
      (page) => page.getByRole("grid").evaluate((grid) => grid.scrollTo(0, 33_333 * 48)),
    ],
    shows: "[aria-rowindex='33335'] [data-testid=badge-kind]",
  },
  ...["summary", "contacts", "engagement", "history", "raw"].map((pane) => ({
    name: `details-${pane}`,
    steps: [openFirstRow, tab((words) => words.details.pane[pane])],
    shows: "aside [role=tabpanel]",
  })),
  ...Object.entries({ unlinked: "Sağlık", candidates: "Contoso" }).map(([link, customer]) => ({
    name: `details-${link}`,
    steps: [search(customer), (page) => page.locator("[role=row] mark").first().waitFor(), openFirstRow],
    shows: "aside [role=tabpanel]",
  })),
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
  {
    name: "company-undo",
    at: "companies",
    steps: [
      speaks(() => window.engine.call("merge_companies", { into: 1, from: [2] })),
      openFirstRow,
      button((words) => words.companies.undo.button),
    ],
    shows: "[role=alertdialog]",
  },
  { name: "activity", at: "activity", shows: "[data-testid=badge-run]" },
  { name: "activity-none", at: "activity", world: "empty", shows: "main h2" },
  { name: "figures", at: "activity", steps: [figures], shows: "[role=tabpanel] svg rect" },
  {
    name: "figures-table",
    at: "activity",
    steps: [figures, button((words) => words.insights.as_table)],
    shows: "[role=tabpanel] td a, [role=tabpanel] td button",
  },
  { name: "figures-none", at: "activity", world: "empty", steps: [figures], shows: "[role=tabpanel] h2" },
  ...["overview", "items", "requests"].map((pane) => ({
    name: `run-${pane}`,
    at: "activity",
    steps: [openFirstRow, tab((words) => words.run.pane[pane])],
    shows: "aside [role=tabpanel]",
  })),
  { name: "checklist", at: "checklist", shows: "[data-testid=checklist-verdict]" },
  {
    name: "checklist-go",
    at: "settings/general",
    steps: [
      speaks(() => {
        const { phases } = window.engine.checklist;
        for (const { id } of phases.flatMap(({ items }) => items)) window.engine.found(id, { state: "pass" });
      }),
      go("checklist"),
    ],
    shows: "[data-testid=checklist-verdict][data-verdict=GO]",
  },
  { name: "checklist-checking", at: "checklist", steps: [speaks(() => window.engine.check("clock"))], shows: "li[aria-busy]" },
  {
    name: "checklist-roll-back",
    at: "checklist",
    steps: [button((words) => `${words.checklist.roll_back.forget_tokens.button}…`)],
    shows: "[role=alertdialog]",
  },
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
  {
    name: "settings-erase",
    at: "settings/data",
    steps: [button((words) => words.data.erase_all)],
    shows: "[role=alertdialog]",
  },
  {
    name: "settings-diagnostics-collected",
    at: "settings/diagnostics",
    steps: [
      speaks(() => {
        window.engine.diagnostics = [{ name: "settings.json", bytes: 24, text: '{ "language": "en" }' }];
      }),
      button((words) => words.diagnostics.collect),
    ],
    shows: "main pre",
  },
  // What is asked of the engine, before it answers and where it refuses to.
  ...[
    ["referrals", "list_referrals", "settings/general", go("referrals")],
    ["details", "show_referral", "", openFirstRow],
    ["companies", "list_companies", "settings/general", go("companies")],
    ["company", "show_company", "companies", openFirstRow],
    ["activity", "list_runs", "settings/general", go("activity")],
    ["run", "show_run", "activity", openFirstRow],
    ["figures", "insights", "activity", figures],
    ["checklist", "checklist", "settings/general", go("checklist")],
    ["settings-logs", "logs", "settings/general", go("settings/logs")],
  ].flatMap(([name, request, at, look]) => [
    { name: `${name}-loading`, at, steps: [unanswered(request), look], shows: PLACEHOLDERS },
    { name: `${name}-failed`, at, steps: [unanswered(request, broken), look], shows: "main [role=alert]" },
  ]),
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
    // Menus and notices lie above the landmarks, as dialogs do.
    const region = { enabled: document.querySelector("[role=menu], .fui-Toast") === null };
    const options = { runOnly: { type: "tag", values }, rules: { region } };
    const found = await window.axe.run({ exclude: ["[data-tabster-dummy]"] }, options);
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}\n  ${failureSummary}`),
    );
  }, RULES);
}

async function picture(page, name) {
  if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, `page-${name}.png`) });
}

async function show(page, url, { world, at, steps = [], shows = "main" }, language) {
  // The view before has left what it remembers.
  if (page.url() !== "about:blank") await page.evaluate(() => localStorage.clear());
  await page.goto("about:blank");
  await page.goto(url({ world, at, language }));
  await page.locator("main").waitFor();
  for (const step of steps) await step(page, catalogues[language]);
  await page.locator(shows).first().waitFor();
}

/** What can be operated but not seen whole, however one scrolls; a list and a chart are larger than what is seen. */
async function cutOff(page) {
  return page.evaluate(() => {
    const operable = "button, a[href], input:not([type=radio], [type=checkbox]), select, textarea, [role=tab], [role=option], [role^=menuitem]";
    const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const hidden = (element) => element.closest("[aria-hidden=true], [role=grid], svg, [data-tabster-dummy]") !== null;
    const within = document.querySelector("[role=dialog], [role=alertdialog], [role=menu]") ?? document;
    const cut = [...within.querySelectorAll(operable)].filter((element) => {
      if (!shown(element) || hidden(element) || getComputedStyle(element).clipPath !== "none") return false;
      element.scrollIntoView({ block: "nearest", inline: "nearest" });
      // Nobody but a script can scroll the page itself.
      scrollTo(0, 0);
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

/** What stays cut off: a panel slides in, and a bar is laid out anew once it has been measured. */
async function cutOffInTheEnd(page) {
  const patience = Date.now() + 5_000;
  let cut = await cutOff(page);
  while (cut.length > 0 && Date.now() < patience) {
    await page.evaluate(() => new Promise(requestAnimationFrame));
    cut = await cutOff(page);
  }
  return cut;
}

const SMALLEST = [
  { title: "in the smallest window", width: 1024, height: 640, looks: [["light", "en"], ["dark", "tr"]] },
  { title: "in the smallest window at 200 %", width: 512, height: 320, looks: [["light", "tr"]] },
];
for (const { title, width, height, looks } of SMALLEST) {
  test(`${title} nothing is cut off`, { timeout: 600_000 }, async (t) => {
    const url = await serveStage(t);
    const browser = await openBrowser(t);
    for (const [appearance, language] of looks) {
      const page = await openWindow(browser, { appearance, viewport: { width, height }, reducedMotion: "reduce" });
      for (const view of VIEWS) {
        await t.test(`${view.name}, ${appearance}, ${language}`, async () => {
          await show(page, url, view, language);
          await picture(page, `${width}-${view.name}-${appearance}-${language}`);
          assert.deepEqual(await cutOffInTheEnd(page), []);
        });
      }
      await page.context().close();
    }
  });
}

test("nothing keeps anybody out", { timeout: 1_200_000 }, async (t) => {
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
