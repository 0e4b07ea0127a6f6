//! What servers say when they work, in all its shapes.

use hickory_resolver::proto::rr::RecordType;
use hunter_referral::{Answer, Dmarc, DmarcPolicy, Signals, Spf, TenantEvidence, TenantHint};
use hunter_signals::ScanError;
use rstest::rstest;

use crate::name_server::{NameServer, Zone};
use crate::scanner;

const KEY: &str = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC";

async fn scan(zone: Zone, domain: &str) -> Signals {
    let server = NameServer::start(zone).await;
    scanner(&server).scan(domain).await.unwrap()
}

/// The least that makes a domain exist.
fn bare() -> Zone {
    Zone::new().ns("ornek.com.tr", "ns1.ornek.com.tr")
}

fn found(names: &[&str]) -> Answer<Vec<String>> {
    Answer::Found(names.iter().map(|name| (*name).to_owned()).collect())
}

#[tokio::test]
async fn a_domain_in_microsoft_365() {
    let zone = Zone::new()
        .ns("ornek.com.tr", "ns2.host.example")
        .ns("ornek.com.tr", "NS1.host.example")
        .mx("ornek.com.tr", 0, "Ornek-Com-Tr.mail.protection.outlook.com")
        .txt("ornek.com.tr", "v=spf1 include:spf.protection.outlook.com -all")
        .txt("ornek.com.tr", "MS=ms12345678")
        .txt("spf.protection.outlook.com", "v=spf1 ip4:192.0.2.0/24 -all")
        .txt("_dmarc.ornek.com.tr", "v=DMARC1; p=quarantine; rua=mailto:d@ornek.com.tr")
        .cname("selector1._domainkey.ornek.com.tr", "selector1-ornek-com-tr._domainkey.ornek.onmicrosoft.com")
        .txt("selector1-ornek-com-tr._domainkey.ornek.onmicrosoft.com", KEY)
        .cname("autodiscover.ornek.com.tr", "autodiscover.outlook.com")
        .cname("enterpriseregistration.ornek.com.tr", "enterpriseregistration.windows.net");
    let expected = Signals {
        domain: "ornek.com.tr".into(),
        mx: found(&["ornek-com-tr.mail.protection.outlook.com"]),
        spf: Answer::Found(Spf {
            includes: 1,
            lookups: 1,
            is_valid: true,
            names: vec!["spf.protection.outlook.com".into()],
            record: "v=spf1 include:spf.protection.outlook.com -all".into(),
        }),
        dmarc: Answer::Found(Dmarc {
            policy: DmarcPolicy::Quarantine,
            record: "v=DMARC1; p=quarantine; rua=mailto:d@ornek.com.tr".into(),
        }),
        dkim: found(&["selector1"]),
        ns: found(&["ns1.host.example", "ns2.host.example"]),
        tenant: Answer::Found(TenantHint {
            name: Some("ornek.onmicrosoft.com".into()),
            evidence: vec![
                TenantEvidence::Mx,
                TenantEvidence::Spf,
                TenantEvidence::Verification,
                TenantEvidence::Dkim,
                TenantEvidence::Autodiscover,
                TenantEvidence::DeviceRegistration,
            ],
        }),
    };
    let signals = scan(zone, "Ornek.com.TR.").await;
    assert_eq!(signals, expected);
    assert!(signals.is_complete());
}

#[tokio::test]
async fn a_domain_without_any_record_of_mail() {
    let signals = scan(bare(), "ornek.com.tr").await;
    assert_eq!(signals.ns, found(&["ns1.ornek.com.tr"]));
    assert_eq!(signals.mx, Answer::Absent);
    assert_eq!(signals.spf, Answer::Absent);
    assert_eq!(signals.dmarc, Answer::Absent);
    assert_eq!(signals.dkim, Answer::Absent);
    assert_eq!(signals.tenant, Answer::Absent);
    assert!(signals.is_complete());
}

