import type {
  Counts,
  ErrorBody,
  Event,
  FailedRequest,
  ReferralDetails,
  ReferralItem,
  ReferralPage,
  ReferralQuery,
  RunItem,
  SettingView,
  SignInState,
  Snapshot,
  Summary,
  SyncState,
  Topic,
} from "../api/bindings";
import type { Answer, Args, Platform, RequestName } from ".";

type Handlers = { [K in RequestName]: (args: Args<K>) => Answer<K> };

/** A run on record, with all that it did. */
export type FakeRun = { summary: Summary; problem?: ErrorBody; items?: RunItem[]; failedRequests?: FailedRequest[] };

export type FakeWorld = {
  referrals?: ReferralItem[];
  /** Newest first. */
  runs?: FakeRun[];
  snapshot?: Partial<Snapshot>;
  settings?: SettingView[];
  details?: (item: ReferralItem) => Partial<ReferralDetails>;
  raw?: (item: ReferralItem) => string;
};

/** An engine in memory, for tests of the page: it answers like the real one and moves only when told to. */
export class FakePlatform implements Platform {
  readonly calls: Array<{ name: RequestName | "subscribe"; args: unknown }> = [];
  referrals: ReferralItem[];
  runs: FakeRun[];
  snapshot: Snapshot;
  settings: SettingView[];
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #failures = new Map<RequestName, ErrorBody>();
  readonly #world: FakeWorld;

  constructor(world: FakeWorld = {}) {
    this.#world = world;
    this.referrals = world.referrals ?? [];
    this.runs = world.runs ?? [];
    this.settings = world.settings ?? [];
    this.snapshot = settled({ ...firstRun, counts: countReferrals(this.referrals), ...world.snapshot });
  }

