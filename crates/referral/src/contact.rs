use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    pub fn all(payload: &Value) -> Vec<Self> {
        let customer =
            members(&payload["customerProfile"]["team"]).filter_map(|m| Self::of(Side::Customer, m));
        let partner = members(&payload["team"]).filter_map(|m| Self::of(Side::Partner, m));
        customer.chain(partner).collect()
    }

    fn of(side: Side, member: &Value) -> Option<Self> {
        let contact = Self {
            side,
            first_name: text(&member["firstName"]),
            last_name: text(&member["lastName"]),
            title: text(&member["title"]),
            email: text(&member["email"]),
            phone: text(&member["phoneNumber"]),
            locale: text(&member["contactPreference"]["locale"]),
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
    pub fn of(payload: &Value) -> Self {
        let details = &payload["details"];
        let requirements = &details["requirements"];
        let customer = &payload["customerProfile"];
        let address = &customer["address"];
        let invite = &payload["inviteContext"];
        Self {
            notes: text(&details["notes"]),
            status_reason: text(&payload["statusReason"]),
            organization_name: text(&payload["organizationName"]),
            external_reference_id: text(&payload["externalReferenceId"]),
            customer_size: text(&customer["size"]),
            address: Address {
                line1: text(&address["addressLine1"]),
                line2: text(&address["addressLine2"]),
                city: text(&address["city"]),
                state: text(&address["state"]),
                region: text(&address["region"]),
                postal_code: text(&address["postalCode"]),
                country: text(&address["country"]),
            },
            customer_requested_contact: details["customerRequestedContact"].as_bool(),
            invited_by: text(&invite["invitedBy"]["organizationName"])
                .or_else(|| text(&invite["invitedBy"]["organizationId"])),
            invite_notes: text(&invite["notes"]),
            accepted_at: payload["acceptedDateTime"].as_str().and_then(parse_timestamp),
            closed_at: payload["closedDateTime"].as_str().and_then(parse_timestamp),
            campaign_id: text(&payload["campaignId"]),
            sales_stage: text(&payload["salesStage"]),
            tags: names(&payload["tags"]),
            industries: names(&requirements["industries"]),
            products: names(&requirements["products"]),
            services: names(&requirements["services"]),
            solutions: names(&requirements["solutions"]),
            offers: names(&requirements["offers"]),
        }
    }
}

/// The people of a `team`, which may be a list, one person or nothing.
pub(crate) fn members(team: &Value) -> impl Iterator<Item = &Value> {
    let members: &[Value] = match team {
        Value::Array(members) => members,
        member @ Value::Object(_) => std::slice::from_ref(member),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => &[],
    };
    members.iter()
}

/// A text field in any spelling the service has for it: text, a number, or nothing.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => readable(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn names(items: &Value) -> Vec<String> {
    let Value::Array(items) = items else {
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| text(item).or_else(|| text(&item["name"])).or_else(|| text(&item["id"])))
        .collect()
}
