//! When the next background sync is due, and how background syncing is: pure rules of what the last run met.

use std::time::Duration;

use hunter_store::{Schedule, Trouble};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

use crate::error::{ErrorCode, HunterError};

/// First pause after nobody answered; it doubles up to the interval.
const FIRST_RETRY: Duration = Duration::from_secs(30);
/// First and longest time for which a service that throttles without naming a time is left alone.
const FIRST_REST: Duration = Duration::from_secs(120);
const LONGEST_REST: Duration = Duration::from_secs(3600);
/// Programs that started together shall not ask together.
const JITTER: f64 = 0.1;

/// How background syncing is; the same words in window, tray, `status` and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// It waits for the next run.
    Idle,
    /// A run is under way.
    Syncing,
    /// Nobody answers; it tries again.
    Offline,
    /// The service asked to be left alone for a while.
    Throttled,
    /// Somebody has to sign in.
    NeedsSignIn,
    /// A person paused it.
    Paused,
    /// The feature flag is off.
    Off,
}

impl SyncState {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Syncing => "syncing",
            Self::Offline => "offline",
            Self::Throttled => "throttled",
            Self::NeedsSignIn => "needs_sign_in",
            Self::Paused => "paused",
            Self::Off => "off",
        }
    }
}

/// What is true besides the schedule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    pub is_syncing: bool,
    pub is_enabled: bool,
    pub needs_sign_in: bool,
}

/// How background syncing is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SyncHealth {
    pub state: SyncState,
    pub throttled_until: Option<Timestamp>,
    pub paused: bool,
    pub needs_sign_in: bool,
    /// When the next run is due; `None` when none is.
    pub next_at: Option<Timestamp>,
}

impl SyncHealth {
    pub fn of(schedule: &Schedule, facts: Facts, now: Timestamp) -> Self {
        let throttled_until = match schedule.trouble {
            Some(Trouble::Throttled { until }) if until > now => Some(until),
            Some(Trouble::Throttled { .. } | Trouble::Offline | Trouble::SignIn { .. }) | None => None,
        };
        let state = match () {
            () if facts.is_syncing => SyncState::Syncing,
            () if !facts.is_enabled => SyncState::Off,
            () if facts.needs_sign_in => SyncState::NeedsSignIn,
            () if schedule.paused => SyncState::Paused,
            () if throttled_until.is_some() => SyncState::Throttled,
            () if schedule.trouble == Some(Trouble::Offline) => SyncState::Offline,
            () => SyncState::Idle,
        };
        let is_waiting = match state {
            SyncState::Idle | SyncState::Syncing | SyncState::Offline | SyncState::Throttled => true,
            SyncState::NeedsSignIn | SyncState::Paused | SyncState::Off => false,
        };
        Self {
            state,
            throttled_until,
            paused: schedule.paused,
            needs_sign_in: facts.needs_sign_in,
            next_at: schedule.next_at.filter(|_| is_waiting),
        }
    }
}

/// What a run met, as far as the next one depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Met {
    /// Nothing that waiting less or more would change.
    Nothing,
    Offline,
    Throttled {
        until: Option<Timestamp>,
    },
    /// Nobody is signed in, on this basis.
    SignIn {
        basis: String,
    },
}

impl Met {
    /// Reads it off what broke a run off.
    pub fn of(error: Option<&HunterError>, basis: impl FnOnce() -> String) -> Self {
        let Some(error) = error else { return Self::Nothing };
        let code = error.code();
        let is_offline =
            matches!(code, ErrorCode::Network | ErrorCode::Timeout | ErrorCode::ServiceUnavailable);
        if is_offline {
            Self::Offline
        } else if code == ErrorCode::Throttled {
            Self::Throttled { until: error.until() }
        } else if code.exit_code() == ErrorCode::SignInNeeded.exit_code() {
            Self::SignIn { basis: basis() }
        } else {
            Self::Nothing
        }
    }
}

