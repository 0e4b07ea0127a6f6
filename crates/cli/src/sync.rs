//! `sync`.

use hunter_engine::{Depth, Engine, Event, HunterError, RunStatus, SyncReport};

use crate::output::{Output, printable};
use crate::runs::counts;
use crate::text::{filled, text};

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
