//! Full-text search: which words a referral is found by, and how they are asked for.

use std::collections::BTreeMap;

use hunter_referral::{
    Referral, SearchWords, azure_tenant, customer_size, fold, initial, initials, read_payload, sortable,
    team_addresses,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};

use crate::account::{account_of, note_account};
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
    /// Single letters that words begin with, by their bits.
    Letters(i64),
    /// What only a few referrals have.
    Rare(Asked),
    /// What many referrals have.
    Common(Asked),
}

/// Beginnings of words that must all occur.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Those of several letters, in FTS5's language.
    expression: String,
    /// Those of one letter, by their bits.
    letters: i64,
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
        let Some(asked) = Asked::of(text) else { return Ok(Self::Hopeless) };
        if asked.expression.is_empty() {
            return Ok(Self::Letters(asked.letters));
        }
        let query =
            "SELECT count(*) FROM (SELECT 1 FROM referral_search WHERE referral_search MATCH ? LIMIT ?)";
        let matches: i64 =
            sqlx::query_scalar(query).bind(&asked.expression).bind(FEW + 1).fetch_one(connection).await?;
        Ok(if matches > FEW { Self::Common(asked) } else { Self::Rare(asked) })
    }

    /// What is read, and in which order: from few matches to their referrals, and never a search for each referral.
    pub(crate) fn tables(&self) -> &'static str {
        match self {
            Self::Rare(_) => {
                "referral_search CROSS JOIN partner_center_referrals r ON r.referral_key = referral_search.rowid"
            }
            Self::Absent | Self::Hopeless | Self::Letters(_) | Self::Common(_) => {
                "partner_center_referrals r"
            }
        }
    }

    pub(crate) fn restrict(&self, query: &mut QueryBuilder<Sqlite>) {
        match self {
            Self::Absent => {}
            Self::Hopeless => {
                query.push(" AND FALSE");
            }
            Self::Letters(letters) => restrict_initials(query, *letters),
            Self::Rare(asked) => {
                query.push(" AND referral_search MATCH ").push_bind(asked.expression.clone());
                restrict_initials(query, asked.letters);
            }
            Self::Common(asked) => {
                query.push(
                    " AND +r.referral_key IN (SELECT rowid FROM referral_search WHERE referral_search MATCH ",
                );
                query.push_bind(asked.expression.clone()).push(")");
                restrict_initials(query, asked.letters);
            }
        }
    }

    /// Customers of that name first, then the best match; false if there is nothing to rank.
    pub(crate) fn rank(&self, query: &mut QueryBuilder<Sqlite>) -> bool {
        let Self::Rare(Asked { expression, .. }) = self else { return false };
        query.push(
            " ORDER BY r.referral_key IN (SELECT rowid FROM referral_search WHERE referral_search MATCH ",
        );
        query.push_bind(format!("customer : ({expression})"));
        query.push(format!(") DESC, {RANK}, r.updated_at DESC, r.referral_key"));
        true
    }
}

fn restrict_initials(query: &mut QueryBuilder<Sqlite>, letters: i64) {
    if letters != 0 {
        query.push(" AND r.initials & ").push_bind(letters).push(" = ").push_bind(letters);
    }
}

impl Asked {
    /// Every word of the text as the beginning of one that occurs; `None` if it holds no word.
    fn of(text: &str) -> Option<Self> {
        let (mut asked, mut is_empty) = (Self::default(), true);
        for word in fold(text).split_whitespace() {
            let core = word.trim_matches(|letter: char| !letter.is_alphanumeric());
            let mut letters = core.chars();
            let Some(first) = letters.next() else { continue };
            is_empty = false;
            match initial(first).filter(|_| letters.next().is_none()) {
                Some(bit) => asked.letters |= bit,
                None => asked.expression += &format!("\"{}\"* ", word.replace(['"', '\0'], " ")),
            }
        }
        asked.expression.truncate(asked.expression.trim_end().len());
        (!is_empty).then_some(asked)
    }
}

