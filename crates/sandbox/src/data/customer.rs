//! The customer of a referral, with and without a usable domain.

use serde_json::{Value, json};

use super::One;
use super::firms::Firm;

impl One<'_> {
    /// The customer; `homeless` counts those without any usable domain.
    pub(super) fn customer(&mut self, homeless: Option<u64>) {
        // Some firms come back with another referral.
        let number = if self.index % 6 == 5 { self.index - 3 } else { self.index };
        let mut firm = Firm::new(self.generator.seed, number);
        let sizes = [
            json!("1to9employees"),
            json!("10to50employees"),
            json!("51to250employees"),
            json!("251to1000employees"),
            json!("Morethan20000employees"),
            json!(""),
            Value::Null,
        ];
        let mut profile = json!({
            "name": firm.name,
            "size": self.random.pick(&sizes),
            "address": firm.address(),
            "ids": self.plain_ids(),
        });
        match homeless {
            Some(ordinal) if ordinal % 25 == 24 => profile = Value::Null,
            Some(ordinal) => Self::without_domain(&mut profile, &mut firm, ordinal),
            None => self.with_domain(&mut profile, &mut firm),
        }
        if self.index % 31 == 12 && profile.is_object() {
            profile["address"] = Value::Null;
        }
        self.payload["customerProfile"] = profile;
    }

    /// `ids` in the shapes that say nothing about a domain.
    fn plain_ids(&self) -> Value {
        match self.index % 5 {
            0 => json!({}),
            1 => json!([]),
            2 => Value::Null,
            3 => json!({"duns": format!("00{:07}", self.index)}),
            _ => json!([
                {"profileType": "Duns", "id": format!("00{:07}", self.index)},
                {"profileType": "External", "id": format!("CRM-{}", self.index)},
            ]),
        }
    }

    fn without_domain(profile: &mut Value, firm: &mut Firm, ordinal: u64) {
        profile["team"] = match ordinal % 7 {
            0 => json!([firm.private_contact()]),
            1 => json!([]),
            2 => Value::Null,
            3 => json!([firm.contact_with(Value::Null)]),
            4 => json!([firm.private_contact(), firm.private_contact()]),
            5 => json!([firm.contact_with(json!("")), firm.contact_with(json!("yok"))]),
            _ => return,
        };
    }

    fn with_domain(&self, profile: &mut Value, firm: &mut Firm) {
        let wire = firm.wire_domain.clone();
        match self.index % 8 {
            5 => {
                let id = match self.index % 3 {
                    0 => firm.shown_domain.clone(),
                    1 => format!("https://www.{wire}/iletisim?dil=tr"),
                    _ => format!("HTTP://{}", wire.to_uppercase()),
                };
                profile["ids"] = json!([
                    {"profileType": "External", "id": format!("CRM-{}", self.index)},
                    {"profileType": "External", "id": id},
                ]);
                profile["team"] = json!([firm.private_contact()]);
            }
            6 if self.index.is_multiple_of(3) => {
                profile["website"] = json!(format!("www.{}", firm.shown_domain));
                profile["team"] = json!([]);
            }
            6 => {
                profile["websiteUrl"] = json!(format!("https://{wire}/"));
                profile["team"] = json!([firm.private_contact()]);
            }
            7 if self.index.is_multiple_of(3) => {
                let other = Firm::new(self.generator.seed, self.index + 1_000_000).wire_domain;
                profile["team"] = json!([firm.contact(&wire), firm.contact(&other)]);
            }
            7 => {
                let loud = wire.to_uppercase();
                profile["team"] = json!([firm.contact(&loud), firm.contact(&format!("mail.{wire}"))]);
            }
            3 => profile["team"] = json!([firm.private_contact(), firm.contact(&wire)]),
            _ => profile["team"] = json!([firm.contact(&wire)]),
        }
    }
}
