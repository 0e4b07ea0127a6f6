import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { HistoryEntry } from "../api/bindings";
import { account, engine, open, reads, referral, rowOf, setting, signedIn } from "./world";

const error = {
  code: "conditional_access",
  message: "Your organisation blocks this sign-in (AADSTS53003).",
  hint: "Ask your administrator to allow it.",
  retry: "never",
} as const;

const waiting = (copied: boolean) =>
  ({
    state: "waiting",
    user_code: "H7KQ2MPX",
    verification_uri: "https://microsoft.example/devicelogin",
    expires_at: new Date(Date.now() + 900_000).toISOString(),
    copied,
    browser_opened: true,
  }) as const;

const arrived = [
  referral({
    referral_id: "a",
    customer_name: "Contoso Bilişim",
    expires_at: new Date(Date.now() + 60 * 3_600_000).toISOString(),
  }),
  referral({
    referral_id: "b",
    customer_name: "Fabrikam",
    kind: "solution-provider",
    status: "Active",
    substatus: "Accepted",
    link_status: "unlinked",
    domain: null,
  }),
];

test("first run, sign-in, first sync, search, details, sync again", async () => {
  const { platform, user } = await open({ snapshot: { enabled: false } });

  await user.click(screen.getByRole("button", { name: "Sign in with Microsoft" }));
  expect(await screen.findByText("Asking Microsoft for a code…")).toBeVisible();
  await engine(() => platform.signIn(waiting(true)));
  expect(screen.getByTestId("device-code")).toHaveTextContent(/^H7KQ2MPX$/);
  expect(screen.getByText("The code is on the clipboard.")).toBeVisible();
  await user.click(await screen.findByRole("button", { name: "Open the page" }));
  expect(platform.asked("open_sign_in_page")).toHaveLength(1);

  await engine(() => platform.approve(account.account, account.name));
  await waitFor(() => expect(screen.queryByTestId("device-code")).not.toBeInTheDocument());
  const question = await screen.findByRole("alertdialog", { name: "Turn on Partner Center sync?" });
  await user.click(await within(question).findByRole("button", { name: "Turn on" }));
  expect(platform.asked("answer_enable")).toEqual([{ enable: true }]);
  await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
  expect(screen.getByText("No referrals yet")).toBeVisible();

  await user.click(await screen.findByRole("button", { name: "Sync now" }));
  expect(platform.asked("sync_now")).toHaveLength(1);
  expect(screen.getByRole("progressbar", { name: "Sync progress" })).toBeVisible();
  await engine(() => platform.finishSync({ run_id: "1", fetched: 250, inserted: 250 }, arrived));
  expect(await screen.findByText("250 fetched · 250 new")).toBeVisible();

  const grid = screen.getByRole("grid", { name: "Referrals" });
  await within(grid).findByText("Contoso Bilişim");
  const first = within(rowOf("Contoso Bilişim"));
  expect(first.getByTestId("badge-kind")).toHaveTextContent("Co-sell");
  expect(first.getByTestId("badge-status")).toHaveTextContent("New · Pending");
  expect(first.getByTestId("badge-expiry")).toHaveTextContent("3 days left");
  expect(first.getByTestId("badge-link")).toHaveTextContent("Linked");
  const second = within(rowOf("Fabrikam"));
  expect(second.getByTestId("badge-kind")).toHaveTextContent(/^SP$/);
  expect(second.getByTestId("badge-link")).toHaveTextContent("Unlinked");
  expect(second.queryByTestId("badge-expiry")).not.toBeInTheDocument();

  await user.type(screen.getByRole("searchbox", { name: "Search referrals" }), "fabri");
  await waitFor(() => expect(within(grid).queryByText("Contoso Bilişim")).not.toBeInTheDocument());
  expect(platform.asked("list_referrals").at(-1)?.query.search).toBe("fabri");

  await user.click(within(grid).getByText(reads("Fabrikam")));
  const panel = screen.getByRole("complementary", { name: "Referral details" });
  expect(await within(panel).findByRole("heading", { name: "Fabrikam" })).toBeVisible();
  await user.click(within(panel).getByRole("tab", { name: "Raw data" }));
  await waitFor(() => expect(within(panel).getByRole("tree")).toHaveTextContent('"id": "b"'));
  await user.click(within(panel).getByRole("button", { name: "Open in Partner Center" }));
  expect(platform.asked("open_in_partner_center")).toEqual([{ id: "b" }]);

  await user.click(screen.getByRole("button", { name: "Sync now" }));
  await engine(() => platform.finishSync({ run_id: "2", fetched: 250 }, arrived));
  expect(await screen.findByText("250 fetched · Nothing new")).toBeVisible();
  expect(rowOf(/^Fabrikam$/)).toHaveAttribute("aria-selected", "true");
});

