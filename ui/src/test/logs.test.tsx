import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { LogLine } from "../api/bindings";
import { engine, open, setting, signedIn } from "./world";

const logLine = (number: number, change: Partial<LogLine> = {}): LogLine => ({
  at: new Date(Date.parse("2026-03-10T12:00:00Z") + number * 1_000).toISOString(),
  level: "info",
  program: "hunter-desktop",
  event: `event_${number}`,
  run_id: null,
  text: `fetched=${number}`,
  ...change,
});
const newestFirst = (count: number) => Array.from({ length: count }, (_, place) => logLine(count - place));

const settings = [setting("log", { value: "info", default: "info" })];

async function openSection(name: string, world: Parameters<typeof open>[0]) {
  location.hash = `#/settings/${name}`;
  const page = await open(world);
  await screen.findByRole("heading", { name: name === "logs" ? "Logs" : "Diagnostics" });
  return page;
}
const openLogs = (logs: LogLine[], shown = settings) =>
  openSection("logs", { logs, settings: shown, snapshot: signedIn });
const shownEvents = () =>
  within(screen.getByRole("list", { name: "Log lines" }))
    .queryAllByRole("listitem")
    .map((item) => /event_\d+/.exec(item.textContent ?? "")?.[0]);

test("the newest lines come first, older ones when asked for", async () => {
  const { user } = await openLogs(newestFirst(230));
  await screen.findByText("event_230");
  expect(screen.queryByText("event_130")).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Show older lines" }));
  await screen.findByText("event_31");
  await user.click(await screen.findByRole("button", { name: "Show older lines" }));
  await screen.findByText("event_1");
  expect(shownEvents()).toEqual(newestFirst(230).map(({ event }) => event));
  expect(screen.queryByRole("button", { name: "Show older lines" })).not.toBeInTheDocument();
});

test("lines are narrowed by level, program and words", async () => {
  const { platform, user } = await openLogs([
    logLine(4, { level: "error", program: "hunter" }),
    logLine(3, { level: "warn" }),
    logLine(2, { run_id: "run-7" }),
    logLine(1, { level: "debug" }),
  ]);
  await screen.findByText("event_4");
  expect(screen.getByText("run_id=run-7 fetched=2")).toBeVisible();
  await user.selectOptions(screen.getByRole("combobox", { name: "Level" }), "Warnings and graver");
  await waitFor(() => expect(shownEvents()).toEqual(["event_4", "event_3"]));
  await user.selectOptions(screen.getByRole("combobox", { name: "Written by" }), "hunter");
  await waitFor(() => expect(shownEvents()).toEqual(["event_4"]));
  await user.type(screen.getByRole("searchbox", { name: "Search log lines" }), "nothing");
  expect(await screen.findByText("No line passes the filter.")).toBeVisible();
  expect(platform.asked("logs").at(-1)?.filter).toEqual({ level: "warn", program: "hunter", text: "nothing" });
});

test("while followed, new lines come on top", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 50 });
  try {
    const { platform, user } = await openLogs(newestFirst(3));
    await screen.findByText("event_3");
    await engine(() => {
      platform.logs = newestFirst(4);
    });
    vi.advanceTimersByTime(5_000);
    expect(screen.queryByText("event_4")).not.toBeInTheDocument();
    await user.click(screen.getByRole("switch", { name: "Follow" }));
    vi.advanceTimersByTime(1_100);
    await screen.findByText("event_4");
    expect(shownEvents()).toEqual(["event_4", "event_3", "event_2", "event_1"]);
    platform.logs = newestFirst(6);
    vi.advanceTimersByTime(1_100);
    await screen.findByText("event_6");
    expect(shownEvents()).toHaveLength(6);
    await user.click(screen.getByRole("switch", { name: "Follow" }));
    const asked = platform.asked("newer_logs").length;
    vi.advanceTimersByTime(5_000);
    expect(platform.asked("newer_logs")).toHaveLength(asked);
  } finally {
    vi.useRealTimers();
  }
});

