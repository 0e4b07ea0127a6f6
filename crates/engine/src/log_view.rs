//! The log as people read it: newest first, in windows, over the files of all programs; no file is read whole.

mod cut;
mod stream;
#[cfg(test)]
mod tests;

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::logging::log_folder;
use cut::Cut;
use stream::{Direction, Stream, open_streams};

/// How much of the files one page may go through while it looks for what a filter lets pass.
const SCANNED: u64 = 8 * 1024 * 1024;
const MOST_LINES: u32 = 1_000;

/// How grave an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl LogLevel {
    /// Every level, the gravest first.
    pub const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str().eq_ignore_ascii_case(word))
    }
}

/// Which lines are shown: those to which every given part applies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LogFilter {
    /// This level and graver ones.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub level: Option<LogLevel>,
    /// Words that all occur in the line, in any letter case.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub text: Option<String>,
    /// One event.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub event: Option<String>,
    /// What one program wrote.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub program: Option<String>,
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LogLine {
    /// When, in UTC.
    pub at: String,
    /// How grave.
    pub level: LogLevel,
    /// Which program wrote it.
    pub program: String,
    /// What happened, in a word.
    pub event: String,
    /// The sync run it belongs to.
    pub run_id: Option<String>,
    /// All else that it says.
    pub text: String,
}

/// Some lines, newest first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LogPage {
    /// The lines.
    pub lines: Vec<LogLine>,
    /// Where older ones go on; `None` where nothing is older. There may be more even if the page is short.
    pub next: Option<String>,
    /// Where newer ones go on, now or later.
    pub newest: String,
    /// The programs that have a log.
    pub programs: Vec<String>,
}

impl Engine {
    /// The newest lines of the logs, or those before a page's `next`.
    ///
    /// # Errors
    /// The folder cannot be read, or the place is none that a page has named.
    pub async fn logs(
        &self,
        filter: LogFilter,
        before: Option<String>,
        limit: u32,
    ) -> Result<LogPage, HunterError> {
        self.read_logs(move |folder| page_before(folder, &filter, cut(before)?, limit)).await
    }

    /// The lines that came after a page's `newest`; if there are more than `limit`, those that came first.
    ///
    /// # Errors
    /// As [`Engine::logs`].
    pub async fn newer_logs(
        &self,
        filter: LogFilter,
        after: String,
        limit: u32,
    ) -> Result<LogPage, HunterError> {
        self.read_logs(move |folder| page_after(folder, &filter, cut(Some(after))?, limit)).await
    }

    async fn read_logs(
        &self,
        read: impl FnOnce(&Path) -> Result<LogPage, HunterError> + Send + 'static,
    ) -> Result<LogPage, HunterError> {
        let folder = log_folder(self.data_dir());
        tokio::task::spawn_blocking(move || read(&folder)).await?
    }
}

fn cut(text: Option<String>) -> Result<Option<Cut>, HunterError> {
    let unreadable = || HunterError::new(ErrorCode::Internal).with("detail", "no place in a log");
    text.map(|text| Cut::parse(&text).ok_or_else(unreadable)).transpose()
}

/// Lines before a cut through all streams, or before their ends.
fn page_before(
    folder: &Path,
    filter: &LogFilter,
    cut: Option<Cut>,
    limit: u32,
) -> Result<LogPage, HunterError> {
    let mut streams = open_streams(folder).map_err(HunterError::file(folder))?;
    if let Some(cut) = &cut {
        streams.iter_mut().for_each(|stream| stream.go_to(cut));
    }
    let newest = Cut::of(&streams);
    let lines = take(&mut streams, Direction::Back, filter, limit).map_err(HunterError::file(folder))?;
    let is_older = streams.iter().any(Stream::has_older);
    Ok(LogPage {
        lines,
        next: is_older.then(|| Cut::of(&streams).to_string()),
        newest: newest.to_string(),
        programs: streams.into_iter().map(Stream::into_program).collect(),
    })
}

/// Lines after a cut, the nearest to it.
fn page_after(
    folder: &Path,
    filter: &LogFilter,
    cut: Option<Cut>,
    limit: u32,
) -> Result<LogPage, HunterError> {
    let cut = cut.unwrap_or_default();
    let mut streams = open_streams(folder).map_err(HunterError::file(folder))?;
    streams.iter_mut().for_each(|stream| stream.go_to(&cut));
    let mut lines = take(&mut streams, Direction::On, filter, limit).map_err(HunterError::file(folder))?;
    lines.reverse();
    Ok(LogPage {
        lines,
        next: Some(cut.to_string()),
        newest: Cut::of(&streams).to_string(),
        programs: streams.into_iter().map(Stream::into_program).collect(),
    })
}

/// Takes lines from the streams in the order of their times, until there are enough or enough was looked through.
fn take(
    streams: &mut [Stream],
    direction: Direction,
    filter: &LogFilter,
    limit: u32,
) -> std::io::Result<Vec<LogLine>> {
    let limit = limit.clamp(1, MOST_LINES) as usize;
    let words: Vec<String> =
        filter.text.iter().flat_map(|text| text.split_whitespace()).map(str::to_lowercase).collect();
    let mut lines = Vec::new();
    let mut scanned = 0;
    while lines.len() < limit && scanned < SCANNED {
        let Some(stream) = next_stream(streams, direction)? else { break };
        let Some(taken) = stream.take(direction)? else { break };
        scanned += taken.len() as u64;
        lines.extend(line(&taken, stream.program()).filter(|line| passes(line, filter, &words)));
    }
    Ok(lines)
}

/// The stream whose next line is the newest, or going on, the oldest.
fn next_stream(streams: &mut [Stream], direction: Direction) -> std::io::Result<Option<&mut Stream>> {
    let mut best: Option<(usize, String)> = None;
    for (place, stream) in streams.iter_mut().enumerate() {
        let Some(time) = stream.next_time(direction)? else { continue };
        let is_better = best.as_ref().is_none_or(|(_, held)| match direction {
            Direction::Back => time > *held,
            Direction::On => time < *held,
        });
        if is_better {
            best = Some((place, time));
        }
    }
    Ok(best.and_then(|(place, _)| streams.get_mut(place)))
}

fn passes(line: &LogLine, filter: &LogFilter, words: &[String]) -> bool {
    let is = |wanted: &Option<String>, held: &str| {
        wanted.as_deref().is_none_or(|wanted| wanted.is_empty() || wanted == held)
    };
    let holds_words = || {
        let run_id = line.run_id.as_deref().unwrap_or_default();
        let held = format!("{} {} {}", line.event, line.text, run_id).to_lowercase();
        words.iter().all(|word| held.contains(word))
    };
    filter.level.is_none_or(|level| line.level <= level)
        && is(&filter.event, &line.event)
        && is(&filter.program, &line.program)
        && holds_words()
}

fn line(bytes: &[u8], program: &str) -> Option<LogLine> {
    let mut fields: Map<String, Value> = serde_json::from_slice(bytes).ok()?;
    let at = plain(fields.remove("timestamp")?);
    let level = LogLevel::parse(&plain(fields.remove("level")?))?;
    let event = fields.remove("event").map(plain).unwrap_or_default();
    let run_id = fields.remove("run_id").map(plain);
    let _where_in_the_code = fields.remove("target");
    let message = fields.remove("message").map(plain);
    let rest = fields.into_iter().map(|(name, value)| format!("{name}={}", plain(value)));
    let text = message.into_iter().chain(rest).collect::<Vec<_>>().join(" ");
    Some(LogLine { at, level, program: program.to_owned(), event, run_id, text })
}

fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            other.to_string()
        }
    }
}
