//! A sync from the question whether it may run to the report of what it did.

use std::fs::TryLockError;
use std::sync::Arc;
use std::time::Duration;

use hunter_partner_center::{Account, Session, SessionState};
use hunter_store::{Mode, Position, RunEnd, RunStatus, Store, Summary, SyncRun, private_dir, private_file};
use uuid::Uuid;

use crate::background::sign_in_basis;
use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::events::Event;
use crate::profile::{Profile, ProfileKind};
use crate::reading::{Depth, Reading};
use crate::run::{Run, log_no_token};
use crate::schedule::{Met, after_run};
use crate::settings::Settings;

/// The reason on record for a run that the feature flag stopped; fixed, since scripts look for it.
const FLAG_OFF: &str = "Feature flag disabled";
/// How the reason begins when somebody has to sign in; fixed, since scripts look for it.
const SIGN_IN_NEEDED: &str = "Sign-in needed";
/// How often a caller looks whether another program's run has ended.
pub(crate) const LOCK_POLL: Duration = Duration::from_millis(50);

/// What a sync run did, and the exit code of a command that asked for it.
#[derive(Debug, Clone)]
pub struct SyncReport {
    /// The run.
    pub summary: Summary,
    /// What broke it off, in words for a person.
    pub error: Option<HunterError>,
    /// 0 for a complete run.
    pub exit_code: u8,
}

impl SyncReport {
    /// Reports a run of the ledger.
    pub fn of(summary: Summary) -> Self {
        let cause = ErrorCode::parse(&summary.cause);
        Self::new(summary, cause.map(HunterError::new))
    }

    fn new(summary: Summary, error: Option<HunterError>) -> Self {
        let exit_code = match (&error, summary.status) {
            (Some(error), _) => error.code().exit_code(),
            (None, RunStatus::Completed | RunStatus::Skipped) => 0,
            (None, RunStatus::Partial | RunStatus::Failed) => 1,
        };
        Self { summary, error, exit_code }
    }
}

/// Held by the one program that syncs a profile.
#[derive(Debug)]
pub(crate) struct SyncLock {
    _file: std::fs::File,
}

/// What a run works with.
pub(crate) struct Ready {
    pub settings: Settings,
    pub profile: Profile,
    pub session: Arc<Session>,
    pub store: Store,
}

/// Whether a run may begin.
pub(crate) enum Start {
    Ready(Box<Ready>),
    /// A rule stopped it; that is on record.
    Over(Box<SyncReport>),
}

/// A run on record that has not read anything yet.
pub(crate) struct Begun {
    settings: Settings,
    session: Arc<Session>,
    store: Store,
    position: Position,
    reading: Reading,
    run: SyncRun,
    _lock: SyncLock,
}

impl Begun {
    pub fn run_id(&self) -> &str {
        &self.run.run_id
    }

    /// Reads, stores, and closes the run.
    pub async fn finish(self, engine: &Engine) -> Result<SyncReport, HunterError> {
        let Self { settings, session, store, position, reading, run, _lock } = self;
        let is_first = position.first_pass_at.is_none();
        let mut under_way = Run::new(engine, &settings, &session, &store, &run, position);
        let read = async {
            if is_first {
                store.set_indices_aside().await?;
            }
            under_way.read(reading).await
        };
        let broke_off = read.await.err();
        let end = broke_off.as_ref().map_or(RunEnd::Complete, |error| RunEnd::BrokeOff {
            cause: error.code().as_str().to_owned(),
            reason: reason(error),
        });
        let summary = store.finish_run(&run, end, engine.now()).await?;
        if summary.mode == Mode::Full {
            engine.after_pass(&store, is_first).await?;
        }
        engine.schedule_next(&settings, &store, broke_off.as_ref()).await?;
        store.settle().await?;
        if summary.status == RunStatus::Completed {
            engine.keep_working_settings();
        }
        tracing::info!(
            event = "partner_center_sync_summary",
            run_id = summary.run_id,
            status = summary.status.as_str(),
            cause = summary.cause,
            fetched = summary.fetched,
            inserted = summary.inserted,
            updated = summary.updated,
            unchanged = summary.unchanged,
            skipped = summary.skipped_count,
            failed = summary.failure_count,
            unlinked = summary.unlinked,
            gone = summary.gone,
            pages = summary.pages,
            bytes = summary.bytes,
            duration_ms = summary.duration_ms,
        );
        Ok(engine.finished(SyncReport::new(summary, broke_off)))
    }
}

