//! What a person adds to referrals: a star, a note, and that they were looked at.

use hunter_referral::sortable;
use jiff::Timestamp;
use sqlx::types::Json;

use crate::error::StoreError;
use crate::open::Store;

impl Store {
    /// Marks referrals, or takes their marks away; ids that are unknown are passed over.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn set_star(&self, referral_ids: &[String], starred: bool) -> Result<(), StoreError> {
        let query = "INSERT INTO referral_marks (referral_key, starred) \
             SELECT referral_key, ?1 FROM partner_center_referrals \
             WHERE referral_id IN (SELECT value FROM json_each(?2)) \
             ON CONFLICT (referral_key) DO UPDATE SET starred = excluded.starred";
        sqlx::query(query).bind(starred).bind(Json(referral_ids)).execute(&self.writer).await?;
        Ok(())
    }

    /// Keeps what a person wrote to a referral; false if there is no such referral.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn set_note(&self, referral_id: &str, note: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let query = "INSERT INTO referral_marks (referral_key, note, noted_at) \
             SELECT referral_key, ?1, ?2 FROM partner_center_referrals WHERE referral_id = ?3 \
             ON CONFLICT (referral_key) DO UPDATE SET note = excluded.note, noted_at = excluded.noted_at \
             RETURNING referral_key";
        let key: Option<i64> = sqlx::query_scalar(query)
            .bind(note)
            .bind(sortable(now))
            .bind(referral_id)
            .fetch_optional(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO search_queue (referral_key) SELECT ?1 WHERE ?1 IS NOT NULL ON CONFLICT DO NOTHING",
        )
        .bind(key)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        self.index_search().await?;
        Ok(key.is_some())
    }

    /// Notes that a person has looked at these referrals, or at all; false if that is no news.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn mark_seen(&self, referral_ids: Option<&[String]>) -> Result<bool, StoreError> {
        let query = "UPDATE partner_center_referrals SET unseen = '' WHERE unseen <> '' \
                     AND (?1 IS NULL OR referral_id IN (SELECT value FROM json_each(?1)))";
        let seen = sqlx::query(query).bind(referral_ids.map(Json)).execute(&self.writer).await?;
        Ok(seen.rows_affected() > 0)
    }
}
