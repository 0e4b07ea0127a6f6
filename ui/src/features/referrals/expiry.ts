import type { ReferralItem } from "../../api/bindings";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const AMBER_DAYS = 5;
const RED_DAYS = 2;

export type Expiry = {
  tone: "quiet" | "amber" | "red";
  /** Rounded up, so that "3 days left" is what a filter for three days finds. */
  left: { unit: "days" | "hours"; count: number } | "last_hour" | "expired";
  at: string;
  estimated: boolean;
};

/** How long an unanswered referral can still be answered; null where nothing is counting down. */
export function expiryOf(item: ReferralItem, now: number): Expiry | null {
  if (item.status?.toLowerCase() !== "new" || item.gone_at || !item.expires_at) return null;
  const left = new Date(item.expires_at).getTime() - now;
  if (Number.isNaN(left)) return null;
  const base = { at: item.expires_at, estimated: item.expires_estimated };
  if (left <= 0) return { ...base, tone: "red", left: "expired" };
  if (left < HOUR) return { ...base, tone: "red", left: "last_hour" };
  if (left < DAY) return { ...base, tone: "red", left: { unit: "hours", count: Math.ceil(left / HOUR) } };
  const days = Math.ceil(left / DAY);
  const tone = days <= RED_DAYS ? "red" : days <= AMBER_DAYS ? "amber" : "quiet";
  return { ...base, tone, left: { unit: "days", count: days } };
}
