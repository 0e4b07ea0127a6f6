//! Sign-in and token cache.

use std::fs;

use hunter_partner_center::{SecretStore, Session, TokenVault};
use secrecy::ExposeSecret;

use super::{Checks, Outcome};
use crate::checklist::evidence::Evidence;
use crate::checklist::run::Finding;
use crate::error::HunterError;
use crate::profile::ProfileKind;
use crate::settings::Environment;
use crate::sync::account_of;

impl Checks<'_> {
    pub(super) async fn account(&self) -> Outcome {
        let (settings, profile) = self.ground()?;
        if profile.kind == ProfileKind::Sample {
            return Ok(match settings.environment {
                Environment::Prod => Finding::fail(Evidence::of("account.sample_in_prod", &[])),
                Environment::Dev | Environment::Staging => Finding::pass(Evidence::of("account.sample", &[])),
            });
        }
        let session = self.engine.account_session(&settings).await?;
        let account = account_of(session.state().await)?;
        let name = if account.username.is_empty() { &account.name } else { &account.username };
        let evidence =
            Evidence::of("account.signed_in", &[("account", name), ("tenant", &account.tenant_id)]);
        let factor = match session.second_factor().await {
            Some(true) => "account.second_factor",
            Some(false) => "account.one_factor",
            None => "account.factor_unknown",
        };
        Ok(Finding::pass(evidence.and(factor, &[])))
    }

    pub(super) async fn token_file(&self) -> Outcome {
        let (settings, profile) = self.ground()?;
        let session = self.engine.session_of(&settings, &profile).await?;
        let path = session.vault().path().to_owned();
        let content = match fs::read(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Finding::fail(Evidence::of("token_file.missing", &[("path", &path.display())])));
            }
            Err(error) => return Err(HunterError::file(&path)(error)),
        };
        if is_open_to_others(&path) {
            return Ok(Finding::fail(Evidence::of("token_file.open", &[("path", &path.display())])));
        }
        let store = if self.is_sample() { SecretStore::File } else { settings.secret_store };
        let after_restart = Session::new(
            session.connection().clone(),
            TokenVault::new(&path, store),
            self.engine.http().clone(),
        );
        let is_readable = serde_json::from_slice::<serde_json::Value>(&content).is_ok();
        let has_a_token = after_restart.held_secrets().await.iter().any(|secret| {
            let secret = secret.expose_secret().as_bytes();
            content.windows(secret.len()).any(|window| window == secret)
        });
        if is_readable || has_a_token {
            return Ok(Finding::fail(Evidence::of("token_file.plain", &[("path", &path.display())])));
        }
        account_of(after_restart.state().await)?;
        Ok(Finding::pass(Evidence::of("token_file.sealed", &[("bytes", &content.len())])))
    }

    pub(super) async fn silent_token(&self) -> Outcome {
        let (session, _) = match self.signed_in().await {
            Ok(signed_in) => signed_in,
            Err(unknown) => return Ok(unknown),
        };
        let token = session.access_token().await?;
        let minutes = token.expires_at.duration_since(self.engine.now()).as_mins();
        Ok(Finding::pass(Evidence::of("silent_token.held", &[("minutes", &minutes)])))
    }

    pub(super) async fn refresh(&self) -> Outcome {
        let (session, _) = match self.signed_in().await {
            Ok(signed_in) => signed_in,
            Err(unknown) => return Ok(unknown),
        };
        let before = session.access_token().await?;
        let after = session.refresh_after_401(&before).await?;
        let minutes = after.expires_at.duration_since(self.engine.now()).as_mins();
        Ok(Finding::pass(Evidence::of("refresh.renewed", &[("minutes", &minutes)])))
    }
}

#[cfg(unix)]
fn is_open_to_others(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_path: &std::path::Path) -> bool {
    false
}
