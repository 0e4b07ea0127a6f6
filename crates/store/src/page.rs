use std::collections::HashMap;

use hunter_referral::{CustomerDomain, FieldChange, Referral, Status, fold, sortable};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, Transaction};

use crate::error::StoreError;
use crate::open::Store;
use crate::runs::{ItemOutcome, Mode, SyncRun};

const SOURCE: &str = "partnercenter";
/// Rows of one statement: SQLite takes at most 32,766 values in one.
const ROWS: usize = 200;

/// What tells one payload from another.
pub type PayloadDigest = [u8; 32];

/// One version of a referral.
#[derive(Debug)]
pub struct Version<'a> {
    /// As understood.
    pub referral: Box<Referral>,
    /// As received.
    pub payload: &'a str,
    /// Of the payload.
    pub digest: PayloadDigest,
}

/// What is stored of a referral that a page brings again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The stored payload; `None` if the very same text has come.
    pub payload: Option<String>,
    /// Whether this very run has already brought it.
    pub seen_in_run: bool,
    /// Whether this run has already changed it.
    pub changed_in_run: bool,
}

/// What is to become of one item of a page.
#[derive(Debug)]
pub enum Step<'a> {
    /// A referral not seen before.
    Insert {
        /// As it came.
        version: Version<'a>,
    },
    /// A referral whose payload changed.
    Update {
        /// As it came.
        version: Version<'a>,
        /// Field by field.
        changes: Vec<FieldChange>,
        /// The same run counted it as unchanged before.
        recount: bool,
    },
    /// A newer version of a referral that this run has already counted as inserted or updated.
    Replace {
        /// As it came.
        version: Version<'a>,
    },
    /// A referral brought with the same payload.
    Unchanged {
        /// Its id.
        referral_id: String,
    },
    /// A referral that is not kept, by a rule; one that is stored from an earlier time is kept current all the same.
    Skip {
        /// Its id.
        referral_id: String,
        /// The rule.
        reason: &'static str,
        /// Whether it is stored all the same, from an earlier time.
        is_stored: bool,
        /// The newer version of a stored one.
        newer: Option<Version<'a>>,
    },
    /// An item that cannot be kept.
    Fail {
        /// Its id, if it has one.
        referral_id: Option<String>,
        /// What is wrong with it.
        reason: String,
    },
}

/// The one transaction in which pages of a run are stored together with their ledger rows and counts.
#[derive(Debug)]
pub struct PageWriter<'r> {
    transaction: Transaction<'static, Sqlite>,
    run: &'r SyncRun,
    now: String,
}

/// A version to be stored.
struct Kept<'s> {
    version: &'s Version<'s>,
    /// What it is to a person who looks at the list: `new`, `changed`, or nothing.
    news: &'static str,
}

/// Changes that tell a person nothing: the service's own marks of a version.
const SILENT: [&str; 2] = ["eTag", "updated_at"];

/// A row of the ledger.
struct Entry<'s> {
    referral_id: Option<&'s str>,
    outcome: ItemOutcome,
    reason: &'s str,
    changes: &'s [FieldChange],
}

/// What tells one payload from another.
pub fn payload_digest(payload: &str) -> PayloadDigest {
    Sha256::digest(payload).into()
}

impl Store {
    /// Begins to store pages of a run; dropping the writer undoes it.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn begin_pages<'r>(
        &self,
        run: &'r SyncRun,
        now: Timestamp,
    ) -> Result<PageWriter<'r>, StoreError> {
        Ok(PageWriter { transaction: self.begin().await?, run, now: sortable(now) })
    }

    /// Stored referrals that the service had before and that no run since `first_run` has seen, at most `limit`; those
    /// that were asked for in vain come last.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn unseen(&self, first_run: i64, limit: u32) -> Result<Vec<String>, StoreError> {
        let query = "SELECT referral_id FROM partner_center_referrals r WHERE seen_in < ?1 AND gone_at IS NULL \
                     AND NOT EXISTS (SELECT 1 FROM sync_run_items i \
                     WHERE i.referral_id = r.referral_id AND i.run_seq >= ?1) \
                     ORDER BY (SELECT asked_at FROM referral_doubts d WHERE d.referral_id = r.referral_id) NULLS FIRST, \
                     seen_in, referral_id LIMIT ?2";
        Ok(sqlx::query_scalar(query).bind(first_run).bind(limit).fetch_all(&self.readers).await?)
    }
}

