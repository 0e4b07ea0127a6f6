use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use serde_json::Value;

use crate::http::{first_line, identifier};
use crate::retry::{Retry, SERVICE_PAUSE};
use crate::vault::{VaultError, VaultErrorKind};

/// Why a sign-in or the renewal of a session failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInErrorKind {
    TenantNotFound,
    UnknownClient,
    /// The app registration does not allow public client flows.
    NotPublicClient,
    ConsentMissing,
    ConsentDeclined,
    MfaNeeded,
    /// Conditional Access blocks this way of signing in; often the device code.
    BlockedByPolicy,
    /// The account is unknown, disabled, locked, a guest or not assigned to the app.
    AccountUnusable,
    SessionEnded,
    CodeExpired,
    Declined,
    BadCode,
    ServiceUnavailable,
    Network,
    Timeout,
    BadAnswer,
    Vault(VaultErrorKind),
    Other,
}

/// A failed sign-in: what it means, and what Microsoft said.
pub struct SignInError {
    pub kind: SignInErrorKind,
    /// The number of Microsoft's sentence.
    pub aadsts: Option<u32>,
    /// The OAuth error code.
    pub error: Option<String>,
    pub correlation_id: Option<String>,
    pub trace_id: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    /// Until when the service asked to be left alone.
    pub until: Option<Timestamp>,
    vault: Option<VaultError>,
}

impl SignInError {
    /// Microsoft's own first line, to be shown and never logged: it may name a person.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// When a retry can help.
    pub fn retry(&self) -> Retry {
        use SignInErrorKind as K;
        match self.kind {
            K::ServiceUnavailable => Retry::After(self.retry_after.unwrap_or(SERVICE_PAUSE)),
            K::Network | K::Timeout => Retry::After(SERVICE_PAUSE),
            K::MfaNeeded
            | K::SessionEnded
            | K::CodeExpired
            | K::Declined
            | K::ConsentDeclined
            | K::BadCode => Retry::SignIn,
            K::Vault(kind) => kind.retry(),
            K::TenantNotFound
            | K::UnknownClient
            | K::NotPublicClient
            | K::ConsentMissing
            | K::BlockedByPolicy
            | K::AccountUnusable
            | K::BadAnswer
            | K::Other => Retry::Never,
        }
    }

    pub(crate) fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            SignInErrorKind::ServiceUnavailable | SignInErrorKind::Network | SignInErrorKind::Timeout
        )
    }

    /// Whether the service refused the session itself, so that asking again is senseless.
    pub(crate) fn ends_session(&self) -> bool {
        let is_refused = matches!(
            self.error.as_deref(),
            Some("invalid_grant" | "interaction_required" | "login_required" | "consent_required")
        );
        self.kind == SignInErrorKind::SessionEnded || (is_refused && !self.is_transient())
    }

    /// The same, told to somebody who had no session that could end.
    pub(crate) fn of_new_sign_in(self) -> Self {
        let is_named = self.aadsts.and_then(by_number).is_some();
        let is_unclear = self.kind == SignInErrorKind::SessionEnded && !is_named;
        Self { kind: if is_unclear { SignInErrorKind::Other } else { self.kind }, ..self }
    }

    pub(crate) fn from_response(status: StatusCode, body: &[u8], retry_after: Option<Duration>) -> Self {
        let answer: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let description = text("error_description");
        let mut refusal = Self::refused(
            text("error").and_then(identifier),
            aadsts(&answer, description),
            description.and_then(first_line),
        );
        refusal.correlation_id = text("correlation_id").and_then(identifier);
        refusal.trace_id = text("trace_id").and_then(identifier);
        refusal.retry_after = retry_after;
        if status.is_server_error()
            || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
        {
            refusal.kind = SignInErrorKind::ServiceUnavailable;
        } else if refusal.error.is_none() && refusal.aadsts.is_none() {
            refusal.kind = match status {
                StatusCode::FORBIDDEN => SignInErrorKind::ServiceUnavailable,
                _ => SignInErrorKind::BadAnswer,
            };
        }
        refusal
    }

    /// What Microsoft wrote into the address to which it sent the browser back.
    pub(crate) fn from_redirect(error: &str, description: Option<&str>) -> Self {
        let number = aadsts(&Value::Null, description);
        let mut refusal = Self::refused(identifier(error), number, description.and_then(first_line));
        let after =
            |mark: &str| description?.split_once(mark)?.1.split_whitespace().next().and_then(identifier);
        refusal.correlation_id = after("Correlation ID: ");
        refusal.trace_id = after("Trace ID: ");
        refusal
    }

    /// This machine does not let us listen for the browser.
    pub(crate) fn local(error: &std::io::Error) -> Self {
        Self { message: Some(error.to_string()), ..Self::from(SignInErrorKind::Network) }
    }

    /// What a refusal means, by its OAuth code and the number of Microsoft's sentence.
    pub(crate) fn refused(error: Option<String>, aadsts: Option<u32>, message: Option<String>) -> Self {
        let kind = by_code(error.as_deref())
            .or_else(|| aadsts.and_then(by_number))
            .or_else(|| by_general_code(error.as_deref()))
            .unwrap_or(SignInErrorKind::Other);
        Self { error, aadsts, message, ..Self::from(kind) }
    }
}

