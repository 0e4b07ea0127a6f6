//! A referral's row as it is written: what its payload tells, and what Hunter knows besides.
//!
//! The rows of a page are one JSON text, and so one value of their statement. Thousands of values cost more to hand over
//! one by one than to take out of it, and most of it is written before the page's turn has come.

use std::sync::LazyLock;

use hunter_referral::{
    Direction, Particulars, Qualification, Referral, ReferralType, Status, Substatus, fold, sortable,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::versions::PayloadDigest;

/// What a payload tells, in groups as [`told`] has them: of a long list, the last values would be found slowly.
const TOLD: [&[&str]; 3] = [
    &["referral_id", "engagement_id", "name", "customer_name", "customer_country", "customer_sort", "domain"],
    &[
        "kind",
        "type",
        "qualification",
        "direction",
        "status",
        "substatus",
        "deal_value",
        "currency",
        "link_status",
    ],
    &[
        "created_at",
        "updated_at",
        "accepted_at",
        "closed_at",
        "closing_at",
        "expires_at",
        "expires_estimated",
        "contact_until",
    ],
];
/// What Hunter knows besides, as [`Besides`] has it.
const BESIDES: &[&str] =
    &["referral_key", "company_id", "unseen", "mine", "score", "segment", "lasting_priority"];

/// Writes rows: `?1` are the rows, each `[told, besides]`, `?2` is the time, `?3` the run, `?4` the payloads' source. Beside
/// its groups, what is told holds the bits of its words' first letters at 3 and the payload's digest at 4.
pub(crate) static WRITE_ROWS: LazyLock<String> = LazyLock::new(|| {
    let payload = "(SELECT raw_lead_id FROM raw_leads WHERE source = ?4 AND external_id = value ->> '$[0][0][0]' \
                   AND payload_sha256 = unhex(value ->> '$[0][4]'))";
    let initials = "value ->> '$[0][3]' | value ->> '$[1][7]'";
    let others = [("initials", initials), ("raw_lead_id", payload), ("synced_at", "?2"), ("seen_in", "?3")];
    let (columns, values): (Vec<&str>, Vec<String>) = TOLD
        .iter()
        .enumerate()
        .flat_map(|(group, columns)| taken_from(format!("$[0][{group}]"), columns))
        .chain(taken_from("$[1]".to_owned(), BESIDES))
        .chain(others.map(|(column, value)| (column, value.to_owned())))
        .unzip();
    let taken_over = columns.iter().filter_map(|column| match *column {
        "referral_id" | "referral_key" => None,
        "link_status" | "company_id" => {
            Some(format!("{column} = iif(link_status = 'linked_manually', {column}, excluded.{column})"))
        }
        "unseen" => {
            Some("unseen = iif(excluded.unseen = '' OR unseen = 'new', unseen, excluded.unseen)".to_owned())
        }
        column => Some(format!("{column} = excluded.{column}")),
    });
    let taken_over: Vec<String> = taken_over.collect();
    let (columns, values, taken_over) = (columns.join(", "), values.join(", "), taken_over.join(", "));
    format!(
        "WITH rows AS MATERIALIZED (SELECT value FROM jsonb_each(?1)) \
         INSERT INTO partner_center_referrals ({columns}) SELECT {values} FROM rows WHERE TRUE \
         ON CONFLICT (referral_id) DO UPDATE SET {taken_over}, gone_at = NULL"
    )
});

/// Columns with where their values stand in a row's JSON.
fn taken_from(path: String, columns: &[&'static str]) -> impl Iterator<Item = (&'static str, String)> {
    let value =
        move |(place, column): (usize, &&'static str)| (*column, format!("value ->> '{path}[{place}]'"));
    columns.iter().enumerate().map(value)
}

/// What a referral's row says that its payload does not.
#[derive(Serialize)]
pub(crate) struct Besides<'a>(
    /// Its key.
    pub i64,
    /// Its company, by its domain.
    pub Option<i64>,
    /// Its news.
    pub &'static str,
    /// Whether the signed-in account is on its team.
    pub bool,
    /// Its company's score.
    pub Option<i64>,
    /// Its company's segment.
    pub &'a str,
    /// What of its priority stays.
    pub i32,
    /// The letters and digits that words of its note begin with.
    pub i64,
);

/// What a row says of its payload.
pub(crate) fn told(referral: &Referral, particulars: &Particulars, digest: &PayloadDigest) -> Box<RawValue> {
    let time = |at: Option<Timestamp>| at.map(sortable);
    let name = referral.customer_name.as_deref().unwrap_or_default();
    let told = (
        (
            &referral.id,
            or_empty(referral.engagement_id.as_ref()),
            or_empty(referral.name.as_ref()),
            name,
            or_empty(referral.customer_country.as_ref()),
            fold(name),
            referral.customer_domain.name(),
        ),
        (
            referral.kind.as_str(),
            or_empty(referral.referral_type.as_ref().map(ReferralType::as_str)),
            or_empty(referral.qualification.as_ref().map(Qualification::as_str)),
            or_empty(referral.direction.as_ref().map(Direction::as_str)),
            or_empty(referral.status.as_ref().map(Status::as_str)),
            or_empty(referral.substatus.as_ref().map(Substatus::as_str)),
            referral.deal_value.map(|value| value.to_string()),
            or_empty(referral.currency.as_ref()),
            referral.link_status().as_str(),
        ),
        (
            time(referral.created_at),
            time(referral.updated_at),
            time(referral.accepted_at),
            time(referral.closed_at),
            time(referral.closing_at),
            time(referral.expiry.at),
            referral.expiry.estimated,
            time(referral.contact_until),
        ),
        particulars.words.initials(),
        hex(digest),
    );
    to_raw_value(&told).unwrap_or_default()
}

/// As SQLite writes it.
pub(crate) fn hex(digest: &PayloadDigest) -> String {
    digest.as_chunks().0.iter().map(|half| format!("{:032X}", u128::from_be_bytes(*half))).collect()
}

fn or_empty<T: AsRef<str> + ?Sized>(text: Option<&T>) -> &str {
    text.map_or("", T::as_ref)
}
