use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// What a caller can do about a failure, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same call may succeed at once.
    Now,
    /// The same call may succeed after this time.
    After(Duration),
    /// Only after a person signed in again.
    SignIn,
    /// Only after somebody changed settings, permissions or the service.
    Never,
}

/// How long a caller should leave a service alone that gave no time of its own.
pub(crate) const SERVICE_PAUSE: Duration = Duration::from_secs(60);

const FARTHEST: i64 = 86_400;

/// Reads `Retry-After` as seconds or as an HTTP date, by the clock of whoever gave it; senseless values count as absent.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match text.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            http_date(text)?.as_second().saturating_sub(service_time(headers).unwrap_or(now).as_second())
        }
    };
    u64::try_from(seconds.min(FARTHEST)).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs)
}

/// When an answer was given, by the clock of whoever gave it.
pub(crate) fn service_time(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("7", Some(7))]
    #[case(" 120 ", Some(120))]
    #[case("0", None)]
    #[case("-5", None)]
    #[case("soon", None)]
    #[case("", None)]
    #[case("1e3", None)]
    #[case("99999999999999999999", None)]
    #[case("9223372036854775807", Some(86_400))]
    #[case("Sun, 22 Nov 2026 12:00:30 GMT", Some(30))]
    #[case("Sun, 22 Nov 2026 11:00:00 GMT", None)]
    #[case("Sun, 99 Nov 2026 11:00:00 GMT", None)]
    fn retry_after_forms(#[case] text: &str, #[case] seconds: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, text.parse().unwrap());
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs));
    }

    #[rstest]
    #[case("2026-11-22T11:00:00Z")]
    #[case("2026-11-22T13:00:00Z")]
    fn a_date_is_by_the_clock_of_who_gave_it(#[case] ours: &str) {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, "Sun, 22 Nov 2026 12:00:00 GMT".parse().unwrap());
        headers.insert(RETRY_AFTER, "Sun, 22 Nov 2026 12:00:20 GMT".parse().unwrap());
        assert_eq!(retry_after(&headers, ours.parse().unwrap()), Some(Duration::from_secs(20)));
    }

    #[test]
    fn no_header_no_time() {
        assert_eq!(retry_after(&HeaderMap::new(), Timestamp::now()), None);
    }
}
