//! What a person decides about companies, each decision with what was there before, so that it can be undone.

use hunter_referral::{CustomerDomain, LinkStatus, Referral, fold, sortable};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{FromRow, Sqlite, SqliteConnection, Transaction};
use ts_rs::TS;

use crate::error::StoreError;
use crate::open::Store;
use crate::row::shortest_text;

/// What a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Tied referrals to a company.
    Link,
    /// Left referrals to their own domains again.
    Unlink,
    /// Joined companies with another one.
    Merge,
    /// Took a company out of the one it was joined with.
    Split,
}

impl ChangeKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Unlink => "unlink",
            Self::Merge => "merge",
            Self::Split => "split",
        }
    }

    fn parse(word: &str) -> Self {
        let all = [Self::Link, Self::Unlink, Self::Merge, Self::Split];
        all.into_iter().find(|kind| kind.as_str() == word).unwrap_or(Self::Link)
    }
}

/// What a person did last, and nobody has undone.
#[derive(Clone, Serialize, TS)]
pub struct CompanyChange {
    /// What.
    pub kind: ChangeKind,
    /// When.
    #[serde(serialize_with = "shortest_text")]
    pub changed_at: String,
    /// How many referrals it moved.
    pub referrals: usize,
    /// The company's name, or its domain.
    pub company: Option<String>,
}

impl std::fmt::Debug for CompanyChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompanyChange").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What was there before a change.
#[derive(Default, Serialize, Deserialize)]
struct Before {
    referrals: Vec<Tie>,
    /// Companies, and what each was joined with.
    companies: Vec<(i64, Option<i64>)>,
}

/// How a referral is tied.
#[derive(Clone, FromRow, Serialize, Deserialize)]
struct Tie {
    referral_key: i64,
    link_status: String,
    company_id: Option<i64>,
}

#[derive(FromRow)]
struct Recorded {
    change_id: i64,
    kind: String,
    before: String,
    changed_at: String,
    company: Option<String>,
}

