use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hunter_store::ReferralPage;
use serde_json::Value;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

use super::requests::dispatch;
use super::view::{PageEvent, SignInState, Snapshot, SyncProgress, SyncState, Topic};
use crate::engine::Engine;
use crate::error::{ErrorBody, ErrorCode, HunterError};
use crate::events::Event;
use crate::health::{SignedIn, needs_sign_in};
use crate::profile::ProfileKind;
use crate::referrals::{ReferralDetails, ReferralQuery};
use crate::settings::{Setting, SettingView};
use crate::sync::SyncReport;

/// Microsoft documents no link to one referral, so the list is opened.
const PARTNER_CENTER_LIST: &str = "https://partner.microsoft.com/dashboard/referrals/v2/leads";

/// What a program that shows the page must be able to do.
pub trait Host: Send + Sync + 'static {
    /// Tells the page something.
    fn publish(&self, event: PageEvent);
    /// Opens an address in the person's browser; false if that failed.
    fn open(&self, url: &str) -> bool;
    /// Puts a text on the clipboard; false if that failed.
    fn copy(&self, text: &str) -> bool;
}

/// The controller of a page; answers its requests and tells it what happens.
#[derive(Debug)]
pub struct Desk<H> {
    shared: Arc<Shared<H>>,
}

impl<H> Clone for Desk<H> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

#[derive(Debug)]
struct Shared<H> {
    engine: Engine,
    host: H,
    state: Mutex<State>,
    /// One snapshot at a time, so that none overtakes a newer one.
    publishing: tokio::sync::Mutex<Option<Seen>>,
}

/// What tells whether another program has changed something: the profile and its newest run.
type Seen = (String, Option<String>);

/// What broke off or prevented a run of a profile.
#[derive(Debug)]
struct Problem {
    profile_id: String,
    run_id: Option<String>,
    error: HunterError,
}

#[derive(Debug)]
struct State {
    /// Known without asking the keyring again; until it was asked, the account that signed in last counts.
    signed_in: Option<SignedIn>,
    sign_in: SignInState,
    sign_in_task: Option<JoinHandle<()>>,
    running: Option<SyncProgress>,
    problem: Option<Problem>,
}

impl<H: Host> Desk<H> {
    /// Starts telling the page what happens; must be called within a Tokio runtime.
    pub fn start(engine: Engine, host: H) -> Self {
        let state = State {
            signed_in: None,
            sign_in: SignInState::Idle,
            sign_in_task: None,
            running: None,
            problem: None,
        };
        let events = engine.subscribe();
        let desk = Self {
            shared: Arc::new(Shared {
                engine,
                host,
                state: Mutex::new(state),
                publishing: tokio::sync::Mutex::default(),
            }),
        };
        tokio::spawn(desk.clone().follow_engine(events));
        tokio::spawn(desk.clone().catch_up());
        desk
    }

    /// Answers a request of the page.
    ///
    /// # Errors
    /// The error in the user's language.
    pub async fn call(&self, name: &str, arguments: Value) -> Result<Value, ErrorBody> {
        dispatch(self, name, arguments).await.map_err(|error| error.body(self.language()))
    }

    /// Whoever opens the page wants to see what is new.
    async fn catch_up(self) {
        self.recall_account().await;
        let signed_in = self.state().signed_in.as_ref().is_some_and(|signed_in| signed_in.yes);
        if signed_in && self.syncs() {
            self.run_sync().await;
        }
    }

    fn syncs(&self) -> bool {
        let of_sample = self.shared.engine.profile().is_ok_and(|profile| profile.kind == ProfileKind::Sample);
        of_sample || self.shared.engine.settings().is_ok_and(|settings| settings.enabled)
    }

