//! What is written for people is what is in the code: settings, their example, and the events of the log.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use hunter_engine::{Input, SPECS, Spec};
use regex::Regex;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The rows of all tables in a document, cell by cell.
fn rows(document: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
    document.lines().filter(|line| line.starts_with("| `")).map(cells).collect()
}

/// A cell without marks and links.
fn plain(cell: &str) -> String {
    let link = Regex::new(r"\[([^\]]+)\]\([^)]*\)").unwrap();
    link.replace_all(cell, "$1").replace('`', "")
}

/// What docs/settings.md says of each setting: variable, default, meaning.
fn described() -> BTreeMap<String, [String; 3]> {
    let rows = rows(&read("docs/settings.md")).into_iter().filter(|row| row.len() == 4);
    rows.map(|row| (plain(&row[1]), [plain(&row[0]), plain(&row[2]), plain(&row[3])])).collect()
}

#[test]
fn every_setting_is_described_with_its_names_and_its_default() {
    let described = described();
    for spec in &SPECS {
        let [variable, default, meaning] = described.get(spec.key).unwrap_or_else(|| panic!("{}", spec.key));
        assert_eq!(variable, spec.variable, "{}", spec.key);
        let is_there = spec.default.map_or_else(
            || default == "–" || default.starts_with("the system"),
            |held| default.split(", ").next() == Some(held),
        );
        assert!(is_there && !meaning.is_empty(), "{}: {default}", spec.key);
    }
    let known: BTreeSet<_> = SPECS.iter().map(|spec| spec.key).collect();
    let unknown: Vec<_> =
        described.keys().filter(|key| *key != "–" && !known.contains(key.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// Every setting at its default, as a file to copy from.
fn example() -> String {
    let described = described();
    let mut text =
        "# Every setting of Hunter at its default. Copy what you need to settings.toml in the data\n\
                    # directory (`hunter config list` shows what is in force); docs/settings.md tells more.\n"
            .to_owned();
    let mut tables: Vec<Option<&str>> = Vec::new();
    let table_of = |spec: &Spec| spec.key.split_once('.').map(|(table, _)| table);
    for spec in &SPECS {
        if !tables.contains(&table_of(spec)) {
            tables.push(table_of(spec));
        }
    }
    tables.sort_by_key(Option::is_some);
    for table in tables {
        if let Some(table) = table {
            writeln!(text, "\n[{table}]").unwrap();
        }
        for spec in SPECS.iter().filter(|spec| table_of(spec) == table) {
            let [variable, _, meaning] = &described[spec.key];
            text.push('\n');
            wrap(&format!("{variable}: {meaning}"), &mut text);
            let key = spec.key.rsplit('.').next().unwrap();
            let value = match (spec.input, spec.default) {
                (Input::Boolean | Input::Number(..), Some(default)) => default.to_owned(),
                (_, default) => format!("{:?}", default.unwrap_or_default()),
            };
            writeln!(text, "# {key} = {value}").unwrap();
        }
    }
    text
}

fn wrap(words: &str, text: &mut String) {
    let mut line = "#".to_owned();
    for word in words.split_whitespace() {
        if line.chars().count() + word.chars().count() >= 100 {
            writeln!(text, "{line}").unwrap();
            line = "#".to_owned();
        }
        write!(line, " {word}").unwrap();
    }
    writeln!(text, "{line}").unwrap();
}

#[test]
fn the_example_has_every_setting() {
    let path = root().join("settings.example.toml");
    let text = example();
    if std::env::var_os("HUNTER_WRITE_BINDINGS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "settings.example.toml is not what the settings are: run `cargo xtask bindings`"
    );

    let live: String = text
        .lines()
        .map(|line| if line.contains(" = ") { line.trim_start_matches("# ") } else { line })
        .fold(String::new(), |text, line| text + line + "\n");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("settings.toml"), live).unwrap();
    let launch = hunter_engine::Launch {
        data_dir: Some(folder.path().to_owned()),
        ..hunter_engine::Launch::default()
    };
    let settings = hunter_engine::Settings::load(&launch).unwrap();
    assert_eq!(settings.warnings, []);
    for view in settings.views() {
        assert_eq!(view.value, view.default, "{}", view.key);
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            sources(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

#[test]
fn every_event_of_the_log_is_described_and_every_described_one_exists() {
    let mut files = Vec::new();
    sources(&root().join("src-tauri/src"), &mut files);
    for room in ["cli", "engine", "partner-center", "signals", "store", "referral"] {
        sources(&root().join("crates").join(room).join("src"), &mut files);
    }
    let event = Regex::new(r#"\bevent = (?:if \w+ \{ )?"([a-z_]+)"(?: \} else \{ "([a-z_]+)" \})?"#).unwrap();
    let mut logged = BTreeSet::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let product = text.split("#[cfg(test)]\n#[expect").next().unwrap_or_default();
        for found in event.captures_iter(product) {
            logged.extend(found.iter().skip(1).flatten().map(|name| name.as_str().to_owned()));
        }
    }
    let described: BTreeSet<String> =
        rows(&read("docs/logs.md")).iter().filter(|row| row.len() == 3).map(|row| plain(&row[0])).collect();
    assert!(logged.len() > 40, "{logged:?}");
    let undescribed: Vec<_> = logged.difference(&described).collect();
    let gone: Vec<_> = described.difference(&logged).collect();
    assert!(undescribed.is_empty() && gone.is_empty(), "docs/logs.md lacks {undescribed:?}, has {gone:?}");
}
