use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use serde::Deserialize;

use super::cut::{Cut, Place};
use crate::log_file::{OLD_FILES, aged};
use crate::profile::short_digest;

const BLOCK: u64 = 64 * 1024;
/// As much of a file's first line as tells it from another; a line begins with its time.
const BEGINNING: u64 = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Back,
    On,
}

/// All that one program has logged, from the oldest file to the newest, and a place in it.
#[derive(Debug)]
pub(super) struct Stream {
    program: String,
    /// The oldest first.
    segments: Vec<Segment>,
    segment: usize,
    offset: u64,
    peeked: Option<Peeked>,
}

/// A file up to the end of its last whole line.
#[derive(Debug)]
struct Segment {
    id: String,
    file: File,
    end: u64,
    block: Block,
}

/// A part of a file that is held in memory.
#[derive(Debug, Default)]
struct Block {
    start: u64,
    bytes: Vec<u8>,
}

/// The next line, and the place behind it.
#[derive(Debug)]
struct Peeked {
    direction: Direction,
    time: String,
    line: Vec<u8>,
    segment: usize,
    offset: u64,
}

/// The streams of all programs, each at its end.
pub(super) fn open_streams(folder: &Path) -> io::Result<Vec<Stream>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut programs = BTreeSet::new();
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_string_lossy().into_owned();
        programs.extend(name.split_once(".jsonl").map(|(program, _)| program.to_owned()));
    }
    let nameable = |program: &String| !program.is_empty() && !program.contains([':', ',']);
    programs.into_iter().filter(nameable).map(|program| Stream::open(folder, program)).collect()
}

impl Stream {
    fn open(folder: &Path, program: String) -> io::Result<Self> {
        let path = folder.join(format!("{program}.jsonl"));
        let mut segments: Vec<Segment> = Vec::new();
        // The newest first: what becomes an older file meanwhile is met twice, and so never missed.
        for age in 0..=OLD_FILES {
            let opened = match File::open(aged(&path, age)) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                file => Segment::of(file?)?,
            };
            segments.extend(opened.filter(|new| segments.iter().all(|held| held.id != new.id)));
        }
        segments.reverse();
        let segment = segments.len().saturating_sub(1);
        let offset = segments.last().map_or(0, |newest| newest.end);
        Ok(Self { program, segments, segment, offset, peeked: None })
    }

    pub fn program(&self) -> &str {
        &self.program
    }

    pub fn into_program(self) -> String {
        self.program
    }

    pub fn place(&self) -> Option<Place> {
        let segment = self.segments.get(self.segment)?;
        Some(Place { file: segment.id.clone(), offset: self.offset })
    }

    /// Goes to a cut; a file that is gone was older than all that is left.
    pub fn go_to(&mut self, cut: &Cut) {
        let found = cut.place(&self.program).and_then(|place| {
            let segment = self.segments.iter().position(|segment| segment.id == place.file)?;
            Some((segment, place.offset.min(self.segments.get(segment)?.end)))
        });
        (self.segment, self.offset) = found.unwrap_or((0, 0));
        self.peeked = None;
    }

    pub fn has_older(&self) -> bool {
        self.offset > 0 || self.segment > 0
    }

    /// The time of the next line in a direction.
    pub fn next_time(&mut self, direction: Direction) -> io::Result<Option<String>> {
        if self.peeked.as_ref().is_none_or(|peeked| peeked.direction != direction) {
            self.peeked = self.peek(direction)?;
            if self.peeked.is_none() && direction == Direction::Back {
                (self.segment, self.offset) = (0, 0);
            }
        }
        Ok(self.peeked.as_ref().map(|peeked| peeked.time.clone()))
    }

    /// The next line in a direction, after which the place has moved.
    pub fn take(&mut self, direction: Direction) -> io::Result<Option<Vec<u8>>> {
        self.next_time(direction)?;
        let Some(peeked) = self.peeked.take() else { return Ok(None) };
        (self.segment, self.offset) = (peeked.segment, peeked.offset);
        Ok(Some(peeked.line))
    }

    fn peek(&mut self, direction: Direction) -> io::Result<Option<Peeked>> {
        let (mut place, mut offset) = (self.segment, self.offset);
        loop {
            let Some(segment) = self.segments.get_mut(place) else { return Ok(None) };
            let found = match direction {
                Direction::Back => segment.line_before(offset)?,
                Direction::On => segment.line_from(offset)?,
            };
            if let Some((line, behind)) = found {
                offset = behind;
                let Some(time) = time_of(&line) else { continue };
                return Ok(Some(Peeked { direction, time, line, segment: place, offset }));
            }
            match direction {
                Direction::Back if place > 0 => {
                    place -= 1;
                    offset = self.segments.get(place).map_or(0, |older| older.end);
                }
                Direction::On if place + 1 < self.segments.len() => {
                    place += 1;
                    offset = 0;
                }
                Direction::Back | Direction::On => return Ok(None),
            }
        }
    }
}

