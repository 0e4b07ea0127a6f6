//! Settings: administrator's policy, command-line flag, environment variable, `settings.toml`, default, in this order.

mod file;
mod import;
pub(crate) mod last_working;
mod policy;
mod quiet_hours;
mod spec;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hunter_partner_center::{Connection, SecretStore, is_csp_host, is_csp_scope};
use hunter_referral::Direction;
use hunter_store::StatusFilter;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use url::Url;

pub use import::{Import, ImportOutcome, ImportedKey};
pub use policy::Policy;
pub use quiet_hours::QuietHours;
pub use spec::{Input, SPECS, Setting, Spec};
pub use value::Expected;
pub(crate) use value::LOG_TARGETS;

use crate::error::{ErrorCode, HunterError};
use crate::language::Language;

const CLIENT_SECRET: &str = "HUNTER_PARTNER_CENTER_CLIENT_SECRET";
/// The interval in `dev`, where nobody set one.
const DEV_SYNC_INTERVAL: &str = "60";

/// What a program was started with: the values that outrank the settings file.
#[derive(Clone, Default)]
pub struct Launch {
    /// Environment variables; only Hunter's own and the system's language are read.
    pub variables: BTreeMap<String, String>,
    /// Values given as command-line flags.
    pub flags: BTreeMap<Setting, String>,
    /// The data directory given as a flag.
    pub data_dir: Option<PathBuf>,
    /// Where an administrator's policy is looked for; nothing that a user sets can lead away from it.
    pub policy: Policy,
}

impl std::fmt::Debug for Launch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Launch").field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

impl Launch {
    /// A start with the variables of this process, under the policy of this computer.
    pub fn from_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { variables, policy: Policy::OfThisComputer, ..Self::default() }
    }

    /// The data directory: flag, `HUNTER_DATA_DIR`, or the system's place for the user's data.
    ///
    /// # Errors
    /// [`ErrorCode::NoDataDirectory`] where the system names none.
    pub fn data_dir(&self) -> Result<PathBuf, HunterError> {
        let chosen = self.data_dir.clone().or_else(|| self.variable("HUNTER_DATA_DIR").map(PathBuf::from));
        let directory = match chosen {
            Some(directory) => directory,
            None => directories::ProjectDirs::from("", "", "Hunter")
                .map(|places| places.data_local_dir().to_owned())
                .ok_or_else(|| HunterError::new(ErrorCode::NoDataDirectory))?,
        };
        std::path::absolute(&directory).map_err(|_| HunterError::new(ErrorCode::NoDataDirectory))
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// Where the value of a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SettingSource {
    /// An administrator's policy.
    Policy,
    /// A command-line flag.
    Flag,
    /// An environment variable.
    Environment,
    /// `settings.toml`.
    File,
    /// Nobody set it.
    Default,
}

/// One setting as it is shown; locked when a policy, a flag or an environment variable decides.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SettingView {
    /// Its key in `settings.toml`.
    pub key: String,
    /// Its value in force.
    pub value: Option<String>,
    /// Its value where nobody set one.
    pub default: Option<String>,
    /// Where the value comes from.
    pub source: SettingSource,
    /// Whether it can be edited here.
    pub locked: bool,
    /// Its environment variable.
    pub variable: String,
    /// How it is entered.
    pub input: SettingInput,
    /// The words it accepts, for a choice.
    pub choices: Vec<String>,
}

/// How a setting is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum SettingInput {
    Boolean,
    Text,
    Number,
    Choice,
}

/// Where Hunter runs; decides the default interval and what the checklist demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Environment {
    Dev,
    Staging,
    Prod,
}

impl Environment {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Staging => "staging",
            Self::Prod => "prod",
        }
    }
}

/// Which referrals are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectionPolicy {
    /// All of them.
    All,
    /// Those of this direction, and those of a missing or unknown one.
    Only(Direction),
}

impl DirectionPolicy {
    /// Its word in the setting.
    pub fn as_str(&self) -> &str {
        match self {
            Self::All => "All",
            Self::Only(direction) => direction.as_str(),
        }
    }
}

/// What closing the window does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnClose {
    /// Goes on in the tray; where there is none, asks.
    Auto,
    /// Goes on without a window.
    Background,
    /// Ends Hunter.
    Quit,
}

