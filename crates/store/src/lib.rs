//! Hunter's own side: SQLite, migrations, queries and the ledger of sync runs.
//!
//! One writer, any number of query-only readers, write-ahead logging. It knows nothing of networks.

mod audit;
mod backup;
mod backups;
mod checklist;
mod erase;
mod error;
mod examine;
mod list;
mod metrics;
mod notices;
mod open;
mod page;
mod recover;
mod row;
mod runs;
mod state;
mod support;

pub use audit::{LedgerAudit, Lost, PassAudit, PastRun};
pub use backup::Check;
pub use backups::{Backup, BackupCause, Backups};
pub use checklist::CheckResult;
pub use erase::{ErasedMark, Erasure, ErasureKind, erased_mark};
pub use error::StoreError;
pub use list::{Filter, LinkFilter, Order, SOON, SortField, StatusFilter};
pub use metrics::LastRun;
pub use notices::{NoticeKind, Untold};
pub use open::{Store, private_dir, private_file};
pub use page::{Known, PageWriter, PayloadDigest, Step, Version, payload_digest};
pub use recover::Recovery;
pub use row::{Counts, ReferralItem, ReferralPage, StoredReferral};
pub use runs::{
    FailedRequest, HistoryEntry, ItemOutcome, Mode, RunEnd, RunFailure, RunItem, RunItems, RunPage,
    RunStatus, Summary, SyncRun,
};
pub use state::{Pass, Position, Schedule, Trouble};
