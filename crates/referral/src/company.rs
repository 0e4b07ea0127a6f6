//! What a referral's payload tells of the customer's company, and how alike two names are.

use serde_json_borrow::Value;

use crate::contact::text;
use crate::text::fold;

/// Words that tell of a firm's form and not of its name.
const FORMS: [&str; 22] = [
    "as", "a", "s", "ltd", "sti", "limited", "sirketi", "tic", "ticaret", "san", "sanayi", "ve", "and",
    "gmbh", "ag", "inc", "llc", "corp", "co", "company", "sa", "bv",
];

/// The Azure tenant that the customer's profile names.
pub(crate) fn azure_tenant(payload: &Value<'_>) -> Option<String> {
    let ids = payload.get("customerProfile").get("ids");
    let is_tenant = |kind: &str| fold(kind).contains("tenant");
    if let Some(ids) = ids.as_array() {
        return ids
            .iter()
            .find(|id| id.get("profileType").as_str().is_some_and(is_tenant))
            .and_then(|id| text(id.get("id")));
    }
    let ids = ids.as_object()?;
    ids.iter().find(|(kind, _)| is_tenant(kind)).and_then(|(_, id)| text(id))
}

/// How alike two names of firms are, from 0 to 100: whatever the spelling, the order of words and the form of the firm.
pub fn name_similarity(one: &str, other: &str) -> u8 {
    let (one, other) = (essence(one), essence(other));
    if one.is_empty() || other.is_empty() {
        return 0;
    }
    let alike = strsim::jaro_winkler(&one, &other).max(strsim::sorensen_dice(&one, &other));
    // Never more than 1.0.
    (alike * 100.0).round().clamp(0.0, 100.0) as u8
}

fn essence(name: &str) -> String {
    let folded = fold(name).replace('.', "");
    let mut words: Vec<&str> =
        folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.iter().any(|word| !FORMS.contains(word)) {
        words.retain(|word| !FORMS.contains(word));
    }
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("İzmir Lojistik A.Ş.", "IZMIR LOJISTIK", 100, 100)]
    #[case("Kaya Tekstil San. ve Tic. Ltd. Şti.", "Tekstil Kaya", 100, 100)]
    #[case("Kocaeli Örnek Lojistik", "Kocaeli Ornek Lojistk", 90, 99)]
    #[case("Contoso", "Fabrikam", 0, 60)]
    #[case("A.Ş.", "A.Ş.", 100, 100)]
    #[case("", "Contoso", 0, 0)]
    fn names(#[case] one: &str, #[case] other: &str, #[case] least: u8, #[case] most: u8) {
        let alike = name_similarity(one, other);
        assert!((least..=most).contains(&alike), "{alike}");
        assert_eq!(alike, name_similarity(other, one));
    }

    #[rstest]
    #[case(r#"{"customerProfile":{"ids":[{"profileType":"External","id":"1"},{"profileType":"AzureTenant","id":"t-1"}]}}"#, Some("t-1"))]
    #[case(r#"{"customerProfile":{"ids":{"tenantId":"t-2"}}}"#, Some("t-2"))]
    #[case(r#"{"customerProfile":{"ids":{"duns":"7"}}}"#, None)]
    #[case(r#"{"customerProfile":{"ids":null}}"#, None)]
    #[case("{}", None)]
    fn tenants(#[case] payload: &str, #[case] tenant: Option<&str>) {
        let payload: Value<'_> = serde_json::from_str(payload).unwrap_or_default();
        assert_eq!(azure_tenant(&payload).as_deref(), tenant);
    }
}
