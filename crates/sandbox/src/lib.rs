//! A stand-in for Microsoft's sign-in and Partner Center referrals services, on loopback.
//!
//! One origin serves the authority at `/{tenant}/oauth2/v2.0/…` and the API at
//! `/v1.0/engagements/referrals`; a second origin records whatever reaches it.
//!
//! ```
//! # async fn example() -> std::io::Result<()> {
//! use hunter_sandbox::{Endpoint, Fault, FaultRule, Sandbox};
//!
//! let sandbox = Sandbox::builder().referrals(250).start().await?;
//! sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(503)).skip(1).times(2));
//! println!("{} {}", sandbox.base_url(), sandbox.client_id());
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Steering it over HTTP
//!
//! Everything a [`Sandbox`] can do is also there for other processes, as JSON:
//!
//! | request | does |
//! |---|---|
//! | `GET /_sandbox` | addresses, ids and accounts |
//! | `GET /_sandbox/referrals` | `{"total","items"}` in stored order |
//! | `PUT /_sandbox/referrals` | replaces all by an array of any JSON values |
//! | `POST /_sandbox/referrals` | adds a value, or replaces the referral with the same `id` |
//! | `GET`, `DELETE /_sandbox/referrals/{id}` | one referral |
//! | `POST /_sandbox/touch` | `{"count","seed"}` changes that many referrals, answers `{"ids"}` |
//! | `GET /_sandbox/device-codes` | user codes with what became of them |
//! | `POST /_sandbox/device-codes/{user_code}/approve?account=0` | also `decline`, `expire` |
//! | `DELETE /_sandbox/sessions` | revokes all refresh tokens |
//! | `DELETE /_sandbox/access-tokens` | expires all access tokens |
//! | `GET /_sandbox/secrets` | every token and code given out |
//! | `GET /_sandbox/personal-strings` | everything in the data that names people and firms |
//! | `GET`, `POST`, `DELETE /_sandbox/faults` | the queue of [`FaultRule`]s |
//! | `GET /_sandbox/requests?origin=main` | recorded requests, also `origin=second`; `DELETE` forgets them |
//! | `GET /_sandbox/counters` | requests per endpoint |
//! | `GET`, `PATCH /_sandbox/behaviour` | [`Behaviour`], durations in milliseconds |

mod aadsts;
mod answers;
mod behaviour;
mod builder;
mod collection;
mod control;
mod data;
mod faults;
mod filter;
mod front_door;
mod grants;
mod journal;
mod pages;
mod personal;
mod random;
mod referrals;
mod server;
mod sign_in;
mod state;
mod tokens;

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::{Router, middleware};
use serde_json::Value;

pub use crate::aadsts::SIGN_IN_ERRORS;
pub use crate::behaviour::{Behaviour, RefreshReuse};
pub use crate::builder::Builder;
pub use crate::faults::{Elsewhere, ErrorBody, Fault, FaultRule, NextLink, RetryAfter, Shape};
pub use crate::grants::Decision;
pub use crate::journal::{Counters, Endpoint, Origin, RecordedRequest, token_fingerprint};
pub use crate::sign_in::{ACCOUNTS, Account, CLIENT_ID, TENANT_DOMAIN, TENANT_ID};
pub use crate::tokens::{IssuedSecret, SecretKind};

use crate::grants::Request;
use crate::server::Server;
use crate::state::{State, lock};

/// A running sandbox; dropping it stops it.
#[derive(Debug)]
pub struct Sandbox {
    state: Arc<State>,
    address: SocketAddr,
    server: Option<Server>,
    second: Server,
}

/// Tokens given out without a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Accepted by the referrals API.
    pub access_token: String,
    /// Can be exchanged at the token endpoint.
    pub refresh_token: String,
    /// Who signed in.
    pub id_token: String,
}

fn service(state: &Arc<State>) -> Router {
    let service = Router::new()
        .merge(sign_in::routes())
        .merge(referrals::routes())
        .fallback(referrals::not_found)
        .method_not_allowed_fallback(referrals::method_not_allowed)
        .layer(middleware::from_fn_with_state(Arc::clone(state), front_door::front_door));
    Router::new().nest("/_sandbox", control::routes()).merge(service).with_state(Arc::clone(state))
}

impl Sandbox {
    /// A sandbox with the usual 250 referrals on any free port.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The origin of authority and API, such as `http://127.0.0.1:4711`.
    pub fn base_url(&self) -> &str {
        &self.state.base_url
    }

    /// The other origin, which records every request.
    pub fn second_origin(&self) -> &str {
        &self.state.second_origin
    }

