use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;
use uuid::Uuid;

use crate::api_error::{ApiError, ApiErrorKind, BadAnswer};
use crate::call::Caller;
use crate::http::HttpOptions;
use crate::next_link::{NextPage, encoded};
use crate::session::Session;

pub use crate::call::Wait;

/// Empty pages in a row after which a list is taken for endless; a service that leaves out what somebody may not see
/// sends some.
const MOST_EMPTY_PAGES: u32 = 500;

/// The referrals API, read with a person's session.
#[derive(Debug, Clone)]
pub struct ReferralsClient {
    caller: Arc<Caller>,
}

impl ReferralsClient {
    pub fn new(session: Arc<Session>, options: HttpOptions) -> Self {
        Self::with_wait_observer(session, options, |_| {})
    }

    /// A client that tells when it waits before another attempt.
    pub fn with_wait_observer(
        session: Arc<Session>,
        options: HttpOptions,
        on_wait: impl Fn(Wait) + Send + Sync + 'static,
    ) -> Self {
        Self { caller: Arc::new(Caller::new(session, options, Box::new(on_wait))) }
    }

    /// Reads a list page by page; nothing is sent before the first [`Pages::next`].
    pub fn list(&self, query: &ListQuery) -> Pages {
        Pages {
            caller: Arc::clone(&self.caller),
            next: Next::Ask(Start { query: query.to_query(), has_filter: query.updated_since.is_some() }),
            seen: HashSet::new(),
            number: 0,
            empty: 0,
        }
    }

    /// Goes on with a list where an earlier reading stopped, at a [`Page::next`]; the service may have forgotten it.
    ///
    /// # Errors
    /// When this is no query of a next page.
    pub fn list_from(&self, next: &str) -> Result<Pages, BadAnswer> {
        let next = NextPage::from_link(&format!("?{next}"), &self.caller.url())?;
        Ok(Pages {
            caller: Arc::clone(&self.caller),
            next: Next::Ask(Start { query: next.query, has_filter: false }),
            seen: HashSet::from([next.token]),
            number: 0,
            empty: 0,
        })
    }

    /// Reads one referral; its `item` is `None` when the service knows no such id.
    ///
    /// # Errors
    /// When the service gives no usable answer.
    pub async fn get(&self, id: &str) -> Result<Single, ApiError> {
        if matches!(id, "" | "." | "..") {
            return Err(ApiErrorKind::UnusableId.into());
        }
        let mut url = self.caller.url();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.push(id);
        }
        let (item, answer) = self
            .caller
            .call(&url, false, |status, body| match status {
                404 => Ok(None),
                _ => object(body).map(Some),
            })
            .await?;
        Ok(Single {
            item,
            bytes: answer.bytes,
            request_id: answer.request_id,
            client_request_id: answer.client_request_id,
        })
    }
}

/// What to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// The page size asked for; the service may send less.
    pub top: u32,
    pub order_by: OrderBy,
    /// Only referrals updated at or after this time; a service may refuse this.
    pub updated_since: Option<Timestamp>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self { top: 200, order_by: OrderBy::CreatedAscending, updated_since: None }
    }
}

impl ListQuery {
    fn to_query(&self) -> String {
        let mut query = format!("$orderby={}&$top={}", encoded(self.order_by.as_odata()), self.top.max(1));
        if let Some(time) = self.updated_since {
            query.push_str("&$filter=");
            query.push_str(&encoded(&format!("updatedDateTime ge {time}")));
        }
        query
    }
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderBy {
    CreatedAscending,
    CreatedDescending,
    UpdatedAscending,
    UpdatedDescending,
}

impl OrderBy {
    fn as_odata(self) -> &'static str {
        match self {
            Self::CreatedAscending => "createdDateTime asc",
            Self::CreatedDescending => "createdDateTime desc",
            Self::UpdatedAscending => "updatedDateTime asc",
            Self::UpdatedDescending => "updatedDateTime desc",
        }
    }
}

/// A list that is read page by page.
pub struct Pages {
    caller: Arc<Caller>,
    next: Next,
    seen: HashSet<String>,
    number: u32,
    empty: u32,
}

#[derive(Clone)]
enum Next {
    Ask(Start),
    /// The last page named a next one that cannot be asked for.
    Unusable {
        what: BadAnswer,
        request_id: Option<String>,
        client_request_id: Uuid,
    },
    End,
}

#[derive(Clone)]
struct Start {
    query: String,
    has_filter: bool,
}

