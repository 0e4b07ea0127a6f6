use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Text as it is compared in searches: lower case, without accents, the Turkish `İ`, `I`, `ı`, `i` alike.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        match letter {
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            other => folded.extend(other.to_lowercase()),
        }
    }
    folded
}

/// A text of the service for people: HTML entities decoded, also where they were encoded twice, outer white space
/// cut; `None` if nothing is left.
pub(crate) fn readable(text: &str) -> Option<String> {
    let decoded = html_escape::decode_html_entities(text);
    let decoded = html_escape::decode_html_entities(&decoded);
    let trimmed = decoded.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("İzmit", "izmit")]
    #[case("KAYA IŞIK", "kaya isik")]
    #[case("Kocaeli Örnek Lojistik", "kocaeli ornek lojistik")]
    #[case("ılgaz", "ilgaz")]
    #[case("Straße", "strasse")]
    #[case("ＷＩＤＥ", "wide")]
    fn folds_for_search(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(fold(text), expected);
    }

    #[rstest]
    #[case("A &amp; B", Some("A & B"))]
    #[case("&#304;zmir &lt;b&gt;", Some("İzmir <b>"))]
    #[case("AT&T", Some("AT&T"))]
    #[case("Be&#x15F;ik &amp;amp; Oğlu", Some("Beşik & Oğlu"))]
    #[case("  ", None)]
    fn decodes_entities(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(readable(text).as_deref(), expected);
    }
}
