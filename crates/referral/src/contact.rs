use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json_borrow::Value;
use ts_rs::TS;

use crate::text::readable;
use crate::time::parse_timestamp;

/// Whose person a contact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The customer's.
    Customer,
    /// The partner's or Microsoft's.
    Partner,
}

/// A person named in a referral; personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Contact {
    /// Whose person it is.
    pub side: Side,

    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub title: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// The language the person prefers, such as `tr-TR`.
    pub locale: Option<String>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(<redacted>)")
    }
}

impl Contact {
    /// Everybody a payload names: the customer's people first, then the partner's and Microsoft's.
    pub fn all(payload: &Value<'_>) -> Vec<Self> {
        let customer =
            members(payload.get("customerProfile").get("team")).filter_map(|m| Self::of(Side::Customer, m));
        let partner = members(payload.get("team")).filter_map(|m| Self::of(Side::Partner, m));
        customer.chain(partner).collect()
    }

    fn of(side: Side, member: &Value<'_>) -> Option<Self> {
        let contact = Self {
            side,
            first_name: text(member.get("firstName")),
            last_name: text(member.get("lastName")),
            title: text(member.get("title")),
            email: text(member.get("email")),
            phone: text(member.get("phoneNumber")),
            locale: text(member.get("contactPreference").get("locale")),
        };
        let named = [&contact.first_name, &contact.last_name, &contact.title, &contact.email, &contact.phone];
        named.iter().any(|field| field.is_some()).then_some(contact)
    }
}

/// The customer's postal address.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]

pub struct Address {
    pub line1: Option<String>,
    pub line2: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub region: Option<String>,
    pub postal_code: Option<String>,
    pub country: Option<String>,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(<redacted>)")
    }
}

/// What a referral tells beyond its row in the list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]

pub struct Details {
    pub notes: Option<String>,
    pub status_reason: Option<String>,
    pub organization_name: Option<String>,
    pub external_reference_id: Option<String>,
    pub customer_size: Option<String>,
    pub address: Address,
    pub customer_requested_contact: Option<bool>,
    pub invited_by: Option<String>,
    pub invite_notes: Option<String>,
    #[ts(type = "string | null")]
    pub accepted_at: Option<Timestamp>,
    #[ts(type = "string | null")]
    pub closed_at: Option<Timestamp>,
    pub campaign_id: Option<String>,
    pub sales_stage: Option<String>,
    pub tags: Vec<String>,
    pub industries: Vec<String>,
    pub products: Vec<String>,
    pub services: Vec<String>,
    pub solutions: Vec<String>,
    pub offers: Vec<String>,
}

impl std::fmt::Debug for Details {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Details(<redacted>)")
    }
}

impl Details {
    /// Reads the details of a payload; whatever has an odd shape is left out.
    pub fn of(payload: &Value<'_>) -> Self {
        let details = payload.get("details");
        let requirements = details.get("requirements");
        let customer = payload.get("customerProfile");
        let address = customer.get("address");
        let invite = payload.get("inviteContext");
        Self {
            notes: text(details.get("notes")),
            status_reason: text(payload.get("statusReason")),
            organization_name: text(payload.get("organizationName")),
            external_reference_id: text(payload.get("externalReferenceId")),
            customer_size: text(customer.get("size")),
            address: Address {
                line1: text(address.get("addressLine1")),
                line2: text(address.get("addressLine2")),
                city: text(address.get("city")),
                state: text(address.get("state")),
                region: text(address.get("region")),
                postal_code: text(address.get("postalCode")),
                country: text(address.get("country")),
            },
            customer_requested_contact: details.get("customerRequestedContact").as_bool(),
            invited_by: text(invite.get("invitedBy").get("organizationName"))
                .or_else(|| text(invite.get("invitedBy").get("organizationId"))),
            invite_notes: text(invite.get("notes")),
            accepted_at: payload.get("acceptedDateTime").as_str().and_then(parse_timestamp),
            closed_at: payload.get("closedDateTime").as_str().and_then(parse_timestamp),
            campaign_id: text(payload.get("campaignId")),
            sales_stage: text(payload.get("salesStage")),
            tags: names(payload.get("tags")),
            industries: names(requirements.get("industries")),
            products: names(requirements.get("products")),
            services: names(requirements.get("services")),
            solutions: names(requirements.get("solutions")),
            offers: names(requirements.get("offers")),
        }
    }
}

/// The people of a `team`, which may be a list, one person or nothing.
pub(crate) fn members<'v>(team: &'v Value<'v>) -> impl Iterator<Item = &'v Value<'v>> {
    let members: &[Value<'_>] = match team {
        Value::Array(members) => members,
        member @ Value::Object(_) => std::slice::from_ref(member),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Str(_) => &[],
    };
    members.iter()
}

/// A text field in any spelling the service has for it: text, a number, or nothing.
pub(crate) fn text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Str(text) => readable(text),
        Value::Number(_) => Some(serde_json::Value::from(value).to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn names(items: &Value<'_>) -> Vec<String> {
    let Value::Array(items) = items else {
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| text(item).or_else(|| text(item.get("name"))).or_else(|| text(item.get("id"))))
        .collect()
}
