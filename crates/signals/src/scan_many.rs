use std::future::Future;
use std::pin::pin;

use futures::{Stream, StreamExt, stream};
use hunter_referral::Signals;

use crate::scanner::{ScanError, Scanner};

/// One domain of many, and what was found out about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// As it was passed.
    pub domain: String,
    pub result: Result<Signals, ScanError>,
}

impl Scanned {
    /// Whether servers were asked and none of them said anything.
    fn is_silent(&self) -> bool {
        self.result.as_ref().is_ok_and(|signals| *signals == Signals::unanswered(signals.domain.as_str()))
    }
}

/// How a scan of many domains ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Each domain was told of.
    Complete,
    /// It was stopped; the domains that were not told of are left to be scanned.
    Stopped,
    /// One domain after the other got no answer at all: the servers are out of reach, and asking on is no use now.
    Unreachable,
}

impl Scanner {
    /// Scans domains as the stream is polled, a bounded number side by side, each told of when it is done; to stop, drop it.
    pub fn scan_many<'a, D>(&'a self, domains: D) -> impl Stream<Item = Scanned> + Send + 'a
    where
        D: IntoIterator<Item = String>,
        D::IntoIter: Send + 'a,
    {
        stream::iter(domains.into_iter().map(move |domain| self.scanned(domain)))
            .buffer_unordered(self.options.domains_at_once.max(1))
    }

    /// Scans domains until all are done, `stop` is, or the servers are out of reach. What was told of is done; to go on
    /// later, pass the rest.
    pub async fn scan_until<D>(
        &self,
        domains: D,
        stop: impl Future<Output = ()> + Send,
        mut on_each: impl FnMut(Scanned) + Send,
    ) -> Ending
    where
        D: IntoIterator<Item = String>,
        D::IntoIter: Send,
    {
        let mut stop = pin!(stop);
        let mut scanned = pin!(self.scan_many(domains));
        let mut silent = 0;
        loop {
            let next = tokio::select! {
                biased;
                () = &mut stop => return Ending::Stopped,
                next = scanned.next() => next,
            };
            let Some(next) = next else {
                return Ending::Complete;
            };
            silent = if next.is_silent() { silent + 1 } else { 0 };
            on_each(next);
            if silent >= self.options.give_up_after.max(1) {
                return Ending::Unreachable;
            }
        }
    }

    async fn scanned(&self, domain: String) -> Scanned {
        let result = self.scan(&domain).await;
        Scanned { domain, result }
    }
}
