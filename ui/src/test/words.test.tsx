import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Snapshot } from "../api/bindings";
import { syncWords } from "../features/frame/syncWords";
import { ExpiryBadge } from "../features/referrals/badges";
import { isClientId, isTenantId } from "../features/sign-in/identity";
import { createTranslations, type Translate, term, WordsProvider } from "../i18n";
import { clockTime, companySize, countdown, country, initials, inParts, languageName, money } from "../i18n/format";
import { FakePlatform } from "../platform/fake";
import { account, inHours, NOW, open, referral } from "./world";

const en = createTranslations("en").t as Translate;
const tr = createTranslations("tr").t as Translate;

describe("expiry badge", () => {
  const day = 24;
  test.each([
    [12 * day, "12 days left", "quiet"],
    [5 * day + 0.1, "6 days left", "quiet"],
    [5 * day, "5 days left", "amber"],
    [3 * day, "3 days left", "amber"],
    [2 * day + 0.1, "3 days left", "amber"],
    [2 * day, "2 days left", "red"],
    [day, "1 day left", "red"],
    [day - 0.1, "24 hours left", "red"],
    [1, "1 hour left", "red"],
    [0.999, "60 min left", "red"],
    [0.75, "45 min left", "red"],
    [0.001, "1 min left", "red"],
    [0, "Expired", "red"],
    [-100, "Expired", "red"],
  ])("%s hours ahead reads %s in %s", (hours, words, tone) => {
    show(inHours(hours));
    const badge = screen.getByTestId("badge-expiry");
    expect(badge).toHaveTextContent(new RegExp(`^${words}$`));
    expect(badge).toHaveAttribute("data-tone", tone);
    expect(badge.querySelector("svg")).not.toBeNull();
  });

  test("an estimate is marked as one", () => {
    show(inHours(72), { expires_estimated: true });
    expect(screen.getByTestId("badge-expiry")).toHaveTextContent("≈ 3 days left");
    expect(screen.getByTestId("badge-expiry").title).toContain("Estimated");
  });

  test.each([
    ["answered", { status: "Active" }],
    ["closed", { status: "Closed" }],
    ["without a date", { expires_at: null }],
    ["gone at Microsoft", { gone_at: inHours(-1) }],
    ["with a date that is none", { expires_at: "soon" }],
  ])("nothing counts down for a referral that is %s", (_, change) => {
    show(inHours(10), change);
    expect(screen.queryByTestId("badge-expiry")).toBeNull();
  });

  function show(expires_at: string, change = {}) {
    render(
      <WordsProvider translations={createTranslations("en")}>
        <ExpiryBadge item={referral({ expires_at, ...change })} now={NOW} />
      </WordsProvider>,
    );
  }
});

describe("clocks", () => {
  beforeEach(() =>
    vi.useFakeTimers({
      now: NOW,
      toFake: ["Date", "setInterval", "clearInterval", "setTimeout", "clearTimeout"],
      shouldAdvanceTime: true,
    }),
  );
  afterEach(() => vi.useRealTimers());

  test("an expiry badge in the open window counts down by itself", async () => {
    await open({
      referrals: [referral({ expires_at: inHours(48.01) })],
      snapshot: { profile: account, signed_in: true },
    });
    expect(await screen.findByTestId("badge-expiry")).toHaveTextContent("3 days left");
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(screen.getByTestId("badge-expiry")).toHaveTextContent("2 days left");
    expect(screen.getByTestId("badge-expiry")).toHaveAttribute("data-tone", "red");
  });

  test("the next sync is counted down, by the second in its last minute", async () => {
    const sync = { ...new FakePlatform().snapshot.sync, last_success_at: inHours(0), next_at: inHours(2 / 60) };
    await open({ snapshot: { profile: account, signed_in: true, sync } });
    expect(screen.getByTitle("Synced just now · next in 2 min")).toHaveTextContent("Synced just now · next in 2 min");
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(screen.getByTitle("Synced 1 min ago · next in 1 min")).toHaveTextContent("Synced 1 min ago · next in 1 min");
    await act(() => vi.advanceTimersByTimeAsync(45_000));
    expect(screen.getByTitle("Synced 2 min ago · next in 15 s")).toHaveTextContent("Synced 2 min ago · next in 15 s");
    await act(() => vi.advanceTimersByTimeAsync(15_000));
    expect(screen.getByTitle("Synced 2 min ago · due now")).toHaveTextContent("Synced 2 min ago · due now");
  });

  test("the sign-in code shows the time left by the wall clock", async () => {
    const state = {
      state: "waiting",
      user_code: "ABC",
      verification_uri: "https://x",
      copied: false,
      browser_opened: false,
    };
    await open({ snapshot: { sign_in: { ...state, expires_at: inHours(0.25) } as Snapshot["sign_in"] } });
    expect(screen.getByText("The code is valid for 15:00")).toBeVisible();
    await act(() => vi.advanceTimersByTimeAsync(61_000));
    expect(screen.getByText("The code is valid for 13:59")).toBeVisible();
    vi.setSystemTime(NOW + 3_600_000);
    await act(() => vi.advanceTimersByTimeAsync(1_000));
    expect(screen.getByText(/The code has expired/)).toBeVisible();
  });
});

