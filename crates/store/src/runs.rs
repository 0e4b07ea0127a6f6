use std::collections::BTreeMap;

use hunter_referral::{FieldChange, LinkStatus, sortable};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{FromRow, Row};
use ts_rs::TS;

use crate::error::StoreError;
use crate::open::Store;
use crate::row::shortest_text;

/// How much of the collection a run reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Everything.
    Full,
    /// What changed since the last run.
    Incremental,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Every referral is accounted for.
    Completed,
    /// Some items failed, or the run broke off after something was stored.
    Partial,
    /// Nothing was asked of the service.
    Skipped,
    /// It broke off before anything was stored.
    Failed,
}

macro_rules! words {
    ($name:ident { $($word:ident = $text:literal),+ $(,)? }) => {
        impl $name {
            /// The word used in the database and in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text,)+ }
            }

            /// The value of a word.
            pub fn parse(text: &str) -> Option<Self> {
                [$(Self::$word),+].into_iter().find(|word| word.as_str() == text)
            }
        }
    };
}

words!(Mode { Full = "full", Incremental = "incremental" });
words!(RunStatus { Completed = "completed", Partial = "partial", Skipped = "skipped", Failed = "failed" });

/// What became of a referral in a run; one that did not change leaves no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ItemOutcome {
    /// Stored for the first time.
    Inserted,
    /// Its payload changed.
    Updated,
    /// Not kept, by a rule.
    Skipped,
    /// It could not be kept.
    Failed,
    /// The service has it no longer.
    Gone,
}

words!(ItemOutcome {
    Inserted = "inserted",
    Updated = "updated",
    Skipped = "skipped",
    Failed = "failed",
    Gone = "gone"
});

/// A run under way.
#[derive(Debug, Clone)]
pub struct SyncRun {
    /// Its place in the ledger.
    pub seq: i64,
    /// Its id.
    pub run_id: String,
    /// Whether what it brings is news to a person: not before everything was read once.
    pub brings_news: bool,
}

/// How a run ends; with what it stored and failed, this decides its [`RunStatus`].
#[derive(Debug, Clone)]
pub enum RunEnd {
    /// Everything was read.
    Complete,
    /// Something stopped it.
    BrokeOff {
        /// A code of what it was.
        cause: String,
        /// The same in words.
        reason: String,
    },
    /// Nothing was asked of the service.
    Skipped {
        /// A code of the rule.
        cause: String,
        /// The same in words.
        reason: String,
    },
}

/// The status of a run that something stopped.
const BROKE_OFF: &str = "iif(inserted + updated + unchanged > 0, 'partial', 'failed')";

/// How long runs stay on record.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 400);
/// How many runs, and how many of their items, stay on record; the newest run keeps all of its own.
const MOST_RUNS: i64 = 100_000;
const MOST_ITEMS: i64 = 500_000;

/// One failed item of a run.
#[derive(Debug, Clone, FromRow, Serialize, TS)]
pub struct RunFailure {
    /// Its id, if it has one.
    pub referral_id: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

/// A run as it is reported: `fetched = inserted + updated + unchanged + skipped_count + failure_count`.
#[derive(Debug, Clone, Serialize, TS)]
#[expect(missing_docs, reason = "the fields' names say it")]
pub struct Summary {
    pub run_id: String,
    pub status: RunStatus,
    pub mode: Mode,
    pub reason: Option<String>,
    #[ts(type = "number")]
    pub fetched: i64,
    #[ts(type = "number")]
    pub inserted: i64,
    #[ts(type = "number")]
    pub updated: i64,
    #[ts(type = "number")]
    pub unchanged: i64,
    #[ts(type = "number")]
    pub success_count: i64,
    #[ts(type = "number")]
    pub failure_count: i64,
    #[ts(type = "number")]
    pub skipped_count: i64,
    #[ts(type = "Record<string, number>")]
    pub skipped: BTreeMap<String, i64>,
    pub failures: Vec<RunFailure>,
    #[ts(type = "number")]
    pub unlinked: i64,
    #[ts(type = "number")]
    pub gone: i64,
    #[ts(type = "number")]
    pub pages: i64,
    #[ts(type = "number")]
    pub bytes: i64,
    #[ts(type = "number")]
    pub duration_ms: i64,
    #[serde(serialize_with = "shortest_text")]
    pub started_at: String,
    #[serde(serialize_with = "shortest_text")]
    pub finished_at: String,
    /// A code of what broke the run off; empty if nothing did.
    #[serde(skip)]
    pub cause: String,
}

/// Runs, newest first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RunPage {
    /// How many are on record.
    #[ts(type = "number")]
    pub total: i64,
    /// Those asked for.
    pub runs: Vec<Summary>,
}

