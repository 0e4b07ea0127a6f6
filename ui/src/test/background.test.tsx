import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { engine, open, referral, setting, signedIn } from "./world";

const soon = referral({ expires_at: new Date(Date.now() + 86_400_000).toISOString() });
const closed = referral({ referral_id: "c", customer_name: "Closed one", status: "Closed" });

test("background sync is paused and resumed, and Sync now works all the same", async () => {
  const { platform, user } = await open({ snapshot: signedIn });
  await user.click(screen.getByRole("button", { name: "Sync options" }));
  await user.click(await screen.findByRole("menuitem", { name: "Pause background sync" }));
  expect(await screen.findByText("Background sync is paused")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Sync now" }));
  expect(platform.asked("sync_now")).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Sync options" }));
  await user.click(await screen.findByRole("menuitem", { name: "Resume background sync" }));
  expect(platform.asked("set_paused")).toEqual([{ paused: true }, { paused: false }]);
});

test("while sync is off, nothing asks to sign in", async () => {
  await open({ snapshot: { ...signedIn, signed_in: false, needs_sign_in: true, enabled: false } });
  expect(screen.getByText("Sync is off")).toBeVisible();
  expect(screen.getByText("Partner Center sync is off")).toBeVisible();
  expect(screen.queryByText("Sign in again")).not.toBeInTheDocument();
});

test("sync that is switched off from outside says by what, and offers no switch", async () => {
  const locked = { value: "false", locked: true, source: "environment", input: "boolean" } as const;
  await open({
    settings: [setting("partner_center.enabled", locked)],
    snapshot: { ...signedIn, enabled: false, enabled_locked: true },
  });
  expect(await screen.findByText(/Set by environment variable HUNTER_PARTNER_CENTER_ENABLED\./)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Turn on" })).not.toBeInTheDocument();
});

test.each([
  ["Keep running", "background"],
  ["Quit", "quit"],
] as const)("closing without a tray asks; %s is remembered if so wished", async (name, leave) => {
  const { platform, user } = await open({ snapshot: { ...signedIn, asks_on_close: true } });
  const question = within(await screen.findByRole("alertdialog", { name: /Keep Hunter running/ }));
  expect(question.getByRole("button", { name: "Keep running" })).toHaveFocus();
  await user.click(question.getByRole("checkbox", { name: "Do not ask again" }));
  await user.click(question.getByRole("button", { name }));
  expect(platform.asked("answer_close")).toEqual([{ leave, remember: true }]);
});

test("cancelling the question keeps the window and remembers nothing", async () => {
  const { platform, user } = await open({ snapshot: { ...signedIn, asks_on_close: true } });
  await user.click(await screen.findByRole("checkbox", { name: "Do not ask again" }));
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(platform.asked("answer_close")).toEqual([{ leave: null, remember: false }]);
});

test("a click outside the window opens the referral, whatever the list holds", async () => {
  const { platform, user } = await open({ referrals: [soon, closed], snapshot: signedIn });
  await user.click(screen.getByRole("link", { name: "Settings" }));
  await engine(() => platform.set({ focus: { kind: "referral", id: "c" } }));
  const panel = await screen.findByRole("complementary", { name: "Referral details" });
  expect(await within(panel).findByRole("heading", { name: "Closed one" })).toBeVisible();
  expect(platform.asked("focus_shown")).toHaveLength(1);
});

test("a click on what expires filters for it, and the filter can be dropped", async () => {
  const { platform, user } = await open({
    referrals: [soon, closed],
    snapshot: { ...signedIn, focus: { kind: "expiring" } },
  });
  await waitFor(() =>
    expect(platform.asked("list_referrals").at(-1)?.query).toMatchObject({ status: "New", expiring: 3 }),
  );
  expect(platform.asked("focus_shown")).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Remove filter: Expiring within 3 days" }));
  await waitFor(() => expect(platform.asked("list_referrals").at(-1)?.query).not.toHaveProperty("expiring"));
});

test("the browser is the other way to sign in, and there is a way back to the code", async () => {
  const expires_at = new Date(Date.now() + 300_000).toISOString();
  const { platform, user } = await open();
  await engine(() =>
    platform.signIn({
      state: "waiting",
      user_code: "ABC",
      verification_uri: "https://x.example",
      expires_at,
      copied: true,
      browser_opened: true,
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Sign in in the browser instead" }));
  expect(platform.asked("sign_in_in_browser")).toHaveLength(1);
  const address = "https://login.example/authorize";
  await engine(() => platform.signIn({ state: "in_browser", address, expires_at, browser_opened: false }));
  expect(await screen.findByText(address)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Use a code instead" }));
  expect(platform.asked("sign_in")).toHaveLength(1);
});

test("a policy that blocks the code makes the browser the first choice", async () => {
  const error = { code: "blocked_by_policy", message: "Blocked.", hint: null, retry: "never" } as const;
  const { platform, user } = await open({ snapshot: { sign_in: { state: "failed", error } } });
  await user.click(await screen.findByRole("button", { name: "Sign in in the browser instead" }));
  expect(platform.asked("sign_in_in_browser")).toHaveLength(1);
});
