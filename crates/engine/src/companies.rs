//! Companies: what is known of them, what a person decides, and the scan of their domains.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hunter_referral::{ProviderId, Rules, Segment, Signals, is_consumer_mail, registrable_domain};
use hunter_signals::{Ending, Options, Scanned, Scanner};
use hunter_store::{
    CompanyCandidate, CompanyChange, CompanyDetails, CompanyFilter, CompanyOrder, CompanyRows, Scan, Store,
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use ts_rs::TS;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::inbox::NOTE_LENGTH;
use crate::referrals::{not_found, one_of, refused, words};
use crate::settings::{Setting, Settings};

/// For how long a scan is good enough.
const VALID: SignedDuration = SignedDuration::from_hours(30 * 24);
/// And one to which not every question was answered.
const VALID_IN_PART: SignedDuration = SignedDuration::from_hours(24);
/// Domains that are stored at once.
const BATCH: usize = 20;
/// How often it is looked whether somebody wants to stop.
const LOOK: Duration = Duration::from_millis(100);
const DNS_PORT: u16 = 53;

/// The filters of a list of companies as a person or a program writes them; those of words take several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct CompanyQuery {
    /// Words that must all occur in name or domain.
    pub search: Option<String>,
    /// `existing`, `migration`, `cold` or `skip`.
    pub segment: Option<String>,
    /// Who takes the mail, such as `google`.
    pub provider: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// With at least this score.
    pub min_score: Option<u8>,
    /// With at most this score.
    pub max_score: Option<u8>,
    /// A column, with `:asc` or `:desc`.
    pub sort: Option<String>,
    /// How many rows at most.
    pub limit: Option<u32>,
    /// How many rows to pass over.
    pub offset: Option<u32>,
}

/// How far a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct ScanProgress {
    /// Domains that are done.
    #[ts(type = "number")]
    pub done: usize,
    /// Domains to scan.
    #[ts(type = "number")]
    pub total: usize,
}

/// How a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ScanReport {
    /// Domains that were to be scanned.
    pub total: usize,
    /// Those of which everything is known now.
    pub complete: usize,
    /// Those of which some questions stayed unanswered.
    pub incomplete: usize,
    /// Why it ended.
    pub ending: ScanEnding,
}

/// Why a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanEnding {
    /// All domains are done.
    Complete,
    /// Somebody stopped it; the next scan goes on.
    Stopped,
    /// No name server answered; the next scan goes on.
    Unreachable,
}

impl CompanyQuery {
    fn filter(&self) -> Result<CompanyFilter, HunterError> {
        let segments = Segment::ALL.map(|segment| (segment.as_str(), segment.as_str()));
        let providers = ProviderId::ALL.map(|provider| (provider.as_str(), provider.as_str()));
        let known = |filter: &str, text: &Option<String>, known: &[(&str, &'static str)]| {
            let words = words(text).into_iter().map(|word| one_of(filter, &word, known).map(str::to_owned));
            words.collect::<Result<Vec<_>, _>>()
        };
        let order = match &self.sort {
            None => CompanyOrder::default(),
            Some(text) => CompanyOrder::from_str(text)
                .map_err(|()| refused("sort", text, &CompanyOrder::names().collect::<Vec<_>>().join(", ")))?,
        };
        Ok(CompanyFilter {
            search: self.search.clone(),
            segment: known("segment", &self.segment, &segments)?,
            provider: known("provider", &self.provider, &providers)?,
            country: words(&self.country),
            min_score: self.min_score,
            max_score: self.max_score,
            order,
            limit: self.limit,
            offset: self.offset.unwrap_or_default(),
        })
    }
}

impl Engine {
    /// The companies that match.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidFilter`] for a word that a filter does not take, and storage errors.
    pub async fn companies(&self, query: &CompanyQuery) -> Result<CompanyRows, HunterError> {
        Ok(self.store().await?.companies(&query.filter()?, self.now()).await?)
    }

    /// One company with everything that is known of it.
    ///
    /// # Errors
    /// [`ErrorCode::CompanyNotFound`], and storage errors.
    pub async fn company(&self, company_id: i64) -> Result<CompanyDetails, HunterError> {
        let found = self.store().await?.company(company_id, self.now()).await?;
        found.ok_or_else(|| HunterError::new(ErrorCode::CompanyNotFound).with("company", company_id))
    }

    /// The number of a company by its number or its domain.
    ///
    /// # Errors
    /// [`ErrorCode::CompanyNotFound`], and storage errors.
    pub async fn company_named(&self, name: &str) -> Result<i64, HunterError> {
        let store = self.store().await?;
        let unknown = || HunterError::new(ErrorCode::CompanyNotFound).with("company", name);
        match name.parse::<i64>() {
            Ok(id) => Ok(store.company(id, self.now()).await?.ok_or_else(unknown)?.row.company_id),
            Err(_) => {
                let domain = registrable_domain(name.trim()).unwrap_or_else(|| name.to_owned());
                store.company_of_domain(&domain).await?.ok_or_else(unknown)
            }
        }
    }

