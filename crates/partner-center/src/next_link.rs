use url::Url;

use crate::api_error::BadAnswer;

const KEPT: [&str; 6] = ["$skiptoken", "$top", "$filter", "$orderby", "$select", "$skip"];
const LONGEST: usize = 16 << 10;

/// Where the next page starts: options for our own address, whatever address the service named.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct NextPage {
    /// The query to send, in the service's own spelling.
    pub(crate) query: String,
    /// What tells this page from others.
    pub(crate) token: String,
}

impl NextPage {
    /// Takes nothing but the known query options from a link; host, scheme and path are not followed.
    pub(crate) fn from_link(link: &str, base: &Url) -> Result<Self, BadAnswer> {
        if link.len() > LONGEST {
            return Err(BadAnswer::NextLink);
        }
        // A token may hold a "#" as it is.
        let link = link.trim().replace('#', "%23");
        let url = base.join(&link).map_err(|_| BadAnswer::NextLink)?;
        let mut token = None;
        let mut options = Vec::new();
        for option in url.query().unwrap_or_default().split('&') {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let name = decoded(name).to_ascii_lowercase();
            if !KEPT.contains(&name.as_str()) {
                continue;
            }
            if name == "$skiptoken" && token.replace(value.to_owned()).is_some() {
                return Err(BadAnswer::NextLink);
            }
            options.push(format!("{name}={value}"));
        }
        let skip = options.iter().find(|option| option.len() > 6 && option.starts_with("$skip=")).cloned();
        let token = token.or(skip).filter(|token| !token.is_empty()).ok_or(BadAnswer::NextLink)?;
        Ok(Self { query: options.join("&"), token })
    }
}

fn decoded(name: &str) -> String {
    url::form_urlencoded::parse(name.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

/// Encodes a value for a query, with a space as `%20`, which every service reads alike.
pub(crate) fn encoded(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;

    fn next(link: &str) -> Result<NextPage, BadAnswer> {
        let base = Url::parse("https://api.example/v1.0/engagements/referrals").unwrap();
        NextPage::from_link(link, &base)
    }

    #[rstest]
    #[case("http://api.partner.microsoft.com/v1.0/referrals?$skiptoken=a%2Fb", "$skiptoken=a%2Fb")]
    #[case("https://evil.example/steal?$skiptoken=t&$top=9", "$skiptoken=t&$top=9")]
    #[case("//evil.example/?$skiptoken=t", "$skiptoken=t")]
    #[case("https://me:pw@evil.example/?%24skiptoken=t", "$skiptoken=t")]
    #[case("/v1.0/referrals?$SkipToken=t", "$skiptoken=t")]
    #[case("?$top=5&$skip=10", "$top=5&$skip=10")]
    #[case("?$skiptoken=a+b==&evil=1&$expand=x", "$skiptoken=a+b==")]
    #[case("?$skiptoken=+RID:~abc==#RT:1#TRC:2", "$skiptoken=+RID:~abc==%23RT:1%23TRC:2")]
    #[case("?%24orderby=updatedDateTime%20desc&$skiptoken=t", "$orderby=updatedDateTime%20desc&$skiptoken=t")]
    fn only_known_options_are_taken(#[case] link: &str, #[case] query: &str) {
        assert_eq!(next(link).unwrap().query, query);
    }

    #[rstest]
    #[case("")]
    #[case("https://api.example/v1.0/engagements/referrals")]
    #[case("?$skip=")]
    #[case("?$skiptoken=")]
    #[case("?$skiptoken")]
    #[case("?skiptoken=t")]
    #[case("?$skiptoken=a&$skiptoken=b")]
    #[case("http://[::1")]
    #[case("javascript:alert(1)")]
    fn unsound_links_are_refused(#[case] link: &str) {
        assert!(next(link).is_err());
    }

    #[test]
    fn endless_links_are_refused() {
        assert!(next(&format!("?$skiptoken={}", "a".repeat(LONGEST))).is_err());
    }

    #[test]
    fn values_are_encoded() {
        assert_eq!(
            encoded("updatedDateTime ge 2026-01-01T00:00:00Z & x='+'"),
            "updatedDateTime%20ge%202026-01-01T00%3A00%3A00Z%20%26%20x%3D%27%2B%27"
        );
    }
}
