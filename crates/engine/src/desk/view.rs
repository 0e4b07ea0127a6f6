use hunter_store::{Counts, FailedRequest, RunItems, Summary};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::checklist::ChecklistSummary;
use crate::companies::ScanProgress;
use crate::error::ErrorBody;
use crate::export::ExportProgress;
use crate::language::Language;
use crate::profile::Profile;
use crate::schedule::SyncState;
use crate::settings::Environment;

/// Everything a page shows that is not a list.
#[derive(Debug, Clone, Serialize, TS)]
#[expect(missing_docs, reason = "the fields' names say it")]
pub struct Snapshot {
    pub version: String,
    pub environment: Environment,
    pub profile: Profile,
    pub enabled: bool,
    pub enabled_locked: bool,
    pub configured: bool,
    pub signed_in: bool,
    pub needs_sign_in: bool,
    pub account: Option<String>,
    /// After the first sign-in with the feature flag off: the page asks once.
    pub ask_to_enable: bool,
    pub sync: SyncView,
    pub sign_in: SignInState,
    pub counts: Counts,
    pub checklist: ChecklistSummary,
    pub language: Language,
    pub default_status: String,
    /// What a click outside the window asked to see; the page says when it shows it.
    pub focus: Option<Focus>,
    /// Whether the window waits for an answer to what closing it should do.
    pub asks_on_close: bool,
    /// What the desktop can do; `None` in a browser.
    pub desktop: Option<Desktop>,
    /// The export under way.
    pub exporting: Option<ExportProgress>,
    /// The scan of domains under way.
    pub scanning: Option<ScanProgress>,
    /// Whether customers' domains may be looked up.
    pub enrichment: bool,
    pub warnings: Vec<String>,
    /// What became of a damaged database, until the person dismisses it.
    pub recovered: Option<String>,
}

/// What a click outside the window asks to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Focus {
    /// One referral.
    Referral {
        /// Its id.
        id: String,
    },
    /// Unanswered referrals.
    New,
    /// Unanswered referrals that expire soon.
    Expiring,
}

/// What the desktop that Hunter runs on can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Desktop {
    /// It shows Hunter's icon in a tray.
    pub tray: bool,
    /// It shows notifications.
    pub notifications: bool,
}

/// What becomes of Hunter when its window is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Leave {
    /// It goes on without a window.
    Background,
    /// It ends.
    Quit,
}

/// Something that a person should hear of though no window shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// In a few words.
    pub title: String,
    /// In a sentence.
    pub body: String,
    /// What a click shows, besides the window.
    pub focus: Option<Focus>,
}

/// A run as a page shows it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RunView {
    /// The run.
    pub summary: Summary,
    /// What skipped it or broke it off, in the user's language.
    pub problem: Option<ErrorBody>,
}

/// Runs, newest first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RunList {
    /// How many there are.
    #[ts(type = "number")]
    pub total: i64,
    /// Those asked for.
    pub runs: Vec<RunView>,
}

/// A run with what its requests met and the first of its items.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RunDetails {
    /// The run.
    pub summary: Summary,
    /// What skipped it or broke it off, in the user's language.
    pub problem: Option<ErrorBody>,
    /// Requests that failed.
    pub failed_requests: Vec<FailedRequest>,
    /// What became of its referrals.
    pub items: RunItems,
}

/// How syncing is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SyncView {
    /// In one word.
    pub state: SyncState,
    /// When the service may be asked again, while it is throttled.
    #[ts(type = "string | null")]
    pub throttled_until: Option<Timestamp>,
    /// Whether a person paused it.
    pub paused: bool,
    /// The run under way.
    pub running: Option<SyncProgress>,
    /// The newest run that ended.
    pub last: Option<Summary>,
    /// When the newest complete run ended.
    #[ts(type = "string | null")]
    pub last_success_at: Option<Timestamp>,
    /// When the next run is due.
    #[ts(type = "string | null")]
    pub next_at: Option<Timestamp>,
    /// What broke off or skipped the newest run.
    pub problem: Option<ErrorBody>,
}

/// How far a run is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SyncProgress {
    /// The run.
    pub run_id: String,
    /// Pages stored.
    pub page: u32,
    /// Referrals fetched.
    #[ts(type = "number")]
    pub fetched: i64,
    /// When it began.
    #[ts(type = "string")]
    pub started_at: Timestamp,
}

/// How far a sign-in is.
#[derive(Clone, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SignInState {
    /// None is under way.
    Idle,
    /// Microsoft was asked for a code.
    Starting,
    /// The person enters the code at Microsoft.
    Waiting {
        /// What to enter.
        user_code: String,
        /// Where to enter it.
        verification_uri: String,
        /// Until when.
        #[ts(type = "string")]
        expires_at: Timestamp,
        /// Whether the code is on the clipboard.
        copied: bool,
        /// Whether the browser was opened.
        browser_opened: bool,
    },
    /// The person signs in in the browser, which comes back by itself.
    InBrowser {
        /// Where, for a browser that did not open.
        address: String,
        /// Until when Hunter waits.
        #[ts(type = "string")]
        expires_at: Timestamp,
        /// Whether the browser was opened.
        browser_opened: bool,
    },
    /// It came to nothing.
    Failed {
        /// Why.
        error: ErrorBody,
    },
}

impl std::fmt::Debug for SignInState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Idle => "Idle",
            Self::Starting => "Starting",
            Self::Waiting { .. } => "Waiting(<redacted>)",
            Self::InBrowser { .. } => "InBrowser(<redacted>)",
            Self::Failed { .. } => "Failed",
        })
    }
}

/// What became of a file that a person wanted to keep.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Saved {
    /// It is there.
    Saved {
        /// Where.
        path: String,
    },
    /// The person chose no place.
    Cancelled,
    /// The page hands it out, as a browser does with downloads.
    Download {
        /// What it is called.
        name: String,
        /// Its content in Base64.
        content: String,
    },
}

/// What a page has cached under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// Lists and details of referrals.
    Referrals,
    /// Companies.
    Companies,
    /// Saved views.
    Views,
    /// Settings.
    Settings,
    /// The ledger of runs.
    Runs,
    /// The checklist.
    Checklist,
}

/// What a page is told.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "type", rename_all = "lowercase")]
#[ts(rename = "Event")]
pub enum PageEvent {
    /// Something in the snapshot changed.
    State {
        /// All of it.
        snapshot: Box<Snapshot>,
    },
    /// Caches of these topics are stale.
    Invalidated {
        /// Which.
        topics: Vec<Topic>,
    },
}
