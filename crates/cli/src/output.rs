use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use comfy_table::{ContentArrangement, Table, presets};
use hunter_engine::{ErrorBody, HunterError, Language};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::{Value, json};

use crate::text::{filled, text};

/// Data to stdout, everything else to stderr.
#[derive(Debug)]
pub struct Output {
    pub json: bool,
    pub language: Language,
    lost: AtomicBool,
}

impl Output {
    pub fn new(json: bool, language: Language) -> Self {
        Self { json, language, lost: AtomicBool::new(false) }
    }

    /// Whether data could not be written; a reader that left on purpose loses nothing.
    pub fn lost_data(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    pub fn speak(&mut self, language: Language) {
        self.language = language;
    }

    /// One line of data.
    pub fn line(&self, line: impl Display) {
        let mut stdout = io::stdout().lock();
        match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.lost.store(true, Ordering::Relaxed);
                self.note(error);
            }
            Ok(()) | Err(_) => {}
        }
    }

    /// A JSON document on one line.
    pub fn document(&self, document: &impl Serialize) {
        match serde_json::to_string(document) {
            Ok(text) => self.line(text),
            Err(error) => self.note(error),
        }
    }

    /// A line for the person, not for the data.
    pub fn note(&self, line: impl Display) {
        let _reader_left = writeln!(io::stderr().lock(), "{line}");
    }

    /// What a person at the terminal answers; `None` where nobody can.
    pub fn confirmed(&self, question: &str) -> Option<bool> {
        if !io::stdin().is_terminal() || self.json {
            return None;
        }
        self.note(question);
        let mut answer = String::new();
        let yes = text(self.language, "agreed");
        Some(io::stdin().read_line(&mut answer).is_ok() && answer.trim().to_lowercase() == yes)
    }

    pub fn warn(&self, warnings: impl Iterator<Item = String>) {
        for warning in warnings {
            self.note(format!("{}: {warning}", text(self.language, "warning")));
        }
    }

    /// A table with its heads in the person's language.
    pub fn table(&self, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING).set_content_arrangement(if io::stdout().is_terminal() {
            ContentArrangement::Dynamic
        } else {
            ContentArrangement::Disabled
        });
        table.set_header(heads.iter().map(|head| text(self.language, head)));
        for row in rows {
            table.add_row(row.into_iter().map(|cell| printable(&cell)));
        }
        self.line(table.trim_fmt());
    }

    /// Facts that are known, each with its name in the person's language before it.
    pub fn facts(&self, facts: &[(&str, String)]) {
        let named: Vec<(String, &str)> = facts
            .iter()
            .filter(|(_, fact)| !fact.is_empty())
            .map(|(name, fact)| (text(self.language, name), fact.as_str()))
            .collect();
        let width = named.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, fact) in named {
            self.line(format!("{name:width$}  {}", printable(fact)));
        }
    }

    /// A moving line on a terminal, nothing elsewhere.
    pub fn progress(&self) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        if io::stderr().is_terminal() {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        bar
    }

    /// Tells what went wrong and what to do; the exit code that goes with it.
    pub fn fail(&self, error: &HunterError) -> ExitCode {
        self.explain(&error.body(self.language));
        ExitCode::from(error.code().exit_code())
    }

    pub fn refuse_usage(&self, message: &str) -> ExitCode {
        self.line(json!({"error": {"code": "usage", "message": message, "hint": text(self.language, "usage_hint")}}));
        ExitCode::from(2)
    }

    pub fn fail_to_start(&self, error: &io::Error) -> ExitCode {
        self.note(error);
        ExitCode::FAILURE
    }

    fn explain(&self, body: &ErrorBody) {
        if self.json {
            self.line(json!({"error": error_document(body)}));
            return;
        }
        self.note_error(body);
    }

    /// A JSON document of what was done, with what went wrong beside it.
    pub fn document_of_failure(&self, document: &impl Serialize, body: &ErrorBody) {
        let mut document = json!(document);
        document["error"] = error_document(body);
        self.document(&document);
    }

    /// The file that a command wrote, under the name of what was done.
    pub fn file(&self, done: &str, path: &Path) {
        if self.json {
            self.document(&json!({done: path.display().to_string()}));
        } else {
            self.line(filled(self.language, done, &[("path", &path.display())]));
        }
    }

    /// The error and its hint on stderr.
    pub fn note_error(&self, body: &ErrorBody) {
        self.note(format!("{}: {}", text(self.language, "error"), printable(&body.message)));
        if let Some(hint) = &body.hint {
            self.note(format!("{}: {hint}", text(self.language, "hint")));
        }
    }
}

fn error_document(body: &ErrorBody) -> Value {
    json!({"code": body.code, "message": body.message, "hint": body.hint})
}

/// Text of the service without what a terminal would obey: control characters and turns of the writing direction.
pub fn printable(text: &str) -> String {
    let obeyed = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|letter| if obeyed(letter) { ' ' } else { letter }).collect()
}
