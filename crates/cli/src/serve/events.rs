//! The page's other half: its requests, and what it is told in between as server-sent events.

use std::cell::RefCell;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::stream::{Stream, unfold};
use hunter_engine::desk::{Host, PageEvent, REQUESTS};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, watch};

use super::Service;
use super::api::{nothing_here, refused};

/// Events that a slow page may lie behind.
const BEHIND: usize = 64;
/// Pages that are open at the same time.
const MOST_STREAMS: usize = 64;
/// So that proxies do not take a quiet stream for a dead one.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/rpc/{request}", post(call)).route("/events", get(follow))
}

/// What only the browser itself can do for a request of its page.
#[derive(Debug, Default, Serialize)]
struct Errands {
    open: Vec<String>,
    copy: Option<String>,
}

tokio::task_local! {
    /// Those of the request that is being answered.
    static ERRANDS: RefCell<Errands>;
}

/// The page's program when the page is in a browser: what it cannot do itself goes back with the answer.
#[derive(Debug)]
pub struct BrowserHost {
    events: broadcast::Sender<Arc<str>>,
}

impl Host for BrowserHost {
    fn publish(&self, event: PageEvent) {
        if let Ok(text) = serde_json::to_string(&event) {
            let _no_page_is_open = self.events.send(text.into());
        }
    }

    fn open(&self, url: &str) -> bool {
        ERRANDS.try_with(|errands| errands.borrow_mut().open.push(url.to_owned())).is_ok()
    }

    fn copy(&self, text: &str) -> bool {
        ERRANDS.try_with(|errands| errands.borrow_mut().copy = Some(text.to_owned())).is_ok()
    }
}

/// The streams of events to open pages.
#[derive(Debug)]
pub struct EventStreams {
    events: broadcast::Sender<Arc<str>>,
    places: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
}

/// One page's stream.
struct Following {
    events: broadcast::Receiver<Arc<str>>,
    stopping: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

impl EventStreams {
    /// The streams, and the host that speaks into them.
    pub fn open(stopping: watch::Receiver<bool>) -> (BrowserHost, Self) {
        let events = broadcast::Sender::new(BEHIND);
        let host = BrowserHost { events: events.clone() };
        (host, Self { events, places: Arc::new(Semaphore::new(MOST_STREAMS)), stopping })
    }

    fn follow(&self) -> Option<impl Stream<Item = Result<Event, Infallible>> + use<>> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let following =
            Following { events: self.events.subscribe(), stopping: self.stopping.clone(), _place: place };
        Some(unfold(following, |mut following| async move {
            let event = following.next().await?;
            Some((Ok(Event::default().data(&*event)), following))
        }))
    }
}

impl Following {
    /// The stream ends when the service does, or when the page has missed something: it asks anew then.
    async fn next(&mut self) -> Option<Arc<str>> {
        tokio::select! {
            _ = self.stopping.wait_for(|stopping| *stopping) => None,
            event = self.events.recv() => event.ok(),
        }
    }
}

async fn follow(State(service): State<Arc<Service>>) -> Response {
    match service.events.follow() {
        Some(stream) => Sse::new(stream).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)).into_response(),
        None => refused(StatusCode::SERVICE_UNAVAILABLE, "Too many pages are open."),
    }
}

/// Answers a request of the page; one that was begun is finished even if the page no longer waits for it.
async fn call(
    State(service): State<Arc<Service>>,
    Path(request): Path<String>,
    Json(arguments): Json<Value>,
) -> Response {
    let Some(name) = REQUESTS.iter().find(|known| **known == request) else {
        return nothing_here().await;
    };
    let answered = tokio::spawn(ERRANDS.scope(RefCell::default(), async move {
        let answer = service.desk.call(name, arguments).await;
        (answer, ERRANDS.with(RefCell::take))
    }));
    match answered.await {
        Ok((Ok(answer), errands)) => {
            Json(json!({"answer": answer, "open": errands.open, "copy": errands.copy})).into_response()
        }
        Ok((Err(error), _)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"error": error}))).into_response()
        }
        Err(_) => refused(StatusCode::INTERNAL_SERVER_ERROR, "The request broke off."),
    }
}
