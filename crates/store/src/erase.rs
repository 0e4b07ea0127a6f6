//! Erasing personal data, so that nothing of it is left in the file, its log or its backups, with what was done on record.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use hunter_referral::{Referral, sortable};
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::types::Json;
use sqlx::{Connection, FromRow, QueryBuilder, Row, Sqlite, SqliteConnection, Transaction};
use ts_rs::TS;

use crate::backup::remove_database;
use crate::backups::{Backup, BackupCause};
use crate::error::StoreError;
use crate::open::{BUSY_TIMEOUT, Store};
use crate::page::PageWriter;
use crate::row::shortest_text;
use crate::search::forget_words;
use crate::versions::PayloadDigest;

/// Rows of one statement.
const ROWS: usize = 500;
const COLUMNS: &str = "kind, profile, erased_at, cutoff, referrals, payloads, changes, companies, backups_rewritten, \
                       backups_removed, copies_removed";

/// Which referrals are erased: those closed that the service last changed before the cutoff (or, where it does not say,
/// that came as they are before it), and those that were found gone from it before.
const OUTDATED: &str = "(r.status = 'Closed' AND coalesce(r.updated_at, (SELECT c.received_at FROM raw_leads c \
                        WHERE c.raw_lead_id = r.raw_lead_id)) < ?1) OR r.gone_at < ?1";

/// What tells a version of an erased referral from a later one, and tells nothing else.
pub type ErasedMark = [u8; 32];

/// Why something was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ErasureKind")]
pub enum ErasureKind {
    /// A person asked for it.
    ByHand,
    /// It was older than is kept.
    Retention,
    /// All of an account was erased.
    Account,
}

impl ErasureKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::ByHand => "by_hand",
            Self::Retention => "retention",
            Self::Account => "account",
        }
    }
}

/// What was erased and when; without personal data.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, TS)]
pub struct Erasure {
    /// `by_hand`, `retention` or `account`.
    #[ts(type = "\"by_hand\" | \"retention\" | \"account\"")]
    pub kind: String,
    /// Whose data it was: the name of the profile's folder.
    pub profile: String,
    /// When.
    #[serde(serialize_with = "shortest_text")]
    pub erased_at: String,
    /// What had not changed since then was erased; empty for all of an account.
    #[serde(serialize_with = "shortest_text")]
    pub cutoff: String,
    /// Referrals.
    #[ts(type = "number")]
    pub referrals: i64,
    /// Versions of them, as received.
    #[ts(type = "number")]
    pub payloads: i64,
    /// Entries of the history that lost what had changed.
    #[ts(type = "number")]
    pub changes: i64,
    /// Companies that had no other referral.
    #[ts(type = "number")]
    pub companies: i64,
    /// Backups from which the same was erased.
    #[ts(type = "number")]
    pub backups_rewritten: i64,
    /// Backups that were deleted, because they could not be read or all of an account went.
    #[ts(type = "number")]
    pub backups_removed: i64,
    /// Damaged and left-over copies of the database that were deleted.
    #[ts(type = "number")]
    pub copies_removed: i64,
}

impl Erasure {
    /// For erasing what needs no record of its own.
    pub(crate) fn nothing() -> Self {
        Self::new(ErasureKind::ByHand, "", None, Timestamp::UNIX_EPOCH)
    }

    /// One that has erased nothing yet.
    pub fn new(kind: ErasureKind, profile: &str, cutoff: Option<Timestamp>, now: Timestamp) -> Self {
        Self {
            kind: kind.as_str().to_owned(),
            profile: profile.to_owned(),
            erased_at: sortable(now),
            cutoff: cutoff.map(sortable).unwrap_or_default(),
            referrals: 0,
            payloads: 0,
            changes: 0,
            companies: 0,
            backups_rewritten: 0,
            backups_removed: 0,
            copies_removed: 0,
        }
    }
}

