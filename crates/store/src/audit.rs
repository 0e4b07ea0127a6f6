//! Whether the database is what it should be: its schema, its ledger, and what the last complete pass listed.

use hunter_referral::sortable;
use jiff::Timestamp;
use sqlx::FromRow;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

use crate::error::StoreError;
use crate::first_reading::LIST_INDEX;
use crate::open::{MIGRATIONS, Store};

/// Whether the runs on record add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct LedgerAudit {
    /// Runs that were looked at.
    pub runs: i64,
    /// Those whose outcomes are not as many as what they fetched.
    pub uneven: i64,
    /// Those that counted other outcomes than they put on record.
    pub unmatched: i64,
}

/// What the last complete pass listed, and what of it is in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassAudit {
    /// The run that ended the pass.
    pub run_id: String,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Referrals that it listed.
    pub listed: i64,
    /// Those that it kept.
    pub kept: i64,
    /// Those that a rule left out.
    pub skipped: i64,
    /// Those that could not be kept.
    pub failed: i64,
    /// Those of the kept ones that are in the database, or were erased since.
    pub present: i64,
    /// Open referrals in the database.
    pub open: i64,
    /// Referrals on record that are not in the database.
    pub lost: Vec<Lost>,
    /// Referrals that are stored with another status than their payload has.
    pub differing: Vec<String>,
}

/// A referral that was kept once and is not there any more.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Lost {
    /// Its id.
    pub referral_id: String,
    /// Whether it was open when it came last.
    pub is_open: bool,
}

#[derive(FromRow)]
struct Pass {
    run_seq: i64,
    run_id: String,
    finished_at: String,
    fetched: i64,
    kept: i64,
    skipped: i64,
    failed: i64,
}

