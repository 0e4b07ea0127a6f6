//! Results of the checklist, newest last; the newest of an item counts.

use hunter_referral::sortable;
use jiff::Timestamp;
use sqlx::FromRow;

use crate::error::StoreError;
use crate::open::Store;

/// How many results of an item stay on record in each environment.
const KEPT: i64 = 50;

/// One result of one item.
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct CheckResult {
    /// The item.
    pub item_id: String,
    /// Where it counts.
    pub environment: String,
    /// What tells under which settings it was found; empty where they do not matter.
    pub basis: String,
    /// `pass`, `fail`, `manual`, `not_run` or `skipped`.
    pub state: String,
    /// What was found, as JSON.
    pub evidence: String,
    /// What a person wrote about it.
    pub note: String,
    /// Who was signed in.
    pub account: String,
    /// When it was found.
    pub checked_at: String,
}

impl std::fmt::Debug for CheckResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckResult")
            .field("item_id", &self.item_id)
            .field("state", &self.state)
            .field("checked_at", &self.checked_at)
            .finish_non_exhaustive()
    }
}

const COLUMNS: &str = "item_id, environment, basis, state, evidence, note, account, checked_at";

impl CheckResult {
    /// When it was found.
    pub fn at(&self) -> Option<Timestamp> {
        self.checked_at.parse().ok()
    }

    /// Sets when it was found, in the form in which times are stored.
    #[must_use]
    pub fn found_at(self, at: Timestamp) -> Self {
        Self { checked_at: sortable(at), ..self }
    }
}

impl Store {
    /// The newest result of every item in an environment.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn check_results(&self, environment: &str) -> Result<Vec<CheckResult>, StoreError> {
        let query = format!(
            "SELECT {COLUMNS} FROM checklist_results WHERE result_id IN \
             (SELECT max(result_id) FROM checklist_results WHERE environment = ? GROUP BY item_id)"
        );
        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new(query);
        Ok(query.build_query_as().bind(environment).fetch_all(&self.readers).await?)
    }

    /// All results of one item on record, newest first.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn check_history(
        &self,
        environment: &str,
        item_id: &str,
    ) -> Result<Vec<CheckResult>, StoreError> {
        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new(format!(
            "SELECT {COLUMNS} FROM checklist_results WHERE environment = ? AND item_id = ? ORDER BY result_id DESC"
        ));
        Ok(query.build_query_as().bind(environment).bind(item_id).fetch_all(&self.readers).await?)
    }

    /// Puts a result on record and drops the oldest ones of its item where there are too many.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn record_check(&self, result: &CheckResult) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO checklist_results (item_id, environment, basis, state, evidence, note, account, checked_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&result.item_id)
        .bind(&result.environment)
        .bind(&result.basis)
        .bind(&result.state)
        .bind(&result.evidence)
        .bind(&result.note)
        .bind(&result.account)
        .bind(&result.checked_at)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM checklist_results WHERE environment = ?1 AND item_id = ?2 AND result_id NOT IN \
             (SELECT result_id FROM checklist_results WHERE environment = ?1 AND item_id = ?2 \
             ORDER BY result_id DESC LIMIT ?3)",
        )
        .bind(&result.environment)
        .bind(&result.item_id)
        .bind(KEPT)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn result(item_id: &str, environment: &str, second: i64) -> CheckResult {
        CheckResult {
            item_id: item_id.to_owned(),
            environment: environment.to_owned(),
            basis: String::new(),
            state: "pass".to_owned(),
            evidence: "{}".to_owned(),
            note: second.to_string(),
            account: String::new(),
            checked_at: String::new(),
        }
        .found_at(Timestamp::from_second(1_790_000_000 + second).unwrap())
    }

    #[tokio::test]
    async fn the_newest_counts_and_the_history_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("hunter.db")).await.unwrap();
        for second in 0..KEPT + 3 {
            store.record_check(&result("clock", "prod", second)).await.unwrap();
        }
        store.record_check(&result("clock", "dev", 0)).await.unwrap();
        store.record_check(&result("network", "prod", 1)).await.unwrap();
        let mut newest = store.check_results("prod").await.unwrap();
        newest.sort_by(|one, other| one.item_id.cmp(&other.item_id));
        assert_eq!(newest, [result("clock", "prod", KEPT + 2), result("network", "prod", 1)]);
        let history = store.check_history("prod", "clock").await.unwrap();
        assert_eq!(history.len(), usize::try_from(KEPT).unwrap());
        assert_eq!([&history[0].note, &history[history.len() - 1].note], ["52", "3"]);
        assert_eq!(store.check_results("dev").await.unwrap(), [result("clock", "dev", 0)]);
        assert_eq!(store.check_results("staging").await.unwrap(), []);
    }
}