    /// Companies that a referral could be of.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], and storage errors.
    pub async fn company_candidates(
        &self,
        referral_id: &str,
        search: Option<&str>,
    ) -> Result<Vec<CompanyCandidate>, HunterError> {
        let store = self.store().await?;
        let referral =
            store.referral(referral_id, self.now()).await?.ok_or_else(|| not_found(referral_id))?;
        Ok(store.candidates(&referral.row.item.customer_name, search, self.now()).await?)
    }

    /// Ties referrals to a company, whatever a sync brings.
    ///
    /// # Errors
    /// [`ErrorCode::CompanyNotFound`], and storage errors.
    pub async fn link(&self, ids: &[String], company_id: i64) -> Result<(), HunterError> {
        let store = self.store_with(ids).await?;
        let company_id = self.company(company_id).await?.row.company_id;
        store.link(ids, company_id, self.now()).await?;
        Ok(())
    }

    /// Ties referrals to the company of a domain, which is made if there is none.
    ///
    /// # Errors
    /// [`ErrorCode::NoCompanyDomain`] for what is no registrable domain, and storage errors.
    pub async fn link_to_domain(&self, ids: &[String], domain: &str) -> Result<(), HunterError> {
        let registrable = registrable_domain(domain.trim()).filter(|domain| !is_consumer_mail(domain));
        let registrable =
            registrable.ok_or_else(|| HunterError::new(ErrorCode::NoCompanyDomain).with("domain", domain))?;
        let store = self.store_with(ids).await?;
        let company_id = store.company_for(&registrable, self.now()).await?;
        store.link(ids, company_id, self.now()).await?;
        Ok(())
    }

    /// Leaves referrals that a person tied to what their own payload says; false if there was none.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], and storage errors.
    pub async fn unlink(&self, ids: &[String]) -> Result<bool, HunterError> {
        Ok(self.store_with(ids).await?.unlink(ids, self.now()).await?)
    }

    /// The database, if all of these referrals are in it: what one of several is misspelt is done to none.
    async fn store_with(&self, ids: &[String]) -> Result<Store, HunterError> {
        let store = self.store().await?;
        let missing = store.missing(ids).await?;
        if missing.is_empty() { Ok(store) } else { Err(not_found(&missing.join(", "))) }
    }

    /// Joins companies with one; false if they are already.
    ///
    /// # Errors
    /// [`ErrorCode::CompanyNotFound`], and storage errors.
    pub async fn merge_companies(&self, into: i64, from: &[i64]) -> Result<bool, HunterError> {
        let into = self.company(into).await?.row.company_id;
        Ok(self.store().await?.merge_companies(into, from, self.now()).await?)
    }

    /// Takes a company out of the one it was joined with; false if it was with none.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn split_company(&self, company_id: i64) -> Result<bool, HunterError> {
        Ok(self.store().await?.split_company(company_id, self.now()).await?)
    }

