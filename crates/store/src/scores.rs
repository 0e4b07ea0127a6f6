//! Companies' signals and scores, and what they make of their referrals' priority.

use std::sync::{Arc, PoisonError};

use hunter_referral::{Kind, Priority, Prospect, Rules, Score, Segment, Signals, priority, score, sortable};
use jiff::Timestamp;
use rust_decimal::Decimal;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};

use crate::error::StoreError;
use crate::open::Store;
use crate::row::ReferralItem;
use crate::state::{read, write};

/// By which rules everything is scored.
const STAMP: &str = "score_stamp";
/// Companies that are scored in one transaction.
const BATCH: u32 = 500;

/// Companies whose signals, tenant or rules are not those that they were scored by; found by two ends of one index.
pub(crate) const DUE: &str = "SELECT c.company_id, c.domain, c.azure_tenant, s.signals, c.score, c.segment, c.provider \
     FROM companies c LEFT JOIN domain_signals s USING (domain) \
     WHERE (c.score_stamp <> '' AND c.score_stamp < ?1) OR (c.score_stamp <> '' AND c.score_stamp > ?1) LIMIT ?2";

/// What name servers said of a domain, and for how long that is good enough.
#[derive(Debug, Clone)]
pub struct Scan {
    /// What they said.
    pub signals: Signals,
    /// From when on they are to be asked again.
    pub renew_at: Timestamp,
}

/// What makes a referral worth a call, besides its company's score.
pub(crate) struct Pull<'r> {
    rules: &'r Rules,
    now: Timestamp,
}

impl Store {
    /// The rules that scores and priorities follow from now on; what was scored by others is scored anew.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn use_rules(&self, rules: Rules, now: Timestamp) -> Result<(), StoreError> {
        let stamp = rules.stamp();
        if self.is_scored_by(&stamp) {
            return Ok(());
        }
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        if read::<String>(&self.readers, STAMP).await? == stamp {
            *self.scored_by.write().unwrap_or_else(PoisonError::into_inner) = stamp;
            return Ok(());
        }
        self.rescore(now).await?;
        let mut transaction = self.begin().await?;
        rate(&mut transaction, &self.rules(), "TRUE", "[]").await?;
        write(&mut *transaction, STAMP, &stamp).await?;
        transaction.commit().await?;
        *self.scored_by.write().unwrap_or_else(PoisonError::into_inner) = stamp;
        Ok(())
    }

    fn is_scored_by(&self, stamp: &str) -> bool {
        *self.scored_by.read().unwrap_or_else(PoisonError::into_inner) == stamp
    }

    pub(crate) fn rules(&self) -> Arc<Rules> {
        self.rules.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps what name servers said, beside what they said before where they were silent now; and scores the companies of
    /// these domains.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn keep_scans(&self, scans: &[Scan], now: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for Scan { signals, renew_at } in scans {
            let before: Option<String> =
                sqlx::query_scalar("SELECT signals FROM domain_signals WHERE domain = ?")
                    .bind(&signals.domain)
                    .fetch_optional(&mut *transaction)
                    .await?;
            let before: Option<Signals> = before.and_then(|before| serde_json::from_str(&before).ok());
            let signals =
                signals.clone().or(before.unwrap_or_else(|| Signals::unanswered(signals.domain.as_str())));
            let query = "INSERT INTO domain_signals (domain, signals, scanned_at, renew_at) VALUES (?1, ?2, ?3, ?4) \
                         ON CONFLICT (domain) DO UPDATE SET signals = ?2, scanned_at = ?3, renew_at = ?4";
            sqlx::query(query)
                .bind(&signals.domain)
                .bind(Json(&signals))
                .bind(sortable(now))
                .bind(sortable(*renew_at))
                .execute(&mut *transaction)
                .await?;
            sqlx::query("UPDATE companies SET score_stamp = 'due' WHERE domain = ?")
                .bind(&signals.domain)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        self.rescore(now).await
    }

    /// Domains of companies that were never scanned, or are to be scanned again, at most so many.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn domains_due(&self, now: Timestamp) -> Result<Vec<String>, StoreError> {
        let query = "SELECT c.domain FROM companies c LEFT JOIN domain_signals s USING (domain) \
                     WHERE s.domain IS NULL OR s.renew_at <= ? ORDER BY s.scanned_at NULLS FIRST, c.company_id";
        Ok(sqlx::query_scalar(query).bind(sortable(now)).fetch_all(&self.readers).await?)
    }

    /// The domains of these companies.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn domains_of(&self, company_ids: &[i64]) -> Result<Vec<String>, StoreError> {
        let query = "SELECT domain FROM companies WHERE company_id IN (SELECT value FROM json_each(?))";
        Ok(sqlx::query_scalar(query).bind(Json(company_ids)).fetch_all(&self.readers).await?)
    }

    /// Scores the companies whose signals, tenant or rules are not those that they were scored by.
    pub(crate) async fn rescore(&self, now: Timestamp) -> Result<(), StoreError> {
        while self.rescore_batch(now).await? {}
        Ok(())
    }

    async fn rescore_batch(&self, now: Timestamp) -> Result<bool, StoreError> {
        let rules = self.rules();
        let stamp = rules.stamp();
        let is_due = format!("SELECT EXISTS ({DUE})");
        let waits: bool = QueryBuilder::<Sqlite>::new(is_due)
            .build_query_scalar()
            .bind(&stamp)
            .bind(1)
            .fetch_one(&self.readers)
            .await?;
        if !waits {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        let due: Vec<Scored> =
            sqlx::query_as(DUE).bind(&stamp).bind(BATCH).fetch_all(&mut *transaction).await?;
        for company in &due {
            company.score_anew(&mut transaction, &rules, &stamp, now).await?;
        }
        let ids: Vec<i64> = due.iter().map(|company| company.company_id).collect();
        let of_these = "company_id IN (SELECT value FROM json_each(?))";
        rate(&mut transaction, &rules, of_these, &serde_json::json!(ids).to_string()).await?;
        transaction.commit().await?;
        Ok(!ids.is_empty())
    }
}

