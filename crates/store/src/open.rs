use std::borrow::Cow;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use hunter_referral::Rules;
use jiff::Timestamp;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use tokio::io::AsyncReadExt;

use crate::backup::remove_database;
use crate::backups::BackupCause;
use crate::error::StoreError;
use crate::examine::{Thoroughness, examine};

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// How every database begins.
const HEAD: &[u8; 16] = b"SQLite format 3\0";
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(15);
const READERS: u32 = 4;
/// A payload takes two to three thousand bytes; of smaller pages half would stay empty.
const PAGE_SIZE: u32 = 8192;
/// The write-ahead log that a writer merges itself, and waits for (256 MiB); a large run has it merged in the background
/// before it grows so long.
const CHECKPOINT_PAGES: &str = "32768";
/// What is kept of the write-ahead log's file once it is merged.
const LOG_BYTES: &str = "16777216";
const USED: &[u8] = b"1";
/// KiB, with SQLite's sign for that unit; what a large collection's indices need while a sync writes to all of them.
const WRITER_CACHE: &str = "-49152";

/// One profile's database.
#[derive(Debug, Clone)]
pub struct Store {
    path: PathBuf,
    identity: Option<(u64, u64)>,
    /// Locked for as long as the database is open.
    in_use: Arc<Mutex<Option<File>>>,
    merging: Arc<tokio::sync::Mutex<()>>,
    /// By which companies are scored.
    pub(crate) rules: Arc<RwLock<Arc<Rules>>>,
    /// The stamp of the rules by which all of this database is known to be scored.
    pub(crate) scored_by: Arc<RwLock<String>>,
    /// Whose referrals are `mine`, in lower case; empty while nobody is signed in.
    pub(crate) account: Arc<RwLock<String>>,
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
}

impl Store {
    /// Opens the database, creating it (0600, its folder 0700) or bringing its schema up to date after a backup.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] for a database of a newer Hunter, [`StoreError::Damaged`] for a file that is damaged,
    /// emptied or none of Hunter's, which both stay untouched; and the file system's own.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_for(path, None, true).await
    }

    /// As [`Store::open`]; a database that is known to hold the referrals of somebody else counts as damaged.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_of(path: &Path, owner: &str) -> Result<Self, StoreError> {
        let store = Self::open_for(path, Some(owner), true).await?;
        store.belongs_to(owner).await?;
        Ok(store)
    }

    /// Opens a copy of another database, brought to this program's schema; the other one stays as it is.
    pub(crate) async fn open_copy_of(from: &Path, copy: &Path) -> Result<Self, StoreError> {
        remove_database(copy);
        drop(private_file(copy)?);
        fs::copy(from, copy).map_err(StoreError::io(format!("The backup {}", from.display())))?;
        Self::open_for(copy, None, false).await
    }

    async fn open_for(path: &Path, owner: Option<&str>, keeps_backups: bool) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            private_dir(folder)?;
        }
        let (in_use, is_alone) = enter(path)?;
        let thoroughness = if is_alone { Thoroughness::IfLeftOpen } else { Thoroughness::Glance };
        examine(path, owner, thoroughness).await?;
        private_file(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .page_size(PAGE_SIZE)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let pool = SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None);
        let writing = options
            .clone()
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .pragma("journal_size_limit", LOG_BYTES)
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", WRITER_CACHE);
        let writer = pool.clone().max_connections(1).connect_with(writing).await?;
        let store = Self {
            path: path.to_owned(),
            identity: identity(path),
            in_use: Arc::new(Mutex::new(Some(in_use))),
            merging: Arc::default(),
            rules: Arc::new(RwLock::new(Arc::new(Rules::built_in()))),
            scored_by: Arc::default(),
            account: Arc::default(),
            readers: pool.max_connections(READERS).connect_lazy_with(options.pragma("query_only", "ON")),
            writer,
        };
        store.migrate(keeps_backups).await?;
        store.note_use()?;
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
        applied_version(&mut *self.writer.acquire().await?).await
    }

    /// Waits for running queries, merges the write-ahead log and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        drop(self.in_use.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Remembers beside the file that there is a database, so that its loss is noticed.
    fn note_use(&self) -> Result<(), StoreError> {
        let in_use = self.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = in_use.as_ref().map_or(Ok(()), |mut file| match file.metadata()?.len() {
            0 => file.write_all(USED),
            _ => Ok(()),
        });
        noted.map_err(StoreError::io("The database's lock file"))
    }

    /// Merges the write-ahead log into the database while others read and write; what fails is left to the next writer.
    pub fn merge_in_background(&self) {
        let Ok(merging) = self.merging.clone().try_lock_owned() else { return };
        let readers = self.readers.clone();
        tokio::spawn(async move {
            let _as_far_as_it_went = merge(&readers).await;
            drop(merging);
        });
    }

    /// After a run: builds the lists' indices that it set aside, scores the companies it brought, merges what is left
    /// of the write-ahead log and gives back the memory that pages of the database have filled.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn settle(&self) -> Result<(), StoreError> {
        self.build_indices().await?;
        self.index_search().await?;
        let _merging = self.merging.lock().await;
        let _as_far_as_it_went = merge(&self.readers).await;
        sqlx::query("PRAGMA shrink_memory").execute(&self.writer).await?;
        Ok(())
    }

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        match self.writer.begin_with("BEGIN IMMEDIATE").await {
            // A full disk makes SQLite undo a transaction by itself, and the connection still believes in it.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            begun => Ok(begun?),
        }
    }

    async fn migrate(&self, keeps_backups: bool) -> Result<(), StoreError> {
        let known = newest_version();
        if self.up_to_date(known).await? {
            return Ok(());
        }
        let _lock = self.migration_lock().await?;
        if self.up_to_date(known).await? {
            return Ok(());
        }
        let from = self.schema_version().await?;
        if from > 0 && keeps_backups {
            self.back_up(BackupCause::BeforeMigration, Timestamp::now()).await?;
        }
        MIGRATIONS.run(&self.writer).await?;
        self.index_search().await?;
        tracing::info!(event = "database_migrated", from, to = known);
        Ok(())
    }

    async fn up_to_date(&self, known: i64) -> Result<bool, StoreError> {
        let found = self.schema_version().await?;
        if found > known {
            return Err(StoreError::NewerSchema { found, known });
        }
        Ok(found == known)
    }

    async fn migration_lock(&self) -> Result<File, StoreError> {
        lock(&self.path).await
    }
}

