import { FluentProvider, webLightTheme } from "@fluentui/react-components";
import { fireEvent, render, screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Insights } from "../api/bindings";
import BarChart from "../features/activity/BarChart";
import { emptySummary, type FakeWorld } from "../platform/fake";
import { engine, open, referral, signedIn } from "./world";

const opened = vi.hoisted(() => vi.fn());
vi.mock("../features/activity/openList", () => ({ useOpenList: () => opened }));
beforeEach(() => opened.mockClear());

const insights: Insights = {
  pipeline: [
    { status: "New", substatus: "Pending", currency: "USD", referrals: 12, value: "9007199254740993.01" },
    { status: "New", substatus: "Pending", currency: null, referrals: 2, value: null },
    { status: "Active", substatus: "Accepted", currency: "EUR", referrals: 5, value: "1000" },
  ],
  received: [
    { month: "2026-01", kind: "co-sell", referrals: 1500 },
    { month: "2026-03", kind: "marketplace", referrals: 4 },
  ],
  closed: [
    { month: "2026-01", won: 2, lost: 6, declined: 1, expired: 0 },
    { month: "2026-02", won: 0, lost: 0, declined: 0, expired: 3 },
  ],
  answers: [{ month: "2026-02", answered: 9, median_hours: 31.5 }],
  median_answer_hours: 100,
  answered: 42,
  expired: 3,
};

async function openFigures(world: FakeWorld = { insights }) {
  const page = await open({ snapshot: signedIn, ...world });
  await page.user.click(screen.getByRole("link", { name: "Activity" }));
  return { ...page, show: () => page.user.click(screen.getByRole("tab", { name: "Figures" })) };
}

const rows = (name: string) =>
  within(screen.getByRole("table", { name }))
    .getAllByRole("row")
    .map((row) => [...row.children].map((cell) => cell.textContent));

test("the figures are asked for once somebody wants them, and every chart is a table too", async () => {
  const { platform, show } = await openFigures();
  expect(platform.asked("insights")).toEqual([]);
  await show();
  expect(await screen.findByRole("heading", { level: 2, name: "Pipeline by stage" })).toBeVisible();
  expect(platform.asked("insights")).toHaveLength(1);
  expect(rows("Pipeline by stage")).toEqual([
    ["Stage", "Currency", "Number of referrals", "Deal value"],
    ["New · Pending", "USD", "12", "$9,007,199,254,740,993.01"],
    ["Active · Accepted", "EUR", "5", "€1,000"],
    ["New · Pending", "Without a currency", "2", "No value"],
  ]);
  expect(rows("Referrals received by kind")).toEqual([
    ["Month", "Co-sell", "Marketplace"],
    ["January 2026", "1,500", "0"],
    ["February 2026", "0", "0"],
    ["March 2026", "0", "4"],
  ]);
  expect(rows("Won and lost")).toEqual([
    ["Month", "Won", "Lost", "Declined", "Expired", "Win rate"],
    ["January 2026", "2", "6", "1", "0", "25%"],
    ["February 2026", "0", "0", "0", "3", "–"],
  ]);
  expect(rows("Time to answer")).toEqual([
    ["Month", "Answered", "Median time to answer"],
    ["February 2026", "9", "31.5 hours"],
  ]);
  expect(screen.getByText("4.2 days")).toBeVisible();
  expect(screen.getByText("42 answers")).toBeVisible();
  expect(screen.getByText("2 won of 8 decided in 24 months")).toBeVisible();

  await engine(() => platform.invalidate("referrals"));
  expect(platform.asked("insights")).toHaveLength(2);
});

