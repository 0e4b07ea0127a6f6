ALTER TABLE companies ADD COLUMN size TEXT NOT NULL DEFAULT '';
ALTER TABLE companies ADD COLUMN folded TEXT NOT NULL DEFAULT '';
ALTER TABLE companies ADD COLUMN azure_tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE companies ADD COLUMN merged_into INTEGER REFERENCES companies (company_id);
ALTER TABLE companies ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE companies ADD COLUMN segment TEXT NOT NULL DEFAULT '';
ALTER TABLE companies ADD COLUMN score INTEGER;
ALTER TABLE companies ADD COLUMN score_stamp TEXT NOT NULL DEFAULT '';
ALTER TABLE companies ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE companies ADD COLUMN noted_at TEXT;

CREATE INDEX companies_by_merged_into ON companies (merged_into) WHERE merged_into IS NOT NULL;

-- What name servers said of a domain, once for all of its referrals.
CREATE TABLE domain_signals (
    domain     TEXT NOT NULL PRIMARY KEY,
    signals    TEXT NOT NULL,
    scanned_at TEXT NOT NULL,
    renew_at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE company_scores (
    score_id   INTEGER PRIMARY KEY,
    company_id INTEGER NOT NULL REFERENCES companies (company_id) ON DELETE CASCADE,
    score      INTEGER,
    segment    TEXT NOT NULL DEFAULT '',
    provider   TEXT NOT NULL DEFAULT '',
    stamp      TEXT NOT NULL,
    scored_at  TEXT NOT NULL
) STRICT;

CREATE INDEX company_scores_by_company ON company_scores (company_id, score_id);

-- What a person did to companies, with what was there before, so that it can be undone.
CREATE TABLE company_changes (
    change_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL CHECK (kind IN ('link', 'unlink', 'merge', 'split')),
    company_id INTEGER,
    before     TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    undone_at  TEXT NOT NULL DEFAULT ''
) STRICT;

ALTER TABLE partner_center_referrals ADD COLUMN score INTEGER;
ALTER TABLE partner_center_referrals ADD COLUMN segment TEXT NOT NULL DEFAULT '';
ALTER TABLE partner_center_referrals ADD COLUMN lasting_priority INTEGER NOT NULL DEFAULT 0;

DROP INDEX IF EXISTS referrals_list;
DROP INDEX IF EXISTS referrals_by_company;
CREATE INDEX referrals_list ON partner_center_referrals (
    gone_at, status, expires_at, updated_at, kind, link_status, substatus, direction, customer_country, currency,
    qualification, deal_amount, created_at, closing_at, closed_at, contact_until, company_id, customer_sort, domain,
    score, segment, lasting_priority);
CREATE INDEX referrals_by_company ON partner_center_referrals (company_id, gone_at, status, kind);

INSERT INTO search_queue (referral_key) SELECT referral_key FROM partner_center_referrals WHERE TRUE
ON CONFLICT DO NOTHING;