/// Held by the one program that changes a database as a whole.
pub(crate) async fn lock(database: &Path) -> Result<File, StoreError> {
    let path = database.with_extension("db.lock");
    let locked = tokio::task::spawn_blocking(move || {
        let file = private_file(&path)?;
        file.lock().map_err(StoreError::io("The database's lock file"))?;
        Ok(file)
    });
    locked.await.map_err(|stopped| StoreError::io("The database's lock file")(stopped.into()))?
}

/// The file that programs lock together while they have a database open; it is not empty once there has been one.
fn use_file(database: &Path) -> PathBuf {
    database.with_extension("db.open")
}

/// Whether there has been a database at a path.
pub(crate) fn has_been_used(database: &Path) -> bool {
    use_file(database).metadata().is_ok_and(|file| file.len() > 0)
}

/// Joins those that have the database open; tells whether nobody else has.
fn enter(database: &Path) -> Result<(File, bool), StoreError> {
    let described = || StoreError::io("The database's lock file");
    let file = private_file(&use_file(database))?;
    let is_alone = match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(error)) => return Err(described()(error)),
    };
    if is_alone {
        file.unlock().map_err(described())?;
    }
    file.lock_shared().map_err(described())?;
    Ok((file, is_alone))
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

async fn merge(connections: &SqlitePool) -> Result<(), StoreError> {
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(connections).await?;
    Ok(())
}

pub(crate) fn newest_version() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

pub(crate) async fn applied_version(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let tracked: bool =
        sqlx::query_scalar("SELECT count(*) > 0 FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_one(&mut *connection)
            .await?;
    if !tracked {
        return Ok(0);
    }
    let version: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
        .fetch_one(connection)
        .await?;
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

/// Where a link leads to, so that whoever takes its place replaces the file and not the link.
pub fn linked(path: &Path) -> Cow<'_, Path> {
    match path.is_symlink().then(|| path.canonicalize()) {
        Some(Ok(file)) => Cow::Owned(file),
        Some(Err(_)) | None => Cow::Borrowed(path),
    }
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
