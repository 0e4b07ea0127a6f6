import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { engine, open, referral, referrals, rowOf, signedIn } from "./world";

const grid = () => screen.getByRole("grid", { name: "Referrals" });
const box = (place: number) =>
  screen.getByRole("checkbox", { name: `Select Customer ${String(place).padStart(6, "0")}` });
const bar = () => within(screen.getByRole("toolbar", { name: "Selected referrals" }));
const list = async (count: number) => {
  const page = await open({ referrals: referrals(count), snapshot: signedIn });
  await screen.findByText("Customer 000000");
  return page;
};

test("checkboxes, Shift and Ctrl choose rows, and nothing opens", async () => {
  const { user } = await list(9);
  expect(grid()).toHaveAttribute("aria-multiselectable", "true");
  await user.click(box(1));
  expect(bar().getByRole("status")).toHaveTextContent("1 selected");
  await user.keyboard("{Shift>}");
  await user.click(screen.getByText("Customer 000004"));
  await user.keyboard("{/Shift}");
  await waitFor(() => expect(bar().getByRole("status")).toHaveTextContent("4 selected"));
  await user.keyboard("{Control>}");
  await user.click(screen.getByText("Customer 000003"));
  await user.click(screen.getByText("Customer 000007"));
  await user.keyboard("{/Control}");
  const chosen = [1, 2, 3, 4, 5, 6, 7].filter((place) => (box(place) as HTMLInputElement).checked);
  expect(chosen).toEqual([1, 2, 4, 7]);
  expect(rowOf("Customer 000002")).toHaveAttribute("aria-selected", "true");
  expect(rowOf("Customer 000003")).toHaveAttribute("aria-selected", "false");
  expect(screen.queryByRole("complementary")).not.toBeInTheDocument();
  await user.click(bar().getByRole("button", { name: "Clear selection" }));
  expect(screen.queryByRole("toolbar")).not.toBeInTheDocument();
  expect(grid().contains(document.activeElement)).toBe(true);
});

test("the keyboard chooses: Space, Shift with arrows, Ctrl+A, Escape; Enter still opens", async () => {
  const { user } = await list(9);
  within(rowOf("Customer 000001")).getAllByRole("gridcell")[1]?.focus();
  await user.keyboard(" ");
  expect(box(1)).toBeChecked();
  await user.keyboard("{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
  await waitFor(() => expect(bar().getByRole("status")).toHaveTextContent("3 selected"));
  await user.keyboard("{Shift>}{ArrowUp}{/Shift}");
  await waitFor(() => expect(bar().getByRole("status")).toHaveTextContent("2 selected"));
  await user.keyboard("{Control>}a{/Control}");
  await waitFor(() => expect(bar().getByRole("status")).toHaveTextContent("9 selected"));
  expect(screen.getByRole("checkbox", { name: "Select all" })).toBeChecked();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("toolbar")).not.toBeInTheDocument();
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("complementary", { name: "Referral details" })).toBeVisible();
});

test("a stretch reaches over rows that were never read, and more than a thousand are told as the first ones", async () => {
  const { platform, user } = await list(1_500);
  await user.click(box(5));
  await engine(() => {
    grid().scrollTop = 400 * 48;
    grid().dispatchEvent(new Event("scroll"));
  });
  await user.keyboard("{Shift>}");
  await user.click(await screen.findByText("Customer 000402"));
  await user.keyboard("{/Shift}");
  await waitFor(() => expect(bar().getByRole("status")).toHaveTextContent("398 selected"));
  await user.click(bar().getByRole("button", { name: "Mark as seen" }));
  expect(platform.asked("mark_seen")[0]?.ids).toHaveLength(398);

  await user.click(screen.getByRole("checkbox", { name: "Select the first 1,000" }));
  await waitFor(() => expect(bar().getByRole("status")).toHaveTextContent("The first 1,000 of 1,500 selected"));
  await user.click(screen.getByRole("checkbox", { name: "Select the first 1,000" }));
  expect(screen.queryByRole("toolbar")).not.toBeInTheDocument();
});

test("what is chosen survives a new order and a sync, and ends with another filter", async () => {
  const { platform, user } = await list(4);
  await user.click(box(2));
  await user.click(screen.getByRole("columnheader", { name: "Customer" }));
  await waitFor(() => expect(box(2)).toBeChecked());
  const newest = referral({ referral_id: "new", customer_name: "Just arrived" });
  await engine(() => platform.finishSync({ run_id: "2", inserted: 1 }, [newest, ...platform.referrals]));
  await screen.findByText("Just arrived");
  expect(box(2)).toBeChecked();
  expect(bar().getByRole("status")).toHaveTextContent("1 selected");
  await user.click(screen.getByRole("button", { name: /Expiring in 3 days/ }));
  await waitFor(() => expect(screen.queryByRole("toolbar")).not.toBeInTheDocument());
});

test("copying, stars and exporting take what is chosen", async () => {
  const { platform, user } = await list(4);
  await user.click(box(0));
  await user.click(box(2));
  const ids = ["r-0", "r-2"];
  await user.click(bar().getByRole("button", { name: "Copy" }));
  expect(platform.asked("copy_referrals")).toEqual([{ ids }]);
  expect(await screen.findByText("2 referrals copied")).toBeVisible();
  await user.click(bar().getByRole("button", { name: "Star" }));
  await user.click(await bar().findByRole("button", { name: "Unstar" }));
  expect(platform.asked("set_star")).toEqual([
    { ids, starred: true },
    { ids, starred: false },
  ]);
  await user.click(bar().getByRole("button", { name: "Export selected" }));
  await screen.findByRole("menuitem", { name: "CSV file" });
  await user.keyboard("{Escape}");
  expect(bar().getByRole("status")).toHaveTextContent("2 selected");
  await user.click(bar().getByRole("button", { name: "Export selected" }));
  await user.click(await screen.findByRole("menuitem", { name: "CSV file" }));
  expect(platform.asked("export_referrals")).toMatchObject([{ ids, format: "csv" }]);
});