describe("sync state in words", () => {
  const ready: Snapshot = new FakePlatform({ snapshot: { profile: account, signed_in: true } }).snapshot;
  const problem = { code: "x", message: "m", hint: null, retry: "later" } as const;
  const running = { run_id: "r", page: 3, fetched: 400, started_at: inHours(0) };
  const at = (hours: number, more: Partial<Snapshot["sync"]> = {}) => ({
    sync: { ...ready.sync, last_success_at: inHours(hours), ...more },
  });
  const minutes = (count: number) => count / 60;

  test.each<[string, Partial<Snapshot>]>([
    ["Synced 2 min ago · next in 8 min", at(minutes(-2), { next_at: inHours(minutes(8)) })],
    ["Synced 2 min ago", at(minutes(-2))],
    ["Synced just now · next in 30 s", at(0, { next_at: inHours(minutes(0.5)) })],
    ["Synced 3 h ago", at(-3)],
    ["Synced 2 days ago", at(-48)],
    ["Synced 11 min ago · due now", at(minutes(-11), { next_at: inHours(minutes(-1)) })],
    ["Syncing… page 3", at(-1, { state: "syncing", running })],
    ["Syncing…", at(-1, { state: "syncing", running: { ...running, page: 0 } })],
    ["Offline, showing data of 09:00", at(-3, { state: "offline", problem })],
    [
      "Offline, showing data of 09:00 · trying again at 12:20",
      at(-3, { state: "offline", problem, next_at: inHours(minutes(20)) }),
    ],
    ["Offline, nothing synced yet", { sync: { ...ready.sync, state: "offline", problem } }],
    ["Microsoft asks to wait until 12:20", at(-3, { state: "throttled", throttled_until: inHours(minutes(20)) })],
    ["Background sync is paused", at(-3, { state: "paused", paused: true })],
    ["Last sync failed, showing data of Mar 9 12:00", at(-24, { problem: { ...problem, retry: "never" } })],
    ["Sign in again", at(-3, { state: "needs_sign_in" })],
    ["Sync is off", at(-3, { state: "off" })],
    ["Not synced yet", {}],
  ])("%s", (words, change) => {
    const { text, next } = syncWords({ ...ready, ...change }, NOW, en, "en");
    expect([text, next].filter(Boolean).join(" · ")).toBe(words);
  });

  test("in Turkish", () => {
    const snapshot = { ...ready, ...at(minutes(-2), { next_at: inHours(minutes(8)) }) };
    const { text, next } = syncWords(snapshot, NOW, tr, "tr");
    expect([text, next]).toEqual(["2 dk önce eşitlendi", "sonraki 8 dk sonra"]);
  });
});

test.each([
  ["1234567.89", "USD", "en", "$1,234,567.89"],
  ["1234567.89", "TRY", "tr", "₺1.234.567,89"],
  ["30000", "EUR", "en", "€30,000"],
  ["9007199254740993.01", "USD", "en", "$9,007,199,254,740,993.01"],
  ["0.1234", "USD", "en", "$0.1234"],
  ["-5", "USD", "en", "-$5"],
  ["12", null, "en", "12"],
  ["343000.5", null, "en", "343,000.50"],
  ["343000.5", null, "tr", "343.000,50"],
  ["0.1234", null, "en", "0.1234"],
  ["12.5", "not a currency", "en", "12.50 not a currency"],
  ["about 5", "USD", "en", "about 5 USD"],
] as const)("money %s %s in %s is %s", (value, currency, language, words) => {
  expect(money(value, currency, language)).toBe(words);
});

test("times, countries and initials follow the language", () => {
  expect(clockTime(inHours(2.1), NOW, "tr")).toBe("14:06");
  expect(clockTime("never", NOW, "en")).toBe("never");
  expect(countdown(899_001)).toBe("15:00");
  expect(countdown(-5)).toBe("0:00");
  expect(country("TR", "tr")).toBe("Türkiye (TR)");
  expect(country("Atlantis", "en")).toBe("Atlantis");
  expect(initials("ışık ince", "tr")).toBe("Iİ");
  expect(initials("ince", "en")).toBe("I");
});

test("words of the service that hold numbers, a language or several words are told as a person would", () => {
  expect(companySize("51to250employees", en, "en")).toBe("51–250 employees");
  expect(companySize("Morethan20000employees", tr, "tr")).toBe("20.000 üzeri çalışan");
  expect(companySize("quite big", en, "en")).toBe("quite big");
  expect(languageName("tr-TR", "en")).toBe("Turkish (Türkiye)");
  expect(languageName("no tag", "en")).toBe("no tag");
  expect(inParts("DeploymentOrMigration")).toBe("Deployment Or Migration");
});

test("Turkish counts and terms; an unknown term stays what it was", () => {
  expect(tr("referrals.shown", { count: 1500 })).toBe("1.500 referans");
  expect(en("referrals.shown", { count: 1 })).toBe("1 referral");
  expect(term(tr, "status", "new")).toBe("Yeni");
  expect(term(en, "status", "toString")).toBe("toString");
});

test.each([
  ["1b2c3d4e-0000-4000-8000-123456789abc", true, true],
  ["contoso.com", false, true],
  ["contoso.onmicrosoft.com", false, true],
  ["contoso", false, false],
  ["-contoso.com", false, false],
  ["contoso.com/x", false, false],
  ["", false, false],
])("%s as client ID %s, as tenant ID %s", (text, client, tenant) => {
  expect(isClientId(text)).toBe(client);
  expect(isTenantId(text)).toBe(tenant);
});
