use std::collections::HashMap;

use hunter_referral::{CustomerDomain, FieldChange, LinkStatus, Referral, Status, fold, sortable};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::{Row, Sqlite, SqliteConnection, Transaction};

use crate::error::StoreError;
use crate::open::Store;
use crate::runs::{ItemOutcome, SyncRun};

const SOURCE: &str = "partnercenter";

/// What is stored of a referral that a page brings again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The payload it points to.
    pub payload: String,
    /// Whether a person chose its company.
    pub linked_by_hand: bool,
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
        /// As understood.
        referral: Box<Referral>,
        /// As received.
        payload: &'a str,
    },
    /// A referral whose payload changed.
    Update {
        /// As understood.
        referral: Box<Referral>,
        /// As received.
        payload: &'a str,
        /// Field by field.
        changes: Vec<FieldChange>,
        /// Keep the company that a person chose.
        linked_by_hand: bool,
        /// The same run counted it as unchanged before.
        recount: bool,
    },
    /// A newer version of a referral that this run has already counted as inserted or updated.
    Replace {
        /// As understood.
        referral: Box<Referral>,
        /// As received.
        payload: &'a str,
        /// Keep the company that a person chose.
        linked_by_hand: bool,
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
        /// The newer version of a stored one.
        newer: Option<(Box<Referral>, &'a str)>,
    },
    /// An item that cannot be kept.
    Fail {
        /// Its id, if it has one.
        referral_id: Option<String>,
        /// What is wrong with it.
        reason: String,
    },
}

/// The one transaction in which a page of a run is stored together with its ledger rows and counts.
#[derive(Debug)]
pub struct PageWriter<'r> {
    transaction: Transaction<'static, Sqlite>,
    run: &'r SyncRun,
    now: String,
}

impl Store {
    /// Begins to store a page of a run; dropping the writer undoes it.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn begin_page<'r>(
        &self,
        run: &'r SyncRun,
        now: Timestamp,
    ) -> Result<PageWriter<'r>, StoreError> {
        Ok(PageWriter { transaction: self.begin().await?, run, now: sortable(now) })
    }

    /// Stored referrals that the service had before and that this run has not seen.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn unseen(&self, run: &SyncRun) -> Result<Vec<String>, StoreError> {
        let query = "SELECT referral_id FROM partner_center_referrals WHERE seen_in < ? AND gone_at IS NULL \
                     AND referral_id NOT IN (SELECT referral_id FROM sync_run_items \
                     WHERE run_seq = ? AND referral_id IS NOT NULL) ORDER BY referral_id";
        Ok(sqlx::query_scalar(query).bind(run.seq).bind(run.seq).fetch_all(&self.readers).await?)
    }
}

