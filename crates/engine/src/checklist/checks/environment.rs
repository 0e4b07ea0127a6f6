//! Environment and storage.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hunter_partner_center::{
    SecretStore, TokenVault, is_csp_host, is_csp_scope, is_loopback, proxy_for, reach,
};
use hunter_store::private_dir;
use jiff::SignedDuration;
use url::Url;

use super::{Checks, Outcome};
use crate::checklist::evidence::Evidence;
use crate::checklist::run::Finding;
use crate::error::HunterError;
use crate::settings::{Environment, Setting, SettingSource, Settings, Warning};

/// What Hunter cannot do without.
const REQUIRED: [Setting; 5] =
    [Setting::Environment, Setting::ClientId, Setting::TenantId, Setting::ApiUrl, Setting::AuthorityUrl];
const MEGABYTE: u64 = 1024 * 1024;
/// A probe entry needs no answer of a person for longer than this.
const PROBE_LIMIT: Duration = Duration::from_secs(60);

impl Checks<'_> {
    pub(super) fn settings(&self) -> Outcome {
        let settings = self.engine.settings()?;
        let is_missing = |setting: &Setting| settings.view(*setting).value.is_none();
        let missing: Vec<&str> =
            REQUIRED.iter().filter(|setting| is_missing(setting)).map(|setting| setting.spec().key).collect();
        if !missing.is_empty() && !self.is_sample() {
            return Ok(Finding::fail(Evidence::of("settings.missing", &[("keys", &missing.join(", "))])));
        }
        let mut evidence = sources(&settings);
        for warning in &settings.warnings {
            evidence = match warning {
                Warning::UnknownSetting { key } => evidence.and("settings.unknown", &[("key", key)]),
                Warning::UnknownPolicy { key, place } => {
                    evidence.and("settings.unknown_policy", &[("key", key), ("place", place)])
                }
                Warning::Overruled { origin, key } => {
                    evidence.and("settings.overruled", &[("origin", origin), ("key", key)])
                }
                Warning::ClientSecret => evidence.and("settings.client_secret", &[]),
                Warning::OldName { old, new } => {
                    evidence.and("settings.old_name", &[("old", old), ("new", new)])
                }
                Warning::CspHost | Warning::KeyInFile => evidence,
            };
        }
        Ok(Finding::pass(evidence))
    }

    pub(super) fn api_host(&self) -> Outcome {
        let settings = self.engine.settings()?;
        let url = &settings.api_url;
        let wanted = Setting::ApiUrl.spec().default.unwrap_or_default();
        let values: [(&str, &dyn ToString); 2] = [("url", url), ("wanted", &wanted)];
        let is_referrals_host = Url::parse(wanted).is_ok_and(|wanted| wanted == *url);
        Ok(if is_csp_host(url) {
            Finding::fail(Evidence::of("api_host.csp", &values))
        } else if is_csp_scope(&settings.scope) {
            Finding::fail(Evidence::of("api_host.csp", &[("url", &settings.scope), ("wanted", &wanted)]))
        } else if is_referrals_host {
            Finding::pass(Evidence::of("api_host.right", &values))
        } else if is_loopback(url) && settings.environment != Environment::Prod {
            Finding::pass(Evidence::of("api_host.this_computer", &values))
        } else {
            Finding::fail(Evidence::of("api_host.other", &values))
        })
    }

    pub(super) async fn data_directory(&self) -> Outcome {
        let (settings, profile) = self.ground()?;
        let folders =
            [settings.data_dir.clone(), settings.data_dir.join("logs"), self.engine.profile_folder(&profile)];
        let data_dir = settings.data_dir;
        blocking(move || {
            for folder in &folders {
                private_dir(folder)?;
                drop(tempfile::NamedTempFile::new_in(folder).map_err(HunterError::file(folder))?);
            }
            let mut seen = 0;
            let open = open_to_others(&data_dir, &mut seen).map_err(HunterError::file(&data_dir))?;
            let path = data_dir.display().to_string();
            Ok(if open.is_empty() {
                Finding::pass(Evidence::of("data_directory.private", &[("path", &path), ("count", &seen)]))
            } else {
                Finding::fail(Evidence::of("data_directory.open", &[("paths", &listed(&open, &data_dir))]))
            })
        })
        .await
    }

    pub(super) async fn disk_space(&self) -> Outcome {
        let data_dir = self.engine.data_dir().to_owned();
        let database = fs::metadata(self.engine.database_path()?).map_or(0, |file| file.len());
        let needed = self.limits.least_space.max(database.saturating_mul(2));
        let free =
            blocking(move || fs4::available_space(&data_dir).map_err(HunterError::file(&data_dir))).await?;
        let values: [(&str, &dyn ToString); 2] =
            [("free", &(free / MEGABYTE)), ("needed", &(needed / MEGABYTE))];
        Ok(if free < needed {
            Finding::fail(Evidence::of("disk_space.short", &values))
        } else {
            Finding::pass(Evidence::of("disk_space.enough", &values))
        })
    }

    pub(super) async fn schema(&self) -> Outcome {
        let store = self.engine.store().await?;
        let (drift, version) = (store.schema_drift().await?, store.schema_version().await?);
        Ok(if drift.is_empty() {
            Finding::pass(Evidence::of("schema.current", &[("version", &version)]))
        } else {
            Finding::fail(Evidence::of("schema.drifted", &[("objects", &drift.join(", "))]))
        })
    }

    pub(super) async fn integrity(&self) -> Outcome {
        let store = self.engine.store().await?;
        let check = store.check().await?;
        Ok(if check.ok {
            let referrals: i64 = store.count_by_status().await?.into_iter().map(|(_, count)| count).sum();
            Finding::pass(Evidence::of("integrity.sound", &[("referrals", &referrals)]))
        } else {
            Finding::fail(Evidence::of("integrity.damaged", &[("problems", &check.problems.join("; "))]))
        })
    }

    pub(super) async fn network(&self) -> Outcome {
        let mut evidence = Evidence::default();
        for service in self.services().await? {
            let host = service.host_str().unwrap_or_default().to_owned();
            if let Err(unreached) = reach(&service, self.engine.http()).await {
                let key = match (unreached.is_timeout, unreached.is_connected) {
                    (true, _) => "network.timeout",
                    (false, true) => "network.refused",
                    (false, false) => "network.unreached",
                };
                return Ok(Finding::fail(
                    evidence.and(key, &[("host", &host), ("detail", &unreached.detail)]),
                ));
            }
            let secured = if service.scheme() == "https" { "network.trusted" } else { "network.answered" };
            evidence = evidence.and(secured, &[("host", &host)]);
            if let Some(proxy) = proxy_for(&service) {
                evidence = evidence.and("network.proxy", &[("proxy", &proxy)]);
            } else {
                evidence = evidence.and("network.no_proxy", &[]);
            }
        }
        Ok(Finding::pass(evidence))
    }

    pub(super) async fn clock(&self) -> Outcome {
        let [authority, _] = self.services().await?;
        let host = authority.host_str().unwrap_or_default().to_owned();
        let reached = match reach(&authority, self.engine.http()).await {
            Ok(reached) => reached,
            Err(_) => return Ok(Finding::unknown(Evidence::of("clock.nobody_answers", &[("host", &host)]))),
        };
        let Some(service_time) = reached.service_time else {
            return Ok(Finding::unknown(Evidence::of("clock.no_date", &[("host", &host)])));
        };
        let skew: SignedDuration = reached.our_time.duration_since(service_time);
        let values: [(&str, &dyn ToString); 2] = [("seconds", &skew.as_secs().abs()), ("host", &host)];
        Ok(if skew.abs() <= self.limits.clock_skew {
            Finding::pass(Evidence::of("clock.right", &values))
        } else if skew.is_positive() {
            Finding::fail(Evidence::of("clock.ahead", &values))
        } else {
            Finding::fail(Evidence::of("clock.behind", &values))
        })
    }

    pub(super) async fn keyring(&self) -> Outcome {
        let settings = self.engine.settings()?;
        let mut name = settings.token_cache_path.as_os_str().to_owned();
        name.push(".probe");
        let probe = TokenVault::new(PathBuf::from(name), settings.secret_store);
        self.round_trip(&probe.key_limits(PROBE_LIMIT, PROBE_LIMIT), settings.secret_store).await
    }

    pub(in crate::checklist) async fn round_trip(&self, probe: &TokenVault, store: SecretStore) -> Outcome {
        probe.round_trip().await?;
        Ok(Finding::pass(match store {
            SecretStore::Keyring => Evidence::of("keyring.works", &[]),
            SecretStore::File => Evidence::of("keyring.file", &[]),
        }))
    }

    /// The sign-in service and the API, in this order.
    async fn services(&self) -> Result<[Url; 2], HunterError> {
        let (settings, profile) = self.ground()?;
        if self.is_sample() {
            let session = self.engine.session_of(&settings, &profile).await?;
            let connection = session.connection();
            return Ok([connection.authority_url.clone(), connection.api_url.clone()]);
        }
        Ok([settings.authority_url, settings.api_url])
    }
}

