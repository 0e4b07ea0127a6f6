use super::*;
use crate::provider::ProviderEvidence;
use crate::signals::{Dmarc, Spf};
use proptest::prelude::*;
use rstest::rstest;

const DOMAIN: &str = "ornek.com.tr";

fn host(provider: &str) -> &str {
    match provider {
        "m365" => "ornek-com-tr.mail.protection.outlook.com",
        "google" => "aspmx.l.google.com",
        "yandex" => "mx.yandex.net",
        "zoho" => "mx.zoho.eu",
        "amazon_ses" => "inbound-smtp.eu-west-1.amazonaws.com",
        "sendgrid" => "mx.sendgrid.net",
        "mailgun" => "mxa.mailgun.org",
        "hosting" => "mx01.natrohost.com",
        "local" => "mail.ornek.com.tr",
        _ => "mail.elsewhere.example",
    }
}

fn mx(provider: &str) -> Answer<Vec<String>> {
    match provider {
        "-" => Answer::Absent,
        "?" => Answer::Unanswered,
        provider => Answer::Found(vec![host(provider).to_owned()]),
    }
}

/// `-` no record, `?` no answer, `!` invalid, otherwise a number of includes.
fn spf(word: &str) -> Answer<Spf> {
    match word {
        "-" => Answer::Absent,
        "?" => Answer::Unanswered,
        "!" => Answer::Found(Spf { includes: 50, ..Spf::default() }),
        includes => {
            let includes = includes.parse().unwrap_or_default();
            Answer::Found(Spf { includes, is_valid: true, ..Spf::default() })
        }
    }
}

fn dkim(word: &str) -> Answer<Vec<String>> {
    match word {
        "-" => Answer::Absent,
        "?" => Answer::Unanswered,
        selector => Answer::Found(vec![selector.to_owned()]),
    }
}

fn dmarc(word: &str) -> Answer<Dmarc> {
    let policy = match word {
        "-" => return Answer::Absent,
        "?" => return Answer::Unanswered,
        "none" => DmarcPolicy::None,
        "quarantine" => DmarcPolicy::Quarantine,
        "reject" => DmarcPolicy::Reject,
        other => DmarcPolicy::Other(other.to_owned()),
    };
    Answer::Found(Dmarc { policy, record: String::new() })
}

fn signals(provider: &str, spf_word: &str, dkim_word: &str, dmarc_word: &str) -> Signals {
    Signals {
        mx: mx(provider),
        spf: spf(spf_word),
        dkim: dkim(dkim_word),
        dmarc: dmarc(dmarc_word),
        ..Signals::unanswered(DOMAIN)
    }
}

