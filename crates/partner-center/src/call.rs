use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBuilder};
use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::api_error::{ApiError, ApiErrorKind, BadAnswer};
use crate::http::{BodyError, HttpOptions, ServiceClient, read_body, request_id};
use crate::retry::{retry_after, service_time};
use crate::session::{AccessToken, Session};

/// A pause before another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// The attempt that failed, counted from one.
    pub attempt: u32,
    pub pause: Duration,
    /// The status that asked for it; `None` when nobody answered.
    pub status: Option<u16>,
}

/// What is known of an answer besides its content.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) bytes: u64,
    pub(crate) request_id: Option<String>,
    pub(crate) client_request_id: Uuid,
    pub(crate) service_time: Option<Timestamp>,
}

/// Sends one GET until it is answered, refused, or patience ends.
pub(crate) struct Caller {
    session: Arc<Session>,
    options: HttpOptions,
    http: ServiceClient,
    on_wait: Box<dyn Fn(Wait) + Send + Sync>,
}

impl Caller {
    pub(crate) fn new(
        session: Arc<Session>,
        options: HttpOptions,
        on_wait: Box<dyn Fn(Wait) + Send + Sync>,
    ) -> Self {
        let http = ServiceClient::new(
            session.connection().api_url.clone(),
            options.clone(),
            options.request_timeout,
        );
        Self { session, options, http, on_wait }
    }

    /// The address of the list.
    pub(crate) fn url(&self) -> Url {
        self.session.connection().referrals_url()
    }

    /// Asks for `url` and reads a success, or a 404 that comes from the service itself, with `read`.
    pub(crate) async fn call<T>(
        &self,
        url: &Url,
        has_filter: bool,
        read: impl Fn(u16, &[u8]) -> Result<T, BadAnswer>,
    ) -> Result<(T, Answer), ApiError> {
        let started = Instant::now();
        let mut pauses = ExponentialBuilder::default()
            .with_min_delay(self.options.first_pause)
            .with_max_delay(self.options.longest_pause)
            .with_jitter()
            .without_max_times()
            .build();
        let mut token = self.session.access_token().await?;
        let mut is_renewed = false;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let failure = match self.attempt(url, has_filter, &token, &read).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            tracing::debug!(event = "referrals_call_failed", attempt, error = %failure.error);
            if matches!(failure.error.kind, ApiErrorKind::Unauthorized) && !is_renewed {
                token = self.session.refresh_after_401(&token).await?;
                is_renewed = true;
                continue;
            }
            let Some(most) = failure.attempts(&self.options) else {
                return Err(failure.error);
            };
            let pause = pauses
                .next()
                .unwrap_or(self.options.longest_pause)
                .max(failure.retry_after.unwrap_or_default());
            if attempt >= most || started.elapsed() + pause > self.options.patience {
                return Err(failure.beyond_patience(self.options.clock.now()));
            }
            (self.on_wait)(Wait { attempt, pause, status: failure.error.status });
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt<T>(
        &self,
        url: &Url,
        has_filter: bool,
        token: &AccessToken,
        read: impl Fn(u16, &[u8]) -> Result<T, BadAnswer>,
    ) -> Result<(T, Answer), Failure> {
        let client_request_id = Uuid::new_v4();
        let identified = |mut failure: Failure, request_id: Option<String>| {
            failure.error.client_request_id = Some(client_request_id);
            failure.error.request_id = request_id;
            failure
        };
        let response = self
            .send(url, token, client_request_id)
            .await
            .map_err(|error| identified(Failure::of_transport(&error), None))?;
        let status = response.status();
        let request_id = request_id(response.headers());
        let service_time = service_time(response.headers());
        let wait = retry_after(response.headers(), self.options.clock.now());
        let is_page = is_html(&response);
        let body = read_body(response, self.options.body_limit).await.map_err(|error| {
            let failure = match error {
                BodyError::TooLarge => Failure::from(ApiError::from(BadAnswer::TooLarge)),
                BodyError::Cut(error) => Failure::of_transport(&error),
            };
            identified(failure, request_id.clone())
        })?;
        let is_missing =
            status == StatusCode::NOT_FOUND && !has_query(url) && !is_page && !is_of_a_gateway(&body);
        if status != StatusCode::OK && !is_missing {
            let failure = Failure {
                error: ApiError::refused(status, &body, has_filter),
                retry_after: wait,
                deserves_few: false,
            };
            return Err(identified(failure, request_id));
        }
        match read(status.as_u16(), &body) {
            Ok(content) => {
                let answer = Answer { bytes: body.len() as u64, request_id, client_request_id, service_time };
                Ok((content, answer))
            }
            Err(what) => Err(identified(ApiError::from(what).into(), request_id)),
        }
    }

    async fn send(
        &self,
        url: &Url,
        token: &AccessToken,
        client_request_id: Uuid,
    ) -> Result<Response, reqwest::Error> {
        self.http
            .get()
            .await?
            .get(url.clone())
            .bearer_auth(token.expose())
            .header(ACCEPT, "application/json")
            .header("client-request-id", client_request_id.to_string())
            .send()
            .await
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("session", &self.session).finish_non_exhaustive()
    }
}

/// One attempt that failed.
struct Failure {
    error: ApiError,
    retry_after: Option<Duration>,
    deserves_few: bool,
}

impl Failure {
    fn of_transport(error: &reqwest::Error) -> Self {
        Self { deserves_few: error.is_connect(), ..Self::from(ApiError::from(error)) }
    }

    /// How many attempts a failure like this deserves; `None` when another one is senseless.
    fn attempts(&self, options: &HttpOptions) -> Option<u32> {
        let is_passing = match &self.error.kind {
            ApiErrorKind::Network
            | ApiErrorKind::Timeout
            | ApiErrorKind::Unavailable
            | ApiErrorKind::BadAnswer(BadAnswer::Truncated) => true,
            ApiErrorKind::Token(_)
            | ApiErrorKind::Unauthorized
            | ApiErrorKind::MfaNeeded
            | ApiErrorKind::Forbidden
            | ApiErrorKind::FilterRefused
            | ApiErrorKind::Throttled { .. }
            | ApiErrorKind::BadAnswer(_)
            | ApiErrorKind::Refused
            | ApiErrorKind::UnusableId => false,
        };
        is_passing.then_some(if self.deserves_few { options.few_attempts } else { options.attempts })
    }

    fn beyond_patience(self, now: Timestamp) -> ApiError {
        let is_throttled = matches!(self.error.status, Some(429 | 509)) || self.retry_after.is_some();
        if !is_throttled {
            return self.error;
        }
        let pause = self.retry_after.unwrap_or(crate::retry::SERVICE_PAUSE);
        ApiError { kind: ApiErrorKind::Throttled { until: now + pause }, ..self.error }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let deserves_few = matches!(error.kind, ApiErrorKind::BadAnswer(_));
        Self { error, retry_after: None, deserves_few }
    }
}

/// A list has a query, a single referral has none: only the latter may be missing.
fn has_query(url: &Url) -> bool {
    url.query().is_some()
}

/// Whether something between us and the service says that it does not know the address, in a form of its own.
fn is_of_a_gateway(body: &[u8]) -> bool {
    match serde_json::from_slice::<Value>(body) {
        Ok(said) => said.get("error").is_none() && (said.get("statusCode").or(said.get("code"))).is_some(),
        Err(_) => !body.trim_ascii().is_empty(),
    }
}

fn is_html(response: &Response) -> bool {
    response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
}
