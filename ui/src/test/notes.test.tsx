import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { FakeReferral } from "../platform/fake";
import { engine, open, referral, signedIn } from "./world";

const full = { code: "storage", message: "The disk is full.", hint: "Make room.", retry: "later" } as const;

async function openNote(change: Partial<FakeReferral> = {}) {
  const referrals: FakeReferral[] = [
    { ...referral({ referral_id: "a", customer_name: "Fabrikam" }), ...change },
    referral({ referral_id: "b", customer_name: "Contoso" }),
  ];
  const page = await open({ referrals, snapshot: signedIn });
  const show = async (customer: string) => {
    await page.user.click(within(screen.getByRole("grid")).getByText(customer));
    await within(await screen.findByRole("complementary")).findByRole("heading", { name: customer });
  };
  await screen.findByText("Fabrikam");
  await show("Fabrikam");
  return { ...page, show };
}

const note = () => screen.getByRole("textbox", { name: "Your note" });

test("what is typed is saved by itself once typing stops, and that is said", async () => {
  const { platform, user } = await openNote();
  expect(note()).toHaveAccessibleDescription("Only you see this.");
  await user.type(note(), "Ask for İpek");
  expect(await screen.findByText("Saved")).toHaveAttribute("role", "status");
  expect(platform.asked("set_note")).toEqual([{ id: "a", note: "Ask for İpek" }]);
  expect(note()).toHaveFocus();
});

test("it is saved at once when it is left, when the pane changes, and when another referral is shown", async () => {
  const { platform, user, show } = await openNote();
  await user.type(note(), "one");
  await user.click(screen.getByRole("tab", { name: "Contacts" }));
  expect(platform.asked("set_note")).toEqual([{ id: "a", note: "one" }]);
  await user.click(screen.getByRole("tab", { name: "Summary" }));
  expect(note()).toHaveValue("one");
  await user.type(note(), " two");
  await show("Contoso");
  expect(platform.asked("set_note").at(-1)).toEqual({ id: "a", note: "one two" });
  expect(note()).toHaveValue("");
  await show("Fabrikam");
  expect(note()).toHaveValue("one two");
  await user.type(note(), "!{Escape}");
  expect(platform.asked("set_note").at(-1)).toEqual({ id: "a", note: "one two!" });
});

test("a sync that comes while typing takes nothing away, and one that comes after it shows what others wrote", async () => {
  const { platform, user } = await openNote({ note: "Old." });
  await user.type(note(), " New");
  await engine(() => platform.finishSync({ run_id: "1", updated: 1 }));
  expect(note()).toHaveValue("Old. New");
  await screen.findByText("Saved");
  await engine(() => platform.finishSync({ run_id: "2", updated: 1 }));
  expect(note()).toHaveValue("Old. New");
  await user.tab();
  await engine(() => {
    platform.referrals = platform.referrals.map((item) => ({ ...item, note: "Theirs" }));
    platform.invalidate("referrals");
  });
  await waitFor(() => expect(note()).toHaveValue("Theirs"));
});

test("a note that is refused stays, with the reason, until it is saved", async () => {
  const { platform, user, show } = await openNote();
  platform.failNext("set_note", full);
  await user.type(note(), "Precious");
  expect(await screen.findByText("Not saved yet: The disk is full. Make room.")).toBeVisible();
  expect(note()).toBeInvalid();
  expect(screen.queryByText("Saved")).not.toBeInTheDocument();
  await engine(() => platform.finishSync({ run_id: "1" }));
  expect(note()).toHaveValue("Precious");

  await show("Contoso");
  await show("Fabrikam");
  expect(note()).toHaveValue("Precious");
  expect(screen.getByText(/The disk is full/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(note()).toBeValid());
  expect(platform.referrals[0]?.note).toBe("Precious");
  expect(screen.queryByText(/The disk is full/)).not.toBeInTheDocument();
});

test("a note that is refused after it was left is told, and still there", async () => {
  const { platform, user, show } = await openNote();
  platform.failNext("set_note", full);
  await user.type(note(), "Precious");
  await user.keyboard("{Escape}");
  expect(await screen.findByText(/Your note to Fabrikam is not saved yet/)).toBeVisible();
  await show("Fabrikam");
  expect(note()).toHaveValue("Precious");
});

test("ten thousand characters are the limit, and counted near it", async () => {
  const { user } = await openNote({ note: "x".repeat(8_999) });
  expect(screen.queryByText(/of 10,000 characters/)).not.toBeInTheDocument();
  await user.type(note(), "y");
  expect(screen.getByText("9,000 of 10,000 characters")).toBeVisible();
  await user.click(note());
  await user.paste("z".repeat(2_000));
  expect(note()).toHaveValue(`${"x".repeat(8_999)}y${"z".repeat(1_000)}`);
  expect(screen.getByText("The note is full.")).toBeVisible();
});