/// What became of one referral in a run.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RunItem {
    /// Its id, if it has one.
    pub referral_id: Option<String>,
    /// The customer, or the referral's own name; `None` where it is not stored.
    pub name: Option<String>,
    /// What became of it.
    pub outcome: ItemOutcome,
    /// Why, for a skip or a failure.
    pub reason: Option<String>,
    /// Field by field.
    pub changes: Vec<FieldChange>,
}

/// Some of a run's items, in the order in which they came.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RunItems {
    /// How many there are.
    #[ts(type = "number")]
    pub total: i64,
    /// Those asked for.
    pub items: Vec<RunItem>,
}

/// A request of a run that was refused or not answered, as Microsoft's support asks for it.
#[derive(Debug, Clone, FromRow, Serialize, TS)]
pub struct FailedRequest {
    /// A code of what went wrong.
    pub cause: String,
    /// The HTTP status; 0 if nobody answered.
    pub status: u16,
    /// The service's own code.
    pub code: String,
    /// The service's name for the call.
    pub request_id: String,
    /// Hunter's name for the call.
    pub client_request_id: String,
    /// When it failed.
    #[serde(serialize_with = "shortest_text")]
    pub failed_at: String,
}

/// One entry of a referral's history.
#[derive(Debug, Clone, Serialize, TS)]
pub struct HistoryEntry {
    /// When the run began.
    #[serde(serialize_with = "shortest_text")]
    pub at: String,
    /// The run.
    pub run_id: String,
    /// What became of the referral.
    pub outcome: ItemOutcome,
    /// Why, for a skip or a failure.
    pub reason: Option<String>,
    /// Field by field.
    pub changes: Vec<FieldChange>,
}

