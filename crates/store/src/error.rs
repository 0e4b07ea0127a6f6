use std::io;

use sqlx::migrate::MigrateError;
use thiserror::Error;

/// Why the database could not do what was asked; nothing of a failed write is kept.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A file or folder could not be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
    /// The disk has no room left.
    #[error("the disk is full")]
    Full,
    /// The database may not be written to.
    #[error("the database is read-only")]
    ReadOnly,
    /// Another program kept the database locked for too long.
    #[error("the database is in use by another program")]
    Busy,
    /// The file is damaged or is no database.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// The database was written by a newer Hunter.
    #[error("the database has schema {found}, this Hunter knows up to {known}")]
    NewerSchema {
        /// The version in the file.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// The backup holds the referrals of another account.
    #[error("the backup belongs to another account")]
    Foreign,
    /// Any other answer of SQLite.
    #[error("the database refused: {0}")]
    Sql(sqlx::Error),
}

impl StoreError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| {
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
                Self::Full
            } else if source.kind() == io::ErrorKind::ReadOnlyFilesystem {
                Self::ReadOnly
            } else {
                Self::Io { what, source }
            }
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let primary = error
            .as_database_error()
            .and_then(|error| error.code()?.parse::<u32>().ok())
            .map(|code| code & 0xff);
        match primary {
            Some(5 | 6) => Self::Busy,
            Some(8) => Self::ReadOnly,
            Some(10 | 14) => {
                Self::Io { what: "The database".to_owned(), source: io::Error::other(error.to_string()) }
            }
            Some(11 | 26) => Self::Damaged(error.to_string()),
            Some(13) => Self::Full,
            _ => Self::Sql(error),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = error {
            return error.into();
        }
        Self::Sql(sqlx::Error::Migrate(Box::new(error)))
    }
}
