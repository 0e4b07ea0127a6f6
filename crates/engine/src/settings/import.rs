//! Takes over a `.env` file: everything in it is judged before anything is written.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Serialize;

use super::spec::{SPECS, Spec};
use super::{CLIENT_SECRET, SettingSource, Settings, Warning, file, path, value};
use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::events::Event;

/// Far more than any `.env` has.
const MOST_BYTES: u64 = 1024 * 1024;

/// What became, or would become, of each key of a `.env` file.
#[derive(Debug, Clone, Serialize)]
pub struct Import {
    /// Whether the values were written to `settings.toml`.
    pub written: bool,
    /// Each key, in the order of the file.
    pub keys: Vec<ImportedKey>,
    /// What a person should know.
    pub warnings: Vec<String>,
}

/// One key of a `.env` file.
#[derive(Debug, Clone, Serialize)]
pub struct ImportedKey {
    /// Its name in the file; for a line that cannot be read, its number.
    pub name: String,
    /// What becomes of it.
    pub outcome: ImportOutcome,
    /// The setting it goes to.
    pub setting: Option<&'static str>,
    /// The value that is taken over.
    pub value: Option<String>,
    /// Why it is not, in the user's language.
    pub reason: Option<String>,
}

/// What becomes of a key of a `.env` file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportOutcome {
    /// It is taken over.
    Imported,
    /// It is left out, and that is right.
    Ignored,
    /// It cannot be used, and so nothing is written.
    Refused,
}

impl Import {
    /// The keys that stand in the way.
    pub fn refused(&self) -> impl Iterator<Item = &ImportedKey> {
        self.keys.iter().filter(|key| key.outcome == ImportOutcome::Refused)
    }
}

impl Engine {
    /// Writes the settings of a `.env` file to `settings.toml`, all of them or none; with `dry_run` none in any case.
    ///
    /// # Errors
    /// [`ErrorCode::ImportFile`] for a file that cannot be read, [`ErrorCode::ImportRefused`] if any of it cannot be
    /// used and this is no dry run, and storage errors.
    pub fn import_settings(&self, from: &Path, dry_run: bool) -> Result<Import, HunterError> {
        let settings = self.settings()?;
        let (mut import, values) = judge(&read(from)?, &settings);
        if dry_run {
            return Ok(import);
        }
        let problems: Vec<String> = import
            .refused()
            .map(|key| [Some(key.name.as_str()), key.reason.as_deref()])
            .map(|parts| parts.into_iter().flatten().collect::<Vec<_>>().join(": "))
            .collect();
        if !problems.is_empty() {
            return Err(HunterError::new(ErrorCode::ImportRefused)
                .with("path", from.display())
                .with("problems", problems.join(" ")));
        }
        if !values.is_empty() {
            let changes: Vec<(&Spec, Option<&str>)> =
                values.iter().map(|(spec, value)| (*spec, Some(value.as_str()))).collect();
            file::write(&path(&settings.data_dir), &changes)?;
            tracing::info!(event = "settings_imported", settings = changes.len());
            self.announce(Event::SettingsChanged);
        }
        import.written = true;
        Ok(import)
    }
}

