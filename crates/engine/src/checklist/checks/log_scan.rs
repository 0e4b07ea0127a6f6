//! Whether the log files hold what they must not: personal data of stored referrals, and tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, Match};
use hunter_referral::{Contact, Details, Payload, Referral, read_payload};
use secrecy::ExposeSecret;

use super::Checks;
use crate::error::{ErrorCode, HunterError};

/// Referrals whose texts are looked for at once.
const BATCH: u32 = 5_000;
/// Shorter words of plain letters occur in any text.
const SHORTEST_WORD: usize = 6;
const SHORTEST: usize = 4;
/// The first letters of a token tell it from all others.
const TOKEN_PART: usize = 40;

/// What was found in the logs; never the text itself.
#[derive(Debug, Default)]
pub(crate) struct LogScan {
    pub files: usize,
    pub lines: usize,
    /// Texts that were looked for.
    pub texts: usize,
    /// Texts too short to be looked for: they occur in any log.
    pub short: usize,
    /// By file, how often any of them was found.
    pub hits: BTreeMap<String, usize>,
}

/// What is looked for.
#[derive(Debug, Default)]
struct Wanted {
    /// Texts that count only as a whole, not within a longer word.
    words: BTreeSet<String>,
    /// Beginnings of tokens.
    tokens: BTreeSet<String>,
    /// Texts too short to tell anything by.
    short: BTreeSet<String>,
}

struct Finder {
    automaton: AhoCorasick,
    words: usize,
}

impl Checks<'_> {
    pub(super) async fn scan_logs(&self) -> Result<LogScan, HunterError> {
        let (settings, profile) = self.ground()?;
        let files = log_files(&settings.data_dir.join("logs"))?;
        let mut scan = LogScan { files: files.len(), ..LogScan::default() };
        let mut wanted = Wanted::default();
        for name in [&profile.account, &profile.name].into_iter().flatten() {
            wanted.add(name);
        }
        if let Ok(session) = self.engine.session_of(&settings, &profile).await {
            let beginning = |token: &str| token.get(..TOKEN_PART).unwrap_or(token).to_owned();
            let secrets = session.held_secrets().await;
            wanted.tokens = secrets.iter().map(|secret| beginning(secret.expose_secret())).collect();
        }
        let store = self.engine.store().await?;
        let mut last = 0;
        loop {
            let payloads = store.payloads_after(last, BATCH).await?;
            for (number, payload) in &payloads {
                last = *number;
                wanted.add_personal(payload);
            }
            let is_end = payloads.len() < BATCH as usize;
            scan = look_for(std::mem::take(&mut wanted), files.clone(), scan).await?;
            if is_end {
                return Ok(scan);
            }
        }
    }
}

async fn look_for(wanted: Wanted, files: Vec<PathBuf>, mut scan: LogScan) -> Result<LogScan, HunterError> {
    let work = move || {
        scan.texts += wanted.words.len() + wanted.tokens.len();
        scan.short += wanted.short.len();
        let finder = Finder::new(&wanted)?;
        scan.lines = 0;
        for path in files {
            let content = match fs::read(&path) {
                Ok(content) => content,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(HunterError::file(&path)(error)),
            };
            scan.lines += content.iter().filter(|byte| **byte == b'\n').count();
            let found = finder.count_in(&content);
            if found > 0 {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
                *scan.hits.entry(name.unwrap_or_default()).or_default() += found;
            }
        }
        Ok(scan)
    };
    tokio::task::spawn_blocking(work).await?
}

impl Finder {
    fn new(wanted: &Wanted) -> Result<Self, HunterError> {
        let texts = wanted.words.iter().chain(&wanted.tokens);
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .build(texts)
            .map_err(|error| HunterError::new(ErrorCode::Internal).with("detail", error))?;
        Ok(Self { automaton, words: wanted.words.len() })
    }

    fn count_in(&self, content: &[u8]) -> usize {
        let counts = |found: &Match| {
            found.pattern().as_usize() >= self.words || is_whole(content, found.start(), found.end())
        };
        self.automaton.find_overlapping_iter(content).filter(counts).count()
    }
}

