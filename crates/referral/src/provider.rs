use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::registrable_domain;
use crate::signals::Signals;

/// Who runs the mailboxes of a domain, as far as it matters for a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProviderId {
    M365,
    Google,
    Yandex,
    Zoho,
    AmazonSes,
    #[serde(rename = "sendgrid")]
    SendGrid,
    Mailgun,
    /// A web host; its brand says which.
    Hosting,
    /// A server of the company's own, or one of its internet provider.
    Local,
    #[default]
    Unknown,
}

impl ProviderId {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 10] = [
        Self::M365,
        Self::Google,
        Self::Yandex,
        Self::Zoho,
        Self::AmazonSes,
        Self::SendGrid,
        Self::Mailgun,
        Self::Hosting,
        Self::Local,
        Self::Unknown,
    ];

    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::M365 => "m365",
            Self::Google => "google",
            Self::Yandex => "yandex",
            Self::Zoho => "zoho",
            Self::AmazonSes => "amazon_ses",
            Self::SendGrid => "sendgrid",
            Self::Mailgun => "mailgun",
            Self::Hosting => "hosting",
            Self::Local => "local",
            Self::Unknown => "unknown",
        }
    }
}

/// What the provider was told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProviderEvidence {
    /// The host that takes the mail.
    Mx,
    /// That host lies in the company's own domain.
    OwnDomain,
    /// A gateway takes the mail; the SPF record names who may send.
    SpfBehindGateway,
    /// The company is known to have an Azure tenant.
    AzureTenant,
    /// Nothing tells it.
    #[default]
    Nothing,
}

/// Who runs the mailboxes of a domain, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Provider {
    pub id: ProviderId,
    /// The brand, where the host's name tells it.
    pub brand: Option<String>,
    /// The filter that stands before the mailboxes.
    pub gateway: Option<String>,
    pub evidence: ProviderEvidence,
}

impl Provider {
    /// Reads it from the preferred mail host, and from SPF where that host is a gateway.
    pub fn of(signals: &Signals) -> Self {
        let Some(host) = signals.mx.found().and_then(|hosts| hosts.first()) else {
            return Self::default();
        };
        match DIRECTORY.mx.get(host) {
            Some(Host::Mailbox(entry)) => entry.named(ProviderEvidence::Mx),
            Some(Host::Gateway(brand)) => {
                Self { gateway: Some((*brand).to_owned()), ..behind_gateway(signals).unwrap_or_default() }
            }
            None if is_own(host, &signals.domain) => {
                Self { id: ProviderId::Local, evidence: ProviderEvidence::OwnDomain, ..Self::default() }
            }
            None => Self::default(),
        }
    }

    /// The same company, which is known to have an Azure tenant.
    pub fn of_azure_tenant(self) -> Self {
        if self.id == ProviderId::M365 {
            return self;
        }
        Self {
            id: ProviderId::M365,
            brand: None,
            evidence: ProviderEvidence::AzureTenant,
            gateway: self.gateway,
        }
    }
}

fn is_own(host: &str, domain: &str) -> bool {
    registrable_domain(host).is_some_and(|root| Some(root) == registrable_domain(domain))
}

fn behind_gateway(signals: &Signals) -> Option<Provider> {
    let named: Vec<_> =
        signals.spf.found()?.names.iter().filter_map(|name| DIRECTORY.spf.get(name)).collect();
    named
        .into_iter()
        .min_by_key(|entry| entry.place)
        .map(|entry| entry.named(ProviderEvidence::SpfBehindGateway))
}

static DIRECTORY: LazyLock<Directory> =
    LazyLock::new(|| parse(include_str!("../data/mail-providers.toml")).unwrap_or_default().into());

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    providers: Vec<Listed>,
    gateways: Vec<Gateway>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    id: ProviderId,
    brand: String,
    mx: Vec<String>,
    #[serde(default)]
    spf: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gateway {
    brand: String,
    mx: Vec<String>,
}

fn parse(text: &str) -> Result<File, toml_edit::de::Error> {
    toml_edit::de::from_str(text)
}

#[derive(Debug, Clone)]
struct Entry {
    id: ProviderId,
    brand: String,
    place: usize,
}

impl Entry {
    fn named(&self, evidence: ProviderEvidence) -> Provider {
        Provider { id: self.id, brand: Some(self.brand.clone()), gateway: None, evidence }
    }
}

enum Host {
    Mailbox(Entry),
    Gateway(String),
}

#[derive(Default)]
struct Directory {
    mx: Endings<Host>,
    spf: Endings<Entry>,
}

