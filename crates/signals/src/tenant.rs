use hickory_resolver::proto::rr::{RData, RecordType};
use hunter_referral::{Answer, Provider, ProviderEvidence, ProviderId, Signals, TenantEvidence, TenantHint};

use crate::domain::Domain;
use crate::questions::Reply;

const TENANT_SUFFIX: &str = ".onmicrosoft.com";
const DKIM_SUFFIX: &str = ".dkim.mail.microsoft";
const SPF_NAME: &str = "spf.protection.outlook.com";

/// What aliases below the domain tell about its tenant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aliases {
    dkim: [Answer<String>; 2],
    autodiscover: Answer<String>,
    registration: Answer<String>,
}

/// Asks for the aliases that a tenant's domain has.
pub(crate) async fn aliases(domain: &Domain<'_>) -> Aliases {
    let (first, second, autodiscover, registration) = tokio::join!(
        alias(domain, "selector1._domainkey"),
        alias(domain, "selector2._domainkey"),
        alias(domain, "autodiscover"),
        alias(domain, "enterpriseregistration"),
    );
    Aliases { dkim: [first, second], autodiscover, registration }
}

async fn alias(domain: &Domain<'_>, label: &str) -> Answer<String> {
    match domain.ask_below(label, RecordType::CNAME).await {
        Reply::Unanswered => Answer::Unanswered,
        Reply::NoData | Reply::NoName => Answer::Absent,
        Reply::Records(records) => {
            let target = records.iter().find_map(|record| {
                if let RData::CNAME(name) = record { Some(name.0.to_ascii()) } else { None }
            });
            target
                .map_or(Answer::Absent, |name| Answer::Found(name.trim_end_matches('.').to_ascii_lowercase()))
        }
    }
}

/// Puts together what points to a tenant: aliases, the domain's TXT records, and the signals that are known already.
pub(crate) fn tenant(signals: &Signals, texts: &Reply, aliases: &Aliases) -> Answer<TenantHint> {
    let provider = Provider::of(signals);
    let leads =
        |alias: &Answer<String>, suffix: &str| alias.found().is_some_and(|name| ends_with(name, suffix));
    let evidence = [
        (TenantEvidence::Mx, provider.id == ProviderId::M365 && provider.evidence == ProviderEvidence::Mx),
        (
            TenantEvidence::Spf,
            signals.spf.found().is_some_and(|spf| spf.names.iter().any(|name| name == SPF_NAME)),
        ),
        (TenantEvidence::Verification, texts.texts().iter().any(|text| is_verification(text))),
        (
            TenantEvidence::Dkim,
            aliases.dkim.iter().any(|alias| leads(alias, TENANT_SUFFIX) || leads(alias, DKIM_SUFFIX)),
        ),
        (TenantEvidence::Autodiscover, leads(&aliases.autodiscover, "autodiscover.outlook.com")),
        (
            TenantEvidence::DeviceRegistration,
            leads(&aliases.registration, "enterpriseregistration.windows.net"),
        ),
    ];
    let evidence: Vec<TenantEvidence> =
        evidence.into_iter().filter(|(_, is_there)| *is_there).map(|(evidence, _)| evidence).collect();
    let of_dkim = aliases.dkim.iter().filter_map(Answer::found).find_map(|name| tenant_name(name));
    let own = signals.domain.ends_with(TENANT_SUFFIX).then(|| signals.domain.clone());
    let name = own.or(of_dkim);
    if name.is_some() || !evidence.is_empty() {
        return Answer::Found(TenantHint { name, evidence });
    }
    let mut asked = aliases.dkim.iter().chain([&aliases.autodiscover, &aliases.registration]);
    let is_open = signals.mx.is_unanswered() || texts.is_unanswered() || asked.any(Answer::is_unanswered);
    if is_open { Answer::Unanswered } else { Answer::Absent }
}

fn ends_with(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.') || suffix.starts_with('.'))
}

fn is_verification(text: &str) -> bool {
    let (key, value) = text.split_at_checked(5).unwrap_or((text, ""));
    key.eq_ignore_ascii_case("MS=ms") && value.starts_with(|letter: char| letter.is_ascii_digit())
}

/// The tenant's name within the target of a DKIM selector: `selector1-…._domainkey.contoso.onmicrosoft.com`, or with the newer
/// `selector1-…._domainkey.contoso.n-v1.dkim.mail.microsoft`.
fn tenant_name(target: &str) -> Option<String> {
    let (_, place) = target.split_once("._domainkey.")?;
    let tenant = match place.strip_suffix(TENANT_SUFFIX) {
        Some(tenant) => tenant,
        None => place.strip_suffix(DKIM_SUFFIX)?.split_once('.')?.0,
    };
    let is_label = !tenant.is_empty() && !tenant.contains('.');
    is_label.then(|| format!("{tenant}{TENANT_SUFFIX}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("selector1-ornek-com-tr._domainkey.ornek.onmicrosoft.com", Some("ornek.onmicrosoft.com"))]
    #[case("selector1-ornek-com-tr._domainkey.ornek.n-v1.dkim.mail.microsoft", Some("ornek.onmicrosoft.com"))]
    #[case("selector1._domainkey.elsewhere.example", None)]
    #[case("ornek.onmicrosoft.com", None)]
    #[case("selector1-x._domainkey..onmicrosoft.com", None)]
    fn the_tenants_name(#[case] target: &str, #[case] expected: Option<&str>) {
        assert_eq!(tenant_name(target).as_deref(), expected);
    }

    #[rstest]
    #[case("MS=ms12345678", true)]
    #[case("ms=MS1", true)]
    #[case("MS=msx", false)]
    #[case("MS=", false)]
    #[case("v=spf1 -all", false)]
    fn verification(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_verification(text), expected);
    }

    #[rstest]
    #[case("autodiscover.outlook.com", "autodiscover.outlook.com", true)]
    #[case("x.autodiscover.outlook.com", "autodiscover.outlook.com", true)]
    #[case("notautodiscover.outlook.com", "autodiscover.outlook.com", false)]
    #[case("a.onmicrosoft.com", ".onmicrosoft.com", true)]
    fn endings(#[case] name: &str, #[case] suffix: &str, #[case] expected: bool) {
        assert_eq!(ends_with(name, suffix), expected);
    }
}