/// Something about the settings that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A key in `settings.toml` that means nothing.
    UnknownSetting {
        /// The key.
        key: String,
    },
    /// A key of an administrator's policy that means nothing.
    UnknownPolicy {
        /// The key.
        key: String,
        /// Where it stands.
        place: String,
    },
    /// A value without effect, because an administrator's policy decides.
    Overruled {
        /// Where a person finds the value.
        origin: String,
        /// The setting.
        key: &'static str,
    },
    /// A client secret is configured; Hunter is a public client and never sends one.
    ClientSecret,
    /// A variable goes by a new name.
    OldName {
        /// Its old name.
        old: &'static str,
        /// Its name now.
        new: &'static str,
    },
    /// The API address is that of Microsoft's CSP API.
    CspHost,
    /// The key of the token file lies in a file, by choice.
    KeyInFile,
}

impl Warning {
    /// The warning as a sentence.
    pub fn text(&self, language: Language) -> String {
        let (key, values): (&str, Vec<(&str, &str)>) = match self {
            Self::UnknownSetting { key } => ("warning.unknown_setting", vec![("key", key)]),
            Self::UnknownPolicy { key, place } => {
                ("warning.unknown_policy", vec![("key", key), ("place", place)])
            }
            Self::Overruled { origin, key } => ("warning.overruled", vec![("origin", origin), ("key", key)]),
            Self::ClientSecret => ("warning.client_secret", vec![("variable", CLIENT_SECRET)]),
            Self::OldName { old, new } => ("warning.old_name", vec![("old", old), ("new", new)]),
            Self::CspHost => {
                ("warning.csp_host", vec![("url", Setting::ApiUrl.spec().default.unwrap_or_default())])
            }
            Self::KeyInFile => ("warning.key_in_file", Vec::new()),
        };
        language.text(key, &values)
    }
}

/// All settings in force, checked.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "docs/settings.md describes each")]
pub struct Settings {
    pub data_dir: PathBuf,
    pub environment: Environment,
    pub enabled: bool,
    pub client_id: Option<String>,
    pub tenant_id: Option<String>,
    pub api_url: Url,
    pub authority_url: Url,
    pub scope: String,
    pub sync_interval: Duration,
    pub token_cache_path: PathBuf,
    pub direction: DirectionPolicy,
    pub default_status: StatusFilter,
    pub page_size: u32,
    pub secret_store: SecretStore,
    pub allowed_hosts: Vec<String>,
    pub language: Language,
    pub log: String,
    pub notifications: bool,
    pub quiet_hours: Option<QuietHours>,
    pub on_close: OnClose,
    pub autostart: bool,
    pub retention_days: Option<u32>,
    pub warnings: Vec<Warning>,
    views: Vec<SettingView>,
}

impl Settings {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// Names the first setting that cannot be used, its value and what is expected.
    pub fn load(launch: &Launch) -> Result<Self, HunterError> {
        let data_dir = launch.data_dir()?;
        let policy = launch.policy.read()?;
        let stored = file::read(&path(&data_dir), ErrorCode::SettingsFile)?;
        let mut warnings: Vec<Warning> =
            stored.unknown.into_iter().map(|key| Warning::UnknownSetting { key }).collect();
        warnings.extend(policy.unknown);
        if launch.variable(CLIENT_SECRET).is_some() {
            warnings.push(Warning::ClientSecret);
        }
        let mut values = BTreeMap::new();
        for spec in &SPECS {
            let chosen = chosen(spec, launch, &stored.values, &mut warnings);
            if let Some(value) = policy.values.get(&spec.setting) {
                if let Some((text, _, origin)) = chosen
                    && value::normal_form(spec.setting, &text).as_ref() != Ok(value)
                {
                    warnings.push(Warning::Overruled { origin, key: spec.key });
                }
                values.insert(spec.setting, (value.clone(), SettingSource::Policy));
            } else if let Some((text, source, origin)) = chosen {
                let value = value::normal_form(spec.setting, &text)
                    .map_err(|expected| HunterError::setting(spec, &origin, &text, &expected))?;
                values.insert(spec.setting, (value, source));
            }
        }
        Self::assemble(data_dir, &values, launch, warnings)
    }

