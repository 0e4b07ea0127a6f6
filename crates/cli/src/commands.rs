//! What each command does, from arguments to printed answer.

use std::time::Duration;

use hunter_engine::{
    Account, Depth, Engine, ErrorCode, Event, HunterError, Language, ReferralItem, ReferralQuery,
    ReferralView, RunItem, RunStatus, Setting, SettingSource, Status, Summary, SyncReport,
};
use hunter_sandbox::Sandbox;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::args::{ConfigCommand, DbCommand, SandboxArguments};
use crate::checklist::ask_under_no_go;
use crate::output::{Output, printable};
use crate::text::{filled, text};

/// How long `sandbox --auto-approve` lets a person see the code.
const APPROVAL_DELAY: Duration = Duration::from_secs(3);

/// Most letters of a customer's name in a table.
const NAME_WIDTH: usize = 40;

pub async fn login(engine: &Engine, no_browser: bool, output: &Output) -> Result<u8, HunterError> {
    let sign_in = engine.sign_in().await?;
    let code = sign_in.code();
    if output.json {
        output.document(&json!({
            "event": "device_code",
            "verification_uri": code.verification_uri.as_str(),
            "user_code": code.user_code,
            "expires_in": seconds_until(code.expires_at),
        }));
    } else {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("url", &code.verification_uri), ("code", &code.user_code)];
        output.line(filled(output.language, "enter_code", &values));
    }
    if !no_browser {
        let _the_address_is_printed = open::that_detached(code.verification_uri.as_str());
    }
    await_sign_in(sign_in.finish(), output).await
}

pub async fn login_in_browser(engine: &Engine, no_browser: bool, output: &Output) -> Result<u8, HunterError> {
    let sign_in = engine.sign_in_in_browser().await?;
    let address = sign_in.address();
    if output.json {
        output.document(&json!({
            "event": "browser",
            "address": address.as_str(),
            "expires_in": seconds_until(sign_in.expires_at()),
        }));
    } else {
        output.line(filled(output.language, "open_address", &[("url", address)]));
    }
    if !no_browser {
        let _the_address_is_printed = open::that_detached(address.as_str());
    }
    await_sign_in(sign_in.finish(), output).await
}

async fn await_sign_in(
    end: impl Future<Output = Result<Account, HunterError>>,
    output: &Output,
) -> Result<u8, HunterError> {
    let progress = output.progress();
    progress.set_message(text(output.language, "waiting"));
    let account = end.await;
    progress.finish_and_clear();
    let account = account?;
    if output.json {
        output.document(&json!({"event": "signed_in", "account": account.username}));
    } else {
        output.line(filled(output.language, "signed_in", &[("account", &printable(called(&account)))]));
    }
    Ok(0)
}

fn seconds_until(time: Timestamp) -> u64 {
    time.duration_since(Timestamp::now()).as_secs_f64().round().max(0.0) as u64
}

fn called(account: &Account) -> &str {
    if account.username.is_empty() { &account.name } else { &account.username }
}

pub async fn logout(engine: &Engine, output: &Output) -> Result<u8, HunterError> {
    engine.sign_out().await?;
    if output.json {
        output.document(&json!({"signed_in": false}));
    } else {
        output.line(text(output.language, "signed_out"));
    }
    Ok(0)
}

pub async fn sync(engine: &Engine, full: bool, output: &Output) -> Result<u8, HunterError> {
    let progress = output.progress();
    progress.set_message(text(output.language, "syncing"));
    let mut events = engine.subscribe();
    let mut syncing = std::pin::pin!(engine.sync(if full { Depth::Full } else { Depth::AsNeeded }));
    let report = loop {
        tokio::select! {
            report = &mut syncing => break report,
            Ok(event) = events.recv() => {
                if let Event::SyncProgress { page, fetched, .. } = event {
                    progress.set_message(filled(output.language, "page", &[("page", &page), ("fetched", &fetched)]));
                }
            }
        }
    };
    progress.finish_and_clear();
    let report = report?;
    if output.json {
        output.document(&report.summary);
    } else {
        tell(&report, output);
    }
    Ok(report.exit_code)
}

