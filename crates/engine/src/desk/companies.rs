//! The requests about companies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hunter_store::{CompanyCandidate, CompanyChange, CompanyDetails, CompanyRows};

use super::controller::{Desk, Host};
use super::view::Topic;
use crate::companies::{CompanyQuery, ScanProgress};
use crate::error::{ErrorCode, HunterError};

/// After so many domains the page hears how far a scan is.
const TOLD_EVERY: usize = 20;

impl<H: Host> Desk<H> {
    pub(super) async fn list_companies(&self, query: CompanyQuery) -> Result<CompanyRows, HunterError> {
        self.shared.engine.companies(&query).await
    }

    pub(super) async fn show_company(&self, id: u32) -> Result<CompanyDetails, HunterError> {
        self.shared.engine.company(i64::from(id)).await
    }

    pub(super) async fn company_candidates(
        &self,
        id: String,
        search: Option<String>,
    ) -> Result<Vec<CompanyCandidate>, HunterError> {
        self.shared.engine.company_candidates(&id, search.as_deref()).await
    }

    pub(super) async fn link_referrals(
        &self,
        ids: Vec<String>,
        company: Option<u32>,
        domain: Option<String>,
    ) -> Result<(), HunterError> {
        match (company, domain) {
            (Some(company), _) => self.shared.engine.link(&ids, i64::from(company)).await?,
            (None, Some(domain)) => self.shared.engine.link_to_domain(&ids, &domain).await?,
            (None, None) => return Err(HunterError::new(ErrorCode::NoCompanyDomain).with("domain", "–")),
        }
        self.companies_changed();
        Ok(())
    }

    pub(super) async fn unlink_referrals(&self, ids: Vec<String>) -> Result<(), HunterError> {
        self.shared.engine.unlink(&ids).await?;
        self.companies_changed();
        Ok(())
    }

    pub(super) async fn merge_companies(&self, into: u32, from: Vec<u32>) -> Result<(), HunterError> {
        let from: Vec<i64> = from.into_iter().map(i64::from).collect();
        self.shared.engine.merge_companies(i64::from(into), &from).await?;
        self.companies_changed();
        Ok(())
    }

    pub(super) async fn split_company(&self, id: u32) -> Result<(), HunterError> {
        self.shared.engine.split_company(i64::from(id)).await?;
        self.companies_changed();
        Ok(())
    }

    pub(super) async fn set_company_note(&self, id: u32, note: String) -> Result<(), HunterError> {
        self.shared.engine.set_company_note(i64::from(id), &note).await?;
        self.invalidate(&[Topic::Companies]);
        Ok(())
    }

    pub(super) async fn last_company_change(&self) -> Result<Option<CompanyChange>, HunterError> {
        self.shared.engine.last_company_change().await
    }

    pub(super) async fn undo_company_change(&self) -> Result<Option<CompanyChange>, HunterError> {
        let undone = self.shared.engine.undo_company_change().await?;
        self.companies_changed();
        Ok(undone)
    }

    /// Begins a scan; how far it is, and that it is done, is in the snapshot.
    pub(super) async fn scan_companies(&self, ids: Option<Vec<u32>>) -> Result<(), HunterError> {
        if !self.shared.engine.settings()?.enrichment() {
            return Err(HunterError::new(ErrorCode::EnrichmentOff));
        }
        self.start_scan(ids.map(|ids| ids.into_iter().map(i64::from).collect()));
        Ok(())
    }

    pub(super) async fn cancel_scan(&self) -> Result<(), HunterError> {
        self.shared.scan_cancelled.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// In the background, one at a time.
    pub(super) fn start_scan(&self, ids: Option<Vec<i64>>) {
        if self.is_scanning() {
            return;
        }
        let desk = self.clone();
        tokio::spawn(async move {
            let cancelled: Arc<AtomicBool> = desk.shared.scan_cancelled.clone();
            cancelled.store(false, Ordering::Relaxed);
            let on_progress = |progress: ScanProgress| {
                desk.set_scanning(Some(progress));
                if progress.done.is_multiple_of(TOLD_EVERY) || progress.done == progress.total {
                    let desk = desk.clone();
                    tokio::spawn(async move { desk.publish().await });
                }
            };
            let scanned = desk.shared.engine.scan_companies(ids.as_deref(), &cancelled, on_progress).await;
            match scanned {
                Ok(report) if report.total == 0 => {}
                Ok(_) => desk.companies_changed(),
                Err(error) if error.code() == ErrorCode::ScanRunning => return,
                Err(error) => tracing::warn!(event = "domain_scan_failed", code = error.code().as_str()),
            }
            desk.set_scanning(None);
            desk.publish().await;
        });
    }

    fn companies_changed(&self) {
        self.invalidate(&[Topic::Companies, Topic::Referrals]);
    }
}
