use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A language that Hunter speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Turkish.
    Tr,
}

impl FromStr for Language {
    type Err = ();

    fn from_str(tag: &str) -> Result<Self, ()> {
        match tag.split(['-', '_', '.']).next() {
            Some("en") => Ok(Self::En),
            Some("tr") => Ok(Self::Tr),
            _ => Err(()),
        }
    }
}

impl Language {
    /// The language to speak before the settings are known: the variable's, or the system's if Hunter speaks it.
    pub fn of_system(variables: &BTreeMap<String, String>) -> Self {
        let by_variable = ["HUNTER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| variables.get(name).filter(|value| !value.is_empty()).cloned());
        by_variable.or_else(sys_locale::get_locale).and_then(|tag| tag.parse().ok()).unwrap_or_default()
    }

    /// Its tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Tr => "tr",
        }
    }

    /// A text of the catalogue with its placeholders filled.
    pub(crate) fn text(self, key: &str, values: &[(&str, &str)]) -> String {
        let pattern = rust_i18n::t!(key, locale = self.as_str());
        let (names, contents): (Vec<&str>, Vec<String>) =
            values.iter().map(|(name, content)| (*name, (*content).to_owned())).unzip();
        rust_i18n::replace_patterns(&pattern, &names, &contents)
    }
}
