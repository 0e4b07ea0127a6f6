use jiff::Timestamp;

use crate::error::HunterError;
use crate::sync::SyncReport;

/// What happened in the engine, for whoever shows it.
#[derive(Debug, Clone)]
pub enum Event {
    /// A sync run began.
    SyncStarted {
        /// The run.
        run_id: String,
        /// When it began.
        started_at: Timestamp,
    },
    /// A page of a run is stored.
    SyncProgress {
        /// The run.
        run_id: String,
        /// The page's number, from 1.
        page: u32,
        /// Referrals fetched so far.
        fetched: i64,
    },
    /// A sync run ended.
    SyncFinished(Box<SyncReport>),
    /// A sync could not begin.
    SyncPrevented(Box<HunterError>),
    /// Somebody signed in or out, or the profile changed.
    AccountChanged,
    /// Background syncing changed its state, or was paused or let go on.
    ScheduleChanged,
    /// Time has passed that faces may reckon with.
    TimePassed,
    /// A setting changed.
    SettingsChanged,
    /// A check of the checklist began or ended, or a person answered one.
    ChecklistChanged,
}
