//! Erasing personal data by age or by account, for privacy law.

use std::fs;
use std::path::Path;

use hunter_store::{Erasure, ErasureKind, Store};
use jiff::{SignedDuration, Timestamp};

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::events::Event;
use crate::profile::Profile;
use crate::sync::account_of;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How long damaged and left-over copies are kept where only a setting says what is erased.
const COPIES_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

impl Engine {
    /// Erases closed referrals of the current profile that the service has not changed for so many days, and those gone
    /// from it for as long; from the backups, too.
    ///
    /// # Errors
    /// Storage errors; what was erased by then stays erased.
    pub async fn erase_older_than(&self, days: u32) -> Result<Erasure, HunterError> {
        self.erase_outdated(&self.profile()?, days, ErasureKind::ByHand).await
    }

    /// As [`Engine::erase_older_than`], of an account that was signed in on this computer once.
    ///
    /// # Errors
    /// [`ErrorCode::AccountUnknown`]; otherwise as [`Engine::erase_older_than`].
    pub async fn erase_older_than_of(&self, account: &str, days: u32) -> Result<Erasure, HunterError> {
        self.erase_outdated(&self.profile_named(account)?, days, ErasureKind::ByHand).await
    }

    /// Erases all of an account that was signed in on this computer once: database, backups, copies, and its tokens. What
    /// stays is the record of it.
    ///
    /// # Errors
    /// [`ErrorCode::AccountUnknown`], storage errors; what was erased by then stays erased.
    pub async fn erase_account(&self, account: &str) -> Result<Erasure, HunterError> {
        let profile = self.profile_named(account)?;
        let folder = self.profile_folder(&profile);
        let lock = self.sync_lock(&profile).await?;
        let mut erasure = Erasure::new(ErasureKind::Account, &profile.id, None, self.now());
        if let Ok(store) = self.store_of(&profile).await {
            erasure.backups_removed =
                i64::try_from(store.backups().list(self.now())?.len()).unwrap_or(i64::MAX);
            store.count_all(&mut erasure).await?;
        }
        self.close().await;
        if self.holds_tokens_of(&profile).await? {
            self.sign_out().await?;
        }
        erasure.copies_removed = empty(&folder)?;
        drop(lock);
        self.profiles().forget(&profile)?;
        let store = Store::open(&folder.join("hunter.db")).await?;
        store.record_erasure(&erasure).await?;
        store.close().await;
        tracing::info!(event = "data_erased", kind = erasure.kind, profile = profile.id);
        self.announce(Event::AccountChanged);
        Ok(erasure)
    }

    /// What was erased from the current profile, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn erasures(&self) -> Result<Vec<Erasure>, HunterError> {
        Ok(self.store().await?.erasures().await?)
    }

    /// Erases what is older than the setting keeps, once a day.
    ///
    /// # Errors
    /// Storage errors.
    pub(crate) async fn apply_retention(&self) -> Result<(), HunterError> {
        let profile = self.profile()?;
        let Some(days) = self.settings()?.retention_days else { return Ok(()) };
        let store = self.store_of(&profile).await?;
        let last = store.retention_applied_at().await?;
        if last.is_some_and(|last| self.now().duration_since(last).abs() < DAY) || self.is_syncing(&profile) {
            return Ok(());
        }
        self.erase_outdated(&profile, days, ErasureKind::Retention).await?;
        Ok(store.note_retention(self.now()).await?)
    }

    async fn erase_outdated(
        &self,
        profile: &Profile,
        days: u32,
        kind: ErasureKind,
    ) -> Result<Erasure, HunterError> {
        let _lock = self.sync_lock(profile).await?;
        let store = self.store_of(profile).await?;
        let now = self.now();
        let cutoff = now.checked_sub(DAY.saturating_mul(i32::try_from(days).unwrap_or(i32::MAX)));
        let cutoff = cutoff.unwrap_or(Timestamp::MIN);
        let copies_before = match kind {
            ErasureKind::Retention => now.checked_sub(COPIES_KEPT).unwrap_or(Timestamp::MIN),
            ErasureKind::ByHand | ErasureKind::Account => Timestamp::MAX,
        };
        let erasure = Erasure::new(kind, &profile.id, Some(cutoff), now);
        let erasure = store.erase_outdated(erasure, cutoff, copies_before, now).await?;
        tracing::info!(
            event = "data_erased",
            kind = erasure.kind,
            referrals = erasure.referrals,
            backups_rewritten = erasure.backups_rewritten,
            backups_removed = erasure.backups_removed,
        );
        if erasure.referrals > 0 {
            self.announce(Event::AccountChanged);
        }
        Ok(erasure)
    }

    /// Whether the tokens are this profile's; those that cannot be read are taken for the last account's.
    async fn holds_tokens_of(&self, profile: &Profile) -> Result<bool, HunterError> {
        let state = self.session_state(&self.settings()?).await;
        Ok(match state.and_then(|state| account_of(state).ok()) {
            Some(account) => Profile::of(&account).id == profile.id,
            None => self.profiles().last_account()?.is_some_and(|last| last.id == profile.id),
        })
    }

    /// The profile of an account, by its sign-in name or by the name of its folder.
    fn profile_named(&self, account: &str) -> Result<Profile, HunterError> {
        let is_meant = |profile: &Profile| {
            profile.id == account
                || profile
                    .account
                    .as_deref()
                    .is_some_and(|name| name.to_lowercase() == account.to_lowercase())
        };
        let known = self.profiles().last_account()?.into_iter().chain(self.profiles().on_disk()?);
        let unknown = || HunterError::new(ErrorCode::AccountUnknown).with("account", account);
        known.into_iter().find(is_meant).ok_or_else(unknown)
    }
}

/// Deletes all files in a profile's folder but the lock that is held; tells how many were copies of its database.
fn empty(folder: &Path) -> Result<i64, HunterError> {
    let mut copies = 0;
    for entry in fs::read_dir(folder).map_err(HunterError::file(folder))?.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == "sync.lock" {
            continue;
        }
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(HunterError::file(&path))?;
        copies += i64::from(name.starts_with("hunter.") && name.ends_with(".db") && name != "hunter.db");
    }
    Ok(copies)
}