  async subscribe(listener: (event: Event) => void): Promise<() => void> {
    this.calls.push({ name: "subscribe", args: {} });
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async call<K extends RequestName>(name: K, args: Args<K>): Promise<Answer<K>> {
    this.calls.push({ name, args });
    const failure = this.#failures.get(name);
    if (failure) {
      this.#failures.delete(name);
      throw failure;
    }
    return this.#handlers[name](args);
  }

  /** The next call of this name rejects. */
  failNext(name: RequestName, error: ErrorBody): void {
    this.#failures.set(name, error);
  }

  asked<K extends RequestName>(name: K): Array<Args<K>> {
    return this.calls.filter((call) => call.name === name).map((call) => call.args as Args<K>);
  }

  emit(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }

  set(change: Partial<Snapshot>): void {
    this.snapshot = settled({ ...this.snapshot, ...change });
    this.emit({ type: "state", snapshot: this.snapshot });
  }

  invalidate(...topics: Topic[]): void {
    this.emit({ type: "invalidated", topics });
  }

  signIn(state: SignInState): void {
    this.set({ sign_in: state });
  }

  approve(account: string, name: string): void {
    this.set({
      profile: { id: account, kind: "account", account, name },
      account,
      signed_in: true,
      needs_sign_in: false,
      sign_in: { state: "idle" },
      ask_to_enable: !this.snapshot.enabled && !this.snapshot.enabled_locked,
    });
  }

  finishSync(summary: Partial<Summary>, referrals: ReferralItem[] = this.referrals): void {
    const last = { ...emptySummary, ...summary };
    this.referrals = referrals;
    this.runs = [{ summary: last }, ...this.runs];
    const failed = last.status === "failed";
    this.set({
      counts: countReferrals(referrals),
      sync: {
        ...this.snapshot.sync,
        running: null,
        last,
        last_success_at: failed ? this.snapshot.sync.last_success_at : last.finished_at,
      },
    });
    this.invalidate("referrals", "runs");
  }

  readonly #handlers: Handlers = {
    snapshot: () => this.snapshot,
    list_referrals: ({ query }) => page(this.referrals, query),
    show_referral: ({ id }) => {
      const item = this.#find(id);
      return { ...item, contacts: [], details: emptyDetails, history: [], ...this.#world.details?.(item) };
    },
    raw_referral: ({ id }) => {
      const item = this.#find(id);
      return this.#world.raw?.(item) ?? JSON.stringify({ id: item.referral_id, name: item.name });
    },
    sync_now: () => {
      const running = { run_id: crypto.randomUUID(), page: 0, fetched: 0, started_at: new Date().toISOString() };
      this.set({ sync: { ...this.snapshot.sync, running } });
      return null;
    },
    look_again: () => null,
    set_paused: ({ paused }) => {
      this.set({ sync: { ...this.snapshot.sync, paused } });
      return null;
    },
    list_runs: ({ only_changes, limit, offset }) => {
      const changed = ({ inserted, updated, gone }: Summary) => inserted + updated + gone > 0;
      const runs = this.runs.filter(({ summary }) => !only_changes || changed(summary));
      const view = ({ summary, problem }: FakeRun) => ({ summary, problem: problem ?? null });
      return { total: runs.length, runs: runs.slice(offset, offset + limit).map(view) };
    },
    show_run: ({ id }) => {
      const { summary, problem, failedRequests = [], items = [] } = this.#findRun(id);
      const first = { total: items.length, items: items.slice(0, 100) };
      return { summary, problem: problem ?? null, failed_requests: failedRequests, items: first };
    },
    run_items: ({ id, outcome, limit, offset }) => {
      const items = (this.#findRun(id).items ?? []).filter((item) => outcome === null || item.outcome === outcome);
      return { total: items.length, items: items.slice(offset, offset + limit) };
    },
    focus_shown: () => {
      this.set({ focus: null });
      return null;
    },
    answer_close: () => {
      this.set({ asks_on_close: false });
      return null;
    },
    sign_in: () => {
      this.signIn({ state: "starting" });
      return null;
    },
    sign_in_in_browser: () => {
      this.signIn({ state: "starting" });
      return null;
    },
    cancel_sign_in: () => {
      this.signIn({ state: "idle" });
      return null;
    },
    open_sign_in_page: () => null,
    sign_out: () => {
      this.set({ signed_in: false, account: null });
      return null;
    },
    explore_sample_data: () => {
      this.set({ profile: { id: "sample", kind: "sample", account: null, name: null }, signed_in: true });
      this.invalidate("referrals");
      return null;
    },
    leave_sample_data: () => {
      this.set({ profile: firstRun.profile, signed_in: false });
      this.invalidate("referrals");
      return null;
    },
    answer_enable: ({ enable }) => {
      this.set({ ask_to_enable: false, enabled: enable });
      this.invalidate("settings");
      return null;
    },
    settings: () => this.settings,
    set_setting: ({ key, value }) => this.#change(key, value),
    unset_setting: ({ key }) => this.#change(key, null),
    copy_text: () => null,
    open_in_partner_center: () => null,
  };

  #find(id: string): ReferralItem {
    const item = this.referrals.find((referral) => referral.referral_id === id);
    if (item) return item;
    throw { code: "not_found", message: `No referral ${id}`, hint: null, retry: "never" } satisfies ErrorBody;
  }

  #findRun(id: string): FakeRun {
    const run = this.runs.find(({ summary }) => summary.run_id === id);
    if (run) return run;
    throw { code: "run_not_found", message: `No run ${id}`, hint: null, retry: "never" } satisfies ErrorBody;
  }

  #change(key: string, value: string | null): SettingView[] {
    this.settings = this.settings.map((setting) =>
      setting.key === key
        ? { ...setting, value: value ?? setting.default, source: value === null ? "default" : "file" }
        : setting,
    );
    const held = (name: string) => this.settings.find((setting) => setting.key === name)?.value;
    this.set({
      configured: Boolean(held("partner_center.client_id") && held("partner_center.tenant_id")),
      language: held("language") === "tr" ? "tr" : "en",
      enabled: held("partner_center.enabled") === "true",
    });
    return this.settings;
  }
}

