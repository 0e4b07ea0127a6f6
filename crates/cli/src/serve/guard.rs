//! What every request has to pass before anybody looks at it, and what every answer carries.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};

use super::api::refused;
use super::page;

/// For answers that are no page.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// The names under which the service is asked for.
#[derive(Debug)]
pub struct Names {
    accepted: HashSet<String>,
    is_encrypted: bool,
}

impl Names {
    pub fn of(address: SocketAddr, allowed: Vec<String>, is_encrypted: bool) -> Self {
        let ip = address.ip();
        let own = if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() };
        let loopback = ["127.0.0.1", "[::1]"].into_iter().filter(|_| ip.is_unspecified());
        let accepted = loopback.chain(["localhost"]).map(str::to_owned).chain([own]).chain(allowed);
        Self { accepted: accepted.map(|name| normal(&name)).collect(), is_encrypted }
    }

    fn accept(&self, authority: &Authority) -> bool {
        self.accepted.contains(&normal(authority.host()))
    }

    /// Whether an origin is that of a page which this service has served under the name it is asked for.
    fn is_own(&self, origin: &str, authority: &Authority) -> bool {
        let Some((scheme, rest)) = origin.split_once("://") else { return false };
        // A proxy in front may have ended the encryption.
        let is_safe = scheme == "https" || (scheme == "http" && !self.is_encrypted);
        is_safe && rest.eq_ignore_ascii_case(authority.as_str())
    }
}

fn normal(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Refuses requests for another name (a page elsewhere may have its own name point here) and those of other pages.
pub fn check(routes: Router, names: Names) -> Router {
    routes.layer(from_fn_with_state(Arc::new(names), look))
}

async fn look(State(names): State<Arc<Names>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let Some(authority) = authority(&request) else {
        return refused(StatusCode::BAD_REQUEST, "The request does not say which host it is for.");
    };
    if !names.accept(&authority) {
        tracing::warn!(event = "serve_request_refused", cause = "foreign_host");
        let detail =
            "This host name is not one of this service. Names are added by the setting http.allowed_hosts.";
        return refused(StatusCode::FORBIDDEN, detail);
    }
    let own = text(headers, ORIGIN).is_none_or(|origin| names.is_own(origin, &authority));
    if !own || !comes_from_here(&request) {
        tracing::warn!(event = "serve_request_refused", cause = "other_origin");
        return refused(StatusCode::FORBIDDEN, "Pages of other origins may not ask this service.");
    }
    next.run(request).await
}

/// The one host that a request names, wherever it does.
fn authority(request: &Request) -> Option<Authority> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let in_header = match hosts.next() {
        Some(host) => Some(Authority::try_from(host.as_bytes()).ok()?),
        None => None,
    };
    match (in_header, request.uri().authority()) {
        _ if hosts.next().is_some() => None,
        (Some(host), Some(other)) if host != *other => None,
        (host, other) => host.or_else(|| other.cloned()),
    }
}

/// What the browser itself says about where a request comes from; a link elsewhere may lead to the page, not to data.
fn comes_from_here(request: &Request) -> bool {
    let headers = request.headers();
    let named = |name| text(headers, HeaderName::from_static(name));
    match named("sec-fetch-site") {
        None | Some("same-origin" | "none") => true,
        Some(_) => {
            request.method() == Method::GET
                && page::is_entrance(request.uri().path())
                && named("sec-fetch-mode") == Some("navigate")
                && named("sec-fetch-dest") == Some("document")
        }
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    // A value that is no text is no origin of ours either.
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// Puts on every answer what keeps browsers from doing more with it than was meant.
pub fn dress(routes: Router) -> Router {
    routes.layer(map_response(finish))
}

async fn finish(response: Response) -> Response {
    let mut response = in_json(response);
    let headers = response.headers_mut();
    let fixed = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NOTHING));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// What the framework itself refuses, such as a wrong method, is told in the same shape as everything else.
fn in_json(response: Response) -> Response {
    let status = response.status();
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if !(status.is_client_error() || status.is_server_error()) || is_json {
        return response;
    }
    let mut told = refused(status, status.canonical_reason().unwrap_or("Refused")).into_response();
    for (name, value) in response.headers() {
        if name != CONTENT_TYPE && name != "content-length" {
            told.headers_mut().insert(name, value.clone());
        }
    }
    told
}
