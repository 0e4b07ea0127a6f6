//! From the text of a setting to its value.

use hunter_partner_center::{api_url, client_id, origin_url, tenant_id};

use crate::companies::name_servers;

use super::quiet_hours::QuietHours;
use super::spec::{Input, Setting};

/// Hunter's own tracing targets; a log filter may name no others.
pub(crate) const LOG_TARGETS: [&str; 6] =
    ["hunter", "hunter_desktop", "hunter_engine", "hunter_partner_center", "hunter_sandbox", "hunter_store"];

/// What a setting would have accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// On or off.
    Boolean,
    /// A whole number in a range.
    Number(u32, u32),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A GUID.
    Guid,
    /// A GUID or a domain.
    Tenant,
    /// An https address, or an http one of this machine.
    Address,
    /// Names separated by commas.
    Hosts,
    /// Addresses of name servers separated by commas.
    NameServers,
    /// A tracing filter for Hunter's own targets.
    LogFilter,
    /// A span of the day.
    Hours,
    /// Some text.
    Text,
}

/// Brings a text into the form in which it is kept, or says what was expected.
pub(crate) fn normal_form(setting: Setting, text: &str) -> Result<String, Expected> {
    let text = text.trim();
    match setting.spec().input {
        Input::Boolean => boolean(text).map(|on| on.to_string()).ok_or(Expected::Boolean),
        Input::Number(least, most) => text
            .parse::<u32>()
            .ok()
            .filter(|number| (least..=most).contains(number))
            .map(|number| number.to_string())
            .ok_or(Expected::Number(least, most)),
        Input::Choice(words) => words
            .iter()
            .find(|word| word.eq_ignore_ascii_case(text))
            .map(|word| (*word).to_owned())
            .ok_or(Expected::Choice(words)),
        Input::Text => normal_text(setting, text),
    }
}

fn normal_text(setting: Setting, text: &str) -> Result<String, Expected> {
    match setting {
        Setting::ClientId => client_id(text).map_err(|_| Expected::Guid),
        Setting::TenantId => tenant_id(text).map_err(|_| Expected::Tenant),
        Setting::ApiUrl => api_url(text).map(address).map_err(|_| Expected::Address),
        Setting::AuthorityUrl => origin_url(text).map(address).map_err(|_| Expected::Address),
        Setting::AllowedHosts => hosts(text).ok_or(Expected::Hosts),
        Setting::Log => log_filter(text).ok_or(Expected::LogFilter),
        Setting::QuietHours => QuietHours::parse(text).map(|hours| hours.to_string()).ok_or(Expected::Hours),
        Setting::NameServers => name_servers(text).map(|_| text.to_owned()).ok_or(Expected::NameServers),
        Setting::Scope if text.split_whitespace().count() == 0 => Err(Expected::Text),
        Setting::Scope
        | Setting::TokenCachePath
        | Setting::Environment
        | Setting::Enabled
        | Setting::SyncInterval
        | Setting::Direction
        | Setting::Status
        | Setting::PageSize
        | Setting::AzureTenantScore
        | Setting::CosellBonus
        | Setting::EnrichmentEnabled
        | Setting::SecretStore
        | Setting::Language
        | Setting::Notifications
        | Setting::OnClose
        | Setting::Autostart
        | Setting::RetentionDays => Ok(text.to_owned()),
    }
}

fn address(url: url::Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn hosts(text: &str) -> Option<String> {
    let names: Vec<&str> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let sound = names.iter().all(|name| url::Host::parse(name).is_ok());
    sound.then(|| names.join(","))
}

/// A directive without a target is meant for all of Hunter; dependencies never say more than warnings.
fn log_filter(text: &str) -> Option<String> {
    let mut directives = Vec::new();
    for directive in text.split(',').map(str::trim).filter(|directive| !directive.is_empty()) {
        let (target, level) = match directive.split_once('=') {
            Some((target, level)) => (Some(target), level),
            None => (None, directive),
        };
        let known = ["off", "error", "warn", "info", "debug", "trace"];
        let level = level.to_ascii_lowercase();
        let ours = target.is_none_or(|target| {
            LOG_TARGETS.iter().any(|known| {
                target.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            })
        });
        if !known.contains(&level.as_str()) || !ours {
            return None;
        }
        directives.push(target.map_or(level.clone(), |target| format!("{target}={level}")));
    }
    (!directives.is_empty()).then(|| directives.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Setting::Enabled, "TRUE", Ok("true"))]
    #[case(Setting::Enabled, "0", Ok("false"))]
    #[case(Setting::Enabled, "maybe", Err(Expected::Boolean))]
    #[case(Setting::SyncInterval, "30", Ok("30"))]
    #[case(Setting::SyncInterval, "29", Err(Expected::Number(30, 86_400)))]
    #[case(Setting::SyncInterval, "ten", Err(Expected::Number(30, 86_400)))]
    #[case(Setting::Status, "open", Ok("Open"))]
    #[case(Setting::ClientId, "not-a-guid", Err(Expected::Guid))]
    #[case(Setting::TenantId, "contoso.onmicrosoft.com", Ok("contoso.onmicrosoft.com"))]
    #[case(
        Setting::ApiUrl,
        "https://api.partner.microsoft.com/v1.0/engagements/referrals",
        Ok("https://api.partner.microsoft.com")
    )]
    #[case(Setting::ApiUrl, "http://127.0.0.1:8080/", Ok("http://127.0.0.1:8080"))]
    #[case(Setting::ApiUrl, "http://api.partner.microsoft.com", Err(Expected::Address))]
    #[case(Setting::AuthorityUrl, "ftp://login", Err(Expected::Address))]
    #[case(Setting::Log, "debug", Ok("debug"))]
    #[case(Setting::Log, "warn,hunter_engine=TRACE", Ok("warn,hunter_engine=trace"))]
    #[case(Setting::Log, "hyper=trace", Err(Expected::LogFilter))]
    #[case(Setting::AllowedHosts, "hunter.example, 10.0.0.1", Ok("hunter.example,10.0.0.1"))]
    #[case(Setting::NameServers, "9.9.9.9, [::1]:5353", Ok("9.9.9.9, [::1]:5353"))]
    #[case(Setting::NameServers, "dns.example", Err(Expected::NameServers))]
    #[case(Setting::AllowedHosts, "a b", Err(Expected::Hosts))]
    fn values(#[case] setting: Setting, #[case] text: &str, #[case] expected: Result<&str, Expected>) {
        assert_eq!(normal_form(setting, text), expected.map(str::to_owned));
    }
}
