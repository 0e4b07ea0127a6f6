//! One sync run: pages are fetched, planned and applied, those that wait in one transaction, until nothing can be
//! missing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hunter_partner_center::{
    ApiError, ApiErrorKind, ListQuery, OrderBy, Page, Pages, ReferralsClient, Session,
};
use hunter_referral::{changes, sortable};
use hunter_store::{
    FailedRequest, Mode, PageWriter, Pass, PayloadDigest, Position, Step, Store, SyncRun, Version,
};
use jiff::Timestamp;

use crate::engine::Engine;
use crate::error::{ErrorCode, HunterError};
use crate::events::Event;
use crate::pages::{Paging, ReadPage, content_of, fetch_ahead};
use crate::plan::{Item, newest_of_each, other_payload, plan};
use crate::reading::{Newest, OVERLAP, Reading, filter_is_refused};
use crate::settings::Settings;

/// Referrals that a pass did not bring and that are asked for one by one; the others wait for the next pass.
const MOST_MISSING: u32 = 500;
/// Referrals that are asked for one by one in vain in one run.
const MOST_IN_VAIN: u32 = 20;
/// How long one transaction may take pages in; it ends earlier when the next page has not come yet.
const LONGEST_BATCH: Duration = Duration::from_millis(500);
/// How long the database is free between such transactions: another program that waits looks again after 100 ms at most.
const BREATH: Duration = Duration::from_millis(20);
/// Transactions after which the write-ahead log is merged: the same pages of indices are in it once for each of them.
const MERGED_AFTER: u32 = 4;
/// Requests of one run that are put on record when they fail.
const MOST_REFUSALS: u32 = 50;

/// A run under way.
pub(crate) struct Run<'a> {
    engine: &'a Engine,
    settings: &'a Settings,
    session: &'a Arc<Session>,
    store: &'a Store,
    client: ReferralsClient,
    run: &'a SyncRun,
    position: Position,
    fetched: i64,
    pages: u32,
    unmerged: u32,
    refusals: u32,
    /// Whether the service refused to look by date; it is believed once the list itself can be read.
    filter_is_refused: bool,
}

/// Pages that are stored in one transaction, and what was known before them.
struct Batch<'r> {
    writer: PageWriter<'r>,
    began_at: Instant,
    before: Position,
    pages: u32,
    bytes: u64,
}

/// What a page did.
struct Applied {
    /// Whether any referral was new or changed.
    brought_news: bool,
    /// When each of its referrals was last updated.
    updates: Vec<Option<Timestamp>>,
    /// Whether it, or one before it, looked as if something had been left out.
    is_odd: bool,
}

impl Applied {
    fn newest(&self) -> Option<Timestamp> {
        self.updates.iter().flatten().max().copied()
    }
}

impl<'a> Run<'a> {
    pub fn new(
        engine: &'a Engine,
        settings: &'a Settings,
        session: &'a Arc<Session>,
        store: &'a Store,
        run: &'a SyncRun,
        position: Position,
    ) -> Self {
        let client = ReferralsClient::new(session.clone(), engine.http().clone());
        Self {
            engine,
            settings,
            session,
            store,
            client,
            run,
            position,
            fetched: 0,
            pages: 0,
            unmerged: 0,
            refusals: 0,
            filter_is_refused: false,
        }
    }

    /// Reads what has to be read and stores it.
    pub async fn read(&mut self, reading: Reading) -> Result<(), HunterError> {
        if let Err(error) = self.session.access_token().await {
            return Err(self.refused(error.into()).await);
        }
        tracing::info!(event = "partner_center_token_acquired_silent", run_id = self.run.run_id);
        tracing::info!(event = "partner_center_fetching_referrals", run_id = self.run.run_id);
        match reading {
            Reading::Everything { since, unfinished } => {
                let first_run = match (self.read_everything(unfinished).await, since) {
                    (Err(error), Some(since)) if may_be_the_lists_own(error.code()) => {
                        let changes = self.read_changes(since, Paging::again()).await;
                        let is_more = |other: &HunterError| !may_be_the_lists_own(other.code());
                        return Err(changes.err().filter(is_more).unwrap_or(error));
                    }
                    (read, _) => read?,
                };
                self.find_gone(first_run).await?;
            }
            Reading::Changes { since } => {
                if !self.read_changes(since, Paging::default()).await? {
                    let first_run = self.read_everything(None).await?;
                    self.find_gone(first_run).await?;
                }
            }
        }
        tracing::info!(
            event = "partner_center_referrals_fetched",
            run_id = self.run.run_id,
            fetched = self.fetched
        );
        Ok(())
    }