fn tell(report: &SyncReport, output: &Output) {
    let summary = &report.summary;
    let headline = match summary.status {
        RunStatus::Completed => "sync_completed",
        RunStatus::Partial => "sync_partial",
        RunStatus::Skipped => "sync_skipped",
        RunStatus::Failed => "sync_failed",
    };
    output.line(text(output.language, headline));
    if summary.status != RunStatus::Skipped {
        output.line(counts(summary, output));
    }
    if summary.gone > 0 {
        output.line(filled(output.language, "sync_gone", &[("gone", &summary.gone)]));
    }
    for failure in &summary.failures {
        output.note(format!(
            "{}: {}",
            failure.referral_id.as_deref().unwrap_or("–"),
            printable(&failure.reason)
        ));
    }
    if let Some(error) = &report.error {
        output.note_error(&error.body(output.language));
    }
}

pub async fn list(engine: &Engine, query: ReferralQuery, output: &Output) -> Result<u8, HunterError> {
    let page = engine.list(&query).await?;
    if output.json {
        output.document(&page);
        return Ok(0);
    }
    let heads =
        ["referral_id", "customer", "kind", "status", "expires", "value", "link", "domain", "updated"];
    output.table(&heads, page.items.iter().map(row));
    let values: [(&str, &dyn std::fmt::Display); 2] = [("shown", &page.items.len()), ("total", &page.total)];
    output.note(filled(output.language, "shown", &values));
    Ok(0)
}

fn row(item: &ReferralItem) -> Vec<String> {
    vec![
        item.referral_id.clone(),
        shortened(&item.customer_name),
        item.kind.clone(),
        joined([&item.status, &item.substatus], "/"),
        expiry(item),
        value(item),
        item.link_status.clone(),
        item.domain.clone().unwrap_or_default(),
        day(item.updated_at.as_deref()),
    ]
}

/// A name that leaves room for the other columns.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(NAME_WIDTH) {
        Some((end, _)) => format!("{}…", name[..end].trim_end()),
        None => name.to_owned(),
    }
}

fn joined<'a>(words: impl IntoIterator<Item = &'a String>, separator: &str) -> String {
    let words: Vec<&str> = words.into_iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    words.join(separator)
}

fn expiry(item: &ReferralItem) -> String {
    let day = day(item.expires_at.as_deref());
    if item.expires_estimated { format!("≈ {day}") } else { day }
}

fn value(item: &ReferralItem) -> String {
    item.deal_value.as_ref().map(|value| joined([value, &item.currency], " ")).unwrap_or_default()
}

fn day(instant: Option<&str>) -> String {
    instant.and_then(|instant| instant.get(..10)).unwrap_or_default().to_owned()
}

pub async fn raw(engine: &Engine, id: &str, output: &Output) -> Result<u8, HunterError> {
    output.line(engine.raw(id).await?);
    Ok(0)
}

pub async fn show(engine: &Engine, id: &str, output: &Output) -> Result<u8, HunterError> {
    if output.json {
        output.document(&engine.show(id).await?);
    } else {
        describe(&engine.view(id).await?, output);
    }
    Ok(0)
}

fn describe(referral: &ReferralView, output: &Output) {
    let item = &referral.row.item;
    let mut facts = vec![
        ("referral_id", item.referral_id.clone()),
        ("engagement", item.engagement_id.clone()),
        ("name", item.name.clone()),
        ("customer", item.customer_name.clone()),
        ("country", item.customer_country.clone()),
        ("kind", item.kind.clone()),
        ("status", joined([&item.status, &item.substatus], "/")),
        ("expires", expiry(item)),
        ("value", value(item)),
        ("qualification", item.qualification.clone()),
        ("direction", item.direction.clone()),
        ("link", item.link_status.clone()),
        ("domain", item.domain.clone().unwrap_or_default()),
        ("created", day(item.created_at.as_deref())),
        ("updated", day(item.updated_at.as_deref())),
        ("closing", day(item.closing_at.as_deref())),
        ("gone", day(item.gone_at.as_deref())),
        ("notes", referral.details.notes.clone().unwrap_or_default()),
        ("own_note", referral.note.clone()),
    ];
    for contact in &referral.contacts {
        let label = match contact.side {
            hunter_engine::Side::Customer => "contact",
            hunter_engine::Side::Partner => "contact_of_partner",
        };
        let parts = [&contact.first_name, &contact.last_name, &contact.title, &contact.email, &contact.phone];
        facts.push((label, joined(parts.into_iter().flatten(), " ")));
    }
    let width =
        facts.iter().map(|(label, _)| text(output.language, label).chars().count()).max().unwrap_or_default();
    for (label, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
        output.line(format!("{:width$}  {}", text(output.language, label), printable(fact)));
    }
}

