//! Numbers for whoever watches Hunter from outside, as JSON and in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};

/// What the ledger of the current profile adds up to; the names are a promise.
#[derive(Debug, Clone, Serialize)]
pub struct Metrics {
    /// Everything of Partner Center.
    pub partner_center: PartnerCenterMetrics,
}

/// What syncs have done and what they left.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the sentences in `samples` describe each")]
pub struct PartnerCenterMetrics {
    pub enabled: bool,
    pub sync_running: bool,
    pub sync_runs: i64,
    pub sync_success: i64,
    pub sync_partial: i64,
    pub sync_failed: i64,
    pub sync_skipped: i64,
    pub consecutive_failures: i64,
    pub token_failures: i64,
    pub last_success_at: Option<Timestamp>,
    pub last_run_at: Option<Timestamp>,
    pub last_run_status: Option<&'static str>,
    pub last_run_duration_ms: Option<i64>,
    pub referrals_total: i64,
    pub referrals_by_status: BTreeMap<String, i64>,
    pub referrals_expiring_soon: i64,
}

impl Engine {
    /// What the ledger of the current profile adds up to.
    ///
    /// # Errors
    /// Storage errors, or a setting that cannot be used.
    pub async fn metrics(&self) -> Result<Metrics, HunterError> {
        let enabled = self.settings()?.enabled;
        let profile = self.profile()?;
        let store = self.store_of(&profile).await?;
        let runs = store.count_runs().await?;
        let ended = |status: &str| runs.get(status).copied().unwrap_or_default();
        let causes = store.count_causes().await?;
        let of_tokens = |cause: &str| ErrorCode::parse(cause).is_some_and(is_about_tokens);
        let last = store.last_run_in_short().await?;
        let by_status: BTreeMap<String, i64> = store.count_by_status().await?.into_iter().collect();
        Ok(Metrics {
            partner_center: PartnerCenterMetrics {
                enabled,
                sync_running: self.is_syncing(&profile),
                sync_runs: runs.values().sum(),
                sync_success: ended("completed"),
                sync_partial: ended("partial"),
                sync_failed: ended("failed"),
                sync_skipped: ended("skipped"),
                consecutive_failures: store.failures_in_a_row().await?,
                token_failures: causes
                    .iter()
                    .filter(|(cause, _)| of_tokens(cause))
                    .map(|(_, runs)| runs)
                    .sum(),
                last_success_at: store.last_success_at().await?,
                last_run_at: last.and_then(|run| run.finished_at),
                last_run_status: last.map(|run| run.status.as_str()),
                last_run_duration_ms: last.map(|run| run.duration_ms),
                referrals_total: by_status.values().sum(),
                referrals_by_status: by_status,
                referrals_expiring_soon: store.counts(self.now()).await?.expiring,
            },
        })
    }
}

/// Whether a run ended since no token could be had.
fn is_about_tokens(code: ErrorCode) -> bool {
    use ErrorCode::{KeyringFailed, KeyringLocked, NoKeyring, SignInNeeded, TokenFile};
    code.exit_code() == SignInNeeded.exit_code()
        || matches!(code, NoKeyring | KeyringLocked | KeyringFailed | TokenFile)
}

impl Metrics {
    /// The text format of Prometheus.
    pub fn prometheus(&self) -> String {
        let mut text = String::new();
        for (name, help, values) in self.partner_center.samples() {
            let name = format!("hunter_partner_center_{name}");
            let _into_memory = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
            for (label, value) in values {
                let _into_memory = match label {
                    Some(label) => writeln!(text, "{name}{{status=\"{}\"}} {value}", escaped(&label)),
                    None => writeln!(text, "{name} {value}"),
                };
            }
        }
        text
    }
}

type Sample = (&'static str, &'static str, Vec<(Option<String>, f64)>);

impl PartnerCenterMetrics {
    /// The ledger forgets its oldest runs, so that its counts may fall: all of them are gauges.
    fn samples(&self) -> Vec<Sample> {
        let one = |value: f64| vec![(None, value)];
        let count = |value: i64| one(value as f64);
        let truth = |value: bool| one(f64::from(u8::from(value)));
        let moment =
            |at: Option<Timestamp>| at.map(|at| (None, at.as_duration().as_secs_f64())).into_iter().collect();
        let seconds = self.last_run_duration_ms.map(|duration| (None, duration as f64 / 1000.0));
        let by_status = &self.referrals_by_status;
        vec![
            ("enabled", "Whether the feature flag is on.", truth(self.enabled)),
            ("sync_running", "Whether a sync is under way, in whatever program.", truth(self.sync_running)),
            ("sync_runs", "Sync runs on record.", count(self.sync_runs)),
            ("sync_success", "Runs that accounted for every referral.", count(self.sync_success)),
            ("sync_partial", "Runs in which something failed.", count(self.sync_partial)),
            ("sync_failed", "Runs that stored nothing.", count(self.sync_failed)),
            ("sync_skipped", "Runs that asked nothing of the service.", count(self.sync_skipped)),
            (
                "consecutive_failures",
                "Partial and failed runs since the last complete one.",
                count(self.consecutive_failures),
            ),
            ("token_failures", "Runs for which no token could be had.", count(self.token_failures)),
            (
                "last_success_timestamp_seconds",
                "When the last complete run ended.",
                moment(self.last_success_at),
            ),
            ("last_run_timestamp_seconds", "When the last run ended.", moment(self.last_run_at)),
            ("last_run_duration_seconds", "How long the last run took.", seconds.into_iter().collect()),
            ("referrals_total", "Referrals stored.", count(self.referrals_total)),
            (
                "referrals",
                "Referrals stored, by status.",
                by_status.iter().map(|(status, count)| (Some(status.clone()), *count as f64)).collect(),
            ),
            (
                "referrals_expiring_soon",
                "Unanswered referrals that expire within three days.",
                count(self.referrals_expiring_soon),
            ),
        ]
    }
}

