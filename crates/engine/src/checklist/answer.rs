//! What people answer, and what was found before.

use super::board::Ground;
use super::evidence::Evidence;
use super::items::{ITEMS, Item, item};
use super::view::{Answer, Checklist, ChecklistResult, How, ItemState};
use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::events::Event;

/// Longer notes are cut.
const LONGEST_NOTE: usize = 2000;

impl Engine {
    /// Puts on record what a person answers for an item, with a note.
    ///
    /// # Errors
    /// [`ErrorCode::ChecklistItemUnknown`], [`ErrorCode::ChecklistNotByHand`] for a pass or a failure of what Hunter
    /// itself checks, and storage errors.
    pub async fn answer_checklist_item(
        &self,
        id: &str,
        answer: Answer,
        note: &str,
    ) -> Result<Checklist, HunterError> {
        let item = known(id)?;
        let is_judgement = matches!(answer, Answer::Pass | Answer::Fail);
        if is_judgement && item.how != How::ByHand {
            return Err(HunterError::new(ErrorCode::ChecklistNotByHand).with("id", id));
        }
        let state = match answer {
            Answer::Pass => ItemState::Pass,
            Answer::Fail => ItemState::Fail,
            Answer::Skip => ItemState::Skipped,
            Answer::Clear if item.how == How::ByHand => ItemState::Manual,
            Answer::Clear => ItemState::NotRun,
        };
        let ground = Ground::of(self);
        let mut result = self.result(&ground, id, state, &Evidence::default());
        result.note = note.trim().chars().take(LONGEST_NOTE).collect();
        self.record_check(&ground, result).await?;
        tracing::info!(event = "checklist_answered", item = id, state = state.as_str());
        self.announce(Event::ChecklistChanged);
        Ok(self.checklist().await)
    }

    /// What was found for an item in this environment, newest first.
    ///
    /// # Errors
    /// [`ErrorCode::ChecklistItemUnknown`], storage errors.
    pub async fn checklist_history(&self, id: &str) -> Result<Vec<ChecklistResult>, HunterError> {
        let item = known(id)?;
        let ground = Ground::of(self);
        let history = self.store().await?.check_history(ground.environment.as_str(), &item.id).await?;
        let of_record = |result: hunter_store::CheckResult| {
            Some(ChecklistResult {
                state: ItemState::parse(&result.state)?,
                evidence: Evidence::recall(&result.evidence).text(ground.language),
                checked_at: result.at()?,
                note: result.note,
                account: result.account,
            })
        };
        Ok(history.into_iter().filter_map(of_record).collect())
    }
}

fn known(id: &str) -> Result<&'static Item, HunterError> {
    item(id).ok_or_else(|| {
        let ids: Vec<&str> = ITEMS.iter().map(|item| item.id.as_str()).collect();
        HunterError::new(ErrorCode::ChecklistItemUnknown).with("id", id).with("ids", ids.join(", "))
    })
}
