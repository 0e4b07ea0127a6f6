import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import type { FakePlatform, FakeReferral } from "../platform/fake";
import { account, engine, inHours, open, reads, referral, referrals, rowOf, signedIn } from "./world";

const error = { code: "storage", message: "Broken file.", hint: null, retry: "now" } as const;
const grid = () => screen.getByRole("grid", { name: "Referrals" });
const tile = (name: RegExp) => screen.findByRole("button", { name });
const soon = new Date(Date.now() + 20 * 3_600_000).toISOString();

const some: FakeReferral[] = [
  referral({ referral_id: "new", customer_name: "Kaya Tekstil", expires_at: soon }),
  referral({
    referral_id: "active",
    customer_name: "Contoso",
    status: "Active",
    substatus: "Accepted",
    currency: "EUR",
    customer_country: "DE",
    kind: "marketplace",
    engagement_id: "other",
    company_id: 2,
  }),
  referral({
    referral_id: "won",
    customer_name: "Fabrikam",
    status: "Closed",
    substatus: "Won",
    engagement_id: "third",
    company_id: 3,
  }),
];
const lastQuery = (platform: FakePlatform) => platform.asked("list_referrals").at(-1)?.query;
const list = (change: FakeReferral[] = some) => open({ referrals: change, snapshot: signedIn });

test("the first rows come before tiles and choices are asked for", async () => {
  const { platform, user } = await list();
  await tile(/Won this quarter/);
  const order = platform.calls.map(({ name }) => name);
  expect(order.indexOf("tiles")).toBeGreaterThan(order.indexOf("list_referrals"));
  expect(order).not.toContain("choices");
  expect(order).not.toContain("saved_views");
  await user.click(screen.getByRole("button", { name: "Filter" }));
  expect(await screen.findByRole("checkbox", { name: /^Germany/ })).toBeInTheDocument();
  expect(platform.asked("choices")).toHaveLength(1);
});

test("a tile sets the filter it stands for, and takes it back", async () => {
  const { platform, user } = await list();
  const won = await tile(/Won this quarter/);
  expect(won).toHaveTextContent("1 Won this quarter");
  await user.click(won);
  expect(won).toHaveAttribute("aria-pressed", "true");
  await waitFor(() =>
    expect(lastQuery(platform)).toMatchObject({ status: "Closed", substatus: "Won", closed_from: "2026-01-01" }),
  );
  expect(screen.getByRole("button", { name: "Remove filter: Closed since Jan 1, 2026" })).toBeVisible();
  await user.click(won);
  expect(won).toHaveAttribute("aria-pressed", "false");
  expect(screen.getByRole("tab", { name: /Open/ })).toHaveAttribute("aria-selected", "true");
  expect(await screen.findByText("Kaya Tekstil")).toBeVisible();

  await user.click(await tile(/€30,000 Open in EUR/));
  await waitFor(() => expect(lastQuery(platform)).toMatchObject({ status: "Open", currency: "EUR" }));
  expect(screen.queryByText("Kaya Tekstil")).not.toBeInTheDocument();
});

test("the default status New is the pressed tile, and letting go of it shows what is open", async () => {
  const { platform, user } = await open({ referrals: some, snapshot: { ...signedIn, default_status: "new" } });
  const fresh = await tile(/^1 New$/);
  expect(fresh).toHaveAttribute("aria-pressed", "true");
  await user.click(fresh);
  await waitFor(() => expect(lastQuery(platform)?.status).toBe("Open"));
});

test("contact wanted and unseen stand there only while there are any, and each currency has a tile", async () => {
  const { platform, user } = await list([
    ...some,
    ...["GBP", "CHF"].map((currency) => referral({ referral_id: currency, currency })),
  ]);
  await tile(/Won this quarter/);
  expect(screen.queryByRole("button", { name: /Contact wanted|Unseen/ })).not.toBeInTheDocument();
  await user.click(await tile(/Open in CHF/));
  await waitFor(() => expect(lastQuery(platform)?.currency).toBe("CHF"));
  const plain = { ...some[0], unseen: "new", contact_until: soon, currency: null } as FakeReferral;
  platform.referrals = [plain, referral({ referral_id: "worthless", currency: null, deal_value: null })];
  await engine(() => platform.invalidate("referrals"));
  expect(await tile(/1 Unseen/)).toBeVisible();
  expect(await tile(/1 Contact wanted/)).toBeVisible();
  await user.click(await tile(/Open, no currency/));
  expect(await screen.findByText("Currency: Without a currency")).toBeVisible();
  await waitFor(() => expect(lastQuery(platform)).toMatchObject({ status: "Open", currency: "none", min_value: "0" }));
});

