import type { ReferralQuery, Topic } from "./bindings";

/** Every cache key starts with the topic whose invalidation drops it. */
type Key = readonly [Topic, ...unknown[]];

export const keys = {
  referralRows: (profile: string, query: ReferralQuery) => ["referrals", profile, "rows", query] satisfies Key,
  referral: (profile: string, id: string) => ["referrals", profile, "details", id] satisfies Key,
  rawReferral: (profile: string, id: string) => ["referrals", profile, "raw", id] satisfies Key,
  settings: () => ["settings"] satisfies Key,
};
