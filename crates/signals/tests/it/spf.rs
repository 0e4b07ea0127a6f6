//! SPF: what is included, redirected to, and made wrong.

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RecordType;
use hunter_referral::{Answer, Spf};
use rstest::rstest;

use crate::name_server::{Fault, NameServer, Zone};
use crate::scanner;

const DOMAIN: &str = "ornek.com.tr";

fn zone(records: &[(&str, &str)]) -> Zone {
    let zone = Zone::new().ns(DOMAIN, "ns1.ornek.com.tr");
    records.iter().fold(zone, |zone, (owner, text)| zone.txt(owner, text))
}

async fn spf(zone: Zone) -> Answer<Spf> {
    let server = NameServer::start(zone).await;
    scanner(&server).scan(DOMAIN).await.unwrap().spf
}

/// Includes, lookups, and whether it is valid.
fn figures(spf: &Answer<Spf>) -> (usize, usize, bool) {
    let spf = spf.found().unwrap();
    (spf.includes, spf.lookups, spf.is_valid)
}

#[rstest]
#[case::plain(&[(DOMAIN, "v=spf1 a mx -all")], (0, 2, true))]
#[case::among_other_texts(&[(DOMAIN, "v=spf1 -all"), (DOMAIN, "google-site-verification=x"), (DOMAIN, "v=spf10 x")], (0, 0, true))]
#[case::several(&[(DOMAIN, "v=spf1 mx -all"), (DOMAIN, "v=spf1 include:a.example -all")], (1, 1, false))]
#[case::malformed(&[(DOMAIN, "v=spf1 incldue:a.example -all")], (0, 0, false))]
#[case::nested(&[(DOMAIN, "v=spf1 include:a.example -all"), ("a.example", "v=spf1 include:b.example a -all"), ("b.example", "v=spf1 mx -all")], (1, 4, true))]
#[case::redirected(&[(DOMAIN, "v=spf1 redirect=a.example"), ("a.example", "v=spf1 include:b.example include:c.example -all"), ("b.example", "v=spf1 -all"), ("c.example", "v=spf1 -all")], (2, 3, true))]
#[case::redirected_to_itself(&[(DOMAIN, "v=spf1 redirect=ornek.com.tr")], (0, 1, false))]
#[case::redirected_in_a_circle(&[(DOMAIN, "v=spf1 redirect=a.example"), ("a.example", "v=spf1 redirect=b.example"), ("b.example", "v=spf1 redirect=a.example")], (0, 3, false))]
#[case::including_itself(&[(DOMAIN, "v=spf1 include:ornek.com.tr -all")], (1, 1, false))]
#[case::including_in_a_circle(&[(DOMAIN, "v=spf1 include:a.example -all"), ("a.example", "v=spf1 include:b.example -all"), ("b.example", "v=spf1 include:A.example. -all")], (1, 3, false))]
#[case::included_twice(&[(DOMAIN, "v=spf1 include:a.example include:b.example -all"), ("a.example", "v=spf1 include:b.example -all"), ("b.example", "v=spf1 -all")], (2, 3, true))]
#[case::included_without_a_record(&[(DOMAIN, "v=spf1 include:a.example -all"), ("a.example", "a note")], (1, 1, false))]
#[case::included_that_does_not_exist(&[(DOMAIN, "v=spf1 include:a.example -all")], (1, 1, false))]
#[case::included_with_several(&[(DOMAIN, "v=spf1 include:a.example -all"), ("a.example", "v=spf1 -all"), ("a.example", "v=spf1 mx -all")], (1, 1, false))]
#[case::included_malformed(&[(DOMAIN, "v=spf1 include:a.example -all"), ("a.example", "v=spf1 nonsense -all")], (1, 1, false))]
#[case::included_name_that_cannot_be(&[(DOMAIN, "v=spf1 include:a..example -all")], (1, 1, false))]
#[case::with_macros(&[(DOMAIN, "v=spf1 include:%{i}._spf.example -all")], (1, 1, true))]
#[case::ten_lookups(&[(DOMAIN, "v=spf1 a mx ptr a:b.example a:c.example include:d.example -all"), ("d.example", "v=spf1 a mx ptr exists:e.example -all")], (1, 10, true))]
#[case::eleven_lookups(&[(DOMAIN, "v=spf1 a mx ptr a:b.example a:c.example include:d.example -all"), ("d.example", "v=spf1 a mx ptr a:f.example exists:e.example -all")], (1, 11, false))]
#[tokio::test]
async fn the_table(#[case] records: &[(&str, &str)], #[case] expected: (usize, usize, bool)) {
    assert_eq!(figures(&spf(zone(records)).await), expected);
}

#[tokio::test]
async fn the_domains_own_record_is_kept_and_all_names_are_told() {
    let records = [
        (DOMAIN, "v=spf1 redirect=_spf.ornek.com.tr"),
        ("_spf.ornek.com.tr", "v=spf1 include:spf.protection.outlook.com -all"),
        ("spf.protection.outlook.com", "v=spf1 -all"),
    ];
    let found = spf(zone(&records)).await.found().unwrap().clone();
    assert_eq!(found.record, "v=spf1 redirect=_spf.ornek.com.tr");
    assert_eq!(found.names, ["_spf.ornek.com.tr", "spf.protection.outlook.com"]);
}

#[tokio::test]
async fn fifty_includes_come_over_tcp_and_are_counted_but_not_followed() {
    let includes: Vec<String> =
        (0..50).map(|number| format!("include:number-{number}.a-long-name-of-a-sender.example")).collect();
    let record = format!("v=spf1 {} -all", includes.join(" "));
    let server = NameServer::start(zone(&[(DOMAIN, &record)])).await;
    let signals = scanner(&server).scan(DOMAIN).await.unwrap();
    assert_eq!(figures(&signals.spf), (50, 50, false));
    assert_eq!(signals.spf.found().unwrap().record, record);
    let (over_tcp, followed) = server.seen(|seen| {
        (seen.over_tcp, seen.asked.iter().filter(|(owner, _)| owner.starts_with("number-")).count())
    });
    assert_eq!((over_tcp, followed), (1, 0));
}

#[tokio::test]
async fn a_tree_without_end_is_followed_for_ten_lookups_at_most() {
    let zone = (0..40).fold(zone(&[(DOMAIN, "v=spf1 include:n0.example -all")]), |zone, number| {
        zone.txt(&format!("n{number}.example"), &format!("v=spf1 include:n{}.example -all", number + 1))
    });
    let server = NameServer::start(zone).await;
    let signals = scanner(&server).scan(DOMAIN).await.unwrap();
    assert_eq!(figures(&signals.spf), (1, 11, false));
    let followed = server.seen(|seen| {
        seen.asked.iter().filter(|(owner, _)| owner.starts_with('n') && owner.ends_with(".example")).count()
    });
    assert_eq!(followed, 10);
}

#[tokio::test]
async fn an_include_without_an_answer_does_not_make_it_invalid() {
    let zone = zone(&[(DOMAIN, "v=spf1 include:a.example -all")]).fault(
        "a.example",
        RecordType::TXT,
        Fault::Code(ResponseCode::ServFail),
    );
    assert_eq!(figures(&spf(zone).await), (1, 1, true));
}

#[tokio::test]
async fn no_answer_is_not_no_record() {
    assert_eq!(spf(zone(&[(DOMAIN, "a note")])).await, Answer::Absent);
    let unanswered =
        zone(&[(DOMAIN, "v=spf1 -all")]).fault(DOMAIN, RecordType::TXT, Fault::Code(ResponseCode::ServFail));
    assert_eq!(spf(unanswered).await, Answer::Unanswered);
}
