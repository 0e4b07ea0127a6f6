use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::account::Account;
use crate::browser::{BrowserVisit, Farewell};
use crate::clock::Clock;
use crate::connection::Connection;
use crate::http::HttpOptions;
use crate::oauth::{DeviceCode, Grant, SignInService};
use crate::retry::Retry;
use crate::sign_in_error::{SignInError, SignInErrorKind};
use crate::stored::{Binding, Stored};
use crate::vault::{Opened, TokenVault, VaultError, VaultErrorKind, VaultLock};

/// A person's session with Microsoft; the sealed file is its only state.
#[derive(Debug)]
pub struct Session {
    shared: Arc<Shared>,
    only_for: Option<Account>,
}

impl Session {
    /// A session as the vault has it; nothing is read or sent before it is needed.
    pub fn new(connection: Connection, vault: TokenVault, options: HttpOptions) -> Self {
        Self {
            shared: Arc::new(Shared {
                clock: options.clock.clone(),
                service: SignInService::new(connection.clone(), options),
                connection,
                vault,
                unsaved: Mutex::new(None),
            }),
            only_for: None,
        }
    }

    /// The same session, which gives no token of any other account: another program may sign another person in.
    #[must_use]
    pub fn only_for(&self, account: &Account) -> Self {
        Self { shared: self.shared.clone(), only_for: Some(account.clone()) }
    }

    pub fn connection(&self) -> &Connection {
        &self.shared.connection
    }

    pub fn vault(&self) -> &TokenVault {
        &self.shared.vault
    }

    /// Starts a sign-in; asks for the keyring first, so that nobody approves in vain.
    ///
    /// # Errors
    /// When no key can be kept, or the service refuses.
    pub async fn begin_device_code(&self) -> Result<DeviceCode, SignInError> {
        self.shared.vault.prepare().await?;
        self.shared.service.device_code().await
    }

    /// Waits for the approval and seals the tokens before it returns; dropping it cancels.
    ///
    /// # Errors
    /// When the person declined, the code expired, or Microsoft refuses.
    pub async fn finish_device_code(&self, code: DeviceCode) -> Result<Account, SignInError> {
        let grant = self.shared.service.await_approval(&code).await?;
        self.begun(grant).await
    }

    /// Starts a sign-in in the browser, which may take as long as `patience`; asks for the keyring first, too.
    ///
    /// # Errors
    /// When no key can be kept, or this machine has no port to come back to.
    pub async fn begin_browser(
        &self,
        farewell: Farewell,
        patience: Duration,
    ) -> Result<BrowserVisit, SignInError> {
        self.shared.vault.prepare().await?;
        self.shared.service.browser_visit(farewell, patience).await
    }

    /// Waits for the browser and seals the tokens before it returns; dropping it cancels and closes the port.
    ///
    /// # Errors
    /// When the person declined or took too long, or Microsoft refuses.
    pub async fn finish_browser(&self, visit: BrowserVisit) -> Result<Account, SignInError> {
        let grant = self.shared.service.await_browser(visit).await?;
        self.begun(grant).await
    }

