use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::terms::{Qualification, ReferralType};

/// The organisation id by which the service says "Microsoft".
const MICROSOFT: &str = "msft";

/// What kind of business a referral is; decides its badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Shared with Microsoft or with another partner.
    CoSell,
    /// An inquiry of a customer who found the partner in the marketplace.
    Marketplace,
    /// A lead that Microsoft qualified and passed on.
    SolutionProvider,
    /// None of the documented combinations.
    Other,
}

impl Kind {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CoSell => "co-sell",
            Self::Marketplace => "marketplace",
            Self::SolutionProvider => "solution-provider",
            Self::Other => "other",
        }
    }

    /// Classifies by type, qualification and the organisation that invited; a missing qualification counts as `None`.
    pub fn classify(
        referral_type: Option<&ReferralType>,
        qualification: Option<&Qualification>,
        invited_by: Option<&str>,
    ) -> Self {
        let by_microsoft = invited_by.is_some_and(|id| id.eq_ignore_ascii_case(MICROSOFT));
        let by_partner = invited_by.is_some() && !by_microsoft;
        match referral_type {
            Some(ReferralType::Shared) => Self::CoSell,
            Some(ReferralType::Independent) => match qualification.unwrap_or(&Qualification::None) {
                Qualification::Direct if !by_partner => Self::Marketplace,
                Qualification::SalesQualified | Qualification::MarketingQualified if by_microsoft => {
                    Self::SolutionProvider
                }
                Qualification::SalesQualified | Qualification::None if by_partner => Self::CoSell,
                Qualification::Direct
                | Qualification::SalesQualified
                | Qualification::MarketingQualified
                | Qualification::None
                | Qualification::Other(_) => Self::Other,
            },
            Some(ReferralType::Other(_)) | None => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const OWN: Option<&str> = Some("00000000-0000-4000-8000-0000000000a1");

    #[rstest]
    #[case("Shared", "SalesQualified", Some("msft"), Kind::CoSell)]
    #[case("Shared", "Novel", None, Kind::CoSell)]
    #[case("shared", "None", OWN, Kind::CoSell)]
    #[case("Independent", "Direct", Some("msft"), Kind::Marketplace)]
    #[case("Independent", "Direct", None, Kind::Marketplace)]
    #[case("Independent", "Direct", OWN, Kind::Other)]
    #[case("Independent", "SalesQualified", Some("MSFT"), Kind::SolutionProvider)]
    #[case("Independent", "MarketingQualified", Some("msft"), Kind::SolutionProvider)]
    #[case("Independent", "MarketingQualified", OWN, Kind::Other)]
    #[case("Independent", "SalesQualified", OWN, Kind::CoSell)]
    #[case("Independent", "None", OWN, Kind::CoSell)]
    #[case("Independent", "SalesQualified", None, Kind::Other)]
    #[case("Independent", "None", Some("msft"), Kind::Other)]
    #[case("Independent", "Novel", Some("msft"), Kind::Other)]
    #[case("Federated", "Direct", None, Kind::Other)]
    fn the_table(
        #[case] referral_type: &str,
        #[case] qualification: &str,
        #[case] invited_by: Option<&str>,
        #[case] expected: Kind,
    ) {
        let referral_type = ReferralType::parse(referral_type);
        let qualification = Qualification::parse(qualification);
        assert_eq!(Kind::classify(Some(&referral_type), Some(&qualification), invited_by), expected);
    }

    #[test]
    fn missing_words() {
        let independent = ReferralType::Independent;
        assert_eq!(Kind::classify(Some(&independent), None, OWN), Kind::CoSell);
        assert_eq!(Kind::classify(Some(&independent), None, None), Kind::Other);
        assert_eq!(Kind::classify(None, None, None), Kind::Other);
    }
}
