use url::{Host, Url};
use uuid::Uuid;

/// The host of Microsoft's other partner API, which has no referrals and another token audience.
pub const CSP_HOST: &str = "api.partnercenter.microsoft.com";

const REFERRALS_PATH: [&str; 3] = ["v1.0", "engagements", "referrals"];
const SESSION_SCOPES: [&str; 3] = ["offline_access", "openid", "profile"];

/// Where Microsoft's services are and who we are to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    pub api_url: Url,
    pub authority_url: Url,
    pub tenant: String,
    pub client_id: String,
    pub scope: String,
}

impl Connection {
    /// Checks the five values as a person would type them and normalises them.
    ///
    /// # Errors
    /// Names the first value that cannot be used and says why.
    pub fn parse(
        api_url: &str,
        authority_url: &str,
        tenant: &str,
        client_id: &str,
        scope: &str,
    ) -> Result<Self, ConnectionError> {
        Ok(Self {
            api_url: self::api_url(api_url)?,
            authority_url: origin_url(authority_url)?,
            tenant: tenant_id(tenant)?,
            client_id: self::client_id(client_id)?,
            scope: scope.trim().to_owned(),
        })
    }

    /// The scopes that are asked for: the configured ones and those that keep a session alive.
    pub fn scopes(&self) -> Vec<String> {
        let mut scopes: Vec<String> = self.scope.split_whitespace().map(str::to_owned).collect();
        for wanted in SESSION_SCOPES {
            if !scopes.iter().any(|scope| scope == wanted) {
                scopes.push(wanted.to_owned());
            }
        }
        scopes
    }

    pub(crate) fn authorize_url(&self) -> Url {
        self.oauth_url("authorize")
    }

    pub(crate) fn device_code_url(&self) -> Url {
        self.oauth_url("devicecode")
    }

    pub(crate) fn token_url(&self) -> Url {
        self.oauth_url("token")
    }

    pub(crate) fn referrals_url(&self) -> Url {
        with_segments(&self.api_url, &REFERRALS_PATH)
    }

    fn oauth_url(&self, endpoint: &str) -> Url {
        with_segments(&self.authority_url, &[&self.tenant, "oauth2", "v2.0", endpoint])
    }
}

/// Why an address or an identifier cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    #[error("expected an absolute address such as https://api.partner.microsoft.com")]
    NotAnAddress,
    #[error("expected https (http is accepted for this machine only)")]
    NotSecure,
    #[error("an address must not carry a user name or a password")]
    UserInfo,
    #[error("expected an address without a path, a query or a fragment")]
    Path,
    #[error("expected a tenant ID (GUID) or a domain such as contoso.onmicrosoft.com")]
    Tenant,
    #[error("expected a client ID (GUID)")]
    ClientId,
}

/// Reads the address of a service: https, or http for this machine, and nothing behind the host.
///
/// # Errors
/// Says which rule the text breaks.
pub fn origin_url(text: &str) -> Result<Url, ConnectionError> {
    let url = secure_url(text)?;
    if !matches!(url.path(), "" | "/") {
        return Err(ConnectionError::Path);
    }
    Ok(url)
}

/// Reads the address of the referrals API; a pasted `/v1.0/engagements/referrals` tail is dropped.
///
/// # Errors
/// Says which rule the text breaks.
pub fn api_url(text: &str) -> Result<Url, ConnectionError> {
    let mut url = secure_url(text)?;
    let tail: Vec<&str> = url.path().split('/').filter(|s| !s.is_empty()).collect();
    if tail.len() > REFERRALS_PATH.len()
        || tail.iter().zip(REFERRALS_PATH).any(|(given, known)| !given.eq_ignore_ascii_case(known))
    {
        return Err(ConnectionError::Path);
    }
    url.set_path("/");
    Ok(url)
}

/// Reads a tenant: a GUID, a domain, or one of Microsoft's names such as `organizations`.
///
/// # Errors
/// When the text is neither.
pub fn tenant_id(text: &str) -> Result<String, ConnectionError> {
    let text = text.trim();
    let labels_are_sound = text.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    });
    if text.len() > 253 || !labels_are_sound {
        return Err(ConnectionError::Tenant);
    }
    Ok(text.to_ascii_lowercase())
}

