use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthUrl, AuthorizationCode, Client, ClientId, CsrfToken, DeviceAuthorizationResponse,
    DeviceAuthorizationUrl, DeviceCodeErrorResponseType, EndpointNotSet, EndpointSet,
    ExtraDeviceAuthorizationFields, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge,
    PkceCodeVerifier, RefreshToken, RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse,
    TokenResponse, TokenUrl,
};
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::account::claims;
use crate::browser::{BrowserVisit, Farewell, Loopback, Proof, nonce};
use crate::connection::{Connection, is_secure};
use crate::http::{BodyError, HttpOptions, ServiceClient, read_body};
use crate::retry::retry_after;
use crate::sign_in_error::{SignInError, SignInErrorKind};

const ANSWER_LIMIT: usize = 1 << 20;
const LONGEST_CODE: Duration = Duration::from_secs(3600);
const LONGEST_POLL_AFTER_A_BLIP: Duration = Duration::from_secs(15);

/// A code that a person types at `verification_uri` to approve this sign-in.
pub struct DeviceCode {
    pub user_code: String,
    /// https, or this machine.
    pub verification_uri: Url,
    pub expires_at: Timestamp,
    pub interval: Duration,
    /// Microsoft's own instruction.
    pub message: Option<String>,
    answer: DeviceAuthorizationResponse<DeviceCodeFields>,
}

impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceCode")
            .field("user_code", &"<redacted>")
            .field("verification_uri", &self.verification_uri.as_str())
            .field("expires_at", &self.expires_at)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

/// What the token endpoint granted.
pub(crate) struct Grant {
    pub(crate) access_token: SecretString,
    pub(crate) expires_in: Duration,
    pub(crate) refresh_token: Option<SecretString>,
    pub(crate) id_token: Option<SecretString>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct DeviceCodeFields {
    #[serde(default)]
    message: Option<String>,
}

impl ExtraDeviceAuthorizationFields for DeviceCodeFields {}

#[derive(Clone, Serialize, Deserialize)]
struct IdToken {
    #[serde(default)]
    id_token: Option<String>,
}

impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdToken(<redacted>)")
    }
}

impl ExtraTokenFields for IdToken {}

type TokenAnswer = StandardTokenResponse<IdToken, BasicTokenType>;
type OAuthClient = Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Microsoft's sign-in service.
#[derive(Debug)]
pub(crate) struct SignInService {
    connection: Connection,
    options: HttpOptions,
    http: ServiceClient,
}

impl SignInService {
    pub(crate) fn new(connection: Connection, options: HttpOptions) -> Self {
        let http =
            ServiceClient::new(connection.authority_url.clone(), options.clone(), options.sign_in_timeout);
        Self { connection, options, http }
    }

    pub(crate) async fn device_code(&self) -> Result<DeviceCode, SignInError> {
        let asked_at = Timestamp::now();
        let mut answer = self.ask_for_device_code().await;
        if self.asks_again_after(&answer).await {
            answer = self.ask_for_device_code().await;
        }
        let answer = answer.map_err(SignInError::of_new_sign_in)?;
        let lifetime = answer.expires_in().min(LONGEST_CODE);
        let verification_uri = Url::parse(answer.verification_uri().as_str())
            .ok()
            .filter(is_secure)
            .ok_or(SignInErrorKind::BadAnswer)?;
        Ok(DeviceCode {
            user_code: answer.user_code().secret().clone(),
            verification_uri,
            expires_at: asked_at + lifetime,
            interval: answer.interval(),
            message: answer.extra_fields().message.clone(),
            answer,
        })
    }

    /// Asks until the person decided or the code expired.
    pub(crate) async fn await_approval(&self, code: &DeviceCode) -> Result<Grant, SignInError> {
        let exchange = Exchange::new(self);
        let pause = |wanted: Duration| {
            let wanted = wanted.max(exchange.asked_pause());
            let wanted = wanted.min(self.options.longest_poll).max(self.options.shortest_poll);
            tokio::time::sleep(wanted.min(remaining(code.expires_at) + Duration::from_millis(10)))
        };
        pause(code.interval).await;
        let left = remaining(code.expires_at);
        if left.is_zero() {
            return Err(SignInErrorKind::CodeExpired.into());
        }
        let answer = self
            .oauth()?
            .exchange_device_access_token(&code.answer)
            .set_max_backoff_interval(code.interval.max(LONGEST_POLL_AFTER_A_BLIP))
            .request_async(&exchange, pause, Some(left))
            .await;
        match answer {
            Ok(answer) => Ok(answer.into()),
            Err(RequestTokenError::ServerResponse(refusal))
                if *refusal.error() == DeviceCodeErrorResponseType::ExpiredToken =>
            {
                Err(exchange
                    .failure()
                    .filter(|said| said.kind == SignInErrorKind::CodeExpired || said.is_transient())
                    .unwrap_or(SignInErrorKind::CodeExpired.into()))
            }
            Err(_) => Err(exchange.failure_or_bad_answer().of_new_sign_in()),
        }
    }

