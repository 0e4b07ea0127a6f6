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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use hunter_engine::Language;

    use super::filled;

    fn keys(catalogue: &str) -> BTreeSet<&str> {
        let lines = catalogue.lines().filter(|line| !line.starts_with(' '));
        lines.filter_map(|line| line.split_once(": ").map(|(key, _)| key)).collect()
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        let english = keys(include_str!("../locales/en.yml"));
        assert_eq!(english, keys(include_str!("../locales/tr.yml")));
        assert!(english.contains("usage") && english.contains("sync_now"), "{english:?}");
    }

    #[test]
    fn placeholders_are_filled() {
        assert_eq!(filled(Language::En, "new", &[("count", &3)]), "3 new");
        assert_eq!(filled(Language::Tr, "new", &[("count", &3)]), "3 yeni");
    }
}
