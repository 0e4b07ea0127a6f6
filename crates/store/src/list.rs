use std::str::FromStr;

use hunter_referral::{Kind, LinkStatus, fold, sortable};
use jiff::{SignedDuration, Timestamp};
use sqlx::{QueryBuilder, Sqlite};

use crate::error::StoreError;
use crate::open::Store;
use crate::row::{Counts, ReferralItem, ReferralPage, StoredReferral};

pub(crate) const COLUMNS: &str = "r.referral_id, r.engagement_id, r.name, r.customer_name, r.customer_country, r.kind, \
     r.type, r.qualification, r.direction, r.status, r.substatus, r.deal_value, r.currency, r.domain, r.link_status, \
     r.company_id, r.created_at, r.updated_at, r.expires_at, r.expires_estimated, r.closing_at, r.gone_at, r.synced_at";

/// How soon is soon, for a referral that expires.
pub const SOON: SignedDuration = SignedDuration::from_hours(72);

/// Which referrals a list holds, in which order, and which window of it.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// By status.
    pub status: StatusFilter,
    /// By the finer state, in any letter case.
    pub substatus: Option<String>,
    /// By kind.
    pub kind: Option<Kind>,
    /// By direction, in any letter case.
    pub direction: Option<String>,
    /// By link.
    pub link: Option<LinkFilter>,
    /// By the customer's country, in any letter case.
    pub country: Option<String>,
    /// Unanswered ones that expire within so many days.
    pub expiring_days: Option<u32>,
    /// Words that must all occur in name, customer, domain, ids, contacts or notes.
    pub search: Option<String>,
    /// The order of rows.
    pub order: Order,
    /// How many rows at most.
    pub limit: Option<u32>,
    /// How many rows to pass over.
    pub offset: u32,
}

/// How a referral must be tied to a company.
pub type LinkFilter = LinkStatus;

/// Which statuses a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StatusFilter {
    /// New or Active.
    #[default]
    Open,
    /// Unanswered.
    New,
    /// Under way.
    Active,
    /// Ended.
    Closed,
    /// Every referral, gone ones too.
    All,
}

impl FromStr for StatusFilter {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word.to_ascii_lowercase().as_str() {
            "open" => Ok(Self::Open),
            "new" => Ok(Self::New),
            "active" => Ok(Self::Active),
            "closed" => Ok(Self::Closed),
            "all" => Ok(Self::All),
            _ => Err(()),
        }
    }
}

/// A column to sort by, and the direction; rows without a value come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The column.
    pub field: SortField,
    /// Largest or latest first.
    pub descending: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self { field: SortField::UpdatedAt, descending: true }
    }
}

impl FromStr for Order {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (field, descending) = match text.split_once(':') {
            None => (text, false),
            Some((field, order)) if order.eq_ignore_ascii_case("asc") => (field, false),
            Some((field, order)) if order.eq_ignore_ascii_case("desc") => (field, true),
            Some(_) => return Err(()),
        };
        let field = SortField::ALL.into_iter().find(|known| known.as_str() == field).ok_or(())?;
        Ok(Self { field, descending })
    }
}

macro_rules! sort_fields {
    ($($field:ident = $name:literal, $column:literal;)+) => {
        /// A column that a list can be sorted by.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum SortField { $(#[doc = concat!("`", $name, "`")] $field,)+ }

        impl SortField {
            /// Every column that a list can be sorted by.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$field),+];

            /// Its name in commands and JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$field => $name,)+ }
            }

            fn column(self) -> &'static str {
                match self { $(Self::$field => $column,)+ }
            }
        }
    };
}

sort_fields! {
    UpdatedAt = "updated_at", "r.updated_at";
    CreatedAt = "created_at", "r.created_at";
    ExpiresAt = "expires_at", "r.expires_at";
    ClosingAt = "closing_at", "r.closing_at";
    SyncedAt = "synced_at", "r.synced_at";
    CustomerName = "customer_name", "nullif(r.customer_sort, '')";
    CustomerCountry = "customer_country", "nullif(r.customer_country, '')";
    Name = "name", "nullif(r.name, '')";
    Kind = "kind", "r.kind";
    Status = "status", "nullif(r.status, '')";
    Substatus = "substatus", "nullif(r.substatus, '')";
    Qualification = "qualification", "nullif(r.qualification, '')";
    Direction = "direction", "nullif(r.direction, '')";
    DealValue = "deal_value", "r.deal_amount";
    Currency = "currency", "nullif(r.currency, '')";
    Domain = "domain", "r.domain";
    LinkStatus = "link_status", "r.link_status";
    ReferralId = "referral_id", "r.referral_id";
}

