//! `hunter diagnostics`: a bundle for support, to be looked at before it is given away.

use std::path::Path;

use hunter_engine::{Diagnostics, Engine, HunterError};
use serde_json::{Value, json};

use crate::output::Output;
use crate::text::filled;

pub async fn bundle(
    engine: &Engine,
    file: Option<&Path>,
    show: bool,
    output: &Output,
) -> Result<u8, HunterError> {
    let diagnostics = engine.diagnostics().await?;
    if let Some(file) = file {
        diagnostics.save(file)?;
    }
    if output.json {
        output.document(&document(&diagnostics, file, show));
        return Ok(0);
    }
    for text in &diagnostics.files {
        if show {
            output.line(format!("==> {} <==\n{}", text.name, text.text));
        } else {
            output.line(format!("{:>9}  {}", text.bytes, text.name));
        }
    }
    if let Some(file) = file {
        output.note(filled(output.language, "diagnostics_saved", &[("path", &file.display())]));
    }
    Ok(0)
}

fn document(diagnostics: &Diagnostics, file: Option<&Path>, show: bool) -> Value {
    let files = diagnostics.files.iter().map(|file| {
        let mut document = json!({"name": file.name, "bytes": file.bytes});
        if show {
            document["text"] = json!(file.text);
        }
        document
    });
    json!({"path": file.map(|file| file.display().to_string()), "files": files.collect::<Vec<_>>()})
}
