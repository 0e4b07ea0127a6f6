import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { account, engine, open, referral, referrals, rowOf, signedIn } from "./world";

const grid = () => screen.getByRole("grid", { name: "Referrals" });

test("a hundred thousand rows cost what is in view, asked for in windows of fifty", async () => {
  const { platform } = await open({ referrals: referrals(100_000), snapshot: signedIn });
  await screen.findByText("Customer 000000");
  expect(grid()).toHaveAttribute("aria-rowcount", "100001");
  expect(within(grid()).getAllByRole("row").length).toBeLessThan(60);
  expect(platform.asked("list_referrals").every(({ query }) => query.limit === 50)).toBe(true);

  await engine(() => {
    grid().scrollTop = 50_000 * 48;
    grid().dispatchEvent(new Event("scroll"));
  });
  expect(await screen.findByText("Customer 050000")).toBeInTheDocument();
  const offsets = new Set(platform.asked("list_referrals").map(({ query }) => query.offset));
  expect(offsets.has(50_000)).toBe(true);
  expect(offsets.size).toBeLessThan(6);
});

test("rows after those in view are read before somebody gets there", async () => {
  const { platform } = await open({ referrals: referrals(1_000), snapshot: signedIn });
  await screen.findByText("Customer 000000");
  const offsets = () => [...new Set(platform.asked("list_referrals").map(({ query }) => query.offset))];
  expect(offsets()).toEqual([0]);
  await engine(() => {
    grid().scrollTop = 30 * 48;
    grid().dispatchEvent(new Event("scroll"));
  });
  await waitFor(() => expect(offsets()).toEqual([0, 50]));
});