/// Sets when the next run is due after one that ended now.
pub(crate) fn after_run(schedule: &mut Schedule, met: Met, interval: Duration, now: Timestamp) {
    after_run_with(schedule, met, interval, now, (Uuid::new_v4().as_u128() % 1000) as f64 / 1000.0);
}

fn after_run_with(schedule: &mut Schedule, met: Met, interval: Duration, now: Timestamp, jitter: f64) {
    let later = |wait: Duration| now + wait.mul_f64(1.0 + JITTER * jitter);
    schedule.failures = match met {
        Met::Nothing | Met::SignIn { .. } => 0,
        Met::Offline | Met::Throttled { .. } => schedule.failures.saturating_add(1),
    };
    let doubled = |first: Duration, longest: Duration| {
        first.saturating_mul(1 << (schedule.failures.saturating_sub(1)).min(16)).min(longest)
    };
    let is_told = schedule.told_sign_in;
    schedule.told_sign_in = false;
    (schedule.trouble, schedule.next_at) = match met {
        Met::Nothing => (None, Some(later(interval))),
        Met::Offline => (Some(Trouble::Offline), Some(later(doubled(FIRST_RETRY, interval)))),
        Met::Throttled { until } => {
            let rested = now + doubled(FIRST_REST, LONGEST_REST.max(interval));
            let until = until.map_or(rested, |until| until.max(rested));
            let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
            let until = later(wait);
            (Some(Trouble::Throttled { until }), Some(until))
        }
        Met::SignIn { basis } => {
            schedule.told_sign_in = is_told;
            (Some(Trouble::SignIn { basis }), None)
        }
    };
}

