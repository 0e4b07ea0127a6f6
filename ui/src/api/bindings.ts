// Written by `cargo xtask bindings` from the engine's types.

export type Kind = "co-sell" | "marketplace" | "solution-provider" | "other";

export type LinkStatus = "auto_linked" | "unlinked" | "multi_candidate" | "linked_manually";

export type ReferralItem = { 
/**
 * The service's id.
 */
referral_id: string, 
/**
 * Shared by the referrals of one deal.
 */
engagement_id: string | null, 
/**
 * What the deal is called.
 */
name: string | null, 
/**
 * The customer.
 */
customer_name: string | null, 
/**
 * The customer's country, usually two letters.
 */
customer_country: string | null, 
/**
 * The kind that decides the badge.
 */
kind: Kind, 
/**
 * `Independent`, `Shared`, or a newer word.
 */
type: string | null, 
/**
 * How far the lead was qualified.
 */
qualification: string | null, 
/**
 * `Incoming`, `Outgoing`, or a newer word.
 */
direction: string | null, 
/**
 * `New`, `Active`, `Closed`, or a newer word.
 */
status: string | null, 
/**
 * The finer state.
 */
substatus: string | null, 
/**
 * The deal's value as decimal text.
 */
deal_value: string | null, 
/**
 * ISO 4217.
 */
currency: string | null, 
/**
 * The customer's registrable domain.
 */
domain: string | null, 
/**
 * How it is tied to a company.
 */
link_status: LinkStatus, 
/**
 * The company it is tied to.
 */
company_id: number | null, 
/**
 * When the service got it.
 */
created_at: string | null, 
/**
 * When the service last changed it.
 */
updated_at: string | null, 
/**
 * When it expires unless answered.
 */
expires_at: string | null, 
/**
 * True where the record gives no date.
 */
expires_estimated: boolean, 
/**
 * When the deal is expected to close.
 */
closing_at: string | null, 
/**
 * When the service was found to have it no longer.
 */
gone_at: string | null, 
/**
 * When a sync last saw it.
 */
synced_at: string, };

export type Segment = "existing" | "migration" | "cold" | "skip";

export type ProviderId = "m365" | "google" | "yandex" | "zoho" | "amazon_ses" | "sendgrid" | "mailgun" | "hosting" | "local" | "unknown";

export type ReasonId = "no_mx" | "mx_unanswered" | "provider" | "spf_found" | "spf_invalid" | "spf_absent" | "spf_unanswered" | "spf_many_includes" | "dkim_found" | "dkim_absent" | "dkim_unanswered" | "dmarc_reject" | "dmarc_quarantine" | "dmarc_none" | "dmarc_absent" | "dmarc_unanswered" | "hosting_unprotected" | "azure_tenant" | "lowest" | "highest" | "score" | "co_sell" | "time_left" | "contact_wanted" | "deal_value";

export type Part = { reason: ReasonId, points: number, };

export type DnsAnswer<T> = { "answer": "found", "value": T } | { "answer": "absent" } | { "answer": "unanswered" };

export type Spf = { 
/**
 * `include` mechanisms of the domain's own policy, that is of its record and of those it redirects to.
 */
includes: number, 
/**
 * Mechanisms that make a receiver look something up, those of included policies as well.
 */
lookups: number, 
/**
 * Whether receivers can use it: one record, well formed, at most ten lookups, no loop, no dead end.
 */
is_valid: boolean, 
/**
 * Domains that it includes or redirects to, those of included policies as well.
 */
names: Array<string>, 
/**
 * The domain's record as published; where there are several, the first in order of the alphabet.
 */
record: string, };

export type DmarcPolicy = "none" | "quarantine" | "reject" | string;

export type Dmarc = { policy: DmarcPolicy, 
/**
 * As published.
 */
record: string, };

export type TenantEvidence = "mx" | "spf" | "verification" | "dkim" | "autodiscover" | "device_registration";

export type TenantHint = { 
/**
 * The tenant's own name such as `contoso.onmicrosoft.com`, where a record tells it.
 */
name: string | null, 
/**
 * Which records point there, each kind once.
 */
evidence: Array<TenantEvidence>, };

export type Signals = { 
/**
 * The registrable domain, in Unicode.
 */
domain: string, 
/**
 * Hosts that take mail, the preferred one first, in ASCII and lower case; a null MX counts as none.
 */
mx: DnsAnswer<Array<string>>, spf: DnsAnswer<Spf>, dmarc: DnsAnswer<Dmarc>, 
/**
 * Common selectors under which there is a key.
 */
dkim: DnsAnswer<Array<string>>, 
/**
 * Name servers, sorted.
 */
ns: DnsAnswer<Array<string>>, tenant: DnsAnswer<TenantHint>, };

export type CompanyLink = "linked" | "unlinked" | "mixed";

