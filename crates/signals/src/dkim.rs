use futures::{StreamExt, stream};
use hickory_resolver::proto::rr::RecordType;
use hunter_referral::Answer;

use crate::domain::Domain;
use crate::questions::Reply;

/// Selectors of common services and habits.
pub const SELECTORS: [&str; 25] = [
    "selector1",
    "selector2",
    "google",
    "default",
    "dkim",
    "mail",
    "s1",
    "s2",
    "k1",
    "k2",
    "k3",
    "zoho",
    "zmail",
    "yandex",
    "smtp",
    "email",
    "mandrill",
    "mailjet",
    "protonmail",
    "krs",
    "titan1",
    "hostingermail-a",
    "s1-ionos",
    "fm1",
    "sig1",
];

/// Selectors of one domain that are asked about at the same time.
const AT_ONCE: usize = 4;

/// Finds out which selectors have a key. A name that nobody can have chosen is asked about first: what it is answered, too,
/// comes from a wildcard.
pub(crate) async fn dkim(domain: &Domain<'_>, selectors: &[String]) -> Answer<Vec<String>> {
    let everywhere = match ask(domain, &nobodys_choice()).await {
        Reply::Unanswered => return Answer::Unanswered,
        reply @ (Reply::Records(_) | Reply::NoData | Reply::NoName) => reply.texts(),
    };
    let asked: Vec<_> = selectors.iter().map(|selector| ask(domain, selector)).collect();
    let replies: Vec<Reply> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let is_found =
        |reply: &Reply| reply.texts().iter().any(|text| is_key(text) && !everywhere.contains(text));
    let named = selectors.iter().zip(&replies);
    let found: Vec<String> =
        named.filter(|(_, reply)| is_found(reply)).map(|(selector, _)| selector.clone()).collect();
    if !found.is_empty() {
        Answer::Found(found)
    } else if replies.iter().any(Reply::is_unanswered) {
        Answer::Unanswered
    } else {
        Answer::Absent
    }
}

async fn ask(domain: &Domain<'_>, selector: &str) -> Reply {
    domain.ask_below(&format!("{selector}._domainkey"), RecordType::TXT).await
}

fn nobodys_choice() -> String {
    let mut random = [0_u8; 8];
    // Without random bytes the name is still one that nobody has chosen.
    let _ = getrandom::fill(&mut random);
    format!("x{:016x}", u64::from_le_bytes(random))
}

/// Whether a record holds a public key; an empty one has been revoked.
fn is_key(record: &str) -> bool {
    let tags = || record.split(';').filter_map(|tag| tag.split_once('='));
    let tags = || tags().map(|(name, value)| (name.trim(), value.trim()));
    tags().all(|(name, value)| name != "v" || value == "DKIM1")
        && tags().any(|(name, value)| name == "p" && !value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("v=DKIM1; k=rsa; p=MIGf", true)]
    #[case("k=rsa;p=MIGf", true)]
    #[case("p=MIGf==", true)]
    #[case("v=DKIM1; p=", false)]
    #[case("v=DKIM1; k=rsa", false)]
    #[case("v=DMARC1; p=reject", false)]
    #[case("v=spf1 -all", false)]
    #[case("", false)]
    fn keys(#[case] record: &str, #[case] expected: bool) {
        assert_eq!(is_key(record), expected);
    }

    #[test]
    fn no_selector_twice() {
        assert_eq!(SELECTORS.iter().collect::<BTreeSet<_>>().len(), SELECTORS.len());
        assert_ne!(nobodys_choice(), nobodys_choice());
    }
}