    /// Reads what changed, newest first, until a page holds nothing that could be news; false if the service refuses
    /// to look by date.
    async fn read_changes(&mut self, since: Timestamp, mut paging: Paging) -> Result<bool, HunterError> {
        let mut pages = self.client.list(&ListQuery {
            top: self.settings.page_size,
            order_by: OrderBy::UpdatedDescending,
            updated_since: Some(since.checked_sub(OVERLAP).unwrap_or(since)),
        });
        let mut seen = Newest::since(since);
        let mut service_time = None;
        loop {
            let page = match pages.next().await {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(error) if matches!(error.kind, ApiErrorKind::FilterRefused) => {
                    self.refused(error).await;
                    self.filter_is_refused = true;
                    self.keep_position(Some(Mode::Full)).await?;
                    return Ok(false);
                }
                Err(error) => return Err(self.refused(error).await),
            };
            service_time = service_time.or(page.service_time);
            let mut batch = self.begin().await?;
            let applied = self.store_page(&mut batch, page.into(), &mut paging).await?;
            self.commit(batch).await?;
            paging.ends()?;
            if seen.is_end(applied.updates, applied.brought_news) {
                break;
            }
        }
        if self.trusts(&paging) {
            let newest = seen.newest().map_or(since, |newest| newest.max(since));
            self.position.watermark = Some(newest.min(self.earliest(service_time)));
        }
        self.keep_position(None).await?;
        Ok(true)
    }

    /// Reads the whole list, or the rest of it and then what changed since its beginning was read; returns the run with
    /// which the complete pass began.
    async fn read_everything(&mut self, unfinished: Option<Pass>) -> Result<i64, HunterError> {
        let rest = match unfinished {
            Some(pass) => self.read_on(pass).await?,
            None => None,
        };
        let Some((pass, paging)) = rest else {
            return self.read_all(Paging::default()).await;
        };
        let first_run = self.complete(pass, &paging).await?;
        // Where changes cannot be asked for, the next run brings them: it reads everything.
        if let Some(since) = self.position.watermark
            && !filter_is_refused(&self.position, self.engine.now())
        {
            self.keep_position(None).await?;
            if !self.read_changes(since, Paging::again()).await? {
                return self.read_all(Paging::again()).await;
            }
        }
        self.forget_pass().await?;
        Ok(first_run)
    }

    async fn read_all(&mut self, paging: Paging) -> Result<i64, HunterError> {
        let (pass, paging) = self.read_from_the_start(paging).await?;
        let first_run = self.complete(pass, &paging).await?;
        self.forget_pass().await?;
        Ok(first_run)
    }

    /// There is nothing to go on with any more.
    async fn forget_pass(&mut self) -> Result<(), HunterError> {
        self.position.pass = None;
        self.keep_position(None).await
    }

    /// Notes that a pass has read everything; until it is forgotten, a run that breaks off goes on from here.
    async fn complete(&mut self, pass: Pass, paging: &Paging) -> Result<i64, HunterError> {
        let now = self.engine.now();
        self.position.full_pass_at = self.trusts(paging).then_some(now);
        if self.position.first_pass_at.is_none() {
            // Before anything can tell of it, should the run not come to its end.
            self.store.mark_all_told(now).await?;
            self.position.first_pass_at = Some(now);
        }
        self.position.watermark = pass.newest.map(|newest| newest.min(pass.service_time));
        self.position.source = pass.source;
        Ok(pass.first_run)
    }

    /// Pages that may have left something out are read once more by the next run; a service that always pages like
    /// that is not asked again and again.
    fn trusts(&mut self, paging: &Paging) -> bool {
        self.position.in_doubt = paging.is_odd && !self.position.in_doubt;
        if self.position.in_doubt {
            tracing::warn!(event = "partner_center_pages_in_doubt", run_id = self.run.run_id);
        }
        !self.position.in_doubt
    }