export type CompanyRow = { 
/**
 * Its number.
 */
company_id: number, 
/**
 * What its first referral called it.
 */
name: string | null, 
/**
 * Its registrable domain.
 */
domain: string, 
/**
 * Usually two letters.
 */
country: string | null, 
/**
 * As the customer's profile tells it.
 */
size: string | null, 
/**
 * Who takes its mail.
 */
provider: ProviderId | null, 
/**
 * What it is worth a call for.
 */
segment: Segment | null, 
/**
 * 0 to 100.
 */
score: number | null, 
/**
 * All its referrals.
 */
referrals: number, 
/**
 * Those that are New or Active.
 */
open: number, 
/**
 * The kinds of its referrals.
 */
kinds: Array<Kind>, 
/**
 * Whether all of its referrals are tied to it.
 */
link: CompanyLink, 
/**
 * When its domain was last scanned.
 */
scanned_at: string | null, 
/**
 * Never scanned, or longer ago than a scan is good for.
 */
is_stale: boolean, };

export type CompanyRows = { 
/**
 * How many match in all.
 */
total: number, 
/**
 * Those of this window.
 */
rows: Array<CompanyRow>, };

export type CompanyQuery = { 
/**
 * Words that must all occur in name or domain.
 */
search?: string | null, 
/**
 * `existing`, `migration`, `cold` or `skip`.
 */
segment?: string | null, 
/**
 * Who takes the mail, such as `google`.
 */
provider?: string | null, 
/**
 * The country.
 */
country?: string | null, 
/**
 * With at least this score.
 */
min_score?: number | null, 
/**
 * With at most this score.
 */
max_score?: number | null, 
/**
 * A column, with `:asc` or `:desc`.
 */
sort?: string | null, 
/**
 * How many rows at most.
 */
limit?: number | null, 
/**
 * How many rows to pass over.
 */
offset?: number | null, };

export type ScoreOnRecord = { 
/**
 * 0 to 100; none where nobody answered.
 */
score: number | null, 
/**
 * What it was worth a call for.
 */
segment: Segment | null, 
/**
 * Who took its mail.
 */
provider: ProviderId, 
/**
 * The version of the rules.
 */
rules_version: number, 
/**
 * When.
 */
scored_at: string, };

export type MergedCompany = { 
/**
 * Its number.
 */
company_id: number, 
/**
 * Its name.
 */
name: string | null, 
/**
 * Its domain.
 */
domain: string, };

export type CompanyDetails = { 
/**
 * What name servers said of its domain.
 */
signals: Signals | null, 
/**
 * Why the score is what it is.
 */
parts: Array<Part>, 
/**
 * Whether every question that counts was answered.
 */
is_complete: boolean, 
/**
 * Scores, newest first.
 */
history: Array<ScoreOnRecord>, 
/**
 * Companies that a person joined with it.
 */
merged: Array<MergedCompany>, 
/**
 * The Azure tenant that its referrals or its domain's records name.
 */
tenant: string | null, 
/**
 * What a person wrote to it.
 */
note: string, 
/**
 * When the note was last changed.
 */
noted_at: string | null, 
/**
 * Its number.
 */
company_id: number, 
/**
 * What its first referral called it.
 */
name: string | null, 
/**
 * Its registrable domain.
 */
domain: string, 
/**
 * Usually two letters.
 */
country: string | null, 
/**
 * As the customer's profile tells it.
 */
size: string | null, 
/**
 * Who takes its mail.
 */
provider: ProviderId | null, 
/**
 * What it is worth a call for.
 */
segment: Segment | null, 
/**
 * 0 to 100.
 */
score: number | null, 
/**
 * All its referrals.
 */
referrals: number, 
/**
 * Those that are New or Active.
 */
open: number, 
/**
 * The kinds of its referrals.
 */
kinds: Array<Kind>, 
/**
 * Whether all of its referrals are tied to it.
 */
link: CompanyLink, 
/**
 * When its domain was last scanned.
 */
scanned_at: string | null, 
/**
 * Never scanned, or longer ago than a scan is good for.
 */
is_stale: boolean, };

export type CompanyCandidate = { 
/**
 * Its number.
 */
company_id: number, 
/**
 * Its name.
 */
name: string | null, 
/**
 * Its domain.
 */
domain: string, 
/**
 * All its referrals.
 */
referrals: number, 
/**
 * How alike the names are, 0 to 100.
 */
similarity: number, };

export type ChangeKind = "link" | "unlink" | "merge" | "split";

export type CompanyChange = { 
/**
 * What.
 */
kind: ChangeKind, 
/**
 * When.
 */
changed_at: string, 
/**
 * How many referrals it moved.
 */
referrals: number, 
/**
 * The company's name, or its domain.
 */
company: string | null, };

export type ScanProgress = { 
/**
 * Domains that are done.
 */
done: number, 
/**
 * Domains to scan.
 */
total: number, };

export type Unseen = "new" | "changed";

