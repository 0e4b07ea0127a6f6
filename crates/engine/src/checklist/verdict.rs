//! Pure rules: what counts, what a section waits for, and the verdict.

use jiff::{SignedDuration, Timestamp};

use super::items::Item;
use super::view::{How, ItemState, PhaseId, PhaseStatus, Verdict};
use crate::settings::Environment;

/// What decides about results besides themselves.
#[derive(Debug, Clone)]
pub(crate) struct Now<'a> {
    pub environment: Environment,
    pub flag_is_on: bool,
    /// What tells the settings in force from others.
    pub basis: &'a str,
    pub now: Timestamp,
}

/// What was found last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    pub state: ItemState,
    pub basis: &'a str,
    pub at: Timestamp,
}

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub phase: PhaseId,
    pub required: bool,
    pub state: ItemState,
    pub expired: bool,
}

impl Standing {
    pub fn of(item: &Item, found: Option<Found<'_>>, now: &Now<'_>) -> Self {
        let unanswered = match item.how {
            How::Automatic | How::Action => ItemState::NotRun,
            How::ByHand => ItemState::Manual,
        };
        let expired = found.is_some_and(|found| is_expired(item, found, now));
        let state = match found {
            Some(found) if !expired => found.state,
            Some(_) | None => unanswered,
        };
        Self {
            phase: item.phase,
            required: item.is_required(now.environment, now.flag_is_on),
            state,
            expired,
        }
    }

    pub fn blocks(&self) -> bool {
        self.required && self.state != ItemState::Pass
    }
}

/// A result counts for some time, and an automatic one only under the settings that it was found under; one from the
/// future was found by a clock that was wrong.
fn is_expired(item: &Item, found: Found<'_>, now: &Now<'_>) -> bool {
    let validity = SignedDuration::from_hours(i64::from(item.valid_hours));
    let is_recent = found.at <= now.now && now.now.duration_since(found.at) < validity;
    !is_recent || (item.how == How::Automatic && found.basis != now.basis)
}

/// GO only if there is something to be proved, and all of it is.
pub(crate) fn verdict(standings: &[Standing]) -> Verdict {
    let nothing_asked = !standings.iter().any(|standing| standing.required);
    if nothing_asked || standings.iter().any(Standing::blocks) { Verdict::NoGo } else { Verdict::Go }
}

/// Which items, by their places, keep a section waiting: required ones of earlier sections that have not passed. The
/// ways back are open at any time.
pub(crate) fn waits_for(standings: &[Standing], phase: PhaseId) -> Vec<usize> {
    let waits =
        |standing: &Standing| phase != PhaseId::Rollback && standing.phase < phase && standing.blocks();
    standings.iter().enumerate().filter(|(_, standing)| waits(standing)).map(|(place, _)| place).collect()
}

