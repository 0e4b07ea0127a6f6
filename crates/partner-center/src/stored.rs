use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use crate::account::{Account, second_factor};
use crate::connection::Connection;
use crate::oauth::Grant;
use crate::session::AccessToken;
use crate::sign_in_error::SignInError;
use crate::vault::{VaultError, VaultErrorKind};

/// Whom the tokens may be sent to.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Binding {
    authority: String,
    tenant: String,
    client_id: String,
}

impl Binding {
    pub(crate) fn of(connection: &Connection) -> Self {
        Self {
            authority: connection.authority_url.as_str().to_owned(),
            tenant: connection.tenant.to_ascii_lowercase(),
            client_id: connection.client_id.to_ascii_lowercase(),
        }
    }
}

/// What the file holds.
#[derive(Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) bound_to: Binding,
    #[serde(with = "AccountFields")]
    pub(crate) account: Account,
    #[serde(serialize_with = "sealed")]
    access_token: SecretString,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) scope: String,
    #[serde(serialize_with = "sealed_option")]
    pub(crate) refresh_token: Option<SecretString>,
    pub(crate) ended: Option<Ended>,
    /// Whether the sign-in used a second factor, as far as it told.
    #[serde(default)]
    pub(crate) second_factor: Option<bool>,
}

impl Stored {
    pub(crate) fn new(grant: Grant, account: Account, connection: &Connection, now: Timestamp) -> Self {
        let second_factor = grant.id_token.as_ref().and_then(|token| second_factor(token.expose_secret()));
        Self {
            second_factor,
            bound_to: Binding::of(connection),
            account,
            access_token: grant.access_token,
            issued_at: now,
            expires_at: expiry(now, grant.expires_in),
            scope: connection.scope.clone(),
            refresh_token: grant.refresh_token,
            ended: None,
        }
    }

    /// The secrets that it holds.
    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        let access = Some(self.access_token.clone()).filter(|token| !token.expose_secret().is_empty());
        access.into_iter().chain(self.refresh_token.clone()).collect()
    }

    /// The token, if it is not the rejected one and has some of its life left.
    pub(crate) fn fresh(&self, rejected: Option<&AccessToken>, now: Timestamp) -> Option<AccessToken> {
        const AMPLE: SignedDuration = SignedDuration::from_mins(5);
        let lifetime = self.expires_at.duration_since(self.issued_at);
        let margin = (lifetime / 5).min(AMPLE);
        self.valid(rejected, now).filter(|token| now + margin < token.expires_at)
    }

    pub(crate) fn valid(&self, rejected: Option<&AccessToken>, now: Timestamp) -> Option<AccessToken> {
        let is_valid = self.ended.is_none() && self.issued_at <= now && now < self.expires_at;
        Some(self.token())
            .filter(|token| is_valid && rejected.is_none_or(|rejected| rejected.expose() != token.expose()))
    }

    pub(crate) fn token(&self) -> AccessToken {
        AccessToken { secret: self.access_token.clone(), expires_at: self.expires_at }
    }

    pub(crate) fn renewed(self, grant: Grant, connection: &Connection, now: Timestamp) -> Self {
        Self {
            access_token: grant.access_token,
            issued_at: now,
            expires_at: expiry(now, grant.expires_in),
            scope: connection.scope.clone(),
            refresh_token: grant.refresh_token.or(self.refresh_token),
            ..self
        }
    }

    pub(crate) fn ended(self, refusal: &SignInError) -> Self {
        Self {
            access_token: SecretString::default(),
            refresh_token: None,
            ended: Some(Ended {
                error: refusal.error.clone(),
                aadsts: refusal.aadsts,
                message: refusal.message.clone(),
                correlation_id: refusal.correlation_id.clone(),
            }),
            ..self
        }
    }

    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        serde_json::to_vec(self)
            .map(Zeroizing::new)
            .map_err(|error| VaultError::new(VaultErrorKind::Io, &error))
    }
}

/// Why Microsoft refused to go on.
#[derive(Serialize, Deserialize)]
pub(crate) struct Ended {
    error: Option<String>,
    aadsts: Option<u32>,
    message: Option<String>,
    correlation_id: Option<String>,
}

impl From<Ended> for Box<SignInError> {
    fn from(ended: Ended) -> Self {
        let mut refusal = SignInError::refused(ended.error, ended.aadsts, ended.message);
        refusal.correlation_id = ended.correlation_id;
        Box::new(refusal)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Account")]
struct AccountFields {
    tenant_id: String,
    object_id: String,
    username: String,
    name: String,
}

fn sealed<S: Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret.expose_secret())
}

#[expect(clippy::ref_option, reason = "the shape that serde wants")]
fn sealed_option<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(to)
}

fn expiry(now: Timestamp, lifetime: Duration) -> Timestamp {
    const LONGEST: Duration = Duration::from_secs(86_400 * 7);
    now + lifetime.min(LONGEST)
}
