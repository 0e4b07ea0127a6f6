use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A vocabulary of the service that may gain words: a word not known here is kept as it came.
macro_rules! open_vocabulary {
    ($(#[$doc:meta])* $name:ident { $($word:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = concat!("`", stringify!($word), "`")] $word,)+
            /// A word this version does not know, as received.
            Other(String),
        }

        impl $name {
            /// Reads a word in any letter case.
            pub fn parse(word: &str) -> Self {
                $(if word.eq_ignore_ascii_case(stringify!($word)) {
                    return Self::$word;
                })+
                Self::Other(word.to_owned())
            }

            /// The word in the service's spelling.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$word => stringify!($word),)+
                    Self::Other(word) => word,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

open_vocabulary! {
    /// Where a referral stands.
    Status { None, New, Active, Closed }
}
open_vocabulary! {
    /// The finer state within a [`Status`].
    Substatus { None, Pending, Received, Accepted, Won, Lost, Declined, Expired, Error }
}
open_vocabulary! {
    /// Whether one organisation works on the deal or several share it.
    ReferralType { Independent, Shared }
}
open_vocabulary! {
    /// How far the lead was qualified before it was passed on.
    Qualification { None, Direct, MarketingQualified, SalesQualified }
}
open_vocabulary! {
    /// Who sent it to whom.
    Direction { Incoming, Outgoing }
}

/// How a referral is tied to a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkStatus {
    /// One company domain was found.
    AutoLinked,
    /// No company domain was found; the referral is kept all the same.
    Unlinked,
    /// Contacts of different company domains: somebody has to choose.
    MultiCandidate,
    /// A person chose the company.
    LinkedManually,
}

impl LinkStatus {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AutoLinked => "auto_linked",
            Self::Unlinked => "unlinked",
            Self::MultiCandidate => "multi_candidate",
            Self::LinkedManually => "linked_manually",
        }
    }
}
