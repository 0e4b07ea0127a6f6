import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { ChecklistItem, ItemState, Snapshot } from "../api/bindings";
import { type FakeChecklist, FakePlatform } from "../platform/fake";
import { engine, open, setting, signedIn } from "./world";

function item(id: string, title: string, change: Partial<ChecklistItem> = {}): ChecklistItem {
  return {
    id,
    title,
    proves: `What ${title} proves.`,
    how: "automatic",
    required: true,
    state: "not_run",
    evidence: "",
    note: "",
    account: "",
    checked_at: null,
    expired: false,
    fix: null,
    ...change,
  };
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const passed = { state: "pass", evidence: "As it should be.", checked_at: minutesAgo(5) } as const;

/** Two sections to prove, one of them by hand, and a way back. */
function sections(clock: Partial<ChecklistItem>, consent: Partial<ChecklistItem>): FakeChecklist {
  return [
    {
      id: "environment",
      title: "Environment and storage",
      items: [
        item("api_host", "API address", {
          ...passed,
          fix: { hint: "Remove the setting.", action: { kind: "setting", key: "partner_center.api_url" } },
        }),
        item("clock", "Clock", { fix: { hint: "Set the clock from the network.", action: null }, ...clock }),
      ],
    },
    {
      id: "pre_production",
      title: "Pre-production",
      items: [
        item("consent", "Consent", {
          how: "by_hand",
          state: "manual",
          fix: { hint: "Ask your administrator.", action: null },
          ...consent,
        }),
        item("history", "New referrals arrive", { required: false }),
      ],
    },
    {
      id: "rollback",
      title: "Rollback",
      items: [
        item("roll_back_tokens", "Forget the tokens", {
          how: "action",
          required: false,
          fix: { hint: "The way back: sign in.", action: { kind: "roll_back", to: "forget_tokens" } },
        }),
      ],
    },
  ];
}

const go = () => sections(passed, { ...passed, evidence: "", note: "Granted by IT.", account: "ayse@contoso.com" });
const failing = () =>
  sections(
    { state: "fail", evidence: "9 minutes behind.", checked_at: minutesAgo(2) },
    { ...passed, account: "ayse@contoso.com" },
  );

async function openChecklist(checklist: FakeChecklist, snapshot: Partial<Snapshot> = {}) {
  const page = await open({ checklist, snapshot: { ...signedIn, ...snapshot } });
  await page.user.click(screen.getByRole("link", { name: "Checklist" }));
  await screen.findByTestId("checklist-verdict");
  return page;
}

const region = (name: string) => within(screen.getByRole("region", { name }));
/** Once a dialog is gone, what is behind it can be reached again. */
const closed = async (role: "dialog" | "alertdialog") => {
  await waitFor(() => expect(screen.queryByRole(role)).not.toBeInTheDocument());
  await screen.findByRole("main");
};
const itemCalled = (name: string): HTMLElement => screen.getByRole("listitem", { name });

test("GO: the verdict in word and icon, sections that have passed folded, nothing in the way", async () => {
  const { user } = await openChecklist(go());
  const verdict = screen.getByTestId("checklist-verdict");
  expect(verdict).toHaveTextContent(/^GO$/);
  expect(verdict.querySelector("svg")).not.toBeNull();
  const card = region("Verdict");
  expect(card.getByText("Every required item has passed. Partner Center sync is on.")).toBeVisible();
  expect(card.getByText("Environment: Production")).toBeVisible();
  expect(card.getByText("3 of 3 required items passed")).toBeVisible();
  expect(screen.queryByText("What stands in the way")).not.toBeInTheDocument();

  expect(screen.queryByRole("listitem", { name: "Clock" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Environment and storage" }));
  const clock = itemCalled("Clock");
  expect(within(clock).getByTestId("badge-check")).toHaveTextContent(/^Passed$/);
  expect(clock).toHaveTextContent(/What Clock proves\.As it should be\.5 min ago · \w+ \d+, \d{4}/);
  expect(clock).not.toHaveTextContent("Set the clock from the network.");
});

test("the verdict says so when sync is still off", async () => {
  await openChecklist(go(), { enabled: false });
  expect(screen.getByText("Every required item has passed. Partner Center sync may be turned on.")).toBeVisible();
});

test("NO-GO: what stands in the way leads to its item, with why it failed and what to do", async () => {
  const { user } = await openChecklist(failing());
  expect(screen.getByTestId("checklist-verdict")).toHaveTextContent(/^NO-GO$/);
  const card = region("Verdict");
  expect(card.getByText("Partner Center sync is on, although 1 required item has not passed.")).toBeVisible();
  expect(card.getAllByRole("link").map((link) => link.textContent)).toEqual(["Clock"]);

  await user.click(screen.getByRole("button", { name: "Environment and storage" }));
  expect(screen.queryByRole("listitem", { name: "Clock" })).not.toBeInTheDocument();
  await user.click(card.getByRole("link", { name: "Clock" }));
  const clock = await screen.findByRole("listitem", { name: "Clock" });
  await waitFor(() => expect(clock).toHaveFocus());
  expect(within(clock).getByTestId("badge-check")).toHaveTextContent(/^Failed$/);
  expect(clock).toHaveTextContent("9 minutes behind.");
  expect(clock).toHaveTextContent("Set the clock from the network.");
  expect(region("Environment and storage").getByTestId("badge-phase")).toHaveTextContent(/^Failed$/);

  await user.click(screen.getByRole("button", { name: "Export as Markdown" }));
  await user.click(await screen.findByRole("button", { name: "Close" }));
  await closed("dialog");
  await user.click(card.getByRole("link", { name: "Clock" }));
  await waitFor(() => expect(clock).toHaveFocus());
});

test.each<[ItemState, boolean, string]>([
  ["not_run", false, "Not run"],
  ["not_run", true, "Expired"],
  ["pass", true, "Expired"],
  ["fail", true, "Failed"],
  ["skipped", false, "Skipped"],
])("an item that is %s (expired: %s) reads %s", async (state, expired, words) => {
  await openChecklist(sections({ state, expired, checked_at: minutesAgo(3000) }, passed));
  const clock = within(itemCalled("Clock"));
  expect(clock.getByTestId("badge-check")).toHaveTextContent(new RegExp(`^${words}$`));
  expect(clock.queryByText("No longer counts") !== null).toBe(expired);
  expect(clock.queryByText("Set the clock from the network.") !== null).toBe(state === "fail");
});

test("a section waits for the required items before it, names them, and does not run", async () => {
  const { platform, user } = await openChecklist(sections({ state: "not_run" }, {}));
  const section = region("Pre-production");
  expect(section.getByTestId("badge-phase")).toHaveTextContent(/^Waiting$/);
  expect(section.getByText("Waits for:")).toBeVisible();
  const run = section.getByRole("button", { name: "Run this section: Pre-production" });
  expect(run).toHaveAttribute("aria-disabled", "true");
  await user.click(run);
  expect(platform.asked("run_checklist")).toEqual([]);
  expect(within(itemCalled("New referrals arrive")).getByText("Not required")).toBeVisible();
  expect(region("Rollback").queryByText("Waits for:")).not.toBeInTheDocument();

  await user.click(section.getByRole("link", { name: "Clock" }));
  await waitFor(() => expect(itemCalled("Clock")).toHaveFocus());
  await engine(() => platform.found("clock", passed));
  expect(await section.findByText("Open")).toBeVisible();
  expect(run).not.toHaveAttribute("aria-disabled", "true");
  await user.click(run);
  expect(platform.asked("run_checklist")).toEqual([{ phase: "pre_production" }]);
});

test("running: each item in turn, told to screen readers, the focus where it was", async () => {
  const { platform, user } = await openChecklist(sections({}, {}));
  const run = screen.getByRole("button", { name: "Run all checks" });
  await user.click(run);
  expect(platform.asked("run_checklist")).toEqual([{ phase: null }]);
  const address = itemCalled("API address");
  await waitFor(() => expect(address).toHaveAttribute("aria-busy", "true"));
  expect(within(address).getByTestId("badge-check")).toHaveTextContent("Checking…");
  expect(region("Verdict").getByText("Checking: API address")).toBeVisible();
  const told = () => screen.getAllByRole("status").map((status) => status.textContent);
  expect(told()).toContain("Checking: API address");
  expect(run).toHaveFocus();
  expect(run).toHaveAttribute("aria-disabled", "true");
  await user.click(run);
  expect(platform.asked("run_checklist")).toHaveLength(1);

  await engine(() => platform.check("clock"));
  await waitFor(() => expect(told()).toContain("Checking: Clock"));
  expect(address).not.toHaveAttribute("aria-busy");
  await engine(() => {
    platform.found("clock", { ...passed, evidence: "1 second behind." });
    platform.check(null);
  });
  await waitFor(() => expect(told()).toContain("Checking is over. Verdict: NO-GO"));
  expect(itemCalled("Clock")).toHaveTextContent("1 second behind.");
  expect(run).toHaveFocus();
  expect(run).not.toHaveAttribute("aria-disabled", "true");
});

test("answering by hand: with a note, on record, and it can be changed", async () => {
  const { platform, user } = await openChecklist(sections(passed, {}));
  const consent = itemCalled("Consent");
  expect(within(consent).getByTestId("badge-check")).toHaveTextContent(/^To do by hand$/);
  expect(consent).toHaveTextContent("Ask your administrator.");
  const note = within(consent).getByRole("textbox", { name: "Note, kept on record with your answer" });
  await user.type(note, " Ticket 4711 ");
  await user.click(within(consent).getByRole("button", { name: "Skip" }));
  expect(platform.asked("answer_checklist_item")).toEqual([{ id: "consent", answer: "skip", note: "Ticket 4711" }]);
  await waitFor(() => expect(consent).toHaveFocus());
  expect(within(consent).getByTestId("badge-check")).toHaveTextContent(/^Skipped$/);
  expect(consent).toHaveTextContent("Ticket 4711");
  expect(consent).toHaveTextContent("ayse@contoso.com");
  expect(screen.getByTestId("checklist-verdict")).toHaveTextContent(/^NO-GO$/);

  await user.click(within(consent).getByRole("button", { name: "Change the answer: Consent" }));
  expect(within(consent).getByRole("textbox")).toHaveValue("Ticket 4711");
  await user.click(within(consent).getByRole("button", { name: "Done" }));
  await waitFor(() => expect(screen.getByTestId("checklist-verdict")).toHaveTextContent(/^GO$/));

  await user.click(within(consent).getByRole("button", { name: "History: Consent" }));
  const history = await within(consent).findByRole("list", { name: "History: Consent" });
  const entries = within(history).getAllByRole("listitem");
  expect(entries.map((entry) => within(entry).getByTestId("badge-past").textContent)).toEqual(["Passed", "Skipped"]);

  await user.click(within(consent).getByRole("button", { name: "Change the answer: Consent" }));
  await user.click(within(consent).getByRole("button", { name: "Clear the answer" }));
  expect(platform.asked("answer_checklist_item").at(-1)).toMatchObject({ answer: "clear" });
  await waitFor(() => expect(within(consent).getByTestId("badge-check")).toHaveTextContent(/^To do by hand$/));
});

test("who has gone on elsewhere while an answer is on its way stays there", async () => {
  const { platform, user } = await openChecklist(sections(passed, {}));
  const consent = itemCalled("Consent");
  const call = platform.call.bind(platform);
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  vi.spyOn(platform, "call").mockImplementation(async (name, args) => {
    const answer = await call(name, args);
    if (name === "answer_checklist_item") await held;
    return answer;
  });
  await user.click(within(consent).getByRole("button", { name: "Done" }));
  const elsewhere = screen.getByRole("link", { name: "Activity" });
  elsewhere.focus();
  await engine(letGo);
  await waitFor(() => expect(within(consent).queryByRole("textbox")).not.toBeInTheDocument());
  expect(elsewhere).toHaveFocus();
});

test("an answer that is refused keeps what was typed and says why", async () => {
  const { platform, user } = await openChecklist(sections(passed, {}));
  const consent = within(itemCalled("Consent"));
  await user.type(consent.getByRole("textbox"), "by phone");
  platform.failNext("answer_checklist_item", {
    code: "storage_full",
    message: "The disk is full.",
    hint: "Free some space.",
    retry: "later",
  });
  await user.click(consent.getByRole("button", { name: "Not done" }));
  expect(await consent.findByText("The disk is full. Free some space.")).toBeVisible();
  expect(consent.getByRole("textbox")).toHaveValue("by phone");
});

test("a step back says what happens and how to come back, and is taken only once confirmed", async () => {
  const { platform, user } = await openChecklist(go());
  const row = itemCalled("Forget the tokens");
  expect(within(row).queryByTestId("badge-check")).not.toBeInTheDocument();
  const button = within(row).getByRole("button", { name: /Forget the tokens/ });
  await user.click(button);
  const question = within(await screen.findByRole("alertdialog", { name: "Forget the tokens?" }));
  expect(question.getByText(/The token file and its key are deleted/)).toBeVisible();
  expect(question.getByText("Sign in again, run the checklist, then turn sync on.")).toBeVisible();
  await user.click(question.getByRole("button", { name: "Cancel" }));
  expect(platform.asked("roll_back")).toEqual([]);
  await closed("alertdialog");

  await user.click(button);
  platform.failNext("roll_back", { code: "storage_io", message: "The file is in use.", hint: null, retry: "now" });
  const again = within(await screen.findByRole("alertdialog", { name: "Forget the tokens?" }));
  await user.click(again.getByRole("button", { name: "Forget the tokens" }));
  expect(await again.findByText("The file is in use.")).toBeVisible();
  await user.click(again.getByRole("button", { name: "Forget the tokens" }));
  await closed("alertdialog");
  expect(platform.asked("roll_back")).toEqual([{ to: "forget_tokens" }, { to: "forget_tokens" }]);
  expect(await screen.findByText("The tokens are forgotten")).toBeVisible();
  expect(within(row).getByTestId("badge-check")).toHaveTextContent(/^Passed$/);
});

test("what can be mended has its button", async () => {
  const fixes = [
    ["api_url", { kind: "setting", key: "partner_center.api_url" }],
    ["account", { kind: "sign_in" }],
    ["sync", { kind: "sync" }],
    ["schema", { kind: "roll_back", to: "restore_backup" }],
    ["quiet", null],
  ] as const;
  const items = fixes.map(([id, action]) => item(id, id, { state: "fail", fix: { hint: `mend ${id}`, action } }));
  const page = await open({
    checklist: [{ id: "environment", title: "Environment", items }],
    settings: [setting("partner_center.api_url", { value: "https://csp.example" })],
    snapshot: { ...signedIn },
  });
  const { platform, user } = page;
  await user.click(screen.getByRole("link", { name: "Checklist" }));
  await screen.findByTestId("checklist-verdict");
  const mend = (id: string, name: string) => user.click(within(itemCalled(id)).getByRole("button", { name }));
  await mend("sync", "Start a sync");
  expect(platform.asked("sync_now")).toHaveLength(1);
  await mend("schema", "Restore the backup…");
  await user.click(await screen.findByRole("button", { name: "Cancel" }));
  await closed("alertdialog");
  expect(within(itemCalled("quiet")).queryByRole("button")).not.toBeInTheDocument();
  await mend("account", "Sign in");
  expect(platform.asked("sign_in")).toHaveLength(1);
  await engine(() => platform.signIn({ state: "idle" }));
  await closed("dialog");
  await mend("api_url", "Open the setting");
  await waitFor(() => expect(screen.getByRole("textbox", { name: "Partner Center address" })).toHaveFocus());
});

test("a check that has not run offers only what a person has to do first", async () => {
  const items = [
    item("flag", "Flag", { fix: { hint: "Turn it on.", action: { kind: "enable" } } }),
    item("account", "Account", { fix: { hint: "Sign in.", action: { kind: "sign_in" } } }),
    item("sync", "Sync", { fix: { hint: "Sync again.", action: { kind: "sync" } } }),
  ];
  const { platform, user } = await openChecklist([{ id: "flag_on", title: "Feature flag on", items }], {
    enabled: false,
  });
  expect(within(itemCalled("Account")).queryByRole("button")).not.toBeInTheDocument();
  expect(within(itemCalled("Sync")).queryByRole("button")).not.toBeInTheDocument();
  await user.click(within(itemCalled("Flag")).getByRole("button", { name: "Turn on" }));
  await user.click(await screen.findByRole("button", { name: "Turn on anyway" }));
  expect(platform.asked("set_setting")).toEqual([{ key: "partner_center.enabled", value: "true" }]);
});

const flag = setting("partner_center.enabled", { value: "false", default: "false", input: "boolean" });

test.each<[string, Partial<Snapshot>, (user: Awaited<ReturnType<typeof open>>["user"]) => Promise<void>]>([
  [
    "the switch in Settings",
    {},
    async (user) => {
      await user.click(screen.getByRole("link", { name: "Settings" }));
      await user.click(await screen.findByRole("switch", { name: /Partner Center sync/ }));
    },
  ],
  ["the bar", {}, (user) => user.click(screen.getByRole("button", { name: "Turn on" }))],
  ["the question after sign-in", { ask_to_enable: true }, async () => undefined],
])("under NO-GO, %s lists what stands in the way and asks first", async (_, more, ask) => {
  const { platform, user } = await open({
    checklist: failing(),
    settings: [flag],
    snapshot: { ...signedIn, enabled: false, ...more },
  });
  await ask(user);
  const question = within(await screen.findByRole("alertdialog", { name: "Turn on Partner Center sync?" }));
  expect(question.getByText(/^1 required item of the checklist has not passed/)).toBeVisible();
  const list = await question.findByRole("list", { name: "What stands in the way" });
  expect(
    within(list)
      .getAllByRole("listitem")
      .map((entry) => entry.textContent),
  ).toEqual(["Clock"]);
  expect([...platform.asked("set_setting"), ...platform.asked("answer_enable")]).toEqual([]);
  await user.click(question.getByRole("button", { name: "Turn on anyway" }));
  expect([...platform.asked("set_setting"), ...platform.asked("answer_enable")]).toHaveLength(1);
  expect(platform.snapshot.enabled).toBe(true);
  await closed("alertdialog");
});

test("under NO-GO, sync stays off for who looks at the checklist instead", async () => {
  const { platform, user } = await open({
    checklist: failing(),
    settings: [flag],
    snapshot: { ...signedIn, enabled: false },
  });
  await user.click(screen.getByRole("button", { name: "Turn on" }));
  await user.click(await screen.findByRole("link", { name: "Clock" }));
  await waitFor(() => expect(itemCalled("Clock")).toHaveFocus());
  await user.click(screen.getByRole("button", { name: "Turn on" }));
  await user.click(await screen.findByRole("button", { name: "Not now" }));
  await closed("alertdialog");
  expect(platform.asked("set_setting")).toEqual([]);
  expect(platform.snapshot.enabled).toBe(false);
});

test("turning sync off asks nothing", async () => {
  const { platform, user } = await open({
    checklist: failing(),
    settings: [{ ...flag, value: "true", source: "file" }],
    snapshot: signedIn,
  });
  await user.click(screen.getByRole("link", { name: "Settings" }));
  await user.click(await screen.findByRole("switch", { name: /Partner Center sync/ }));
  expect(platform.asked("set_setting")).toEqual([{ key: "partner_center.enabled", value: "false" }]);
});

test("the report is shown, copied, and in a browser saved", async () => {
  const saved = vi.fn<(blob: Blob) => string>(() => "blob:report");
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: saved, revokeObjectURL: vi.fn() }));
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const { platform, user } = await openChecklist(go());
  await user.click(screen.getByRole("button", { name: "Export as Markdown" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Checklist report" }));
  const report = await dialog.findByRole("textbox", { name: "Checklist report" });
  expect(report).toHaveValue(
    "# Hunter checklist: GO\n## Environment and storage\n- PASS API address\n- PASS Clock\n## Pre-production\n- PASS Consent\n- FAIL New referrals arrive\n## Rollback\n- FAIL Forget the tokens\n",
  );
  await user.click(dialog.getByRole("button", { name: "Copy the report" }));
  const [{ text = "" } = {}] = platform.asked("copy_text");
  expect(text).toContain("- PASS Clock");
  expect(await dialog.findByRole("button", { name: "Copied" })).toBeVisible();
  await user.click(dialog.getByRole("button", { name: "Download" }));
  expect(await saved.mock.calls[0]?.[0].text()).toBe(text);
  expect(clicked).toHaveBeenCalledOnce();

  await engine(() => platform.set({ desktop: { tray: true, notifications: true } }));
  expect(dialog.queryByRole("button", { name: "Download" })).not.toBeInTheDocument();
  expect(dialog.getByText(/hunter checklist report hunter-checklist\.md/)).toBeVisible();
  clicked.mockRestore();
});

test("a keyboard is enough: fold, follow a link, answer, and the page keeps its place", async () => {
  const { platform, user } = await openChecklist(sections({ state: "fail", checked_at: minutesAgo(1) }, {}));
  const press = async (role: "link" | "button", name: string, key: string) => {
    for (let presses = 0; presses < 60; presses++) {
      await user.tab();
      const { activeElement } = document;
      if (activeElement === screen.queryAllByRole(role, { name }).find((found) => found === activeElement)) break;
    }
    expect(document.activeElement).toHaveAccessibleName(name);
    await user.keyboard(key);
  };
  await press("link", "Consent", "{Enter}");
  await waitFor(() => expect(itemCalled("Consent")).toHaveFocus());
  await user.tab();
  await user.keyboard("by phone");
  await engine(() => platform.found("clock", { evidence: "8 minutes behind." }));
  expect(await screen.findByText("8 minutes behind.")).toBeVisible();
  const note = within(itemCalled("Consent")).getByRole("textbox");
  expect(note).toHaveFocus();
  expect(note).toHaveValue("by phone");
  await press("button", "Done", "{Enter}");
  await waitFor(() => expect(platform.asked("answer_checklist_item")).toHaveLength(1));
  await press("button", "Change the answer: Consent", " ");
  await press("button", "Done", "{Escape}");
  expect(platform.asked("answer_checklist_item")).toHaveLength(1);
  expect(within(itemCalled("Consent")).queryByRole("textbox")).not.toBeInTheDocument();
  screen.getByRole("button", { name: "Environment and storage" }).focus();
  await user.keyboard("{Enter}");
  expect(screen.queryByRole("listitem", { name: "Clock" })).not.toBeInTheDocument();
});

test("a checklist that cannot be read says so and tries again", async () => {
  const platform = new FakePlatform({ checklist: go(), snapshot: signedIn });
  platform.failNext("checklist", { code: "storage_io", message: "Broken file.", hint: null, retry: "now" });
  location.hash = "#/checklist";
  const { user } = await open(platform);
  expect(await screen.findByText("Broken file.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByTestId("checklist-verdict")).toHaveTextContent("GO");
});

test("in Turkish, the verdict stays the word that everybody knows", async () => {
  location.hash = "#/checklist";
  const { user } = await open({ checklist: failing(), snapshot: { ...signedIn, language: "tr" } });
  expect(await screen.findByRole("heading", { name: "Denetim listesi" })).toBeVisible();
  expect(screen.getByTestId("checklist-verdict")).toHaveTextContent(/^NO-GO$/);
  expect(screen.getByText("3 gerekli maddeden 2 tanesi geçti")).toBeVisible();
  expect(screen.getByText("1 gerekli madde geçmediği halde Partner Center eşitlemesi açık.")).toBeVisible();
  const clock = within(itemCalled("Clock"));
  expect(clock.getByTestId("badge-check")).toHaveTextContent(/^Başarısız$/);
  expect(clock.getByText(/^2 dk önce · /)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Belirteçleri unut…" }));
  expect(await screen.findByRole("alertdialog", { name: "Belirteçler unutulsun mu?" })).toBeVisible();
});