impl From<File> for Directory {
    fn from(file: File) -> Self {
        let mut directory = Self::default();
        for (place, listed) in file.providers.into_iter().enumerate() {
            let entry = Entry { id: listed.id, brand: listed.brand, place };
            for ending in listed.mx {
                directory.mx.insert(ending, Host::Mailbox(entry.clone()));
            }
            for ending in listed.spf {
                directory.spf.insert(ending, entry.clone());
            }
        }
        for gateway in file.gateways {
            for ending in gateway.mx {
                directory.mx.insert(ending, Host::Gateway(gateway.brand.clone()));
            }
        }
        directory
    }
}

/// Values by the end of a host name: of several ends that fit, the longest counts.
struct Endings<T> {
    plain: HashMap<String, T>,
    starred: Vec<(Vec<String>, T)>,
}

impl<T> Default for Endings<T> {
    fn default() -> Self {
        Self { plain: HashMap::new(), starred: Vec::new() }
    }
}

impl<T> Endings<T> {
    fn insert(&mut self, ending: String, value: T) {
        if ending.contains('*') {
            self.starred.push((ending.split('.').map(str::to_owned).collect(), value));
        } else {
            self.plain.insert(ending, value);
        }
    }

    fn get(&self, host: &str) -> Option<&T> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let labels: Vec<&str> = host.split('.').collect();
        let starred = self.starred.iter().find(|(pattern, _)| ends_with(&labels, pattern));
        starred.map(|(_, value)| value).or_else(|| {
            let mut rest = Some(host.as_str());
            while let Some(ending) = rest {
                if let Some(value) = self.plain.get(ending) {
                    return Some(value);
                }
                rest = ending.split_once('.').map(|(_, parent)| parent);
            }
            None
        })
    }
}

