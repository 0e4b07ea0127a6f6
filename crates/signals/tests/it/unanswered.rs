//! Servers that fail, refuse, are silent or talk nonsense.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RecordType;
use hunter_referral::{Answer, Signals};
use hunter_signals::{Options, Scanner, SetUpError};
use rstest::rstest;
use tokio::net::UdpSocket;

use crate::name_server::{Fault, NameServer, Zone};
use crate::{options, scanner};

const DOMAIN: &str = "ornek.com.tr";

fn whole() -> Zone {
    Zone::new()
        .ns(DOMAIN, "ns1.ornek.com.tr")
        .mx(DOMAIN, 10, "mail.ornek.com.tr")
        .txt(DOMAIN, "v=spf1 mx -all")
        .txt("_dmarc.ornek.com.tr", "v=DMARC1; p=reject")
        .txt("default._domainkey.ornek.com.tr", "v=DKIM1; p=MIGf")
}

#[rstest]
#[case(Fault::Code(ResponseCode::ServFail))]
#[case(Fault::Code(ResponseCode::Refused))]
#[case(Fault::Code(ResponseCode::NotImp))]
#[case(Fault::Code(ResponseCode::FormErr))]
#[case(Fault::Code(ResponseCode::Unknown(3000)))]
#[case(Fault::Garbage)]
#[case(Fault::Referral)]
#[case(Fault::NeverWhole)]
#[tokio::test]
async fn one_question_goes_wrong_and_the_others_do_not(#[case] fault: Fault) {
    let server = NameServer::start(whole().fault(DOMAIN, RecordType::MX, fault)).await;
    let signals = scanner(&server).scan(DOMAIN).await.unwrap();
    assert_eq!(signals.mx, Answer::Unanswered);
    assert!(
        signals.spf.found().is_some() && signals.dmarc.found().is_some() && signals.dkim.found().is_some()
    );
    assert!(!signals.is_complete());
}

#[tokio::test]
async fn an_answer_about_another_name_is_none() {
    let server = NameServer::start(whole().fault(DOMAIN, RecordType::MX, Fault::OtherName)).await;
    assert_eq!(scanner(&server).scan(DOMAIN).await.unwrap().mx.found(), None);
}

#[tokio::test]
async fn silence_ends_after_the_time_that_was_given() {
    let server =
        NameServer::start(whole().fault("_dmarc.ornek.com.tr", RecordType::TXT, Fault::Silence)).await;
    let quick = Options { timeout: Duration::from_secs(2), attempts: 1, ..options() };
    let signals = Scanner::with_servers(&[server.address()], quick).unwrap().scan(DOMAIN).await.unwrap();
    assert_eq!(signals.dmarc, Answer::Unanswered);
    assert!(signals.mx.found().is_some());
}

#[rstest]
#[case::one_attempt(1, 3)]
#[case::three_attempts(3, 9)]
#[tokio::test]
async fn a_domain_whose_servers_fail_is_soon_left_alone(#[case] attempts: usize, #[case] asked: usize) {
    let fault = Fault::Code(ResponseCode::ServFail);
    let server = NameServer::start(whole().fault_below(DOMAIN, fault)).await;
    let options = Options { attempts, ..options() };
    let signals = Scanner::with_servers(&[server.address()], options).unwrap().scan(DOMAIN).await.unwrap();
    assert_eq!(signals, Signals::unanswered(DOMAIN));
    assert_eq!(server.seen(|seen| (seen.different().len(), seen.asked.len())), (3, asked));
}

#[tokio::test]
async fn a_domain_that_answers_little_is_not_asked_about_without_end() {
    let fault = Fault::Code(ResponseCode::ServFail);
    let selectors: Vec<String> = (0..60).map(|number| format!("s{number}")).collect();
    let zone = selectors.iter().fold(whole(), |zone, selector| {
        zone.fault(&format!("{selector}._domainkey.{DOMAIN}"), RecordType::TXT, fault)
    });
    let server = NameServer::start(zone).await;
    let options = Options { selectors, attempts: 1, ..options() };
    let signals = Scanner::with_servers(&[server.address()], options).unwrap().scan(DOMAIN).await.unwrap();
    assert_eq!(signals.dkim, Answer::Unanswered);
    assert!(signals.dmarc.found().is_some());
    let selectors = server.seen(|seen| seen.asked.iter().filter(|(owner, _)| owner.starts_with('s')).count());
    assert!(selectors < 20, "{selectors}");
}

#[tokio::test]
async fn a_wildcard_that_cannot_be_excluded_leaves_dkim_open() {
    let zone = whole().fault_below("_domainkey.ornek.com.tr", Fault::Code(ResponseCode::ServFail));
    let server = NameServer::start(zone).await;
    assert_eq!(scanner(&server).scan(DOMAIN).await.unwrap().dkim, Answer::Unanswered);
}

#[tokio::test]
async fn a_key_that_was_found_counts_although_another_selector_stays_unanswered() {
    let zone =
        whole().fault("google._domainkey.ornek.com.tr", RecordType::TXT, Fault::Code(ResponseCode::ServFail));
    let server = NameServer::start(zone).await;
    assert_eq!(scanner(&server).scan(DOMAIN).await.unwrap().dkim, Answer::Found(vec!["default".into()]));
}

#[tokio::test]
async fn without_a_key_one_unanswered_selector_leaves_dkim_open() {
    let zone = Zone::new().ns(DOMAIN, "ns1.ornek.com.tr").fault(
        "google._domainkey.ornek.com.tr",
        RecordType::TXT,
        Fault::Code(ResponseCode::ServFail),
    );
    let server = NameServer::start(zone).await;
    assert_eq!(scanner(&server).scan(DOMAIN).await.unwrap().dkim, Answer::Unanswered);
}

#[tokio::test]
async fn the_second_server_answers_for_a_silent_first() {
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let server = NameServer::start(whole()).await;
    let servers = [silent.local_addr().unwrap(), server.address()];
    let options = Options { timeout: Duration::from_secs(2), attempts: 1, ..options() };
    let signals = Scanner::with_servers(&servers, options).unwrap().scan(DOMAIN).await.unwrap();
    assert!(signals.is_complete(), "{signals:?}");
}

#[tokio::test]
async fn the_second_server_answers_for_a_first_that_refuses_and_is_preferred_from_then_on() {
    let refusing = NameServer::start(Zone::new().fault_below("tr", Fault::Code(ResponseCode::Refused))).await;
    let server = NameServer::start(whole()).await;
    let servers = [refusing.address(), server.address()];
    let scanner = Scanner::with_servers(&servers, options()).unwrap();
    assert!(scanner.scan(DOMAIN).await.unwrap().is_complete());
    assert_eq!(refusing.seen(|seen| seen.asked.len()), 3);
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let gone = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
    let options = Options { timeout: Duration::from_secs(1), attempts: 1, ..options() };
    let signals = Scanner::with_servers(&[gone], options).unwrap().scan(DOMAIN).await.unwrap();
    assert_eq!(signals, Signals::unanswered(DOMAIN));
}

#[test]
fn a_system_tells_its_servers_or_that_it_has_none() {
    let scanner = Scanner::system(options());
    assert!(matches!(scanner, Ok(_) | Err(SetUpError::NoSystemServers)), "{scanner:?}");
}

#[test]
fn no_servers_no_scanner() {
    let servers: [SocketAddr; 0] = [];
    assert_eq!(Scanner::with_servers(&servers, options()).err(), Some(SetUpError::NoServers));
}
