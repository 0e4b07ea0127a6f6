use serde_json_borrow::Value;

use crate::contact::{Contact, Side, text};
use crate::domain::CustomerDomain;
use crate::text::fold;

/// The words that a referral is found by, folded, by where they stand.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SearchWords {
    /// The customer's name.
    pub customer: String,
    /// What the deal is called.
    pub name: String,
    /// The customer's domain.
    pub domain: String,
    /// Names and addresses of the people it names.
    pub people: String,
    /// Ids, city, and what sender and inviter noted.
    pub other: String,
}

impl std::fmt::Debug for SearchWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SearchWords(<redacted>)")
    }
}

impl SearchWords {
    /// Reads them from a payload.
    pub fn of(payload: &Value<'_>) -> Self {
        let customer = payload.get("customerProfile");
        let details = payload.get("details");
        let people = Contact::all(payload)
            .into_iter()
            .flat_map(|contact| [contact.first_name, contact.last_name, contact.email, contact.phone]);
        let other = [
            payload.get("id"),
            payload.get("engagementId"),
            payload.get("externalReferenceId"),
            customer.get("address").get("city"),
            details.get("currency"),
            details.get("notes"),
            payload.get("inviteContext").get("notes"),
        ];
        Self {
            customer: folded([text(customer.get("name"))]),
            name: folded([text(payload.get("name"))]),
            domain: folded([CustomerDomain::find(payload).name().map(str::to_owned)]),
            people: folded(people),
            other: folded(other.map(text)),
        }
    }

    /// The bits of the letters and digits that its words begin with.
    pub fn initials(&self) -> i64 {
        let Self { customer, name, domain, people, other } = self;
        [customer, name, domain, people, other]
            .into_iter()
            .map(|text| initials(text))
            .fold(0, |all, some| all | some)
    }
}

/// The bits of the letters and digits that the words of a folded text begin with.
pub fn initials(text: &str) -> i64 {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter_map(|word| initial(word.chars().next()?))
        .fold(0, |all, one| all | one)
}

/// The bit of a letter from a to z or of a digit; others have none.
pub fn initial(letter: char) -> Option<i64> {
    let place = match letter {
        'a'..='z' => u32::from(letter) - u32::from('a'),
        '0'..='9' => 26 + u32::from(letter) - u32::from('0'),
        _ => return None,
    };
    Some(1 << place)
}

/// The addresses of those who work on a referral on the partner's side, in lower case.
pub fn team_addresses(payload: &Value<'_>) -> Vec<String> {
    let team = Contact::all(payload).into_iter().filter(|contact| contact.side == Side::Partner);
    let mut addresses: Vec<String> =
        team.filter_map(|contact| contact.email).map(|e| e.to_lowercase()).collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

fn folded(texts: impl IntoIterator<Item = Option<String>>) -> String {
    let texts: Vec<String> = texts.into_iter().flatten().collect();
    fold(&texts.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json_borrow::Value;

    #[test]
    fn words_stand_where_they_come_from() {
        let payload: Value<'_> = serde_json::from_str(
            r#"{"id":"ABC-1","name":"Azure göçü","externalReferenceId":"CRM-9",
                "customerProfile":{"name":"İZMİR Kaya A.Ş.","address":{"city":"Muğla"},
                    "team":[{"firstName":"Ayşe","lastName":"IŞIK","email":"Ayse@kaya.com.tr","phoneNumber":"+90 1"}]},
                "team":[{"firstName":"Can","email":"Can@Partner.example"},{"email":"can@partner.example"}, 7],
                "details":{"notes":"Önemli","currency":"TRY"}}"#,
        )
        .unwrap_or_default();
        let words = SearchWords::of(&payload);
        assert_eq!(words.customer, "izmir kaya a.s.");
        assert_eq!(words.name, "azure gocu");
        assert_eq!(words.domain, "kaya.com.tr");
        assert_eq!(
            words.people,
            "ayse\nisik\nayse@kaya.com.tr\n+90 1\ncan\ncan@partner.example\ncan@partner.example"
        );
        assert_eq!(words.other, "abc-1\ncrm-9\nmugla\ntry\nonemli");
        assert_eq!(team_addresses(&payload), ["can@partner.example"]);
    }

    #[test]
    fn initials_are_those_of_words() {
        let bits = |letters: &str| letters.chars().filter_map(initial).sum::<i64>();
        assert_eq!(initials("izmir kaya a.s. 90x\nşş к"), bits("ikas9"));
        assert_eq!(initials(""), 0);
        let every = ('a'..='z').chain('0'..='9').filter_map(initial).sum::<i64>();
        assert_eq!(every, (1 << 36) - 1);
        let words = SearchWords { name: "azure".into(), people: "can".into(), ..SearchWords::default() };
        assert_eq!(words.initials(), bits("ac"));
    }

    #[test]
    fn nothing_is_found_by_no_words() {
        assert_eq!(SearchWords::of(&Value::Null), SearchWords::default());
        assert!(team_addresses(&Value::Null).is_empty());
    }
}
