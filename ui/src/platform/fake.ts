import type {
  BackupView,
  Checklist,
  ChecklistItem,
  ChecklistResult,
  Choice,
  CompanyDetails,
  Counts,
  DiagnosticsFile,
  Erasure,
  ErrorBody,
  Event,
  FailedRequest,
  Insights,
  LogFilter,
  LogLevel,
  LogLine,
  LogPage,
  PhaseStatus,
  ReferralDetails,
  ReferralItem,
  ReferralQuery,
  ReferralRow,
  ReferralRows,
  RunItem,
  Saved,
  SavedView,
  SettingView,
  SignInState,
  Snapshot,
  Summary,
  SyncState,
  Topic,
} from "../api/bindings";
import type { Answer, Args, Platform, RequestName } from ".";
import { FakeCompanies, type FakeCompany } from "./fakeCompanies";

type Handlers = { [K in RequestName]: (args: Args<K>) => Answer<K> };

/** A run on record, with all that it did. */
export type FakeRun = { summary: Summary; problem?: ErrorBody; items?: RunItem[]; failedRequests?: FailedRequest[] };

/** Sections of the checklist with their items; what the engine would find out is left out. */
export type FakeChecklist = Array<{ id: string; title: string; items: ChecklistItem[] }>;

/** A referral with what a person noted about it. */
export type FakeReferral = ReferralItem & Partial<ReferralRow> & { note?: string };

export type FakeWorld = {
  referrals?: FakeReferral[];
  /** What is known of companies; those of the referrals are there by themselves. */
  companies?: FakeCompany[];
  insights?: Insights;
  /** Newest first. */
  runs?: FakeRun[];
  snapshot?: Partial<Snapshot>;
  settings?: SettingView[];
  /** Its verdict and what waits for what follow from the items. */
  checklist?: FakeChecklist;
  /** Newest first. */
  backups?: BackupView[];
  logs?: LogLine[];
  details?: (item: ReferralItem) => Partial<ReferralDetails>;
  raw?: (item: ReferralItem) => string;
};

/** An engine in memory, for tests of the page: it answers like the real one and moves only when told to. */
export class FakePlatform implements Platform {
  readonly calls: Array<{ name: RequestName | "subscribe"; args: unknown }> = [];
  referrals: FakeReferral[];
  readonly companies: FakeCompanies;
  /** The account's address is in the team of these. */
  mine = new Set<string>();
  views: SavedView[] = [];
  runs: FakeRun[];
  snapshot: Snapshot;
  settings: SettingView[];
  checklist: Checklist;
  readonly #history = new Map<string, ChecklistResult[]>();
  backups: BackupView[];
  /** Newest first. */
  logs: LogLine[];
  diagnostics: DiagnosticsFile[] = [];
  saved: Saved = { kind: "cancelled" };
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #failures = new Map<RequestName, ErrorBody>();
  readonly #world: FakeWorld;

