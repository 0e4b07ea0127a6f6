//! Referrals as a file: a workbook, a table of text, or JSON.

mod cells;
mod csv;
mod json;
mod xlsx;

use std::io::{self, BufWriter, Write};
use std::path::Path;

use hunter_store::{Found, StoredReferral, linked};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use ts_rs::TS;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::language::Language;
use crate::referrals::ReferralQuery;

/// Referrals that are read, and written, at once.
const BATCH: usize = 500;
/// How the name of a file in the making begins: who finds one that a power cut left knows where it is from.
const DRAFT: &str = ".hunter-export-";

/// The kinds of files that referrals go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// A workbook for Excel.
    Xlsx,
    /// Values separated by commas, in UTF-8 with a byte order mark, as Excel wants it.
    Csv,
    /// As `hunter list --json`, with notes and stars.
    Json,
}

impl ExportFormat {
    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The format that a file's ending names, in any letter case.
    ///
    /// # Errors
    /// [`ErrorCode::ExportFile`] for any other ending.
    pub fn of(path: &Path) -> Result<Self, HunterError> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        [Self::Xlsx, Self::Csv, Self::Json]
            .into_iter()
            .find(|format| format.ending().eq_ignore_ascii_case(ending))
            .ok_or_else(|| HunterError::new(ErrorCode::ExportFile).with("path", path.display()))
    }
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct ExportProgress {
    /// Referrals written.
    #[ts(type = "number")]
    pub done: usize,
    /// Referrals to write.
    #[ts(type = "number")]
    pub total: usize,
}

/// Which referrals are written.
#[derive(Debug, Clone)]
pub enum Selection {
    /// All that a question finds, in its order.
    Found(Box<ReferralQuery>),
    /// These, in this order.
    Ids(Vec<String>),
}

/// How referrals are written, batch by batch.
trait Sheet: Send {
    fn begin(&mut self, file: &mut Out) -> io::Result<()>;
    fn add(&mut self, referrals: &[StoredReferral], file: &mut Out) -> io::Result<()>;
    fn finish(&mut self, file: &mut Out) -> io::Result<()>;
}

type Out = dyn Write + Send;

/// Remembers what the disk said: the libraries in between have errors of their own, which do not tell.
struct Told<W> {
    file: W,
    refused: Option<io::ErrorKind>,
}

impl<W> Told<W> {
    fn new(file: W) -> Self {
        Self { file, refused: None }
    }

    fn hear<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| self.refused = Some(error.kind()))
    }

    fn tell<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| match self.refused {
            Some(kind) => io::Error::new(kind, error),
            None => error,
        })
    }
}

impl<W: Write> Write for Told<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        self.hear(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        self.hear(flushed)
    }
}

/// A file in the making, beside the one whose place it will take.
struct Draft {
    sheet: Box<dyn Sheet>,
    file: Told<BufWriter<NamedTempFile>>,
}

impl Draft {
    fn begin(mut sheet: Box<dyn Sheet>, path: &Path) -> io::Result<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The error of its own names the draft, which nobody has asked for.
        let file =
            tempfile::Builder::new().prefix(DRAFT).tempfile_in(folder).map_err(|error| error.kind())?;
        let mut file = Told::new(BufWriter::new(file));
        let begun = sheet.begin(&mut file);
        file.tell(begun)?;
        Ok(Self { sheet, file })
    }

    fn add(&mut self, referrals: &[StoredReferral]) -> io::Result<()> {
        let added = self.sheet.add(referrals, &mut self.file);
        self.file.tell(added)
    }

    fn finish(mut self, path: &Path) -> io::Result<()> {
        let finished = self.sheet.finish(&mut self.file);
        self.file.tell(finished)?;
        let file = self.file.file.into_inner().map_err(|error| error.into_error())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Engine {
    /// Writes referrals to a file, whose place it takes only once it is whole; `false` if `go_on` ended it before.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidFilter`], and storage errors; a file that was there before stays then.
    pub async fn export(
        &self,
        selection: &Selection,
        format: ExportFormat,
        path: &Path,
        mut go_on: impl FnMut(ExportProgress) -> bool + Send,
    ) -> Result<bool, HunterError> {
        let path = &*linked(path);
        let store = self.store().await?;
        let keys = match selection {
            Selection::Found(query) => {
                let Found { keys, .. } = store.find(&self.filter(query)?, self.now()).await?;
                keys
            }
            Selection::Ids(ids) => store.keys_of(ids).await?,
        };
        let total = keys.len();
        let sheet = self.sheet(format, total)?;
        let to = path.to_owned();
        let mut draft = blocking(path, move || Draft::begin(sheet, &to)).await?;
        let mut done = 0;
        for keys in keys.chunks(BATCH) {
            if !go_on(ExportProgress { done, total }) {
                return Ok(false);
            }
            let referrals = store.stored(keys, self.now()).await?;
            done += keys.len();
            draft = blocking(path, move || {
                draft.add(&referrals)?;
                Ok(draft)
            })
            .await?;
        }
        if !go_on(ExportProgress { done, total }) {
            return Ok(false);
        }
        let to = path.to_owned();
        blocking(path, move || draft.finish(&to)).await?;
        tracing::info!(event = "referrals_exported", format = format.ending(), count = done);
        Ok(true)
    }

    /// Rows as a table that programs take from the clipboard: a line each, with tabs between the cells.
    pub(crate) async fn table_text(&self, ids: &[String]) -> Result<String, HunterError> {
        let store = self.store().await?;
        let mut table = csv::tab_separated(self.export_language()?);
        let mut text = Vec::new();
        table.begin(&mut text).map_err(HunterError::file(Path::new("")))?;
        for keys in store.keys_of(ids).await?.chunks(BATCH) {
            let referrals = store.stored(keys, self.now()).await?;
            table.add(&referrals, &mut text).map_err(HunterError::file(Path::new("")))?;
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn sheet(&self, format: ExportFormat, total: usize) -> Result<Box<dyn Sheet>, HunterError> {
        let language = self.export_language()?;
        Ok(match format {
            ExportFormat::Xlsx => Box::new(
                xlsx::Workbook::new(language, TimeZone::system())
                    .map_err(|error| HunterError::new(ErrorCode::Internal).with("detail", error))?,
            ),
            ExportFormat::Csv => Box::new(csv::for_spreadsheets(language)),
            ExportFormat::Json => Box::new(json::Document::new(total)),
        })
    }

    fn export_language(&self) -> Result<Language, HunterError> {
        Ok(self.settings()?.language)
    }
}

async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, HunterError> {
    let worked = tokio::task::spawn_blocking(work).await;
    worked.unwrap_or_else(|stopped| Err(stopped.into())).map_err(HunterError::file(path))
}

#[cfg(test)]
mod tests;
