//! Full-text search: which words a referral is found by, and how they are asked for.

use std::collections::BTreeMap;

use hunter_referral::{Particulars, Referral, SearchWords, fold, initial, initials, sortable};
use jiff::Timestamp;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};

use crate::account::{account_of, note_account};
use crate::error::StoreError;
use crate::open::Store;
use crate::scores::rate;

/// Referrals that are read in one transaction.
const BATCH: u32 = 500;
/// Referrals whose words are written at once: whatever follows in a transaction has the index written out.
pub(crate) const MOST_FINDABLE: usize = 4_000;
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

/// A referral whose words wait to be read.
#[derive(FromRow)]
struct Queued {
    referral_key: i64,
    payload: String,
    note: String,
    company_id: Option<i64>,
}

/// What a stored referral's payload tells beside its row.
pub(crate) struct Told<'p> {
    pub referral_key: i64,
    pub company_id: Option<i64>,
    pub particulars: &'p Particulars,
    /// Its words, as [`findable`] has them.
    pub words: Box<RawValue>,
    /// Folded.
    pub note: String,
    /// Whether nothing was told of it before.
    pub is_new: bool,
}

/// What a search finds a referral by.
pub(crate) struct Findable {
    referral_key: i64,
    words: Box<RawValue>,
    note: String,
}

impl std::fmt::Debug for Findable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Findable").field("referral_key", &self.referral_key).finish_non_exhaustive()
    }
}

/// A referral's words, in the order of the index.
pub(crate) fn findable(words: &SearchWords) -> Box<RawValue> {
    let SearchWords { customer, name, domain, people, other } = words;
    to_raw_value(&[customer, name, domain, people, other]).unwrap_or_default()
}

impl From<Told<'_>> for Findable {
    fn from(told: Told<'_>) -> Self {
        Self { referral_key: told.referral_key, words: told.words, note: told.note }
    }
}

impl Store {
    /// Reads words and teams of those referrals whose note or company changed or that an earlier version stored, so that a
    /// search finds them; and rates them.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written; what was read by then is found, the others go on waiting.
    pub async fn index_search(&self) -> Result<(), StoreError> {
        while self.read_some_words().await? {}
        self.rescore(Timestamp::now()).await
    }

