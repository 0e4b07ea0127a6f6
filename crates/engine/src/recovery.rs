//! A database that is damaged: noticed, set aside, rebuilt, told.

use std::path::Path;
use std::sync::PoisonError;

use hunter_store::{Recovery, Store};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::events::Event;
use crate::language::Language;
use crate::profile::Profile;

/// How long a person who does not say so is told that the database was damaged.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(24 * 30);

impl Engine {
    /// Rebuilds the database if an error says that it is damaged and it is; true if what failed is worth another try.
    ///
    /// # Errors
    /// Storage errors; the damaged file stays where it is then.
    pub async fn mend(&self, error: &HunterError) -> Result<bool, HunterError> {
        if error.code() != ErrorCode::StorageDamaged {
            return Ok(false);
        }
        let profile = self.profile()?;
        self.close().await;
        self.recover(&self.profile_folder(&profile).join("hunter.db"), &profile).await
    }

    /// True if there was something to rebuild.
    pub(crate) async fn recover(&self, path: &Path, profile: &Profile) -> Result<bool, HunterError> {
        let Some(recovery) = Store::recover(path, &profile.id, self.now()).await? else { return Ok(false) };
        tracing::warn!(
            event = "database_recovered",
            set_aside = recovery.aside.is_some(),
            from_backup = recovery.backup_made_at.is_some(),
        );
        *self.recovered().lock().unwrap_or_else(PoisonError::into_inner) = Some(recovery);
        self.announce(Event::AccountChanged);
        Ok(true)
    }

    /// What this program has rebuilt since it was last asked, in one sentence.
    pub fn take_recovered(&self, language: Language) -> Option<String> {
        let recovery = self.recovered().lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(in_words(&recovery, language))
    }

    /// What became of the current profile's database when it was damaged, until a person dismisses it.
    pub(crate) async fn told_recovery(&self, language: Language) -> Result<Option<String>, HunterError> {
        let recovery = self.store().await?.recovery().await?;
        let is_recent = |recovery: &Recovery| self.now().duration_since(recovery.at) < TOLD_FOR;
        Ok(recovery.filter(is_recent).map(|recovery| in_words(&recovery, language)))
    }

    /// Tells of a database that was damaged no more.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn dismiss_recovery(&self) -> Result<(), HunterError> {
        Ok(self.store().await?.dismiss_recovery().await?)
    }
}

fn in_words(recovery: &Recovery, language: Language) -> String {
    let path = recovery.aside.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let made_at = recovery.backup_made_at.map(|at| {
        let local = at.to_zoned(TimeZone::system());
        local.strftime("%Y-%m-%d %H:%M").to_string()
    });
    let key = match (&recovery.aside, &made_at) {
        (Some(_), Some(_)) => "recovery.from_backup",
        (Some(_), None) => "recovery.empty",
        (None, _) => "recovery.missing",
    };
    language.text(key, &[("path", &path), ("made_at", &made_at.unwrap_or_default())])
}
