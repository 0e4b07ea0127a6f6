import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { scanned } from "./companies";
import { open, referral, rowOf, signedIn } from "./world";

const companies = [
  scanned(1, "kaya.com.tr"),
  scanned(2, "contoso.com", { score: 90, segment: "existing", provider: "m365" }),
];
const referrals = [
  referral({ referral_id: "a", customer_name: "Kaya Tekstil", kind: "marketplace", company_id: 1 }),
  referral({ referral_id: "b", customer_name: "Contoso", company_id: 2, status: "Active" }),
  referral({ referral_id: "c", customer_name: "Fabrikam", kind: "other", company_id: null, status: "Closed" }),
];
const world = { referrals, companies, snapshot: { ...signedIn, default_status: "All" } };
const names = () =>
  screen.getAllByTestId("badge-priority").map((badge) => {
    const row = badge.closest<HTMLElement>('[role="row"]');
    return row && within(row).getByText(/Kaya Tekstil|Contoso|Fabrikam/).textContent;
  });

test("a row shows its priority; score and segment come when they are asked for", async () => {
  const { platform, user } = await open(world);
  await screen.findByText("Contoso");
  expect(within(rowOf("Contoso")).getByTestId("badge-priority")).toHaveTextContent(/^105$/);
  expect(within(rowOf("Contoso")).getByTestId("badge-priority")).toHaveAttribute("data-tone", "orange");
  expect(within(rowOf("Kaya Tekstil")).getByTestId("badge-priority")).toHaveAttribute("data-tone", "blue");
  expect(within(rowOf("Fabrikam")).getByTestId("badge-priority")).toHaveTextContent(/^0$/);
  expect(screen.queryByRole("columnheader", { name: "Score" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "Score" }));
  await user.click(screen.getByRole("menuitemcheckbox", { name: "Segment" }));
  await user.keyboard("{Escape}");
  expect(within(rowOf("Contoso")).getByTestId("badge-segment")).toHaveTextContent("Existing");
  for (const [header, sort] of [
    ["Priority", "priority:desc"],
    ["Score", "score:desc"],
    ["Segment", "segment:asc"],
  ] as const) {
    await user.click(screen.getByRole("columnheader", { name: header }));
    await waitFor(() => expect(platform.asked("list_referrals").at(-1)?.query.sort).toBe(sort));
  }
});

test("the view of those to call first shows open ones, the highest priority on top", async () => {
  const { platform, user } = await open(world);
  await screen.findByText("Fabrikam");
  await user.click(screen.getByRole("button", { name: "Views" }));
  await user.click(await screen.findByRole("menuitem", { name: "Call first" }));
  await waitFor(() => expect(names()).toEqual(["Contoso", "Kaya Tekstil"]));
  expect(platform.asked("list_referrals").at(-1)?.query).toMatchObject({ status: "Open", sort: "priority:desc" });
});

test("the list is filtered by segment and score, with a chip for each", async () => {
  const { platform, user } = await open(world);
  await screen.findByText("Fabrikam");
  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.click(await screen.findByRole("checkbox", { name: "Existing" }));
  await user.click(screen.getByRole("checkbox", { name: "Migration" }));
  await user.type(screen.getByRole("spinbutton", { name: "Score from" }), "70");
  await user.click(screen.getByRole("button", { name: "Done" }));
  await waitFor(() => expect(names()).toEqual(["Contoso"]));
  expect(platform.asked("list_referrals").at(-1)?.query).toMatchObject({
    segment: "existing,migration",
    min_score: 70,
  });
  await user.click(await screen.findByRole("button", { name: "Remove filter: Score from 70" }));
  await waitFor(() => expect(names()).toEqual(["Kaya Tekstil", "Contoso"]));
  await user.click(screen.getByRole("button", { name: "Remove filter: Segment: Existing, Migration" }));
  expect(await screen.findByText("Fabrikam")).toBeVisible();
});

test("why it is what it is, reason by reason", async () => {
  const { user } = await open(world);
  await user.click(await screen.findByText("Contoso"));
  const panel = within(await screen.findByRole("complementary"));
  await user.click(await panel.findByRole("button", { name: "Why 105?" }));
  const why = await screen.findByRole("dialog", { name: "Why this priority" });
  expect(
    within(why)
      .getAllByRole("definition")
      .map((points) => points.textContent),
  ).toEqual(["+90", "+15", "105"]);
  expect(why).toHaveTextContent("Score of the company");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(why).not.toBeInTheDocument());
  expect(panel.getByRole("button", { name: "Why 105?" })).toHaveFocus();
  expect(panel.getByRole("heading", { name: "Contoso" })).toBeVisible();
});
