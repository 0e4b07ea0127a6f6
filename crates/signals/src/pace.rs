use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Unanswered questions in a row that are nothing unusual; each further lot of as many doubles the pause.
const UNUSUAL: u32 = 8;

/// Slows down while servers do not answer, and goes on at once when they do.
#[derive(Debug)]
pub(crate) struct Pace {
    unanswered: AtomicU32,
    pause: Duration,
    longest: Duration,
}

impl Pace {
    pub fn new(pause: Duration, longest: Duration) -> Self {
        Self { unanswered: AtomicU32::new(0), pause, longest }
    }

    /// How long to wait before the next question.
    pub fn pause(&self) -> Duration {
        match self.unanswered.load(Ordering::Relaxed) / UNUSUAL {
            0 => Duration::ZERO,
            lots => self.pause.saturating_mul(1 << (lots - 1).min(16)).min(self.longest),
        }
    }

    pub fn answered(&self) {
        self.unanswered.store(0, Ordering::Relaxed);
    }

    pub fn unanswered(&self) {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, 0)]
    #[case(7, 0)]
    #[case(8, 100)]
    #[case(15, 100)]
    #[case(16, 200)]
    #[case(24, 400)]
    #[case(32, 800)]
    #[case(40, 1_000)]
    #[case(100_000, 1_000)]
    fn the_pause_doubles_up_to_the_longest(#[case] unanswered: u32, #[case] milliseconds: u64) {
        let pace = Pace::new(Duration::from_millis(100), Duration::from_secs(1));
        for _ in 0..unanswered {
            pace.unanswered();
        }
        assert_eq!(pace.pause(), Duration::from_millis(milliseconds));
        pace.answered();
        assert_eq!(pace.pause(), Duration::ZERO);
    }
}
