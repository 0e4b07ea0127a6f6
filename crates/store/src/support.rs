use crate::error::StoreError;
use crate::open::Store;

impl Store {
    /// The schema as it is in the file, in SQLite's words.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn live_schema(&self) -> Result<Vec<String>, StoreError> {
        let query = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name";
        Ok(sqlx::query_scalar(query).fetch_all(&self.readers).await?)
    }

    /// The version of SQLite at work.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn sqlite_version(&self) -> Result<String, StoreError> {
        Ok(sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&self.readers).await?)
    }

    /// Names and domains of all companies.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn company_texts(&self) -> Result<Vec<String>, StoreError> {
        let query = "SELECT name FROM companies UNION SELECT domain FROM companies";
        Ok(sqlx::query_scalar(query).fetch_all(&self.readers).await?)
    }
}
