use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use crate::http::{first_line, identifier};
use crate::retry::{Retry, SERVICE_PAUSE};
use crate::session::TokenError;

/// Why a call to the referrals API failed.
#[derive(Debug)]
pub enum ApiErrorKind {
    /// There is no token to call with.
    Token(TokenError),
    /// The service refused a fresh token.
    Unauthorized,
    /// The session lacks the proof of multi-factor authentication.
    MfaNeeded,
    /// The role is missing, or Conditional Access blocks the call.
    Forbidden,
    /// The service does not accept the filter: read everything instead.
    FilterRefused,
    /// The service refused for longer than we are patient.
    Throttled {
        until: Timestamp,
    },
    Unavailable,
    Network,
    Timeout,
    BadAnswer(BadAnswer),
    /// Any other refusal.
    Refused,
    /// An identifier that cannot be part of an address.
    UnusableId,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadAnswer {
    Redirect,
    TooLarge,
    NotJson,
    Truncated,
    /// JSON, but no page and no referral.
    Shape,
    /// A next page that cannot be asked for safely.
    NextLink,
    /// The same next page twice.
    Loop,
    /// Empty pages without end.
    EmptyPages,
}

/// A failed call to the referrals API.
pub struct ApiError {
    pub kind: ApiErrorKind,
    pub status: Option<u16>,
    /// The service's own code.
    pub code: Option<String>,
    /// What Microsoft's support asks for.
    pub request_id: Option<String>,
    pub client_request_id: Option<Uuid>,
    pub(crate) message: Option<String>,
}

impl ApiError {
    /// The service's own first line, to be shown and never logged.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// When a retry can help.
    pub fn retry(&self) -> Retry {
        match &self.kind {
            ApiErrorKind::Token(error) => error.retry(),
            ApiErrorKind::Unauthorized | ApiErrorKind::MfaNeeded => Retry::SignIn,
            ApiErrorKind::FilterRefused => Retry::Now,
            ApiErrorKind::Throttled { until } => {
                Retry::After(Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default())
            }
            ApiErrorKind::Unavailable | ApiErrorKind::Network | ApiErrorKind::Timeout => {
                Retry::After(SERVICE_PAUSE)
            }
            ApiErrorKind::Forbidden
            | ApiErrorKind::BadAnswer(_)
            | ApiErrorKind::Refused
            | ApiErrorKind::UnusableId => Retry::Never,
        }
    }

    pub(crate) fn refused(status: StatusCode, body: &[u8], had_filter: bool) -> Self {
        let said = Said::parse(body);
        let kind = match status {
            _ if said.has_code("900421") => ApiErrorKind::MfaNeeded,
            StatusCode::UNAUTHORIZED => ApiErrorKind::Unauthorized,
            StatusCode::FORBIDDEN => ApiErrorKind::Forbidden,
            _ if had_filter && refuses_filter(status) => ApiErrorKind::FilterRefused,
            _ if is_passing(status) => ApiErrorKind::Unavailable,
            _ if status.is_redirection() => ApiErrorKind::BadAnswer(BadAnswer::Redirect),
            _ => ApiErrorKind::Refused,
        };
        Self {
            status: Some(status.as_u16()),
            code: said.codes.into_iter().next(),
            message: said.message,
            ..kind.into()
        }
    }
}

/// What services answer to a query that they do not know; 401 and 403 are about who asks.
fn refuses_filter(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 404 | 405 | 406 | 414 | 422 | 501)
}

/// Whether a status is likely to pass by itself.
fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504 | 509)
}

impl From<ApiErrorKind> for ApiError {
    fn from(kind: ApiErrorKind) -> Self {
        Self { kind, status: None, code: None, request_id: None, client_request_id: None, message: None }
    }
}

impl From<BadAnswer> for ApiError {
    fn from(what: BadAnswer) -> Self {
        ApiErrorKind::BadAnswer(what).into()
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        ApiErrorKind::Token(error).into()
    }
}