pub async fn runs(engine: &Engine, limit: u32, output: &Output) -> Result<u8, HunterError> {
    let page = engine.runs(false, limit, 0).await?;
    if output.json {
        output.document(&json!({"runs": page.runs}));
        return Ok(0);
    }
    let heads = ["run", "began", "mode", "result", "changes", "reason"];
    output.table(&heads, page.runs.iter().map(|summary| run_row(summary, output)));
    let values: [(&str, &dyn std::fmt::Display); 2] = [("shown", &page.runs.len()), ("total", &page.total)];
    output.note(filled(output.language, "shown", &values));
    Ok(0)
}

fn run_row(summary: &Summary, output: &Output) -> Vec<String> {
    let reason = SyncReport::of(summary.clone()).error.map(|error| error.body(output.language).message);
    vec![
        summary.run_id.clone(),
        moment(&summary.started_at),
        text(output.language, summary.mode.as_str()),
        text(output.language, summary.status.as_str()),
        counts(summary, output),
        reason.unwrap_or_default(),
    ]
}

/// A moment to the second.
fn moment(instant: &str) -> String {
    instant.get(..19).unwrap_or(instant).replace('T', " ")
}

fn counts(summary: &Summary, output: &Output) -> String {
    let counts: [(&str, &dyn std::fmt::Display); 6] = [
        ("fetched", &summary.fetched),
        ("inserted", &summary.inserted),
        ("updated", &summary.updated),
        ("unchanged", &summary.unchanged),
        ("skipped", &summary.skipped_count),
        ("failed", &summary.failure_count),
    ];
    filled(output.language, "sync_counts", &counts)
}

pub async fn run(engine: &Engine, run_id: &str, output: &Output) -> Result<u8, HunterError> {
    let run = engine.run_details(run_id, u32::MAX).await?;
    if output.json {
        let mut document = json!(run.summary);
        document["items"] = run.items.items.iter().map(item_document).collect();
        document["failed_requests"] = json!(run.failed_requests);
        output.document(&document);
        return Ok(0);
    }
    for cell in run_row(&run.summary, output).into_iter().filter(|cell| !cell.is_empty()) {
        output.line(printable(&cell));
    }
    for request in &run.failed_requests {
        let parts = [&request.cause, &request.code, &request.request_id, &request.client_request_id];
        output.note(format!("{} {}", request.status, joined(parts, " ")));
    }
    let rows = run.items.items.iter().map(|item| {
        let changes: Vec<String> = item
            .changes
            .iter()
            .map(|change| format!("{}: {} → {}", change.field, plain(&change.from), plain(&change.to)))
            .collect();
        vec![
            item.referral_id.clone().unwrap_or_default(),
            text(output.language, &format!("outcome_{}", item.outcome.as_str())),
            item.reason.clone().unwrap_or_else(|| changes.join("; ")),
        ]
    });
    output.table(&["referral_id", "result", "changes"], rows);
    Ok(0)
}