export type ReferralRow = { 
/**
 * Marked by hand.
 */
starred: boolean, 
/**
 * Whether a person wrote a note to it.
 */
has_note: boolean, 
/**
 * New or changed since somebody looked.
 */
unseen: Unseen | null, 
/**
 * How many referrals share its engagement, itself included.
 */
related: number, 
/**
 * How many referrals its company has, itself included.
 */
of_company: number, 
/**
 * Until when the customer's wish to be contacted is fresh.
 */
contact_until: string | null, 
/**
 * The company's score.
 */
score: number | null, 
/**
 * What the company is worth a call for.
 */
segment: Segment | null, 
/**
 * Score, bonus, urgency and value in one figure: what to call first.
 */
priority: number, 
/**
 * The service's id.
 */
referral_id: string, 
/**
 * Shared by the referrals of one deal.
 */
engagement_id: string | null, 
/**
 * What the deal is called.
 */
name: string | null, 
/**
 * The customer.
 */
customer_name: string | null, 
/**
 * The customer's country, usually two letters.
 */
customer_country: string | null, 
/**
 * The kind that decides the badge.
 */
kind: Kind, 
/**
 * `Independent`, `Shared`, or a newer word.
 */
type: string | null, 
/**
 * How far the lead was qualified.
 */
qualification: string | null, 
/**
 * `Incoming`, `Outgoing`, or a newer word.
 */
direction: string | null, 
/**
 * `New`, `Active`, `Closed`, or a newer word.
 */
status: string | null, 
/**
 * The finer state.
 */
substatus: string | null, 
/**
 * The deal's value as decimal text.
 */
deal_value: string | null, 
/**
 * ISO 4217.
 */
currency: string | null, 
/**
 * The customer's registrable domain.
 */
domain: string | null, 
/**
 * How it is tied to a company.
 */
link_status: LinkStatus, 
/**
 * The company it is tied to.
 */
company_id: number | null, 
/**
 * When the service got it.
 */
created_at: string | null, 
/**
 * When the service last changed it.
 */
updated_at: string | null, 
/**
 * When it expires unless answered.
 */
expires_at: string | null, 
/**
 * True where the record gives no date.
 */
expires_estimated: boolean, 
/**
 * When the deal is expected to close.
 */
closing_at: string | null, 
/**
 * When the service was found to have it no longer.
 */
gone_at: string | null, 
/**
 * When a sync last saw it.
 */
synced_at: string, };

export type ReferralRows = { 
/**
 * How many referrals match in all.
 */
total: number, 
/**
 * Those of this window.
 */
rows: Array<ReferralRow>, };

export type ReferralQuery = { 
/**
 * `Open` (New or Active), `New`, `Active`, `Closed` or `All`; the setting `referral_status` where it is missing.
 */
status?: string | null, 
/**
 * The finer state.
 */
substatus?: string | null, 
/**
 * `co-sell`, `marketplace`, `solution-provider` or `other`.
 */
kind?: string | null, 
/**
 * `Incoming` or `Outgoing`.
 */
direction?: string | null, 
/**
 * `auto_linked`, `unlinked`, `multi_candidate` or `linked_manually`.
 */
link?: string | null, 
/**
 * The customer's country.
 */
country?: string | null, 
/**
 * Unanswered ones that expire within so many days.
 */
expiring?: number | null, 
/**
 * Deals in this currency; `none` for those without one.
 */
currency?: string | null, 
/**
 * How far the lead was qualified.
 */
qualification?: string | null, 
/**
 * Deals worth at least so much, as decimal text.
 */
min_value?: string | null, 
/**
 * Deals worth at most so much, as decimal text.
 */
max_value?: string | null, 
/**
 * Those whose team holds the account's address.
 */
mine?: boolean | null, 
/**
 * Those marked by hand.
 */
starred?: boolean | null, 
/**
 * Those that came or changed since somebody looked.
 */
unseen?: boolean | null, 
/**
 * Unanswered ones whose customer asked for contact within the last 72 hours.
 */
contact_wanted?: boolean | null, 
/**
 * What the company is worth a call for: `existing`, `migration`, `cold` or `skip`.
 */
segment?: string | null, 
/**
 * Those whose company has at least this score.
 */
min_score?: number | null, 
/**
 * Those of one engagement.
 */
engagement?: string | null, 
/**
 * Those of one company.
 */
company?: number | null, 
/**
 * Received on this day (UTC) or later, `2026-03-01`.
 */
created_from?: string | null, 
/**
 * Received on this day or earlier.
 */
created_to?: string | null, 
/**
 * Closed on this day or later.
 */
closed_from?: string | null, 
/**
 * Closed on this day or earlier.
 */
closed_to?: string | null, 
/**
 * Words whose beginnings must all occur.
 */
search?: string | null, 
/**
 * A column, with `:asc` or `:desc`.
 */
sort?: string | null, 
/**
 * How many rows at most.
 */
limit?: number | null, 
/**
 * How many rows to pass over.
 */
offset?: number | null, };

export type Amount = { 
/**
 * ISO 4217, if the deals name one.
 */
currency: string | null, 
/**
 * Decimal text, rounded to two digits.
 */
value: string, 
/**
 * How many referrals it is the sum of.
 */
referrals: number, };

export type Tiles = { 
/**
 * Unanswered.
 */
new: number, 
/**
 * Unanswered, expiring within three days.
 */
expiring: number, 
/**
 * Accepted and under way.
 */
active: number, 
/**
 * Won since the quarter began.
 */
won_this_quarter: number, 
/**
 * The first day of the quarter (UTC), `2026-10-01`.
 */
quarter_from: string, 
/**
 * What open referrals are worth, the currency of the most referrals first.
 */
open_value: Array<Amount>, 
/**
 * New or changed since somebody looked.
 */
unseen: number, 
/**
 * Unanswered, with a customer who asked for contact within the last 72 hours.
 */
contact_wanted: number, };

