//! Finds what a referral says about people and their firms.

use std::collections::BTreeSet;

use serde_json::Value;

const KEYS: &[&str] =
    &["firstName", "lastName", "phoneNumber", "email", "addressLine1", "website", "websiteUrl"];
const SHORTEST: usize = 5;

/// Adds the names, addresses, phone numbers, e-mail addresses, domains and firms of a payload.
pub(crate) fn collect(payload: &Value, strings: &mut BTreeSet<String>) {
    let profile = &payload["customerProfile"];
    if let Some(name) = profile["name"].as_str() {
        add(strings, name);
        add(strings, &decode(name));
    }
    if let Some(ids) = profile["ids"].as_array() {
        let texts = ids.iter().filter_map(|id| id["id"].as_str());
        texts.filter(|id| id.contains('.')).for_each(|id| add_address(strings, id));
    }
    walk(payload, strings);
}

fn walk(value: &Value, strings: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, strings)),
        Value::Object(fields) => {
            let text = |key: &str| fields.get(key).and_then(Value::as_str);
            for key in KEYS {
                if let Some(text) = text(key) {
                    add(strings, text);
                    if let Some((_, domain)) = text.split_once('@') {
                        add_address(strings, domain);
                    } else if key.starts_with("website") {
                        add_address(strings, text);
                    }
                }
            }
            if let (Some(first), Some(last)) = (text("firstName"), text("lastName")) {
                add(strings, &format!("{first} {last}"));
            }
            fields.values().for_each(|item| walk(item, strings));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Adds an address with its host, as written and in the forms that a program makes of it.
fn add_address(strings: &mut BTreeSet<String>, address: &str) {
    let lower = address.to_lowercase();
    let host = lower.rsplit_once("://").map_or(&*lower, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or(host);
    let domain = host.trim_start_matches("www.").trim_start_matches("mail.");
    add(strings, address);
    add(strings, domain);
    add(strings, &idna::domain_to_unicode(domain).0);
    add(strings, &idna::domain_to_ascii(domain).unwrap_or_default());
}

/// Shorter texts are left out: they turn up in any log by chance.
fn add(strings: &mut BTreeSet<String>, text: &str) {
    if text.chars().count() >= SHORTEST {
        strings.insert(text.to_owned());
    }
}

fn decode(text: &str) -> String {
    text.replace("&#39;", "'").replace("&quot;", "\"").replace("&#x15F;", "ş").replace("&amp;", "&")
}
