import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import type { FakeReferral, FakeWorld } from "../platform/fake";
import { scanned } from "./companies";
import { engine, open, referral, setting, signedIn } from "./world";

const referrals: FakeReferral[] = [
  referral({ referral_id: "a", customer_name: "Kaya Tekstil", domain: "kaya.com.tr", company_id: 1 }),
  referral({
    referral_id: "b",
    customer_name: "Kaya Tekstil",
    domain: "kaya.com.tr",
    company_id: 1,
    status: "Closed",
    link_status: "multi_candidate",
    kind: "marketplace",
  }),
  referral({
    referral_id: "c",
    customer_name: "Contoso",
    domain: "contoso.com",
    company_id: 2,
    customer_country: "DE",
  }),
  referral({ referral_id: "d", customer_name: "Fabrikam", domain: "fabrikam.com", company_id: 3 }),
];
const companies = [
  scanned(1, "kaya.com.tr"),
  scanned(2, "contoso.com", { score: 90, segment: "existing", provider: "m365", is_stale: true }),
];
const refusal = { code: "storage", message: "Broken file.", hint: null, retry: "now" } as const;

async function openCompanies(world: FakeWorld = {}) {
  location.hash = "#/companies";
  const page = await open({
    referrals,
    companies,
    ...world,
    snapshot: { ...signedIn, enrichment: true, ...world.snapshot },
  });
  const grid = await screen.findByRole("grid", { name: "Companies" });
  const row = (text: string) => {
    const found = within(grid).getByText(text).closest<HTMLElement>('[role="row"]');
    if (!found) throw new Error(`${text} is in no row`);
    return within(found);
  };
  const names = () =>
    within(grid)
      .getAllByRole("row")
      .slice(1)
      .map((one) => within(one).getAllByRole("gridcell")[0]?.textContent);
  const asked = () => page.platform.asked("list_companies").at(-1)?.query;
  return { ...page, grid, row, names, asked };
}

async function openPanel(name = "Kaya Tekstil", world: FakeWorld = {}) {
  const page = await openCompanies(world);
  await page.user.click(await within(page.grid).findByText(name));
  const panel = within(await screen.findByRole("complementary", { name: "Company details" }));
  await panel.findByRole("heading", { name });
  return { ...page, panel };
}

