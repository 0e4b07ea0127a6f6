//! Versions of payloads that nobody needs any more.

use sqlx::types::Json;

use crate::error::StoreError;
use crate::open::Store;

/// Versions of a referral that are kept besides the current one.
const FORMER_VERSIONS: u32 = 4;

impl Store {
    /// Drops all but the newest former versions of each payload; the one that a referral points to always stays.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn thin_payloads(&self) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let query = "SELECT raw_lead_id FROM (SELECT raw_lead_id, row_number() OVER (PARTITION BY source, external_id \
             ORDER BY received_at DESC, raw_lead_id DESC) AS place FROM raw_leads \
             WHERE raw_lead_id NOT IN (SELECT raw_lead_id FROM partner_center_referrals)) WHERE place > ?";
        let outdated: Vec<i64> =
            sqlx::query_scalar(query).bind(FORMER_VERSIONS).fetch_all(&mut *transaction).await?;
        if outdated.is_empty() {
            return Ok(());
        }
        // Whether a referral points to a version would be looked for row by row.
        sqlx::query("CREATE INDEX thinning ON partner_center_referrals (raw_lead_id)")
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM raw_leads WHERE raw_lead_id IN (SELECT value FROM json_each(?))")
            .bind(Json(outdated))
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DROP INDEX thinning").execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }
}
