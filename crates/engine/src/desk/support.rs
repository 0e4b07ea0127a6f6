//! The requests by which a person finds out what is wrong, or lets others find out.

use std::sync::{MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::controller::{Desk, Host, SavePlace};
use super::view::Saved;
use crate::diagnostics::{Diagnostics, DiagnosticsFile};
use crate::error::HunterError;
use crate::log_view::{LogFilter, LogPage};

impl<H: Host> Desk<H> {
    pub(super) async fn logs(
        &self,
        filter: LogFilter,
        before: Option<String>,
        limit: u32,
    ) -> Result<LogPage, HunterError> {
        self.shared.engine.logs(filter, before, limit).await
    }

    pub(super) async fn newer_logs(
        &self,
        filter: LogFilter,
        after: String,
        limit: u32,
    ) -> Result<LogPage, HunterError> {
        self.shared.engine.newer_logs(filter, after, limit).await
    }

    pub(super) async fn diagnostics_preview(&self) -> Result<Vec<DiagnosticsFile>, HunterError> {
        let diagnostics = self.shared.engine.diagnostics().await?;
        let files = diagnostics.files.clone();
        *self.seen_diagnostics() = Some(diagnostics);
        Ok(files)
    }

    pub(super) async fn save_diagnostics(&self) -> Result<Saved, HunterError> {
        let engine = &self.shared.engine;
        let name = format!("hunter-diagnostics-{}.zip", engine.now().strftime("%Y-%m-%d"));
        let place = self.shared.host.save_place(name.clone()).await;
        if place == SavePlace::Nowhere {
            return Ok(Saved::Cancelled);
        }
        let seen = self.seen_diagnostics().take();
        let diagnostics = match seen {
            Some(seen) => seen,
            None => engine.diagnostics().await?,
        };
        match place {
            SavePlace::File(path) => {
                diagnostics.save(&path)?;
                Ok(Saved::Saved { path: path.display().to_string() })
            }
            SavePlace::Page | SavePlace::Nowhere => {
                Ok(Saved::Download { name, content: STANDARD.encode(diagnostics.archive()?) })
            }
        }
    }

    /// What the person has looked at, to be saved as it was seen.
    fn seen_diagnostics(&self) -> MutexGuard<'_, Option<Diagnostics>> {
        self.shared.diagnostics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