impl From<&reqwest::Error> for ApiError {
    fn from(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            ApiErrorKind::Timeout.into()
        } else if error.is_builder() {
            ApiErrorKind::Refused.into()
        } else {
            ApiErrorKind::Network.into()
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let ApiErrorKind::Token(error) = &self.kind {
            write!(f, "referrals call failed: {error}")?;
        } else {
            write!(f, "referrals call failed: {:?}", self.kind)?;
        }
        if let Some(status) = self.status {
            write!(f, ", status {status}")?;
        }
        if let Some(code) = &self.code {
            write!(f, ", code {code}")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, ", request-id {id}")?;
        }
        if let Some(id) = &self.client_request_id {
            write!(f, ", client-request-id {id}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("kind", &self.kind)
            .field("status", &self.status)
            .field("code", &self.code)
            .field("request_id", &self.request_id)
            .field("client_request_id", &self.client_request_id)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ApiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let ApiErrorKind::Token(error) = &self.kind { Some(error) } else { None }
    }
}

/// What an error answer says, in any of the forms of the service and its gateways.
#[derive(Default)]
struct Said {
    codes: Vec<String>,
    message: Option<String>,
}

impl Said {
    fn parse(body: &[u8]) -> Self {
        let answer: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let mut said = Self::default();
        let mut level = Some(answer.get("error").unwrap_or(&answer));
        while let Some(at) = level {
            for name in ["code", "statusCode"] {
                said.codes.extend(at.get(name).and_then(code));
            }
            for name in ["message", "description"] {
                let line = at.get(name).and_then(Value::as_str).and_then(first_line);
                said.message = said.message.or(line);
            }
            level = at.get("innerError").or_else(|| at.get("innererror"));
        }
        said
    }

    fn has_code(&self, code: &str) -> bool {
        self.codes.iter().any(|said| said == code)
    }
}

fn code(value: &Value) -> Option<String> {
    value.as_u64().map(|number| number.to_string()).or_else(|| value.as_str().and_then(identifier))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(401, r#"{"error":{"code":"900421","message":"x"}}"#, "MfaNeeded", Some("900421"))]
    #[case(401, r#"{"code":900421,"description":"x"}"#, "MfaNeeded", Some("900421"))]
    #[case(
        401,
        r#"{"error":{"code":"Unauthorized","innerError":{"code":"900421"}}}"#,
        "MfaNeeded",
        Some("Unauthorized")
    )]
    #[case(401, "", "Unauthorized", None)]
    #[case(403, r#"{"error":{"code":"insufficent_claims"}}"#, "Forbidden", Some("insufficent_claims"))]
    #[case(403, "<html>no</html>", "Forbidden", None)]
    #[case(400, r#"{"statusCode":400,"message":"no"}"#, "FilterRefused", Some("400"))]
    #[case(302, "", "BadAnswer(Redirect)", None)]
    #[case(503, "", "Unavailable", None)]
    #[case(509, "", "Unavailable", None)]
    #[case(418, r#"{"error":"text"}"#, "Refused", None)]
    #[case(422, "", "FilterRefused", None)]
    #[case(409, r#"{"error":{"code":"has spaces and <tags>"}}"#, "Refused", None)]
    fn refusals(#[case] status: u16, #[case] body: &str, #[case] kind: &str, #[case] code: Option<&str>) {
        let status = StatusCode::from_u16(status).unwrap_or_default();
        let error = ApiError::refused(status, body.as_bytes(), true);
        assert_eq!(format!("{:?}", error.kind), kind);
        assert_eq!(error.code.as_deref(), code);
    }

    #[test]
    fn without_a_filter_a_400_is_no_matter_of_the_filter() {
        let error = ApiError::refused(StatusCode::BAD_REQUEST, b"", false);
        assert!(matches!(error.kind, ApiErrorKind::Refused));
    }

    #[test]
    fn messages_stay_out_of_logs() {
        let body = br#"{"error":{"code":"c","message":"for ayse@contoso.example\nmore"}}"#;
        let error = ApiError::refused(StatusCode::FORBIDDEN, body, false);
        assert_eq!(error.message(), Some("for ayse@contoso.example"));
        assert!(!format!("{error} {error:?}").contains("contoso"));
    }
}