    /// What a person last did to companies, and nobody has undone.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn last_company_change(&self) -> Result<Option<CompanyChange>, HunterError> {
        Ok(self.store().await?.last_company_change().await?)
    }

    /// Undoes it; tells what it was.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn undo_company_change(&self) -> Result<Option<CompanyChange>, HunterError> {
        Ok(self.store().await?.undo_company_change(self.now()).await?)
    }

    /// Keeps what a person wrote to a company.
    ///
    /// # Errors
    /// [`ErrorCode::NoteTooLong`], [`ErrorCode::CompanyNotFound`], and storage errors.
    pub async fn set_company_note(&self, company_id: i64, note: &str) -> Result<(), HunterError> {
        let note = note.trim_end();
        if note.chars().count() > NOTE_LENGTH {
            return Err(HunterError::new(ErrorCode::NoteTooLong).with("most", NOTE_LENGTH));
        }
        if self.store().await?.set_company_note(company_id, note, self.now()).await? {
            return Ok(());
        }
        Err(HunterError::new(ErrorCode::CompanyNotFound).with("company", company_id))
    }

    /// Asks name servers about the domains of these companies, or of all that are due; what is done is kept, also if
    /// somebody stops it by `stop`.
    ///
    /// # Errors
    /// [`ErrorCode::EnrichmentOff`], [`ErrorCode::ScanRunning`], [`ErrorCode::NoNameServer`], and storage errors.
    pub async fn scan_companies(
        &self,
        company_ids: Option<&[i64]>,
        stop: &AtomicBool,
        mut on_progress: impl FnMut(ScanProgress) + Send,
    ) -> Result<ScanReport, HunterError> {
        let settings = self.settings()?;
        if !settings.enrichment() {
            return Err(HunterError::new(ErrorCode::EnrichmentOff));
        }
        let Ok(_one_at_a_time) = self.scanning().try_lock() else {
            return Err(HunterError::new(ErrorCode::ScanRunning));
        };
        let store = self.store().await?;
        let domains = match company_ids {
            Some(ids) => store.domains_of(ids).await?,
            None => store.domains_due(self.now()).await?,
        };
        let total = domains.len();
        let scanner = scanner(&settings)?;
        let stopped = async {
            while !stop.load(Ordering::Relaxed) {
                tokio::time::sleep(LOOK).await;
            }
        };
        let (tell, mut told) = mpsc::unbounded_channel();
        let scan = async move {
            let ending = scanner.scan_until(domains, stopped, |scanned| drop(tell.send(scanned))).await;
            drop(tell);
            ending
        };
        let keep = async {
            let (mut complete, mut done, mut silent) = (0, 0, 0);
            let mut scanned: Vec<Scanned> = Vec::new();
            on_progress(ScanProgress { done, total });
            while told.recv_many(&mut scanned, BATCH).await > 0 {
                done += scanned.len();
                let before = scanned.len();
                // Who is silent altogether has said nothing about the domain: it is asked again by the next scan.
                scanned.retain(|scanned| !is_silent(scanned));
                silent += before - scanned.len();
                complete += self.keep(&store, scanned.drain(..)).await?;
                on_progress(ScanProgress { done, total });
            }
            Ok::<_, HunterError>((complete, done, silent))
        };
        let (ending, kept) = tokio::join!(scan, keep);
        let (complete, done, silent) = kept?;
        let ending = match ending {
            Ending::Complete if silent == total && total > 0 => ScanEnding::Unreachable,
            Ending::Complete => ScanEnding::Complete,
            Ending::Stopped => ScanEnding::Stopped,
            Ending::Unreachable => ScanEnding::Unreachable,
        };
        let incomplete = done - complete;
        tracing::info!(
            event = "domains_scanned",
            total,
            complete,
            incomplete,
            stopped = ending != ScanEnding::Complete
        );
        Ok(ScanReport { total, complete, incomplete, ending })
    }

    /// Tells of how many everything is known.
    async fn keep(
        &self,
        store: &Store,
        scanned: impl Iterator<Item = Scanned>,
    ) -> Result<usize, HunterError> {
        let now = self.now();
        let scans: Vec<(bool, Scan)> = scanned
            .map(|Scanned { domain, result }| {
                let signals = result.unwrap_or_else(|_| Signals::unanswered(domain.as_str()));
                let is_complete = signals.is_complete();
                let renew_at = now + if is_complete { VALID } else { VALID_IN_PART };
                (is_complete, Scan { signals: Signals { domain, ..signals }, renew_at })
            })
            .collect();
        let complete = scans.iter().filter(|(is_complete, _)| *is_complete).count();
        let scans: Vec<Scan> = scans.into_iter().map(|(_, scan)| scan).collect();
        store.keep_scans(&scans, now).await?;
        Ok(complete)
    }
}

impl Settings {
    /// Whether customers' domains may be looked up.
    pub fn enrichment(&self) -> bool {
        self.view(Setting::EnrichmentEnabled).value.as_deref() == Some("true")
    }

    /// By which companies are scored.
    pub(crate) fn rules(&self) -> Rules {
        let number = |setting| self.view(setting).value.as_deref().and_then(|value| value.parse().ok());
        let rules = Rules::built_in();
        let azure = number(Setting::AzureTenantScore).unwrap_or(rules.azure_tenant_score);
        let cosell = number(Setting::CosellBonus).unwrap_or(rules.cosell_bonus);
        rules.with_settings(azure, cosell)
    }
}

fn is_silent(scanned: &Scanned) -> bool {
    scanned.result.as_ref().is_ok_and(|signals| *signals == Signals::unanswered(signals.domain.as_str()))
}

fn scanner(settings: &Settings) -> Result<Scanner, HunterError> {
    let servers = settings.view(Setting::NameServers).value.clone().unwrap_or_default();
    let servers: Vec<SocketAddr> = name_servers(&servers).unwrap_or_default();
    let made = if servers.is_empty() {
        Scanner::system(Options::default())
    } else {
        Scanner::with_servers(&servers, Options::default())
    };
    made.map_err(|error| HunterError::new(ErrorCode::NoNameServer).with("detail", error))
}

/// Addresses separated by commas, each with a port if it is not 53; `None` if one is no address.
pub(crate) fn name_servers(text: &str) -> Option<Vec<SocketAddr>> {
    let addresses = text.split(',').map(str::trim).filter(|address| !address.is_empty());
    let parsed = addresses.map(|address| {
        let with_port = address.parse::<SocketAddr>().ok();
        with_port.or_else(|| Some(SocketAddr::new(address.parse::<IpAddr>().ok()?, DNS_PORT)))
    });
    parsed.collect()
}
