import type { CompanyQuery, ItemOutcome, ReferralQuery, Topic } from "./bindings";

/** Every cache key starts with the topic whose invalidation drops it. */
export type Key = readonly [Topic, ...unknown[]];

export const keys = {
  referralRows: (profile: string, query: ReferralQuery) => ["referrals", profile, "rows", query] satisfies Key,
  allReferralRows: (profile: string) => ["referrals", profile, "rows"] satisfies Key,
  tiles: (profile: string) => ["referrals", profile, "tiles"] satisfies Key,
  choices: (profile: string) => ["referrals", profile, "choices"] satisfies Key,
  savedViews: (profile: string) => ["views", profile, "saved"] satisfies Key,
  referral: (profile: string, id: string) => ["referrals", profile, "details", id] satisfies Key,
  rawReferral: (profile: string, id: string) => ["referrals", profile, "raw", id] satisfies Key,
  insights: (profile: string) => ["referrals", profile, "insights"] satisfies Key,
  companyRows: (profile: string, query: CompanyQuery) => ["companies", profile, "rows", query] satisfies Key,
  company: (profile: string, id: number) => ["companies", profile, "details", id] satisfies Key,
  candidates: (profile: string, id: string, search: string | null) =>
    ["companies", profile, "candidates", id, search] satisfies Key,
  lastCompanyChange: (profile: string) => ["companies", profile, "last_change"] satisfies Key,
  runRows: (profile: string, onlyChanges: boolean, limit: number, offset: number) =>
    ["runs", profile, "rows", { onlyChanges, limit, offset }] satisfies Key,
  run: (profile: string, id: string) => ["runs", profile, "details", id] satisfies Key,
  runItems: (profile: string, id: string, outcome: ItemOutcome | null, limit: number, offset: number) =>
    ["runs", profile, "items", id, { outcome, limit, offset }] satisfies Key,
  checklist: (profile: string) => ["checklist", profile, "items"] satisfies Key,
  checklistHistory: (profile: string, id: string) => ["checklist", profile, "history", id] satisfies Key,
  checklistReport: (profile: string) => ["checklist", profile, "report"] satisfies Key,
  backups: (profile: string) => ["settings", profile, "backups"] satisfies Key,
  databaseLocation: (profile: string) => ["settings", profile, "location"] satisfies Key,
  settings: () => ["settings"] satisfies Key,
};