#[tokio::test]
async fn a_domain_that_does_not_exist_is_asked_about_three_times_and_no_more() {
    let server = NameServer::start(Zone::new()).await;
    let signals = scanner(&server).scan("ornek.com.tr").await.unwrap();
    assert!(signals.is_complete());
    assert_eq!((signals.mx, signals.ns, signals.dkim), (Answer::Absent, Answer::Absent, Answer::Absent));
    assert_eq!(server.seen(|seen| seen.different().len()), 3);
}

#[tokio::test]
async fn the_preferred_mail_host_comes_first() {
    let zone = bare()
        .mx("ornek.com.tr", 20, "a.example")
        .mx("ornek.com.tr", 5, "Z.example")
        .mx("ornek.com.tr", 20, "A.EXAMPLE")
        .mx("ornek.com.tr", 10, "b.example");
    assert_eq!(scan(zone, "ornek.com.tr").await.mx, found(&["z.example", "b.example", "a.example"]));
}

#[tokio::test]
async fn a_null_mx_is_no_mail() {
    assert_eq!(scan(bare().mx("ornek.com.tr", 0, "."), "ornek.com.tr").await.mx, Answer::Absent);
    let beside_another = bare().mx("ornek.com.tr", 0, ".").mx("ornek.com.tr", 10, "a.example");
    assert_eq!(scan(beside_another, "ornek.com.tr").await.mx, found(&["a.example"]));
}

#[rstest]
#[case("örnek.com.tr")]
#[case("ÖRNEK.com.tr")]
#[case("xn--rnek-4qa.com.tr")]
#[tokio::test]
async fn an_international_domain_is_asked_about_in_ascii_and_told_of_in_unicode(#[case] domain: &str) {
    let zone = Zone::new()
        .mx("xn--rnek-4qa.com.tr", 10, "mail.xn--rnek-4qa.com.tr")
        .txt("_dmarc.xn--rnek-4qa.com.tr", "v=DMARC1; p=reject");
    let signals = scan(zone, domain).await;
    assert_eq!(signals.domain, "örnek.com.tr");
    assert_eq!(signals.mx, found(&["mail.xn--rnek-4qa.com.tr"]));
    assert_eq!(signals.dmarc.found().map(|dmarc| &dmarc.policy), Some(&DmarcPolicy::Reject));
}

#[rstest]
#[case("mail.ornek.com.tr")]
#[case("com.tr")]
#[case("localhost")]
#[case("192.0.2.1")]
#[case("not a domain")]
#[case("")]
#[tokio::test]
async fn what_is_not_registrable_is_not_asked_about(#[case] domain: &str) {
    let server = NameServer::start(Zone::new()).await;
    assert_eq!(scanner(&server).scan(domain).await, Err(ScanError::NotRegistrable));
    assert_eq!(server.seen(|seen| seen.asked.len()), 0);
}

#[tokio::test]
async fn dmarc_is_asked_for_at_the_organisational_domain() {
    let zone =
        bare().txt("_dmarc.ornek.com.tr", "v=DMARC1; p=none").txt("_dmarc.com.tr", "v=DMARC1; p=reject");
    let server = NameServer::start(zone).await;
    let signals = scanner(&server).scan("ornek.com.tr").await.unwrap();
    assert_eq!(signals.dmarc.found().map(|dmarc| &dmarc.policy), Some(&DmarcPolicy::None));
    assert_eq!(server.seen(|seen| seen.times("_dmarc.com.tr", RecordType::TXT)), 0);
}

#[tokio::test]
async fn several_dmarc_records_are_none() {
    let zone = bare()
        .txt("_dmarc.ornek.com.tr", "v=DMARC1; p=none")
        .txt("_dmarc.ornek.com.tr", "v=DMARC1; p=reject");
    assert_eq!(scan(zone, "ornek.com.tr").await.dmarc, Answer::Absent);
}

#[tokio::test]
async fn one_dmarc_record_among_other_texts_counts() {
    let zone = bare().txt("_dmarc.ornek.com.tr", "some note").txt("_dmarc.ornek.com.tr", "v=DMARC1; p=block");
    let dmarc = scan(zone, "ornek.com.tr").await.dmarc;
    assert_eq!(dmarc.found().map(|dmarc| dmarc.policy.clone()), Some(DmarcPolicy::Other("block".into())));
}

