//! A sound database in the place of a damaged one, which is set aside and never deleted.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backup::remove_database;
use crate::backups::Backups;
use crate::error::StoreError;
use crate::examine::{Thoroughness, beside, examine};
use crate::open::{Store, lock};
use crate::state::{POSITION, Position, RECOVERY, SCHEDULE, Schedule, write};

/// What became of a damaged database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// When it was noticed.
    pub at: Timestamp,
    /// Where the damaged file lies now; `None` if there was none any more.
    pub aside: Option<PathBuf>,
    /// When the backup was made from which the database was rebuilt; `None` if there was no sound one.
    pub backup_made_at: Option<Timestamp>,
}

impl Store {
    /// Sets a damaged database aside and rebuilds it from its newest sound backup, or empty; everything is to be read anew
    /// from the service then. `None` if it is sound after all, be it that another program was faster.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be examined for another cause or no new one can be written; what is there stays.
    pub async fn recover(path: &Path, owner: &str, now: Timestamp) -> Result<Option<Recovery>, StoreError> {
        let _lock = lock(path).await?;
        match examine(path, Some(owner), Thoroughness::Whole).await {
            Ok(()) => return Ok(None),
            Err(StoreError::Damaged(_)) => {}
            Err(error) => return Err(error),
        }
        let rebuilt = path.with_extension("rebuilt.db");
        let outcome = replace(path, &rebuilt, owner, now).await;
        remove_database(&rebuilt);
        outcome.map(Some)
    }

    /// What became of a database that was damaged, until somebody says that it is known.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn recovery(&self) -> Result<Option<Recovery>, StoreError> {
        crate::state::read(&self.readers, RECOVERY).await
    }

    /// Forgets that the database was damaged; the file that was set aside stays.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn dismiss_recovery(&self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sync_state WHERE key = ?").bind(RECOVERY).execute(&self.writer).await?;
        Ok(())
    }

    /// Forgets how far the service has been read, so that the next run reads everything and is due.
    async fn start_over(&self) -> Result<(), StoreError> {
        let position = Position { pass: None, full_pass_at: None, ..self.position().await? };
        let schedule = Schedule { paused: self.schedule().await?.paused, ..Schedule::default() };
        write(&self.writer, POSITION, &position).await?;
        write(&self.writer, SCHEDULE, &schedule).await
    }
}

async fn replace(path: &Path, rebuilt: &Path, owner: &str, now: Timestamp) -> Result<Recovery, StoreError> {
    let (store, backup_made_at) = rebuild(path, rebuilt, owner, now).await?;
    let is_there = ["", "-wal", "-shm", "-journal"].into_iter().any(|suffix| beside(path, suffix).exists());
    let aside = is_there.then(|| free_name(path, now));
    let recovery = Recovery { at: now, aside: aside.clone(), backup_made_at };
    let prepared: Result<(), StoreError> = async {
        store.belongs_to(owner).await?;
        store.start_over().await?;
        if is_there || backup_made_at.is_some() {
            write(&store.writer, RECOVERY, &Some(&recovery)).await?;
        }
        Ok(())
    }
    .await;
    store.close().await;
    prepared?;
    let file = File::options().write(true).open(rebuilt);
    file.and_then(|file| file.sync_all()).map_err(StoreError::io("The rebuilt database"))?;
    if let Some(aside) = &aside {
        set_aside(path, aside, now)?;
    }
    fs::rename(rebuilt, path).map_err(StoreError::io("The rebuilt database"))?;
    Ok(recovery)
}

/// From the newest backup that is sound and the owner's, else an empty one.
async fn rebuild(
    path: &Path,
    rebuilt: &Path,
    owner: &str,
    now: Timestamp,
) -> Result<(Store, Option<Timestamp>), StoreError> {
    for backup in Backups::of(path).list(now)? {
        match open_sound(&backup.path, rebuilt, owner).await {
            Ok(store) => return Ok((store, Some(backup.made_at))),
            Err(error @ (StoreError::Full | StoreError::ReadOnly | StoreError::Busy)) => return Err(error),
            Err(_) => tracing::warn!(event = "backup_unusable", name = backup.name()),
        }
    }
    remove_database(rebuilt);
    Ok((Store::open(rebuilt).await?, None))
}

async fn open_sound(backup: &Path, rebuilt: &Path, owner: &str) -> Result<Store, StoreError> {
    examine(backup, Some(owner), Thoroughness::Whole).await?;
    let store = Store::open_copy_of(backup, rebuilt).await?;
    let check = store.check().await;
    match check {
        Ok(check) if check.ok => Ok(store),
        Ok(check) => {
            store.close().await;
            Err(StoreError::Damaged(check.problems.join("; ")))
        }
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

fn free_name(path: &Path, now: Timestamp) -> PathBuf {
    let named = |name: String| path.with_extension(format!("damaged-{name}.db"));
    let time = now.strftime("%Y%m%dT%H%M%SZ");
    let first = named(time.to_string());
    let others = (2..1000).map(|number| named(format!("{time}-{number}")));
    std::iter::once(first.clone()).chain(others).find(|name| !name.exists()).unwrap_or(first)
}

/// Renames a database with the files that belong to it; those first, so that none is ever left with another database.
fn set_aside(from: &Path, to: &Path, now: Timestamp) -> Result<(), StoreError> {
    for suffix in ["-wal", "-shm", "-journal", ""] {
        let to = beside(to, suffix);
        match fs::rename(beside(from, suffix), &to) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(StoreError::io(format!("The file {}", to.display()))(error)),
        }
        let marked = File::options().append(true).open(&to).and_then(|file| file.set_modified(now.into()));
        marked.map_err(StoreError::io(format!("The file {}", to.display())))?;
    }
    Ok(())
}
