use hunter_store::{RunStatus, Summary};
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::error::HunterError;
use crate::profile::ProfileKind;
use crate::settings::{SPECS, Setting, SettingView, Settings};

const RUNS: u32 = 200;

/// Whether a text is made from more than Hunter's own words, so that a name could have got into it.
pub(super) fn may_name_somebody(file: &str) -> bool {
    !matches!(file, "versions.json" | "schema.sql")
}

pub(super) fn settings(settings: &Settings) -> String {
    let view = |setting: Setting| {
        let view = settings.view(setting);
        json!({"key": view.key, "source": view.source, "value": shown_value(setting, view)})
    };
    pretty(&SPECS.iter().map(|spec| view(spec.setting)).collect())
}

/// GUIDs and addresses of services are configuration; a domain names a firm, a path may name a person.
fn shown_value(setting: Setting, view: &SettingView) -> Value {
    let Some(value) = &view.value else { return Value::Null };
    let is_shown = match setting {
        Setting::TenantId => uuid::Uuid::try_parse(value).is_ok(),
        Setting::AllowedHosts | Setting::NameServers => false,
        Setting::TokenCachePath => view.default.as_ref() == Some(value),
        Setting::Environment
        | Setting::Enabled
        | Setting::ClientId
        | Setting::ApiUrl
        | Setting::AuthorityUrl
        | Setting::Scope
        | Setting::SyncInterval
        | Setting::Direction
        | Setting::Status
        | Setting::PageSize
        | Setting::AzureTenantScore
        | Setting::CosellBonus
        | Setting::EnrichmentEnabled
        | Setting::SecretStore
        | Setting::Language
        | Setting::Log
        | Setting::Notifications
        | Setting::QuietHours
        | Setting::OnClose
        | Setting::RetentionDays
        | Setting::Autostart => true,
    };
    if is_shown { json!(value) } else { json!("[set]") }
}

impl Engine {
    pub(super) async fn versions(&self) -> String {
        let sqlite = match self.store().await {
            Ok(store) => store.sqlite_version().await.ok(),
            Err(_) => None,
        };
        let system = os_info::get();
        let program = std::env::current_exe().ok();
        let program = program.as_deref().and_then(|path| path.file_stem()).map(|name| name.to_string_lossy());
        pretty(&json!({
            "hunter": env!("CARGO_PKG_VERSION"),
            "program": program,
            "sqlite": sqlite,
            "system": system.to_string(),
            "architecture": std::env::consts::ARCH,
            "made_at": self.now(),
        }))
    }

    pub(super) async fn status_without_persons(&self) -> Result<String, HunterError> {
        let status = self.status().await?;
        let kind = match status.profile.kind {
            ProfileKind::None => "none",
            ProfileKind::Account => "account",
            ProfileKind::Sample => "sample",
        };
        Ok(pretty(&json!({
            "environment": status.environment,
            "profile": {"id": status.profile.id, "kind": kind},
            "partner_center_enabled": status.partner_center_enabled,
            "configured": status.configured,
            "signed_in": status.signed_in,
            "needs_sign_in": status.needs_sign_in,
            "database": {
                "ok": status.database.ok,
                "schema_version": status.database.schema_version,
                "referrals": status.database.referrals,
                "by_status": status.database.by_status,
            },
            "last_sync": status.last_sync.as_ref().map(run),
            "sync_state": status.sync_state,
            "throttled_until": status.throttled_until,
            "next_sync_at": status.next_sync_at,
            "secret_store": status.secret_store,
            "warnings": status.warnings,
        })))
    }

    pub(super) async fn runs_without_persons(&self) -> Result<String, HunterError> {
        let store = self.store().await?;
        let mut runs = Vec::new();
        for summary in store.runs(false, RUNS, 0).await?.runs {
            let mut record = run(&summary);
            if summary.status != RunStatus::Completed {
                record["failed_requests"] = json!(store.failed_requests(&summary.run_id).await?);
            }
            runs.push(record);
        }
        Ok(pretty(&Value::Array(runs)))
    }

    pub(super) async fn schema_text(&self) -> Result<String, HunterError> {
        let statements = self.store().await?.live_schema().await?;
        Ok(statements.into_iter().map(|statement| format!("{statement};\n\n")).collect())
    }
}

/// A run by its counts, its cause and the ids of what failed; reasons in words may quote what came.
fn run(summary: &Summary) -> Value {
    let failed: Vec<_> = summary.failures.iter().map(|failure| &failure.referral_id).collect();
    json!({
        "run_id": summary.run_id,
        "status": summary.status,
        "mode": summary.mode,
        "cause": summary.cause,
        "fetched": summary.fetched,
        "inserted": summary.inserted,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "skipped": summary.skipped,
        "failed": failed,
        "unlinked": summary.unlinked,
        "gone": summary.gone,
        "pages": summary.pages,
        "bytes": summary.bytes,
        "duration_ms": summary.duration_ms,
        "started_at": summary.started_at,
        "finished_at": summary.finished_at,
    })
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
