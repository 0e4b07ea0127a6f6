use hunter_referral::{Contact, Details, Kind, LinkStatus, Part, Payload, Segment, read_payload};
use hunter_store::{
    Filter, HistoryEntry, Period, ReferralItem, ReferralPage, ReferralRow, ReferralRows, SortField,
    StatusFilter,
};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};

/// The filters of a list as a person or a program writes them; those of words take several, separated by commas.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ReferralQuery {
    /// `Open` (New or Active), `New`, `Active`, `Closed` or `All`; the setting `referral_status` where it is missing.
    pub status: Option<String>,
    /// The finer state.
    pub substatus: Option<String>,
    /// `co-sell`, `marketplace`, `solution-provider` or `other`.
    pub kind: Option<String>,
    /// `Incoming` or `Outgoing`.
    pub direction: Option<String>,
    /// `auto_linked`, `unlinked`, `multi_candidate` or `linked_manually`.
    pub link: Option<String>,
    /// The customer's country.
    pub country: Option<String>,
    /// Unanswered ones that expire within so many days.
    pub expiring: Option<u32>,
    /// Deals in this currency; `none` for those without one.
    pub currency: Option<String>,
    /// How far the lead was qualified.
    pub qualification: Option<String>,
    /// Deals worth at least so much, as decimal text.
    pub min_value: Option<String>,
    /// Deals worth at most so much, as decimal text.
    pub max_value: Option<String>,
    /// Those whose team holds the account's address.
    pub mine: Option<bool>,
    /// Those marked by hand.
    pub starred: Option<bool>,
    /// Those that came or changed since somebody looked.
    pub unseen: Option<bool>,
    /// Unanswered ones whose customer asked for contact within the last 72 hours.
    pub contact_wanted: Option<bool>,
    /// What the company is worth a call for: `existing`, `migration`, `cold` or `skip`.
    pub segment: Option<String>,
    /// Those whose company has at least this score.
    pub min_score: Option<u8>,
    /// Those of one engagement.
    pub engagement: Option<String>,
    /// Those of one company.
    pub company: Option<u32>,
    /// Received on this day (UTC) or later, `2026-03-01`.
    pub created_from: Option<String>,
    /// Received on this day or earlier.
    pub created_to: Option<String>,
    /// Closed on this day or later.
    pub closed_from: Option<String>,
    /// Closed on this day or earlier.
    pub closed_to: Option<String>,
    /// Words whose beginnings must all occur.
    pub search: Option<String>,
    /// A column, with `:asc` or `:desc`.
    pub sort: Option<String>,
    /// How many rows at most.
    pub limit: Option<u32>,
    /// How many rows to pass over.
    pub offset: Option<u32>,
}

/// A referral with everything that the service and the ledger tell of it.
#[derive(Debug, Clone, Serialize)]
pub struct ReferralDetails {
    /// Its row in the list.
    #[serde(flatten)]
    pub item: ReferralItem,
    /// The people it names.
    pub contacts: Vec<Contact>,
    /// What it tells beyond its row.
    pub details: Details,
    /// What syncs did to it, newest first.
    pub history: Vec<HistoryEntry>,
}

/// A referral with everything that the window shows of it.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "ReferralDetails")]
pub struct ReferralView {
    /// Its row in the list.
    #[serde(flatten)]
    pub row: ReferralRow,
    /// Why its priority is what it is.
    pub priority_parts: Vec<Part>,
    /// What a person wrote to it; empty if nothing.
    pub note: String,
    /// When the note was last changed.
    pub noted_at: Option<String>,
    /// The people it names.
    pub contacts: Vec<Contact>,
    /// What it tells beyond its row.
    pub details: Details,
    /// What syncs did to it, newest first.
    pub history: Vec<HistoryEntry>,
}

