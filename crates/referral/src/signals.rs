use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the name servers said to one question: no answer is not the same as no record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "answer", content = "value")]
#[ts(rename = "DnsAnswer")]
pub enum Answer<T> {
    /// There is such a record.
    Found(T),
    /// The servers say that there is none.
    Absent,
    /// They failed, refused, were silent or talked nonsense; nothing is known.
    #[default]
    Unanswered,
}

impl Signals {
    /// These, and what was known before where nobody answered.
    #[must_use]
    pub fn or(self, before: Self) -> Self {
        Self {
            domain: self.domain,
            mx: self.mx.or(before.mx),
            spf: self.spf.or(before.spf),
            dmarc: self.dmarc.or(before.dmarc),
            dkim: self.dkim.or(before.dkim),
            ns: self.ns.or(before.ns),
            tenant: self.tenant.or(before.tenant),
        }
    }
}

impl<T> Answer<T> {
    fn or(self, before: Self) -> Self {
        if self.is_unanswered() { before } else { self }
    }

    /// What was found.
    pub fn found(&self) -> Option<&T> {
        match self {
            Self::Found(value) => Some(value),
            Self::Absent | Self::Unanswered => None,
        }
    }

    /// Whether nothing is known.
    pub fn is_unanswered(&self) -> bool {
        matches!(self, Self::Unanswered)
    }
}

/// What the name servers tell about the mail set-up of one domain.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Signals {
    /// The registrable domain, in Unicode.
    pub domain: String,
    /// Hosts that take mail, the preferred one first, in ASCII and lower case; a null MX counts as none.
    pub mx: Answer<Vec<String>>,
    pub spf: Answer<Spf>,
    pub dmarc: Answer<Dmarc>,
    /// Common selectors under which there is a key.
    pub dkim: Answer<Vec<String>>,
    /// Name servers, sorted.
    pub ns: Answer<Vec<String>>,
    pub tenant: Answer<TenantHint>,
}

impl Signals {
    /// Signals of a domain that nobody has asked about yet.
    pub fn unanswered(domain: impl Into<String>) -> Self {
        Self { domain: domain.into(), ..Self::default() }
    }

    /// Whether every question got an answer, so that asking again before long tells nothing new.
    pub fn is_complete(&self) -> bool {
        !(self.mx.is_unanswered()
            || self.spf.is_unanswered()
            || self.dmarc.is_unanswered()
            || self.dkim.is_unanswered()
            || self.ns.is_unanswered()
            || self.tenant.is_unanswered())
    }
}

/// Who may send in the domain's name, as its SPF record says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Spf {
    /// `include` mechanisms of the domain's own policy, that is of its record and of those it redirects to.
    #[ts(type = "number")]
    pub includes: usize,
    /// Mechanisms that make a receiver look something up, those of included policies as well.
    #[ts(type = "number")]
    pub lookups: usize,
    /// Whether receivers can use it: one record, well formed, at most ten lookups, no loop, no dead end.
    pub is_valid: bool,
    /// Domains that it includes or redirects to, those of included policies as well.
    pub names: Vec<String>,
    /// The domain's record as published; where there are several, the first in order of the alphabet.
    pub record: String,
}

/// What receivers shall do with mail that pretends to be the domain's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DmarcPolicy {
    None,
    Quarantine,
    Reject,
    /// A word that is none of these, as published; empty where there is no `p` at all.
    #[serde(untagged)]
    Other(String),
}

/// The domain's DMARC record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Dmarc {
    pub policy: DmarcPolicy,
    /// As published.
    pub record: String,
}

/// What points to a Microsoft 365 tenant; a hint, not a proof.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct TenantHint {
    /// The tenant's own name such as `contoso.onmicrosoft.com`, where a record tells it.
    pub name: Option<String>,
    /// Which records point there, each kind once.
    pub evidence: Vec<TenantEvidence>,
}

/// A record that exists because the domain belongs to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TenantEvidence {
    /// Mail goes to Exchange Online.
    Mx,
    /// Exchange Online may send.
    Spf,
    /// The `MS=ms…` record by which a tenant proved that the domain is its own.
    Verification,
    /// A DKIM selector that leads to the tenant.
    Dkim,
    /// Outlook finds its mailbox in Exchange Online.
    Autodiscover,
    /// Devices register with Entra ID.
    DeviceRegistration,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(Answer::Found(vec!["a".to_owned()]), json!({"answer": "found", "value": ["a"]}))]
    #[case(Answer::Absent, json!({"answer": "absent"}))]
    #[case(Answer::Unanswered, json!({"answer": "unanswered"}))]
    fn an_answer_in_json(#[case] answer: Answer<Vec<String>>, #[case] expected: serde_json::Value) {
        assert_eq!(serde_json::to_value(&answer).unwrap(), expected);
        assert_eq!(serde_json::from_value::<Answer<Vec<String>>>(expected).unwrap(), answer);
    }

    #[rstest]
    #[case(DmarcPolicy::None, json!("none"))]
    #[case(DmarcPolicy::Quarantine, json!("quarantine"))]
    #[case(DmarcPolicy::Reject, json!("reject"))]
    #[case(DmarcPolicy::Other("block".into()), json!("block"))]
    fn a_policy_in_json(#[case] policy: DmarcPolicy, #[case] expected: serde_json::Value) {
        assert_eq!(serde_json::to_value(&policy).unwrap(), expected);
        assert_eq!(serde_json::from_value::<DmarcPolicy>(expected).unwrap(), policy);
    }

    #[test]
    fn signals_of_an_earlier_version_can_be_read() {
        let read: Signals = serde_json::from_value(json!({"domain": "ornek.com.tr"})).unwrap();
        assert_eq!(read, Signals::unanswered("ornek.com.tr"));
        assert!(!read.is_complete());
    }
}
