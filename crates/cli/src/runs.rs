//! `runs` and `runs show`.

use hunter_engine::{Engine, HunterError, RunItem, Summary, SyncReport};
use serde_json::json;

use crate::output::{Output, printable};
use crate::text::{filled, joined, text};

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

/// How many referrals a run fetched, and what became of them.
pub fn counts(summary: &Summary, output: &Output) -> String {
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
