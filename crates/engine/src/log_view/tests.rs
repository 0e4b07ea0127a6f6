#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::log_file::LogFile;

const PROGRAMS: [&str; 3] = ["hunter", "hunter-desktop", "hunter-serve"];
/// So few that a few lines fill a file.
const MOST_BYTES: u64 = 1_000;

/// Programs that write to one folder.
struct Logs {
    folder: TempDir,
    files: Vec<LogFile>,
    clock: u64,
    written: Vec<(usize, u64)>,
}

impl Logs {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let open = |program: &&str| {
            LogFile::open(folder.path().join(format!("{program}.jsonl")), MOST_BYTES).unwrap()
        };
        Self { files: PROGRAMS.iter().map(open).collect(), folder, clock: 0, written: Vec::new() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&mut self, program: usize, passed: u64) {
        self.clock += passed;
        let number = self.written.len() as u64;
        let line = json!({
            "timestamp": format!("2026-03-10T12:00:00.{:06}Z", self.clock),
            "level": "INFO",
            "event": "counted",
            "number": number,
        });
        self.files[program].write_all(format!("{line}\n").as_bytes()).unwrap();
        self.written.push((program, number));
    }

    /// The numbers of all lines, page by page towards the oldest; `meanwhile` happens after each page.
    fn read_back(&mut self, limit: u32, mut meanwhile: impl FnMut(&mut Self)) -> (Vec<LogLine>, String) {
        let first = page_before(self.path(), &LogFilter::default(), None, limit).unwrap();
        let (mut lines, mut next) = (first.lines, first.next);
        while let Some(before) = next {
            meanwhile(self);
            let cut = Cut::parse(&before).unwrap();
            let page = page_before(self.path(), &LogFilter::default(), Some(cut), limit).unwrap();
            assert!(page.lines.len() <= limit as usize && !page.lines.is_empty(), "{before}");
            lines.extend(page.lines);
            next = page.next;
        }
        (lines, first.newest)
    }

    fn read_on(&self, newest: &str, limit: u32) -> Vec<LogLine> {
        let mut lines = Vec::new();
        let mut after = newest.to_owned();
        loop {
            let cut = Cut::parse(&after).unwrap();
            let page = page_after(self.path(), &LogFilter::default(), Some(cut), limit).unwrap();
            if page.lines.is_empty() {
                return lines;
            }
            lines.extend(page.lines.into_iter().rev());
            after = page.newest;
        }
    }
}

fn number(line: &LogLine) -> u64 {
    line.text.strip_prefix("number=").unwrap().parse().unwrap()
}

/// What was written, by program, as it was read.
fn by_program(lines: &[LogLine]) -> BTreeMap<&str, Vec<u64>> {
    let mut read = BTreeMap::<&str, Vec<u64>>::new();
    lines.iter().for_each(|line| read.entry(&line.program).or_default().push(number(line)));
    read
}

fn written(all: &[(usize, u64)]) -> BTreeMap<&'static str, Vec<u64>> {
    let mut written = BTreeMap::<&str, Vec<u64>>::new();
    all.iter().for_each(|(program, number)| written.entry(PROGRAMS[*program]).or_default().push(*number));
    written
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every line once, in the order of the times and within a program in that of writing, though files are rotated
    /// while somebody reads.
    #[test]
    fn pages_hold_every_line_once_and_in_order(
        before in prop::collection::vec((0..PROGRAMS.len(), 0..3_u64), 1..40),
        meanwhile in prop::collection::vec((0..PROGRAMS.len(), 0..3_u64), 0..20),
        limit in 1..9_u32,
    ) {
        let mut logs = Logs::new();
        before.iter().for_each(|(program, passed)| logs.write(*program, *passed));
        let mut late = meanwhile.into_iter();
        let (mut lines, newest) = logs.read_back(limit, |logs| {
            late.by_ref().take(3).for_each(|(program, passed)| logs.write(program, passed));
        });
        prop_assert!(lines.iter().rev().is_sorted_by(|one, next| one.at <= next.at));
        lines.reverse();
        prop_assert_eq!(by_program(&lines), written(&logs.written[..before.len()]));

        let news = logs.read_on(&newest, limit);
        prop_assert!(news.iter().is_sorted_by(|one, next| one.at <= next.at));
        prop_assert_eq!(by_program(&news), written(&logs.written[before.len()..]));
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn event(second: u32, level: &str, event: &str, more: &str) -> String {
    format!(
        "{{\"timestamp\":\"2026-03-10T12:00:{second:02}.000000Z\",\"level\":\"{level}\",\"event\":\"{event}\"{more},\
         \"target\":\"hunter_engine::run\"}}\n"
    )
}

#[rstest]
#[case("", &["failed", "fetched", "detail", "began"])]
#[case("{\"level\":\"warn\"}", &["failed"])]
#[case("{\"level\":\"info\"}", &["failed", "fetched", "began"])]
#[case("{\"text\":\"RUN-7  status\"}", &["fetched"])]
#[case("{\"text\":\"nothing of the kind\"}", &[])]
#[case("{\"event\":\"began\"}", &["began"])]
#[case("{\"event\":\"\",\"program\":\"\"}", &["failed", "fetched", "detail", "began"])]
#[case("{\"program\":\"hunter-desktop\"}", &["failed"])]
#[case("{\"program\":\"hunter\",\"level\":\"debug\",\"text\":\"e\"}", &["fetched", "detail", "began"])]
fn filters(#[case] filter: &str, #[case] expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let lines = [
        event(1, "INFO", "began", ""),
        event(2, "DEBUG", "detail", ",\"page\":3"),
        event(3, "INFO", "fetched", ",\"run_id\":\"run-7\",\"status\":200"),
    ];
    write(folder.path(), "hunter.jsonl", &lines.concat());
    write(folder.path(), "hunter-desktop.jsonl", &event(4, "ERROR", "failed", ""));
    let filter = serde_json::from_str(if filter.is_empty() { "{}" } else { filter }).unwrap();
    let page = page_before(folder.path(), &filter, None, 100).unwrap();
    let found: Vec<&str> = page.lines.iter().map(|line| line.event.as_str()).collect();
    assert_eq!(found, expected);
    assert_eq!(page.programs, ["hunter", "hunter-desktop"]);
}

