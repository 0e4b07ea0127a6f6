use std::net::{Ipv4Addr, Ipv6Addr};

/// One SPF record, read by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SpfRecord {
    /// How many `include` mechanisms there are, those with macros as well.
    pub includes: usize,
    /// Mechanisms and modifiers that make a receiver look something up.
    pub lookups: usize,
    /// Domains that are included and can be followed.
    pub targets: Vec<String>,
    /// The domain whose record counts if nothing here fits.
    pub redirect: Option<String>,
    pub is_well_formed: bool,
}

/// Whether a text is meant to be an SPF record.
pub(crate) fn is_spf(text: &str) -> bool {
    let (version, rest) = text.split_at_checked(6).unwrap_or((text, ""));
    version.eq_ignore_ascii_case("v=spf1") && (rest.is_empty() || rest.starts_with(' '))
}

impl SpfRecord {
    /// Reads a record; what stands behind `all` never counts.
    pub fn parse(text: &str) -> Self {
        let mut record = Self { is_well_formed: true, ..Self::default() };
        let mut redirects = Vec::new();
        let mut has_all = false;
        for term in text.split_ascii_whitespace().skip(1) {
            if let Some((name, value)) = modifier(term) {
                if name.eq_ignore_ascii_case("redirect") {
                    redirects.push(value);
                }
            } else if !has_all {
                has_all = record.mechanism(term);
            }
        }
        record.is_well_formed &= redirects.len() <= 1 && redirects.iter().all(|target| !target.is_empty());
        if let Some(target) = redirects.first().filter(|_| !has_all) {
            record.lookups += 1;
            record.redirect = followable(target);
        }
        record
    }

    /// Takes one mechanism into account and tells whether it is `all`.
    fn mechanism(&mut self, term: &str) -> bool {
        let term = term.strip_prefix(['+', '-', '~', '?']).unwrap_or(term);
        let (name, value) = term.find([':', '/']).map_or((term, ""), |place| term.split_at(place));
        let target = value.strip_prefix(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "all" if value.is_empty() => return true,
            "include" if !target.is_empty() => {
                self.includes += 1;
                self.lookups += 1;
                self.targets.extend(followable(target));
            }
            "exists" if !target.is_empty() => self.lookups += 1,
            "a" | "mx" | "ptr" if value != ":" => self.lookups += 1,
            "ip4" if is_network::<Ipv4Addr>(target, 32) => {}
            "ip6" if is_network::<Ipv6Addr>(target, 128) => {}
            _ => self.is_well_formed = false,
        }
        false
    }
}

fn modifier(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once('=')?;
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'));
    is_name.then_some((name, value))
}

/// The name to ask about, unless it depends on the message that a receiver has.
fn followable(target: &str) -> Option<String> {
    if target.contains('%') {
        return None;
    }
    let target = target.trim_end_matches('.');
    if target.is_ascii() { Some(target.to_ascii_lowercase()) } else { idna::domain_to_ascii(target).ok() }
}

fn is_network<A: std::str::FromStr>(text: &str, longest: u8) -> bool {
    let (address, length) =
        text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    address.parse::<A>().is_ok()
        && length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= longest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("v=spf1 -all", true)]
    #[case("V=SPF1 -all", true)]
    #[case("v=spf1", true)]
    #[case("v=spf10 -all", false)]
    #[case("v=spf2.0/pra -all", false)]
    #[case(" v=spf1 -all", false)]
    #[case("spf1", false)]
    #[case("öööö", false)]
    #[case("", false)]
    fn what_is_spf(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_spf(text), expected);
    }

    #[rstest]
    #[case("v=spf1 -all", 0, 0, &[], None)]
    #[case("v=spf1 include:spf.protection.outlook.com -all", 1, 1, &["spf.protection.outlook.com"], None)]
    #[case("v=spf1 +include:A.example. ~include:b.example ?all", 2, 2, &["a.example", "b.example"], None)]
    #[case("v=spf1 a mx a:x.example mx/24 a:y.example/24//64 ptr exists:%{i}.z.example ~all", 0, 7, &[], None)]
    #[case("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ip4:192.0.2.1 -all", 0, 0, &[], None)]
    #[case("v=spf1 include:%{d}._spf.example -all", 1, 1, &[], None)]
    #[case("v=spf1 redirect=_spf.example", 0, 1, &[], Some("_spf.example"))]
    #[case("v=spf1 redirect=_spf.example -all", 0, 0, &[], None)]
    #[case("v=spf1 -all include:never.example", 0, 0, &[], None)]
    #[case("v=spf1 include:örnek.example -all", 1, 1, &["xn--rnek-4qa.example"], None)]
    #[case("v=spf1 exp=why.example x-tag=1 -all", 0, 0, &[], None)]
    fn well_formed(
        #[case] text: &str,
        #[case] includes: usize,
        #[case] lookups: usize,
        #[case] targets: &[&str],
        #[case] redirect: Option<&str>,
    ) {
        let targets = targets.iter().map(|target| (*target).to_owned()).collect();
        let redirect = redirect.map(str::to_owned);
        let expected = SpfRecord { includes, lookups, targets, redirect, is_well_formed: true };
        assert_eq!(SpfRecord::parse(text), expected);
    }

    #[rstest]
    #[case("v=spf1 include -all")]
    #[case("v=spf1 include: -all")]
    #[case("v=spf1 exists -all")]
    #[case("v=spf1 a: -all")]
    #[case("v=spf1 ip4:192.0.2 -all")]
    #[case("v=spf1 ip4:192.0.2.0/33 -all")]
    #[case("v=spf1 ip6:192.0.2.1 -all")]
    #[case("v=spf1 ipv4:192.0.2.1 -all")]
    #[case("v=spf1 all:x")]
    #[case("v=spf1 redirect=a.example redirect=b.example")]
    #[case("v=spf1 redirect=")]
    #[case("v=spf1 nonsense")]
    fn malformed(#[case] text: &str) {
        assert!(!SpfRecord::parse(text).is_well_formed);
    }

    proptest! {
        #[test]
        fn any_text_is_taken_calmly(text in ".{0,80}") {
            let record = SpfRecord::parse(&text);
            prop_assert!(record.lookups >= record.includes && record.includes >= record.targets.len());
            let _ = is_spf(&text);
        }
    }
}
