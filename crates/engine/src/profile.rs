//! Profiles: sample data, and each tenant and account, have a database of their own.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use hunter_partner_center::Account;
use hunter_store::{private_dir, private_file};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ts_rs::TS;

use crate::error::HunterError;

const NOBODY: &str = "none";
const SAMPLE: &str = "sample";
/// In an account's folder: whose it is.
const WHOSE: &str = "account.json";

/// Whose data a profile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ProfileKind {
    /// Nobody has signed in yet.
    None,
    /// An account at Microsoft.
    Account,
    /// Hunter's built-in sample data.
    Sample,
}

/// A set of referrals that never mixes with another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Profile {
    /// The name of its folder; tells nothing about the person.
    pub id: String,
    /// Whose data it is.
    pub kind: ProfileKind,
    /// The account's sign-in name.
    pub account: Option<String>,
    /// The account's display name.
    pub name: Option<String>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Profile {
    fn nobody() -> Self {
        Self { id: NOBODY.to_owned(), kind: ProfileKind::None, account: None, name: None }
    }

    fn sample() -> Self {
        Self { id: SAMPLE.to_owned(), kind: ProfileKind::Sample, account: None, name: None }
    }

    /// The profile of an account in its tenant.
    pub(crate) fn of(account: &Account) -> Self {
        let person = if account.object_id.is_empty() {
            account.username.to_lowercase()
        } else {
            account.object_id.clone()
        };
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Self {
            id: short_digest(&format!("{}\n{person}", account.tenant_id.to_lowercase())),
            kind: ProfileKind::Account,
            account: filled(&account.username),
            name: filled(&account.name),
        }
    }
}

/// A name of 16 hexadecimal digits that does not tell what it was made from.
pub(crate) fn short_digest(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Which profile is current; shared by all programs on one data directory.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Chosen {
    #[serde(default)]
    sample: bool,
    #[serde(default)]
    account: Option<Profile>,
    #[serde(default)]
    asked_to_enable: bool,
}

/// The profiles of a data directory.
#[derive(Debug, Clone)]
pub(crate) struct Profiles {
    data_dir: PathBuf,
}

impl Profiles {
    pub fn new(data_dir: &Path) -> Self {
        Self { data_dir: data_dir.to_owned() }
    }

    pub fn folder(&self, profile: &Profile) -> PathBuf {
        self.data_dir.join("profiles").join(&profile.id)
    }

    pub fn current(&self) -> Result<Profile, HunterError> {
        let chosen = self.read()?;
        Ok(match chosen.account {
            _ if chosen.sample => Profile::sample(),
            Some(profile) => profile,
            None => Profile::nobody(),
        })
    }

    /// The account that signed in last, also while sample data is shown.
    pub fn last_account(&self) -> Result<Option<Profile>, HunterError> {
        Ok(self.read()?.account)
    }

    /// All that have a folder; of those whose folder does not say whose it is, only its name is known.
    pub fn on_disk(&self) -> Result<Vec<Profile>, HunterError> {
        let folder = self.data_dir.join("profiles");
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(HunterError::file(&folder)(error)),
        };
        let of_folder = |entry: fs::DirEntry| {
            let id = entry.file_name().into_string().ok()?;
            let named = fs::read(entry.path().join(WHOSE)).ok();
            let named = named.and_then(|bytes| serde_json::from_slice::<Profile>(&bytes).ok());
            Some(named.filter(|named| named.id == id).unwrap_or(match id.as_str() {
                NOBODY => Profile::nobody(),
                SAMPLE => Profile::sample(),
                _ => Profile { id, kind: ProfileKind::Account, account: None, name: None },
            }))
        };
        Ok(entries.flatten().filter_map(of_folder).collect())
    }

    /// Forgets who an account is.
    pub fn forget(&self, profile: &Profile) -> Result<(), HunterError> {
        self.change(|chosen| chosen.account.take_if(|account| account.id == profile.id).map_or((), drop))
    }

    pub fn choose_account(&self, profile: &Profile) -> Result<(), HunterError> {
        let folder = self.folder(profile);
        private_dir(&folder)?;
        self.put(&folder.join(WHOSE), profile)?;
        self.change(|chosen| {
            chosen.sample = false;
            chosen.account = Some(profile.clone());
        })
    }

    pub fn choose_sample(&self, sample: bool) -> Result<(), HunterError> {
        self.change(|chosen| chosen.sample = sample)
    }

    pub fn asked_to_enable(&self) -> Result<bool, HunterError> {
        Ok(self.read()?.asked_to_enable)
    }

    pub fn remember_asked_to_enable(&self) -> Result<(), HunterError> {
        self.change(|chosen| chosen.asked_to_enable = true)
    }

    /// One program at a time, so that none undoes what another has just chosen.
    fn change(&self, change: impl FnOnce(&mut Chosen)) -> Result<(), HunterError> {
        private_dir(&self.data_dir)?;
        let path = self.path();
        let lock = private_file(&path.with_extension("json.lock"))?;
        lock.lock().map_err(HunterError::file(&path))?;
        let mut chosen = self.read()?;
        change(&mut chosen);
        self.write(&chosen)
    }

    fn path(&self) -> PathBuf {
        self.data_dir.join("profile.json")
    }

    fn read(&self) -> Result<Chosen, HunterError> {
        match fs::read(self.path()) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Chosen::default()),
            Err(error) => Err(HunterError::file(&self.path())(error)),
        }
    }

    fn write(&self, chosen: &Chosen) -> Result<(), HunterError> {
        self.put(&self.path(), chosen)
    }

    fn put(&self, path: &Path, content: &impl Serialize) -> Result<(), HunterError> {
        let mut temporary =
            tempfile::NamedTempFile::new_in(&self.data_dir).map_err(HunterError::file(path))?;
        let bytes = serde_json::to_vec(content).map_err(|error| HunterError::file(path)(error.into()))?;
        temporary.write_all(&bytes).map_err(HunterError::file(path))?;
        temporary.as_file().sync_all().map_err(HunterError::file(path))?;
        temporary.persist(path).map_err(|error| HunterError::file(path)(error.error))?;
        Ok(())
    }
}