/// Reads the client ID of an app registration.
///
/// # Errors
/// When the text is not a GUID.
pub fn client_id(text: &str) -> Result<String, ConnectionError> {
    Uuid::try_parse(text.trim()).map(|id| id.hyphenated().to_string()).map_err(|_| ConnectionError::ClientId)
}

/// Tells whether the address is Microsoft's CSP API, a common mistake for the referrals API.
pub fn is_csp_host(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host.eq_ignore_ascii_case(CSP_HOST))
}

/// Tells whether tokens are asked for that only Microsoft's CSP API takes.
pub fn is_csp_scope(scope: &str) -> bool {
    scope.split_whitespace().any(|scope| Url::parse(scope).is_ok_and(|scope| is_csp_host(&scope)))
}

/// Tells whether the address is on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

pub(crate) fn is_secure(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

fn secure_url(text: &str) -> Result<Url, ConnectionError> {
    let url = Url::parse(text.trim()).map_err(|_| ConnectionError::NotAnAddress)?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err(ConnectionError::NotAnAddress);
    }
    if !is_secure(&url) {
        return Err(ConnectionError::NotSecure);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ConnectionError::UserInfo);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(ConnectionError::Path);
    }
    Ok(url)
}

fn with_segments(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://api.partner.microsoft.com")]
    #[case("https://api.partner.microsoft.com/")]
    #[case(" https://api.partner.microsoft.com/v1.0 ")]
    #[case("https://api.partner.microsoft.com/v1.0/engagements/")]
    #[case("https://API.partner.microsoft.com/V1.0/Engagements/Referrals")]
    fn api_address_is_normalised(#[case] text: &str) {
        assert_eq!(api_url(text).unwrap().as_str(), "https://api.partner.microsoft.com/");
    }

    #[rstest]
    #[case("http://localhost:8080")]
    #[case("http://127.0.0.1:1")]
    #[case("http://127.9.9.9")]
    #[case("http://[::1]:8080")]
    fn plain_http_is_for_this_machine(#[case] text: &str) {
        assert!(origin_url(text).is_ok());
    }

    #[rstest]
    #[case("api.partner.microsoft.com", ConnectionError::NotAnAddress)]
    #[case("", ConnectionError::NotAnAddress)]
    #[case("http://api.partner.microsoft.com", ConnectionError::NotSecure)]
    #[case("http://localhost.evil.example", ConnectionError::NotSecure)]
    #[case("http://127.0.0.1.evil.example", ConnectionError::NotSecure)]
    #[case("ftp://localhost", ConnectionError::NotSecure)]
    #[case("file:///etc/passwd", ConnectionError::NotAnAddress)]
    #[case("https://me:secret@host.example", ConnectionError::UserInfo)]
    #[case("https://host.example/else", ConnectionError::Path)]
    #[case("https://host.example/?a=b", ConnectionError::Path)]
    #[case("https://host.example/#a", ConnectionError::Path)]
    fn unsound_addresses_are_refused(#[case] text: &str, #[case] why: ConnectionError) {
        assert_eq!(origin_url(text), Err(why));
        assert_eq!(api_url(text), Err(why));
    }

    #[rstest]
    #[case("contoso.onmicrosoft.com", true)]
    #[case("00000000-0000-4000-8000-00000000000A", true)]
    #[case("organizations", true)]
    #[case("", false)]
    #[case("..", false)]
    #[case("a/b", false)]
    #[case("a?b", false)]
    fn tenants(#[case] text: &str, #[case] sound: bool) {
        assert_eq!(tenant_id(text).is_ok(), sound);
    }

    #[test]
    fn endpoints_and_scopes() {
        let connection = Connection::parse(
            "https://api.example/v1.0",
            "http://127.0.0.1:7/",
            "Contoso.example",
            "{00000000-0000-4000-8000-0000000000AA}",
            "https://api.example/.default openid",
        )
        .unwrap();
        assert_eq!(connection.token_url().as_str(), "http://127.0.0.1:7/contoso.example/oauth2/v2.0/token");
        assert_eq!(connection.referrals_url().as_str(), "https://api.example/v1.0/engagements/referrals");
        assert_eq!(connection.client_id, "00000000-0000-4000-8000-0000000000aa");
        assert_eq!(
            connection.scopes(),
            ["https://api.example/.default", "openid", "offline_access", "profile"]
        );
        assert!(is_csp_host(&Url::parse("https://api.partnercenter.microsoft.com").unwrap()));
        assert!(!is_csp_host(&connection.api_url));
    }
}
