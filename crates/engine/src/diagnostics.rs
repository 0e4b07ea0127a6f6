//! What support needs to find out what is wrong, without what names a person or a customer.

mod archive;
mod log;
mod names;
mod parts;
mod redact;
#[cfg(test)]
mod tests;

use std::path::Path;

use serde::Serialize;
use ts_rs::TS;

use crate::engine::Engine;
use crate::error::HunterError;
use names::Names;
use redact::Patterns;

/// Payloads whose names are held in memory at a time.
const BATCH: u32 = 1_000;

/// Texts for support, to be looked at before they are given away.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Diagnostics {
    /// The texts, each a file of the bundle.
    pub files: Vec<DiagnosticsFile>,
}

/// One text of a bundle.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DiagnosticsFile {
    /// The name of the file in the bundle.
    pub name: String,
    /// How long it is.
    #[ts(type = "number")]
    pub bytes: u64,
    /// All of it.
    pub text: String,
}

impl Diagnostics {
    fn add(&mut self, name: &str, text: String) {
        self.files.push(DiagnosticsFile { name: name.to_owned(), bytes: text.len() as u64, text });
    }

    /// A ZIP archive of the texts.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn archive(&self) -> Result<Vec<u8>, HunterError> {
        archive::pack(&self.files)
    }

    /// Writes the archive, readable to its owner only; nothing but another archive is replaced.
    ///
    /// # Errors
    /// The file cannot be written; no half archive is left.
    pub fn save(&self, to: &Path) -> Result<(), HunterError> {
        archive::save(&self.archive()?, to)
    }
}

impl Engine {
    /// Everything that support needs, with persons, customers and secrets taken out.
    ///
    /// What cannot be read, as it may be what is wrong, says so in its place.
    ///
    /// # Errors
    /// A setting that cannot be used.
    pub async fn diagnostics(&self) -> Result<Diagnostics, HunterError> {
        let settings = self.settings()?;
        let language = settings.language;
        let unreadable = |error: HunterError| {
            language.text("diagnostics.unreadable", &[("reason", error.code().as_str())])
        };
        let mut found = Diagnostics::default();
        found.add("versions.json", self.versions().await);
        found.add("settings.json", parts::settings(&settings));
        found.add("status.json", self.status_without_persons().await.unwrap_or_else(unreadable));
        found.add("checklist.md", self.checklist_report().await);
        found.add("runs.json", self.runs_without_persons().await.unwrap_or_else(unreadable));
        found.add("schema.sql", self.schema_text().await.unwrap_or_else(unreadable));
        let folder = crate::logging::log_folder(self.data_dir());
        for (name, text) in log::read_all(&folder).map_err(HunterError::file(&folder))? {
            found.add(&name, text);
        }
        self.sweep(found).await
    }

    /// Goes over all texts once more: what cannot be there by their making is looked for all the same.
    async fn sweep(&self, mut found: Diagnostics) -> Result<Diagnostics, HunterError> {
        let patterns = Patterns::new(self.data_dir())?;
        let mut names = Names::default();
        let profile = self.profile()?;
        [&profile.account, &profile.name].into_iter().flatten().for_each(|name| names.add_person(name));
        if let Ok(store) = self.store().await {
            store.company_texts().await.unwrap_or_default().iter().for_each(|text| names.add(text));
            let mut place = 0;
            while let Ok(payloads) = store.payloads_after(place, BATCH).await
                && let Some((last, _)) = payloads.last()
            {
                place = *last;
                payloads.iter().for_each(|(_, payload)| names.add_payload(payload));
                let held = std::mem::take(&mut names);
                found = tokio::task::spawn_blocking(move || without_names(found, &held)).await??;
            }
        }
        tokio::task::spawn_blocking(move || {
            let mut found = without_names(found, &names)?;
            for file in &mut found.files {
                file.text = patterns.sweep(&file.text);
                file.bytes = file.text.len() as u64;
            }
            Ok(found)
        })
        .await?
    }
}

fn without_names(mut found: Diagnostics, names: &Names) -> Result<Diagnostics, HunterError> {
    let searched = names.search()?;
    for file in found.files.iter_mut().filter(|file| parts::may_name_somebody(&file.name)) {
        file.text = searched.without(&file.text);
    }
    Ok(found)
}