/// What tells a version from a later one: the service's own date, or where it has none, the payload.
pub fn erased_mark(referral: &Referral, digest: &PayloadDigest) -> ErasedMark {
    mark(&referral.id, referral.updated_at.map(sortable).as_deref(), digest)
}

fn mark(referral_id: &str, updated_at: Option<&str>, digest: &[u8]) -> ErasedMark {
    let hash = Sha256::new().chain_update(referral_id).chain_update("\n");
    match updated_at {
        Some(updated_at) => hash.chain_update(updated_at).finalize().into(),
        None => hash.chain_update(digest).finalize().into(),
    }
}

impl Store {
    /// How many referrals [`Store::erase_outdated`] would erase.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn outdated(&self, cutoff: Timestamp) -> Result<i64, StoreError> {
        let query = format!("SELECT count(*) FROM partner_center_referrals r WHERE {OUTDATED}");
        let mut query = QueryBuilder::<Sqlite>::new(query);
        Ok(query.build_query_scalar().bind(sortable(cutoff)).fetch_one(&self.readers).await?)
    }

    /// Erases closed referrals that the service has not changed since the cutoff, and those gone from it before, from the
    /// database and its backups; copies that cannot be searched and were set aside before `copies_before` are deleted.
    ///
    /// Call it only while no run can be under way.
    ///
    /// # Errors
    /// [`StoreError`]; what was erased by then stays erased.
    pub async fn erase_outdated(
        &self,
        mut erasure: Erasure,
        cutoff: Timestamp,
        copies_before: Timestamp,
        now: Timestamp,
    ) -> Result<Erasure, StoreError> {
        if self.outdated(cutoff).await? > 0 {
            self.back_up(BackupCause::BeforeErase, now).await?;
        }
        let mut connection = self.eraser().await?;
        self.erase_rows(&mut connection, &mut erasure, cutoff, now).await?;
        compact(&mut connection).await?;
        for backup in self.backups().list(now)? {
            match self.rewrite(&backup, cutoff, now).await {
                Ok(is_rewritten) => erasure.backups_rewritten += i64::from(is_rewritten),
                Err(error) if is_unusable(&error) => {
                    fs::remove_file(&backup.path).map_err(StoreError::io(backup.name()))?;
                    erasure.backups_removed += 1;
                }
                Err(error) => return Err(error),
            }
        }
        erasure.copies_removed = remove_copies(self.path(), copies_before)?;
        if erasure.kind == ErasureKind::ByHand.as_str() || did_something(&erasure) {
            record(&mut connection, &erasure).await?;
        }
        compact_log(&mut connection).await?;
        connection.close().await?;
        Ok(erasure)
    }

    /// Puts an erasure on record.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn record_erasure(&self, erasure: &Erasure) -> Result<(), StoreError> {
        let mut connection = self.eraser().await?;
        record(&mut connection, erasure).await?;
        Ok(connection.close().await?)
    }

    /// What was erased, newest first.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn erasures(&self) -> Result<Vec<Erasure>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM erasures ORDER BY erasure_id DESC");
        Ok(QueryBuilder::<Sqlite>::new(query).build_query_as().fetch_all(&self.readers).await?)
    }

    /// What the database holds, for the record of its erasure.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn count_all(&self, erasure: &mut Erasure) -> Result<(), StoreError> {
        let query = "SELECT (SELECT count(*) FROM partner_center_referrals), (SELECT count(*) FROM raw_leads), \
                     (SELECT count(*) FROM sync_run_items WHERE changes <> '[]'), (SELECT count(*) FROM companies)";
        (erasure.referrals, erasure.payloads, erasure.changes, erasure.companies) =
            sqlx::query_as(query).fetch_one(&self.readers).await?;
        Ok(())
    }

    /// Writes the file anew, so that nothing is left in it of what is erased.
    pub(crate) async fn compact(&self) -> Result<(), StoreError> {
        let mut connection = self.eraser().await?;
        compact(&mut connection).await?;
        Ok(connection.close().await?)
    }

    async fn eraser(&self) -> Result<SqliteConnection, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(self.path())
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("secure_delete", "ON");
        Ok(SqliteConnection::connect_with(&options).await?)
    }

    async fn erase_rows(
        &self,
        connection: &mut SqliteConnection,
        erasure: &mut Erasure,
        cutoff: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        mark_outdated(&mut transaction, cutoff, now).await?;
        forget_marked(&mut transaction, erasure).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Erases from a backup what is erased here and what is outdated there; false if it held nothing of it.
    async fn rewrite(&self, backup: &Backup, cutoff: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        let copy = self.path().with_extension("erase.db");
        remove_database(&copy);
        let rewritten = self.rewrite_through(backup, &copy, cutoff, now).await;
        remove_database(&copy);
        rewritten
    }

    async fn rewrite_through(
        &self,
        backup: &Backup,
        copy: &Path,
        cutoff: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let modified = backup.path.metadata().and_then(|file| file.modified());
        let modified = modified.map_err(StoreError::io(backup.name()))?;
        let opened = Self::open_copy_of(&backup.path, copy).await?;
        let rewritten = self.rewrite_copy(&opened, backup, cutoff, now).await;
        opened.close().await;
        if rewritten? {
            let file = fs::File::options().write(true).open(&backup.path);
            file.and_then(|file| file.set_modified(modified)).map_err(StoreError::io(backup.name()))?;
            return Ok(true);
        }
        Ok(false)
    }

    async fn rewrite_copy(
        &self,
        copy: &Self,
        backup: &Backup,
        cutoff: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut connection = copy.eraser().await?;
        sqlx::query("ATTACH DATABASE ? AS live")
            .bind(self.path().to_string_lossy())
            .execute(&mut connection)
            .await?;
        let mut erased = Erasure::nothing();
        let mut transaction = connection.begin().await?;
        sqlx::query(
            "INSERT INTO main.erased_referrals (referral_id, mark, erased_at) \
             SELECT referral_id, mark, erased_at FROM live.erased_referrals WHERE TRUE \
             ON CONFLICT (referral_id) DO UPDATE SET mark = excluded.mark, erased_at = excluded.erased_at",
        )
        .execute(&mut *transaction)
        .await?;
        mark_outdated(&mut transaction, cutoff, now).await?;
        forget_marked(&mut transaction, &mut erased).await?;
        transaction.commit().await?;
        connection.close().await?;
        if !did_something(&erased) {
            return Ok(false);
        }
        copy.backup(&backup.path).await?;
        Ok(true)
    }
}