    fn assemble(
        data_dir: PathBuf,
        values: &BTreeMap<Setting, (String, SettingSource)>,
        launch: &Launch,
        mut warnings: Vec<Warning>,
    ) -> Result<Self, HunterError> {
        let in_dev = values.get(&Setting::Environment).is_some_and(|(value, _)| value == "dev");
        let views: Vec<SettingView> =
            SPECS.iter().map(|spec| view(spec, values.get(&spec.setting), in_dev)).collect();
        let text = |setting: Setting| views[setting as usize].value.clone();
        let required = |setting: Setting| text(setting).unwrap_or_default();
        let address = |setting: Setting| {
            let text = required(setting);
            Url::parse(&text).map_err(|_| {
                HunterError::setting(setting.spec(), setting.spec().key, &text, &Expected::Address)
            })
        };
        let number = |setting: Setting| required(setting).parse().unwrap_or_default();
        let api_url = address(Setting::ApiUrl)?;
        if is_csp_host(&api_url) || is_csp_scope(&required(Setting::Scope)) {
            warnings.push(Warning::CspHost);
        }
        let secret_store = match required(Setting::SecretStore).as_str() {
            "file" => SecretStore::File,
            _ => SecretStore::Keyring,
        };
        Ok(Self {
            environment: match required(Setting::Environment).as_str() {
                "dev" => Environment::Dev,
                "staging" => Environment::Staging,
                _ => Environment::Prod,
            },
            enabled: required(Setting::Enabled) == "true",
            client_id: text(Setting::ClientId),
            tenant_id: text(Setting::TenantId),
            api_url,
            authority_url: address(Setting::AuthorityUrl)?,
            scope: required(Setting::Scope),
            sync_interval: Duration::from_secs(u64::from(number(Setting::SyncInterval))),
            token_cache_path: data_dir.join(required(Setting::TokenCachePath)),
            direction: match Direction::parse(&required(Setting::Direction)) {
                Direction::Other(_) => DirectionPolicy::All,
                known @ (Direction::Incoming | Direction::Outgoing) => DirectionPolicy::Only(known),
            },
            default_status: required(Setting::Status).parse().unwrap_or_default(),
            page_size: number(Setting::PageSize),
            secret_store,
            allowed_hosts: required(Setting::AllowedHosts)
                .split(',')
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            language: text(Setting::Language)
                .and_then(|word| word.parse().ok())
                .unwrap_or_else(|| Language::of_system(&launch.variables)),
            log: required(Setting::Log),
            notifications: required(Setting::Notifications) == "true",
            quiet_hours: text(Setting::QuietHours).and_then(|hours| QuietHours::parse(&hours)),
            on_close: match required(Setting::OnClose).as_str() {
                "background" => OnClose::Background,
                "quit" => OnClose::Quit,
                _ => OnClose::Auto,
            },
            autostart: required(Setting::Autostart) == "true",
            retention_days: text(Setting::RetentionDays).and_then(|days| days.parse().ok()),
            warnings,
            views,
            data_dir,
        })
    }

    /// Every setting as it is shown.
    pub fn views(&self) -> &[SettingView] {
        &self.views
    }

    /// One setting as it is shown.
    pub fn view(&self, setting: Setting) -> &SettingView {
        &self.views[setting as usize]
    }

    /// Whether sign-in has the two identifiers it needs.
    pub fn configured(&self) -> bool {
        self.client_id.is_some() && self.tenant_id.is_some()
    }

    /// Where Microsoft's services are and who we are to them.
    ///
    /// # Errors
    /// [`ErrorCode::NotConfigured`] where the client or the tenant ID is missing, [`ErrorCode::WrongApiHost`] for the
    /// address of Microsoft's CSP API.
    pub fn connection(&self) -> Result<Connection, HunterError> {
        let (Some(client_id), Some(tenant)) = (&self.client_id, &self.tenant_id) else {
            return Err(
                HunterError::new(ErrorCode::NotConfigured).with("settings", self.missing().join(", "))
            );
        };
        if is_csp_host(&self.api_url) {
            return Err(HunterError::new(ErrorCode::WrongApiHost).with("url", self.api_url.as_str()));
        }
        if is_csp_scope(&self.scope) {
            return Err(HunterError::new(ErrorCode::WrongApiHost).with("url", &self.scope));
        }
        Ok(Connection {
            api_url: self.api_url.clone(),
            authority_url: self.authority_url.clone(),
            tenant: tenant.clone(),
            client_id: client_id.clone(),
            scope: self.scope.clone(),
        })
    }

