use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Text as it is compared in searches: lower case, without accents, the Turkish `İ`, `I`, `ı`, `i` alike.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            folded.push(letter.to_ascii_lowercase());
            continue;
        }
        decompose_compatible(letter, |part| match part {
            mark if is_combining_mark(mark) => {}
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            other => folded.extend(other.to_lowercase()),
        });
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
    use proptest::prelude::*;
    use rstest::rstest;
    use unicode_normalization::UnicodeNormalization;

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

    proptest! {
        #[test]
        fn letter_by_letter_is_as_good_as_the_whole_text(text in "(\\PC|[\u{300}-\u{36f}İıßŞğ가]){0,20}") {
            let letters: String = text.nfkd().filter(|letter| !is_combining_mark(*letter)).collect();
            let plain = letters.replace('ı', "i").replace('ß', "ss");
            let whole: String = plain.chars().flat_map(char::to_lowercase).collect();
            prop_assert_eq!(fold(&text), whole);
        }
    }
}
