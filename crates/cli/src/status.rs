//! `status`.

use hunter_engine::{Engine, HunterError, Language, RunStatus, Status};
use jiff::{SignedDuration, Timestamp};

use crate::output::Output;
use crate::runs::counts;
use crate::text::{filled, text};

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
    output.facts(&facts);
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