describe("the list", () => {
  test("is reached by its link, the best score first, each with what is known of it", async () => {
    location.hash = "";
    const { user } = await open({ referrals, companies, snapshot: signedIn });
    await user.click(screen.getByRole("link", { name: "Companies" }));
    expect(await screen.findByText("3 companies")).toBeVisible();
    expect(location.hash).toBe("#/companies");
  });

  test("says where the mail is, what that is worth, and how many referrals there are", async () => {
    const { row, names, grid } = await openCompanies();
    await within(grid).findByText("Kaya Tekstil");
    expect(names()).toEqual(["Contoso", "Kaya Tekstil", "Fabrikam"]);
    const kaya = row("Kaya Tekstil");
    expect(kaya.getByTestId("badge-provider")).toHaveTextContent("Google Workspace");
    expect(kaya.getByTestId("badge-segment")).toHaveTextContent("Migration");
    expect(kaya.getByTestId("badge-company-link")).toHaveTextContent("Mixed");
    expect(kaya.getAllByTestId("badge-kind").map((badge) => badge.textContent)).toEqual(["Co-sell", "Marketplace"]);
    expect(kaya.getByText("1 open of 2")).toBeInTheDocument();
    expect(kaya.getByTitle("60 of 100")).toHaveTextContent("60");
    const fabrikam = row("Fabrikam");
    expect(fabrikam.getByText("Not scanned")).toBeVisible();
    expect(fabrikam.queryByTestId("badge-segment")).not.toBeInTheDocument();
    expect(row("Contoso").getByText("Due for another scan")).toBeInTheDocument();
  });

  test("is sorted by its columns, but for those that order nothing", async () => {
    const { user, grid, names, asked } = await openCompanies();
    await within(grid).findByText("Contoso");
    const header = (name: string) => within(grid).getByRole("columnheader", { name });
    expect(header("Score")).toHaveAttribute("aria-sort", "descending");
    await user.click(header("Company"));
    await waitFor(() => expect(names()).toEqual(["Contoso", "Fabrikam", "Kaya Tekstil"]));
    expect(asked()?.sort).toBe("name:asc");
    expect(header("Kinds")).not.toHaveAttribute("aria-sort");
    await user.click(header("Kinds"));
    expect(asked()?.sort).toBe("name:asc");
  });

  test("is filtered by segment, provider, country and score, and that is remembered", async () => {
    const { user, grid, names, asked, unmount } = await openCompanies();
    await within(grid).findByText("Contoso");
    await user.click(screen.getByRole("button", { name: "Filter" }));
    await user.click(await screen.findByRole("checkbox", { name: "Migration" }));
    await user.click(screen.getByRole("checkbox", { name: "Google Workspace" }));
    await user.click(await screen.findByRole("checkbox", { name: "Türkiye" }));
    await user.type(screen.getByRole("spinbutton", { name: "Score from" }), "40");
    await user.type(screen.getByRole("spinbutton", { name: "Score up to" }), "70");
    await user.click(screen.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(names()).toEqual(["Kaya Tekstil"]));
    expect(asked()).toMatchObject({
      segment: "migration",
      provider: "google",
      country: "TR",
      min_score: 40,
      max_score: 70,
    });
    const chips = within(screen.getByRole("list", { name: "Filters in use" }));
    for (const chip of ["Segment: Migration", "Mail provider: Google Workspace", "Country: Türkiye", "Score 40 to 70"])
      expect(chips.getByRole("button", { name: `Remove filter: ${chip}` })).toBeVisible();
    unmount();
    await openCompanies();
    await user.click(await screen.findByRole("button", { name: "Remove filter: Score 40 to 70" }));
    await user.click(screen.getByRole("button", { name: "Clear all" }));
    expect(await screen.findByText("3 companies")).toBeVisible();
  });

  test("is searched, and says when nothing is called so", async () => {
    const { user, names, asked } = await openCompanies();
    const search = screen.getByRole("searchbox", { name: "Search companies" });
    await user.type(search, "KAYA");
    await waitFor(() => expect(names()).toEqual(["Kaya Tekstil"]));
    expect(asked()?.search).toBe("KAYA");
    await user.type(search, "x");
    expect(await screen.findByText("No company matches")).toBeVisible();
    await user.click(screen.getAllByRole("button", { name: "Clear search" }).at(-1) as HTMLElement);
    expect(await screen.findByText("3 companies")).toBeVisible();
  });

  test("is empty until referrals name domains", async () => {
    await openCompanies({ referrals: [], companies: [] });
    expect(await screen.findByText("No companies yet")).toBeVisible();
  });

  test("that cannot be read says why, and is read again", async () => {
    location.hash = "#/settings";
    const { platform, user } = await open({ referrals, companies, snapshot: signedIn });
    platform.failNext("list_companies", refusal);
    await user.click(screen.getByRole("link", { name: "Companies" }));
    expect(await screen.findByText("Broken file.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Contoso")).toBeVisible();
  });

  test("is walked and opened with the keyboard, and the palette leads to it", async () => {
    location.hash = "#/settings";
    const { user } = await open({ referrals, companies, snapshot: signedIn });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox"), "compan");
    await user.click(await screen.findByRole("option", { name: "Go to Companies" }));
    const grid = await screen.findByRole("grid", { name: "Companies" });
    await within(grid).findByText("Contoso");
    grid.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]')?.focus();
    await user.keyboard("{ArrowDown}{Enter}");
    const panel = await screen.findByRole("complementary", { name: "Company details" });
    expect(await within(panel).findByRole("heading", { name: "Kaya Tekstil" })).toBeVisible();
    expect(within(panel).getByRole("button", { name: "Close details" })).toHaveFocus();
    expect(await screen.findByText("Details of Kaya Tekstil are open")).toBeInTheDocument();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("complementary")).not.toBeInTheDocument();
    expect(grid).toContainElement(document.activeElement as HTMLElement);
  });
});

