import { describe, expect, test } from "vitest";
import { withoutChips } from "../components/Chips";
import { readAmount } from "../features/referrals/amount";
import { type Filter, isFilter, sameFilter, tidy, toggleValue } from "../features/referrals/filter";
import { filterChips } from "../features/referrals/filterChips";
import { createTranslations, type Translate } from "../i18n";

const en = createTranslations("en").t as Translate;
const tr = createTranslations("tr").t as Translate;
const plain = (text: string) => text.replace(/\s/g, " ");
const words = (filter: Filter, t = en, locale = "en-US") =>
  filterChips(filter, t, locale).map(({ label }) => plain(label));

describe("a filter in words", () => {
  test.each<[Filter, string[]]>([
    [{}, []],
    [{ status: "Open" }, []],
    [{ status: "All" }, []],
    [{ status: "New" }, ["New"]],
    [{ status: "New", expiring: 3 }, ["New", "Expiring within 3 days"]],
    [{ kind: "co-sell,marketplace" }, ["Kind: Co-sell, Marketplace"]],
    [{ substatus: "Won,brand-new" }, ["Stage: Won, brand-new"]],
    [{ link: "auto_linked,linked_manually,unlinked" }, ["Company link: Linked, Unlinked"]],
    [{ country: "TR,DE,Atlantis" }, ["Country: Türkiye, Germany, Atlantis"]],
    [{ currency: "TRY", min_value: "1000.5" }, ["Currency: TRY", "Value from TRY 1,000.50"]],
    [
      { currency: "TRY,EUR", max_value: "9007199254740993" },
      ["Currency: TRY, EUR", "Value up to 9,007,199,254,740,993"],
    ],
    [
      { mine: true, starred: true, unseen: true, contact_wanted: true },
      ["Mine", "Starred", "New or changed", "Contact wanted"],
    ],
    [{ engagement: "e", company: 0 }, ["One engagement", "One company"]],
    [{ created_from: "2026-03-01", created_to: "2026-03-31" }, ["Received Mar 1 – 31, 2026"]],
    [{ created_from: "2026-03-01" }, ["Received since Mar 1, 2026"]],
    [{ closed_to: "2026-03-31" }, ["Closed until Mar 31, 2026"]],
  ])("%j reads %j", (filter, chips) => {
    expect(words(filter)).toEqual(chips);
  });

  test("in Turkish", () => {
    const filter = { kind: "co-sell", country: "DE", closed_from: "2026-01-01", min_value: "1500.5" };
    expect(words(filter, tr, "tr")).toEqual([
      "Tür: Ortak satış",
      "Ülke: Almanya",
      "Değer en az 1.500,50",
      "Kapanış: 1 Oca 2026 ve sonrası",
    ]);
  });

  test("each can be let go of, and all of them at once", () => {
    const filter: Filter = { status: "New", kind: "co-sell", created_from: "2026-01-01", created_to: "2026-02-01" };
    const chips = filterChips(filter, en, "en");
    expect(tidy({ ...filter, ...withoutChips(chips) })).toEqual({ status: "Open" });
    expect(tidy({ ...filter, ...chips.find(({ id }) => id === "created")?.without })).toEqual({
      status: "New",
      kind: "co-sell",
    });
  });
});

test.each<[unknown, boolean]>([
  [{}, true],
  [{ status: "New", kind: "co-sell", expiring: 3, mine: true, min_value: "1.5", created_from: "2026-03-01" }, true],
  [null, false],
  [[], false],
  ["status", false],
  [{ status: "new" }, false],
  [{ status: 1 }, false],
  [{ kind: "" }, false],
  [{ expiring: -1 }, false],
  [{ mine: "yes" }, false],
  [{ min_value: "abc" }, false],
  [{ created_from: "March" }, false],
  [{ search: "x" }, false],
  [{ toString: "x" }, false],
])("%j is taken for a filter: %s", (stored, taken) => {
  expect(isFilter(stored)).toBe(taken);
});

test("values are put together and taken apart, and two ways to write a filter are the same", () => {
  expect(toggleValue(null, "TR")).toBe("TR");
  expect(toggleValue("TR", "DE")).toBe("TR,DE");
  expect(toggleValue("TR,DE", "TR")).toBe("DE");
  expect(toggleValue("TR", "TR")).toBe("");
  expect(sameFilter({ status: "New", expiring: 3 }, { expiring: 3, mine: false, kind: null, status: "New" })).toBe(
    true,
  );
});

test.each([
  ["1500", "en-US", "1500"],
  ["1,500.50", "en-US", "1500.50"],
  ["1.500,5", "tr", "1500.5"],
  [" 1.500 ", "tr", "1500"],
  ["1500.5", "tr", null],
  ["1,50", "en-US", null],
  ["12.345.67", "tr", null],
  ["-5", "en-US", null],
  ["abc", "en-US", null],
  ["", "en-US", null],
])("%s in %s is the amount %s", (typed, locale, amount) => {
  expect(readAmount(typed, locale)).toBe(amount);
});