impl Store {
    /// Of these referrals, those that are not stored.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn missing(&self, ids: &[String]) -> Result<Vec<String>, StoreError> {
        let query = "SELECT value FROM json_each(?) WHERE NOT EXISTS \
                     (SELECT 1 FROM partner_center_referrals WHERE referral_id = value)";
        Ok(sqlx::query_scalar(query).bind(Json(ids)).fetch_all(&self.readers).await?)
    }

    /// Ties referrals to a company, whatever a sync brings; unknown ids are passed over. False if nothing changed, as with
    /// the others.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn link(&self, ids: &[String], company_id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let ties = ties_of(&mut transaction, ids).await?;
        let link = LinkStatus::LinkedManually.as_str();
        for tie in &ties {
            tie_to(&mut transaction, tie.referral_key, link, Some(company_id)).await?;
        }
        let before = Before { referrals: ties, ..Before::default() };
        self.conclude(transaction, ChangeKind::Link, Some(company_id), before, now).await
    }

    /// Leaves referrals that a person tied to what their own payload says.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn unlink(&self, ids: &[String], now: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let mut ties = ties_of(&mut transaction, ids).await?;
        ties.retain(|tie| tie.link_status == LinkStatus::LinkedManually.as_str());
        for tie in &ties {
            tie_by_payload(&mut transaction, tie.referral_key).await?;
        }
        let company = ties.first().and_then(|tie| tie.company_id);
        let before = Before { referrals: ties, ..Before::default() };
        self.conclude(transaction, ChangeKind::Unlink, company, before, now).await
    }

    /// Joins companies with one: their referrals are its own from now on, also those that are yet to come.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn merge_companies(&self, into: i64, from: &[i64], now: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let into: i64 = sqlx::query_scalar(
            "SELECT coalesce(merged_into, company_id) FROM companies WHERE company_id = ?",
        )
        .bind(into)
        .fetch_one(&mut *transaction)
        .await?;
        let query = "SELECT company_id, merged_into FROM companies WHERE company_id <> ?1 \
                     AND (company_id IN (SELECT value FROM json_each(?2)) OR merged_into IN (SELECT value FROM json_each(?2)))";
        let companies: Vec<(i64, Option<i64>)> =
            sqlx::query_as(query).bind(into).bind(Json(from)).fetch_all(&mut *transaction).await?;
        let ids: Vec<i64> = companies.iter().map(|(id, _)| *id).collect();
        let referrals = ties_of_companies(&mut transaction, &ids).await?;
        sqlx::query(
            "UPDATE companies SET merged_into = ? WHERE company_id IN (SELECT value FROM json_each(?))",
        )
        .bind(into)
        .bind(Json(&ids))
        .execute(&mut *transaction)
        .await?;
        for tie in &referrals {
            tie_to(&mut transaction, tie.referral_key, &tie.link_status, Some(into)).await?;
        }
        self.conclude(transaction, ChangeKind::Merge, Some(into), Before { referrals, companies }, now).await
    }

    /// Takes a company out of the one it was joined with; the referrals of its domain are its own again.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn split_company(&self, company_id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let query =
            "SELECT company_id, merged_into FROM companies WHERE company_id = ? AND merged_into IS NOT NULL";
        let companies: Vec<(i64, Option<i64>)> =
            sqlx::query_as(query).bind(company_id).fetch_all(&mut *transaction).await?;
        let query = "SELECT r.referral_key, r.link_status, r.company_id FROM partner_center_referrals r \
                     JOIN companies c ON c.domain = r.domain WHERE c.company_id = ? AND c.merged_into = r.company_id \
                     AND r.link_status = 'auto_linked'";
        let mut referrals: Vec<Tie> =
            sqlx::query_as(query).bind(company_id).fetch_all(&mut *transaction).await?;
        referrals.extend(taken_by_hand(&mut transaction, company_id).await?);
        sqlx::query("UPDATE companies SET merged_into = NULL WHERE company_id = ?")
            .bind(company_id)
            .execute(&mut *transaction)
            .await?;
        for tie in &referrals {
            tie_to(&mut transaction, tie.referral_key, &tie.link_status, Some(company_id)).await?;
        }
        self.conclude(transaction, ChangeKind::Split, Some(company_id), Before { referrals, companies }, now)
            .await
    }

    /// What a person did last, and nobody has undone.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn last_company_change(&self) -> Result<Option<CompanyChange>, StoreError> {
        Ok(last(&mut *self.readers.acquire().await?).await?.map(|recorded| recorded.change()))
    }

    /// Undoes what a person did last; tells what that was.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn undo_company_change(&self, now: Timestamp) -> Result<Option<CompanyChange>, StoreError> {
        let mut transaction = self.begin().await?;
        let Some(recorded) = last(&mut transaction).await? else { return Ok(None) };
        let before = recorded.before();
        for (company_id, merged_into) in &before.companies {
            sqlx::query("UPDATE companies SET merged_into = ? WHERE company_id = ?")
                .bind(merged_into)
                .bind(company_id)
                .execute(&mut *transaction)
                .await?;
        }
        for tie in &before.referrals {
            if tie.link_status == LinkStatus::LinkedManually.as_str() {
                tie_to(&mut transaction, tie.referral_key, &tie.link_status, tie.company_id).await?;
            } else {
                tie_by_payload(&mut transaction, tie.referral_key).await?;
            }
        }
        self.settle_ties(&mut transaction, &before).await?;
        sqlx::query("UPDATE company_changes SET undone_at = ? WHERE change_id = ?")
            .bind(sortable(now))
            .bind(recorded.change_id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        self.index_search().await?;
        Ok(Some(recorded.change()))
    }

    /// The company of a domain, which is made if there is none.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn company_for(&self, domain: &str, now: Timestamp) -> Result<i64, StoreError> {
        let query = "INSERT INTO companies (domain, folded, created_at) VALUES (?, ?, ?) ON CONFLICT (domain) \
                     DO UPDATE SET domain = excluded.domain RETURNING coalesce(merged_into, company_id)";
        Ok(sqlx::query_scalar(query)
            .bind(domain)
            .bind(fold(domain))
            .bind(sortable(now))
            .fetch_one(&self.writer)
            .await?)
    }

    async fn conclude(
        &self,
        mut transaction: Transaction<'static, Sqlite>,
        kind: ChangeKind,
        company_id: Option<i64>,
        before: Before,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if before.referrals.is_empty() && before.companies.is_empty() {
            return Ok(false);
        }
        self.settle_ties(&mut transaction, &before).await?;
        let query = "INSERT INTO company_changes (kind, company_id, before, changed_at) VALUES (?, ?, ?, ?)";
        sqlx::query(query)
            .bind(kind.as_str())
            .bind(company_id)
            .bind(Json(before))
            .bind(sortable(now))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        self.index_search().await?;
        Ok(true)
    }

    /// Gives referrals that came after a decision to the same company as those before; what they tell of it is read again.
    async fn settle_ties(
        &self,
        connection: &mut SqliteConnection,
        before: &Before,
    ) -> Result<(), StoreError> {
        let ids: Vec<i64> = before.companies.iter().map(|(id, _)| *id).collect();
        let query = "UPDATE partner_center_referrals SET company_id = \
             (SELECT coalesce(c.merged_into, c.company_id) FROM companies c WHERE c.domain = partner_center_referrals.domain) \
             WHERE link_status = 'auto_linked' AND domain IN \
             (SELECT domain FROM companies WHERE company_id IN (SELECT value FROM json_each(?))) RETURNING referral_key";
        let mut keys: Vec<i64> =
            sqlx::query_scalar(query).bind(Json(ids)).fetch_all(&mut *connection).await?;
        keys.extend(before.referrals.iter().map(|tie| tie.referral_key));
        let query = "INSERT INTO search_queue (referral_key) SELECT referral_key FROM partner_center_referrals \
                     WHERE referral_key IN (SELECT value FROM json_each(?)) ON CONFLICT DO NOTHING";
        sqlx::query(query).bind(Json(keys)).execute(connection).await?;
        Ok(())
    }
}

