import type { ReferralQuery } from "../../api/bindings";
import type { Translate } from "../../i18n";
import { isScore } from "../companies/score";

/** Which referrals are shown; how they are searched, ordered and read in windows is told apart. */
export type Filter = Omit<ReferralQuery, "search" | "sort" | "limit" | "offset">;

export const STATUSES = ["Open", "New", "Active", "Closed", "All"] as const;
/** The statuses that are chosen on the list; New and Active have their tiles. */
export const STATUS_TABS = ["Open", "Closed", "All"] as const;
export type StatusTab = (typeof STATUS_TABS)[number];

/** What is asked for instead of a currency where there is none. */
export const NO_CURRENCY = "none";

export const currencyWord = (code: string, t: Translate): string =>
  code.toLowerCase() === NO_CURRENCY ? t("filters.no_currency") : code;

/** Within how many days a referral counts as expiring soon. */
export const EXPIRING_SOON = 3;

const text = (value: unknown) => typeof value === "string" && value !== "";
const flag = (value: unknown) => value === true;
const whole = (value: unknown) => Number.isSafeInteger(value);
const day = (value: unknown) => typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value);
const amount = (value: unknown) => typeof value === "string" && /^\d+(\.\d+)?$/.test(value);

const FIELDS: Record<keyof Filter, (value: unknown) => boolean> = {
  status: (value) => STATUSES.some((status) => status === value),
  substatus: text,
  kind: text,
  direction: text,
  link: text,
  segment: text,
  min_score: isScore,
  country: text,
  qualification: text,
  currency: text,
  min_value: amount,
  max_value: amount,
  expiring: (value) => whole(value) && Number(value) > 0,
  mine: flag,
  starred: flag,
  unseen: flag,
  contact_wanted: flag,
  engagement: text,
  company: whole,
  created_from: day,
  created_to: day,
  closed_from: day,
  closed_to: day,
};
const NAMES = Object.keys(FIELDS) as Array<keyof Filter>;

/** Only the fields that filter, in one order. */
export function tidy(filter: Filter): Filter {
  const kept = NAMES.map((name) => [name, filter[name]] as const).filter(([, value]) => value != null && value !== "");
  return Object.fromEntries(kept.filter(([, value]) => value !== false));
}

export const isFilter = (stored: unknown): stored is Filter =>
  typeof stored === "object" &&
  stored !== null &&
  !Array.isArray(stored) &&
  Object.entries(stored).every(([name, value]) => Object.hasOwn(FIELDS, name) && FIELDS[name as keyof Filter](value));

export const sameFilter = (one: Filter, other: Filter): boolean =>
  JSON.stringify(tidy(one)) === JSON.stringify(tidy(other));

export const isTab = (status: string | null | undefined): status is StatusTab =>
  STATUS_TABS.some((tab) => tab === status);

/** The status as it is written here, whatever the letter case. */
export const statusOf = (word: string | null | undefined) =>
  STATUSES.find((status) => status.toLowerCase() === word?.toLowerCase());

/** Several values of one field stand in one text. */
export const valuesOf = (joined: string | null | undefined): string[] => joined?.split(",").filter(Boolean) ?? [];

export function toggleValue(joined: string | null | undefined, value: string): string {
  const values = valuesOf(joined);
  return (values.includes(value) ? values.filter((held) => held !== value) : [...values, value]).join();
}
