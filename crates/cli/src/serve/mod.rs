//! `hunter serve`: background sync, the HTTP interface and the page for a browser, without a window.

mod access;
mod api;
mod door;
mod events;
mod guard;
mod health;
mod limits;
mod page;
mod socket;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hunter_engine::desk::Desk;
use hunter_engine::{Engine, HunterError};
use serde_json::json;
use tokio::sync::watch;

use self::access::Access;
use self::events::{BrowserHost, EventStreams};
use self::guard::Names;
use self::health::Pulse;
use self::limits::Limits;
use self::socket::Socket;
use crate::args::ServeArguments;
use crate::output::Output;
use crate::stop::until_stopped;
use crate::text::{filled, text};

/// How long answers under way may take once the service is told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// What all requests share.
#[derive(Debug)]
struct Service {
    engine: Engine,
    desk: Desk<BrowserHost>,
    access: Access,
    events: EventStreams,
    pulse: Pulse,
    stopping: watch::Receiver<bool>,
}

/// Serves until it is told to stop.
pub async fn serve(engine: &Engine, arguments: &ServeArguments, output: &Output) -> Result<u8, HunterError> {
    let socket = Socket::open(arguments).await?;
    let access = Access::open(engine.data_dir(), arguments.auth, &socket)?;
    let names = Names::of(socket.address(), engine.settings()?.allowed_hosts, socket.is_encrypted());
    let (stop, stopping) = watch::channel(false);
    let (host, events) = EventStreams::open(stopping.clone());
    let service = Arc::new(Service {
        desk: Desk::start(engine.clone(), host),
        pulse: Pulse::of(engine.clone()),
        engine: engine.clone(),
        access,
        events,
        stopping,
    });
    tell(&service, &socket, output)?;
    tracing::info!(event = "serve_started", port = socket.address().port(), tls = socket.is_encrypted());
    let stopped = until_stopped();
    let served = socket.serve(routes(service.clone(), names), async move {
        stopped.await;
        tracing::info!(event = "serve_stopping");
        let _no_stream_is_open = stop.send(true);
    });
    served.await?;
    tracing::info!(event = "serve_ended");
    Ok(0)
}

fn routes(service: Arc<Service>, names: Names) -> Router {
    let open = Router::new().merge(health::open_routes()).merge(page::open_routes()).merge(door::routes());
    let closed = Router::new().merge(health::closed_routes()).merge(api::routes()).merge(events::routes());
    let closed = service.access.guard(closed, &service);
    let all = open.merge(closed).fallback(api::nothing_here).with_state(service);
    let all = limits::within(guard::check(all, names), Limits::default());
    guard::dress(all)
}

fn tell(service: &Service, socket: &Socket, output: &Output) -> Result<(), HunterError> {
    let url = socket.url();
    let link = page::IS_EMBEDDED.then(|| service.access.one_time_link(&url)).transpose()?;
    if output.json {
        output.document(&json!({"event": "listening", "url": url, "link": link}));
        return Ok(());
    }
    output.note(filled(output.language, "serve_listening", &[("url", &url)]));
    if let Some(path) = service.access.token_file() {
        output.note(filled(output.language, "serve_token", &[("path", &path.display())]));
    }
    match link {
        Some(link) => output.line(filled(output.language, "serve_link", &[("link", &link)])),
        None => output.note(text(output.language, "serve_no_page")),
    }
    Ok(())
}
