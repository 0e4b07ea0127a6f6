import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Summary } from "../api/bindings";
import { emptySummary, type FakeRun } from "../platform/fake";
import { engine, open, referral, rowOf, signedIn } from "./world";

const run = (run_id: string, change: Partial<Summary> = {}, more: Omit<FakeRun, "summary"> = {}): FakeRun => ({
  summary: { ...emptySummary, run_id, fetched: 1, unchanged: 1, ...change },
  ...more,
});

const telling = run(
  "telling",
  {
    status: "partial",
    mode: "full",
    fetched: 252,
    inserted: 3,
    updated: 2,
    unchanged: 245,
    skipped_count: 1,
    failure_count: 1,
  },
  {
    items: [
      {
        referral_id: "r-1",
        name: "Fabrikam",
        outcome: "updated",
        reason: null,
        changes: [
          { field: "status", from: "New", to: "Active" },
          { field: "eTag", from: "mark-1", to: "mark-2" },
          { field: "x_y.z", from: null, to: true },
        ],
      },
      { referral_id: "elsewhere", name: null, outcome: "skipped", reason: "direction_outgoing", changes: [] },
      { referral_id: null, name: null, outcome: "failed", reason: "The item has no id", changes: [] },
    ],
    failedRequests: [
      {
        cause: "throttled",
        status: 429,
        code: "",
        request_id: "request-1",
        client_request_id: "client-1",
        failed_at: "2026-03-10T09:00:00Z",
      },
    ],
  },
);
const off = { code: "feature_flag_off", message: "Partner Center is turned off.", hint: null, retry: "never" } as const;
const unreachable = {
  code: "network",
  message: "Microsoft cannot be reached.",
  hint: "Check your proxy.",
  retry: "later",
} as const;
const runs = [
  run("quiet"),
  telling,
  run("off", { status: "skipped", fetched: 0, unchanged: 0 }, { problem: off }),
  run("broken", { status: "partial", inserted: 200, unchanged: 0, fetched: 200 }, { problem: unreachable }),
  run("failed", { status: "failed", fetched: 0, unchanged: 0 }, { problem: unreachable }),
];

async function openActivity(shown = runs) {
  const page = await open({ runs: shown, referrals: [referral({ customer_name: "Fabrikam" })], snapshot: signedIn });
  await page.user.click(screen.getByRole("link", { name: "Activity" }));
  return page;
}

test("each run tells in words what it did", async () => {
  await openActivity();
  expect(await screen.findByText("3 new, 2 changed, 1 left out, 1 could not be saved, 245 unchanged")).toBeVisible();
  expect(screen.getByText("Nothing new")).toBeVisible();
  expect(screen.getByText("Partner Center is turned off.")).toBeVisible();
  const reasons = screen.getAllByText("Microsoft cannot be reached.");
  expect(reasons.map((reason) => reason.closest('[role="gridcell"]')?.textContent)).toEqual([
    "200 newMicrosoft cannot be reached.",
    "Microsoft cannot be reached.",
  ]);
  expect(screen.getAllByTestId("badge-run").map((badge) => badge.textContent)).toEqual([
    "Completed",
    "Partly",
    "Skipped",
    "Partly",
    "Failed",
  ]);
});

test("runs that changed nothing can be hidden", async () => {
  const { platform, user } = await openActivity();
  expect(await screen.findByText("5 syncs")).toBeVisible();
  await user.click(screen.getByRole("switch", { name: "Show only runs that changed something" }));
  expect(await screen.findByText("2 syncs")).toBeVisible();
  expect(screen.queryByText("Nothing new")).not.toBeInTheDocument();
  expect(platform.asked("list_runs").map(({ only_changes }) => only_changes)).toEqual([false, true]);
});

