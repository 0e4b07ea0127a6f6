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

-- No query needs these, and every write paid for them.
DROP INDEX referrals_by_expiry;
DROP INDEX referrals_by_customer;
DROP INDEX referrals_by_company;
DROP INDEX referrals_by_engagement;
DROP INDEX referrals_by_raw_lead;
