//! How versions of referrals are stored: payload, company, row, team and words, all in their page's transaction.

use std::collections::HashMap;

use hunter_referral::{
    CustomerDomain, ParseError, Particulars, Prospect, Referral, Rules, fold, initials, priority,
};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder, Sqlite};

use crate::columns::{Besides, WRITE_ROWS, told};
use crate::error::StoreError;
use crate::page::PageWriter;
use crate::scores::rate;
use crate::search::{Findable, MOST_FINDABLE, Told, find_by, findable, tell};

pub(crate) const SOURCE: &str = "partnercenter";

/// What tells one payload from another.
pub type PayloadDigest = [u8; 32];

/// All that can be told of a payload without looking at what is stored.
pub struct Understood {
    /// The referral.
    pub referral: Referral,
    /// What the payload tells beside.
    pub particulars: Particulars,
    /// Of the payload.
    pub digest: PayloadDigest,
    /// The referral's row, as far as the payload tells it.
    row: Box<RawValue>,
    /// What a search finds it by.
    words: Box<RawValue>,
}

/// One version of a referral.
#[derive(Debug)]
pub struct Version<'a> {
    /// As received.
    pub payload: &'a str,
    /// As understood.
    pub understood: Box<Understood>,
}

/// The news of a referral not seen before.
pub(crate) const NEW: &str = "new";

/// A version to be stored.
pub(crate) struct Kept<'s> {
    pub version: &'s Version<'s>,
    /// What it is to a person who looks at the list: `new`, `changed`, or nothing.
    pub news: &'static str,
}

/// A company that referrals of a domain belong to.
#[derive(Deserialize)]
struct Company {
    domain: String,
    company_id: i64,
    score: Option<i64>,
    segment: String,
}

/// What is stored of a referral beside its last version.
#[derive(FromRow)]
struct Stored {
    referral_id: String,
    referral_key: i64,
    /// The company that it was linked to by hand.
    company_by_hand: Option<i64>,
    note: String,
}

impl std::fmt::Debug for Understood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Understood").field("referral", &self.referral).finish_non_exhaustive()
    }
}

impl Understood {
    /// Reads a payload as received.
    ///
    /// # Errors
    /// [`ParseError`] where there is no object or no id.
    pub fn read(payload: &str) -> Result<Box<Self>, ParseError> {
        let (referral, particulars) = Referral::read(payload)?;
        let digest = Sha256::digest(payload).into();
        let row = told(&referral, &particulars, &digest);
        let words = findable(&particulars.words);
        Ok(Box::new(Self { referral, particulars, digest, row, words }))
    }
}

impl<'a> Version<'a> {
    /// Reads a payload as received.
    ///
    /// # Errors
    /// [`ParseError`] where there is no object or no id.
    pub fn read(payload: &'a str) -> Result<Self, ParseError> {
        Ok(Self { payload, understood: Understood::read(payload)? })
    }

    /// The referral's id.
    pub fn id(&self) -> &str {
        &self.understood.referral.id
    }
}

