//! What is on record of past runs.

use hunter_store::{ItemOutcome, RunItems, RunPage};

use crate::desk::RunDetails;
use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};

impl Engine {
    /// Runs of the current profile, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn runs(&self, limit: u32, offset: u32) -> Result<RunPage, HunterError> {
        Ok(self.store().await?.runs(limit, offset).await?)
    }

    /// One run with at most `limit` of its items.
    ///
    /// # Errors
    /// [`ErrorCode::RunNotFound`], storage errors.
    pub async fn run_details(&self, run_id: &str, limit: u32) -> Result<RunDetails, HunterError> {
        let store = self.store().await?;
        let Some(summary) = store.run(run_id).await? else {
            return Err(HunterError::new(ErrorCode::RunNotFound).with("id", run_id));
        };
        Ok(RunDetails {
            summary,
            failed_requests: store.failed_requests(run_id).await?,
            items: store.run_items(run_id, None, limit, 0).await?,
        })
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
