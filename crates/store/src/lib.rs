//! Hunter's own side: SQLite, migrations, queries and the ledger of sync runs.
//!
//! One writer, any number of query-only readers, write-ahead logging. It knows nothing of networks.

mod account;
mod audit;
mod backup;
mod backups;
mod checklist;
mod columns;
mod companies;
mod erase;
mod error;
mod examine;
mod filter;
mod first_reading;
mod insights;
mod ledger;
mod links;
mod list;
mod marks;
mod metrics;
mod notices;
mod open;
mod order;
mod page;
mod recover;
mod row;
mod runs;
mod scores;
mod search;
mod state;
mod support;
mod thin;
mod tiles;
mod versions;
mod views;

pub use audit::{LedgerAudit, Lost, PassAudit, PastRun};
pub use backup::Check;
pub use backups::{Backup, BackupCause, Backups};
pub use checklist::CheckResult;
pub use companies::{
    CompanyCandidate, CompanyDetails, CompanyFilter, CompanyLink, CompanyOrder, CompanyRow, CompanyRows,
    MergedCompany, ScoreOnRecord,
};
pub use erase::{ErasedMark, Erasure, ErasureKind, erased_mark};
pub use error::StoreError;
pub use filter::{Filter, NO_CURRENCY, Period, StatusFilter};
pub use insights::{Insights, MonthOfAnswers, MonthOfClosed, MonthOfKind, StageSum};
pub use ledger::{HistoryEntry, RunFailure, RunItem, RunItems, RunPage, Summary};
pub use links::{ChangeKind, CompanyChange};
pub use list::{Found, SOON};
pub use metrics::LastRun;
pub use notices::{NoticeKind, Untold};
pub use open::{Store, linked, private_dir, private_file};
pub use order::{Order, SortField};
pub use page::{Known, PageWriter, Step};
pub use recover::Recovery;
pub use row::{Counts, ReferralItem, ReferralPage, ReferralRow, ReferralRows, StoredReferral, Unseen};
pub use runs::{FailedRequest, ItemOutcome, Mode, RunEnd, RunStatus, SyncRun};
pub use scores::Scan;
pub use state::{Pass, Position, Schedule, Trouble};
pub use tiles::{Amount, Choice, Choices, Tiles};
pub use versions::{PayloadDigest, Understood, Version};
pub use views::StoredView;