impl ReferralQuery {
    /// What it asks of the database.
    pub(crate) fn filter(&self, default_status: StatusFilter) -> Result<Filter, HunterError> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let status = match &given(&self.status) {
            None => default_status,
            Some(word) => {
                word.parse().map_err(|()| refused("status", word, "open, new, active, closed, all"))?
            }
        };
        let kinds = [Kind::CoSell, Kind::Marketplace, Kind::SolutionProvider, Kind::Other];
        let links = [
            LinkStatus::AutoLinked,
            LinkStatus::Unlinked,
            LinkStatus::MultiCandidate,
            LinkStatus::LinkedManually,
        ];
        let order = given(&self.sort).as_ref().map(|text| {
            text.parse().map_err(|()| {
                let fields: Vec<&str> = SortField::ALL.into_iter().map(SortField::as_str).collect();
                refused("sort", text, &format!("{} (:asc, :desc)", fields.join(", ")))
            })
        });
        Ok(Filter {
            status,
            substatus: words(&self.substatus),
            kind: each_of("kind", &self.kind, &kinds.map(|kind| (kind.as_str(), kind)))?,
            direction: words(&self.direction.clone().filter(|word| !word.eq_ignore_ascii_case("all"))),
            link: each_of("link", &self.link, &links.map(|link| (link.as_str(), link)))?,
            country: words(&self.country),
            currency: words(&self.currency),
            qualification: words(&self.qualification),
            min_value: amount("min_value", &self.min_value)?,
            max_value: amount("max_value", &self.max_value)?,
            expiring_days: self.expiring,
            mine: self.mine == Some(true),
            starred: self.starred == Some(true),
            unseen: self.unseen == Some(true),
            contact_wanted: self.contact_wanted == Some(true),
            segment: each_of(
                "segment",
                &self.segment,
                &Segment::ALL.map(|segment| (segment.as_str(), segment)),
            )?,
            min_score: self.min_score,
            engagement: self.engagement.clone(),
            company: self.company.map(i64::from),
            created: period("created", &self.created_from, &self.created_to)?,
            closed: period("closed", &self.closed_from, &self.closed_to)?,
            search: self.search.clone(),
            order: order.transpose()?,
            limit: self.limit,
            offset: self.offset.unwrap_or_default(),
        })
    }
}

pub(crate) fn words(text: &Option<String>) -> Vec<String> {
    let words = text.as_deref().unwrap_or_default().split(',').map(str::trim);
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn each_of<T: Copy>(filter: &str, text: &Option<String>, known: &[(&str, T)]) -> Result<Vec<T>, HunterError> {
    words(text).iter().map(|word| one_of(filter, word, known)).collect()
}

pub(crate) fn one_of<T: Copy>(filter: &str, word: &str, known: &[(&str, T)]) -> Result<T, HunterError> {
    match known.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
        Some((_, value)) => Ok(*value),
        None => {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            Err(refused(filter, word, &names.join(", ")))
        }
    }
}

fn amount(filter: &str, text: &Option<String>) -> Result<Option<f64>, HunterError> {
    let Some(text) = text.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let amount = text.parse::<Decimal>().ok().and_then(|amount| amount.to_f64());
    amount.map(Some).ok_or_else(|| misread(filter, text, "expected.amount"))
}

/// From the beginning of one day to the end of another.
fn period(filter: &str, from: &Option<String>, to: &Option<String>) -> Result<Period, HunterError> {
    let day = |text: &Option<String>| match text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text.parse::<Date>().map(Some).map_err(|_| misread(filter, text, "expected.day")),
    };
    let start = |day: Date| day.to_zoned(TimeZone::UTC).map(|start| start.timestamp()).ok();
    Ok(Period {
        from: day(from)?.and_then(start),
        before: day(to)?.and_then(|day| day.checked_add(1.day()).ok()).and_then(start),
    })
}

fn misread(filter: &str, value: &str, expected: &str) -> HunterError {
    HunterError::new(ErrorCode::InvalidFilter)
        .with("filter", filter)
        .with("value", value)
        .with("expected", expected)
}

pub(crate) fn refused(filter: &str, value: &str, expected: &str) -> HunterError {
    HunterError::new(ErrorCode::InvalidFilter)
        .with("filter", filter)
        .with("value", value)
        .with("words", expected)
        .with("expected", "expected.choice")
}

impl Engine {
    /// The current profile's referrals that match.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidFilter`] for a word that a filter does not take, and storage errors.
    pub async fn list(&self, query: &ReferralQuery) -> Result<ReferralPage, HunterError> {
        Ok(self.store().await?.list(&self.filter(query)?, self.now()).await?)
    }

    /// As [`Engine::list`], with what a person noted and what belongs together.
    ///
    /// # Errors
    /// As [`Engine::list`].
    pub async fn rows(&self, query: &ReferralQuery) -> Result<ReferralRows, HunterError> {
        Ok(self.store().await?.rows(&self.filter(query)?, self.now()).await?)
    }

