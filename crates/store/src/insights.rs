//! What the charts show. Months are those of UTC.

use hunter_referral::sortable;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::FromRow;
use ts_rs::TS;

use crate::error::StoreError;
use crate::open::Store;

/// Referrals of one stage in one currency.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, TS)]
pub struct StageSum {
    /// `New`, `Active`, or a newer word.
    pub status: Option<String>,
    /// The finer state.
    pub substatus: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// How many.
    #[ts(type = "number")]
    pub referrals: i64,
    /// What they are worth as decimal text, rounded to two digits, if any tells.
    pub value: Option<String>,
}

/// Referrals of a kind that came in a month.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, TS)]
pub struct MonthOfKind {
    /// `2026-03`.
    pub month: String,
    /// The kind.
    #[ts(type = "Kind")]
    pub kind: String,
    /// How many.
    #[ts(type = "number")]
    pub referrals: i64,
}

/// How the referrals that closed in a month ended.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, TS)]
pub struct MonthOfClosed {
    /// `2026-03`.
    pub month: String,
    /// Won.
    #[ts(type = "number")]
    pub won: i64,
    /// Lost.
    #[ts(type = "number")]
    pub lost: i64,
    /// Declined.
    #[ts(type = "number")]
    pub declined: i64,
    /// Expired.
    #[ts(type = "number")]
    pub expired: i64,
}

/// How long answers to referrals of a month took.
#[derive(Debug, Clone, PartialEq, FromRow, Serialize, TS)]
pub struct MonthOfAnswers {
    /// `2026-03`.
    pub month: String,
    /// How many were answered.
    #[ts(type = "number")]
    pub answered: i64,
    /// From receipt to acceptance.
    pub median_hours: f64,
}

/// What the charts show.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Insights {
    /// Open referrals by stage and currency.
    pub pipeline: Vec<StageSum>,
    /// When referrals came, oldest month first.
    pub received: Vec<MonthOfKind>,
    /// How they ended, oldest month first.
    pub closed: Vec<MonthOfClosed>,
    /// How long answers took, oldest month first.
    pub answers: Vec<MonthOfAnswers>,
    /// The median over all of them.
    pub median_answer_hours: Option<f64>,
    /// How many were answered.
    #[ts(type = "number")]
    pub answered: i64,
    /// How many expired without an answer.
    #[ts(type = "number")]
    pub expired: i64,
}

impl Store {
    /// What the charts show of the time since then.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn insights(&self, since: Timestamp) -> Result<Insights, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let since = sortable(since);
        let pipeline = sqlx::query_as(
            "SELECT nullif(status, '') AS status, nullif(substatus, '') AS substatus, \
             nullif(currency, '') AS currency, count(*) AS referrals, iif(count(deal_amount) > 0, printf('%.2f', sum(deal_amount)), NULL) AS value \
             FROM partner_center_referrals WHERE is_open = 1 \
             GROUP BY partner_center_referrals.status, partner_center_referrals.substatus, \
             partner_center_referrals.currency ORDER BY 1 DESC, 2 DESC, referrals DESC, 3",
        )
        .fetch_all(&mut *snapshot)
        .await?;
        let received = sqlx::query_as(
            "SELECT substr(created_at, 1, 7) AS month, kind, count(*) AS referrals FROM partner_center_referrals \
             WHERE created_at >= ? GROUP BY 1, 2 ORDER BY 1, 2",
        )
        .bind(&since)
        .fetch_all(&mut *snapshot)
        .await?;
        let closed = sqlx::query_as(
            "SELECT substr(closed_at, 1, 7) AS month, count(*) FILTER (WHERE substatus = 'Won') AS won, \
             count(*) FILTER (WHERE substatus = 'Lost') AS lost, \
             count(*) FILTER (WHERE substatus = 'Declined') AS declined, \
             count(*) FILTER (WHERE substatus = 'Expired') AS expired FROM partner_center_referrals \
             WHERE gone_at IS NULL AND status = 'Closed' AND closed_at >= ? GROUP BY 1 ORDER BY 1",
        )
        .bind(&since)
        .fetch_all(&mut *snapshot)
        .await?;
        let mut answers = Vec::new();
        let mut all = None;
        let medians: Vec<MonthOfAnswers> = sqlx::query_as(
            "WITH answered AS (SELECT substr(created_at, 1, 7) AS month, \
             (julianday(accepted_at) - julianday(created_at)) * 24 AS hours FROM partner_center_referrals \
             WHERE accepted_at >= created_at AND created_at >= ?), \
             each AS (SELECT month, hours FROM answered UNION ALL SELECT '' AS month, hours FROM answered), \
             ranked AS (SELECT month, hours, row_number() OVER (PARTITION BY month ORDER BY hours) AS place, \
             count(*) OVER (PARTITION BY month) AS answered FROM each) \
             SELECT month, answered, round(avg(hours), 2) AS median_hours FROM ranked \
             WHERE place IN ((answered + 1) / 2, (answered + 2) / 2) GROUP BY month ORDER BY month",
        )
        .bind(&since)
        .fetch_all(&mut *snapshot)
        .await?;
        for month in medians {
            if month.month.is_empty() { all = Some(month) } else { answers.push(month) }
        }
        let expired = sqlx::query_scalar(
            "SELECT count(*) FROM partner_center_referrals \
             WHERE gone_at IS NULL AND status = 'Closed' AND substatus = 'Expired' AND closed_at >= ?",
        )
        .bind(&since)
        .fetch_one(&mut *snapshot)
        .await?;
        Ok(Insights {
            pipeline,
            received,
            closed,
            answers,
            median_answer_hours: all.as_ref().map(|all| all.median_hours),
            answered: all.map_or(0, |all| all.answered),
            expired,
        })
    }
}
