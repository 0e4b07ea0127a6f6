//! What a referral is: parsing, kind, customer's domain, expiry and money; and what its company is worth.
//!
//! Pure: no input or output, no clock, no async.

mod changes;
mod company;
mod contact;
mod domain;
mod expiry;
mod kind;
mod money;
mod parse;
mod particulars;
mod payload;
mod priority;
mod provider;
mod rules;
mod score;
mod search;
mod signals;
mod terms;
mod text;
mod time;

pub use changes::{FieldChange, changes};
pub use company::name_similarity;
pub use contact::{Address, Contact, Details, Side};
pub use domain::{CustomerDomain, is_consumer_mail, registrable_domain};
pub use expiry::{Expiry, UNANSWERED_DAYS};
pub use kind::Kind;
pub use parse::{ParseError, Referral};
pub use particulars::Particulars;
pub use payload::{Payload, payload_value, read_payload, same_value};
pub use priority::{Priority, Prospect, priority};
pub use provider::{Provider, ProviderEvidence, ProviderId};
pub use rules::{Rules, RulesError};
pub use score::{Part, ReasonId, Score, Segment, score};
pub use search::{SearchWords, initial, initials};
pub use signals::{Answer, Dmarc, DmarcPolicy, Signals, Spf, TenantEvidence, TenantHint};
pub use terms::{Direction, LinkStatus, Qualification, ReferralType, Status, Substatus};
pub use text::fold;
pub use time::{parse_timestamp, sortable};