    /// At which place of a list a referral is, whatever window is asked for; nothing if it is not in it.
    ///
    /// # Errors
    /// As [`Engine::list`].
    pub async fn place_of(
        &self,
        referral_id: &str,
        query: &ReferralQuery,
    ) -> Result<Option<usize>, HunterError> {
        Ok(self.store().await?.place_of(referral_id, &self.filter(query)?, self.now()).await?)
    }

    pub(crate) fn filter(&self, query: &ReferralQuery) -> Result<Filter, HunterError> {
        query.filter(self.settings()?.default_status)
    }

    /// One referral with everything that the service and the ledger tell of it.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] if the current profile has none with this id, and storage errors.
    pub async fn show(&self, referral_id: &str) -> Result<ReferralDetails, HunterError> {
        let ReferralView { row, contacts, details, history, .. } = self.view(referral_id).await?;
        Ok(ReferralDetails { item: row.item, contacts, details, history })
    }

    /// As [`Engine::show`], with what a person noted and what belongs together.
    ///
    /// # Errors
    /// As [`Engine::show`].
    pub async fn view(&self, referral_id: &str) -> Result<ReferralView, HunterError> {
        let store = self.store().await?;
        let stored = store.referral(referral_id, self.now()).await?.ok_or_else(|| not_found(referral_id))?;
        let read = |payload: &Payload<'_>| (Contact::all(payload), Details::of(payload));
        let (contacts, details) = read_payload(&stored.payload, read).unwrap_or_else(|| read(&Payload::Null));
        Ok(ReferralView {
            row: stored.row,
            priority_parts: stored.priority_parts,
            note: stored.note,
            noted_at: stored.noted_at,
            contacts,
            details,
            history: store.history(referral_id).await?,
        })
    }

    /// The payload of a referral as received, byte for byte.
    ///
    /// # Errors
    /// As [`Engine::show`].
    pub async fn raw(&self, referral_id: &str) -> Result<String, HunterError> {
        let stored = self.store().await?.referral(referral_id, self.now()).await?;
        stored.map(|stored| stored.payload).ok_or_else(|| not_found(referral_id))
    }
}

pub(crate) fn not_found(referral_id: &str) -> HunterError {
    HunterError::new(ErrorCode::NotFound).with("id", referral_id)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;

    fn filter(change: impl FnOnce(&mut ReferralQuery)) -> Result<Filter, HunterError> {
        let mut query = ReferralQuery::default();
        change(&mut query);
        query.filter(StatusFilter::Open)
    }

    #[test]
    fn several_words_are_one_filter() {
        let filter = filter(|query| {
            query.kind = Some("co-sell, Marketplace,".to_owned());
            query.country = Some("TR,de".to_owned());
            query.mine = Some(true);
            query.min_value = Some("1000.50".to_owned());
        })
        .unwrap();
        assert_eq!(filter.kind, [Kind::CoSell, Kind::Marketplace]);
        assert_eq!(filter.country, ["TR", "de"]);
        assert!(filter.mine);
        assert_eq!(filter.min_value, Some(1000.5));
    }

    #[test]
    fn a_period_ends_with_its_last_day() {
        let filter = filter(|query| {
            query.created_from = Some("2026-03-01".to_owned());
            query.created_to = Some("2026-03-31".to_owned());
        })
        .unwrap();
        let period = Period {
            from: Some("2026-03-01T00:00:00Z".parse().unwrap()),
            before: Some("2026-04-01T00:00:00Z".parse().unwrap()),
        };
        assert_eq!((filter.created, filter.closed), (period, Period::default()));
    }

    #[rstest]
    #[case(ReferralQuery { kind: Some("co-sell,lead".into()), ..ReferralQuery::default() }, "lead")]
    #[case(ReferralQuery { min_value: Some("1,5".into()), ..ReferralQuery::default() }, "1,5")]
    #[case(ReferralQuery { closed_to: Some("31.03.2026".into()), ..ReferralQuery::default() }, "31.03.2026")]
    #[case(ReferralQuery { sort: Some("search".into()), ..ReferralQuery::default() }, "search")]
    fn a_word_that_a_filter_does_not_take_is_named(#[case] query: ReferralQuery, #[case] word: &str) {
        let error = query.filter(StatusFilter::Open).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidFilter);
        for language in [crate::Language::En, crate::Language::Tr] {
            let message = error.body(language).message;
            assert!(message.contains(word) && !message.contains("expected."), "{message}");
        }
    }
}