export type Choice = { 
/**
 * The word.
 */
value: string, 
/**
 * How many have it.
 */
referrals: number, };

export type Choices = { substatus: Array<Choice>, country: Array<Choice>, currency: Array<Choice>, direction: Array<Choice>, qualification: Array<Choice>, };

export type SavedView = { 
/**
 * Its number.
 */
id: number, 
/**
 * What a person calls it.
 */
name: string, 
/**
 * What it asks for.
 */
query: ReferralQuery, };

export type ExportFormat = "xlsx" | "csv" | "json";

export type ExportProgress = { 
/**
 * Referrals written.
 */
done: number, 
/**
 * Referrals to write.
 */
total: number, };

export type StageSum = { 
/**
 * `New`, `Active`, or a newer word.
 */
status: string | null, 
/**
 * The finer state.
 */
substatus: string | null, 
/**
 * ISO 4217.
 */
currency: string | null, 
/**
 * How many.
 */
referrals: number, 
/**
 * What they are worth as decimal text, rounded to two digits, if any tells.
 */
value: string | null, };

export type MonthOfKind = { 
/**
 * `2026-03`.
 */
month: string, 
/**
 * The kind.
 */
kind: Kind, 
/**
 * How many.
 */
referrals: number, };

export type MonthOfClosed = { 
/**
 * `2026-03`.
 */
month: string, 
/**
 * Won.
 */
won: number, 
/**
 * Lost.
 */
lost: number, 
/**
 * Declined.
 */
declined: number, 
/**
 * Expired.
 */
expired: number, };

export type MonthOfAnswers = { 
/**
 * `2026-03`.
 */
month: string, 
/**
 * How many were answered.
 */
answered: number, 
/**
 * From receipt to acceptance.
 */
median_hours: number, };

export type Insights = { 
/**
 * Open referrals by stage and currency.
 */
pipeline: Array<StageSum>, 
/**
 * When referrals came, oldest month first.
 */
received: Array<MonthOfKind>, 
/**
 * How they ended, oldest month first.
 */
closed: Array<MonthOfClosed>, 
/**
 * How long answers took, oldest month first.
 */
answers: Array<MonthOfAnswers>, 
/**
 * The median over all of them.
 */
median_answer_hours: number | null, 
/**
 * How many were answered.
 */
answered: number, 
/**
 * How many expired without an answer.
 */
expired: number, };

export type Reach = "mail" | "phone";

export type Side = "customer" | "partner";

export type Contact = { 
/**
 * Whose person it is.
 */
side: Side, first_name: string | null, last_name: string | null, title: string | null, email: string | null, phone: string | null, 
/**
 * The language the person prefers, such as `tr-TR`.
 */
locale: string | null, };

export type Address = { line1: string | null, line2: string | null, city: string | null, state: string | null, region: string | null, postal_code: string | null, country: string | null, };

export type Details = { notes: string | null, status_reason: string | null, organization_name: string | null, external_reference_id: string | null, customer_size: string | null, address: Address, customer_requested_contact: boolean | null, invited_by: string | null, invite_notes: string | null, accepted_at: string | null, closed_at: string | null, campaign_id: string | null, sales_stage: string | null, tags: Array<string>, industries: Array<string>, products: Array<string>, services: Array<string>, solutions: Array<string>, offers: Array<string>, };

export type FieldChange = { 
/**
 * The column's name, or the field's path in the payload.
 */
field: string, 
/**
 * The value before; null where the field was absent.
 */
from: unknown, 
/**
 * The value after; null where the field is absent.
 */
to: unknown, };

export type ItemOutcome = "inserted" | "updated" | "skipped" | "failed" | "gone";

export type HistoryEntry = { 
/**
 * When the run began.
 */
at: string, 
/**
 * The run.
 */
run_id: string, 
/**
 * What became of the referral.
 */
outcome: ItemOutcome, 
/**
 * Why, for a skip or a failure.
 */
reason: string | null, 
/**
 * Field by field.
 */
changes: Array<FieldChange>, };

