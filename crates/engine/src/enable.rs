//! Going live in one step: back up, migrate, check, turn on, sync, look whether it works; undone at the first failure.

use std::fs::File;
use std::io::{Read, Seek, Write};

use hunter_store::{BackupCause, RunStatus, private_file};
use serde::{Deserialize, Serialize};

use crate::checklist::{Checklist, ItemState, PhaseId};
use crate::engine::Engine;
use crate::error::{ErrorBody, ErrorCode, HunterError};
use crate::language::Language;
use crate::profile::ProfileKind;
use crate::reading::Depth;
use crate::referrals::ReferralQuery;
use crate::settings::{Setting, SettingSource};

/// The sections that have to pass before sync is turned on.
const BEFORE: [PhaseId; 3] = [PhaseId::Environment, PhaseId::FlagOff, PhaseId::SignIn];

/// What is to be set back if going live does not end; empty when it did.
const UNFINISHED: &str = "enable.unfinished";

/// What became of going live.
#[derive(Debug, Serialize)]
pub struct Enabling {
    /// Each step, in its order.
    pub steps: Vec<Step>,
    /// Whether sync is on now.
    pub enabled: bool,
    /// Whether nothing was to be changed.
    pub dry_run: bool,
    /// What stopped it.
    #[serde(skip)]
    pub error: Option<ErrorBody>,
    /// What a command ends with.
    #[serde(skip)]
    pub exit_code: u8,
}

/// One step of going live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Which one.
    pub id: StepId,
    /// What became of it.
    pub state: StepState,
    /// What was seen, in the user's language.
    pub evidence: String,
}

/// The steps of going live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum StepId {
    Backup,
    Migrate,
    Environment,
    FlagOff,
    SignIn,
    Enable,
    FirstSync,
    SmokeTest,
    Undo,
}

impl StepId {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Migrate => "migrate",
            Self::Environment => "environment",
            Self::FlagOff => "flag_off",
            Self::SignIn => "sign_in",
            Self::Enable => "enable",
            Self::FirstSync => "first_sync",
            Self::SmokeTest => "smoke_test",
            Self::Undo => "undo",
        }
    }

    fn of(phase: PhaseId) -> Self {
        match phase {
            PhaseId::FlagOff => Self::FlagOff,
            PhaseId::SignIn => Self::SignIn,
            PhaseId::Environment
            | PhaseId::FlagOn
            | PhaseId::PreProduction
            | PhaseId::FirstDay
            | PhaseId::Rollback => Self::Environment,
        }
    }
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Done.
    Pass,
    /// It stopped here.
    Fail,
    /// It would be done.
    Planned,
}

impl StepState {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Planned => "planned",
        }
    }
}

/// Why a step stopped: as it is told, and by which of the errors.
struct Stop {
    evidence: String,
    error: HunterError,
}

impl Stop {
    /// By what was seen.
    fn by(evidence: String) -> Self {
        let error = HunterError::new(ErrorCode::EnableStopped).with("detail", &evidence);
        Self { evidence, error }
    }
}

/// What going live changed, kept in a file until it is over; the program that goes live holds the file's lock.
#[derive(Serialize, Deserialize)]
struct Unfinished {
    /// The flag as `settings.toml` had it.
    flag: Option<String>,
}

struct Enable<'a> {
    engine: &'a Engine,
    language: Language,
    /// The flag as `settings.toml` had it.
    before: Option<String>,
    /// None where nothing is to be changed.
    unfinished: Option<File>,
    on_step: &'a (dyn Fn(&Step) + Sync),
    steps: Vec<Step>,
}

impl Engine {
    /// Goes live, or says what it would do; each step is told as it ends.
    ///
    /// # Errors
    /// [`ErrorCode::SettingLocked`] where the flag is set from outside, and settings that cannot be read; whatever stops
    /// a step is in the steps.
    pub async fn enable(
        &self,
        dry_run: bool,
        on_step: &(dyn Fn(&Step) + Sync),
    ) -> Result<Enabling, HunterError> {
        let settings = self.settings()?;
        let flag = settings.view(Setting::Enabled);
        if flag.locked {
            return Err(HunterError::new(ErrorCode::SettingLocked)
                .with("setting", &flag.key)
                .with("variable", &flag.variable));
        }
        let before = flag.value.clone().filter(|_| flag.source == SettingSource::File);
        let unfinished = if dry_run { None } else { Some(self.unfinished_file()?) };
        if unfinished.as_ref().is_some_and(|file| file.try_lock().is_err()) {
            return Err(HunterError::new(ErrorCode::StorageBusy));
        }
        let language = settings.language;
        let mut enable = Enable { engine: self, language, before, unfinished, on_step, steps: Vec::new() };
        let error = if dry_run {
            enable.plan().await;
            None
        } else {
            tracing::info!(event = "enable_started");
            enable.go().await
        };
        let exit_code = error.as_ref().map_or(0, |error| error.code().exit_code().max(1));
        if !dry_run {
            tracing::info!(event = "enable_ended", exit_code);
        }
        let steps = enable.steps;
        let error = error.map(|error| error.body(language));
        Ok(Enabling { steps, enabled: self.settings()?.enabled, dry_run, error, exit_code })
    }
}