test("what is shown can be copied, the oldest line first", async () => {
  const { platform, user } = await openLogs(newestFirst(2));
  await screen.findByText("event_2");
  await user.click(screen.getByRole("button", { name: "Copy the lines shown" }));
  expect(platform.asked("copy_text")).toEqual([
    {
      text:
        "2026-03-10T12:00:01.000Z INFO hunter-desktop event_1 fetched=1\n" +
        "2026-03-10T12:00:02.000Z INFO hunter-desktop event_2 fetched=2",
    },
  ]);
});

test("the level is chosen here, unless somebody else decides", async () => {
  const { platform, user } = await openLogs([]);
  await user.selectOptions(
    await screen.findByRole("combobox", { name: "What is written" }),
    "Details, each referral included",
  );
  expect(platform.asked("set_setting")).toEqual([{ key: "log", value: "debug" }]);
});

test("a filter of several parts is shown as it is; a policy locks it", async () => {
  await openLogs([], [setting("log", { value: "warn,hunter_store=debug", locked: true, source: "policy" })]);
  const written = await screen.findByRole("combobox", { name: "What is written" });
  expect(written).toBeDisabled();
  expect(written).toHaveDisplayValue("warn,hunter_store=debug");
  expect(screen.getByText("Set by your administrator")).toBeVisible();
});

test("a log that cannot be read says so, and can be asked for again", async () => {
  location.hash = "#/settings/general";
  const { platform, user } = await open({ logs: newestFirst(1), settings, snapshot: signedIn });
  platform.failNext("logs", { code: "storage_io", message: "No.", hint: "Look.", retry: "never" });
  await user.click(await screen.findByRole("link", { name: "Logs" }));
  expect(await screen.findByText("The log could not be read")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("event_1")).toBeVisible();
});

test("a bundle is looked at before it is saved", async () => {
  const { platform, user } = await openSection("diagnostics", { settings, snapshot: signedIn });
  platform.diagnostics = [
    { name: "versions.json", bytes: 20, text: '{"hunter":"0.1.0"}' },
    { name: "logs/hunter.jsonl", bytes: 2_000, text: "a line of the log" },
  ];
  platform.saved = { kind: "saved", path: "/home/me/bundle.zip" };
  expect(screen.queryByRole("button", { name: "Save as ZIP" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Collect" }));
  expect(await screen.findByText('{"hunter":"0.1.0"}')).toBeVisible();
  await user.selectOptions(screen.getByRole("combobox", { name: "File in the bundle" }), "logs/hunter.jsonl");
  expect(screen.getByText("a line of the log")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Save as ZIP" }));
  expect(await screen.findByText("/home/me/bundle.zip")).toBeVisible();
  expect(platform.asked("save_diagnostics")).toHaveLength(1);
});

test("in a browser the bundle becomes a download; a failure says what to do", async () => {
  const { platform, user } = await openSection("diagnostics", { settings, snapshot: signedIn });
  platform.diagnostics = [{ name: "versions.json", bytes: 2, text: "{}" }];
  platform.saved = { kind: "download", name: "bundle.zip", content: btoa("PK") };
  const made: Blob[] = [];
  vi.stubGlobal(
    "URL",
    Object.assign(URL, { createObjectURL: (blob: Blob) => `blob:${made.push(blob)}`, revokeObjectURL: vi.fn() }),
  );
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  await user.click(screen.getByRole("button", { name: "Collect" }));
  await user.click(await screen.findByRole("button", { name: "Save as ZIP" }));
  await waitFor(() => expect(click).toHaveBeenCalledOnce());
  expect(click.mock.instances[0]).toHaveProperty("download", "bundle.zip");
  expect(made[0]?.size).toBe(2);
  click.mockRestore();
  platform.failNext("save_diagnostics", { code: "storage_full", message: "Full.", hint: "Free.", retry: "later" });
  await user.click(screen.getByRole("button", { name: "Save as ZIP" }));
  expect(await screen.findByText("Full.")).toBeVisible();
});
