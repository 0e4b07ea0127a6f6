//! Faults on demand: what can go wrong, and when.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::journal::Endpoint;

/// One way in which the service misbehaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// An HTTP status with an error body instead of the answer.
    Status {
        /// The HTTP status.
        status: u16,
        /// How the body is written.
        #[serde(default)]
        body: ErrorBody,
        /// The error code in the body; a usual one for the status if none.
        #[serde(default)]
        code: Option<String>,
        /// A `Retry-After` header.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
    },
    /// The right answer, after this time.
    SlowHeaders {
        /// Milliseconds before the first header.
        ms: u64,
    },
    /// The right answer, its body in drops.
    SlowBody {
        /// Bytes per drop.
        chunk: usize,
        /// Milliseconds before each drop.
        pause_ms: u64,
    },
    /// The connection is dropped without an answer, and nothing was done.
    CutBeforeHeaders,
    /// The connection is dropped in the middle of the body, whose full length was announced.
    CutInBody,
    /// Half of the right JSON, as a complete HTTP answer.
    HalfPage,
    /// Text that calls itself JSON.
    BadJson,
    /// Valid JSON of another shape.
    WrongShape {
        /// Which shape.
        shape: Shape,
    },
    /// A valid JSON page with this many bytes of padding.
    HugeBody {
        /// How many.
        bytes: u64,
    },
    /// An HTTP redirect.
    Redirect {
        /// 301, 302, 307 or 308.
        status: u16,
        /// To where.
        to: Elsewhere,
    },
    /// This item in the middle of a page of the list.
    ExtraItem {
        /// Any JSON.
        item: Value,
    },
    /// A page whose `@odata.nextLink` leads to the same page again.
    RepeatPage,
    /// A page that ends with the items with which the next one begins.
    RepeatItems {
        /// How many.
        count: usize,
    },
    /// A page that lacks its last items, which no other page has.
    DropItems {
        /// How many.
        count: usize,
    },
    /// A page with an unusual `@odata.nextLink`; the last page has none in any case.
    NextLink {
        /// Which.
        to: NextLink,
    },
    /// Referrals change just before the answer is made.
    Touch {
        /// How many.
        count: usize,
        /// Which ones and how.
        seed: u64,
    },
    /// A sign-in error by its AADSTS number.
    Aadsts {
        /// The number, known to the facts or not.
        number: u32,
    },
    /// A sign-in error by its OAuth name, such as `slow_down`.
    OAuth {
        /// The name.
        error: String,
    },
    /// A token answer without a refresh token.
    NoRefreshToken,
    /// A token answer with another `expires_in`, of any JSON type.
    ExpiresIn {
        /// The value.
        value: Value,
    },
    /// The request is carried out, tokens are rotated, and the connection is dropped.
    AnswerLost,
}

impl Fault {
    /// A status with the usual OData error body.
    pub fn status(status: u16) -> Self {
        Self::Status { status, body: ErrorBody::OData, code: None, retry_after: None }
    }

    /// A status with another error body.
    pub fn status_as(status: u16, body: ErrorBody) -> Self {
        Self::Status { status, body, code: None, retry_after: None }
    }

    /// A status with an error code of its own, such as 401 with `900421`.
    pub fn coded(status: u16, code: &str) -> Self {
        Self::Status { status, body: ErrorBody::OData, code: Some(code.to_owned()), retry_after: None }
    }

    /// A status with `Retry-After`, such as 429 or 503.
    pub fn retry_after(status: u16, retry_after: RetryAfter) -> Self {
        Self::Status { status, body: ErrorBody::OData, code: None, retry_after: Some(retry_after) }
    }

    /// A sign-in error by its AADSTS number.
    pub fn aadsts(number: u32) -> Self {
        Self::Aadsts { number }
    }

    /// A sign-in error by its OAuth name.
    pub fn oauth(error: &str) -> Self {
        Self::OAuth { error: error.to_owned() }
    }
}

