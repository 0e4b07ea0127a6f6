//! What a person does with referrals: stars, notes, views, and a look at the whole.

use hunter_store::{Choices, Insights, StoredView, Tiles};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::referrals::{ReferralQuery, not_found};

/// Letters that a note may have.
pub const NOTE_LENGTH: usize = 10_000;
const VIEW_NAME_LENGTH: usize = 80;
/// Months that charts go back.
const CHARTED_MONTHS: i32 = 24;
/// Characters of an address that can be written or called, and nothing that a program around it could take for its own.
const ADDRESS_LENGTH: usize = 254;

/// Filters and order under a name.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SavedView {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// What a person calls it.
    pub name: String,
    /// What it asks for.
    pub query: ReferralQuery,
}

/// By which means a person is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// The system's program for mail.
    Mail,
    /// The system's program for calls.
    Phone,
}

impl Reach {
    /// The link that opens the program; `None` for a text that is no address.
    pub(crate) fn link(self, address: &str) -> Option<String> {
        let address = address.trim();
        if address.is_empty() || address.len() > ADDRESS_LENGTH {
            return None;
        }
        match self {
            Self::Mail => {
                let (name, domain) = address.split_once('@')?;
                let is_plain = |letter: char| letter.is_alphanumeric() || "._-+".contains(letter);
                let is_address = !name.is_empty() && domain.contains('.');
                let is_address = is_address && name.chars().all(is_plain) && domain.chars().all(is_plain);
                is_address.then(|| {
                    format!(
                        "mailto:{}",
                        url::form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>()
                            + "@"
                            + domain
                    )
                })
            }
            Self::Phone => {
                let number: String =
                    address.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect();
                let is_number =
                    address.chars().all(|letter| letter.is_ascii_digit() || "+-() ./".contains(letter));
                (is_number && number.len() > 2).then(|| format!("tel:{number}"))
            }
        }
    }
}

impl Engine {
    /// What stands above the list.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn tiles(&self) -> Result<Tiles, HunterError> {
        let now = self.now();
        Ok(self.store().await?.tiles(now, quarter_of(now)).await?)
    }

    /// The words that referrals have, to filter by.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn choices(&self) -> Result<Choices, HunterError> {
        Ok(self.store().await?.choices().await?)
    }

    /// What the charts show.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn insights(&self) -> Result<Insights, HunterError> {
        let today = TimeZone::UTC.to_datetime(self.now()).date();
        let first = today.first_of_month().checked_sub((CHARTED_MONTHS - 1).months()).unwrap_or(today);
        Ok(self.store().await?.insights(start_of(first)).await?)
    }

    /// Marks referrals, or takes their marks away.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn set_star(&self, ids: &[String], starred: bool) -> Result<(), HunterError> {
        Ok(self.store().await?.set_star(ids, starred).await?)
    }

    /// Keeps what a person wrote to a referral.
    ///
    /// # Errors
    /// [`ErrorCode::NoteTooLong`], [`ErrorCode::NotFound`], and storage errors.
    pub async fn set_note(&self, id: &str, note: &str) -> Result<(), HunterError> {
        let note = note.trim_end();
        if note.chars().count() > NOTE_LENGTH {
            return Err(HunterError::new(ErrorCode::NoteTooLong).with("most", NOTE_LENGTH));
        }
        if self.store().await?.set_note(id, note, self.now()).await? { Ok(()) } else { Err(not_found(id)) }
    }

    /// Notes that a person has looked at these referrals, or at all; false if that is no news.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn mark_seen(&self, ids: Option<&[String]>) -> Result<bool, HunterError> {
        Ok(self.store().await?.mark_seen(ids).await?)
    }

    /// The views that a person keeps; one that this Hunter does not understand any more is left out.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn saved_views(&self) -> Result<Vec<SavedView>, HunterError> {
        let views = self.store().await?.views().await?;
        let read = |StoredView { view_id: id, name, query }| {
            Some(SavedView { id, name, query: serde_json::from_str(&query).ok()? })
        };
        Ok(views.into_iter().filter_map(read).collect())
    }

    /// Keeps a view, in the place of one with the same name.
    ///
    /// # Errors
    /// [`ErrorCode::ViewName`], [`ErrorCode::InvalidFilter`], and storage errors.
    pub async fn save_view(&self, name: &str, query: ReferralQuery) -> Result<(), HunterError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > VIEW_NAME_LENGTH {
            return Err(HunterError::new(ErrorCode::ViewName).with("most", VIEW_NAME_LENGTH));
        }
        self.filter(&query)?;
        let query = ReferralQuery { limit: None, offset: None, ..query };
        let text = serde_json::to_string(&query)
            .map_err(|error| HunterError::new(ErrorCode::Internal).with("detail", error))?;
        Ok(self.store().await?.save_view(name, &text, self.now()).await?)
    }

    /// Forgets a view.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn remove_view(&self, id: i64) -> Result<(), HunterError> {
        Ok(self.store().await?.remove_view(id).await?)
    }
}

/// When the quarter began, in UTC as everything that is counted by days.
fn quarter_of(now: Timestamp) -> Timestamp {
    let today = TimeZone::UTC.to_datetime(now).date();
    let month = (today.month() - 1) / 3 * 3 + 1;
    Date::new(today.year(), month, 1).map_or(now, start_of)
}

fn start_of(day: Date) -> Timestamp {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")]
    #[case("2026-03-31T23:59:59Z", "2026-01-01T00:00:00Z")]
    #[case("2026-11-27T10:00:00Z", "2026-10-01T00:00:00Z")]
    fn quarters(#[case] now: &str, #[case] began: &str) {
        assert_eq!(quarter_of(now.parse().unwrap()), began.parse().unwrap());
    }

    #[rstest]
    #[case(Reach::Mail, " ayse@kaya.com.tr ", Some("mailto:ayse@kaya.com.tr"))]
    #[case(Reach::Mail, "o+k@x.example", Some("mailto:o%2Bk@x.example"))]
    #[case(Reach::Mail, "a@b.example?bcc=all@c.example", None)]
    #[case(Reach::Mail, "a@b.example,c@d.example", None)]
    #[case(Reach::Mail, "nobody", None)]
    #[case(Reach::Phone, "+90 (262) 000-00.00", Some("tel:+902620000000"))]
    #[case(Reach::Phone, "0262/000", Some("tel:0262000"))]
    #[case(Reach::Phone, "112;ext=9", None)]
    #[case(Reach::Phone, "javascript:alert(1)", None)]
    #[case(Reach::Phone, "", None)]
    fn only_addresses_become_links(#[case] by: Reach, #[case] address: &str, #[case] link: Option<&str>) {
        assert_eq!(by.link(address).as_deref(), link);
    }
}