fn read(from: &Path) -> Result<String, HunterError> {
    let unreadable = |problem: String| {
        HunterError::new(ErrorCode::ImportFile).with("path", from.display()).with("problem", problem)
    };
    let mut bytes = Vec::new();
    File::open(from)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(unreadable(format!("> {MOST_BYTES} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|_| unreadable("UTF-8".to_owned()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n");
    if text.contains(|letter: char| letter.is_control() && letter != '\n' && letter != '\t') {
        return Err(unreadable("\\0".to_owned()));
    }
    Ok(text)
}

/// A setting and the value it gets.
type Chosen = (&'static Spec, String);

fn judge(text: &str, settings: &Settings) -> (Import, Vec<Chosen>) {
    let language = settings.language;
    let lines: Vec<Result<(String, String), String>> = dotenvy::from_read_iter(text.as_bytes())
        .map(|line| line.map_err(|error| place_of(&error, text)))
        .collect();
    let last: BTreeMap<&str, usize> = lines
        .iter()
        .enumerate()
        .filter_map(|(place, line)| Some((line.as_ref().ok()?.0.as_str(), place)))
        .collect();
    let mut import = Import { written: false, keys: Vec::new(), warnings: Vec::new() };
    let mut values = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let key = match line {
            Err(line) => refused(line, None, language.text("import.unreadable", &[])),
            Ok((name, _)) if last.get(name.as_str()) != Some(&place) => {
                ignored(name, language.text("import.repeated", &[]))
            }
            Ok((name, text)) => {
                let is_there = |name: &str| last.contains_key(name);
                judge_value(name, text.trim(), is_there, settings, &mut import.warnings)
            }
        };
        if let (Some(setting), Some(value)) = (key.setting, &key.value)
            && let Some(spec) = SPECS.iter().find(|spec| spec.key == setting)
        {
            values.push((spec, value.clone()));
        }
        import.keys.push(key);
    }
    (import, values)
}

fn judge_value(
    name: &str,
    text: &str,
    is_there: impl Fn(&str) -> bool,
    settings: &Settings,
    warnings: &mut Vec<String>,
) -> ImportedKey {
    let language = settings.language;
    if name == CLIENT_SECRET {
        warnings.push(Warning::ClientSecret.text(language));
        return ignored(name, language.text("import.client_secret", &[]));
    }
    let Some(spec) = SPECS.iter().find(|spec| spec.variable == name || spec.old_variable == Some(name))
    else {
        let reason = match name {
            "HUNTER_DATA_DIR" => "import.data_dir",
            other if other.starts_with("HUNTER_") => "import.unknown",
            _ => "import.foreign",
        };
        return ignored(name, language.text(reason, &[]));
    };
    if text.is_empty() {
        return ignored(name, language.text("import.empty", &[]));
    }
    if let Some(old) = spec.old_variable.filter(|old| *old == name) {
        warnings.push(Warning::OldName { old, new: spec.variable }.text(language));
        if is_there(spec.variable) {
            return ignored(name, language.text("import.new_name", &[("new", spec.variable)]));
        }
    }
    match value::normal_form(spec.setting, text) {
        Err(expected) => refused(
            name,
            Some(spec),
            HunterError::setting(spec, name, text, &expected).body(language).message,
        ),
        Ok(_) if settings.view(spec.setting).source == SettingSource::Policy => {
            ignored(name, language.text("import.policy", &[]))
        }
        Ok(value) => ImportedKey {
            name: name.to_owned(),
            outcome: ImportOutcome::Imported,
            setting: Some(spec.key),
            value: Some(value),
            reason: None,
        },
    }
}

fn ignored(name: &str, reason: String) -> ImportedKey {
    let outcome = ImportOutcome::Ignored;
    ImportedKey { name: name.to_owned(), outcome, setting: None, value: None, reason: Some(reason) }
}

fn refused(name: &str, spec: Option<&Spec>, reason: String) -> ImportedKey {
    let outcome = ImportOutcome::Refused;
    let setting = spec.map(|spec| spec.key);
    ImportedKey { name: name.to_owned(), outcome, setting, value: None, reason: Some(reason) }
}

/// The number of a line that cannot be read; its text may be a secret.
fn place_of(error: &dotenvy::Error, text: &str) -> String {
    let line = if let dotenvy::Error::LineParse(line, _) = error { line.as_str() } else { "" };
    let line = line.lines().next().unwrap_or_default().trim();
    let number = text.lines().position(|found| !line.is_empty() && found.trim().ends_with(line));
    number.map_or_else(|| "?".to_owned(), |number| (number + 1).to_string())
}
