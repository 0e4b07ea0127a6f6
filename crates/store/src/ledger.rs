//! What is on record of runs and of each referral, as it is told.

use std::collections::BTreeMap;

use hunter_referral::FieldChange;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{FromRow, Row};
use ts_rs::TS;

use crate::error::StoreError;
use crate::open::Store;
use crate::row::shortest_text;
use crate::runs::{FailedRequest, ItemOutcome, Mode, RunStatus};

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

    async fn seq_of(&self, run_id: &str) -> Result<Option<i64>, StoreError> {
        Ok(sqlx::query_scalar("SELECT run_seq FROM sync_runs WHERE run_id = ? AND status <> 'running'")
            .bind(run_id)
            .fetch_optional(&self.readers)
            .await?)
    }

    pub(crate) async fn summary_of(&self, seq: i64) -> Result<Summary, StoreError> {
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
