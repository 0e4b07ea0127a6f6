//! What a referral is: parsing, kind, customer's domain, expiry and money.
//!
//! Pure: no input or output, no clock, no async.

mod changes;
mod contact;
mod domain;
mod expiry;
mod kind;
mod money;
mod parse;
mod payload;
mod search;
mod terms;
mod text;
mod time;

pub use changes::{FieldChange, changes};
pub use contact::{Address, Contact, Details, Side};
pub use domain::{CustomerDomain, registrable_domain};
pub use expiry::{Expiry, UNANSWERED_DAYS};
pub use kind::Kind;
pub use money::deal_value;
pub use parse::{ParseError, Referral};
pub use payload::{Payload, payload_value, read_payload, same_value};
pub use search::{SearchWords, team_addresses};
pub use terms::{Direction, LinkStatus, Qualification, ReferralType, Status, Substatus};
pub use text::fold;
pub use time::{parse_timestamp, sortable};
