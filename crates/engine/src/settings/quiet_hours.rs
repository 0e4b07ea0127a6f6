use std::fmt;

use jiff::civil::Time;

/// A span of the day in which nobody wants to be disturbed; it may pass midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: Time,
    to: Time,
}

impl QuietHours {
    /// Reads `22:00-07:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once(['-', '–'])?;
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
        let (from, to) = (time(from)?, time(to)?);
        (from != to).then_some(Self { from, to })
    }

    /// Whether a time of the day lies within, the first minute included and the last one not.
    pub fn contain(self, time: Time) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from.strftime("%H:%M"), self.to.strftime("%H:%M"))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("22:00-07:00", "22:00-07:00", "23:30", true)]
    #[case("22:00 – 7:00", "22:00-07:00", "06:59", true)]
    #[case("22:00-07:00", "22:00-07:00", "07:00", false)]
    #[case("12:00-13:00", "12:00-13:00", "12:00", true)]
    #[case("12:00-13:00", "12:00-13:00", "13:00", false)]
    fn hours(#[case] text: &str, #[case] normal: &str, #[case] time: &str, #[case] inside: bool) {
        let hours = QuietHours::parse(text).unwrap();
        assert_eq!(hours.to_string(), normal);
        assert_eq!(hours.contain(Time::strptime("%H:%M", time).unwrap()), inside);
    }

    #[rstest]
    fn nonsense(
        #[values("", "22", "22:00", "25:00-07:00", "08:00-08:00", "a-b", "22:00-07:00-08:00")] text: &str,
    ) {
        assert_eq!(QuietHours::parse(text), None);
    }
}