describe("scans", () => {
  test("are off until a person turns them on, who is told what one does", async () => {
    const off = setting("enrichment.enabled", { value: "false", default: "false", input: "boolean" });
    const { platform, user } = await openCompanies({ settings: [off], snapshot: { enrichment: false } });
    expect(screen.getByText(/Hunter asks name servers only; it never contacts the customer/)).toBeVisible();
    const scan = screen.getByRole("button", { name: "Scan domains" });
    expect(scan).toHaveAttribute("aria-disabled", "true");
    expect(scan).toHaveAccessibleDescription("Turn scans on first.");
    await user.click(await screen.findByRole("button", { name: "Turn on…" }));
    expect(platform.asked("set_setting")).toEqual([]);
    const question = within(await screen.findByRole("alertdialog", { name: "Turn scans on?" }));
    await user.click(question.getByRole("button", { name: "Turn on" }));
    expect(platform.asked("set_setting")).toEqual([{ key: "enrichment.enabled", value: "true" }]);
    await waitFor(() => expect(screen.queryByText("Scans are off")).not.toBeInTheDocument());
    expect(scan).not.toHaveAttribute("aria-disabled", "true");
  });

  test("that an administrator decides about cannot be turned on here", async () => {
    const locked = setting("enrichment.enabled", { value: "false", locked: true, source: "policy" });
    await openCompanies({ settings: [locked], snapshot: { enrichment: false } });
    expect(await screen.findByText(/Set by your administrator\./)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Turn on…" })).not.toBeInTheDocument();
  });

  test("of all domains show how far they are, can be stopped, and what they find appears", async () => {
    const { platform, user, grid, row } = await openCompanies();
    await within(grid).findByText("Fabrikam");
    await user.click(screen.getByRole("button", { name: "Scan domains" }));
    expect(platform.asked("scan_companies")).toEqual([{ ids: null }]);
    expect(screen.getByText("Scanning… 0 of 3 domains")).toBeVisible();
    expect(screen.getByRole("button", { name: "Scan domains" })).toHaveAccessibleDescription("A scan is running.");
    await engine(() => platform.scanned(3, { score: 20, segment: "cold", provider: "local" }, { done: 1, total: 3 }));
    expect(screen.getByText("Scanning… 1 of 3 domains")).toBeVisible();
    expect(screen.getByRole("progressbar", { name: "Scan progress" })).toHaveAttribute("aria-valuenow", "1");
    await waitFor(() => expect(row("Fabrikam").getByTestId("badge-segment")).toHaveTextContent("Cold"));
    await user.click(screen.getByRole("button", { name: "Cancel scan" }));
    expect(platform.asked("cancel_scan")).toHaveLength(1);
    expect(screen.queryByRole("progressbar")).not.toBeInTheDocument();
    expect(screen.getByText("The scan is over")).toBeInTheDocument();
  });

  test("of one company are asked for beside it", async () => {
    const { platform, user, panel } = await openPanel("Fabrikam");
    expect(panel.getByText("No score yet: this domain has not been scanned.")).toBeVisible();
    await user.click(panel.getByRole("button", { name: "Scan" }));
    expect(platform.asked("scan_companies")).toEqual([{ ids: [3] }]);
    await engine(() => platform.scanned(3, { ...scanned(3, "fabrikam.com"), scanned_at: new Date().toISOString() }));
    expect(await panel.findByRole("button", { name: "Scan again" })).toBeVisible();
    expect(panel.getByRole("region", { name: "Score" })).toHaveTextContent("60");
  });
});

describe("a company", () => {
  const terms = (element: HTMLElement) =>
    within(element)
      .getAllByRole("term")
      .map((term) => `${term.textContent}: ${term.nextElementSibling?.textContent}`);

  test("explains its score, reason by reason", async () => {
    const { panel } = await openPanel("Kaya Tekstil", {
      companies: [scanned(1, "kaya.com.tr", { is_complete: false })],
    });
    const score = panel.getByRole("region", { name: "Score" });
    expect(score).toHaveTextContent("Has its mail elsewhere and takes care of it");
    expect(terms(score)).toEqual([
      "Mail provider: +50",
      "SPF is set up: +10",
      "DKIM is set up: +10",
      "DMARC asks for nothing: -10",
      "In all: 60",
    ]);
    expect(score).toHaveTextContent("Some questions got no answer");
  });

  test("without an answer about its mail has no score, which is not a score of none", async () => {
    const unanswered = { score: null, segment: null, parts: [{ reason: "mx_unanswered", points: 0 }] } as const;
    const { panel } = await openPanel("Kaya Tekstil", {
      companies: [scanned(1, "kaya.com.tr", { ...unanswered, parts: [...unanswered.parts] })],
    });
    expect(panel.getByText("No score yet: name servers did not say who takes the mail.")).toBeVisible();
  });

  test("shows each signal as found, absent or unanswered, with the record", async () => {
    const { platform, user, panel } = await openPanel();
    await user.click(panel.getByRole("tab", { name: "Signals" }));
    const signal = (name: string) => panel.getByRole("region", { name });
    const answers = (name: string) => within(signal(name)).getByTestId("badge-answer").textContent;
    expect(answers("Mail servers (MX)")).toBe("Found");
    expect(signal("Mail servers (MX)")).toHaveTextContent("aspmx.l.google.com");
    expect(signal("Permitted senders (SPF)")).toHaveTextContent("Receivers can use it. It includes 1 other.");
    expect(signal("Against forgeries (DMARC)")).toHaveTextContent("Forged mail is only reported.");
    expect(signal("Signatures (DKIM)")).toHaveTextContent("google");
    expect(answers("Name servers (NS)")).toBe("No answer");
    expect(signal("Name servers (NS)")).toHaveTextContent("that says nothing about the record");
    expect(answers("Microsoft 365 tenant")).toBe("No record");
    await user.click(panel.getByRole("button", { name: "Copy SPF record" }));
    expect(platform.asked("copy_text")).toEqual([{ text: "v=spf1 include:_spf.google.com ~all" }]);
  });

  test("lists its referrals; one opens, and all are shown in the list", async () => {
    const { user, panel, platform } = await openPanel();
    await user.click(panel.getByRole("tab", { name: "Referrals" }));
    const list = within(await panel.findByRole("region", { name: "Its referrals" }));
    expect(await list.findAllByRole("button")).toHaveLength(2);
    expect(platform.asked("list_referrals").at(-1)?.query).toEqual({ company: 1, status: "All", limit: 100 });
    await user.click(panel.getByRole("button", { name: "Show in the list" }));
    expect(await screen.findByRole("button", { name: "Remove filter: One company" })).toBeVisible();
    expect(location.hash).toBe("#/referrals");
    await user.click(screen.getByRole("link", { name: "Companies" }));
    const again = within(await screen.findByRole("complementary", { name: "Company details" }));
    await user.click(await again.findByRole("tab", { name: "Referrals" }));
    await user.click((await again.findAllByRole("button", { name: /^Kaya Tekstil/ }))[0] as HTMLElement);
    expect(await screen.findByRole("complementary", { name: "Referral details" })).toBeVisible();
  });

  test("keeps its earlier scores", async () => {
    const { user, panel } = await openPanel();
    await user.click(panel.getByRole("tab", { name: "History" }));
    const entries = within(panel.getByRole("list", { name: "History of scores" })).getAllByRole("listitem");
    expect(entries.map((entry) => entry.textContent)).toEqual([
      expect.stringMatching(/60MigrationGoogle WorkspaceRules 2$/),
      expect.stringMatching(/No scoreUnknownRules 1$/),
    ]);
  });

  test("has a note, saved by itself", async () => {
    const { platform, user, panel } = await openPanel();
    await user.type(panel.getByRole("textbox", { name: "Your note" }), "Ask for İpek");
    expect(await panel.findByText("Saved")).toBeVisible();
    expect(platform.asked("set_company_note")).toEqual([{ id: 1, note: "Ask for İpek" }]);
    await user.click(screen.getByRole("link", { name: "Settings" }));
    await user.click(screen.getByRole("link", { name: "Companies" }));
    expect(await screen.findByRole("textbox", { name: "Your note" })).toHaveValue("Ask for İpek");
  });

  test("that cannot be read says why", async () => {
    const { platform, user, grid } = await openCompanies();
    platform.failNext("show_company", refusal);
    await user.click(await within(grid).findByText("Contoso"));
    expect(await screen.findByText("This company could not be read")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { name: "Contoso" })).toBeVisible();
  });
});

