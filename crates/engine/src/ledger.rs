//! What is on record of past runs.

use hunter_store::{FailedRequest, ItemOutcome, RunItems, RunPage, Store, Summary};

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};

/// A run with what its requests met and the first of its items.
#[derive(Debug)]
pub struct RunRecord {
    /// The run.
    pub summary: Summary,
    /// Requests that failed.
    pub failed_requests: Vec<FailedRequest>,
    /// What became of its referrals.
    pub items: RunItems,
}

impl Engine {
    /// Runs of the current profile, newest first: all of them, or those that changed something.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn runs(&self, only_changes: bool, limit: u32, offset: u32) -> Result<RunPage, HunterError> {
        Ok(self.ledger().await?.runs(only_changes, limit, offset).await?)
    }

    /// One run with at most `limit` of its items.
    ///
    /// # Errors
    /// [`ErrorCode::RunNotFound`], [`ErrorCode::RunUnderWay`], storage errors.
    pub async fn run_details(&self, run_id: &str, limit: u32) -> Result<RunRecord, HunterError> {
        let store = self.ledger().await?;
        if store.is_unfinished(run_id).await? {
            return Err(HunterError::new(ErrorCode::RunUnderWay).with("id", run_id));
        }
        let Some(summary) = store.run(run_id).await? else {
            return Err(HunterError::new(ErrorCode::RunNotFound).with("id", run_id));
        };
        Ok(RunRecord {
            summary,
            failed_requests: store.failed_requests(run_id).await?,
            items: store.run_items(run_id, None, limit, 0).await?,
        })
    }

    /// The current profile's database, in which a run that ended with its program has ended. Who cannot write it reads
    /// the others all the same.
    pub(crate) async fn ledger(&self) -> Result<Store, HunterError> {
        let profile = self.profile()?;
        let store = self.store_of(&profile).await?;
        if store.unfinished_run().await?.is_some()
            && let Ok(Some(_lock)) = self.try_sync_lock(&profile)
        {
            let _next_time = self.close_interrupted(&store).await;
        }
        Ok(store)
    }

    /// Some of a run's items, of one outcome or of all.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn run_items(
        &self,
        run_id: &str,
        outcome: Option<ItemOutcome>,
        limit: u32,
        offset: u32,
    ) -> Result<RunItems, HunterError> {
        Ok(self.store().await?.run_items(run_id, outcome, limit, offset).await?)
    }
}