test("filters combine, show as chips, survive a restart, and go one by one or all at once", async () => {
  const { platform, user, unmount } = await list();
  await user.click(await screen.findByRole("button", { name: "Filter" }));
  await user.click(await screen.findByRole("checkbox", { name: /^Germany/ }));
  await user.click(screen.getByRole("checkbox", { name: /^Türkiye/ }));
  await user.click(screen.getByRole("checkbox", { name: /^Marketplace/ }));
  await user.click(screen.getByRole("checkbox", { name: "Linked" }));
  await user.type(screen.getByRole("textbox", { name: "Value from" }), "1,000.5");
  const wanted = {
    country: "DE,TR",
    kind: "marketplace",
    link: "auto_linked,linked_manually",
    min_value: "1000.5",
  };
  await waitFor(() => expect(lastQuery(platform)).toMatchObject(wanted));
  expect(screen.getByRole("button", { name: "Filter 4", hidden: true })).toBeInTheDocument();
  await user.type(screen.getByRole("textbox", { name: "Value up to" }), "x");
  expect(await screen.findByText("A number, like 1,500.50")).toBeInTheDocument();
  unmount();

  const again = await list();
  expect(await screen.findByRole("button", { name: "Remove filter: Country: Germany, Türkiye" })).toBeVisible();
  await waitFor(() => expect(lastQuery(again.platform)).toMatchObject(wanted));
  await again.user.click(screen.getByRole("button", { name: "Remove filter: Kind: Marketplace" }));
  await waitFor(() => expect(lastQuery(again.platform)).not.toHaveProperty("kind"));
  await again.user.click(screen.getByRole("button", { name: "Clear all" }));
  await waitFor(() => expect(lastQuery(again.platform)).not.toHaveProperty("country"));
  expect(screen.queryByRole("list", { name: "Filters in use" })).not.toBeInTheDocument();
});

test("the focus goes on from a filter that goes, to the next one or to the button that chooses them", async () => {
  const { user } = await list();
  const filter = await screen.findByRole("button", { name: "Filter" });
  const choose = async (...names: RegExp[]) => {
    await user.click(filter);
    for (const name of names) await user.click(await screen.findByRole("checkbox", { name }));
    await user.click(screen.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(filter).toHaveFocus());
  };
  const chip = (name: string) => screen.findByRole("button", { name: `Remove filter: ${name}` });
  await choose(/^Marketplace/, /^Starred/);
  (await chip("Kind: Marketplace")).focus();
  await user.keyboard("{Enter}");
  await waitFor(async () => expect(await chip("Starred")).toHaveFocus());
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.queryByRole("list", { name: "Filters in use" })).not.toBeInTheDocument());
  expect(filter).toHaveFocus();

  await choose(/^Marketplace/, /^Starred/);
  await user.click(await screen.findByRole("button", { name: "Clear all" }));
  await waitFor(() => expect(screen.queryByRole("list", { name: "Filters in use" })).not.toBeInTheDocument());
  expect(filter).toHaveFocus();
});

test("a stored filter that is none is left aside", async () => {
  localStorage.setItem(`referrals.filter.${account.id}`, JSON.stringify({ status: "Nonsense", kind: 5 }));
  const { platform } = await list();
  await screen.findByText("Kaya Tekstil");
  expect(lastQuery(platform)?.status).toBe("Open");
});

