use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json_borrow::Value;

use crate::contact::text;
use crate::domain::CustomerDomain;
use crate::expiry::Expiry;
use crate::kind::Kind;
use crate::money::deal_value;
use crate::particulars::Particulars;
use crate::payload::read_payload;
use crate::terms::{Direction, LinkStatus, Qualification, ReferralType, Status, Substatus};
use crate::time::{CONTACT_WISH, parse_timestamp};

/// A referral as Hunter understands it; the payload it was read from stays the truth.
#[derive(Clone, PartialEq, Eq)]

pub struct Referral {
    pub id: String,
    pub engagement_id: Option<String>,
    pub name: Option<String>,
    pub customer_name: Option<String>,
    pub customer_country: Option<String>,
    pub kind: Kind,
    pub referral_type: Option<ReferralType>,
    pub qualification: Option<Qualification>,
    pub direction: Option<Direction>,
    pub status: Option<Status>,
    pub substatus: Option<Substatus>,
    pub deal_value: Option<Decimal>,
    pub currency: Option<String>,
    pub customer_domain: CustomerDomain,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    /// By the record, or for a closed one without a date, when it last changed.
    pub closed_at: Option<Timestamp>,
    pub closing_at: Option<Timestamp>,
    pub expiry: Expiry,
    /// Until when the customer's wish to be contacted is fresh, if there is one and nobody has answered.
    pub contact_until: Option<Timestamp>,
}

impl std::fmt::Debug for Referral {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Referral").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why an item of the service is not a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseError {
    /// It is not a JSON object.
    NotAnObject,
    /// It has no id, so that it could never be found again.
    NoId,
}

impl ParseError {
    /// The reason as it stands in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAnObject => "The item is not a JSON object",
            Self::NoId => "The item has no id",
        }
    }
}

impl Referral {
    /// Reads a payload as received; every field but the id may be missing, null or of another shape.
    ///
    /// # Errors
    /// [`ParseError`] where there is no object or no id.
    pub fn parse(payload: &str) -> Result<Self, ParseError> {
        read_payload(payload, |value| Self::of(payload, value)).unwrap_or(Err(ParseError::NotAnObject))
    }

    /// As [`Referral::parse`], with what the payload tells beside.
    ///
    /// # Errors
    /// As [`Referral::parse`].
    pub fn read(payload: &str) -> Result<(Self, Particulars), ParseError> {
        read_payload(payload, |value| {
            let referral = Self::of(payload, value)?;
            let particulars = Particulars::of(value, &referral.customer_domain);
            Ok((referral, particulars))
        })
        .unwrap_or(Err(ParseError::NotAnObject))
    }

    fn of(payload: &str, value: &Value<'_>) -> Result<Self, ParseError> {
        if !value.is_object() {
            return Err(ParseError::NotAnObject);
        }
        let id = text(value.get("id")).ok_or(ParseError::NoId)?;
        let customer = value.get("customerProfile");
        let referral_type = text(value.get("type")).map(|word| ReferralType::parse(&word));
        let qualification = text(value.get("qualification")).map(|word| Qualification::parse(&word));
        let status = text(value.get("status")).map(|word| Status::parse(&word));
        let invited_by = text(value.get("inviteContext").get("invitedBy").get("organizationId"));
        let created_at = timestamp(value.get("createdDateTime"));
        let updated_at = timestamp(value.get("updatedDateTime"));
        let is_new = status == Some(Status::New);
        let wants_contact = value.get("details").get("customerRequestedContact").as_bool() == Some(true);
        Ok(Self {
            id,
            engagement_id: text(value.get("engagementId")),
            name: text(value.get("name")),
            customer_name: text(customer.get("name")),
            customer_country: text(customer.get("address").get("country"))
                .map(|country| country_code(&country)),
            kind: Kind::classify(referral_type.as_ref(), qualification.as_ref(), invited_by.as_deref()),
            referral_type,
            qualification,
            direction: text(value.get("direction")).map(|word| Direction::parse(&word)),
            substatus: text(value.get("substatus")).map(|word| Substatus::parse(&word)),
            deal_value: deal_value(payload, value),
            currency: text(value.get("details").get("currency")).map(|code| code.to_ascii_uppercase()),
            customer_domain: CustomerDomain::find(value),
            created_at,
            updated_at,
            accepted_at: timestamp(value.get("acceptedDateTime")),
            closed_at: timestamp(value.get("closedDateTime"))
                .or_else(|| updated_at.filter(|_| status == Some(Status::Closed))),
            closing_at: timestamp(value.get("details").get("closingDateTime")),
            expiry: Expiry::of(timestamp(value.get("expirationDateTime")), created_at, status.as_ref()),
            contact_until: created_at
                .filter(|_| is_new && wants_contact)
                .and_then(|created| created.checked_add(CONTACT_WISH).ok()),
            status,
        })
    }

    /// How the payload alone ties the referral to a company.
    pub fn link_status(&self) -> LinkStatus {
        match self.customer_domain {
            CustomerDomain::None => LinkStatus::Unlinked,
            CustomerDomain::One(_) => LinkStatus::AutoLinked,
            CustomerDomain::Several(_) => LinkStatus::MultiCandidate,
        }
    }
}

fn timestamp(value: &Value<'_>) -> Option<Timestamp> {
    value.as_str().and_then(parse_timestamp)
}

fn country_code(country: &str) -> String {
    if country.len() == 2 { country.to_ascii_uppercase() } else { country.to_owned() }
}
