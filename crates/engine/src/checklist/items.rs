//! The items as data: `items.toml`, compiled in.

use std::sync::LazyLock;

use serde::Deserialize;

use super::view::{FixAction, How, PhaseId};
use crate::language::Language;
use crate::settings::Environment;

/// All items, in the order in which they are checked and shown.
pub(crate) static ITEMS: LazyLock<Vec<Item>> =
    LazyLock::new(|| parse(include_str!("items.toml")).unwrap_or_default());

/// One thing that has to be proved.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    pub id: String,
    pub phase: PhaseId,
    pub how: How,
    required_in: Vec<Environment>,
    #[serde(default)]
    needs_flag: bool,
    pub valid_hours: u32,
    #[serde(default = "usual_limit")]
    pub limit_seconds: u64,
    pub title: Text,
    pub proves: Text,
    pub hint: Text,
    pub action: Option<FixAction>,
}

/// A text in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    en: String,
    tr: String,
}

impl Text {
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Tr => &self.tr,
        }
    }
}

impl Item {
    /// Whether the verdict depends on it.
    pub fn is_required(&self, environment: Environment, flag_is_on: bool) -> bool {
        self.required_in.contains(&environment) && (flag_is_on || !self.needs_flag)
    }
}

/// The item with this id.
pub(crate) fn item(id: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|item| item.id == id)
}

fn usual_limit() -> u64 {
    30
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    items: Vec<Item>,
}

fn parse(text: &str) -> Result<Vec<Item>, toml_edit::de::Error> {
    toml_edit::de::from_str::<File>(text).map(|file| file.items)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_file_holds_sound_items_in_the_order_of_the_phases() {
        let items = parse(include_str!("items.toml")).unwrap();
        assert!(items.len() > 30);
        let ids: BTreeSet<&str> = items.iter().map(|item| item.id.as_str()).collect();
        assert_eq!(ids.len(), items.len(), "no id twice");
        assert!(items.is_sorted_by_key(|item| item.phase));
        for item in &items {
            for text in [&item.title, &item.proves, &item.hint] {
                assert!(text.en.len() > 3 && text.tr.len() > 2 && text.en != text.tr, "{}", item.id);
            }
            assert!(item.valid_hours > 0 && item.limit_seconds > 0, "{}", item.id);
            if let Some(FixAction::Setting { key }) = &item.action {
                assert!(crate::settings::Setting::by_key(key).is_some(), "{key}");
            }
        }
    }

    #[test]
    fn what_is_required_where() {
        let required = |environment, on| -> Vec<PhaseId> {
            let mut phases: Vec<PhaseId> = ITEMS
                .iter()
                .filter(|item| item.is_required(environment, on))
                .map(|item| item.phase)
                .collect();
            phases.dedup();
            phases
        };
        use PhaseId::{Environment as Storage, FlagOff, FlagOn, PreProduction, SignIn};
        assert_eq!(required(Environment::Dev, false), [Storage, FlagOff, SignIn]);
        assert_eq!(required(Environment::Dev, true), [Storage, FlagOff, SignIn, FlagOn]);
        assert_eq!(required(Environment::Staging, true), [Storage, FlagOff, SignIn, FlagOn, PreProduction]);
        let real = item("real_referrals").unwrap();
        assert!(real.is_required(Environment::Prod, false) && !real.is_required(Environment::Staging, true));
    }
}
