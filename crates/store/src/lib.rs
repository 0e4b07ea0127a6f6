//! Hunter's own side: SQLite, migrations, queries and the ledger of sync runs.
//!
//! One writer, any number of query-only readers, write-ahead logging. It knows nothing of networks.

mod backup;
mod error;
mod list;
mod open;
mod page;
mod row;
mod runs;

pub use backup::Check;
pub use error::StoreError;
pub use list::{Filter, LinkFilter, Order, SortField, StatusFilter};
pub use open::{Store, private_dir, private_file};
pub use page::{Known, PageWriter, Step};
pub use row::{Counts, ReferralItem, ReferralPage, StoredReferral};
pub use runs::{HistoryEntry, ItemOutcome, Mode, RunEnd, RunFailure, RunStatus, Summary, SyncRun};
