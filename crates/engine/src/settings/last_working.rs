//! The settings with which a sync last completed, beside those in force.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use hunter_store::private_file;
use jiff::Timestamp;

use super::file;
use crate::error::{ErrorCode, HunterError};

const KEPT: &str = "settings.last-working.toml";
const REPLACED: &str = "settings.before-rollback.toml";

/// Remembers the settings file as it is now.
///
/// # Errors
/// It cannot be read or copied.
pub(crate) fn keep(data_dir: &Path) -> Result<(), HunterError> {
    let text = text(&super::path(data_dir))?.unwrap_or_default();
    let kept = data_dir.join(KEPT);
    if self::text(&kept)?.as_ref() == Some(&text) {
        return Ok(());
    }
    file::replace(&kept, &text)
}

/// Puts the remembered settings in force; tells when they were kept and where those lie that they replaced.
///
/// # Errors
/// [`ErrorCode::NoWorkingSettings`] where none were kept; they cannot be read or written.
pub(crate) fn bring_back(data_dir: &Path) -> Result<(Timestamp, PathBuf), HunterError> {
    let (path, kept) = (super::path(data_dir), data_dir.join(KEPT));
    let Some(working) = text(&kept)? else { return Err(HunterError::new(ErrorCode::NoWorkingSettings)) };
    let _sound = file::read(&kept, ErrorCode::SettingsFile)?;
    let lock = private_file(&path.with_extension("toml.lock"))?;
    lock.lock().map_err(HunterError::file(&path))?;
    let replaced = data_dir.join(REPLACED);
    file::replace(&replaced, &text(&path).ok().flatten().unwrap_or_default())?;
    file::replace(&path, &working)?;
    let kept_at = fs::metadata(&kept).and_then(|file| file.modified()).map_err(HunterError::file(&kept))?;
    Ok((Timestamp::try_from(kept_at).unwrap_or_default(), replaced))
}

fn text(path: &Path) -> Result<Option<String>, HunterError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(HunterError::file(path)(error)),
    }
}