test("a first run without IDs asks for them, refuses what cannot be one, and goes on to sign in", async () => {
  const { platform, user } = await open({
    snapshot: { configured: false },
    settings: [setting("partner_center.client_id"), setting("partner_center.tenant_id")],
  });
  const client = screen.getByRole("textbox", { name: "Application (client) ID" });
  const tenant = screen.getByRole("textbox", { name: "Directory (tenant) ID" });
  const submit = screen.getByRole("button", { name: "Sign in with Microsoft" });

  await user.type(client, "not a guid");
  await user.type(tenant, "contoso");
  await user.click(submit);
  expect(screen.getByText(/This is not a GUID/)).toBeVisible();
  expect(client).toBeInvalid();
  expect(tenant).toBeInvalid();
  expect(platform.asked("set_setting")).toEqual([]);

  await user.clear(client);
  await user.type(client, " 1b2c3d4e-0000-4000-8000-123456789abc ");
  await user.clear(tenant);
  await user.type(tenant, "contoso.com");
  await user.click(submit);
  await screen.findByText("Asking Microsoft for a code…");
  expect(platform.asked("set_setting")).toEqual([
    { key: "partner_center.client_id", value: "1b2c3d4e-0000-4000-8000-123456789abc" },
    { key: "partner_center.tenant_id", value: "contoso.com" },
  ]);
});

test("what the engine refuses stands at the field it belongs to", async () => {
  const { platform, user } = await open({
    snapshot: { configured: false },
    settings: [
      setting("partner_center.client_id", { value: "1b2c3d4e-0000-4000-8000-123456789abc", locked: true }),
      setting("partner_center.tenant_id"),
    ],
  });
  const tenant = await screen.findByRole("textbox", { name: "Directory (tenant) ID" });
  await user.type(tenant, "contoso.com");
  platform.failNext("set_setting", { code: "storage", message: "The disk is full.", hint: null, retry: "later" });
  await user.click(screen.getByRole("button", { name: "Sign in with Microsoft" }));
  expect(await screen.findByText("The disk is full.")).toBeVisible();
  expect(tenant).toBeInvalid();
  expect(platform.asked("sign_in")).toEqual([]);
});