impl Store {
    /// How the schema in the file differs from that of this program's migrations: names of tables, indices and
    /// migrations.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn schema_drift(&self) -> Result<Vec<String>, StoreError> {
        let (expected, found) = (expected_schema().await?, schema(&self.readers).await?);
        let indices_wait = self.indices_wait().await?;
        let waits = |name: &str| indices_wait && name.starts_with(&format!("index {LIST_INDEX}"));
        let missing = expected.iter().filter(|object| !found.contains(object) && !waits(&object.0));
        let other = found.iter().filter(|object| !expected.contains(object));
        let mut drift: Vec<String> = missing.chain(other).map(|(name, _)| name.clone()).collect();
        drift.sort_unstable();
        drift.dedup();
        Ok(drift)
    }

    /// Whether every run on record adds up, and its items are as many as it counted.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn audit_ledger(&self) -> Result<LedgerAudit, StoreError> {
        let query = "WITH items AS (SELECT run_seq, count(*) FILTER (WHERE outcome = 'inserted') AS inserted, \
             count(*) FILTER (WHERE outcome = 'updated') AS updated, \
             count(*) FILTER (WHERE outcome = 'skipped') AS skipped, \
             count(*) FILTER (WHERE outcome = 'failed') AS failed, \
             count(*) FILTER (WHERE outcome = 'gone') AS gone FROM sync_run_items GROUP BY run_seq) \
             SELECT count(*) AS runs, \
             count(*) FILTER (WHERE s.fetched <> s.inserted + s.updated + s.unchanged + s.skipped + s.failed) AS uneven, \
             count(*) FILTER (WHERE s.run_seq >= (SELECT coalesce(min(run_seq), 0) FROM sync_run_items) \
             AND (s.inserted <> coalesce(i.inserted, 0) OR s.skipped <> coalesce(i.skipped, 0) \
             OR s.failed <> coalesce(i.failed, 0) OR s.gone <> coalesce(i.gone, 0) \
             OR s.updated > coalesce(i.updated, 0))) AS unmatched \
             FROM sync_runs s LEFT JOIN items i USING (run_seq) WHERE s.status NOT IN ('running', 'skipped')";
        Ok(sqlx::query_as(query).fetch_one(&self.readers).await?)
    }

    /// What became of all that the last complete pass listed; `None` where there was none.
    ///
    /// Three records have to agree: what the pass counted, the payloads as received, and the list of referrals.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn audit_pass(&self) -> Result<Option<PassAudit>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let query = "SELECT run_seq, run_id, finished_at, fetched, inserted + updated + unchanged AS kept, skipped, failed \
                     FROM sync_runs WHERE mode = 'full' AND status IN ('completed', 'partial') AND cause = '' \
                     ORDER BY run_seq DESC LIMIT 1";
        let Some(pass) = sqlx::query_as::<_, Pass>(query).fetch_optional(&mut *snapshot).await? else {
            return Ok(None);
        };
        let query = "SELECT count(*) - (SELECT count(DISTINCT i.referral_id) FROM sync_run_items i \
                     JOIN partner_center_referrals r USING (referral_id) \
                     WHERE i.run_seq > ?1 AND i.outcome = 'inserted' AND NOT EXISTS (SELECT 1 FROM sync_run_items e \
                     WHERE e.referral_id = i.referral_id AND e.run_seq <= ?1)) \
                     + (SELECT count(*) FROM erased_referrals WHERE erased_at > ?2) \
                     FROM partner_center_referrals WHERE seen_in >= ?1";
        let present: i64 = sqlx::query_scalar(query)
            .bind(pass.run_seq)
            .bind(&pass.finished_at)
            .fetch_one(&mut *snapshot)
            .await?;
        let query = "SELECT count(*) FROM partner_center_referrals WHERE is_open = 1";
        let open = sqlx::query_scalar(query).fetch_one(&mut *snapshot).await?;
        let query = "WITH known AS (SELECT external_id AS referral_id FROM raw_leads UNION \
                     SELECT referral_id FROM sync_run_items WHERE outcome IN ('inserted', 'updated')) \
                     SELECT referral_id, coalesce((SELECT CASE WHEN json_valid(payload) \
                     THEN json_extract(payload, '$.status') IN ('New', 'Active') END FROM raw_leads \
                     WHERE external_id = referral_id ORDER BY raw_lead_id DESC LIMIT 1), FALSE) AS is_open \
                     FROM known WHERE referral_id IS NOT NULL \
                     AND referral_id NOT IN (SELECT referral_id FROM partner_center_referrals) \
                     AND referral_id NOT IN (SELECT referral_id FROM erased_referrals) ORDER BY referral_id";
        let lost = sqlx::query_as(query).fetch_all(&mut *snapshot).await?;
        let query = "SELECT referral_id FROM partner_center_referrals r JOIN raw_leads USING (raw_lead_id) \
                     WHERE lower(r.status) <> lower(CASE WHEN json_valid(payload) THEN \
                     trim(json_extract(payload, '$.status')) END) ORDER BY referral_id";
        let differing = sqlx::query_scalar(query).fetch_all(&mut *snapshot).await?;
        Ok(Some(PassAudit {
            finished_at: pass.finished_at.parse().ok(),
            run_id: pass.run_id,
            listed: pass.fetched,
            kept: pass.kept,
            skipped: pass.skipped,
            failed: pass.failed,
            present,
            open,
            lost,
            differing,
        }))
    }

    /// How often the service refused a request with one of these statuses since then.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn refusals_since(&self, since: Timestamp) -> Result<Vec<(u16, i64)>, StoreError> {
        let query = "SELECT status, count(*) FROM sync_run_requests WHERE status IN (401, 403) AND failed_at >= ? \
                     GROUP BY status ORDER BY status";
        Ok(sqlx::query_as(query).bind(sortable(since)).fetch_all(&self.readers).await?)
    }

    /// When runs began since then, the skipped ones left out, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn runs_since(&self, since: Timestamp) -> Result<Vec<PastRun>, StoreError> {
        let query = "SELECT run_seq, status, inserted, started_at, finished_at FROM sync_runs \
                     WHERE status NOT IN ('running', 'skipped') AND started_at >= ? ORDER BY run_seq";
        Ok(sqlx::query_as(query).bind(sortable(since)).fetch_all(&self.readers).await?)
    }

    /// Stored payloads in the order of their numbers, beginning after one.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn payloads_after(&self, number: i64, limit: u32) -> Result<Vec<(i64, String)>, StoreError> {
        let query =
            "SELECT raw_lead_id, payload FROM raw_leads WHERE raw_lead_id > ? ORDER BY raw_lead_id LIMIT ?";
        Ok(sqlx::query_as(query).bind(number).bind(limit).fetch_all(&self.readers).await?)
    }
}

/// A run, as far as a schedule is judged by it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PastRun {
    /// Its place in the ledger.
    pub run_seq: i64,
    /// How it ended.
    pub status: String,
    /// Referrals that were new.
    pub inserted: i64,
    /// When it began.
    pub started_at: String,
    /// When it ended.
    pub finished_at: String,
}

/// The schema that this program's migrations make.
pub(crate) async fn expected_schema() -> Result<Vec<(String, String)>, StoreError> {
    let options = SqliteConnectOptions::new().in_memory(true);
    let pristine = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await?;
    MIGRATIONS.run(&pristine).await?;
    let expected = schema(&pristine).await;
    pristine.close().await;
    expected
}

/// Tables, indices and migrations, each with what makes it what it is.
async fn schema(pool: &SqlitePool) -> Result<Vec<(String, String)>, StoreError> {
    let query = "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema \
                 WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
                 UNION ALL SELECT 'migration ' || version, hex(checksum) || success FROM _sqlx_migrations";
    Ok(sqlx::query_as(query).fetch_all(pool).await?)
}