export type ReferralDetails = { 
/**
 * Why its priority is what it is.
 */
priority_parts: Array<Part>, 
/**
 * What a person wrote to it; empty if nothing.
 */
note: string, 
/**
 * When the note was last changed.
 */
noted_at: string | null, 
/**
 * The people it names.
 */
contacts: Array<Contact>, 
/**
 * What it tells beyond its row.
 */
details: Details, 
/**
 * What syncs did to it, newest first.
 */
history: Array<HistoryEntry>, 
/**
 * Marked by hand.
 */
starred: boolean, 
/**
 * Whether a person wrote a note to it.
 */
has_note: boolean, 
/**
 * New or changed since somebody looked.
 */
unseen: Unseen | null, 
/**
 * How many referrals share its engagement, itself included.
 */
related: number, 
/**
 * How many referrals its company has, itself included.
 */
of_company: number, 
/**
 * Until when the customer's wish to be contacted is fresh.
 */
contact_until: string | null, 
/**
 * The company's score.
 */
score: number | null, 
/**
 * What the company is worth a call for.
 */
segment: Segment | null, 
/**
 * Score, bonus, urgency and value in one figure: what to call first.
 */
priority: number, 
/**
 * The service's id.
 */
referral_id: string, 
/**
 * Shared by the referrals of one deal.
 */
engagement_id: string | null, 
/**
 * What the deal is called.
 */
name: string | null, 
/**
 * The customer.
 */
customer_name: string | null, 
/**
 * The customer's country, usually two letters.
 */
customer_country: string | null, 
/**
 * The kind that decides the badge.
 */
kind: Kind, 
/**
 * `Independent`, `Shared`, or a newer word.
 */
type: string | null, 
/**
 * How far the lead was qualified.
 */
qualification: string | null, 
/**
 * `Incoming`, `Outgoing`, or a newer word.
 */
direction: string | null, 
/**
 * `New`, `Active`, `Closed`, or a newer word.
 */
status: string | null, 
/**
 * The finer state.
 */
substatus: string | null, 
/**
 * The deal's value as decimal text.
 */
deal_value: string | null, 
/**
 * ISO 4217.
 */
currency: string | null, 
/**
 * The customer's registrable domain.
 */
domain: string | null, 
/**
 * How it is tied to a company.
 */
link_status: LinkStatus, 
/**
 * The company it is tied to.
 */
company_id: number | null, 
/**
 * When the service got it.
 */
created_at: string | null, 
/**
 * When the service last changed it.
 */
updated_at: string | null, 
/**
 * When it expires unless answered.
 */
expires_at: string | null, 
/**
 * True where the record gives no date.
 */
expires_estimated: boolean, 
/**
 * When the deal is expected to close.
 */
closing_at: string | null, 
/**
 * When the service was found to have it no longer.
 */
gone_at: string | null, 
/**
 * When a sync last saw it.
 */
synced_at: string, };

export type RunStatus = "completed" | "partial" | "skipped" | "failed";

export type Mode = "full" | "incremental";

export type RunFailure = { 
/**
 * Its id, if it has one.
 */
referral_id: string | null, 
/**
 * What is wrong with it.
 */
reason: string, };

export type Summary = { run_id: string, status: RunStatus, mode: Mode, reason: string | null, fetched: number, inserted: number, updated: number, unchanged: number, success_count: number, failure_count: number, skipped_count: number, skipped: Record<string, number>, failures: Array<RunFailure>, unlinked: number, gone: number, pages: number, bytes: number, duration_ms: number, started_at: string, finished_at: string, };

export type RunItem = { 
/**
 * Its id, if it has one.
 */
referral_id: string | null, 
/**
 * The customer, or the referral's own name; `None` where it is not stored.
 */
name: string | null, 
/**
 * What became of it.
 */
outcome: ItemOutcome, 
/**
 * Why, for a skip or a failure.
 */
reason: string | null, 
/**
 * Field by field.
 */
changes: Array<FieldChange>, };

export type RunItems = { 
/**
 * How many there are.
 */
total: number, 
/**
 * Those asked for.
 */
items: Array<RunItem>, };

export type FailedRequest = { 
/**
 * A code of what went wrong.
 */
cause: string, 
/**
 * The HTTP status; 0 if nobody answered.
 */
status: number, 
/**
 * The service's own code.
 */
code: string, 
/**
 * The service's name for the call.
 */
request_id: string, 
/**
 * Hunter's name for the call.
 */
client_request_id: string, 
/**
 * When it failed.
 */
failed_at: string, };

export type RunView = { 
/**
 * The run.
 */
summary: Summary, 
/**
 * What skipped it or broke it off, in the user's language.
 */
problem: ErrorBody | null, };

export type RunList = { 
/**
 * How many there are.
 */
total: number, 
/**
 * Those asked for.
 */
runs: Array<RunView>, };

export type RunDetails = { 
/**
 * The run.
 */
summary: Summary, 
/**
 * What skipped it or broke it off, in the user's language.
 */
problem: ErrorBody | null, 
/**
 * Requests that failed.
 */
failed_requests: Array<FailedRequest>, 
/**
 * What became of its referrals.
 */
items: RunItems, };

export type RetryHint = "now" | "later" | "never";

export type ErrorBody = { 
/**
 * A word that programs may rely on.
 */
code: string, 
/**
 * What happened and what it means for the data.
 */
message: string, 
/**
 * What to do.
 */
hint: string | null, 
/**
 * Whether trying again can help.
 */
retry: RetryHint, };

export type ProfileKind = "none" | "account" | "sample";

export type Profile = { 
/**
 * The name of its folder; tells nothing about the person.
 */
id: string, 
/**
 * Whose data it is.
 */
kind: ProfileKind, 
/**
 * The account's sign-in name.
 */
account: string | null, 
/**
 * The account's display name.
 */
name: string | null, };

