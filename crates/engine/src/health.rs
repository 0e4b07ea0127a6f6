use std::collections::BTreeMap;
use std::path::PathBuf;

use hunter_partner_center::SecretStore;
use hunter_store::Summary;
use jiff::Timestamp;
use serde::Serialize;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::profile::{Profile, ProfileKind};
use crate::schedule::SyncState;
use crate::settings::{Environment, Settings, Warning};
use crate::sync::account_of;

/// How Hunter is; answered offline, signed out and with the feature flag off.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "docs/command-line.md describes each")]
pub struct Status {
    pub version: &'static str,
    pub environment: Environment,
    pub profile: Profile,
    pub partner_center_enabled: bool,
    pub configured: bool,
    pub signed_in: bool,
    pub account: Option<String>,
    pub needs_sign_in: bool,
    pub database: DatabaseHealth,
    pub last_sync: Option<Summary>,
    pub sync_state: Option<SyncState>,
    pub throttled_until: Option<Timestamp>,
    pub next_sync_at: Option<Timestamp>,
    pub secret_store: &'static str,
    pub warnings: Vec<String>,
}

/// How the current profile's database is.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "docs/command-line.md describes each")]
pub struct DatabaseHealth {
    pub ok: bool,
    pub path: PathBuf,
    pub schema_version: i64,
    pub referrals: i64,
    pub by_status: BTreeMap<String, i64>,
}

/// Who is signed in, as far as it can be told without a call.
#[derive(Debug, Default)]
pub(crate) struct SignedIn {
    pub yes: bool,
    pub account: Option<String>,
    pub problem: Option<HunterError>,
}

impl Engine {
    /// How Hunter is; a damaged database is told, not an error.
    ///
    /// # Errors
    /// A setting that cannot be used.
    pub async fn status(&self) -> Result<Status, HunterError> {
        let settings = self.settings()?;
        let profile = self.profile()?;
        let signed_in = self.signed_in(&settings).await;
        let mut warnings: Vec<String> =
            settings.warnings.iter().map(|warning| warning.text(settings.language)).collect();
        if settings.secret_store == SecretStore::File {
            warnings.push(Warning::KeyInFile.text(settings.language));
        }
        if let Some(problem) = &signed_in.problem {
            let reason = problem.body(settings.language).message;
            warnings.push(settings.language.text("warning.token_unreadable", &[("reason", &reason)]));
        }
        let mut found = self.database_health().await;
        if let Err(error) = &found
            && self.mend(error).await.unwrap_or_default()
        {
            found = self.database_health().await;
        }
        let (database, last_sync) = match found {
            Ok(health) => {
                warnings.extend(self.told_recovery(settings.language).await?);
                health
            }
            Err(error) => {
                let body = error.body(settings.language);
                warnings.push(body.message);
                let path = self.profile_folder(&profile).join("hunter.db");
                let broken = DatabaseHealth {
                    ok: false,
                    path,
                    schema_version: 0,
                    referrals: 0,
                    by_status: BTreeMap::new(),
                };
                (broken, None)
            }
        };
        let needs_sign_in = needs_sign_in(&settings, &profile, signed_in.yes);
        let health = self.sync_health(&settings, needs_sign_in).await.ok();
        Ok(Status {
            version: env!("CARGO_PKG_VERSION"),
            environment: settings.environment,
            partner_center_enabled: settings.enabled,
            configured: settings.configured(),
            signed_in: signed_in.yes,
            needs_sign_in: health.map_or(needs_sign_in, |health| health.needs_sign_in),
            account: signed_in.account.or_else(|| profile.account.clone()),
            database,
            last_sync,
            sync_state: health.map(|health| health.state),
            throttled_until: health.and_then(|health| health.throttled_until),
            next_sync_at: health.and_then(|health| health.next_at),
            secret_store: match settings.secret_store {
                SecretStore::Keyring => "keyring",
                SecretStore::File => "file",
            },
            warnings,
            profile,
        })
    }

    /// How background syncing is, if the current profile's database can be read at all.
    ///
    /// # Errors
    /// A setting that cannot be used, and storage errors.
    pub async fn pulse(&self) -> Result<SyncState, HunterError> {
        let settings = self.settings()?;
        self.store().await?.peek().await?;
        Ok(self.sync_health(&settings, false).await?.state)
    }

    async fn database_health(&self) -> Result<(DatabaseHealth, Option<Summary>), HunterError> {
        let store = self.ledger().await?;
        let by_status: BTreeMap<String, i64> = store.count_by_status().await?.into_iter().collect();
        let health = DatabaseHealth {
            ok: true,
            path: store.path().to_owned(),
            schema_version: store.schema_version().await?,
            referrals: by_status.values().sum(),
            by_status,
        };
        Ok((health, store.last_run().await?))
    }

    pub(crate) async fn signed_in(&self, settings: &Settings) -> SignedIn {
        if self.profile().is_ok_and(|profile| profile.kind == ProfileKind::Sample) {
            return SignedIn { yes: true, ..SignedIn::default() };
        }
        let Some(state) = self.session_state(settings).await else { return SignedIn::default() };
        match account_of(state) {
            Ok(account) => SignedIn {
                yes: true,
                account: Some(account.username).filter(|name| !name.is_empty()),
                problem: None,
            },
            Err(error) if error.code() == ErrorCode::SignInNeeded => SignedIn::default(),
            Err(error) => SignedIn { problem: Some(error), ..SignedIn::default() },
        }
    }
}

/// Somebody has to sign in before Hunter can do what it is set to do.
pub(crate) fn needs_sign_in(settings: &Settings, profile: &Profile, signed_in: bool) -> bool {
    !signed_in && (settings.enabled || profile.kind == ProfileKind::Account)
}
