//! Checking: section by section, each item with a limit of its own.

use std::time::Duration;

use super::board::Ground;
use super::checks::{Checks, Limits};
use super::evidence::Evidence;
use super::items::{ITEMS, Item};
use super::verdict::waits_for;
use super::view::{Checklist, How, ItemState, PhaseId};
use crate::engine::Engine;
use crate::error::HunterError;
use crate::events::Event;

/// What a check found.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub state: ItemState,
    pub evidence: Evidence,
}

impl Finding {
    pub fn pass(evidence: Evidence) -> Self {
        Self { state: ItemState::Pass, evidence }
    }

    pub fn fail(evidence: Evidence) -> Self {
        Self { state: ItemState::Fail, evidence }
    }

    /// Something that came before has to succeed first.
    pub fn unknown(evidence: Evidence) -> Self {
        Self { state: ItemState::NotRun, evidence }
    }
}

impl From<Result<Self, HunterError>> for Finding {
    fn from(outcome: Result<Self, HunterError>) -> Self {
        outcome.unwrap_or_else(|error| Self::fail(Evidence::error(&error)))
    }
}

impl Engine {
    /// Checks what Hunter itself can check, of one section or of all in their order; each result is on record as soon as
    /// it is there.
    pub async fn run_checklist(&self, phase: Option<PhaseId>) -> Checklist {
        self.run_checklist_within(phase, Limits::default()).await
    }

    /// The item that this process is checking now.
    pub fn checking(&self) -> Option<String> {
        self.board().running()
    }

    pub(crate) async fn run_checklist_within(&self, phase: Option<PhaseId>, limits: Limits) -> Checklist {
        let _turn = self.board().turn.lock().await;
        tracing::info!(event = "checklist_started", phase = phase.map(PhaseId::as_str));
        let checks = Checks::new(self, limits);
        for phase in PhaseId::ALL.into_iter().filter(|known| phase.is_none_or(|phase| phase == *known)) {
            self.check_phase(&checks, phase).await;
        }
        self.board().set_running(None);
        let checklist = self.checklist().await;
        tracing::info!(
            event = "checklist_checked",
            verdict = checklist.verdict.as_str(),
            blocking = checklist.blocking.len()
        );
        self.announce(Event::ChecklistChanged);
        checklist
    }

    async fn check_phase(&self, checks: &Checks<'_>, phase: PhaseId) {
        let ground = Ground::of(self);
        if ground.settings.is_err() {
            return;
        }
        let standings = self.check_results(&ground).await.standings(self, &ground);
        let waits: Vec<&str> = waits_for(&standings, phase)
            .into_iter()
            .filter_map(|place| ITEMS.get(place))
            .map(|item| item.id.as_str())
            .collect();
        for item in ITEMS.iter().filter(|item| item.phase == phase && item.how == How::Automatic) {
            let finding = if waits.is_empty() {
                self.board().set_running(Some(&item.id));
                self.announce(Event::ChecklistChanged);
                within(item, checks).await
            } else {
                Finding::unknown(Evidence::of("waits", &[("items", &waits.join(", "))]))
            };
            let ground = Ground::of(self);
            let result = self.result(&ground, &item.id, finding.state, &finding.evidence);
            tracing::info!(event = "checklist_item_checked", item = item.id, state = finding.state.as_str());
            if let Err(error) = self.record_check(&ground, result).await {
                tracing::warn!(event = "checklist_not_recorded", code = error.code().as_str());
            }
        }
    }
}

async fn within(item: &Item, checks: &Checks<'_>) -> Finding {
    let limit = checks.limits.check.unwrap_or(Duration::from_secs(item.limit_seconds));
    match tokio::time::timeout(limit, checks.find(&item.id)).await {
        Ok(finding) => finding,
        Err(_) => Finding::fail(Evidence::of("too_slow", &[("seconds", &limit.as_secs())])),
    }
}
