//! `hunter export`: referrals as a file.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hunter_engine::{Engine, ErrorCode, ExportFormat, HunterError, ReferralQuery, Selection};
use serde_json::json;

use crate::output::Output;
use crate::stop::until_stopped;
use crate::text::{filled, text};

pub async fn export(
    engine: &Engine,
    query: ReferralQuery,
    file: &Path,
    output: &Output,
) -> Result<u8, HunterError> {
    let format = ExportFormat::of(file)?;
    let cancelled = Arc::new(AtomicBool::new(false));
    let cancel = cancelled.clone();
    let stopped = until_stopped();
    let listening = tokio::spawn(async move {
        stopped.await;
        cancel.store(true, Ordering::Relaxed);
    });
    let bar = output.progress();
    bar.set_message(text(output.language, "exporting"));
    let mut written = 0;
    let selection = Selection::Found(Box::new(query));
    let is_whole = engine.export(&selection, format, file, |progress| {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("done", &progress.done), ("total", &progress.total)];
        bar.set_message(filled(output.language, "exported_so_far", &values));
        written = progress.done;
        !cancelled.load(Ordering::Relaxed)
    });
    let is_whole = is_whole.await;
    listening.abort();
    bar.finish_and_clear();
    if !is_whole? {
        return Err(HunterError::new(ErrorCode::ExportCancelled));
    }
    if output.json {
        output.document(&json!({"path": file.display().to_string(), "referrals": written}));
    } else {
        let values: [(&str, &dyn std::fmt::Display); 2] = [("count", &written), ("path", &file.display())];
        output.line(filled(output.language, "exported", &values));
    }
    Ok(0)
}