impl PageWriter<'_> {
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    /// What is stored of these referrals, each with the digest of the payload that came.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn known(
        &mut self,
        came: &HashMap<&str, PayloadDigest>,
    ) -> Result<HashMap<String, Known>, StoreError> {
        let query = "SELECT r.referral_id, r.raw_lead_id, l.payload_sha256, r.seen_in, \
             EXISTS (SELECT 1 FROM sync_run_items i WHERE i.run_seq = ?1 AND i.referral_id = r.referral_id) AS changed \
             FROM partner_center_referrals r JOIN raw_leads l USING (raw_lead_id) \
             WHERE r.referral_id IN (SELECT value FROM json_each(?2))";
        let ids: Vec<&str> = came.keys().copied().collect();
        let rows =
            sqlx::query(query).bind(self.run.seq).bind(Json(ids)).fetch_all(&mut *self.transaction).await?;
        let mut known = HashMap::with_capacity(rows.len());
        for row in rows {
            let referral_id: String = row.try_get("referral_id")?;
            let digest: &[u8] = row.try_get("payload_sha256")?;
            let is_same = came.get(referral_id.as_str()).is_some_and(|came| came == digest);
            let payload = if is_same { None } else { Some(self.payload(row.try_get("raw_lead_id")?).await?) };
            let of_one = Known {
                payload,
                seen_in_run: row.try_get::<i64, _>("seen_in")? == self.run.seq,
                changed_in_run: row.try_get("changed")?,
            };
            known.insert(referral_id, of_one);
        }
        Ok(known)
    }

    async fn payload(&mut self, raw_lead_id: i64) -> Result<String, StoreError> {
        Ok(sqlx::query_scalar("SELECT payload FROM raw_leads WHERE raw_lead_id = ?")
            .bind(raw_lead_id)
            .fetch_one(&mut *self.transaction)
            .await?)
    }

    /// Of these referrals, those that this run has skipped or failed on an earlier page.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn passed_over(&mut self, referral_ids: &[&str]) -> Result<Vec<String>, StoreError> {
        let query = "SELECT referral_id FROM sync_run_items INDEXED BY sync_run_items_by_referral \
             WHERE run_seq = ? AND outcome IN ('skipped', 'failed') AND referral_id IN (SELECT value FROM json_each(?))";
        Ok(sqlx::query_scalar(query)
            .bind(self.run.seq)
            .bind(Json(referral_ids))
            .fetch_all(&mut *self.transaction)
            .await?)
    }

    /// Carries out the steps and records what became of each item.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the pages is kept then.
    pub async fn apply(&mut self, steps: &[Step<'_>]) -> Result<(), StoreError> {
        let mut kept: Vec<Kept<'_>> = Vec::with_capacity(steps.len());
        let mut entries: Vec<Entry<'_>> = Vec::with_capacity(steps.len());
        let mut confirmed = Vec::new();
        let mut counts = [0i64; 5];
        let [inserted, updated, unchanged_count, skipped, failed] = &mut counts;
        for step in steps {
            match step {
                Step::Insert { version } => {
                    kept.push(Kept { version, news: "new" });
                    entries.push(Entry::of(&version.referral.id, ItemOutcome::Inserted));
                    *inserted += 1;
                }
                Step::Update { version, changes, recount } => {
                    kept.push(Kept { version, news: news_of(changes) });
                    entries.push(Entry { changes, ..Entry::of(&version.referral.id, ItemOutcome::Updated) });
                    *updated += 1;
                    *unchanged_count -= i64::from(*recount);
                }
                Step::Replace { version } => {
                    kept.push(Kept { version, news: "" });
                }
                Step::Unchanged { referral_id } => {
                    confirmed.push(referral_id.as_str());
                    *unchanged_count += 1;
                }
                Step::Skip { referral_id, reason, is_stored, newer } => {
                    if *is_stored {
                        confirmed.push(referral_id.as_str());
                    }
                    kept.extend(newer.iter().map(|version| Kept { version, news: "" }));
                    entries.push(Entry { reason, ..Entry::of(referral_id, ItemOutcome::Skipped) });
                    *skipped += 1;
                }
                Step::Fail { referral_id, reason } => {
                    let referral_id = referral_id.as_deref();
                    entries.push(Entry { referral_id, reason, ..Entry::of("", ItemOutcome::Failed) });
                    *failed += 1;
                }
            }
        }
        for kept in kept.chunks(ROWS) {
            self.store_versions(kept).await?;
        }
        self.record(&entries).await?;
        self.confirm(&confirmed).await?;
        self.add_to_counts(counts).await
    }

    /// Marks a referral that the service says it no longer has; it stays stored.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the pages is kept then.
    pub async fn mark_gone(&mut self, referral_id: &str) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE partner_center_referrals SET gone_at = ? WHERE referral_id = ? AND gone_at IS NULL",
        )
        .bind(&self.now)
        .bind(referral_id)
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query("UPDATE sync_runs SET gone = gone + 1 WHERE run_seq = ?")
            .bind(self.run.seq)
            .execute(&mut *self.transaction)
            .await?;
        self.record(&[Entry::of(referral_id, ItemOutcome::Gone)]).await
    }

    /// Notes that the service did not say whether it still has a referral.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the pages is kept then.
    pub async fn note_doubt(&mut self, referral_id: &str) -> Result<(), StoreError> {
        let query = "INSERT INTO referral_doubts (referral_id, asked_at) VALUES (?1, ?2) \
                     ON CONFLICT (referral_id) DO UPDATE SET asked_at = ?2";
        sqlx::query(query).bind(referral_id).bind(&self.now).execute(&mut *self.transaction).await?;
        Ok(())
    }

    /// Keeps what the service answered when it was asked for a referral that its list lacked; the list counts, not this.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the pages is kept then.
    pub async fn refresh(
        &mut self,
        version: &Version<'_>,
        changes: &[FieldChange],
    ) -> Result<(), StoreError> {
        let news = news_of(changes);
        self.store_versions(&[Kept { version, news }]).await?;
        self.record(&[Entry { changes, ..Entry::of(&version.referral.id, ItemOutcome::Updated) }]).await
    }

    /// Notes that the service still has these referrals, as they are stored.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the pages is kept then.
    pub async fn confirm(&mut self, referral_ids: &[&str]) -> Result<(), StoreError> {
        if referral_ids.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "UPDATE partner_center_referrals SET synced_at = ?, seen_in = ?, gone_at = NULL \
             WHERE referral_id IN (SELECT value FROM json_each(?))",
        )
        .bind(&self.now)
        .bind(self.run.seq)
        .bind(Json(referral_ids))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Records that the run reads more or less of the collection than it set out to.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the pages is kept then.
    pub async fn set_mode(&mut self, mode: Mode) -> Result<(), StoreError> {
        sqlx::query("UPDATE sync_runs SET mode = ? WHERE run_seq = ?")
            .bind(mode.as_str())
            .bind(self.run.seq)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Adds what was read from the service to the run and makes the pages permanent; tells how many referrals the run
    /// has fetched so far.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the pages is kept then.
    pub async fn commit(mut self, pages: u32, bytes: u64) -> Result<i64, StoreError> {
        let query =
            "UPDATE sync_runs SET pages = pages + ?, bytes = bytes + ? WHERE run_seq = ? RETURNING fetched";
        let fetched = sqlx::query_scalar(query)
            .bind(pages)
            .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
            .bind(self.run.seq)
            .fetch_one(&mut *self.transaction)
            .await?;
        self.transaction.commit().await?;
        Ok(fetched)
    }

    async fn store_versions(&mut self, kept: &[Kept<'_>]) -> Result<(), StoreError> {
        if kept.is_empty() {
            return Ok(());
        }
        let payloads = self.keep_payloads(kept).await?;
        let companies = self.join_companies(kept).await?;
        let (now, seq, brings_news) = (self.now.as_str(), self.run.seq, self.run.brings_news);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let time = |at: Option<Timestamp>| at.map(sortable);
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO partner_center_referrals (referral_id, raw_lead_id, engagement_id, name, customer_name, \
             customer_country, kind, type, qualification, direction, status, substatus, deal_value, currency, domain, \
             link_status, company_id, created_at, updated_at, accepted_at, closed_at, closing_at, expires_at, \
             expires_estimated, contact_until, synced_at, seen_in, customer_sort, unseen) ",
        );
        query.push_values(kept, |mut row, Kept { version, news }| {
            let referral = &version.referral;
            let company = match &referral.customer_domain {
                CustomerDomain::One(domain) => companies.get(domain.as_str()).copied(),
                CustomerDomain::None | CustomerDomain::Several(_) => None,
            };
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
                .push_bind(company)
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
                .push_bind(if brings_news { news } else { "" });
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
             unseen = iif(excluded.unseen = '' OR unseen = 'new', unseen, excluded.unseen) RETURNING referral_key",
        );
        let keys: Vec<i64> = query.build_query_scalar().fetch_all(&mut *self.transaction).await?;
        sqlx::query(
            "INSERT INTO search_queue (referral_key, dated) SELECT value, 1 FROM json_each(?) WHERE TRUE \
             ON CONFLICT DO UPDATE SET dated = 1",
        )
        .bind(Json(keys))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Keeps each payload once; tells under which number it lies.
    async fn keep_payloads(&mut self, kept: &[Kept<'_>]) -> Result<HashMap<String, i64>, StoreError> {
        let now = self.now.as_str();
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO raw_leads (source, external_id, payload_sha256, payload, received_at) ",
        );
        query.push_values(kept, |mut row, Kept { version, .. }| {
            row.push_bind(SOURCE)
                .push_bind(version.referral.id.as_str())
                .push_bind(version.digest.as_slice())
                .push_bind(version.payload)
                .push_bind(now);
        });
        query.push(" ON CONFLICT DO UPDATE SET received_at = excluded.received_at RETURNING external_id, raw_lead_id");
        Ok(query.build_query_as().fetch_all(&mut *self.transaction).await?.into_iter().collect())
    }

    /// Makes the companies that are missing; tells under which number each lies.
    async fn join_companies(&mut self, kept: &[Kept<'_>]) -> Result<HashMap<String, i64>, StoreError> {
        let now = self.now.as_str();
        let mut referral_of: HashMap<&str, &Referral> = HashMap::new();
        for Kept { version, .. } in kept {
            if let CustomerDomain::One(domain) = &version.referral.customer_domain {
                referral_of.entry(domain.as_str()).or_insert(&version.referral);
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
        let numbers = sqlx::query_as(
            "SELECT domain, coalesce(merged_into, company_id) FROM companies WHERE domain IN (SELECT value FROM json_each(?))",
        );
        Ok(numbers.bind(Json(domains)).fetch_all(&mut *self.transaction).await?.into_iter().collect())
    }

    async fn record(&mut self, entries: &[Entry<'_>]) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let seq = self.run.seq;
        let query = "SELECT coalesce(max(position), 0) FROM sync_run_items WHERE run_seq = ?";
        let mut position: i64 = sqlx::query_scalar(query).bind(seq).fetch_one(&mut *self.transaction).await?;
        for entries in entries.chunks(ROWS) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "INSERT INTO sync_run_items (run_seq, position, referral_id, outcome, reason, changes) ",
            );
            query.push_values(entries, |mut row, entry| {
                position += 1;
                row.push_bind(seq)
                    .push_bind(position)
                    .push_bind(entry.referral_id)
                    .push_bind(entry.outcome.as_str())
                    .push_bind(entry.reason)
                    .push_bind(Json(entry.changes));
            });
            query.build().execute(&mut *self.transaction).await?;
        }
        Ok(())
    }

    async fn add_to_counts(&mut self, counts: [i64; 5]) -> Result<(), StoreError> {
        let mut query = sqlx::query(
            "UPDATE sync_runs SET inserted = inserted + ?, updated = updated + ?, unchanged = unchanged + ?, \
             skipped = skipped + ?, failed = failed + ?, fetched = fetched + ? WHERE run_seq = ?",
        );
        for count in counts {
            query = query.bind(count);
        }
        query.bind(counts.iter().sum::<i64>()).bind(self.run.seq).execute(&mut *self.transaction).await?;
        Ok(())
    }
}

fn news_of(changes: &[FieldChange]) -> &'static str {
    if changes.iter().all(|change| SILENT.contains(&change.field.as_str())) { "" } else { "changed" }
}

impl<'s> Entry<'s> {
    fn of(referral_id: &'s str, outcome: ItemOutcome) -> Self {
        Self { referral_id: Some(referral_id), outcome, reason: "", changes: &[] }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    async fn try_page(store: &Store, payloads: &[String], run_id: &str) -> Result<(), StoreError> {
        let steps: Vec<Step<'_>> = payloads
            .iter()
            .map(|payload| {
                let referral = Box::new(Referral::parse(payload).unwrap());
                Step::Insert { version: Version { referral, payload, digest: payload_digest(payload) } }
            })
            .collect();
        let run = store.start_run(run_id.to_owned(), Mode::Full, Timestamp::UNIX_EPOCH).await?;
        let mut page = store.begin_pages(&run, Timestamp::UNIX_EPOCH).await?;
        page.apply(&steps).await?;
        page.commit(1, 1).await.map(drop)
    }

    /// A database that may not grow refuses a page as a whole, and goes on when it may.
    #[tokio::test]
    async fn a_full_database_keeps_what_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("hunter.db")).await.unwrap();
        let payloads: Vec<String> =
            (0..600).map(|id| format!(r#"{{"id":"{id}","name":"{:99}"}}"#, id)).collect();
        let count = async || -> i64 {
            let query = sqlx::query_scalar("SELECT count(*) FROM partner_center_referrals");
            query.fetch_one(&store.readers).await.unwrap()
        };
        try_page(&store, &payloads[..10], "first").await.unwrap();
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&store.writer).await.unwrap();
        let limit = async |pages: i64| {
            let query = format!("PRAGMA max_page_count = {pages}");
            QueryBuilder::<Sqlite>::new(query).build().execute(&store.writer).await.unwrap();
        };
        limit(pages + 1).await;
        let refused = try_page(&store, &payloads, "full").await;
        assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
        assert_eq!(count().await, 10);
        limit(1_000_000).await;
        try_page(&store, &payloads, "next").await.unwrap();
        assert_eq!(count().await, 600);
        assert!(store.check().await.unwrap().ok);
    }
}
