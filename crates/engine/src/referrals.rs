use hunter_referral::{Contact, Details, Kind, LinkStatus, Payload, read_payload};
use hunter_store::{Filter, HistoryEntry, Order, ReferralItem, ReferralPage, SortField, StatusFilter};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};

/// The filters of a list as a person or a program writes them.
#[derive(Debug, Clone, Default, Deserialize, TS)]
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
    /// Words that must all occur.
    pub search: Option<String>,
    /// A column, with `:asc` or `:desc`.
    pub sort: Option<String>,
    /// How many rows at most.
    pub limit: Option<u32>,
    /// How many rows to pass over.
    pub offset: Option<u32>,
}

/// A referral with everything that is known of it.
#[derive(Debug, Clone, Serialize, TS)]
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

impl ReferralQuery {
    fn filter(&self, default_status: StatusFilter) -> Result<Filter, HunterError> {
        let status = match &self.status {
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
        let order = match &self.sort {
            None => Order::default(),
            Some(text) => text.parse().map_err(|()| {
                let fields: Vec<&str> = SortField::ALL.into_iter().map(SortField::as_str).collect();
                refused("sort", text, &format!("{} (:asc, :desc)", fields.join(", ")))
            })?,
        };
        Ok(Filter {
            status,
            substatus: self.substatus.clone(),
            kind: one_of("kind", self.kind.as_deref(), &kinds.map(|kind| (kind.as_str(), kind)))?,
            direction: self.direction.clone(),
            link: one_of("link", self.link.as_deref(), &links.map(|link| (link.as_str(), link)))?,
            country: self.country.clone(),
            expiring_days: self.expiring,
            search: self.search.clone(),
            order,
            limit: self.limit,
            offset: self.offset.unwrap_or_default(),
        })
    }
}

fn one_of<T: Copy>(filter: &str, word: Option<&str>, known: &[(&str, T)]) -> Result<Option<T>, HunterError> {
    let Some(word) = word else { return Ok(None) };
    match known.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
        Some((_, value)) => Ok(Some(*value)),
        None => {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            Err(refused(filter, word, &names.join(", ")))
        }
    }
}

fn refused(filter: &str, value: &str, expected: &str) -> HunterError {
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
        let filter = query.filter(self.settings()?.default_status)?;
        Ok(self.store().await?.list(&filter, self.now()).await?)
    }

    /// One referral with everything that is known of it.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] if the current profile has none with this id, and storage errors.
    pub async fn show(&self, referral_id: &str) -> Result<ReferralDetails, HunterError> {
        let store = self.store().await?;
        let stored = store.referral(referral_id).await?.ok_or_else(|| not_found(referral_id))?;
        let read = |payload: &Payload<'_>| (Contact::all(payload), Details::of(payload));
        let (contacts, details) = read_payload(&stored.payload, read).unwrap_or_else(|| read(&Payload::Null));
        Ok(ReferralDetails {
            item: stored.item,
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
        let stored = self.store().await?.referral(referral_id).await?;
        stored.map(|stored| stored.payload).ok_or_else(|| not_found(referral_id))
    }
}

fn not_found(referral_id: &str) -> HunterError {
    HunterError::new(ErrorCode::NotFound).with("id", referral_id)
}
