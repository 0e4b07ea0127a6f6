//! Pages on their way from the service, and how it cuts its list into them.

use hunter_partner_center::{ApiError, Page, Pages};
use hunter_store::Understood;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::error::{ErrorCode, HunterError};
use crate::plan::Read;

/// Pages in a row that may bring nothing new before a list is taken for endless.
const STALE_PAGES: u32 = 20;
/// Pages that may wait to be stored.
const WAITING_PAGES: usize = 4;

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

/// Pages that have come and wait to be stored.
pub(crate) type Fetched = mpsc::Receiver<Result<ReadPage, ApiError>>;

/// Fetches and understands pages while earlier ones are being applied.
pub(crate) fn fetch_ahead(mut pages: Pages, first: Page) -> Fetched {
    let (sender, receiver) = mpsc::channel(WAITING_PAGES);
    tokio::spawn(async move {
        let mut page = Ok(Some(first));
        while let Some(read) = page.map(|page| page.map(ReadPage::from)).transpose() {
            let is_over = read.is_err();
            if sender.send(read).await.is_err() || is_over {
                return;
            }
            page = pages.next().await;
        }
    });
    receiver
}

/// How a service cuts its list into pages.
#[derive(Default)]
pub(crate) struct Paging {
    size: Option<usize>,
    /// Pages in a row that brought nothing new, empty ones aside.
    stale: u32,
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

    /// Takes in a page that brought so many referrals.
    pub fn take_in(&mut self, page: &Page, brought: usize) {
        self.request = page.client_request_id;
        let items = page.items.len();
        let size = *self.size.get_or_insert(items);
        let is_short = items != size && !(page.is_last && items < size);
        let repeats = items != brought && !self.is_again;
        self.is_odd |= is_short || repeats;
        self.stale = match (items, brought) {
            (0, _) => self.stale,
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
