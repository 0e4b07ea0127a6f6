//! Pages on their way from the service, and how it cuts its list into them.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use hunter_partner_center::{ApiError, Page, Pages};
use hunter_store::Understood;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};
use tokio::time::timeout;
use uuid::Uuid;

use crate::error::{ErrorCode, HunterError};
use crate::plan::{Item, Read};

/// Pages in a row that may bring nothing new before a list is taken for endless.
const STALE_PAGES: u32 = 20;
/// Pages that may wait to be stored.
const WAITING_PAGES: usize = 4;
/// How long a transaction that has stored a page waits for the next one, which costs less in it than in one of its own.
const PATIENCE: Duration = Duration::from_millis(50);

/// A page with its items understood.
pub(crate) struct ReadPage {
    pub page: Page,
    pub read: Vec<Read>,
}

impl From<Page> for ReadPage {
    fn from(page: Page) -> Self {
        let read = page.items.iter().map(|item| Understood::read(item.get())).collect();
        Self { page, read }
    }
}

/// Pages that have come, or why no more do, one after the other.
pub(crate) struct Fetched {
    understood: mpsc::Receiver<Result<ReadPage, ApiError>>,
    work: JoinHandle<Result<(), JoinError>>,
}

impl Fetched {
    /// The next page, once it has come.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] if Hunter failed over a page: what it read before is not all that there is.
    pub async fn next(&mut self) -> Result<Option<Result<ReadPage, ApiError>>, HunterError> {
        match self.understood.recv().await {
            None => (&mut self.work).await?.map(|()| None).map_err(HunterError::from),
            page => Ok(page),
        }
    }

    /// The next page, if it has come or is about to.
    pub async fn at_hand(&mut self) -> Option<Result<ReadPage, ApiError>> {
        timeout(PATIENCE, self.understood.recv()).await.ok().flatten()
    }
}

/// Fetches pages while earlier ones are being understood, and those while still earlier ones are being stored.
pub(crate) fn fetch_ahead(mut pages: Pages, first: Page) -> Fetched {
    let (came, mut coming) = mpsc::channel(1);
    let (sender, understood) = mpsc::channel(WAITING_PAGES);
    let fetching = tokio::spawn(async move {
        let mut page = Ok(Some(first));
        while let Some(fetched) = page.transpose() {
            let is_over = fetched.is_err();
            if came.send(fetched).await.is_err() || is_over {
                return;
            }
            page = pages.next().await;
        }
    });
    let work = tokio::spawn(async move {
        while let Some(page) = coming.recv().await {
            let page = match page {
                // Takes milliseconds, for which no answer of the service shall wait.
                Ok(page) => Ok(spawn_blocking(|| ReadPage::from(page)).await?),
                Err(error) => Err(error),
            };
            if sender.send(page).await.is_err() {
                break;
            }
        }
        drop(coming);
        fetching.await
    });
    Fetched { understood, work }
}

/// How a service cuts its list into pages.
#[derive(Default)]
pub(crate) struct Paging {
    size: Option<usize>,
    /// Pages in a row that brought nothing new, empty ones aside.
    stale: u32,
    /// What pages had in them, to tell one that comes again.
    contents: HashSet<u64>,
    /// The last page's request.
    request: Uuid,
    /// Whether it may bring what the run has read before.
    is_again: bool,
    /// A page before the last was shorter than the others, or brought what had come before.
    pub is_odd: bool,
}

impl Paging {
    /// Of what the run has read before, at least in part.
    pub fn again() -> Self {
        Self { is_again: true, ..Self::default() }
    }

    /// Of the rest of a list whose beginning may have been odd.
    pub fn rest(is_odd: bool) -> Self {
        Self { is_odd, ..Self::default() }
    }

    /// Takes in a page with this content that brought so many referrals.
    pub fn take_in(&mut self, page: &Page, content: u64, brought: usize) {
        self.request = page.client_request_id;
        let items = page.items.len();
        let size = *self.size.get_or_insert(items);
        let is_short = items != size && !(page.is_last && items < size);
        let repeats = items != brought && !self.is_again;
        self.is_odd |= is_short || repeats;
        let came_before = !self.contents.insert(content);
        self.stale = match (items, brought) {
            (0, _) => self.stale,
            _ if came_before => self.stale + 1,
            (_, 0) if !self.is_again => self.stale + 1,
            _ => 0,
        };
    }

    /// Whether the list goes on and on without bringing anything.
    pub fn is_endless(&self) -> bool {
        self.stale > STALE_PAGES
    }

    /// # Errors
    /// [`ErrorCode::BadAnswer`] for a list without end.
    pub fn ends(&self) -> Result<(), HunterError> {
        if self.is_endless() {
            return Err(HunterError::new(ErrorCode::BadAnswer).with("request", self.request));
        }
        Ok(())
    }
}

/// What tells whether a page came before.
pub(crate) fn content_of(items: &[Item<'_>]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for item in items {
        match &item.read {
            Ok(understood) => understood.digest.hash(&mut hasher),
            Err(_) => item.payload.hash(&mut hasher),
        }
    }
    hasher.finish()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::value::RawValue;

    /// Otherwise a run would take what it has read for all that there is.
    #[tokio::test]
    async fn a_page_that_hunter_fails_over_is_no_end() {
        let (_, understood) = mpsc::channel(1);
        let work = tokio::spawn(async { spawn_blocking(|| panic!("a page nobody thought of")).await });
        let error = Fetched { understood, work }.next().await.err().unwrap();
        assert_eq!(error.code(), ErrorCode::Internal);
    }

    fn page(items: &[&str]) -> Page {
        let items = items.iter().map(|item| RawValue::from_string((*item).to_owned()).unwrap()).collect();
        Page {
            items,
            number: 1,
            bytes: 0,
            request_id: None,
            client_request_id: Uuid::nil(),
            is_last: false,
            next: None,
            service_time: None,
        }
    }

    /// As a service does whose places in the list are told in other words each time.
    #[rstest]
    #[case::once(Paging::default(), 0)]
    #[case::with_an_item_that_fails_each_time(Paging::default(), 1)]
    #[case::again(Paging::again(), 0)]
    fn a_list_that_leads_back_to_itself_ends(#[case] mut paging: Paging, #[case] brought: usize) {
        let pages = ["1", "2"].map(|id| {
            let page = page(&[&format!(r#"{{"id":"{id}"}}"#), "{}"]);
            let item = |payload| Item { payload, read: Understood::read(payload) };
            let content =
                content_of(&page.items.iter().map(|payload| item(payload.get())).collect::<Vec<_>>());
            (page, content)
        });
        assert_ne!(pages[0].1, pages[1].1);
        for (page, content) in pages.iter().cycle().take(100) {
            paging.take_in(page, *content, brought);
        }
        assert!(paging.ends().is_err());
    }

    #[test]
    fn a_long_list_that_is_read_again_is_no_loop() {
        let mut paging = Paging::again();
        for number in 0..200 {
            let item = format!(r#"{{"id":"{number}"}}"#);
            paging.take_in(&page(&[&item]), number, 0);
            assert!(paging.ends().is_ok());
        }
    }
}
