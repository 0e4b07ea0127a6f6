use std::fs::File;
use std::io::{Cursor, ErrorKind, Read, Write};
use std::path::Path;

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::DiagnosticsFile;
use crate::error::{ErrorCode, HunterError};

/// How every ZIP archive begins.
const ZIP: &[u8] = b"PK";

pub(super) fn pack(files: &[DiagnosticsFile]) -> Result<Vec<u8>, HunterError> {
    let failed = |error: String| HunterError::new(ErrorCode::Internal).with("detail", error);
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(0o600);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        archive.start_file(&*file.name, options).map_err(|error| failed(error.to_string()))?;
        archive.write_all(file.text.as_bytes()).map_err(|error| failed(error.to_string()))?;
    }
    archive.finish().map(Cursor::into_inner).map_err(|error| failed(error.to_string()))
}

pub(super) fn save(archive: &[u8], to: &Path) -> Result<(), HunterError> {
    if is_something_else(to).map_err(HunterError::file(to))? {
        return Err(HunterError::file(to)(ErrorKind::AlreadyExists.into()));
    }
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(HunterError::file(to))?;
    temporary.write_all(archive).map_err(HunterError::file(to))?;
    temporary.as_file().sync_all().map_err(HunterError::file(to))?;
    temporary.persist(to).map_err(|error| HunterError::file(to)(error.error))?;
    Ok(())
}

/// Whether a file lies there that is no archive, and so not an older bundle.
fn is_something_else(path: &Path) -> std::io::Result<bool> {
    let mut beginning = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        file => file?.take(ZIP.len() as u64).read_to_end(&mut beginning)?,
    };
    Ok(beginning != ZIP)
}
