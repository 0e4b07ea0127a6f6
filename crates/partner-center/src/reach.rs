//! Whether a service can be reached at all: one request without a token, which a person asked for.

use std::error::Error;
use std::time::Duration;

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use jiff::Timestamp;
use url::Url;

use crate::connection::is_loopback;
use crate::http::{HttpOptions, ServiceClient};
use crate::retry::service_time;

const LIMIT: Duration = Duration::from_secs(20);

/// A service that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// What time it was there.
    pub service_time: Option<Timestamp>,
    /// What time it was here.
    pub our_time: Timestamp,
}

/// A service that did not answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{detail}")]
pub struct Unreached {
    /// Whether it took too long.
    pub is_timeout: bool,
    /// Whether the connection was made and its certificate or answer was not accepted.
    pub is_connected: bool,
    /// The causes, from the outermost to the innermost.
    pub detail: String,
}

/// Asks a service for its front page; any answer will do, over https only one whose certificate is trusted.
///
/// # Errors
/// Why nobody answered.
pub async fn reach(service: &Url, options: &HttpOptions) -> Result<Reached, Unreached> {
    let limit = options.sign_in_timeout.min(LIMIT);
    let client = ServiceClient::new(service.clone(), options.clone(), limit);
    let asked = async { client.get().await?.get(service.clone()).send().await };
    match asked.await {
        Ok(answer) => {
            Ok(Reached { service_time: service_time(answer.headers()), our_time: options.clock.now() })
        }
        Err(error) => Err(Unreached {
            is_timeout: error.is_timeout(),
            is_connected: !error.is_connect(),
            detail: causes(&error.without_url()),
        }),
    }
}

/// The proxy through which a service is reached, without its password; `None` where there is none.
pub fn proxy_for(service: &Url) -> Option<String> {
    if is_loopback(service) {
        return None;
    }
    let uri: Uri = service.as_str().parse().ok()?;
    let proxy = Matcher::from_system().intercept(&uri)?;
    let mut proxy = Url::parse(&proxy.uri().to_string()).ok()?;
    let _none = proxy.set_username("");
    let _none = proxy.set_password(None);
    Some(proxy.to_string().trim_end_matches('/').to_owned())
}

fn causes(error: &dyn Error) -> String {
    let mut causes = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let text = deeper.to_string();
        if causes.last() != Some(&text) {
            causes.push(text);
        }
        cause = deeper.source();
    }
    causes.join(": ")
}