export type Counts = { 
/**
 * New or Active.
 */
open: number, 
/**
 * Unanswered.
 */
new: number, 
/**
 * Unanswered and expiring within three days.
 */
expiring: number, 
/**
 * Accepted and under way.
 */
active: number, 
/**
 * Ended.
 */
closed: number, 
/**
 * Every referral, gone ones and unknown statuses included.
 */
all: number, };

export type SyncProgress = { 
/**
 * The run.
 */
run_id: string, 
/**
 * Pages stored.
 */
page: number, 
/**
 * Referrals fetched.
 */
fetched: number, 
/**
 * When it began.
 */
started_at: string, };

export type SyncState = "idle" | "syncing" | "offline" | "throttled" | "needs_sign_in" | "paused" | "off";

export type SyncView = { 
/**
 * In one word.
 */
state: SyncState, 
/**
 * When the service may be asked again, while it is throttled.
 */
throttled_until: string | null, 
/**
 * Whether a person paused it.
 */
paused: boolean, 
/**
 * The run under way.
 */
running: SyncProgress | null, 
/**
 * The newest run that ended.
 */
last: Summary | null, 
/**
 * When the newest complete run ended.
 */
last_success_at: string | null, 
/**
 * When the next run is due.
 */
next_at: string | null, 
/**
 * What broke off or skipped the newest run.
 */
problem: ErrorBody | null, };

export type Focus = { "kind": "referral", 
/**
 * Its id.
 */
id: string, } | { "kind": "new" } | { "kind": "expiring" };

export type Leave = "background" | "quit";

export type Desktop = { 
/**
 * It shows Hunter's icon in a tray.
 */
tray: boolean, 
/**
 * It shows notifications.
 */
notifications: boolean, };

export type SignInState = { "state": "idle" } | { "state": "starting" } | { "state": "waiting", 
/**
 * What to enter.
 */
user_code: string, 
/**
 * Where to enter it.
 */
verification_uri: string, 
/**
 * Until when.
 */
expires_at: string, 
/**
 * Whether the code is on the clipboard.
 */
copied: boolean, 
/**
 * Whether the browser was opened.
 */
browser_opened: boolean, } | { "state": "in_browser", 
/**
 * Where, for a browser that did not open.
 */
address: string, 
/**
 * Until when Hunter waits.
 */
expires_at: string, 
/**
 * Whether the browser was opened.
 */
browser_opened: boolean, } | { "state": "failed", 
/**
 * Why.
 */
error: ErrorBody, };

export type Language = "en" | "tr";

export type Environment = "dev" | "staging" | "prod";

export type Verdict = "GO" | "NO-GO";

export type ChecklistSummary = { 
/**
 * In one word.
 */
verdict: Verdict, 
/**
 * How many items stand in the way.
 */
blocking: number, };

export type Snapshot = { version: string, environment: Environment, profile: Profile, enabled: boolean, enabled_locked: boolean, configured: boolean, signed_in: boolean, needs_sign_in: boolean, account: string | null, 
/**
 * After the first sign-in with the feature flag off: the page asks once.
 */
ask_to_enable: boolean, sync: SyncView, sign_in: SignInState, counts: Counts, checklist: ChecklistSummary, language: Language, default_status: string, 
/**
 * What a click outside the window asked to see; the page says when it shows it.
 */
focus: Focus | null, 
/**
 * Whether the window waits for an answer to what closing it should do.
 */
asks_on_close: boolean, 
/**
 * What the desktop can do; `None` in a browser.
 */
desktop: Desktop | null, 
/**
 * The export under way.
 */
exporting: ExportProgress | null, 
/**
 * The scan of domains under way.
 */
scanning: ScanProgress | null, 
/**
 * Whether customers' domains may be looked up.
 */
enrichment: boolean, warnings: Array<string>, 
/**
 * What became of a damaged database, until the person dismisses it.
 */
recovered: string | null, };

export type SettingSource = "policy" | "flag" | "environment" | "file" | "default";

export type SettingInput = "boolean" | "text" | "number" | "choice";

export type SettingView = { 
/**
 * Its key in `settings.toml`.
 */
key: string, 
/**
 * Its value in force.
 */
value: string | null, 
/**
 * Its value where nobody set one.
 */
default: string | null, 
/**
 * Where the value comes from.
 */
source: SettingSource, 
/**
 * Whether it can be edited here.
 */
locked: boolean, 
/**
 * Its environment variable.
 */
variable: string, 
/**
 * How it is entered.
 */
input: SettingInput, 
/**
 * The words it accepts, for a choice.
 */
choices: Array<string>, };

export type PhaseStatus = "pass" | "fail" | "open" | "waiting";

export type How = "automatic" | "by_hand" | "action";

export type ItemState = "pass" | "fail" | "manual" | "not_run" | "skipped";

export type RollBack = "flag_off" | "forget_tokens" | "restore_backup" | "last_working_settings";

export type FixAction = { "kind": "setting", 
/**
 * Its key.
 */
key: string, } | { "kind": "sign_in" } | { "kind": "enable" } | { "kind": "sync" } | { "kind": "back_up" } | { "kind": "roll_back", 
/**
 * What.
 */
to: RollBack, };

