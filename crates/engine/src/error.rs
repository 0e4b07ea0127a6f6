use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use hunter_partner_center::{
    ApiError, ApiErrorKind, Retry, SignInError, SignInErrorKind, TokenError, VaultError, VaultErrorKind,
};
use hunter_store::StoreError;
use jiff::Timestamp;
use serde::Serialize;
use ts_rs::TS;

use crate::language::Language;
use crate::settings::{Expected, Spec};

macro_rules! error_codes {
    ($($code:ident = $name:literal, exit $exit:literal;)+) => {
        /// What went wrong, as scripts and the page see it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the catalogue has a sentence for each")]
        pub enum ErrorCode { $($code,)+ }

        impl ErrorCode {
            /// Every code.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$code),+];

            /// The word in JSON and in the ledger.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            /// The exit code of a command that fails this way.
            pub fn exit_code(self) -> u8 {
                match self { $(Self::$code => $exit,)+ }
            }
        }
    };
}

error_codes! {
    Internal = "internal", exit 1;
    NotFound = "not_found", exit 1;
    RunNotFound = "run_not_found", exit 1;
    RunUnderWay = "run_under_way", exit 1;
    BadAnswer = "bad_answer", exit 1;
    Interrupted = "interrupted", exit 1;
    EnableInterrupted = "enable_interrupted", exit 1;
    EnableStopped = "enable_stopped", exit 1;
    ServiceRefused = "service_refused", exit 4;
    InvalidSetting = "invalid_setting", exit 2;
    InvalidFilter = "invalid_filter", exit 2;
    NoteTooLong = "note_too_long", exit 2;
    ViewName = "view_name", exit 2;
    NoAddress = "no_address", exit 2;
    CompanyNotFound = "company_not_found", exit 1;
    NoCompanyDomain = "no_company_domain", exit 2;
    EnrichmentOff = "enrichment_off", exit 2;
    ScanRunning = "scan_running", exit 1;
    NoNameServer = "no_name_server", exit 4;
    ExportFile = "export_file", exit 2;
    ExportCancelled = "export_cancelled", exit 1;
    BackupCancelled = "backup_cancelled", exit 1;
    ExportRunning = "export_running", exit 1;
    UnknownSetting = "unknown_setting", exit 2;
    SettingLocked = "setting_locked", exit 2;
    SettingManaged = "setting_managed", exit 2;
    SettingsFile = "settings_file", exit 2;
    PolicyFile = "policy_file", exit 2;
    ImportFile = "import_file", exit 2;
    ImportRefused = "import_refused", exit 2;
    NotConfigured = "not_configured", exit 2;
    WrongApiHost = "wrong_api_host", exit 2;
    NoDataDirectory = "no_data_directory", exit 2;
    PortUnusable = "port_unusable", exit 2;
    ListenUnsafe = "listen_unsafe", exit 2;
    TlsUnusable = "tls_unusable", exit 2;
    HttpTokenUnusable = "http_token_unusable", exit 2;
    ChecklistItemUnknown = "checklist_item_unknown", exit 2;
    ChecklistNotByHand = "checklist_not_by_hand", exit 2;
    NoBackup = "no_backup", exit 1;
    NoWorkingSettings = "no_working_settings", exit 1;
    FeatureFlagOff = "feature_flag_off", exit 0;
    SignInNeeded = "sign_in_needed", exit 3;
    SignedInElsewhere = "signed_in_elsewhere", exit 3;
    AccountChanged = "account_changed", exit 3;
    TenantNotFound = "tenant_not_found", exit 3;
    UnknownClient = "unknown_client", exit 3;
    NotPublicClient = "not_public_client", exit 3;
    ConsentMissing = "consent_missing", exit 3;
    ConsentDeclined = "consent_declined", exit 3;
    MfaNeeded = "mfa_needed", exit 3;
    BlockedByPolicy = "blocked_by_policy", exit 3;
    AccountUnusable = "account_unusable", exit 3;
    SessionEnded = "session_ended", exit 3;
    CodeExpired = "code_expired", exit 3;
    SignInDeclined = "sign_in_declined", exit 3;
    SignInFailed = "sign_in_failed", exit 3;
    TokenKeyLost = "token_key_lost", exit 3;
    TokenFileTampered = "token_file_tampered", exit 3;
    TokenFileStrange = "token_file_strange", exit 3;
    Forbidden = "forbidden", exit 4;
    Throttled = "throttled", exit 4;
    ServiceUnavailable = "service_unavailable", exit 4;
    Network = "network", exit 4;
    Timeout = "timeout", exit 4;
    NoKeyring = "no_keyring", exit 5;
    KeyringLocked = "keyring_locked", exit 5;
    KeyringFailed = "keyring_failed", exit 5;
    TokenFile = "token_file", exit 5;
    StorageIo = "storage_io", exit 5;
    StorageFull = "storage_full", exit 5;
    StorageReadOnly = "storage_read_only", exit 5;
    StorageBusy = "storage_busy", exit 5;
    StorageDamaged = "storage_damaged", exit 5;
    BackupUnusable = "backup_unusable", exit 5;
    BackupForeign = "backup_foreign", exit 5;
    BackupNotFound = "backup_not_found", exit 1;
    AccountUnknown = "account_unknown", exit 1;
    NotConfirmed = "not_confirmed", exit 2;
    StorageNewer = "storage_newer", exit 5;
    StorageRefused = "storage_refused", exit 5;
}

