// A salesperson's first day with Hunter, in the real window, by what they see and press.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage, approve } from "./stage.mjs";
import { until } from "./webdriver.mjs";

const OPEN = 88;
const DECIDED_ELSEWHERE = /^Set by environment variable HUNTER_PARTNER_CENTER_ENABLED$/;

test("from the first start to everything up to date", { timeout: 180_000 }, async (t) => {
  const stage = await Stage.build({ keyring: true });
  t.after(() => stage.strike());
  const sandbox = await stage.sandbox();
  const hunter = await stage.openForPictures();

  const step = async (name, run) => {
    let done = false;
    await t.test(name, async () => {
      try {
        await run();
        done = true;
      } catch (error) {
        const picture = await stage.picture(hunter, "journey-failed").catch(() => "no picture");
        error.message += `\nthe window then: ${picture}\n${stage.said()}`;
        throw error;
      }
    });
    if (!done) throw new Error(`the journey ends at: ${name}`);
  };
  const grid = () => hunter.role("grid", "Referrals");
  const firstCustomer = async () =>
    (await hunter.find("[role=grid] [role=row][aria-rowindex='2'] [role=gridcell] div div")).text();
  const rows = async (wanted) =>
    until(wanted.toString(), async () => wanted(Number(await (await grid()).attribute("aria-rowcount")) - 1));

  await step("the first run offers to sign in and to explore sample data", async () => {
    await hunter.role("button", "Sign in with Microsoft");
    await hunter.role("button", "Explore with sample data");
    await stage.picture(hunter, "journey-1-first-run");
  });

  let code;
  await step("signing in shows a code and opens Microsoft's page", async () => {
    await (await hunter.role("button", "Sign in with Microsoft")).click();
    code = await until("a code", async () => (await (await hunter.testId("device-code")).text()).trim());
    assert.match(code, /^[A-Z0-9-]{6,12}$/);
    await until("the browser to be asked", () => stage.openedUrls().length > 0);
    assert.deepEqual(stage.openedUrls(), [sandbox.verification_uri]);
    await stage.picture(hunter, "journey-2-code");
  });

  await step("once the code is approved, every open referral is there", async () => {
    await approve(sandbox.verification_uri, code);
    await rows((shown) => shown === OPEN);
    await stage.picture(hunter, "journey-3-referrals");
  });

  await step("each row carries its badges", async () => {
    await hunter.testId("badge-expiry");
    const count = async (badge) => (await hunter.all(`[role=grid] [data-testid="${badge}"]`)).length;
    const drawn = (await hunter.all("[role=grid] [role=row] [role=gridcell]:first-child")).length;
    assert.ok(drawn > 5, `${drawn} rows are drawn`);
    for (const badge of ["badge-kind", "badge-status", "badge-link"]) assert.equal(await count(badge), drawn, badge);
  });

  await step("searching narrows the list, and clearing it brings all back", async () => {
    const search = await hunter.role("searchbox", "Search referrals");
    await search.type(await firstCustomer());
    await rows((shown) => shown >= 1 && shown < OPEN);
    await stage.picture(hunter, "journey-4-search");
    await search.type("nobody is called like this");
    await rows((shown) => shown === 0);
    await (await hunter.role("button", "Clear search")).click();
    await rows((shown) => shown === OPEN);
  });

  await step("a click on a row opens its details", async () => {
    const row = await hunter.find("[role=grid] [role=row][aria-rowindex='2']");
    const customer = await firstCustomer();
    await row.click();
    await until("the customer in the details", async () =>
      (await (await hunter.find("[aria-label='Referral details']")).text()).includes(customer),
    );
    await (await hunter.role("tab", "Contacts")).click();
    await stage.picture(hunter, "journey-5-contacts");
    await (await hunter.role("tab", "Raw data")).click();
    await (await hunter.role("searchbox", "Find in raw data")).type("engagementId");
    await until("the payload", async () => /1 of \d+ match[^]*"engagementId"/.test(await hunter.text()));
    await stage.picture(hunter, "journey-6-raw-data");
    await (await hunter.role("button", "Close details")).click();
  });

  await step("Sync now finds everything up to date", async () => {
    const before = await stage.hunter("status");
    assert.equal(before.last_sync.inserted, 250);
    await (await hunter.role("button", "Sync now")).click();
    const after = await until("another sync to end", async () => {
      const status = await stage.hunter("status");
      return status.last_sync.run_id !== before.last_sync.run_id && status;
    });
    const { status, inserted, updated, failure_count } = after.last_sync;
    assert.deepEqual({ status, inserted, updated, failure_count }, { status: "completed", inserted: 0, updated: 0, failure_count: 0 });
    assert.deepEqual(after.database.by_status, before.database.by_status);
    await until("the state in words", async () => /Synced (just now|\d+ min ago)/.test(await hunter.text()));
    await rows((shown) => shown === OPEN);
  });

  await step("Activity tells what each sync did, and a click shows its sum", async () => {
    await (await hunter.role("link", "Activity")).click();
    const [newest, first] = [2, 3].map((row) => `[role=grid] [role=row][aria-rowindex='${row}']`);
    await until("both syncs", async () =>
      /Nothing new/.test(await (await hunter.find(newest)).text()) && /250 new/.test(await (await hunter.find(first)).text()),
    );
    await (await hunter.find(first)).click();
    const sum = await hunter.find("[aria-label='Sync details'] [aria-label='What became of the referrals']");
    assert.match((await sum.text()).replace(/\s+/g, ""), /New250Changed0Unchanged0.*Fetchedinall250$/);
    await until("the list to fit beside the panel", () =>
      hunter.run("const grid = document.querySelector('[role=grid]'); return grid.scrollWidth <= grid.clientWidth"),
    );
    await stage.picture(hunter, "journey-7-activity");
  });

  await step("Settings shows what is decided elsewhere as locked", async () => {
    await (await hunter.role("link", "Settings")).click();
    // Drawn by its track; the input itself is see-through.
    const flag = await hunter.find("input[role=switch]");
    assert.match(await flag.name(), /^Partner Center sync/);
    assert.equal(await flag.isEnabled(), false);
    await until("why it is locked", async () => (await hunter.text()).split("\n").some((line) => DECIDED_ELSEWHERE.test(line.trim())));
    await stage.picture(hunter, "journey-8-settings");
  });

  await step("the command line sees the same referrals", async () => {
    const { total } = await stage.hunter("list");
    assert.equal(total, OPEN);
    const { secret_store, signed_in } = await stage.hunter("status");
    assert.deepEqual({ secret_store, signed_in }, { secret_store: "keyring", signed_in: true });
  });
});
