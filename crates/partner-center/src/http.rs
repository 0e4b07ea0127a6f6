use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use tokio::sync::OnceCell;
use url::Url;

use crate::clock::Clock;
use crate::connection::is_loopback;

/// The limits of every call to Microsoft's services.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Limit for reaching a service.
    pub connect_timeout: Duration,
    /// Limit between two pieces of an answer.
    pub read_timeout: Duration,
    /// Limit for a whole request to the referrals API.
    pub request_timeout: Duration,
    /// Limit for a whole request to the sign-in service.
    pub sign_in_timeout: Duration,
    /// Most bytes of one answer, decompressed.
    pub body_limit: usize,
    /// First and longest pause between two attempts.
    pub first_pause: Duration,
    pub longest_pause: Duration,
    /// Attempts for one request, and for one that reaches nobody or is answered by halves.
    pub attempts: u32,
    pub few_attempts: u32,
    /// How long one request may take with all its attempts before no other attempt starts.
    pub patience: Duration,
    /// The shortest and the longest pause between two questions whether a code was approved.
    pub shortest_poll: Duration,
    pub longest_poll: Duration,
    /// By which tokens expire and pauses end.
    pub clock: Clock,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(100),
            sign_in_timeout: Duration::from_secs(30),
            body_limit: 64 << 20,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            attempts: 8,
            few_attempts: 3,
            patience: Duration::from_secs(120),
            shortest_poll: Duration::from_secs(1),
            longest_poll: Duration::from_secs(60),
            clock: Clock::default(),
        }
    }
}

/// An HTTP client for one service that is built when it is first needed.
#[derive(Debug)]
pub(crate) struct ServiceClient {
    service: Url,
    options: HttpOptions,
    total: Duration,
    client: OnceCell<Client>,
}

impl ServiceClient {
    pub(crate) fn new(service: Url, options: HttpOptions, total: Duration) -> Self {
        Self { service, options, total, client: OnceCell::new() }
    }

    pub(crate) async fn get(&self) -> Result<&Client, reqwest::Error> {
        self.client.get_or_try_init(|| async { self.build() }).await
    }

    fn build(&self) -> Result<Client, reqwest::Error> {
        let builder = Client::builder()
            .user_agent(concat!("Hunter/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .https_only(self.service.scheme() == "https")
            .referer(false)
            .connect_timeout(self.options.connect_timeout)
            .read_timeout(self.options.read_timeout)
            .timeout(self.total);
        if is_loopback(&self.service) { builder.no_proxy().build() } else { builder.build() }
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the answer is larger than the limit")]
    TooLarge,
    #[error(transparent)]
    Cut(#[from] reqwest::Error),
}

/// The content of an answer, without the mark of its byte order.
pub(crate) async fn read_body(mut response: Response, limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    if body.starts_with(BYTE_ORDER_MARK) {
        body.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(body)
}

/// The identifier under which the service's support finds a call.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    headers.get("request-id").and_then(|value| value.to_str().ok()).and_then(identifier)
}

/// Keeps a text from outside only if it can be nothing but an identifier.
pub(crate) fn identifier(text: &str) -> Option<String> {
    let text = text.trim();
    let sound = !text.is_empty()
        && text.len() <= 64
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    sound.then(|| text.to_owned())
}

/// The first line of a message from outside, without control characters and not endless.
pub(crate) fn first_line(text: &str) -> Option<String> {
    let end = [" Trace ID:", " Correlation ID:"]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min()
        .unwrap_or(text.len());
    let line: String =
        text[..end].trim_start().lines().next()?.chars().filter(|c| !c.is_control()).take(500).collect();
    let line = line.trim_end();
    (!line.is_empty()).then(|| line.to_owned())
}
