// Generated from the Rust types; `cargo xtask bindings` writes this file.

export type Kind = "co-sell" | "marketplace" | "solution-provider" | "other";
export type LinkStatus = "auto_linked" | "unlinked" | "multi_candidate" | "linked_manually";

export type ReferralItem = {
  referral_id: string; engagement_id: string | null; name: string | null; customer_name: string | null;
  customer_country: string | null; kind: Kind; type: string | null; qualification: string | null; direction: string | null;
  status: string | null; substatus: string | null; deal_value: string | null; currency: string | null; domain: string | null;
  link_status: LinkStatus; company_id: number | null; created_at: string | null; updated_at: string | null;
  expires_at: string | null; expires_estimated: boolean; closing_at: string | null; gone_at: string | null; synced_at: string;
};
export type ReferralPage = { total: number; items: Array<ReferralItem> };
export type ReferralQuery = {
  status?: string | null; substatus?: string | null; kind?: string | null; direction?: string | null; link?: string | null;
  country?: string | null; expiring?: number | null; search?: string | null; sort?: string | null; limit?: number | null; offset?: number | null;
};
export type Contact = {
  side: "customer" | "partner"; first_name: string | null; last_name: string | null; title: string | null;
  email: string | null; phone: string | null; locale: string | null;
};
export type Address = { line1: string | null; line2: string | null; city: string | null; state: string | null; region: string | null; postal_code: string | null; country: string | null };
export type Details = {
  notes: string | null; status_reason: string | null; organization_name: string | null; external_reference_id: string | null;
  customer_size: string | null; address: Address; customer_requested_contact: boolean | null; invited_by: string | null; invite_notes: string | null;
  accepted_at: string | null; closed_at: string | null; campaign_id: string | null; sales_stage: string | null; tags: Array<string>;
  industries: Array<string>; products: Array<string>; services: Array<string>; solutions: Array<string>; offers: Array<string>;
};
export type FieldChange = { field: string; from: unknown; to: unknown };
export type HistoryEntry = { at: string; run_id: string; outcome: "inserted" | "updated" | "skipped" | "failed" | "gone"; reason: string | null; changes: Array<FieldChange> };
export type ReferralDetails = ReferralItem & { contacts: Array<Contact>; details: Details; history: Array<HistoryEntry> };

export type RunStatus = "completed" | "partial" | "skipped" | "failed";
export type RunFailure = { referral_id: string | null; reason: string };
export type Summary = {
  run_id: string; status: RunStatus; mode: "full" | "incremental"; reason: string | null;
  fetched: number; inserted: number; updated: number; unchanged: number; success_count: number; failure_count: number; skipped_count: number;
  skipped: Record<string, number>; failures: Array<RunFailure>; unlinked: number; gone: number; pages: number; bytes: number; duration_ms: number;
  started_at: string; finished_at: string | null;
};

/** What went wrong, in the user's language: what happened and what it means, and what to do. */
export type ErrorBody = { code: string; message: string; hint: string | null; retry: "now" | "later" | "never" };

export type ProfileKind = "none" | "account" | "sample";
export type Profile = { id: string; kind: ProfileKind; account: string | null; name: string | null };
export type Counts = { open: number; new: number; active: number; closed: number; all: number };
export type SyncProgress = { run_id: string; page: number; fetched: number; started_at: string };
export type SyncState = { running: SyncProgress | null; last: Summary | null; last_success_at: string | null; next_at: string | null; problem: ErrorBody | null };
export type SignInState =
  | { state: "idle" }
  | { state: "starting" }
  | { state: "waiting"; user_code: string; verification_uri: string; expires_at: string; copied: boolean; browser_opened: boolean }
  | { state: "failed"; error: ErrorBody };
export type Language = "en" | "tr";
export type Snapshot = {
  version: string; environment: "dev" | "staging" | "prod"; profile: Profile;
  enabled: boolean; enabled_locked: boolean; configured: boolean; signed_in: boolean; needs_sign_in: boolean; account: string | null;
  /** After the first sign-in with the feature flag off: the window asks once. */
  ask_to_enable: boolean;
  sync: SyncState; sign_in: SignInState; counts: Counts; language: Language; default_status: string; warnings: Array<string>;
};
export type SettingSource = "flag" | "environment" | "file" | "default";
/** One setting as the Settings view shows it; `locked` when a flag or an environment variable decides. */
export type SettingView = {
  key: string; value: string | null; default: string | null; source: SettingSource; locked: boolean; variable: string;
  input: "boolean" | "text" | "number" | "choice"; choices: Array<string>;
};
export type Topic = "referrals" | "settings";
export type Event = { type: "state"; snapshot: Snapshot } | { type: "invalidated"; topics: Array<Topic> };

/** Every request the page can make: its arguments and its answer. */
export type Requests = {
  snapshot: { args: Record<string, never>; answer: Snapshot };
  list_referrals: { args: { query: ReferralQuery }; answer: ReferralPage };
  show_referral: { args: { id: string }; answer: ReferralDetails };
  raw_referral: { args: { id: string }; answer: string };
  sync_now: { args: Record<string, never>; answer: null };
  sign_in: { args: Record<string, never>; answer: null };
  cancel_sign_in: { args: Record<string, never>; answer: null };
  open_sign_in_page: { args: Record<string, never>; answer: null };
  sign_out: { args: Record<string, never>; answer: null };
  explore_sample_data: { args: Record<string, never>; answer: null };
  leave_sample_data: { args: Record<string, never>; answer: null };
  answer_enable: { args: { enable: boolean }; answer: null };
  settings: { args: Record<string, never>; answer: Array<SettingView> };
  set_setting: { args: { key: string; value: string }; answer: Array<SettingView> };
  unset_setting: { args: { key: string }; answer: Array<SettingView> };
  copy_text: { args: { text: string }; answer: null };
  open_in_partner_center: { args: { id: string }; answer: null };
};
