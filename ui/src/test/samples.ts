import type { ReferralItem, SettingView, Snapshot } from "../api/bindings";

export const NOW = Date.parse("2026-03-10T12:00:00Z");
const HOUR = 3_600_000;
export const inHours = (hours: number): string => new Date(NOW + hours * HOUR).toISOString();

export function referral(change: Partial<ReferralItem> = {}): ReferralItem {
  return {
    referral_id: "r-1",
    engagement_id: "e-1",
    name: "Microsoft 365 geçişi",
    customer_name: "Kocaeli Örnek Lojistik & Tic. A.Ş.",
    customer_country: "TR",
    kind: "co-sell",
    type: "Shared",
    qualification: "SalesQualified",
    direction: "Incoming",
    status: "New",
    substatus: "Pending",
    deal_value: "30000",
    currency: "USD",
    domain: "ornek-lojistik.com.tr",
    link_status: "auto_linked",
    company_id: 1,
    created_at: "2026-03-07T05:08:23.810144Z",
    updated_at: "2026-03-07T09:18:01.6076542Z",
    expires_at: inHours(60),
    expires_estimated: false,
    closing_at: null,
    gone_at: null,
    synced_at: "2026-03-10T09:00:00Z",
    ...change,
  };
}

export function referrals(count: number): ReferralItem[] {
  return Array.from({ length: count }, (_, index) =>
    referral({
      referral_id: `r-${index}`,
      customer_name: `Customer ${String(index).padStart(6, "0")}`,
      updated_at: new Date(NOW - index * 60_000).toISOString(),
    }),
  );
}

export function setting(key: string, change: Partial<SettingView> = {}): SettingView {
  return {
    key,
    value: null,
    default: null,
    source: "default",
    locked: false,
    variable: `HUNTER_${key.toUpperCase().replaceAll(".", "_")}`,
    input: "text",
    choices: [],
    ...change,
  };
}

export const account = { id: "ayse", kind: "account", account: "ayse@contoso.com", name: "Ayşe Örnek" } as const;

export const signedIn: Partial<Snapshot> = { profile: account, account: account.account, signed_in: true };
