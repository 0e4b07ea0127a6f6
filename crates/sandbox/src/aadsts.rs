//! Microsoft's sign-in errors, by number.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::answers::json_value;
use crate::sign_in::{CLIENT_ID, RESOURCE, TENANT_ID};

struct Known {
    number: u32,
    error: &'static str,
    status: u16,
    suberror: Option<&'static str>,
    text: &'static str,
}

const fn known(
    number: u32,
    error: &'static str,
    status: u16,
    suberror: Option<&'static str>,
    text: &'static str,
) -> Known {
    Known { number, error, status, suberror, text }
}

const KNOWN: &[Known] = &[
    known(
        50020,
        "invalid_grant",
        400,
        None,
        "User account '{EmailHidden}' from identity provider 'live.com' does not exist in tenant 'Örnek Bilişim' and cannot access the application 'Hunter' in that tenant. The account needs to be added as an external user in the tenant first.",
    ),
    known(
        50011,
        "invalid_request",
        400,
        None,
        "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for the application '{client_id}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.",
    ),
    known(
        50034,
        "invalid_grant",
        400,
        None,
        "The user account {EmailHidden} does not exist in the tenant directory. To sign into this application, the account must be added to the directory.",
    ),
    known(50057, "invalid_grant", 400, None, "The user account is disabled."),
    known(
        50059,
        "invalid_request",
        400,
        None,
        "No tenant-identifying information found in either the request or implied by any provided credentials.",
    ),
    known(
        50076,
        "interaction_required",
        400,
        Some("basic_action"),
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.",
    ),
    known(
        50078,
        "interaction_required",
        400,
        Some("basic_action"),
        "Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication to access the resource.",
    ),
    known(
        50079,
        "interaction_required",
        400,
        Some("basic_action"),
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access the resource.",
    ),
    known(50097, "interaction_required", 400, None, "Device authentication is required."),
    known(
        50105,
        "invalid_grant",
        400,
        None,
        "Your administrator has configured the application Hunter to block users unless they are specifically granted ('assigned') access to the application. The signed in user '{EmailHidden}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator.",
    ),
    known(
        50173,
        "invalid_grant",
        400,
        Some("bad_token"),
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
    ),
    known(
        50199,
        "interaction_required",
        400,
        None,
        "For security reasons, user confirmation is required for this request. Please repeat the request allowing user interaction.",
    ),
    known(
        53000,
        "interaction_required",
        400,
        Some("message_only"),
        "Device is not in required device state: compliant. Conditional Access policy requires a compliant device, and the device is not compliant.",
    ),
    known(
        53003,
        "invalid_grant",
        400,
        Some("message_only"),
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    ),
    known(
        65001,
        "invalid_grant",
        400,
        Some("consent_required"),
        "The user or administrator has not consented to use the application with ID '{client_id}' named 'Hunter'. Send an interactive authorization request for this user and resource.",
    ),
    known(65004, "access_denied", 400, None, "User declined to consent to access the app."),
    known(70003, "unsupported_grant_type", 400, None, "The app requested an unsupported grant type."),
    known(
        70008,
        "invalid_grant",
        400,
        None,
        "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
    ),
    known(
        70011,
        "invalid_scope",
        400,
        None,
        "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid.",
    ),
    known(
        70016,
        "authorization_pending",
        400,
        None,
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    ),
    known(
        70018,
        "bad_verification_code",
        400,
        None,
        "Invalid verification code due to user typing in wrong user code for device code flow. Authorization isn't approved.",
    ),
    known(70019, "expired_token", 400, None, "Verification code expired. Have the user retry the sign-in."),
    known(
        70020,
        "expired_token",
        400,
        None,
        "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    ),
    known(
        70043,
        "invalid_grant",
        400,
        Some("bad_token"),
        "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on 2026-01-01T00:00:00.0000000Z and the maximum allowed lifetime for this request is 86400.",
    ),
    known(
        54005,
        "invalid_grant",
        400,
        None,
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
    ),
    known(
        90002,
        "invalid_request",
        400,
        None,
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
    ),
    known(
        900144,
        "invalid_request",
        400,
        None,
        "The request body must contain the following parameter: '{field}'.",
    ),
    known(
        90038,
        "invalid_request",
        400,
        None,
        "Confidential Client is not supported in Cross Cloud request. Tenant request is being redirected to the National Cloud 'microsoftonline.us'.",
    ),
    known(
        90094,
        "access_denied",
        400,
        None,
        "Admin consent is required for the permissions requested by this application. An admin must grant consent before the application can be used.",
    ),
    known(
        500011,
        "invalid_resource",
        400,
        None,
        "The resource principal named {resource} was not found in the tenant named Örnek Bilişim. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.",
    ),
    known(
        501481,
        "invalid_grant",
        400,
        None,
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    ),
    known(
        530036,
        "invalid_grant",
        400,
        Some("message_only"),
        "Access has been blocked by Conditional Access policies. Device code flow is not allowed by an authentication flows policy.",
    ),
    known(
        650052,
        "invalid_client",
        400,
        None,
        "The app is trying to access a service 'Microsoft Partner' that your organization 'Örnek Bilişim' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application in order to create the required service principal.",
    ),
    known(
        700016,
        "unauthorized_client",
        400,
        None,
        "Application with identifier '{client_id}' was not found in the directory 'Örnek Bilişim'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
    ),
    known(
        700025,
        "invalid_client",
        401,
        None,
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    ),
    known(
        700082,
        "invalid_grant",
        400,
        Some("token_expired"),
        "The refresh token has expired due to inactivity. The token was issued on 2026-01-01T00:00:00.0000000Z and was inactive for 90.00:00:00.",
    ),
    known(
        7000218,
        "invalid_client",
        401,
        None,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    known(9002313, "invalid_request", 400, None, "Invalid request. Request is malformed or invalid."),
    known(
        9002325,
        "invalid_request",
        400,
        None,
        "Proof Key for Code Exchange is required for cross-origin authorization code redemption.",
    ),
];

/// The AADSTS numbers of the facts that a person at the keyboard can meet.
pub const SIGN_IN_ERRORS: &[u32] = &[
    50059, 90002, 90038, 700016, 7000218, 65001, 90094, 650052, 500011, 65004, 50076, 50078, 50079, 53003,
    530036, 50199, 50097, 53000, 50034, 50057, 50020, 50105, 70043, 700082, 50173,
];

/// A sign-in error on its way to the client.
#[derive(Debug, Clone)]
pub(crate) struct SignInError {
    pub(crate) error: String,
    pub(crate) description: String,
    numbers: Vec<u32>,
    suberror: Option<&'static str>,
    status: u16,
}

impl SignInError {
    /// The error with that number; an unknown number becomes an `invalid_grant` with Microsoft's usual shape.
    pub(crate) fn number(number: u32) -> Self {
        Self::with(number, &[])
    }

    /// The error with that number, its placeholders filled in.
    pub(crate) fn with(number: u32, fields: &[(&str, &str)]) -> Self {
        let Some(known) = KNOWN.iter().find(|known| known.number == number) else {
            return Self {
                error: "invalid_grant".to_owned(),
                description: format!("AADSTS{number}: The request could not be completed."),
                numbers: vec![number],
                suberror: None,
                status: 400,
            };
        };
        let mut text = known.text.to_owned();
        for (name, value) in fields {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        for (name, value) in [("client_id", CLIENT_ID), ("tenant", TENANT_ID), ("resource", RESOURCE)] {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        Self {
            error: known.error.to_owned(),
            description: format!("AADSTS{number}: {text}"),
            numbers: vec![number],
            suberror: known.suberror,
            status: known.status,
        }
    }

    /// The error with that OAuth name, with a number only where Microsoft has one.
    pub(crate) fn named(error: &str) -> Self {
        let number = match error {
            "access_denied" | "authorization_declined" => Some(65004),
            "authorization_pending" => Some(70016),
            "bad_verification_code" => Some(70018),
            "expired_token" => Some(70020),
            "invalid_grant" => Some(70008),
            "interaction_required" => Some(50076),
            _ => None,
        };
        match number {
            Some(number) => Self { error: error.to_owned(), ..Self::number(number) },
            None => Self {
                error: error.to_owned(),
                description: format!("The service answered '{error}'."),
                numbers: Vec::new(),
                suberror: None,
                status: 400,
            },
        }
    }

    /// Microsoft's JSON form of the error.
    pub(crate) fn response(&self) -> Response {
        let now = Timestamp::now();
        let (trace, correlation) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
        let stamp = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let mut body = Map::new();
        body.insert("error".to_owned(), json!(self.error));
        body.insert(
            "error_description".to_owned(),
            json!(format!(
                "{}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {stamp}",
                self.description
            )),
        );
        body.insert("error_codes".to_owned(), json!(self.numbers));
        body.insert("timestamp".to_owned(), json!(stamp));
        body.insert("trace_id".to_owned(), json!(trace));
        body.insert("correlation_id".to_owned(), json!(correlation));
        if let Some(number) = self.numbers.first() {
            let uri = format!("https://login.microsoftonline.com/error?code={number}");
            body.insert("error_uri".to_owned(), json!(uri));
        }
        if let Some(suberror) = self.suberror {
            body.insert("suberror".to_owned(), json!(suberror));
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        json_value(status, &Value::Object(body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_number_is_known_once() {
        for number in SIGN_IN_ERRORS {
            let count = KNOWN.iter().filter(|known| known.number == *number).count();
            assert_eq!(count, 1, "{number}");
        }
    }

    #[test]
    fn oauth_names_keep_their_name() {
        for name in [
            "authorization_pending",
            "slow_down",
            "authorization_declined",
            "expired_token",
            "bad_verification_code",
            "invalid_grant",
            "temporarily_unavailable",
        ] {
            assert_eq!(SignInError::named(name).error, name);
        }
    }
}
