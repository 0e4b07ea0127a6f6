//! Sample data: the built-in sandbox inside this process, with a session of its own.

use std::sync::Arc;
use std::time::Duration;

use hunter_partner_center::{Connection, HttpOptions, SecretStore, Session, TokenVault, origin_url};
use hunter_sandbox::Sandbox;
use tempfile::TempDir;

use crate::error::{ErrorCode, HunterError};

/// A running sandbox and the session on it; dropping it ends both.
#[derive(Debug)]
pub(crate) struct Sample {
    _sandbox: Sandbox,
    /// Another program has a sandbox of its own, and so tokens of its own.
    _tokens: TempDir,
    session: Arc<Session>,
}

impl Sample {
    /// Starts the sandbox and signs its sample account in, without a person and without the network.
    pub async fn start(http: HttpOptions) -> Result<Self, HunterError> {
        let sandbox = Sandbox::builder()
            .auto_approve(Duration::ZERO)
            .poll_interval(Duration::ZERO)
            .start()
            .await
            .map_err(internal)?;
        let url = origin_url(sandbox.base_url()).map_err(internal)?;
        let connection = Connection {
            api_url: url.clone(),
            authority_url: url,
            tenant: sandbox.tenant_id().to_owned(),
            client_id: sandbox.client_id().to_owned(),
            scope: "https://api.partner.microsoft.com/.default".to_owned(),
        };
        let tokens = tempfile::tempdir().map_err(internal)?;
        let vault = TokenVault::new(tokens.path().join("sample_token"), SecretStore::File);
        let session = Session::new(connection, vault, http);
        let code = session.begin_device_code().await?;
        session.finish_device_code(code).await?;
        Ok(Self { _sandbox: sandbox, _tokens: tokens, session: Arc::new(session) })
    }

    pub fn session(&self) -> Arc<Session> {
        self.session.clone()
    }
}

fn internal(error: impl std::fmt::Display) -> HunterError {
    HunterError::new(ErrorCode::Internal).with("detail", error)
}
