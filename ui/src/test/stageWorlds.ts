import type {
  BackupView,
  ChecklistItem,
  HistoryEntry,
  Insights,
  Language,
  LogLine,
  ReferralDetails,
  Snapshot,
  Summary,
} from "../api/bindings";
import {
  emptyDetails,
  emptySummary,
  FakePlatform,
  type FakeReferral,
  type FakeRun,
  type FakeWorld,
} from "../platform/fake";
import type { FakeCompany } from "../platform/fakeCompanies";
import { scanned } from "./companies";
import { account, inHours, referral, setting, signedIn } from "./samples";

const at = <Item>(list: readonly [Item, ...Item[]] | readonly Item[], index: number): Item =>
  list[index % list.length] as Item;

const customers = [
  "Kocaeli Örnek Lojistik & Tic. A.Ş.",
  "Işık Sağlık Hizmetleri",
  "Contoso Bilişim",
  "Fabrikam Residences and Property Management International",
  "Adventure Works",
  "İnci Tekstil San. ve Tic. Ltd. Şti.",
  "Northwind Traders",
  "Trey Research",
];
const domains = [
  "ornek-lojistik.com.tr",
  "isik-saglik.com.tr",
  "contoso.com",
  "fabrikam-residences.com",
  "adventure-works.com",
  "incitekstil.com.tr",
  "northwindtraders.com",
  "treyresearch.net",
];
const companies: FakeCompany[] = [
  scanned(1, at(domains, 0), { size: "51 to 250", note: "Salı günü aranacak.", is_complete: false }),
  scanned(2, at(domains, 1), { provider: "m365", segment: "existing", score: 60, tenant: "isik.onmicrosoft.com" }),
  scanned(3, at(domains, 2), { provider: "local", segment: "cold", score: 20, country: "DE" }),
  scanned(4, at(domains, 3), { provider: "hosting", segment: "skip", score: 30, is_stale: true }),
  scanned(5, at(domains, 4), { provider: "yandex", segment: "cold", score: 40 }),
  scanned(6, at(domains, 5), { provider: "unknown", segment: null, score: null, parts: [], history: [] }),
];
const kinds = ["co-sell", "marketplace", "solution-provider", "other"] as const;
const links = ["auto_linked", "unlinked", "multi_candidate", "linked_manually"] as const;
const states = [
  ["New", "Pending"],
  ["New", "Received"],
  ["Active", "Accepted"],
  ["Closed", "Won"],
  ["Closed", "Lost"],
  ["Active", "Engaged.WithPartner"],
] as const;
const values = [
  ["30000", "USD"],
  ["1250000.50", "TRY"],
  [null, null],
  ["48000", "EUR"],
] as const;
const hoursLeft = [20, 45, 60, 110, 300, -4];

const referralAt = (index: number): FakeReferral => {
  const [status, substatus] = at(states, index);
  const [deal_value, currency] = at(values, index);
  const link_status = at(links, index + Math.floor(index / domains.length));
  return {
    ...referral({
      referral_id: `r-${index}`,
      engagement_id: `e-${Math.floor(index / 2)}`,
      customer_name: at(customers, index),
      name: index % 3 === 0 ? null : "Microsoft 365 geçişi ve Azure altyapısı",
      kind: at(kinds, index),
      link_status,
      domain: link_status === "unlinked" ? null : at(domains, index),
      company_id: link_status === "unlinked" ? null : 1 + (index % domains.length),
      status,
      substatus,
      deal_value,
      currency,
      expires_at: inHours(at(hoursLeft, index)),
      expires_estimated: index % 5 === 0,
      updated_at: inHours(-index),
    }),
    starred: index % 4 === 0,
    unseen: index === 1 ? "new" : index === 2 ? "changed" : null,
    contact_until: index === 0 ? inHours(20) : null,
    note: index === 0 ? "Salı günü aranacak." : "",
  };
};
const referrals = Array.from({ length: 60 }, (_, index) => referralAt(index));
/** A minute apart, each of a company of its own. */
const manyReferrals = () =>
  Array.from({ length: 100_000 }, (_, index) => ({
    ...referralAt(index),
    customer_name: `${at(customers, index)} ${index + 1}`,
    company_id: index,
    updated_at: inHours(-index / 60),
  }));