export type Fix = { 
/**
 * In words.
 */
hint: string, 
/**
 * What a face can do at a click.
 */
action: FixAction | null, };

export type ChecklistItem = { 
/**
 * Its id, which stays the same for ever.
 */
id: string, 
/**
 * What it is called.
 */
title: string, 
/**
 * What a pass proves.
 */
proves: string, 
/**
 * Who checks it.
 */
how: How, 
/**
 * Whether the verdict depends on it here.
 */
required: boolean, 
/**
 * How it stands.
 */
state: ItemState, 
/**
 * What was found.
 */
evidence: string, 
/**
 * What a person wrote about it.
 */
note: string, 
/**
 * Who was signed in when it was found.
 */
account: string, 
/**
 * When it was found.
 */
checked_at: string | null, 
/**
 * Whether what was found no longer counts: too old, or found under other settings.
 */
expired: boolean, 
/**
 * What to do where it has not passed.
 */
fix: Fix | null, };

export type Phase = { 
/**
 * Which one.
 */
id: string, 
/**
 * Its heading.
 */
title: string, 
/**
 * How it stands.
 */
status: PhaseStatus, 
/**
 * The required items of earlier sections that have not passed.
 */
waits_for: Array<string>, 
/**
 * Its items, in their order.
 */
items: Array<ChecklistItem>, };

export type Checklist = { 
/**
 * In one word.
 */
verdict: Verdict, 
/**
 * For which environment.
 */
environment: Environment, 
/**
 * The sections, in their order.
 */
phases: Array<Phase>, 
/**
 * The required items that have not passed.
 */
blocking: Array<string>, 
/**
 * The item that is being checked now.
 */
running: string | null, };

export type Answer = "pass" | "fail" | "skip" | "clear";

export type ChecklistResult = { 
/**
 * How it stood.
 */
state: ItemState, 
/**
 * What was found.
 */
evidence: string, 
/**
 * What a person wrote about it.
 */
note: string, 
/**
 * Who was signed in.
 */
account: string, 
/**
 * When it was found.
 */
checked_at: string, };

export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";

export type LogFilter = { 
/**
 * This level and graver ones.
 */
level?: LogLevel | null, 
/**
 * Words that all occur in the line, in any letter case.
 */
text?: string | null, 
/**
 * One event.
 */
event?: string | null, 
/**
 * What one program wrote.
 */
program?: string | null, };

export type LogLine = { 
/**
 * When, in UTC.
 */
at: string, 
/**
 * How grave.
 */
level: LogLevel, 
/**
 * Which program wrote it.
 */
program: string, 
/**
 * What happened, in a word.
 */
event: string, 
/**
 * The sync run it belongs to.
 */
run_id: string | null, 
/**
 * All else that it says.
 */
text: string, };

export type LogPage = { 
/**
 * The lines.
 */
lines: Array<LogLine>, 
/**
 * Where older ones go on; `None` where nothing is older. There may be more even if the page is short.
 */
next: string | null, 
/**
 * Where newer ones go on, now or later.
 */
newest: string, 
/**
 * The programs that have a log.
 */
programs: Array<string>, };

export type DiagnosticsFile = { 
/**
 * The name of the file in the bundle.
 */
name: string, 
/**
 * How long it is.
 */
bytes: number, 
/**
 * All of it.
 */
text: string, };

export type Saved = { "kind": "saved", 
/**
 * Where.
 */
path: string, } | { "kind": "cancelled" } | { "kind": "download", 
/**
 * What it is called.
 */
name: string, 
/**
 * Its content in Base64.
 */
content: string, };

export type Topic = "referrals" | "companies" | "views" | "settings" | "runs" | "checklist";

export type Event = { "type": "state", 
/**
 * All of it.
 */
snapshot: Snapshot, } | { "type": "invalidated", 
/**
 * Which.
 */
topics: Array<Topic>, };

export type BackupCause = "daily" | "by_hand" | "before_restore" | "before_erase" | "before_migration" | "before_enable";

export type BackupView = { 
/**
 * The name of its file.
 */
name: string, 
/**
 * When it was made.
 */
made_at: string, 
/**
 * Its size.
 */
bytes: number, 
/**
 * How many referrals it holds; `None` if it cannot be read.
 */
referrals: number | null, 
/**
 * Why it was made.
 */
cause: BackupCause, };

export type Erasure = { 
/**
 * `by_hand`, `retention` or `account`.
 */
kind: "by_hand" | "retention" | "account", 
/**
 * Whose data it was: the name of the profile's folder.
 */
profile: string, 
/**
 * When.
 */
erased_at: string, 
/**
 * What had not changed since then was erased; empty for all of an account.
 */
cutoff: string, 
/**
 * Referrals.
 */
referrals: number, 
/**
 * Versions of them, as received.
 */
payloads: number, 
/**
 * Entries of the history that lost what had changed.
 */
changes: number, 
/**
 * Companies that had no other referral.
 */
companies: number, 
/**
 * Backups from which the same was erased.
 */
backups_rewritten: number, 
/**
 * Backups that were deleted, because they could not be read or all of an account went.
 */
backups_removed: number, 
/**
 * Damaged and left-over copies of the database that were deleted.
 */
copies_removed: number, };

