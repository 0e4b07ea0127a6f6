//! Thousands of domains: bounded, stoppable, resumable, and slower when servers fail.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use hickory_resolver::proto::op::ResponseCode;
use hunter_referral::Answer;
use hunter_signals::{Ending, Options, ScanError, Scanner};
use tokio::sync::{mpsc, oneshot};

use crate::name_server::{Fault, NameServer, Zone};
use crate::options;

const MANY: usize = 5_000;
const QUESTIONS_AT_ONCE: usize = 16;
const DOMAINS_AT_ONCE: usize = 8;

fn domain(number: usize) -> String {
    format!("firma-{number}.example")
}

/// Each fifth does not exist, each eleventh fails.
fn zone(count: usize) -> Zone {
    (0..count)
        .fold(Zone::new(), |zone, number| {
            let domain = domain(number);
            if number % 11 == 0 {
                zone.fault_below(&domain, Fault::Code(ResponseCode::ServFail))
            } else if number % 5 == 0 {
                zone
            } else {
                zone.mx(&domain, 10, "mx.yandex.net").txt(&domain, "v=spf1 redirect=_spf.yandex.net")
            }
        })
        .txt("_spf.yandex.net", "v=spf1 ip4:192.0.2.0/24 -all")
}

fn bounded() -> Options {
    Options {
        questions_at_once: QUESTIONS_AT_ONCE,
        domains_at_once: DOMAINS_AT_ONCE,
        attempts: 1,
        selectors: vec!["selector1".into()],
        ..options()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_domains_with_bounded_load() {
    let server = NameServer::start_waiting_for(zone(MANY), QUESTIONS_AT_ONCE).await;
    let scanner = Scanner::with_servers(&[server.address()], bounded()).unwrap();
    let (mut found, mut absent, mut unanswered, mut told) = (0, 0, 0, HashSet::new());
    let began = Instant::now();
    let ending = scanner
        .scan_until((0..MANY).map(domain), std::future::pending(), |scanned| {
            match scanned.result.unwrap().mx {
                Answer::Found(hosts) => {
                    assert_eq!(hosts, ["mx.yandex.net"]);
                    found += 1;
                }
                Answer::Absent => absent += 1,
                Answer::Unanswered => unanswered += 1,
            }
            assert!(told.insert(scanned.domain));
        })
        .await;
    let took = began.elapsed();
    let expected_unanswered = (0..MANY).filter(|number| number % 11 == 0).count();
    let expected_absent = (0..MANY).filter(|number| number % 11 != 0 && number % 5 == 0).count();
    assert_eq!(ending, Ending::Complete);
    assert_eq!((unanswered, absent), (expected_unanswered, expected_absent));
    assert_eq!(found, MANY - expected_unanswered - expected_absent);
    let (asked, most_at_once) = server.seen(|seen| (seen.asked.len(), seen.most_at_once));
    assert_eq!(most_at_once, QUESTIONS_AT_ONCE);
    println!("{MANY} domains, {asked} questions, {most_at_once} at once, {took:.1?}");
}

#[tokio::test]
async fn a_scan_that_was_stopped_goes_on_with_the_rest() {
    const COUNT: usize = 300;
    const STOP_AFTER: usize = 100;
    let server = NameServer::start(zone(COUNT)).await;
    let scanner = Scanner::with_servers(&[server.address()], bounded()).unwrap();
    let (stop, stopped) = oneshot::channel();
    let (mut stop, mut told) = (Some(stop), Vec::new());
    let ending = scanner
        .scan_until((0..COUNT).map(domain), async { drop(stopped.await) }, |scanned| {
            told.push(scanned.domain);
            if told.len() == STOP_AFTER {
                stop.take().unwrap().send(()).unwrap();
            }
        })
        .await;
    assert_eq!((ending, told.len()), (Ending::Stopped, STOP_AFTER));
    let begun = server.seen(|seen| {
        seen.asked
            .iter()
            .filter(|(owner, _)| owner.starts_with("firma-"))
            .map(|(owner, _)| owner.clone())
            .collect::<BTreeSet<_>>()
    });
    assert!(begun.len() <= STOP_AFTER + DOMAINS_AT_ONCE, "{}", begun.len());

    let done: HashSet<String> = told.iter().cloned().collect();
    let rest: Vec<String> = (0..COUNT).map(domain).filter(|domain| !done.contains(domain)).collect();
    let ending = scanner.scan_until(rest, std::future::pending(), |scanned| told.push(scanned.domain)).await;
    assert_eq!(ending, Ending::Complete);
    assert_eq!(told.len(), COUNT);
    assert_eq!(told.into_iter().collect::<HashSet<_>>(), (0..COUNT).map(domain).collect());
}

#[tokio::test]
async fn a_scan_runs_in_the_background_and_tells_its_progress() {
    const COUNT: usize = 60;
    let server = NameServer::start(zone(COUNT)).await;
    let scanner = Arc::new(Scanner::with_servers(&[server.address()], bounded()).unwrap());
    let (tell, mut progress) = mpsc::unbounded_channel();
    let scan = tokio::spawn(async move {
        let domains: Vec<String> = (0..COUNT).map(domain).collect();
        scanner
            .scan_until(domains, std::future::pending(), |scanned| tell.send(scanned.domain).unwrap())
            .await
    });
    let mut told = 0;
    while progress.recv().await.is_some() {
        told += 1;
    }
    assert_eq!((scan.await.unwrap(), told), (Ending::Complete, COUNT));
}

#[tokio::test]
async fn a_stream_that_is_dropped_asks_no_more_domains() {
    let server = NameServer::start(zone(200)).await;
    let scanner = Scanner::with_servers(&[server.address()], bounded()).unwrap();
    let first: Vec<_> = scanner.scan_many((0..200).map(domain)).take(20).collect().await;
    assert_eq!(first.len(), 20);
    let begun = server.seen(|seen| seen.asked.iter().filter(|(_, kind)| kind.to_string() == "MX").count());
    assert!(begun <= 20 + DOMAINS_AT_ONCE, "{begun}");
}

#[tokio::test]
async fn one_domain_that_is_none_does_not_stop_the_others() {
    let server = NameServer::start(zone(5)).await;
    let scanner = Scanner::with_servers(&[server.address()], bounded()).unwrap();
    let mut told = Vec::new();
    let domains = ["com.tr".to_owned(), domain(1)];
    let ending = scanner.scan_until(domains, std::future::pending(), |scanned| told.push(scanned)).await;
    assert_eq!(ending, Ending::Complete);
    told.sort_by(|one, other| one.domain.cmp(&other.domain));
    assert_eq!(told[0].result, Err(ScanError::NotRegistrable));
    assert!(told[1].result.as_ref().unwrap().is_complete());
}

#[tokio::test]
async fn servers_that_only_fail_are_asked_more_slowly_and_then_not_at_all() {
    const PAUSE: Duration = Duration::from_millis(60);
    let failing = Zone::new().fault_below("example", Fault::Code(ResponseCode::ServFail));
    let server = NameServer::start(failing).await;
    let options =
        Options { domains_at_once: 1, give_up_after: 10, pause: PAUSE, longest_pause: PAUSE, ..bounded() };
    let scanner = Scanner::with_servers(&[server.address()], options).unwrap();
    let began = Instant::now();
    let mut told = 0;
    let ending = scanner.scan_until((0..MANY).map(domain), std::future::pending(), |_| told += 1).await;
    assert_eq!((ending, told), (Ending::Unreachable, 10));
    assert_eq!(server.seen(|seen| seen.asked.len()), 30);
    // Three questions a domain: from the fourth domain on there are more than eight unanswered ones in a row.
    assert!(began.elapsed() >= 7 * PAUSE, "{:?}", began.elapsed());
}