#[rstest]
#[case::followed_by_the_server(false)]
#[case::followed_by_the_asker(true)]
#[tokio::test]
async fn aliases_are_followed(#[case] bare_aliases: bool) {
    let zone = bare()
        .cname("_dmarc.ornek.com.tr", "ornek.dmarc.example")
        .cname("ornek.dmarc.example", "policy.dmarc.example")
        .txt("policy.dmarc.example", "v=DMARC1; p=reject")
        .cname("google._domainkey.ornek.com.tr", "key.dkim.example")
        .txt("key.dkim.example", KEY);
    let zone = if bare_aliases { zone.bare_aliases() } else { zone };
    let signals = scan(zone, "ornek.com.tr").await;
    assert_eq!(signals.dmarc.found().map(|dmarc| &dmarc.policy), Some(&DmarcPolicy::Reject));
    assert_eq!(signals.dkim, found(&["google"]));
}

#[tokio::test]
async fn an_alias_to_nowhere_is_no_record() {
    let zone = bare().cname("_dmarc.ornek.com.tr", "gone.example").cname(
        "selector1._domainkey.ornek.com.tr",
        "selector1-ornek-com-tr._domainkey.ornek.onmicrosoft.com",
    );
    let signals = scan(zone, "ornek.com.tr").await;
    assert_eq!((signals.dmarc, signals.dkim), (Answer::Absent, Answer::Absent));
    let tenant =
        TenantHint { name: Some("ornek.onmicrosoft.com".into()), evidence: vec![TenantEvidence::Dkim] };
    assert_eq!(signals.tenant, Answer::Found(tenant));
}

#[rstest]
#[case::followed_by_the_server(false)]
#[case::followed_by_the_asker(true)]
#[tokio::test]
async fn aliases_in_a_circle_are_never_a_record(#[case] bare_aliases: bool) {
    let zone =
        bare().cname("_dmarc.ornek.com.tr", "round.example").cname("round.example", "_dmarc.ornek.com.tr");
    let zone = if bare_aliases { zone.bare_aliases() } else { zone };
    assert_eq!(scan(zone, "ornek.com.tr").await.dmarc.found(), None);
}

#[tokio::test]
async fn a_wildcard_is_neither_dmarc_nor_dkim() {
    let signals = scan(bare().txt("*.ornek.com.tr", "v=spf1 -all"), "ornek.com.tr").await;
    assert_eq!((signals.dmarc, signals.dkim), (Answer::Absent, Answer::Absent));
}

#[rstest]
#[case::of_everything("*.ornek.com.tr")]
#[case::of_keys("*._domainkey.ornek.com.tr")]
#[tokio::test]
async fn a_key_for_every_selector_is_none(#[case] wildcard: &str) {
    assert_eq!(scan(bare().txt(wildcard, KEY), "ornek.com.tr").await.dkim, Answer::Absent);
    let by_alias = bare().cname(wildcard, "key.example").txt("key.example", KEY);
    assert_eq!(scan(by_alias, "ornek.com.tr").await.dkim, Answer::Absent);
}

#[tokio::test]
async fn a_key_beside_a_wildcard_counts() {
    let zone = bare()
        .txt("*._domainkey.ornek.com.tr", "v=DKIM1; p=")
        .txt("default._domainkey.ornek.com.tr", KEY)
        .txt("google._domainkey.ornek.com.tr", "v=DKIM1; p=");
    assert_eq!(scan(zone, "ornek.com.tr").await.dkim, found(&["default"]));
}

#[tokio::test]
async fn a_long_key_in_pieces_is_put_together_and_comes_over_tcp() {
    let key = format!("v=DKIM1; k=rsa; p={}", "MIIBIjANBgkqhkiG".repeat(200));
    let server = NameServer::start(bare().txt("default._domainkey.ornek.com.tr", &key)).await;
    let signals = scanner(&server).scan("ornek.com.tr").await.unwrap();
    assert_eq!(signals.dkim, found(&["default"]));
    assert_eq!(server.seen(|seen| seen.over_tcp), 1);
}
