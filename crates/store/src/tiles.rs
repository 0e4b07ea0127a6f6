//! What stands above the list, and the words to filter by.

use hunter_referral::sortable;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};
use ts_rs::TS;

use crate::error::StoreError;
use crate::filter::NO_CURRENCY;
use crate::list::SOON;
use crate::open::Store;

/// An amount in one currency; amounts are never added up across currencies.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, TS)]
pub struct Amount {
    /// ISO 4217, if the deals name one.
    pub currency: Option<String>,
    /// Decimal text, rounded to two digits.
    pub value: String,
    /// How many referrals it is the sum of.
    #[ts(type = "number")]
    pub referrals: i64,
}

/// What stands above the list; each is what a filter finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Tiles {
    /// Unanswered.
    #[ts(type = "number")]
    pub new: i64,
    /// Unanswered, expiring within three days.
    #[ts(type = "number")]
    pub expiring: i64,
    /// Accepted and under way.
    #[ts(type = "number")]
    pub active: i64,
    /// Won since the quarter began.
    #[ts(type = "number")]
    pub won_this_quarter: i64,
    /// The first day of the quarter (UTC), `2026-10-01`.
    pub quarter_from: String,
    /// What open referrals are worth, the currency of the most referrals first.
    pub open_value: Vec<Amount>,
    /// New or changed since somebody looked.
    #[ts(type = "number")]
    pub unseen: i64,
    /// Unanswered, with a customer who asked for contact within the last 72 hours.
    #[ts(type = "number")]
    pub contact_wanted: i64,
}

/// The open referrals in one currency.
#[derive(FromRow)]
struct OpenOnes {
    currency: Option<String>,
    value: String,
    valued: i64,
    new: i64,
    referrals: i64,
}

impl From<OpenOnes> for Amount {
    fn from(open: OpenOnes) -> Self {
        Self { currency: open.currency, value: open.value, referrals: open.valued }
    }
}

/// A word that referrals have in one field.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, TS)]
pub struct Choice {
    /// The word.
    pub value: String,
    /// How many have it.
    #[ts(type = "number")]
    pub referrals: i64,
}

/// Words to filter by, the most frequent first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[expect(missing_docs, reason = "the fields' names say it")]
pub struct Choices {
    pub substatus: Vec<Choice>,
    pub country: Vec<Choice>,
    pub currency: Vec<Choice>,
    pub direction: Vec<Choice>,
    pub qualification: Vec<Choice>,
}

impl Store {
    /// What stands above the list now, in a quarter that began then.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn tiles(&self, now: Timestamp, quarter: Timestamp) -> Result<Tiles, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let count =
            |condition: &str| format!("(SELECT count(*) FROM partner_center_referrals WHERE {condition})");
        let waits = "is_open = 1 AND status = 'New'";
        let mut query = QueryBuilder::<Sqlite>::new(format!(
            "SELECT {}, {}, {}, {}",
            count(&format!("{waits} AND expires_at BETWEEN ?1 AND ?2")),
            count("gone_at IS NULL AND status = 'Closed' AND substatus = 'Won' AND closed_at >= ?3"),
            count("unseen <> ''"),
            count(&format!("{waits} AND contact_until >= ?1")),
        ));
        let (expiring, won_this_quarter, unseen, contact_wanted) = query
            .build_query_as()
            .bind(sortable(now))
            .bind(sortable(now + SOON))
            .bind(sortable(quarter))
            .fetch_one(&mut *snapshot)
            .await?;
        let open: Vec<OpenOnes> = sqlx::query_as(
            "SELECT nullif(currency, '') AS currency, printf('%.2f', sum(deal_amount)) AS value, \
             count(deal_amount) AS valued, count(*) FILTER (WHERE status = 'New') AS new, count(*) AS referrals \
             FROM partner_center_referrals WHERE is_open = 1 GROUP BY partner_center_referrals.currency \
             ORDER BY valued DESC, 1",
        )
        .fetch_all(&mut *snapshot)
        .await?;
        let new: i64 = open.iter().map(|of_currency| of_currency.new).sum();
        let active = open.iter().map(|of_currency| of_currency.referrals).sum::<i64>() - new;
        let open_value =
            open.into_iter().filter(|of_currency| of_currency.valued > 0).map(Amount::from).collect();
        let quarter_from = quarter.strftime("%Y-%m-%d").to_string();
        Ok(Tiles {
            new,
            expiring,
            active,
            won_this_quarter,
            quarter_from,
            open_value,
            unseen,
            contact_wanted,
        })
    }

    /// The words that referrals have.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn choices(&self) -> Result<Choices, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        Ok(Choices {
            substatus: words(&mut snapshot, "substatus").await?,
            country: words(&mut snapshot, "customer_country").await?,
            currency: currencies(&mut snapshot).await?,
            direction: words(&mut snapshot, "direction").await?,
            qualification: words(&mut snapshot, "qualification").await?,
        })
    }
}

/// As [`words`], with those that have no currency last, if any.
async fn currencies(connection: &mut SqliteConnection) -> Result<Vec<Choice>, StoreError> {
    let mut choices = words(connection, "currency").await?;
    let query = "SELECT count(*) FROM partner_center_referrals WHERE currency = ''";
    let referrals: i64 = sqlx::query_scalar(query).fetch_one(connection).await?;
    if referrals > 0 {
        choices.push(Choice { value: NO_CURRENCY.to_owned(), referrals });
    }
    Ok(choices)
}

async fn words(connection: &mut SqliteConnection, column: &'static str) -> Result<Vec<Choice>, StoreError> {
    let query = format!(
        "SELECT {column} AS value, count(*) AS referrals FROM partner_center_referrals WHERE {column} <> '' \
         GROUP BY {column} ORDER BY referrals DESC, {column}"
    );
    Ok(QueryBuilder::<Sqlite>::new(query).build_query_as().fetch_all(connection).await?)
}