fn escaped(label: &str) -> String {
    label.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use hunter_sandbox::{Endpoint, ErrorBody, Fault, FaultRule};

    use super::*;
    use crate::laptop::Laptop;
    use crate::reading::Depth;
    use crate::settings::Setting;

    fn value(text: &str, name: &str) -> Option<f64> {
        text.lines()
            .find_map(|line| line.strip_prefix(&format!("hunter_partner_center_{name} ")))
            .map(|value| value.parse().unwrap())
    }

    #[tokio::test]
    async fn the_ledger_adds_up_to_them() {
        let laptop = Laptop::new().await;
        let fresh = laptop.engine.metrics().await.unwrap();
        assert_eq!(value(&fresh.prometheus(), "sync_runs"), Some(0.0));
        assert_eq!(value(&fresh.prometheus(), "last_success_timestamp_seconds"), None);

        laptop.engine.sync(Depth::Full).await.unwrap();
        let refusal = Fault::status_as(403, ErrorBody::Gateway);
        laptop.sandbox.inject(FaultRule::new(Endpoint::List, refusal).forever());
        for _ in 0..2 {
            laptop.engine.sync(Depth::Full).await.unwrap();
        }
        laptop.engine.sign_out().await.unwrap();
        laptop.engine.sync(Depth::Full).await.unwrap();
        laptop.engine.change_setting(Setting::Enabled, Some("false")).unwrap();
        laptop.engine.sync(Depth::Full).await.unwrap();

        let metrics = laptop.engine.metrics().await.unwrap();
        let held = &metrics.partner_center;
        assert_eq!(
            [held.sync_runs, held.sync_success, held.sync_failed, held.sync_partial, held.sync_skipped],
            [5, 1, 2, 0, 2]
        );
        assert_eq!([held.consecutive_failures, held.token_failures], [2, 1]);
        assert_eq!((held.enabled, held.sync_running), (false, false));
        let status = laptop.engine.status().await.unwrap();
        let runs = laptop.engine.runs(false, 9, 0).await.unwrap().runs;
        assert_eq!(held.last_success_at, runs[4].finished_at.parse().ok());
        assert_eq!(
            (held.last_run_at, held.last_run_status),
            (runs[2].finished_at.parse().ok(), Some("failed"))
        );
        assert_eq!((held.referrals_total, &held.referrals_by_status), (30, &status.database.by_status));

        let text = metrics.prometheus();
        for (name, expected) in [("sync_runs", 5.0), ("sync_failed", 2.0), ("referrals_total", 30.0)] {
            assert_eq!(value(&text, name), Some(expected), "{text}");
        }
        let stamp = value(&text, "last_success_timestamp_seconds").unwrap();
        assert!((stamp - laptop.now().as_duration().as_secs_f64()).abs() < 1.0);
    }

    #[test]
    fn every_line_is_one_that_prometheus_reads() {
        let metrics = Metrics {
            partner_center: PartnerCenterMetrics {
                enabled: true,
                sync_running: false,
                sync_runs: 3,
                sync_success: 2,
                sync_partial: 1,
                sync_failed: 0,
                sync_skipped: 0,
                consecutive_failures: 1,
                token_failures: 0,
                last_success_at: "2026-03-10T09:00:00Z".parse().ok(),
                last_run_at: "2026-03-10T09:10:00Z".parse().ok(),
                last_run_status: Some("partial"),
                last_run_duration_ms: Some(1250),
                referrals_total: 7,
                referrals_by_status: [("New".to_owned(), 6), ("a \"b\"\\\nc".to_owned(), 1)].into(),
                referrals_expiring_soon: 2,
            },
        };
        let text = metrics.prometheus();
        assert!(text.ends_with('\n'));
        let mut described = "";
        for line in text.lines() {
            if let Some(comment) = line.strip_prefix("# HELP ") {
                described = comment.split(' ').next().unwrap();
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                assert_eq!(kind, format!("{described} gauge"));
            } else {
                let (name, value) = line.rsplit_once(' ').unwrap();
                assert_eq!(name.split('{').next().unwrap(), described);
                assert!(value.parse::<f64>().is_ok(), "{line}");
            }
        }
        assert!(text.contains("hunter_partner_center_last_run_duration_seconds 1.25\n"), "{text}");
        assert!(
            text.contains("hunter_partner_center_referrals{status=\"a \\\"b\\\"\\\\\\nc\"} 1\n"),
            "{text}"
        );
    }
}
