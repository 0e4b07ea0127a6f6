//! What is to become of the items of a page: a pure function of what is stored and what came.

use std::collections::{HashMap, HashSet};

use hunter_referral::{Direction, ParseError, Referral, changes, same_value};
use hunter_store::{ErasedMark, Known, Step, Understood, Version, erased_mark};

use crate::settings::DirectionPolicy;

/// The reason on record for a referral that was erased here and has not changed at the service since.
const ERASED: &str = "erased";

/// An item of a page, as received and as understood.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    pub payload: &'a str,
    pub read: Read,
}

/// An item understood, or why it is no referral.
pub(crate) type Read = Result<Box<Understood>, ParseError>;

impl Item<'_> {
    pub fn referral(&self) -> Option<&Referral> {
        self.read.as_ref().ok().map(|understood| &understood.referral)
    }
}

/// Decides for each referral once, of which only the [`newest_of_each`] may be among the items; one brought by an earlier
/// page of the same run is counted no second time.
pub(crate) fn plan<'a>(
    items: Vec<Item<'a>>,
    known: &HashMap<String, Known>,
    passed_over: &HashSet<String>,
    erased: &HashMap<String, ErasedMark>,
    policy: &DirectionPolicy,
) -> Vec<Step<'a>> {
    items
        .into_iter()
        .filter_map(|item| match item.read {
            Err(error) => Some(Step::Fail { referral_id: None, reason: error.as_str().to_owned() }),
            Ok(understood) if passed_over.contains(&understood.referral.id) => None,
            Ok(understood) => {
                let Understood { referral, digest, .. } = &*understood;
                let stored = known.get(&referral.id);
                let is_erased = stored.is_none()
                    && erased.get(&referral.id).is_some_and(|mark| *mark == erased_mark(referral, digest));
                let reason = if is_erased { Some(ERASED) } else { skip_reason(referral, policy) };
                let version = Version { payload: item.payload, understood };
                match reason {
                    Some(_) if stored.is_some_and(|stored| stored.seen_in_run) => None,
                    Some(reason) => Some(skip(version, stored, reason)),
                    None => keep(version, stored),
                }
            }
        })
        .collect()
}

fn keep<'a>(version: Version<'a>, stored: Option<&Known>) -> Option<Step<'a>> {
    let Some(stored) = stored else { return Some(Step::Insert { version }) };
    match (other_payload(stored, version.payload), stored.seen_in_run) {
        (None, true) => None,
        (None, false) => Some(Step::Unchanged { referral_id: version.id().to_owned() }),
        (Some(old), true) if is_older(&version.understood.referral, old) => None,
        (Some(_), true) if stored.changed_in_run => Some(Step::Replace { version }),
        (Some(old), recount) => {
            let changes = changes(old, version.payload);
            Some(Step::Update { version, changes, recount })
        }
    }
}

fn skip<'a>(version: Version<'a>, stored: Option<&Known>, reason: &'static str) -> Step<'a> {
    let referral_id = version.id().to_owned();
    let is_newer = stored.is_some_and(|stored| other_payload(stored, version.payload).is_some());
    Step::Skip { referral_id, reason, is_stored: stored.is_some(), newer: is_newer.then_some(version) }
}

/// The stored payload, if it says something else than the one that came.
pub(crate) fn other_payload<'s>(stored: &'s Known, payload: &str) -> Option<&'s str> {
    stored.payload.as_deref().filter(|stored| !same_value(stored, payload))
}

fn is_older(referral: &Referral, stored_payload: &str) -> bool {
    Referral::parse(stored_payload).is_ok_and(|stored| referral.updated_at < stored.updated_at)
}

/// Of two versions on a page the newer counts, of two as new the later.
pub(crate) fn newest_of_each(items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let mut kept: Vec<Item<'_>> = Vec::with_capacity(items.len());
    let mut places: HashMap<String, usize> = HashMap::with_capacity(items.len());
    for item in items {
        let Some(referral) = item.referral() else {
            kept.push(item);
            continue;
        };
        match places.get(&referral.id) {
            None => {
                places.insert(referral.id.clone(), kept.len());
                kept.push(item);
            }
            Some(&place) => {
                let earlier = kept[place].referral().and_then(|earlier| earlier.updated_at);
                if referral.updated_at >= earlier {
                    kept[place] = item;
                }
            }
        }
    }
    kept
}

