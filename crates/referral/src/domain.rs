use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json_borrow::Value;
use url::{Host, Url};

use crate::contact::members;

/// Names that never lead to a company on the Internet.
const LOCAL_SUFFIXES: [&str; 8] =
    ["local", "localhost", "localdomain", "internal", "intranet", "invalid", "lan", "home.arpa"];

/// Every Microsoft 365 tenant gets a name below it, although it is not in the public suffix list.
const TENANT_SUFFIX: &str = "onmicrosoft.com";

static CONSUMER_MAIL: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("../data/consumer-mail.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

/// The customer's company domain, as far as the payload tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CustomerDomain {
    /// No source names one.
    #[default]
    None,
    /// The one domain.
    One(String),
    /// The first of several different ones among the contacts.
    Several(String),
}

impl CustomerDomain {
    /// Looks at contacts' addresses, then external ids, then website fields, and takes the first usable source.
    pub fn find(payload: &Value<'_>) -> Self {
        let customer = payload.get("customerProfile");
        let mut of_contacts = mail_addresses(customer).filter_map(company_of_address);
        if let Some(first) = of_contacts.next() {
            return if of_contacts.any(|other| other != first) {
                Self::Several(first)
            } else {
                Self::One(first)
            };
        }
        texts(customer.get("ids"))
            .into_iter()
            .chain(websites(payload))
            .find_map(company_of_location)
            .map_or(Self::None, Self::One)
    }

    /// The domain, if there is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::One(name) | Self::Several(name) => Some(name),
        }
    }
}

/// The registrable domain of a host name: public-suffix aware, lower case, international names in Unicode.
///
/// Addresses, single labels, public suffixes themselves and local names have none.
pub fn registrable_domain(host: &str) -> Option<String> {
    let host = host.trim().trim_end_matches('.');
    let Ok(Host::Domain(ascii)) = Host::parse(host) else {
        return None;
    };
    let (unicode, valid) = idna::domain_to_unicode(&ascii);
    if valid.is_err() || is_local(&unicode) {
        return None;
    }
    let root = addr::parse_domain_name(&unicode).ok()?.root()?;
    if root != TENANT_SUFFIX {
        return Some(root.to_owned());
    }
    let tenant = unicode.strip_suffix(TENANT_SUFFIX)?.trim_end_matches('.').rsplit('.').next()?;
    (!tenant.is_empty()).then(|| format!("{tenant}.{TENANT_SUFFIX}"))
}

