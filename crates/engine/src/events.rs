use hunter_store::Summary;
use jiff::Timestamp;

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
    SyncFinished(Box<Summary>),
    /// Somebody signed in or out, or the profile changed.
    AccountChanged,
    /// A setting changed.
    SettingsChanged,
}
