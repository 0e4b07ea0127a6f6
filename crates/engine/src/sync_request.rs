//! A sync that is asked for and not waited for: what the asker is told, and how to follow it.

use hunter_store::{RunStatus, Summary};
use serde::Serialize;
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::reading::Depth;
use crate::sync::{LOCK_POLL, Start, SyncReport};

const STARTED: &str = "Referral sync task enqueued. Check logs for results.";
const FLAG_OFF: &str = "Partner Center integration is disabled. Enable feature flag to use this endpoint.";
const NO_TOKEN: &str =
    "Failed to start referral sync: Token acquisition failed. Run setup script to authenticate.";

/// What who asks for a sync over HTTP is told; the sentences are fixed, since scripts look for them.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON document.
    pub body: Value,
}

impl SyncAnswer {
    fn started(task_id: &str) -> Self {
        let body = json!({
            "success": true,
            "message": STARTED,
            "enqueued": true,
            "task_id": task_id,
            "success_count": 0,
            "failure_count": 0,
            "skipped_count": 0,
            "errors": [],
        });
        Self { status: 200, body }
    }

    fn refused(status: u16, detail: impl Into<Value>) -> Self {
        Self { status, body: json!({"detail": detail.into()}) }
    }

    fn not_started(error: &HunterError) -> Self {
        use ErrorCode::{KeyringFailed, KeyringLocked, NoKeyring, SignInNeeded, TokenFile};
        let code = error.code();
        if code.exit_code() == SignInNeeded.exit_code()
            || matches!(code, NoKeyring | KeyringLocked | KeyringFailed | TokenFile)
        {
            return Self::refused(500, NO_TOKEN);
        }
        Self::refused(500, format!("Failed to start referral sync: {error}"))
    }
}

/// How far a run is that somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// It is under way.
    Running,
    /// Every referral is accounted for.
    Completed,
    /// Some items failed, or the run broke off after something was stored.
    Partial,
    /// Nothing was asked of the service.
    Skipped,
    /// It broke off before anything was stored.
    Failed,
}

impl From<RunStatus> for TaskState {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Completed => Self::Completed,
            RunStatus::Partial => Self::Partial,
            RunStatus::Skipped => Self::Skipped,
            RunStatus::Failed => Self::Failed,
        }
    }
}

/// A run as who asked for it follows it.
#[derive(Debug, Clone, Serialize)]
pub struct SyncTask {
    /// The run.
    pub task_id: String,
    /// How far it is.
    pub state: TaskState,
    /// What it did, once it has ended.
    pub summary: Option<Summary>,
}

/// What became of the wish for a sync.
enum Asked {
    UnderWay { run_id: String },
    Over(Box<SyncReport>),
}

impl Engine {
    /// Begins a sync of the current profile unless one is under way, and answers at once, as HTTP has it.
    pub async fn request_sync(&self) -> SyncAnswer {
        let engine = self.clone();
        let asked = tokio::spawn(async move { engine.begin_or_join().await }).await;
        match asked.unwrap_or_else(|stopped| Err(stopped.into())) {
            Ok(Asked::UnderWay { run_id }) => SyncAnswer::started(&run_id),
            Ok(Asked::Over(report)) => match report.error {
                Some(error) if error.code() == ErrorCode::FeatureFlagOff => {
                    SyncAnswer::refused(400, FLAG_OFF)
                }
                Some(error) => SyncAnswer::not_started(&error),
                None => SyncAnswer::started(&report.summary.run_id),
            },
            Err(error) => SyncAnswer::not_started(&error),
        }
    }

    /// A run is on record before anybody hears of it, so that it can be followed from then on.
    async fn begin_or_join(&self) -> Result<Asked, HunterError> {
        let ready = match self.prepare().await? {
            Start::Ready(ready) => *ready,
            Start::Over(report) => return Ok(Asked::Over(report)),
        };
        loop {
            if let Some(lock) = self.try_sync_lock(&ready.profile)? {
                let begun = self.begin(ready, lock, Depth::AsNeeded).await?;
                let run_id = begun.run_id().to_owned();
                let engine = self.clone();
                tokio::spawn(async move {
                    if let Err(error) = begun.finish(&engine).await {
                        tracing::warn!(event = "sync_not_finished", code = error.code().as_str());
                        engine.sync_prevented(error);
                    }
                });
                return Ok(Asked::UnderWay { run_id });
            }
            // One that was killed is unfinished, too, while somebody who looks at the ledger closes it.
            let unfinished = ready.store.unfinished_run().await?;
            tokio::time::sleep(LOCK_POLL).await;
            if let Some(run_id) = unfinished
                && self.is_syncing(&ready.profile)
                && ready.store.is_unfinished(&run_id).await?
            {
                return Ok(Asked::UnderWay { run_id });
            }
        }
    }

