import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { BackupView } from "../api/bindings";
import type { FakeWorld } from "../platform/fake";
import { open, referral, setting, signedIn } from "./world";

const backup = (change: Partial<BackupView> = {}): BackupView => ({
  name: "20260309T090000Z-daily.db",
  made_at: "2026-03-09T09:00:00Z",
  bytes: 1_200_000,
  referrals: 88,
  cause: "daily",
  ...change,
});

async function openData(world: FakeWorld = {}) {
  const settings = [setting("data.retention_days", { input: "number" })];
  const page = await open({ settings, snapshot: signedIn, ...world });
  await page.user.click(screen.getByRole("link", { name: "Settings" }));
  await page.user.click(await screen.findByRole("link", { name: "Data" }));
  await screen.findByRole("region", { name: "Data on this computer" });
  const section = within(screen.getByRole("main"));
  return { ...page, section };
}

test("backups tell when, why, how much and how big, and one that cannot be read cannot be restored", async () => {
  const broken = backup({ name: "b", referrals: null, cause: "before_migration" });
  const { section } = await openData({ backups: [backup(), broken] });
  const [, first, second] = await section.findAllByRole("row");
  expect(first).toHaveTextContent(/Daily881\.2 MB/);
  expect(second).toHaveTextContent("Before an updateCannot be read");
  const restore = section.getAllByRole("button", { name: /^Restore the backup of/ });
  expect(restore.map((button) => button.hasAttribute("disabled"))).toEqual([false, true]);
  expect(section.getByText("/data/profiles/ayse/hunter.db")).toBeVisible();
});

test("a backup is restored only after a confirmation", async () => {
  const { platform, section, user } = await openData({ backups: [backup()] });
  const restore = await section.findByRole("button", { name: /^Restore the backup of/ });
  await user.click(restore);
  await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Cancel" }));
  expect(platform.asked("restore_backup")).toEqual([]);
  await user.click(restore);
  await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Restore" }));
  expect(platform.asked("restore_backup")).toEqual([{ name: "20260309T090000Z-daily.db" }]);
  expect(await screen.findByText(/^The backup of .* is restored$/)).toBeVisible();
});

test("a backup that is asked for shows up; one that fails says why", async () => {
  const { platform, section, user } = await openData();
  expect(await section.findByText("There is no backup yet.")).toBeVisible();
  const backUp = section.getByRole("button", { name: "Back up now" });
  await user.click(backUp);
  expect(await section.findByText("By hand")).toBeVisible();
  expect(await screen.findByText("The backup is made")).toBeVisible();
  const full = {
    code: "storage_full",
    message: "The disk is full.",
    hint: "Free some space.",
    retry: "later",
  } as const;
  platform.failNext("back_up_now", full);
  await user.click(backUp);
  expect(await section.findByText("The disk is full. Free some space.")).toBeVisible();
});

test("old referrals are erased after a confirmation that names the days", async () => {
  const referrals = [referral({ referral_id: "open" }), referral({ referral_id: "old", status: "Closed" })];
  const { platform, section, user } = await openData({ referrals, backups: [backup()] });
  const days = section.getByRole("spinbutton", { name: "Days without a change" });
  await user.clear(days);
  await user.type(days, "90");
  await user.tab();
  await user.click(section.getByRole("button", { name: "Erase old referrals…" }));
  const question = within(screen.getByRole("alertdialog"));
  expect(question.getByText(/not changed for 90 days/)).toBeVisible();
  await user.click(question.getByRole("button", { name: "Erase" }));
  expect(platform.asked("erase_data")).toEqual([{ older_than_days: 90 }]);
  expect(await screen.findByText("One referral erased")).toBeVisible();
  expect(screen.getByText("Backups rewritten: 1, deleted: 0.")).toBeVisible();
});

test("everything of the account is erased after a confirmation that names it", async () => {
  const { platform, section, user } = await openData({ referrals: [referral()] });
  await user.click(section.getByRole("button", { name: "Erase everything…" }));
  const question = within(screen.getByRole("alertdialog"));
  expect(question.getByText(/^Everything of ayse@contoso.com/)).toBeVisible();
  await user.click(question.getByRole("button", { name: "Erase" }));
  expect(platform.asked("erase_data")).toEqual([{ older_than_days: null }]);
});

test("what is refused is told where it was asked for", async () => {
  const { platform, section, user } = await openData();
  platform.failNext("erase_data", { code: "storage_busy", message: "Busy.", hint: "Again.", retry: "now" });
  await user.click(section.getByRole("button", { name: "Erase old referrals…" }));
  await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Erase" }));
  expect(await section.findByText("Busy. Again.")).toBeVisible();
});

test("the retention setting stands with the data", async () => {
  const { section } = await openData();
  expect(section.getByRole("textbox", { name: "Keep closed referrals for (days)" })).toBeVisible();
});

test("a database that was rebuilt is told in every view until the person dismisses it", async () => {
  const recovered = "The database was damaged and was rebuilt.";
  const { platform, user } = await open({ snapshot: { ...signedIn, recovered } });
  expect(screen.getByText(recovered)).toBeVisible();
  await user.click(screen.getByRole("link", { name: "Activity" }));
  expect(screen.getByText(recovered)).toBeVisible();
  const bar = screen.getByText("The database was rebuilt").closest<HTMLElement>(".fui-MessageBar");
  await user.click(within(bar as HTMLElement).getByRole("button", { name: "Dismiss" }));
  expect(platform.asked("dismiss_recovery")).toEqual([{}]);
  await waitFor(() => expect(screen.queryByText(recovered)).not.toBeInTheDocument());
});