    async fn follow_engine(self, mut events: Receiver<Event>) {
        loop {
            match events.recv().await {
                Ok(event) => self.follow(event).await,
                Err(RecvError::Lagged(_)) => {
                    self.state().running = None;
                    self.invalidate(&[Topic::Referrals, Topic::Settings]);
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    async fn follow(&self, event: Event) {
        match event {
            Event::SyncStarted { run_id, started_at } => {
                self.state().running = Some(SyncProgress { run_id, page: 0, fetched: 0, started_at });
            }
            Event::SyncProgress { page, fetched, .. } => {
                if let Some(running) = &mut self.state().running {
                    running.page = page;
                    running.fetched = fetched;
                }
            }
            Event::SyncFinished(_) => {
                self.state().running = None;
                self.invalidate(&[Topic::Referrals]);
            }
            Event::AccountChanged => {
                self.recall_account().await;
                self.invalidate(&[Topic::Referrals]);
            }
            Event::SettingsChanged => {
                self.recall_account().await;
                self.invalidate(&[Topic::Settings]);
            }
        }
        self.publish().await;
    }

    async fn recall_account(&self) {
        let Ok(settings) = self.shared.engine.settings() else { return };
        let signed_in = self.shared.engine.signed_in(&settings).await;
        self.state().signed_in = Some(signed_in);
        self.publish().await;
    }

    async fn publish(&self) {
        let mut seen = self.shared.publishing.lock().await;
        match self.snapshot().await {
            Ok(snapshot) => {
                *seen = Some(seen_in(&snapshot));
                self.shared.host.publish(PageEvent::State { snapshot: Box::new(snapshot) });
            }
            Err(error) => tracing::warn!(event = "snapshot_failed", code = error.code().as_str()),
        }
    }

    fn invalidate(&self, topics: &[Topic]) {
        self.shared.host.publish(PageEvent::Invalidated { topics: topics.to_vec() });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn language(&self) -> crate::Language {
        self.shared.engine.settings().map(|settings| settings.language).unwrap_or_default()
    }

    fn set_sign_in(&self, sign_in: SignInState) {
        self.state().sign_in = sign_in;
    }

    fn begin_sign_in(&self) {
        let mut state = self.state();
        if !matches!(state.sign_in, SignInState::Starting | SignInState::Waiting { .. }) {
            state.sign_in = SignInState::Starting;
            state.sign_in_task = Some(tokio::spawn(self.clone().run_sign_in()));
        }
    }

    fn give_up_sign_in(&self) {
        let mut state = self.state();
        if let Some(task) = state.sign_in_task.take()
            && !matches!(state.sign_in, SignInState::Idle)
        {
            task.abort();
        }
        state.sign_in = SignInState::Idle;
    }

    async fn run_sign_in(self) {
        let outcome = self.sign_in_to_the_end().await;
        let sign_in = match &outcome {
            Ok(()) => SignInState::Idle,
            Err(error) => SignInState::Failed { error: error.body(self.language()) },
        };
        self.set_sign_in(sign_in);
        self.recall_account().await;
        if outcome.is_ok() && self.syncs() {
            self.run_sync().await;
        }
    }

    async fn sign_in_to_the_end(&self) -> Result<(), HunterError> {
        let waiting = self.shared.engine.sign_in().await?;
        if matches!(self.state().sign_in, SignInState::Idle) {
            return Ok(());
        }
        let code = waiting.code();
        self.set_sign_in(SignInState::Waiting {
            user_code: code.user_code.clone(),
            verification_uri: code.verification_uri.to_string(),
            expires_at: code.expires_at,
            copied: self.shared.host.copy(&code.user_code),
            browser_opened: self.shared.host.open(code.verification_uri.as_str()),
        });
        self.publish().await;
        waiting.finish().await.map(drop)
    }

    async fn run_sync(&self) {
        let profile_id = self.shared.engine.profile().map(|profile| profile.id).unwrap_or_default();
        let (run_id, error) = match self.shared.engine.sync().await {
            Ok(SyncReport { summary, error, .. }) => (Some(summary.run_id), error),
            Err(error) => (None, Some(error)),
        };
        self.run_ended(error.map(|error| Problem { profile_id, run_id, error }));
        self.recall_account().await;
    }

    fn run_ended(&self, problem: Option<Problem>) {
        let mut state = self.state();
        state.running = None;
        state.problem = problem;
    }

    fn start_sync(&self) {
        let desk = self.clone();
        tokio::spawn(async move { desk.run_sync().await });
    }
}

/// The requests, in the order in which they are declared.
impl<H: Host> Desk<H> {
    pub(super) async fn snapshot(&self) -> Result<Snapshot, HunterError> {
        let engine = &self.shared.engine;
        let settings = engine.settings()?;
        let profile = engine.profile()?;
        let store = engine.store().await?;
        let asked = engine.profiles().asked_to_enable()?;
        let (last, last_success_at, counts) =
            (store.last_run().await?, store.last_success_at().await?, store.counts().await?);
        let state = self.state();
        let of_account = profile.kind == ProfileKind::Account;
        let (signed_in, account) = match &state.signed_in {
            Some(signed_in) => (signed_in.yes, signed_in.account.clone()),
            None => (of_account, None),
        };
        let enabled = settings.enabled || profile.kind == ProfileKind::Sample;
        let problem = state
            .problem
            .as_ref()
            .filter(|problem| problem.profile_id == profile.id)
            .filter(|problem| {
                problem.run_id.is_none() || problem.run_id == last.as_ref().map(|last| last.run_id.clone())
            })
            .map(|problem| problem.error.clone())
            .or_else(|| last.as_ref().and_then(|last| SyncReport::of(last.clone()).error))
            .filter(|error| error.code() != ErrorCode::FeatureFlagOff)
            .map(|error| error.body(settings.language));
        Ok(Snapshot {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            environment: settings.environment,
            enabled,
            enabled_locked: settings.view(Setting::Enabled).locked,
            configured: settings.configured(),
            signed_in,
            needs_sign_in: needs_sign_in(&settings, &profile, signed_in),
            account: account.or_else(|| profile.account.clone()),
            ask_to_enable: signed_in
                && of_account
                && !enabled
                && !asked
                && !settings.view(Setting::Enabled).locked,
            sync: SyncState { running: state.running.clone(), last, last_success_at, next_at: None, problem },
            sign_in: state.sign_in.clone(),
            counts,
            language: settings.language,
            default_status: settings.view(Setting::Status).value.clone().unwrap_or_default(),
            warnings: settings.warnings.iter().map(|warning| warning.text(settings.language)).collect(),
            profile,
        })
    }

    pub(super) async fn list_referrals(&self, query: ReferralQuery) -> Result<ReferralPage, HunterError> {
        self.shared.engine.list(&query).await
    }

    pub(super) async fn show_referral(&self, id: String) -> Result<ReferralDetails, HunterError> {
        self.shared.engine.show(&id).await
    }

    pub(super) async fn raw_referral(&self, id: String) -> Result<String, HunterError> {
        self.shared.engine.raw(&id).await
    }

    pub(super) async fn sync_now(&self) -> Result<(), HunterError> {
        self.start_sync();
        Ok(())
    }

    pub(super) async fn look_again(&self) -> Result<(), HunterError> {
        let before = self.shared.publishing.lock().await.clone();
        self.recall_account().await;
        if before != *self.shared.publishing.lock().await {
            self.invalidate(&[Topic::Referrals, Topic::Settings]);
        }
        Ok(())
    }

    pub(super) async fn sign_in(&self) -> Result<(), HunterError> {
        self.begin_sign_in();
        self.publish().await;
        Ok(())
    }

    pub(super) async fn cancel_sign_in(&self) -> Result<(), HunterError> {
        self.give_up_sign_in();
        self.publish().await;
        Ok(())
    }

    pub(super) async fn open_sign_in_page(&self) -> Result<(), HunterError> {
        let waiting = match &self.state().sign_in {
            SignInState::Waiting { verification_uri, .. } => Some(verification_uri.clone()),
            SignInState::Idle | SignInState::Starting | SignInState::Failed { .. } => None,
        };
        if let Some(url) = waiting {
            self.shared.host.open(&url);
        }
        Ok(())
    }

    pub(super) async fn sign_out(&self) -> Result<(), HunterError> {
        self.shared.engine.sign_out().await
    }

    pub(super) async fn explore_sample_data(&self) -> Result<(), HunterError> {
        self.shared.engine.use_sample_data(true).await?;
        self.sync_now().await
    }

    pub(super) async fn leave_sample_data(&self) -> Result<(), HunterError> {
        self.shared.engine.use_sample_data(false).await
    }

    pub(super) async fn answer_enable(&self, enable: bool) -> Result<(), HunterError> {
        self.shared.engine.profiles().remember_asked_to_enable()?;
        if enable {
            self.shared.engine.change_setting(Setting::Enabled, Some("true"))?;
            return self.sync_now().await;
        }
        self.publish().await;
        Ok(())
    }

    pub(super) async fn settings(&self) -> Result<Vec<SettingView>, HunterError> {
        Ok(self.shared.engine.settings()?.views().to_vec())
    }

    pub(super) async fn set_setting(
        &self,
        key: String,
        value: String,
    ) -> Result<Vec<SettingView>, HunterError> {
        let setting = setting(&key)?;
        let synced = self.syncs();
        self.shared.engine.change_setting(setting, Some(&value))?;
        let signed_in = self.state().signed_in.as_ref().is_some_and(|signed_in| signed_in.yes);
        if signed_in && !synced && self.syncs() {
            self.start_sync();
        }
        self.settings().await
    }

    pub(super) async fn unset_setting(&self, key: String) -> Result<Vec<SettingView>, HunterError> {
        self.shared.engine.change_setting(setting(&key)?, None)?;
        self.settings().await
    }

    pub(super) async fn copy_text(&self, text: String) -> Result<(), HunterError> {
        self.shared.host.copy(&text);
        Ok(())
    }

    pub(super) async fn open_in_partner_center(&self, id: String) -> Result<(), HunterError> {
        let referral = self.shared.engine.show(&id).await?;
        self.shared.host.copy(&referral.item.engagement_id);
        self.shared.host.open(PARTNER_CENTER_LIST);
        Ok(())
    }
}

fn seen_in(snapshot: &Snapshot) -> Seen {
    (snapshot.profile.id.clone(), snapshot.sync.last.as_ref().map(|last| last.run_id.clone()))
}

fn setting(key: &str) -> Result<Setting, HunterError> {
    Setting::by_key(key).ok_or_else(|| HunterError::new(ErrorCode::UnknownSetting).with("key", key))
}