impl PageWriter<'_> {
    /// Of these referrals, those that were erased, each with the mark of the version that was.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn erased(&mut self, referral_ids: &[&str]) -> Result<HashMap<String, ErasedMark>, StoreError> {
        if !self.has_erased {
            return Ok(HashMap::new());
        }
        let query = "SELECT referral_id, mark FROM erased_referrals \
                     WHERE referral_id IN (SELECT value FROM json_each(?))";
        let rows = sqlx::query(query).bind(Json(referral_ids)).fetch_all(self.connection()).await?;
        rows.into_iter()
            .map(|row| {
                let mark: Vec<u8> = row.try_get("mark")?;
                Ok((row.try_get("referral_id")?, mark.try_into().unwrap_or_default()))
            })
            .collect()
    }
}

fn did_something(erasure: &Erasure) -> bool {
    let Erasure { referrals, payloads, changes, companies, .. } = erasure;
    let copies = erasure.backups_rewritten + erasure.backups_removed + erasure.copies_removed;
    referrals + payloads + changes + companies + copies > 0
}

/// A backup that cannot be searched for what it must not hold.
fn is_unusable(error: &StoreError) -> bool {
    matches!(error, StoreError::Damaged(_) | StoreError::NewerSchema { .. } | StoreError::Sql(_))
}

