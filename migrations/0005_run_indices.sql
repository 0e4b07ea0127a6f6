CREATE INDEX sync_runs_by_status ON sync_runs (status, finished_at);
CREATE INDEX sync_runs_by_cause ON sync_runs (cause) WHERE cause <> '';
