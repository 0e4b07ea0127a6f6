import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { SettingView } from "../api/bindings";
import { engine, open, setting, signedIn } from "./world";

const settings = [
  setting("partner_center.enabled", { value: "true", locked: true, source: "environment", input: "boolean" }),
  setting("partner_center.client_id", { value: "1b2c3d4e-0000-4000-8000-123456789abc", locked: true, source: "flag" }),
  setting("partner_center.page_size", { value: "100", default: "200", source: "file", input: "number" }),
  setting("language", { value: "en", input: "choice", choices: ["en", "tr"] }),
  setting("brand.new_one", { value: "x" }),
];

async function openSettings(shown = settings) {
  const page = await open({ settings: shown, snapshot: signedIn });
  await page.user.click(screen.getByRole("link", { name: "Settings" }));
  await screen.findByRole("heading", { name: "Partner Center" });
  return page;
}

test("locked settings cannot be changed and say what decides", async () => {
  const { platform, user } = await openSettings();
  const flag = screen.getByRole("switch", { name: /Partner Center sync/ });
  expect(flag).toBeDisabled();
  await user.click(flag);
  expect(platform.asked("set_setting")).toEqual([]);
  expect(screen.getByText("Set by environment variable HUNTER_PARTNER_CENTER_ENABLED")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Application (client) ID" })).toBeDisabled();
  expect(screen.getByText("Set on the command line")).toBeVisible();
});

test("what an administrator's policy sets says so", async () => {
  const policy = "policy" as SettingView["source"];
  await openSettings([setting("partner_center.page_size", { value: "100", locked: true, source: policy })]);
  expect(screen.getByRole("textbox", { name: "Referrals per page" })).toBeDisabled();
  expect(screen.getByText("Set by your administrator")).toBeVisible();
});

test.each([
  ["partner_center.page_size", "General", "textbox", "Referrals per page"],
  ["brand.new_one", "Advanced", "textbox", "brand.new_one"],
  ["language", "General", "combobox", "Language"],
] as const)("an address that names %s leads to it", async (key, section, role, name) => {
  location.hash = `#/settings/${key}`;
  await open({ settings, snapshot: signedIn });
  await waitFor(() => expect(screen.getByRole(role, { name })).toHaveFocus());
  const sections = within(screen.getByRole("navigation", { name: "Sections of the settings" }));
  expect(sections.getByRole("link", { current: "page" })).toHaveAccessibleName(section);
});

test("an address that names a locked setting leads to its words", async () => {
  location.hash = "#/settings/partner_center.client_id";
  await open({ settings, snapshot: signedIn });
  await waitFor(() => expect(document.activeElement).toHaveTextContent("Set on the command line"));
});

test("a value is saved once, by Enter or by leaving the field, and only if it changed", async () => {
  const { platform, user } = await openSettings();
  const size = screen.getByRole("textbox", { name: "Referrals per page" });
  await user.click(size);
  await user.tab();
  expect(platform.asked("set_setting")).toEqual([]);
  await user.clear(size);
  await user.type(size, "300{Enter}");
  await user.tab();
  expect(platform.asked("set_setting")).toEqual([{ key: "partner_center.page_size", value: "300" }]);
  expect(await screen.findByText("Saved")).toBeVisible();
});

test("what is refused stands at its field, with what was typed", async () => {
  const { platform, user } = await openSettings();
  const size = screen.getByRole("textbox", { name: "Referrals per page" });
  platform.failNext("set_setting", {
    code: "setting",
    message: "0 is too few.",
    hint: "At least 1.",
    retry: "never",
  });
  await user.clear(size);
  await user.type(size, "0{Enter}");
  expect(await screen.findByText("0 is too few. At least 1.")).toBeVisible();
  expect(size).toBeInvalid();
  expect(size).toHaveValue("0");
  await user.type(size, "1");
  expect(screen.queryByText("0 is too few. At least 1.")).not.toBeInTheDocument();
});

test("a value that cannot be used is told to who typed it, not to who looks for where it was set", async () => {
  const wrong = (key: string, expected: string) =>
    ({
      code: "invalid_setting",
      message: `${key} has the value "x", which cannot be used. Expected: ${expected}.`,
      hint: "Correct it where it is set.",
      retry: "never",
    }) as const;
  const { platform, user } = await openSettings([...settings, setting("desktop.quiet_hours")]);
  await engine(() => platform.set({ desktop: { tray: true, notifications: true } }));
  platform.failNext("set_setting", wrong("desktop.quiet_hours", "a span of the day such as 22:00-07:00"));
  const hours = screen.getByRole("textbox", { name: "Quiet hours" });
  await user.type(hours, "x{Enter}");
  expect(await screen.findByText("Enter two different times, such as 22:00-07:00.")).toBeVisible();
  expect(hours).toBeInvalid();
  await user.keyboard("{Escape}");

  platform.failNext("set_setting", wrong("partner_center.page_size", "a whole number"));
  await user.type(screen.getByRole("textbox", { name: "Referrals per page" }), "x{Enter}");
  expect(await screen.findByText(/Expected: a whole number\.$/)).toBeVisible();
  expect(screen.queryByText(/where it is set/)).not.toBeInTheDocument();
});

test("a setting of the file can go back to its default", async () => {
  const { platform, user } = await openSettings();
  await user.click(screen.getByRole("button", { name: "Back to the default: 200" }));
  expect(platform.asked("unset_setting")).toEqual([{ key: "partner_center.page_size" }]);
  await waitFor(() => expect(screen.getByRole("textbox", { name: "Referrals per page" })).toHaveValue("200"));
});

test("a switch saves at once; a setting that the page does not know is shown by its key", async () => {
  const { platform, user } = await openSettings([
    setting("partner_center.enabled", { value: "false", default: "false", input: "boolean" }),
    setting("brand.new_one", { value: "x" }),
  ]);
  await user.click(screen.getByRole("switch", { name: /Partner Center sync/ }));
  expect(platform.asked("set_setting")).toEqual([{ key: "partner_center.enabled", value: "true" }]);
  await user.click(screen.getByRole("link", { name: "Advanced" }));
  const advanced = within(screen.getByRole("region", { name: "Advanced" }));
  expect(advanced.getByRole("textbox", { name: "brand.new_one" })).toHaveValue("x");
});

test("each setting is offered in its group", async () => {
  const { user } = await openSettings([
    ...settings,
    setting("environment", { value: "prod", input: "choice", choices: ["dev", "staging", "prod"] }),
    setting("desktop.notifications", { value: "true", input: "boolean" }),
    setting("scoring.azure_tenant_score", { value: "55", input: "number" }),
    setting("scoring.cosell_bonus", { value: "15", input: "number" }),
    setting("enrichment.enabled", { value: "false", input: "boolean" }),
  ]);
  const names = (role: "textbox" | "combobox" | "switch") =>
    screen.queryAllByRole(role).map((field) => field.closest(".fui-Field")?.querySelector("label")?.textContent);
  const shown = () => [...names("switch"), ...names("textbox"), ...names("combobox")];
  const [scans, leastScore, cosell] = ["Scans of domains", "Least score with an Azure tenant", "Points for co-sell"];
  expect(shown()).toEqual([
    "Partner Center sync",
    scans,
    "Application (client) ID",
    "Referrals per page",
    leastScore,
    cosell,
    "Language",
  ]);
  await user.click(screen.getByRole("link", { name: "Advanced" }));
  expect(shown()).toEqual(["brand.new_one", "Environment"]);
});

test("the language takes effect at once, for the words and for the document", async () => {
  const { user } = await openSettings();
  await user.selectOptions(screen.getByRole("combobox", { name: "Language" }), "tr");
  expect(await screen.findByRole("link", { name: "Ayarlar" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Şimdi eşitle" })).toBeVisible();
  expect(document.documentElement).toHaveAttribute("lang", "tr");
});

test("a language that nobody chose is the system's, and can be so again", async () => {
  const choice = (change: Partial<SettingView>) => [
    ...settings.filter(({ key }) => key !== "language"),
    setting("language", { input: "choice", choices: ["en", "tr"], ...change }),
  ];
  const { unmount } = await openSettings(choice({}));
  expect(screen.getByRole("combobox", { name: "Language" })).toHaveDisplayValue("Language of the system");
  unmount();
  await openSettings(choice({ value: "en", source: "file" }));
  expect(screen.getByRole("combobox", { name: "Language" })).toHaveDisplayValue("English");
  expect(screen.getByRole("button", { name: "Back to the default: Language of the system" })).toBeVisible();
});

test("what the desktop does is offered where there is one, with what it lacks", async () => {
  const desktop = [
    ...settings,
    setting("partner_center.sync_interval", { value: "600", input: "number" }),
    setting("desktop.notifications", { value: "true", input: "boolean" }),
    setting("desktop.quiet_hours"),
    setting("desktop.on_close", { value: "auto", input: "choice", choices: ["auto", "background", "quit"] }),
    setting("desktop.autostart", { value: "false", input: "boolean" }),
  ];
  const { platform, user } = await openSettings(desktop);
  expect(screen.getByRole("textbox", { name: "Seconds between syncs" })).toHaveValue("600");
  expect(screen.queryByRole("region", { name: "Desktop" })).not.toBeInTheDocument();

  await engine(() => platform.set({ desktop: { tray: true, notifications: true } }));
  const group = within(screen.getByRole("region", { name: "Desktop" }));
  expect(group.queryByText(/shows no tray icon/)).not.toBeInTheDocument();
  await user.type(group.getByRole("textbox", { name: "Quiet hours" }), "22:00-07:00{Enter}");
  expect(platform.asked("set_setting")).toEqual([{ key: "desktop.quiet_hours", value: "22:00-07:00" }]);

  await engine(() => platform.set({ desktop: { tray: false, notifications: false } }));
  expect(group.getByText(/shows no tray icon/)).toBeVisible();
  expect(group.getByText(/No notification service is running/)).toBeVisible();
});
