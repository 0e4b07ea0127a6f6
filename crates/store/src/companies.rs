//! Companies: one per registrable domain, with what is known of each.

use hunter_referral::{Part, Signals, fold, name_similarity, sortable};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};
use std::collections::HashMap;
use std::str::FromStr;
use ts_rs::TS;

use crate::error::StoreError;
use crate::open::Store;
use crate::row::{or_null, shortest, shortest_text};
use crate::scores::score_of;

const COLUMNS: &str = "c.company_id, c.name, c.domain, c.country, c.size, c.provider, c.segment, c.score, s.scanned_at, \
                       (s.renew_at IS NULL OR s.renew_at <= ?) AS is_stale";
/// Companies that a referral could be of, at most.
const CANDIDATES: usize = 20;
/// Names that are less alike are no candidates.
const ALIKE: u8 = 60;

/// Which companies a list holds, in which order, and which window of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CompanyFilter {
    /// Words that must all occur in name or domain.
    pub search: Option<String>,
    /// By segment.
    pub segment: Vec<String>,
    /// By mail provider.
    pub provider: Vec<String>,
    /// By country, in any letter case.
    pub country: Vec<String>,
    /// With at least this score.
    pub min_score: Option<u8>,
    /// With at most this score.
    pub max_score: Option<u8>,
    /// The order.
    pub order: CompanyOrder,
    /// How many rows at most.
    pub limit: Option<u32>,
    /// How many rows to pass over.
    pub offset: u32,
}

/// A column to sort companies by; those without a value come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompanyOrder {
    column: &'static str,
    descending: bool,
}

/// Names of columns in commands and JSON, and what each is in SQL.
const SORTS: [(&str, &str); 9] = [
    ("score", "c.score"),
    ("name", "nullif(c.folded, '')"),
    ("domain", "c.domain"),
    ("country", "nullif(c.country, '')"),
    ("provider", "nullif(c.provider, '')"),
    ("segment", "nullif(c.segment, '')"),
    ("referrals", "a.referrals"),
    ("open", "a.open"),
    ("scanned_at", "s.scanned_at"),
];

impl Default for CompanyOrder {
    fn default() -> Self {
        Self { column: "c.score", descending: true }
    }
}

impl CompanyOrder {
    /// The names of all columns.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SORTS.iter().map(|(name, _)| *name)
    }
}

impl FromStr for CompanyOrder {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (name, descending) = match text.split_once(':') {
            None => (text, false),
            Some((name, order)) if order.eq_ignore_ascii_case("asc") => (name, false),
            Some((name, order)) if order.eq_ignore_ascii_case("desc") => (name, true),
            Some(_) => return Err(()),
        };
        let (_, column) = SORTS.iter().find(|(known, _)| *known == name).ok_or(())?;
        Ok(Self { column, descending })
    }
}

/// Whether all of a company's referrals are tied to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CompanyLink {
    /// All are.
    Linked,
    /// None is.
    #[default]
    Unlinked,
    /// Of some it is only one of several candidates.
    Mixed,
}

/// A company as a row of a list.
#[derive(Clone, FromRow, Serialize, TS)]
pub struct CompanyRow {
    /// Its number.
    #[ts(type = "number")]
    pub company_id: i64,
    /// What its first referral called it.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub name: String,
    /// Its registrable domain.
    pub domain: String,
    /// Usually two letters.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub country: String,
    /// As the customer's profile tells it.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub size: String,
    /// Who takes its mail.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "ProviderId | null")]
    pub provider: String,
    /// What it is worth a call for.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "Segment | null")]
    pub segment: String,
    /// 0 to 100.
    #[ts(type = "number | null")]
    pub score: Option<i64>,
    /// All its referrals.
    #[sqlx(default)]
    #[ts(type = "number")]
    pub referrals: i64,
    /// Those that are New or Active.
    #[sqlx(default)]
    #[ts(type = "number")]
    pub open: i64,
    /// The kinds of its referrals.
    #[sqlx(skip)]
    #[ts(type = "Array<Kind>")]
    pub kinds: Vec<String>,
    /// Whether all of its referrals are tied to it.
    #[sqlx(skip)]
    pub link: CompanyLink,
    /// When its domain was last scanned.
    #[serde(serialize_with = "shortest")]
    pub scanned_at: Option<String>,
    /// Never scanned, or longer ago than a scan is good for.
    pub is_stale: bool,
}