async fn mark_outdated(
    transaction: &mut Transaction<'_, Sqlite>,
    cutoff: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let query = format!(
        "SELECT r.referral_id, r.updated_at, r.synced_at, l.payload_sha256 FROM partner_center_referrals r \
         JOIN raw_leads l USING (raw_lead_id) WHERE {OUTDATED}"
    );
    let rows = QueryBuilder::<Sqlite>::new(query)
        .build()
        .bind(sortable(cutoff))
        .fetch_all(&mut **transaction)
        .await?;
    let now = sortable(now);
    let mut marked: Vec<(String, ErasedMark, String)> = Vec::with_capacity(rows.len());
    for row in rows {
        let referral_id: String = row.try_get("referral_id")?;
        let mark = mark(&referral_id, row.try_get("updated_at")?, row.try_get("payload_sha256")?);
        let synced_at: String = row.try_get("synced_at")?;
        marked.push((referral_id, mark, synced_at.max(now.clone())));
    }
    for marked in marked.chunks(ROWS) {
        let mut query =
            QueryBuilder::<Sqlite>::new("INSERT INTO erased_referrals (referral_id, mark, erased_at) ");
        query.push_values(marked, |mut row, (referral_id, mark, erased_at)| {
            row.push_bind(referral_id).push_bind(mark.as_slice()).push_bind(erased_at);
        });
        query.push(
            " ON CONFLICT (referral_id) DO UPDATE SET mark = excluded.mark, erased_at = excluded.erased_at",
        );
        query.build().execute(&mut **transaction).await?;
    }
    Ok(())
}

/// Deletes all that is known of referrals that are marked as erased, as far as it came before they were.
pub(crate) async fn forget_marked(
    transaction: &mut Transaction<'_, Sqlite>,
    erasure: &mut Erasure,
) -> Result<(), StoreError> {
    let doomed: Vec<String> = sqlx::query_scalar(
        "SELECT r.referral_id FROM main.partner_center_referrals r JOIN main.erased_referrals e USING (referral_id) \
         WHERE r.synced_at <= e.erased_at",
    )
    .fetch_all(&mut **transaction)
    .await?;
    let keys: Vec<i64> = sqlx::query_scalar(
        "SELECT referral_key FROM main.partner_center_referrals \
         WHERE referral_id IN (SELECT value FROM json_each(?))",
    )
    .bind(Json(&doomed))
    .fetch_all(&mut **transaction)
    .await?;
    if !keys.is_empty() {
        forget_words(transaction, &keys).await?;
    }
    // What a referral is referred by would be looked for row by row.
    sqlx::query("CREATE INDEX main.erasing_payloads ON partner_center_referrals (raw_lead_id)")
        .execute(&mut **transaction)
        .await?;
    for table in ["referral_notices", "referral_doubts", "partner_center_referrals"] {
        let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM main.");
        query.push(table).push(" WHERE referral_id IN (SELECT value FROM json_each(");
        query.push_bind(Json(&doomed)).push("))");
        query.build().execute(&mut **transaction).await?;
    }
    erasure.referrals = i64::try_from(doomed.len()).unwrap_or(i64::MAX);
    erasure.changes = changed(
        transaction,
        "UPDATE main.sync_run_items SET changes = '[]' WHERE changes <> '[]' AND EXISTS (SELECT 1 \
         FROM main.erased_referrals e, main.sync_runs s WHERE e.referral_id = sync_run_items.referral_id \
         AND s.run_seq = sync_run_items.run_seq AND s.started_at <= e.erased_at)",
    )
    .await?;
    if !keys.is_empty() {
        erasure.companies = forget_companies(transaction).await?;
    }
    erasure.payloads = changed(
        transaction,
        "DELETE FROM main.raw_leads WHERE EXISTS (SELECT 1 FROM main.erased_referrals e \
         WHERE e.referral_id = raw_leads.external_id AND raw_leads.received_at <= e.erased_at) \
         AND NOT EXISTS (SELECT 1 FROM main.partner_center_referrals r WHERE r.raw_lead_id = raw_leads.raw_lead_id)",
    )
    .await?;
    sqlx::query("DROP INDEX main.erasing_payloads").execute(&mut **transaction).await?;
    Ok(())
}

