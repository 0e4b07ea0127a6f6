use std::future::pending;
use std::net::IpAddr;

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
                Some(Ok(IfEvent::Up(net))) if leads_elsewhere(net.addr()) => return,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => self.watcher = None,
            }
        }
    }
}

/// An address that a computer gives itself, for its own cable at most, is no sign of a network.
fn leads_elsewhere(address: IpAddr) -> bool {
    let is_link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    !address.is_loopback() && !is_link_local
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("192.168.1.7", true)]
    #[case("2001:db8::7", true)]
    #[case("fd00::7", true)]
    #[case("127.0.0.1", false)]
    #[case("::1", false)]
    #[case("169.254.10.1", false)]
    #[case("fe80::1", false)]
    fn addresses(#[case] address: IpAddr, #[case] expected: bool) {
        assert_eq!(leads_elsewhere(address), expected);
    }
}