impl std::fmt::Debug for CompanyRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompanyRow").field("company_id", &self.company_id).finish_non_exhaustive()
    }
}

/// Some companies of a list.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CompanyRows {
    /// How many match in all.
    #[ts(type = "number")]
    pub total: i64,
    /// Those of this window.
    pub rows: Vec<CompanyRow>,
}

/// A score that a company has or had.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, TS)]
pub struct ScoreOnRecord {
    /// 0 to 100; none where nobody answered.
    #[ts(type = "number | null")]
    pub score: Option<i64>,
    /// What it was worth a call for.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "Segment | null")]
    pub segment: String,
    /// Who took its mail.
    #[ts(type = "ProviderId")]
    pub provider: String,
    /// The version of the rules.
    #[ts(type = "number")]
    pub rules_version: i64,
    /// When.
    #[serde(serialize_with = "shortest_text")]
    pub scored_at: String,
}

/// Another company that a person joined with one.
#[derive(Clone, FromRow, Serialize, TS)]
pub struct MergedCompany {
    /// Its number.
    #[ts(type = "number")]
    pub company_id: i64,
    /// Its name.
    #[serde(serialize_with = "or_null")]
    #[ts(type = "string | null")]
    pub name: String,
    /// Its domain.
    pub domain: String,
}

impl std::fmt::Debug for MergedCompany {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MergedCompany").field("company_id", &self.company_id).finish_non_exhaustive()
    }
}

/// A company with everything that is known of it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CompanyDetails {
    /// Its row.
    #[serde(flatten)]
    pub row: CompanyRow,
    /// What name servers said of its domain.
    pub signals: Option<Signals>,
    /// Why the score is what it is.
    pub parts: Vec<Part>,
    /// Whether every question that counts was answered.
    pub is_complete: bool,
    /// Scores, newest first.
    pub history: Vec<ScoreOnRecord>,
    /// Companies that a person joined with it.
    pub merged: Vec<MergedCompany>,
    /// The Azure tenant that its referrals or its domain's records name.
    pub tenant: Option<String>,
    /// What a person wrote to it.
    pub note: String,
    /// When the note was last changed.
    pub noted_at: Option<String>,
}

/// A company that a referral could be of.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
pub struct CompanyCandidate {
    /// Its number.
    #[ts(type = "number")]
    pub company_id: i64,
    /// Its name.
    pub name: Option<String>,
    /// Its domain.
    pub domain: String,
    /// All its referrals.
    #[ts(type = "number")]
    pub referrals: i64,
    /// How alike the names are, 0 to 100.
    pub similarity: u8,
}

impl std::fmt::Debug for CompanyCandidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompanyCandidate").field("company_id", &self.company_id).finish_non_exhaustive()
    }
}

