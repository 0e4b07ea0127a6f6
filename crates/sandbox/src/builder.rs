//! What a sandbox is to be like before it starts.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use jiff::Timestamp;

use crate::behaviour::{Behaviour, RefreshReuse};
use crate::data::Generator;
use crate::server::{self, Server};
use crate::state::{Referrals, State};
use crate::{Sandbox, front_door, service};

/// What a sandbox is to be like before it starts.
#[derive(Debug, Clone)]
pub struct Builder {
    port: u16,
    referrals: usize,
    seed: u64,
    now: Option<Timestamp>,
    behaviour: Behaviour,
}

impl Default for Builder {
    fn default() -> Self {
        Self { port: 0, referrals: 250, seed: 1, now: None, behaviour: Behaviour::default() }
    }
}

impl Builder {
    /// The port of 127.0.0.1; 0, the default, takes any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How many referrals there are; 250 by default, the proportions stay.
    pub fn referrals(mut self, count: usize) -> Self {
        self.referrals = count;
        self
    }

    /// Other numbers give other data.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The service's time at the start; data is made relative to its day, so that it is equal all day long.
    pub fn now(mut self, now: Timestamp) -> Self {
        self.now = Some(now);
        self
    }

    /// Device codes approve themselves this long after they were issued; so does the browser sign-in, at once.
    pub fn auto_approve(mut self, after: impl Into<Option<Duration>>) -> Self {
        self.behaviour.auto_approve = after.into();
        self
    }

    /// How long an access token is accepted.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.behaviour.token_lifetime = lifetime;
        self
    }

    /// How long a device code can be redeemed.
    pub fn device_code_lifetime(mut self, lifetime: Duration) -> Self {
        self.behaviour.device_code_lifetime = lifetime;
        self
    }

    /// Polling faster is answered with `slow_down`; clients are told whole seconds, rounded down to 0.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.behaviour.poll_interval = interval;
        self
    }

    /// What happens to a refresh token that is presented again.
    pub fn refresh_reuse(mut self, reuse: RefreshReuse) -> Self {
        self.behaviour.refresh_reuse = reuse;
        self
    }

    /// The largest page, whatever `$top` asks for.
    pub fn page_size_cap(mut self, cap: usize) -> Self {
        self.behaviour.page_size_cap = cap;
        self
    }

    /// Answers 400 to every `$filter` that compares a date.
    pub fn refuse_date_filters(mut self, refuse: bool) -> Self {
        self.behaviour.refuse_date_filters = refuse;
        self
    }

    /// Time added before every answer.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.behaviour.latency = latency;
        self
    }

    /// How many seconds the `Date` of every answer is ahead of this computer's clock; negative if behind.
    pub fn date_ahead(mut self, seconds: i64) -> Self {
        self.behaviour.date_ahead = seconds;
        self
    }

    /// Makes the data and starts to listen.
    ///
    /// # Errors
    /// The port is taken or cannot be bound.
    pub async fn start(self) -> io::Result<Sandbox> {
        let (listener, address) = server::bind(self.port).await?;
        let (second_listener, second_address) = server::bind(0).await?;
        let now = self.now.unwrap_or_else(Timestamp::now);
        let mut referrals = Referrals::new(now);
        let generator = Generator::new(self.seed, self.referrals, now);
        for index in 0..self.referrals as u64 {
            referrals.put(&generator.payload(index));
        }
        let state = Arc::new(State::new(
            format!("http://{address}"),
            format!("http://{second_address}"),
            referrals,
            self.behaviour,
        ));
        let recorder = Router::new().fallback(front_door::second_origin).with_state(Arc::clone(&state));
        Ok(Sandbox {
            server: Some(Server::start(listener, service(&state))),
            second: Server::start(second_listener, recorder),
            state,
            address,
        })
    }
}
