use std::convert::Infallible;
use std::fmt;
use std::future::{pending, ready};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use oauth2::{CsrfToken, PkceCodeVerifier, RedirectUrl};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::{Url, form_urlencoded};

use crate::oauth::remaining;
use crate::sealed::random;
use crate::sign_in_error::{SignInError, SignInErrorKind};
use crate::vault::VaultError;

/// Long enough for every redirect of Microsoft's.
const LARGEST_HEAD: usize = 64 << 10;
/// A browser opens connections that it may never use.
const LONGEST_CONNECTION: Duration = Duration::from_secs(15);
const MOST_CONNECTIONS: usize = 64;
const PORTS_TO_TRY: u32 = 16;
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// What the browser shows when it comes back, in the person's language.
#[derive(Debug, Clone)]
pub struct Farewell {
    /// A tag such as `en`.
    pub language: String,
    /// Microsoft let the person in.
    pub done: String,
    /// Microsoft did not.
    pub refused: String,
}

/// A sign-in in the browser, which comes back to this machine by itself; dropping it gives it up.
pub struct BrowserVisit {
    /// Where the person signs in: https, or this machine.
    pub address: Url,
    pub expires_at: Timestamp,
    proof: Proof,
    loopback: Loopback,
    gate: Arc<Gate>,
}

impl fmt::Debug for BrowserVisit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserVisit")
            .field("address", &"<redacted>")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// What only the program that began a sign-in knows, and with which it ends it.
pub(crate) struct Proof {
    pub(crate) verifier: PkceCodeVerifier,
    pub(crate) nonce: String,
    pub(crate) redirect: RedirectUrl,
}

impl BrowserVisit {
    pub(crate) fn new(
        loopback: Loopback,
        (address, state): (Url, CsrfToken),
        proof: Proof,
        farewell: Farewell,
        expires_at: Timestamp,
    ) -> Self {
        Self { address, expires_at, proof, loopback, gate: Arc::new(Gate { state, farewell }) }
    }

    /// Closes the port.
    pub(crate) fn close(self) -> Proof {
        self.proof
    }

