//! Who may use the service: programs by a token in a file, people by a link that works once and becomes a cookie.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hunter_engine::{ErrorCode, HunterError};
use subtle::ConstantTimeEq;

use super::Service;
use super::api::refused;
use super::socket::Socket;
use crate::args::Auth;

const TOKEN_FILE: &str = "http_token";
/// Shorter tokens could be guessed.
const SHORTEST_TOKEN: usize = 32;
/// How long the link that `hunter serve` prints waits for its one use.
const LINK_LIFE: Duration = Duration::from_secs(600);
/// How long a browser is known after its last request.
const SESSION_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
const MOST_SESSIONS: usize = 64;

/// What opens the service.
#[derive(Debug)]
pub struct Access {
    keys: Option<Keys>,
    cookie: String,
    is_encrypted: bool,
}

struct Keys {
    token: String,
    token_file: PathBuf,
    link: Mutex<Option<(String, Instant)>>,
    sessions: Mutex<HashMap<String, Instant>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(<redacted>)")
    }
}

impl Access {
    pub fn open(data_dir: &Path, auth: Auth, socket: &Socket) -> Result<Self, HunterError> {
        let is_encrypted = socket.is_encrypted();
        // Browsers share cookies among the ports of a host.
        let prefix = if is_encrypted { "__Host-" } else { "" };
        let cookie = format!("{prefix}hunter_{}", socket.address().port());
        let keys = match auth {
            Auth::None => None,
            Auth::Token => {
                let token_file = data_dir.join(TOKEN_FILE);
                let token = token_in(&token_file)?;
                Some(Keys { token, token_file, link: Mutex::default(), sessions: Mutex::default() })
            }
        };
        Ok(Self { keys, cookie, is_encrypted })
    }

    /// Where the token is, if one is needed.
    pub fn token_file(&self) -> Option<&Path> {
        self.keys.as_ref().map(|keys| keys.token_file.as_path())
    }

    /// An address that opens the page once; without a need for a token simply the page's.
    pub fn one_time_link(&self, url: &str) -> Result<String, HunterError> {
        let Some(keys) = &self.keys else { return Ok(format!("{url}/")) };
        let code = random()?;
        // Behind the `#`, so that no server, proxy or history of requests sees it.
        let link = format!("{url}/enter#{code}");
        *lock(&keys.link) = Some((code, Instant::now() + LINK_LIFE));
        Ok(link)
    }

    /// Lets in only who has a key.
    pub fn guard(&self, routes: Router<Arc<Service>>, service: &Arc<Service>) -> Router<Arc<Service>> {
        if self.keys.is_none() {
            return routes;
        }
        routes.route_layer(from_fn_with_state(service.clone(), admit))
    }

    /// A cookie for a browser that shows the link's code, which is worth nothing from then on; `secure` if a proxy in
    /// front encrypts.
    pub fn exchange_code(&self, code: &str, secure: bool) -> Result<Option<String>, HunterError> {
        let Some(keys) = &self.keys else { return Ok(None) };
        let used = lock(&keys.link).take_if(|(known, _)| same(known, code));
        match used {
            Some((_, expires_at)) if Instant::now() < expires_at => {
                self.begin_session(keys, secure).map(Some)
            }
            Some(_) | None => Ok(None),
        }
    }

    /// A cookie for a browser into which a person has entered the token.
    pub fn exchange_token(&self, token: &str, secure: bool) -> Result<Option<String>, HunterError> {
        match &self.keys {
            Some(keys) if same(&keys.token, token.trim()) => self.begin_session(keys, secure).map(Some),
            Some(_) | None => Ok(None),
        }
    }

    fn begin_session(&self, keys: &Keys, secure: bool) -> Result<String, HunterError> {
        let session = random()?;
        let now = Instant::now();
        let mut sessions = lock(&keys.sessions);
        sessions.retain(|_, expires_at| now < *expires_at);
        if sessions.len() >= MOST_SESSIONS
            && let Some(oldest) = sessions.iter().min_by_key(|(_, at)| **at).map(|(name, _)| name.clone())
        {
            sessions.remove(&oldest);
        }
        sessions.insert(session.clone(), now + SESSION_LIFE);
        let secure = if self.is_encrypted || secure { "; Secure" } else { "" };
        Ok(format!("{}={session}; Path=/; HttpOnly; SameSite=Strict{secure}", self.cookie))
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(keys) = &self.keys else { return true };
        let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
        if let Some(authorization) = text(AUTHORIZATION) {
            return authorization.split_once(' ').is_some_and(|(scheme, token)| {
                scheme.eq_ignore_ascii_case("Bearer") && same(&keys.token, token.trim())
            });
        }
        let given = text(COOKIE)
            .unwrap_or_default()
            .split(';')
            .find_map(|pair| pair.trim().strip_prefix(self.cookie.as_str())?.strip_prefix('='));
        given.is_some_and(|session| keys.knows(session))
    }
}

impl Keys {
    fn knows(&self, session: &str) -> bool {
        let now = Instant::now();
        match lock(&self.sessions).get_mut(session) {
            Some(expires_at) if now < *expires_at => {
                *expires_at = now + SESSION_LIFE;
                true
            }
            Some(_) | None => false,
        }
    }
}

async fn admit(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    if service.access.admits(request.headers()) {
        return next.run(request).await;
    }
    let refusal =
        refused(StatusCode::UNAUTHORIZED, "Send the token of the file http_token in the data directory.");
    ([(WWW_AUTHENTICATE, "Bearer")], refusal).into_response()
}

/// The token of a data directory, made by whoever needs it first.
fn token_in(path: &Path) -> Result<String, HunterError> {
    if !path.exists() {
        make_token(path)?;
    }
    let text = fs::read_to_string(path).map_err(|error| storage(path, &error))?;
    let token = text.trim();
    let is_sound = token.len() >= SHORTEST_TOKEN && token.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_sound {
        return Err(HunterError::new(ErrorCode::HttpTokenUnusable).with("path", path.display()));
    }
    Ok(token.to_owned())
}

/// Appears whole or not at all, and never in place of one that another program has just made.
fn make_token(path: &Path) -> Result<(), HunterError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| storage(path, &error);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    writeln!(file, "{}", random()?).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(error.error)),
    }
}

fn storage(path: &Path, error: &std::io::Error) -> HunterError {
    HunterError::new(ErrorCode::StorageIo).with("detail", format!("{}: {error}", path.display()))
}

/// 32 random bytes as text.
fn random() -> Result<String, HunterError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| HunterError::new(ErrorCode::Internal).with("detail", error))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn same(known: &str, given: &str) -> bool {
    known.as_bytes().ct_eq(given.as_bytes()).into()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
