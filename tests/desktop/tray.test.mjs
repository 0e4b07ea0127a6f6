// Hunter beside its window: tray, notifications, closing and coming back, all as a desktop sees it.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Stage } from "./stage.mjs";
import { until } from "./webdriver.mjs";

const LIMIT = { timeout: 120_000 };

/** A stage with an account that is signed in nowhere: the tray does not need one. */
const stageOf = async (t) => {
  const stage = await Stage.build();
  t.after(() => stage.strike());
  const sandbox = await stage.sandbox();
  return { stage, sandbox, desktop: await stage.desktop() };
};
const labels = async (desktop) => (await desktop.ask("menu")).map((line) => line.label);
const line = async (desktop, label) =>
  until(`"${label}" in the menu`, async () => (await desktop.ask("menu")).find((one) => one.label === label));
const click = async (desktop, label) => desktop.ask("click", { id: (await line(desktop, label)).id });
const windows = (desktop, count) =>
  until(`${count} windows`, async () => {
    const shown = await desktop.ask("windows");
    return shown.length === count && { shown };
  });
const item = (desktop) => until("the tray's icon", () => desktop.ask("item"));

test("the tray has an icon, a menu in words, and what it is told to do is done", LIMIT, async (t) => {
  const { stage, desktop } = await stageOf(t);
  await desktop.ask("tray", { on: true });
  const hunter = stage.launch();
  const { id, title, icons } = await item(desktop);
  assert.deepEqual({ id, title }, { id: "hunter-desktop", title: "Hunter" });
  for (const { width, height, bytes } of icons) assert.equal(bytes, width * height * 4);
  assert.deepEqual(icons.map(({ width }) => width), [22, 32, 44]);
  const [open, syncNow, state, ...rest] = await labels(desktop);
  assert.deepEqual([open, syncNow, ...rest], ["Open Hunter", "Sync now", "-", "Pause background sync", "Quit"]);
  assert.ok(state.length > 0);

  assert.equal((await line(desktop, "Pause background sync")).ticked, false);
  await click(desktop, "Pause background sync");
  await until("the tick", async () => (await line(desktop, "Pause background sync")).ticked);
  await click(desktop, "Pause background sync");
  await until("no tick", async () => !(await line(desktop, "Pause background sync")).ticked);

  await click(desktop, "Quit");
  assert.equal(await hunter.code, 0);
  assert.equal(await desktop.ask("item"), null);
});

test("the window closes to the tray with its process, and comes back", LIMIT, async (t) => {
  const { stage, desktop } = await stageOf(t);
  await desktop.ask("tray", { on: true });
  const hunter = stage.launch();
  await item(desktop);
  await windows(desktop, 1);
  await until("a web process", () => hunter.webProcesses().length > 0);
  await line(desktop, "Open Hunter");
  await desktop.ask("close");
  await windows(desktop, 0);
  await until("no web process", () => hunter.webProcesses().length === 0);
  assert.equal(hunter.runs(), true);

  await click(desktop, "Open Hunter");
  await windows(desktop, 1);
  await desktop.ask("close");
  await windows(desktop, 0);
  await desktop.ask("activate");
  await windows(desktop, 1);
  await desktop.ask("close");
  await windows(desktop, 0);
  assert.equal(await stage.launch().code, 0, "a second launch hands over");
  await windows(desktop, 1);
  assert.equal(await stage.launch("--hidden").code, 0);

  hunter.end();
  assert.equal(await hunter.code, 0, "SIGTERM ends it as Quit does");
});

test("started hidden, it has no web process until somebody wants a window", LIMIT, async (t) => {
  const { stage, desktop } = await stageOf(t);
  await desktop.ask("tray", { on: true });
  const hunter = stage.launch("--hidden");
  await item(desktop);
  await line(desktop, "Open Hunter");
  assert.deepEqual(await desktop.ask("windows"), []);
  assert.deepEqual(hunter.webProcesses(), []);
  await stage.launch().code;
  await windows(desktop, 1);
});

