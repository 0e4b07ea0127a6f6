import { describe, expect, test } from "vitest";
import type { StageSum } from "../api/bindings";
import {
  answersOf,
  closedOf,
  closedQuery,
  hasNothing,
  pipelineOf,
  receivedOf,
  receivedQuery,
  stageQuery,
  winRate,
} from "../features/activity/figureData";
import { hoursWords, monthWords, percent, roughly, shortMonth } from "../features/activity/figureWords";

const stage = (change: Partial<StageSum>): StageSum => ({
  status: "New",
  substatus: "Pending",
  currency: "USD",
  referrals: 1,
  value: "10",
  ...change,
});

test("the pipeline stands per currency, the busiest first, in the order a referral goes through it", () => {
  const pipeline = pipelineOf([
    stage({ currency: null, referrals: 90, value: null }),
    stage({ status: "Draft" }),
    stage({ status: "Closed" }),
    stage({ status: "Active", substatus: "Accepted" }),
    stage({ currency: "TRY", referrals: 9 }),
    stage({ substatus: "Received", referrals: 2 }),
    stage({}),
    stage({ status: null }),
  ]);
  expect(pipeline.map(({ currency, referrals }) => [currency, referrals])).toEqual([
    ["TRY", 9],
    ["USD", 7],
    [null, 90],
  ]);
  expect(pipeline[1]?.stages.map(({ status, substatus }) => `${status} ${substatus}`)).toEqual([
    "New Received",
    "New Pending",
    "Active Accepted",
    "Closed Pending",
    "Draft Pending",
    "null Pending",
  ]);
});

test.each([
  [{}, { status: "New", substatus: "Pending", currency: "USD" }],
  [{ currency: null }, { status: "New", substatus: "Pending", currency: "none" }],
  [{ substatus: null }, null],
  [{ status: null }, null],
  [{ status: "Draft" }, null],
])("a stage %j opens %j", (change, query) => {
  expect(stageQuery(stage(change))).toEqual(query);
});

test("a month without any is a month too, also over the turn of the year", () => {
  expect(
    receivedOf([
      { month: "2025-11", kind: "co-sell", referrals: 2 },
      { month: "2026-02", kind: "other", referrals: 1 },
      { month: "2026-02", kind: "co-sell", referrals: 3 },
    ]),
  ).toEqual([
    { month: "2025-11", kinds: { "co-sell": 2 } },
    { month: "2025-12", kinds: {} },
    { month: "2026-01", kinds: {} },
    { month: "2026-02", kinds: { other: 1, "co-sell": 3 } },
  ]);
  expect(closedOf([{ month: "2026-01", won: 1, lost: 3, declined: 5, expired: 7 }])[0]?.rate).toBe(0.25);
  expect(closedOf([])).toEqual([]);
  expect(
    answersOf([
      { month: "2026-01", answered: 1, median_hours: 4 },
      { month: "2026-03", answered: 2, median_hours: 6 },
    ])[1],
  ).toEqual({ month: "2026-02", answered: 0, median_hours: null });
});

test.each([
  ["2026-03", "2026-03-01", "2026-03-31"],
  ["2026-02", "2026-02-01", "2026-02-28"],
  ["2024-02", "2024-02-01", "2024-02-29"],
  ["2025-12", "2025-12-01", "2025-12-31"],
])("%s is from %s to %s", (month, from, to) => {
  expect(receivedQuery("other", month)).toEqual({ status: "All", kind: "other", created_from: from, created_to: to });
  expect(closedQuery("won", month)).toEqual({ status: "Closed", substatus: "Won", closed_from: from, closed_to: to });
});

test.each([
  [0, 0, null],
  [1, 0, 1],
  [0, 2, 0],
  [1, 3, 0.25],
])("%s won and %s lost is a rate of %s", (won, lost, rate) => {
  expect(winRate({ won, lost })).toBe(rate);
});

test("nothing is nothing, and an expiry is something", () => {
  const none = {
    pipeline: [],
    received: [],
    closed: [],
    answers: [],
    median_answer_hours: null,
    answered: 0,
    expired: 0,
  };
  expect(hasNothing(none)).toBe(true);
  expect(hasNothing({ ...none, expired: 1 })).toBe(false);
  expect(hasNothing({ ...none, pipeline: [stage({})] })).toBe(false);
});

describe("words", () => {
  test.each([
    ["en", "March 2026", "Mar 26", "56%", "1.25M"],
    ["tr", "Mart 2026", "Mar 26", "%56", "1,25\u00a0Mn"],
  ])("in %s", (locale, month, short, share, value) => {
    expect(monthWords("2026-03", locale)).toBe(month);
    expect(shortMonth("2026-03", locale)).toBe(short);
    expect(percent(0.5649, locale)).toBe(share);
    expect(roughly(1_250_000, locale)).toBe(value);
  });

  test.each([
    [1, "en", "1 hour"],
    [31.46, "en", "31.5 hours"],
    [48, "en", "2 days"],
    [100, "tr", "4,2 gün"],
    [5.5, "tr", "5,5 saat"],
  ])("%s hours in %s are %s", (hours, locale, words) => {
    expect(hoursWords(hours, locale)).toBe(words);
  });
});