/// When a run is due by the schedule; a time that a changed clock or interval put out of reach counts as now.
pub(crate) fn due_at(schedule: &Schedule, interval: Duration, now: Timestamp) -> Timestamp {
    let longest = match schedule.trouble {
        Some(Trouble::Throttled { .. }) => SignedDuration::from_hours(48),
        Some(Trouble::Offline | Trouble::SignIn { .. }) | None => SignedDuration::ZERO,
    };
    let reach = SignedDuration::try_from(interval).unwrap_or(longest) * 2;
    schedule.next_at.filter(|at| at.duration_since(now) <= reach.max(longest)).unwrap_or(now)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;

    const INTERVAL: Duration = Duration::from_secs(600);

    fn now() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().unwrap()
    }

    fn basis() -> String {
        "1".to_owned()
    }

    #[rstest]
    #[case::fine(&[Met::Nothing], 600, 0)]
    #[case::fine_after_trouble(&[Met::Offline, Met::Nothing], 600, 0)]
    #[case::offline_once(&[Met::Offline], 30, 1)]
    #[case::offline_three_times(&[Met::Offline, Met::Offline, Met::Offline], 120, 3)]
    #[case::offline_for_long(&[const { Met::Offline }; 40], 600, 40)]
    #[case::throttled(&[Met::Throttled { until: None }], 120, 1)]
    #[case::throttled_for_long(&[const { Met::Throttled { until: None } }; 40], 3600, 40)]
    fn waits(#[case] met: &[Met], #[case] seconds: i64, #[case] failures: u32) {
        for (jitter, factor) in [(0.0, 1.0), (0.999, 1.1)] {
            let mut schedule = Schedule::default();
            for met in met {
                after_run_with(&mut schedule, met.clone(), INTERVAL, now(), jitter);
            }
            let wait = schedule.next_at.unwrap().duration_since(now()).as_secs_f64();
            assert!((wait - seconds as f64 * factor).abs() < 1.0, "{wait} s");
            assert_eq!(schedule.failures, failures);
        }
    }

    #[test]
    fn a_named_time_is_kept_and_a_short_one_does_not_undo_patience() {
        let mut schedule = Schedule::default();
        let until = now() + Duration::from_secs(1800);
        after_run_with(&mut schedule, Met::Throttled { until: Some(until) }, INTERVAL, now(), 0.0);
        assert_eq!((schedule.next_at, &schedule.trouble), (Some(until), &Some(Trouble::Throttled { until })));
        let soon = now() + Duration::from_secs(1);
        after_run_with(&mut schedule, Met::Throttled { until: Some(soon) }, INTERVAL, now(), 0.0);
        assert_eq!(schedule.next_at, Some(now() + Duration::from_secs(240)));
    }

    #[test]
    fn without_a_session_nothing_is_due_and_nobody_is_told_twice() {
        let mut schedule = Schedule::default();
        after_run(&mut schedule, Met::SignIn { basis: basis() }, INTERVAL, now());
        assert_eq!((schedule.next_at, schedule.told_sign_in), (None, false));
        schedule.told_sign_in = true;
        after_run(&mut schedule, Met::SignIn { basis: basis() }, INTERVAL, now());
        assert!(schedule.told_sign_in);
        after_run(&mut schedule, Met::Nothing, INTERVAL, now());
        assert!(!schedule.told_sign_in);
    }

    #[rstest]
    #[case::never_run(None, None, 0)]
    #[case::soon(Some(300), None, 300)]
    #[case::past(Some(-300), None, -300)]
    #[case::interval_was_longer(Some(3600), None, 0)]
    #[case::clock_was_ahead(Some(400_000), None, 0)]
    #[case::throttled(Some(3600), Some(Trouble::Throttled { until: now() }), 3600)]
    #[case::throttled_for_a_day(Some(95_000), Some(Trouble::Throttled { until: now() }), 95_000)]
    fn due(#[case] next: Option<i64>, #[case] trouble: Option<Trouble>, #[case] expected: i64) {
        let at = |seconds: i64| now() + SignedDuration::from_secs(seconds);
        let schedule = Schedule { next_at: next.map(at), trouble, ..Schedule::default() };
        assert_eq!(due_at(&schedule, INTERVAL, now()), at(expected));
    }

    #[rstest]
    #[case::idle(None, false, (false, true, false), SyncState::Idle, true)]
    #[case::syncing(Some(Trouble::Offline), true, (true, true, true), SyncState::Syncing, true)]
    #[case::off(Some(Trouble::Offline), true, (false, false, true), SyncState::Off, false)]
    #[case::sign_in(None, true, (false, true, true), SyncState::NeedsSignIn, false)]
    #[case::paused(Some(Trouble::Offline), true, (false, true, false), SyncState::Paused, false)]
    #[case::offline(Some(Trouble::Offline), false, (false, true, false), SyncState::Offline, true)]
    #[case::rested(Some(Trouble::Throttled { until: now() }), false, (false, true, false), SyncState::Idle, true)]
    fn states(
        #[case] trouble: Option<Trouble>,
        #[case] paused: bool,
        #[case] (is_syncing, is_enabled, needs_sign_in): (bool, bool, bool),
        #[case] state: SyncState,
        #[case] has_next: bool,
    ) {
        let schedule = Schedule { paused, trouble, next_at: Some(now()), ..Schedule::default() };
        let health = SyncHealth::of(&schedule, Facts { is_syncing, is_enabled, needs_sign_in }, now());
        assert_eq!((health.state, health.next_at.is_some()), (state, has_next));
    }

    #[test]
    fn throttled_until_the_time_has_come() {
        let until = now() + Duration::from_secs(60);
        let schedule = Schedule { trouble: Some(Trouble::Throttled { until }), ..Schedule::default() };
        let facts = Facts { is_syncing: false, is_enabled: true, needs_sign_in: false };
        let before = SyncHealth::of(&schedule, facts, now());
        assert_eq!((before.state, before.throttled_until), (SyncState::Throttled, Some(until)));
        assert_eq!(SyncHealth::of(&schedule, facts, until).state, SyncState::Idle);
    }
}
