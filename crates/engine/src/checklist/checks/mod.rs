//! The checks: each finds out one thing by itself and says what it saw.

mod environment;
mod first_day;
mod flag_off;
mod flag_on;
mod log_scan;
mod rehearsal;
mod sign_in;

use std::sync::Arc;
use std::time::Duration;

use hunter_partner_center::{Account, Session};
use jiff::SignedDuration;
use tokio::sync::OnceCell;

use super::evidence::Evidence;
use super::run::Finding;
use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::profile::{Profile, ProfileKind};
use crate::settings::Settings;
use crate::sync::account_of;
use rehearsal::Rehearsal;

/// What is still acceptable.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// Bytes that must be free on the disk, however small the database is.
    pub least_space: u64,
    /// How far two clocks may differ.
    pub clock_skew: SignedDuration,
    /// How long each check may take; its own limit where it is missing.
    pub check: Option<Duration>,
    /// The flag that the rehearsal starts with.
    pub rehearsed_flag: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            least_space: 200 * 1024 * 1024,
            clock_skew: SignedDuration::from_mins(5),
            check: None,
            rehearsed_flag: false,
        }
    }
}

/// One run of checks, with what several of them need.
pub(crate) struct Checks<'a> {
    engine: &'a Engine,
    pub limits: Limits,
    rehearsal: OnceCell<Result<Rehearsal, HunterError>>,
}

type Outcome = Result<Finding, HunterError>;

impl<'a> Checks<'a> {
    pub fn new(engine: &'a Engine, limits: Limits) -> Self {
        Self { engine, limits, rehearsal: OnceCell::new() }
    }

    /// Checks an item.
    pub async fn find(&self, id: &str) -> Finding {
        let outcome = match id {
            "settings" => self.settings(),
            "api_host" => self.api_host(),
            "data_directory" => self.data_directory().await,
            "disk_space" => self.disk_space().await,
            "schema" => self.schema().await,
            "integrity" => self.integrity().await,
            "network" => self.network().await,
            "clock" => self.clock().await,
            "keyring" => self.keyring().await,
            "off_status" => self.off_status().await,
            "off_sync" => self.off_sync().await,
            "off_http" => self.off_http().await,
            "off_log" => self.off_log().await,
            "off_no_call" => self.off_no_call().await,
            "account" => self.account().await,
            "token_file" => self.token_file().await,
            "silent_token" => self.silent_token().await,
            "refresh" => self.refresh().await,
            "sync" => self.sync().await,
            "ledger" => self.ledger().await,
            "complete" => self.complete().await,
            "refusals" => self.refusals().await,
            "log_privacy" => self.log_privacy().await,
            "schedule" => self.schedule().await,
            "failures" => self.failures().await,
            "token_refreshes" => self.token_refreshes().await,
            "new_referrals" => self.new_referrals().await,
            other => Err(HunterError::new(ErrorCode::Internal).with("detail", format!("no check {other}"))),
        };
        Finding::from(outcome)
    }

    fn ground(&self) -> Result<(Settings, Profile), HunterError> {
        Ok((self.engine.settings()?, self.engine.profile()?))
    }

    /// The session and whose it is; where nobody is signed in, that nothing else can be known.
    async fn signed_in(&self) -> Result<(Arc<Session>, Account), Finding> {
        let found = async {
            let (settings, profile) = self.ground()?;
            let session = self.engine.session_of(&settings, &profile).await?;
            let account = account_of(session.state().await)?;
            Ok((session, account))
        };
        found.await.map_err(|error: HunterError| {
            Finding::unknown(Evidence::of("after_sign_in", &[]).then(Evidence::error(&error)))
        })
    }

    fn is_sample(&self) -> bool {
        self.engine.profile().is_ok_and(|profile| profile.kind == ProfileKind::Sample)
    }
}