impl Engine {
    fn unfinished_file(&self) -> Result<File, HunterError> {
        Ok(private_file(&self.data_dir().join(UNFINISHED))?)
    }

    /// Turns the flag back if a program that was going live ended before it was done; true if one did.
    ///
    /// # Errors
    /// The data directory cannot be read or written.
    pub fn undo_unfinished_enable(&self) -> Result<bool, HunterError> {
        let path = self.data_dir().join(UNFINISHED);
        if path.metadata().map_or(0, |file| file.len()) == 0 {
            return Ok(false);
        }
        let mut file = self.unfinished_file()?;
        if file.try_lock().is_err() {
            return Ok(false);
        }
        let mut kept = String::new();
        file.read_to_string(&mut kept).map_err(HunterError::file(&path))?;
        // What was cut off while it was written came before the flag was touched.
        if let Ok(Unfinished { flag }) = serde_json::from_str(&kept) {
            self.change_setting(Setting::Enabled, flag.as_deref())?;
            tracing::warn!(event = "enable_undone");
        }
        file.set_len(0).map_err(HunterError::file(&path))?;
        Ok(true)
    }
}

impl Enable<'_> {
    fn say(&self, key: &str, values: &[(&str, &dyn ToString)]) -> String {
        let values: Vec<(&str, String)> =
            values.iter().map(|(name, value)| (*name, value.to_string())).collect();
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.language.text(&format!("enable.{key}"), &values)
    }

    fn tell(&mut self, id: StepId, state: StepState, evidence: String) {
        let step = Step { id, state, evidence };
        (self.on_step)(&step);
        self.steps.push(step);
    }

    /// Says what would be done, from what is on record.
    async fn plan(&mut self) {
        let checklist = self.engine.checklist().await;
        let backups =
            self.engine.profile().map(|profile| self.engine.profile_folder(&profile).join("backups"));
        let folder = backups.map(|folder| folder.display().to_string()).unwrap_or_default();
        self.tell(StepId::Backup, StepState::Planned, self.say("would_back_up", &[("path", &folder)]));
        self.tell(StepId::Migrate, StepState::Planned, self.say("would_migrate", &[]));
        for phase in BEFORE {
            let missing = missing(&checklist, phase);
            let said = if missing.is_empty() {
                self.say("would_check_again", &[])
            } else {
                self.say("would_check", &[("items", &missing.join(", "))])
            };
            self.tell(StepId::of(phase), StepState::Planned, said);
        }
        let is_on = self.engine.settings().is_ok_and(|settings| settings.enabled);
        let turn_on = if is_on { "is_on_already" } else { "would_turn_on" };
        self.tell(StepId::Enable, StepState::Planned, self.say(turn_on, &[]));
        self.tell(StepId::FirstSync, StepState::Planned, self.say("would_sync", &[]));
        self.tell(StepId::SmokeTest, StepState::Planned, self.say("would_look", &[]));
    }

    async fn go(&mut self) -> Option<HunterError> {
        let mut turned_on = false;
        let stopped = self.steps_in_order(&mut turned_on).await.err();
        let (id, stop) = stopped?;
        self.tell(id, StepState::Fail, stop.evidence);
        if turned_on {
            let undone = self.engine.change_setting(Setting::Enabled, self.before.as_deref());
            match undone.and_then(|()| self.note(None)) {
                Ok(()) => self.tell(StepId::Undo, StepState::Pass, self.say("undone", &[])),
                Err(error) => self.tell(StepId::Undo, StepState::Fail, error.body(self.language).message),
            }
        }
        Some(stop.error)
    }

    /// Notes what is to be set back if the program ends now, or that there is nothing.
    fn note(&mut self, unfinished: Option<&Unfinished>) -> Result<(), HunterError> {
        let Some(file) = &mut self.unfinished else { return Ok(()) };
        let kept = unfinished.map(serde_json::to_string).transpose().unwrap_or_default().unwrap_or_default();
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(kept.as_bytes()))
            .and_then(|()| file.sync_all());
        written.map_err(HunterError::file(&self.engine.data_dir().join(UNFINISHED)))
    }

    async fn steps_in_order(&mut self, turned_on: &mut bool) -> Result<(), (StepId, Stop)> {
        let at = |id: StepId| move |stop: Stop| (id, stop);
        let said = self.back_up().await.map_err(at(StepId::Backup))?;
        self.tell(StepId::Backup, StepState::Pass, said);
        let said = self.migrate().await.map_err(at(StepId::Migrate))?;
        self.tell(StepId::Migrate, StepState::Pass, said);
        for phase in BEFORE {
            let said = self.check(phase).await.map_err(at(StepId::of(phase)))?;
            self.tell(StepId::of(phase), StepState::Pass, said);
        }
        let said = self.turn_on(turned_on).map_err(at(StepId::Enable))?;
        self.tell(StepId::Enable, StepState::Pass, said);
        let said = self.first_sync().await.map_err(at(StepId::FirstSync))?;
        self.tell(StepId::FirstSync, StepState::Pass, said);
        let said = self.smoke_test().await.map_err(at(StepId::SmokeTest))?;
        self.note(None).map_err(|error| (StepId::SmokeTest, self.stop(&error)))?;
        self.tell(StepId::SmokeTest, StepState::Pass, said);
        Ok(())
    }

    fn stop(&self, error: &HunterError) -> Stop {
        let body = error.body(self.language);
        let evidence = match body.hint {
            Some(hint) => format!("{} {hint}", body.message),
            None => body.message,
        };
        Stop { evidence, error: error.clone() }
    }

    async fn back_up(&self) -> Result<String, Stop> {
        let backup = self.engine.back_up(BackupCause::BeforeEnable).await;
        let backup = backup.map_err(|error| self.stop(&error))?;
        Ok(self.say("backed_up", &[("path", &backup.path.display())]))
    }

    async fn migrate(&self) -> Result<String, Stop> {
        let version = async { Ok(self.engine.store().await?.schema_version().await?) };
        let version = version.await.map_err(|error: HunterError| self.stop(&error))?;
        Ok(self.say("migrated", &[("version", &version)]))
    }

    async fn check(&self, phase: PhaseId) -> Result<String, Stop> {
        let checklist = self.engine.run_checklist(Some(phase)).await;
        let missing = missing(&checklist, phase);
        if missing.is_empty() {
            let count =
                checklist.phases.iter().filter(|known| known.id == phase).flat_map(|known| &known.items);
            return Ok(self.say("checked", &[("count", &count.count())]));
        }
        let told: Vec<String> = checklist
            .items()
            .filter(|item| missing.contains(&item.id.as_str()))
            .map(|item| format!("{}: {}", item.id, item.evidence))
            .collect();
        let evidence = self.say("not_proved", &[("items", &told.join("; "))]);
        Err(match self.error_of(phase).await {
            Some(error) => Stop { evidence, error },
            None => Stop::by(evidence),
        })
    }

    /// That nobody is signed in is told as every other command tells it.
    async fn error_of(&self, phase: PhaseId) -> Option<HunterError> {
        let signed_in = match self.engine.settings() {
            Ok(settings) => self.engine.signed_in(&settings).await.yes,
            Err(error) => return Some(error),
        };
        (phase == PhaseId::SignIn && !signed_in).then(|| HunterError::new(ErrorCode::SignInNeeded))
    }

    fn turn_on(&mut self, turned_on: &mut bool) -> Result<String, Stop> {
        if self.engine.settings().map_err(|error| self.stop(&error))?.enabled {
            return Ok(self.say("is_on_already", &[]));
        }
        self.note(Some(&Unfinished { flag: self.before.clone() })).map_err(|error| self.stop(&error))?;
        *turned_on = true;
        self.engine.change_setting(Setting::Enabled, Some("true")).map_err(|error| self.stop(&error))?;
        Ok(self.say("turned_on", &[]))
    }

    async fn first_sync(&self) -> Result<String, Stop> {
        let report = self.engine.sync(Depth::AsNeeded).await.map_err(|error| self.stop(&error))?;
        let summary = &report.summary;
        let counts: [(&str, &dyn ToString); 4] = [
            ("run", &summary.run_id),
            ("fetched", &summary.fetched),
            ("stored", &summary.success_count),
            ("failed", &summary.failure_count),
        ];
        if summary.status == RunStatus::Completed {
            return Ok(self.say("synced", &counts));
        }
        Err(match &report.error {
            Some(error) => self.stop(error),
            None => Stop::by(self.say("not_synced", &counts)),
        })
    }

    /// Status, list and ledger tell the same.
    async fn smoke_test(&self) -> Result<String, Stop> {
        let looked = async {
            let status = self.engine.status().await?;
            let query =
                ReferralQuery { status: Some("all".to_owned()), limit: Some(1), ..ReferralQuery::default() };
            let list = self.engine.list(&query).await?;
            let audit = self.engine.store().await?.audit_ledger().await?;
            Ok((status, list.total, audit))
        };
        let (status, listed, audit) = looked.await.map_err(|error: HunterError| self.stop(&error))?;
        let is_signed_in = status.signed_in || status.profile.kind == ProfileKind::Sample;
        let is_well = status.partner_center_enabled
            && is_signed_in
            && status.database.ok
            && status.database.referrals == listed
            && audit.uneven == 0
            && audit.unmatched == 0;
        let values: [(&str, &dyn ToString); 4] = [
            ("referrals", &status.database.referrals),
            ("listed", &listed),
            ("runs", &audit.runs),
            ("uneven", &(audit.uneven + audit.unmatched)),
        ];
        if is_well {
            return Ok(self.say("works", &values));
        }
        Err(Stop::by(self.say("does_not_work", &values)))
    }
}

/// The required items of a section that have not passed.
fn missing(checklist: &Checklist, phase: PhaseId) -> Vec<&str> {
    let here = checklist.phases.iter().filter(|known| known.id == phase).flat_map(|known| &known.items);
    here.filter(|item| item.required && item.state != ItemState::Pass).map(|item| item.id.as_str()).collect()
}