  constructor(world: FakeWorld = {}) {
    this.#world = world;
    this.referrals = world.referrals ?? [];
    this.companies = new FakeCompanies(this, world.companies ?? []);
    this.runs = world.runs ?? [];
    this.settings = world.settings ?? [];
    this.logs = world.logs ?? [];
    const snapshot = { ...firstRun, counts: countReferrals(this.referrals), ...world.snapshot };
    this.checklist = judged(world.checklist ?? [], snapshot.environment, null);
    this.snapshot = settled({ ...snapshot, checklist: inShort(this.checklist) });
    this.backups = world.backups ?? [];
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

  finishSync(summary: Partial<Summary>, referrals: FakeReferral[] = this.referrals): void {
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

  /** A scan has found something out about a company, and goes on or ends. */
  scanned(id: number, facts: Partial<CompanyDetails>, scanning: Snapshot["scanning"] = null): void {
    this.companies.amend(id, { scanned_at: new Date().toISOString(), is_stale: false, ...facts });
    this.set({ scanning });
    this.invalidate("companies", "referrals");
  }

  /** The engine goes on to check this item, or is done with checking. */
  check(id: string | null): void {
    this.checklist = { ...this.checklist, running: id };
    this.invalidate("checklist");
  }

  /** The engine has found something out about an item. */
  found(id: string, change: Partial<ChecklistItem>): void {
    this.#amend(id, change);
    this.set({ checklist: inShort(this.checklist) });
    this.invalidate("checklist");
  }

  readonly #handlers: Handlers = {
    snapshot: () => this.snapshot,
    list_referrals: ({ query }) => this.#page(query),
    place_of_referral: ({ id, query }) => {
      const place = this.#matching(query).findIndex(({ referral_id }) => referral_id === id);
      return place < 0 ? null : place;
    },
    tiles: () => {
      const found = (query: ReferralQuery) => this.#matching(query);
      const open = found({ status: "Open" });
      const currencies = [...new Set(open.map(({ currency }) => currency))];
      return {
        new: found({ status: "New" }).length,
        expiring: found({ status: "New", expiring: 3 }).length,
        active: found({ status: "Active" }).length,
        won_this_quarter: found({ status: "Closed", substatus: "Won" }).length,
        quarter_from: "2026-01-01",
        open_value: currencies.map((currency) => {
          const own = open.filter((item) => item.currency === currency && item.deal_value !== null);
          return { currency, value: String(sum(own)), referrals: own.length };
        }),
        unseen: found({ status: "All", unseen: true }).length,
        contact_wanted: found({ status: "All", contact_wanted: true }).length,
      };
    },
    choices: () => ({
      substatus: choices(this.referrals, "substatus"),
      country: choices(this.referrals, "customer_country"),
      currency: choices(this.referrals, "currency"),
      direction: choices(this.referrals, "direction"),
      qualification: choices(this.referrals, "qualification"),
    }),
    set_star: ({ ids, starred }) => this.#note(ids, { starred }),
    set_note: ({ id, note }) => this.#note([id], { note, has_note: note.trim() !== "" }),
    mark_seen: ({ ids }) => this.#note(ids, { unseen: null }),
    copy_referrals: () => null,
    export_referrals: () => this.saved,
    cancel_export: () => {
      this.set({ exporting: null });
      return null;
    },
    saved_views: () => this.views,
    save_view: ({ name, query }) => {
      const others = this.views.filter((view) => view.name !== name);
      const id = 1 + Math.max(0, ...this.views.map((view) => view.id));
      this.views = [...others, { id, name, query }];
      this.invalidate("views");
      return this.views;
    },
    remove_view: ({ id }) => {
      this.views = this.views.filter((view) => view.id !== id);
      this.invalidate("views");
      return this.views;
    },
    insights: () => this.#world.insights ?? noInsights,
    reach: () => null,
    show_referral: ({ id }) => {
      const item = this.#find(id);
      const { note = "" } = item;
      const { priority_parts } = this.companies.scored(item);
      const noted_at = note ? "2026-03-10T11:00:00Z" : null;
      return {
        ...this.#row(item),
        priority_parts,
        note,
        noted_at,
        contacts: [],
        details: emptyDetails,
        history: [],
        ...this.#world.details?.(item),
      };
    },
    raw_referral: ({ id }) => {
      const item = this.#find(id);
      return this.#world.raw?.(item) ?? JSON.stringify({ id: item.referral_id, name: item.name });
    },
    list_companies: ({ query }) => this.companies.list(query),
    show_company: ({ id }) => this.companies.show(id),
    scan_companies: ({ ids }) => {
      this.set({ scanning: { done: 0, total: ids?.length ?? this.companies.list({}).total } });
      return null;
    },
    cancel_scan: () => {
      this.set({ scanning: null });
      return null;
    },
    company_candidates: ({ id, search }) => this.companies.candidates(this.#find(id), search),
    link_referrals: ({ ids, company, domain }) => this.#changed(() => this.companies.link(ids, company, domain)),
    unlink_referrals: ({ ids }) => this.#changed(() => this.companies.unlink(ids)),
    merge_companies: ({ into, from }) => this.#changed(() => this.companies.merge(into, from)),
    split_company: ({ id }) => this.#changed(() => this.companies.split(id)),
    set_company_note: ({ id, note }) =>
      this.#changed(() => this.companies.amend(id, { note, noted_at: "2026-03-10T11:00:00Z" })),
    last_company_change: () => this.companies.last(),
    undo_company_change: () => {
      const undone = this.companies.undo();
      this.#changed(() => undefined);
      return undone;
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
    checklist: () => this.checklist,
    run_checklist: ({ phase }) => {
      const first = this.checklist.phases
        .filter(({ id }) => phase === null || id === phase)
        .flatMap(({ items }) => items)
        .find(({ how }) => how === "automatic");
      this.check(first?.id ?? null);
      return null;
    },
    answer_checklist_item: ({ id, answer, note }) => {
      const state = ({ pass: "pass", fail: "fail", skip: "skipped", clear: "manual" } as const)[answer];
      const checked_at = answer === "clear" ? null : new Date().toISOString();
      this.#amend(id, { state, note, account: this.snapshot.account ?? "", checked_at, expired: false });
      this.set({ checklist: inShort(this.checklist) });
      return this.checklist;
    },
    checklist_history: ({ id }) => this.#history.get(id) ?? [],
    checklist_report: () => {
      const lines = this.checklist.phases.flatMap(({ title, items }) => [
        `## ${title}`,
        ...items.map((item) => `- ${item.state === "pass" ? "PASS" : "FAIL"} ${item.title}`),
      ]);
      return [`# Hunter checklist: ${this.checklist.verdict}`, ...lines, ""].join("\n");
    },
    roll_back: ({ to }) => {
      const undone = this.checklist.phases
        .flatMap(({ items }) => items)
        .find(({ how, fix }) => how === "action" && fix?.action?.kind === "roll_back" && fix.action.to === to);
      if (undone) this.#amend(undone.id, { state: "pass", evidence: "Done.", checked_at: new Date().toISOString() });
      if (to === "flag_off") this.set({ enabled: false });
      if (to === "forget_tokens") this.set({ signed_in: false, account: null });
      this.set({ checklist: inShort(this.checklist) });
      return this.checklist;
    },
    logs: ({ filter, before, limit }) => {
      const passing = this.logs.filter((line) => passes(line, filter));
      const start = before === null ? 0 : passing.length - Number(before);
      const older = passing.length - start - limit;
      return this.#logPage(passing.slice(start, start + limit), older > 0 ? String(older) : null);
    },
    newer_logs: ({ filter, after }) => {
      const newer = this.logs.slice(0, this.logs.length - Number(after));
      return this.#logPage(
        newer.filter((line) => passes(line, filter)),
        after,
      );
    },
    diagnostics_preview: () => this.diagnostics,
    save_diagnostics: () => this.saved,
    copy_text: () => null,
    open_in_partner_center: () => null,
    backups: () => this.backups,
    back_up_now: () => {
      const made_at = new Date().toISOString();
      const { all } = this.snapshot.counts;
      this.backups = [{ name: made_at, made_at, bytes: 1000, referrals: all, cause: "by_hand" }, ...this.backups];
      return this.backups;
    },
    restore_backup: () => {
      this.invalidate("referrals", "runs", "settings");
      return null;
    },
    database_location: () => "/data/profiles/ayse/hunter.db",
    erase_data: ({ older_than_days }) => {
      const doomed = this.referrals.filter((item) => older_than_days === null || item.status === "Closed");
      this.referrals = this.referrals.filter((item) => !doomed.includes(item));
      this.invalidate("referrals");
      return { ...emptyErasure, referrals: doomed.length, backups_rewritten: this.backups.length };
    },
    dismiss_recovery: () => {
      this.set({ recovered: null });
      return null;
    },
  };

  #changed(change: () => void): null {
    change();
    this.invalidate("companies", "referrals");
    return null;
  }

  #page(query: ReferralQuery): ReferralRows {
    const found = this.#matching(query);
    const offset = query.offset ?? 0;
    const shown = found.slice(offset, offset + (query.limit ?? found.length));
    return { total: found.length, rows: shown.map((item) => this.#row(item)) };
  }

  #matching(query: ReferralQuery): FakeReferral[] {
    const { companies } = this;
    const [field, direction] = (query.sort ?? "updated_at:desc").split(":") as [keyof ReferralRow, string];
    const sign = direction === "desc" ? -1 : 1;
    const scored = field === "priority" || field === "score" || field === "segment";
    const value = (item: FakeReferral) => String((scored ? this.#score(item)[field] : item[field]) ?? "");
    return matching(this.referrals, query, this.mine)
      .filter((item) => query.company == null || companies.companyOf(item) === query.company)
      .filter((item) => query.segment == null || has(query.segment, this.#score(item).segment))
      .filter((item) => query.min_score == null || (this.#score(item).score ?? -1) >= query.min_score)
      .sort((a, b) => sign * inOrder(value(a), value(b)));
  }

  #score(item: FakeReferral): Pick<ReferralRow, "score" | "segment" | "priority"> {
    const { score, segment, priority } = this.companies.scored(item);
    return {
      score: item.score === undefined ? score : item.score,
      segment: item.segment === undefined ? segment : item.segment,
      priority: item.priority ?? priority,
    };
  }

  #row({ note: _, ...item }: FakeReferral): ReferralRow {
    const all = this.referrals;
    const company_id = this.companies.companyOf(item);
    const engagement = all.filter(
      ({ engagement_id }) => engagement_id !== null && engagement_id === item.engagement_id,
    );
    const company = all.filter((other) => company_id !== null && this.companies.companyOf(other) === company_id);
    const marks = { starred: false, has_note: false, unseen: null, contact_until: null };
    const counts = { related: engagement.length, of_company: company.length };
    return { ...marks, ...counts, ...item, ...this.#score(item), company_id };
  }

  #amend(id: string, change: Partial<ChecklistItem>): void {
    const { phases, environment, running } = this.checklist;
    const amended = phases.map((phase) => ({
      ...phase,
      items: phase.items.map((item) => (item.id === id ? { ...item, ...change } : item)),
    }));
    this.checklist = judged(amended, environment, running);
    const item = amended.flatMap(({ items }) => items).find((candidate) => candidate.id === id);
    if (!item?.checked_at) return;
    const { state, evidence, note, account, checked_at } = item;
    this.#history.set(id, [{ state, evidence, note, account, checked_at }, ...(this.#history.get(id) ?? [])]);
  }

  #logPage(lines: LogLine[], next: string | null): LogPage {
    const programs = [...new Set(this.logs.map(({ program }) => program))].sort();
    return { lines, next, newest: String(this.logs.length), programs };
  }

  #note(ids: string[] | null, marks: Partial<FakeReferral>): null {
    this.referrals = this.referrals.map((item) =>
      ids === null || ids.includes(item.referral_id) ? { ...item, ...marks } : item,
    );
    this.invalidate("referrals");
    return null;
  }

  #find(id: string): FakeReferral {
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
      enrichment: held("enrichment.enabled") === "true",
    });
    return this.settings;
  }
}

