use std::fs;
use std::io::Read;
use std::path::Path;

use serde::Serialize;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempPath;

use crate::erase::{Erasure, forget_marked};
use crate::error::StoreError;
use crate::open::{BUSY_TIMEOUT, Store, linked};
use crate::search::forget_all_words;

/// The tables that a restore replaces, parents before children.
const TABLES: [&str; 15] = [
    "sync_runs",
    "sync_run_items",
    "sync_run_requests",
    "sync_state",
    "companies",
    "company_scores",
    "company_changes",
    "domain_signals",
    "raw_leads",
    "partner_center_referrals",
    "referral_marks",
    "saved_views",
    "referral_notices",
    "referral_doubts",
    "checklist_results",
];

/// Tables that a restore leaves as they are, and adds to: what was erased stays erased.
const KEPT: [(&str, &str); 2] = [
    (
        "erasures",
        "INSERT INTO main.erasures (kind, profile, erased_at, cutoff, referrals, payloads, changes, companies, \
         backups_rewritten, backups_removed, copies_removed) SELECT kind, profile, erased_at, cutoff, referrals, payloads, \
         changes, companies, backups_rewritten, backups_removed, copies_removed FROM backup.erasures b WHERE NOT EXISTS \
         (SELECT 1 FROM main.erasures m WHERE m.erased_at = b.erased_at AND m.kind = b.kind)",
    ),
    (
        "erased_referrals",
        "INSERT OR IGNORE INTO main.erased_referrals (referral_id, mark, erased_at) \
         SELECT referral_id, mark, erased_at FROM backup.erased_referrals",
    ),
];

/// How every SQLite database begins.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// What an integrity check found.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// What is wrong, in SQLite's words.
    pub problems: Vec<String>,
}

impl Store {
    /// Reads the whole file and checks its structure, its constraints and its references.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read at all.
    pub async fn check(&self) -> Result<Check, StoreError> {
        let mut problems: Vec<String> =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&self.readers).await?;
        problems.retain(|line| line != "ok");
        if !problems.is_empty() {
            return Ok(Check { ok: false, problems });
        }
        let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_all(&self.readers).await?.len();
        if dangling > 0 {
            problems.push(format!("{dangling} rows refer to rows that are missing"));
        }
        let uneven: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM sync_runs WHERE fetched <> inserted + updated + unchanged + skipped + failed",
        )
        .fetch_one(&self.readers)
        .await?;
        if uneven > 0 {
            problems.push(format!("{uneven} runs do not add up"));
        }
        let drift = self.schema_drift().await?;
        if !drift.is_empty() {
            problems.push(format!("the schema is not that of this version: {}", drift.join(", ")));
        }
        Ok(Check { ok: problems.is_empty(), problems })
    }

    /// Writes a consistent copy while the database stays in use; an existing file is replaced only once the copy is whole.
    ///
    /// # Errors
    /// [`StoreError`] if the copy cannot be written; no half copy is left.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.refuse_own_file(to)?;
        refuse_other_files(to)?;
        let to = &*linked(to);
        let described = || format!("The backup {}", to.display());
        let partial = Partial::beside(to).map_err(StoreError::io(described()))?;
        let Some(name) = partial.path().to_str() else {
            return Err(StoreError::io(described())(invalid("its name is not Unicode")));
        };
        self.copy_into(name).await?;
        partial.settle(to).map_err(StoreError::io(described()))
    }

    /// By a connection of its own, so that no query waits for it.
    async fn copy_into(&self, name: &str) -> Result<(), StoreError> {
        let options = SqliteConnectOptions::new().filename(self.path()).busy_timeout(BUSY_TIMEOUT);
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await?;
        let copied = sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await;
        connection.close().await?;
        copied?;
        Ok(())
    }

    /// Replaces all rows by those of a backup, in one transaction; other programs that have the database open go on.
    ///
    /// The backup is checked first, on a copy, and brought to this program's schema.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for a file that is no sound backup, [`StoreError::NewerSchema`] for one of a newer
    /// Hunter; the database stays as it was.
    pub async fn restore(&self, from: &Path) -> Result<(), StoreError> {
        let described = || StoreError::io(format!("The backup {}", from.display()));
        if !fs::metadata(from).map_err(described())?.is_file() {
            return Err(described()(std::io::ErrorKind::IsADirectory.into()));
        }
        self.refuse_own_file(from)?;
        let copy = self.path().with_extension("restore.db");
        remove_database(&copy);
        let restored = self.restore_through(from, &copy).await;
        remove_database(&copy);
        restored
    }

    /// Puts on record whose referrals the database holds, once.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn belongs_to(&self, owner: &str) -> Result<(), StoreError> {
        if self.owner().await?.is_none() {
            sqlx::query("INSERT OR IGNORE INTO sync_state (key, value) VALUES ('owner', ?)")
                .bind(owner)
                .execute(&self.writer)
                .await?;
        }
        Ok(())
    }

    async fn owner(&self) -> Result<Option<String>, StoreError> {
        let query = "SELECT value FROM sync_state WHERE key = 'owner'";
        Ok(sqlx::query_scalar(query).fetch_optional(&self.readers).await?)
    }

    /// The database in use is no backup of itself, by whatever name it goes.
    fn refuse_own_file(&self, other: &Path) -> Result<(), StoreError> {
        let own = |path: &Path| std::path::absolute(path).and_then(|path| path.canonicalize()).ok();
        let files = ["", "-wal", "-shm"].map(|suffix| {
            let mut name = self.path().as_os_str().to_owned();
            name.push(suffix);
            own(Path::new(&name))
        });
        if own(other).is_some_and(|other| files.contains(&Some(other))) {
            let refused = invalid("it is the database in use");
            return Err(StoreError::io(format!("The backup {}", other.display()))(refused));
        }
        Ok(())
    }

    async fn restore_through(&self, from: &Path, copy: &Path) -> Result<(), StoreError> {
        let options = SqliteConnectOptions::new().filename(from).read_only(true).immutable(true);
        let mut probe = sqlx::SqliteConnection::connect_with(&options).await?;
        let query = "SELECT count(*) FROM sqlite_schema WHERE name = 'sync_runs'";
        let is_ours = sqlx::query_scalar::<_, i64>(query).fetch_one(&mut probe).await? == 1;
        probe.close().await?;
        if !is_ours {
            return Err(StoreError::Damaged(format!("{} is not a backup of Hunter", from.display())));
        }
        let backup = Self::open_copy_of(from, copy).await?;
        let check = backup.check().await;
        let owners = (backup.owner().await, self.owner().await);
        backup.close().await;
        if let (Some(theirs), Some(ours)) = (owners.0?, owners.1?)
            && theirs != ours
        {
            return Err(StoreError::Foreign);
        }
        let check = check?;
        if !check.ok {
            return Err(StoreError::Damaged(check.problems.join("; ")));
        }
        self.take_rows_of(copy).await?;
        let has_erased: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM erased_referrals)")
            .fetch_one(&self.readers)
            .await?;
        if has_erased { self.compact().await } else { Ok(()) }
    }

    async fn take_rows_of(&self, copy: &Path) -> Result<(), StoreError> {
        let mut connection = self.writer.acquire().await?;
        sqlx::query("ATTACH DATABASE ? AS backup")
            .bind(copy.to_string_lossy())
            .execute(&mut *connection)
            .await?;
        let copied = async {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            for table in TABLES.iter().rev() {
                execute(&mut transaction, format!("DELETE FROM main.{table}")).await?;
            }
            for table in TABLES {
                let columns: String = sqlx::query_scalar(
                    "SELECT group_concat('\"' || name || '\"') FROM pragma_table_xinfo(?) WHERE hidden = 0",
                )
                .bind(table)
                .fetch_one(&mut *transaction)
                .await?;
                let statement =
                    format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM backup.{table}");
                execute(&mut transaction, statement).await?;
            }
            for (_, statement) in KEPT {
                sqlx::query(statement).execute(&mut *transaction).await?;
            }
            forget_marked(&mut transaction, &mut Erasure::nothing()).await?;
            forget_all_words(&mut transaction, &self.account()).await?;
            // The indices are those of this file, which a first reading may have left without; the backup tells of its own.
            Self::indices_may_be_missing(&mut transaction).await?;
            Ok::<(), StoreError>(transaction.commit().await?)
        }
        .await;
        let detached = sqlx::query("DETACH DATABASE backup").execute(&mut *connection).await;
        copied.and(detached.map(drop).map_err(StoreError::from))?;
        drop(connection);
        self.build_indices().await?;
        self.index_search().await
    }
}

