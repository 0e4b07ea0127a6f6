//! Filters and order that a person keeps under a name.

use hunter_referral::sortable;
use jiff::Timestamp;
use sqlx::FromRow;

use crate::error::StoreError;
use crate::open::Store;

/// A view as it is kept: what it asks for is the affair of those who ask.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct StoredView {
    /// Its number.
    pub view_id: i64,
    /// What a person calls it.
    pub name: String,
    /// What it asks for, as JSON.
    pub query: String,
}

impl Store {
    /// All views, in the order in which they were first kept.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub async fn views(&self) -> Result<Vec<StoredView>, StoreError> {
        let query = "SELECT view_id, name, query FROM saved_views ORDER BY view_id";
        Ok(sqlx::query_as(query).fetch_all(&self.readers).await?)
    }

    /// Keeps a view, in the place of one with the same name.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn save_view(&self, name: &str, query: &str, now: Timestamp) -> Result<(), StoreError> {
        let statement = "INSERT INTO saved_views (name, query, created_at) VALUES (?, ?, ?) \
                         ON CONFLICT (name) DO UPDATE SET query = excluded.query";
        sqlx::query(statement).bind(name).bind(query).bind(sortable(now)).execute(&self.writer).await?;
        Ok(())
    }

    /// Forgets a view.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn remove_view(&self, view_id: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM saved_views WHERE view_id = ?").bind(view_id).execute(&self.writer).await?;
        Ok(())
    }
}