test("new referrals are told in words, and a click opens the window on them", LIMIT, async (t) => {
  const { stage, desktop, sandbox } = await stageOf(t);
  await desktop.ask("tray", { on: true });
  await desktop.ask("notifications", { on: true });
  const control = `${sandbox.url}/_sandbox`;
  const signedIn = stage.hunter("login");
  const code = await until("a device code", async () => (await (await fetch(`${control}/device-codes`)).json())[0]?.user_code);
  await fetch(`${control}/device-codes/${code}/approve`, { method: "POST" });
  await signedIn;

  const hunter = stage.launch("--hidden");
  const count = async () => Number(/^\d+/.exec((await labels(desktop)).find((label) => / new$/.test(label)) ?? "")?.[0]);
  await until("the first sync to end", async () => (await stage.hunter("runs")).runs.length > 0);
  const before = (await stage.hunter("list", "--status", "new")).total;
  await until("the tray to tell it", async () => (await count()) === before);
  assert.deepEqual(await desktop.ask("notified"), [], "the first sync is silent");

  const { items } = await (await fetch(`${control}/referrals`)).json();
  const one = items.find((referral) => referral.status === "New");
  const fresh = { ...one, id: "5f0b6b8e-0000-4000-8000-00000000beef", customerProfile: { ...one.customerProfile, name: "Fig & <b>Thistle</b>" } };
  fresh.createdDateTime = fresh.updatedDateTime = new Date().toISOString();
  const put = await fetch(`${control}/referrals`, {
    method: "POST",
    body: JSON.stringify(fresh),
    headers: { "content-type": "application/json" },
  });
  assert.equal(put.status, 204);
  await until("Sync now to be offered", async () => (await line(desktop, "Sync now")).enabled);
  await click(desktop, "Sync now");
  const [notice] = await until("a notification", async () => {
    const notified = await desktop.ask("notified");
    return notified.length > 0 && notified;
  });
  assert.equal(notice.app, "Hunter");
  assert.equal(notice.actions[0], "default");
  assert.doesNotMatch(notice.body, /<b>/, "the service's text stays text");
  await until("one more", async () => (await count()) === before + 1);

  assert.deepEqual(await desktop.ask("windows"), []);
  await desktop.ask("invoke", { id: notice.id });
  await windows(desktop, 1);
  await click(desktop, "Quit");
  assert.equal(await hunter.code, 0);
});

test("the page knows what the desktop can do, at every moment, and asks where there is no tray", LIMIT, async (t) => {
  const { stage, desktop } = await stageOf(t);
  const hunter = await stage.open();
  const ask = (name) => hunter.run(`return window.__TAURI_INTERNALS__.invoke("call", { name: "${name}", args: {} })`);
  const can = (tray, notifications) =>
    until(`tray ${tray}, notifications ${notifications}`, async () => {
      const now = (await ask("snapshot")).desktop;
      return now.tray === tray && now.notifications === notifications;
    });
  await can(false, false);
  await desktop.ask("close");
  await until("the page to be asked", async () => (await ask("snapshot")).asks_on_close);
  await windows(desktop, 1);

  await desktop.ask("notifications", { on: true });
  await can(false, true);
  await desktop.ask("tray", { on: true });
  await can(true, true);
  await item(desktop);
  await desktop.ask("tray", { on: false });
  await can(false, true);
  await desktop.ask("notifications", { on: false });
  await can(false, false);
});

test("a window that was on a screen that is gone comes back on one that is there", LIMIT, async (t) => {
  const { stage, desktop } = await stageOf(t);
  await stage.hunter("config", "list").catch(() => undefined);
  const file = join(stage.env.HUNTER_DATA_DIR, "window.json");
  writeFileSync(file, JSON.stringify({ x: -9000, y: 7000, width: 900, height: 600 }));
  await desktop.ask("tray", { on: true });
  const hunter = stage.launch();
  const [at] = (await windows(desktop, 1)).shown;
  assert.deepEqual(at, { x: 0, y: 300, width: 900, height: 600 });
  await line(desktop, "Quit");
  await click(desktop, "Quit");
  await hunter.code;
  const { x, y, width, height } = JSON.parse(readFileSync(file, "utf8"));
  assert.deepEqual({ x, y, width, height }, at);
});

test("the system starts Hunter, hidden, while the setting says so", LIMIT, async (t) => {
  const { stage, desktop } = await stageOf(t);
  const entry = join(stage.env.XDG_CONFIG_HOME, "autostart", "hunter-desktop.desktop");
  await desktop.ask("tray", { on: true });
  const run = async (on, ...args) => {
    const hunter = stage.launch({ HUNTER_DESKTOP_AUTOSTART: String(on) }, ...args);
    await line(desktop, "Quit");
    await until(`autostart ${on}`, () => existsSync(entry) === on);
    await click(desktop, "Quit");
    await hunter.code;
  };
  await run(false);
  await run(true);
  assert.match(readFileSync(entry, "utf8"), /^Exec=".*hunter-desktop" --hidden$/m);
  await run(false, "--hidden");
});

test("where no graphics card is, WebKit draws by itself, in the process that was started", LIMIT, async (t) => {
  const { stage, desktop } = await stageOf(t);
  await desktop.ask("tray", { on: true });
  const hunter = stage.launch();
  await line(desktop, "Quit");
  const hasCard = existsSync("/dev/dri") && readdirSync("/dev/dri").some((name) => name.startsWith("renderD"));
  assert.equal(hunter.variables().includes("WEBKIT_DISABLE_COMPOSITING_MODE=1"), !hasCard);
  await click(desktop, "Quit");
  assert.equal(await hunter.code, 0);
});

test("arguments that mean nothing are refused", LIMIT, async (t) => {
  const stage = await Stage.build();
  t.after(() => stage.strike());
  const hunter = stage.launch("--hiden");
  assert.equal(await hunter.code, 2);
  assert.match(stage.said(), /--hiden is not understood/);
});
