use std::sync::Arc;
use std::time::Duration;

use hunter_partner_center::{
    Account, BrowserVisit, DeviceCode, Farewell, Session, SessionState, SignInError, TokenVault,
};
use jiff::Timestamp;
use url::Url;

use crate::engine::Engine;
use crate::error::HunterError;
use crate::events::Event;
use crate::profile::Profile;
use crate::settings::Settings;

/// How long a person may take to sign in in the browser.
const BROWSER_PATIENCE: Duration = Duration::from_secs(600);

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
        let outcome = self.session.finish_device_code(self.code).await;
        self.engine.signed_in_as(outcome)
    }
}

/// A sign-in that waits for a person in the browser, which comes back by itself; dropping it gives it up.
#[derive(Debug)]
pub struct BrowserSignIn {
    engine: Engine,
    session: Arc<Session>,
    visit: BrowserVisit,
}

impl BrowserSignIn {
    /// Where the person signs in.
    pub fn address(&self) -> &Url {
        &self.visit.address
    }

    /// Until when it waits.
    pub fn expires_at(&self) -> Timestamp {
        self.visit.expires_at
    }

    /// As [`DeviceSignIn::finish`].
    ///
    /// # Errors
    /// As [`DeviceSignIn::finish`].
    pub async fn finish(self) -> Result<Account, HunterError> {
        let outcome = self.session.finish_browser(self.visit).await;
        self.engine.signed_in_as(outcome)
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

    /// Prepares a sign-in in the browser of this computer, for tenants that block the one by code.
    ///
    /// # Errors
    /// Missing identifiers, an unusable keyring, or no port for the browser to come back to.
    pub async fn sign_in_in_browser(&self) -> Result<BrowserSignIn, HunterError> {
        let settings = self.settings()?;
        let session = self.account_session(&settings).await?;
        let language = settings.language;
        let farewell = Farewell {
            language: language.as_str().to_owned(),
            done: language.text("browser.done", &[]),
            refused: language.text("browser.refused", &[]),
        };
        let visit = session.begin_browser(farewell, BROWSER_PATIENCE).await?;
        tracing::info!(event = "sign_in_started");
        Ok(BrowserSignIn { engine: self.clone(), session, visit })
    }

    fn signed_in_as(&self, outcome: Result<Account, SignInError>) -> Result<Account, HunterError> {
        let account = outcome.map_err(|error| {
            let error = HunterError::from(error);
            tracing::warn!(event = "sign_in_failed", code = error.code().as_str());
            error
        })?;
        self.profiles().choose_account(&Profile::of(&account))?;
        tracing::info!(event = "signed_in");
        self.announce(Event::AccountChanged);
        Ok(account)
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