impl ErrorCode {
    /// The code of a word in the ledger.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum RetryHint {
    /// At once.
    Now,
    /// After a while.
    Later,
    /// Only after somebody changed something.
    Never,
}

/// What went wrong, in the user's language: what happened and what it means, and what to do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ErrorBody {
    /// A word that programs may rely on.
    pub code: String,
    /// What happened and what it means for the data.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// Whether trying again can help.
    pub retry: RetryHint,
}

/// An error of the engine; its texts come from the catalogue.
#[derive(Clone)]
pub struct HunterError {
    code: ErrorCode,
    values: Vec<(Cow<'static, str>, String)>,
    retry: RetryHint,
}

impl HunterError {
    /// An error with this code.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, values: Vec::new(), retry: RetryHint::Never }
    }

    /// Fills a placeholder of its texts; `detail` follows the message, `request` the hint, an empty value counts as
    /// none.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        let value = value.to_string();
        if !value.is_empty() {
            self.values.push((name.into(), value));
        }
        self
    }

    /// Names the call where only Microsoft's support may know why it failed.
    fn with_request(self, id: Option<String>) -> Self {
        use ErrorCode::{BadAnswer, Forbidden, ServiceRefused, SignInFailed};
        let is_puzzling = matches!(self.code, BadAnswer | Forbidden | ServiceRefused | SignInFailed);
        self.with("request", id.filter(|_| is_puzzling).unwrap_or_default())
    }

    fn retry(mut self, retry: Retry) -> Self {
        self.retry = match retry {
            Retry::Now => RetryHint::Now,
            Retry::After(_) => RetryHint::Later,
            Retry::SignIn | Retry::Never => RetryHint::Never,
        };
        self
    }

    /// The error of a record; `None` for a code that this Hunter does not know.
    pub(crate) fn recall(code: &str, values: impl IntoIterator<Item = (String, String)>) -> Option<Self> {
        let values = values.into_iter().map(|(name, value)| (Cow::Owned(name), value)).collect();
        Some(Self { values, ..Self::new(ErrorCode::parse(code)?) })
    }

    /// What fills its texts, for a record.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_ref(), value.as_str()))
    }

    /// Until when the service asked to be left alone.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        self.value("until").and_then(|until| until.parse().ok())
    }

    /// What went wrong.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The error in words.
    pub fn body(&self, language: Language) -> ErrorBody {
        let mut message = self.text(language, "message").unwrap_or_default();
        if let Some(detail) = self.value("detail") {
            message = format!("{message} ({detail})");
        }
        let mut hint = self.text(language, "hint");
        if let (Some(hint), Some(request)) = (&mut hint, self.value("request")) {
            hint.push(' ');
            hint.push_str(&language.text("request_id", &[("request", request)]));
        }
        ErrorBody { code: self.code.as_str().to_owned(), message, hint, retry: self.retry }
    }

    pub(crate) fn setting(spec: &Spec, name: &str, value: &str, expected: &Expected) -> Self {
        Self::new(ErrorCode::InvalidSetting)
            .with("setting", name)
            .with("key", spec.key)
            .with("value", value)
            .expecting(expected)
    }

    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |error| {
            let code = if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
                ErrorCode::StorageFull
            } else {
                ErrorCode::StorageIo
            };
            Self::new(code).with("detail", format!("{path}: {error}"))
        }
    }

    fn expecting(mut self, expected: &Expected) -> Self {
        let (key, values) = match expected {
            Expected::Boolean => ("expected.boolean", Vec::new()),
            Expected::Number(least, most) => {
                ("expected.number", vec![("least", least.to_string()), ("most", most.to_string())])
            }
            Expected::Choice(words) => ("expected.choice", vec![("words", words.join(", "))]),
            Expected::Guid => ("expected.guid", Vec::new()),
            Expected::Tenant => ("expected.tenant", Vec::new()),
            Expected::Address => ("expected.address", Vec::new()),
            Expected::Hosts => ("expected.hosts", Vec::new()),
            Expected::NameServers => ("expected.name_servers", Vec::new()),
            Expected::LogFilter => ("expected.log_filter", Vec::new()),
            Expected::Hours => ("expected.hours", Vec::new()),
            Expected::Text => ("expected.text", Vec::new()),
        };
        self.values.push(("expected".into(), key.to_owned()));
        self.values.extend(values.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)));
        self
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    fn text(&self, language: Language, part: &str) -> Option<String> {
        let key = format!("error.{}.{part}", self.code.as_str());
        let mut values: Vec<(&str, &str)> =
            self.values.iter().map(|(name, value)| (name.as_ref(), value.as_str())).collect();
        let expected = self.value("expected").map(|key| language.text(key, &values));
        if let Some(expected) = &expected {
            values.retain(|(name, _)| *name != "expected");
            values.push(("expected", expected));
        }
        let text = language.text(&key, &values);
        (!text.ends_with(&key)).then_some(text)
    }
}

