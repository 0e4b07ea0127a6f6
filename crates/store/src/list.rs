use std::collections::HashMap;
use std::hash::Hash;

use hunter_referral::{Rules, sortable};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::types::Json;
use sqlx::{Decode, QueryBuilder, Row, Sqlite, SqliteConnection, Type};

use crate::error::StoreError;
use crate::filter::{Filter, StatusFilter};
use crate::open::Store;
use crate::order::{Order, SortField};
use crate::row::{Counts, ReferralItem, ReferralPage, ReferralRow, ReferralRows, StoredReferral};
use crate::scores::Pull;
use crate::search::Search;

const ITEM: &str = "r.referral_id, r.engagement_id, r.name, r.customer_name, r.customer_country, r.kind, \
     r.type, r.qualification, r.direction, r.status, r.substatus, r.deal_value, r.currency, r.domain, r.link_status, \
     r.company_id, r.created_at, r.updated_at, r.expires_at, r.expires_estimated, r.closing_at, r.gone_at, r.synced_at";
const MARKS: &str = "coalesce(m.starred, 0) AS starred, coalesce(m.note, '') <> '' AS has_note, r.unseen, r.contact_until, r.score, r.segment";

/// What holds all open referrals and little of each; SQLite takes a wider index for as good.
const OPEN: &str = " INDEXED BY open_by_priority";

/// How soon is soon, for a referral that expires.
pub const SOON: SignedDuration = SignedDuration::from_hours(72);

/// Where rows are in the database, in the order of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How many referrals match in all.
    pub total: i64,
    /// Those of the window.
    pub keys: Vec<i64>,
}

impl Store {
    /// The referrals that match, in order, and how many there are in all.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn list(&self, filter: &Filter, now: Timestamp) -> Result<ReferralPage, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let found = find(&mut snapshot, filter, &self.rules(), now).await?;
        Ok(ReferralPage { total: found.total, items: items(&mut snapshot, &found.keys).await? })
    }

    /// As [`Store::list`], with what a person noted and what belongs together.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn rows(&self, filter: &Filter, now: Timestamp) -> Result<ReferralRows, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let found = find(&mut snapshot, filter, &self.rules(), now).await?;
        Ok(ReferralRows {
            total: found.total,
            rows: rows(&mut snapshot, &found.keys, &Pull::at(&self.rules(), now)).await?,
        })
    }

    /// Where the referrals are that match.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn find(&self, filter: &Filter, now: Timestamp) -> Result<Found, StoreError> {
        find(&mut *self.readers.begin().await?, filter, &self.rules(), now).await
    }

    /// At which place of the whole list a referral is, counted from zero; nothing if it is not in it.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn place_of(
        &self,
        referral_id: &str,
        filter: &Filter,
        now: Timestamp,
    ) -> Result<Option<usize>, StoreError> {
        let Some(key) = self.keys_of(&[referral_id.to_owned()]).await?.pop() else { return Ok(None) };
        let list = self.find(&Filter { limit: None, offset: 0, ..filter.clone() }, now).await?.keys;
        Ok(list.iter().position(|listed| *listed == key))
    }

    /// Where these referrals are, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn keys_of(&self, referral_ids: &[String]) -> Result<Vec<i64>, StoreError> {
        let query = "SELECT r.referral_key FROM json_each(?) j \
                     JOIN partner_center_referrals r ON r.referral_id = j.value ORDER BY j.key";
        Ok(sqlx::query_scalar(query).bind(Json(referral_ids)).fetch_all(&self.readers).await?)
    }

    /// One referral with its payload.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn referral(
        &self,
        referral_id: &str,
        now: Timestamp,
    ) -> Result<Option<StoredReferral>, StoreError> {
        let keys = self.keys_of(&[referral_id.to_owned()]).await?;
        Ok(self.stored(&keys, now).await?.pop())
    }

    /// The referrals that are there, with their payloads, in this order.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn stored(&self, keys: &[i64], now: Timestamp) -> Result<Vec<StoredReferral>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let rules = self.rules();
        let pull = Pull::at(&rules, now);
        let rows = rows(&mut snapshot, keys, &pull).await?;
        let query = "SELECT l.payload, coalesce(m.note, '') AS note, m.noted_at FROM json_each(?) j \
                     CROSS JOIN partner_center_referrals r ON r.referral_key = j.value \
                     JOIN raw_leads l USING (raw_lead_id) LEFT JOIN referral_marks m USING (referral_key) ORDER BY j.key";
        let texts = sqlx::query(query).bind(Json(keys)).fetch_all(&mut *snapshot).await?;
        let stored = rows.into_iter().zip(texts).map(|(row, texts)| {
            Ok(StoredReferral {
                priority_parts: pull.of(&row.item, row.score, row.contact_until.as_deref()).parts,
                row,
                payload: texts.try_get("payload")?,
                note: texts.try_get("note")?,
                noted_at: texts.try_get("noted_at")?,
            })
        });
        stored.collect()
    }

    /// How many referrals there are, by status.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn counts(&self, now: Timestamp) -> Result<Counts, StoreError> {
        let query = "SELECT count(*) FILTER (WHERE status IN ('New', 'Active')) AS open, \
             count(*) FILTER (WHERE status = 'New') AS new, \
             (SELECT count(*) FROM partner_center_referrals WHERE is_open = 1 AND status = 'New' \
             AND expires_at BETWEEN ? AND ?) AS expiring, \
             count(*) FILTER (WHERE status = 'Active') AS active, count(*) FILTER (WHERE status = 'Closed') AS closed, \
             (SELECT count(*) FROM partner_center_referrals) AS \"all\" \
             FROM partner_center_referrals WHERE gone_at IS NULL";
        Ok(sqlx::query_as(query)
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

    /// How SQLite answers a list: each line of `EXPLAIN QUERY PLAN` for its count and for its keys.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn explain(&self, filter: &Filter, now: Timestamp) -> Result<Vec<String>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let search = Search::of(filter.search.as_deref(), &mut snapshot).await?;
        let mut plan = Vec::new();
        for mut query in [
            counting("EXPLAIN QUERY PLAN ", filter, &search, now),
            finding("EXPLAIN QUERY PLAN ", filter, &search, Window::of(filter, i64::MAX), &self.rules(), now),
        ] {
            for row in query.build().fetch_all(&mut *snapshot).await? {
                plan.push(row.try_get("detail")?);
            }
        }
        Ok(plan)
    }
}

