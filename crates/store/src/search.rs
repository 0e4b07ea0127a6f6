//! Full-text search: which words a referral is found by, and how they are asked for.

use hunter_referral::{
    Referral, SearchWords, azure_tenant, customer_size, fold, read_payload, sortable, team_addresses,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};

use crate::error::StoreError;
use crate::open::Store;
use crate::scores::rate;

/// Referrals that are read in one transaction.
const BATCH: u32 = 500;
/// Up to so many matches are looked at one by one and ranked; of more, the ranking would tell nothing and cost the most.
const FEW: i64 = 2_000;
/// How much a match is worth by where it stands: customer, name, domain, people, other, note.
const RANK: &str = "bm25(referral_search, 1.0, 0.8, 0.6, 0.6, 0.1, 0.8)";

/// What a list searches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Search {
    /// Nothing.
    Absent,
    /// Something that no word is made of.
    Hopeless,
    /// What only a few referrals have.
    Rare(String),
    /// What many referrals have.
    Common(String),
}

impl Search {
    /// Finds out how many referrals match.
    pub(crate) async fn of(
        text: Option<&str>,
        connection: &mut SqliteConnection,
    ) -> Result<Self, StoreError> {
        let text = text.unwrap_or_default();
        if text.trim().is_empty() {
            return Ok(Self::Absent);
        }
        let Some(expression) = expression(text) else { return Ok(Self::Hopeless) };
        let query =
            "SELECT count(*) FROM (SELECT 1 FROM referral_search WHERE referral_search MATCH ? LIMIT ?)";
        let matches: i64 =
            sqlx::query_scalar(query).bind(&expression).bind(FEW + 1).fetch_one(connection).await?;
        Ok(if matches > FEW { Self::Common(expression) } else { Self::Rare(expression) })
    }

    /// What is read, and in which order: from few matches to their referrals, and never a search for each referral.
    pub(crate) fn tables(&self) -> &'static str {
        match self {
            Self::Rare(_) => {
                "referral_search CROSS JOIN partner_center_referrals r ON r.referral_key = referral_search.rowid"
            }
            Self::Absent | Self::Hopeless | Self::Common(_) => "partner_center_referrals r",
        }
    }

    pub(crate) fn restrict(&self, query: &mut QueryBuilder<Sqlite>) {
        match self {
            Self::Absent => {}
            Self::Hopeless => {
                query.push(" AND FALSE");
            }
            Self::Rare(expression) => {
                query.push(" AND referral_search MATCH ").push_bind(expression.clone());
            }
            Self::Common(expression) => {
                query.push(
                    " AND +r.referral_key IN (SELECT rowid FROM referral_search WHERE referral_search MATCH ",
                );
                query.push_bind(expression.clone()).push(")");
            }
        }
    }

    /// Customers of that name first, then the best match; false if there is nothing to rank.
    pub(crate) fn rank(&self, query: &mut QueryBuilder<Sqlite>) -> bool {
        let Self::Rare(expression) = self else { return false };
        query.push(
            " ORDER BY r.referral_key IN (SELECT rowid FROM referral_search WHERE referral_search MATCH ",
        );
        query.push_bind(format!("customer : ({expression})"));
        query.push(format!(") DESC, {RANK}, r.updated_at DESC, r.referral_key"));
        true
    }
}

/// Every word of the text as the beginning of one that occurs, in FTS5's language; `None` if it holds no word.
fn expression(text: &str) -> Option<String> {
    let words: Vec<String> = fold(text)
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| format!("\"{}\"*", word.replace(['"', '\0'], " ")))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[derive(FromRow)]
struct Queued {
    referral_key: i64,
    payload: String,
    note: String,
    company_id: Option<i64>,
    company: String,
}

impl Store {
    /// Reads words and teams of those referrals that came or changed, so that a search finds them; and rates them.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written; what was read by then is found.
    pub async fn index_search(&self) -> Result<(), StoreError> {
        while self.index_batch().await? {}
        self.rescore(Timestamp::now()).await
    }

    async fn index_batch(&self) -> Result<bool, StoreError> {
        let waits: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM search_queue)").fetch_one(&self.readers).await?;
        if !waits {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        let queued: Vec<Queued> = sqlx::query_as(
            "SELECT q.referral_key, l.payload, coalesce(m.note, '') AS note, r.company_id, \
             coalesce(c.name || char(10) || c.domain, '') AS company FROM search_queue q \
             JOIN partner_center_referrals r USING (referral_key) JOIN raw_leads l USING (raw_lead_id) \
             LEFT JOIN companies c USING (company_id) \
             LEFT JOIN referral_marks m USING (referral_key) ORDER BY q.referral_key LIMIT ?",
        )
        .bind(BATCH)
        .fetch_all(&mut *transaction)
        .await?;
        for one in &queued {
            index(&mut transaction, one).await?;
        }
        let keys: Vec<i64> = queued.iter().map(|one| one.referral_key).collect();
        let of_these = "referral_key IN (SELECT value FROM json_each(?))";
        rate(&mut transaction, &self.rules(), of_these, &json!(keys).to_string()).await?;
        sqlx::query("DELETE FROM search_queue WHERE referral_key IN (SELECT value FROM json_each(?))")
            .bind(Json(&keys))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(!keys.is_empty())
    }
}

