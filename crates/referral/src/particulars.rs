use serde_json_borrow::Value;

use crate::company::azure_tenant;
use crate::contact::{Contact, Side, text};
use crate::domain::CustomerDomain;
use crate::search::SearchWords;

/// What a payload tells beside its referral's fields.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Particulars {
    /// By which words it is found.
    pub words: SearchWords,
    /// The addresses of those who work on it on the partner's side, in lower case.
    pub team: Vec<String>,
    /// How large the customer says to be.
    pub customer_size: Option<String>,
    /// The Azure tenant that the customer's profile names.
    pub azure_tenant: Option<String>,
}

impl std::fmt::Debug for Particulars {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Particulars(<redacted>)")
    }
}

impl Particulars {
    pub(crate) fn of(payload: &Value<'_>, domain: &CustomerDomain) -> Self {
        let contacts = Contact::all(payload);
        let mut team: Vec<String> = contacts
            .iter()
            .filter(|contact| contact.side == Side::Partner)
            .filter_map(|contact| Some(contact.email.as_ref()?.to_lowercase()))
            .collect();
        team.sort();
        team.dedup();
        Self {
            words: SearchWords::of(payload, domain, contacts),
            team,
            customer_size: text(payload.get("customerProfile").get("size")),
            azure_tenant: azure_tenant(payload),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::parse::Referral;

    fn of(payload: &str) -> Particulars {
        Referral::read(payload).unwrap().1
    }

    #[test]
    fn words_stand_where_they_come_from() {
        let payload = r#"{"id":"ABC-1","name":"Azure göçü","externalReferenceId":"CRM-9",
            "customerProfile":{"name":"İZMİR Kaya A.Ş.","address":{"city":"Muğla"},
                "team":[{"firstName":"Ayşe","lastName":"IŞIK","email":"Ayse@kaya.com.tr","phoneNumber":"+90 1"}]},
            "team":[{"firstName":"Can","email":"Can@Partner.example"},{"email":"can@partner.example"}, 7],
            "details":{"notes":"Önemli","currency":"TRY"}}"#;
        let Particulars { words, team, .. } = of(payload);
        assert_eq!(words.customer, "izmir kaya a.s.");
        assert_eq!(words.name, "azure gocu");
        assert_eq!(words.domain, "kaya.com.tr");
        assert_eq!(
            words.people,
            "ayse\nisik\nayse@kaya.com.tr\n+90 1\ncan\ncan@partner.example\ncan@partner.example"
        );
        assert_eq!(words.other, "abc-1\ncrm-9\nmugla\ntry\nonemli");
        assert_eq!(team, ["can@partner.example"]);
    }

    #[test]
    fn a_referral_that_tells_nothing_is_found_by_its_id() {
        let words = SearchWords { other: "x".into(), ..SearchWords::default() };
        assert_eq!(of(r#"{"id":"X"}"#), Particulars { words, ..Particulars::default() });
    }
}
