//! Backups that come due, and erasing personal data.

use hunter_engine::{Engine, Erasure, ErrorCode, HunterError};
use serde_json::json;

use crate::args::DataCommand;
use crate::output::{Output, printable};
use crate::text::filled;

/// A backup that cannot be made is told, and fails nothing: the sync has done its work.
pub async fn back_up_if_due(engine: &Engine, output: &Output) {
    if let Err(error) = engine.back_up_if_due().await {
        output.note_error(&error.body(output.language));
    }
}

pub async fn data(engine: &Engine, command: DataCommand, output: &Output) -> Result<u8, HunterError> {
    let DataCommand::Erase { account, older_than, yes } = command;
    let question = match (&account, older_than) {
        (Some(account), None) => {
            filled(output.language, "erase_account", &[("account", &printable(account))])
        }
        (_, days) => filled(output.language, "erase_old", &[("days", &days.unwrap_or_default())]),
    };
    if !yes && output.confirmed(&question) != Some(true) {
        return Err(HunterError::new(ErrorCode::NotConfirmed));
    }
    let erasure = match (account, older_than) {
        (Some(account), None) => engine.erase_account(&account).await?,
        (Some(account), Some(days)) => engine.erase_older_than_of(&account, days).await?,
        (None, days) => engine.erase_older_than(days.unwrap_or(u32::MAX)).await?,
    };
    if output.json {
        output.document(&json!({"erased": erasure}));
    } else {
        output.line(in_words(&erasure, output));
    }
    Ok(0)
}

fn in_words(erasure: &Erasure, output: &Output) -> String {
    filled(
        output.language,
        "erased",
        &[
            ("referrals", &erasure.referrals),
            ("payloads", &erasure.payloads),
            ("changes", &erasure.changes),
            ("companies", &erasure.companies),
            ("rewritten", &erasure.backups_rewritten),
            ("removed", &(erasure.backups_removed + erasure.copies_removed)),
        ],
    )
}