impl Engine {
    /// Syncs the current profile; while another run is under way, waits for it and reports that one, unless it read less
    /// than is asked for.
    ///
    /// A run that was begun is finished even if the caller no longer waits for it.
    ///
    /// # Errors
    /// Wrong configuration and storage errors; whatever breaks off a run that began is in its report.
    pub async fn sync(&self, depth: Depth) -> Result<SyncReport, HunterError> {
        let mut report = self.run_to_its_end(depth).await;
        if let Some(error) = what_broke(&report)
            && self.mend(&error).await?
        {
            report = self.run_to_its_end(depth).await;
        }
        report.inspect_err(|error| self.sync_prevented(error.clone()))
    }

    async fn run_to_its_end(&self, depth: Depth) -> Result<SyncReport, HunterError> {
        let engine = self.clone();
        tokio::spawn(async move { engine.sync_to_the_end(depth).await }).await?
    }

    pub(crate) fn sync_prevented(&self, error: HunterError) {
        self.announce(Event::SyncPrevented(Box::new(error)));
    }

    fn finished(&self, report: SyncReport) -> SyncReport {
        self.announce(Event::SyncFinished(Box::new(report.clone())));
        report
    }

    async fn sync_to_the_end(&self, depth: Depth) -> Result<SyncReport, HunterError> {
        let ready = match self.prepare().await? {
            Start::Ready(ready) => ready,
            Start::Over(report) => return Ok(*report),
        };
        let last = ready.store.last_sync().await?.map(|(seq, _)| seq);
        let lock = self.sync_lock(&ready.profile).await?;
        if let Some((seq, summary)) = ready.store.last_sync().await?
            && Some(seq) > last
            && summary.cause != ErrorCode::Interrupted.as_str()
            && (depth == Depth::AsNeeded || summary.mode == Mode::Full)
        {
            return Ok(self.finished(SyncReport::of(summary)));
        }
        self.begin(*ready, lock, depth).await?.finish(self).await
    }

    /// Finds out whether a run may begin, and with what.
    pub(crate) async fn prepare(&self) -> Result<Start, HunterError> {
        tracing::info!(event = "partner_center_sync_task_started");
        let settings = self.settings()?;
        let profile = self.profile()?;
        if !settings.enabled && profile.kind != ProfileKind::Sample {
            let report = self.skip(&profile, ErrorCode::FeatureFlagOff, FLAG_OFF).await?;
            return Ok(Start::Over(Box::new(self.finished(report))));
        }
        let session = self.session_of(&settings, &profile).await?;
        let account = match account_of(session.state().await) {
            Ok(account) => account,
            Err(error) => {
                let report = self.stop_before_start(&settings, &profile, error).await?;
                return Ok(Start::Over(Box::new(report)));
            }
        };
        let session = Arc::new(session.only_for(&account));
        let profile = self.followed(profile, &account)?;
        let store = self.store_of(&profile).await?;
        Ok(Start::Ready(Box::new(Ready { settings, profile, session, store })))
    }

    /// Puts a run on record; from here on it must be finished.
    pub(crate) async fn begin(
        &self,
        ready: Ready,
        lock: SyncLock,
        depth: Depth,
    ) -> Result<Begun, HunterError> {
        let Ready { settings, session, store, .. } = ready;
        self.close_interrupted(&store).await?;
        let started_at = self.now();
        let position = store.position().await?;
        let reading = Reading::choose(&position, &settings.source(), depth, started_at);
        let mode = match reading {
            Reading::Changes { .. } => Mode::Incremental,
            Reading::Everything { .. } => Mode::Full,
        };
        let run = store.start_run(Uuid::now_v7().to_string(), mode, started_at).await?;
        tracing::info!(event = "partner_center_sync_started", run_id = run.run_id, mode = mode.as_str());
        self.announce(Event::SyncStarted { run_id: run.run_id.clone(), started_at });
        Ok(Begun { settings, session, store, position, reading, run, _lock: lock })
    }

    /// Closes runs on record that ended with their program; only for who holds the profile's lock.
    pub(crate) async fn close_interrupted(&self, store: &Store) -> Result<(), HunterError> {
        let interrupted = store.close_interrupted_runs(self.now()).await?;
        if interrupted > 0 {
            tracing::warn!(event = "partner_center_sync_interrupted", runs = interrupted);
        }
        Ok(())
    }

    /// The signed-in account decides whose referrals are synced, also if another program signed it in.
    fn followed(&self, profile: Profile, account: &Account) -> Result<Profile, HunterError> {
        let of_account = Profile::of(account);
        if profile.kind == ProfileKind::Sample || profile.id == of_account.id {
            return Ok(profile);
        }
        if self.profile()?.kind != ProfileKind::Sample {
            self.profiles().choose_account(&of_account)?;
            self.announce(Event::AccountChanged);
        }
        Ok(of_account)
    }