    /// Goes on where an earlier run stopped; `None` if the service no longer knows the place.
    async fn read_on(&mut self, pass: Pass) -> Result<Option<(Pass, Paging)>, HunterError> {
        let paging = Paging::rest(pass.is_odd);
        let Some(next) = &pass.next else { return Ok(Some((pass, paging))) };
        let Ok(mut pages) = self.client.list_from(next) else { return Ok(None) };
        tracing::info!(event = "partner_center_sync_resumed", run_id = self.run.run_id);
        match pages.next().await {
            Ok(Some(page)) => self.read_pages(pages, page, pass, paging).await.map(Some),
            Ok(None) => Ok(Some((Pass { next: None, ..pass }, paging))),
            Err(error) => {
                let error = self.refused(error).await;
                if !may_be_the_lists_own(error.code()) {
                    return Err(error);
                }
                self.position.pass = None;
                self.keep_position(None).await?;
                if error.code() == ErrorCode::ServiceUnavailable { Err(error) } else { Ok(None) }
            }
        }
    }

    async fn read_from_the_start(&mut self, paging: Paging) -> Result<(Pass, Paging), HunterError> {
        let query = ListQuery { top: self.settings.page_size, ..ListQuery::default() };
        let mut pages = self.client.list(&query);
        let began_at = self.engine.now();
        let first = match pages.next().await {
            Ok(page) => page,
            Err(error) => return Err(self.refused(error).await),
        };
        if self.filter_is_refused {
            self.position.filter_refused_at = Some(self.engine.now());
        }
        let pass = Pass {
            first_run: self.run.seq,
            began_at,
            service_time: self.earliest(first.as_ref().and_then(|page| page.service_time)),
            newest: None,
            is_odd: false,
            source: self.settings.source(),
            next: None,
        };
        match first {
            Some(first) => self.read_pages(pages, first, pass, paging).await,
            None => Ok((pass, paging)),
        }
    }

    /// Applies a page while the next one is on its way, and remembers with each where to go on.
    async fn read_pages(
        &mut self,
        pages: Pages,
        first: Page,
        mut pass: Pass,
        mut paging: Paging,
    ) -> Result<(Pass, Paging), HunterError> {
        let mut fetched = fetch_ahead(pages, first);
        while let Some(first) = fetched.next().await? {
            let mut batch = self.begin().await?;
            let mut waiting = Some(first);
            let mut broke_off = None;
            while let Some(read) = waiting {
                let read = match read {
                    Ok(read) => read,
                    Err(error) => {
                        broke_off = Some(error);
                        break;
                    }
                };
                pass.next.clone_from(&read.page.next);
                let leads_nowhere = read.page.next.is_none() && !read.page.is_last;
                let applied = self.store_page(&mut batch, read, &mut paging).await?;
                pass.is_odd = applied.is_odd;
                pass.newest = pass.newest.max(applied.newest());
                self.position.pass = Some(pass.clone()).filter(|_| !leads_nowhere);
                let is_full = batch.began_at.elapsed() >= LONGEST_BATCH || paging.is_endless();
                waiting = if is_full { None } else { fetched.at_hand().await };
            }
            let was_full = batch.began_at.elapsed() >= LONGEST_BATCH;
            self.commit(batch).await?;
            self.unmerged += 1;
            if self.unmerged == MERGED_AFTER {
                self.unmerged = 0;
                self.store.merge_in_background();
            }
            if was_full {
                tokio::time::sleep(BREATH).await;
            }
            if let Some(error) = broke_off {
                return Err(self.refused(error).await);
            }
            paging.ends()?;
        }
        Ok((pass, paging))
    }

