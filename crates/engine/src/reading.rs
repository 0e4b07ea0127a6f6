//! How much of the collection a run reads: what changed since the last one, or everything.

use hunter_store::{Pass, Position};
use jiff::{SignedDuration, Timestamp};

/// A change may become visible at the service a little later than one that happened after it.
pub(crate) const OVERLAP: SignedDuration = SignedDuration::from_mins(15);
/// What fell out of the list is found by reading all of it once a day.
const FULL_PASS_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// A service that refused a date filter may have learnt it.
const FILTER_REFUSED_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);
/// A watermark so far ahead of our clock came from a clock that was wrong.
const FARTHEST_AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// Pages in a row without anything that could be news, after which the rest is known.
const OLD_PAGES: u32 = 2;
/// The service does not keep a place in its list for ever.
const PASS_LASTS: SignedDuration = SignedDuration::from_hours(12);

/// How much of the collection a sync is asked to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// As much as is needed to miss nothing.
    AsNeeded,
    /// Everything, whatever is known already.
    Full,
}

/// What a run reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// What changed since then.
    Changes { since: Timestamp },
    /// All of the collection; an unfinished pass goes on where it stopped. `since` is for what changed, should the list
    /// not be readable to its end.
    Everything { since: Option<Timestamp>, unfinished: Option<Pass> },
}

impl Reading {
    /// Decides from what has been read before, and from where.
    pub fn choose(position: &Position, source: &str, depth: Depth, now: Timestamp) -> Self {
        let may_filter = depth == Depth::AsNeeded && !filter_is_refused(position, now);
        let since = position.watermark.filter(|since| {
            may_filter && position.source == source && since.duration_since(now) <= FARTHEST_AHEAD
        });
        let unfinished = position.pass.as_ref().filter(|pass| {
            depth == Depth::AsNeeded && pass.source == source && is_recent(pass.began_at, PASS_LASTS, now)
        });
        let is_whole = position.full_pass_at.is_some_and(|at| is_recent(at, FULL_PASS_EVERY, now));
        match since {
            Some(since) if is_whole && unfinished.is_none() => Self::Changes { since },
            since => Self::Everything { since, unfinished: unfinished.cloned() },
        }
    }
}

/// A clock that was set back makes nothing recent.
fn is_recent(then: Timestamp, span: SignedDuration, now: Timestamp) -> bool {
    then <= now && now.duration_since(then) < span
}

/// Whether the service refused a date filter not long ago.
pub(crate) fn filter_is_refused(position: &Position, now: Timestamp) -> bool {
    position.filter_refused_at.is_some_and(|at| is_recent(at, FILTER_REFUSED_FOR, now))
}

/// How far a list that comes newest first has been looked through.
#[derive(Debug)]
pub(crate) struct Newest {
    since: Timestamp,
    /// The newest change so far, and the one read last.
    newest: Option<Timestamp>,
    last: Option<Timestamp>,
    in_order: bool,
    old_pages: u32,
}

impl Newest {
    pub fn since(since: Timestamp) -> Self {
        Self { since, newest: None, last: None, in_order: true, old_pages: 0 }
    }

