//! What can be set before the start and changed while the sandbox runs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How the service behaves; durations are milliseconds on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// A device code is approved by itself this long after it was issued, for the first account.
    #[serde(with = "optional_millis")]
    pub auto_approve: Option<Duration>,
    /// How long an access token is accepted.
    #[serde(with = "millis")]
    pub token_lifetime: Duration,
    /// How long a device code can be redeemed.
    #[serde(with = "millis")]
    pub device_code_lifetime: Duration,
    /// Polling faster than this is answered with `slow_down`; clients are told whole seconds.
    #[serde(with = "millis")]
    pub poll_interval: Duration,
    /// What happens to a refresh token that was replaced by a newer one.
    pub refresh_reuse: RefreshReuse,
    /// The largest page, whatever `$top` asks for.
    pub page_size_cap: usize,
    /// Answers 400 to every `$filter` that compares a date.
    pub refuse_date_filters: bool,
    /// Time added before every answer.
    #[serde(with = "millis")]
    pub latency: Duration,
    /// How many seconds the `Date` of every answer is ahead of this computer's clock; negative if behind.
    pub date_ahead: i64,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            auto_approve: None,
            token_lifetime: Duration::from_secs(3600),
            device_code_lifetime: Duration::from_secs(900),
            poll_interval: Duration::from_secs(5),
            refresh_reuse: RefreshReuse::UntilNewerUsed,
            page_size_cap: 200,
            refuse_date_filters: false,
            latency: Duration::ZERO,
            date_ahead: 0,
        }
    }
}

/// What happens to a refresh token that is presented again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshReuse {
    /// Each works once.
    Refused,
    /// An older one works until a newer one was used, so that a lost answer does no harm.
    UntilNewerUsed,
    /// All of them work until they are revoked.
    Accepted,
}

mod millis {
    use super::*;
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(value.as_millis()).unwrap_or(u64::MAX))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

mod optional_millis {
    use super::*;
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => super::millis::serialize(value, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Option::<u64>::deserialize(deserializer).map(|value| value.map(Duration::from_millis))
    }
}
