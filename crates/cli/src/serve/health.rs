//! How the service is: told at once in any state, to whoever asks, without anything about anybody.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use hunter_engine::{Engine, SyncState};
use serde_json::json;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::Service;

pub const PATH: &str = "/healthz";

/// How long an answer waits for a look at the database.
const LOOK: Duration = Duration::from_millis(300);
/// For how long the last look counts when the database is too busy for another.
const MEMORY: Duration = Duration::from_secs(30);

pub fn open_routes() -> Router<Arc<Service>> {
    Router::new().route(PATH, get(health))
}

pub fn closed_routes() -> Router<Arc<Service>> {
    Router::new().route("/healthz/metrics", get(metrics))
}

/// How the database was found.
#[derive(Debug, Clone, Copy)]
struct Beat {
    seen_at: Option<Instant>,
    sync_state: Option<SyncState>,
    error: Option<&'static str>,
}

/// Looks at the database when it is asked to, one look at a time, so that nobody waits for one that hangs.
#[derive(Debug)]
pub struct Pulse {
    asked: Arc<Notify>,
    felt: watch::Receiver<Beat>,
}

impl Pulse {
    pub fn of(engine: Engine) -> Self {
        let asked = Arc::new(Notify::new());
        let (feel, felt) = watch::channel(Beat { seen_at: None, sync_state: None, error: None });
        let waiting = asked.clone();
        tokio::spawn(async move {
            while !feel.is_closed() {
                waiting.notified().await;
                let found = engine.pulse().await;
                let error = found.as_ref().err().map(|error| error.code().as_str());
                let seen_at = Some(Instant::now());
                feel.send_replace(Beat { seen_at, sync_state: found.ok(), error });
            }
        });
        Self { asked, felt }
    }

    /// The newest look, and whether it is new enough to count.
    async fn feel(&self) -> (Beat, bool) {
        let mut felt = self.felt.clone();
        felt.mark_unchanged();
        self.asked.notify_one();
        let _it_hangs = timeout(LOOK, felt.changed()).await;
        let beat = *felt.borrow();
        (beat, beat.seen_at.is_some_and(|at| at.elapsed() < MEMORY))
    }
}

async fn health(State(service): State<Arc<Service>>) -> Response {
    if *service.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "stopping"}))).into_response();
    }
    let settings = service.engine.settings();
    let (beat, is_fresh) = service.pulse.feel().await;
    let database = match beat.error {
        _ if !is_fresh => "busy",
        None => "ok",
        Some(code) => code,
    };
    let is_well = settings.is_ok() && database == "ok";
    let document = json!({
        "status": if is_well { "ok" } else { "degraded" },
        "version": env!("CARGO_PKG_VERSION"),
        "partner_center_enabled": settings.is_ok_and(|settings| settings.enabled),
        "database": database,
        "sync_state": beat.sync_state,
    });
    Json(document).into_response()
}

async fn metrics(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    match service.engine.metrics().await {
        Ok(metrics) if wants_text(&headers) => {
            ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.prometheus())
                .into_response()
        }
        Ok(metrics) => Json(metrics).into_response(),
        Err(error) => service.failure(&error),
    }
}

/// Prometheus names text among others; a browser or a script that takes anything gets JSON.
fn wants_text(headers: &HeaderMap) -> bool {
    let accepts = |kind: &str| {
        headers
            .get_all(ACCEPT)
            .iter()
            .any(|value| value.to_str().is_ok_and(|accepted| accepted.contains(kind)))
    };
    accepts("text/plain") && !accepts("application/json")
}