/** The state follows from the rest, as in the engine; only a test may say that the service does not answer. */
function settled(snapshot: Snapshot): Snapshot {
  const { sync, profile, enabled, signed_in, needs_sign_in } = snapshot;
  const sample = profile.kind === "sample";
  const held: SyncState = sync.state === "offline" || sync.state === "throttled" ? sync.state : "idle";
  const state: SyncState = sync.running
    ? "syncing"
    : !sample && !enabled
      ? "off"
      : !sample && (!signed_in || needs_sign_in)
        ? "needs_sign_in"
        : sync.paused
          ? "paused"
          : held;
  return { ...snapshot, sync: { ...sync, state } };
}

const DAY = 86_400_000;

function expiresWithin(item: ReferralItem, days: number): boolean {
  const left = item.expires_at === null ? Number.NaN : new Date(item.expires_at).getTime() - Date.now();
  return item.status === "New" && left > 0 && left <= days * DAY;
}

function statusMatches(item: ReferralItem, status: string): boolean {
  if (status === "All") return true;
  if (status === "Open") return item.status === "New" || item.status === "Active";
  return item.status === status;
}

function page(referrals: ReferralItem[], query: ReferralQuery): ReferralPage {
  const search = query.search?.toLowerCase() ?? "";
  const [field, direction] = (query.sort ?? "updated_at:desc").split(":") as [keyof ReferralItem, string];
  const sign = direction === "desc" ? -1 : 1;
  const found = referrals
    .filter((item) => statusMatches(item, query.status ?? "All"))
    .filter((item) => query.expiring == null || expiresWithin(item, query.expiring))
    .filter((item) => [item.customer_name, item.name, item.domain].join(" ").toLowerCase().includes(search))
    .sort((a, b) => sign * String(a[field] ?? "").localeCompare(String(b[field] ?? ""), "en", { numeric: true }));
  const offset = query.offset ?? 0;
  return { total: found.length, items: found.slice(offset, offset + (query.limit ?? found.length)) };
}

function countReferrals(referrals: ReferralItem[]): Counts {
  const of = (status: string) => referrals.filter((item) => statusMatches(item, status)).length;
  return {
    open: of("Open"),
    new: of("New"),
    expiring: referrals.filter((item) => expiresWithin(item, 3)).length,
    active: of("Active"),
    closed: of("Closed"),
    all: referrals.length,
  };
}

const firstRun: Snapshot = {
  version: "0.1.0",
  environment: "prod",
  profile: { id: "none", kind: "none", account: null, name: null },
  enabled: true,
  enabled_locked: false,
  configured: true,
  signed_in: false,
  needs_sign_in: false,
  account: null,
  ask_to_enable: false,
  sync: {
    state: "idle",
    throttled_until: null,
    paused: false,
    running: null,
    last: null,
    last_success_at: null,
    next_at: null,
    problem: null,
  },
  sign_in: { state: "idle" },
  counts: { open: 0, new: 0, expiring: 0, active: 0, closed: 0, all: 0 },
  language: "en",
  default_status: "Open",
  focus: null,
  asks_on_close: false,
  desktop: null,
  warnings: [],
};

const emptyDetails: ReferralDetails["details"] = {
  notes: null,
  status_reason: null,
  organization_name: null,
  external_reference_id: null,
  customer_size: null,
  address: { line1: null, line2: null, city: null, state: null, region: null, postal_code: null, country: null },
  customer_requested_contact: null,
  invited_by: null,
  invite_notes: null,
  accepted_at: null,
  closed_at: null,
  campaign_id: null,
  sales_stage: null,
  tags: [],
  industries: [],
  products: [],
  services: [],
  solutions: [],
  offers: [],
};

export const emptySummary: Summary = {
  run_id: "run",
  status: "completed",
  mode: "incremental",
  reason: null,
  fetched: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  success_count: 0,
  failure_count: 0,
  skipped_count: 0,
  skipped: {},
  failures: [],
  unlinked: 0,
  gone: 0,
  pages: 1,
  bytes: 0,
  duration_ms: 0,
  started_at: "2026-03-10T09:00:00Z",
  finished_at: "2026-03-10T09:00:01Z",
};