    /// Waits until Microsoft sends the browser back; whatever else comes by is turned away.
    pub(crate) async fn code(&self) -> Result<SecretString, SignInError> {
        let mut connections = JoinSet::new();
        let mut too_late = std::pin::pin!(until(self.expires_at));
        loop {
            tokio::select! {
                () = &mut too_late => return Err(SignInErrorKind::CodeExpired.into()),
                Some(ended) = connections.join_next(), if !connections.is_empty() => {
                    if let Ok(Some(outcome)) = ended {
                        return outcome;
                    }
                }
                accepted = self.loopback.accept(), if connections.len() < MOST_CONNECTIONS => match accepted {
                    Ok(stream) => drop(connections.spawn(serve(stream, Arc::clone(&self.gate)))),
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
    }
}

/// A port of this machine under the name `localhost`, whichever address a browser takes that for.
pub(crate) struct Loopback {
    v4: TcpListener,
    v6: Option<TcpListener>,
    port: u16,
}

impl Loopback {
    pub(crate) async fn open() -> Result<Self, SignInError> {
        Self::bind().await.map_err(|error| SignInError::local(&error))
    }

    pub(crate) fn redirect(&self) -> Result<RedirectUrl, SignInErrorKind> {
        RedirectUrl::new(format!("http://localhost:{}", self.port)).map_err(|_| SignInErrorKind::Other)
    }

    /// A port that another program has under the other address is not ours: the browser might go there.
    async fn bind() -> io::Result<Self> {
        let mut tries = 0;
        loop {
            tries += 1;
            let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let port = v4.local_addr()?.port();
            match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
                Ok(v6) => return Ok(Self { v4, v6: Some(v6), port }),
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                    return Ok(Self { v4, v6: None, port });
                }
                Err(error) if tries == PORTS_TO_TRY => return Err(error),
                Err(_) => {}
            }
        }
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        let by_v6 = async {
            match &self.v6 {
                Some(listener) => listener.accept().await,
                None => pending().await,
            }
        };
        let (stream, _) = tokio::select! {
            accepted = self.v4.accept() => accepted?,
            accepted = by_v6 => accepted?,
        };
        Ok(stream)
    }
}

/// Decides who is let through, and what the others see.
struct Gate {
    state: CsrfToken,
    farewell: Farewell,
}

type Outcome = Result<SecretString, SignInError>;

impl Gate {
    /// What Microsoft sent, or the status for a visitor who was not sent by this sign-in.
    fn judge<B>(&self, request: &Request<B>) -> Result<Outcome, StatusCode> {
        if request.method() != Method::GET {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        if request.uri().path() != "/" {
            return Err(StatusCode::NOT_FOUND);
        }
        let query = request.uri().query().unwrap_or_default();
        let field = |wanted: &str| {
            let mut values = form_urlencoded::parse(query.as_bytes())
                .filter(|(name, value)| name == wanted && !value.is_empty())
                .map(|(_, value)| value.into_owned());
            let value = values.next();
            if values.next().is_some() { Err(StatusCode::BAD_REQUEST) } else { Ok(value) }
        };
        let state = field("state")?.ok_or(StatusCode::BAD_REQUEST)?;
        if Sha256::digest(&state) != Sha256::digest(self.state.secret()) {
            return Err(StatusCode::BAD_REQUEST);
        }
        match (field("error")?, field("code")?) {
            (Some(error), _) => {
                let description = field("error_description")?;
                Ok(Err(SignInError::from_redirect(&error, description.as_deref())))
            }
            (None, Some(code)) => Ok(Ok(code.into())),
            (None, None) => Err(StatusCode::BAD_REQUEST),
        }
    }

    fn answer(&self, judged: &Result<Outcome, StatusCode>) -> Response<String> {
        let (status, body) = match judged {
            Ok(Ok(_)) => (StatusCode::OK, self.page(&self.farewell.done)),
            Ok(Err(_)) => (StatusCode::OK, self.page(&self.farewell.refused)),
            Err(status) => (*status, String::new()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers: [(HeaderName, &'static str); 5] = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_SECURITY_POLICY, POLICY),
            (REFERRER_POLICY, "no-referrer"),
            (CACHE_CONTROL, "no-store"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        for (name, value) in headers {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
        }
        response
    }

    fn page(&self, text: &str) -> String {
        format!(
            "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>Hunter</title>\
             <meta name=\"viewport\" content=\"width=device-width\"><style>:root{{color-scheme:light dark}}\
             body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1.5rem}}</style>\
             </head><body><main><h1>Hunter</h1><p>{text}</p></main></body></html>",
            language = escaped(&self.farewell.language),
            text = escaped(text),
        )
    }
}

/// Answers one connection; what Microsoft sent by it counts once the browser has its page.
async fn serve(stream: TcpStream, gate: Arc<Gate>) -> Option<Outcome> {
    let sent = Mutex::new(None);
    let service = service_fn(|request| {
        let judged = gate.judge(&request);
        let response = gate.answer(&judged);
        if let Ok(outcome) = judged {
            *sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        }
        ready(Ok::<_, Infallible>(response))
    });
    let connection = http1::Builder::new()
        .keep_alive(false)
        .max_buf_size(LARGEST_HEAD)
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_CONNECTION)
        .serve_connection(TokioIo::new(stream), service);
    let _left_or_too_slow = tokio::time::timeout(LONGEST_CONNECTION, connection).await;
    sent.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A word that nobody else can guess.
pub(crate) fn nonce() -> Result<String, VaultError> {
    let mut bytes = [0; 24];
    random(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Sleeps by the wall clock, which goes on while the machine sleeps.
async fn until(time: Timestamp) {
    loop {
        let left = remaining(time);
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
