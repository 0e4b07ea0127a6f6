//! How versions of referrals are stored: payload, company, row, team and words, all in their page's transaction.

use std::collections::HashMap;

use hunter_referral::{
    CustomerDomain, LinkStatus, ParseError, Particulars, Prospect, Referral, Rules, Status, fold, initials,
    priority, sortable,
};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder, Sqlite};

use crate::error::StoreError;
use crate::page::PageWriter;
use crate::scores::rate;
use crate::search::{Findable, MOST_FINDABLE, Told, find_by, tell};

pub(crate) const SOURCE: &str = "partnercenter";

/// What tells one payload from another.
pub type PayloadDigest = [u8; 32];

/// All that can be told of a payload without looking at what is stored.
#[derive(Debug)]
pub struct Understood {
    /// The referral.
    pub referral: Referral,
    /// What the payload tells beside.
    pub particulars: Particulars,
    /// Of the payload.
    pub digest: PayloadDigest,
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

impl Kept<'_> {
    fn is_new(&self) -> bool {
        self.news == NEW
    }
}

/// A company that referrals of a domain belong to.
#[derive(FromRow)]
struct Company {
    domain: String,
    company_id: i64,
    score: Option<i64>,
    segment: String,
}

/// What is stored of a version beside the version itself.
#[derive(FromRow)]
struct Stored {
    referral_id: String,
    referral_key: i64,
    company_id: Option<i64>,
    link_status: String,
    note: String,
}

impl Understood {
    /// Reads a payload as received.
    ///
    /// # Errors
    /// [`ParseError`] where there is no object or no id.
    pub fn read(payload: &str) -> Result<Box<Self>, ParseError> {
        let (referral, particulars) = Referral::read(payload)?;
        Ok(Box::new(Self { referral, particulars, digest: Sha256::digest(payload).into() }))
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
        let payloads = self.keep_payloads(kept).await?;
        let companies = self.join_companies(kept).await?;
        let stored = self.store_rows(kept, &payloads, &companies).await?;
        self.store_particulars(kept, stored).await
    }