impl From<SignInErrorKind> for SignInError {
    fn from(kind: SignInErrorKind) -> Self {
        Self {
            kind,
            aadsts: None,
            error: None,
            correlation_id: None,
            trace_id: None,
            message: None,
            retry_after: None,
            until: None,
            vault: None,
        }
    }
}

impl From<VaultError> for SignInError {
    fn from(error: VaultError) -> Self {
        Self { vault: Some(error.clone()), ..Self::from(SignInErrorKind::Vault(error.kind)) }
    }
}

impl From<&reqwest::Error> for SignInError {
    fn from(error: &reqwest::Error) -> Self {
        Self::from(if error.is_timeout() { SignInErrorKind::Timeout } else { SignInErrorKind::Network })
    }
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sign-in failed: {:?}", self.kind)?;
        if let Some(number) = self.aadsts {
            write!(f, ", AADSTS{number}")?;
        }
        if let Some(error) = &self.error {
            write!(f, ", {error}")?;
        }
        if let Some(id) = &self.correlation_id {
            write!(f, ", correlation {id}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInError")
            .field("kind", &self.kind)
            .field("aadsts", &self.aadsts)
            .field("error", &self.error)
            .field("correlation_id", &self.correlation_id)
            .field("trace_id", &self.trace_id)
            .field("retry_after", &self.retry_after)
            .field("vault", &self.vault)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for SignInError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.vault.as_ref().map(|error| error as &(dyn std::error::Error + 'static))
    }
}

/// OAuth codes that say all there is to say, whatever number comes with them.
fn by_code(error: Option<&str>) -> Option<SignInErrorKind> {
    use SignInErrorKind as K;
    Some(match error? {
        "authorization_declined" => K::Declined,
        "expired_token" => K::CodeExpired,
        "bad_verification_code" => K::BadCode,
        "temporarily_unavailable" | "server_error" => K::ServiceUnavailable,
        _ => return None,
    })
}

fn by_general_code(error: Option<&str>) -> Option<SignInErrorKind> {
    use SignInErrorKind as K;
    Some(match error? {
        "invalid_grant" | "interaction_required" | "login_required" => K::SessionEnded,
        "consent_required" => K::ConsentMissing,
        "access_denied" => K::Declined,
        "unauthorized_client" => K::UnknownClient,
        _ => return None,
    })
}

fn by_number(aadsts: u32) -> Option<SignInErrorKind> {
    use SignInErrorKind as K;
    Some(match aadsts {
        50059 | 90002 | 90038 | 900021 | 900023 => K::TenantNotFound,
        700016 => K::UnknownClient,
        7000218 => K::NotPublicClient,
        65001 | 90094 | 650052 | 500011 => K::ConsentMissing,
        65004 => K::ConsentDeclined,
        50072 | 50074 | 50076 | 50078 | 50079 | 50158 => K::MfaNeeded,
        53000..=53004 | 530036 | 50005 | 50097 | 50199 => K::BlockedByPolicy,
        50020 | 50034 | 50053 | 50055 | 50057 | 50105 => K::AccountUnusable,
        50089 | 50132 | 50133 | 50173 | 70008 | 70043 | 700082 | 700084 | 9002313 => K::SessionEnded,
        54005 | 70018 | 501_481 => K::BadCode,
        70019 | 70020 => K::CodeExpired,
        _ => return None,
    })
}

/// The number that means something to us, else the first one, else the one in the sentence.
fn aadsts(answer: &Value, description: Option<&str>) -> Option<u32> {
    let numbers: Vec<u32> = answer
        .get("error_codes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|code| match code {
            Value::String(text) => text.parse().ok(),
            Value::Number(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                code.as_u64().and_then(|code| code.try_into().ok())
            }
        })
        .collect();
    numbers
        .iter()
        .copied()
        .find(|number| by_number(*number).is_some())
        .or_else(|| numbers.first().copied())
        .or_else(|| {
            let (_, rest) = description?.split_once("AADSTS")?;
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            rest[..end].parse().ok()
        })
}

#[cfg(test)]
mod tests {
    use super::SignInErrorKind as K;
    use super::*;
    use rstest::rstest;