async fn find(
    connection: &mut SqliteConnection,
    filter: &Filter,
    rules: &Rules,
    now: Timestamp,
) -> Result<Found, StoreError> {
    let search = Search::of(filter.search.as_deref(), connection).await?;
    let total = counting("", filter, &search, now).build_query_scalar().fetch_one(&mut *connection).await?;
    let window = Window::of(filter, total);
    let mut keys: Vec<i64> =
        finding("", filter, &search, window, rules, now).build_query_scalar().fetch_all(connection).await?;
    if window.from_end {
        keys.reverse();
    }
    Ok(Found { total, keys })
}

/// Which of the rows that are found are wanted.
#[derive(Clone, Copy)]
struct Window {
    /// Counted from the last row backwards: what lies far down is found from there by half the way.
    from_end: bool,
    offset: i64,
    /// All of them, if negative.
    limit: i64,
}

impl Window {
    fn of(filter: &Filter, total: i64) -> Self {
        let offset = i64::from(filter.offset);
        let limit = filter.limit.map_or(-1, i64::from);
        let is_ranked = filter.order.is_none() && filter.search.is_some();
        let after = total.saturating_sub(offset + limit.max(0));
        if limit < 0 || after >= offset || is_ranked {
            return Self { from_end: false, offset, limit };
        }
        Self { from_end: true, offset: after.max(0), limit: (limit + after.min(0)).max(0) }
    }
}

fn counting(prefix: &str, filter: &Filter, search: &Search, now: Timestamp) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(format!("{prefix}SELECT count(*) FROM {}", search.tables()));
    if filter.fits_every(StatusFilter::Open) {
        query.push(OPEN);
    }
    filter.restrict(&mut query, search, now, true);
    query
}

