use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json_borrow::Value;

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    details: Details<'a>,
}

#[derive(Deserialize)]
struct Details<'a> {
    #[serde(borrow, rename = "dealValue")]
    deal_value: &'a RawValue,
}

/// The deal value of a payload, digit for digit: it never passes through a float.
pub(crate) fn deal_value(payload: &str, value: &Value<'_>) -> Option<Decimal> {
    match value.get("details").get("dealValue") {
        Value::Str(text) => decimal(text),
        number @ Value::Number(_) => match number.as_i64() {
            Some(whole) => Some(Decimal::from(whole)),
            None => decimal(serde_json::from_str::<Payload<'_>>(payload).ok()?.details.deal_value.get()),
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    let mut plain = text.trim().to_owned();
    if has_thousands_separators(&plain) {
        plain.retain(|character| character != ',');
    }
    let value = if plain.contains(['e', 'E']) {
        Decimal::from_scientific(&plain)
    } else {
        Decimal::from_str_exact(&plain)
    };
    value.ok().map(|value| value.normalize())
}

fn has_thousands_separators(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.trim_start_matches('-').split(',');
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()))
        && whole.contains(',')
        && groups.all(|group| group.len() == 3)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::payload::read_payload;
    use rstest::rstest;

    fn of(payload: &str) -> Option<Decimal> {
        read_payload(payload, |value| deal_value(payload, value)).unwrap()
    }

    #[rstest]
    #[case("30000", Some("30000"))]
    #[case("12345678901234567890", Some("12345678901234567890"))]
    #[case("30000.00", Some("30000"))]
    #[case("1234567890123456.78", Some("1234567890123456.78"))]
    #[case("\"1234567.89\"", Some("1234567.89"))]
    #[case("\"1,234,567.89\"", Some("1234567.89"))]
    #[case("3e4", Some("30000"))]
    #[case("0", Some("0"))]
    #[case("-5", Some("-5"))]
    #[case("\"\"", None)]
    #[case("\"1.234,50\"", None)]
    #[case("\"a lot\"", None)]
    #[case("null", None)]
    #[case("{}", None)]
    #[case("1e400", None)]
    fn reads_values(#[case] literal: &str, #[case] expected: Option<&str>) {
        let payload = format!(r#"{{"details":{{"dealValue":{literal}}}}}"#);
        assert_eq!(of(&payload).map(|value| value.to_string()).as_deref(), expected);
    }

    #[rstest]
    #[case(r#"{"details":null}"#)]
    #[case(r#"{"details":[]}"#)]
    #[case("{}")]
    #[case("[]")]
    fn no_details_no_value(#[case] payload: &str) {
        assert_eq!(of(payload), None);
    }
}
