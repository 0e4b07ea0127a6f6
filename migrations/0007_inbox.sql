-- The key that search, notes and marks hold on to: a rowid of its own stays when the file is written anew.
DROP INDEX IF EXISTS referrals_by_status;
DROP INDEX IF EXISTS referrals_by_updated;
DROP INDEX IF EXISTS referrals_by_expiry;
DROP INDEX IF EXISTS referrals_by_customer;
ALTER TABLE partner_center_referrals RENAME TO former_referrals;

CREATE TABLE partner_center_referrals (
    referral_key      INTEGER PRIMARY KEY,
    referral_id       TEXT NOT NULL UNIQUE,
    raw_lead_id       INTEGER NOT NULL REFERENCES raw_leads (raw_lead_id),
    engagement_id     TEXT NOT NULL DEFAULT '',
    name              TEXT NOT NULL DEFAULT '',
    customer_name     TEXT NOT NULL DEFAULT '',
    customer_country  TEXT NOT NULL DEFAULT '',
    kind              TEXT NOT NULL,
    type              TEXT NOT NULL DEFAULT '',
    qualification     TEXT NOT NULL DEFAULT '',
    direction         TEXT NOT NULL DEFAULT '',
    status            TEXT NOT NULL DEFAULT '',
    substatus         TEXT NOT NULL DEFAULT '',
    deal_value        TEXT,
    deal_amount       REAL GENERATED ALWAYS AS (CAST(deal_value AS REAL)) VIRTUAL,
    currency          TEXT NOT NULL DEFAULT '',
    domain            TEXT,
    link_status       TEXT NOT NULL CHECK (link_status IN ('auto_linked', 'unlinked', 'multi_candidate', 'linked_manually')),
    company_id        INTEGER REFERENCES companies (company_id),
    created_at        TEXT,
    updated_at        TEXT,
    accepted_at       TEXT,
    closed_at         TEXT,
    closing_at        TEXT,
    expires_at        TEXT,
    expires_estimated INTEGER NOT NULL DEFAULT 0,
    contact_until     TEXT,
    gone_at           TEXT,
    synced_at         TEXT NOT NULL,
    seen_in           INTEGER NOT NULL REFERENCES sync_runs (run_seq),
    customer_sort     TEXT NOT NULL DEFAULT '',
    unseen            TEXT NOT NULL DEFAULT '' CHECK (unseen IN ('', 'new', 'changed'))
) STRICT;

INSERT INTO partner_center_referrals (
    referral_id, raw_lead_id, engagement_id, name, customer_name, customer_country, kind, type, qualification,
    direction, status, substatus, deal_value, currency, domain, link_status, company_id, created_at, updated_at,
    closing_at, expires_at, expires_estimated, gone_at, synced_at, seen_in, customer_sort)
SELECT
    referral_id, raw_lead_id, engagement_id, name, customer_name, customer_country, kind, type, qualification,
    direction, status, substatus, deal_value, currency, domain, link_status, company_id, created_at, updated_at,
    closing_at, expires_at, expires_estimated, gone_at, synced_at, seen_in, customer_sort
FROM former_referrals ORDER BY referral_id;

DROP TABLE former_referrals;

-- Holds all that the list filters and sorts by, so that it is answered without reading rows.
CREATE INDEX referrals_list ON partner_center_referrals (
    gone_at, status, expires_at, updated_at, kind, link_status, substatus, direction, customer_country, currency,
    qualification, deal_amount, created_at, closing_at, closed_at, contact_until, company_id, customer_sort, domain);
CREATE INDEX referrals_by_updated ON partner_center_referrals (updated_at);
CREATE INDEX referrals_by_customer ON partner_center_referrals (nullif(customer_sort, ''));
CREATE INDEX referrals_by_engagement ON partner_center_referrals (engagement_id);
CREATE INDEX referrals_by_company ON partner_center_referrals (company_id);
CREATE INDEX referrals_open_value ON partner_center_referrals (currency, deal_amount)
    WHERE gone_at IS NULL AND status IN ('New', 'Active');
CREATE INDEX referrals_won ON partner_center_referrals (closed_at)
    WHERE gone_at IS NULL AND status = 'Closed' AND substatus = 'Won';
CREATE INDEX referrals_unseen ON partner_center_referrals (unseen) WHERE unseen <> '';

-- What a person adds; no sync touches it.
CREATE TABLE referral_marks (
    referral_key INTEGER PRIMARY KEY REFERENCES partner_center_referrals (referral_key) ON DELETE CASCADE,
    starred      INTEGER NOT NULL DEFAULT 0,
    note         TEXT NOT NULL DEFAULT '',
    noted_at     TEXT
) STRICT;

CREATE INDEX referral_marks_starred ON referral_marks (starred) WHERE starred = 1;

CREATE TABLE referral_team (
    referral_key INTEGER NOT NULL REFERENCES partner_center_referrals (referral_key) ON DELETE CASCADE,
    address      TEXT NOT NULL,
    PRIMARY KEY (referral_key, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX referral_team_by_address ON referral_team (address);

CREATE VIRTUAL TABLE referral_search USING fts5 (
    customer, name, domain, people, other, note,
    content = '', contentless_delete = 1, tokenize = 'unicode61', prefix = '1 2 3');

-- Referrals whose team and words are still to be read from their payload.
CREATE TABLE search_queue (
    referral_key INTEGER PRIMARY KEY REFERENCES partner_center_referrals (referral_key) ON DELETE CASCADE
) STRICT;

INSERT INTO search_queue (referral_key) SELECT referral_key FROM partner_center_referrals;

CREATE TABLE saved_views (
    view_id    INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    query      TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
