//! The first 24 hours, from the ledger and the logs.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;

use hunter_store::{PastRun, RunStatus};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{Checks, Outcome};
use crate::checklist::evidence::Evidence;
use crate::checklist::run::Finding;
use crate::error::HunterError;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// A run is up to a tenth of the interval later, and takes its time.
const LATE: SignedDuration = SignedDuration::from_mins(2);

/// The gaps between runs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Gaps {
    longest: SignedDuration,
    /// Longer than they should be.
    late: usize,
    /// Those during which the computer slept.
    asleep: usize,
}

impl Gaps {
    fn of(times: &[Timestamp], woke_up: &[Timestamp], allowed: SignedDuration) -> Self {
        let mut gaps = Self::default();
        for pair in times.windows(2) {
            let [from, to] = [pair[0], pair[1]];
            let gap = to.duration_since(from);
            if gap > allowed && woke_up.iter().any(|at| from < *at && *at <= to) {
                gaps.asleep += 1;
                continue;
            }
            gaps.longest = gaps.longest.max(gap);
            gaps.late += usize::from(gap > allowed);
        }
        gaps
    }
}

impl Checks<'_> {
    async fn runs_of_the_day(&self) -> Result<Vec<PastRun>, HunterError> {
        Ok(self.engine.store().await?.runs_since(self.engine.now() - DAY).await?)
    }

    pub(super) async fn schedule(&self) -> Outcome {
        let (settings, _) = self.ground()?;
        let runs = self.runs_of_the_day().await?;
        let mut times: Vec<Timestamp> = runs.iter().filter_map(|run| run.started_at.parse().ok()).collect();
        if times.is_empty() {
            return Ok(Finding::unknown(Evidence::of("no_sync_yet", &[])));
        }
        times.push(self.engine.now());
        let interval = SignedDuration::try_from(settings.sync_interval).unwrap_or(DAY);
        let woke_up = self.logged("computer_woke_up")?;
        let gaps = Gaps::of(&times, &woke_up, interval + interval / 5 + LATE);
        let values: [(&str, &dyn ToString); 5] = [
            ("runs", &runs.len()),
            ("longest", &gaps.longest.as_secs()),
            ("interval", &interval.as_secs()),
            ("late", &gaps.late),
            ("asleep", &gaps.asleep),
        ];
        Ok(if gaps.late > 0 {
            Finding::fail(Evidence::of("schedule.late", &values))
        } else if runs.len() < 2 {
            Finding::unknown(Evidence::of("schedule.too_early", &values))
        } else {
            Finding::pass(Evidence::of("schedule.kept", &values))
        })
    }

    pub(super) async fn failures(&self) -> Outcome {
        let runs = self.runs_of_the_day().await?;
        let is_good = |run: &&PastRun| run.status == RunStatus::Completed.as_str();
        let failed = runs.len() - runs.iter().filter(is_good).count();
        let values: [(&str, &dyn ToString); 2] = [("runs", &runs.len()), ("failed", &failed)];
        Ok(match runs.last() {
            None => Finding::unknown(Evidence::of("no_sync_yet", &[])),
            Some(last) if !is_good(&last) => Finding::fail(Evidence::of("failures.last", &values)),
            Some(_) if failed > 0 => Finding::pass(Evidence::of("failures.made_good", &values)),
            Some(_) => Finding::pass(Evidence::of("failures.none", &values)),
        })
    }

    pub(super) async fn token_refreshes(&self) -> Outcome {
        let renewed = self.logged("session_renewed")?.len();
        Ok(if renewed > 0 {
            Finding::pass(Evidence::of("token_refreshes.seen", &[("count", &renewed)]))
        } else {
            Finding::unknown(Evidence::of("token_refreshes.none", &[]))
        })
    }

    pub(super) async fn new_referrals(&self) -> Outcome {
        let store = self.engine.store().await?;
        let first_pass = store.position().await?.first_pass_at;
        let runs = self.runs_of_the_day().await?;
        let is_later = |run: &&PastRun| {
            let began: Option<Timestamp> = run.started_at.parse().ok();
            first_pass.is_some_and(|first| began.is_some_and(|began| began > first))
        };
        let arrived: i64 = runs.iter().filter(is_later).map(|run| run.inserted).sum();
        Ok(if arrived > 0 {
            Finding::pass(Evidence::of("new_referrals.arrived", &[("count", &arrived)]))
        } else {
            Finding::unknown(Evidence::of("new_referrals.none", &[]))
        })
    }

    /// When an event was logged in the last day, in any program.
    fn logged(&self, event: &str) -> Result<Vec<Timestamp>, HunterError> {
        let folder = self.engine.data_dir().join("logs");
        let since = self.engine.now() - DAY;
        let mut times = Vec::new();
        let Ok(entries) = fs::read_dir(&folder) else { return Ok(times) };
        for path in entries.flatten().map(|entry| entry.path()) {
            let of_file = times_in(&path, event).map_err(HunterError::file(&path))?;
            times.extend(of_file.into_iter().filter(|at| *at >= since));
        }
        Ok(times)
    }
}

#[derive(Deserialize)]
struct Line {
    timestamp: Timestamp,
    event: String,
}

fn times_in(path: &Path, event: &str) -> std::io::Result<Vec<Timestamp>> {
    let mut times = Vec::new();
    for line in BufReader::new(fs::File::open(path)?).split(b'\n') {
        let line = line?;
        let is_candidate = line.windows(event.len()).any(|window| window == event.as_bytes());
        if is_candidate
            && let Ok(line) = serde_json::from_slice::<Line>(&line)
            && line.event == event
        {
            times.push(line.timestamp);
        }
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[rstest]
    #[case(&[0, 10, 20, 30], &[], 10, 0, 0)]
    #[case(&[0, 10, 50, 60], &[], 40, 1, 0)]
    #[case(&[0, 10, 500, 510], &[499], 10, 0, 1)]
    #[case(&[0, 10, 500, 540], &[499], 40, 1, 1)]
    #[case(&[0, 10, 500], &[5], 490, 1, 0)]
    #[case(&[7], &[], 0, 0, 0)]
    fn gaps_are_late_unless_the_computer_slept(
        #[case] runs: &[i64],
        #[case] woke_up: &[i64],
        #[case] longest: i64,
        #[case] late: usize,
        #[case] asleep: usize,
    ) {
        let times =
            |minutes: &[i64]| -> Vec<Timestamp> { minutes.iter().map(|minute| at(*minute)).collect() };
        let gaps = Gaps::of(&times(runs), &times(woke_up), SignedDuration::from_mins(14));
        assert_eq!(gaps, Gaps { longest: SignedDuration::from_mins(longest), late, asleep });
    }
}
