//! Taking back: each action checks itself afterwards, and leaves a way back.

use std::path::Path;

use hunter_store::BackupCause;

use super::board::Ground;
use super::evidence::Evidence;
use super::run::Finding;
use super::view::{Checklist, RollBack};
use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::events::Event;
use crate::profile::ProfileKind;
use crate::settings::{Setting, last_working};

impl RollBack {
    fn item(self) -> &'static str {
        match self {
            Self::FlagOff => "roll_back_flag",
            Self::ForgetTokens => "roll_back_tokens",
            Self::RestoreBackup => "roll_back_backup",
            Self::LastWorkingSettings => "roll_back_settings",
        }
    }
}

impl Engine {
    /// Takes something back, checks that it is so, and puts that on record.
    ///
    /// # Errors
    /// What kept it from being taken back; that is on record, too.
    pub async fn roll_back(&self, to: RollBack) -> Result<Checklist, HunterError> {
        let outcome = match to {
            RollBack::FlagOff => self.turn_off().await,
            RollBack::ForgetTokens => self.forget_tokens().await,
            RollBack::RestoreBackup => self.restore_newest_backup().await,
            RollBack::LastWorkingSettings => self.restore_working_settings(),
        };
        let ground = Ground::of(self);
        let finding = Finding::from(outcome.clone());
        let result = self.result(&ground, to.item(), finding.state, &finding.evidence);
        tracing::info!(event = "rolled_back", to = to.item(), state = finding.state.as_str());
        let recorded = self.record_check(&ground, result).await;
        self.announce(Event::ChecklistChanged);
        outcome?;
        recorded?;
        Ok(self.checklist().await)
    }

    async fn turn_off(&self) -> Result<Finding, HunterError> {
        self.change_setting(Setting::Enabled, Some("false"))?;
        let is_syncing = self.is_syncing(&self.profile()?);
        let after = if is_syncing { "roll_back.flag_off_soon" } else { "roll_back.flag_off" };
        Ok(if self.settings()?.enabled {
            Finding::fail(Evidence::of("roll_back.flag_still_on", &[]))
        } else {
            Finding::pass(Evidence::of(after, &[]))
        })
    }

    async fn forget_tokens(&self) -> Result<Finding, HunterError> {
        self.sign_out().await?;
        let settings = self.settings()?;
        let name = settings.token_cache_path.display();
        Ok(if settings.token_cache_path.exists() {
            Finding::fail(Evidence::of("roll_back.tokens_still_there", &[("path", &name)]))
        } else {
            Finding::pass(Evidence::of("roll_back.tokens", &[("path", &name)]))
        })
    }

    async fn restore_newest_backup(&self) -> Result<Finding, HunterError> {
        let newest = self.store().await?.backups().list(self.now())?.into_iter().next();
        let backup = newest.ok_or_else(|| HunterError::new(ErrorCode::NoBackup))?;
        self.restore_database(&backup.path).await?;
        let check = self.store().await?.check().await?;
        if !check.ok {
            return Ok(Finding::fail(Evidence::of(
                "integrity.damaged",
                &[("problems", &check.problems.join("; "))],
            )));
        }
        let referrals: i64 =
            self.store().await?.count_by_status().await?.into_iter().map(|(_, count)| count).sum();
        let made_at = backup.made_at.strftime("%Y-%m-%d %H:%M UTC");
        let newest = self.store().await?.backups().list(self.now())?.into_iter().next();
        let before = newest.filter(|newest| newest.cause == BackupCause::BeforeRestore && *newest != backup);
        let evidence = Evidence::of(
            "roll_back.backup",
            &[("backup", &backup.name()), ("made_at", &made_at), ("referrals", &referrals)],
        );
        Ok(Finding::pass(match before {
            Some(before) => evidence.and("roll_back.backup_before", &[("backup", &before.name())]),
            None => evidence,
        }))
    }

    fn restore_working_settings(&self) -> Result<Finding, HunterError> {
        let (kept_at, replaced) = last_working::bring_back(self.data_dir())?;
        self.announce(Event::SettingsChanged);
        let settings = self.settings()?;
        let kept_at = kept_at.strftime("%Y-%m-%d %H:%M UTC");
        let flag = if settings.enabled { "roll_back.flag_is_on" } else { "roll_back.flag_is_off" };
        Ok(Finding::pass(
            Evidence::of("roll_back.settings", &[("kept_at", &kept_at), ("file", &name(&replaced))])
                .and(flag, &[]),
        ))
    }

    /// Remembers the settings in force as working ones, for who wants to go back to them; sample data proves nothing.
    pub(crate) fn keep_working_settings(&self) {
        if self.profile().is_ok_and(|profile| profile.kind == ProfileKind::Sample) {
            return;
        }
        if let Err(error) = last_working::keep(self.data_dir()) {
            tracing::warn!(event = "working_settings_not_kept", code = error.code().as_str());
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
