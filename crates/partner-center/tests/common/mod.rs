#![allow(dead_code, reason = "each test program uses its own part")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hunter_partner_center::{
    BrowserVisit, Connection, Farewell, HttpOptions, ReferralsClient, SecretStore, Session, TokenVault,
};
use hunter_sandbox::{Builder, Endpoint, Sandbox};
use tempfile::TempDir;
use url::Url;

/// A sandbox and a data directory of its own.
pub struct World {
    pub sandbox: Sandbox,
    directory: TempDir,
}

impl World {
    pub async fn new(builder: Builder) -> Self {
        Self {
            sandbox: builder
                .auto_approve(Duration::ZERO)
                .poll_interval(Duration::ZERO)
                .start()
                .await
                .unwrap(),
            directory: TempDir::new().unwrap(),
        }
    }

    pub fn connection(&self) -> Connection {
        Connection::parse(
            self.sandbox.base_url(),
            self.sandbox.base_url(),
            self.sandbox.tenant_id(),
            self.sandbox.client_id(),
            "https://api.partner.microsoft.com/.default",
        )
        .unwrap()
    }

    pub fn token_file(&self) -> PathBuf {
        self.directory.path().join("data").join(".token_cache")
    }

    /// A session as another process would have it.
    pub fn session(&self) -> Session {
        self.session_with(self.connection(), options())
    }

    pub fn session_with(&self, connection: Connection, options: HttpOptions) -> Session {
        let vault = TokenVault::new(self.token_file(), SecretStore::File);
        Session::new(connection, vault, options)
    }

    pub async fn signed_in(&self) -> Session {
        let session = self.session();
        sign_in(&session).await;
        session
    }

    pub async fn client(&self) -> ReferralsClient {
        ReferralsClient::new(Arc::new(self.signed_in().await), options())
    }

    pub fn calls(&self, endpoint: Endpoint) -> u64 {
        self.sandbox.counters().get(&endpoint).copied().unwrap_or_default()
    }
}

pub async fn sign_in(session: &Session) {
    let code = session.begin_device_code().await.unwrap();
    session.finish_device_code(code).await.unwrap();
}

pub async fn begin_browser(session: &Session) -> BrowserVisit {
    let farewell = Farewell { language: "en".into(), done: "Done.".into(), refused: "Refused.".into() };
    session.begin_browser(farewell, Duration::from_secs(60)).await.unwrap()
}

/// A person's browser: goes to an address and wherever it is sent from there; the last status and page.
pub async fn browse(address: &Url) -> (u16, String) {
    let answer =
        reqwest::Client::builder().no_proxy().build().unwrap().get(address.clone()).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Limits for a service that is near; waits are long enough to fail a test that relies on them.
pub fn options() -> HttpOptions {
    HttpOptions {
        connect_timeout: Duration::from_secs(20),
        read_timeout: Duration::from_secs(20),
        request_timeout: Duration::from_secs(20),
        sign_in_timeout: Duration::from_secs(20),
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(4),
        attempts: 4,
        patience: Duration::from_secs(60),
        shortest_poll: Duration::from_millis(1),
        longest_poll: Duration::from_millis(4),
        ..HttpOptions::default()
    }
}