test("a failed sign-in says what happened and what to do, and can be tried again or closed", async () => {
  const { platform, user } = await open();
  await user.click(screen.getByRole("button", { name: "Sign in with Microsoft" }));
  await engine(() => platform.signIn({ state: "failed", error }));
  const dialog = await screen.findByRole("dialog", { name: "Sign-in did not work" });
  expect(within(dialog).getByRole("alert")).toHaveTextContent(error.message);
  expect(within(dialog).getByRole("alert")).toHaveTextContent(error.hint);
  await user.click(within(dialog).getByRole("button", { name: "Try again" }));
  expect(platform.asked("sign_in")).toHaveLength(2);
  await engine(() => platform.signIn({ state: "failed", error }));
  await user.click(screen.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(platform.asked("cancel_sign_in")).toHaveLength(1);
});

test("cancelling while a code waits tells the engine", async () => {
  const { platform, user } = await open({ snapshot: { sign_in: waiting(false) } });
  expect(screen.queryByText("The code is on the clipboard.")).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Copy the code" }));
  expect(platform.asked("copy_text")).toEqual([{ text: "H7KQ2MPX" }]);
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(platform.asked("cancel_sign_in")).toHaveLength(1);
});

test("sample data is marked everywhere, and can be left", async () => {
  const { platform, user } = await open({ referrals: arrived });
  await user.click(screen.getByRole("button", { name: "Explore with sample data" }));
  expect(await screen.findByRole("region", { name: "Sample data" })).toBeVisible();
  await user.click(screen.getByRole("link", { name: "Settings" }));
  await user.click(
    within(screen.getByRole("region", { name: "Sample data" })).getByRole("button", { name: "Leave sample data" }),
  );
  expect(platform.asked("leave_sample_data")).toHaveLength(1);
});

test("signed out, the list stays and the way back is one click", async () => {
  const { platform, user } = await open({ referrals: arrived, snapshot: signedIn });
  await user.click(screen.getByRole("button", { name: /^Account: Ayşe Örnek/ }));
  await user.click(screen.getByRole("menuitem", { name: "Sign out" }));
  expect(await screen.findByRole("button", { name: "Sign in with Microsoft" })).toBeVisible();
  expect(screen.getByText("Contoso Bilişim")).toBeVisible();
  const sync = screen.getByRole("button", { name: "Sync now" });
  await user.click(sync);
  expect(sync).toHaveAttribute("aria-disabled", "true");
  expect(platform.asked("sync_now")).toEqual([]);
});

test("a failed sync says why, keeps the list, and can be tried again", async () => {
  const problem = {
    code: "network",
    message: "Partner Center cannot be reached.",
    hint: null,
    retry: "later",
  } as const;
  const { platform, user } = await open({ referrals: arrived, snapshot: signedIn });
  await engine(() => platform.set({ sync: { ...platform.snapshot.sync, problem } }));
  expect(screen.getByText(/Partner Center cannot be reached/)).toBeVisible();
  expect(screen.getByText("Contoso Bilişim")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(platform.asked("sync_now")).toHaveLength(1);
});

test("a run that broke off, and one with failures, are told in the user's words", async () => {
  const problem = { code: "network", message: "Microsoft'a ulaşılamıyor.", hint: null, retry: "later" } as const;
  const { platform } = await open({ referrals: arrived, snapshot: { ...signedIn, language: "tr" } });
  const reason = "Sentence of the ledger";
  await engine(() => platform.set({ sync: { ...platform.snapshot.sync, problem } }));
  await engine(() =>
    platform.finishSync({ run_id: "1", status: "partial", reason, fetched: 200, inserted: 198, failure_count: 0 }),
  );
  expect(await screen.findByText("200 alındı · 198 yeni")).toBeVisible();
  expect(screen.getAllByText(/Microsoft'a ulaşılamıyor\./)).toHaveLength(1);

  const failures = [{ referral_id: null, reason }];
  await engine(() => platform.set({ sync: { ...platform.snapshot.sync, problem: null } }));
  await engine(() =>
    platform.finishSync({ run_id: "2", status: "partial", fetched: 3, updated: 2, failure_count: 1, failures }),
  );
  expect(await screen.findByText("3 alındı · 2 değişti, 1 kaydedilemedi")).toBeVisible();
  expect(screen.queryByText(new RegExp(reason))).not.toBeInTheDocument();
});

test("a run that the flag stopped shows no problem, only that sync is off", async () => {
  const { platform } = await open({ referrals: arrived, snapshot: { ...signedIn, enabled: false } });
  await engine(() => platform.finishSync({ run_id: "1", status: "skipped", reason: "Feature flag disabled" }));
  expect(screen.getByText("Partner Center sync is off")).toBeVisible();
  expect(screen.queryByText("The last sync did not finish")).not.toBeInTheDocument();
  await engine(() => platform.set({ enabled: true }));
  expect(screen.queryByText("Partner Center sync is off")).not.toBeInTheDocument();
  expect(screen.queryByText("The last sync did not finish")).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
});

test("the history names the known reasons in words, and others as they came", async () => {
  const entry = (run_id: string, reason: string): HistoryEntry => ({
    at: "2026-03-10T09:00:00Z",
    run_id,
    outcome: "skipped",
    reason,
    changes: [],
  });
  const { user } = await open({
    referrals: arrived,
    snapshot: signedIn,
    details: () => ({
      history: [entry("1", "direction_outgoing"), entry("2", "direction_incoming"), entry("3", "brand_new")],
    }),
  });
  await user.click(await screen.findByText("Fabrikam"));
  await user.click(await screen.findByRole("tab", { name: "History" }));
  expect(await screen.findByText("Outgoing referral; you keep incoming ones only.")).toBeVisible();
  expect(screen.getByText("Incoming referral; you keep outgoing ones only.")).toBeVisible();
  expect(screen.getByText("brand_new")).toBeVisible();
});

test("a refused command is shown in the engine's words", async () => {
  const { platform, user } = await open({ referrals: arrived, snapshot: signedIn });
  platform.failNext("sync_now", {
    code: "busy",
    message: "Another program is syncing.",
    hint: "Wait.",
    retry: "later",
  });
  await user.click(screen.getByRole("button", { name: "Sync now" }));
  expect(await screen.findByText("Another program is syncing.")).toBeVisible();
});