// The figures are worked out by hand: provider + SPF (− includes) + DKIM + DMARC (− hosting without both).
#[rstest]
// 50 +10 +10 +20
#[case("m365", "1", "s1", "reject", 90, Segment::Existing)]
// 50 −10 −15 −10
#[case("m365", "-", "-", "-", 15, Segment::Existing)]
// 50 +10 +10 +15
#[case("google", "3", "s1", "quarantine", 85, Segment::Migration)]
// 50 +10−5 +10 +15
#[case("google", "4", "s1", "quarantine", 80, Segment::Migration)]
// 50 +10 +10 −10, the first of Migration
#[case("google", "1", "s1", "none", 60, Segment::Migration)]
// 50 +10−5 +10 −10, the last but four of Cold
#[case("google", "4", "s1", "-", 55, Segment::Cold)]
// 50 +10 −15 −10
#[case("google", "1", "-", "-", 35, Segment::Skip)]
// 50 −10 −15 +15, the first of Cold
#[case("google", "-", "-", "quarantine", 40, Segment::Cold)]
// 50 −10 −15 −10
#[case("google", "-", "-", "-", 15, Segment::Skip)]
// 30 +10 +10 +20
#[case("yandex", "1", "s1", "reject", 70, Segment::Migration)]
// 30 +10 +10 −10
#[case("yandex", "1", "s1", "-", 40, Segment::Cold)]
// 30 +10−5 +10 −10
#[case("yandex", "9", "s1", "-", 35, Segment::Skip)]
// 30 −10 −15 −10 = −5
#[case("yandex", "-", "-", "-", 0, Segment::Skip)]
// 30 +10−5 +10 +15
#[case("zoho", "5", "s1", "quarantine", 60, Segment::Migration)]
// 30 +10 −15 +20
#[case("zoho", "1", "-", "reject", 45, Segment::Cold)]
// 20 +10 +10 +20, but not to be moved, and beyond Cold
#[case("amazon_ses", "1", "s1", "reject", 60, Segment::Skip)]
// 20 +10 +10 +15
#[case("amazon_ses", "1", "s1", "quarantine", 55, Segment::Cold)]
// 20 +10−5 +10 +20
#[case("sendgrid", "4", "s1", "reject", 55, Segment::Cold)]
// 20 +10 +10 −10
#[case("mailgun", "1", "s1", "-", 30, Segment::Skip)]
// 20 +10 +10 +20
#[case("hosting", "1", "s1", "reject", 60, Segment::Migration)]
// 20 +10 +10 +15
#[case("hosting", "1", "s1", "quarantine", 55, Segment::Cold)]
// 20 −10 −15 −10 −10 = −25
#[case("hosting", "-", "-", "-", 0, Segment::Skip)]
// 20 −10 −15 +20 −10
#[case("hosting", "-", "-", "reject", 5, Segment::Skip)]
// 20 −10 −15 +20 −10: an SPF record that nobody can use is none
#[case("hosting", "!", "-", "reject", 5, Segment::Skip)]
// 20 +10 −15 −10
#[case("hosting", "1", "-", "-", 5, Segment::Skip)]
// 20 −10 +10 −10
#[case("hosting", "-", "s1", "-", 10, Segment::Skip)]
// 20 +0 −15 −10: without an answer about SPF it is not without SPF
#[case("hosting", "?", "-", "-", 0, Segment::Skip)]
// 20 +0 −15 +20
#[case("hosting", "?", "-", "reject", 25, Segment::Skip)]
// 20 −10 +0 +20
#[case("hosting", "-", "?", "reject", 30, Segment::Skip)]
// 10 +10 +10 +20
#[case("local", "1", "s1", "reject", 50, Segment::Cold)]
// 10 +10 −15 +0, the first of Cold
#[case("local", "1", "-", "?", 5, Segment::Cold)]
// 10 +10−5 −15 +0
#[case("local", "4", "-", "?", 0, Segment::Skip)]
// 10 +10 −15 −10 = −5
#[case("local", "1", "-", "-", 0, Segment::Skip)]
// 10 −10 −15 +20
#[case("local", "-", "-", "reject", 5, Segment::Cold)]
// 10 −10 +10 −10
#[case("local", "-", "s1", "-", 0, Segment::Skip)]
// 0 +10 +10 +20
#[case("unknown", "1", "s1", "reject", 40, Segment::Cold)]
// 0 +10 +10 +15
#[case("unknown", "1", "s1", "quarantine", 35, Segment::Skip)]
// 0 −10 −15 −10
#[case("unknown", "-", "-", "-", 0, Segment::Skip)]
// 50 +0 +0 +0: no answer is no malus
#[case("google", "?", "?", "?", 50, Segment::Cold)]
// 50 +10 +10 −10: a policy that does not exist asks for nothing
#[case("google", "1", "s1", "block", 60, Segment::Migration)]
// 50 −10 +10 +20: no include malus beside the one for a record that nobody can use
#[case("google", "!", "s1", "reject", 70, Segment::Migration)]
// no mail, whatever else there is
#[case("-", "1", "s1", "reject", 0, Segment::Skip)]
#[case("-", "?", "?", "?", 0, Segment::Skip)]
fn the_table(
    #[case] provider: &str,
    #[case] spf: &str,
    #[case] dkim: &str,
    #[case] dmarc: &str,
    #[case] points: u8,
    #[case] segment: Segment,
) {
    let found = score(&signals(provider, spf, dkim, dmarc), false, &Rules::built_in());
    assert_eq!((found.score, found.segment), (Some(points), Some(segment)), "{:?}", found.parts);
    assert_eq!(found.rules_version, 1);
}

// A known tenant makes it M365 with at least 55 points.
#[rstest]
// 50 −10 −15 −10 = 15
#[case("local", "-", "-", "-", 55, Some(40))]
// 50 +10 +10 −10 = 60
#[case("google", "1", "s1", "none", 60, None)]
// 50 +10 −15 +20 = 65
#[case("m365", "1", "-", "reject", 65, None)]
// 50 +10−5 +0 +0 = 55
#[case("hosting", "4", "?", "?", 55, None)]
// 50 −10 −15 −10, without the malus of a web host
#[case("hosting", "-", "-", "-", 55, Some(40))]
#[case("-", "-", "-", "-", 55, Some(40))]
// 50 alone
#[case("?", "?", "?", "?", 55, Some(5))]
fn a_known_tenant(
    #[case] provider: &str,
    #[case] spf: &str,
    #[case] dkim: &str,
    #[case] dmarc: &str,
    #[case] points: u8,
    #[case] raised: Option<i32>,
) {
    let found = score(&signals(provider, spf, dkim, dmarc), true, &Rules::built_in());
    assert_eq!((found.score, found.segment), (Some(points), Some(Segment::Existing)));
    assert_eq!(found.provider.id, ProviderId::M365);
    let raise = found.parts.iter().find(|part| part.reason == ReasonId::AzureTenant);
    assert_eq!(raise.map(|part| part.points), raised);
    let by_mx = found.provider.evidence == ProviderEvidence::Mx;
    assert_eq!(by_mx, provider == "m365");
}

#[rstest]
#[case(0, 15)]
#[case(15, 15)]
#[case(70, 70)]
#[case(255, 100)]
fn the_least_of_a_tenant_is_a_setting(#[case] setting: u8, #[case] points: u8) {
    let rules = Rules::built_in().with_settings(setting, 15);
    assert_eq!(score(&signals("local", "-", "-", "-"), true, &rules).score, Some(points));
}

