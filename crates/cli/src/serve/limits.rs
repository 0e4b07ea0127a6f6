//! How much is taken in, from whom, and for how long.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use super::api::refused;
use super::{door, health};

/// The limits of one service.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a request's body.
    body: usize,
    /// Requests of one address at once, and per second from then on.
    burst: NonZeroU32,
    per_second: NonZeroU32,
    /// Requests that are answered at the same time.
    at_once: usize,
    /// Those of them that ask to be let in.
    at_door: usize,
    /// For a body to arrive and for an answer to begin.
    patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 256 * 1024,
            burst: NonZeroU32::MIN.saturating_add(299),
            per_second: NonZeroU32::MIN.saturating_add(49),
            at_once: 64,
            at_door: 8,
            patience: Duration::from_secs(60),
        }
    }
}

/// Addresses that are remembered before those are forgotten which have long been quiet.
const MOST_ADDRESSES: usize = 10_000;

/// Health is counted for itself, so that a flood of other requests does not make a sound service look ill.
type Caller = (IpAddr, bool);

struct Gate {
    rate: DefaultKeyedRateLimiter<Caller>,
    places: Semaphore,
    /// For those who do not have a key yet: who keeps them all waiting does not keep out who has one.
    doorstep: Semaphore,
}

/// Keeps requests within the limits.
pub fn within(routes: Router, limits: Limits) -> Router {
    let quota = Quota::per_second(limits.per_second).allow_burst(limits.burst);
    let gate = Gate {
        rate: RateLimiter::keyed(quota),
        places: Semaphore::new(limits.at_once),
        doorstep: Semaphore::new(limits.at_door),
    };
    routes
        .layer(RequestBodyLimitLayer::new(limits.body))
        .layer(RequestBodyTimeoutLayer::new(limits.patience))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limits.patience))
        .layer(from_fn_with_state(Arc::new(gate), pass))
}

async fn pass(
    State(gate): State<Arc<Gate>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if gate.rate.len() > MOST_ADDRESSES {
        gate.rate.retain_recent();
    }
    let is_health = request.uri().path() == health::PATH;
    if let Err(early) = gate.rate.check_key(&(peer.ip(), is_health)) {
        let seconds = early.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        let refusal = refused(StatusCode::TOO_MANY_REQUESTS, "Too many requests. Ask again later.");
        return ([(RETRY_AFTER, seconds.to_string())], refusal).into_response();
    }
    if is_health {
        return next.run(request).await;
    }
    let places = if request.uri().path() == door::SESSION { &gate.doorstep } else { &gate.places };
    let Ok(_place) = places.try_acquire() else {
        let refusal = refused(StatusCode::SERVICE_UNAVAILABLE, "Too many requests at once. Ask again later.");
        return ([(RETRY_AFTER, "1")], refusal).into_response();
    };
    next.run(request).await
}