    /// Seals in a task of its own: a caller that goes away must not lose a token on its way to disk.
    async fn begun(&self, grant: Grant) -> Result<Account, SignInError> {
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move { shared.begin(grant).await })
            .await
            .map_err(|_| SignInError::from(SignInErrorKind::Other))?
    }

    /// A token that is good for some time, renewed if need be.
    ///
    /// # Errors
    /// When nobody is signed in, or the session cannot be renewed.
    pub async fn access_token(&self) -> Result<AccessToken, TokenError> {
        let (stored, _) = self.shared.load().await?;
        self.refuse_others(&stored)?;
        match stored.fresh(None, self.shared.now()) {
            Some(token) => Ok(token),
            None => self.renewed(None).await,
        }
    }

    /// A token other than the one that the service refused.
    ///
    /// # Errors
    /// When nobody is signed in, or the session cannot be renewed.
    pub async fn refresh_after_401(&self, rejected: &AccessToken) -> Result<AccessToken, TokenError> {
        self.renewed(Some(rejected.clone())).await
    }

    /// Who is, or was last, signed in.
    pub async fn account(&self) -> Option<Account> {
        match self.state().await {
            SessionState::SignedIn { account } | SessionState::Ended { account, .. } => Some(account),
            SessionState::SignedOut | SessionState::OtherConnection | SessionState::Unreadable { .. } => None,
        }
    }

    /// Whether a second factor was used at the sign-in; `None` where Microsoft did not tell or nobody is signed in.
    pub async fn second_factor(&self) -> Option<bool> {
        self.shared.load().await.ok()?.0.second_factor
    }

    /// The tokens that are held, to look whether they lie where they must not.
    pub async fn held_secrets(&self) -> Vec<SecretString> {
        self.shared.load().await.map(|(stored, _)| stored.secrets()).unwrap_or_default()
    }

    /// What is known without asking Microsoft.
    pub async fn state(&self) -> SessionState {
        match self.shared.load().await {
            Ok((stored, _)) => match stored.ended {
                None if stored.refresh_token.is_none() && stored.valid(None, self.shared.now()).is_none() => {
                    SessionState::Ended {
                        account: stored.account,
                        reason: Box::new(SignInErrorKind::SessionEnded.into()),
                    }
                }
                None => SessionState::SignedIn { account: stored.account },
                Some(ended) => SessionState::Ended { account: stored.account, reason: ended.into() },
            },
            Err(Unloaded::Absent) => SessionState::SignedOut,
            Err(Unloaded::OtherConnection) => SessionState::OtherConnection,
            Err(Unloaded::Vault(error)) => SessionState::Unreadable { error },
        }
    }

    /// Deletes the tokens and their key.
    ///
    /// # Errors
    /// When the file or the key cannot be deleted.
    pub async fn sign_out(&self) -> Result<(), VaultError> {
        let mut unsaved = self.shared.unsaved.lock().await;
        let lock = self.shared.vault.lock().await?;
        *unsaved = None;
        self.shared.vault.destroy(&lock).await
    }

    fn refuse_others(&self, stored: &Stored) -> Result<(), TokenError> {
        match &self.only_for {
            Some(account) if *account != stored.account => Err(TokenError::OtherAccount),
            Some(_) | None => Ok(()),
        }
    }

    /// Renews in a task of its own: a caller that goes away must not lose a token on its way to disk.
    async fn renewed(&self, rejected: Option<AccessToken>) -> Result<AccessToken, TokenError> {
        let shared = Arc::clone(&self.shared);
        let renewal = tokio::spawn(async move { shared.renew(rejected.as_ref()).await });
        let outcome = renewal
            .await
            .unwrap_or_else(|_| Err(TokenError::Refused(Box::new(SignInErrorKind::Other.into()))));
        if let Err(error) = &outcome {
            tracing::debug!(
                event = "session_not_renewed",
                error = %error
            );
        }
        if outcome.is_ok() && self.only_for.is_some() {
            self.refuse_others(&self.shared.load().await?.0)?;
        }
        outcome
    }
}

/// Whether calls can be made.
#[derive(Debug)]
pub enum SessionState {
    /// A usable or refreshable token is held.
    SignedIn {
        account: Account,
    },
    SignedOut,
    /// Microsoft refused to go on; nothing is sent until somebody signs in.
    Ended {
        account: Account,
        reason: Box<SignInError>,
    },
    /// The tokens belong to another authority, tenant or client.
    OtherConnection,
    Unreadable {
        error: VaultError,
    },
}

impl SessionState {
    pub fn is_signed_in(&self) -> bool {
        matches!(self, Self::SignedIn { .. })
    }
}

/// A bearer token.
#[derive(Clone)]
pub struct AccessToken {
    pub(crate) secret: SecretString,
    /// When the service stops to accept it.
    pub expires_at: Timestamp,
}

impl AccessToken {
    pub(crate) fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("secret", &"<redacted>")
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("nobody is signed in")]
    SignedOut,
    #[error("the session belongs to another authority, tenant or client")]
    OtherConnection,
    #[error("another account has signed in")]
    OtherAccount,
    #[error("the session ended: {0}")]
    Ended(#[source] Box<SignInError>),
    #[error("the session was not renewed: {0}")]
    Refused(#[source] Box<SignInError>),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl TokenError {
    /// When a retry can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::SignedOut | Self::OtherConnection | Self::OtherAccount | Self::Ended(_) => Retry::SignIn,
            Self::Refused(error) => error.retry(),
            Self::Vault(error) => error.kind.retry(),
        }
    }
}

#[derive(Debug)]
struct Shared {
    connection: Connection,
    vault: TokenVault,
    service: SignInService,
    clock: Clock,
    /// One renewal at a time; holds one that could not be written yet.
    unsaved: Mutex<Option<Unsaved>>,
}

/// A renewed session, and the refresh token that it replaced.
struct Unsaved {
    replaced: SecretString,
    stored: Stored,
}

impl fmt::Debug for Unsaved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unsaved(<redacted>)")
    }
}