/// Forgets all words and teams; they are to be read again from the payloads.
pub(crate) async fn read_anew(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    for statement in [
        "INSERT INTO main.referral_search (referral_search) VALUES ('delete-all')",
        "DELETE FROM main.referral_team",
        "INSERT INTO main.search_queue (referral_key) SELECT referral_key FROM main.partner_center_referrals WHERE TRUE \
         ON CONFLICT DO NOTHING",
    ] {
        sqlx::query(statement).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Forgets the words of these referrals, so that nothing of them is left in the index.
pub(crate) async fn forget_words(connection: &mut SqliteConnection, keys: &[i64]) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM main.referral_search WHERE rowid IN (SELECT value FROM json_each(?))")
        .bind(Json(keys))
        .execute(&mut *connection)
        .await?;
    // A deleted word stays in the index until its parts are merged.
    sqlx::query("INSERT INTO main.referral_search (referral_search) VALUES ('optimize')")
        .execute(connection)
        .await?;
    Ok(())
}

async fn index(connection: &mut SqliteConnection, one: &Queued) -> Result<(), StoreError> {
    let read = read_payload(&one.payload, |payload| {
        (SearchWords::of(payload), team_addresses(payload), customer_size(payload), azure_tenant(payload))
    });
    let (words, team, size, tenant) = read.unwrap_or_default();
    sqlx::query(
        "INSERT OR REPLACE INTO referral_search (rowid, customer, name, domain, people, other, note) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(one.referral_key)
    .bind(words.customer)
    .bind(words.name)
    .bind(words.domain)
    .bind(words.people)
    .bind(words.other)
    .bind(fold(&one.note))
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM referral_team WHERE referral_key = ?")
        .bind(one.referral_key)
        .execute(&mut *connection)
        .await?;
    for address in team {
        sqlx::query("INSERT INTO referral_team (referral_key, address) VALUES (?, ?)")
            .bind(one.referral_key)
            .bind(address)
            .execute(&mut *connection)
            .await?;
    }
    tell_company(connection, one, size, tenant).await?;
    let Ok(referral) = Referral::parse(&one.payload) else { return Ok(()) };
    // A database of an earlier version lacks these.
    sqlx::query(
        "UPDATE partner_center_referrals SET accepted_at = ?2, closed_at = ?3, contact_until = ?4 \
         WHERE referral_key = ?1 AND (accepted_at, closed_at, contact_until) IS NOT (?2, ?3, ?4)",
    )
    .bind(one.referral_key)
    .bind(referral.accepted_at.map(sortable))
    .bind(referral.closed_at.map(sortable))
    .bind(referral.contact_until.map(sortable))
    .execute(connection)
    .await?;
    Ok(())
}

/// What a referral tells of its company beyond its name; a company that turns out to have a tenant is scored anew.
async fn tell_company(
    connection: &mut SqliteConnection,
    one: &Queued,
    size: Option<String>,
    tenant: Option<String>,
) -> Result<(), StoreError> {
    let Some(company_id) = one.company_id else { return Ok(()) };
    let tells = [("size", size, ""), ("azure_tenant", tenant, ", score_stamp = ''")];
    for (column, told, also) in tells {
        let Some(told) = told else { continue };
        let mut query = QueryBuilder::<Sqlite>::new(format!("UPDATE companies SET {column} = "));
        query.push_bind(told.clone()).push(also).push(" WHERE company_id = ").push_bind(company_id);
        query.push(format!(" AND {column} <> ")).push_bind(told);
        query.build().execute(&mut *connection).await?;
    }
    sqlx::query("UPDATE companies SET folded = ? WHERE company_id = ? AND folded = ''")
        .bind(fold(&one.company))
        .bind(company_id)
        .execute(connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("İzmir KAYA", Some("\"izmir\"* \"kaya\"*"))]
    #[case("ayse@kaya.com", Some("\"ayse@kaya.com\"*"))]
    #[case("\"; DROP TABLE", Some("\"drop\"* \"table\"*"))]
    #[case("a\"b OR NOT c*", Some("\"a b\"* \"or\"* \"not\"* \"c*\"*"))]
    #[case("-- !", None)]
    fn a_search_is_words_and_never_a_language(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(expression(text).as_deref(), expected);
    }
}