impl PageWriter<'_> {
    /// What is stored of these referrals.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn known(&mut self, referral_ids: &[&str]) -> Result<HashMap<String, Known>, StoreError> {
        let query = "SELECT r.referral_id, l.payload, r.link_status, r.seen_in, \
             EXISTS (SELECT 1 FROM sync_run_items i WHERE i.run_seq = ?1 AND i.referral_id = r.referral_id) AS changed \
             FROM partner_center_referrals r JOIN raw_leads l USING (raw_lead_id) \
             WHERE r.referral_id IN (SELECT value FROM json_each(?2))";
        let rows = sqlx::query(query)
            .bind(self.run.seq)
            .bind(sqlx::types::Json(referral_ids))
            .fetch_all(&mut *self.transaction)
            .await?;
        rows.into_iter()
            .map(|row| {
                let known = Known {
                    payload: row.try_get("payload")?,
                    linked_by_hand: row.try_get::<String, _>("link_status")?
                        == LinkStatus::LinkedManually.as_str(),
                    seen_in_run: row.try_get::<i64, _>("seen_in")? == self.run.seq,
                    changed_in_run: row.try_get("changed")?,
                };
                Ok((row.try_get("referral_id")?, known))
            })
            .collect()
    }

    /// Of these referrals, those that this run has skipped or failed on an earlier page.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn passed_over(&mut self, referral_ids: &[&str]) -> Result<Vec<String>, StoreError> {
        let query = "SELECT referral_id FROM sync_run_items WHERE run_seq = ? AND outcome IN ('skipped', 'failed') \
             AND referral_id IN (SELECT value FROM json_each(?))";
        Ok(sqlx::query_scalar(query)
            .bind(self.run.seq)
            .bind(sqlx::types::Json(referral_ids))
            .fetch_all(&mut *self.transaction)
            .await?)
    }

    /// Carries out the steps and records what became of each item.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the page is kept then.
    pub async fn apply(&mut self, steps: &[Step<'_>]) -> Result<(), StoreError> {
        let mut unchanged = Vec::new();
        let mut counts = [0i64; 5];
        let [inserted, updated, unchanged_count, skipped, failed] = &mut counts;
        for step in steps {
            match step {
                Step::Insert { referral, payload } => {
                    self.store_referral(referral, payload, false).await?;
                    self.record(Some(&referral.id), ItemOutcome::Inserted, "", &[]).await?;
                    *inserted += 1;
                }
                Step::Update { referral, payload, changes, linked_by_hand, recount } => {
                    self.store_referral(referral, payload, *linked_by_hand).await?;
                    self.record(Some(&referral.id), ItemOutcome::Updated, "", changes).await?;
                    *updated += 1;
                    *unchanged_count -= i64::from(*recount);
                }
                Step::Replace { referral, payload, linked_by_hand } => {
                    self.store_referral(referral, payload, *linked_by_hand).await?;
                }
                Step::Unchanged { referral_id } => {
                    unchanged.push(referral_id.as_str());
                    *unchanged_count += 1;
                }
                Step::Skip { referral_id, reason, newer } => {
                    if let Some((referral, payload)) = newer {
                        self.store_referral(referral, payload, false).await?;
                    }
                    self.record(Some(referral_id), ItemOutcome::Skipped, reason, &[]).await?;
                    *skipped += 1;
                }
                Step::Fail { referral_id, reason } => {
                    self.record(referral_id.as_deref(), ItemOutcome::Failed, reason, &[]).await?;
                    *failed += 1;
                }
            }
        }
        self.confirm(&unchanged).await?;
        self.add_to_counts(counts).await
    }

    /// Marks a referral that the service says it no longer has; it stays stored.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the page is kept then.
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
        self.record(Some(referral_id), ItemOutcome::Gone, "", &[]).await
    }

    /// Adds what was read from the service to the run and makes the page permanent; tells how many referrals the run
    /// has fetched so far.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the page is kept then.
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

    async fn store_referral(
        &mut self,
        referral: &Referral,
        payload: &str,
        by_hand: bool,
    ) -> Result<(), StoreError> {
        let connection = &mut *self.transaction;
        let raw_lead_id = keep_payload(connection, &referral.id, payload, &self.now).await?;
        let company_id = match &referral.customer_domain {
            CustomerDomain::One(domain) if !by_hand => {
                Some(join_company(connection, domain, referral, &self.now).await?)
            }
            CustomerDomain::One(_) | CustomerDomain::None | CustomerDomain::Several(_) => None,
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let time = |at: Option<Timestamp>| at.map(sortable);
        sqlx::query(
            "INSERT INTO partner_center_referrals (referral_id, raw_lead_id, engagement_id, name, customer_name, \
             customer_country, kind, type, qualification, direction, status, substatus, deal_value, currency, domain, \
             link_status, company_id, created_at, updated_at, closing_at, expires_at, expires_estimated, gone_at, \
             synced_at, seen_in, customer_sort, search_text) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, \
             ?22, NULL, ?23, ?24, ?25, ?26) \
             ON CONFLICT (referral_id) DO UPDATE SET raw_lead_id = ?2, engagement_id = ?3, name = ?4, \
             customer_name = ?5, customer_country = ?6, kind = ?7, type = ?8, qualification = ?9, direction = ?10, \
             status = ?11, substatus = ?12, deal_value = ?13, currency = ?14, domain = ?15, \
             link_status = iif(?27, link_status, ?16), company_id = iif(?27, company_id, ?17), created_at = ?18, \
             updated_at = ?19, closing_at = ?20, expires_at = ?21, expires_estimated = ?22, gone_at = NULL, \
             synced_at = ?23, seen_in = ?24, customer_sort = ?25, search_text = ?26",
        )
        .bind(&referral.id)
        .bind(raw_lead_id)
        .bind(text(&referral.engagement_id))
        .bind(text(&referral.name))
        .bind(text(&referral.customer_name))
        .bind(text(&referral.customer_country))
        .bind(referral.kind.as_str())
        .bind(referral.referral_type.as_ref().map(ToString::to_string).unwrap_or_default())
        .bind(referral.qualification.as_ref().map(ToString::to_string).unwrap_or_default())
        .bind(referral.direction.as_ref().map(ToString::to_string).unwrap_or_default())
        .bind(referral.status.as_ref().map_or("", Status::as_str))
        .bind(referral.substatus.as_ref().map(ToString::to_string).unwrap_or_default())
        .bind(referral.deal_value.map(|value| value.to_string()))
        .bind(text(&referral.currency))
        .bind(referral.customer_domain.name())
        .bind(referral.link_status().as_str())
        .bind(company_id)
        .bind(time(referral.created_at))
        .bind(time(referral.updated_at))
        .bind(time(referral.closing_at))
        .bind(time(referral.expiry.at))
        .bind(referral.expiry.estimated)
        .bind(&self.now)
        .bind(self.run.seq)
        .bind(fold(referral.customer_name.as_deref().unwrap_or_default()))
        .bind(&referral.search_text)
        .bind(by_hand)
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn confirm(&mut self, referral_ids: &[&str]) -> Result<(), StoreError> {
        if referral_ids.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "UPDATE partner_center_referrals SET synced_at = ?, seen_in = ?, gone_at = NULL \
             WHERE referral_id IN (SELECT value FROM json_each(?))",
        )
        .bind(&self.now)
        .bind(self.run.seq)
        .bind(sqlx::types::Json(referral_ids))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn record(
        &mut self,
        referral_id: Option<&str>,
        outcome: ItemOutcome,
        reason: &str,
        changes: &[FieldChange],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sync_run_items (run_seq, position, referral_id, outcome, reason, changes) \
             SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3, ?4, ?5 FROM sync_run_items WHERE run_seq = ?1",
        )
        .bind(self.run.seq)
        .bind(referral_id)
        .bind(outcome.as_str())
        .bind(reason)
        .bind(sqlx::types::Json(changes))
        .execute(&mut *self.transaction)
        .await?;
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

async fn keep_payload(
    connection: &mut SqliteConnection,
    referral_id: &str,
    payload: &str,
    now: &str,
) -> Result<i64, StoreError> {
    let query = "INSERT INTO raw_leads (source, external_id, payload_sha256, payload, received_at) \
         VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET received_at = excluded.received_at RETURNING raw_lead_id";
    Ok(sqlx::query_scalar(query)
        .bind(SOURCE)
        .bind(referral_id)
        .bind(Sha256::digest(payload).as_slice())
        .bind(payload)
        .bind(now)
        .fetch_one(connection)
        .await?)
}

async fn join_company(
    connection: &mut SqliteConnection,
    domain: &str,
    referral: &Referral,
    now: &str,
) -> Result<i64, StoreError> {
    let query = "INSERT INTO companies (domain, name, country, created_at) VALUES (?, ?, ?, ?) \
         ON CONFLICT (domain) DO UPDATE SET name = iif(name = '', excluded.name, name), \
         country = iif(country = '', excluded.country, country) RETURNING company_id";
    Ok(sqlx::query_scalar(query)
        .bind(domain)
        .bind(referral.customer_name.as_deref().unwrap_or_default())
        .bind(referral.customer_country.as_deref().unwrap_or_default())
        .bind(now)
        .fetch_one(connection)
        .await?)
}