test("views: built-in ones, saving, replacing, choosing, removing", async () => {
  const { platform, user } = await list();
  const views = async () => user.click(await screen.findByRole("button", { name: "Views" }));
  await views();
  await user.click(await screen.findByRole("menuitem", { name: "Needs an answer" }));
  await waitFor(() => expect(lastQuery(platform)).toMatchObject({ status: "New", sort: "expires_at:asc" }));

  const save = async (name: string) => {
    await views();
    await user.click(await screen.findByRole("menuitem", { name: "Save current view…" }));
    await user.type(await screen.findByRole("textbox", { name: "Name" }), name);
  };
  await save("Not kept");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.getByRole("button", { name: "Views" })).toHaveFocus());
  await save("Mine to answer");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(platform.views).toHaveLength(1));
  expect(platform.views[0]).toMatchObject({
    name: "Mine to answer",
    query: { status: "New", sort: "expires_at:asc", search: null },
  });
  await save("Mine to answer");
  expect(await screen.findByText("You have a view with this name. It will be replaced.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Replace" }));
  await waitFor(() => expect(platform.asked("save_view")).toHaveLength(2));

  await user.click(await screen.findByRole("tab", { name: /All/ }));
  await views();
  await user.click(await screen.findByRole("menuitem", { name: "Mine to answer" }));
  expect(await tile(/^1 New$/)).toHaveAttribute("aria-pressed", "true");
  expect(screen.getByRole("columnheader", { name: "Expiry" })).toHaveAttribute("aria-sort", "ascending");
  await views();
  await user.click(await screen.findByRole("menuitem", { name: "Remove a view" }));
  await user.click(await screen.findByRole("menuitem", { name: "Remove Mine to answer" }));
  await waitFor(() => expect(platform.views).toEqual([]));
});

