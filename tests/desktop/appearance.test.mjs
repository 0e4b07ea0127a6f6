// Every view in both languages and both themes: a picture of each, and no word missing in it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT, Stage, approve } from "./stage.mjs";
import { until } from "./webdriver.mjs";

const THEMES = { light: "Adwaita", dark: "Adwaita:dark" };

/** The key of every text and of every branch, as it would stand there if the text were missing. */
const keysOf = (tree, path = "") =>
  Object.entries(tree).flatMap(([name, value]) => {
    const key = `${path}${name}`;
    if (typeof value === "string") return [key.replace(/_(one|other)$/, "")];
    return [key, ...keysOf(value, `${key}.`)];
  });
const catalogue = JSON.parse(readFileSync(join(ROOT, "ui/src/i18n/en.json"), "utf8"));
const KEYS = keysOf(catalogue).filter((key) => key.includes("."));

for (const language of ["en", "tr"]) {
  const words = JSON.parse(readFileSync(join(ROOT, `ui/src/i18n/${language}.json`), "utf8"));
  for (const [theme, gtkTheme] of Object.entries(THEMES)) {
    test(`${language}, ${theme}`, { timeout: 180_000 }, async (t) => {
      const stage = await Stage.build();
      t.after(() => stage.strike());
      const sandbox = await stage.sandbox();
      const hunter = await stage.openForPictures({ HUNTER_LANG: language, GTK_THEME: gtkTheme });
      const show = async (view) => {
        const text = await hunter.text();
        assert.doesNotMatch(text, /\{\{/, `${view} shows a text with a hole`);
        assert.deepEqual(KEYS.filter((key) => text.includes(key)), [], `${view} shows keys instead of texts`);
        await stage.picture(hunter, `${language}-${theme}-${view}`);
      };

      const signIn = await hunter.role("button", words.sign_in.button);
      const dark = await hunter.run("return matchMedia('(prefers-color-scheme: dark)').matches");
      assert.equal(dark, theme === "dark");
      assert.equal(await hunter.run("return document.documentElement.lang"), language);
      await show("first-run");

      await signIn.click();
      const code = await until("a code", async () => (await (await hunter.testId("device-code")).text()).trim());
      await show("sign-in");
      await approve(sandbox.verification_uri, code);

      await hunter.role("grid", words.referrals.title);
      await hunter.testId("badge-kind");
      await show("referrals");

      await (await hunter.find("[role=grid] [role=row][aria-rowindex='2']")).click();
      await hunter.role("tab", words.details.pane.contacts);
      await show("details");

      await (await hunter.role("searchbox", words.search.label)).type("nobody is called like this");
      await until("the empty list", async () => (await hunter.text()).includes(words.referrals.no_match_title));
      await show("nothing-found");

      await (await hunter.role("link", words.nav.activity)).click();
      await hunter.testId("badge-run");
      await show("activity");
      await (await hunter.find("[role=grid] [role=row][aria-rowindex='2']")).click();
      await hunter.role("tab", words.run.pane.items);
      await show("run");

      await (await hunter.role("link", words.nav.settings)).click();
      await hunter.role("heading", words.settings.title);
      await show("settings");
      for (const section of ["data", "logs", "diagnostics"]) {
        await (await hunter.role("link", words.settings.section[section])).click();
        await hunter.role("heading", words[section].title);
        await show(section);
      }

      await (await hunter.role("link", words.nav.checklist)).click();
      await hunter.testId("checklist-verdict");
      await show("checklist");
    });
  }
}
