use std::collections::BTreeMap;
use std::path::PathBuf;

use super::spec::Setting;
use super::{Warning, file, value};
use crate::error::{ErrorCode, HunterError};

/// Where an administrator's policy is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Policy {
    /// Nowhere.
    #[default]
    Nowhere,
    /// Where an administrator of this computer puts it.
    OfThisComputer,
    /// In this file.
    File(PathBuf),
}

/// What a policy sets, in the form in which it is kept.
#[derive(Debug, Default)]
pub(super) struct Managed {
    pub values: BTreeMap<Setting, String>,
    pub unknown: Vec<Warning>,
}

impl Policy {
    /// Reads the policy; there may be none.
    pub(super) fn read(&self) -> Result<Managed, HunterError> {
        let mut managed = Managed::default();
        match self {
            Self::Nowhere => {}
            Self::OfThisComputer => {
                managed.take_file(system_file())?;
                #[cfg(windows)]
                managed.take_registry()?;
            }
            Self::File(path) => managed.take_file(path.clone())?,
        }
        Ok(managed)
    }
}

impl Managed {
    fn take_file(&mut self, path: PathBuf) -> Result<(), HunterError> {
        let stored = file::read(&path, ErrorCode::PolicyFile)?;
        let place = path.display().to_string();
        let named = |key| Warning::UnknownPolicy { key, place: place.clone() };
        self.unknown.extend(stored.unknown.into_iter().map(named));
        stored.values.into_iter().try_for_each(|(setting, text)| self.take(setting, &text, &place))
    }

    /// An empty value counts as not set; one that cannot be used stops Hunter.
    fn take(&mut self, setting: Setting, text: &str, place: &str) -> Result<(), HunterError> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let spec = setting.spec();
        let value = value::normal_form(setting, text).map_err(|expected| {
            HunterError::setting(spec, &format!("{} ({place})", spec.key), text, &expected)
        })?;
        self.values.insert(setting, value);
        Ok(())
    }

    /// Texts and numbers under the key of Hunter's policies, named as in the file; they outrank the file.
    #[cfg(windows)]
    fn take_registry(&mut self) -> Result<(), HunterError> {
        use winreg::enums::{HKEY_LOCAL_MACHINE, KEY_READ, REG_DWORD};
        use winreg::types::FromRegValue;

        const KEY: &str = r"Software\Policies\Hunter";
        let place = format!(r"HKLM\{KEY}");
        let unusable = |problem: String| {
            HunterError::new(ErrorCode::PolicyFile).with("path", &place).with("problem", problem)
        };
        let key = match winreg::RegKey::predef(HKEY_LOCAL_MACHINE).open_subkey_with_flags(KEY, KEY_READ) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            key => key.map_err(|error| unusable(error.to_string()))?,
        };
        for entry in key.enum_values() {
            let (name, held) = entry.map_err(|error| unusable(error.to_string()))?;
            let Some(spec) = super::spec::SPECS.iter().find(|spec| spec.key.eq_ignore_ascii_case(&name))
            else {
                self.unknown.push(Warning::UnknownPolicy { key: name, place: place.clone() });
                continue;
            };
            let text = if held.vtype == REG_DWORD {
                u32::from_reg_value(&held).map(|number| number.to_string())
            } else {
                String::from_reg_value(&held)
            };
            let text = text.map_err(|_| unusable(spec.key.to_owned()))?;
            self.take(spec.setting, &text, &place)?;
        }
        Ok(())
    }
}

#[cfg(not(any(windows, target_os = "macos")))]
fn system_file() -> PathBuf {
    PathBuf::from("/etc/hunter/policy.toml")
}

#[cfg(target_os = "macos")]
fn system_file() -> PathBuf {
    PathBuf::from("/Library/Application Support/Hunter/policy.toml")
}

/// The folder is fixed, as the variable `ProgramData` is the user's to set.
#[cfg(windows)]
fn system_file() -> PathBuf {
    PathBuf::from(r"C:\ProgramData\Hunter\policy.toml")
}
