use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

/// A payload that is only read: its texts are borrowed where they lie in it as they are.
pub type Payload<'a> = serde_json_borrow::Value<'a>;

/// Whether two payloads are the same JSON value: whatever the order of keys, and every number to its last digit.
pub fn same_value(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    match (exact(one), exact(other)) {
        (Some(one), Some(other)) => one == other,
        _ => payload_value(one) == payload_value(other),
    }
}

#[derive(PartialEq)]
enum Exact {
    Object(BTreeMap<String, Exact>),
    Array(Vec<Exact>),
    Number { negative: bool, digits: String, exponent: i64 },
    Other(Value),
}

fn exact(text: &str) -> Option<Exact> {
    let text = text.trim_start();
    Some(match text.chars().next()? {
        '{' => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
            let fields = fields.into_iter().map(|(key, value)| Some((key, exact(value.get())?)));
            Exact::Object(fields.collect::<Option<_>>()?)
        }
        '[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            Exact::Array(items.into_iter().map(|item| exact(item.get())).collect::<Option<_>>()?)
        }
        '-' | '0'..='9' => exact_number(text.trim_end())?,
        _ => Exact::Other(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))),
    })
}

/// `1`, `1.0` and `10e-1` are one number; 4.35 and 4.350000000000000001 are two.
fn exact_number(literal: &str) -> Option<Exact> {
    let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
    let (negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0').trim_end_matches('0').to_owned();
    let trailing = all.len() - all.trim_end_matches('0').len();
    let exponent = exponent.parse::<i64>().ok()?;
    let places = i64::try_from(trailing).ok()? - i64::try_from(fraction.len()).ok()?;
    let is_zero = digits.is_empty();
    Some(Exact::Number {
        negative: negative && !is_zero,
        exponent: if is_zero { 0 } else { exponent.checked_add(places)? },
        digits,
    })
}

/// Deeper than this nothing of a referral lies; what does is left out of the value.
const DEPTH: usize = 100;

/// A payload as a JSON value, also where it holds what JSON allows and a value cannot: numbers beyond all bounds become
/// null, halves of a cut character the replacement character. The payload itself stays as received.
pub fn payload_value(payload: &str) -> Option<Value> {
    serde_json::from_str(payload).or_else(|_| serde_json::from_str(&mended(payload))).ok()
}

/// Reads a payload without copying it, otherwise as [`payload_value`] does; of a key that occurs twice the first counts.
pub fn read_payload<T>(payload: &str, read: impl FnOnce(&Payload<'_>) -> T) -> Option<T> {
    if let Ok(value) = serde_json::from_str(payload) {
        return Some(read(&value));
    }
    Some(read(&serde_json::from_str(&mended(payload)).ok()?))
}

fn mended(payload: &str) -> String {
    let mut out = String::with_capacity(payload.len());
    let mut rest = payload;
    let mut depth = 0_usize;
    while let Some(first) = rest.chars().next() {
        let token = match first {
            '"' => string_end(rest),
            '-' | '0'..='9' => number_end(rest),
            other => other.len_utf8(),
        };
        let (token, after) = rest.split_at(token);
        match first {
            '{' | '[' => {
                depth += 1;
                out.push_str(if depth < DEPTH {
                    token
                } else if depth == DEPTH {
                    "null"
                } else {
                    ""
                });
            }
            '}' | ']' => {
                out.push_str(if depth < DEPTH { token } else { "" });
                depth = depth.saturating_sub(1);
            }
            _ if depth >= DEPTH => {}
            '"' => push_string(&mut out, token),
            '-' | '0'..='9' if serde_json::from_str::<Value>(token).is_err() => out.push_str("null"),
            _ => out.push_str(token),
        }
        rest = after;
    }
    out
}

/// Where the string that begins the text ends, its closing quote included.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (place, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

fn number_end(text: &str) -> usize {
    text.find(|letter: char| !matches!(letter, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(text.len())
}

fn push_string(out: &mut String, token: &str) {
    if serde_json::from_str::<String>(token).is_ok() {
        out.push_str(token);
        return;
    }
    let mut rest = token;
    while let Some(place) = rest.find('\\') {
        let (plain, escape) = rest.split_at(place);
        out.push_str(plain);
        let length = escape_length(escape);
        let (escape, after) = escape.split_at(length);
        let sound = serde_json::from_str::<String>(&format!("\"{escape}\"")).is_ok();
        out.push_str(if sound { escape } else { "\u{fffd}" });
        rest = after;
    }
    out.push_str(rest);
}

/// The length of an escape: two halves of one character belong together.
fn escape_length(text: &str) -> usize {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u").and_then(|rest| rest.get(..4))?;
        u16::from_str_radix(digits, 16).ok()
    };
    match unit(text) {
        Some(0xd800..=0xdbff)
            if text.get(6..).and_then(unit).is_some_and(|low| (0xdc00..=0xdfff).contains(&low)) =>
        {
            12
        }
        Some(_) => 6,
        None => 1 + text.chars().nth(1).map_or(0, char::len_utf8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(r#"{"a":1e400,"b":-2}"#, json!({"a": null, "b": -2}))]
    #[case(r#"{"a":"cut \ud83d"}"#, json!({"a": "cut \u{fffd}"}))]
    #[case(r#"{"a":"\ud83d\ude00 \udc00 \\ \" 1e400","n":1e999}"#, json!({"a": "😀 \u{fffd} \\ \" 1e400", "n": null}))]
    #[case(r#"{"a":"\ud83d\u0041"}"#, json!({"a": "\u{fffd}A"}))]
    fn what_a_value_cannot_hold(#[case] payload: &str, #[case] expected: Value) {
        assert_eq!(payload_value(payload), Some(expected));
    }

    #[rstest]
    #[case("{")]
    #[case("")]
    #[case(r#"{"a":"open"#)]
    fn no_json(#[case] payload: &str) {
        assert_eq!(payload_value(payload), None);
    }

    #[test]
    fn what_lies_too_deep_is_left_out() {
        let payload = format!(r#"{{"id":"1","deep":{}1{},"n":2}}"#, "[".repeat(200), "]".repeat(200));
        let value = payload_value(&payload).unwrap_or_default();
        assert_eq!((&value["id"], &value["n"]), (&json!("1"), &json!(2)));
    }

    #[rstest]
    #[case(r#"{"a":1,"b":[2]}"#, r#" {"b" : [2.0], "a":10e-1}"#, true)]
    #[case("18446744073709551616", "18446744073709551617", false)]
    #[case(r#"{"n":4.35}"#, r#"{"n":4.350000000000000001}"#, false)]
    #[case("0", "-0.0", true)]
    #[case("100", "1e2", true)]
    #[case(r#""\u0041""#, r#""A""#, true)]
    #[case(r#"{"a":"\ud83d"}"#, r#"{"a":"\ud83e"}"#, false)]
    #[case("[1,2]", "[2,1]", false)]
    #[case(r#"{"a":null}"#, "{}", false)]
    fn equality(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
        assert_eq!(same_value(one, other), same);
    }

    proptest! {
        #[test]
        fn any_text_is_taken_calmly(text in ".{0,80}") {
            let _ = payload_value(&text);
        }
    }
}
