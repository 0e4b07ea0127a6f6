//! A look at the file before it is opened, which changes nothing in it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::error::StoreError;
use crate::open::{BUSY_TIMEOUT, applied_version, has_been_used, newest_version};

/// How much of the file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thoroughness {
    /// Its header and its schema.
    Glance,
    /// All of it if the program that had it open last did not close it.
    IfLeftOpen,
    /// All of it.
    Whole,
}

/// Whether what lies at a path can be opened as a database of Hunter, and of this owner if there is one.
pub(crate) async fn examine(
    path: &Path,
    owner: Option<&str>,
    thoroughness: Thoroughness,
) -> Result<(), StoreError> {
    let bytes = match fs::metadata(path) {
        Ok(file) if file.is_file() => file.len(),
        Ok(_) => return Err(not_a_file(path)),
        Err(error) if error.kind() == ErrorKind::NotFound => 0,
        Err(error) => return Err(StoreError::io(format!("The file {}", path.display()))(error)),
    };
    if bytes == 0 {
        let lost = StoreError::Damaged("the file is empty or missing".to_owned());
        return if has_been_used(path) { Err(lost) } else { Ok(()) };
    }
    let reads_all = match thoroughness {
        Thoroughness::Glance => false,
        Thoroughness::IfLeftOpen => beside(path, "-wal").metadata().is_ok_and(|log| log.len() > 0),
        Thoroughness::Whole => true,
    };
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY_TIMEOUT);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let found = look(&mut connection, owner, reads_all).await;
    let _read_only = connection.close().await;
    match found {
        // A transaction that was broken off has to be taken back first, which opening the database does.
        Err(StoreError::ReadOnly) => Ok(()),
        found => found,
    }
}

async fn look(
    connection: &mut SqliteConnection,
    owner: Option<&str>,
    reads_all: bool,
) -> Result<(), StoreError> {
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .fetch_all(&mut *connection)
        .await?;
    let is_ours = tables.iter().any(|name| name == "sync_runs");
    if !is_ours && tables.iter().any(|name| name != "_sqlx_migrations" && !name.starts_with("sqlite_")) {
        return Err(StoreError::Damaged("it is the database of another application".to_owned()));
    }
    let (found, known) = (applied_version(connection).await?, newest_version());
    if is_ours && found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    if reads_all {
        let problems: Vec<String> =
            sqlx::query_scalar("PRAGMA quick_check").fetch_all(&mut *connection).await?;
        if problems != ["ok"] {
            return Err(StoreError::Damaged(problems.join("; ")));
        }
    }
    if let (true, Some(owner)) = (is_ours, owner) {
        let held: Option<String> = sqlx::query_scalar("SELECT value FROM sync_state WHERE key = 'owner'")
            .fetch_optional(connection)
            .await?;
        if held.is_some_and(|held| held != owner) {
            return Err(StoreError::Damaged("it holds the referrals of another account".to_owned()));
        }
    }
    Ok(())
}

fn not_a_file(path: &Path) -> StoreError {
    StoreError::io(format!("The file {}", path.display()))(ErrorKind::IsADirectory.into())
}

/// A file that belongs to a database.
pub(crate) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
