//! What a check found: kept as keys and values, put into words when it is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::items::item;
use crate::error::HunterError;
use crate::language::Language;

/// Sentences about what was found.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Evidence(Vec<Sentence>);

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Sentence {
    key: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, String>,
}

/// Evidence may name an account.
impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|sentence| &sentence.key)).finish()
    }
}

const ERROR: &str = "error.";
/// The value that names items of the checklist, by their ids.
const ITEMS_NAMED: &str = "items";

impl Evidence {
    /// A sentence of the catalogue below `evidence.`, with its values.
    pub fn of(key: &str, values: &[(&str, &dyn ToString)]) -> Self {
        Self(vec![Sentence::of(key, values)])
    }

    /// Adds a sentence.
    #[must_use]
    pub fn and(mut self, key: &str, values: &[(&str, &dyn ToString)]) -> Self {
        self.0.push(Sentence::of(key, values));
        self
    }

    /// Adds what else was found.
    #[must_use]
    pub fn then(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// The sentence of an error.
    pub fn error(error: &HunterError) -> Self {
        let values = error.values().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self(vec![Sentence { key: format!("{ERROR}{}", error.code().as_str()), values }])
    }

    /// What is on record; what a newer Hunter wrote and this one cannot read counts as nothing.
    pub fn recall(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn text(&self, language: Language) -> String {
        let sentences: Vec<String> = self.0.iter().map(|sentence| sentence.text(language)).collect();
        sentences.join(" ")
    }

    #[cfg(test)]
    pub fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|sentence| sentence.key.as_str()).collect()
    }

    #[cfg(test)]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|sentence| sentence.values.get(name)).map(String::as_str)
    }
}

impl Sentence {
    fn of(key: &str, values: &[(&str, &dyn ToString)]) -> Self {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
        Self { key: key.to_owned(), values }
    }

    fn text(&self, language: Language) -> String {
        if let Some(code) = self.key.strip_prefix(ERROR) {
            let values = self.values.iter().map(|(name, value)| (name.clone(), value.clone()));
            return HunterError::recall(code, values)
                .map_or_else(|| code.to_owned(), |error| error.body(language).message);
        }
        let titles = self.values.get(ITEMS_NAMED).map(|ids| titles(ids, language)).unwrap_or_default();
        let shown = |name: &str, value| if name == ITEMS_NAMED { titles.as_str() } else { value };
        let values: Vec<(&str, &str)> =
            self.values.iter().map(|(name, value)| (name.as_str(), shown(name, value.as_str()))).collect();
        language.text(&format!("evidence.{}", self.key), &values)
    }
}

/// Items by their titles, as a person knows them; an item of another version by its id.
fn titles(ids: &str, language: Language) -> String {
    let title =
        |id: &str| item(id).map_or_else(|| id.to_owned(), |item| format!("“{}”", item.title.of(language)));
    ids.split(", ").map(title).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn items_are_called_by_their_titles() {
        let evidence = Evidence::of("waits", &[("items", &"network, of_another_version")]);
        let [english, turkish] = [Language::En, Language::Tr].map(|language| evidence.text(language));
        let title = |language| item("network").map(|item| item.title.of(language)).unwrap_or("no such item");
        assert!(english.contains(title(Language::En)), "{english}");
        assert!(turkish.contains(title(Language::Tr)), "{turkish}");
        assert!(english.contains("of_another_version") && !english.contains(" network,"), "{english}");
    }

    #[test]
    fn it_is_kept_as_keys_and_said_in_each_language() {
        let evidence =
            Evidence::of("too_slow", &[("seconds", &2)]).and("network.answered", &[("host", &"x.example")]);
        let again = Evidence::recall(&evidence.to_json());
        assert_eq!(again, evidence);
        let [english, turkish] = [Language::En, Language::Tr].map(|language| again.text(language));
        assert_ne!(english, turkish);
        for text in [english, turkish] {
            assert!(text.contains('2') && text.contains("x.example") && !text.contains("%{"), "{text}");
        }
        assert_eq!(Evidence::recall("what a newer Hunter wrote").text(Language::En), "");
    }

    #[test]
    fn an_error_keeps_what_it_says() {
        let error = HunterError::new(ErrorCode::WrongApiHost).with("url", "https://other.example");
        let again = Evidence::recall(&Evidence::error(&error).to_json());
        for language in [Language::En, Language::Tr] {
            assert_eq!(again.text(language), error.body(language).message);
        }
    }
}
