use std::future::pending;

use futures::StreamExt;
use if_watch::IfEvent;
use if_watch::tokio::IfWatcher;

/// Tells when this computer gets an address; where the system does not tell, nothing ever happens.
pub(crate) struct Network {
    watcher: Option<IfWatcher>,
}

impl Network {
    /// Starts to watch; the addresses that are there already are told, too.
    pub fn watch() -> Self {
        let watcher = IfWatcher::new()
            .inspect_err(|error| tracing::warn!(event = "network_not_watched", error = %error))
            .ok();
        Self { watcher }
    }

    /// Waits until an address comes that others can be reached from.
    pub async fn returned(&mut self) {
        loop {
            let Some(watcher) = &mut self.watcher else { return pending().await };
            match watcher.next().await {
                Some(Ok(IfEvent::Up(net))) if !net.addr().is_loopback() => return,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => self.watcher = None,
            }
        }
    }
}