fn is_whole(content: &[u8], start: usize, end: usize) -> bool {
    let is_word = |place: Option<usize>| {
        let byte = place.and_then(|place| content.get(place));
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80)
    };
    let goes_on = |inside: Option<usize>, outside: Option<usize>| is_word(inside) && is_word(outside);
    !goes_on(Some(start), start.checked_sub(1)) && !goes_on(end.checked_sub(1), Some(end))
}

impl Wanted {
    /// Adds everything in a payload that names somebody.
    fn add_personal(&mut self, payload: &str) {
        let read = |value: &Payload<'_>| {
            let as_sent = value.get("customerProfile").get("name").as_str().map(str::to_owned);
            (Contact::all(value), Details::of(value), as_sent)
        };
        let Some((contacts, details, name_as_sent)) = read_payload(payload, read) else { return };
        for contact in contacts {
            let whole =
                [&contact.first_name, &contact.last_name].map(|name| name.clone().unwrap_or_default());
            self.add(&whole.join(" "));
            for text in [&contact.first_name, &contact.last_name, &contact.email, &contact.phone]
                .into_iter()
                .flatten()
            {
                self.add(text);
            }
        }
        let address = &details.address;
        for text in [&address.line1, &address.line2, &address.city, &details.notes, &name_as_sent]
            .into_iter()
            .flatten()
        {
            self.add(text);
        }
        let Ok(referral) = Referral::parse(payload) else { return };
        for text in [&referral.customer_name, &referral.name].into_iter().flatten() {
            self.add(text);
        }
        if let Some(domain) = referral.customer_domain.name() {
            self.add(domain);
        }
    }

    /// Adds a text in the form that JSON gives it, unless it is one that any log may hold.
    fn add(&mut self, text: &str) {
        let text = text.trim();
        let is_plain_word = text.chars().all(|letter| letter.is_ascii_alphabetic());
        let shortest = if is_plain_word { SHORTEST_WORD } else { SHORTEST };
        if text.chars().count() < shortest {
            if !text.is_empty() {
                self.short.insert(text.to_lowercase());
            }
            return;
        }
        if let Ok(quoted) = serde_json::to_string(text) {
            self.words.insert(quoted.trim_matches('"').to_owned());
        }
    }
}

fn log_files(folder: &Path) -> Result<Vec<PathBuf>, HunterError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(HunterError::file(folder)(error)),
    };
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;

    const PAYLOAD: &str = r#"{"id":"1","name":"Geçiş projesi","customerProfile":{"name":"Örnek &amp; Oğulları A.Ş.",
        "address":{"addressLine1":"Örnek Cad. 1"},"team":[{"firstName":"Ayşe","lastName":"Info",
        "email":"ayse@ornek-lojistik.com.tr","phoneNumber":"+90 262 000 00 00"}]}}"#;

    #[rstest]
    #[case(r#"{"event":"x","detail":"Ayşe Info called"}"#, 2)]
    #[case(r#"{"event":"x","detail":"Örnek & Oğulları A.Ş."}"#, 1)]
    #[case(r#"{"event":"x","detail":"Örnek &amp; Oğulları A.Ş."}"#, 1)]
    #[case(r#"{"event":"x","detail":"to AYSE@ornek-lojistik.com.tr"}"#, 2)]
    #[case(r#"{"event":"x","detail":"https://ornek-lojistik.com.tr/"}"#, 1)]
    #[case(r#"{"event":"x","detail":"+90 262 000 00 00"}"#, 1)]
    #[case(r#"{"event":"x","detail":"Örnek Cad. 1"}"#, 1)]
    #[case(r#"{"event":"x","detail":"Örnek Cad. 17"}"#, 0)]
    #[case(r#"{"event":"x","detail":"eyJ0eXAiOiJKV1Qi"}"#, 1)]
    #[case(r#"{"level":"INFO","event":"partner_center_sync_started"}"#, 0)]
    fn texts_are_found_as_a_whole(#[case] line: &str, #[case] count: usize) {
        let mut wanted = Wanted::default();
        wanted.add_personal(PAYLOAD);
        wanted.tokens.insert("eyJ0eXAi".to_owned());
        assert_eq!(Finder::new(&wanted).unwrap().count_in(line.as_bytes()), count);
    }

    #[test]
    fn what_is_too_short_is_counted() {
        let mut wanted = Wanted::default();
        wanted.add_personal(PAYLOAD);
        assert_eq!(wanted.short.into_iter().collect::<Vec<_>>(), ["info"]);
    }
}
