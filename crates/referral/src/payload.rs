use serde_json::Value;

/// A payload as a JSON value, also where it holds what JSON allows and a value cannot: numbers beyond all bounds become
/// null, halves of a cut character the replacement character. The payload itself stays as received.
pub fn payload_value(payload: &str) -> Option<Value> {
    serde_json::from_str(payload).or_else(|_| serde_json::from_str(&mended(payload))).ok()
}

fn mended(payload: &str) -> String {
    let mut out = String::with_capacity(payload.len());
    let mut rest = payload;
    while let Some(first) = rest.chars().next() {
        let token = match first {
            '"' => string_end(rest),
            '-' | '0'..='9' => number_end(rest),
            other => other.len_utf8(),
        };
        let (token, after) = rest.split_at(token);
        match first {
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

    proptest! {
        #[test]
        fn any_text_is_taken_calmly(text in ".{0,80}") {
            let _ = payload_value(&text);
        }
    }
}