async fn execute(connection: &mut sqlx::SqliteConnection, statement: String) -> Result<(), sqlx::Error> {
    sqlx::QueryBuilder::<sqlx::Sqlite>::new(statement).build().execute(connection).await.map(drop)
}

/// A backup may replace an older one, and nothing else.
fn refuse_other_files(to: &Path) -> Result<(), StoreError> {
    let mut start = Vec::new();
    let read = fs::File::open(to).and_then(|file| file.take(SQLITE.len() as u64).read_to_end(&mut start));
    match read {
        Ok(0) => Ok(()),
        Ok(_) if start == SQLITE => Ok(()),
        Ok(_) => Err(StoreError::io(format!("The backup {}", to.display()))(invalid(
            "another file is there already",
        ))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(StoreError::io(format!("The backup {}", to.display()))(error)),
    }
}

fn invalid(why: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidInput, why)
}

/// A copy that is being written, under a name of its own; nothing of it is left unless it takes its place.
struct Partial(Option<TempPath>);

impl Partial {
    fn beside(to: &Path) -> std::io::Result<Self> {
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new()
            .prefix(".hunter-backup-")
            .suffix(".partial")
            .tempfile_in(folder)
            .map_err(|error| error.kind())?;
        Ok(Self(Some(file.into_temp_path())))
    }

    fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    /// Puts the finished copy in its place, on the disk before it has its name.
    fn settle(mut self, to: &Path) -> std::io::Result<()> {
        fs::File::options().write(true).open(self.path())?.sync_all()?;
        match self.0.take() {
            Some(path) => path.persist(to).map_err(|refused| refused.error),
            None => Ok(()),
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            remove_database(path);
        }
    }
}

pub(crate) fn remove_database(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let _ = fs::remove_file(name);
    }
    for extension in ["db.lock", "db.open"] {
        let _ = fs::remove_file(path.with_extension(extension));
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_restore_replaces_every_table() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("hunter.db")).await.unwrap();
        let query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
                     AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY name";
        let mut tables: Vec<String> = sqlx::query_scalar(query).fetch_all(&store.readers).await.unwrap();
        let is_derived = |table: &str| {
            table.starts_with("referral_search") || ["referral_team", "search_queue"].contains(&table)
        };
        tables.retain(|table| !is_derived(table));
        let mut replaced: Vec<&str> = TABLES.into_iter().chain(KEPT.map(|(table, _)| table)).collect();
        replaced.sort_unstable();
        assert_eq!(tables, replaced);
    }

    #[tokio::test]
    async fn a_table_that_is_missing_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("hunter.db")).await.unwrap();
        assert!(store.check().await.unwrap().ok);
        sqlx::query("DROP TABLE referral_notices").execute(&store.writer).await.unwrap();
        let check = store.check().await.unwrap();
        assert!(!check.ok && check.problems.concat().contains("referral_notices"), "{check:?}");
    }
}
