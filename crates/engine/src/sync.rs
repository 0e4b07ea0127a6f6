//! A sync run: fetch a page, plan, apply it in one transaction, until every referral is accounted for.

use std::collections::HashSet;
use std::fs::TryLockError;
use std::sync::Arc;
use std::time::Duration;

use hunter_partner_center::{
    Account, ApiError, ApiErrorKind, ListQuery, Page, ReferralsClient, Session, SessionState,
};
use hunter_store::{Mode, RunEnd, RunStatus, Step, Store, Summary, SyncRun, private_dir, private_file};
use uuid::Uuid;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::events::Event;
use crate::plan::{Item, plan};
use crate::profile::{Profile, ProfileKind};
use crate::settings::Settings;

/// The reason on record for a run that the feature flag stopped; fixed, since scripts look for it.
const FLAG_OFF: &str = "Feature flag disabled";
/// How the reason begins when somebody has to sign in; fixed, since scripts look for it.
const SIGN_IN_NEEDED: &str = "Sign-in needed";
/// How often a caller looks whether another program's run has ended.
const LOCK_POLL: Duration = Duration::from_millis(50);
/// Pages in a row that may bring nothing new before the list is taken for endless.
const STALE_PAGES: u32 = 20;

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
    pub(crate) fn of(summary: Summary) -> Self {
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

impl Engine {
    /// Syncs the current profile; while another run is under way, waits for it and reports that one.
    ///
    /// A run that was begun is finished even if the caller no longer waits for it.
    ///
    /// # Errors
    /// Wrong configuration and storage errors; whatever breaks off a run that began is in its report.
    pub async fn sync(&self) -> Result<SyncReport, HunterError> {
        let engine = self.clone();
        tokio::spawn(async move { engine.sync_to_the_end().await }).await?
    }

    async fn sync_to_the_end(&self) -> Result<SyncReport, HunterError> {
        tracing::info!(event = "partner_center_sync_task_started");
        let settings = self.settings()?;
        let profile = self.profile()?;
        if !settings.enabled && profile.kind != ProfileKind::Sample {
            return self.skip(&profile, ErrorCode::FeatureFlagOff, FLAG_OFF).await;
        }
        let session = self.session_of(&settings, &profile).await?;
        let account = match account_of(session.state().await) {
            Ok(account) => account,
            Err(error) => return self.stop_before_start(&profile, error).await,
        };
        let session = Arc::new(session.only_for(&account));
        let profile = self.followed(profile, &account)?;
        let store = self.store_of(&profile).await?;
        let last = store.last_sync().await?.map(|(seq, _)| seq);
        let _lock = self.sync_lock(&profile).await?;
        if let Some((seq, summary)) = store.last_sync().await?
            && Some(seq) > last
        {
            self.announce(Event::SyncFinished(Box::new(summary.clone())));
            return Ok(SyncReport::of(summary));
        }
        let interrupted = store.close_interrupted_runs(self.now()).await?;
        if interrupted > 0 {
            tracing::warn!(event = "partner_center_sync_interrupted", runs = interrupted);
        }
        self.run(&settings, &session, &store).await
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

    async fn run(
        &self,
        settings: &Settings,
        session: &Arc<Session>,
        store: &Store,
    ) -> Result<SyncReport, HunterError> {
        let started_at = self.now();
        let run = store.start_run(Uuid::now_v7().to_string(), Mode::Full, started_at).await?;
        tracing::info!(
            event = "partner_center_sync_started",
            run_id = run.run_id,
            mode = Mode::Full.as_str()
        );
        self.announce(Event::SyncStarted { run_id: run.run_id.clone(), started_at });
        let broke_off = self.read_everything(settings, session, store, &run).await.err();
        let end = broke_off.as_ref().map_or(RunEnd::Complete, |error| RunEnd::BrokeOff {
            cause: error.code().as_str().to_owned(),
            reason: reason(error),
        });
        let summary = store.finish_run(&run, end, self.now()).await?;
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
        self.announce(Event::SyncFinished(Box::new(summary.clone())));
        Ok(SyncReport::new(summary, broke_off))
    }

    async fn read_everything(
        &self,
        settings: &Settings,
        session: &Arc<Session>,
        store: &Store,
        run: &SyncRun,
    ) -> Result<(), HunterError> {
        session.access_token().await.map_err(|error| log_refusal(run, error.into()))?;
        tracing::info!(event = "partner_center_token_acquired_silent", run_id = run.run_id);
        let client = ReferralsClient::new(session.clone(), self.http().clone());
        tracing::info!(event = "partner_center_fetching_referrals", run_id = run.run_id);
        let mut pages = client.list(&ListQuery { top: settings.page_size, ..ListQuery::default() });
        let (mut fetched, mut stale_pages) = (0, 0);
        while let Some(page) = pages.next().await.map_err(|error| log_refusal(run, error))? {
            let so_far = fetched;
            fetched = self.apply(settings, store, run, &page).await?;
            stale_pages = if fetched > so_far { 0 } else { stale_pages + 1 };
            if stale_pages > STALE_PAGES {
                return Err(HunterError::new(ErrorCode::BadAnswer).with("request", page.client_request_id));
            }
            self.announce(Event::SyncProgress { run_id: run.run_id.clone(), page: page.number, fetched });
        }
        tracing::info!(event = "partner_center_referrals_fetched", run_id = run.run_id, fetched);
        self.find_gone(&client, store, run).await
    }

    async fn apply(
        &self,
        settings: &Settings,
        store: &Store,
        run: &SyncRun,
        page: &Page,
    ) -> Result<i64, HunterError> {
        let items: Vec<Item<'_>> = page.items.iter().map(|item| Item::read(item.get())).collect();
        let ids: Vec<&str> = items.iter().filter_map(Item::id).collect();
        let mut writer = store.begin_page(run, self.now()).await?;
        let known = writer.known(&ids).await?;
        let passed_over: HashSet<String> = writer.passed_over(&ids).await?.into_iter().collect();
        let steps = plan(items, &known, &passed_over, &settings.direction);
        writer.apply(&steps).await?;
        let fetched = writer.commit(1, page.bytes).await?;
        steps.iter().for_each(log_step);
        Ok(fetched)
    }

    /// What a complete pass did not bring is gone only if the service says so of each.
    async fn find_gone(
        &self,
        client: &ReferralsClient,
        store: &Store,
        run: &SyncRun,
    ) -> Result<(), HunterError> {
        for referral_id in store.unseen(run).await? {
            let answer = match client.get(&referral_id).await.map_err(|error| log_refusal(run, error)) {
                Ok(answer) => answer,
                Err(error) if concerns_one_referral(error.code()) => continue,
                Err(error) => return Err(error),
            };
            let mut writer = store.begin_page(run, self.now()).await?;
            if answer.item.is_none() {
                writer.mark_gone(&referral_id).await?;
                tracing::debug!(event = "partner_center_referral_gone", run_id = run.run_id, referral_id);
            }
            writer.commit(1, answer.bytes).await?;
        }
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
        self.announce(Event::SyncFinished(Box::new(summary.clone())));
        Ok(SyncReport::new(summary, Some(HunterError::new(code))))
    }

    /// Nobody is signed in: skipped. A session that cannot be read for another cause: a failure of that cause.
    async fn stop_before_start(
        &self,
        profile: &Profile,
        error: HunterError,
    ) -> Result<SyncReport, HunterError> {
        log_no_token(&error);
        if error.code().exit_code() != ErrorCode::SignInNeeded.exit_code() {
            return Err(error);
        }
        let report = self.skip(profile, error.code(), SIGN_IN_NEEDED).await?;
        Ok(SyncReport::new(report.summary, Some(error)))
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

    fn try_sync_lock(&self, profile: &Profile) -> Result<Option<SyncLock>, HunterError> {
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

/// The service refuses one referral to this account, or answers nonsense for it: nothing follows for the others.
fn concerns_one_referral(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::Forbidden | ErrorCode::ServiceRefused | ErrorCode::BadAnswer)
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

fn log_refusal(run: &SyncRun, error: ApiError) -> HunterError {
    let (status, code, request_id) = (error.status, error.code.clone(), error.request_id.clone());
    let client_request_id = error.client_request_id;
    let is_about_tokens = matches!(error.kind, ApiErrorKind::Token(_));
    let error = HunterError::from(error);
    if is_about_tokens {
        log_no_token(&error);
    } else {
        tracing::warn!(
            event = "partner_center_request_failed",
            run_id = run.run_id,
            cause = error.code().as_str(),
            status,
            code,
            request_id,
            client_request_id = client_request_id.map(tracing::field::display),
        );
    }
    error
}

fn log_no_token(error: &HunterError) {
    tracing::warn!(event = "partner_center_token_acquisition_failed", cause = error.code().as_str());
}

fn log_step(step: &Step<'_>) {
    match step {
        Step::Insert { referral, .. } | Step::Update { referral, .. } | Step::Replace { referral, .. } => {
            tracing::debug!(event = "partner_center_referral_ingested", referral_id = referral.id);
            if referral.customer_domain.name().is_none() {
                tracing::debug!(event = "partner_center_referral_saved_no_domain", referral_id = referral.id);
            }
        }
        Step::Skip { referral_id, reason, .. } => {
            tracing::debug!(event = "partner_center_referral_skipped", referral_id, reason);
        }
        Step::Fail { referral_id, reason } => {
            tracing::debug!(event = "partner_center_referral_failed", referral_id, reason);
        }
        Step::Unchanged { .. } => {}
    }
}