    async fn begin(&self) -> Result<Batch<'a>, HunterError> {
        let writer = self.store.begin_pages(self.run, self.engine.now()).await?;
        Ok(Batch { writer, began_at: Instant::now(), before: self.position.clone(), pages: 0, bytes: 0 })
    }

    async fn store_page(
        &self,
        batch: &mut Batch<'_>,
        read: ReadPage,
        paging: &mut Paging,
    ) -> Result<Applied, HunterError> {
        let ReadPage { page, read } = read;
        let items: Vec<Item<'_>> = page
            .items
            .iter()
            .zip(read)
            .map(|(payload, read)| Item { payload: payload.get(), read })
            .collect();
        let updates = items.iter().map(|item| item.referral()?.updated_at).collect();
        let content = content_of(&items);
        let items = newest_of_each(items);
        let came: HashMap<&str, PayloadDigest> = items
            .iter()
            .filter_map(|item| item.read.as_ref().ok())
            .map(|understood| (understood.referral.id.as_str(), understood.digest))
            .collect();
        let ids: Vec<&str> = came.keys().copied().collect();
        let known = batch.writer.known(&came).await?;
        let passed_over: HashSet<String> = batch.writer.passed_over(&ids).await?.into_iter().collect();
        let erased = batch.writer.erased(&ids).await?;
        let steps = plan(items, &known, &passed_over, &erased, &self.settings.direction);
        paging.take_in(&page, content, steps.iter().filter(|step| is_counted(step)).count());
        batch.writer.apply(&steps).await?;
        batch.pages += 1;
        batch.bytes += page.bytes;
        steps.iter().for_each(log_step);
        Ok(Applied { brought_news: steps.iter().any(is_news), updates, is_odd: paging.is_odd })
    }

    /// Makes what was stored permanent, together with where to go on.
    async fn commit(&mut self, mut batch: Batch<'_>) -> Result<(), HunterError> {
        if self.position != batch.before {
            batch.writer.set_position(&self.position).await?;
        }
        self.fetched = batch.writer.commit(batch.pages, batch.bytes).await?;
        self.pages += batch.pages;
        self.engine.announce(Event::SyncProgress {
            run_id: self.run.run_id.clone(),
            page: self.pages,
            fetched: self.fetched,
        });
        Ok(())
    }

    /// What a complete pass did not bring is gone only if the service says so of each. It comes last in a run: what is asked
    /// for one by one is not counted, and a list that brought it afterwards would take it for counted.
    async fn find_gone(&mut self, first_run: i64) -> Result<(), HunterError> {
        let mut in_vain = 0;
        for referral_id in self.store.unseen(first_run, MOST_MISSING).await? {
            let answer = self.client.get(&referral_id).await;
            let mut writer = self.store.begin_pages(self.run, self.engine.now()).await?;
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    writer.note_doubt(&referral_id).await?;
                    writer.commit(0, 0).await?;
                    in_vain += 1;
                    let is_about_tokens = matches!(error.kind, ApiErrorKind::Token(_));
                    let error = self.refused(error).await;
                    if is_about_tokens || !concerns_one_referral(error.code()) {
                        return Err(error);
                    }
                    if in_vain == MOST_IN_VAIN {
                        return Ok(());
                    }
                    continue;
                }
            };
            match &answer.item {
                Some(item) => refresh(&mut writer, &referral_id, item.get()).await?,
                None => {
                    writer.mark_gone(&referral_id).await?;
                    let run_id = &self.run.run_id;
                    tracing::debug!(event = "partner_center_referral_gone", run_id, referral_id);
                }
            }
            writer.commit(1, answer.bytes).await?;
        }
        Ok(())
    }

    async fn keep_position(&self, mode: Option<Mode>) -> Result<(), HunterError> {
        let mut writer = self.store.begin_pages(self.run, self.engine.now()).await?;
        writer.set_position(&self.position).await?;
        if let Some(mode) = mode {
            writer.set_mode(mode).await?;
        }
        writer.commit(0, 0).await?;
        Ok(())
    }

    /// The earlier of two clocks: neither may be believed when it is ahead.
    fn earliest(&self, service_time: Option<Timestamp>) -> Timestamp {
        let now = self.engine.now();
        service_time.map_or(now, |service_time| service_time.min(now))
    }

    /// Puts a refusal on record, in the log and in the ledger.
    async fn refused(&mut self, error: ApiError) -> HunterError {
        let is_about_tokens = matches!(error.kind, ApiErrorKind::Token(_));
        let mut request = FailedRequest {
            cause: String::new(),
            status: error.status.unwrap_or_default(),
            code: error.code.clone().unwrap_or_default(),
            request_id: error.request_id.clone().unwrap_or_default(),
            client_request_id: error.client_request_id.map(|id| id.to_string()).unwrap_or_default(),
            failed_at: sortable(self.engine.now()),
        };
        let error = HunterError::from(error);
        request.cause = error.code().as_str().to_owned();
        if is_about_tokens {
            log_no_token(&error);
            return error;
        }
        tracing::warn!(
            event = "partner_center_request_failed",
            run_id = self.run.run_id,
            cause = request.cause,
            status = request.status,
            code = request.code,
            request_id = request.request_id,
            client_request_id = request.client_request_id,
        );
        self.refusals += 1;
        if self.refusals > MOST_REFUSALS {
            return error;
        }
        if let Err(error) = self.store.record_failed_request(self.run, &request).await {
            tracing::warn!(event = "failed_request_not_recorded", error = %error);
        }
        error
    }
}

