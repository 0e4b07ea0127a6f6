//! `list` and `show`.

use hunter_engine::{Engine, HunterError, ReferralItem, ReferralQuery, ReferralView};

use crate::output::Output;
use crate::text::{filled, joined};

/// Most letters of a customer's name in a table.
const NAME_WIDTH: usize = 40;

pub async fn list(engine: &Engine, query: ReferralQuery, output: &Output) -> Result<u8, HunterError> {
    let page = engine.list(&query).await?;
    if output.json {
        output.document(&page);
        return Ok(0);
    }
    let heads =
        ["referral_id", "customer", "kind", "status", "expires", "value", "link", "domain", "updated"];
    output.table(&heads, page.items.iter().map(row));
    let values: [(&str, &dyn std::fmt::Display); 2] = [("shown", &page.items.len()), ("total", &page.total)];
    output.note(filled(output.language, "shown", &values));
    Ok(0)
}

fn row(item: &ReferralItem) -> Vec<String> {
    vec![
        item.referral_id.clone(),
        shortened(&item.customer_name),
        item.kind.clone(),
        joined([&item.status, &item.substatus], "/"),
        expiry(item),
        value(item),
        item.link_status.clone(),
        item.domain.clone().unwrap_or_default(),
        day(item.updated_at.as_deref()),
    ]
}

/// A name that leaves room for the other columns.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(NAME_WIDTH) {
        Some((end, _)) => format!("{}…", name[..end].trim_end()),
        None => name.to_owned(),
    }
}

fn expiry(item: &ReferralItem) -> String {
    let day = day(item.expires_at.as_deref());
    if item.expires_estimated { format!("≈ {day}") } else { day }
}

fn value(item: &ReferralItem) -> String {
    item.deal_value.as_ref().map(|value| joined([value, &item.currency], " ")).unwrap_or_default()
}

fn day(instant: Option<&str>) -> String {
    instant.and_then(|instant| instant.get(..10)).unwrap_or_default().to_owned()
}

pub async fn raw(engine: &Engine, id: &str, output: &Output) -> Result<u8, HunterError> {
    output.line(engine.raw(id).await?);
    Ok(0)
}

pub async fn show(engine: &Engine, id: &str, output: &Output) -> Result<u8, HunterError> {
    if output.json {
        output.document(&engine.show(id).await?);
    } else {
        describe(&engine.view(id).await?, output);
    }
    Ok(0)
}

fn describe(referral: &ReferralView, output: &Output) {
    let item = &referral.row.item;
    let mut facts = vec![
        ("referral_id", item.referral_id.clone()),
        ("engagement", item.engagement_id.clone()),
        ("name", item.name.clone()),
        ("customer", item.customer_name.clone()),
        ("country", item.customer_country.clone()),
        ("kind", item.kind.clone()),
        ("status", joined([&item.status, &item.substatus], "/")),
        ("expires", expiry(item)),
        ("value", value(item)),
        ("qualification", item.qualification.clone()),
        ("direction", item.direction.clone()),
        ("link", item.link_status.clone()),
        ("domain", item.domain.clone().unwrap_or_default()),
        ("created", day(item.created_at.as_deref())),
        ("updated", day(item.updated_at.as_deref())),
        ("closing", day(item.closing_at.as_deref())),
        ("gone", day(item.gone_at.as_deref())),
        ("notes", referral.details.notes.clone().unwrap_or_default()),
        ("own_note", referral.note.clone()),
    ];
    for contact in &referral.contacts {
        let label = match contact.side {
            hunter_engine::Side::Customer => "contact",
            hunter_engine::Side::Partner => "contact_of_partner",
        };
        let parts = [&contact.first_name, &contact.last_name, &contact.title, &contact.email, &contact.phone];
        facts.push((label, joined(parts.into_iter().flatten(), " ")));
    }
    output.facts(&facts);
}
