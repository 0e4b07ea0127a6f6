//! What a row of a file holds, whatever the file's format.

use std::borrow::Cow;

use hunter_referral::{Contact, Side, read_payload};
use hunter_store::StoredReferral;
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::language::Language;

/// The columns, in their order: each with its name in the catalogue.
pub(super) const COLUMNS: [&str; 28] = [
    "customer_name",
    "name",
    "customer_country",
    "kind",
    "status",
    "substatus",
    "expires_at",
    "expires_estimated",
    "deal_value",
    "currency",
    "qualification",
    "direction",
    "link_status",
    "domain",
    "priority",
    "score",
    "segment",
    "contact",
    "contact_email",
    "contact_phone",
    "created_at",
    "updated_at",
    "closing_at",
    "starred",
    "note",
    "referral_id",
    "engagement_id",
    "gone_at",
];

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    Empty,
    Text(Cow<'a, str>),
    Number(i32),
    Moment(Timestamp),
    Money { amount: Decimal, currency: &'a str },
}

pub(super) fn title(language: Language, column: &str) -> String {
    language.text(&format!("export.column.{column}"), &[])
}

/// A cell for each of the columns.
pub(super) fn cells(stored: &StoredReferral, language: Language) -> [Cell<'_>; COLUMNS.len()] {
    let row = &stored.row;
    let item = &row.item;
    let contact = read_payload(&stored.payload, Contact::all)
        .unwrap_or_default()
        .into_iter()
        .find(|contact| contact.side == Side::Customer);
    let (name, email, phone) = contact.map_or((None, None, None), |contact| {
        let name =
            [contact.first_name, contact.last_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
        (Some(name), contact.email, contact.phone)
    });
    let yes = |is: bool| if is { Cell::Text(language.text("export.yes", &[]).into()) } else { Cell::Empty };
    [
        text(&item.customer_name),
        text(&item.name),
        text(&item.customer_country),
        term(language, "kind", &item.kind),
        term(language, "status", &item.status),
        term(language, "substatus", &item.substatus),
        moment(item.expires_at.as_deref()),
        yes(item.expires_estimated),
        money(item.deal_value.as_deref(), &item.currency),
        text(&item.currency),
        term(language, "qualification", &item.qualification),
        term(language, "direction", &item.direction),
        term(language, "link_status", &item.link_status),
        text(item.domain.as_deref().unwrap_or_default()),
        Cell::Number(row.priority),
        row.score.map_or(Cell::Empty, |score| Cell::Number(i32::try_from(score).unwrap_or_default())),
        term(language, "segment", &row.segment),
        owned(name),
        owned(email),
        owned(phone),
        moment(item.created_at.as_deref()),
        moment(item.updated_at.as_deref()),
        moment(item.closing_at.as_deref()),
        yes(row.starred),
        text(&stored.note),
        text(&item.referral_id),
        text(&item.engagement_id),
        moment(item.gone_at.as_deref()),
    ]
}

/// A word of the service in the user's language; one that is not known stays as it came.
fn term<'a>(language: Language, vocabulary: &str, word: &'a str) -> Cell<'a> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let key = format!("export.word.{vocabulary}.{word}");
    match language.text(&key, &[]) {
        found if word.chars().all(is_plain) && found != key => Cell::Text(found.into()),
        _ => text(word),
    }
}

fn text(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Borrowed(text)) }
}

fn owned<'a>(text: Option<String>) -> Cell<'a> {
    text.filter(|text| !text.is_empty()).map_or(Cell::Empty, |text| Cell::Text(text.into()))
}

fn moment(instant: Option<&str>) -> Cell<'_> {
    instant.and_then(|instant| instant.parse().ok()).map_or(Cell::Empty, Cell::Moment)
}

fn money<'a>(amount: Option<&'a str>, currency: &'a str) -> Cell<'a> {
    match amount.map(|amount| (amount, amount.parse())) {
        None => Cell::Empty,
        Some((_, Ok(amount))) => Cell::Money { amount, currency },
        Some((text, Err(_))) => Cell::Text(text.into()),
    }
}