/// A company as it is, and what it is to be scored by.
#[derive(FromRow)]
struct Scored {
    company_id: i64,
    domain: String,
    azure_tenant: String,
    signals: Option<String>,
    score: Option<i64>,
    segment: String,
    provider: String,
}

impl Scored {
    /// The score before stays in the history.
    async fn score_anew(
        &self,
        connection: &mut SqliteConnection,
        rules: &Rules,
        stamp: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let new = score_of(&self.domain, self.signals.as_deref(), &self.azure_tenant, rules);
        let (value, segment) = (new.score.map(i64::from), new.segment.map_or("", Segment::as_str));
        let provider = new.provider.id.as_str();
        sqlx::query(
            "UPDATE companies SET score = ?, segment = ?, provider = ?, score_stamp = ? WHERE company_id = ?",
        )
        .bind(value)
        .bind(segment)
        .bind(provider)
        .bind(stamp)
        .bind(self.company_id)
        .execute(&mut *connection)
        .await?;
        if (value, segment, provider) == (self.score, self.segment.as_str(), self.provider.as_str()) {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO company_scores (company_id, score, segment, provider, stamp, scored_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(self.company_id)
        .bind(value)
        .bind(segment)
        .bind(provider)
        .bind(stamp)
        .bind(sortable(now))
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// The score of a company with these signals; those that cannot be read count as not asked for.
pub(crate) fn score_of(domain: &str, signals: Option<&str>, azure_tenant: &str, rules: &Rules) -> Score {
    let read = signals.and_then(|signals| serde_json::from_str(signals).ok());
    score(&read.unwrap_or_else(|| Signals::unanswered(domain)), !azure_tenant.is_empty(), rules)
}

/// Gives referrals their company's score and the part of their priority that time does not change.
pub(crate) async fn rate(
    connection: &mut SqliteConnection,
    rules: &Rules,
    which: &'static str,
    values: &str,
) -> Result<(), StoreError> {
    let of_company = |column: &str| {
        format!(
            "(SELECT c.{column} FROM companies c WHERE c.company_id = partner_center_referrals.company_id)"
        )
    };
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "UPDATE partner_center_referrals SET score = {score}, segment = coalesce({segment}, ''), \
         lasting_priority = coalesce({score}, 0) + {own} WHERE {which}",
        score = of_company("score"),
        segment = of_company("segment"),
        own = lasting(rules),
    ));
    let query = query.build();
    let query = if which.contains('?') { query.bind(values) } else { query };
    query.execute(connection).await?;
    Ok(())
}

/// Co-sell bonus and value band in SQL; the figures are the rules' own, and a test holds it to the rule in Rust.
fn lasting(rules: &Rules) -> String {
    let mut sql =
        format!("iif(kind = '{}', {}, 0) + CASE", Kind::CoSell.as_str(), i32::from(rules.cosell_bonus));
    for (currencies, bands) in rules.value_bands() {
        let is_code = |code: &&String| code.chars().all(|letter| letter.is_ascii_uppercase());
        let codes: Vec<String> = currencies.iter().filter(is_code).map(|code| format!("'{code}'")).collect();
        sql += &format!(" WHEN currency IN ({}) THEN CASE", codes.join(", "));
        for (from, points) in bands.into_iter().rev() {
            sql += &format!(" WHEN deal_amount >= {from} THEN {points}");
        }
        sql += " ELSE 0 END";
    }
    sql + " ELSE 0 END"
}

impl<'r> Pull<'r> {
    pub fn at(rules: &'r Rules, now: Timestamp) -> Self {
        Self { rules, now }
    }

    /// The priority of `r` in SQL.
    pub fn push(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push("(r.lasting_priority + CASE WHEN r.status = 'New' AND r.gone_at IS NULL THEN CASE");
        // The longest time left comes first: most have one.
        let mut later = 0;
        for (hours, points) in self.rules.urgency_steps().rev() {
            let until = self.now.checked_add(jiff::SignedDuration::from_hours(i64::from(hours)));
            query.push(" WHEN r.expires_at > ").push_bind(sortable(until.unwrap_or(Timestamp::MAX)));
            query.push(format!(" THEN {later}"));
            later = points;
        }
        query.push(" WHEN r.expires_at > ").push_bind(sortable(self.now));
        query
            .push(format!(" THEN {later} ELSE 0 END + iif(r.contact_until > "))
            .push_bind(sortable(self.now));
        query.push(format!(", {}, 0) ELSE 0 END)", self.rules.contact_points()));
    }

    /// The same figure with its reasons.
    pub fn of(&self, item: &ReferralItem, score: Option<i64>, contact_until: Option<&str>) -> Priority {
        let instant = |text: Option<&str>| text.and_then(|text| text.parse::<Timestamp>().ok());
        let is_waiting = item.status == "New" && item.gone_at.is_none();
        let kinds = [Kind::CoSell, Kind::Marketplace, Kind::SolutionProvider];
        let prospect = Prospect {
            kind: kinds.into_iter().find(|kind| kind.as_str() == item.kind).unwrap_or(Kind::Other),
            time_left: instant(item.expires_at.as_deref())
                .filter(|_| is_waiting)
                .map(|until| until.duration_since(self.now)),
            contact_wanted: is_waiting && instant(contact_until).is_some_and(|until| until > self.now),
            deal_value: item.deal_value.as_deref().and_then(|value| value.parse::<Decimal>().ok()),
            currency: (!item.currency.is_empty()).then_some(item.currency.as_str()),
        };
        priority(score.and_then(|score| u8::try_from(score).ok()), &prospect, self.rules)
    }
}