    /// The client that the tenant knows.
    pub fn client_id(&self) -> &'static str {
        CLIENT_ID
    }

    /// The tenant.
    pub fn tenant_id(&self) -> &'static str {
        TENANT_ID
    }

    /// Stops both listeners and waits until they have stopped.
    pub async fn stop(mut self) {
        self.go_offline().await;
        self.second.stop().await;
    }

    /// Stops listening and drops all connections, as if the service were unreachable; what it holds is kept.
    pub async fn go_offline(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// Listens again on the same port.
    ///
    /// # Errors
    /// Another process has taken the port meanwhile.
    pub async fn go_online(&mut self) -> io::Result<()> {
        if self.server.is_none() {
            let (listener, _) = server::bind(self.address.port()).await?;
            self.server = Some(Server::start(listener, service(&self.state)));
        }
        Ok(())
    }

    /// How it behaves now.
    pub fn behaviour(&self) -> Behaviour {
        self.state.behaviour()
    }

    /// Changes how it behaves from the next request on.
    pub fn adjust(&self, change: impl FnOnce(&mut Behaviour)) {
        let mut behaviour = self.state.behaviour();
        change(&mut behaviour);
        self.state.set_behaviour(behaviour);
    }

    /// All referrals in stored order.
    pub fn referrals(&self) -> Vec<Value> {
        lock(&self.state.referrals)
            .collection
            .texts()
            .filter_map(|text| serde_json::from_str(text).ok())
            .collect()
    }

    /// How many items the list has.
    pub fn count(&self) -> usize {
        lock(&self.state.referrals).collection.len()
    }

    /// One referral.
    pub fn referral(&self, id: &str) -> Option<Value> {
        let referrals = lock(&self.state.referrals);
        serde_json::from_str(referrals.collection.get(id)?).ok()
    }

    /// Adds any JSON value to the list, or replaces the referral with the same `id`.
    pub fn put_referral(&self, payload: &Value) {
        lock(&self.state.referrals).put(payload);
    }

    /// Removes a referral; false if there is none with that id.
    pub fn remove_referral(&self, id: &str) -> bool {
        lock(&self.state.referrals).remove(id)
    }

    /// Replaces the whole list by any JSON values.
    pub fn replace_referrals(&self, payloads: &[Value]) {
        lock(&self.state.referrals).replace(payloads);
    }

    /// Changes that many referrals, chosen by the seed, and answers their ids.
    pub fn touch(&self, count: usize, seed: u64) -> Vec<String> {
        lock(&self.state.referrals).touch(count, seed)
    }

    /// Everything in the data, present and past, that names people and firms.
    pub fn personal_strings(&self) -> BTreeSet<String> {
        self.state.personal_strings()
    }

    /// Queues a fault.
    pub fn inject(&self, rule: FaultRule) {
        lock(&self.state.faults).add(rule);
    }

    /// Forgets all faults.
    pub fn clear_faults(&self) {
        lock(&self.state.faults).clear();
    }

    /// The faults that are still to come.
    pub fn faults(&self) -> Vec<FaultRule> {
        lock(&self.state.faults).rules()
    }

    /// All user codes, oldest first, with what became of them.
    pub fn user_codes(&self) -> Vec<(String, Decision)> {
        lock(&self.state.grants).user_codes()
    }

    /// Decides about a pending user code; false if there is none of that name.
    pub fn decide(&self, user_code: &str, decision: Decision) -> bool {
        lock(&self.state.grants).decide(user_code, decision)
    }

    /// Gives out tokens for the account with that index, as if it had signed in.
    ///
    /// # Errors
    /// The operating system has no random numbers to give.
    pub fn issue_tokens(&self, account: usize) -> io::Result<Tokens> {
        let request = Request {
            scope: format!("{}/.default offline_access openid profile", sign_in::RESOURCE),
            nonce: None,
        };
        let behaviour = self.state.behaviour();
        let answer =
            lock(&self.state.grants).open_session(account, request, &self.state.base_url, &behaviour)?;
        let text = |name: &str| {
            let text = answer.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        Ok(Tokens {
            access_token: text("access_token"),
            refresh_token: text("refresh_token"),
            id_token: text("id_token"),
        })
    }

    /// Ends every access token given out so far.
    pub fn expire_access_tokens(&self) {
        lock(&self.state.grants).expire_access_tokens();
    }

    /// Revokes every refresh token given out so far.
    pub fn revoke_sessions(&self) {
        lock(&self.state.grants).revoke_sessions();
    }

    /// Every token and code given out, oldest first.
    pub fn issued_secrets(&self) -> Vec<IssuedSecret> {
        lock(&self.state.grants).issued()
    }

    /// Requests to the service, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.state.journal).requests(Some(Origin::Main))
    }

    /// Requests to the second origin, oldest first.
    pub fn second_origin_requests(&self) -> Vec<RecordedRequest> {
        lock(&self.state.journal).requests(Some(Origin::Second))
    }

    /// How often each endpoint was called, faults included.
    pub fn counters(&self) -> Counters {
        lock(&self.state.journal).counters.clone()
    }

    /// Forgets recorded requests and sets the counters to zero.
    pub fn clear_requests(&self) {
        lock(&self.state.journal).clear();
    }
}