    /// The first pass brings what has been there all along: nobody has to be told of it.
    async fn after_pass(&self, store: &Store, is_first: bool) -> Result<(), HunterError> {
        let now = self.now();
        if is_first && store.position().await?.first_pass_at.is_some() {
            store.mark_all_told(now).await?;
        }
        store.thin_payloads().await?;
        Ok(store.thin_ledger(now).await?)
    }

    async fn schedule_next(
        &self,
        settings: &Settings,
        store: &Store,
        error: Option<&HunterError>,
    ) -> Result<(), HunterError> {
        let met = Met::of(error, || sign_in_basis(settings));
        let now = self.now();
        store.change_schedule(|schedule| after_run(schedule, met, settings.sync_interval, now)).await?;
        Ok(())
    }

    async fn skip(
        &self,
        profile: &Profile,
        code: ErrorCode,
        reason: &str,
    ) -> Result<SyncReport, HunterError> {
        let flag_off = code == ErrorCode::FeatureFlagOff;
        let store = self.store_of(profile).await?;
        let run = store.start_run(Uuid::now_v7().to_string(), Mode::Full, self.now()).await?;
        let end = RunEnd::Skipped { cause: code.as_str().to_owned(), reason: reason.to_owned() };
        let summary = store.finish_run(&run, end, self.now()).await?;
        if flag_off {
            tracing::info!(
                event = "partner_center_sync_skipped",
                reason = "feature_flag_disabled",
                feature_flag_state = false
            );
        } else {
            tracing::warn!(
                event = "partner_center_sync_skipped",
                reason = code.as_str(),
                feature_flag_state = true
            );
        }
        Ok(SyncReport::new(summary, Some(HunterError::new(code))))
    }

    /// Nobody is signed in: skipped. A session that cannot be read for another cause: a failure of that cause.
    async fn stop_before_start(
        &self,
        settings: &Settings,
        profile: &Profile,
        error: HunterError,
    ) -> Result<SyncReport, HunterError> {
        log_no_token(&error);
        if error.code().exit_code() != ErrorCode::SignInNeeded.exit_code() {
            return Err(error);
        }
        let report = self.skip(profile, error.code(), SIGN_IN_NEEDED).await?;
        self.schedule_next(settings, &self.store_of(profile).await?, Some(&error)).await?;
        Ok(self.finished(SyncReport::new(report.summary, Some(error))))
    }

    /// Waits until no other run of the profile is under way.
    pub(crate) async fn sync_lock(&self, profile: &Profile) -> Result<SyncLock, HunterError> {
        loop {
            if let Some(lock) = self.try_sync_lock(profile)? {
                return Ok(lock);
            }
            tokio::time::sleep(LOCK_POLL).await;
        }
    }

    /// Whether a run of the profile is under way, in whatever program.
    pub(crate) fn is_syncing(&self, profile: &Profile) -> bool {
        std::fs::File::open(self.profile_folder(profile).join("sync.lock"))
            .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    pub(crate) fn try_sync_lock(&self, profile: &Profile) -> Result<Option<SyncLock>, HunterError> {
        let folder = self.profile_folder(profile);
        private_dir(&folder)?;
        let path = folder.join("sync.lock");
        let file = private_file(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(SyncLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(HunterError::file(&path)(error)),
        }
    }
}

/// What kept a run from its end.
fn what_broke(report: &Result<SyncReport, HunterError>) -> Option<HunterError> {
    match report {
        Ok(report) => report.error.clone(),
        Err(error) => Some(error.clone()),
    }
}

/// Whose session it is, or why it cannot be used.
pub(crate) fn account_of(state: SessionState) -> Result<Account, HunterError> {
    match state {
        SessionState::SignedIn { account } => Ok(account),
        SessionState::SignedOut => Err(HunterError::new(ErrorCode::SignInNeeded)),
        SessionState::OtherConnection => Err(HunterError::new(ErrorCode::SignedInElsewhere)),
        SessionState::Ended { reason, .. } => Err((*reason).into()),
        SessionState::Unreadable { error } => Err(error.into()),
    }
}

/// The reason on record: one sentence, in English as all of the ledger.
fn reason(error: &HunterError) -> String {
    let sentence = error.to_string();
    if error.code().exit_code() == ErrorCode::SignInNeeded.exit_code() {
        format!("{SIGN_IN_NEEDED}: {sentence}")
    } else {
        sentence
    }
}
