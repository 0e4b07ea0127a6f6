//! The checklist and going live, on a terminal.

use std::fs;
use std::path::Path;

use hunter_engine::{
    Answer, Checklist, ChecklistItem, Engine, ErrorCode, HunterError, ItemState, Step, StepState, Verdict,
};
use serde_json::{Value, json};

use crate::args::{ChecklistCommand, GivenAnswer};
use crate::output::{Output, printable};
use crate::stop::until_stopped;
use crate::text::{filled, text};

pub async fn checklist(
    engine: &Engine,
    command: Option<ChecklistCommand>,
    output: &Output,
) -> Result<u8, HunterError> {
    let checklist = match command {
        None | Some(ChecklistCommand::List) => {
            let checklist = engine.checklist().await;
            show(&checklist, output);
            checklist
        }
        Some(ChecklistCommand::Run) => {
            let checklist = run(engine, output).await;
            show(&checklist, output);
            checklist
        }
        Some(ChecklistCommand::Set { item, answer, note }) => {
            let answer = match answer {
                GivenAnswer::Pass => Answer::Pass,
                GivenAnswer::Fail => Answer::Fail,
                GivenAnswer::Skip => Answer::Skip,
            };
            let note = note.unwrap_or_default();
            let checklist = engine.answer_checklist_item(&item, answer, &note).await?;
            if output.json {
                output.document(&document(&checklist));
            } else {
                checklist.items().filter(|known| known.id == item).for_each(|known| tell(known, output));
                conclude(&checklist, output);
            }
            checklist
        }
        Some(ChecklistCommand::Report { file }) => {
            let report = engine.checklist_report().await;
            write(&file, &report)?;
            let checklist = engine.checklist().await;
            if output.json {
                output.document(&document(&checklist));
            } else {
                output.line(filled(output.language, "report_written", &[("path", &file.display())]));
                conclude(&checklist, output);
            }
            checklist
        }
    };
    Ok(exit_code(&checklist))
}

/// The exit code tells the verdict, whatever was asked for.
fn exit_code(checklist: &Checklist) -> u8 {
    match checklist.verdict {
        Verdict::Go => 0,
        Verdict::NoGo => 1,
    }
}

async fn run(engine: &Engine, output: &Output) -> Checklist {
    let progress = output.progress();
    let mut events = engine.subscribe();
    let mut checking = std::pin::pin!(engine.run_checklist(None));
    let checklist = loop {
        tokio::select! {
            checklist = &mut checking => break checklist,
            Ok(_) = events.recv() => {
                if let Some(item) = engine.checking() {
                    progress.set_message(filled(output.language, "checking", &[("item", &item)]));
                }
            }
        }
    };
    progress.finish_and_clear();
    checklist
}

fn write(file: &Path, report: &str) -> Result<(), HunterError> {
    fs::write(file, report).map_err(|error| {
        HunterError::new(ErrorCode::StorageIo).with("detail", format!("{}: {error}", file.display()))
    })
}

/// What scripts rely on, and nothing else.
fn document(checklist: &Checklist) -> Value {
    let item = |item: &ChecklistItem| {
        json!({
            "id": item.id,
            "title": item.title,
            "required": item.required,
            "state": item.state,
            "evidence": item.evidence,
            "checked_at": item.checked_at,
        })
    };
    let phases: Vec<Value> = checklist
        .phases
        .iter()
        .map(|phase| {
            let items: Vec<Value> = phase.items.iter().map(item).collect();
            json!({"id": phase.id, "status": phase.status, "items": items})
        })
        .collect();
    json!({
        "verdict": checklist.verdict,
        "environment": checklist.environment,
        "phases": phases,
        "blocking": checklist.blocking,
    })
}

fn show(checklist: &Checklist, output: &Output) {
    if output.json {
        output.document(&document(checklist));
        return;
    }
    for phase in &checklist.phases {
        let status = text(output.language, &format!("phase_{}", phase.status.as_str()));
        output.line(format!("{}: {status}", phase.title));
        phase.items.iter().for_each(|item| tell(item, output));
        output.line("");
    }
    conclude(checklist, output);
}

/// Wide enough for the longest id.
const ID_WIDTH: usize = 18;

fn tell(item: &ChecklistItem, output: &Output) {
    let mark = match item.state {
        ItemState::Pass => '✓',
        ItemState::Fail => '✗',
        ItemState::Manual => '☐',
        ItemState::NotRun => '·',
        ItemState::Skipped => '–',
    };
    let state = text(output.language, &format!("item_{}", item.state.as_str()));
    let mut facts = vec![state];
    if item.expired {
        facts.push(text(output.language, "expired"));
    }
    if item.required {
        facts.push(text(output.language, "required"));
    }
    let line = format!("  {mark} {:ID_WIDTH$} {} ({})", item.id, item.title, facts.join(", "));
    output.line(printable(&line));
    let indent = " ".repeat(ID_WIDTH + 5);
    let by = [item.account.as_str(), item.note.as_str()].into_iter().filter(|text| !text.is_empty());
    let note = by.collect::<Vec<_>>().join(": ");
    let note = if item.note.is_empty() { "" } else { note.as_str() };
    for said in [item.evidence.as_str(), note].into_iter().filter(|said| !said.is_empty()) {
        output.line(format!("{indent}{}", printable(said)));
    }
    let needs_fix = matches!(item.state, ItemState::Fail | ItemState::Manual);
    if let Some(fix) = item.fix.as_ref().filter(|_| needs_fix) {
        output.line(format!("{indent}→ {}", fix.hint));
    }
}

fn conclude(checklist: &Checklist, output: &Output) {
    let verdict = checklist.verdict.as_str();
    if checklist.blocking.is_empty() {
        output.line(verdict);
    } else {
        let items = checklist.blocking.join(", ");
        output.line(filled(output.language, "in_the_way", &[("verdict", &verdict), ("items", &items)]));
    }
}

/// Who turns sync on although something is missing is told what, and asked where somebody can answer.
pub async fn ask_under_no_go(engine: &Engine, output: &Output) -> Result<(), HunterError> {
    let checklist = engine.checklist().await;
    if checklist.verdict == Verdict::Go {
        return Ok(());
    }
    let items = checklist.blocking.join(", ");
    output.warn(std::iter::once(filled(output.language, "no_go", &[("items", &items)])));
    match output.confirmed(&text(output.language, "turn_on_anyway")) {
        Some(false) => Err(HunterError::new(ErrorCode::NotConfirmed)),
        Some(true) | None => Ok(()),
    }
}

pub async fn enable(engine: &Engine, dry_run: bool, output: &Output) -> Result<u8, HunterError> {
    let (json, language) = (output.json, output.language);
    let told = |step: &Step| {
        let mark = match step.state {
            StepState::Pass => '✓',
            StepState::Fail => '✗',
            StepState::Planned => '·',
        };
        let name = text(language, &format!("step_{}", step.id.as_str()));
        let line = printable(&format!("{mark} {name}: {}", step.evidence));
        if json { output.note(line) } else { output.line(line) }
    };
    let enabling = tokio::select! {
        enabling = engine.enable(dry_run, &told) => enabling?,
        () = until_stopped() => {
            engine.undo_unfinished_enable()?;
            return Err(HunterError::new(ErrorCode::EnableInterrupted));
        }
    };
    if let Some(error) = enabling.error.as_ref().filter(|_| json) {
        output.document_of_failure(&enabling, error);
    } else if json {
        output.document(&enabling);
    } else {
        output.line(text(language, if enabling.enabled { "sync_is_on" } else { "sync_is_off" }));
    }
    Ok(enabling.exit_code)
}
