CREATE TABLE sync_run_requests (
    run_seq           INTEGER NOT NULL REFERENCES sync_runs (run_seq) ON DELETE CASCADE,
    position          INTEGER NOT NULL,
    cause             TEXT NOT NULL,
    status            INTEGER NOT NULL DEFAULT 0,
    code              TEXT NOT NULL DEFAULT '',
    request_id        TEXT NOT NULL DEFAULT '',
    client_request_id TEXT NOT NULL DEFAULT '',
    failed_at         TEXT NOT NULL,
    PRIMARY KEY (run_seq, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE referral_notices (
    referral_id TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('new', 'expiring')),
    told_at     TEXT NOT NULL,
    PRIMARY KEY (referral_id, kind)
) STRICT, WITHOUT ROWID;

INSERT INTO referral_notices (referral_id, kind, told_at)
SELECT referral_id, 'new', synced_at FROM partner_center_referrals;

CREATE TABLE referral_doubts (
    referral_id TEXT NOT NULL PRIMARY KEY,
    asked_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Nothing asks by these yet, and every write paid for them.
DROP INDEX IF EXISTS referrals_by_company;
DROP INDEX IF EXISTS referrals_by_engagement;
DROP INDEX IF EXISTS referrals_by_raw_lead;