impl Store {
    /// The companies that match, in order, and how many there are in all.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn companies(&self, filter: &CompanyFilter, now: Timestamp) -> Result<CompanyRows, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let mut counting = QueryBuilder::new("SELECT count(*) FROM companies c");
        restrict(&mut counting, filter);
        let total = counting.build_query_scalar().fetch_one(&mut *snapshot).await?;
        let mut reading = selecting(now);
        if filter.order.column.starts_with("a.") {
            reading.push(
                " LEFT JOIN (SELECT company_id, count(*) AS referrals, \
                 count(*) FILTER (WHERE gone_at IS NULL AND status IN ('New', 'Active')) AS open \
                 FROM partner_center_referrals WHERE company_id IS NOT NULL GROUP BY company_id) a \
                 ON a.company_id = c.company_id",
            );
        }
        restrict(&mut reading, filter);
        let CompanyOrder { column, descending } = filter.order;
        let direction = if descending { "DESC" } else { "ASC" };
        reading.push(format!(" ORDER BY {column} {direction} NULLS LAST, c.company_id LIMIT "));
        reading.push_bind(filter.limit.map_or(-1, i64::from));
        reading.push(" OFFSET ").push_bind(i64::from(filter.offset));
        let mut rows: Vec<CompanyRow> = reading.build_query_as().fetch_all(&mut *snapshot).await?;
        count_referrals(&mut snapshot, &mut rows).await?;
        Ok(CompanyRows { total, rows })
    }

    /// One company with everything that is known of it; one that was joined with another is shown as that one.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn company(
        &self,
        company_id: i64,
        now: Timestamp,
    ) -> Result<Option<CompanyDetails>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let mut reading = selecting(now);
        reading.push(" WHERE c.company_id = (SELECT coalesce(merged_into, company_id) FROM companies WHERE company_id = ");
        reading.push_bind(company_id).push(")");
        let mut rows: Vec<CompanyRow> = reading.build_query_as().fetch_all(&mut *snapshot).await?;
        count_referrals(&mut snapshot, &mut rows).await?;
        let Some(row) = rows.pop() else { return Ok(None) };
        let (azure_tenant, note, noted_at, signals): (String, String, Option<String>, Option<String>) =
            sqlx::query_as(
                "SELECT c.azure_tenant, c.note, c.noted_at, s.signals FROM companies c \
             LEFT JOIN domain_signals s USING (domain) WHERE c.company_id = ?",
            )
            .bind(row.company_id)
            .fetch_one(&mut *snapshot)
            .await?;
        let history = sqlx::query_as(
            "SELECT score, segment, provider, CAST(stamp AS INTEGER) AS rules_version, scored_at FROM company_scores WHERE company_id = ? \
             ORDER BY score_id DESC",
        )
        .bind(row.company_id)
        .fetch_all(&mut *snapshot)
        .await?;
        let merged = sqlx::query_as(
            "SELECT company_id, name, domain FROM companies WHERE merged_into = ? ORDER BY domain",
        )
        .bind(row.company_id)
        .fetch_all(&mut *snapshot)
        .await?;
        let is_scored = signals.is_some() || !azure_tenant.is_empty();
        let score = score_of(&row.domain, signals.as_deref(), &azure_tenant, &self.rules());
        let signals: Option<Signals> = signals.and_then(|signals| serde_json::from_str(&signals).ok());
        let hint =
            signals.as_ref().and_then(|signals| signals.tenant.found()).and_then(|hint| hint.name.clone());
        Ok(Some(CompanyDetails {
            signals,
            parts: if is_scored { score.parts } else { Vec::new() },
            is_complete: is_scored && score.is_complete,
            history,
            merged,
            tenant: Some(azure_tenant).filter(|tenant| !tenant.is_empty()).or(hint),
            note,
            noted_at,
            row,
        }))
    }

    /// The number of the company with this domain; one that was joined with another goes by that one.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn company_of_domain(&self, domain: &str) -> Result<Option<i64>, StoreError> {
        let query = "SELECT coalesce(merged_into, company_id) FROM companies WHERE domain = ?";
        Ok(sqlx::query_scalar(query).bind(domain.to_lowercase()).fetch_optional(&self.readers).await?)
    }

    /// Companies whose names are like this one, the likest first; or that hold the words of a search.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn candidates(
        &self,
        customer: &str,
        search: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<CompanyCandidate>, StoreError> {
        let search = search.map(str::trim).filter(|search| !search.is_empty());
        let filter = CompanyFilter { search: search.map(str::to_owned), ..CompanyFilter::default() };
        let mut snapshot = self.readers.begin().await?;
        let mut reading = QueryBuilder::new("SELECT c.company_id, c.name, c.domain FROM companies c");
        restrict(&mut reading, &filter);
        let named: Vec<(i64, String, String)> = reading.build_query_as().fetch_all(&mut *snapshot).await?;
        let mut alike: Vec<(u8, &str, i64)> = named
            .iter()
            .map(|(id, name, domain)| (name_similarity(customer, name), domain.as_str(), *id))
            .filter(|(similarity, ..)| search.is_some() || *similarity >= ALIKE)
            .collect();
        alike.sort_unstable_by_key(|(similarity, domain, _)| (std::cmp::Reverse(*similarity), *domain));
        alike.truncate(CANDIDATES);
        let mut reading = selecting(now);
        reading.push(" WHERE c.company_id IN (SELECT value FROM json_each(");
        reading.push_bind(Json(alike.iter().map(|(.., id)| *id).collect::<Vec<_>>())).push("))");
        let mut rows: Vec<CompanyRow> = reading.build_query_as().fetch_all(&mut *snapshot).await?;
        count_referrals(&mut snapshot, &mut rows).await?;
        let candidate = |(similarity, _, id): (u8, &str, i64)| {
            let row = rows.iter().find(|row| row.company_id == id)?;
            Some(CompanyCandidate {
                company_id: id,
                name: Some(row.name.clone()).filter(|name| !name.is_empty()),
                domain: row.domain.clone(),
                referrals: row.referrals,
                similarity,
            })
        };
        Ok(alike.into_iter().filter_map(candidate).collect())
    }

    /// Keeps what a person wrote to a company; false if there is no such company.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn set_company_note(
        &self,
        company_id: i64,
        note: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let noted = sqlx::query("UPDATE companies SET note = ?, noted_at = ? WHERE company_id = ?")
            .bind(note)
            .bind(sortable(now))
            .bind(company_id)
            .execute(&self.writer)
            .await?;
        Ok(noted.rows_affected() > 0)
    }
}

