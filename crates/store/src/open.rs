use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};
use tokio::io::AsyncReadExt;

use crate::error::StoreError;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// How every database begins.
const HEAD: &[u8; 16] = b"SQLite format 3\0";
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);
const READERS: u32 = 4;
/// A payload takes two to three thousand bytes; of smaller pages half would stay empty.
const PAGE_SIZE: u32 = 8192;
/// A page that is changed again and again reaches the database once for so many in the write-ahead log (64 MiB).
const CHECKPOINT_PAGES: &str = "8192";
/// KiB, with SQLite's sign for that unit; what a large collection's indices need while a sync writes to all of them.
const WRITER_CACHE: &str = "-49152";

/// One profile's database.
#[derive(Debug, Clone)]
pub struct Store {
    path: PathBuf,
    identity: Option<(u64, u64)>,
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
}

impl Store {
    /// Opens the database, creating it (0600, its folder 0700) or bringing its schema up to date after a backup.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] for a database of a newer Hunter, which stays untouched; [`StoreError::Damaged`]
    /// and the file system's own.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            private_dir(folder)?;
        }
        private_file(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .page_size(PAGE_SIZE)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let pool = SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None);
        let writing =
            options.clone().pragma("wal_autocheckpoint", CHECKPOINT_PAGES).pragma("cache_size", WRITER_CACHE);
        let writer = pool.clone().max_connections(1).connect_with(writing).await?;
        let store = Self {
            path: path.to_owned(),
            identity: identity(path),
            readers: pool.max_connections(READERS).connect_lazy_with(options.pragma("query_only", "ON")),
            writer,
        };
        store.migrate().await?;
        Ok(store)
    }

    /// Where the database lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file that was opened still lies at its path; a restore may have put another one there.
    pub fn is_in_place(&self) -> bool {
        self.identity == identity(&self.path)
    }

    /// Looks whether a database lies at its path, without waiting for whoever holds it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if something else lies there, and the file system's own.
    pub async fn peek(&self) -> Result<(), StoreError> {
        let mut head = [0; HEAD.len()];
        let mut file = tokio::fs::File::open(&self.path).await.map_err(StoreError::io("The database"))?;
        match file.read_exact(&mut head).await {
            Ok(_) if head == *HEAD => Ok(()),
            Ok(_) => Err(StoreError::Damaged("the file is no database".to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(StoreError::Damaged("the file is cut off".to_owned()))
            }
            Err(error) => Err(StoreError::io("The database")(error)),
        }
    }

    /// The version of the schema in the file.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn schema_version(&self) -> Result<i64, StoreError> {
        applied_version(&self.writer).await
    }

    /// Waits for running queries, merges the write-ahead log and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Gives back the memory that a large run has filled with pages of the database.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be reached.
    pub async fn release_memory(&self) -> Result<(), StoreError> {
        sqlx::query("PRAGMA shrink_memory").execute(&self.writer).await?;
        Ok(())
    }

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let known = newest_version();
        if self.up_to_date(known).await? {
            return Ok(());
        }
        let _lock = self.migration_lock().await?;
        if self.up_to_date(known).await? {
            return Ok(());
        }
        let from = applied_version(&self.writer).await?;
        if from > 0 {
            self.backup(&self.path.with_extension(format!("before-{known}.db"))).await?;
        }
        MIGRATIONS.run(&self.writer).await?;
        tracing::info!(event = "database_migrated", from, to = known);
        Ok(())
    }

    async fn up_to_date(&self, known: i64) -> Result<bool, StoreError> {
        let found = applied_version(&self.writer).await?;
        if found > known {
            return Err(StoreError::NewerSchema { found, known });
        }
        Ok(found == known)
    }

    async fn migration_lock(&self) -> Result<File, StoreError> {
        let path = self.path.with_extension("db.lock");
        let locked = tokio::task::spawn_blocking(move || {
            let file = private_file(&path)?;
            file.lock().map_err(StoreError::io("The database's lock file"))?;
            Ok(file)
        });
        locked.await.map_err(|stopped| StoreError::io("The database's lock file")(stopped.into()))?
    }
}

/// What tells one file from another, where the system has such a thing.
#[cfg(unix)]
pub(crate) fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
pub(crate) fn identity(_path: &Path) -> Option<(u64, u64)> {
    None
}

fn newest_version() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

async fn applied_version(pool: &SqlitePool) -> Result<i64, StoreError> {
    let tracked: bool =
        sqlx::query_scalar("SELECT count(*) > 0 FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_one(pool)
            .await?;
    if !tracked {
        return Ok(0);
    }
    let version: Option<i64> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(pool).await?;
    Ok(version.unwrap_or_default())
}

/// Creates a folder, and those above it, that only its owner may enter.
///
/// # Errors
/// [`StoreError::Io`] if it cannot be created.
pub fn private_dir(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(StoreError::io(format!("The folder {}", path.display())))
}

/// Opens or creates a file that only its owner may read, to append to it or to lock it.
///
/// # Errors
/// [`StoreError::Io`] if it cannot be opened.
pub fn private_file(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let shown = path.display();
    let file = options.open(path).map_err(StoreError::io(format!("The file {shown}")))?;
    #[cfg(unix)]
    restrict(&file).map_err(StoreError::io(format!("The permissions of {shown}")))?;
    Ok(file)
}

#[cfg(unix)]
fn restrict(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(0o600);
        file.set_permissions(permissions)?;
    }
    Ok(())
}