/// Which of the required settings come from where.
fn sources(settings: &Settings) -> Evidence {
    let from = |wanted: SettingSource| -> Vec<&'static str> {
        let is_from = |setting: &&Setting| {
            let view = settings.view(**setting);
            view.source == wanted && view.value.is_some()
        };
        REQUIRED.iter().filter(is_from).map(|setting| setting.spec().key).collect()
    };
    let mut evidence = Evidence::default();
    for (source, key) in [
        (SettingSource::Policy, "settings.from_policy"),
        (SettingSource::Flag, "settings.from_flag"),
        (SettingSource::Environment, "settings.from_environment"),
        (SettingSource::File, "settings.from_file"),
        (SettingSource::Default, "settings.from_default"),
    ] {
        let keys = from(source);
        if !keys.is_empty() {
            evidence = evidence.and(key, &[("keys", &keys.join(", "))]);
        }
    }
    evidence
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, HunterError> + Send + 'static,
) -> Result<T, HunterError> {
    tokio::task::spawn_blocking(work).await?
}

/// At most this many paths are named.
const NAMED: usize = 5;

fn listed(paths: &[PathBuf], data_dir: &Path) -> String {
    let names: Vec<String> = paths
        .iter()
        .take(NAMED)
        .map(|path| {
            path.strip_prefix(data_dir).ok().filter(|rest| !rest.as_os_str().is_empty()).unwrap_or(path)
        })
        .map(|path| path.display().to_string())
        .collect();
    let more = paths.len().saturating_sub(NAMED);
    if more > 0 { format!("{} (+{more})", names.join(", ")) } else { names.join(", ") }
}

/// Files and folders that others than their owner may read or enter, the folder itself included.
#[cfg(unix)]
fn open_to_others(folder: &Path, seen: &mut usize) -> std::io::Result<Vec<PathBuf>> {
    use std::os::unix::fs::PermissionsExt;
    let mut open = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        let metadata = match fs::symlink_metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if metadata.is_symlink() {
            continue;
        }
        *seen += 1;
        if metadata.permissions().mode() & 0o077 != 0 {
            open.push(path.clone());
        }
        if metadata.is_dir() {
            left.extend(fs::read_dir(&path)?.flatten().map(|entry| entry.path()));
        }
    }
    open.sort();
    Ok(open)
}

/// Elsewhere a user's own folder is closed to others by its place.
#[cfg(not(unix))]
fn open_to_others(_folder: &Path, _seen: &mut usize) -> std::io::Result<Vec<PathBuf>> {
    Ok(Vec::new())
}
