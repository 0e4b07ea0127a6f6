use jiff::Timestamp;

use crate::terms::Status;
use crate::time::days;

/// Days that Partner Center gives for an answer, where a record does not say.
pub const UNANSWERED_DAYS: i64 = 14;

/// When a referral expires, and whether that is the record's own date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expiry {
    /// The instant, if there is one.
    pub at: Option<Timestamp>,
    /// True where it was computed from the creation date.
    pub estimated: bool,
}

impl Expiry {
    /// The record's own date; without one, creation plus [`UNANSWERED_DAYS`] while nobody has answered.
    pub fn of(recorded: Option<Timestamp>, created: Option<Timestamp>, status: Option<&Status>) -> Self {
        if recorded.is_some() {
            return Self { at: recorded, estimated: false };
        }
        let estimate = created
            .filter(|_| status == Some(&Status::New))
            .and_then(|created| created.checked_add(days(UNANSWERED_DAYS)).ok());
        Self { at: estimate, estimated: estimate.is_some() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_timestamp;
    use rstest::rstest;

    #[rstest]
    #[case(
        Some("2026-03-15T05:00:00Z"),
        Some("2026-03-07T05:00:00Z"),
        "New",
        Some("2026-03-15T05:00:00Z"),
        false
    )]
    #[case(Some("2026-03-15T05:00:00Z"), None, "Closed", Some("2026-03-15T05:00:00Z"), false)]
    #[case(None, Some("2026-03-07T05:00:00Z"), "New", Some("2026-03-21T05:00:00Z"), true)]
    #[case(None, Some("2026-03-07T05:00:00Z"), "Active", None, false)]
    #[case(None, None, "New", None, false)]
    fn expiry_of(
        #[case] recorded: Option<&str>,
        #[case] created: Option<&str>,
        #[case] status: &str,
        #[case] at: Option<&str>,
        #[case] estimated: bool,
    ) {
        let expiry = Expiry::of(
            recorded.and_then(parse_timestamp),
            created.and_then(parse_timestamp),
            Some(&Status::parse(status)),
        );
        assert_eq!(expiry, Expiry { at: at.and_then(parse_timestamp), estimated });
    }
}