    fn answer(error: &str, number: u32, with_codes: bool) -> String {
        let codes = if with_codes { format!("[{number}]") } else { "[]".into() };
        format!(
            r#"{{"error":"{error}","error_description":"AADSTS{number}: The user ayse@contoso.example cannot do it.\r\nTrace ID: 1-2 Correlation ID: 3","error_codes":{codes},"trace_id":"1-2","correlation_id":"3-4"}}"#
        )
    }

    #[rstest]
    #[case(50059, K::TenantNotFound)]
    #[case(90002, K::TenantNotFound)]
    #[case(90038, K::TenantNotFound)]
    #[case(700016, K::UnknownClient)]
    #[case(7000218, K::NotPublicClient)]
    #[case(65001, K::ConsentMissing)]
    #[case(90094, K::ConsentMissing)]
    #[case(650052, K::ConsentMissing)]
    #[case(500011, K::ConsentMissing)]
    #[case(65004, K::ConsentDeclined)]
    #[case(50076, K::MfaNeeded)]
    #[case(50078, K::MfaNeeded)]
    #[case(50079, K::MfaNeeded)]
    #[case(53003, K::BlockedByPolicy)]
    #[case(530036, K::BlockedByPolicy)]
    #[case(50199, K::BlockedByPolicy)]
    #[case(50097, K::BlockedByPolicy)]
    #[case(53000, K::BlockedByPolicy)]
    #[case(50034, K::AccountUnusable)]
    #[case(50057, K::AccountUnusable)]
    #[case(50020, K::AccountUnusable)]
    #[case(50105, K::AccountUnusable)]
    #[case(70043, K::SessionEnded)]
    #[case(700082, K::SessionEnded)]
    #[case(50173, K::SessionEnded)]
    fn numbers_have_meanings(#[case] number: u32, #[case] kind: K, #[values(true, false)] with_codes: bool) {
        let body = answer("invalid_grant", number, with_codes);
        let error = SignInError::from_response(StatusCode::BAD_REQUEST, body.as_bytes(), None);
        assert_eq!(error.kind, kind);
        assert_eq!(error.aadsts, Some(number));
        assert_eq!(error.correlation_id.as_deref(), Some("3-4"));
        assert_eq!(error.trace_id.as_deref(), Some("1-2"));
    }