    /// Keeps each payload once; tells under which number it lies.
    async fn keep_payloads(&mut self, kept: &[Kept<'_>]) -> Result<HashMap<String, i64>, StoreError> {
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
        query.push(" ON CONFLICT DO UPDATE SET received_at = excluded.received_at RETURNING external_id, raw_lead_id");
        Ok(query.build_query_as().fetch_all(&mut *self.transaction).await?.into_iter().collect())
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
        let companies: Vec<Company> = sqlx::query_as(
            "SELECT c.domain, t.company_id, t.score, t.segment FROM companies c \
             JOIN companies t ON t.company_id = coalesce(c.merged_into, c.company_id) \
             WHERE c.domain IN (SELECT value FROM json_each(?))",
        )
        .bind(Json(domains))
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(companies.into_iter().map(|company| (company.domain.clone(), company)).collect())
    }

    async fn store_rows(
        &mut self,
        kept: &[Kept<'_>],
        payloads: &HashMap<String, i64>,
        companies: &HashMap<String, Company>,
    ) -> Result<Vec<Stored>, StoreError> {
        let (now, seq, brings_news) = (self.now.as_str(), self.run.seq, self.run.brings_news);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let time = |at: Option<Timestamp>| at.map(sortable);
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO partner_center_referrals (referral_id, raw_lead_id, engagement_id, name, customer_name, \
             customer_country, kind, type, qualification, direction, status, substatus, deal_value, currency, domain, \
             link_status, company_id, created_at, updated_at, accepted_at, closed_at, closing_at, expires_at, \
             expires_estimated, contact_until, synced_at, seen_in, customer_sort, unseen, initials, mine, score, segment, \
             lasting_priority) ",
        );
        query.push_values(kept, |mut row, Kept { version, news }| {
            let Understood { referral, particulars, .. } = &*version.understood;
            let company = match &referral.customer_domain {
                CustomerDomain::One(domain) => companies.get(domain.as_str()),
                CustomerDomain::None | CustomerDomain::Several(_) => None,
            };
            let score = company.and_then(|company| company.score);
            row.push_bind(referral.id.as_str())
                .push_bind(payloads.get(referral.id.as_str()).copied())
                .push_bind(text(&referral.engagement_id))
                .push_bind(text(&referral.name))
                .push_bind(text(&referral.customer_name))
                .push_bind(text(&referral.customer_country))
                .push_bind(referral.kind.as_str())
                .push_bind(referral.referral_type.as_ref().map(ToString::to_string).unwrap_or_default())
                .push_bind(referral.qualification.as_ref().map(ToString::to_string).unwrap_or_default())
                .push_bind(referral.direction.as_ref().map(ToString::to_string).unwrap_or_default())
                .push_bind(referral.status.as_ref().map_or("", Status::as_str))
                .push_bind(referral.substatus.as_ref().map(ToString::to_string).unwrap_or_default())
                .push_bind(referral.deal_value.map(|value| value.to_string()))
                .push_bind(text(&referral.currency))
                .push_bind(referral.customer_domain.name())
                .push_bind(referral.link_status().as_str())
                .push_bind(company.map(|company| company.company_id))
                .push_bind(time(referral.created_at))
                .push_bind(time(referral.updated_at))
                .push_bind(time(referral.accepted_at))
                .push_bind(time(referral.closed_at))
                .push_bind(time(referral.closing_at))
                .push_bind(time(referral.expiry.at))
                .push_bind(referral.expiry.estimated)
                .push_bind(time(referral.contact_until))
                .push_bind(now)
                .push_bind(seq)
                .push_bind(fold(referral.customer_name.as_deref().unwrap_or_default()))
                .push_bind(if brings_news { news } else { "" })
                .push_bind(particulars.words.initials())
                .push_bind(particulars.team.contains(&self.account))
                .push_bind(score)
                .push_bind(company.map_or("", |company| &company.segment))
                .push_bind(lasting_priority(referral, score, &self.rules));
        });
        query.push(
            " ON CONFLICT (referral_id) DO UPDATE SET raw_lead_id = excluded.raw_lead_id, \
             engagement_id = excluded.engagement_id, name = excluded.name, customer_name = excluded.customer_name, \
             customer_country = excluded.customer_country, kind = excluded.kind, type = excluded.type, \
             qualification = excluded.qualification, direction = excluded.direction, status = excluded.status, \
             substatus = excluded.substatus, deal_value = excluded.deal_value, currency = excluded.currency, \
             domain = excluded.domain, \
             company_id = iif(link_status = 'linked_manually', company_id, excluded.company_id), \
             link_status = iif(link_status = 'linked_manually', link_status, excluded.link_status), created_at = excluded.created_at, \
             updated_at = excluded.updated_at, accepted_at = excluded.accepted_at, closed_at = excluded.closed_at, \
             closing_at = excluded.closing_at, expires_at = excluded.expires_at, \
             expires_estimated = excluded.expires_estimated, contact_until = excluded.contact_until, gone_at = NULL, \
             synced_at = excluded.synced_at, seen_in = excluded.seen_in, customer_sort = excluded.customer_sort, \
             unseen = iif(excluded.unseen = '' OR unseen = 'new', unseen, excluded.unseen), \
             initials = excluded.initials, mine = excluded.mine, score = excluded.score, segment = excluded.segment, \
             lasting_priority = excluded.lasting_priority \
             RETURNING referral_id, referral_key, company_id, link_status, coalesce((SELECT m.note FROM referral_marks m \
             WHERE m.referral_key = partner_center_referrals.referral_key), '') AS note",
        );
        Ok(query.build_query_as().fetch_all(&mut *self.transaction).await?)
    }

    /// Stores team and words, and what is told of companies. A note and a company that were given by hand stay as they are.
    async fn store_particulars(&mut self, kept: &[Kept<'_>], stored: Vec<Stored>) -> Result<(), StoreError> {
        let kept: HashMap<&str, &Kept<'_>> = kept.iter().map(|kept| (kept.version.id(), kept)).collect();
        let by_hand: Vec<i64> = stored
            .iter()
            .filter(|stored| stored.link_status == LinkStatus::LinkedManually.as_str())
            .map(|stored| stored.referral_key)
            .collect();
        let told: Vec<Told<'_>> = stored
            .into_iter()
            .filter_map(|stored| {
                let kept = kept.get(stored.referral_id.as_str())?;
                Some(Told {
                    referral_key: stored.referral_key,
                    company_id: stored.company_id,
                    particulars: &kept.version.understood.particulars,
                    note: fold(&stored.note),
                    is_new: kept.is_new(),
                })
            })
            .collect();
        tell(&mut self.transaction, &told).await?;
        for one in told.iter().filter(|one| !one.note.is_empty()) {
            sqlx::query("UPDATE partner_center_referrals SET initials = initials | ? WHERE referral_key = ?")
                .bind(initials(&one.note))
                .bind(one.referral_key)
                .execute(&mut *self.transaction)
                .await?;
        }
        self.findable.extend(told.into_iter().map(Findable::from));
        if !by_hand.is_empty() {
            let of_these = "referral_key IN (SELECT value FROM json_each(?))";
            rate(&mut self.transaction, &self.rules, of_these, &json!(by_hand).to_string()).await?;
        }
        if self.findable.len() >= MOST_FINDABLE {
            find_by(&mut self.transaction, &self.findable).await?;
            self.findable.clear();
        }
        Ok(())
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