test("figures, legends and rows open the referrals behind them", async () => {
  const { user, show } = await openFigures();
  await show();
  await user.click(await screen.findByRole("button", { name: "Expiries missed: 3" }));
  expect(opened).toHaveBeenLastCalledWith({ status: "Closed", substatus: "Expired" });

  const card = (name: string) => within(screen.getByRole("region", { name }));
  const received = card("Referrals received by kind");
  await user.click(within(received.getByRole("list", { name: "Legend" })).getByRole("button", { name: "Co-sell" }));
  expect(opened).toHaveBeenLastCalledWith({
    status: "All",
    kind: "co-sell",
    created_from: "2026-01-01",
    created_to: "2026-03-31",
  });

  expect(within(received.getByRole("table")).queryByRole("button")).not.toBeInTheDocument();
  await user.click(received.getByRole("button", { name: "Show as table" }));
  expect(received.getByRole("button", { name: "Show as table" })).toHaveAttribute("aria-pressed", "true");
  await user.click(received.getByRole("button", { name: "March 2026, Marketplace: 4" }));
  expect(opened).toHaveBeenLastCalledWith({
    status: "All",
    kind: "marketplace",
    created_from: "2026-03-01",
    created_to: "2026-03-31",
  });
  expect(received.queryByRole("button", { name: /: 0$/ })).not.toBeInTheDocument();

  const closed = card("Won and lost");
  await user.click(closed.getByRole("button", { name: "Show as table" }));
  await user.click(closed.getByRole("button", { name: "February 2026, Expired: 3" }));
  expect(opened).toHaveBeenLastCalledWith({
    status: "Closed",
    substatus: "Expired",
    closed_from: "2026-02-01",
    closed_to: "2026-02-28",
  });

  const pipeline = card("Pipeline by stage");
  await user.click(pipeline.getByRole("button", { name: "Show as table" }));
  await user.click(pipeline.getByRole("button", { name: "Active · Accepted, Deal value: €1,000" }));
  expect(opened).toHaveBeenLastCalledWith({ status: "Active", substatus: "Accepted", currency: "EUR" });
  await user.click(pipeline.getByRole("button", { name: /: 2$/ }));
  expect(opened).toHaveBeenLastCalledWith({ status: "New", substatus: "Pending", currency: "none" });
});

test("a bar opens its referrals by mouse and by keyboard", () => {
  const cell = (value: number, substatus: string | null) => ({
    value,
    shown: String(value),
    query: substatus === null ? null : { status: "Closed", substatus },
  });
  render(
    <FluentProvider theme={webLightTheme}>
      <BarChart
        chart={{
          title: "Won and lost",
          series: [
            { id: "won", label: "Won", color: "green", query: null },
            { id: "lost", label: "Lost", color: "red", query: null },
          ],
          bars: [{ label: "Jan 26", title: "January 2026", cells: [cell(2, "Won"), cell(6, null)] }],
        }}
        width={400}
        locale="en"
        onOpen={opened}
      />
    </FluentProvider>,
  );
  const won = screen.getByRole("option", { name: "January 2026, Won: 2" });
  fireEvent.click(won);
  expect(opened).toHaveBeenLastCalledWith({ status: "Closed", substatus: "Won" });
  fireEvent.keyDown(won, { key: "Enter" });
  expect(opened).toHaveBeenCalledTimes(2);
  fireEvent.click(screen.getByRole("option", { name: "January 2026, Lost: 6" }));
  expect(opened).toHaveBeenCalledTimes(2);
});

test("the chosen currency is the one in the chart, never a sum", async () => {
  const { user, show } = await openFigures();
  await show();
  const currency = await screen.findByRole("combobox", { name: "Currency" });
  expect(currency).toHaveDisplayValue("USD");
  expect(screen.getByText("Deal value in USD")).toBeVisible();
  await user.selectOptions(currency, "Without a currency");
  expect(screen.queryByText("Deal value in USD")).not.toBeInTheDocument();
});

test("the tab survives a restart, and a run that is asked for brings its own", async () => {
  const runs = [{ summary: { ...emptySummary, run_id: "r", inserted: 3, fetched: 3 } }];
  const entry = { at: "2026-03-10T09:00:00Z", run_id: "r", outcome: "inserted" as const, reason: null, changes: [] };
  const world = {
    insights,
    runs,
    referrals: [referral({ customer_name: "Fabrikam" })],
    details: () => ({ history: [entry] }),
  };
  const first = await openFigures(world);
  await first.show();
  first.unmount();
  location.hash = "";

  const { user } = await openFigures(world);
  expect(await screen.findByRole("heading", { name: "Won and lost" })).toBeVisible();
  expect(screen.getByRole("tab", { name: "Figures" })).toHaveAttribute("aria-selected", "true");
  await user.click(screen.getByRole("link", { name: "Referrals" }));
  await user.click(await screen.findByText("Fabrikam"));
  await user.click(await screen.findByRole("tab", { name: "History" }));
  await user.click(screen.getByRole("button", { name: "Show this sync" }));
  expect(await screen.findByRole("complementary", { name: "Sync details" })).toBeVisible();
  expect(screen.getByRole("tab", { name: "Sync runs" })).toHaveAttribute("aria-selected", "true");
});

test("no referral yet is said", async () => {
  const { show } = await openFigures({});
  await show();
  expect(await screen.findByRole("heading", { name: "No referrals yet" })).toBeVisible();
  expect(screen.queryByRole("table")).not.toBeInTheDocument();
});

test("figures that cannot be read say why, and can be read again", async () => {
  const { platform, user, show } = await openFigures();
  platform.failNext("insights", { code: "storage", message: "Broken file.", hint: null, retry: "now" });
  await show();
  expect(await screen.findByText("Broken file.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { name: "Won and lost" })).toBeVisible();
});
