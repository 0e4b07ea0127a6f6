//! Deterministic sample data: the usual, and every odd shape that the service is known to send.

mod customer;
mod firms;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::random::Random;
use crate::sign_in::ACCOUNTS;

const OWN_ORGANIZATION: &str = "00000000-0000-4000-8000-0000000000a1";
const OTHER_PARTNER: &str = "00000000-0000-4000-8000-0000000000a2";
const DAY: i64 = 86_400;

/// (type, qualification, invited by): every line of the table of kinds, and values outside of it.
const KINDS: &[(Option<&str>, Option<&str>, Option<&str>)] = &[
    (Some("Shared"), Some("SalesQualified"), Some("msft")),
    (Some("Independent"), Some("Direct"), Some("msft")),
    (Some("Independent"), Some("SalesQualified"), Some("msft")),
    (Some("Shared"), Some("Direct"), Some(OWN_ORGANIZATION)),
    (Some("Independent"), Some("MarketingQualified"), Some("msft")),
    (Some("Independent"), Some("SalesQualified"), Some(OWN_ORGANIZATION)),
    (Some("Independent"), Some("Direct"), None),
    (Some("Independent"), Some("None"), Some(OTHER_PARTNER)),
    (Some("Independent"), Some("MarketingQualified"), Some(OWN_ORGANIZATION)),
    (Some("Partnered"), Some("Direct"), Some("msft")),
    (Some("Independent"), Some("Nurtured"), Some("msft")),
    (None, None, Some("msft")),
];

/// Days until an unanswered referral expires; none is null, and the last one is left out altogether.
const EXPIRES_IN: &[Option<i64>] = &[
    Some(1),
    Some(2),
    Some(3),
    Some(5),
    Some(8),
    Some(12),
    None,
    Some(-1),
    Some(4),
    Some(-3),
    Some(10),
    None,
];

/// Generates referrals, each from its index alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Generator {
    seed: u64,
    total: u64,
    open: u64,
    homeless: u64,
    today: i64,
}

impl Generator {
    /// Of `total` referrals 88 in 250 are open, and 50 in 88 of these have no domain.
    pub(crate) fn new(seed: u64, total: usize, now: Timestamp) -> Self {
        let total = total as u64;
        let open = (total * 88 + 125) / 250;
        Self {
            seed,
            total,
            open,
            homeless: (open * 50 + 44) / 88,
            today: now.as_second().div_euclid(DAY) * DAY,
        }
    }

    /// The payload at an index below the total.
    pub(crate) fn payload(&self, index: u64) -> Value {
        let random = Random::new(self.seed, index);
        let open_before = share_before(index, self.total, self.open);
        let is_open = share_before(index + 1, self.total, self.open) > open_before;
        let homeless_before = share_before(open_before, self.open, self.homeless);
        let homeless = is_open && share_before(open_before + 1, self.open, self.homeless) > homeless_before;
        let mut one = One { generator: self, index, random, payload: json!({}) };
        one.identity();
        if is_open {
            one.open(open_before);
        } else {
            one.closed(index - open_before);
        }
        one.customer(homeless.then_some(homeless_before));
        one.deal();
        one.invitation();
        one.odds_and_ends(is_open);
        one.payload
    }
}

/// How many of `part` fall on the first `index` of `whole`, evenly spread.
fn share_before(index: u64, whole: u64, part: u64) -> u64 {
    (index * part).checked_div(whole).unwrap_or(0)
}

/// A stable GUID for a number.
fn guid(seed: u64, stream: u64, number: u64) -> String {
    let mut random = Random::new(seed, (stream << 40) + number);
    let high = random.next().to_be_bytes();
    let low = random.next().to_be_bytes();
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&high);
    bytes[8..].copy_from_slice(&low);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// One referral in the making.
struct One<'a> {
    generator: &'a Generator,
    index: u64,
    random: Random,
    payload: Value,
}