    #[rstest]
    #[case("authorization_declined", K::Declined)]
    #[case("expired_token", K::CodeExpired)]
    #[case("bad_verification_code", K::BadCode)]
    #[case("invalid_grant", K::SessionEnded)]
    #[case("consent_required", K::ConsentMissing)]
    #[case("temporarily_unavailable", K::ServiceUnavailable)]
    #[case("brand_new_error", K::Other)]
    fn codes_with_unknown_numbers(#[case] code: &str, #[case] kind: K) {
        let body = answer(code, 999, true);
        let error = SignInError::from_response(StatusCode::BAD_REQUEST, body.as_bytes(), None);
        assert_eq!((error.kind, error.aadsts), (kind, Some(999)));
    }

    #[rstest]
    #[case(
        "access_denied",
        "AADSTS65004: User declined to consent to access the app.",
        K::ConsentDeclined,
        Some(65004)
    )]
    #[case("access_denied", "The user has cancelled.", K::Declined, None)]
    #[case("access_denied", "AADSTS53003: Access has been blocked.", K::BlockedByPolicy, Some(53003))]
    #[case("unauthorized_client", "AADSTS700016: Application not found.", K::UnknownClient, Some(700_016))]
    #[case("temporarily_unavailable", "Come back later.", K::ServiceUnavailable, None)]
    #[case("<script>", "It went wrong.", K::Other, None)]
    fn redirects_have_meanings(
        #[case] code: &str,
        #[case] text: &str,
        #[case] kind: K,
        #[case] number: Option<u32>,
    ) {
        let described = format!("{text}\r\nTrace ID: 1-2\r\nCorrelation ID: 3-4\r\nTimestamp: 2026-11-22");
        let error = SignInError::from_redirect(code, Some(&described));
        assert_eq!((error.kind, error.aadsts), (kind, number));
        assert_eq!(error.correlation_id.as_deref(), Some("3-4"));
        assert_eq!(error.trace_id.as_deref(), Some("1-2"));
        assert_eq!(error.message().unwrap_or_default(), text);
        assert!(!format!("{error} {error:?}").contains("script"));
        assert_eq!(SignInError::from_redirect(code, None).aadsts, None);
    }

    #[test]
    fn the_message_is_shown_and_never_logged() {
        let body = answer("brand_new_error", 1, true);
        let error = SignInError::from_response(StatusCode::BAD_REQUEST, body.as_bytes(), None);
        assert_eq!(error.message(), Some("AADSTS1: The user ayse@contoso.example cannot do it."));
        assert!(!format!("{error} {error:?}").contains("contoso"));
    }

    #[rstest]
    #[case(400, "invalid_grant", true)]
    #[case(400, "brand_new_error", false)]
    #[case(503, "invalid_grant", false)]
    #[case(429, "interaction_required", false)]
    fn what_passes_ends_no_session(#[case] status: u16, #[case] code: &str, #[case] ends: bool) {
        let status = StatusCode::from_u16(status).unwrap_or_default();
        let error = SignInError::from_response(status, answer(code, 90033, true).as_bytes(), None);
        assert_eq!(error.ends_session(), ends);
    }

    #[rstest]
    #[case(500, "", K::ServiceUnavailable)]
    #[case(503, "<html>", K::ServiceUnavailable)]
    #[case(429, r#"{"error":"x"}"#, K::ServiceUnavailable)]
    #[case(403, "<html>", K::ServiceUnavailable)]
    #[case(400, "<html>", K::BadAnswer)]
    #[case(302, "", K::BadAnswer)]
    #[case(400, "[]", K::BadAnswer)]
    #[case(400, r#"{"error":7,"error_codes":"x"}"#, K::BadAnswer)]
    fn answers_that_are_no_refusal(#[case] status: u16, #[case] body: &str, #[case] kind: K) {
        let status = StatusCode::from_u16(status).unwrap_or_default();
        assert_eq!(SignInError::from_response(status, body.as_bytes(), None).kind, kind);
    }
}
