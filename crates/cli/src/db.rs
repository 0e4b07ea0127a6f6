//! `db`.

use hunter_engine::{Engine, ErrorCode, HunterError};
use serde_json::json;

use crate::args::DbCommand;
use crate::output::Output;
use crate::stop::until_stopped;
use crate::text::text;

pub async fn db(engine: &Engine, command: DbCommand, output: &Output) -> Result<u8, HunterError> {
    match command {
        DbCommand::Check => {
            let check = engine.check_database().await?;
            if check.ok {
                if output.json {
                    output.document(&check);
                } else {
                    output.line(text(output.language, "sound"));
                }
                return Ok(0);
            }
            let damaged = ErrorCode::StorageDamaged;
            if output.json {
                output.document_of_failure(&check, &HunterError::new(damaged).body(output.language));
            } else {
                check.problems.iter().for_each(|problem| output.line(problem));
                output.note(text(output.language, "how_to_mend"));
            }
            Ok(damaged.exit_code())
        }
        DbCommand::Backup { file } => {
            tokio::select! {
                backed_up = engine.back_up_database(&file) => backed_up?,
                () = until_stopped() => return Err(HunterError::new(ErrorCode::BackupCancelled)),
            }
            output.file("backed_up", &file);
            Ok(0)
        }
        DbCommand::Restore { file } => {
            engine.restore_database(&file).await?;
            output.file("restored", &file);
            Ok(0)
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
