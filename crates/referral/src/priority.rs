use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::kind::Kind;
use crate::rules::Rules;
use crate::score::{Part, ReasonId};

/// How soon a referral is worth a call: with the built-in rules 0 to 200, of which 100 are the company's score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Priority {
    pub value: i32,
    /// Their points make up the value; what adds nothing is left out.
    pub parts: Vec<Part>,
}

/// What is known of a referral beside its company's score.
#[derive(Debug, Clone, Copy)]
pub struct Prospect<'a> {
    pub kind: Kind,
    /// Until it expires; none where it does not, or needs no answer any more.
    pub time_left: Option<SignedDuration>,
    /// Whether the customer asked to be contacted.
    pub contact_wanted: bool,
    pub deal_value: Option<Decimal>,
    /// In a currency without bands a value adds nothing.
    pub currency: Option<&'a str>,
}

/// Adds up score, co-sell bonus, urgency and value; a company without a score adds nothing.
pub fn priority(score: Option<u8>, prospect: &Prospect<'_>, rules: &Rules) -> Priority {
    let cosell = if prospect.kind == Kind::CoSell { rules.cosell_bonus } else { 0 };
    let wanted = if prospect.contact_wanted { rules.priority.contact_wanted } else { 0 };
    let value = prospect.deal_value.zip(prospect.currency);
    let parts: Vec<Part> = [
        (ReasonId::Score, score.map_or(0, i32::from)),
        (ReasonId::CoSell, i32::from(cosell)),
        (ReasonId::TimeLeft, prospect.time_left.map_or(0, |left| rules.priority.urgency(left))),
        (ReasonId::ContactWanted, wanted),
        (
            ReasonId::DealValue,
            value.map_or(0, |(value, currency)| rules.priority.value(value, currency.trim())),
        ),
    ]
    .into_iter()
    .filter(|(_, points)| *points != 0)
    .map(|(reason, points)| Part::new(reason, points))
    .collect();
    Priority { value: parts.iter().map(|part| part.points).sum(), parts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const PLAIN: Prospect<'_> = Prospect {
        kind: Kind::Marketplace,
        time_left: None,
        contact_wanted: false,
        deal_value: None,
        currency: None,
    };

    fn of(score: Option<u8>, prospect: Prospect<'_>) -> i32 {
        priority(score, &prospect, &Rules::built_in()).value
    }

    #[rstest]
    #[case(None, 0)]
    #[case(Some(0), 0)]
    #[case(Some(55), 55)]
    #[case(Some(100), 100)]
    fn begins_with_the_score(#[case] score: Option<u8>, #[case] expected: i32) {
        assert_eq!(of(score, PLAIN), expected);
    }

    #[rstest]
    #[case(Kind::CoSell, 65)]
    #[case(Kind::Marketplace, 50)]
    #[case(Kind::SolutionProvider, 50)]
    #[case(Kind::Other, 50)]
    fn co_sell_adds_its_bonus(#[case] kind: Kind, #[case] expected: i32) {
        assert_eq!(of(Some(50), Prospect { kind, ..PLAIN }), expected);
    }

    #[test]
    fn the_bonus_is_a_setting() {
        let prospect = Prospect { kind: Kind::CoSell, ..PLAIN };
        assert_eq!(priority(Some(50), &prospect, &Rules::built_in().with_settings(55, 40)).value, 90);
    }

    #[rstest]
    #[case(-1, 0)]
    #[case(0, 0)]
    #[case(1, 40)]
    #[case(24 * 3600, 40)]
    #[case(24 * 3600 + 1, 30)]
    #[case(72 * 3600, 30)]
    #[case(72 * 3600 + 1, 15)]
    #[case(168 * 3600, 15)]
    #[case(168 * 3600 + 1, 5)]
    #[case(336 * 3600, 5)]
    #[case(336 * 3600 + 1, 0)]
    fn urgency_by_seconds_left(#[case] seconds: i64, #[case] expected: i32) {
        let time_left = Some(SignedDuration::from_secs(seconds));
        assert_eq!(of(None, Prospect { time_left, ..PLAIN }), expected);
    }

    #[rstest]
    #[case("4999.99", "USD", 0)]
    #[case("5000", "USD", 5)]
    #[case("24999.99", "EUR", 5)]
    #[case("25000", "eur", 10)]
    #[case("100000", " GBP ", 20)]
    #[case("500000", "USD", 30)]
    #[case("79228162514264337593543950335", "USD", 30)]
    #[case("500000", "TRY", 5)]
    #[case("20000000", "TRY", 30)]
    #[case("-500000", "USD", 0)]
    #[case("500000", "XTS", 0)]
    #[case("500000", "", 0)]
    fn value_bands(#[case] value: &str, #[case] currency: &str, #[case] expected: i32) {
        let prospect = Prospect { deal_value: value.parse().ok(), currency: Some(currency), ..PLAIN };
        assert_eq!(of(None, prospect), expected);
    }

    #[test]
    fn why_82() {
        let prospect = Prospect {
            kind: Kind::CoSell,
            time_left: Some(SignedDuration::from_hours(100)),
            contact_wanted: true,
            deal_value: Some(Decimal::from(6_000)),
            currency: Some("EUR"),
        };
        let found = priority(Some(32), &prospect, &Rules::built_in());
        assert_eq!(found.value, 32 + 15 + 15 + 15 + 5);
        let reasons: Vec<_> = found.parts.iter().map(|part| (part.reason, part.points)).collect();
        assert_eq!(
            reasons,
            [
                (ReasonId::Score, 32),
                (ReasonId::CoSell, 15),
                (ReasonId::TimeLeft, 15),
                (ReasonId::ContactWanted, 15),
                (ReasonId::DealValue, 5)
            ]
        );
    }

    #[test]
    fn the_most_is_200() {
        let prospect = Prospect {
            kind: Kind::CoSell,
            time_left: Some(SignedDuration::from_hours(1)),
            contact_wanted: true,
            deal_value: Some(Decimal::MAX),
            currency: Some("USD"),
        };
        assert_eq!(of(Some(100), prospect), 200);
    }

    proptest! {
        #[test]
        fn parts_sum_up_and_a_better_score_never_lowers(
            score in 0_u8..100,
            seconds in proptest::option::of(-1_000_000_i64..10_000_000),
            contact_wanted: bool,
            value in proptest::option::of(-1_000_000_i64..1_000_000_000),
            currency in "(USD|TRY|XTS)",
        ) {
            let prospect = Prospect {
                kind: Kind::CoSell,
                time_left: seconds.map(SignedDuration::from_secs),
                contact_wanted,
                deal_value: value.map(Decimal::from),
                currency: Some(&currency),
            };
            let found = priority(Some(score), &prospect, &Rules::built_in());
            prop_assert_eq!(found.value, found.parts.iter().map(|part| part.points).sum::<i32>());
            prop_assert!((0..=200).contains(&found.value));
            prop_assert_eq!(of(Some(score + 1), prospect), found.value + 1);
        }
    }
}
