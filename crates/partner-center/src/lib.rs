//! Microsoft's side of Hunter: sign-in, the sealed token file, and the referrals API.

mod account;
mod api_error;
mod browser;
mod call;
mod clock;
mod connection;
mod files;
mod http;
mod key_place;
mod next_link;
mod oauth;
mod reach;
mod referrals;
mod retry;
mod sealed;
mod session;
mod sign_in_error;
mod stored;
mod vault;

pub use account::Account;
pub use api_error::{ApiError, ApiErrorKind, BadAnswer};
pub use browser::{BrowserVisit, Farewell};
pub use clock::Clock;
pub use connection::{
    CSP_HOST, Connection, ConnectionError, api_url, client_id, is_csp_host, is_csp_scope, is_loopback,
    origin_url, tenant_id,
};
pub use http::HttpOptions;
pub use key_place::{Key, KeyFile, KeyId, KeyPlace, Keyring};
pub use oauth::DeviceCode;
pub use reach::{Reached, Unreached, proxy_for, reach};
pub use referrals::{ListQuery, OrderBy, Page, Pages, ReferralsClient, Single, Wait};
pub use retry::Retry;
pub use session::{AccessToken, Session, SessionState, TokenError};
pub use sign_in_error::{SignInError, SignInErrorKind};
pub use vault::{SecretStore, TokenVault, VaultError, VaultErrorKind};
