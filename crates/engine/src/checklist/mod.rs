//! The checklist: what has to be proved before and after Partner Center sync is turned on, and what was found.
//!
//! Items are data (`items.toml`), checks are code (`checks`), and what follows from results is a pure rule
//! (`verdict.rs`).

mod answer;
mod board;
mod checks;
mod evidence;
mod items;
mod report;
mod roll_back;
mod run;
mod verdict;
mod view;

#[cfg(test)]
mod tests;

pub(crate) use board::Board;
pub use view::{
    Answer, Checklist, ChecklistItem, ChecklistResult, ChecklistSummary, Fix, FixAction, How, ItemState,
    Phase, PhaseId, PhaseStatus, RollBack, Verdict,
};
