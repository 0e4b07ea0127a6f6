import { screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { Connection } from "../api/connection";
import { FakePlatform } from "../platform/fake";
import { engine, open, referrals, setting, signedIn } from "./world";

test("it subscribes before it asks for the snapshot", async () => {
  const platform = new FakePlatform();
  await new Connection(platform).start();
  expect(platform.calls.map(({ name }) => name)).toEqual(["subscribe", "snapshot"]);
});

test("a change that arrives while the snapshot is on its way is not lost", async () => {
  const platform = new FakePlatform();
  const old = platform.snapshot;
  const call = platform.call.bind(platform);
  platform.call = async (name, args) => {
    if (name !== "snapshot") return call(name, args);
    platform.set({ language: "tr" });
    return old as never;
  };
  const connection = new Connection(platform);
  await connection.start();
  expect(connection.state()).toMatchObject({ phase: "ready", snapshot: { language: "tr" } });
});

test("a start that fails can be tried again, and subscribes once", async () => {
  const platform = new FakePlatform();
  platform.failNext("snapshot", { code: "storage", message: "Locked.", hint: null, retry: "now" });
  const connection = new Connection(platform);
  await connection.start();
  expect(connection.state()).toMatchObject({ phase: "failed", error: { message: "Locked." } });
  connection.retry();
  await waitFor(() => expect(connection.state().phase).toBe("ready"));
  expect(platform.calls.filter(({ name }) => name === "subscribe")).toHaveLength(1);
});

test("whoever looks at the page again makes it look again, at most once a second", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
  try {
    const platform = new FakePlatform();
    await new Connection(platform).start();
    const asked = () => platform.asked("look_again").length;
    expect(asked()).toBe(0);

    window.dispatchEvent(new Event("focus"));
    document.dispatchEvent(new Event("visibilitychange"));
    expect(asked()).toBe(1);

    vi.advanceTimersByTime(1_000);
    visibility.mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    expect(asked()).toBe(1);

    visibility.mockReturnValue("visible");
    platform.failNext("look_again", { code: "storage_busy", message: "Busy.", hint: null, retry: "later" });
    document.dispatchEvent(new Event("visibilitychange"));
    expect(asked()).toBe(2);

    vi.advanceTimersByTime(999);
    window.dispatchEvent(new Event("focus"));
    expect(asked()).toBe(2);
    vi.advanceTimersByTime(1);
    window.dispatchEvent(new Event("focus"));
    expect(asked()).toBe(3);
  } finally {
    visibility.mockRestore();
    vi.useRealTimers();
  }
});

test("only what is named as invalid is read again", async () => {
  const { platform, user } = await open({
    referrals: referrals(3),
    settings: [setting("language", { input: "choice", choices: ["en", "tr"] })],
    snapshot: signedIn,
  });
  await screen.findByText("Customer 000000");
  await user.click(screen.getByRole("link", { name: "Settings" }));
  await screen.findByRole("combobox", { name: "Language" });
  const lists = platform.asked("list_referrals").length;
  const settings = platform.asked("settings").length;

  await engine(() => platform.invalidate("settings"));
  expect(platform.asked("settings")).toHaveLength(settings + 1);
  expect(platform.asked("list_referrals")).toHaveLength(lists);

  await engine(() => platform.set({ counts: { open: 9, new: 9, expiring: 0, active: 0, closed: 0, all: 9 } }));
  expect(platform.asked("settings")).toHaveLength(settings + 1);
  expect(platform.asked("list_referrals")).toHaveLength(lists);

  await engine(() => platform.invalidate("referrals"));
  await user.click(screen.getByRole("link", { name: "Referrals" }));
  await waitFor(() => expect(platform.asked("list_referrals").length).toBeGreaterThan(lists));
  expect(platform.asked("settings")).toHaveLength(settings + 1);
});

test("a first answer that is on its way when the news comes is asked for again", async () => {
  const platform = new FakePlatform({ referrals: [], snapshot: signedIn });
  const call = platform.call.bind(platform);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  platform.call = async (name, args) => {
    const answer = await call(name, args);
    if (name === "list_referrals" && platform.asked("list_referrals").length === 1) await held;
    return answer;
  };
  await open(platform);
  await waitFor(() => expect(platform.asked("list_referrals")).toHaveLength(1));
  platform.referrals = referrals(3);
  await engine(() => platform.invalidate("referrals"));
  await engine(release);
  expect(await screen.findByText("Customer 000002")).toBeVisible();
});
