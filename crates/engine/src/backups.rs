//! Backups: made once a day and before risky steps, listed, restored.

use std::path::Path;

use hunter_store::{Backup, BackupCause, StoreError};
use jiff::Timestamp;
use serde::Serialize;
use ts_rs::TS;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::events::Event;
use crate::profile::ProfileKind;

/// A backup as a person chooses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BackupView {
    /// The name of its file.
    pub name: String,
    /// When it was made.
    #[ts(type = "string")]
    pub made_at: Timestamp,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
    /// How many referrals it holds; `None` if it cannot be read.
    #[ts(type = "number | null")]
    pub referrals: Option<i64>,
    /// Why it was made.
    pub cause: BackupCause,
}

impl BackupView {
    async fn of(backup: &Backup) -> Self {
        Self {
            name: backup.name(),
            made_at: backup.made_at,
            bytes: backup.bytes(),
            referrals: backup.referrals().await,
            cause: backup.cause,
        }
    }
}

impl Engine {
    /// The current profile's backups, newest first.
    ///
    /// # Errors
    /// Their folder cannot be read.
    pub async fn backups(&self) -> Result<Vec<BackupView>, HunterError> {
        let backups = self.store().await?.backups().list(self.now())?;
        let mut views = Vec::with_capacity(backups.len());
        for backup in &backups {
            views.push(BackupView::of(backup).await);
        }
        Ok(views)
    }

    /// Makes a backup among those that Hunter keeps, unless nothing has changed since the newest.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn back_up_now(&self) -> Result<(), HunterError> {
        self.back_up(BackupCause::ByHand).await.map(drop)
    }

    /// Makes the day's backup if it is due and there is anything to lose.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn back_up_if_due(&self) -> Result<(), HunterError> {
        if self.profile()?.kind == ProfileKind::None {
            return Ok(());
        }
        let store = self.store().await?;
        if store.backups().is_due(self.now())? && store.counts(self.now()).await?.all > 0 {
            self.back_up(BackupCause::Daily).await?;
        }
        Ok(())
    }

    /// Replaces the current profile's data by one of its backups.
    ///
    /// # Errors
    /// [`ErrorCode::BackupNotFound`]; otherwise as [`Engine::restore_database`].
    pub async fn restore_backup(&self, name: &str) -> Result<(), HunterError> {
        let backups = self.store().await?.backups().list(self.now())?;
        let Some(backup) = backups.into_iter().find(|backup| backup.name() == name) else {
            return Err(HunterError::new(ErrorCode::BackupNotFound).with("name", name));
        };
        self.restore_database(&backup.path).await
    }

    /// Replaces the current profile's rows by those of a backup, while no sync runs; what was there becomes a backup
    /// itself, and a database that is damaged is set aside.
    ///
    /// # Errors
    /// The file is no sound backup, or storage failed; the database stays as it was.
    pub async fn restore_database(&self, from: &Path) -> Result<(), HunterError> {
        let _lock = self.sync_lock(&self.profile()?).await?;
        if let Err(error) = self.back_up(BackupCause::BeforeRestore).await
            && !self.mend(&error).await?
        {
            return Err(error);
        }
        let mut restored = self.store().await?.restore(from).await;
        if matches!(restored, Err(StoreError::Damaged(_)))
            && self.mend(&HunterError::new(ErrorCode::StorageDamaged)).await?
        {
            // It was not the backup.
            restored = self.store().await?.restore(from).await;
        }
        match restored {
            Err(StoreError::Damaged(_)) => {
                return Err(HunterError::new(ErrorCode::BackupUnusable).with("path", from.display()));
            }
            restored => restored?,
        }
        tracing::info!(event = "database_restored");
        self.announce(Event::AccountChanged);
        Ok(())
    }

    /// The backup that holds what the database holds now: a new one, or the newest if nothing has changed since.
    pub(crate) async fn back_up(&self, cause: BackupCause) -> Result<Backup, HunterError> {
        let store = self.store().await?;
        if let Some(backup) = store.back_up(cause, self.now()).await? {
            tracing::info!(event = "database_backed_up", name = backup.name());
            return Ok(backup);
        }
        let newest = store.backups().list(self.now())?.into_iter().next();
        newest.ok_or_else(|| HunterError::new(ErrorCode::StorageBusy))
    }
}