    /// The address at which a person signs in, and the port to which the browser comes back.
    pub(crate) async fn browser_visit(
        &self,
        farewell: Farewell,
        patience: Duration,
    ) -> Result<BrowserVisit, SignInError> {
        let loopback = Loopback::open().await?;
        let redirect = loopback.redirect()?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let proof = Proof { verifier, nonce: nonce()?, redirect };
        let oauth = self.oauth()?;
        let asked = oauth
            .authorize_url(CsrfToken::new_random)
            .add_scopes(self.scopes())
            .set_pkce_challenge(challenge)
            .set_redirect_uri(Cow::Borrowed(&proof.redirect))
            .add_extra_param("nonce", &proof.nonce)
            .add_extra_param("response_mode", "query")
            .add_extra_param("prompt", "select_account")
            .url();
        if !is_secure(&asked.0) {
            return Err(SignInErrorKind::Other.into());
        }
        Ok(BrowserVisit::new(loopback, asked, proof, farewell, Timestamp::now() + patience))
    }

    /// Waits for the browser and redeems what it brings.
    pub(crate) async fn await_browser(&self, visit: BrowserVisit) -> Result<Grant, SignInError> {
        let code = visit.code().await.map_err(SignInError::of_new_sign_in)?;
        let proof = visit.close();
        let mut answer = self.redeem(&code, &proof).await;
        if self.asks_again_after(&answer).await {
            answer = self.redeem(&code, &proof).await;
        }
        let grant = answer.map_err(SignInError::of_new_sign_in)?;
        let said = grant.id_token.as_ref().and_then(|token| claims(token.expose_secret()));
        let is_ours =
            said.is_some_and(|said| said.get("nonce").and_then(Value::as_str) == Some(&proof.nonce));
        if is_ours { Ok(grant) } else { Err(SignInErrorKind::BadAnswer.into()) }
    }

    async fn redeem(&self, code: &SecretString, proof: &Proof) -> Result<Grant, SignInError> {
        let exchange = Exchange::new(self);
        self.oauth()?
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(proof.verifier.secret().clone()))
            .set_redirect_uri(Cow::Borrowed(&proof.redirect))
            .add_extra_param("scope", self.connection.scopes().join(" "))
            .request_async(&exchange)
            .await
            .map(Grant::from)
            .map_err(|_| exchange.failure_or_bad_answer())
    }

    pub(crate) async fn refresh(&self, token: &SecretString) -> Result<Grant, SignInError> {
        let answer = self.ask_for_renewal(token).await;
        if self.asks_again_after(&answer).await {
            return self.ask_for_renewal(token).await;
        }
        answer
    }

    async fn ask_for_device_code(
        &self,
    ) -> Result<DeviceAuthorizationResponse<DeviceCodeFields>, SignInError> {
        let exchange = Exchange::new(self);
        self.oauth()?
            .exchange_device_code()
            .add_scopes(self.scopes())
            .request_async(&exchange)
            .await
            .map_err(|_: RequestTokenError<Unanswered, BasicErrorResponse>| exchange.failure_or_bad_answer())
    }

    async fn ask_for_renewal(&self, token: &SecretString) -> Result<Grant, SignInError> {
        let exchange = Exchange::new(self);
        self.oauth()?
            .exchange_refresh_token(&RefreshToken::new(token.expose_secret().to_owned()))
            .add_scopes(self.scopes())
            .request_async(&exchange)
            .await
            .map(Grant::from)
            .map_err(|_| exchange.failure_or_bad_answer())
    }

    /// Whether to ask once more for what failed a moment ago; says so after a pause.
    async fn asks_again_after<T>(&self, answer: &Result<T, SignInError>) -> bool {
        let is_passing = matches!(answer, Err(error) if error.is_transient() && error.retry_after.is_none());
        if is_passing {
            tokio::time::sleep(self.options.first_pause).await;
        }
        is_passing
    }

    fn oauth(&self) -> Result<OAuthClient, SignInErrorKind> {
        let unusable = |_| SignInErrorKind::Other;
        let authorize_url = AuthUrl::new(self.connection.authorize_url().into()).map_err(unusable)?;
        let device_code_url =
            DeviceAuthorizationUrl::new(self.connection.device_code_url().into()).map_err(unusable)?;
        let token_url = TokenUrl::new(self.connection.token_url().into()).map_err(unusable)?;
        Ok(Client::new(ClientId::new(self.connection.client_id.clone()))
            .set_auth_uri(authorize_url)
            .set_device_authorization_url(device_code_url)
            .set_token_uri(token_url))
    }

    fn scopes(&self) -> impl Iterator<Item = Scope> {
        self.connection.scopes().into_iter().map(Scope::new)
    }
}