describe("merging", () => {
  test("joins another company, which can be taken out again", async () => {
    const { platform, user, panel, names } = await openPanel();
    await user.click(panel.getByRole("button", { name: "Merge…" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Merge with another company" }));
    expect(dialog.getByText(/From now on Kaya Tekstil will also have/)).toBeVisible();
    expect(await dialog.findAllByRole("radio")).toHaveLength(2);
    await user.type(dialog.getByRole("searchbox", { name: "Find a company" }), "fabri");
    await waitFor(() => expect(dialog.getAllByRole("radio")).toHaveLength(1));
    await user.click(dialog.getByRole("radio", { name: /Fabrikam/ }));
    await user.click(dialog.getByRole("button", { name: "Merge" }));
    expect(platform.asked("merge_companies")).toEqual([{ into: 1, from: [3] }]);
    await waitFor(() => expect(names()).toEqual(["Contoso", "Kaya Tekstil"]));
    const merged = within(await panel.findByRole("region", { name: "Merged with this company" }));
    await user.click(merged.getByRole("button", { name: "Take out again: Fabrikam" }));
    expect(platform.asked("split_company")).toEqual([{ id: 3 }]);
    await waitFor(() => expect(names()).toEqual(["Contoso", "Kaya Tekstil", "Fabrikam"]));
    expect(panel.queryByRole("region", { name: "Merged with this company" })).not.toBeInTheDocument();
    expect(document.body).not.toHaveFocus();
  });

  test("that is refused says why and can be tried again", async () => {
    const { platform, user, panel } = await openPanel();
    await user.click(panel.getByRole("button", { name: "Merge…" }));
    const dialog = within(await screen.findByRole("dialog"));
    platform.failNext("merge_companies", refusal);
    await user.click(await dialog.findByRole("radio", { name: /Fabrikam/ }));
    await user.click(dialog.getByRole("button", { name: "Merge" }));
    expect(await dialog.findByText("Broken file.")).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Merge" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    await waitFor(() => expect(panel.getByRole("button", { name: "Merge…" })).toHaveFocus());
  });

  test("is taken back, after a question that says what", async () => {
    const { platform, user, panel, names } = await openPanel();
    const button = panel.getByRole("button", { name: "Undo last change" });
    expect(button).toHaveAttribute("aria-disabled", "true");
    await engine(() => void platform.call("merge_companies", { into: 1, from: [3] }));
    await waitFor(() => expect(button).not.toHaveAttribute("aria-disabled", "true"));
    await user.click(button);
    const question = within(await screen.findByRole("alertdialog", { name: "Undo this change?" }));
    expect(question.getByText(/^Merged into Kaya Tekstil, with 1 referral \(/)).toBeVisible();
    await user.click(question.getByRole("button", { name: "Undo" }));
    expect(platform.asked("undo_company_change")).toHaveLength(1);
    await waitFor(() => expect(names()).toContain("Fabrikam"));
    await waitFor(() => expect(button).toHaveAttribute("aria-disabled", "true"));
    expect(button).toHaveFocus();
  });
});
