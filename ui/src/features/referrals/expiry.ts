import type { ReferralItem } from "../../api/bindings";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const AMBER_DAYS = 5;
const RED_DAYS = 2;

export type Expiry = {
  tone: "quiet" | "amber" | "red";
  /** Rounded up, so that "3 days left" is what a filter for three days finds. */
  left: { unit: "days" | "hours" | "minutes"; count: number } | "expired";
  at: string;
  estimated: boolean;
  /** For how long, in milliseconds, this stays true; null is for ever. */
  holds: number | null;
};

/** How long an unanswered referral can still be answered; null where nothing is counting down. */
export function expiryOf(item: ReferralItem, now: number): Expiry | null {
  if (item.status?.toLowerCase() !== "new" || item.gone_at || !item.expires_at) return null;
  const left = new Date(item.expires_at).getTime() - now;
  if (Number.isNaN(left)) return null;
  const base = { at: item.expires_at, estimated: item.expires_estimated };
  if (left <= 0) return { ...base, tone: "red", left: "expired", holds: null };
  const [unit, length] =
    left < HOUR ? (["minutes", MINUTE] as const) : left < DAY ? (["hours", HOUR] as const) : (["days", DAY] as const);
  const count = Math.ceil(left / length);
  const tone = unit !== "days" || count <= RED_DAYS ? "red" : count <= AMBER_DAYS ? "amber" : "quiet";
  return { ...base, tone, left: { unit, count }, holds: left - (count - 1) * length };
}
