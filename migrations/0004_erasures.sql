CREATE TABLE erasures (
    erasure_id        INTEGER PRIMARY KEY,
    kind              TEXT NOT NULL CHECK (kind IN ('by_hand', 'retention', 'account')),
    profile           TEXT NOT NULL DEFAULT '',
    erased_at         TEXT NOT NULL,
    cutoff            TEXT NOT NULL DEFAULT '',
    referrals         INTEGER NOT NULL DEFAULT 0,
    payloads          INTEGER NOT NULL DEFAULT 0,
    changes           INTEGER NOT NULL DEFAULT 0,
    companies         INTEGER NOT NULL DEFAULT 0,
    backups_rewritten INTEGER NOT NULL DEFAULT 0,
    backups_removed   INTEGER NOT NULL DEFAULT 0,
    copies_removed    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The service goes on listing what was erased here; the mark tells whether it has changed there since.
CREATE TABLE erased_referrals (
    referral_id TEXT NOT NULL PRIMARY KEY,
    mark        BLOB NOT NULL,
    erased_at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
