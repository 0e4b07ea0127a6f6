//! The requests by which a person works with the list.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hunter_store::{Choices, Insights, ReferralRows, Tiles};

use super::controller::{Desk, Host, SavePlace};
use super::view::{Saved, Topic};
use crate::error::{ErrorCode, HunterError};
use crate::export::{ExportFormat, ExportProgress, Selection};
use crate::inbox::{Reach, SavedView};
use crate::referrals::{ReferralQuery, ReferralView};

/// Microsoft documents no link to one referral, so the list is opened.
const PARTNER_CENTER_LIST: &str = "https://partner.microsoft.com/dashboard/referrals/v2/leads";
/// After so many referrals the page hears how far an export is.
const TOLD_EVERY: usize = 2_500;

impl<H: Host> Desk<H> {
    pub(super) async fn list_referrals(&self, query: ReferralQuery) -> Result<ReferralRows, HunterError> {
        self.shared.engine.rows(&query).await
    }

    pub(super) async fn place_of_referral(
        &self,
        id: String,
        query: ReferralQuery,
    ) -> Result<Option<u32>, HunterError> {
        let place = self.shared.engine.place_of(&id, &query).await?;
        Ok(place.and_then(|place| u32::try_from(place).ok()))
    }

    pub(super) async fn tiles(&self) -> Result<Tiles, HunterError> {
        self.shared.engine.tiles().await
    }

    pub(super) async fn choices(&self) -> Result<Choices, HunterError> {
        self.shared.engine.choices().await
    }

    pub(super) async fn insights(&self) -> Result<Insights, HunterError> {
        self.shared.engine.insights().await
    }

    pub(super) async fn show_referral(&self, id: String) -> Result<ReferralView, HunterError> {
        self.shared.engine.view(&id).await
    }

    pub(super) async fn raw_referral(&self, id: String) -> Result<String, HunterError> {
        self.shared.engine.raw(&id).await
    }

    pub(super) async fn set_star(&self, ids: Vec<String>, starred: bool) -> Result<(), HunterError> {
        self.shared.engine.set_star(&ids, starred).await?;
        self.invalidate(&[Topic::Referrals]);
        Ok(())
    }

    pub(super) async fn set_note(&self, id: String, note: String) -> Result<(), HunterError> {
        self.shared.engine.set_note(&id, &note).await?;
        self.invalidate(&[Topic::Referrals]);
        Ok(())
    }

    pub(super) async fn mark_seen(&self, ids: Option<Vec<String>>) -> Result<(), HunterError> {
        if self.shared.engine.mark_seen(ids.as_deref()).await? {
            self.invalidate(&[Topic::Referrals]);
        }
        Ok(())
    }

    pub(super) async fn copy_referrals(&self, ids: Vec<String>) -> Result<(), HunterError> {
        let text = self.shared.engine.table_text(&ids).await?;
        self.shared.host.copy(&text);
        Ok(())
    }

    pub(super) async fn saved_views(&self) -> Result<Vec<SavedView>, HunterError> {
        self.shared.engine.saved_views().await
    }

    pub(super) async fn save_view(
        &self,
        name: String,
        query: ReferralQuery,
    ) -> Result<Vec<SavedView>, HunterError> {
        self.shared.engine.save_view(&name, query).await?;
        self.invalidate(&[Topic::Views]);
        self.saved_views().await
    }

    pub(super) async fn remove_view(&self, id: u32) -> Result<Vec<SavedView>, HunterError> {
        self.shared.engine.remove_view(i64::from(id)).await?;
        self.invalidate(&[Topic::Views]);
        self.saved_views().await
    }

    pub(super) async fn reach(&self, by: Reach, address: String) -> Result<(), HunterError> {
        let link = by.link(&address);
        let link = link.ok_or_else(|| HunterError::new(ErrorCode::NoAddress).with("address", address))?;
        self.shared.host.open(&link);
        Ok(())
    }

    pub(super) async fn open_in_partner_center(&self, id: String) -> Result<(), HunterError> {
        let referral = self.shared.engine.show(&id).await?;
        self.shared.host.copy(&referral.item.engagement_id);
        self.shared.host.open(PARTNER_CENTER_LIST);
        Ok(())
    }

    pub(super) async fn export_referrals(
        &self,
        query: ReferralQuery,
        ids: Option<Vec<String>>,
        format: ExportFormat,
    ) -> Result<Saved, HunterError> {
        let selection = match ids {
            Some(ids) => Selection::Ids(ids),
            None => Selection::Found(Box::new(ReferralQuery { limit: None, offset: None, ..query })),
        };
        let today = self.shared.engine.now().strftime("%Y-%m-%d");
        let name = format!("referrals-{today}.{}", format.ending());
        match self.shared.host.save_place(name.clone()).await {
            SavePlace::Nowhere => Ok(Saved::Cancelled),
            SavePlace::File(path) => {
                let path = with_ending(path, format);
                let is_whole = self.write_export(&selection, format, &path).await?;
                Ok(if is_whole {
                    Saved::Saved { path: path.display().to_string() }
                } else {
                    Saved::Cancelled
                })
            }
            SavePlace::Page => {
                let folder = tempfile::tempdir_in(self.shared.engine.data_dir());
                let folder = folder.map_err(HunterError::file(self.shared.engine.data_dir()))?;
                let path = folder.path().join(&name);
                if !self.write_export(&selection, format, &path).await? {
                    return Ok(Saved::Cancelled);
                }
                let content = tokio::fs::read(&path).await.map_err(HunterError::file(&path))?;
                Ok(Saved::Download { name, content: STANDARD.encode(content) })
            }
        }
    }

    pub(super) async fn cancel_export(&self) -> Result<(), HunterError> {
        self.shared.export_cancelled.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn write_export(
        &self,
        selection: &Selection,
        format: ExportFormat,
        path: &std::path::Path,
    ) -> Result<bool, HunterError> {
        if self.set_exporting(Some(ExportProgress { done: 0, total: 0 })).is_some() {
            return Err(HunterError::new(ErrorCode::ExportRunning));
        }
        self.shared.export_cancelled.store(false, Ordering::Relaxed);
        let written = self
            .shared
            .engine
            .export(selection, format, path, |progress| {
                self.set_exporting(Some(progress));
                if progress.done.is_multiple_of(TOLD_EVERY) {
                    let desk = self.clone();
                    tokio::spawn(async move { desk.publish().await });
                }
                !self.shared.export_cancelled.load(Ordering::Relaxed)
            })
            .await;
        self.set_exporting(None);
        self.publish().await;
        written
    }
}

fn with_ending(path: PathBuf, format: ExportFormat) -> PathBuf {
    let is_right = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(format.ending()));
    if is_right { path } else { path.with_added_extension(format.ending()) }
}
