//! The scanner against name servers on loopback that behave as badly as real ones.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and tells what it measured"
)]

mod domains;
mod many;
mod name_server;
mod spf;
mod unanswered;

use std::time::Duration;

use hunter_signals::{Options, Scanner};
use name_server::NameServer;

/// Patient enough for a machine that is busy, and with few selectors.
fn options() -> Options {
    Options {
        timeout: Duration::from_secs(20),
        attempts: 2,
        pause: Duration::ZERO,
        selectors: ["selector1", "google", "default"].map(str::to_owned).to_vec(),
        ..Options::default()
    }
}

fn scanner(server: &NameServer) -> Scanner {
    Scanner::with_servers(&[server.address()], options()).unwrap()
}
