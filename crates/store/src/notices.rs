//! What a person has been told of, so that nothing is told twice.

use hunter_referral::sortable;
use jiff::Timestamp;
use sqlx::FromRow;

use crate::error::StoreError;
use crate::list::SOON;
use crate::open::Store;

/// Something about a referral that a person should hear of once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// It has come and nobody has answered it.
    New,
    /// Nobody has answered it and it expires soon.
    Expiring,
}

impl NoticeKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Expiring => "expiring",
        }
    }

    /// Which referrals it concerns: unanswered ones that are still there.
    fn condition(self) -> &'static str {
        match self {
            Self::New => {
                "gone_at IS NULL AND status = 'New' AND (expires_at IS NULL OR expires_at > ?2) AND ?3 <> ''"
            }
            Self::Expiring => "gone_at IS NULL AND status = 'New' AND expires_at > ?2 AND expires_at <= ?3",
        }
    }
}

/// A referral that a person has not been told of.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Untold {
    /// Its id.
    pub referral_id: String,
    /// The customer, or the referral's own name.
    pub name: String,
    /// When it expires.
    pub expires_at: Option<String>,
}

impl Store {
    /// Referrals that nobody has been told of, those that expire first in front.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn untold(&self, kind: NoticeKind, now: Timestamp) -> Result<Vec<Untold>, StoreError> {
        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new(
            "SELECT referral_id, iif(customer_name = '', name, customer_name) AS name, expires_at \
             FROM partner_center_referrals r WHERE NOT EXISTS (SELECT 1 FROM referral_notices n \
             WHERE n.referral_id = r.referral_id AND n.kind = ?1) AND ",
        );
        query.push(kind.condition()).push(" ORDER BY expires_at IS NULL, expires_at, referral_id");
        Ok(query
            .build_query_as()
            .bind(kind.as_str())
            .bind(sortable(now))
            .bind(sortable(now + SOON))
            .fetch_all(&self.readers)
            .await?)
    }

    /// Takes a person to know of all that is there by now.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn mark_all_told(&self, now: Timestamp) -> Result<(), StoreError> {
        for kind in [NoticeKind::New, NoticeKind::Expiring] {
            let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new(
                "INSERT INTO referral_notices (referral_id, kind, told_at) SELECT referral_id, ?1, ?2 \
                 FROM partner_center_referrals WHERE ",
            );
            query.push(kind.condition()).push(" ON CONFLICT DO NOTHING");
            let query = query.build().bind(kind.as_str()).bind(sortable(now)).bind(sortable(now + SOON));
            query.execute(&self.writer).await?;
        }
        Ok(())
    }

    /// Remembers that a person has been told of these referrals.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn mark_told(
        &self,
        kind: NoticeKind,
        untold: &[Untold],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let ids: Vec<&str> = untold.iter().map(|untold| untold.referral_id.as_str()).collect();
        sqlx::query(
            "INSERT INTO referral_notices (referral_id, kind, told_at) SELECT value, ?1, ?2 FROM json_each(?3) \
             WHERE TRUE ON CONFLICT DO NOTHING",
        )
        .bind(kind.as_str())
        .bind(sortable(now))
        .bind(sqlx::types::Json(ids))
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}