const history: HistoryEntry[] = [
  {
    at: inHours(-2),
    run_id: "run-1",
    outcome: "updated",
    reason: null,
    changes: [
      { field: "status", from: "New", to: "Active" },
      { field: "deal_value", from: 1000, to: 250_000 },
    ],
  },
  { at: inHours(-50), run_id: "run-2", outcome: "inserted", reason: null, changes: [] },
];

const details = (): Partial<ReferralDetails> => ({
  contacts: [
    {
      side: "customer",
      first_name: "Ayşe",
      last_name: "Işık",
      title: "Satın Alma Müdürü",
      email: "ayse.isik@ornek-lojistik.com.tr",
      phone: "+90 262 555 01 02",
      locale: "tr-TR",
    },
    {
      side: "partner",
      first_name: "Emre",
      last_name: "Öz",
      title: null,
      email: "emre@contoso.com",
      phone: null,
      locale: null,
    },
  ],
  history,
  details: {
    ...emptyDetails,
    notes: "The customer wants to move 300 mailboxes\nbefore the end of the quarter.",
    customer_requested_contact: true,
    address: { ...emptyDetails.address, line1: "Atatürk Cad. 1", postal_code: "41000", city: "Kocaeli", country: "TR" },
    products: ["Microsoft 365", "Azure"],
    solutions: ["Modern work"],
  },
});

const run = (run_id: string, change: Partial<Summary>, more: Omit<FakeRun, "summary"> = {}): FakeRun => ({
  summary: { ...emptySummary, run_id, started_at: inHours(-1), finished_at: inHours(-1), ...change },
  ...more,
});
const network = {
  code: "network",
  message: "Microsoft cannot be reached.",
  hint: "Check your proxy.",
  retry: "later",
} as const;
const runs: FakeRun[] = [
  run(
    "run-1",
    {
      status: "partial",
      mode: "full",
      fetched: 252,
      inserted: 3,
      updated: 2,
      unchanged: 245,
      skipped_count: 1,
      failure_count: 1,
      bytes: 812_000,
      duration_ms: 4_200,
    },
    {
      items: [
        { referral_id: "r-1", name: "Fabrikam", outcome: "updated", reason: null, changes: history[0]?.changes ?? [] },
        { referral_id: "r-x", name: null, outcome: "skipped", reason: "direction_outgoing", changes: [] },
        { referral_id: null, name: null, outcome: "failed", reason: "The item has no id", changes: [] },
      ],
      failedRequests: [
        {
          cause: "throttled",
          status: 429,
          code: "",
          request_id: "request-1",
          client_request_id: "client-1",
          failed_at: inHours(-1),
        },
      ],
    },
  ),
  run("run-2", { fetched: 250, inserted: 250, duration_ms: 61_000 }),
  run("run-3", { status: "failed" }, { problem: network }),
  run("run-4", { status: "skipped" }),
];

const item = (id: string, title: string, change: Partial<ChecklistItem> = {}): ChecklistItem => ({
  id,
  title,
  proves: "That the service can be reached from this computer.",
  how: "automatic",
  required: true,
  state: "pass",
  evidence: "As it should be.",
  note: "",
  account: account.account,
  checked_at: inHours(-1),
  expired: false,
  fix: null,
  ...change,
});
const checklist = [
  {
    id: "environment",
    title: "Environment and storage",
    items: [item("api_host", "API address"), item("disk", "Disk space")],
  },
  {
    id: "sign_in",
    title: "Sign-in and token cache",
    items: [
      item("clock", "Clock", {
        state: "fail",
        evidence: "9 minutes behind.",
        fix: { hint: "Set the clock from the network.", action: { kind: "setting", key: "partner_center.client_id" } },
      }),
      item("consent", "Consent", { how: "by_hand", state: "manual", evidence: "", checked_at: null }),
    ],
  },
  {
    id: "rollback",
    title: "Rollback",
    items: [
      item("roll_back_tokens", "Forget the tokens", {
        how: "action",
        required: false,
        state: "not_run",
        evidence: "",
        checked_at: null,
        fix: { hint: "The way back: sign in.", action: { kind: "roll_back", to: "forget_tokens" } },
      }),
    ],
  },
];