impl fmt::Debug for HunterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HunterError").field(&self.code.as_str()).finish()
    }
}

impl fmt::Display for HunterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.body(Language::En).message)
    }
}

impl Error for HunterError {}

impl From<StoreError> for HunterError {
    fn from(error: StoreError) -> Self {
        let (code, retry) = match &error {
            StoreError::Io { .. } => (ErrorCode::StorageIo, RetryHint::Never),
            StoreError::Full => (ErrorCode::StorageFull, RetryHint::Later),
            StoreError::ReadOnly => (ErrorCode::StorageReadOnly, RetryHint::Never),
            StoreError::Busy => (ErrorCode::StorageBusy, RetryHint::Now),
            StoreError::Damaged(_) => (ErrorCode::StorageDamaged, RetryHint::Never),
            StoreError::NewerSchema { .. } => (ErrorCode::StorageNewer, RetryHint::Never),
            StoreError::Foreign => (ErrorCode::BackupForeign, RetryHint::Never),
            StoreError::Sql(_) => (ErrorCode::StorageRefused, RetryHint::Never),
        };
        let says_more = !matches!(
            error,
            StoreError::Full | StoreError::ReadOnly | StoreError::Busy | StoreError::Foreign
        );
        let detail = if says_more { error.to_string() } else { String::new() };
        Self { retry, ..Self::new(code).with("detail", detail) }
    }
}

impl From<VaultError> for HunterError {
    fn from(error: VaultError) -> Self {
        let is_puzzling = matches!(error.kind, VaultErrorKind::KeyringFailed | VaultErrorKind::Io);
        let detail = error.detail.filter(|_| is_puzzling).unwrap_or_default();
        Self::new(vault_code(error.kind)).with("detail", detail).retry(error.kind.retry())
    }
}

fn vault_code(kind: VaultErrorKind) -> ErrorCode {
    match kind {
        VaultErrorKind::NoKeyring => ErrorCode::NoKeyring,
        VaultErrorKind::KeyringLocked => ErrorCode::KeyringLocked,
        VaultErrorKind::KeyringFailed => ErrorCode::KeyringFailed,
        VaultErrorKind::KeyLost => ErrorCode::TokenKeyLost,
        VaultErrorKind::Tampered => ErrorCode::TokenFileTampered,
        VaultErrorKind::Stranger => ErrorCode::TokenFileStrange,
        VaultErrorKind::Busy | VaultErrorKind::Io => ErrorCode::TokenFile,
    }
}