    async fn read_some_words(&self) -> Result<bool, StoreError> {
        let waits: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM search_queue)").fetch_one(&self.readers).await?;
        if !waits {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        let queued: Vec<Queued> = sqlx::query_as(
            "SELECT q.referral_key, l.payload, coalesce(m.note, '') AS note, r.company_id FROM search_queue q \
             JOIN partner_center_referrals r USING (referral_key) JOIN raw_leads l USING (raw_lead_id) \
             LEFT JOIN referral_marks m USING (referral_key) ORDER BY q.referral_key LIMIT ?",
        )
        .bind(BATCH)
        .fetch_all(&mut *transaction)
        .await?;
        let keys: Vec<i64> = queued.iter().map(|one| one.referral_key).collect();
        if !queued.is_empty() {
            read_anew(&mut transaction, queued).await?;
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
pub(crate) async fn forget_all_words(
    connection: &mut SqliteConnection,
    account: &str,
) -> Result<(), StoreError> {
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

/// Reads payloads that are stored once more. A database of an earlier version lacks what they tell of dates.
async fn read_anew(connection: &mut SqliteConnection, queued: Vec<Queued>) -> Result<(), StoreError> {
    let account = account_of(connection).await?;
    let companies: Vec<i64> = queued.iter().filter_map(|one| one.company_id).collect();
    fold_companies(connection, &companies).await?;
    let read: Vec<(Queued, Option<Referral>, Particulars)> = queued
        .into_iter()
        .map(|one| match Referral::read(&one.payload) {
            Ok((referral, particulars)) => (one, Some(referral), particulars),
            Err(_) => (one, None, Particulars::default()),
        })
        .collect();
    let told: Vec<Told<'_>> = read
        .iter()
        .map(|(one, _, particulars)| Told {
            referral_key: one.referral_key,
            company_id: one.company_id,
            particulars,
            words: findable(&particulars.words),
            note: fold(&one.note),
            is_new: false,
        })
        .collect();
    let rows = read.iter().zip(&told).map(|((_, referral, particulars), told)| {
        let dates = referral.as_ref().map(|referral| {
            [referral.accepted_at, referral.closed_at, referral.contact_until].map(|at| at.map(sortable))
        });
        let initials = particulars.words.initials() | initials(&told.note);
        (told.referral_key, initials, particulars.team.contains(&account), dates)
    });
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
    .bind(Json(rows.collect::<Vec<_>>()))
    .execute(&mut *connection)
    .await?;
    tell(&mut *connection, &told).await?;
    let findable: Vec<Findable> = told.into_iter().map(Findable::from).collect();
    find_by(connection, &findable).await
}

/// Stores who works on these referrals, and what the last of a company's tells of it; a company that turns out to have
/// a tenant is scored anew.
pub(crate) async fn tell(connection: &mut SqliteConnection, told: &[Told<'_>]) -> Result<(), StoreError> {
    let told_before: Vec<i64> = told.iter().filter(|one| !one.is_new).map(|one| one.referral_key).collect();
    if !told_before.is_empty() {
        sqlx::query("DELETE FROM referral_team WHERE referral_key IN (SELECT value FROM json_each(?))")
            .bind(Json(told_before))
            .execute(&mut *connection)
            .await?;
    }
    let teams: Vec<(i64, &str)> = told
        .iter()
        .flat_map(|one| one.particulars.team.iter().map(|address| (one.referral_key, address.as_str())))
        .collect();
    sqlx::query(
        "INSERT INTO referral_team (referral_key, address) SELECT value ->> 0, value ->> 1 FROM jsonb_each(?)",
    )
    .bind(Json(teams))
    .execute(&mut *connection)
    .await?;
    let (mut sizes, mut tenants) = (BTreeMap::new(), BTreeMap::new());
    for Told { company_id, particulars, .. } in told {
        let Some(company_id) = company_id else { continue };
        sizes.extend(particulars.customer_size.as_deref().map(|size| (company_id, size)));
        tenants.extend(particulars.azure_tenant.as_deref().map(|tenant| (company_id, tenant)));
    }
    let facts = [
        (sizes, "size = value", "size <> value"),
        (tenants, "azure_tenant = value, score_stamp = 'due'", "azure_tenant <> value"),
    ];
    for (fact, set, condition) in facts {
        if fact.is_empty() {
            continue;
        }
        let mut query = QueryBuilder::<Sqlite>::new(format!("UPDATE companies SET {set} FROM json_each("));
        query.push_bind(Json(fact));
        query.push(format!(") WHERE company_id = CAST(key AS INTEGER) AND {condition}"));
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Has searches find referrals by these words, and by no others.
pub(crate) async fn find_by(
    connection: &mut SqliteConnection,
    findable: &[Findable],
) -> Result<(), StoreError> {
    // The index is written out whenever a number is below the one before.
    let latest: BTreeMap<i64, &Findable> = findable.iter().map(|one| (one.referral_key, one)).collect();
    let latest: Vec<&Findable> = latest.into_values().collect();
    for findable in latest.chunks(MOST_FINDABLE) {
        let rows: Vec<(i64, &RawValue, &str)> =
            findable.iter().map(|one| (one.referral_key, &*one.words, one.note.as_str())).collect();
        sqlx::query(
            "WITH rows AS MATERIALIZED (SELECT value FROM jsonb_each(?)) \
             INSERT OR REPLACE INTO referral_search (rowid, customer, name, domain, people, other, note) \
             SELECT value ->> 0, value ->> '$[1][0]', value ->> '$[1][1]', value ->> '$[1][2]', value ->> '$[1][3]', \
             value ->> '$[1][4]', value ->> 2 FROM rows",
        )
        .bind(Json(rows))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Folds the names of those of these companies that an earlier version stored.
async fn fold_companies(connection: &mut SqliteConnection, ids: &[i64]) -> Result<(), StoreError> {
    let names: Vec<(i64, String)> = sqlx::query_as(
        "SELECT company_id, name || char(10) || domain FROM companies \
         WHERE company_id IN (SELECT value FROM json_each(?)) AND folded = ''",
    )
    .bind(Json(ids))
    .fetch_all(&mut *connection)
    .await?;
    let folded: Vec<(i64, String)> = names.into_iter().map(|(id, name)| (id, fold(&name))).collect();
    sqlx::query("UPDATE companies SET folded = value ->> 1 FROM json_each(?) WHERE company_id = value ->> 0")
        .bind(Json(folded))
        .execute(connection)
        .await?;
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