/// No answer that the protocol could go on with.
#[derive(Debug, thiserror::Error)]
#[error("the sign-in service did not answer")]
struct Unanswered;

/// Carries the protocol's requests and keeps what Microsoft said beyond the protocol.
struct Exchange<'a> {
    service: &'a SignInService,
    failure: Mutex<Option<SignInError>>,
}

impl<'a> Exchange<'a> {
    fn new(service: &'a SignInService) -> Self {
        Self { service, failure: Mutex::new(None) }
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
        match self.answer(request).await {
            Ok((status, body)) if status == StatusCode::OK => {
                self.set_failure(None);
                Ok(response(status, with_whole_seconds(body)))
            }
            Ok((status, body)) => Ok(response(status, body)),
            Err(failure) => {
                self.set_failure(Some(failure));
                Err(Unanswered)
            }
        }
    }

    /// An answer for the protocol to judge, or a failure that a later attempt may not have.
    async fn answer(&self, request: HttpRequest) -> Result<(StatusCode, Vec<u8>), SignInError> {
        let http = self.service.http.get().await.map_err(|error| SignInError::from(&error))?;
        let request = reqwest::Request::try_from(request).map_err(|error| SignInError::from(&error))?;
        let answer = http.execute(request).await.map_err(|error| SignInError::from(&error))?;
        let status = answer.status();
        let now = self.service.options.clock.now();
        let wait = retry_after(answer.headers(), now);
        let body = match read_body(answer, ANSWER_LIMIT).await {
            Ok(body) => body,
            Err(BodyError::Cut(error)) => return Err(SignInError::from(&error)),
            Err(BodyError::TooLarge) => Vec::new(),
        };
        if status == StatusCode::OK {
            return Ok((status, body));
        }
        let mut failure = SignInError::from_response(status, &body, wait);
        failure.until = wait.and_then(|wait| now.checked_add(wait).ok());
        if failure.is_transient() {
            return Err(failure);
        }
        self.set_failure(Some(failure));
        Ok((status, body))
    }

    fn set_failure(&self, failure: Option<SignInError>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    /// How long the service asked to be left alone.
    fn asked_pause(&self) -> Duration {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.as_ref().and_then(|failure| failure.retry_after).unwrap_or_default()
    }

    fn failure(&self) -> Option<SignInError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn failure_or_bad_answer(&self) -> SignInError {
        self.failure().unwrap_or_else(|| SignInErrorKind::BadAnswer.into())
    }
}

impl<'c> AsyncHttpClient<'c> for Exchange<'_> {
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// The protocol's crate wants a content type of JSON, so it gets one and judges the body alone.
fn response(status: StatusCode, body: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    response
}

/// Times in the form that the protocol's crate accepts: a token must not be lost over its lifetime's
/// spelling.
fn with_whole_seconds(body: Vec<u8>) -> Vec<u8> {
    let Ok(Value::Object(mut answer)) = serde_json::from_slice(&body) else {
        return body;
    };
    for name in ["expires_in", "interval"] {
        let Some(value) = answer.remove(name) else {
            continue;
        };
        let seconds = value
            .as_str()
            .map_or_else(|| value.as_f64(), |text| text.trim().parse().ok())
            .filter(|seconds| *seconds >= 0.0)
            .map(Duration::try_from_secs_f64);
        if let Some(Ok(seconds)) = seconds {
            answer.insert(name.to_owned(), seconds.as_secs().into());
        }
    }
    answer.entry("token_type").or_insert_with(|| "Bearer".into());
    serde_json::to_vec(&answer).unwrap_or(body)
}

impl From<TokenAnswer> for Grant {
    fn from(answer: TokenAnswer) -> Self {
        Self {
            access_token: answer.access_token().secret().clone().into(),
            expires_in: answer.expires_in().unwrap_or(Duration::from_secs(3600)),
            refresh_token: answer.refresh_token().map(|token| token.secret().clone().into()),
            id_token: answer.extra_fields().id_token.clone().map(Into::into),
        }
    }
}

pub(crate) fn remaining(until: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default()
}