test("the keyboard walks, opens and closes", async () => {
  const { user } = await open({ referrals: referrals(300), snapshot: signedIn });
  await screen.findByText("Customer 000000");
  const focused = () => document.activeElement?.closest('[role="row"]')?.getAttribute("aria-rowindex");

  within(rowOf("Customer 000000")).getAllByRole("gridcell")[0]?.focus();
  await user.keyboard("{ArrowDown}{ArrowDown}");
  expect(focused()).toBe("4");
  expect(rowOf("Customer 000002")).toHaveAttribute("aria-selected", "true");
  await user.keyboard("{ArrowRight}{ArrowRight}{ArrowLeft}");
  expect(document.activeElement).toHaveAttribute("aria-colindex", "2");
  await user.keyboard("{End}");
  expect(focused()).toBe("301");
  await waitFor(() => expect(rowOf("Customer 000299")).toHaveAttribute("aria-selected", "true"));
  await user.keyboard("{PageUp}");
  expect(Number(focused())).toBeLessThan(301);
  await user.keyboard("{Home}{Enter}");
  const panel = screen.getByRole("complementary", { name: "Referral details" });
  expect(await within(panel).findByRole("heading", { name: "Customer 000000" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Close details" })).toHaveFocus();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).not.toBeInTheDocument();
  expect(focused()).toBe("2");
});

test("one cell is in the tab order", async () => {
  await open({ referrals: referrals(5), snapshot: signedIn });
  await screen.findByText("Customer 000000");
  expect(grid().querySelectorAll('[data-cell][tabindex="0"]')).toHaveLength(1);
});

test("sorting is asked of the engine and told to screen readers", async () => {
  const { platform, user } = await open({ referrals: referrals(3), snapshot: signedIn });
  await screen.findByText("Customer 000000");
  const customer = screen.getByRole("columnheader", { name: "Customer" });
  expect(screen.getByRole("columnheader", { name: "Updated" })).toHaveAttribute("aria-sort", "descending");
  await user.click(customer);
  expect(customer).toHaveAttribute("aria-sort", "ascending");
  expect(platform.asked("list_referrals").at(-1)?.query.sort).toBe("customer_name:asc");
  await user.keyboard("{Enter}");
  expect(platform.asked("list_referrals").at(-1)?.query.sort).toBe("customer_name:desc");
});

test("the selected row stays selected when a sync moves it", async () => {
  const before = referrals(3);
  const { platform, user } = await open({ referrals: before, snapshot: signedIn });
  await user.click(await screen.findByText("Customer 000001"));
  const newest = referral({ referral_id: "new", customer_name: "Just arrived", updated_at: "2026-03-11T00:00:00Z" });
  await engine(() => platform.finishSync({ run_id: "2", inserted: 1 }, [newest, ...before]));
  await screen.findByText("Just arrived");
  expect(rowOf(/^Customer 000001$/)).toHaveAttribute("aria-selected", "true");
  expect(rowOf(/^Customer 000001$/)).toHaveAttribute("aria-rowindex", "4");
  expect(rowOf(/^Customer 000001$/).contains(document.activeElement)).toBe(true);
});

test("columns hide, resize by keyboard, and are remembered", async () => {
  const world = { referrals: referrals(2), snapshot: signedIn };
  const { user, unmount } = await open(world);
  await screen.findByText("Customer 000000");
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.click(screen.getByRole("menuitemcheckbox", { name: "Domain" }));
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("columnheader", { name: "Domain" })).not.toBeInTheDocument();
  screen.getByRole("columnheader", { name: "Kind" }).focus();
  await user.click(screen.getByRole("columnheader", { name: "Kind" }));
  await user.keyboard("{Shift>}{ArrowRight}{/Shift}");
  expect(JSON.parse(localStorage.getItem("referrals.columns") ?? "")).toEqual({
    widths: { kind: 156 },
    hidden: ["domain"],
  });
  unmount();
  await open(world);
  expect(screen.queryByRole("columnheader", { name: "Domain" })).not.toBeInTheDocument();
});

test("tabs carry counts and filter; the first is the default status", async () => {
  const { platform, user } = await open({
    referrals: [
      referral(),
      referral({ referral_id: "c", customer_name: "Closed one", status: "Closed", substatus: "Won" }),
    ],
    snapshot: { ...signedIn, default_status: "all" },
  });
  expect(screen.getByRole("tab", { name: /All 2/ })).toHaveAttribute("aria-selected", "true");
  await user.click(screen.getByRole("tab", { name: /Closed 1/ }));
  expect(await screen.findByText("Closed one")).toBeVisible();
  expect(platform.asked("list_referrals").at(-1)?.query.status).toBe("Closed");
});

test("nothing found offers the way back; a list that cannot be read says so and tries again", async () => {
  const { platform, user, unmount } = await open({ referrals: referrals(2), snapshot: signedIn });
  await screen.findByText("Customer 000000");
  await user.keyboard("/");
  const search = screen.getByRole("searchbox", { name: "Search referrals" });
  expect(search).toHaveFocus();
  await user.keyboard("zzz");
  expect(await screen.findByText("No referral matches “zzz” here.")).toBeVisible();
  await user.keyboard("{Escape}");
  expect(search).toHaveValue("");
  expect(await screen.findByText("Customer 000000")).toBeVisible();
  expect(platform.asked("list_referrals").length).toBeGreaterThan(1);
  unmount();

  const world = {
    referrals: referrals(2),
    snapshot: { ...signedIn, profile: { ...account, kind: "none" as const } },
  };
  const broken = await open(world);
  broken.platform.failNext("list_referrals", { code: "storage", message: "Broken file.", hint: null, retry: "now" });
  await engine(() => broken.platform.set({ profile: account }));
  expect(await screen.findByText("Broken file.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Customer 000000")).toBeVisible();
});

test("what the service sends is text, never markup, and unknown words are shown as they came", async () => {
  const { container } = await open({
    referrals: [
      referral({
        customer_name: '<img src=x onerror="alert(1)"> {{count}} $t(nav.label)',
        status: "Active",
        substatus: "PartlyAccepted.soon:now",
        qualification: "__proto__",
        currency: "<b>",
        kind: "constructor" as "other",
      }),
    ],
    snapshot: signedIn,
  });
  expect(await screen.findByText('<img src=x onerror="alert(1)"> {{count}} $t(nav.label)')).toBeVisible();
  expect(container.querySelector("img")).toBeNull();
  expect(screen.getByTestId("badge-status")).toHaveTextContent("Active · PartlyAccepted.soon:now");
  expect(screen.getByTestId("badge-kind")).toHaveTextContent("constructor");
  expect(screen.getByText("__proto__")).toBeVisible();
  expect(within(screen.getByRole("grid")).getByText("30,000 <b>")).toBeVisible();
  expect(within(screen.getByRole("group", { name: "At a glance" })).getByText("30,000 <b>")).toBeVisible();
});
