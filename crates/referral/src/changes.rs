use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::payload::payload_value;
use crate::text::readable;

/// Fields of the payload that have a column of their own go by its name; all others by their path.
const COLUMNS: [(&str, &str); 11] = [
    ("engagementId", "engagement_id"),
    ("customerProfile.name", "customer_name"),
    ("customerProfile.address.country", "customer_country"),
    ("details.dealValue", "deal_value"),
    ("details.currency", "currency"),
    ("details.closingDateTime", "closing_at"),
    ("createdDateTime", "created_at"),
    ("updatedDateTime", "updated_at"),
    ("expirationDateTime", "expires_at"),
    ("acceptedDateTime", "accepted_at"),
    ("closedDateTime", "closed_at"),
];

/// One field that two versions of a payload disagree on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FieldChange {
    /// The column's name, or the field's path in the payload.
    pub field: String,
    /// The value before; null where the field was absent.
    #[ts(type = "unknown")]
    pub from: Value,
    /// The value after; null where the field is absent.
    #[ts(type = "unknown")]
    pub to: Value,
}

/// What differs between two payloads, by field; empty where they are the same JSON value.
pub fn changes(before: &str, after: &str) -> Vec<FieldChange> {
    let (before, after) =
        (payload_value(before).unwrap_or_default(), payload_value(after).unwrap_or_default());
    if before == after {
        return Vec::new();
    }
    let mut differing = BTreeMap::new();
    compare("", &before, &after, &mut differing);
    differing.into_iter().map(|(path, (from, to))| FieldChange { field: name(path), from, to }).collect()
}

fn compare(path: &str, before: &Value, after: &Value, differing: &mut BTreeMap<String, (Value, Value)>) {
    if before == after {
        return;
    }
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        differing.insert(path.to_owned(), (told(before), told(after)));
        return;
    };
    for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
        let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (old.get(key), new.get(key)) {
            (Some(old), Some(new)) => compare(&below, old, new, differing),
            (old, new) => {
                let value = |side: Option<&Value>| side.map(told).unwrap_or_default();
                differing.insert(below, (value(old), value(new)));
            }
        }
    }
}

/// A value for people: text without the service's HTML entities.
fn told(value: &Value) -> Value {
    let encoded = value.as_str().filter(|text| text.contains('&'));
    encoded.and_then(readable).map_or_else(|| value.clone(), Value::String)
}

fn name(path: String) -> String {
    COLUMNS.iter().find(|(wire, _)| *wire == path).map_or(path, |(_, column)| (*column).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(r#"{"id":"1","status":"New"}"#, r#"{"status":"New","id":"1"}"#, json!([]))]
    #[case(
        r#"{"statusReason":"Budget &amp;amp; time"}"#,
        r#"{"statusReason":null}"#,
        json!([{"field": "statusReason", "from": "Budget & time", "to": null}])
    )]
    #[case(r#"{"status":"New"}"#, r#"{"status":"Active"}"#, json!([{"field": "status", "from": "New", "to": "Active"}]))]
    #[case(
        r#"{"details":{"dealValue":1,"notes":"a"}}"#,
        r#"{"details":{"dealValue":2,"notes":"b"}}"#,
        json!([{"field": "deal_value", "from": 1, "to": 2}, {"field": "details.notes", "from": "a", "to": "b"}])
    )]
    #[case(r#"{"details":null}"#, r#"{"details":{}}"#, json!([{"field": "details", "from": null, "to": {}}]))]
    #[case(r#"{}"#, r#"{"tags":["x"]}"#, json!([{"field": "tags", "from": null, "to": ["x"]}]))]
    #[case(r#"{"a":null}"#, r#"{}"#, json!([{"field": "a", "from": null, "to": null}]))]
    fn by_field(#[case] before: &str, #[case] after: &str, #[case] expected: Value) {
        assert_eq!(json!(changes(before, after)), expected);
    }
}