#[test]
fn without_an_answer_about_mx_nothing_can_be_said() {
    let found = score(&signals("?", "1", "s1", "reject"), false, &Rules::built_in());
    assert_eq!((found.score, found.segment, found.is_complete), (None, None, false));
    assert_eq!(found.parts, [Part::new(ReasonId::MxUnanswered, 0)]);
}

#[rstest]
#[case("google", "1", "s1", "none", true)]
#[case("google", "-", "-", "-", true)]
#[case("-", "?", "?", "?", true)]
#[case("google", "?", "s1", "none", false)]
#[case("google", "1", "?", "none", false)]
#[case("google", "1", "s1", "?", false)]
fn completeness(
    #[case] provider: &str,
    #[case] spf: &str,
    #[case] dkim: &str,
    #[case] dmarc: &str,
    #[case] complete: bool,
) {
    let found = score(&signals(provider, spf, dkim, dmarc), false, &Rules::built_in());
    assert_eq!(found.is_complete, complete);
}

#[test]
fn a_score_ends_at_100() {
    let text = include_str!("../../data/score.toml").replace("google = 50", "google = 95");
    let rules = Rules::parse(&text).unwrap_or_default();
    let found = score(&signals("google", "1", "s1", "reject"), false, &rules);
    assert_eq!(found.score, Some(100));
    assert_eq!(found.parts.last(), Some(&Part::new(ReasonId::Highest, -35)));
}

#[test]
fn a_changed_rule_changes_scores() {
    let text = include_str!("../../data/score.toml")
        .replace("version = 1", "version = 2")
        .replace("reject = 20", "reject = 25");
    let rules = Rules::parse(&text).unwrap_or_default();
    let same = signals("google", "1", "s1", "reject");
    let (before, after) = (score(&same, false, &Rules::built_in()), score(&same, false, &rules));
    assert_eq!((before.score, before.rules_version), (Some(90), 1));
    assert_eq!((after.score, after.rules_version), (Some(95), 2));
}

const PROVIDERS: [&str; 12] = [
    "m365",
    "google",
    "yandex",
    "zoho",
    "amazon_ses",
    "sendgrid",
    "mailgun",
    "hosting",
    "local",
    "unknown",
    "-",
    "?",
];
/// Each more secure than the one before.
const SPF: [&str; 3] = ["-", "4", "1"];
const DKIM: [&str; 2] = ["-", "s1"];
const DMARC: [&str; 4] = ["-", "none", "quarantine", "reject"];

fn at(words: &[&'static str], index: usize) -> &'static str {
    words.get(index).or(words.last()).copied().unwrap_or_default()
}

proptest! {
    #[test]
    fn parts_sum_to_the_score(
        provider in 0..12_usize, spf in "[-?!0-9]", dkim in "[-?s]", dmarc in "(-|[?]|none|quarantine|reject|x)", tenant: bool,
        azure in 0_u8..=120,
    ) {
        let rules = Rules::built_in().with_settings(azure, 15);
        let found = score(&signals(at(&PROVIDERS, provider), &spf, &dkim, &dmarc), tenant, &rules);
        prop_assert_eq!(found.score.is_some(), found.segment.is_some());
        if let Some(points) = found.score {
            prop_assert!(points <= 100);
            prop_assert_eq!(i32::from(points), found.parts.iter().map(|part| part.points).sum::<i32>());
            prop_assert!(!tenant || points >= azure.min(100));
        }
    }

    #[test]
    fn more_security_never_lowers(
        provider in 0..12_usize, spf in 0..3_usize, dkim in 0..2_usize, dmarc in 0..4_usize, tenant: bool,
        more in (0..3_usize, 0..2_usize, 0..4_usize),
    ) {
        let points = |spf, dkim, dmarc| {
            let signals = signals(at(&PROVIDERS, provider), at(&SPF, spf), at(&DKIM, dkim), at(&DMARC, dmarc));
            score(&signals, tenant, &Rules::built_in()).score
        };
        prop_assert!(points(spf + more.0, dkim + more.1, dmarc + more.2) >= points(spf, dkim, dmarc));
    }

    #[test]
    fn no_answer_never_costs_more_than_no_record(
        provider in 0..10_usize, spf in "[-?1]", dkim in "[-?s]", dmarc in "(-|[?]|reject)",
    ) {
        let unanswered = signals(at(&PROVIDERS, provider), &spf, &dkim, &dmarc);
        let mut absent = unanswered.clone();
        if absent.spf.is_unanswered() { absent.spf = Answer::Absent; }
        if absent.dkim.is_unanswered() { absent.dkim = Answer::Absent; }
        if absent.dmarc.is_unanswered() { absent.dmarc = Answer::Absent; }
        let rules = Rules::built_in();
        prop_assert!(score(&unanswered, false, &rules).score >= score(&absent, false, &rules).score);
    }
}
