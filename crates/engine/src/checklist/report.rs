//! The checklist as a document to file.

use std::fmt::Write;

use super::board::Ground;
use super::view::{Checklist, ChecklistItem, ItemState, PhaseId, PhaseStatus, Verdict};
use crate::engine::Engine;
use crate::language::Language;

/// The sections that come before sync is turned on.
const BEFORE: [PhaseId; 4] =
    [PhaseId::Environment, PhaseId::FlagOff, PhaseId::SignIn, PhaseId::PreProduction];

impl Checklist {
    /// Whether Partner Center sync may be turned on: nothing that is asked for before that is missing.
    pub fn may_be_turned_on(&self) -> bool {
        let before = self.phases.iter().filter(|phase| BEFORE.contains(&phase.id));
        before.flat_map(|phase| &phase.items).all(|item| !item.required || item.state == ItemState::Pass)
            && self.items().any(|item| item.required)
    }
}

impl Engine {
    /// The checklist as Markdown: each item and section, the verdict, and whether sync may be turned on.
    pub async fn checklist_report(&self) -> String {
        let ground = Ground::of(self);
        let checklist = self.checklist().await;
        let language = ground.language;
        let word = |key: &str| language.text(&format!("checklist.report.{key}"), &[]);
        let profile = ground.profile.as_ref().map_or("", |profile| profile.id.as_str());
        let mut report = format!("# {}\n\n", word("title"));
        let facts = [
            (word("verdict"), checklist.verdict.as_str().to_owned()),
            (word("may_be_on"), word(if checklist.may_be_turned_on() { "is_so" } else { "is_not_so" })),
            (word("environment"), checklist.environment.as_str().to_owned()),
            (word("profile"), profile.to_owned()),
            (word("account"), ground.account()),
            (word("made_at"), self.now().strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
            (word("version"), env!("CARGO_PKG_VERSION").to_owned()),
        ];
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            let _infallible = writeln!(report, "- **{name}:** {}", plain(value));
        }
        if !checklist.blocking.is_empty() {
            let _infallible =
                writeln!(report, "- **{}:** {}", word("blocking"), checklist.blocking.join(", "));
        }
        for phase in &checklist.phases {
            let status = overall(phase.status, language);
            let _infallible = writeln!(report, "\n## {}: {status}\n", plain(&phase.title));
            if !phase.waits_for.is_empty() {
                let _infallible = writeln!(report, "{}: {}\n", word("waits_for"), phase.waits_for.join(", "));
            }
            let heads = ["item", "result", "required", "evidence", "checked_at", "note"].map(word);
            let _infallible = writeln!(report, "| {} |", heads.join(" | "));
            let _infallible = writeln!(report, "|{}", "---|".repeat(heads.len()));
            for item in &phase.items {
                let _infallible = writeln!(report, "| {} |", row(item, language).join(" | "));
            }
        }
        let verdict = match checklist.verdict {
            Verdict::Go => word("overall_go"),
            Verdict::NoGo => word("overall_no_go"),
        };
        let _infallible = writeln!(report, "\n**{verdict}**");
        report
    }
}

fn row(item: &ChecklistItem, language: Language) -> [String; 6] {
    let word = |key: &str| language.text(&format!("checklist.report.{key}"), &[]);
    let mut result = state(item.state, language);
    if item.expired {
        result = format!("{result} ({})", word("expired"));
    }
    [
        format!("{} (`{}`)", plain(&item.title), item.id),
        result,
        word(if item.required { "is_so" } else { "is_not_so" }),
        plain(&item.evidence),
        item.checked_at.map(|at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default(),
        [item.account.as_str(), item.note.as_str()]
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(plain)
            .collect::<Vec<_>>()
            .join(": "),
    ]
}

/// PASS and FAIL are read by people and by scripts alike; the other words are the reader's own.
fn state(state: ItemState, language: Language) -> String {
    match state {
        ItemState::Pass => "PASS".to_owned(),
        ItemState::Fail => "FAIL".to_owned(),
        ItemState::Manual | ItemState::NotRun | ItemState::Skipped => {
            language.text(&format!("checklist.state.{}", state.as_str()), &[])
        }
    }
}

fn overall(status: PhaseStatus, language: Language) -> String {
    match status {
        PhaseStatus::Pass => "PASS".to_owned(),
        PhaseStatus::Fail => "FAIL".to_owned(),
        PhaseStatus::Open | PhaseStatus::Waiting => {
            language.text(&format!("checklist.status.{}", status.as_str()), &[])
        }
    }
}

/// A text that a table of Markdown shows as it is.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' => plain.push(' '),
            '|' | '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' => {
                plain.push('\\');
                plain.push(letter);
            }
            _ => plain.push(letter),
        }
    }
    plain
}
