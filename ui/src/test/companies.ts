import type { CompanyDetails, Part, Signals } from "../api/bindings";
import type { FakeCompany } from "../platform/fakeCompanies";
import { inHours } from "./samples";

const signals = (domain: string): Signals => ({
  domain,
  mx: { answer: "found", value: ["aspmx.l.google.com", "alt1.aspmx.l.google.com"] },
  spf: {
    answer: "found",
    value: {
      includes: 1,
      lookups: 4,
      is_valid: true,
      names: ["_spf.google.com"],
      record: "v=spf1 include:_spf.google.com ~all",
    },
  },
  dmarc: { answer: "found", value: { policy: "none", record: "v=DMARC1; p=none" } },
  dkim: { answer: "found", value: ["google"] },
  ns: { answer: "unanswered" },
  tenant: { answer: "absent" },
});

const partsOf = (score: number): Part[] => [
  { reason: "provider", points: score - 10 },
  { reason: "spf_found", points: 10 },
  { reason: "dkim_found", points: 10 },
  { reason: "dmarc_none", points: -10 },
];

/** A company whose mail is with Google: 60 points, worth moving, unless it is told otherwise. */
export const scanned = (company_id: number, domain: string, change: Partial<CompanyDetails> = {}): FakeCompany => ({
  company_id,
  domain,
  provider: "google",
  segment: "migration",
  score: 60,
  parts: partsOf(change.score ?? 60),
  signals: signals(domain),
  is_complete: true,
  scanned_at: inHours(-20),
  is_stale: false,
  history: [
    { score: 60, segment: "migration", provider: "google", rules_version: 2, scored_at: inHours(-20) },
    { score: null, segment: null, provider: "unknown", rules_version: 1, scored_at: inHours(-700) },
  ],
  ...change,
});