const locale = "en";
const { compare: inOrder } = new Intl.Collator(locale, { numeric: true });

const gravity: LogLevel[] = ["error", "warn", "info", "debug", "trace"];

function passes(line: LogLine, { level, program, text }: LogFilter): boolean {
  return (
    (level == null || gravity.indexOf(line.level) <= gravity.indexOf(level)) &&
    (program == null || line.program === program) &&
    `${line.event} ${line.text}`.toLowerCase().includes(text?.toLowerCase() ?? "")
  );
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

const inShort = ({ verdict, blocking }: Checklist): Snapshot["checklist"] => ({ verdict, blocking: blocking.length });

/** GO only if every required item has passed; a section waits for the required items before it. */
function judged(
  sections: FakeChecklist,
  environment: Checklist["environment"],
  running: Checklist["running"],
): Checklist {
  const open = ({ required, state, expired }: ChecklistItem) => required && (state !== "pass" || expired);
  const blocking: string[] = [];
  const phases = sections.map(({ id, title, items }) => {
    const waits_for = id === "rollback" ? [] : [...blocking];
    const own = items.filter(open);
    blocking.push(...own.map((item) => item.id));
    const status: PhaseStatus =
      waits_for.length > 0
        ? "waiting"
        : own.some(({ state }) => state === "fail")
          ? "fail"
          : own.length > 0 || !items.some(({ state }) => state === "pass")
            ? "open"
            : "pass";
    return { id, title, status, waits_for, items };
  });
  return { verdict: blocking.length === 0 ? "GO" : "NO-GO", environment, phases, blocking, running };
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

const has = (words: string | null | undefined, value: string | null) =>
  words == null || words.split(",").some((word) => word.toLowerCase() === value?.toLowerCase());

function matching(referrals: FakeReferral[], query: ReferralQuery, mine: Set<string>): FakeReferral[] {
  const search = query.search?.toLowerCase() ?? "";
  return referrals
    .filter((item) => statusMatches(item, query.status ?? "All"))
    .filter((item) => query.expiring == null || expiresWithin(item, query.expiring))
    .filter((item) => has(query.kind, item.kind) && has(query.link, item.link_status))
    .filter((item) => has(query.substatus, item.substatus) && has(query.direction, item.direction))
    .filter((item) => has(query.country, item.customer_country) && has(query.currency, item.currency ?? "none"))
    .filter((item) => has(query.qualification, item.qualification))
    .filter((item) => query.min_value == null || Number(item.deal_value ?? Number.NaN) >= Number(query.min_value))
    .filter((item) => query.max_value == null || Number(item.deal_value ?? Number.NaN) <= Number(query.max_value))
    .filter((item) => !query.mine || mine.has(item.referral_id))
    .filter((item) => !query.starred || item.starred)
    .filter((item) => !query.unseen || item.unseen != null)
    .filter((item) => !query.contact_wanted || item.contact_until != null)
    .filter((item) => query.engagement == null || item.engagement_id === query.engagement)
    .filter((item) => [item.customer_name, item.name, item.domain, item.note].join(" ").toLowerCase().includes(search));
}

function choices(referrals: FakeReferral[], field: keyof ReferralItem): Choice[] {
  const counted = new Map<string, number>();
  for (const item of referrals) {
    const value = item[field];
    if (typeof value === "string") counted.set(value, (counted.get(value) ?? 0) + 1);
  }
  return [...counted].map(([value, count]) => ({ value, referrals: count })).sort((a, b) => b.referrals - a.referrals);
}

const sum = (items: FakeReferral[]) => items.reduce((total, { deal_value }) => total + Number(deal_value ?? 0), 0);

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

const noInsights: Insights = {
  pipeline: [],
  received: [],
  closed: [],
  answers: [],
  median_answer_hours: null,
  answered: 0,
  expired: 0,
};

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
  exporting: null,
  scanning: null,
  enrichment: false,
  checklist: { verdict: "GO", blocking: 0 },
  warnings: [],
  recovered: null,
};

export const emptyDetails: ReferralDetails["details"] = {
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

const emptyErasure: Erasure = {
  kind: "by_hand",
  profile: "ayse",
  erased_at: "2026-03-10T12:00:00Z",
  cutoff: "",
  referrals: 0,
  payloads: 0,
  changes: 0,
  companies: 0,
  backups_rewritten: 0,
  backups_removed: 0,
  copies_removed: 0,
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
