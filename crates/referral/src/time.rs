use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How long a customer who asked for contact expects to hear from somebody.
pub(crate) const CONTACT_WISH: SignedDuration = SignedDuration::from_hours(72);
/// Years before this one are a service's way to say "no date" (`0001-01-01`).
const FIRST_USABLE_YEAR: i16 = 2000;

/// Reads a date of the service; without an offset it is UTC, and placeholders such as `0001-01-01` are no date.
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let parsed = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<DateTime>().ok().and_then(in_utc))
        .or_else(|| text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)).and_then(in_utc))?;
    (TimeZone::UTC.to_datetime(parsed).year() >= FIRST_USABLE_YEAR).then_some(parsed)
}

fn in_utc(datetime: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(datetime).ok()
}

/// The one text form of an instant that sorts as the instants do: UTC with seven fractional digits, as the service has.
pub fn sortable(instant: Timestamp) -> String {
    format!("{instant:.7}")
}

pub(crate) fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("2025-01-30T21:03:42.4579542Z", Some("2025-01-30T21:03:42.4579542Z"))]
    #[case("2026-03-21T00:00:00Z", Some("2026-03-21T00:00:00Z"))]
    #[case("2026-03-21T03:00:00+03:00", Some("2026-03-21T00:00:00Z"))]
    #[case("2026-03-21T00:00:00", Some("2026-03-21T00:00:00Z"))]
    #[case("2026-03-21", Some("2026-03-21T00:00:00Z"))]
    #[case("0001-01-01T00:00:00Z", None)]
    #[case("9999-12-31T23:59:59.9999999Z", None)]
    #[case("soon", None)]
    #[case("", None)]
    fn reads_dates(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(parse_timestamp(text).map(|at| at.to_string()).as_deref(), expected);
    }

    proptest! {
        #[test]
        fn sortable_text_sorts_as_time(a in 9_466_848_000_000_000_i64..2_530_000_000_000_000_000, b in 9_466_848_000_000_000_i64..2_530_000_000_000_000_000) {
            let at = |ticks: i64| Timestamp::from_nanosecond(i128::from(ticks) * 100).unwrap();
            prop_assert_eq!(sortable(at(a)).cmp(&sortable(at(b))), a.cmp(&b));
            prop_assert_eq!(parse_timestamp(&sortable(at(a))), Some(at(a)));
        }
    }
}
