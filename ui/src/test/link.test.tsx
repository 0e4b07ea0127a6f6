import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import type { FakeReferral } from "../platform/fake";
import { scanned } from "./companies";
import { open, referral, signedIn } from "./world";

const kaya = referral({ referral_id: "a", customer_name: "Kaya Tekstil", domain: "kaya.com.tr", company_id: 1 });
const companies = [scanned(1, "kaya.com.tr")];

async function openDetails(change: Partial<FakeReferral>, other = kaya) {
  const shown: FakeReferral = {
    ...referral({ referral_id: "b", customer_name: "Kaya Holding", engagement_id: "other" }),
    ...change,
  };
  const page = await open({ referrals: [shown, other], companies, snapshot: signedIn });
  await page.user.click(await screen.findByText("Kaya Holding"));
  const panel = within(await screen.findByRole("complementary", { name: "Referral details" }));
  await panel.findByRole("heading", { name: "Kaya Holding" });
  const section = within(panel.getByRole("region", { name: "Company" }));
  return { ...page, panel, section };
}

const nobodys = { domain: null, company_id: null, link_status: "unlinked" } as const;

describe("a referral without a company", () => {
  test("is linked to a candidate, and unlinked again", async () => {
    const { platform, user, panel, section } = await openDetails(nobodys);
    expect(section.getByText(/No company yet/)).toBeVisible();
    await user.click(section.getByRole("button", { name: "Link to a company…" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Link to a company" }));
    expect(platform.asked("company_candidates")).toEqual([{ id: "b", search: null }]);
    const link = dialog.getByRole("button", { name: "Link" });
    expect(link).toHaveAttribute("aria-disabled", "true");
    const candidate = await dialog.findByRole("radio", {
      name: "Kaya Tekstil kaya.com.tr · 1 referral · Somewhat similar name (50%)",
    });
    await user.click(candidate);
    await user.click(link);
    expect(platform.asked("link_referrals")).toEqual([{ ids: ["b"], company: 1, domain: null }]);
    expect(await screen.findByText("Kaya Holding is linked to Kaya Tekstil")).toBeVisible();
    expect(await section.findByText("Linked by hand; a sync does not change that")).toBeVisible();
    expect(panel.getByTestId("badge-link")).toHaveTextContent("Linked");
    await waitFor(() => expect(section.getByRole("button", { name: "Link to another company…" })).toHaveFocus());
    await user.click(section.getByRole("button", { name: "Unlink" }));
    expect(platform.asked("unlink_referrals")).toEqual([{ ids: ["b"] }]);
    expect(await section.findByText(/No company yet/)).toBeVisible();
    await waitFor(() => expect(section.getByRole("button", { name: "Link to a company…" })).toHaveFocus());
  });

  test("is told that a company has its very name", async () => {
    const { user, section } = await openDetails(nobodys, { ...kaya, customer_name: "KAYA HOLDING" });
    await user.click(section.getByRole("button", { name: "Link to a company…" }));
    const name = "KAYA HOLDING kaya.com.tr · 1 referral · The same name";
    expect(await screen.findByRole("radio", { name })).toBeInTheDocument();
  });

  test("is linked to a company that was searched for", async () => {
    const { platform, user, section } = await openDetails({ ...nobodys, name: null });
    await user.click(section.getByRole("button", { name: "Link to a company…" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByRole("searchbox", { name: "Find a company" }), "nobody{Enter}");
    expect(await dialog.findByText("No company is called so.")).toBeVisible();
    await user.clear(dialog.getByRole("searchbox"));
    await user.type(dialog.getByRole("searchbox"), "kaya.com");
    await user.click(await dialog.findByRole("radio", { name: /Kaya Tekstil/ }));
    await user.type(dialog.getByRole("searchbox"), "x");
    await waitFor(() => expect(dialog.queryByRole("radio")).not.toBeInTheDocument());
    expect(dialog.getByRole("button", { name: "Link" })).toHaveAttribute("aria-disabled", "true");
    await user.type(dialog.getByRole("searchbox"), "{Backspace}");
    expect(await dialog.findByRole("radio", { name: /Kaya Tekstil/ })).toBeChecked();
    await user.click(dialog.getByRole("button", { name: "Link" }));
    expect(platform.asked("company_candidates")).toContainEqual({ id: "b", search: "kaya.com" });
    expect(platform.asked("link_referrals")).toEqual([{ ids: ["b"], company: 1, domain: null }]);
  });

  test("is linked by a domain; what is no domain is refused in the dialog", async () => {
    const { platform, user, section } = await openDetails(nobodys);
    await user.click(section.getByRole("button", { name: "Link to a company…" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.click(await dialog.findByRole("radio", { name: /Kaya Tekstil/ }));
    const domain = dialog.getByRole("textbox", { name: "Or by domain" });
    await user.type(domain, "kaya");
    expect(dialog.getByRole("radio", { name: /Kaya Tekstil/ })).not.toBeChecked();
    await user.click(dialog.getByRole("button", { name: "Link" }));
    expect(await dialog.findByText("This is no domain.")).toBeVisible();
    await user.type(domain, "-holding.com");
    await user.click(dialog.getByRole("button", { name: "Link" }));
    expect(platform.asked("link_referrals").at(-1)).toEqual({ ids: ["b"], company: null, domain: "kaya-holding.com" });
    expect(await section.findByRole("button", { name: "Open the company: Kaya Holding" })).toBeVisible();
  });
});

test("several candidates are told, and one is chosen", async () => {
  const { section } = await openDetails({ company_id: null, link_status: "multi_candidate" });
  expect(section.getByText("Its contacts belong to several companies. Choose the right one.")).toBeVisible();
  expect(section.getByRole("button", { name: "Link to a company…" })).toBeVisible();
});

test("the company of a referral is a click away, with its score and segment", async () => {
  const { user, section } = await openDetails({ company_id: 1 });
  expect(await section.findByTestId("badge-segment")).toHaveTextContent("Migration");
  expect(section.getByText("Linked by its domain")).toBeVisible();
  expect(section.queryByRole("button", { name: "Unlink" })).not.toBeInTheDocument();
  await user.click(section.getByRole("button", { name: "Open the company: Kaya Holding" }));
  const company = within(await screen.findByRole("complementary", { name: "Company details" }));
  expect(await company.findByText("kaya.com.tr", { selector: "p" })).toBeVisible();
  expect(location.hash).toBe("#/companies");
});