impl Store {
    /// The referrals that match, in order, and how many there are in all.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn list(&self, filter: &Filter, now: Timestamp) -> Result<ReferralPage, StoreError> {
        let mut counting = QueryBuilder::new("SELECT count(*) FROM partner_center_referrals r");
        restrict(&mut counting, filter, now);
        let mut reading = QueryBuilder::new(format!("SELECT {COLUMNS} FROM partner_center_referrals r"));
        restrict(&mut reading, filter, now);
        order(&mut reading, filter.order);
        reading.push(" LIMIT ").push_bind(filter.limit.map_or(-1, i64::from));
        reading.push(" OFFSET ").push_bind(i64::from(filter.offset));
        let mut snapshot = self.readers.begin().await?;
        let total = counting.build_query_scalar().fetch_one(&mut *snapshot).await?;
        let items = reading.build_query_as::<ReferralItem>().fetch_all(&mut *snapshot).await?;
        Ok(ReferralPage { total, items })
    }

    /// One referral with its payload.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn referral(&self, referral_id: &str) -> Result<Option<StoredReferral>, StoreError> {
        let mut query = QueryBuilder::new(format!(
            "SELECT {COLUMNS}, l.payload FROM partner_center_referrals r JOIN raw_leads l USING (raw_lead_id) \
             WHERE r.referral_id = "
        ));
        query.push_bind(referral_id);
        let row = query.build().fetch_optional(&self.readers).await?;
        row.map(|row| {
            let item = <ReferralItem as sqlx::FromRow<_>>::from_row(&row)?;
            Ok(StoredReferral { item, payload: sqlx::Row::try_get(&row, "payload")? })
        })
        .transpose()
    }

    /// How many referrals there are, by status.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn counts(&self, now: Timestamp) -> Result<Counts, StoreError> {
        let here = "gone_at IS NULL AND status";
        let query = format!(
            "SELECT count(*) FILTER (WHERE {here} IN ('New', 'Active')) AS open, \
             count(*) FILTER (WHERE {here} = 'New') AS new, \
             count(*) FILTER (WHERE {here} = 'New' AND expires_at BETWEEN ? AND ?) AS expiring, \
             count(*) FILTER (WHERE {here} = 'Active') AS active, \
             count(*) FILTER (WHERE {here} = 'Closed') AS closed, \
             count(*) AS \"all\" FROM partner_center_referrals"
        );
        Ok(QueryBuilder::<Sqlite>::new(query)
            .build_query_as()
            .bind(sortable(now))
            .bind(sortable(now + SOON))
            .fetch_one(&self.readers)
            .await?)
    }

    /// How many referrals have each status, in the service's words; those without one under `None`.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn count_by_status(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let query = "SELECT iif(status = '', 'None', status) AS word, count(*) FROM partner_center_referrals \
                     GROUP BY word ORDER BY word";
        Ok(sqlx::query_as(query).fetch_all(&self.readers).await?)
    }
}

fn restrict(query: &mut QueryBuilder<Sqlite>, filter: &Filter, now: Timestamp) {
    query.push(match filter.status {
        StatusFilter::All => " WHERE TRUE",
        StatusFilter::Open => " WHERE r.gone_at IS NULL AND r.status IN ('New', 'Active')",
        StatusFilter::New => " WHERE r.gone_at IS NULL AND r.status = 'New'",
        StatusFilter::Active => " WHERE r.gone_at IS NULL AND r.status = 'Active'",
        StatusFilter::Closed => " WHERE r.gone_at IS NULL AND r.status = 'Closed'",
    });
    if let Some(kind) = filter.kind {
        query.push(" AND r.kind = ").push_bind(kind.as_str());
    }
    if let Some(link) = filter.link {
        query.push(" AND r.link_status = ").push_bind(link.as_str());
    }
    let words = [
        ("r.substatus", &filter.substatus),
        ("r.direction", &filter.direction),
        ("r.customer_country", &filter.country),
    ];
    for (column, word) in words {
        if let Some(word) = word {
            query.push(format!(" AND {column} = ")).push_bind(word.clone()).push(" COLLATE NOCASE");
        }
    }
    if let Some(days) = filter.expiring_days {
        let until =
            now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX);
        query.push(" AND r.status = 'New' AND r.expires_at >= ").push_bind(sortable(now));
        query.push(" AND r.expires_at <= ").push_bind(sortable(until));
    }
    for word in fold(filter.search.as_deref().unwrap_or_default()).split_whitespace() {
        query.push(" AND instr(r.search_text, ").push_bind(word.to_owned()).push(") > 0");
    }
}

fn order(query: &mut QueryBuilder<Sqlite>, order: Order) {
    let direction = if order.descending { "DESC" } else { "ASC" };
    query.push(format!(" ORDER BY {} {direction} NULLS LAST, r.referral_id", order.field.column()));
}
