use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hunter_store::{Erasure, ItemOutcome, RunItems, Summary};
use serde_json::Value;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

use super::requests::dispatch;
use super::view::{
    Desktop, Focus, Leave, Notification, PageEvent, RunDetails, RunList, RunView, SignInState, Snapshot,
    SyncProgress, SyncView, Topic,
};
use crate::backups::BackupView;
use crate::checklist::{Answer, Checklist, ChecklistResult, PhaseId, RollBack};
use crate::companies::ScanProgress;
use crate::diagnostics::Diagnostics;
use crate::engine::Engine;
use crate::error::{ErrorBody, ErrorCode, HunterError};
use crate::events::Event;
use crate::export::ExportProgress;
use crate::health::{SignedIn, needs_sign_in};
use crate::language::Language;
use crate::ledger::RunRecord;
use crate::profile::ProfileKind;
use crate::reading::Depth;
use crate::settings::{OnClose, Setting, SettingView};
use crate::sync::SyncReport;

/// How many items of a run are shown with it.
const FIRST_ITEMS: u32 = 100;

/// What a program that shows the page must be able to do.
pub trait Host: Send + Sync + 'static {
    /// Tells the page something.
    fn publish(&self, event: PageEvent);
    /// Opens an address in the person's browser; false if that failed.
    fn open(&self, url: &str) -> bool;
    /// Puts a text on the clipboard; false if that failed.
    fn copy(&self, text: &str) -> bool;

    /// What the desktop around the window can do; `None` where there is none.
    fn desktop(&self) -> Option<Desktop> {
        None
    }

    /// Tells the person something that no window shows.
    fn notify(&self, _notification: Notification) {}

    /// Closes the window, or ends the program.
    fn leave(&self, _leave: Leave) {}

    /// Asks the person where a file goes that has this name until then.
    fn save_place(&self, _name: String) -> impl Future<Output = SavePlace> + Send {
        std::future::ready(SavePlace::Page)
    }
}

/// Where a file goes that a person wants to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SavePlace {
    /// To a file that the person has chosen.
    File(PathBuf),
    /// Nowhere: the person thought better of it.
    Nowhere,
    /// To the page, which hands it out itself.
    Page,
}

/// The controller of a page; answers its requests and tells it what happens.
#[derive(Debug)]
pub struct Desk<H> {
    pub(super) shared: Arc<Shared<H>>,
}

impl<H> Clone for Desk<H> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

#[derive(Debug)]
pub(super) struct Shared<H> {
    pub(super) engine: Engine,
    pub(super) host: H,
    state: Mutex<State>,
    /// What the person has looked at, to be saved as it was seen.
    pub(super) diagnostics: Mutex<Option<Diagnostics>>,
    pub(super) export_cancelled: AtomicBool,
    pub(super) scan_cancelled: Arc<AtomicBool>,
    /// One snapshot at a time, so that none overtakes a newer one.
    publishing: tokio::sync::Mutex<Option<Seen>>,
}

/// How a person signs in.
#[derive(Debug, Clone, Copy)]
enum Way {
    Code,
    Browser,
}

/// What tells whether another program has changed something: the profile and its newest run.
type Seen = (String, Option<String>);