/// Only a direction that is known and not wanted is a reason; a missing or unknown one is kept.
fn skip_reason(referral: &Referral, policy: &DirectionPolicy) -> Option<&'static str> {
    match (policy, &referral.direction) {
        (DirectionPolicy::Only(wanted), Some(direction)) if direction != wanted => match direction {
            Direction::Incoming => Some("direction_incoming"),
            Direction::Outgoing => Some("direction_outgoing"),
            Direction::Other(_) => None,
        },
        (DirectionPolicy::All | DirectionPolicy::Only(_), _) => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn known(payload: &str, seen_in_run: bool, changed_in_run: bool) -> HashMap<String, Known> {
        let known = Known { payload: Some(payload.to_owned()), seen_in_run, changed_in_run };
        HashMap::from([("1".to_owned(), known)])
    }

    fn identical(seen_in_run: bool) -> HashMap<String, Known> {
        let known = Known { payload: None, seen_in_run, changed_in_run: false };
        HashMap::from([("1".to_owned(), known)])
    }

    fn item(payload: &str) -> Item<'_> {
        Item { payload, read: Understood::read(payload) }
    }

    fn outcome(steps: &[Step<'_>]) -> Vec<String> {
        steps
            .iter()
            .map(|step| match step {
                Step::Insert { version } => format!("insert {}", version.id()),
                Step::Update { version, changes, recount, .. } => {
                    let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
                    format!("update {} {} {recount}", version.id(), fields.join("+"))
                }
                Step::Replace { version, .. } => format!("replace {}", version.id()),
                Step::Unchanged { referral_id } => format!("unchanged {referral_id}"),
                Step::Skip { referral_id, reason, newer, .. } => {
                    format!("skip {referral_id} {reason}{}", if newer.is_some() { " newer" } else { "" })
                }
                Step::Fail { referral_id, reason } => format!("fail {referral_id:?} {reason}"),
            })
            .collect()
    }

    fn planned(payloads: &[&str], known: &HashMap<String, Known>, policy: &DirectionPolicy) -> Vec<String> {
        let items = newest_of_each(payloads.iter().map(|payload| item(payload)).collect());
        outcome(&plan(items, known, &HashSet::new(), &HashMap::new(), policy))
    }

    const OLD: &str = r#"{"id":"1","status":"New","updatedDateTime":"2026-03-01T00:00:00Z"}"#;
    const SAME: &str = r#"{"status":"New","id":"1","updatedDateTime":"2026-03-01T00:00:00Z"}"#;
    const NEW: &str = r#"{"id":"1","status":"Active","updatedDateTime":"2026-03-02T00:00:00Z"}"#;
    const OLDER: &str = r#"{"id":"1","status":"None","updatedDateTime":"2026-02-01T00:00:00Z"}"#;

    #[rstest]
    #[case(&[OLD], HashMap::new(), &["insert 1"])]
    #[case(&[OLD], known(OLD, false, false), &["unchanged 1"])]
    #[case(&[SAME], known(OLD, false, false), &["unchanged 1"])]
    #[case(&[NEW], known(OLD, false, false), &["update 1 status+updated_at false"])]
    #[case(&[OLD], known(OLD, true, false), &[])]
    #[case(&[OLD], identical(false), &["unchanged 1"])]
    #[case(&[OLD], identical(true), &[])]
    #[case(&[NEW], known(OLD, true, false), &["update 1 status+updated_at true"])]
    #[case(&[NEW], known(OLD, true, true), &["replace 1"])]
    #[case(&[OLDER], known(OLD, true, true), &[])]
    #[case(&[NEW, OLD], HashMap::new(), &["insert 1"])]
    #[case(&["null", "{}", "\"x\"", r#"{"id":""}"#], HashMap::new(), &[
        "fail None The item is not a JSON object", "fail None The item has no id",
        "fail None The item is not a JSON object", "fail None The item has no id"])]
    fn steps(#[case] payloads: &[&str], #[case] known: HashMap<String, Known>, #[case] expected: &[&str]) {
        assert_eq!(planned(payloads, &known, &DirectionPolicy::All), expected);
    }

    #[rstest]
    #[case(DirectionPolicy::Only(Direction::Incoming), &["insert i", "skip o direction_outgoing", "insert n", "insert x"])]
    #[case(DirectionPolicy::Only(Direction::Outgoing), &["skip i direction_incoming", "insert o", "insert n", "insert x"])]
    #[case(DirectionPolicy::All, &["insert i", "insert o", "insert n", "insert x"])]
    fn directions(#[case] policy: DirectionPolicy, #[case] expected: &[&str]) {
        let payloads = [
            r#"{"id":"i","direction":"incoming"}"#,
            r#"{"id":"o","direction":"Outgoing"}"#,
            r#"{"id":"n","direction":null}"#,
            r#"{"id":"x","direction":"Sideways"}"#,
        ];
        assert_eq!(planned(&payloads, &HashMap::new(), &policy), expected);
    }

    #[test]
    fn a_stored_referral_that_is_skipped_now_is_kept_current() {
        let known = known(r#"{"id":"1","direction":"Outgoing","status":"New"}"#, false, false);
        let policy = DirectionPolicy::Only(Direction::Incoming);
        let changed = r#"{"id":"1","direction":"Outgoing","status":"Closed"}"#;
        assert_eq!(planned(&[changed], &known, &policy), ["skip 1 direction_outgoing newer"]);
    }

    #[test]
    fn what_an_earlier_page_passed_over_is_not_counted_again() {
        let passed: HashSet<String> = ["1".to_owned()].into();
        let steps = plan(vec![item(OLD)], &HashMap::new(), &passed, &HashMap::new(), &DirectionPolicy::All);
        assert!(steps.is_empty());
    }

    proptest! {
        #[test]
        fn every_item_has_exactly_one_fate(ids in proptest::collection::vec(0u8..12, 0..40), stored in proptest::collection::hash_set(0u8..12, 0..12)) {
            let payloads: Vec<String> = ids.iter().enumerate()
                .map(|(place, id)| if *id == 0 { "{}".to_owned() } else { format!(r#"{{"id":"{id}","n":{place}}}"#) })
                .collect();
            let known: HashMap<String, Known> = stored.iter()
                .map(|id| (id.to_string(), Known { payload: Some(format!(r#"{{"id":"{id}"}}"#)), seen_in_run: false, changed_in_run: false }))
                .collect();
            let items = newest_of_each(payloads.iter().map(|payload| item(payload)).collect());
            let steps = plan(items, &known, &HashSet::new(), &HashMap::new(), &DirectionPolicy::All);
            let distinct: HashSet<u8> = ids.iter().copied().filter(|id| *id != 0).collect();
            let nameless = ids.iter().filter(|id| **id == 0).count();
            prop_assert_eq!(steps.len(), distinct.len() + nameless);
            let newest = ids.iter().rposition(|id| *id != 0);
            if let Some(place) = newest {
                let id = ids[place].to_string();
                let kept = steps.iter().any(|step| matches!(step, Step::Insert { version } | Step::Update { version, .. }
                    if version.id() == id && version.payload == payloads[place]));
                prop_assert!(kept);
            }
        }
    }

    #[rstest]
    #[case::as_it_was(OLD, OLD, HashMap::new(), &["skip 1 erased"])]
    #[case::changed_since(OLD, NEW, HashMap::new(), &["insert 1"])]
    #[case::came_back_and_is_kept(OLD, OLD, identical(false), &["unchanged 1"])]
    #[case::without_a_date(r#"{"id":"1"}"#, r#"{"id":"1"}"#, HashMap::new(), &["skip 1 erased"])]
    #[case::without_a_date_and_changed(r#"{"id":"1"}"#, r#"{"id":"1","n":2}"#, HashMap::new(), &["insert 1"])]
    fn what_was_erased_comes_back_only_changed(
        #[case] erased: &str,
        #[case] came: &str,
        #[case] known: HashMap<String, Known>,
        #[case] expected: &[&str],
    ) {
        let read = Understood::read(erased).unwrap();
        let erased = HashMap::from([("1".to_owned(), erased_mark(&read.referral, &read.digest))]);
        let steps = plan(vec![item(came)], &known, &HashSet::new(), &erased, &DirectionPolicy::All);
        assert_eq!(outcome(&steps), expected);
    }

    #[test]
    fn the_later_of_two_equal_versions_wins() {
        let first = r#"{"id":"1","n":1}"#;
        let second = r#"{"id":"1","n":2}"#;
        let steps = plan(
            newest_of_each(vec![item(first), item(second)]),
            &HashMap::new(),
            &HashSet::new(),
            &HashMap::new(),
            &DirectionPolicy::All,
        );
        let Some(Step::Insert { version }) = steps.first() else { panic!("no insert: {steps:?}") };
        assert_eq!(version.payload, second);
        assert_eq!(steps.first().map(|_| steps.len()).unwrap(), 1);
    }
}