test("a run that broke off says why and what to do", async () => {
  const { user } = await openActivity();
  await user.click(await screen.findByText("200 new"));
  const panel = within(await screen.findByRole("complementary", { name: "Sync details" }));
  expect(await panel.findByText("Microsoft cannot be reached.")).toBeVisible();
  expect(panel.getByText("Check your proxy.")).toBeVisible();
});

test("a run shows its sum, each referral with its reason, and what support asks for; a sync changes nothing of it", async () => {
  const { platform, user } = await openActivity();
  await user.click(await screen.findByText(/^3 new/));
  const panel = within(await screen.findByRole("complementary", { name: "Sync details" }));
  const sum = await panel.findByRole("region", { name: "What became of the referrals" });
  expect(sum).toHaveTextContent("New3Changed2Unchanged245Left out1Could not be saved1Fetched in all252");

  await user.click(panel.getByRole("tab", { name: "Failed requests" }));
  await user.click(panel.getByRole("button", { name: "Copy Request ID" }));
  expect(platform.asked("copy_text")).toEqual([{ text: "request-1" }]);
  expect(panel.getByText(/Too many requests/)).toBeVisible();

  await engine(() => platform.finishSync({ run_id: "newest", inserted: 9 }));
  expect(await screen.findByText("9 new")).toBeVisible();
  expect(rowOf(/^3 new/)).toHaveAttribute("aria-selected", "true");

  await user.click(panel.getByRole("tab", { name: "Referrals" }));
  expect(await panel.findByText("Outgoing referral; you keep incoming ones only.")).toBeVisible();
  expect(panel.getByText(/The item has no ID/)).toBeVisible();
  expect(panel.getByText("Status: New → Active")).toBeVisible();
  expect(panel.getByText("x_y.z: nothing → Yes")).toBeVisible();
  expect(panel.queryByText(/mark-1/)).not.toBeInTheDocument();
  expect(panel.queryByRole("button", { name: "elsewhere" })).not.toBeInTheDocument();
  expect(platform.asked("show_referral")).toEqual([]);

  await user.selectOptions(panel.getByRole("combobox", { name: "Outcome" }), "failed");
  await waitFor(() => expect(platform.asked("run_items").at(-1)).toMatchObject({ id: "telling", outcome: "failed" }));
  await user.selectOptions(panel.getByRole("combobox", { name: "Outcome" }), "all");
  await user.click(await panel.findByRole("button", { name: "Fabrikam" }));
  expect(await screen.findByRole("complementary", { name: "Referral details" })).toBeVisible();
});

test("no run on record says so, and one that cannot be read can be tried again", async () => {
  const { platform, user } = await openActivity([]);
  expect(await screen.findByText("Nothing on record yet")).toBeVisible();
  platform.failNext("show_run", { code: "storage_io", message: "Broken file.", hint: null, retry: "now" });
  await engine(() => platform.finishSync({ run_id: "newest", inserted: 9 }));
  await user.click(await screen.findByText("9 new"));
  expect(await screen.findByText("Broken file.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("region", { name: "What became of the referrals" })).toBeVisible();
});

test("a referral's history leads to the run", async () => {
  const entry = { at: "2026-03-10T09:00:00Z", run_id: "telling", reason: null, changes: [] };
  const { user } = await open({
    runs,
    referrals: [referral({ customer_name: "Fabrikam" })],
    details: () => ({
      history: [
        { ...entry, outcome: "updated", changes: [{ field: "deal_value", from: 1000, to: 250000 }] },
        { ...entry, run_id: "earlier", outcome: "gone" },
      ],
    }),
    snapshot: signedIn,
  });
  await user.click(await screen.findByText("Fabrikam"));
  await user.click(await screen.findByRole("tab", { name: "History" }));
  expect(screen.getByText("There again")).toBeVisible();
  expect(screen.getByText("Value: 1,000 → 250,000")).toBeVisible();
  await user.click(screen.getAllByRole("button", { name: "Show this sync" })[0] as HTMLElement);
  expect(await screen.findByRole("complementary", { name: "Sync details" })).toBeVisible();
});
