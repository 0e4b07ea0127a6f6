//! `hunter config import`: takes over a `.env` file.

use std::path::Path;

use hunter_engine::{Engine, ErrorCode, HunterError, ImportOutcome};

use crate::output::Output;
use crate::text::text;

pub fn import(engine: &Engine, file: &Path, dry_run: bool, output: &Output) -> Result<u8, HunterError> {
    let import = engine.import_settings(file, dry_run)?;
    let is_refused = import.refused().next().is_some();
    if output.json {
        output.document(&import);
    } else {
        let rows = import.keys.iter().map(|key| {
            let outcome = match key.outcome {
                ImportOutcome::Imported => "import_imported",
                ImportOutcome::Ignored => "import_ignored",
                ImportOutcome::Refused => "import_refused",
            };
            let setting =
                [key.setting, key.value.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" = ");
            let said = if setting.is_empty() { key.reason.clone().unwrap_or_default() } else { setting };
            vec![key.name.clone(), text(output.language, outcome), said]
        });
        output.table(&["variable", "result", "setting"], rows);
        output.warn(import.warnings.iter().cloned());
        output.note(text(output.language, if import.written { "import_written" } else { "import_dry" }));
    }
    Ok(if is_refused { ErrorCode::ImportRefused.exit_code() } else { 0 })
}