impl Recorded {
    fn before(&self) -> Before {
        serde_json::from_str(&self.before).unwrap_or_default()
    }

    fn change(self) -> CompanyChange {
        let referrals = self.before().referrals.len();
        let kind = ChangeKind::parse(&self.kind);
        CompanyChange { kind, changed_at: self.changed_at, referrals, company: self.company }
    }
}

async fn last(connection: &mut SqliteConnection) -> Result<Option<Recorded>, StoreError> {
    let query = "SELECT h.change_id, h.kind, h.before, h.changed_at, coalesce(nullif(c.name, ''), c.domain) AS company \
                 FROM company_changes h LEFT JOIN companies c USING (company_id) WHERE h.undone_at = '' \
                 ORDER BY h.change_id DESC LIMIT 1";
    Ok(sqlx::query_as(query).fetch_optional(connection).await?)
}

async fn ties_of(connection: &mut SqliteConnection, ids: &[String]) -> Result<Vec<Tie>, StoreError> {
    let query = "SELECT referral_key, link_status, company_id FROM partner_center_referrals \
                 WHERE referral_id IN (SELECT value FROM json_each(?))";
    Ok(sqlx::query_as(query).bind(Json(ids)).fetch_all(connection).await?)
}

async fn ties_of_companies(connection: &mut SqliteConnection, ids: &[i64]) -> Result<Vec<Tie>, StoreError> {
    let query = "SELECT referral_key, link_status, company_id FROM partner_center_referrals \
                 WHERE company_id IN (SELECT value FROM json_each(?))";
    Ok(sqlx::query_as(query).bind(Json(ids)).fetch_all(connection).await?)
}

/// Referrals that a person had tied to a company before it was joined with the one they are tied to now.
async fn taken_by_hand(connection: &mut SqliteConnection, company_id: i64) -> Result<Vec<Tie>, StoreError> {
    let query = "SELECT r.referral_key, r.link_status, r.company_id FROM partner_center_referrals r \
         WHERE r.link_status = 'linked_manually' \
         AND r.company_id = (SELECT merged_into FROM companies WHERE company_id = ?1) AND r.referral_key IN \
         (SELECT json_extract(tie.value, '$.referral_key') FROM company_changes h, json_each(h.before, '$.referrals') tie \
         WHERE h.kind = 'merge' AND h.undone_at = '' AND json_extract(tie.value, '$.company_id') = ?1)";
    Ok(sqlx::query_as(query).bind(company_id).fetch_all(connection).await?)
}

async fn tie_to(
    connection: &mut SqliteConnection,
    referral_key: i64,
    link_status: &str,
    company_id: Option<i64>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE partner_center_referrals SET link_status = ?, company_id = ? WHERE referral_key = ?")
        .bind(link_status)
        .bind(company_id)
        .bind(referral_key)
        .execute(connection)
        .await?;
    Ok(())
}

/// As a sync would tie it.
async fn tie_by_payload(connection: &mut SqliteConnection, referral_key: i64) -> Result<(), StoreError> {
    let query = "SELECT l.payload FROM partner_center_referrals r JOIN raw_leads l USING (raw_lead_id) \
                 WHERE r.referral_key = ?";
    let payload: Option<String> =
        sqlx::query_scalar(query).bind(referral_key).fetch_optional(&mut *connection).await?;
    let Some(Ok(referral)) = payload.map(|payload| Referral::parse(&payload)) else { return Ok(()) };
    let company_id: Option<i64> = match &referral.customer_domain {
        CustomerDomain::One(domain) => {
            sqlx::query_scalar("SELECT coalesce(merged_into, company_id) FROM companies WHERE domain = ?")
                .bind(domain)
                .fetch_optional(&mut *connection)
                .await?
        }
        CustomerDomain::None | CustomerDomain::Several(_) => None,
    };
    tie_to(connection, referral_key, referral.link_status().as_str(), company_id).await
}