fn ends_with(labels: &[&str], pattern: &[String]) -> bool {
    labels.len() >= pattern.len()
        && labels
            .iter()
            .rev()
            .zip(pattern.iter().rev())
            .all(|(label, wanted)| wanted == "*" || label == wanted)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::signals::{Answer, Spf};
    use proptest::prelude::*;
    use rstest::rstest;

    fn with_mx(domain: &str, host: &str) -> Signals {
        Signals { mx: Answer::Found(vec![host.to_owned()]), ..Signals::unanswered(domain) }
    }

    #[rstest]
    #[case("contoso-com.mail.protection.outlook.com", ProviderId::M365, Some("Microsoft 365"))]
    #[case("Contoso-Com.Mail.Protection.Outlook.Com.", ProviderId::M365, Some("Microsoft 365"))]
    #[case("contoso-com.a-v1.mx.microsoft", ProviderId::M365, Some("Microsoft 365"))]
    #[case("mail.protection.outlook.com.evil.example", ProviderId::Unknown, None)]
    #[case("notmail.protection.outlook.com", ProviderId::Unknown, None)]
    #[case("aspmx.l.google.com", ProviderId::Google, Some("Google Workspace"))]
    #[case("smtp.google.com", ProviderId::Google, Some("Google Workspace"))]
    #[case("aspmx2.googlemail.com", ProviderId::Google, Some("Google Workspace"))]
    #[case("mx.yandex.net", ProviderId::Yandex, Some("Yandex 360"))]
    #[case("mx.yandex.ru", ProviderId::Yandex, Some("Yandex 360"))]
    #[case("mx2.zoho.com", ProviderId::Zoho, Some("Zoho Mail"))]
    #[case("mx.zoho.eu", ProviderId::Zoho, Some("Zoho Mail"))]
    #[case("mx.zoho.in", ProviderId::Zoho, Some("Zoho Mail"))]
    #[case("inbound-smtp.eu-west-1.amazonaws.com", ProviderId::AmazonSes, Some("Amazon SES"))]
    #[case("ec2-1-2-3-4.eu-west-1.compute.amazonaws.com", ProviderId::Unknown, None)]
    #[case("mx.sendgrid.net", ProviderId::SendGrid, Some("SendGrid"))]
    #[case("mxa.eu.mailgun.org", ProviderId::Mailgun, Some("Mailgun"))]
    #[case("smtp.secureserver.net", ProviderId::Hosting, Some("GoDaddy"))]
    #[case("mx1.mail.ovh.net", ProviderId::Hosting, Some("OVH"))]
    #[case("mx00.kundenserver.de", ProviderId::Hosting, Some("IONOS"))]
    #[case("mx1.hostinger.com", ProviderId::Hosting, Some("Hostinger"))]
    #[case("mx1.privateemail.com", ProviderId::Hosting, Some("Namecheap"))]
    #[case("smtpin.rzone.de", ProviderId::Hosting, Some("Strato"))]
    #[case("mx01.natrohost.com", ProviderId::Hosting, Some("Natro"))]
    #[case("mx1.turkticaret.net", ProviderId::Hosting, Some("Turhost"))]
    #[case("mail.guzel.net.tr", ProviderId::Hosting, Some("Güzel Hosting"))]
    #[case("mx.isimtescil.net", ProviderId::Hosting, Some("İsimtescil"))]
    #[case("mx.hosting.com.tr", ProviderId::Hosting, Some("hosting.com.tr"))]
    #[case("mail.ttnet.net.tr", ProviderId::Local, Some("Türk Telekom"))]
    #[case("mail.ornek.com.tr", ProviderId::Local, None)]
    #[case("ornek.com.tr", ProviderId::Local, None)]
    #[case("mail.baska.com.tr", ProviderId::Unknown, None)]
    #[case("localhost", ProviderId::Unknown, None)]
    #[case("", ProviderId::Unknown, None)]
    fn by_the_mail_host(#[case] host: &str, #[case] id: ProviderId, #[case] brand: Option<&str>) {
        let provider = Provider::of(&with_mx("ornek.com.tr", host));
        assert_eq!((provider.id, provider.brand.as_deref()), (id, brand));
        assert_eq!(provider.gateway, None);
    }

    #[test]
    fn only_the_preferred_host_counts() {
        let hosts = ["mx.yandex.net", "ornek-com-tr.mail.protection.outlook.com"].map(str::to_owned);
        let signals = Signals { mx: Answer::Found(hosts.to_vec()), ..Signals::unanswered("ornek.com.tr") };
        assert_eq!(Provider::of(&signals).id, ProviderId::Yandex);
    }

    #[test]
    fn an_international_name_is_its_own() {
        assert_eq!(Provider::of(&with_mx("örnek.com.tr", "mail.xn--rnek-4qa.com.tr")).id, ProviderId::Local);
    }

    #[rstest]
    #[case("mx1-us1.ppe-hosted.com", &["spf.protection.outlook.com"], ProviderId::M365, "Proofpoint")]
    #[case("eu-smtp-inbound-1.mimecast.com", &["eu._netblocks.mimecast.com", "_spf.google.com"], ProviderId::Google, "Mimecast")]
    #[case("d1.ess.de.barracudanetworks.com", &["_spf.google.com", "spf.protection.outlook.com"], ProviderId::M365, "Barracuda")]
    #[case("mx1.hc1.eu.iphmx.com", &["_spf.yandex.net"], ProviderId::Yandex, "Cisco")]
    #[case("mx1.pphosted.com", &["sendgrid.net"], ProviderId::Unknown, "Proofpoint")]
    #[case("mx1.pphosted.com", &[], ProviderId::Unknown, "Proofpoint")]
    fn behind_a_gateway_spf_decides(
        #[case] host: &str,
        #[case] names: &[&str],
        #[case] id: ProviderId,
        #[case] gateway: &str,
    ) {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let spf = Spf { is_valid: true, names, ..Spf::default() };
        let signals = Signals { spf: Answer::Found(spf), ..with_mx("ornek.com.tr", host) };
        let provider = Provider::of(&signals);
        let evidence = if id == ProviderId::Unknown {
            ProviderEvidence::Nothing
        } else {
            ProviderEvidence::SpfBehindGateway
        };
        assert_eq!((provider.id, provider.evidence), (id, evidence));
        assert_eq!(provider.gateway.as_deref(), Some(gateway));
    }

    #[test]
    fn spf_does_not_decide_without_a_gateway() {
        let spf = Spf { names: vec!["spf.protection.outlook.com".into()], ..Spf::default() };
        let signals = Signals { spf: Answer::Found(spf), ..with_mx("ornek.com.tr", "mail.ornek.com.tr") };
        assert_eq!(Provider::of(&signals).id, ProviderId::Local);
    }

    #[test]
    fn the_file_is_sound() {
        let file = parse(include_str!("../data/mail-providers.toml")).unwrap();
        assert!(file.providers.len() > 60 && file.gateways.len() > 10);
        let all = file
            .providers
            .iter()
            .flat_map(|entry| &entry.mx)
            .chain(file.gateways.iter().flat_map(|entry| &entry.mx));
        let all: Vec<_> = all.collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "no ending twice");
        assert!(all.iter().all(|ending| **ending == ending.to_ascii_lowercase() && ending.contains('.')));
        for id in ProviderId::ALL {
            assert!(id == ProviderId::Unknown || file.providers.iter().any(|entry| entry.id == id), "{id:?}");
            assert_eq!(serde_json::to_value(id).unwrap(), id.as_str());
        }
    }

    proptest! {
        #[test]
        fn any_host_is_taken_calmly(host in ".{0,60}", domain in ".{0,20}") {
            let _ = Provider::of(&with_mx(&domain, &host));
        }
    }
}