enum Unloaded {
    Absent,
    OtherConnection,
    Vault(VaultError),
}

impl From<Unloaded> for TokenError {
    fn from(unloaded: Unloaded) -> Self {
        match unloaded {
            Unloaded::Absent => Self::SignedOut,
            Unloaded::OtherConnection => Self::OtherConnection,
            Unloaded::Vault(error) => Self::Vault(error),
        }
    }
}

impl Shared {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn load(&self) -> Result<(Stored, Opened), Unloaded> {
        let opened = self.vault.open().await.map_err(Unloaded::Vault)?.ok_or(Unloaded::Absent)?;
        let mut stored: Stored = serde_json::from_slice(&opened.content)
            .map_err(|_| Unloaded::Vault(VaultErrorKind::Stranger.into()))?;
        if stored.bound_to != Binding::of(&self.connection) {
            return Err(Unloaded::OtherConnection);
        }
        if stored.scope != self.connection.scope {
            stored.expires_at = stored.issued_at;
        }
        Ok((stored, opened))
    }

    async fn begin(&self, grant: Grant) -> Result<Account, SignInError> {
        let account = Account::from_id_token(
            grant.id_token.as_ref().map(ExposeSecret::expose_secret),
            &self.connection.tenant,
        );
        let stored = Stored::new(grant, account.clone(), &self.connection, self.now());
        let mut unsaved = self.unsaved.lock().await;
        let lock = self.vault.lock().await?;
        *unsaved = None;
        self.vault.seal(&lock, &stored.to_bytes()?).await?;
        Ok(account)
    }

    async fn renew(&self, rejected: Option<&AccessToken>) -> Result<AccessToken, TokenError> {
        let mut unsaved = self.unsaved.lock().await;
        let lock = self.vault.lock().await?;
        let mut looked_again = false;
        loop {
            let (stored, opened) = self.load().await?;
            if let Some(ended) = stored.ended {
                return Err(TokenError::Ended(ended.into()));
            }
            let stored = self.saved(&mut unsaved, &lock, &opened, stored).await?;
            if let Some(token) = stored.fresh(rejected, self.now()) {
                return Ok(token);
            }
            let Some(used) = stored.refresh_token.clone() else {
                return match stored.valid(rejected, self.now()) {
                    Some(token) => Ok(token),
                    None => Err(TokenError::Ended(SignInError::from(SignInErrorKind::SessionEnded).into())),
                };
            };
            match self.service.refresh(&used).await {
                Ok(grant) => {
                    let renewed = stored.renewed(grant, &self.connection, self.now());
                    let token = renewed.token();
                    let bytes = renewed.to_bytes()?;
                    *unsaved = Some(Unsaved { replaced: used, stored: renewed });
                    self.vault.reseal(&lock, &opened, &bytes).await?;
                    *unsaved = None;
                    tracing::info!(event = "session_renewed");
                    return Ok(token);
                }
                Err(refusal) if refusal.ends_session() => {
                    let (now, opened) = self.load().await?;
                    let is_news = |token: &SecretString| token.expose_secret() != used.expose_secret();
                    if !looked_again && now.refresh_token.as_ref().is_some_and(is_news) {
                        looked_again = true;
                        continue;
                    }
                    let ended = now.ended(&refusal);
                    self.vault.reseal(&lock, &opened, &ended.to_bytes()?).await?;
                    return Err(TokenError::Ended(refusal.into()));
                }
                Err(refusal) => {
                    return match stored.valid(rejected, self.now()) {
                        Some(token) if refusal.is_transient() => Ok(token),
                        Some(_) | None => Err(TokenError::Refused(refusal.into())),
                    };
                }
            }
        }
    }

    /// Writes a renewal that an earlier call could not write, if the file still has what it replaced.
    async fn saved(
        &self,
        unsaved: &mut Option<Unsaved>,
        lock: &VaultLock,
        opened: &Opened,
        stored: Stored,
    ) -> Result<Stored, TokenError> {
        let is_current = unsaved.as_ref().is_some_and(|unsaved| {
            stored
                .refresh_token
                .as_ref()
                .is_some_and(|token| token.expose_secret() == unsaved.replaced.expose_secret())
        });
        if !is_current {
            *unsaved = None;
        }
        let Some(waiting) = unsaved.as_ref() else {
            return Ok(stored);
        };
        self.vault.reseal(lock, opened, &waiting.stored.to_bytes()?).await?;
        Ok(unsaved.take().map_or(stored, |waiting| waiting.stored))
    }
}
