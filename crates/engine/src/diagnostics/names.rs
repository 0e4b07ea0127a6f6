use std::collections::BTreeSet;

use html_escape::decode_html_entities;
use hunter_referral::{parse_timestamp, payload_value, registrable_domain};
use serde_json::Value;
use uuid::Uuid;

use super::redact::Search;
use crate::error::HunterError;

/// Shorter texts occur by chance.
const SHORTEST: usize = 4;

/// What a payload says in words of its own vocabulary or to machines.
const TECHNICAL: [&str; 20] = [
    "id",
    "engagementId",
    "eTag",
    "@odata.etag",
    "@odata.type",
    "type",
    "qualification",
    "direction",
    "status",
    "substatus",
    "currency",
    "country",
    "locale",
    "size",
    "method",
    "uri",
    "href",
    "salesStage",
    "role",
    "profileType",
];

/// Texts that name a person or a firm.
#[derive(Debug, Default)]
pub(super) struct Names {
    texts: BTreeSet<String>,
}

impl Names {
    /// Every text of a payload that is not of its vocabulary: rather too much than a name too little.
    pub fn add_payload(&mut self, payload: &str) {
        if let Some(payload) = payload_value(payload) {
            self.walk("", &payload);
        }
    }

    fn walk(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(text) => self.add_field(key, text),
            Value::Array(items) => items.iter().for_each(|item| self.walk(key, item)),
            Value::Object(fields) => fields.iter().for_each(|(key, value)| self.walk(key, value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn add_field(&mut self, key: &str, text: &str) {
        let is_technical = TECHNICAL.contains(&key) && !text.contains('.');
        if is_technical || parse_timestamp(text).is_some() || Uuid::try_parse(text).is_ok() {
            return;
        }
        self.add(text);
    }

    /// A person's name, whose parts name the person, too.
    pub fn add_person(&mut self, name: &str) {
        self.add(name);
        name.split_whitespace().for_each(|part| self.add(part));
    }

    /// A text in every form in which it may be written down.
    pub fn add(&mut self, text: &str) {
        let text = text.trim();
        self.hold(text);
        let decoded = decode_html_entities(text);
        self.hold(&decoded);
        self.hold(&decode_html_entities(&decoded));
        self.hold(serde_json::to_string(text).unwrap_or_default().trim_matches('"'));
        let address = text.rsplit_once('@').map_or(text, |(_, domain)| domain).to_lowercase();
        let host = address.rsplit_once("://").map_or(&*address, |(_, rest)| rest);
        let host = host.split(['/', ':', '?', '#']).next().unwrap_or_default();
        if host.contains('.') && !host.contains(' ') {
            self.hold(host);
            self.hold(&registrable_domain(host).unwrap_or_default());
        }
        if let Some((person, _)) = text.split_once('@') {
            self.hold(person);
        }
    }

    fn hold(&mut self, text: &str) {
        if text.chars().count() >= SHORTEST {
            self.texts.insert(text.to_owned());
        }
    }

    pub fn search(&self) -> Result<Search, HunterError> {
        Search::of(self.texts.iter().map(String::as_str))
    }
}
