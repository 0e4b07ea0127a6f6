use std::collections::HashMap;
use std::sync::Arc;

use hunter_referral::{FieldChange, Rules, sortable};
use jiff::Timestamp;
use serde::Deserialize;
use sqlx::types::Json;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use crate::account::account_of;
use crate::columns::hex;
use crate::error::StoreError;
use crate::open::Store;
use crate::runs::{ItemOutcome, Mode, SyncRun};
use crate::search::{Findable, find_by};
use crate::versions::{Kept, NEW, PayloadDigest, SOURCE, Version};

/// Rows of one statement: SQLite takes at most 32,766 values in one.
const ROWS: usize = 200;

/// What is stored of a referral that a page brings again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The stored payload; `None` if it is the one that came, whose digest was given.
    pub payload: Option<String>,
    /// Whether this very run has already brought it.
    pub seen_in_run: bool,
    /// Whether this run has already changed it.
    pub changed_in_run: bool,
}

/// What is stored of a referral, as SQLite tells it.
#[derive(Deserialize)]
struct KnownRow {
    referral_id: String,
    raw_lead_id: i64,
    payload_sha256: String,
    seen_in: i64,
    /// Whether the run's ledger has it: 0 or 1.
    is_recorded: u8,
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
    pub(crate) transaction: Transaction<'static, Sqlite>,
    pub(crate) run: &'r SyncRun,
    pub(crate) now: String,
    pub(crate) rules: Arc<Rules>,
    /// Whose referrals are `mine`.
    pub(crate) account: String,
    /// Of the run's last entry in the ledger.
    position: i64,
    /// The last referral's.
    last_key: i64,
    /// Whether this run has skipped or failed anything so far.
    has_passed_over: bool,
    /// Whether anything was ever erased.
    pub(crate) has_erased: bool,
    /// What became of the pages' items: inserted, updated, unchanged, skipped, failed.
    counts: [i64; 5],
    /// What is to be found once the pages are stored.
    pub(crate) findable: Vec<Findable>,
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
        let mut transaction = self.begin().await?;
        let so_far = "SELECT (SELECT coalesce(max(position), 0) FROM sync_run_items WHERE run_seq = ?1), \
                      (SELECT coalesce(max(referral_key), 0) FROM partner_center_referrals), \
                      skipped + failed > 0, EXISTS (SELECT 1 FROM erased_referrals) FROM sync_runs WHERE run_seq = ?1";
        let (position, last_key, has_passed_over, has_erased) =
            sqlx::query_as(so_far).bind(run.seq).fetch_one(&mut *transaction).await?;
        Ok(PageWriter {
            account: account_of(&mut transaction).await?,
            position,
            last_key,
            has_passed_over,
            has_erased,
            counts: [0; 5],
            transaction,
            run,
            now: sortable(now),
            rules: self.rules(),
            findable: Vec::new(),
        })
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
        // Digests come from the index that has them; the payloads themselves lie all over the database.
        // As one value: each row of an answer would wake who waits for it.
        let query = "SELECT json_group_array(json_object('referral_id', r.referral_id, 'raw_lead_id', r.raw_lead_id, \
             'payload_sha256', hex(l.payload_sha256), 'seen_in', r.seen_in, 'is_recorded', EXISTS (\
             SELECT 1 FROM sync_run_items i WHERE i.run_seq = ?1 AND i.referral_id = r.referral_id))) \
             FROM partner_center_referrals r CROSS JOIN raw_leads l \
             ON l.source = ?2 AND l.external_id = r.referral_id AND +l.raw_lead_id = r.raw_lead_id \
             WHERE r.referral_id IN (SELECT value FROM json_each(?3))";
        let ids: Vec<&str> = came.keys().copied().collect();
        let Json(rows): Json<Vec<KnownRow>> = sqlx::query_scalar(query)
            .bind(self.run.seq)
            .bind(SOURCE)
            .bind(Json(ids))
            .fetch_one(&mut *self.transaction)
            .await?;
        let mut known = HashMap::with_capacity(rows.len());
        for row in rows {
            let is_same =
                came.get(row.referral_id.as_str()).is_some_and(|came| hex(came) == row.payload_sha256);
            let of_one = Known {
                payload: if is_same { None } else { Some(self.payload(row.raw_lead_id).await?) },
                seen_in_run: row.seen_in == self.run.seq,
                changed_in_run: row.is_recorded == 1,
            };
            known.insert(row.referral_id, of_one);
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
        if !self.has_passed_over {
            return Ok(Vec::new());
        }
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
        let [inserted, updated, unchanged, skipped, failed] = &mut self.counts;
        for step in steps {
            match step {
                Step::Insert { version } => {
                    kept.push(Kept { version, news: NEW });
                    entries.push(Entry::of(version.id(), ItemOutcome::Inserted));
                    *inserted += 1;
                }
                Step::Update { version, changes, recount } => {
                    kept.push(Kept { version, news: news_of(changes) });
                    entries.push(Entry { changes, ..Entry::of(version.id(), ItemOutcome::Updated) });
                    *updated += 1;
                    *unchanged -= i64::from(*recount);
                }
                Step::Replace { version } => {
                    kept.push(Kept { version, news: "" });
                }
                Step::Unchanged { referral_id } => {
                    confirmed.push(referral_id.as_str());
                    *unchanged += 1;
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
        self.has_passed_over |= *skipped + *failed > 0;
        for kept in kept.chunks(ROWS) {
            self.store_versions(kept).await?;
        }
        self.record(&entries).await?;
        self.confirm(&confirmed).await
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
        self.record(&[Entry { changes, ..Entry::of(version.id(), ItemOutcome::Updated) }]).await
    }

    /// Notes that the service still has these referrals, as they are stored.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the pages is kept then.
    pub async fn confirm(&mut self, referral_ids: &[&str]) -> Result<(), StoreError> {
        if referral_ids.is_empty() {
            return Ok(());
        }
        let ids = Json(referral_ids);
        sqlx::query(
            "UPDATE partner_center_referrals SET synced_at = ?, seen_in = ? \
             WHERE referral_id IN (SELECT value FROM json_each(?))",
        )
        .bind(&self.now)
        .bind(self.run.seq)
        .bind(ids)
        .execute(&mut *self.transaction)
        .await?;
        // On its own, as it is in the lists' indices, which would be written anew for every row.
        sqlx::query(
            "UPDATE partner_center_referrals SET gone_at = NULL \
             WHERE gone_at IS NOT NULL AND referral_id IN (SELECT value FROM json_each(?))",
        )
        .bind(ids)
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
        find_by(&mut self.transaction, &self.findable).await?;
        let mut query = sqlx::query_scalar(
            "UPDATE sync_runs SET inserted = inserted + ?, updated = updated + ?, unchanged = unchanged + ?, \
             skipped = skipped + ?, failed = failed + ?, fetched = fetched + ?, pages = pages + ?, bytes = bytes + ? \
             WHERE run_seq = ? RETURNING fetched",
        );
        for count in self.counts {
            query = query.bind(count);
        }
        let fetched = query
            .bind(self.counts.iter().sum::<i64>())
            .bind(pages)
            .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
            .bind(self.run.seq)
            .fetch_one(&mut *self.transaction)
            .await?;
        self.transaction.commit().await?;
        Ok(fetched)
    }

    /// The key of a referral that is about to be stored.
    pub(crate) fn next_key(&mut self) -> i64 {
        self.last_key += 1;
        self.last_key
    }

    async fn record(&mut self, entries: &[Entry<'_>]) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = entries
            .iter()
            .map(|Entry { referral_id, outcome, reason, changes }| {
                (referral_id, outcome.as_str(), reason, changes)
            })
            .collect();
        sqlx::query(
            "INSERT INTO sync_run_items (run_seq, position, referral_id, outcome, reason, changes) \
             SELECT ?1, ?2 + key, value ->> 0, value ->> 1, value ->> 2, value -> 3 FROM jsonb_each(?3)",
        )
        .bind(self.run.seq)
        .bind(self.position + 1)
        .bind(Json(rows))
        .execute(&mut *self.transaction)
        .await?;
        self.position += entries.len() as i64;
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
    use sqlx::QueryBuilder;

    async fn try_page(store: &Store, payloads: &[String], run_id: &str) -> Result<(), StoreError> {
        let steps: Vec<Step<'_>> = payloads
            .iter()
            .map(|payload| Step::Insert { version: Version::read(payload).unwrap() })
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
