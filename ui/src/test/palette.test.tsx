import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { commands } from "../features/palette/commands";
import { fold, holds } from "../i18n/fold";
import type { FakeWorld } from "../platform/fake";
import { engine, open, referral, setting, signedIn } from "./world";

const found = [
  referral({ referral_id: "a", customer_name: "Contoso Bilişim", name: "Azure" }),
  referral({ referral_id: "b", customer_name: "Fabrikam", status: "Closed", substatus: "Won" }),
];

async function openPalette(world: FakeWorld = {}) {
  const page = await open({
    referrals: found,
    snapshot: signedIn,
    settings: [setting("language", { value: "en" })],
    ...world,
  });
  const summon = async () => {
    await page.user.keyboard("{Control>}k{/Control}");
    return screen.findByRole("combobox", { name: "Find a command or a referral" });
  };
  return { ...page, summon, field: await summon() };
}

const options = () => screen.queryAllByRole("option").map((option) => option.textContent);
const pointedAt = (field: HTMLElement) =>
  document.getElementById(field.getAttribute("aria-activedescendant") ?? "")?.textContent;
const closed = () => waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());

test("the field has the focus and leads through the list, round its ends", async () => {
  const { user, field } = await openPalette();
  expect(field).toHaveFocus();
  expect(field).toHaveAttribute("aria-controls", screen.getByRole("listbox", { name: "Results" }).id);
  expect(pointedAt(field)).toBe("Go to Referrals");
  await user.keyboard("{ArrowDown}");
  expect(pointedAt(field)).toBe("Go to Companies");
  expect(screen.getByRole("option", { name: "Go to Companies" })).toHaveAttribute("aria-selected", "true");
  await user.keyboard("{ArrowUp}{ArrowUp}");
  expect(pointedAt(field)).toBe(options().at(-1));
  expect(screen.getByRole("group", { name: "Go to" })).toBeInTheDocument();
});

test("typing narrows the list, with or without the marks of Turkish, and the first is ready for Enter", async () => {
  const { user, field, platform } = await openPalette();
  await user.keyboard("activi");
  expect(options()).toEqual(["Go to Activity"]);
  await user.keyboard("{Enter}");
  await closed();
  expect(location.hash).toBe("#/activity");

  await engine(() => platform.set({ language: "tr" }));
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: "Komut veya referans bul" }), "simdi ESIT");
  expect(options()).toEqual(["Şimdi eşitle"]);
  expect(field).not.toBeInTheDocument();
});

test("what is not there says so", async () => {
  const { user, field } = await openPalette();
  await user.keyboard("zzz");
  expect(screen.getByText("Nothing is called “zzz”.")).toBeVisible();
  expect(field).not.toHaveAttribute("aria-activedescendant");
  await user.keyboard("{Enter}");
  expect(field).toHaveFocus();
});

test("referrals of any status are found, and one opens its details from any view", async () => {
  location.hash = "#/settings";
  const { user, platform } = await openPalette();
  await user.keyboard("fabri");
  const group = await screen.findByRole("group", { name: "Referrals" });
  expect(platform.asked("list_referrals").at(-1)?.query).toEqual({ search: "fabri", status: "All", limit: 8 });
  await user.click(within(group).getByRole("option", { name: /Fabrikam/ }));
  await closed();
  const panel = await screen.findByRole("complementary", { name: "Referral details" });
  expect(await within(panel).findByRole("heading", { name: "Fabrikam" })).toBeVisible();
  expect(panel).toContainElement(document.activeElement as HTMLElement);
});

test.each([
  ["sync now", "sync_now", {}],
  ["pause", "set_paused", { paused: true }],
  ["run all checks", "run_checklist", { phase: null }],
  ["sign out", "sign_out", {}],
  ["türkçe", "set_setting", { key: "language", value: "tr" }],
] as const)("%s is done", async (typed, request, args) => {
  const { user, platform } = await openPalette();
  await user.keyboard(`${typed}{Enter}`);
  await closed();
  expect(platform.asked(request)).toEqual([args]);
});

test("a sync asked for here tells its result, even if it brought nothing", async () => {
  const { user, platform } = await openPalette();
  await user.keyboard("sync now{Enter}");
  await closed();
  await engine(() => platform.finishSync({ run_id: "1", fetched: 2 }));
  expect(await screen.findByText("2 fetched · Nothing new")).toBeVisible();
});

test("filters, settings, the theme and the keyboard sheet are one command away", async () => {
  const { user, platform, summon } = await openPalette();
  await user.keyboard("show new{Enter}");
  await closed();
  await waitFor(() => expect(platform.asked("list_referrals").at(-1)?.query).toMatchObject({ status: "New" }));
  await summon();
  await user.keyboard("about to expire{Enter}");
  await closed();
  await waitFor(() =>
    expect(platform.asked("list_referrals").at(-1)?.query).toMatchObject({ status: "New", expiring: 3 }),
  );
  await summon();
  await user.keyboard("settings: log{Enter}");
  await closed();
  expect(location.hash).toBe("#/settings/logs");
  await summon();
  await user.keyboard("theme: dark{Enter}");
  await closed();
  expect(document.documentElement).toHaveAttribute("data-theme", "dark");
  await summon();
  await user.keyboard("theme: dark");
  expect(screen.getByText("Nothing is called “theme: dark”.")).toBeVisible();
  await user.keyboard("{Escape}");
  await closed();
  await summon();
  await user.keyboard("keyboard{Enter}");
  expect(await screen.findByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
});

test("what cannot be done now is not offered", async () => {
  const { user } = await openPalette({
    snapshot: { ...signedIn, signed_in: false, account: null },
    settings: [setting("language", { value: "en", locked: true, source: "environment" })],
  });
  const all = options();
  expect(all).toContain("Sign in with Microsoft");
  expect(all).not.toContain("Sync now");
  expect(all).not.toContain("Sign out");
  expect(all.some((text) => text?.startsWith("Language"))).toBe(false);
  await user.keyboard("{Escape}");
  await closed();
});

test("before there is data, nothing is searched for and no filter offered", async () => {
  const { user, platform } = await openPalette({ snapshot: {} });
  expect(options()).not.toContain("Show new referrals");
  await user.keyboard("contoso");
  expect(screen.getByText("Nothing is called “contoso”.")).toBeVisible();
  expect(platform.asked("list_referrals")).toEqual([]);
});

test("the focus is back where it was once the palette is gone", async () => {
  const { user, summon } = await openPalette();
  await user.keyboard("{Escape}");
  await closed();
  const link = screen.getByRole("link", { name: "Referrals" });
  link.focus();
  await summon();
  await user.keyboard("{Escape}");
  await closed();
  expect(link).toHaveFocus();
});

test("the mouse opens it too", async () => {
  const { user } = await open({ snapshot: signedIn });
  await user.click(screen.getByRole("button", { name: "Commands" }));
  expect(await screen.findByRole("combobox", { name: "Find a command or a referral" })).toHaveFocus();
});

test("every command has an id of its own", () => {
  const ids = commands.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("Turkish letters fold alike in both languages", () => {
  expect(fold("IĞDIR İşletme ışık")).toBe(fold("ığdır işletme IŞIK"));
  expect(fold("Şçöüğ")).toBe("scoug");
  expect(holds("Süresi dolmak üzere olanları göster", "uzere SURESI")).toBe(true);
  expect(holds("Sync now", "sync later")).toBe(false);
});
