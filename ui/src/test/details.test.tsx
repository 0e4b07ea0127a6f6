import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import type { Contact } from "../api/bindings";
import { bySide, matching } from "../features/referrals/people";
import type { FakeReferral, FakeWorld } from "../platform/fake";
import { engine, open, referral, signedIn } from "./world";

const person = (change: Partial<Contact> = {}): Contact => ({
  side: "customer",
  first_name: "Ayşe",
  last_name: "Örnek",
  title: null,
  email: "ayse@ornek.com.tr",
  phone: "+90 555 000 00 00",
  locale: null,
  ...change,
});
const soon = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const fabrikam = (change: Partial<FakeReferral> = {}): FakeReferral => ({
  ...referral({ customer_name: "Fabrikam", expires_at: soon(60) }),
  ...change,
});

async function openDetails(world: FakeWorld, customer = "Fabrikam") {
  const page = await open({ snapshot: signedIn, ...world });
  await page.user.click(await screen.findByText(customer));
  const panel = within(await screen.findByRole("complementary", { name: "Referral details" }));
  await panel.findByRole("heading", { name: customer });
  return { ...page, panel };
}

test("the star is switched on and off", async () => {
  const { platform, user, panel } = await openDetails({ referrals: [fabrikam()] });
  const star = panel.getByRole("button", { name: "Star" });
  expect(star).toHaveAttribute("aria-pressed", "false");
  await user.click(star);
  await waitFor(() => expect(star).toHaveAttribute("aria-pressed", "true"));
  await user.click(star);
  await waitFor(() => expect(star).toHaveAttribute("aria-pressed", "false"));
  expect(platform.asked("set_star")).toEqual([
    { ids: ["r-1"], starred: true },
    { ids: ["r-1"], starred: false },
  ]);
});

describe("a customer who asked for contact", () => {
  test.each([
    [30.5, "Asked for contact · 31 h left", "amber"],
    [0.2, "Asked for contact · 1 h left", "red"],
  ])("is told for another %s hours", async (hours, words, tone) => {
    const { panel } = await openDetails({ referrals: [fabrikam({ contact_until: soon(hours) })] });
    expect(panel.getByTestId("badge-contact")).toHaveTextContent(words);
    expect(panel.getByTestId("badge-contact")).toHaveAttribute("data-tone", tone);
  });

  test.each([
    ["long ago", soon(-1)],
    ["not at all", null],
  ])("is not told %s", async (_, contact_until) => {
    const { panel } = await openDetails({ referrals: [fabrikam({ contact_until })] });
    expect(panel.getByTestId("badge-kind")).toBeVisible();
    expect(panel.queryByTestId("badge-contact")).not.toBeInTheDocument();
  });
});

