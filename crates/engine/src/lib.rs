//! Hunter itself: settings, profiles, sign-in, sync runs and health, for every face alike.

rust_i18n::i18n!("locales", fallback = "en");

mod account;
mod background;
mod backups;
mod checklist;
mod companies;
pub mod desk;
mod diagnostics;
mod enable;
mod engine;
mod erase;
mod error;
mod events;
mod export;
mod health;
mod inbox;
mod language;
#[cfg(test)]
mod laptop;
mod ledger;
mod log_file;
mod log_view;
mod logging;
mod metrics;
mod network;
mod notices;
mod pages;
mod plan;
mod profile;
mod reading;
mod recovery;
mod referrals;
mod run;
mod sample;
mod schedule;
mod settings;
mod sync;
mod sync_request;

pub use account::{BrowserSignIn, DeviceSignIn};
pub use backups::BackupView;
pub use checklist::{
    Answer, Checklist, ChecklistItem, ChecklistResult, ChecklistSummary, Fix, FixAction, How, ItemState,
    Phase, PhaseId, PhaseStatus, RollBack, Verdict,
};
pub use companies::{CompanyQuery, ScanEnding, ScanProgress, ScanReport};
pub use diagnostics::{Diagnostics, DiagnosticsFile};
pub use enable::{Enabling, Step, StepId, StepState};
pub use engine::Engine;
pub use error::{ErrorBody, ErrorCode, HunterError, RetryHint};
pub use events::Event;
pub use export::{ExportFormat, ExportProgress, Selection};
pub use health::{DatabaseHealth, Status};
pub use hunter_partner_center::{Account, DeviceCode, HttpOptions};
pub use hunter_referral::{Contact, Side};
pub use hunter_store::{
    Amount, BackupCause, ChangeKind, Check, Choice, Choices, CompanyCandidate, CompanyChange, CompanyDetails,
    CompanyLink, CompanyRow, CompanyRows, Counts, Erasure, FailedRequest, Filter, Insights, ItemOutcome,
    MergedCompany, MonthOfAnswers, MonthOfClosed, MonthOfKind, Order, ReferralItem, ReferralPage,
    ReferralRow, ReferralRows, RunItem, RunItems, RunPage, RunStatus, ScoreOnRecord, SortField, StageSum,
    StatusFilter, Summary, Tiles, Unseen,
};
pub use inbox::{Reach, SavedView};
pub use language::Language;
pub use ledger::RunRecord;
pub use log_view::{LogFilter, LogLevel, LogLine, LogPage};
pub use logging::{Logging, start_logging};
pub use metrics::{Metrics, PartnerCenterMetrics};
pub use profile::{Profile, ProfileKind};
pub use reading::Depth;
pub use referrals::{ReferralDetails, ReferralQuery, ReferralView};
pub use schedule::SyncState;
pub use settings::{
    Environment, Expected, Import, ImportOutcome, ImportedKey, Input, Launch, OnClose, Policy, QuietHours,
    SPECS, Setting, SettingInput, SettingSource, SettingView, Settings, Spec, Warning,
};
pub use sync::SyncReport;
pub use sync_request::{SyncAnswer, SyncTask, TaskState};