impl Pages {
    /// Reads the next page; `None` after the last. After an error the same page can be asked for again.
    ///
    /// # Errors
    /// When the service gives no usable answer, or names a next page that cannot be asked for; the page that named it
    /// comes first.
    pub async fn next(&mut self) -> Result<Option<Page>, ApiError> {
        let start = match self.next.clone() {
            Next::Ask(start) => start,
            Next::Unusable { what, request_id, client_request_id } => {
                return Err(ApiError {
                    request_id,
                    client_request_id: Some(client_request_id),
                    ..what.into()
                });
            }
            Next::End => return Ok(None),
        };
        let mut url = self.caller.url();
        url.set_query(Some(&start.query));
        let (envelope, answer) =
            self.caller.call(&url, start.has_filter, |_, body| Envelope::parse(body)).await?;
        self.number += 1;
        self.empty = if envelope.value.is_empty() { self.empty + 1 } else { 0 };
        let next = match self.next_page(&envelope) {
            Ok(next) => next,
            Err(what) => {
                let (request_id, client_request_id) = (answer.request_id.clone(), answer.client_request_id);
                self.next = Next::Unusable { what, request_id, client_request_id };
                None
            }
        };
        tracing::debug!(
            event = "referrals_page_read",
            page = self.number,
            items = envelope.value.len(),
            bytes = answer.bytes,
            request_id = answer.request_id.as_deref(),
            client_request_id = %answer.client_request_id,
        );
        Ok(Some(Page {
            items: envelope.value,
            number: self.number,
            bytes: answer.bytes,
            request_id: answer.request_id,
            client_request_id: answer.client_request_id,
            is_last: matches!(self.next, Next::End),
            next,
            service_time: answer.service_time,
        }))
    }

    fn next_page(&mut self, envelope: &Envelope) -> Result<Option<String>, BadAnswer> {
        self.next = Next::End;
        let Some(next) = envelope.next_page(&self.caller.url())? else { return Ok(None) };
        if !self.seen.insert(next.token) {
            return Err(BadAnswer::Loop);
        }
        if self.empty >= MOST_EMPTY_PAGES {
            return Err(BadAnswer::EmptyPages);
        }
        self.next = Next::Ask(Start { query: next.query.clone(), has_filter: false });
        Ok(Some(next.query))
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("number", &self.number)
            .field("is_finished", &matches!(self.next, Next::End))
            .finish_non_exhaustive()
    }
}

/// One page, each item in the text that was received.
pub struct Page {
    pub items: Vec<Box<RawValue>>,
    /// Counted from one.
    pub number: u32,
    pub bytes: u64,
    pub request_id: Option<String>,
    pub client_request_id: Uuid,
    pub is_last: bool,
    /// With which query the next page can be asked for, also later; `None` on the last page and where it is unusable.
    pub next: Option<String>,
    /// When the service answered, by its own clock.
    pub service_time: Option<Timestamp>,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("items", &self.items.len())
            .field("number", &self.number)
            .field("bytes", &self.bytes)
            .field("request_id", &self.request_id)
            .field("is_last", &self.is_last)
            .finish_non_exhaustive()
    }
}

/// One referral in the text that was received, or the news that there is none.
pub struct Single {
    pub item: Option<Box<RawValue>>,
    pub bytes: u64,
    pub request_id: Option<String>,
    pub client_request_id: Uuid,
}

impl fmt::Debug for Single {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Single")
            .field("is_found", &self.item.is_some())
            .field("bytes", &self.bytes)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Envelope {
    value: Vec<Box<RawValue>>,
    #[serde(default, rename = "@odata.nextLink")]
    next_link: Option<Value>,
    #[serde(default, rename = "odata.nextLink")]
    older_next_link: Option<Value>,
    #[serde(default, rename = "nextLink")]
    plain_next_link: Option<Value>,
}

impl Envelope {
    fn parse(body: &[u8]) -> Result<Self, BadAnswer> {
        serde_json::from_str(&text(body)).map_err(|error| unreadable(&error))
    }

    fn next_page(&self, base: &Url) -> Result<Option<NextPage>, BadAnswer> {
        let links = [&self.next_link, &self.older_next_link, &self.plain_next_link];
        let Some(link) = links.into_iter().flatten().next() else { return Ok(None) };
        NextPage::from_link(link.as_str().ok_or(BadAnswer::NextLink)?, base).map(Some)
    }
}

fn object(body: &[u8]) -> Result<Box<RawValue>, BadAnswer> {
    let item: Box<RawValue> = serde_json::from_str(&text(body)).map_err(|error| unreadable(&error))?;
    if item.get().starts_with('{') { Ok(item) } else { Err(BadAnswer::Shape) }
}

/// What is no UTF-8 in it becomes a replacement character.
fn text(body: &[u8]) -> Cow<'_, str> {
    // Looked at as a whole first, which is much faster than piece by piece.
    std::str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed)
}

fn unreadable(error: &serde_json::Error) -> BadAnswer {
    if error.is_eof() {
        BadAnswer::Truncated
    } else if error.is_data() {
        BadAnswer::Shape
    } else {
        BadAnswer::NotJson
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_byte_that_is_no_text_spoils_no_page() {
        let page =
            Envelope::parse(b"{\"value\":[{\"id\":\"1\",\"name\":\"M\xfcller\"},{\"id\":\"2\"}]}").unwrap();
        let items: Vec<&str> = page.value.iter().map(|item| item.get()).collect();
        assert_eq!(items, ["{\"id\":\"1\",\"name\":\"M\u{fffd}ller\"}", "{\"id\":\"2\"}"]);
    }
}
