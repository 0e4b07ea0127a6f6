// The page in a real browser, served by the real `hunter serve` on the sandbox.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { approve, PICTURES, Stage } from "../desktop/stage.mjs";
import { until } from "../desktop/webdriver.mjs";
import { openBrowser } from "./chromium.mjs";

const OPEN = 88;

/** A page on another port of this computer, as a hostile program could have it. */
async function elsewhere(t) {
  const server = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<p>elsewhere</p>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}/`;
}

test("a day with Hunter in the browser", { timeout: 180_000 }, async (t) => {
  const stage = await Stage.build({ screen: false });
  t.after(() => stage.strike());
  const sandbox = await stage.sandbox();
  stage.env.HUNTER_ENVIRONMENT = "dev";
  const served = await stage.serve("--listen", "127.0.0.1:0");
  const browser = await openBrowser(t);
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: served.url });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  mkdirSync(PICTURES, { recursive: true });
  const picture = (name) => page.screenshot({ path: join(PICTURES, `browser-${name}.png`) });

  const step = async (name, run) => {
    let done = false;
    await t.test(name, async () => {
      try {
        await run();
        done = true;
      } catch (error) {
        await picture("failed").catch(() => undefined);
        error.message += `\nthe page: ${page.url()}\n${complaints.join("\n")}\n${stage.said()}`;
        throw error;
      }
    });
    if (!done) throw new Error(`the day ends at: ${name}`);
  };
  const grid = page.getByRole("grid", { name: "Referrals" });
  const rows = (wanted) =>
    until(`${wanted} rows`, async () => (await grid.getAttribute("aria-rowcount").catch(() => null)) === String(wanted + 1));
  const runs = async () => (await stage.hunter("runs")).runs.length;

  await step("the link opens the page, without its code staying in the address", async () => {
    await page.goto(served.link);
    await page.getByRole("button", { name: "Sign in with Microsoft" }).waitFor();
    assert.equal(page.url(), `${served.url}/`);
    const [cookie] = await context.cookies();
    assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, "Strict"]);
    await picture("1-first-run");
  });

  await step("the link opens nothing a second time, and the token does", async () => {
    const other = await browser.newContext({ locale: "en-US" });
    const second = await other.newPage();
    await second.goto(served.link);
    await second.getByRole("alert").filter({ hasText: "This link has been used" }).waitFor();
    await second.screenshot({ path: join(PICTURES, "browser-2-door.png") });
    const token = readFileSync(join(stage.env.HUNTER_DATA_DIR, "http_token"), "utf8").trim();
    await second.getByLabel("Token").fill(token);
    await second.getByRole("button", { name: "Open Hunter" }).click();
    await second.getByRole("button", { name: "Sign in with Microsoft" }).waitFor();
    await other.close();
  });

  await step("signing in: the browser copies the code and opens Microsoft's page itself", async () => {
    await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
    const code = (await page.getByTestId("device-code").textContent()).trim();
    assert.match(code, /^[A-Z0-9-]{6,12}$/);
    await page.getByRole("button", { name: "Copy the code" }).click();
    await until("the code on the clipboard", async () =>
      (await page.evaluate(() => navigator.clipboard.readText())) === code,
    );
    const [opened] = await Promise.all([
      context.waitForEvent("page"),
      page.getByRole("button", { name: "Open the page" }).click(),
    ]);
    await opened.waitForURL(sandbox.verification_uri);
    await opened.close();
    await picture("3-code");
    await approve(sandbox.verification_uri, code);
    await rows(OPEN);
    await picture("4-referrals");
  });

  await step("Sync now runs a sync, and the page hears of it", async () => {
    const before = await runs();
    await page.getByRole("button", { name: "Sync now" }).click();
    await until("another run", async () => (await runs()) > before);
    await page.getByText(/^Synced/).first().waitFor();
    await rows(OPEN);
  });

  await step("every view that there is opens", async () => {
    const view = (name) => page.getByRole("navigation").getByRole("link", { name });
    await view("Activity").click();
    await page.getByRole("heading", { name: "Activity" }).first().waitFor();
    await view("Referrals").click();
    await rows(OPEN);
  });

  await step("the checklist goes from NO-GO to GO", async () => {
    await page.getByRole("navigation").getByRole("link", { name: "Checklist" }).click();
    const verdict = async () => (await page.getByTestId("checklist-verdict").textContent()).trim();
    await until("a verdict", async () => (await verdict()) === "NO-GO");
    await picture("5-no-go");
    await page.getByRole("button", { name: "Run all checks" }).click();
    await picture("6-checking");
    await until("the other verdict", async () => (await verdict()) === "GO", 60_000);
    await picture("7-go");
  });

  await step("a page elsewhere gets nothing and starts nothing", async () => {
    const before = await runs();
    const foreign = await context.newPage();
    await foreign.goto(await elsewhere(t));
    const outcomes = await foreign.evaluate(async (url) => {
      const ask = (path, options) => fetch(url + path, { credentials: "include", ...options }).then(() => "read", () => "refused");
      const form = document.createElement("form");
      form.method = "POST";
      form.action = `${url}/api/referrals/sync`;
      form.target = "frame";
      const frame = document.createElement("iframe");
      frame.name = "frame";
      document.body.append(frame, form);
      const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
      form.submit();
      await loaded;
      return [
        await ask("/api/v1/partner-center/referrals/inbox"),
        await ask("/rpc/snapshot", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }),
        await ask("/rpc/sync_now", { method: "POST", body: "{}" }),
        await ask("/api/referrals/sync", { method: "POST" }),
      ];
    }, served.url);
    assert.deepEqual(outcomes, ["refused", "refused", "refused", "refused"]);
    await foreign.close();
    assert.equal(await runs(), before);
  });

  await step("nothing was complained of", async () => assert.deepEqual(complaints, []));

  await step("after a restart the page leads to the door, and the new link opens it", async () => {
    await served.end();
    const again = await stage.serve("--listen", new URL(served.url).host);
    assert.equal(again.url, served.url);
    await page.waitForURL(`${served.url}/enter`);
    await page.goto(again.link);
    await rows(OPEN);
  });
});
