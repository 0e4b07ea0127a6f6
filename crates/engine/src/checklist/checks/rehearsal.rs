//! A rehearsal with the feature flag off: a Hunter of its own on a scratch data directory, whose services are two ports
//! of this computer that count who calls.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hunter_store::Summary;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::logging::json_layer;
use crate::reading::Depth;
use crate::settings::{Launch, Setting};
use crate::sync_request::SyncAnswer;

/// Any will do: nobody is to be asked.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// What was seen in a rehearsal.
#[derive(Debug, Clone)]
pub(crate) struct Rehearsal {
    pub says_enabled: bool,
    pub summary: Summary,
    pub answer: SyncAnswer,
    /// The log as it would have been written.
    pub log: Vec<Value>,
    pub connections: usize,
}

impl Rehearsal {
    /// Rehearses on a thread of its own, so that what is logged meanwhile is the rehearsal's and stays with it.
    pub async fn with_flag(enabled: bool) -> Result<Self, HunterError> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let started = std::thread::Builder::new().name("hunter-rehearsal".to_owned()).spawn(move || {
            let _asker_left = sender.send(on_this_thread(enabled));
        });
        started.map_err(internal)?;
        receiver.await.map_err(internal)?
    }

    pub fn logged(&self, event: &str) -> impl Iterator<Item = &Value> {
        self.log.iter().filter(move |line| line["event"] == event)
    }
}

fn on_this_thread(enabled: bool) -> Result<Rehearsal, HunterError> {
    let log = Lines::default();
    let lines = log.clone();
    let layer = json_layer(move || lines.clone()).with_filter(LevelFilter::DEBUG);
    let _until_the_end = tracing::subscriber::set_default(Registry::default().with(layer));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(internal)?;
    let mut rehearsal = runtime.block_on(rehearse(enabled))?;
    runtime.shutdown_background();
    rehearsal.log = log.read();
    Ok(rehearsal)
}

async fn rehearse(enabled: bool) -> Result<Rehearsal, HunterError> {
    let folder = tempfile::tempdir().map_err(internal)?;
    let [api, authority] = [Doorbell::hang().await?, Doorbell::hang().await?];
    let engine = Engine::open(scratch(folder.path(), enabled, api.address, authority.address))?;
    let says_enabled = engine.status().await?.partner_center_enabled;
    let summary = engine.sync(Depth::Full).await?.summary;
    let answer = engine.request_sync().await;
    engine.close().await;
    Ok(Rehearsal {
        says_enabled,
        summary,
        answer,
        log: Vec::new(),
        connections: api.rings() + authority.rings(),
    })
}

fn scratch(folder: &std::path::Path, enabled: bool, api: SocketAddr, authority: SocketAddr) -> Launch {
    let flags = [
        (Setting::Enabled, enabled.to_string()),
        (Setting::ApiUrl, format!("http://{api}")),
        (Setting::AuthorityUrl, format!("http://{authority}")),
        (Setting::ClientId, NOBODY.to_owned()),
        (Setting::TenantId, NOBODY.to_owned()),
        (Setting::SecretStore, "file".to_owned()),
    ];
    Launch { flags: flags.into(), data_dir: Some(folder.join("data")), ..Launch::default() }
}

/// A port that counts who calls, and answers nobody.
#[derive(Debug)]
struct Doorbell {
    address: SocketAddr,
    rings: Arc<AtomicUsize>,
    listening: JoinHandle<()>,
}

impl Doorbell {
    async fn hang() -> Result<Self, HunterError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(internal)?;
        let address = listener.local_addr().map_err(internal)?;
        let rings = Arc::new(AtomicUsize::new(0));
        let counted = rings.clone();
        let listening = tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                drop(caller);
            }
        });
        Ok(Self { address, rings, listening })
    }

    fn rings(&self) -> usize {
        self.rings.load(Ordering::SeqCst)
    }
}

impl Drop for Doorbell {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// What is logged, kept in memory.
#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn read(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn internal(error: impl std::fmt::Display) -> HunterError {
    HunterError::new(ErrorCode::Internal).with("detail", error)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_doorbell_counts_who_calls() {
        let doorbell = Doorbell::hang().await.unwrap();
        assert_eq!(doorbell.rings(), 0);
        for count in 1..3 {
            let mut caller = tokio::net::TcpStream::connect(doorbell.address).await.unwrap();
            let answered = tokio::io::AsyncReadExt::read(&mut caller, &mut [0; 1]).await;
            assert_eq!(answered.unwrap_or_default(), 0);
            assert_eq!(doorbell.rings(), count);
        }
    }

    #[tokio::test]
    async fn what_is_logged_meanwhile_stays_with_the_rehearsal() {
        let rehearsal = Rehearsal::with_flag(false).await.unwrap();
        assert_eq!(rehearsal.logged("partner_center_sync_skipped").count(), 2);
        assert_eq!(rehearsal.connections, 0);
        assert!(rehearsal.log.iter().all(|line| line["event"].is_string()));
    }
}