/// Keeps a referral current that the service still has although its list lacked it.
async fn refresh(writer: &mut PageWriter<'_>, referral_id: &str, payload: &str) -> Result<(), HunterError> {
    let version = Version::read(payload).ok().filter(|version| version.id() == referral_id);
    if let Some(version) = version {
        let known = writer.known(&HashMap::from([(referral_id, version.understood.digest)])).await?;
        if let Some(old) = known.get(referral_id).and_then(|known| other_payload(known, payload)) {
            return Ok(writer.refresh(&version, &changes(old, payload)).await?);
        }
    }
    Ok(writer.confirm(&[referral_id]).await?)
}

/// What a list answers that cannot be read to its end, as far as another query may fare better.
fn may_be_the_lists_own(code: ErrorCode) -> bool {
    concerns_one_referral(code) || code == ErrorCode::ServiceUnavailable
}

/// Whether a step is one of a referral that the run has not counted before.
fn is_counted(step: &Step<'_>) -> bool {
    match step {
        Step::Insert { .. } | Step::Unchanged { .. } | Step::Skip { .. } | Step::Fail { .. } => true,
        Step::Update { recount, .. } => !recount,
        Step::Replace { .. } => false,
    }
}

/// The service refuses one referral to this account, or answers nonsense for it: nothing follows for the others.
fn concerns_one_referral(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::Forbidden | ErrorCode::ServiceRefused | ErrorCode::BadAnswer)
}

fn is_news(step: &Step<'_>) -> bool {
    match step {
        Step::Insert { .. } | Step::Update { .. } | Step::Replace { .. } => true,
        Step::Skip { newer, .. } => newer.is_some(),
        Step::Unchanged { .. } | Step::Fail { .. } => false,
    }
}

pub(crate) fn log_no_token(error: &HunterError) {
    tracing::warn!(event = "partner_center_token_acquisition_failed", cause = error.code().as_str());
}

fn log_step(step: &Step<'_>) {
    match step {
        Step::Insert { version } | Step::Update { version, .. } | Step::Replace { version, .. } => {
            let referral = &version.understood.referral;
            tracing::debug!(event = "partner_center_referral_ingested", referral_id = referral.id);
            if referral.customer_domain.name().is_none() {
                tracing::debug!(event = "partner_center_referral_saved_no_domain", referral_id = referral.id);
            }
        }
        Step::Skip { referral_id, reason, .. } => {
            tracing::debug!(event = "partner_center_referral_skipped", referral_id, reason);
        }
        Step::Fail { referral_id, reason } => {
            tracing::debug!(event = "partner_center_referral_failed", referral_id, reason);
        }
        Step::Unchanged { .. } => {}
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use hunter_sandbox::{Endpoint, Fault, FaultRule};

    use crate::laptop::Laptop;
    use crate::reading::Depth;
    use crate::referrals::ReferralQuery;
    use crate::settings::Setting;

    /// Of a large collection on a slow line, what has come is found long before the rest.
    #[tokio::test]
    async fn what_has_come_is_found_while_the_next_page_is_on_its_way() {
        let laptop = Laptop::new().await;
        laptop.engine.change_setting(Setting::PageSize, Some("10")).unwrap();
        laptop.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 60_000 }).skip(1));
        let engine = laptop.engine.clone();
        let sync = tokio::spawn(async move { engine.sync(Depth::Full).await });
        let found = async |search: Option<String>| {
            let query = ReferralQuery { status: Some("all".into()), search, ..ReferralQuery::default() };
            loop {
                if let [first, ..] = &laptop.engine.list(&query).await.unwrap().items[..] {
                    return first.name.clone();
                }
                tokio::task::yield_now().await;
            }
        };
        let name = found(None).await;
        assert_eq!(found(Some(name.clone())).await, name);
        assert!(!sync.is_finished());
    }
}