describe("contacts", () => {
  test("a person is written to, called, and copied", async () => {
    const details = () => ({ contacts: [person(), person({ side: "partner", first_name: null, last_name: null })] });
    const { platform, user, panel } = await openDetails({ referrals: [fabrikam()], details });
    await user.click(panel.getByRole("tab", { name: "Contacts" }));
    await user.click(await panel.findByRole("button", { name: "Write to Ayşe Örnek" }));
    await user.click(panel.getByRole("button", { name: "Call Ayşe Örnek" }));
    await user.click(panel.getByRole("button", { name: "Write to ayse@ornek.com.tr" }));
    expect(platform.asked("reach")).toEqual([
      { by: "mail", address: "ayse@ornek.com.tr" },
      { by: "phone", address: "+90 555 000 00 00" },
      { by: "mail", address: "ayse@ornek.com.tr" },
    ]);
    await user.click(panel.getAllByRole("button", { name: "Copy Phone number" })[0] as HTMLElement);
    expect(platform.asked("copy_text")).toEqual([{ text: "+90 555 000 00 00" }]);
    expect(panel.getAllByRole("heading", { level: 3 }).map((heading) => heading.textContent)).toEqual([
      "At the customer",
      "Partner and Microsoft",
    ]);
    expect(panel.queryByRole("searchbox")).not.toBeInTheDocument();
  });

  test("a program that does not start is told", async () => {
    const details = () => ({ contacts: [person()] });
    const { platform, user, panel } = await openDetails({ referrals: [fabrikam()], details });
    await user.click(panel.getByRole("tab", { name: "Contacts" }));
    platform.failNext("reach", { code: "no_program", message: "No mail program.", hint: null, retry: "never" });
    await user.click(await panel.findByRole("button", { name: "Write to Ayşe Örnek" }));
    expect(await screen.findByText("No mail program.")).toBeVisible();
  });

  test("five hundred are filtered, and only those in view exist", async () => {
    const crowd = Array.from({ length: 499 }, (_, place) =>
      person({ first_name: "Person", last_name: String(place), email: `p${place}@ornek.com.tr` }),
    );
    const details = () => ({ contacts: [...crowd, person({ first_name: "İpek", last_name: "Işık" })] });
    // Measured rows have a height in a browser only.
    Object.defineProperty(HTMLLIElement.prototype, "offsetHeight", { configurable: true, get: () => 112 });
    const { user, panel } = await openDetails({ referrals: [fabrikam()], details });
    await user.click(panel.getByRole("tab", { name: "Contacts" }));
    const list = await panel.findByRole("list");
    await waitFor(() => expect(within(list).getAllByRole("listitem").length).toBeGreaterThan(2));
    expect(within(list).getAllByRole("listitem").length).toBeLessThan(40);
    expect(within(list).getAllByRole("listitem")[0]).toHaveAttribute("aria-setsize", "500");

    await user.type(panel.getByRole("searchbox", { name: "Find a contact" }), "ipek isik");
    expect(await panel.findByText("1 of 500 contacts")).toBeVisible();
    expect(await panel.findByText("İpek Işık")).toBeVisible();
    await user.keyboard("{Escape}");
    expect(await panel.findByText("500 of 500 contacts")).toBeVisible();
    Reflect.deleteProperty(HTMLLIElement.prototype, "offsetHeight");
  });

  test.each([
    ["", 3],
    ["ÖRNEK", 2],
    ["KAYA", 1],
    ["satış", 1],
    ["90 555", 3],
    ["nobody", 0],
  ])("%s finds %s", (wanted, count) => {
    const people = [
      person(),
      person({ first_name: "Ali", title: "Satış" }),
      person({ last_name: "Kaya", email: "x@y" }),
    ];
    people[2] = { ...(people[2] as Contact), first_name: "Can", side: "partner" };
    expect(matching(people, wanted)).toHaveLength(count);
    expect(bySide([...people].reverse()).map(({ side }) => side)).toEqual(["customer", "customer", "partner"]);
  });
});

describe("engagement", () => {
  const others = [
    fabrikam(),
    fabrikam({ referral_id: "r-2", customer_name: "Fabrikam Shared", engagement_id: "e-1", company_id: null }),
    fabrikam({ referral_id: "r-3", customer_name: "Fabrikam Old", engagement_id: "e-9", status: "Closed" }),
    fabrikam({ referral_id: "r-4", customer_name: "Elsewhere", engagement_id: "e-8", company_id: 7 }),
  ];

  test("shows the others of the deal and of the company, and a click opens one", async () => {
    const { platform, user, panel } = await openDetails({ referrals: others });
    await user.click(panel.getByRole("tab", { name: "Engagement" }));
    const deal = within(await panel.findByRole("region", { name: "Same engagement" }));
    expect((await deal.findAllByRole("button")).map((row) => row.querySelector("strong")?.textContent)).toEqual([
      "Fabrikam Shared",
    ]);
    expect(deal.getByTestId("badge-status")).toHaveTextContent("New · Pending");
    expect(deal.getByText("$30,000")).toBeVisible();
    const company = within(panel.getByRole("region", { name: "Same company" }));
    await user.click(await company.findByRole("button", { name: /Fabrikam Old/ }));
    expect(await panel.findByRole("heading", { name: "Fabrikam Old" })).toBeVisible();
    expect(platform.asked("list_referrals").map(({ query }) => query)).toEqual(
      expect.arrayContaining([
        { engagement: "e-1", status: "All", limit: 100 },
        { company: 1, status: "All", limit: 100 },
      ]),
    );
  });

  test("has no pane where there is nothing else", async () => {
    const { panel } = await openDetails({ referrals: others }, "Elsewhere");
    expect(panel.queryByRole("tab", { name: "Engagement" })).not.toBeInTheDocument();
  });

  test("says what could not be read, and reads it again", async () => {
    const { platform, user, panel } = await openDetails({ referrals: others });
    platform.failNext("list_referrals", { code: "storage", message: "Broken file.", hint: null, retry: "now" });
    await user.click(panel.getByRole("tab", { name: "Engagement" }));
    expect(await panel.findByText("Broken file.")).toBeVisible();
    await user.click(panel.getByRole("button", { name: "Try again" }));
    expect(await panel.findByRole("button", { name: /Fabrikam Shared/ })).toBeVisible();
    await engine(() => platform.invalidate("referrals"));
  });
});
