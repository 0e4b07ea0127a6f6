//! Every request that reached the sandbox, on either origin.

use std::collections::{BTreeMap, VecDeque};

use axum::http::request::Parts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const KEPT: usize = 20_000;

/// The endpoints that faults, counters and recorded requests are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `POST /{tenant}/oauth2/v2.0/devicecode`
    DeviceCode,
    /// `POST /{tenant}/oauth2/v2.0/token`
    Token,
    /// `GET /{tenant}/oauth2/v2.0/authorize`
    Authorize,
    /// `GET /v1.0/engagements/referrals`
    List,
    /// `GET /v1.0/engagements/referrals/{id}`
    Get,
}

impl Endpoint {
    pub(crate) fn of(method: &str, path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (method, segments.as_slice()) {
            ("POST", [_, "oauth2", "v2.0", "devicecode"]) => Some(Self::DeviceCode),
            ("POST", [_, "oauth2", "v2.0", "token"]) => Some(Self::Token),
            ("GET", [_, "oauth2", "v2.0", "authorize"]) => Some(Self::Authorize),
            ("GET", ["v1.0", "engagements", "referrals"]) => Some(Self::List),
            ("GET", ["v1.0", "engagements", "referrals", _]) => Some(Self::Get),
            _ => None,
        }
    }
}

/// Which listener got a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The service itself.
    Main,
    /// The other origin, which no client has a reason to call.
    Second,
}

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRequest {
    /// Counts up from 1 and is never reused.
    pub number: u64,
    /// When it arrived.
    pub at: Timestamp,
    /// Which listener got it.
    pub origin: Origin,
    /// The endpoint, if it is one that counts.
    pub endpoint: Option<Endpoint>,
    /// The HTTP method.
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// The query as sent, without the question mark.
    pub query: Option<String>,
    /// All headers in their order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The fields of a form body, decoded.
    pub form: Vec<(String, String)>,
    /// SHA-256 of the bearer token in hex, if one was sent.
    pub token_fingerprint: Option<String>,
    /// The status answered; none while the answer is not made or if the connection was cut.
    pub status: Option<u16>,
}

impl RecordedRequest {
    /// The first header of that name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first form field of that name.
    pub fn form_field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether an `Authorization` header of any kind was sent.
    pub fn carries_authorization(&self) -> bool {
        self.header("authorization").is_some()
    }
}

/// How often each endpoint was called since the start, faults included.
pub type Counters = BTreeMap<Endpoint, u64>;

/// The SHA-256 of a token in hex, as recorded requests show it.
pub fn token_fingerprint(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Debug, Default)]
pub(crate) struct Journal {
    last: u64,
    requests: VecDeque<RecordedRequest>,
    pub(crate) counters: Counters,
}

impl Journal {
    /// Records a request and answers its number.
    pub(crate) fn record(&mut self, origin: Origin, parts: &Parts, body: &[u8]) -> u64 {
        self.last += 1;
        let endpoint = match origin {
            Origin::Main => Endpoint::of(parts.method.as_str(), parts.uri.path()),
            Origin::Second => None,
        };
        if let Some(endpoint) = endpoint {
            *self.counters.entry(endpoint).or_default() += 1;
        }
        let headers: Vec<(String, String)> = parts
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect();
        let find = |name: &str| headers.iter().find(|(key, _)| key == name);
        let is_form = find("content-type")
            .is_some_and(|(_, value)| value.starts_with("application/x-www-form-urlencoded"));
        let form =
            if is_form { url::form_urlencoded::parse(body).into_owned().collect() } else { Vec::new() };
        let fingerprint = find("authorization").and_then(|(_, value)| bearer(value)).map(token_fingerprint);
        if self.requests.len() == KEPT {
            self.requests.pop_front();
        }
        self.requests.push_back(RecordedRequest {
            number: self.last,
            at: Timestamp::now(),
            origin,
            endpoint,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers,
            form,
            token_fingerprint: fingerprint,
            status: None,
        });
        self.last
    }

    pub(crate) fn answered(&mut self, number: u64, status: u16) {
        if let Ok(at) = self.requests.binary_search_by_key(&number, |request| request.number)
            && let Some(request) = self.requests.get_mut(at)
        {
            request.status = Some(status);
        }
    }

    pub(crate) fn requests(&self, origin: Option<Origin>) -> Vec<RecordedRequest> {
        self.requests
            .iter()
            .filter(|request| origin.is_none_or(|origin| request.origin == origin))
            .cloned()
            .collect()
    }

    /// Forgets the recorded requests and sets the counters to zero.
    pub(crate) fn clear(&mut self) {
        self.requests.clear();
        self.counters.clear();
    }
}

/// The token of an `Authorization: Bearer …` value.
pub(crate) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}
