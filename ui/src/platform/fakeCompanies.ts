import type {
  CompanyCandidate,
  CompanyChange,
  CompanyDetails,
  CompanyQuery,
  CompanyRow,
  CompanyRows,
  ErrorBody,
  Part,
} from "../api/bindings";
import { fold } from "../i18n/fold";
import type { FakeReferral } from "./fake";

/** A company with what is known of it; what is left out follows from its referrals. */
export type FakeCompany = Partial<CompanyDetails> & { company_id: number };

type Tie = Pick<FakeReferral, "company_id" | "link_status" | "domain">;
type Done = { change: CompanyChange; ties: Map<string, Tie>; merged: Map<number, number>; known: FakeCompany[] };

const COSELL_BONUS = 15;

/** The companies of an engine in memory: those of its referrals, and what a person did to them. */
export class FakeCompanies {
  #known: FakeCompany[];
  /** What was joined with what. */
  #merged = new Map<number, number>();
  /** How referrals were tied before a person tied them. */
  readonly #before = new Map<string, Tie>();
  #done: Done[] = [];
  readonly #held: { referrals: FakeReferral[] };

  constructor(held: { referrals: FakeReferral[] }, known: FakeCompany[]) {
    this.#held = held;
    this.#known = known;
  }

  list(query: CompanyQuery): CompanyRows {
    const [field, direction] = (query.sort ?? "score:desc").split(":") as [keyof CompanyRow, string];
    const sign = direction === "desc" ? -1 : 1;
    const one = (words: string | null | undefined, value: string | null) =>
      words == null || words.split(",").some((word) => word === value);
    const found = this.#all()
      .filter((row) => fold(`${row.name ?? ""} ${row.domain}`).includes(fold(query.search ?? "")))
      .filter((row) => one(query.segment, row.segment) && one(query.provider, row.provider))
      .filter((row) => one(query.country, row.country))
      .filter(({ score }) => query.min_score == null || (score !== null && score >= query.min_score))
      .filter(({ score }) => query.max_score == null || (score !== null && score <= query.max_score))
      .sort((a, b) => sign * String(a[field] ?? "").localeCompare(String(b[field] ?? ""), "en", { numeric: true }));
    const offset = query.offset ?? 0;
    return { total: found.length, rows: found.slice(offset, offset + (query.limit ?? found.length)) };
  }

