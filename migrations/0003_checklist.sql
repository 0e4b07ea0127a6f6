CREATE TABLE checklist_results (
    result_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id     TEXT NOT NULL,
    environment TEXT NOT NULL,
    basis       TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL CHECK (state IN ('pass', 'fail', 'manual', 'not_run', 'skipped')),
    evidence    TEXT NOT NULL DEFAULT '{}',
    note        TEXT NOT NULL DEFAULT '',
    account     TEXT NOT NULL DEFAULT '',
    checked_at  TEXT NOT NULL
) STRICT;

CREATE INDEX checklist_results_by_item ON checklist_results (environment, item_id, result_id);