fn selecting(now: Timestamp) -> QueryBuilder<Sqlite> {
    let (before, after) = COLUMNS.split_once('?').unwrap_or((COLUMNS, ""));
    let mut query = QueryBuilder::new(format!("SELECT {before}"));
    query.push_bind(sortable(now)).push(after);
    query.push(" FROM companies c LEFT JOIN domain_signals s USING (domain)");
    query
}

fn restrict(query: &mut QueryBuilder<Sqlite>, filter: &CompanyFilter) {
    query.push(" WHERE c.merged_into IS NULL");
    let lists = [
        ("c.segment", &filter.segment),
        ("c.provider", &filter.provider),
        ("c.country COLLATE NOCASE", &filter.country),
    ];
    for (column, words) in lists {
        if !words.is_empty() {
            query.push(format!(" AND {column} IN ("));
            let mut list = query.separated(", ");
            for word in words {
                list.push_bind(word.clone());
            }
            query.push(")");
        }
    }
    for (comparison, score) in [(">=", filter.min_score), ("<=", filter.max_score)] {
        if let Some(score) = score {
            query.push(format!(" AND c.score {comparison} ")).push_bind(i64::from(score));
        }
    }
    for word in fold(filter.search.as_deref().unwrap_or_default()).split_whitespace() {
        query.push(" AND instr(c.folded, ").push_bind(word.to_owned()).push(") > 0");
    }
}

/// What is counted of a company's referrals.
#[derive(Default)]
struct Counted {
    referrals: i64,
    open: i64,
    kinds: Vec<String>,
}

async fn count_referrals(
    connection: &mut SqliteConnection,
    rows: &mut [CompanyRow],
) -> Result<(), StoreError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.company_id).collect();
    let domains: Vec<&str> = rows.iter().map(|row| row.domain.as_str()).collect();
    let by_kind: Vec<(i64, String, i64, i64)> = sqlx::query_as(
        "SELECT company_id, kind, count(*), count(*) FILTER (WHERE gone_at IS NULL AND status IN ('New', 'Active')) \
         FROM partner_center_referrals WHERE company_id IN (SELECT value FROM json_each(?)) GROUP BY 1, 2 ORDER BY 2",
    )
    .bind(Json(ids))
    .fetch_all(&mut *connection)
    .await?;
    let candidates: Vec<(String, i64)> = sqlx::query_as(
        "SELECT domain, count(*) FROM partner_center_referrals WHERE company_id IS NULL AND domain IS NOT NULL \
         AND domain IN (SELECT value FROM json_each(?)) GROUP BY 1",
    )
    .bind(Json(domains))
    .fetch_all(connection)
    .await?;
    let mut counted: HashMap<i64, Counted> = HashMap::new();
    for (company_id, kind, referrals, open) in by_kind {
        let counted = counted.entry(company_id).or_default();
        counted.referrals += referrals;
        counted.open += open;
        counted.kinds.push(kind);
    }
    let candidates: HashMap<String, i64> = candidates.into_iter().collect();
    for row in rows {
        let of_row = counted.remove(&row.company_id).unwrap_or_default();
        (row.referrals, row.open, row.kinds) = (of_row.referrals, of_row.open, of_row.kinds);
        row.link = match (row.referrals > 0, candidates.contains_key(&row.domain)) {
            (true, false) => CompanyLink::Linked,
            (true, true) => CompanyLink::Mixed,
            (false, _) => CompanyLink::Unlinked,
        };
    }
    Ok(())
}
