//! `hunter logs`: the log as people read it.

use std::time::Duration;

use hunter_engine::{Engine, HunterError, LogFilter, LogLevel, LogLine, LogPage};
use serde_json::json;

use crate::args::LogsArguments;
use crate::output::{Output, printable};
use crate::until_stopped;

/// How often a log is looked at that is followed.
const LOOK: Duration = Duration::from_millis(500);
/// Lines asked for at a time.
const PAGE: u32 = 500;

impl From<&LogsArguments> for LogFilter {
    fn from(arguments: &LogsArguments) -> Self {
        let is_asked_for = |level: &LogLevel| arguments.level.as_deref() == Some(level.as_str());
        Self {
            level: LogLevel::ALL.into_iter().find(is_asked_for),
            text: arguments.search.clone(),
            event: arguments.event.clone(),
            program: arguments.program.clone(),
        }
    }
}

pub async fn show(engine: &Engine, arguments: &LogsArguments, output: &Output) -> Result<u8, HunterError> {
    let filter = LogFilter::from(arguments);
    let (lines, newest) = newest_lines(engine, &filter, arguments.limit).await?;
    if output.json && !arguments.follow {
        output.document(&json!({"lines": lines}));
        return Ok(0);
    }
    lines.iter().rev().for_each(|line| print(line, output));
    if !arguments.follow {
        return Ok(0);
    }
    tokio::select! {
        ended = follow(engine, &filter, newest, output) => ended,
        () = until_stopped() => Ok(0),
    }
}

/// As many lines as wanted, newest first, however far back they lie; and where newer ones go on.
async fn newest_lines(
    engine: &Engine,
    filter: &LogFilter,
    limit: u32,
) -> Result<(Vec<LogLine>, String), HunterError> {
    let LogPage { mut lines, mut next, newest, .. } = engine.logs(filter.clone(), None, limit).await?;
    let wanted = limit as usize;
    while let Some(before) = next.filter(|_| lines.len() < wanted) {
        let missing = u32::try_from(wanted - lines.len()).unwrap_or(limit);
        let page = engine.logs(filter.clone(), Some(before), missing).await?;
        lines.extend(page.lines);
        next = page.next;
    }
    Ok((lines, newest))
}

async fn follow(
    engine: &Engine,
    filter: &LogFilter,
    mut newest: String,
    output: &Output,
) -> Result<u8, HunterError> {
    loop {
        let page = engine.newer_logs(filter.clone(), newest.clone(), PAGE).await?;
        page.lines.iter().rev().for_each(|line| print(line, output));
        if page.newest == newest {
            tokio::time::sleep(LOOK).await;
        }
        newest = page.newest;
    }
}

fn print(line: &LogLine, output: &Output) {
    if output.json {
        output.document(line);
        return;
    }
    let level = line.level.as_str().to_uppercase();
    let run = line.run_id.as_ref().map(|run| format!(" run_id={run}")).unwrap_or_default();
    let text = if line.text.is_empty() { String::new() } else { format!(" {}", line.text) };
    let line = format!("{} {level:5} {} {}{run}{text}", line.at, line.program, line.event);
    output.line(printable(&line));
}
