use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::provider::ProviderId;

static BUILT_IN: LazyLock<Rules> =
    LazyLock::new(|| Rules::parse(include_str!("../data/score.toml")).unwrap_or_default());

/// What scores and priorities are made of, as data.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub version: u32,
    /// Points that a company with a known Azure tenant has at least; the setting of that name.
    pub azure_tenant_score: u8,
    /// What a co-sell referral has more; the setting of that name.
    pub cosell_bonus: u8,
    pub(crate) providers: HashMap<ProviderId, i32>,
    pub(crate) spf: SpfRules,
    pub(crate) dkim: DkimRules,
    pub(crate) dmarc: DmarcRules,
    pub(crate) hosting: HostingRules,
    pub(crate) segments: SegmentRules,
    pub(crate) priority: PriorityRules,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpfRules {
    pub found: i32,
    pub invalid: i32,
    pub absent: i32,
    pub many_includes: i32,
    pub includes_allowed: usize,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DkimRules {
    pub found: i32,
    pub absent: i32,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DmarcRules {
    pub reject: i32,
    pub quarantine: i32,
    pub none: i32,
    pub absent: i32,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HostingRules {
    pub unprotected: i32,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SegmentRules {
    pub migration: Vec<ProviderId>,
    pub migration_from: u8,
    pub cold_from: u8,
    pub cold_from_local: u8,
    pub cold_to: u8,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriorityRules {
    pub contact_wanted: i32,
    urgency: Vec<UrgencyStep>,
    values: Vec<ValueBands>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct UrgencyStep {
    hours: u32,
    points: i32,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueBands {
    currencies: Vec<String>,
    bands: Vec<Band>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Band {
    from: u64,
    points: i32,
}

/// A file of rules that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesError(String);

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

impl std::error::Error for RulesError {}

impl Rules {
    /// The rules that this version of Hunter comes with.
    pub fn built_in() -> Self {
        BUILT_IN.clone()
    }

    /// Reads rules from a text in the form of `score.toml`.
    ///
    /// # Errors
    ///
    /// If it is no TOML, lacks a rule, or has one that is not known.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        toml_edit::de::from_str(text).map_err(|error| RulesError(error.to_string()))
    }

    /// These rules with what the settings say.
    #[must_use]
    pub fn with_settings(self, azure_tenant_score: u8, cosell_bonus: u8) -> Self {
        Self { azure_tenant_score, cosell_bonus, ..self }
    }

    /// What a stored score has to agree with, or it is computed anew: the version and the settings it depends on.
    pub fn stamp(&self) -> String {
        format!("{}.{}.{}", self.version, self.azure_tenant_score, self.cosell_bonus)
    }
}

impl Rules {
    /// What each span of hours until expiry is worth at most, the shortest first.
    pub fn urgency_steps(&self) -> impl DoubleEndedIterator<Item = (u32, i32)> + '_ {
        self.priority.urgency.iter().map(|step| (step.hours, step.points))
    }

    /// What a customer's wish to be contacted is worth.
    pub fn contact_points(&self) -> i32 {
        self.priority.contact_wanted
    }

    /// Currencies with the sums from which a deal in them is worth so many points.
    pub fn value_bands(&self) -> impl Iterator<Item = (&[String], Vec<(u64, i32)>)> {
        self.priority.values.iter().map(|values| {
            let bands = values.bands.iter().map(|band| (band.from, band.points)).collect();
            (values.currencies.as_slice(), bands)
        })
    }
}

impl PriorityRules {
    pub(crate) fn urgency(&self, left: SignedDuration) -> i32 {
        if left <= SignedDuration::ZERO {
            return 0;
        }
        let fits = |step: &&UrgencyStep| left <= SignedDuration::from_hours(i64::from(step.hours));
        self.urgency.iter().find(fits).map_or(0, |step| step.points)
    }

    pub(crate) fn value(&self, value: Decimal, currency: &str) -> i32 {
        let known =
            |bands: &&ValueBands| bands.currencies.iter().any(|known| known.eq_ignore_ascii_case(currency));
        let bands = self.values.iter().find(known).map_or(&[][..], |found| &found.bands);
        bands.iter().rev().find(|band| value >= Decimal::from(band.from)).map_or(0, |band| band.points)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_file_is_sound() {
        let rules = Rules::parse(include_str!("../data/score.toml")).unwrap();
        assert_eq!(rules, Rules::built_in());
        assert_eq!((rules.azure_tenant_score, rules.cosell_bonus), (55, 15));
        assert_eq!(rules.providers.len(), ProviderId::ALL.len());
        let PriorityRules { urgency, values, .. } = &rules.priority;
        assert!(urgency.is_sorted_by(|one, next| one.hours < next.hours && one.points > next.points));
        for group in values {
            assert!(group.bands.is_sorted_by(|one, next| one.from < next.from && one.points < next.points));
        }
        let currencies: Vec<_> = values.iter().flat_map(|group| &group.currencies).collect();
        assert_eq!(currencies.iter().collect::<BTreeSet<_>>().len(), currencies.len(), "no currency twice");
    }

    #[test]
    fn a_rule_that_is_not_known_is_refused() {
        let text = include_str!("../data/score.toml").replace("[dkim]", "[dkim]\nrotated = 5");
        assert!(Rules::parse(&text).unwrap_err().to_string().contains("rotated"));
    }

    #[test]
    fn a_stamp_changes_with_version_and_settings() {
        let rules = Rules::built_in();
        assert_eq!(rules.stamp(), "1.55.15");
        assert_eq!(rules.with_settings(60, 0).stamp(), "1.60.0");
    }
}