#[derive(FromRow)]
struct Queued {
    referral_key: i64,
    dated: bool,
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
        self.read_words().await?;
        self.rescore(Timestamp::now()).await
    }

    /// As [`Store::index_search`], without rating companies.
    pub(crate) async fn read_words(&self) -> Result<(), StoreError> {
        while self.read_some_words().await? {}
        Ok(())
    }

    /// Reads words of some referrals that wait for it; false if none waits.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written; nothing is lost, the referrals go on waiting.
    pub async fn read_some_words(&self) -> Result<bool, StoreError> {
        let waits: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM search_queue)").fetch_one(&self.readers).await?;
        if !waits {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        let queued: Vec<Queued> = sqlx::query_as(
            "SELECT q.referral_key, q.dated, l.payload, coalesce(m.note, '') AS note, r.company_id, \
             coalesce(c.name || char(10) || c.domain, '') AS company FROM search_queue q \
             JOIN partner_center_referrals r USING (referral_key) JOIN raw_leads l USING (raw_lead_id) \
             LEFT JOIN companies c USING (company_id) \
             LEFT JOIN referral_marks m USING (referral_key) ORDER BY q.referral_key LIMIT ?",
        )
        .bind(BATCH)
        .fetch_all(&mut *transaction)
        .await?;
        let keys: Vec<i64> = queued.iter().map(|one| one.referral_key).collect();
        if !queued.is_empty() {
            let account = account_of(&mut transaction).await?;
            keep(&mut transaction, &keys, queued.iter().map(|one| Read::of(one, &account)).collect()).await?;
        }
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

/// Forgets all words and teams; they are to be read again from the payloads, for this account.
pub(crate) async fn read_anew(connection: &mut SqliteConnection, account: &str) -> Result<(), StoreError> {
    note_account(&mut *connection, account).await?;
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

/// What a payload tells beside its row.
struct Read {
    referral_key: i64,
    words: SearchWords,
    note: String,
    initials: i64,
    team: Vec<String>,
    mine: bool,
    company: Option<OfCompany>,
    /// Accepted, closed, contact wanted until; a database of an earlier version lacks them.
    dates: Option<[Option<String>; 3]>,
}

/// What a referral tells of its company beyond its name.
struct OfCompany {
    company_id: i64,
    size: Option<String>,
    azure_tenant: Option<String>,
    folded: String,
}

impl Read {
    fn of(one: &Queued, account: &str) -> Self {
        let read = read_payload(&one.payload, |payload| {
            (SearchWords::of(payload), team_addresses(payload), customer_size(payload), azure_tenant(payload))
        });
        let (words, team, size, azure_tenant) = read.unwrap_or_default();
        let referral = if one.dated { None } else { Referral::parse(&one.payload).ok() };
        let dates = referral.map(|referral| {
            [referral.accepted_at, referral.closed_at, referral.contact_until].map(|at| at.map(sortable))
        });
        let note = fold(&one.note);
        Self {
            referral_key: one.referral_key,
            initials: words.initials() | initials(&note),
            words,
            note,
            mine: team.iter().any(|address| address == account),
            team,
            company: one.company_id.map(|company_id| OfCompany {
                company_id,
                size,
                azure_tenant,
                folded: fold(&one.company),
            }),
            dates,
        }
    }
}

async fn keep(connection: &mut SqliteConnection, keys: &[i64], read: Vec<Read>) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM referral_team WHERE referral_key IN (SELECT value FROM json_each(?))")
        .bind(Json(keys))
        .execute(&mut *connection)
        .await?;
    let teams = read.iter().flat_map(|one| one.team.iter().map(|address| (one.referral_key, address)));
    sqlx::query(
        "INSERT INTO referral_team (referral_key, address) SELECT value ->> 0, value ->> 1 FROM json_each(?)",
    )
    .bind(Json(teams.collect::<Vec<_>>()))
    .execute(&mut *connection)
    .await?;
    let told = read.iter().map(|one| (one.referral_key, one.initials, one.mine, &one.dates));
    sqlx::query(
        "WITH told AS (SELECT value ->> 0 AS key, value ->> 1 AS initials, value ->> 2 AS mine, \
         value ->> 3 IS NOT NULL AS dated, value ->> '$[3][0]' AS accepted_at, value ->> '$[3][1]' AS closed_at, \
         value ->> '$[3][2]' AS contact_until FROM json_each(?)) \
         UPDATE partner_center_referrals AS r SET initials = told.initials, mine = told.mine, \
         accepted_at = iif(dated, told.accepted_at, r.accepted_at), \
         closed_at = iif(dated, told.closed_at, r.closed_at), \
         contact_until = iif(dated, told.contact_until, r.contact_until) \
         FROM told WHERE r.referral_key = told.key",
    )
    .bind(Json(told.collect::<Vec<_>>()))
    .execute(&mut *connection)
    .await?;
    tell_companies(connection, read.iter().filter_map(|one| one.company.as_ref())).await?;
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT OR REPLACE INTO referral_search (rowid, customer, name, domain, people, other, note) ",
    );
    query.push_values(read, |mut row, Read { referral_key, words, note, .. }| {
        row.push_bind(referral_key)
            .push_bind(words.customer)
            .push_bind(words.name)
            .push_bind(words.domain)
            .push_bind(words.people)
            .push_bind(words.other)
            .push_bind(note);
    });
    query.build().execute(connection).await?;
    Ok(())
}

/// What the last of its referrals tells of a company; one that turns out to have a tenant is scored anew.
async fn tell_companies(
    connection: &mut SqliteConnection,
    told: impl Iterator<Item = &OfCompany>,
) -> Result<(), StoreError> {
    let (mut sizes, mut tenants, mut folded) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for one in told {
        sizes.extend(one.size.as_deref().map(|size| (one.company_id, size)));
        tenants.extend(one.azure_tenant.as_deref().map(|tenant| (one.company_id, tenant)));
        folded.insert(one.company_id, one.folded.as_str());
    }
    let facts = [
        (sizes, "size = value", "size <> value"),
        (tenants, "azure_tenant = value, score_stamp = ''", "azure_tenant <> value"),
        (folded, "folded = value", "folded = ''"),
    ];
    for (fact, set, condition) in facts {
        let mut query = QueryBuilder::<Sqlite>::new(format!("UPDATE companies SET {set} FROM json_each("));
        query.push_bind(Json(fact));
        query.push(format!(") WHERE company_id = CAST(key AS INTEGER) AND {condition}"));
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("İzmir KAYA", Some(("\"izmir\"* \"kaya\"*", "")))]
    #[case("ayse@kaya.com", Some(("\"ayse@kaya.com\"*", "")))]
    #[case("\"; DROP TABLE", Some(("\"drop\"* \"table\"*", "")))]
    #[case("a\"b OR NOT c*", Some(("\"a b\"* \"or\"* \"not\"*", "c")))]
    #[case("Ş 7 k@", Some(("", "s7k")))]
    #[case("к", Some(("\"к\"*", "")))]
    #[case("-- !", None)]
    fn a_search_is_words_and_never_a_language(#[case] text: &str, #[case] expected: Option<(&str, &str)>) {
        let expected = expected.map(|(expression, letters)| Asked {
            expression: expression.to_owned(),
            letters: letters.chars().filter_map(initial).sum(),
        });
        assert_eq!(Asked::of(text), expected);
    }
}
