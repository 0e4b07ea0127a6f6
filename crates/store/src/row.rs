use hunter_referral::Part;
use serde::{Serialize, Serializer};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use ts_rs::TS;

/// One referral as a row of the list; times are RFC 3339 UTC, money is decimal text.
#[derive(Clone, FromRow, Serialize, TS)]
pub struct ReferralItem {
    /// The service's id.
    pub referral_id: String,
    /// Shared by the referrals of one deal.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub engagement_id: String,
    /// What the deal is called.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub name: String,
    /// The customer.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub customer_name: String,
    /// The customer's country, usually two letters.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub customer_country: String,
    /// The kind that decides the badge.
    #[ts(type = "Kind")]
    pub kind: String,
    /// `Independent`, `Shared`, or a newer word.
    #[serde(rename = "type", serialize_with = "or_null")]
    #[sqlx(rename = "type")]
    #[ts(type = "string | null")]
    pub referral_type: String,
    /// How far the lead was qualified.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub qualification: String,
    /// `Incoming`, `Outgoing`, or a newer word.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub direction: String,
    /// `New`, `Active`, `Closed`, or a newer word.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub status: String,
    /// The finer state.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub substatus: String,
    /// The deal's value as decimal text.
    pub deal_value: Option<String>,
    /// ISO 4217.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub currency: String,
    /// The customer's registrable domain.
    pub domain: Option<String>,
    /// How it is tied to a company.
    #[ts(type = "LinkStatus")]
    pub link_status: String,
    /// The company it is tied to.
    #[ts(type = "number | null")]
    pub company_id: Option<i64>,
    /// When the service got it.
    #[serde(serialize_with = "shortest")]
    pub created_at: Option<String>,
    /// When the service last changed it.
    #[serde(serialize_with = "shortest")]
    pub updated_at: Option<String>,
    /// When it expires unless answered.
    #[serde(serialize_with = "shortest")]
    pub expires_at: Option<String>,
    /// True where the record gives no date.
    pub expires_estimated: bool,
    /// When the deal is expected to close.
    #[serde(serialize_with = "shortest")]
    pub closing_at: Option<String>,
    /// When the service was found to have it no longer.
    #[serde(serialize_with = "shortest")]
    pub gone_at: Option<String>,
    /// When a sync last saw it.
    #[serde(serialize_with = "shortest_text")]
    pub synced_at: String,
}

impl std::fmt::Debug for ReferralItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReferralItem").field("referral_id", &self.referral_id).finish_non_exhaustive()
    }
}

/// A window of the list.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReferralPage {
    /// How many referrals match in all.
    #[ts(type = "number")]
    pub total: i64,
    /// Those of this window.
    pub items: Vec<ReferralItem>,
}

/// Whether a referral came or changed since a person last looked at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Unseen {
    /// It came.
    New,
    /// It changed.
    Changed,
}

/// One referral as a row of the window's list.
#[derive(Clone, Serialize, TS)]
pub struct ReferralRow {
    /// What every list tells.
    #[serde(flatten)]
    pub item: ReferralItem,
    /// Marked by hand.
    pub starred: bool,
    /// Whether a person wrote a note to it.
    pub has_note: bool,
    /// New or changed since somebody looked.
    pub unseen: Option<Unseen>,
    /// How many referrals share its engagement, itself included.
    #[ts(type = "number")]
    pub related: i64,
    /// How many referrals its company has, itself included.
    #[ts(type = "number")]
    pub of_company: i64,
    /// Until when the customer's wish to be contacted is fresh.
    #[serde(serialize_with = "shortest")]
    pub contact_until: Option<String>,
    /// The company's score.
    #[ts(type = "number | null")]
    pub score: Option<i64>,
    /// What the company is worth a call for.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "Segment | null")]
    pub segment: String,
    /// Score, bonus, urgency and value in one figure: what to call first.
    pub priority: i32,
}

impl std::fmt::Debug for ReferralRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.item.fmt(f)
    }
}

impl<'r> FromRow<'r, SqliteRow> for ReferralRow {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            item: ReferralItem::from_row(row)?,
            starred: row.try_get("starred")?,
            has_note: row.try_get("has_note")?,
            unseen: match row.try_get("unseen")? {
                "new" => Some(Unseen::New),
                "changed" => Some(Unseen::Changed),
                _ => None,
            },
            related: 1,
            of_company: 1,
            contact_until: row.try_get("contact_until")?,
            score: row.try_get("score")?,
            segment: row.try_get("segment")?,
            priority: 0,
        })
    }
}

/// Some rows of the window's list.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReferralRows {
    /// How many referrals match in all.
    #[ts(type = "number")]
    pub total: i64,
    /// Those of this window.
    pub rows: Vec<ReferralRow>,
}

/// A referral with its payload as received, and what a person noted.
#[derive(Clone)]
pub struct StoredReferral {
    /// Its row.
    pub row: ReferralRow,
    /// The payload, byte for byte.
    pub payload: String,
    /// Why its priority is what it is.
    pub priority_parts: Vec<Part>,
    /// What a person wrote to it.
    pub note: String,
    /// When the note was last changed.
    pub noted_at: Option<String>,
}

impl std::fmt::Debug for StoredReferral {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.row.fmt(f)
    }
}

/// How many referrals there are, by status; those gone from the service are only in `all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromRow, Serialize, TS)]
pub struct Counts {
    /// New or Active.
    #[ts(type = "number")]
    pub open: i64,
    /// Unanswered.
    #[ts(type = "number")]
    pub new: i64,
    /// Unanswered and expiring within three days.
    #[ts(type = "number")]
    pub expiring: i64,
    /// Accepted and under way.
    #[ts(type = "number")]
    pub active: i64,
    /// Ended.
    #[ts(type = "number")]
    pub closed: i64,
    /// Every referral, gone ones and unknown statuses included.
    #[ts(type = "number")]
    pub all: i64,
}

pub(crate) fn or_null<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if text.is_empty() { serializer.serialize_none() } else { serializer.serialize_str(text) }
}

pub(crate) fn shortest<S: Serializer>(instant: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    match instant {
        Some(instant) => shortest_text(instant, serializer),
        None => serializer.serialize_none(),
    }
}

/// The column's sortable text without the zeros that only sorting needs.
pub(crate) fn shortest_text<S: Serializer>(instant: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let plain = instant.strip_suffix('Z').filter(|plain| plain.contains('.'));
    match plain.map(|plain| plain.trim_end_matches('0').trim_end_matches('.')) {
        Some(plain) => serializer.collect_str(&format_args!("{plain}Z")),
        None => serializer.serialize_str(instant),
    }
}