fn is_local(host: &str) -> bool {
    LOCAL_SUFFIXES
        .iter()
        .any(|suffix| host.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// Whether people have their private mail at a domain, so that it is no company's.
pub fn is_consumer_mail(domain: &str) -> bool {
    let brand = domain.split('.').next().unwrap_or(domain);
    CONSUMER_MAIL.contains(domain) || CONSUMER_MAIL.contains(format!("{brand}.*").as_str())
}

fn company(host: &str) -> Option<String> {
    registrable_domain(host).filter(|domain| !is_consumer_mail(domain))
}

fn mail_addresses<'v>(customer: &'v Value<'v>) -> impl Iterator<Item = &'v str> {
    members(customer.get("team")).filter_map(|member| member.get("email").as_str())
}

fn company_of_address(address: &str) -> Option<String> {
    let address = address.trim().trim_end_matches('>');
    let (local, host) = address.rsplit_once('@')?;
    if local.is_empty() { None } else { company(host) }
}

/// An id or a website field: a URL, or a bare name under a public suffix that exists.
fn company_of_location(text: &str) -> Option<String> {
    let text = text.trim();
    if text.contains('@') || text.contains(char::is_whitespace) {
        return None;
    }
    if text.contains("://") {
        return Url::parse(text).ok()?.host_str().and_then(company);
    }
    let host = text.split(['/', ':', '?', '#']).next()?;
    let (unicode, _) = idna::domain_to_unicode(host);
    let known = addr::parse_domain_name(&unicode).is_ok_and(|name| name.has_known_suffix());
    if known { company(host) } else { None }
}

/// All texts of an `ids` value in any of its shapes.
fn texts<'v>(ids: &'v Value<'v>) -> Vec<&'v str> {
    match ids {
        Value::Str(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn websites<'v>(payload: &'v Value<'v>) -> Vec<&'v str> {
    let mut found = Vec::new();
    collect_websites(payload.get("customerProfile"), true, &mut found);
    collect_websites(payload.get("details"), false, &mut found);
    if let Value::Object(fields) = payload {
        found.extend(
            fields
                .iter()
                .filter(|(key, _)| names_website(key, false))
                .filter_map(|(_, value)| value.as_str()),
        );
    }
    found
}

fn collect_websites<'v>(value: &'v Value<'v>, of_customer: bool, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields.iter().filter(|(key, _)| !matches!(*key, "team" | "ids")) {
                match value.as_str() {
                    Some(text) if names_website(key, of_customer) => found.push(text),
                    Some(_) => {}
                    None => collect_websites(value, of_customer, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_websites(item, of_customer, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Str(_) => {}
    }
}

fn names_website(key: &str, of_customer: bool) -> bool {
    let key = key.to_ascii_lowercase().replace(['_', '-'], "");
    key.contains("website")
        || key.contains("homepage")
        || of_customer
            && matches!(key.as_str(), "url" | "web" | "weburl" | "domain" | "domainname" | "domains")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::read_payload;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case("ornek-lojistik.com.tr", Some("ornek-lojistik.com.tr"))]
    #[case("Mail.Ornek-Lojistik.COM.TR.", Some("ornek-lojistik.com.tr"))]
    #[case("a.b.example.co.uk", Some("example.co.uk"))]
    #[case("contoso.onmicrosoft.com", Some("contoso.onmicrosoft.com"))]
    #[case("xn--mnchen-3ya.example.de", Some("example.de"))]
    #[case("xn--rnek-4qa.com.tr", Some("örnek.com.tr"))]
    #[case("ÖRNEK.com.tr", Some("örnek.com.tr"))]
    #[case("firma.example", Some("firma.example"))]
    #[case("mail.contoso.onmicrosoft.com", Some("contoso.onmicrosoft.com"))]
    #[case("onmicrosoft.com", None)]
    #[case("com.tr", None)]
    #[case("localhost", None)]
    #[case("server.local", None)]
    #[case("10.0.0.1", None)]
    #[case("[::1]", None)]
    #[case("", None)]
    fn registrable(#[case] host: &str, #[case] expected: Option<&str>) {
        assert_eq!(registrable_domain(host).as_deref(), expected);
    }

    fn domain_of(payload: &Value) -> CustomerDomain {
        read_payload(&payload.to_string(), CustomerDomain::find).unwrap_or_default()
    }

    fn with_mail(addresses: &[&str]) -> Value {
        json!({"customerProfile": {"team": addresses.iter().map(|email| json!({"email": email})).collect::<Vec<_>>()}})
    }

    #[rstest]
    #[case(&["ayse@ornek.com.tr"], CustomerDomain::One("ornek.com.tr".into()))]
    #[case(&["a@gmail.com", "b@it.ornek.com.tr", "c@ORNEK.com.tr"], CustomerDomain::One("ornek.com.tr".into()))]
    #[case(&["b@ornek.com.tr", "c@diger.com"], CustomerDomain::Several("ornek.com.tr".into()))]
    #[case(&["x@hotmail.co.uk", "y@yahoo.com.tr", "z@yandex.com"], CustomerDomain::None)]
    #[case(&["no address", "@", "@ornek.com.tr", "a@"], CustomerDomain::None)]
    #[case(&["Ayşe <ayse@ornek.com.tr>"], CustomerDomain::One("ornek.com.tr".into()))]
    fn from_contacts(#[case] addresses: &[&str], #[case] expected: CustomerDomain) {
        assert_eq!(domain_of(&with_mail(addresses)), expected);
    }

    #[rstest]
    #[case(json!({"customerProfile": {"ids": [{"profileType": "External", "id": "https://www.ornek.com.tr/a?b"}]}}), Some("ornek.com.tr"))]
    #[case(json!({"customerProfile": {"ids": {"external": "ornek.com"}}}), Some("ornek.com"))]
    #[case(json!({"customerProfile": {"ids": [{"profileType": "External", "id": "CRM-1"}]}}), None)]
    #[case(json!({"customerProfile": {"ids": {"duns": "123456789"}}}), None)]
    #[case(json!({"customerProfile": {"ids": "CRM.2024"}}), None)]
    #[case(json!({"customerProfile": {"ids": [], "websiteUrl": "www.ornek.com.tr"}}), Some("ornek.com.tr"))]
    #[case(json!({"customerProfile": {"ids": null}, "details": {"customerWebsite": "http://ornek.de"}}), Some("ornek.de"))]
    #[case(json!({"website": "ornek.io"}), Some("ornek.io"))]
    #[case(json!({"links": {"self": {"uri": "https://api.partner.microsoft.com/v1.0"}}, "externalReferenceId": "https://crm.partner.com/1"}), None)]
    #[case(json!({"customerProfile": null}), None)]
    #[case(json!({"customerProfile": {"team": [null, 1, {"email": null}], "ids": {}}}), None)]
    fn from_ids_and_websites(#[case] payload: Value, #[case] expected: Option<&str>) {
        assert_eq!(domain_of(&payload).name(), expected);
    }

    #[test]
    fn contacts_come_before_ids_and_ids_before_websites() {
        let mut payload = json!({"customerProfile": {
            "team": [{"email": "a@first.com"}], "ids": ["second.com"], "website": "third.com"}});
        assert_eq!(domain_of(&payload).name(), Some("first.com"));
        payload["customerProfile"]["team"] = json!([{"email": "a@gmail.com"}]);
        assert_eq!(domain_of(&payload).name(), Some("second.com"));
        payload["customerProfile"]["ids"] = json!({});
        assert_eq!(domain_of(&payload).name(), Some("third.com"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken_calmly(text in ".{0,60}") {
            let found = company_of_location(&text);
            prop_assert!(found.is_none_or(|domain| domain.contains('.')));
            let _ = domain_of(&with_mail(&[&text]));
        }

        #[test]
        fn a_registrable_domain_is_its_own(host in "[a-z]{1,8}(\\.[a-z]{2,6}){1,3}") {
            if let Some(domain) = registrable_domain(&host) {
                prop_assert_eq!(registrable_domain(&domain), Some(domain));
            }
        }
    }
}