const backups: BackupView[] = [
  { name: "a.db", made_at: inHours(-3), bytes: 1_200_000, referrals: 88, cause: "daily" },
  { name: "b.db", made_at: inHours(-30), bytes: 1_100_000, referrals: null, cause: "before_migration" },
];

const levels = ["info", "warn", "error", "debug"] as const;
const logs: LogLine[] = Array.from({ length: 30 }, (_, index) => ({
  at: inHours(-index / 10),
  level: at(levels, index),
  program: "hunter-desktop",
  event: "sync_page_stored",
  run_id: "run-1",
  text: "fetched=100 stored=100 next=true",
}));

const months = ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"];
const insights: Insights = {
  pipeline: [
    { status: "New", substatus: "Pending", currency: "USD", referrals: 12, value: "340000" },
    { status: "Active", substatus: "Accepted", currency: "USD", referrals: 8, value: "120000" },
    { status: "Active", substatus: "Accepted", currency: "TRY", referrals: 5, value: "4500000" },
  ],
  received: months.flatMap((month, index) => kinds.map((kind, place) => ({ month, kind, referrals: index + place }))),
  closed: months.map((month, index) => ({ month, won: index + 1, lost: index, declined: 1, expired: index % 2 })),
  answers: months.map((month, index) => ({ month, answered: 4 + index, median_hours: 30 - index * 4 })),
  median_answer_hours: 22,
  answered: 30,
  expired: 2,
};

const settings = (language: Language) => [
  setting("partner_center.client_id", { value: "1b2c3d4e-0000-4000-8000-123456789abc" }),
  setting("partner_center.tenant_id", { value: "contoso.com", locked: true, source: "environment" }),
  setting("partner_center.enabled", { value: "true", default: "false", input: "boolean", source: "file" }),
  setting("partner_center.sync_interval", { value: "600", default: "600", input: "number" }),
  setting("enrichment.enabled", { value: "true", default: "false", input: "boolean", source: "file" }),
  setting("scoring.cosell_bonus", { value: "15", default: "15", input: "number" }),
  setting("language", { value: language, input: "choice", choices: ["en", "tr"] }),
  setting("desktop.notifications", { value: "true", default: "true", input: "boolean" }),
  setting("desktop.quiet_hours"),
  setting("desktop.on_close", { value: "auto", input: "choice", choices: ["auto", "background", "quit"] }),
  setting("data.retention_days", { input: "number" }),
  setting("log", { value: "info", default: "info" }),
  setting("environment", { value: "prod", input: "choice", choices: ["dev", "staging", "prod"] }),
];

const { sync } = new FakePlatform().snapshot;

function busy(language: Language, snapshot: Partial<Snapshot> = {}): FakeWorld {
  return {
    referrals,
    companies,
    runs,
    checklist,
    backups,
    logs,
    settings: settings(language),
    details,
    insights,
    snapshot: {
      ...signedIn,
      language,
      enrichment: true,
      desktop: { tray: false, notifications: true },
      sync: { ...sync, last_success_at: inHours(-0.05), next_at: inHours(0.1) },
      ...snapshot,
    },
  };
}

/** What the stage can show. */
export const worlds = {
  day: (language: Language) => busy(language),
  first_run: (language: Language): FakeWorld => ({ settings: settings(language), snapshot: { language } }),
  first_run_ids: (language: Language): FakeWorld => ({
    settings: [setting("partner_center.client_id"), setting("partner_center.tenant_id")],
    snapshot: { language, configured: false },
  }),
  empty: (language: Language): FakeWorld => {
    const { checklist = [], snapshot = {} } = busy(language);
    return { settings: settings(language), checklist, snapshot };
  },
  many: (language: Language): FakeWorld => ({ ...busy(language), referrals: manyReferrals() }),
  troubled: (language: Language) =>
    busy(language, {
      profile: { id: "sample", kind: "sample", account: null, name: null },
      recovered: "The database was damaged and has been rebuilt from what was received.",
      warnings: ["The settings file has a key that Hunter does not know: colour."],
      sync: { ...sync, last_success_at: inHours(-3), problem: network },
    }),
};