impl PageWriter<'_> {
    pub(crate) async fn store_versions(&mut self, kept: &[Kept<'_>]) -> Result<(), StoreError> {
        if kept.is_empty() {
            return Ok(());
        }
        let stored = self.stored(kept).await?;
        self.keep_payloads(kept).await?;
        let companies = self.join_companies(kept).await?;
        let told = self.store_rows(kept, &stored, &companies).await?;
        tell(&mut self.transaction, &told).await?;
        let by_hand = stored.values().filter(|stored| stored.company_by_hand.is_some());
        let by_hand: Vec<i64> = by_hand.map(|stored| stored.referral_key).collect();
        if !by_hand.is_empty() {
            let of_these = "referral_key IN (SELECT value FROM json_each(?))";
            rate(&mut self.transaction, &self.rules, of_these, &json!(by_hand).to_string()).await?;
        }
        self.findable.extend(told.into_iter().map(Findable::from));
        if self.findable.len() >= MOST_FINDABLE {
            find_by(&mut self.transaction, &self.findable).await?;
            self.findable.clear();
        }
        Ok(())
    }

    /// What is stored of those that were stored before, by their ids.
    async fn stored(&mut self, kept: &[Kept<'_>]) -> Result<HashMap<String, Stored>, StoreError> {
        let ids: Vec<&str> = kept.iter().map(|kept| kept.version.id()).collect();
        let query = "SELECT referral_id, referral_key, coalesce(m.note, '') AS note, \
                     iif(link_status = 'linked_manually', company_id, NULL) AS company_by_hand \
                     FROM partner_center_referrals LEFT JOIN referral_marks m USING (referral_key) \
                     WHERE referral_id IN (SELECT value FROM json_each(?))";
        let stored: Vec<Stored> =
            sqlx::query_as(query).bind(Json(ids)).fetch_all(&mut *self.transaction).await?;
        Ok(stored.into_iter().map(|stored| (stored.referral_id.clone(), stored)).collect())
    }

    /// Keeps each payload once.
    async fn keep_payloads(&mut self, kept: &[Kept<'_>]) -> Result<(), StoreError> {
        let now = self.now.as_str();
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO raw_leads (source, external_id, payload_sha256, payload, received_at) ",
        );
        query.push_values(kept, |mut row, Kept { version, .. }| {
            row.push_bind(SOURCE)
                .push_bind(version.id())
                .push_bind(version.understood.digest.as_slice())
                .push_bind(version.payload)
                .push_bind(now);
        });
        query.push(" ON CONFLICT DO UPDATE SET received_at = excluded.received_at");
        query.build().execute(&mut *self.transaction).await?;
        Ok(())
    }

    /// Makes the companies that are missing; tells which there are, by domain.
    async fn join_companies(&mut self, kept: &[Kept<'_>]) -> Result<HashMap<String, Company>, StoreError> {
        let now = self.now.as_str();
        let mut referral_of: HashMap<&str, &Referral> = HashMap::new();
        for Kept { version, .. } in kept {
            let referral = &version.understood.referral;
            if let CustomerDomain::One(domain) = &referral.customer_domain {
                referral_of.entry(domain.as_str()).or_insert(referral);
            }
        }
        if referral_of.is_empty() {
            return Ok(HashMap::new());
        }
        let domains: Vec<&str> = referral_of.keys().copied().collect();
        let mut query =
            QueryBuilder::<Sqlite>::new("INSERT INTO companies (domain, name, country, folded, created_at) ");
        query.push_values(referral_of, |mut row, (domain, referral)| {
            let name = referral.customer_name.as_deref().unwrap_or_default();
            row.push_bind(domain)
                .push_bind(name)
                .push_bind(referral.customer_country.as_deref().unwrap_or_default())
                .push_bind(fold(&format!("{name}\n{domain}")))
                .push_bind(now);
        });
        query.push(
            " ON CONFLICT (domain) DO UPDATE SET folded = iif(name = '', excluded.folded, folded), \
             name = iif(name = '', excluded.name, name), country = iif(country = '', excluded.country, country) \
             WHERE (name = '' AND excluded.name <> '') OR (country = '' AND excluded.country <> '')",
        );
        query.build().execute(&mut *self.transaction).await?;
        // As one value: each row of an answer would wake who waits for it.
        let Json(companies): Json<Vec<Company>> = sqlx::query_scalar(
            "SELECT json_group_array(json_object('domain', c.domain, 'company_id', t.company_id, 'score', t.score, \
             'segment', t.segment)) FROM companies c \
             JOIN companies t ON t.company_id = coalesce(c.merged_into, c.company_id) \
             WHERE c.domain IN (SELECT value FROM json_each(?))",
        )
        .bind(Json(domains))
        .fetch_one(&mut *self.transaction)
        .await?;
        Ok(companies.into_iter().map(|company| (company.domain.clone(), company)).collect())
    }

    /// Stores the rows, with news and priority; a company that was given by hand stays as it is.
    async fn store_rows<'k>(
        &mut self,
        kept: &[Kept<'k>],
        stored: &HashMap<String, Stored>,
        companies: &HashMap<String, Company>,
    ) -> Result<Vec<Told<'k>>, StoreError> {
        let mut rows = Vec::with_capacity(kept.len());
        let mut told = Vec::with_capacity(kept.len());
        for Kept { version, news } in kept {
            let Understood { referral, particulars, row, words, .. } = &*version.understood;
            let company = match &referral.customer_domain {
                CustomerDomain::One(domain) => companies.get(domain.as_str()),
                CustomerDomain::None | CustomerDomain::Several(_) => None,
            };
            let company_id = company.map(|company| company.company_id);
            let score = company.and_then(|company| company.score);
            let stored = stored.get(&referral.id);
            let referral_key = stored.map_or_else(|| self.next_key(), |stored| stored.referral_key);
            let note = stored.map(|stored| fold(&stored.note)).unwrap_or_default();
            rows.push((
                row,
                Besides(
                    referral_key,
                    company_id,
                    if self.run.brings_news { news } else { "" },
                    particulars.team.contains(&self.account),
                    score,
                    company.map_or("", |company| &company.segment),
                    lasting_priority(referral, score, &self.rules),
                    initials(&note),
                ),
            ));
            told.push(Told {
                referral_key,
                company_id: stored.and_then(|stored| stored.company_by_hand).or(company_id),
                particulars,
                words: words.clone(),
                note,
                is_new: stored.is_none(),
            });
        }
        QueryBuilder::<Sqlite>::new(WRITE_ROWS.as_str())
            .build()
            .bind(Json(rows))
            .bind(&self.now)
            .bind(self.run.seq)
            .bind(SOURCE)
            .execute(&mut *self.transaction)
            .await?;
        Ok(told)
    }
}

/// The part of a referral's priority that time does not change.
fn lasting_priority(referral: &Referral, score: Option<i64>, rules: &Rules) -> i32 {
    let prospect = Prospect {
        kind: referral.kind,
        time_left: None,
        contact_wanted: false,
        deal_value: referral.deal_value,
        currency: referral.currency.as_deref(),
    };
    priority(score.and_then(|score| u8::try_from(score).ok()), &prospect, rules).value
}