fn finding(
    prefix: &str,
    filter: &Filter,
    search: &Search,
    window: Window,
    rules: &Rules,
    now: Timestamp,
) -> QueryBuilder<Sqlite> {
    let by_priority = filter.order.filter(|order| order.field == SortField::Priority);
    if let Some(order) = by_priority.filter(|_| filter.fits_every(StatusFilter::All)) {
        return all_by_priority(prefix, order, window, &Pull::at(rules, now));
    }
    let mut query = QueryBuilder::new(format!("{prefix}SELECT r.referral_key FROM {}", search.tables()));
    if by_priority.is_some() && filter.fits_every(StatusFilter::Open) {
        query.push(OPEN);
    }
    filter.restrict(&mut query, search, now, false);
    match filter.order {
        None if search.rank(&mut query) => {}
        order => {
            let (by_index, pull) = (filter.fits_every(StatusFilter::All), Pull::at(rules, now));
            order.unwrap_or_default().push(&mut query, by_index, window.from_end, &pull);
        }
    }
    query.push(" LIMIT ").push_bind(window.limit).push(" OFFSET ").push_bind(window.offset);
    query
}

/// Time changes the priority of those that wait for an answer, and of no others: these are walked in the order of their
/// index, and no further than the window reaches.
fn all_by_priority(prefix: &str, order: Order, window: Window, pull: &Pull<'_>) -> QueryBuilder<Sqlite> {
    let (direction, key) = order.directions(window.from_end);
    let mut query = QueryBuilder::new(format!("{prefix}SELECT referral_key FROM (SELECT r.referral_key, "));
    pull.push(&mut query);
    query.push(format!(
        " AS priority FROM partner_center_referrals r{OPEN} WHERE r.is_open = 1 AND r.status = 'New' \
         UNION ALL SELECT * FROM (SELECT r.referral_key, r.lasting_priority FROM partner_center_referrals r \
         INDEXED BY settled_by_priority WHERE NOT (r.is_open = 1 AND r.status = 'New') \
         ORDER BY r.lasting_priority {direction}, r.referral_key {key} LIMIT "
    ));
    query.push_bind(if window.limit < 0 { window.limit } else { window.offset + window.limit });
    query.push(format!(")) ORDER BY priority {direction}, referral_key {key} LIMIT "));
    query.push_bind(window.limit).push(" OFFSET ").push_bind(window.offset);
    query
}

async fn items(connection: &mut SqliteConnection, keys: &[i64]) -> Result<Vec<ReferralItem>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(format!("SELECT {ITEM} "));
    query.push("FROM json_each(").push_bind(Json(keys));
    query.push(") j CROSS JOIN partner_center_referrals r ON r.referral_key = j.value ORDER BY j.key");
    Ok(query.build_query_as().fetch_all(connection).await?)
}

async fn rows(
    connection: &mut SqliteConnection,
    keys: &[i64],
    pull: &Pull<'_>,
) -> Result<Vec<ReferralRow>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(format!("SELECT {ITEM}, {MARKS} "));
    query.push("FROM json_each(").push_bind(Json(keys));
    query.push(
        ") j CROSS JOIN partner_center_referrals r ON r.referral_key = j.value \
         LEFT JOIN referral_marks m ON m.referral_key = r.referral_key ORDER BY j.key",
    );
    let mut rows: Vec<ReferralRow> = query.build_query_as().fetch_all(&mut *connection).await?;
    let engagements = rows.iter().map(|row| row.item.engagement_id.as_str()).filter(|id| !id.is_empty());
    let engagements = json!(engagements.collect::<Vec<_>>()).to_string();
    let companies = json!(rows.iter().filter_map(|row| row.item.company_id).collect::<Vec<_>>()).to_string();
    let related: HashMap<String, i64> = shared(connection, "engagement_id", engagements).await?;
    let of_company: HashMap<i64, i64> = shared(connection, "company_id", companies).await?;
    for row in &mut rows {
        row.priority = pull.of(&row.item, row.score, row.contact_until.as_deref()).value;
        row.related = related.get(&row.item.engagement_id).copied().unwrap_or(1);
        row.of_company = row.item.company_id.and_then(|id| of_company.get(&id).copied()).unwrap_or(1);
    }
    Ok(rows)
}

/// How many referrals have each of these values in a column.
async fn shared<K>(
    connection: &mut SqliteConnection,
    column: &'static str,
    values: String,
) -> Result<HashMap<K, i64>, StoreError>
where
    K: Hash + Eq + Send + Unpin + for<'r> Decode<'r, Sqlite> + Type<Sqlite>,
{
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT {column}, count(*) FROM partner_center_referrals WHERE {column} IN (SELECT value FROM json_each("
    ));
    query.push_bind(values).push(")) GROUP BY 1");
    let counted: Vec<(K, i64)> = query.build_query_as().fetch_all(connection).await?;
    Ok(counted.into_iter().collect())
}
