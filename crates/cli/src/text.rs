use hunter_engine::Language;

/// A text of the catalogue.
pub fn text(language: Language, key: &str) -> String {
    rust_i18n::t!(key, locale = language.as_str()).into_owned()
}

/// A text of the catalogue with its placeholders filled.
pub fn filled(language: Language, key: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    values.iter().fold(text(language, key), |text, (name, value)| {
        text.replace(&format!("%{{{name}}}"), &value.to_string())
    })
}

/// Those words that are not empty.
pub fn joined<'a>(words: impl IntoIterator<Item = &'a String>, separator: &str) -> String {
    let words: Vec<&str> = words.into_iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    words.join(separator)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeSet;

    fn keys(catalogue: &str) -> BTreeSet<&str> {
        catalogue.lines().filter_map(|line| line.split_once(": ").map(|(key, _)| key)).collect()
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        let english = keys(include_str!("../locales/en.yml"));
        assert_eq!(english, keys(include_str!("../locales/tr.yml")));
        assert!(english.len() > 10);
        assert_eq!(english.first().map(|key| !key.is_empty()), Some(true));
    }

    #[test]
    fn placeholders_are_filled() {
        let text = super::filled("en".parse().unwrap(), "page", &[("page", &3), ("fetched", &400)]);
        assert!(text.contains('3') && text.contains("400") && !text.contains('%'), "{text}");
    }
}