/// How a section stands; one that requires nothing has passed when all of its items have.
pub(crate) fn phase_status(standings: &[Standing], phase: PhaseId) -> PhaseStatus {
    let here: Vec<&Standing> = standings.iter().filter(|standing| standing.phase == phase).collect();
    let requires = here.iter().any(|standing| standing.required);
    let is_done =
        |standing: &&Standing| standing.state == ItemState::Pass || (requires && !standing.required);
    if !waits_for(standings, phase).is_empty() {
        PhaseStatus::Waiting
    } else if here.iter().any(|standing| standing.state == ItemState::Fail) {
        PhaseStatus::Fail
    } else if here.iter().all(is_done) {
        PhaseStatus::Pass
    } else {
        PhaseStatus::Open
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::checklist::items::ITEMS;

    const ENVIRONMENTS: [Environment; 3] = [Environment::Dev, Environment::Staging, Environment::Prod];
    const STATES: [ItemState; 5] =
        [ItemState::Pass, ItemState::Fail, ItemState::Manual, ItemState::NotRun, ItemState::Skipped];

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(490_000 + hours)
    }

    fn now(environment: Environment, flag_is_on: bool) -> Now<'static> {
        Now { environment, flag_is_on, basis: "ours", now: at(0) }
    }

    fn all_pass(now: &Now<'_>) -> Vec<Standing> {
        let found = Found { state: ItemState::Pass, basis: "ours", at: at(-1) };
        ITEMS.iter().map(|item| Standing::of(item, Some(found), now)).collect()
    }

    fn found() -> impl Strategy<Value = Option<(usize, bool, i64)>> {
        proptest::option::of((0..STATES.len(), any::<bool>(), -9000i64..3))
    }

    proptest! {
        #[test]
        fn go_means_that_every_required_item_passed_within_its_validity(
            founds in proptest::collection::vec(found(), ITEMS.len()),
            environment in 0usize..3,
            flag_is_on: bool,
        ) {
            let now = now(ENVIRONMENTS[environment], flag_is_on);
            let mut is_proved = true;
            let standings: Vec<Standing> = ITEMS.iter().zip(&founds).map(|(item, found)| {
                let proves = found.is_some_and(|(state, same, hours)| {
                    STATES[state] == ItemState::Pass
                        && (same || item.how != How::Automatic)
                        && hours <= 0
                        && -hours < i64::from(item.valid_hours)
                });
                is_proved &= proves || !item.is_required(now.environment, flag_is_on);
                let found = found.map(|(state, same, hours)| Found {
                    state: STATES[state],
                    basis: if same { "ours" } else { "others" },
                    at: at(hours),
                });
                Standing::of(item, found, &now)
            }).collect();
            prop_assert_eq!(verdict(&standings) == Verdict::Go, is_proved);
        }

        #[test]
        fn a_section_waits_for_exactly_what_earlier_ones_require(
            founds in proptest::collection::vec(found(), ITEMS.len()),
            environment in 0usize..3,
        ) {
            let now = now(ENVIRONMENTS[environment], true);
            let standings: Vec<Standing> = ITEMS.iter().zip(founds).map(|(item, found)| {
                let found = found.map(|(state, _, hours)| Found { state: STATES[state], basis: "ours", at: at(hours) });
                Standing::of(item, found, &now)
            }).collect();
            for phase in PhaseId::ALL {
                let waits = waits_for(&standings, phase);
                prop_assert_eq!(phase_status(&standings, phase) == PhaseStatus::Waiting, !waits.is_empty());
                for (place, item) in ITEMS.iter().enumerate() {
                    let holds_up =
                        item.phase < phase && phase != PhaseId::Rollback && standings[place].blocks();
                    prop_assert_eq!(waits.contains(&place), holds_up);
                }
            }
            for never in [PhaseId::Environment, PhaseId::Rollback] {
                prop_assert!(waits_for(&standings, never).is_empty());
            }
        }
    }

    #[test]
    fn any_single_required_item_is_enough_for_no_go() {
        for environment in ENVIRONMENTS {
            for flag_is_on in [false, true] {
                let now = now(environment, flag_is_on);
                let go = all_pass(&now);
                assert_eq!(verdict(&go), Verdict::Go);
                for place in (0..go.len()).filter(|place| go[*place].required) {
                    for state in STATES.into_iter().filter(|state| *state != ItemState::Pass) {
                        let mut standings = go.clone();
                        standings[place].state = state;
                        assert_eq!(verdict(&standings), Verdict::NoGo, "{}", ITEMS[place].id);
                    }
                }
            }
        }
    }

    #[test]
    fn a_checklist_without_items_says_no() {
        assert_eq!(verdict(&[]), Verdict::NoGo);
    }

    #[test]
    fn rolling_back_is_never_required_and_never_a_failure_of_what_is_proved() {
        let now = now(Environment::Prod, true);
        let mut standings = all_pass(&now);
        for standing in standings.iter_mut().filter(|standing| standing.phase == PhaseId::Rollback) {
            assert!(!standing.required);
            standing.state = ItemState::Fail;
        }
        assert_eq!(verdict(&standings), Verdict::Go);
        assert_eq!(phase_status(&standings, PhaseId::Rollback), PhaseStatus::Fail);
        assert_eq!(phase_status(&standings, PhaseId::FirstDay), PhaseStatus::Pass);
    }
}
