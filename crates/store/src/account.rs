//! Whose referrals are one's own: those whose team holds the signed-in account.

use std::sync::PoisonError;

use sqlx::SqliteConnection;

use crate::error::StoreError;
use crate::open::Store;
use crate::state::{read, write};

/// Where the account is remembered that the database's rows are marked for.
const ACCOUNT: &str = "account";

impl Store {
    /// The address of the account whose referrals are its own from now on.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be written.
    pub async fn use_account(&self, address: &str) -> Result<(), StoreError> {
        let address = address.to_lowercase();
        if self.account() == address {
            return Ok(());
        }
        if read::<String>(&self.readers, ACCOUNT).await? != address {
            let mut transaction = self.begin().await?;
            sqlx::query(
                "UPDATE partner_center_referrals SET mine = NOT mine WHERE mine <> \
                 (referral_key IN (SELECT referral_key FROM referral_team WHERE address = ?))",
            )
            .bind(&address)
            .execute(&mut *transaction)
            .await?;
            note_account(&mut transaction, &address).await?;
            transaction.commit().await?;
        }
        *self.account.write().unwrap_or_else(PoisonError::into_inner) = address;
        Ok(())
    }

    pub(crate) fn account(&self) -> String {
        self.account.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The account that rows are marked for.
pub(crate) async fn account_of(connection: &mut SqliteConnection) -> Result<String, StoreError> {
    read(connection, ACCOUNT).await
}

/// Notes which account rows are marked for from now on.
pub(crate) async fn note_account(connection: &mut SqliteConnection, address: &str) -> Result<(), StoreError> {
    write(connection, ACCOUNT, &address).await
}