/// A line that a crash has cut has no time, and is passed over.
fn time_of(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Timed {
        timestamp: String,
    }
    serde_json::from_slice::<Timed>(line).ok().map(|timed| timed.timestamp)
}

impl Segment {
    /// `None` for a file that holds no whole line.
    fn of(mut file: File) -> io::Result<Option<Self>> {
        let length = file.metadata()?.len();
        let mut beginning = Vec::new();
        (&mut file).take(BEGINNING).read_to_end(&mut beginning)?;
        let first = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let id = short_digest(&String::from_utf8_lossy(first));
        let mut segment = Self { id, file, end: length, block: Block::default() };
        segment.end = segment.last_end(length)?;
        Ok((segment.end > 0).then_some(segment))
    }

    /// The end of the last whole line before an offset.
    fn last_end(&mut self, before: u64) -> io::Result<u64> {
        let mut end = before;
        while end > 0 {
            let start = end.saturating_sub(BLOCK);
            self.load(start, end)?;
            if let Some(place) = self.block.bytes.iter().rposition(|byte| *byte == b'\n') {
                return Ok(start + place as u64 + 1);
            }
            end = start;
        }
        Ok(0)
    }

    /// The line that ends at an offset, and where it begins.
    fn line_before(&mut self, end: u64) -> io::Result<Option<(Vec<u8>, u64)>> {
        if end == 0 {
            return Ok(None);
        }
        let mut size = BLOCK;
        loop {
            let block_end = self.block.start + self.block.bytes.len() as u64;
            if end > block_end || end <= self.block.start {
                self.load(end.saturating_sub(size), end)?;
            }
            let held = self.held(self.block.start, end - 1);
            match held.iter().rposition(|byte| *byte == b'\n') {
                Some(place) => {
                    let line = held.get(place + 1..).unwrap_or_default().to_vec();
                    return Ok(Some((line, self.block.start + place as u64 + 1)));
                }
                None if self.block.start == 0 => return Ok(Some((held.to_vec(), 0))),
                None => {
                    size *= 2;
                    self.load(end.saturating_sub(size), end)?;
                }
            }
        }
    }

    /// The line that begins at an offset, and where the next one does.
    fn line_from(&mut self, start: u64) -> io::Result<Option<(Vec<u8>, u64)>> {
        if start >= self.end {
            return Ok(None);
        }
        let mut size = BLOCK;
        loop {
            let block_end = self.block.start + self.block.bytes.len() as u64;
            if start < self.block.start || start >= block_end {
                self.load(start, (start + size).min(self.end))?;
            }
            let block_end = self.block.start + self.block.bytes.len() as u64;
            let held = self.held(start, block_end);
            if let Some(place) = held.iter().position(|byte| *byte == b'\n') {
                let line = held.get(..place).unwrap_or_default().to_vec();
                return Ok(Some((line, start + place as u64 + 1)));
            }
            if block_end >= self.end {
                return Ok(None);
            }
            size *= 2;
            self.load(start, (start + size).min(self.end))?;
        }
    }

    /// What the block holds from one offset to another.
    fn held(&self, from: u64, to: u64) -> &[u8] {
        let place =
            |offset: u64| usize::try_from(offset.saturating_sub(self.block.start)).unwrap_or_default();
        self.block.bytes.get(place(from)..place(to)).unwrap_or_default()
    }

    fn load(&mut self, start: u64, end: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        (&mut self.file).take(end - start).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != end - start {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.block = Block { start, bytes };
        Ok(())
    }
}
