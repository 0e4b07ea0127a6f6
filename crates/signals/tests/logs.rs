//! Nothing that names a domain reaches a log, not even what the resolver says at its most talkative.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "it/name_server.rs"]
#[expect(dead_code, reason = "another test uses the rest")]
mod name_server;

use std::io::Write;
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RecordType;
use hunter_signals::{Options, Scanner};
use name_server::{Fault, NameServer, Zone};
use tracing_subscriber::filter::LevelFilter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_name_is_logged() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(move || writer.clone()).init();
    tracing::trace!("the log works");
    let long = format!("v=DKIM1; p={}", "A".repeat(2_000));
    let zone = Zone::new()
        .mx("secret-customer.example", 10, "mail.secret-customer.example")
        .txt("default._domainkey.secret-customer.example", &long)
        .fault("_dmarc.secret-customer.example", RecordType::TXT, Fault::Code(ResponseCode::ServFail))
        .fault("google._domainkey.secret-customer.example", RecordType::TXT, Fault::Garbage);
    let server = NameServer::start(zone).await;
    let scanner = Scanner::with_servers(&[server.address()], Options::default()).unwrap();
    let signals = scanner.scan("secret-customer.example").await.unwrap();
    assert!(signals.mx.found().is_some() && signals.dkim.found().is_some());
    assert_eq!(server.seen(|seen| seen.over_tcp), 1);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("the log works"));
    assert!(!log.contains("secret-customer"), "{log}");
}
