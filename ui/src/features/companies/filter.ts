import type { CompanyQuery, ProviderId, Segment } from "../../api/bindings";
import type { Chip } from "../../components/Chips";
import type { Translate } from "../../i18n";
import { countryName } from "../../i18n/format";
import { valuesOf } from "../referrals/filter";
import { isScore } from "./score";

/** Which companies are shown; how they are searched, ordered and read in windows is told apart. */
export type CompanyFilter = Omit<CompanyQuery, "search" | "sort" | "limit" | "offset">;

export const SEGMENTS = ["existing", "migration", "cold", "skip"] as const satisfies Segment[];
export const PROVIDERS = [
  "m365",
  "google",
  "yandex",
  "zoho",
  "amazon_ses",
  "sendgrid",
  "mailgun",
  "hosting",
  "local",
  "unknown",
] as const satisfies ProviderId[];

const text = (value: unknown) => typeof value === "string" && value !== "";

const FIELDS: Record<keyof CompanyFilter, (value: unknown) => boolean> = {
  segment: text,
  provider: text,
  country: text,
  min_score: isScore,
  max_score: isScore,
};
const NAMES = Object.keys(FIELDS) as Array<keyof CompanyFilter>;

/** Only the fields that filter, in one order. */
export const tidy = (filter: CompanyFilter): CompanyFilter =>
  Object.fromEntries(
    NAMES.map((name) => [name, filter[name]] as const).filter(([, value]) => value != null && value !== ""),
  );

export const isCompanyFilter = (stored: unknown): stored is CompanyFilter =>
  typeof stored === "object" &&
  stored !== null &&
  !Array.isArray(stored) &&
  Object.entries(stored).every(
    ([name, value]) => Object.hasOwn(FIELDS, name) && FIELDS[name as keyof CompanyFilter](value),
  );

/** A word that is not known is shown as it is written. */
export function segmentWord(value: string, t: Translate): string {
  const known = SEGMENTS.find((segment) => segment === value);
  return known ? t(`companies.segment.${known}`) : value;
}

export function providerWord(value: string, t: Translate): string {
  const known = PROVIDERS.find((provider) => provider === value);
  return known ? t(`companies.provider.${known}`) : value;
}

/** What the list is filtered by, in words. */
export function companyChips(filter: CompanyFilter, t: Translate, locale: string): Array<Chip<CompanyFilter>> {
  const chips: Array<Chip<CompanyFilter>> = [];
  const listed = (id: "segment" | "provider" | "country", title: string, word: (value: string) => string) => {
    const words = valuesOf(filter[id]).map(word);
    if (words.length > 0) chips.push({ id, label: `${title}: ${words.join(", ")}`, without: { [id]: null } });
  };
  listed("segment", t("filters.segment"), (value) => segmentWord(value, t));
  listed("provider", t("companies.filter.provider"), (value) => providerWord(value, t));
  listed("country", t("filters.country"), (code) => countryName(code, locale));
  const { min_score: from, max_score: to } = filter;
  const label =
    from != null && to != null
      ? t("companies.filter.score_between", { from, to })
      : from != null
        ? t("filters.chip.min_score", { score: from })
        : to != null
          ? t("companies.filter.score_to", { to })
          : null;
  if (label) chips.push({ id: "score", label, without: { min_score: null, max_score: null } });
  return chips;
}