  show(id: number): CompanyDetails {
    const row = this.#find(id);
    const known = this.#facts(id);
    return {
      signals: null,
      parts: [],
      is_complete: row.score !== null,
      history: [],
      tenant: null,
      note: "",
      noted_at: null,
      ...known,
      ...row,
      merged: [...this.#merged]
        .filter(([, into]) => into === id)
        .map(([from]) => ({ company_id: from, name: this.#nameOf(from), domain: this.#domainOf(from) })),
    };
  }

  /** The company that a referral counts for: the one that its own was joined with. */
  companyOf({ company_id }: FakeReferral): number | null {
    let id = company_id;
    for (let into = id; into !== undefined && into !== null; into = this.#merged.get(into) ?? null) id = into;
    return id;
  }

  scored(item: FakeReferral): Pick<CompanyRow, "score" | "segment"> & { priority: number; priority_parts: Part[] } {
    const id = this.companyOf(item);
    const { score = null, segment = null } = id === null ? {} : this.#facts(id);
    const parts: Part[] = [
      { reason: "score", points: score ?? 0 },
      { reason: "co_sell", points: item.kind === "co-sell" ? COSELL_BONUS : 0 },
    ];
    const priority_parts = parts.filter(({ points }) => points !== 0);
    const priority = priority_parts.reduce((sum, { points }) => sum + points, 0);
    return { score, segment, priority, priority_parts };
  }

  candidates(item: FakeReferral, search: string | null): CompanyCandidate[] {
    const words = (text: string | null) =>
      fold(text ?? "")
        .split(/[^\p{L}\p{N}]+/u)
        .filter(Boolean);
    const wanted = words(item.customer_name);
    return this.#all()
      .map(({ company_id, name, domain, referrals }) => {
        const shared = wanted.filter((word) => words(name).includes(word)).length;
        return { company_id, name, domain, referrals, similarity: Math.round((100 * shared) / (wanted.length || 1)) };
      })
      .filter(({ name, domain, similarity }) =>
        search ? fold(`${name ?? ""} ${domain}`).includes(fold(search)) : similarity > 0,
      )
      .sort((a, b) => b.similarity - a.similarity);
  }

  link(ids: string[], company: number | null, domain: string | null): void {
    const id = company === null ? this.#named(domain ?? "") : this.#find(company).company_id;
    this.#keep("link", ids.length, id);
    this.#tie(ids, (item) => {
      if (!this.#before.has(item.referral_id)) this.#before.set(item.referral_id, tieOf(item));
      return { company_id: id, link_status: "linked_manually", domain: item.domain };
    });
  }

  unlink(ids: string[]): void {
    const first = this.#held.referrals.find(({ referral_id }) => ids.includes(referral_id));
    this.#keep("unlink", ids.length, first?.company_id ?? null);
    this.#tie(ids, (item) => {
      const before = this.#before.get(item.referral_id);
      return before ?? { company_id: null, link_status: "unlinked", domain: item.domain };
    });
  }

  merge(into: number, from: number[]): void {
    const referrals = from.reduce((sum, id) => sum + this.#find(id).referrals, 0);
    this.#keep("merge", referrals, into);
    for (const id of from) this.#merged.set(id, into);
  }

  split(id: number): void {
    const own = this.#held.referrals.filter(({ company_id }) => company_id === id);
    this.#keep("split", own.length, id);
    this.#merged.delete(id);
  }

  /** What is found out about a company, or noted about it. */
  amend(id: number, facts: Partial<CompanyDetails>): void {
    const amended = { ...this.#facts(id), ...facts, company_id: id };
    this.#known = [...this.#known.filter(({ company_id }) => company_id !== id), amended];
  }

  last(): CompanyChange | null {
    return this.#done.at(-1)?.change ?? null;
  }

  /** Takes back the last change and tells which it was. */
  undo(): CompanyChange | null {
    const last = this.#done.pop();
    if (!last) return null;
    this.#merged = last.merged;
    this.#known = last.known;
    this.#tie([...last.ties.keys()], (item) => last.ties.get(item.referral_id) ?? tieOf(item));
    return last.change;
  }

  #all(): CompanyRow[] {
    const named = [
      ...this.#known.map(({ company_id }) => company_id),
      ...this.#held.referrals.map((item) => item.company_id),
    ];
    const ids = new Set(named.filter((id) => id !== null && !this.#merged.has(id)));
    return [...ids].map((id) => this.#rowOf(id as number));
  }

  #rowOf(id: number): CompanyRow {
    const own = this.#held.referrals.filter((item) => this.companyOf(item) === id);
    const known = this.#facts(id);
    const unlinked = own.filter(({ link_status }) => link_status === "unlinked" || link_status === "multi_candidate");
    return {
      company_id: id,
      name: this.#nameOf(id),
      domain: this.#domainOf(id),
      country: known.country ?? own[0]?.customer_country ?? null,
      size: known.size ?? null,
      provider: known.provider ?? null,
      segment: known.segment ?? null,
      score: known.score ?? null,
      referrals: own.length,
      open: own.filter(({ status }) => status === "New" || status === "Active").length,
      kinds: [...new Set(own.map(({ kind }) => kind))],
      link: unlinked.length === 0 ? "linked" : unlinked.length === own.length ? "unlinked" : "mixed",
      scanned_at: known.scanned_at ?? null,
      is_stale: known.is_stale ?? known.scanned_at == null,
    };
  }

  #facts(id: number): FakeCompany {
    return this.#known.find(({ company_id }) => company_id === id) ?? { company_id: id };
  }

  #nameOf(id: number): string | null {
    return this.#facts(id).name ?? this.#held.referrals.find((item) => item.company_id === id)?.customer_name ?? null;
  }

  #domainOf(id: number): string {
    const own = this.#held.referrals.find(({ company_id, domain }) => company_id === id && domain !== null);
    return this.#facts(id).domain ?? own?.domain ?? `company-${id}.example`;
  }

  #find(id: number): CompanyRow {
    const row = this.#all().find(({ company_id }) => company_id === id);
    if (row) return row;
    throw { code: "company_not_found", message: `No company ${id}`, hint: null, retry: "never" } satisfies ErrorBody;
  }

  /** The company of a domain, a new one if there is none. */
  #named(domain: string): number {
    if (!/^[^\s.]+(\.[^\s.]+)+$/.test(domain)) {
      throw { code: "not_a_domain", message: "This is no domain.", hint: null, retry: "never" } satisfies ErrorBody;
    }
    const all = this.#all();
    const held = all.find((row) => row.domain === domain);
    if (held) return held.company_id;
    const id = 1 + Math.max(0, ...all.map(({ company_id }) => company_id), ...this.#merged.keys());
    this.#known = [...this.#known, { company_id: id, domain }];
    return id;
  }

  #keep(kind: CompanyChange["kind"], referrals: number, company: number | null): void {
    const name = company === null ? null : (this.#nameOf(company) ?? this.#domainOf(company));
    this.#done.push({
      change: { kind, changed_at: "2026-03-10T11:30:00Z", referrals, company: name },
      ties: new Map(this.#held.referrals.map((item) => [item.referral_id, tieOf(item)])),
      merged: new Map(this.#merged),
      known: this.#known,
    });
  }

  #tie(ids: string[], tie: (item: FakeReferral) => Tie): void {
    this.#held.referrals = this.#held.referrals.map((item) =>
      ids.includes(item.referral_id) ? { ...item, ...tie(item) } : item,
    );
  }
}

const tieOf = ({ company_id, link_status, domain }: FakeReferral): Tie => ({ company_id, link_status, domain });
