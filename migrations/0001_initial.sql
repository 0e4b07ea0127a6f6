CREATE TABLE raw_leads (
    raw_lead_id    INTEGER PRIMARY KEY,
    source         TEXT NOT NULL DEFAULT 'partnercenter',
    external_id    TEXT NOT NULL,
    payload_sha256 BLOB NOT NULL,
    payload        TEXT NOT NULL,
    received_at    TEXT NOT NULL,
    UNIQUE (source, external_id, payload_sha256)
) STRICT;

CREATE TABLE companies (
    company_id INTEGER PRIMARY KEY,
    domain     TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL DEFAULT '',
    country    TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE sync_runs (
    run_seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id      TEXT NOT NULL UNIQUE,
    status      TEXT NOT NULL CHECK (status IN ('running', 'completed', 'partial', 'skipped', 'failed')),
    mode        TEXT NOT NULL CHECK (mode IN ('full', 'incremental')),
    cause       TEXT NOT NULL DEFAULT '',
    reason      TEXT NOT NULL DEFAULT '',
    fetched     INTEGER NOT NULL DEFAULT 0,
    inserted    INTEGER NOT NULL DEFAULT 0,
    updated     INTEGER NOT NULL DEFAULT 0,
    unchanged   INTEGER NOT NULL DEFAULT 0,
    skipped     INTEGER NOT NULL DEFAULT 0,
    failed      INTEGER NOT NULL DEFAULT 0,
    unlinked    INTEGER NOT NULL DEFAULT 0,
    gone        INTEGER NOT NULL DEFAULT 0,
    pages       INTEGER NOT NULL DEFAULT 0,
    bytes       INTEGER NOT NULL DEFAULT 0,
    started_at  TEXT NOT NULL,
    finished_at TEXT NOT NULL DEFAULT '',
    CHECK (fetched = inserted + updated + unchanged + skipped + failed)
) STRICT;

CREATE TABLE sync_run_items (
    run_seq     INTEGER NOT NULL REFERENCES sync_runs (run_seq) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    referral_id TEXT,
    outcome     TEXT NOT NULL CHECK (outcome IN ('inserted', 'updated', 'skipped', 'failed', 'gone')),
    reason      TEXT NOT NULL DEFAULT '',
    changes     TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (run_seq, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX sync_run_items_by_referral ON sync_run_items (referral_id, run_seq);

CREATE TABLE sync_state (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE partner_center_referrals (
    referral_id       TEXT NOT NULL PRIMARY KEY,
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
    closing_at        TEXT,
    expires_at        TEXT,
    expires_estimated INTEGER NOT NULL DEFAULT 0,
    gone_at           TEXT,
    synced_at         TEXT NOT NULL,
    seen_in           INTEGER NOT NULL REFERENCES sync_runs (run_seq),
    customer_sort     TEXT NOT NULL DEFAULT '',
    search_text       TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX referrals_by_status ON partner_center_referrals (gone_at, status);
CREATE INDEX referrals_by_updated ON partner_center_referrals (updated_at);
CREATE INDEX referrals_by_expiry ON partner_center_referrals (expires_at);
CREATE INDEX referrals_by_customer ON partner_center_referrals (customer_sort);
CREATE INDEX referrals_by_company ON partner_center_referrals (company_id);
CREATE INDEX referrals_by_engagement ON partner_center_referrals (engagement_id);
CREATE INDEX referrals_by_raw_lead ON partner_center_referrals (raw_lead_id);
CREATE INDEX referrals_by_last_seen ON partner_center_referrals (seen_in);
