use serde_json_borrow::Value;

use crate::contact::{Contact, text};
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
    pub(crate) fn of(payload: &Value<'_>, domain: &CustomerDomain, contacts: Vec<Contact>) -> Self {
        let customer = payload.get("customerProfile");
        let details = payload.get("details");
        let people = contacts
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
            domain: folded([domain.name().map(str::to_owned)]),
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

fn folded(texts: impl IntoIterator<Item = Option<String>>) -> String {
    let texts: Vec<String> = texts.into_iter().flatten().collect();
    fold(&texts.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
