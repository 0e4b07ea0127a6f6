use std::path::Path;

use aho_corasick::AhoCorasick;
use regex::{Captures, Regex};

use crate::error::{ErrorCode, HunterError};

/// What stands in the place of a text that was taken out.
pub(super) const REMOVED: &str = "[removed]";

/// What gives away an address, a secret or a folder by its form alone.
#[derive(Debug)]
pub(super) struct Patterns {
    address: Regex,
    foreign_domain: Regex,
    secret: Regex,
    data_dir: String,
    home: Option<String>,
}

impl Patterns {
    pub fn new(data_dir: &Path) -> Result<Self, HunterError> {
        let home = std::env::home_dir().filter(|home| home.parent().is_some());
        Ok(Self {
            address: pattern(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")?,
            foreign_domain: pattern(r"(?i)[\w.-]*xn--[\w.-]+")?,
            secret: pattern(r"[A-Za-z0-9_+/=~.-]{24,}")?,
            data_dir: data_dir.display().to_string(),
            home: home.map(|home| home.display().to_string()),
        })
    }

    pub fn sweep(&self, text: &str) -> String {
        let mut text = text.replace(&self.data_dir, "<data>");
        if let Some(home) = &self.home {
            text = text.replace(home, "~");
        }
        let text = self.address.replace_all(&text, REMOVED);
        let text = self.foreign_domain.replace_all(&text, REMOVED);
        let judged = |found: &Captures<'_>| {
            let found = &found[0];
            if is_like_a_secret(found) { REMOVED.to_owned() } else { found.to_owned() }
        };
        self.secret.replace_all(&text, judged).into_owned()
    }
}

/// Words, paths and GUIDs use one letter case; what is encoded uses both, and digits.
fn is_like_a_secret(text: &str) -> bool {
    let has = |is: fn(&char) -> bool| text.chars().any(|letter| is(&letter));
    has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && has(char::is_ascii_digit)
}

/// Names that are looked for as whole words, in any ASCII letter case.
#[derive(Debug)]
pub(super) struct Search(AhoCorasick);

impl Search {
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, HunterError> {
        AhoCorasick::builder().ascii_case_insensitive(true).build(names).map(Self).map_err(internal)
    }

    pub fn without(&self, text: &str) -> String {
        let mut clean = String::with_capacity(text.len());
        let mut kept = 0;
        let mut covered = 0..0;
        let mut found: Vec<_> = self
            .0
            .find_overlapping_iter(text)
            .map(|hit| hit.range())
            .filter(|range| is_whole(text, range.start, range.end))
            .collect();
        found.sort_unstable_by_key(|range| (range.start, usize::MAX - range.end));
        for range in found {
            if range.start >= covered.end {
                clean.push_str(text.get(kept..range.start).unwrap_or_default());
                clean.push_str(REMOVED);
                covered = range;
            } else {
                covered.end = covered.end.max(range.end);
            }
            kept = covered.end;
        }
        clean.push_str(text.get(kept..).unwrap_or_default());
        clean
    }
}

fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    let after = text.get(end..).and_then(|text| text.chars().next());
    [before, after].into_iter().flatten().all(|letter| !letter.is_alphanumeric())
}

fn pattern(text: &str) -> Result<Regex, HunterError> {
    Regex::new(text).map_err(internal)
}

fn internal(error: impl ToString) -> HunterError {
    HunterError::new(ErrorCode::Internal).with("detail", error)
}
