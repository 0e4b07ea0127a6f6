import type { Chip } from "../../components/Chips";
import { type Translate, term, type Vocabulary } from "../../i18n";
import { countryName, money } from "../../i18n/format";
import { segmentWord } from "../companies/filter";
import { currencyWord, type Filter, isTab, NO_CURRENCY, valuesOf } from "./filter";

const vocabularies = {
  substatus: "substatus",
  kind: "kind",
  direction: "direction",
  link: "link",
  qualification: "qualification",
} as const satisfies Partial<Record<keyof Filter, Vocabulary>>;

/** What the list is filtered by, in words; the status only where no tab shows it. */
export function filterChips(filter: Filter, t: Translate, locale: string): Array<Chip<Filter>> {
  const chips: Array<Chip<Filter>> = [];
  const add = (id: string, label: string, without: Filter) => chips.push({ id, label, without });
  const listed = (name: "country" | "currency" | keyof typeof vocabularies, word: (value: string) => string) => {
    const words = [...new Set(valuesOf(filter[name]).map(word))];
    if (words.length === 0) return;
    add(name, `${t(`filters.${name}`)}: ${words.join(", ")}`, { [name]: null });
  };
  const span = (name: "created" | "closed") => {
    const [from, to] = [filter[`${name}_from`], filter[`${name}_to`]];
    const without = { [`${name}_from`]: null, [`${name}_to`]: null };
    if (from && to) add(name, t(`filters.chip.${name}_between`, { days: daysWords(from, to, locale) }), without);
    else if (from) add(name, t(`filters.chip.${name}_from`, { day: daysWords(from, from, locale) }), without);
    else if (to) add(name, t(`filters.chip.${name}_to`, { day: daysWords(to, to, locale) }), without);
  };

  if (filter.status && !isTab(filter.status)) add("status", term(t, "status", filter.status), { status: "Open" });
  for (const name of Object.keys(vocabularies) as Array<keyof typeof vocabularies>)
    listed(name, (value) => term(t, vocabularies[name], value));
  const segments = valuesOf(filter.segment).map((value) => segmentWord(value, t));
  if (segments.length > 0) add("segment", `${t("filters.segment")}: ${segments.join(", ")}`, { segment: null });
  if (filter.min_score != null)
    add("min_score", t("filters.chip.min_score", { score: filter.min_score }), { min_score: null });
  listed("country", (code) => countryName(code, locale));
  listed("currency", (code) => currencyWord(code, t));
  const [code, ...others] = valuesOf(filter.currency);
  const currency = code === undefined || code === NO_CURRENCY || others.length > 0 ? null : code;
  if (filter.min_value) {
    const amount = money(filter.min_value, currency, locale);
    add("min_value", t("filters.chip.min_value", { amount }), { min_value: null });
  }
  if (filter.max_value) {
    const amount = money(filter.max_value, currency, locale);
    add("max_value", t("filters.chip.max_value", { amount }), { max_value: null });
  }
  if (filter.expiring) add("expiring", t("referrals.expiring", { count: filter.expiring }), { expiring: null });
  for (const name of ["mine", "starred", "unseen", "contact_wanted"] as const)
    if (filter[name]) add(name, t(`filters.${name}`), { [name]: null });
  if (filter.engagement) add("engagement", t("filters.chip.engagement"), { engagement: null });
  if (filter.company != null) add("company", t("filters.chip.company"), { company: null });
  span("created");
  span("closed");
  return chips;
}

/** A day of the calendar is the same day everywhere, so it is read and written without a time zone. */
function daysWords(from: string, to: string, locale: string): string {
  const [first, last] = [new Date(from), new Date(to)];
  if (Number.isNaN(first.getTime()) || Number.isNaN(last.getTime())) return [...new Set([from, to])].join(" – ");
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).formatRange(first, last);
}
