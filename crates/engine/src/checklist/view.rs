//! The checklist as faces show it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::settings::Environment;

/// What has been proved, and what stands in the way.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Checklist {
    /// In one word.
    pub verdict: Verdict,
    /// For which environment.
    pub environment: Environment,
    /// The sections, in their order.
    pub phases: Vec<Phase>,
    /// The required items that have not passed.
    pub blocking: Vec<String>,
    /// The item that is being checked now.
    pub running: Option<String>,
}

/// Whether Partner Center sync may be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub enum Verdict {
    /// Every required item has passed within its validity.
    #[serde(rename = "GO")]
    Go,
    /// Something is missing.
    #[serde(rename = "NO-GO")]
    NoGo,
}

impl Verdict {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::NoGo => "NO-GO",
        }
    }
}

/// The verdict alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct ChecklistSummary {
    /// In one word.
    pub verdict: Verdict,
    /// How many items stand in the way.
    pub blocking: usize,
}

impl Checklist {
    /// All items, in their order.
    pub fn items(&self) -> impl Iterator<Item = &ChecklistItem> {
        self.phases.iter().flat_map(|phase| &phase.items)
    }
}

/// The sections of the checklist, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum PhaseId {
    Environment,
    FlagOff,
    SignIn,
    FlagOn,
    PreProduction,
    FirstDay,
    Rollback,
}

impl PhaseId {
    /// Every section.
    pub const ALL: [Self; 7] = [
        Self::Environment,
        Self::FlagOff,
        Self::SignIn,
        Self::FlagOn,
        Self::PreProduction,
        Self::FirstDay,
        Self::Rollback,
    ];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::FlagOff => "flag_off",
            Self::SignIn => "sign_in",
            Self::FlagOn => "flag_on",
            Self::PreProduction => "pre_production",
            Self::FirstDay => "first_day",
            Self::Rollback => "rollback",
        }
    }

    /// The section of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == word)
    }
}

/// A section of the checklist.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Phase {
    /// Which one.
    #[ts(type = "string")]
    pub id: PhaseId,
    /// Its heading.
    pub title: String,
    /// How it stands.
    pub status: PhaseStatus,
    /// The required items of earlier sections that have not passed.
    pub waits_for: Vec<String>,
    /// Its items, in their order.
    pub items: Vec<ChecklistItem>,
}

/// How a section stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PhaseStatus {
    /// All that it asks for has passed.
    Pass,
    /// Something failed.
    Fail,
    /// Something is still to be done.
    Open,
    /// Earlier sections come first.
    Waiting,
}

impl PhaseStatus {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Open => "open",
            Self::Waiting => "waiting",
        }
    }
}

/// One thing that has to be proved.
#[derive(Clone, Serialize, TS)]
pub struct ChecklistItem {
    /// Its id, which stays the same for ever.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What a pass proves.
    pub proves: String,
    /// Who checks it.
    pub how: How,
    /// Whether the verdict depends on it here.
    pub required: bool,
    /// How it stands.
    pub state: ItemState,
    /// What was found.
    pub evidence: String,
    /// What a person wrote about it.
    pub note: String,
    /// Who was signed in when it was found.
    pub account: String,
    /// When it was found.
    #[ts(type = "string | null")]
    pub checked_at: Option<Timestamp>,
    /// Whether what was found no longer counts: too old, or found under other settings.
    pub expired: bool,
    /// What to do where it has not passed.
    pub fix: Option<Fix>,
}

impl std::fmt::Debug for ChecklistItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChecklistItem")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("expired", &self.expired)
            .finish_non_exhaustive()
    }
}

/// Who checks an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Hunter.
    Automatic,
    /// A person, who answers for it.
    ByHand,
    /// Hunter, after it has done what the item says.
    Action,
}

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// It is proved.
    Pass,
    /// It is not so.
    Fail,
    /// To be done by hand, and not answered.
    Manual,
    /// Never checked, expired, or not to be known.
    NotRun,
    /// Left out by a person.
    Skipped,
}

impl ItemState {
    const ALL: [Self; 5] = [Self::Pass, Self::Fail, Self::Manual, Self::NotRun, Self::Skipped];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Manual => "manual",
            Self::NotRun => "not_run",
            Self::Skipped => "skipped",
        }
    }

    /// The state of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What to do about an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Fix {
    /// In words.
    pub hint: String,
    /// What a face can do at a click.
    pub action: Option<FixAction>,
}

/// What a face can do at a click.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FixAction {
    /// Show a setting.
    Setting {
        /// Its key.
        key: String,
    },
    /// Sign in.
    SignIn,
    /// Turn Partner Center sync on.
    Enable,
    /// Sync.
    Sync,
    /// Back up the database.
    BackUp,
    /// Take something back.
    RollBack {
        /// What.
        to: RollBack,
    },
}

/// What can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RollBack {
    /// Partner Center sync is turned off.
    FlagOff,
    /// The tokens are forgotten.
    ForgetTokens,
    /// The database becomes that of the newest backup.
    RestoreBackup,
    /// The settings become those of the last sync that completed.
    LastWorkingSettings,
}

/// What a person answers for an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is so.
    Pass,
    /// It is not so.
    Fail,
    /// It is left out.
    Skip,
    /// The answer is taken back.
    Clear,
}

/// One result of an item, from its history.
#[derive(Clone, Serialize, TS)]
pub struct ChecklistResult {
    /// How it stood.
    pub state: ItemState,
    /// What was found.
    pub evidence: String,
    /// What a person wrote about it.
    pub note: String,
    /// Who was signed in.
    pub account: String,
    /// When it was found.
    #[ts(type = "string")]
    pub checked_at: Timestamp,
}

impl std::fmt::Debug for ChecklistResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChecklistResult")
            .field("state", &self.state)
            .field("checked_at", &self.checked_at)
            .finish_non_exhaustive()
    }
}