/// How an error body is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorBody {
    /// `{"error":{"code","message","target","innerError"}}`
    #[default]
    OData,
    /// `{"statusCode","message"}`
    Gateway,
    /// `{"code","description"}`
    CodeDescription,
    /// A page for people.
    Html,
    /// Nothing at all.
    Empty,
}

/// The two forms of `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u64),
    /// An HTTP date this many seconds ahead.
    DateIn(u64),
}

/// JSON that is not what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// `[]`
    Array,
    /// `null`
    Null,
    /// An object without `value`.
    NoValue,
    /// An object whose `value` is an object.
    ValueIsObject,
    /// An object whose `value` is null.
    ValueIsNull,
}

/// Where a redirect leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Elsewhere {
    /// The recording second origin, same path and query.
    SecondOrigin,
    /// Any address.
    Url(String),
}

/// What stands in `@odata.nextLink` instead of the documented form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextLink {
    /// The recording second origin, with the right token.
    SecondOrigin,
    /// The sandbox's own address of the list, with the right token.
    Own,
    /// A link without `$skiptoken`.
    WithoutSkipToken,
    /// An empty text.
    Empty,
    /// Any JSON value.
    Value(Value),
}

/// A fault with its place in the queue: where, after how many requests, how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaultRule {
    /// Which endpoint misbehaves.
    pub endpoint: Endpoint,
    /// What it does.
    pub fault: Fault,
    /// How many requests to the endpoint are answered well before.
    #[serde(default)]
    pub skip: u32,
    /// How many requests get the fault; none is all of them.
    #[serde(default = "once")]
    pub times: Option<u32>,
}

#[expect(clippy::unnecessary_wraps, reason = "serde wants the field's type")]
fn once() -> Option<u32> {
    Some(1)
}

impl FaultRule {
    /// The fault for the next request only.
    pub fn new(endpoint: Endpoint, fault: Fault) -> Self {
        Self { endpoint, fault, skip: 0, times: once() }
    }

    /// Lets this many requests pass before.
    pub fn skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Hits this many requests.
    pub fn times(mut self, requests: u32) -> Self {
        self.times = Some(requests);
        self
    }

    /// Hits every request from then on.
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }
}

/// The queue of faults: each request counts for every rule of its endpoint, the first ripe one acts.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FaultRule>);

impl Faults {
    pub(crate) fn add(&mut self, rule: FaultRule) {
        if rule.times != Some(0) {
            self.0.push(rule);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn rules(&self) -> Vec<FaultRule> {
        self.0.clone()
    }

    pub(crate) fn next(&mut self, endpoint: Endpoint) -> Option<Fault> {
        let mut chosen = None;
        for rule in self.0.iter_mut().filter(|rule| rule.endpoint == endpoint) {
            if rule.skip > 0 {
                rule.skip -= 1;
            } else if chosen.is_none() {
                chosen = Some(rule.fault.clone());
                rule.times = rule.times.map(|times| times - 1);
            }
        }
        self.0.retain(|rule| rule.times != Some(0));
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_count_requests_of_their_endpoint_and_the_first_ripe_one_acts() {
        let mut faults = Faults::default();
        faults.add(FaultRule::new(Endpoint::List, Fault::status(500)).skip(1));
        faults.add(FaultRule::new(Endpoint::List, Fault::status(429)).times(2));
        faults.add(FaultRule::new(Endpoint::Get, Fault::BadJson).forever());

        assert_eq!(faults.next(Endpoint::List), Some(Fault::status(429)));
        assert_eq!(faults.next(Endpoint::List), Some(Fault::status(500)));
        assert_eq!(faults.next(Endpoint::List), Some(Fault::status(429)));
        assert_eq!(faults.next(Endpoint::List), None);
        assert_eq!(faults.next(Endpoint::Token), None);
        for _ in 0..5 {
            assert_eq!(faults.next(Endpoint::Get), Some(Fault::BadJson));
        }
    }
}
