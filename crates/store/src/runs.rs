//! The ledger of runs: how they are put on record, closed and, in time, forgotten.

use hunter_referral::sortable;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use ts_rs::TS;

use crate::error::StoreError;
use crate::ledger::Summary;
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
/// What a run saw of referrals without a company; said as its index says it, since SQLite does not look at bound values.
const UNLINKED: &str =
    "SELECT count(*) FROM partner_center_referrals WHERE link_status = 'unlinked' AND seen_in = ";

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
        query.push(", unlinked = (").push(UNLINKED).push_bind(run.seq);
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
             AND run_seq NOT IN (SELECT seen_in FROM partner_center_referrals)",
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
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::page::Step;
    use crate::scores::DUE;
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
    async fn a_run_that_brings_nothing_reads_next_to_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("hunter.db")).await.unwrap();
        for question in [format!("{UNLINKED} 7"), DUE.to_owned()] {
            let explain = format!("EXPLAIN QUERY PLAN {question}");
            let mut plan = sqlx::QueryBuilder::<sqlx::Sqlite>::new(explain);
            let plan: Vec<(i64, i64, i64, String)> =
                plan.build_query_as().fetch_all(&store.readers).await.unwrap();
            let steps: Vec<&str> = plan.iter().map(|(.., step)| step.as_str()).collect();
            assert!(steps.iter().any(|step| step.starts_with("SEARCH")), "{steps:?}");
            assert!(!steps.iter().any(|step| step.starts_with("SCAN")), "{steps:?}");
        }
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
