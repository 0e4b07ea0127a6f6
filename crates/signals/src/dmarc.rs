use hickory_resolver::proto::rr::RecordType;
use hunter_referral::{Answer, Dmarc, DmarcPolicy};

use crate::domain::Domain;
use crate::questions::Reply;

/// Asks at the domain itself, which is the organisational one: there is none above to fall back to.
pub(crate) async fn dmarc(domain: &Domain<'_>) -> Answer<Dmarc> {
    match domain.ask_below("_dmarc", RecordType::TXT).await {
        Reply::Unanswered => Answer::Unanswered,
        Reply::NoData | Reply::NoName => Answer::Absent,
        reply @ Reply::Records(_) => {
            let mut records = reply.texts().into_iter().filter(|text| is_dmarc(text));
            match (records.next(), records.next()) {
                (Some(record), None) => Answer::Found(Dmarc { policy: policy(&record), record }),
                // Receivers have to ignore several records as if there were none.
                (Some(_), Some(_)) | (None, _) => Answer::Absent,
            }
        }
    }
}

fn is_dmarc(text: &str) -> bool {
    tags(text).next().is_some_and(|(name, value)| name == "v" && value.eq_ignore_ascii_case("DMARC1"))
}

fn tags(record: &str) -> impl Iterator<Item = (String, &str)> {
    record.split(';').filter_map(|tag| {
        let (name, value) = tag.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), value.trim()))
    })
}

fn policy(record: &str) -> DmarcPolicy {
    let word = tags(record).find(|(name, _)| name == "p").map_or("", |(_, value)| value);
    match word.to_ascii_lowercase().as_str() {
        "none" => DmarcPolicy::None,
        "quarantine" => DmarcPolicy::Quarantine,
        "reject" => DmarcPolicy::Reject,
        _ => DmarcPolicy::Other(word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("v=DMARC1; p=reject; rua=mailto:a@b.c", DmarcPolicy::Reject)]
    #[case("v=DMARC1;p=quarantine", DmarcPolicy::Quarantine)]
    #[case("v = DMARC1 ; P = None ;", DmarcPolicy::None)]
    #[case("v=DMARC1; sp=reject; p=none", DmarcPolicy::None)]
    #[case("v=DMARC1; p=block", DmarcPolicy::Other("block".into()))]
    #[case("v=DMARC1; sp=reject", DmarcPolicy::Other(String::new()))]
    #[case("v=DMARC1", DmarcPolicy::Other(String::new()))]
    fn policies(#[case] record: &str, #[case] expected: DmarcPolicy) {
        assert!(is_dmarc(record));
        assert_eq!(policy(record), expected);
    }

    #[rstest]
    #[case("v=spf1 -all")]
    #[case("v=DMARC10; p=reject")]
    #[case("p=reject; v=DMARC1")]
    #[case("DMARC1")]
    #[case("")]
    fn other_texts(#[case] text: &str) {
        assert!(!is_dmarc(text));
    }
}