impl Store {
    /// Puts a new run on record as running.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn start_run(&self, run_id: String, mode: Mode, now: Timestamp) -> Result<SyncRun, StoreError> {
        let query = "INSERT INTO sync_runs (run_id, status, mode, started_at) VALUES (?, 'running', ?, ?) \
                     RETURNING run_seq";
        let seq = sqlx::query_scalar(query)
            .bind(&run_id)
            .bind(mode.as_str())
            .bind(sortable(now))
            .fetch_one(&self.writer)
            .await?;
        let brings_news = self.position().await?.first_pass_at.is_some();
        Ok(SyncRun { seq, run_id, brings_news })
    }

    /// Closes a run and tells what it did.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn finish_run(
        &self,
        run: &SyncRun,
        end: RunEnd,
        now: Timestamp,
    ) -> Result<Summary, StoreError> {
        let (status, cause, reason) = match end {
            RunEnd::Complete => ("iif(failed > 0, 'partial', 'completed')", String::new(), String::new()),
            RunEnd::BrokeOff { cause, reason } => (BROKE_OFF, cause, reason),
            RunEnd::Skipped { cause, reason } => ("'skipped'", cause, reason),
        };
        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new("UPDATE sync_runs SET status = ");
        query.push(status).push(", cause = ").push_bind(cause).push(", reason = ").push_bind(reason);
        query.push(", finished_at = ").push_bind(sortable(now));
        query
            .push(", unlinked = (SELECT count(*) FROM partner_center_referrals WHERE seen_in = ")
            .push_bind(run.seq);
        query.push(" AND link_status = ").push_bind(LinkStatus::Unlinked.as_str());
        query.push(") WHERE run_seq = ").push_bind(run.seq);
        query.build().execute(&self.writer).await?;
        self.summary_of(run.seq).await
    }

    /// Closes runs that were never finished because their program ended; call it only while no run can be under way.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn close_interrupted_runs(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new("UPDATE sync_runs SET status = ");
        query.push(BROKE_OFF);
        query.push(", cause = 'interrupted', reason = 'Hunter ended before the sync did', finished_at = ");
        query.push_bind(sortable(now)).push(" WHERE status = 'running'");
        Ok(query.build().execute(&self.writer).await?.rows_affected())
    }

    /// The newest run that has not ended; it is under way only while somebody holds the profile's lock.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn unfinished_run(&self) -> Result<Option<String>, StoreError> {
        let query = "SELECT run_id FROM sync_runs WHERE status = 'running' ORDER BY run_seq DESC LIMIT 1";
        Ok(sqlx::query_scalar(query).fetch_optional(&self.readers).await?)
    }

    /// Whether a run is on record and has not ended.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn is_unfinished(&self, run_id: &str) -> Result<bool, StoreError> {
        let query = "SELECT count(*) > 0 FROM sync_runs WHERE run_id = ? AND status = 'running'";
        Ok(sqlx::query_scalar(query).bind(run_id).fetch_one(&self.readers).await?)
    }

    /// The newest finished run, skipped ones included.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn last_run(&self) -> Result<Option<Summary>, StoreError> {
        self.newest("status <> 'running'").await
    }

    /// The newest run that asked something of the service and has ended.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn last_sync(&self) -> Result<Option<(i64, Summary)>, StoreError> {
        let Some(summary) = self.newest("status NOT IN ('running', 'skipped')").await? else {
            return Ok(None);
        };
        let seq = sqlx::query_scalar("SELECT run_seq FROM sync_runs WHERE run_id = ?")
            .bind(&summary.run_id)
            .fetch_one(&self.readers)
            .await?;
        Ok(Some((seq, summary)))
    }

    /// When the newest complete run ended; by their order, as a clock may have been ahead.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn last_success_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let query =
            "SELECT finished_at FROM sync_runs WHERE +status = 'completed' ORDER BY run_seq DESC LIMIT 1";
        let at: Option<String> = sqlx::query_scalar(query).fetch_optional(&self.readers).await?;
        Ok(at.and_then(|at| at.parse().ok()))
    }

    /// Finished runs, newest first: all of them, or those after which the list of referrals looks otherwise.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn runs(&self, only_changes: bool, limit: u32, offset: u32) -> Result<RunPage, StoreError> {
        let total = sqlx::query_scalar(
            "SELECT count(*) FROM sync_runs WHERE status <> 'running' AND (NOT ? OR inserted + updated + gone > 0)",
        )
        .bind(only_changes)
        .fetch_one(&self.readers)
        .await?;
        let seqs: Vec<i64> = sqlx::query_scalar(
            "SELECT run_seq FROM sync_runs WHERE status <> 'running' AND (NOT ? OR inserted + updated + gone > 0) \
             ORDER BY run_seq DESC LIMIT ? OFFSET ?",
        )
        .bind(only_changes)
        .bind(limit)
        .bind(offset)
        .fetch_all(&self.readers)
        .await?;
        let mut runs = Vec::with_capacity(seqs.len());
        for seq in seqs {
            runs.push(self.summary_of(seq).await?);
        }
        Ok(RunPage { total, runs })
    }

    /// One finished run.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn run(&self, run_id: &str) -> Result<Option<Summary>, StoreError> {
        match self.seq_of(run_id).await? {
            Some(seq) => self.summary_of(seq).await.map(Some),
            None => Ok(None),
        }
    }

    /// What became of a run's referrals, of one outcome or of all; those that did not change are not among them.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn run_items(
        &self,
        run_id: &str,
        outcome: Option<ItemOutcome>,
        limit: u32,
        offset: u32,
    ) -> Result<RunItems, StoreError> {
        let condition = "FROM sync_run_items WHERE run_seq = (SELECT run_seq FROM sync_runs WHERE run_id = ?1) \
                         AND (?2 IS NULL OR outcome = ?2)";
        let outcome = outcome.map(ItemOutcome::as_str);
        let total = sqlx::QueryBuilder::<sqlx::Sqlite>::new(format!("SELECT count(*) {condition}"))
            .build_query_scalar()
            .bind(run_id)
            .bind(outcome)
            .fetch_one(&self.readers)
            .await?;
        let query = format!(
            "SELECT referral_id, outcome, reason, changes, (SELECT iif(customer_name = '', name, customer_name) \
             FROM partner_center_referrals r WHERE r.referral_id = sync_run_items.referral_id) AS name \
             {condition} ORDER BY position LIMIT ?3 OFFSET ?4"
        );
        let rows = sqlx::QueryBuilder::<sqlx::Sqlite>::new(query)
            .build()
            .bind(run_id)
            .bind(outcome)
            .bind(limit)
            .bind(offset)
            .fetch_all(&self.readers)
            .await?;
        let items = rows
            .into_iter()
            .map(|row| {
                let reason: String = row.try_get("reason")?;
                let Json(changes) = row.try_get("changes")?;
                Ok(RunItem {
                    referral_id: row.try_get("referral_id")?,
                    name: row.try_get("name")?,
                    outcome: word(row.try_get("outcome")?, ItemOutcome::parse)?,
                    reason: Some(reason).filter(|reason| !reason.is_empty()),
                    changes,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(RunItems { total, items })
    }

    /// The requests of a run that failed.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn failed_requests(&self, run_id: &str) -> Result<Vec<FailedRequest>, StoreError> {
        let query = "SELECT r.cause, r.status, r.code, r.request_id, r.client_request_id, r.failed_at \
                     FROM sync_run_requests r JOIN sync_runs s USING (run_seq) WHERE s.run_id = ? ORDER BY r.position";
        Ok(sqlx::query_as(query).bind(run_id).fetch_all(&self.readers).await?)
    }

    /// Puts a request that failed on record.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn record_failed_request(
        &self,
        run: &SyncRun,
        request: &FailedRequest,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sync_run_requests (run_seq, position, cause, status, code, request_id, client_request_id, \
             failed_at) SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7 \
             FROM sync_run_requests WHERE run_seq = ?1",
        )
        .bind(run.seq)
        .bind(&request.cause)
        .bind(request.status)
        .bind(&request.code)
        .bind(&request.request_id)
        .bind(&request.client_request_id)
        .bind(&request.failed_at)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Drops the oldest records where there are too many; a run that a referral was last seen in stays.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn thin_ledger(&self, now: Timestamp) -> Result<(), StoreError> {
        self.thin_ledger_to(now, MOST_RUNS, MOST_ITEMS).await
    }

    async fn thin_ledger_to(
        &self,
        now: Timestamp,
        most_runs: i64,
        most_items: i64,
    ) -> Result<(), StoreError> {
        let oldest = now.checked_sub(KEPT_FOR).unwrap_or(Timestamp::MIN);
        let mut transaction = self.begin().await?;
        sqlx::query(
            "DELETE FROM sync_runs WHERE status <> 'running' \
             AND (started_at < ?1 OR run_seq <= (SELECT max(run_seq) - ?2 FROM sync_runs)) \
             AND run_seq < (SELECT max(run_seq) FROM sync_runs) \
             AND NOT EXISTS (SELECT 1 FROM partner_center_referrals WHERE seen_in = run_seq)",
        )
        .bind(sortable(oldest))
        .bind(most_runs)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM sync_run_items WHERE run_seq < (SELECT max(run_seq) FROM sync_runs) \
             AND run_seq <= (SELECT max(run_seq) FROM (SELECT run_seq, sum(count(*)) OVER (ORDER BY run_seq DESC) \
             AS so_far FROM sync_run_items GROUP BY run_seq) WHERE so_far > ?)",
        )
        .bind(most_items)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn seq_of(&self, run_id: &str) -> Result<Option<i64>, StoreError> {
        Ok(sqlx::query_scalar("SELECT run_seq FROM sync_runs WHERE run_id = ? AND status <> 'running'")
            .bind(run_id)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// What runs did to one referral, newest first.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn history(&self, referral_id: &str) -> Result<Vec<HistoryEntry>, StoreError> {
        let query = "SELECT s.started_at, s.run_id, i.outcome, i.reason, i.changes FROM sync_run_items i \
             JOIN sync_runs s USING (run_seq) WHERE i.referral_id = ? ORDER BY i.run_seq DESC";
        let rows = sqlx::query(query).bind(referral_id).fetch_all(&self.readers).await?;
        rows.into_iter()
            .map(|row| {
                let reason: String = row.try_get("reason")?;
                let Json(changes) = row.try_get("changes")?;
                Ok(HistoryEntry {
                    at: row.try_get("started_at")?,
                    run_id: row.try_get("run_id")?,
                    outcome: word(row.try_get("outcome")?, ItemOutcome::parse)?,
                    reason: Some(reason).filter(|reason| !reason.is_empty()),
                    changes,
                })
            })
            .collect()
    }

    async fn newest(&self, condition: &str) -> Result<Option<Summary>, StoreError> {
        let query = format!("SELECT run_seq FROM sync_runs WHERE {condition} ORDER BY run_seq DESC LIMIT 1");
        let seq: Option<i64> = sqlx::QueryBuilder::<sqlx::Sqlite>::new(query)
            .build_query_scalar()
            .fetch_optional(&self.readers)
            .await?;
        match seq {
            Some(seq) => self.summary_of(seq).await.map(Some),
            None => Ok(None),
        }
    }

    async fn summary_of(&self, seq: i64) -> Result<Summary, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let row = sqlx::query("SELECT * FROM sync_runs WHERE run_seq = ?")
            .bind(seq)
            .fetch_one(&mut *snapshot)
            .await?;
        let (skipped_count, failure_count): (i64, i64) = (row.try_get("skipped")?, row.try_get("failed")?);
        // Most runs have none, and a first one has a line for every referral.
        let mut skipped: Vec<(String, i64)> = Vec::new();
        if skipped_count > 0 {
            let query = "SELECT reason, count(*) FROM sync_run_items \
                         WHERE run_seq = ? AND outcome = 'skipped' GROUP BY reason";
            skipped = sqlx::query_as(query).bind(seq).fetch_all(&mut *snapshot).await?;
        }
        let mut failures = Vec::new();
        if failure_count > 0 {
            let query = "SELECT referral_id, reason FROM sync_run_items \
                         WHERE run_seq = ? AND outcome = 'failed' ORDER BY position";
            failures = sqlx::query_as(query).bind(seq).fetch_all(&mut *snapshot).await?;
        }
        let (started_at, finished_at): (String, String) =
            (row.try_get("started_at")?, row.try_get("finished_at")?);
        let (inserted, updated, unchanged): (i64, i64, i64) =
            (row.try_get("inserted")?, row.try_get("updated")?, row.try_get("unchanged")?);
        let reason: String = row.try_get("reason")?;
        Ok(Summary {
            run_id: row.try_get("run_id")?,
            status: word(row.try_get("status")?, RunStatus::parse)?,
            mode: word(row.try_get("mode")?, Mode::parse)?,
            reason: Some(reason).filter(|reason| !reason.is_empty()),
            fetched: row.try_get("fetched")?,
            inserted,
            updated,
            unchanged,
            success_count: inserted + updated + unchanged,
            failure_count,
            skipped_count,
            skipped: skipped.into_iter().collect(),
            failures,
            unlinked: row.try_get("unlinked")?,
            gone: row.try_get("gone")?,
            pages: row.try_get("pages")?,
            bytes: row.try_get("bytes")?,
            duration_ms: milliseconds(&started_at, &finished_at),
            started_at,
            finished_at,
            cause: row.try_get("cause")?,
        })
    }
}

pub(crate) fn milliseconds(from: &str, to: &str) -> i64 {
    match (from.parse::<Timestamp>(), to.parse::<Timestamp>()) {
        (Ok(from), Ok(to)) => i64::try_from(to.duration_since(from).as_millis()).unwrap_or_default().max(0),
        _ => 0,
    }
}

pub(crate) fn word<T>(text: String, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
    parse(&text).ok_or_else(|| StoreError::Damaged(format!("unknown word {text:?} in the ledger")))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::page::Step;
    use crate::versions::Version;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
    }

    async fn run(store: &Store, day: i64, ids: &[&str]) -> SyncRun {
        let run = store.start_run(format!("day {day}"), Mode::Full, at(day)).await.unwrap();
        let payloads: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":"{id}","day":{day}}}"#)).collect();
        let steps: Vec<Step<'_>> = payloads
            .iter()
            .map(|payload| Step::Insert { version: Version::read(payload).unwrap() })
            .collect();
        let mut page = store.begin_pages(&run, at(day)).await.unwrap();
        page.apply(&steps).await.unwrap();
        page.commit(1, 1).await.unwrap();
        store.finish_run(&run, RunEnd::Complete, at(day)).await.unwrap();
        run
    }

    async fn kept(store: &Store) -> Vec<String> {
        let page = store.runs(false, 100, 0).await.unwrap();
        assert_eq!(page.total, i64::try_from(page.runs.len()).unwrap());
        page.runs.into_iter().map(|run| run.run_id).collect()
    }

    /// The newest counts, and not the one of a clock that was ahead.
    #[tokio::test]
    async fn the_last_success_is_the_last_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("hunter.db")).await.unwrap();
        assert_eq!(store.last_success_at().await.unwrap(), None);
        run(&store, 365, &["1"]).await;
        run(&store, 1, &["2"]).await;
        assert_eq!(store.last_success_at().await.unwrap(), Some(at(1)));
        let failed = store.start_run("failed".to_owned(), Mode::Full, at(2)).await.unwrap();
        let end = RunEnd::BrokeOff { cause: "network".to_owned(), reason: String::new() };
        store.finish_run(&failed, end, at(2)).await.unwrap();
        assert_eq!(store.last_success_at().await.unwrap(), Some(at(1)));
    }

    #[tokio::test]
    async fn the_ledger_is_bounded_by_age_and_by_size() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("hunter.db")).await.unwrap();
        run(&store, 0, &["1", "2"]).await;
        run(&store, 1, &["1"]).await;
        run(&store, 300, &["1"]).await;
        run(&store, 410, &["1", "3"]).await;
        store.thin_ledger(at(410)).await.unwrap();
        assert_eq!(kept(&store).await, ["day 410", "day 300", "day 0"], "referral 2 was last seen on day 0");
        store.thin_ledger_to(at(410), 100, 3).await.unwrap();
        assert_eq!(store.run_items("day 300", None, 9, 0).await.unwrap().total, 1);
        assert_eq!(store.run_items("day 0", None, 9, 0).await.unwrap().total, 0);
        store.thin_ledger_to(at(410), 1, 0).await.unwrap();
        assert_eq!(kept(&store).await, ["day 410", "day 0"]);
        assert_eq!(store.run_items("day 410", None, 9, 0).await.unwrap().total, 2);
        assert!(store.check().await.unwrap().ok);
    }
}