    /// How far a run of the current profile is; `None` if none of this id is on record.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn sync_task(&self, task_id: &str) -> Result<Option<SyncTask>, HunterError> {
        let profile = self.profile()?;
        let store = self.store_of(&profile).await?;
        if store.is_unfinished(task_id).await? {
            match self.try_sync_lock(&profile)? {
                Some(_lock) => self.close_interrupted(&store).await?,
                None => {
                    let task_id = task_id.to_owned();
                    return Ok(Some(SyncTask { task_id, state: TaskState::Running, summary: None }));
                }
            }
        }
        let summary = store.run(task_id).await?;
        Ok(summary.map(|summary| SyncTask {
            task_id: summary.run_id.clone(),
            state: summary.status.into(),
            summary: Some(summary),
        }))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use hunter_sandbox::{Endpoint, Fault, FaultRule};

    use super::*;
    use crate::events::Event;
    use crate::laptop::Laptop;
    use crate::settings::Setting;

    async fn ended(laptop: &Laptop, task_id: &str) -> SyncTask {
        let mut events = laptop.engine.subscribe();
        loop {
            let task = laptop.engine.sync_task(task_id).await.unwrap().unwrap();
            if task.state != TaskState::Running {
                return task;
            }
            while !matches!(events.recv().await.unwrap(), Event::SyncFinished(_)) {}
        }
    }

    #[tokio::test]
    async fn a_run_can_be_followed_from_the_answer_to_its_end() {
        let laptop = Laptop::new().await;
        laptop.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 300 }));
        let first = laptop.engine.request_sync().await;
        assert_eq!(first.status, 200, "{first:?}");
        let task_id = first.body["task_id"].as_str().unwrap();
        let running = laptop.engine.sync_task(task_id).await.unwrap().unwrap();
        assert_eq!((running.state, running.summary.is_none()), (TaskState::Running, true));
        assert_eq!(laptop.engine.request_sync().await, first, "who asks meanwhile follows the same run");

        let task = ended(&laptop, task_id).await;
        let summary = task.summary.unwrap();
        assert_eq!((task.state, summary.run_id.as_str()), (TaskState::Completed, task_id));
        assert_eq!(summary.inserted, 30);
        assert!(laptop.engine.sync_task("another").await.unwrap().is_none());
        let again = laptop.engine.request_sync().await;
        assert_ne!(again.body["task_id"], task_id);
    }

    #[tokio::test]
    async fn a_run_whose_program_ended_is_told_as_interrupted() {
        let laptop = Laptop::new().await;
        let store = laptop.engine.store().await.unwrap();
        store.start_run("lost".to_owned(), hunter_store::Mode::Full, laptop.now()).await.unwrap();
        let task = laptop.engine.sync_task("lost").await.unwrap().unwrap();
        assert_eq!(task.state, TaskState::Failed);
        assert_eq!(task.summary.unwrap().cause, "interrupted");
    }

    #[tokio::test]
    async fn what_stops_a_run_before_it_begins_is_answered_and_on_record() {
        let laptop = Laptop::new().await;
        laptop.engine.sign_out().await.unwrap();
        let signed_out = laptop.engine.request_sync().await;
        assert_eq!((signed_out.status, &signed_out.body), (500, &json!({"detail": NO_TOKEN})));
        laptop.engine.change_setting(Setting::Enabled, Some("false")).unwrap();
        let off = laptop.engine.request_sync().await;
        assert_eq!((off.status, &off.body), (400, &json!({"detail": FLAG_OFF})));
        let causes: Vec<String> =
            laptop.engine.runs(false, 9, 0).await.unwrap().runs.into_iter().map(|run| run.cause).collect();
        assert_eq!(causes, ["feature_flag_off", "sign_in_needed"]);
        assert_eq!(laptop.calls(Endpoint::List), 0);
    }
}
