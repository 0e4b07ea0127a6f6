//! The first reading of a collection, which writes every row and would keep the lists' indices sorted row by row.

use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};

use crate::audit::expected_schema;
use crate::error::StoreError;
use crate::open::Store;
use crate::state::{read, write};

/// Where it is remembered that indices are to be built.
const INDICES_WAIT: &str = "indices_wait";
/// How the names of the lists' indices begin; those that a question names are called otherwise, and stay.
pub(crate) const LIST_INDEX: &str = "referrals_";
/// Where indices are sorted as far as a cache of 4 MiB does not hold them: in files, so that memory does not grow with the
/// collection; and on a thread beside the one that reads.
const SORTING_IN_FILES: &str = "PRAGMA cache_size = -4096; PRAGMA temp_store = FILE; PRAGMA threads = 1";
/// Where the system has no place for such files.
const SORTING_IN_MEMORY: &str = "PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY";
/// The index of words is written in large parts, and these are merged when there are many: by itself it would merge what
/// is new again and again.
const WORDS_IN_BULK: &str =
    "INSERT INTO referral_search (referral_search, rank) VALUES ('automerge', 0), ('hashsize', 4194304)";
/// As FTS5 does it by itself.
const WORDS_AS_USUAL: &str =
    "INSERT INTO referral_search (referral_search, rank) VALUES ('automerge', 4), ('hashsize', 1048576)";
const LISTS: &str = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL \
                     AND tbl_name = 'partner_center_referrals' AND name LIKE 'referrals%'";

impl Store {
    /// Takes the lists' indices away if no referral is stored yet; [`Store::build_indices`] builds them at once.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written; the indices are there then.
    pub async fn set_indices_aside(&self) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let is_filled: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM partner_center_referrals)")
            .fetch_one(&mut *transaction)
            .await?;
        if is_filled {
            return Ok(());
        }
        for name in list_indices(&mut transaction).await? {
            let drop = format!("DROP INDEX {name}");
            QueryBuilder::<Sqlite>::new(drop).build().execute(&mut *transaction).await?;
        }
        sqlx::query(WORDS_IN_BULK).execute(&mut *transaction).await?;
        write(&mut *transaction, INDICES_WAIT, &true).await?;
        Ok(transaction.commit().await?)
    }

    /// Builds the lists' indices if they were set aside.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written; the next run builds them.
    pub async fn build_indices(&self) -> Result<(), StoreError> {
        if !self.indices_wait().await? {
            return Ok(());
        }
        let expected = expected_schema().await?;
        if let Err(error) = self.build_with(SORTING_IN_FILES, &expected).await {
            self.build_with(SORTING_IN_MEMORY, &expected).await?;
            tracing::info!(event = "indices_built_in_memory", error = %error);
        }
        Ok(())
    }

    async fn build_with(
        &self,
        sorting: &'static str,
        expected: &[(String, String)],
    ) -> Result<(), StoreError> {
        let mut connection = self.writer.acquire().await?;
        // The next one is again as writers are.
        connection.close_on_drop();
        sqlx::raw_sql(sorting).execute(&mut *connection).await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let found = list_indices(&mut transaction).await?;
        for (name, statement) in expected {
            let name = name.strip_prefix("index ").unwrap_or_default();
            if name.starts_with(LIST_INDEX) && !found.iter().any(|found| found == name) {
                QueryBuilder::<Sqlite>::new(statement).build().execute(&mut *transaction).await?;
            }
        }
        sqlx::query(WORDS_AS_USUAL).execute(&mut *transaction).await?;
        write(&mut *transaction, INDICES_WAIT, &false).await?;
        Ok(transaction.commit().await?)
    }

    /// Has them built by [`Store::build_indices`] as far as they are missing, whatever is remembered.
    pub(crate) async fn indices_may_be_missing(connection: &mut SqliteConnection) -> Result<(), StoreError> {
        write(connection, INDICES_WAIT, &true).await
    }

    /// Whether the lists' indices are set aside.
    pub(crate) async fn indices_wait(&self) -> Result<bool, StoreError> {
        read(&self.readers, INDICES_WAIT).await
    }
}

async fn list_indices(connection: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(LISTS).fetch_all(connection).await?)
}
