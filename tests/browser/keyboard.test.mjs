// A day without the mouse: every step by keys, the focus always seen and never lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "./chromium.mjs";
import { openWindow, serveStage } from "./page.mjs";

/** Whether a box or a line marks what has the focus: on it, around it or, for a field, around that. */
const focusMark = (page) =>
  page.evaluate(() => {
    const focused = document.activeElement;
    if (focused === document.body || focused === null) return "lost";
    const marks = (element, part) => {
      const { outlineStyle, outlineWidth, boxShadow, borderBottomWidth, content } = getComputedStyle(element, part);
      if (part && content === "none") return false;
      const outlined = outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0;
      const underlined = part === "::after" && Number.parseFloat(borderBottomWidth) >= 2;
      return outlined || boxShadow !== "none" || underlined;
    };
    const around = [focused, focused.parentElement, focused.closest(".fui-Input, .fui-SearchBox, .fui-Radio")];
    const seen = around.some((element) => element && [undefined, "::before", "::after"].some((part) => marks(element, part)));
    return seen ? "seen" : `unseen: ${focused.outerHTML.slice(0, 160)}`;
  });

test("a day without the mouse", { timeout: 120_000 }, async (t) => {
  const url = await serveStage(t);
  const browser = await openBrowser(t);
  const page = await openWindow(browser);
  await page.goto(url());
  await page.getByTestId("badge-kind").first().waitFor();

  const name = () => page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.textContent);
  const press = async (...keys) => {
    for (const key of keys) {
      await page.keyboard.press(key);
      assert.equal(await focusMark(page), "seen", `after ${key}`);
    }
  };
  /** One stop on; beyond the last the focus is the browser's own for a moment. */
  const step = async (key = "Tab") => {
    await page.keyboard.press(key);
    if ((await focusMark(page)) === "lost") await page.keyboard.press(key);
    assert.equal(await focusMark(page), "seen");
  };
  /** Goes on with Tab until what is wanted has the focus. */
  const tabTo = async (wanted) => {
    for (let stop = 0; stop < 60; stop += 1) {
      await step();
      if (await wanted.evaluateAll((found) => found.includes(document.activeElement))) return;
    }
    assert.fail(`Tab never comes to ${wanted}`);
  };
  const focused = async (wanted) => {
    await wanted.and(page.locator(":focus")).waitFor();
    assert.equal(await focusMark(page), "seen");
  };
  const gone = (role) => page.getByRole(role).waitFor({ state: "detached" });
  const row = (index) => page.locator(`[role=row][aria-rowindex='${index}'] [role=gridcell]`);
  const asked = (request) =>
    page.evaluate((wanted) => window.engine.calls.filter((call) => call.name === wanted).map((call) => call.args), request);

  await t.test("the skip link comes first and leads to the list", async () => {
    await press("Tab");
    assert.equal(await name(), "Skip to the list");
    await press("Enter");
    await focused(row(2));
  });

  await t.test("every view is reached, and Tab walks through it without losing its way", async () => {
    for (const [view, title] of [["Activity", "Activity"], ["Settings", "Settings"], ["Checklist", "Checklist"], ["Referrals", "Referrals"]]) {
      await tabTo(page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }));
      await press("Enter");
      await page.getByRole("main").getByRole("heading", { name: title }).first().waitFor();
      for (let stop = 0; stop < 12; stop += 1) await step();
      for (let stop = 0; stop < 12; stop += 1) await step("Shift+Tab");
    }
  });

  await t.test("searching, and back into the list", async () => {
    await press("/");
    await focused(page.getByRole("searchbox"));
    await page.keyboard.type("contoso");
    await page.locator("[role=grid][aria-rowcount='6']").waitFor();
    await press("Escape", "Escape");
    await focused(page.locator("[role=gridcell]"));
    await page.locator("[role=grid][aria-rowcount='41']").waitFor();
  });

  await t.test("a row opens, its tabs are walked, something is copied, and Escape leads back to the row", async () => {
    await press("Home", "ArrowDown", "ArrowDown", "Enter");
    await focused(page.getByRole("button", { name: "Close details" }));
    await tabTo(page.getByRole("tab", { name: "Summary" }));
    const tabs = page.getByRole("complementary").getByRole("tab");
    for (let place = 1; place < (await tabs.count()); place += 1) {
      await press("ArrowRight", "Enter");
      await tabs.nth(place).and(page.locator("[aria-selected=true]")).waitFor();
    }
    await press("Home", "Enter");
    await tabTo(page.getByRole("button", { name: /^Copy/ }));
    await press("Enter");
    assert.equal((await asked("copy_text")).length, 1);
    await press("Escape");
    await gone("complementary");
    await focused(row(4));
  });

  await t.test("the palette switches the theme and gives the focus back", async () => {
    await press("Control+k");
    await focused(page.getByRole("combobox", { name: "Find a command or a referral" }));
    await page.keyboard.type("theme: dark");
    await press("Enter");
    await gone("dialog");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    await focused(row(4));
  });

  await t.test("the palette leads to another view, and the focus goes with it", async () => {
    await press("Control+k");
    await page.keyboard.type("go to activity");
    await press("Enter");
    await gone("dialog");
    await page.getByRole("grid", { name: "Activity" }).waitFor();
    assert.equal(await focusMark(page), "seen");
    assert.equal(await page.evaluate(() => document.querySelector("main").contains(document.activeElement)), true);
  });

  await t.test("the palette opens a referral, and its details have the focus", async () => {
    await press("Control+k");
    await page.keyboard.type("fabrikam");
    await page.getByRole("option", { name: /Fabrikam/ }).first().waitFor();
    await press("Enter");
    await focused(page.getByRole("button", { name: "Close details" }));
    await press("Escape");
    await gone("complementary");
    await focused(page.locator("[role=gridcell]"));
  });

  await t.test("the keyboard sheet opens, scrolls and closes", async () => {
    await press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await press("Tab", "Tab", "Escape");
    await gone("dialog");
    await focused(page.locator("[role=gridcell]"));
  });

  await t.test("dialogs that open by themselves hold the focus and give it back", async () => {
    for (const [opened, closed, role] of [
      [{ asks_on_close: true }, null, "alertdialog"],
      [{ ask_to_enable: true }, null, "alertdialog"],
      [{ sign_in: { state: "starting" } }, { sign_in: { state: "idle" } }, "dialog"],
    ]) {
      await page.evaluate((change) => window.engine.set(change), opened);
      const dialog = page.getByRole(role);
      await dialog.locator(":focus").waitFor();
      for (let stop = 0; stop < 5; stop += 1) {
        await page.keyboard.press("Tab");
        assert.equal(await dialog.evaluate((element) => element.contains(document.activeElement)), true);
      }
      if (closed) await page.evaluate((change) => window.engine.set(change), closed);
      else await page.keyboard.press("Escape");
      await gone(role);
      await focused(page.locator("[role=gridcell]"));
    }
  });
});
