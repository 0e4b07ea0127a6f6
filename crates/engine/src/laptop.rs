//! A laptop for tests: Hunter with its clock in our hands, and the service it talks to.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hunter_partner_center::{Clock, HttpOptions};
use hunter_sandbox::{Endpoint, Sandbox};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::engine::Engine;
use crate::settings::{Launch, Setting};

/// A laptop with Hunter on it, and the service it talks to.
pub(crate) struct Laptop {
    pub sandbox: Sandbox,
    pub engine: Engine,
    clock: Arc<Mutex<Timestamp>>,
    launch: Launch,
    http: HttpOptions,
    _folder: TempDir,
}

impl Laptop {
    pub async fn new() -> Self {
        let builder = Sandbox::builder().referrals(30).poll_interval(Duration::ZERO);
        let sandbox = builder.auto_approve(Duration::ZERO).start().await.unwrap();
        let folder = TempDir::new().unwrap();
        let data_dir = folder.path().join("data");
        let variables = [
            ("HUNTER_DATA_DIR", data_dir.to_str().unwrap()),
            ("HUNTER_SECRET_STORE", "file"),
            ("HUNTER_LANG", "en"),
            ("HUNTER_PARTNER_CENTER_API_URL", sandbox.base_url()),
            ("HUNTER_PARTNER_CENTER_AUTHORITY_URL", sandbox.base_url()),
            ("HUNTER_PARTNER_CENTER_CLIENT_ID", sandbox.client_id()),
            ("HUNTER_PARTNER_CENTER_TENANT_ID", sandbox.tenant_id()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let clock = Arc::new(Mutex::new(Timestamp::now()));
        let read = clock.clone();
        let http = HttpOptions {
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(2),
            shortest_poll: Duration::ZERO,
            longest_poll: Duration::from_millis(1),
            clock: Clock::of(move || *read.lock().unwrap()),
            ..HttpOptions::default()
        };
        let launch = Launch { variables, ..Launch::default() };
        let engine = Engine::open_with(launch.clone(), http.clone()).unwrap();
        engine.change_setting(Setting::Enabled, Some("true")).unwrap();
        engine.sign_in().await.unwrap().finish().await.unwrap();
        Self { sandbox, engine, clock, launch, http, _folder: folder }
    }

    /// Another program on the same data, started with other variables.
    pub fn started_with(&self, changes: &[(&str, &str)]) -> Engine {
        let mut launch = self.launch.clone();
        launch
            .variables
            .extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Engine::open_with(launch, self.http.clone()).unwrap()
    }

    pub fn now(&self) -> Timestamp {
        *self.clock.lock().unwrap()
    }

    /// Lets time pass.
    pub fn pass(&self, time: SignedDuration) {
        *self.clock.lock().unwrap() += time;
    }

    pub fn calls(&self, endpoint: Endpoint) -> u64 {
        self.sandbox.counters().get(&endpoint).copied().unwrap_or_default()
    }
}