/// An item without the customer's name: scripts pass their output on.
fn item_document(item: &RunItem) -> serde_json::Value {
    json!({
        "referral_id": item.referral_id,
        "outcome": item.outcome,
        "reason": item.reason,
        "changes": item.changes,
    })
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub async fn status(engine: &Engine, output: &Output) -> Result<u8, HunterError> {
    let status = engine.status().await?;
    if output.json {
        output.document(&status);
    } else {
        describe_status(&status, output);
        output.warn(status.warnings.iter().cloned());
    }
    Ok(0)
}

fn describe_status(status: &Status, output: &Output) {
    let language = output.language;
    let account = match (&status.account, status.signed_in) {
        (Some(account), true) => account.clone(),
        (Some(account), false) => filled(language, "session_missing", &[("account", account)]),
        (None, _) => text(language, "nobody"),
    };
    let path = status.database.path.display();
    let database = if status.database.ok {
        let values: [(&str, &dyn std::fmt::Display); 3] = [
            ("referrals", &status.database.referrals),
            ("schema", &status.database.schema_version),
            ("path", &path),
        ];
        filled(language, "database_sound", &values)
    } else {
        filled(language, "database_broken", &[("path", &path)])
    };
    let now = Timestamp::now();
    let last = status.last_sync.as_ref().map_or_else(
        || text(language, "never"),
        |summary| {
            let result = text(language, summary.status.as_str());
            let when = since(&summary.finished_at, now, language);
            if summary.status == RunStatus::Skipped {
                return format!("{result}, {when}");
            }
            format!("{result}, {when}: {}", counts(summary, output))
        },
    );
    let state = status.sync_state.map_or_else(String::new, |state| text(language, state.as_str()));
    let state = match status.throttled_until {
        Some(until) => format!("{state} {}", utc(until)),
        None => state,
    };
    let next = status.next_sync_at.map_or_else(|| text(language, "none"), |at| until(at, now, language));
    let parts: Vec<String> =
        status.database.by_status.iter().map(|(word, count)| format!("{count} {word}")).collect();
    let referrals = match parts.as_slice() {
        [] => "0".to_owned(),
        parts => {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("total", &status.database.referrals), ("parts", &parts.join(", "))];
            filled(language, "referrals_by_status", &values)
        }
    };
    let facts = [
        ("sync_state", state),
        ("last_sync", last),
        ("next_sync", next),
        ("referrals", referrals),
        ("account", account),
        (
            "partner_center",
            text(language, if status.partner_center_enabled { "turned_on" } else { "turned_off" }),
        ),
        ("database", database),
        ("secret_store", status.secret_store.to_owned()),
        ("profile", status.profile.id.clone()),
        ("environment", format!("{:?}", status.environment).to_lowercase()),
        ("version", status.version.to_owned()),
    ];
    let width =
        facts.iter().map(|(label, _)| text(language, label).chars().count()).max().unwrap_or_default();
    for (label, fact) in facts {
        output.line(format!("{:width$}  {}", text(language, label), printable(&fact)));
    }
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// How long ago something was, in words and exactly.
fn since(at: &str, now: Timestamp, language: Language) -> String {
    let Ok(at) = at.parse::<Timestamp>() else { return String::new() };
    let words = match span(now.duration_since(at), language) {
        Some(time) => filled(language, "time_ago", &[("time", &time)]),
        None => text(language, "time_now"),
    };
    format!("{words} ({})", utc(at))
}

/// How soon something is, in words and exactly.
fn until(at: Timestamp, now: Timestamp, language: Language) -> String {
    let words = match span(at.duration_since(now), language) {
        Some(time) => filled(language, "time_left", &[("time", &time)]),
        None => text(language, "time_due"),
    };
    format!("{words} ({})", utc(at))
}

/// A span in its largest unit; `None` for less than a minute.
fn span(time: SignedDuration, language: Language) -> Option<String> {
    let (minutes, hours) = (time.as_mins(), time.as_hours());
    let (unit, count) = match (minutes, hours) {
        (..1, _) => return None,
        (..60, _) => ("minutes", minutes),
        (_, ..48) => ("hours", hours),
        _ => ("days", hours / 24),
    };
    Some(filled(language, unit, &[("n", &count)]))
}

pub async fn config(engine: &Engine, command: ConfigCommand, output: &Output) -> Result<u8, HunterError> {
    let (key, value) = match command {
        ConfigCommand::List | ConfigCommand::Import { .. } => return list_settings(engine, output),
        ConfigCommand::Get { key } => (key, None),
        ConfigCommand::Set { key, value } => (key, Some(Some(value))),
        ConfigCommand::Unset { key } => (key, Some(None)),
    };
    let setting = Setting::by_key(&key)
        .ok_or_else(|| HunterError::new(ErrorCode::UnknownSetting).with("key", printable(&key)))?;
    if let Some(value) = value {
        let turns_on =
            value.as_deref().and_then(|value| setting.kept_as(value)).is_some_and(|kept| kept == "true");
        if setting == Setting::Enabled && turns_on && !engine.settings()?.enabled {
            ask_under_no_go(engine, output).await?;
        }
        engine.change_setting(setting, value.as_deref())?;
    }
    let settings = engine.settings()?;
    let view = settings.view(setting);
    if output.json {
        output.document(view);
    } else {
        output.line(view.value.as_deref().unwrap_or_default());
    }
    Ok(0)
}

fn list_settings(engine: &Engine, output: &Output) -> Result<u8, HunterError> {
    let settings = engine.settings()?;
    if output.json {
        output.document(&json!({"settings": settings.views()}));
        return Ok(0);
    }
    let rows = settings.views().iter().map(|view| {
        let source = match view.source {
            SettingSource::Environment => view.variable.clone(),
            SettingSource::Policy => text(output.language, "source_policy"),
            SettingSource::Flag => text(output.language, "source_flag"),
            SettingSource::File => "settings.toml".to_owned(),
            SettingSource::Default => text(output.language, "source_default"),
        };
        vec![view.key.clone(), view.value.clone().unwrap_or_default(), source]
    });
    output.table(&["setting", "current_value", "source"], rows);
    Ok(0)
}

pub async fn db(engine: &Engine, command: DbCommand, output: &Output) -> Result<u8, HunterError> {
    match command {
        DbCommand::Check => {
            let check = engine.check_database().await?;
            if output.json {
                output.document(&check);
            } else if check.ok {
                output.line(text(output.language, "sound"));
            } else {
                check.problems.iter().for_each(|problem| output.line(problem));
                output.note(text(output.language, "how_to_mend"));
            }
            Ok(if check.ok { 0 } else { ErrorCode::StorageDamaged.exit_code() })
        }
        DbCommand::Backup { file } => {
            tokio::select! {
                backed_up = engine.back_up_database(&file) => backed_up?,
                () = until_stopped() => return Err(HunterError::new(ErrorCode::BackupCancelled)),
            }
            tell_path(output, "backed_up", &file)
        }
        DbCommand::Restore { file } => {
            engine.restore_database(&file).await?;
            tell_path(output, "restored", &file)
        }
        DbCommand::Path => {
            let path = engine.database_path()?;
            if output.json {
                output.document(&json!({"path": path.display().to_string()}));
            } else {
                output.line(path.display());
            }
            Ok(0)
        }
    }
}

fn tell_path(output: &Output, key: &str, path: &std::path::Path) -> Result<u8, HunterError> {
    if output.json {
        output.document(&json!({key: path.display().to_string()}));
    } else {
        output.line(filled(output.language, key, &[("path", &path.display())]));
    }
    Ok(0)
}

pub async fn sandbox(arguments: &SandboxArguments, output: &Output) -> Result<u8, HunterError> {
    let &SandboxArguments { port, referrals, latency, auto_approve } = arguments;
    let sandbox = Sandbox::builder()
        .port(port)
        .referrals(referrals)
        .latency(Duration::from_millis(latency))
        .auto_approve(auto_approve.then_some(APPROVAL_DELAY));
    let sandbox = sandbox.start().await.map_err(|error| {
        HunterError::new(ErrorCode::PortUnusable).with("port", port).with("detail", error)
    })?;
    let url = sandbox.base_url();
    let stopped = until_stopped();
    if output.json {
        output.document(&json!({
            "event": "listening",
            "url": url,
            "client_id": sandbox.client_id(),
            "tenant_id": sandbox.tenant_id(),
            "verification_uri": format!("{url}/device"),
        }));
    } else {
        output.note(filled(output.language, "sandbox_running", &[("url", &url)]));
        output.line(format!("HUNTER_PARTNER_CENTER_API_URL={url}"));
        output.line(format!("HUNTER_PARTNER_CENTER_AUTHORITY_URL={url}"));
        output.line(format!("HUNTER_PARTNER_CENTER_CLIENT_ID={}", sandbox.client_id()));
        output.line(format!("HUNTER_PARTNER_CENTER_TENANT_ID={}", sandbox.tenant_id()));
        output.line("HUNTER_PARTNER_CENTER_ENABLED=true");
    }
    stopped.await;
    sandbox.stop().await;
    Ok(0)
}

/// Hears from now on whether somebody ends the program, and waits for that.
pub fn until_stopped() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
        let heard = kinds.map(signal);
        async move {
            if let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = heard {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                    _ = hangup.recv() => {}
                }
            }
        }
    }
    #[cfg(not(unix))]
    async {
        let _stopped = tokio::signal::ctrl_c().await;
    }
}
