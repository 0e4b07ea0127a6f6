//! The tokens themselves, and the record of every secret that left the sandbox.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::random::secret;
use crate::sign_in::{Account, CLIENT_ID, TENANT_ID};

/// A secret that the sandbox gave to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedSecret {
    /// What it is.
    pub kind: SecretKind,
    /// The secret itself.
    pub value: String,
}

/// The kinds of secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// Sent to the referrals API.
    AccessToken,
    /// Exchanged for new tokens.
    RefreshToken,
    /// Who signed in.
    IdToken,
    /// What a client polls with.
    DeviceCode,
    /// What a person types.
    UserCode,
    /// What the browser brings back.
    AuthorizationCode,
}

/// Opaque text that looks like a signed token and is as long as one.
pub(crate) fn access_token() -> io::Result<String> {
    let header =
        URL_SAFE_NO_PAD.encode(json!({"typ": "JWT", "alg": "RS256", "kid": secret(20)?}).to_string());
    Ok(format!("{header}.{}.{}", secret(1300)?, secret(256)?))
}

/// Who signed in, in the form of a signed token.
pub(crate) fn id_token(account: &Account, nonce: Option<&str>, base_url: &str) -> io::Result<String> {
    let now = Timestamp::now().as_second();
    let mut claims = json!({
        "aud": CLIENT_ID,
        "iss": format!("{base_url}/{TENANT_ID}/v2.0"),
        "iat": now, "nbf": now, "exp": now + 3600,
        "name": account.name,
        "preferred_username": account.username,
        "oid": account.object_id,
        "sub": secret(32)?,
        "tid": TENANT_ID,
        "uti": secret(16)?,
        "ver": "2.0",
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": secret(20)?}).to_string();
    Ok(format!(
        "{}.{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims.to_string()),
        secret(256)?
    ))
}
