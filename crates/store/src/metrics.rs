//! Numbers for whoever watches Hunter from outside; they come from the ledger and so survive restarts.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::error::StoreError;
use crate::ledger::{milliseconds, word};
use crate::open::Store;
use crate::runs::RunStatus;

/// A run that asked something of the service, in three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRun {
    /// How it ended.
    pub status: RunStatus,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// How long it took.
    pub duration_ms: i64,
}

impl Store {
    /// How many runs of the ledger ended in each way.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn count_runs(&self) -> Result<BTreeMap<String, i64>, StoreError> {
        let query = "SELECT status, count(*) FROM sync_runs WHERE status <> 'running' GROUP BY status";
        let counts: Vec<(String, i64)> = sqlx::query_as(query).fetch_all(&self.readers).await?;
        Ok(counts.into_iter().collect())
    }

    /// How many runs something broke off or skipped, by its code.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn count_causes(&self) -> Result<BTreeMap<String, i64>, StoreError> {
        let query = "SELECT cause, count(*) FROM sync_runs WHERE cause <> '' GROUP BY cause";
        let counts: Vec<(String, i64)> = sqlx::query_as(query).fetch_all(&self.readers).await?;
        Ok(counts.into_iter().collect())
    }

    /// How many runs have failed, at least in part, since the last complete one.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn failures_in_a_row(&self) -> Result<i64, StoreError> {
        let query = "SELECT count(*) FROM sync_runs WHERE status IN ('partial', 'failed') AND run_seq > coalesce(\
                     (SELECT run_seq FROM sync_runs WHERE +status = 'completed' ORDER BY run_seq DESC LIMIT 1), 0)";
        Ok(sqlx::query_scalar(query).fetch_one(&self.readers).await?)
    }

    /// The newest run that asked something of the service and has ended.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn last_run_in_short(&self) -> Result<Option<LastRun>, StoreError> {
        let query = "SELECT status, started_at, finished_at FROM sync_runs \
                     WHERE +status NOT IN ('running', 'skipped') ORDER BY run_seq DESC LIMIT 1";
        let row: Option<(String, String, String)> =
            sqlx::query_as(query).fetch_optional(&self.readers).await?;
        row.map(|(status, started_at, finished_at)| {
            Ok(LastRun {
                status: word(status, RunStatus::parse)?,
                duration_ms: milliseconds(&started_at, &finished_at),
                finished_at: finished_at.parse().ok(),
            })
        })
        .transpose()
    }
}