    /// From where referrals are read and which are kept; another one has to be read from the start.
    pub(crate) fn source(&self) -> String {
        format!("{} of {}", self.direction.as_str(), self.api_url)
    }

    fn missing(&self) -> Vec<&'static str> {
        [Setting::ClientId, Setting::TenantId]
            .into_iter()
            .filter(|setting| self.view(*setting).value.is_none())
            .map(|setting| setting.spec().variable)
            .collect()
    }

    /// Writes a value to `settings.toml`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidSetting`] for a value that cannot be used, [`ErrorCode::SettingManaged`] where a policy
    /// decides, [`ErrorCode::SettingLocked`] where a flag or a variable does, and storage errors; the file stays as it
    /// was.
    pub fn set(&self, setting: Setting, text: &str) -> Result<(), HunterError> {
        let spec = setting.spec();
        if text.trim().is_empty() {
            return self.unset(setting);
        }
        self.refuse_locked(setting)?;
        let value = value::normal_form(setting, text)
            .map_err(|expected| HunterError::setting(spec, spec.key, text, &expected))?;
        file::write(&path(&self.data_dir), &[(spec, Some(&value))])
    }

    /// Removes a value from `settings.toml`, so that the default holds.
    ///
    /// # Errors
    /// As [`Settings::set`].
    pub fn unset(&self, setting: Setting) -> Result<(), HunterError> {
        self.refuse_locked(setting)?;
        file::write(&path(&self.data_dir), &[(setting.spec(), None)])
    }

    fn refuse_locked(&self, setting: Setting) -> Result<(), HunterError> {
        let view = self.view(setting);
        if view.source == SettingSource::Policy {
            return Err(HunterError::new(ErrorCode::SettingManaged).with("setting", &view.key));
        }
        if !view.locked {
            return Ok(());
        }
        Err(HunterError::new(ErrorCode::SettingLocked)
            .with("setting", &view.key)
            .with("variable", &view.variable))
    }
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("settings.toml")
}

/// The text that outranks the others, its source, and where a person finds it.
fn chosen(
    spec: &Spec,
    launch: &Launch,
    stored: &BTreeMap<Setting, String>,
    warnings: &mut Vec<Warning>,
) -> Option<(String, SettingSource, String)> {
    let not_empty = |text: &&String| !text.trim().is_empty();
    if let Some(text) = launch.flags.get(&spec.setting).filter(not_empty) {
        return Some((text.clone(), SettingSource::Flag, spec.key.to_owned()));
    }
    if let Some(text) = launch.variable(spec.variable) {
        return Some((text.to_owned(), SettingSource::Environment, spec.variable.to_owned()));
    }
    if let Some((old, text)) = spec.old_variable.and_then(|old| Some((old, launch.variable(old)?))) {
        warnings.push(Warning::OldName { old, new: spec.variable });
        return Some((text.to_owned(), SettingSource::Environment, old.to_owned()));
    }
    let text = stored.get(&spec.setting).filter(not_empty)?;
    Some((text.clone(), SettingSource::File, format!("{} (settings.toml)", spec.key)))
}

fn view(spec: &Spec, chosen: Option<&(String, SettingSource)>, in_dev: bool) -> SettingView {
    let default =
        if in_dev && spec.setting == Setting::SyncInterval { Some(DEV_SYNC_INTERVAL) } else { spec.default };
    let default = default.map(str::to_owned);
    let source = chosen.map_or(SettingSource::Default, |(_, source)| *source);
    SettingView {
        key: spec.key.to_owned(),
        value: chosen.map(|(value, _)| value.clone()).or_else(|| default.clone()),
        default,
        source,
        locked: matches!(source, SettingSource::Policy | SettingSource::Flag | SettingSource::Environment),
        variable: spec.variable.to_owned(),
        input: match spec.input {
            Input::Boolean => SettingInput::Boolean,
            Input::Number(..) => SettingInput::Number,
            Input::Choice(_) => SettingInput::Choice,
            Input::Text => SettingInput::Text,
        },
        choices: match spec.input {
            Input::Choice(words) => words.iter().map(|word| (*word).to_owned()).collect(),
            Input::Boolean | Input::Number(..) | Input::Text => Vec::new(),
        },
    }
}
