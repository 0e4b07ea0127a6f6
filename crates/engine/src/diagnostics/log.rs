use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use serde_json::{Map, Value, json};

/// So much of the newest part of each log.
const MOST_BYTES: u64 = 1024 * 1024;

/// Fields that hold a word of Hunter's own vocabulary, an id, or a library's account of a failure.
const KNOWN: [&str; 24] = [
    "timestamp",
    "level",
    "target",
    "event",
    "run_id",
    "task_id",
    "referral_id",
    "request_id",
    "client_request_id",
    "cause",
    "code",
    "error",
    "reason",
    "status",
    "state",
    "mode",
    "kind",
    "setting",
    "from",
    "to",
    "item",
    "phase",
    "verdict",
    "why",
];

/// The newest part of every log, made anew from the fields that are known to name nobody.
pub(super) fn read_all(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut logs = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(logs),
        entries => entries?,
    };
    let mut paths: Vec<_> =
        entries.collect::<io::Result<Vec<_>>>()?.iter().map(std::fs::DirEntry::path).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl") && path.is_file());
    paths.sort_unstable();
    for path in paths {
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { continue };
        logs.push((format!("logs/{name}"), newest_lines(&path)?));
    }
    Ok(logs)
}

/// The file before the newest one counts as its beginning, so that a log that has just become full is not empty here.
fn newest_lines(path: &Path) -> io::Result<String> {
    let newest = tail(path, MOST_BYTES)?;
    let missing = MOST_BYTES.saturating_sub(newest.len() as u64);
    let older = match tail(&crate::log_file::aged(path, 1), missing) {
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        older => older?,
    };
    let text = [older, newest].concat();
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    Ok(lines.filter_map(known_fields).map(|line| format!("{line}\n")).collect())
}

fn tail(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut bytes = Vec::new();
    let skipped = length.saturating_sub(most);
    file.seek(SeekFrom::Start(skipped))?;
    file.take(most).read_to_end(&mut bytes)?;
    if skipped > 0 {
        let first_whole = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
        bytes.drain(..first_whole);
    }
    Ok(bytes)
}

fn known_fields(line: &[u8]) -> Option<Value> {
    let fields: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let kept = fields.into_iter().map(|(name, value)| {
        let is_plain = value.is_number() || value.is_boolean() || value.is_null();
        let value = if is_plain || KNOWN.contains(&name.as_str()) { value } else { json!("[left out]") };
        (name, value)
    });
    Some(Value::Object(kept.collect()))
}