impl From<SignInError> for HunterError {
    fn from(error: SignInError) -> Self {
        use SignInErrorKind as Kind;
        if let Some(vault) = error.source().and_then(|source| source.downcast_ref::<VaultError>()) {
            return vault.clone().into();
        }
        let code = match error.kind {
            Kind::TenantNotFound => ErrorCode::TenantNotFound,
            Kind::UnknownClient => ErrorCode::UnknownClient,
            Kind::NotPublicClient => ErrorCode::NotPublicClient,
            Kind::ConsentMissing => ErrorCode::ConsentMissing,
            Kind::ConsentDeclined => ErrorCode::ConsentDeclined,
            Kind::MfaNeeded => ErrorCode::MfaNeeded,
            Kind::BlockedByPolicy => ErrorCode::BlockedByPolicy,
            Kind::AccountUnusable => ErrorCode::AccountUnusable,
            Kind::SessionEnded => ErrorCode::SessionEnded,
            Kind::CodeExpired => ErrorCode::CodeExpired,
            Kind::Declined => ErrorCode::SignInDeclined,
            Kind::BadCode | Kind::Other => ErrorCode::SignInFailed,
            Kind::ServiceUnavailable => ErrorCode::ServiceUnavailable,
            Kind::Network => ErrorCode::Network,
            Kind::Timeout => ErrorCode::Timeout,
            Kind::BadAnswer => ErrorCode::BadAnswer,
            Kind::Vault(kind) => vault_code(kind),
        };
        let said = match (error.message(), error.aadsts) {
            (Some(line), _) => Some(line.to_owned()),
            (None, Some(number)) => Some(format!("AADSTS{number}")),
            (None, None) => error.error.clone(),
        };
        Self::new(code)
            .with("detail", said.unwrap_or_default())
            .retry(error.retry())
            .with_request(error.correlation_id)
    }
}

impl From<TokenError> for HunterError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::SignedOut => Self::new(ErrorCode::SignInNeeded),
            TokenError::OtherConnection => Self::new(ErrorCode::SignedInElsewhere),
            TokenError::OtherAccount => Self::new(ErrorCode::AccountChanged),
            TokenError::Refused(error) if error.until.is_some() => Self::new(ErrorCode::Throttled)
                .with("detail", error.message().unwrap_or_default())
                .with("until", error.until.map(|until| until.to_string()).unwrap_or_default())
                .retry(error.retry())
                .with_request(error.correlation_id),
            TokenError::Ended(error) | TokenError::Refused(error) => (*error).into(),
            TokenError::Vault(error) => error.into(),
        }
    }
}

impl From<ApiError> for HunterError {
    fn from(error: ApiError) -> Self {
        let retry = error.retry();
        let said: Vec<String> =
            error.status.map(|status| status.to_string()).into_iter().chain(error.code).collect();
        let until = if let ApiErrorKind::Throttled { until } = error.kind {
            until.to_string()
        } else {
            String::new()
        };
        let code = match error.kind {
            ApiErrorKind::Token(token) => return token.into(),
            ApiErrorKind::Unauthorized => ErrorCode::SessionEnded,
            ApiErrorKind::MfaNeeded => ErrorCode::MfaNeeded,
            ApiErrorKind::Forbidden => ErrorCode::Forbidden,
            ApiErrorKind::Throttled { .. } => ErrorCode::Throttled,
            ApiErrorKind::Unavailable => ErrorCode::ServiceUnavailable,
            ApiErrorKind::Network => ErrorCode::Network,
            ApiErrorKind::Timeout => ErrorCode::Timeout,
            ApiErrorKind::BadAnswer(_) | ApiErrorKind::UnusableId => ErrorCode::BadAnswer,
            ApiErrorKind::FilterRefused | ApiErrorKind::Refused => ErrorCode::ServiceRefused,
        };
        Self::new(code)
            .with("detail", said.join(" "))
            .with("until", until)
            .retry(retry)
            .with_request(error.request_id)
    }
}

#[cfg(test)]
mod tests;
