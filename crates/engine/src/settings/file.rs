//! `settings.toml`: read leniently about types, written without touching a person's comments.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use hunter_store::{private_dir, private_file};
use toml_edit::{DocumentMut, Item, Table, Value};

use super::spec::{Input, SPECS, Setting, Spec};
use crate::error::{ErrorCode, HunterError};

#[derive(Debug, Default)]
pub(super) struct Stored {
    pub values: BTreeMap<Setting, String>,
    pub unknown: Vec<String>,
}

/// Reads a file of settings; one that is not there has none. `code` is that of a file that cannot be understood.
pub(super) fn read(path: &Path, code: ErrorCode) -> Result<Stored, HunterError> {
    let document = document(path, code)?;
    let mut stored = Stored::default();
    collect("", document.as_table(), &mut stored);
    match stored.unknown.iter().find(|key| names_a_table(key)) {
        Some(key) => Err(unusable(path, code, format!("[{key}]"))),
        None => Ok(stored),
    }
}

/// Writes or removes values, all of them or none.
pub(super) fn write(path: &Path, changes: &[(&Spec, Option<&str>)]) -> Result<(), HunterError> {
    if let Some(folder) = path.parent() {
        private_dir(folder)?;
    }
    let lock = private_file(&path.with_extension("toml.lock"))?;
    lock.lock().map_err(HunterError::file(path))?;
    let mut document = document(path, ErrorCode::SettingsFile)?;
    for (spec, value) in changes {
        let (table, key) = match spec.key.split_once('.') {
            Some((table, key)) => {
                (document.entry(table).or_insert_with(|| Item::Table(Table::new())).as_table_like_mut(), key)
            }
            None => (Some(document.as_table_mut() as &mut dyn toml_edit::TableLike), spec.key),
        };
        let Some(table) = table else {
            return Err(unusable(path, ErrorCode::SettingsFile, spec.key));
        };
        match value {
            Some(value) => {
                table.insert(key, Item::Value(typed(spec, value)));
            }
            None => {
                table.remove(key);
            }
        }
    }
    replace(path, &document.to_string())
}

fn document(path: &Path, code: ErrorCode) -> Result<DocumentMut, HunterError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            return Err(unusable(path, code, "UTF-8"));
        }
        Err(error) if code == ErrorCode::PolicyFile => return Err(unusable(path, code, error)),
        Err(error) => return Err(HunterError::file(path)(error)),
    };
    text.parse().map_err(|error: toml_edit::TomlError| {
        unusable(path, code, error.to_string().lines().next().unwrap_or_default())
    })
}

fn unusable(path: &Path, code: ErrorCode, problem: impl ToString) -> HunterError {
    HunterError::new(code).with("path", path.display()).with("problem", problem)
}

fn collect(prefix: &str, table: &dyn toml_edit::TableLike, stored: &mut Stored) {
    for (key, item) in table.iter() {
        let key = if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
        if let Some(below) = item.as_table_like() {
            collect(&key, below, stored);
            continue;
        }
        match Setting::by_key(&key) {
            Some(setting) => {
                stored.values.insert(setting, plain(item));
            }
            None => stored.unknown.push(key),
        }
    }
}

/// A table of settings that is written as a value would be passed over with all that is in it.
fn names_a_table(key: &str) -> bool {
    SPECS.iter().any(|spec| spec.key.split_once('.').is_some_and(|(table, _)| table == key))
}

fn plain(item: &Item) -> String {
    if let Some(text) = item.as_str() {
        return text.to_owned();
    }
    if let Some(items) = item.as_array() {
        let texts: Vec<String> =
            items.iter().map(|item| item.as_str().unwrap_or_default().to_owned()).collect();
        return texts.join(",");
    }
    match item.as_value() {
        Some(Value::Boolean(on)) => on.value().to_string(),
        Some(Value::Integer(number)) => number.value().to_string(),
        Some(Value::Float(number)) => number.value().to_string(),
        Some(Value::String(_) | Value::Datetime(_) | Value::Array(_) | Value::InlineTable(_)) | None => {
            item.to_string().trim().to_owned()
        }
    }
}

fn typed(spec: &Spec, value: &str) -> Value {
    match spec.input {
        Input::Boolean => Value::from(value == "true"),
        Input::Number(..) => value.parse::<i64>().map_or_else(|_| Value::from(value), Value::from),
        Input::Choice(_) | Input::Text => Value::from(value),
    }
}

pub(super) fn replace(path: &Path, text: &str) -> Result<(), HunterError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(HunterError::file(path))?;
    temporary.write_all(text.as_bytes()).map_err(HunterError::file(path))?;
    temporary.as_file().sync_all().map_err(HunterError::file(path))?;
    temporary.persist(path).map_err(|error| HunterError::file(path)(error.error))?;
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn writing_keeps_comments_and_other_values() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, "# ours\nlanguage = \"tr\" # Türkçe\n[partner_center]\npage_size = 50\nodd = 1\n")
            .unwrap();
        write(&path, &[(Setting::Enabled.spec(), Some("true")), (Setting::PageSize.spec(), None)]).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "# ours\nlanguage = \"tr\" # Türkçe\n[partner_center]\nodd = 1\nenabled = true\n");
        let stored = read(&path, ErrorCode::SettingsFile).unwrap();
        assert_eq!(stored.unknown, ["partner_center.odd"]);
        assert_eq!(stored.values[&Setting::Enabled], "true");
    }

    #[test]
    fn values_are_read_as_toml_means_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        let text = "[partner_center]\nenabled = true # on\nsync_interval = 1_000 # why\npage_size = 0x3c\n";
        fs::write(&path, text).unwrap();
        let stored = read(&path, ErrorCode::SettingsFile).unwrap().values;
        assert_eq!(stored[&Setting::Enabled], "true");
        assert_eq!(stored[&Setting::SyncInterval], "1000");
        assert_eq!(stored[&Setting::PageSize], "60");
    }

    #[test]
    fn a_table_that_is_none_is_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        for text in ["partner_center = 5\n", "[[partner_center]]\nenabled = true\n"] {
            fs::write(&path, text).unwrap();
            assert_eq!(
                read(&path, ErrorCode::SettingsFile).unwrap_err().code(),
                ErrorCode::SettingsFile,
                "{text}"
            );
        }
    }

    #[test]
    fn a_file_that_is_no_toml_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, "language = ").unwrap();
        assert_eq!(read(&path, ErrorCode::SettingsFile).unwrap_err().code(), ErrorCode::SettingsFile);
        assert_eq!(
            write(&path, &[(Setting::Log.spec(), Some("warn"))]).unwrap_err().code(),
            ErrorCode::SettingsFile
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "language = ");
    }
}