test("everything can be marked as seen", async () => {
  const { platform, user } = await list([{ ...some[0], unseen: "changed" } as FakeReferral]);
  expect(await screen.findByText("Changed since you looked")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Views" }));
  await user.click(await screen.findByRole("menuitem", { name: "Mark all as seen" }));
  expect(platform.asked("mark_seen")).toEqual([{ ids: null }]);
  await waitFor(() => expect(screen.queryByText("Changed since you looked")).not.toBeInTheDocument());
});

test("an export takes the question of the list, shows how far it is, and tells where the file is", async () => {
  const { platform, user } = await list();
  await user.click(await tile(/^1 New$/));
  platform.saved = { kind: "saved", path: "/home/me/referrals.xlsx" };
  await user.click(screen.getByRole("button", { name: "Export" }));
  await user.click(await screen.findByRole("menuitem", { name: "Excel workbook" }));
  expect(await screen.findByText("/home/me/referrals.xlsx")).toBeVisible();
  const [asked] = platform.asked("export_referrals");
  expect(asked).toMatchObject({ ids: null, format: "xlsx", query: { status: "New" } });
  expect(asked?.query).not.toHaveProperty("limit");

  await engine(() => platform.set({ exporting: { done: 10, total: 1_000 } }));
  expect(screen.getByText("Exporting… 10 of 1,000 referrals")).toBeVisible();
  expect(screen.getByRole("progressbar", { name: "Export progress" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Export" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Cancel export" }));
  expect(platform.asked("cancel_export")).toHaveLength(1);
  expect(screen.queryByRole("progressbar", { name: "Export progress" })).not.toBeInTheDocument();

  platform.failNext("export_referrals", error);
  await user.click(screen.getByRole("button", { name: "Export" }));
  await user.click(await screen.findByRole("menuitem", { name: "JSON file" }));
  expect(await screen.findByText("Broken file.")).toBeVisible();
});

test("rows say what a person should know: unseen, note, star, and how many belong together", async () => {
  const twin = referral({ referral_id: "twin", customer_name: "Twin", status: "Closed" });
  const { platform, user } = await list([
    { ...some[0], unseen: "new", has_note: true, contact_until: soon } as FakeReferral,
    twin,
  ]);
  const row = within((await screen.findByText("Kaya Tekstil")).closest<HTMLElement>('[role="row"]') as HTMLElement);
  expect(row.getByText("New since you looked")).toBeInTheDocument();
  expect(row.getByText("Has a note")).toBeInTheDocument();
  expect(row.getByTestId("badge-contact")).toHaveTextContent("Wants contact");
  const star = row.getByRole("button", { name: "Starred" });
  platform.failNext("set_star", error);
  await user.click(star);
  await waitFor(() => expect(star).toHaveAttribute("aria-pressed", "false"));
  await user.click(star);
  expect(star).toHaveAttribute("aria-pressed", "true");
  expect(screen.queryByRole("complementary")).not.toBeInTheDocument();
  await user.click(row.getByRole("button", { name: "2 referrals in this engagement: show them" }));
  await waitFor(() => expect(lastQuery(platform)).toMatchObject({ status: "All", engagement: "e-1" }));
  expect(await screen.findByText("Twin")).toBeVisible();
  await user.click(within(rowOf("Twin")).getByRole("button", { name: "2 referrals of this company: show them" }));
  await waitFor(() => expect(lastQuery(platform)).toMatchObject({ status: "All", company: 1 }));
});

test("details that were looked at for a moment make the referral seen, a glance does not", async () => {
  const { platform, user } = await list(some.map((item) => ({ ...item, unseen: "new" })));
  await user.click(await screen.findByText("Kaya Tekstil"));
  await user.click(screen.getByText("Contoso"));
  await screen.findByRole("heading", { name: "Contoso" });
  expect(platform.asked("mark_seen")).toEqual([]);
  await waitFor(() => expect(platform.asked("mark_seen")).toEqual([{ ids: ["active"] }]));
});

test("a badge counts the last hour down by itself", async () => {
  vi.useFakeTimers({ now: Date.parse(inHours(0)), shouldAdvanceTime: true });
  try {
    await list([referral({ expires_at: inHours(0.76), contact_until: inHours(0.76) } as FakeReferral)]);
    expect(await screen.findByTestId("badge-expiry")).toHaveTextContent("46 min left");
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(screen.getByTestId("badge-expiry")).toHaveTextContent("45 min left");
    expect(screen.getByTestId("badge-contact")).toBeVisible();
    await act(() => vi.advanceTimersByTimeAsync(3_600_000));
    expect(screen.getByTestId("badge-expiry")).toHaveTextContent("Expired");
    expect(screen.queryByTestId("badge-contact")).not.toBeInTheDocument();
  } finally {
    vi.useRealTimers();
  }
});

test("a search marks what it found and ranks, until a column is chosen", async () => {
  const { platform, user } = await list();
  await screen.findByText("Kaya Tekstil");
  const updated = screen.getByRole("columnheader", { name: "Updated" });
  await user.type(screen.getByRole("searchbox", { name: "Search referrals" }), "kaya");
  await waitFor(() => expect(lastQuery(platform)).toMatchObject({ search: "kaya", sort: null }));
  expect(platform.asked("list_referrals").map(({ query }) => query.search)).toEqual(
    expect.arrayContaining(["k", "ka", "kay", "kaya"]),
  );
  expect(updated).toHaveAttribute("aria-sort", "none");
  expect((await within(grid()).findByText("Kaya")).tagName).toBe("MARK");
  expect(within(grid()).getByText(reads("Kaya Tekstil"))).toBeVisible();
  await user.click(screen.getByRole("columnheader", { name: "Customer" }));
  await waitFor(() => expect(lastQuery(platform)).toMatchObject({ search: "kaya", sort: "customer_name:asc" }));
  await user.clear(screen.getByRole("searchbox", { name: "Search referrals" }));
  await waitFor(() => expect(lastQuery(platform)).toMatchObject({ search: null, sort: "customer_name:asc" }));
  await user.type(screen.getByRole("searchbox", { name: "Search referrals" }), "con");
  await waitFor(() => expect(lastQuery(platform)).toMatchObject({ search: "con", sort: null }));
});

/** Keeps answers with rows back until they are let go. */
function slowLists(platform: FakePlatform) {
  const call = platform.call.bind(platform);
  let wait = Promise.resolve();
  let end = () => {};
  const hold = () => {
    wait = new Promise((resolve) => {
      end = resolve;
    });
  };
  vi.spyOn(platform, "call").mockImplementation(async (name, args) => {
    const answer = await call(name, args);
    if (name === "list_referrals") await wait;
    return answer;
  });
  hold();
  return { hold, letGo: () => engine(() => end()) };
}

test("what was chosen shows with its rows, and before them only where they are long in coming", async () => {
  const { platform } = await list();
  const active = await tile(/Active/);
  const isPressed = (pressed: boolean) => expect(active).toHaveAttribute("aria-pressed", String(pressed));
  const lists = slowLists(platform);
  fireEvent.click(active);
  isPressed(false);
  expect(lastQuery(platform)).toMatchObject({ status: "Active" });
  await lists.letGo();
  isPressed(true);
  expect(rowOf("Contoso")).toBeVisible();
  expect(screen.queryByText("Kaya Tekstil")).not.toBeInTheDocument();
  lists.hold();
  fireEvent.click(screen.getByRole("tab", { name: /All/ }));
  await waitFor(() => isPressed(false));
  expect(grid()).toHaveAttribute("aria-busy", "true");
  expect(rowOf("Contoso")).toBeVisible();
  await lists.letGo();
  await screen.findByText("Fabrikam");
  expect(grid()).toHaveAttribute("aria-busy", "false");
});

test("a click counts also while an earlier one waits for its rows", async () => {
  const { platform } = await list();
  const customer = await screen.findByRole("columnheader", { name: "Customer" });
  const lists = slowLists(platform);
  fireEvent.click(customer);
  fireEvent.click(customer);
  await lists.letGo();
  expect(customer).toHaveAttribute("aria-sort", "descending");
  expect(lastQuery(platform)).toMatchObject({ sort: "customer_name:desc" });
});

test("fields take each key and click at once, whenever rows come", async () => {
  const { platform, user } = await list();
  await user.click(await screen.findByRole("button", { name: "Filter" }));
  const germany = await screen.findByRole("checkbox", { name: /^Germany/ });
  const lists = slowLists(platform);
  const least = screen.getByRole("textbox", { name: "Value from" });
  let text = "";
  for (const digit of "50000") {
    text += digit;
    fireEvent.change(least, { target: { value: text } });
    expect(least).toHaveValue(text);
  }
  fireEvent.click(germany);
  fireEvent.click(screen.getByRole("checkbox", { name: /^Türkiye/ }));
  expect(germany).toBeChecked();
  await lists.letGo();
  expect(least).toHaveValue("50000");
  expect(lastQuery(platform)).toMatchObject({ min_value: "50000", country: "DE,TR" });
});

test("its first rows are kept current while another view is shown", async () => {
  const { platform, user } = await list();
  await user.click(screen.getByRole("link", { name: "Activity" }));
  expect(screen.queryByRole("grid", { name: "Referrals" })).not.toBeInTheDocument();
  platform.referrals = [referral({ referral_id: "newest", customer_name: "Tailspin" }), ...some];
  await engine(() => platform.invalidate("referrals"));
  const asked = platform.asked("list_referrals").length;
  slowLists(platform);
  await user.click(screen.getByRole("link", { name: "Referrals" }));
  expect(rowOf("Tailspin")).toBeVisible();
  expect(platform.asked("list_referrals")).toHaveLength(asked);
});

test("after a restart the list is where it was: order, selected row and place", async () => {
  const world = { referrals: referrals(500), snapshot: signedIn };
  const { user, unmount } = await open(world);
  await screen.findByText("Customer 000000");
  await user.click(screen.getByRole("columnheader", { name: "Customer" }));
  await engine(() => {
    grid().scrollTop = 250 * 48;
    grid().dispatchEvent(new Event("scroll"));
  });
  await user.click(await screen.findByText("Customer 000252"));
  await waitFor(() =>
    expect(JSON.parse(localStorage.getItem(`referrals.place.${account.id}`) ?? "{}")).toEqual({
      id: "r-252",
      row: 250,
    }),
  );
  unmount();
  await open(world);
  expect(await screen.findByText("Customer 000252")).toBeInTheDocument();
  expect(rowOf("Customer 000252")).toHaveAttribute("aria-selected", "true");
  expect(screen.getByRole("columnheader", { name: "Customer" })).toHaveAttribute("aria-sort", "ascending");
  expect(screen.queryByRole("complementary")).not.toBeInTheDocument();
});

test("a new order follows the selected row if it was in view", async () => {
  const { user } = await open({ referrals: referrals(50), snapshot: signedIn });
  await user.click(await screen.findByText("Customer 000001"));
  await user.click(screen.getByRole("columnheader", { name: "Customer" }));
  await user.click(screen.getByRole("columnheader", { name: "Customer" }));
  await waitFor(() => expect(grid().scrollTop).toBeGreaterThan(30 * 48));
  expect(rowOf("Customer 000001")).toHaveAttribute("aria-selected", "true");
  await engine(() => {
    grid().scrollTop = 0;
    grid().dispatchEvent(new Event("scroll"));
  });
  await user.click(screen.getByRole("columnheader", { name: "Domain" }));
  expect(grid().scrollTop).toBe(0);
});

test("a new order follows the selected row also to where nothing has been read", async () => {
  const { user, platform } = await open({ referrals: referrals(300), snapshot: signedIn });
  await user.click(await screen.findByText("Customer 000001"));
  await user.click(screen.getByRole("columnheader", { name: "Customer" }));
  await user.click(screen.getByRole("columnheader", { name: "Customer" }));
  await waitFor(() => expect(grid().scrollTop).toBeGreaterThan(280 * 48));
  expect(await screen.findByText("Customer 000001", { selector: "[role=grid] *" })).toBeInTheDocument();
  expect(rowOf("Customer 000001")).toHaveAttribute("aria-selected", "true");
  expect(platform.asked("place_of_referral").at(-1)).toMatchObject({ query: { sort: "customer_name:desc" } });
});

describe("while the place of the selected row is asked for", () => {
  const asking = async () => {
    const last = (item: FakeReferral, index: number) => (index === 1 ? { ...item, domain: "zzz.example" } : item);
    const { user, platform } = await open({ referrals: referrals(300).map(last), snapshot: signedIn });
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const call = platform.call.bind(platform);
    platform.call = async (name, args) => {
      if (name === "place_of_referral") await held;
      return call(name, args);
    };
    const sort = () => user.click(screen.getByRole("columnheader", { name: "Customer" }));
    await user.click(await screen.findByText("Customer 000001"));
    await sort();
    await sort();
    await screen.findByText("Customer 000299");
    const answered = async (times: number) => {
      await engine(answer);
      await waitFor(() => expect(platform.asked("place_of_referral")).toHaveLength(times));
    };
    return { user, sort, answered };
  };

  test("who scrolls stays there", async () => {
    const { answered } = await asking();
    await engine(() => {
      grid().scrollTop = 480;
      grid().dispatchEvent(new Event("scroll"));
    });
    await answered(1);
    expect(grid().scrollTop).toBe(480);
  });

  test("who chooses another row stays with it", async () => {
    const { user, answered } = await asking();
    await user.click(screen.getByText("Customer 000298"));
    await answered(1);
    expect(grid().scrollTop).toBe(0);
    expect(rowOf("Customer 000298")).toHaveAttribute("aria-selected", "true");
  });

  test("another order is followed, too", async () => {
    const { user, answered } = await asking();
    await user.click(screen.getByRole("columnheader", { name: "Domain" }));
    await screen.findAllByText("Customer 000000");
    await answered(2);
    await waitFor(() => expect(grid().scrollTop).toBeGreaterThan(280 * 48));
  });
});

test("nothing found says what to do about the filter at hand", async () => {
  const { user } = await list();
  await user.click(await screen.findByRole("button", { name: "Views" }));
  await user.click(await screen.findByRole("menuitem", { name: "Starred" }));
  expect(await screen.findByText("No referral matches these filters")).toBeVisible();
  expect(screen.getByText("Mark a referral with its star, and it appears here.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(await screen.findByText("Fabrikam")).toBeVisible();
});

test("columns that few need are there for who asks", async () => {
  const { user } = await list();
  await screen.findByText("Contoso");
  expect(screen.queryByRole("columnheader", { name: "Country" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "Country" }));
  expect(screen.getByText("Germany")).toBeInTheDocument();
});
