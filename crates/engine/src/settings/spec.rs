//! Every setting, declared once: its names, its default, what it accepts.

use std::fmt;

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "docs/settings.md describes each")]
pub enum Setting {
    Environment,
    Enabled,
    ClientId,
    TenantId,
    ApiUrl,
    AuthorityUrl,
    Scope,
    SyncInterval,
    TokenCachePath,
    Direction,
    Status,
    PageSize,
    AzureTenantScore,
    CosellBonus,
    EnrichmentEnabled,
    NameServers,
    SecretStore,
    AllowedHosts,
    Language,
    Log,
    Notifications,
    QuietHours,
    OnClose,
    Autostart,
    RetentionDays,
}

/// How a setting is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// On or off.
    Boolean,
    /// A whole number between two others, both included.
    Number(u32, u32),
    /// One of a few words, in any letter case.
    Choice(&'static [&'static str]),
    /// Free text with a check of its own.
    Text,
}

/// The names and limits of a setting.
#[derive(Debug)]
pub struct Spec {
    /// Which one.
    pub setting: Setting,
    /// Its key in `settings.toml` and in `hunter config`.
    pub key: &'static str,
    /// Its environment variable.
    pub variable: &'static str,
    /// An older name of the variable, accepted with a warning.
    pub old_variable: Option<&'static str>,
    /// Its value where nobody set one.
    pub default: Option<&'static str>,
    /// How it is entered.
    pub input: Input,
}

const fn spec(
    setting: Setting,
    key: &'static str,
    variable: &'static str,
    default: Option<&'static str>,
    input: Input,
) -> Spec {
    Spec { setting, key, variable, old_variable: None, default, input }
}

/// Named by Microsoft as the scope of the referrals API.
const DEFAULT_SCOPE: &str = "https://api.partner.microsoft.com/.default";
const DAY: u32 = 86_400;

/// All settings, in the order in which they are shown.
pub const SPECS: [Spec; 25] = [
    spec(
        Setting::Environment,
        "environment",
        "HUNTER_ENVIRONMENT",
        Some("prod"),
        Input::Choice(&["dev", "staging", "prod"]),
    ),
    spec(
        Setting::Enabled,
        "partner_center.enabled",
        "HUNTER_PARTNER_CENTER_ENABLED",
        Some("false"),
        Input::Boolean,
    ),
    spec(Setting::ClientId, "partner_center.client_id", "HUNTER_PARTNER_CENTER_CLIENT_ID", None, Input::Text),
    spec(Setting::TenantId, "partner_center.tenant_id", "HUNTER_PARTNER_CENTER_TENANT_ID", None, Input::Text),
    Spec {
        old_variable: Some("HUNTER_PARTNER_CENTER_BASE_URL"),
        ..spec(
            Setting::ApiUrl,
            "partner_center.api_url",
            "HUNTER_PARTNER_CENTER_API_URL",
            Some("https://api.partner.microsoft.com"),
            Input::Text,
        )
    },
    spec(
        Setting::AuthorityUrl,
        "partner_center.authority_url",
        "HUNTER_PARTNER_CENTER_AUTHORITY_URL",
        Some("https://login.microsoftonline.com"),
        Input::Text,
    ),
    spec(
        Setting::Scope,
        "partner_center.scope",
        "HUNTER_PARTNER_CENTER_SCOPE",
        Some(DEFAULT_SCOPE),
        Input::Text,
    ),
    Spec {
        old_variable: Some("HUNTER_PARTNER_CENTER_POLL_INTERVAL_SECONDS"),
        ..spec(
            Setting::SyncInterval,
            "partner_center.sync_interval",
            "HUNTER_PARTNER_CENTER_SYNC_INTERVAL",
            Some("600"),
            Input::Number(30, DAY),
        )
    },
    spec(
        Setting::TokenCachePath,
        "partner_center.token_cache_path",
        "HUNTER_PARTNER_CENTER_TOKEN_CACHE_PATH",
        Some(".token_cache"),
        Input::Text,
    ),
    spec(
        Setting::Direction,
        "partner_center.referral_direction",
        "HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_DIRECTION",
        Some("Incoming"),
        Input::Choice(&["Incoming", "Outgoing", "All"]),
    ),
    spec(
        Setting::Status,
        "partner_center.referral_status",
        "HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_STATUS",
        Some("Open"),
        Input::Choice(&["Open", "New", "Active", "Closed", "All"]),
    ),
    spec(
        Setting::PageSize,
        "partner_center.page_size",
        "HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP",
        Some("200"),
        Input::Number(1, 1000),
    ),
    spec(
        Setting::AzureTenantScore,
        "scoring.azure_tenant_score",
        "HUNTER_PARTNER_CENTER_AZURE_TENANT_SCORE",
        Some("55"),
        Input::Number(0, 100),
    ),
    spec(
        Setting::CosellBonus,
        "scoring.cosell_bonus",
        "HUNTER_PARTNER_CENTER_COSELL_BONUS",
        Some("15"),
        Input::Number(0, 100),
    ),
    spec(
        Setting::EnrichmentEnabled,
        "enrichment.enabled",
        "HUNTER_ENRICHMENT_ENABLED",
        Some("false"),
        Input::Boolean,
    ),
    spec(
        Setting::NameServers,
        "enrichment.name_servers",
        "HUNTER_ENRICHMENT_NAME_SERVERS",
        None,
        Input::Text,
    ),
    spec(
        Setting::SecretStore,
        "secret_store",
        "HUNTER_SECRET_STORE",
        Some("keyring"),
        Input::Choice(&["keyring", "file"]),
    ),
    spec(Setting::AllowedHosts, "http.allowed_hosts", "HUNTER_HTTP_ALLOWED_HOSTS", None, Input::Text),
    spec(Setting::Language, "language", "HUNTER_LANG", None, Input::Choice(&["en", "tr"])),
    spec(Setting::Log, "log", "HUNTER_LOG", Some("info"), Input::Text),
    spec(
        Setting::Notifications,
        "desktop.notifications",
        "HUNTER_DESKTOP_NOTIFICATIONS",
        Some("true"),
        Input::Boolean,
    ),
    spec(Setting::QuietHours, "desktop.quiet_hours", "HUNTER_DESKTOP_QUIET_HOURS", None, Input::Text),
    spec(
        Setting::OnClose,
        "desktop.on_close",
        "HUNTER_DESKTOP_ON_CLOSE",
        Some("auto"),
        Input::Choice(&["auto", "background", "quit"]),
    ),
    spec(Setting::Autostart, "desktop.autostart", "HUNTER_DESKTOP_AUTOSTART", Some("false"), Input::Boolean),
    spec(
        Setting::RetentionDays,
        "data.retention_days",
        "HUNTER_DATA_RETENTION_DAYS",
        None,
        Input::Number(1, 36_500),
    ),
];

impl Setting {
    /// Its names and limits.
    pub fn spec(self) -> &'static Spec {
        &SPECS[self as usize]
    }

    /// The setting with this key.
    pub fn by_key(key: &str) -> Option<Self> {
        SPECS.iter().find(|spec| spec.key == key).map(|spec| spec.setting)
    }

    /// How a value is kept, such as `true` for `yes`; `None` for one that the setting does not take.
    pub fn kept_as(self, value: &str) -> Option<String> {
        super::value::normal_form(self, value).ok()
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spec().key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_settings() {
        for (place, spec) in SPECS.iter().enumerate() {
            assert_eq!(spec.setting as usize, place, "{}", spec.key);
        }
    }
}