/** Every request the page can make: its arguments and its answer. */
export type Requests = {
  snapshot: { args: Record<string, never>; answer: Snapshot };
  list_referrals: { args: { query: ReferralQuery }; answer: ReferralRows };
  place_of_referral: { args: { id: string; query: ReferralQuery }; answer: number | null };
  tiles: { args: Record<string, never>; answer: Tiles };
  choices: { args: Record<string, never>; answer: Choices };
  insights: { args: Record<string, never>; answer: Insights };
  show_referral: { args: { id: string }; answer: ReferralDetails };
  raw_referral: { args: { id: string }; answer: string };
  set_star: { args: { ids: Array<string>; starred: boolean }; answer: null };
  set_note: { args: { id: string; note: string }; answer: null };
  mark_seen: { args: { ids: Array<string> | null }; answer: null };
  copy_referrals: { args: { ids: Array<string> }; answer: null };
  export_referrals: { args: { query: ReferralQuery; ids: Array<string> | null; format: ExportFormat }; answer: Saved };
  cancel_export: { args: Record<string, never>; answer: null };
  saved_views: { args: Record<string, never>; answer: Array<SavedView> };
  save_view: { args: { name: string; query: ReferralQuery }; answer: Array<SavedView> };
  remove_view: { args: { id: number }; answer: Array<SavedView> };
  reach: { args: { by: Reach; address: string }; answer: null };
  list_companies: { args: { query: CompanyQuery }; answer: CompanyRows };
  show_company: { args: { id: number }; answer: CompanyDetails };
  scan_companies: { args: { ids: Array<number> | null }; answer: null };
  cancel_scan: { args: Record<string, never>; answer: null };
  company_candidates: { args: { id: string; search: string | null }; answer: Array<CompanyCandidate> };
  link_referrals: { args: { ids: Array<string>; company: number | null; domain: string | null }; answer: null };
  unlink_referrals: { args: { ids: Array<string> }; answer: null };
  merge_companies: { args: { into: number; from: Array<number> }; answer: null };
  split_company: { args: { id: number }; answer: null };
  set_company_note: { args: { id: number; note: string }; answer: null };
  last_company_change: { args: Record<string, never>; answer: CompanyChange | null };
  undo_company_change: { args: Record<string, never>; answer: CompanyChange | null };
  sync_now: { args: Record<string, never>; answer: null };
  look_again: { args: Record<string, never>; answer: null };
  set_paused: { args: { paused: boolean }; answer: null };
  list_runs: { args: { only_changes: boolean; limit: number; offset: number }; answer: RunList };
  show_run: { args: { id: string }; answer: RunDetails };
  run_items: { args: { id: string; outcome: ItemOutcome | null; limit: number; offset: number }; answer: RunItems };
  focus_shown: { args: Record<string, never>; answer: null };
  answer_close: { args: { leave: Leave | null; remember: boolean }; answer: null };
  sign_in: { args: Record<string, never>; answer: null };
  sign_in_in_browser: { args: Record<string, never>; answer: null };
  cancel_sign_in: { args: Record<string, never>; answer: null };
  open_sign_in_page: { args: Record<string, never>; answer: null };
  sign_out: { args: Record<string, never>; answer: null };
  explore_sample_data: { args: Record<string, never>; answer: null };
  leave_sample_data: { args: Record<string, never>; answer: null };
  answer_enable: { args: { enable: boolean }; answer: null };
  settings: { args: Record<string, never>; answer: Array<SettingView> };
  set_setting: { args: { key: string; value: string }; answer: Array<SettingView> };
  unset_setting: { args: { key: string }; answer: Array<SettingView> };
  logs: { args: { filter: LogFilter; before: string | null; limit: number }; answer: LogPage };
  newer_logs: { args: { filter: LogFilter; after: string; limit: number }; answer: LogPage };
  diagnostics_preview: { args: Record<string, never>; answer: Array<DiagnosticsFile> };
  save_diagnostics: { args: Record<string, never>; answer: Saved };
  copy_text: { args: { text: string }; answer: null };
  open_in_partner_center: { args: { id: string }; answer: null };
  checklist: { args: Record<string, never>; answer: Checklist };
  run_checklist: { args: { phase: string | null }; answer: null };
  answer_checklist_item: { args: { id: string; answer: Answer; note: string }; answer: Checklist };
  checklist_history: { args: { id: string }; answer: Array<ChecklistResult> };
  checklist_report: { args: Record<string, never>; answer: string };
  roll_back: { args: { to: RollBack }; answer: Checklist };
  backups: { args: Record<string, never>; answer: Array<BackupView> };
  back_up_now: { args: Record<string, never>; answer: Array<BackupView> };
  restore_backup: { args: { name: string }; answer: null };
  database_location: { args: Record<string, never>; answer: string };
  erase_data: { args: { older_than_days: number | null }; answer: Erasure };
  dismiss_recovery: { args: Record<string, never>; answer: null };
};
