//! What a profile remembers between runs: how far it has read, and when it reads next.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Executor, Sqlite};

use crate::error::StoreError;
use crate::open::Store;
use crate::page::PageWriter;

pub(crate) const POSITION: &str = "position";
pub(crate) const SCHEDULE: &str = "schedule";
pub(crate) const RECOVERY: &str = "recovery";
const RETENTION: &str = "retention";

/// How far the collection has been read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Position {
    /// Everything that the service changed up to then has been read.
    pub watermark: Option<Timestamp>,
    /// When the first complete full pass ended: what came later is news to a person.
    pub first_pass_at: Option<Timestamp>,
    /// When the newest complete full pass ended; none while its pages are in doubt.
    pub full_pass_at: Option<Timestamp>,
    /// From where that pass read, and what it kept.
    pub source: String,
    /// When the service last refused a date filter.
    pub filter_refused_at: Option<Timestamp>,
    /// The last reading was paged as if something had been left out.
    pub in_doubt: bool,
    /// A full pass that did not come to its end.
    pub pass: Option<Pass>,
}

/// A full pass under way, which may span runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// The run that began it.
    pub first_run: i64,
    /// When it began, by our clock.
    pub began_at: Timestamp,
    /// When it began, by the service's clock.
    pub service_time: Timestamp,
    /// The newest change it has read.
    pub newest: Option<Timestamp>,
    /// From where it reads, and what it keeps.
    pub source: String,
    /// Its pages looked as if something had been left out.
    #[serde(default)]
    pub is_odd: bool,
    /// The query of the next page; `None` once all pages are read and only what was missing in them is left to ask for.
    pub next: Option<String>,
}

/// When the next scheduled run is due, and what stands in the way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedule {
    /// A person paused it.
    pub paused: bool,
    /// When the next run is due.
    pub next_at: Option<Timestamp>,
    /// What the newest run met.
    pub trouble: Option<Trouble>,
    /// Runs in a row that met it.
    pub failures: u32,
    /// Whether a person has been told that somebody has to sign in.
    pub told_sign_in: bool,
}

/// What keeps runs from succeeding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trouble {
    /// Nobody answers.
    Offline,
    /// The service asked to be left alone.
    Throttled {
        /// Until when.
        until: Timestamp,
    },
    /// Somebody has to sign in.
    SignIn {
        /// What the session rested on; once it is another, trying is worth it.
        #[serde(alias = "token_file")]
        basis: String,
    },
}

impl Store {
    /// How far the collection has been read.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn position(&self) -> Result<Position, StoreError> {
        read(&self.readers, POSITION).await
    }

    /// When the next run is due.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn schedule(&self) -> Result<Schedule, StoreError> {
        read(&self.readers, SCHEDULE).await
    }

    /// Changes when the next run is due, as one step.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn change_schedule(
        &self,
        change: impl FnOnce(&mut Schedule) + Send,
    ) -> Result<Schedule, StoreError> {
        let mut transaction = self.begin().await?;
        let mut schedule: Schedule = read(&mut *transaction, SCHEDULE).await?;
        change(&mut schedule);
        write(&mut *transaction, SCHEDULE, &schedule).await?;
        transaction.commit().await?;
        Ok(schedule)
    }
}

impl Store {
    /// When what is older than is kept was last erased.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn retention_applied_at(&self) -> Result<Option<Timestamp>, StoreError> {
        read(&self.readers, RETENTION).await
    }

    /// Remembers when what is older than is kept was erased.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn note_retention(&self, now: Timestamp) -> Result<(), StoreError> {
        write(&self.writer, RETENTION, &Some(now)).await
    }
}

impl PageWriter<'_> {
    /// Remembers, together with the page, how far the collection has been read.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the page is kept then.
    pub async fn set_position(&mut self, position: &Position) -> Result<(), StoreError> {
        write(self.connection(), POSITION, position).await
    }
}

/// What cannot be understood, such as the note of a newer Hunter, counts as not there.
pub(crate) async fn read<'c, T: DeserializeOwned + Default>(
    from: impl Executor<'c, Database = Sqlite>,
    key: &str,
) -> Result<T, StoreError> {
    let text: Option<String> = sqlx::query_scalar("SELECT value FROM sync_state WHERE key = ?")
        .bind(key)
        .fetch_optional(from)
        .await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

pub(crate) async fn write<'c>(
    to: impl Executor<'c, Database = Sqlite>,
    key: &str,
    value: &(impl Serialize + Sync),
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sync_state (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
    )
    .bind(key)
    .bind(Json(value))
    .execute(to)
    .await?;
    Ok(())
}