#[test]
fn a_line_tells_all_that_was_logged() {
    let folder = tempfile::tempdir().unwrap();
    let more = ",\"run_id\":\"run-7\",\"message\":\"a word\",\"fetched\":3,\"cause\":\"network\"";
    write(folder.path(), "hunter.jsonl", &event(1, "WARN", "partner_center_sync_summary", more));
    let page = page_before(folder.path(), &LogFilter::default(), None, 1).unwrap();
    let expected = LogLine {
        at: "2026-03-10T12:00:01.000000Z".to_owned(),
        level: LogLevel::Warn,
        program: "hunter".to_owned(),
        event: "partner_center_sync_summary".to_owned(),
        run_id: Some("run-7".to_owned()),
        text: "a word cause=network fetched=3".to_owned(),
    };
    assert_eq!(page.lines, [expected]);
    assert_eq!(page.next, None);
}

/// What a crash, another program or a person may leave in the folder.
#[rstest]
#[case("", 0)]
#[case("\n\n\n", 0)]
#[case("{\"timestamp\":", 0)]
#[case("no json\n[]\n{}\n{\"timestamp\":7}\n", 0)]
#[case("{\"timestamp\":\"2026-03-10T12:00:00.000000Z\",\"level\":\"LOUD\"}\n", 0)]
#[case("{\"timestamp\":\"2026-03-10T12:00:00.000000Z\",\"level\":\"INFO\"}\n{\"timest", 1)]
#[case("\u{0}\u{0}\n{\"timestamp\":\"2026-03-10T12:00:00.000000Z\",\"level\":\"INFO\"}\n\n", 1)]
fn strange_files(#[case] text: &str, #[case] expected: usize) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "hunter.jsonl", text);
    write(folder.path(), "hunter.lock", "");
    write(folder.path(), "odd,:name.jsonl", text);
    write(folder.path(), "notes.txt", "mine");
    let page = page_before(folder.path(), &LogFilter::default(), None, 100).unwrap();
    assert_eq!(page.lines.len(), expected);
    assert_eq!((page.programs, page.next), (vec!["hunter".to_owned()], None));
}

#[test]
fn lines_longer_than_a_block_are_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(200_000);
    let lines: Vec<String> =
        (1..6).map(|second| event(second, "INFO", "long", &format!(",\"text\":\"{long}\""))).collect();
    write(folder.path(), "hunter.jsonl", &lines.concat());
    let page = page_before(folder.path(), &LogFilter::default(), None, 100).unwrap();
    assert_eq!(page.lines.len(), 5);
    assert!(page.lines.iter().all(|line| line.text.len() == long.len() + "text=".len()));
    let on = page_after(folder.path(), &LogFilter::default(), None, 100).unwrap();
    assert_eq!(on.lines, page.lines);
}

/// A filter that nothing passes does not read without end: the page says where to go on.
#[test]
fn a_page_looks_through_so_much_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let text = event(1, "INFO", "common", &format!(",\"text\":\"{}\"", "y".repeat(4_000))).repeat(3_000);
    write(folder.path(), "hunter.jsonl", &(event(0, "INFO", "rare", "") + &text));
    let filter = LogFilter { event: Some("rare".to_owned()), ..LogFilter::default() };
    let mut pages = 0;
    let mut page = page_before(folder.path(), &filter, None, 10).unwrap();
    while page.lines.is_empty() {
        pages += 1;
        let cut = Cut::parse(&page.next.unwrap()).unwrap();
        page = page_before(folder.path(), &filter, Some(cut), 10).unwrap();
    }
    assert_eq!((pages, page.next), (1, None));
}

#[test]
fn there_may_be_no_log_yet() {
    let folder = tempfile::tempdir().unwrap();
    let page = page_before(&folder.path().join("logs"), &LogFilter::default(), None, 10).unwrap();
    assert!(page.lines.is_empty() && page.next.is_none() && page.programs.is_empty());
    let later = page_after(folder.path(), &LogFilter::default(), Cut::parse(&page.newest), 10).unwrap();
    assert!(later.lines.is_empty());
}