/// What shows what was stored.
const LISTS: [Topic; 5] = [Topic::Referrals, Topic::Companies, Topic::Views, Topic::Runs, Topic::Settings];

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
    focus: Option<Focus>,
    asks_on_close: bool,
    exporting: Option<ExportProgress>,
    scanning: Option<ScanProgress>,
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
            focus: None,
            asks_on_close: false,
            exporting: None,
            scanning: None,
        };
        let events = engine.subscribe();
        let desk = Self {
            shared: Arc::new(Shared {
                engine,
                host,
                state: Mutex::new(state),
                diagnostics: Mutex::default(),
                export_cancelled: AtomicBool::new(false),
                scan_cancelled: Arc::default(),
                publishing: tokio::sync::Mutex::default(),
            }),
        };
        tokio::spawn(desk.clone().follow_engine(events));
        let recalling = desk.clone();
        tokio::spawn(async move { recalling.recall_account().await });
        desk.shared.engine.start_background();
        desk
    }

    /// Asks the page to show something as soon as it can.
    pub async fn focus(&self, focus: Focus) {
        self.state().focus = Some(focus);
        self.publish().await;
    }

    /// Tells the page that the desktop around it can do more or less than before.
    pub async fn desktop_changed(&self) {
        self.publish().await;
    }

    /// What closing the window does; `None` when the page asks for it.
    pub async fn closing(&self) -> Option<Leave> {
        let on_close = self.shared.engine.settings().map_or(OnClose::Auto, |settings| settings.on_close);
        match on_close {
            OnClose::Background => Some(Leave::Background),
            OnClose::Quit => Some(Leave::Quit),
            OnClose::Auto if self.shared.host.desktop().is_some_and(|desktop| desktop.tray) => {
                Some(Leave::Background)
            }
            OnClose::Auto if self.state().asks_on_close => Some(Leave::Quit),
            OnClose::Auto => {
                self.state().asks_on_close = true;
                self.publish().await;
                None
            }
        }
    }

    /// Answers a request of the page.
    ///
    /// # Errors
    /// The error in the user's language.
    pub async fn call(&self, name: &str, arguments: Value) -> Result<Value, ErrorBody> {
        let answer = match dispatch(self, name, arguments.clone()).await {
            Err(error) if self.mend(&error).await => dispatch(self, name, arguments).await,
            answer => answer,
        };
        answer.map_err(|error| error.body(self.language()))
    }

    /// True if a damaged database was rebuilt, so that what failed is worth another try.
    async fn mend(&self, error: &HunterError) -> bool {
        self.shared.engine.mend(error).await.unwrap_or_else(|error| {
            tracing::warn!(event = "database_not_recovered", code = error.code().as_str());
            false
        })
    }

    async fn follow_engine(self, mut events: Receiver<Event>) {
        loop {
            match events.recv().await {
                Ok(event) => self.follow(event).await,
                Err(RecvError::Lagged(_)) => {
                    self.state().running = None;
                    self.invalidate(&LISTS);
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
            Event::SyncFinished(report) => {
                let SyncReport { summary, error, .. } = *report;
                self.run_ended(Some(summary.run_id), error);
                // Whatever was told of the run before it was over, its last words come now.
                self.shared.publishing.lock().await.take();
                self.invalidate(&LISTS);
                if self.shared.engine.settings().is_ok_and(|settings| settings.enrichment()) {
                    self.start_scan(None);
                }
                self.recall_account().await;
                self.tell().await;
            }
            Event::SyncPrevented(error) => self.run_ended(None, Some(*error)),
            Event::TimePassed => self.tell().await,
            Event::ScheduleChanged => {}
            Event::ChecklistChanged => self.invalidate(&[Topic::Checklist]),
            Event::AccountChanged => {
                self.recall_account().await;
                self.invalidate(&[
                    Topic::Referrals,
                    Topic::Companies,
                    Topic::Views,
                    Topic::Runs,
                    Topic::Settings,
                    Topic::Checklist,
                ]);
            }
            Event::SettingsChanged => {
                self.recall_account().await;
                self.invalidate(&[Topic::Settings, Topic::Checklist, Topic::Companies, Topic::Referrals]);
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

    pub(super) async fn publish(&self) {
        let mut seen = self.shared.publishing.lock().await;
        let mut snapshot = self.snapshot().await;
        if let Err(error) = &snapshot
            && self.mend(error).await
        {
            snapshot = self.snapshot().await;
        }
        match snapshot {
            Ok(snapshot) => {
                let now = seen_in(&snapshot);
                let is_other = seen.replace(now.clone()).is_some_and(|before| before != now);
                self.shared.host.publish(PageEvent::State { snapshot: Box::new(snapshot) });
                if is_other {
                    self.invalidate(&LISTS);
                }
            }
            Err(error) => tracing::warn!(event = "snapshot_failed", code = error.code().as_str()),
        }
    }

    pub(super) fn invalidate(&self, topics: &[Topic]) {
        self.shared.host.publish(PageEvent::Invalidated { topics: topics.to_vec() });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what was under way before.
    pub(super) fn set_exporting(&self, progress: Option<ExportProgress>) -> Option<ExportProgress> {
        std::mem::replace(&mut self.state().exporting, progress)
    }

    pub(super) fn is_scanning(&self) -> bool {
        self.state().scanning.is_some()
    }

    pub(super) fn set_scanning(&self, progress: Option<ScanProgress>) {
        self.state().scanning = progress;
    }

    fn language(&self) -> Language {
        self.shared.engine.settings().map(|settings| settings.language).unwrap_or_default()
    }

    fn set_sign_in(&self, sign_in: SignInState) {
        self.state().sign_in = sign_in;
    }

    fn begin_sign_in(&self, way: Way) {
        let mut state = self.state();
        if !matches!(
            state.sign_in,
            SignInState::Starting | SignInState::Waiting { .. } | SignInState::InBrowser { .. }
        ) {
            state.sign_in = SignInState::Starting;
            state.sign_in_task = Some(tokio::spawn(self.clone().run_sign_in(way)));
        }
    }

    /// The task that ends now, if one is under way.
    fn give_up_sign_in(&self) -> Option<JoinHandle<()>> {
        let mut state = self.state();
        let is_under_way = !matches!(state.sign_in, SignInState::Idle);
        state.sign_in = SignInState::Idle;
        let task = state.sign_in_task.take().filter(|_| is_under_way)?;
        task.abort();
        Some(task)
    }

    async fn run_sign_in(self, way: Way) {
        let outcome = match way {
            Way::Code => self.sign_in_by_code().await,
            Way::Browser => self.sign_in_by_browser().await,
        };
        let sign_in = match &outcome {
            Ok(()) => SignInState::Idle,
            Err(error) => SignInState::Failed { error: error.body(self.language()) },
        };
        self.set_sign_in(sign_in);
        self.recall_account().await;
    }

    async fn sign_in_by_code(&self) -> Result<(), HunterError> {
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

    async fn sign_in_by_browser(&self) -> Result<(), HunterError> {
        let waiting = self.shared.engine.sign_in_in_browser().await?;
        if matches!(self.state().sign_in, SignInState::Idle) {
            return Ok(());
        }
        let address = waiting.address();
        self.set_sign_in(SignInState::InBrowser {
            address: address.to_string(),
            expires_at: waiting.expires_at(),
            browser_opened: self.shared.host.open(address.as_str()),
        });
        self.publish().await;
        waiting.finish().await.map(drop)
    }

    /// Tells the person what no window may show.
    async fn tell(&self) {
        if self.shared.host.desktop().is_none_or(|desktop| !desktop.notifications) {
            return;
        }
        let Ok(settings) = self.shared.engine.settings() else { return };
        match self.shared.engine.notices(&settings).await {
            Ok(notices) => notices.into_iter().for_each(|notice| self.shared.host.notify(notice)),
            Err(error) => tracing::warn!(event = "notices_failed", code = error.code().as_str()),
        }
    }

    fn run_ended(&self, run_id: Option<String>, error: Option<HunterError>) {
        let profile_id = self.shared.engine.profile().map(|profile| profile.id).unwrap_or_default();
        let mut state = self.state();
        state.running = None;
        state.problem = error.map(|error| Problem { profile_id, run_id, error });
    }

    fn start_sync(&self) {
        let desk = self.clone();
        tokio::spawn(async move { drop(desk.shared.engine.sync(Depth::AsNeeded).await) });
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
            (store.last_run().await?, store.last_success_at().await?, store.counts(engine.now()).await?);
        let of_account = profile.kind == ProfileKind::Account;
        let (signed_in, account) = match &self.state().signed_in {
            Some(signed_in) => (signed_in.yes, signed_in.account.clone()),
            None => (of_account, None),
        };
        let checklist = engine.checklist_summary().await;
        let health = engine.sync_health(&settings, needs_sign_in(&settings, &profile, signed_in)).await?;
        let recovered = engine.told_recovery(settings.language).await?;
        let state = self.state();
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
            needs_sign_in: health.needs_sign_in,
            account: account.or_else(|| profile.account.clone()),
            ask_to_enable: signed_in
                && of_account
                && !enabled
                && !asked
                && !settings.view(Setting::Enabled).locked,
            sync: SyncView {
                state: health.state,
                throttled_until: health.throttled_until,
                paused: health.paused,
                running: state.running.clone(),
                last,
                last_success_at,
                next_at: health.next_at,
                problem,
            },
            sign_in: state.sign_in.clone(),
            counts,
            checklist,
            language: settings.language,
            default_status: settings.view(Setting::Status).value.clone().unwrap_or_default(),
            focus: state.focus.clone(),
            asks_on_close: state.asks_on_close,
            desktop: self.shared.host.desktop(),
            exporting: state.exporting,
            scanning: state.scanning,
            enrichment: settings.enrichment(),
            warnings: settings.warnings.iter().map(|warning| warning.text(settings.language)).collect(),
            recovered,
            profile,
        })
    }

    /// Begins a sync.
    ///
    /// # Errors
    /// None; what a run meets is in the snapshot.
    pub async fn sync_now(&self) -> Result<(), HunterError> {
        self.start_sync();
        Ok(())
    }

    pub(super) async fn look_again(&self) -> Result<(), HunterError> {
        self.recall_account().await;
        Ok(())
    }

    /// Stops background syncing, or lets it go on.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn set_paused(&self, paused: bool) -> Result<(), HunterError> {
        self.shared.engine.set_paused(paused).await
    }

    pub(super) async fn list_runs(
        &self,
        only_changes: bool,
        limit: u32,
        offset: u32,
    ) -> Result<RunList, HunterError> {
        let page = self.shared.engine.runs(only_changes, limit, offset).await?;
        let language = self.language();
        let view = |summary: Summary| RunView { problem: problem_of(&summary, language), summary };
        Ok(RunList { total: page.total, runs: page.runs.into_iter().map(view).collect() })
    }

    pub(super) async fn show_run(&self, id: String) -> Result<RunDetails, HunterError> {
        let RunRecord { summary, failed_requests, items } =
            self.shared.engine.run_details(&id, FIRST_ITEMS).await?;
        let problem = problem_of(&summary, self.language());
        Ok(RunDetails { summary, problem, failed_requests, items })
    }

    pub(super) async fn run_items(
        &self,
        id: String,
        outcome: Option<ItemOutcome>,
        limit: u32,
        offset: u32,
    ) -> Result<RunItems, HunterError> {
        self.shared.engine.run_items(&id, outcome, limit, offset).await
    }

    pub(super) async fn focus_shown(&self) -> Result<(), HunterError> {
        self.state().focus = None;
        self.publish().await;
        Ok(())
    }

    pub(super) async fn answer_close(&self, leave: Option<Leave>, remember: bool) -> Result<(), HunterError> {
        self.state().asks_on_close = false;
        self.publish().await;
        let Some(leave) = leave else { return Ok(()) };
        if remember {
            let word = match leave {
                Leave::Background => "background",
                Leave::Quit => "quit",
            };
            self.shared.engine.change_setting(Setting::OnClose, Some(word))?;
        }
        self.shared.host.leave(leave);
        Ok(())
    }

    pub(super) async fn sign_in(&self) -> Result<(), HunterError> {
        let in_browser = matches!(self.state().sign_in, SignInState::InBrowser { .. });
        if in_browser && let Some(former) = self.give_up_sign_in() {
            let _given_up = former.await;
        }
        self.begin_sign_in(Way::Code);
        self.publish().await;
        Ok(())
    }

    pub(super) async fn sign_in_in_browser(&self) -> Result<(), HunterError> {
        if let Some(former) = self.give_up_sign_in() {
            let _given_up = former.await;
        }
        self.begin_sign_in(Way::Browser);
        self.publish().await;
        Ok(())
    }

    pub(super) async fn cancel_sign_in(&self) -> Result<(), HunterError> {
        drop(self.give_up_sign_in());
        self.publish().await;
        Ok(())
    }

    pub(super) async fn open_sign_in_page(&self) -> Result<(), HunterError> {
        let waiting = match &self.state().sign_in {
            SignInState::Waiting { verification_uri, .. } => Some(verification_uri.clone()),
            SignInState::InBrowser { address, .. } => Some(address.clone()),
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
        self.shared.engine.use_sample_data(true).await
    }

    pub(super) async fn leave_sample_data(&self) -> Result<(), HunterError> {
        self.shared.engine.use_sample_data(false).await
    }

    pub(super) async fn answer_enable(&self, enable: bool) -> Result<(), HunterError> {
        self.shared.engine.profiles().remember_asked_to_enable()?;
        if enable {
            self.shared.engine.change_setting(Setting::Enabled, Some("true"))?;
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
        self.shared.engine.change_setting(setting(&key)?, Some(&value))?;
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

    pub(super) async fn checklist(&self) -> Result<Checklist, HunterError> {
        Ok(self.shared.engine.checklist().await)
    }

    pub(super) async fn run_checklist(&self, phase: Option<String>) -> Result<(), HunterError> {
        let phase = match phase {
            Some(word) => Some(PhaseId::parse(&word).ok_or_else(|| unknown_phase(&word))?),
            None => None,
        };
        let engine = self.shared.engine.clone();
        tokio::spawn(async move { engine.run_checklist(phase).await });
        Ok(())
    }

    pub(super) async fn answer_checklist_item(
        &self,
        id: String,
        answer: Answer,
        note: String,
    ) -> Result<Checklist, HunterError> {
        self.shared.engine.answer_checklist_item(&id, answer, &note).await
    }

    pub(super) async fn checklist_history(&self, id: String) -> Result<Vec<ChecklistResult>, HunterError> {
        self.shared.engine.checklist_history(&id).await
    }

    pub(super) async fn checklist_report(&self) -> Result<String, HunterError> {
        Ok(self.shared.engine.checklist_report().await)
    }

    pub(super) async fn roll_back(&self, to: RollBack) -> Result<Checklist, HunterError> {
        self.shared.engine.roll_back(to).await
    }

    pub(super) async fn backups(&self) -> Result<Vec<BackupView>, HunterError> {
        self.shared.engine.backups().await
    }

    pub(super) async fn back_up_now(&self) -> Result<Vec<BackupView>, HunterError> {
        self.shared.engine.back_up_now().await?;
        self.shared.engine.backups().await
    }

    pub(super) async fn restore_backup(&self, name: String) -> Result<(), HunterError> {
        self.shared.engine.restore_backup(&name).await
    }

    pub(super) async fn database_location(&self) -> Result<String, HunterError> {
        Ok(self.shared.engine.database_path()?.display().to_string())
    }

    /// By age; of the account that is shown where no age is given.
    pub(super) async fn erase_data(&self, older_than_days: Option<u32>) -> Result<Erasure, HunterError> {
        match older_than_days {
            Some(days) => self.shared.engine.erase_older_than(days).await,
            None => self.shared.engine.erase_account(&self.shared.engine.profile()?.id).await,
        }
    }

    pub(super) async fn dismiss_recovery(&self) -> Result<(), HunterError> {
        self.shared.engine.dismiss_recovery().await?;
        self.publish().await;
        Ok(())
    }
}

/// What skipped a run of the ledger or broke it off.
fn problem_of(summary: &Summary, language: Language) -> Option<ErrorBody> {
    SyncReport::of(summary.clone()).error.map(|error| error.body(language))
}

fn seen_in(snapshot: &Snapshot) -> Seen {
    (snapshot.profile.id.clone(), snapshot.sync.last.as_ref().map(|last| last.run_id.clone()))
}

fn unknown_phase(word: &str) -> HunterError {
    let ids = PhaseId::ALL.map(PhaseId::as_str).join(", ");
    HunterError::new(ErrorCode::ChecklistItemUnknown).with("id", word).with("ids", ids)
}

fn setting(key: &str) -> Result<Setting, HunterError> {
    Setting::by_key(key).ok_or_else(|| HunterError::new(ErrorCode::UnknownSetting).with("key", key))
}