impl One<'_> {
    /// An instant that many seconds from the start of today, with a random fraction of up to seven digits.
    fn time(&mut self, seconds: i64) -> Value {
        let digits = *self.random.pick(&[7, 7, 7, 6, 3, 0]);
        let step = 10_i32.pow(9 - digits);
        let fraction = i32::try_from(self.random.below(10_u64.pow(digits))).unwrap_or(0) * step;
        let instant = Timestamp::new(self.generator.today + seconds, fraction);
        instant.map_or(Value::Null, |instant| json!(instant.to_string()))
    }

    fn midnight(&self, days: i64) -> Value {
        Timestamp::from_second(self.generator.today + days * DAY)
            .map_or(Value::Null, |instant| json!(instant.to_string()))
    }

    fn seconds(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.random.below((to - from).unsigned_abs())).unwrap_or(0)
    }

    fn remove(&mut self, field: &str) {
        if let Some(fields) = self.payload.as_object_mut() {
            fields.remove(field);
        }
    }

    fn identity(&mut self) {
        let seed = self.generator.seed;
        let id = guid(seed, 1, self.index);
        // Several sides of one deal share its engagement.
        let engagement = match self.index % 9 {
            side @ 4..=5 => self.index - (side - 3),
            _ => self.index,
        };
        let tag = self.random.below(1 << 32);
        self.payload = json!({
            "id": id,
            "engagementId": guid(seed, 2, engagement),
            "organizationId": OWN_ORGANIZATION,
            "organizationName": "Örnek Bilişim",
            "name": self.random.pick(&["Microsoft 365 geçişi", "Azure göçü &amp; modernizasyon", "Dynamics 365 Business Central", "Copilot pilot project", "Security assessment", "Fabric proof of concept"]),
            "externalReferenceId": null,
            "eTag": format!("\"{tag:08x}-0000-0100-0000-{:012x}\"", self.index),
            "direction": "Incoming",
            "links": {
                "self": {"uri": format!("https://api.partner.microsoft.com/v1.0/engagements/referrals/{id}"), "method": "GET"},
                "relatedReferrals": {"uri": "https://api.partner.microsoft.com/v1.0/engagements/referals?$filter=engagementId eq", "method": "GET"},
            },
        });
    }

    fn open(&mut self, ordinal: u64) {
        let fresh = ordinal % 5 < 3;
        let (status, substatus) = match (fresh, ordinal % 2) {
            (true, 0) => ("New", "Pending"),
            (true, _) => ("New", "Received"),
            (false, _) => ("Active", "Accepted"),
        };
        let slot = usize::try_from(ordinal).unwrap_or(0) % EXPIRES_IN.len();
        let expires_in = EXPIRES_IN[slot];
        let created = match (fresh, expires_in) {
            (true, Some(days)) => (days - 14) * DAY - self.seconds(0, DAY),
            (true, None) => -self.seconds(3_600, 20 * DAY),
            (false, _) => -self.seconds(5 * DAY, 120 * DAY),
        };
        let updated = created + self.seconds(60, -created);
        self.payload["status"] = json!(status);
        self.payload["substatus"] = json!(substatus);
        self.payload["statusReason"] = Value::Null;
        self.payload["createdDateTime"] = self.time(created);
        self.payload["updatedDateTime"] = self.time(updated);
        self.payload["closedDateTime"] = Value::Null;
        self.payload["acceptedDateTime"] = if fresh { Value::Null } else { self.time(updated) };
        match expires_in.filter(|_| fresh) {
            Some(days) => self.payload["expirationDateTime"] = self.midnight(days),
            None if slot + 1 == EXPIRES_IN.len() => {}
            None => self.payload["expirationDateTime"] = Value::Null,
        }
    }

    fn closed(&mut self, ordinal: u64) {
        let (status, substatus) = match ordinal {
            o if o % 41 == 17 => ("OnHold", "Escalated"),
            o if o % 37 == 11 => ("Closed", "Error"),
            o => ("Closed", ["Won", "Lost", "Declined", "Expired"][usize::try_from(o % 4).unwrap_or(0)]),
        };
        let created = -self.seconds(30 * DAY, 400 * DAY);
        let closed = created + self.seconds(DAY, 25 * DAY);
        self.payload["status"] = json!(status);
        self.payload["substatus"] = json!(substatus);
        self.payload["statusReason"] = match substatus {
            "Declined" => json!("Kapasite yok"),
            "Lost" => json!("Budget &amp; timing"),
            _ => Value::Null,
        };
        self.payload["createdDateTime"] = self.time(created);
        self.payload["updatedDateTime"] = self.time(closed);
        self.payload["closedDateTime"] = self.time(closed);
        self.payload["acceptedDateTime"] = Value::Null;
        self.payload["expirationDateTime"] =
            self.midnight(created / DAY + if ordinal.is_multiple_of(3) { 8 } else { 14 });
    }

    fn deal(&mut self) {
        let thousands = 1 + self.random.below(400);
        let value = match self.index % 9 {
            0 => json!(format!("{}.50", thousands * 1000)),
            1 => json!((thousands * 1000) as f64 + 0.75),
            2 => Value::Null,
            3 => json!(thousands.to_string()),
            4 if self.index.is_multiple_of(2) => json!(0),
            _ => json!(thousands * 1000),
        };
        let mut details = json!({
            "notes": self.random.pick(&["120 kullanıcı, Exchange'ten geçiş.", "Müşteri fiyat bekliyor; <b>acil</b>.", "Wants a proposal by the end of the month.", "", "Lisans yenileme\r\nve eğitim"]),
            "dealValue": value,
            "currency": self.random.pick(&[json!("USD"), json!("TRY"), json!("EUR"), json!("GBP"), Value::Null]),
            "closingDateTime": null,
            "customerRequestedContact": self.random.pick(&[json!(true), json!(false), Value::Null]),
            "requirements": {
                "industries": [{"id": "Manufacturing"}],
                "products": [{"id": self.random.pick(&["Microsoft365", "Azure", "Dynamics365"])}],
                "services": [{"id": "DeploymentOrMigration"}],
                "solutions": [{"id": "SOL-00000-AAA", "name": null, "type": "Name"}],
                "offers": [],
            },
        });
        let closing = self.seconds(-60 * DAY, 120 * DAY);
        if self.index % 4 != 3 {
            details["closingDateTime"] = self.time(closing);
        }
        match self.index % 27 {
            11 => details = Value::Null,
            14 => details["requirements"] = Value::Null,
            20 => {
                if let Some(fields) = details.as_object_mut() {
                    fields.remove("dealValue");
                    fields.remove("currency");
                }
            }
            _ => {}
        }
        self.payload["details"] = details;
        self.payload["consent"] = match self.index % 7 {
            3 => json!({"ConsentToToShareInfoWithOthers": true, "consenttocontact": false}),
            5 => Value::Null,
            _ => {
                json!({"consentToToShareInfoWithOthers": true, "consentToContact": true, "consentToShareReferralWithMicrosoftSellers": self.index.is_multiple_of(2)})
            }
        };
    }

    fn invitation(&mut self) {
        let slot = usize::try_from(self.index * 5 + self.index / 12).unwrap_or(0) % KINDS.len();
        let (kind, qualification, invited_by) = KINDS[slot];
        self.payload["type"] = json!(kind);
        self.payload["qualification"] = json!(qualification);
        self.payload["inviteContext"] = match invited_by {
            None if self.index.is_multiple_of(2) => Value::Null,
            None => json!({"notes": null, "assistanceRequestCode": "Unknown", "invitedBy": null}),
            Some(by) => json!({
                "notes": "Can you help this customer?",
                "assistanceRequestCode": "Unknown",
                "invitedBy": {"organizationId": by, "organizationName": match by {
                    "msft" => "Microsoft",
                    OWN_ORGANIZATION => "Örnek Bilişim",
                    _ => "Example Partner Ltd",
                }},
            }),
        };
        let seller = json!({"firstName": "Jolanda", "lastName": "Exampleseller", "phoneNumber": null, "email": "jolanda@microsoft.example"});
        let colleague = |at: usize| {
            let (first, last) = ACCOUNTS[at].name.split_once(' ').unwrap_or(("", ""));
            json!({"firstName": first, "lastName": last, "phoneNumber": "", "email": ACCOUNTS[at].username, "title": null})
        };
        self.payload["team"] = match self.index % 19 {
            3 => Value::Null,
            7 => json!([]),
            2 | 9 | 12 | 17 => json!([colleague(0), colleague(1), seller]),
            _ => json!([colleague(0), seller]),
        };
    }

    /// Missing, null and empty where a program expects a value, and fields that nobody announced.
    fn odds_and_ends(&mut self, is_open: bool) {
        self.payload["favorite"] = json!(self.index.is_multiple_of(14));
        self.payload["isSpam"] = json!(false);
        self.payload["mpnId"] = json!("1234567");
        self.payload["tags"] = json!([]);
        self.payload["registrations"] = json!([]);
        self.payload["trackingInfo"] = json!({"microsoftMsxId": null});
        self.payload["target"] = json!([{"type": "SolutionProfile", "id": "SOL-00000-AAA"}]);
        self.payload["referralSource"] = Value::Null;
        match self.index % 13 {
            1 => self.payload["name"] = Value::Null,
            4 => self.payload["name"] = json!(""),
            6 => self.remove("name"),
            8 => self.payload["externalReferenceId"] = json!(format!("CRM-{}", self.index)),
            10 => self.payload["externalReferenceId"] = json!(""),
            _ => {}
        }
        match self.index % 17 {
            2 => self.remove("links"),
            5 => self.payload["copilotInsights"] = json!({"score": 0.42, "labels": ["warm", null]}),
            7 => self.payload["salesStage"] = json!("20-Qualify"),
            11 => self.payload["createdVia"] = json!("PartnerCenterPortal"),
            14 => self.payload["futureFlag"] = json!(12_345_678_901_234_567_u64),
            _ => {}
        }
        if is_open {
            return;
        }
        match self.index % 29 {
            3 => self.remove("direction"),
            8 => self.payload["direction"] = Value::Null,
            13 => self.payload["createdDateTime"] = Value::Null,
            19 => self.remove("statusReason"),
            22 => self.remove("engagementId"),
            26 => self.payload["organizationName"] = json!(""),
            _ => {}
        }
    }
}