/// Companies that no referral is left of, be it tied to them or of their domain; one that was joined with another goes
/// before that. What a person did is forgotten, since it names rows that may be others by now.
async fn forget_companies(transaction: &mut Transaction<'_, Sqlite>) -> Result<i64, StoreError> {
    sqlx::query("DELETE FROM main.company_changes").execute(&mut **transaction).await?;
    let mut companies = 0;
    for statement in [
        "DELETE FROM main.companies WHERE merged_into IS NOT NULL AND domain NOT IN \
         (SELECT domain FROM main.partner_center_referrals WHERE domain IS NOT NULL)",
        "DELETE FROM main.companies WHERE domain NOT IN \
         (SELECT domain FROM main.partner_center_referrals WHERE domain IS NOT NULL) AND company_id NOT IN \
         (SELECT company_id FROM main.partner_center_referrals WHERE company_id IS NOT NULL) AND company_id NOT IN \
         (SELECT merged_into FROM main.companies WHERE merged_into IS NOT NULL)",
    ] {
        companies += changed(transaction, statement).await?;
    }
    changed(
        transaction,
        "DELETE FROM main.domain_signals WHERE domain NOT IN (SELECT domain FROM main.companies)",
    )
    .await?;
    Ok(companies)
}

async fn changed(
    transaction: &mut Transaction<'_, Sqlite>,
    statement: &'static str,
) -> Result<i64, StoreError> {
    let rows = sqlx::query(statement).execute(&mut **transaction).await?.rows_affected();
    Ok(i64::try_from(rows).unwrap_or(i64::MAX))
}

async fn record(connection: &mut SqliteConnection, erasure: &Erasure) -> Result<(), StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(format!("INSERT INTO erasures ({COLUMNS}) "));
    query.push_values([erasure], |mut row, erasure| {
        row.push_bind(&erasure.kind)
            .push_bind(&erasure.profile)
            .push_bind(&erasure.erased_at)
            .push_bind(&erasure.cutoff)
            .push_bind(erasure.referrals)
            .push_bind(erasure.payloads)
            .push_bind(erasure.changes)
            .push_bind(erasure.companies)
            .push_bind(erasure.backups_rewritten)
            .push_bind(erasure.backups_removed)
            .push_bind(erasure.copies_removed);
    });
    query.build().execute(connection).await?;
    Ok(())
}

/// Writes the file anew from its rows, so that nothing else is left in it.
async fn compact(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("VACUUM").execute(&mut *connection).await?;
    compact_log(connection).await
}

/// Empties the write-ahead log; a reader that does not let go of it holds this up, and the next one empties it.
async fn compact_log(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(connection).await?;
    if row.try_get::<i64, _>("busy")? != 0 {
        tracing::warn!(event = "log_not_emptied");
    }
    Ok(())
}

/// Deletes what lies beside a database and may hold the same rows: damaged and left-over copies.
fn remove_copies(database: &Path, before: Timestamp) -> Result<i64, StoreError> {
    let before = SystemTime::from(before);
    let mut removed = 0;
    for path in copies(database)? {
        let modified = path.metadata().and_then(|file| file.modified());
        if modified.is_ok_and(|modified| modified < before) {
            fs::remove_file(&path).map_err(StoreError::io("A copy of the database"))?;
            removed += i64::from(path.extension().is_some_and(|extension| extension == "db"));
        }
    }
    Ok(removed)
}

fn copies(database: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let (Some(folder), Some(stem)) = (database.parent(), database.file_stem().and_then(|stem| stem.to_str()))
    else {
        return Ok(Vec::new());
    };
    let (others, own) = (format!("{stem}."), format!("{stem}.db"));
    let is_copy = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with(&others) && !name.starts_with(&own)
    };
    let entries = fs::read_dir(folder).map_err(StoreError::io(format!("The folder {}", folder.display())))?;
    Ok(entries.flatten().map(|entry| entry.path()).filter(is_copy).collect())
}