    pub fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// Takes a page in; true if nothing that follows it is likely to be news: it and the one before brought none, all of
    /// them is at or before the watermark, and the service keeps the order that was asked for.
    pub fn is_end(
        &mut self,
        updates: impl IntoIterator<Item = Option<Timestamp>>,
        brought_news: bool,
    ) -> bool {
        let mut all_old = true;
        let mut is_empty = true;
        for updated_at in updates {
            is_empty = false;
            let Some(updated_at) = updated_at else {
                all_old = false;
                continue;
            };
            all_old &= updated_at <= self.since;
            self.in_order &= self.last.is_none_or(|last| updated_at <= last);
            self.last = Some(updated_at);
            self.newest = self.newest.max(Some(updated_at));
        }
        let is_old = all_old && self.in_order && !is_empty && !brought_news;
        self.old_pages = if is_old { self.old_pages + 1 } else { 0 };
        self.old_pages == OLD_PAGES
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}:00Z").parse().unwrap()
    }

    fn read_before() -> Position {
        Position {
            watermark: Some(at("20T09:00")),
            full_pass_at: Some(at("20T08:00")),
            source: "Incoming of here".to_owned(),
            ..Position::default()
        }
    }

    fn pass(began_at: &str) -> Pass {
        Pass {
            first_run: 1,
            began_at: at(began_at),
            service_time: at(began_at),
            newest: None,
            is_odd: false,
            source: "Incoming of here".to_owned(),
            next: Some("$skiptoken=x".to_owned()),
        }
    }

    #[rstest]
    #[case::never_read(Position::default(), Depth::AsNeeded, "everything")]
    #[case::read_today(read_before(), Depth::AsNeeded, "changes")]
    #[case::asked_for(read_before(), Depth::Full, "everything")]
    #[case::a_day_ago(Position { full_pass_at: Some(at("19T10:00")), ..read_before() }, Depth::AsNeeded, "everything")]
    #[case::clock_set_back(Position { full_pass_at: Some(at("20T11:00")), ..read_before() }, Depth::AsNeeded, "everything")]
    #[case::other_source(Position { source: "All of here".to_owned(), ..read_before() }, Depth::AsNeeded, "everything")]
    #[case::refused(Position { filter_refused_at: Some(at("15T10:00")), ..read_before() }, Depth::AsNeeded, "everything")]
    #[case::refused_long_ago(Position { filter_refused_at: Some(at("12T10:00")), ..read_before() }, Depth::AsNeeded, "changes")]
    #[case::mark_in_the_future(Position { watermark: Some(at("22T09:00")), ..read_before() }, Depth::AsNeeded, "everything")]
    #[case::nothing_there_yet(Position { watermark: None, ..read_before() }, Depth::AsNeeded, "everything")]
    #[case::unfinished(Position { pass: Some(pass("20T09:30")), ..read_before() }, Depth::AsNeeded, "go on")]
    #[case::unfinished_first(Position { pass: Some(pass("20T09:30")), ..Position::default() }, Depth::AsNeeded, "go on")]
    #[case::unfinished_but_all(Position { pass: Some(pass("20T09:30")), ..read_before() }, Depth::Full, "everything")]
    #[case::too_old(Position { pass: Some(pass("19T09:30")), ..Position::default() }, Depth::AsNeeded, "everything")]
    #[case::unfinished_and_refused(Position { pass: Some(pass("20T09:30")), filter_refused_at: Some(at("19T10:00")), ..Position::default() }, Depth::AsNeeded, "go on")]
    fn readings(#[case] position: Position, #[case] depth: Depth, #[case] expected: &str) {
        let chosen = match Reading::choose(&position, "Incoming of here", depth, at("20T10:00")) {
            Reading::Changes { since } => {
                assert_eq!(Some(since), position.watermark);
                "changes"
            }
            Reading::Everything { unfinished: None, .. } => "everything",
            Reading::Everything { unfinished: Some(_), .. } => "go on",
        };
        assert_eq!(chosen, expected);
    }

    #[rstest]
    #[case::all_old(&[Some("20T08:59"), Some("20T08:59")], false, true)]
    #[case::one_newer(&[Some("20T09:01"), Some("20T08:59")], false, false)]
    #[case::news_of_old_date(&[Some("20T09:00")], true, false)]
    #[case::no_date(&[Some("20T09:00"), None], false, false)]
    #[case::out_of_order(&[Some("20T08:58"), Some("20T08:59")], false, false)]
    #[case::empty(&[], false, false)]
    fn ends(#[case] updates: &[Option<&str>], #[case] brought_news: bool, #[case] is_end: bool) {
        let updates = updates.iter().map(|update| update.map(at));
        let mut newest = Newest::since(at("20T09:00"));
        assert!(!newest.is_end(updates.clone(), brought_news), "one page is not enough");
        assert_eq!(newest.is_end(updates, brought_news), is_end);
    }

    #[test]
    fn once_out_of_order_the_end_is_the_end_of_the_list() {
        let mut newest = Newest::since(at("20T09:00"));
        assert!(!newest.is_end([Some(at("20T08:00"))], true));
        assert!(!newest.is_end([Some(at("20T08:30"))], false));
        assert!(!newest.is_end([Some(at("20T08:20"))], false));
        assert_eq!(newest.newest(), Some(at("20T08:30")));
    }
}
