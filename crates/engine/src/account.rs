use std::sync::Arc;

use hunter_partner_center::{Account, DeviceCode, Session, SessionState, TokenVault};

use crate::engine::Engine;
use crate::error::HunterError;
use crate::events::Event;
use crate::profile::Profile;
use crate::settings::Settings;

/// A sign-in that waits for a person to enter a code at Microsoft; dropping it gives it up.
#[derive(Debug)]
pub struct DeviceSignIn {
    engine: Engine,
    session: Arc<Session>,
    code: DeviceCode,
}

impl DeviceSignIn {
    /// What the person has to enter, and where.
    pub fn code(&self) -> &DeviceCode {
        &self.code
    }

    /// Waits until the person is done; the tokens are sealed on disk and the account's profile is current then.
    ///
    /// # Errors
    /// What Microsoft refused and why, or that the tokens could not be kept.
    pub async fn finish(self) -> Result<Account, HunterError> {
        let account = self.session.finish_device_code(self.code).await.map_err(|error| {
            let error = HunterError::from(error);
            tracing::warn!(event = "sign_in_failed", code = error.code().as_str());
            error
        })?;
        self.engine.profiles().choose_account(&Profile::of(&account))?;
        tracing::info!(event = "signed_in");
        self.engine.announce(Event::AccountChanged);
        Ok(account)
    }
}

impl Engine {
    /// Asks Microsoft for a code with which a person can sign in.
    ///
    /// # Errors
    /// Missing identifiers, an unusable keyring, or what Microsoft refused and why.
    pub async fn sign_in(&self) -> Result<DeviceSignIn, HunterError> {
        let session = self.account_session(&self.settings()?).await?;
        let code = session.begin_device_code().await?;
        tracing::info!(event = "sign_in_started");
        Ok(DeviceSignIn { engine: self.clone(), session, code })
    }

    /// Forgets the tokens; referrals stay, and the profile stays current.
    ///
    /// # Errors
    /// The token file cannot be deleted.
    pub async fn sign_out(&self) -> Result<(), HunterError> {
        let settings = self.settings()?;
        match self.account_session(&settings).await {
            Ok(session) => session.sign_out().await?,
            Err(_) => TokenVault::new(&settings.token_cache_path, settings.secret_store).forget().await?,
        }
        tracing::info!(event = "signed_out");
        self.announce(Event::AccountChanged);
        Ok(())
    }

    /// Whether calls to Microsoft can be made, without making one; `None` where no app registration is configured.
    pub(crate) async fn session_state(&self, settings: &Settings) -> Option<SessionState> {
        let session = self.account_session(settings).await.ok()?;
        Some(session.state().await)
    }
}
