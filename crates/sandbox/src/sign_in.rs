//! The sign-in service: device code, token and authorize endpoints, and the pages for people.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, Path, RawQuery, State as FromState};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

use crate::aadsts::SignInError;
use crate::answers::{html, json_value, set};
use crate::faults::Fault;
use crate::front_door::ActiveFault;
use crate::grants::{Decision, Request, TokenAnswer};
use crate::pages::{self, Language};
use crate::state::{State, lock};

/// The only client that the sandbox's tenant knows.
pub const CLIENT_ID: &str = "00000000-0000-4000-8000-00000000c11e";
/// The sandbox's tenant.
pub const TENANT_ID: &str = "00000000-0000-4000-8000-000000007e4a";
/// A domain of the sandbox's tenant, accepted in its place.
pub const TENANT_DOMAIN: &str = "ornek-bilisim.onmicrosoft.com";
/// The resource whose tokens the referrals API accepts.
pub(crate) const RESOURCE: &str = "https://api.partner.microsoft.com";

const OTHER_RESOURCES: &[&str] = &["https://api.partnercenter.microsoft.com", "https://graph.microsoft.com"];

/// A person who can sign in to the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The name shown to people.
    pub name: &'static str,
    /// The sign-in name.
    pub username: &'static str,
    /// The directory's id of the account.
    pub object_id: &'static str,
    /// Whether all referrals are seen, or only those whose `team` includes the account.
    pub sees_all: bool,
}

/// The accounts; the first is approved when nobody is asked.
pub const ACCOUNTS: &[Account] = &[
    Account {
        name: "Deniz Örnekoğlu",
        username: "deniz.ornekoglu@ornek-bilisim.com.tr",
        object_id: "00000000-0000-4000-8000-0000000000d1",
        sees_all: true,
    },
    Account {
        name: "Alex Exampleton",
        username: "alex.exampleton@ornek-bilisim.com.tr",
        object_id: "00000000-0000-4000-8000-0000000000d2",
        sees_all: false,
    },
];

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/{tenant}/oauth2/v2.0/devicecode", post(device_code))
        .route("/{tenant}/oauth2/v2.0/token", post(token))
        .route("/{tenant}/oauth2/v2.0/authorize", get(authorize).post(authorize_decided))
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(configuration))
        .route("/device", get(device_page).post(device_form))
}

type Form = HashMap<String, String>;

fn form(body: &[u8]) -> Form {
    url::form_urlencoded::parse(body).into_owned().collect()
}

fn required<'a>(form: &'a Form, field: &str) -> Result<&'a str, SignInError> {
    form.get(field)
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
        .ok_or_else(|| SignInError::with(900_144, &[("field", field)]))
}

fn check_client(tenant: &str, form: &Form) -> Result<(), SignInError> {
    let known = [TENANT_ID, TENANT_DOMAIN, "organizations", "common"];
    if !known.iter().any(|name| name.eq_ignore_ascii_case(tenant)) {
        return Err(SignInError::with(90002, &[("tenant", tenant)]));
    }
    let client_id = required(form, "client_id")?;
    if !client_id.eq_ignore_ascii_case(CLIENT_ID) {
        return Err(SignInError::with(700_016, &[("client_id", client_id)]));
    }
    if form.contains_key("client_secret") || form.contains_key("client_assertion") {
        return Err(SignInError::number(700_025));
    }
    Ok(())
}

fn request(form: &Form) -> Result<Request, SignInError> {
    let request = Request { scope: required(form, "scope")?.to_owned(), nonce: form.get("nonce").cloned() };
    match request.audience() {
        Some(resource) if resource != RESOURCE && !OTHER_RESOURCES.contains(&resource) => {
            Err(SignInError::with(500_011, &[("resource", resource)]))
        }
        _ => Ok(request),
    }
}

async fn device_code(
    FromState(state): FromState<Arc<State>>,
    Path(tenant): Path<String>,
    Extension(fault): Extension<ActiveFault>,
    body: Bytes,
) -> Response {
    let form = form(&body);
    let request = match check_client(&tenant, &form).and_then(|()| request(&form)) {
        Ok(request) => request,
        Err(error) => return error.response(),
    };
    let behaviour = state.behaviour();
    let Ok((device_code, user_code)) = lock(&state.grants).start_device(request) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let verification_uri = format!("{}/device", state.base_url);
    let message = format!(
        "To sign in, use a web browser to open the page {verification_uri} and enter the code {user_code} to authenticate."
    );
    let mut answer = TokenAnswer::new();
    answer.insert("user_code".to_owned(), json!(user_code));
    answer.insert("device_code".to_owned(), json!(device_code));
    answer.insert("verification_uri".to_owned(), json!(verification_uri));
    answer.insert("expires_in".to_owned(), json!(behaviour.device_code_lifetime.as_secs()));
    answer.insert("interval".to_owned(), json!(behaviour.poll_interval.as_secs()));
    answer.insert("message".to_owned(), json!(message));
    finish(answer, &fault)
}

async fn token(
    FromState(state): FromState<Arc<State>>,
    Path(tenant): Path<String>,
    Extension(fault): Extension<ActiveFault>,
    body: Bytes,
) -> Response {
    let form = form(&body);
    let answer = match check_client(&tenant, &form) {
        Ok(()) => grant(&state, &form),
        Err(error) => return error.response(),
    };
    match answer {
        Ok(Ok(answer)) => finish(answer, &fault),
        Ok(Err(error)) => error.response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn grant(state: &State, form: &Form) -> io::Result<Result<TokenAnswer, SignInError>> {
    let behaviour = state.behaviour();
    let mut grants = lock(&state.grants);
    let granted = match form.get("grant_type").map(String::as_str) {
        Some("urn:ietf:params:oauth:grant-type:device_code") => {
            required(form, "device_code").and_then(|code| grants.poll(code, &behaviour))
        }
        Some("authorization_code") => redeem(form, &mut grants),
        Some("refresh_token") => {
            return match required(form, "refresh_token") {
                Ok(token) => grants.refresh(token, &state.base_url, &behaviour),
                Err(error) => Ok(Err(error)),
            };
        }
        Some(_) => Err(SignInError::number(70003)),
        None => Err(SignInError::with(900_144, &[("field", "grant_type")])),
    };
    match granted {
        Ok((account, request)) => grants.open_session(account, request, &state.base_url, &behaviour).map(Ok),
        Err(error) => Ok(Err(error)),
    }
}

fn redeem(form: &Form, grants: &mut crate::grants::Grants) -> Result<(usize, Request), SignInError> {
    let code = required(form, "code")?;
    let verifier = required(form, "code_verifier")?;
    let redirect_uri = required(form, "redirect_uri")?;
    let grant = grants.take_code(code)?;
    if grant.redirect_uri != redirect_uri {
        return Err(SignInError::number(50011));
    }
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) != grant.challenge {
        return Err(SignInError::number(501_481));
    }
    Ok((grant.account, grant.request.clone()))
}

fn finish(mut answer: TokenAnswer, fault: &ActiveFault) -> Response {
    match &fault.0 {
        Some(Fault::NoRefreshToken) => {
            answer.remove("refresh_token");
        }
        Some(Fault::ExpiresIn { value }) => {
            answer.insert("expires_in".to_owned(), value.clone());
        }
        _ => {}
    }
    let mut response = json_value(StatusCode::OK, &Value::Object(answer));
    set(&mut response, header::CACHE_CONTROL, "no-store, no-cache");
    set(&mut response, header::PRAGMA, "no-cache");
    response
}

async fn configuration(FromState(state): FromState<Arc<State>>, Path(tenant): Path<String>) -> Response {
    let form = HashMap::from([("client_id".to_owned(), CLIENT_ID.to_owned())]);
    if let Err(error) = check_client(&tenant, &form) {
        return error.response();
    }
    let endpoint = |name: &str| format!("{}/{tenant}/oauth2/v2.0/{name}", state.base_url);
    json_value(
        StatusCode::OK,
        &json!({
            "issuer": format!("{}/{TENANT_ID}/v2.0", state.base_url),
            "authorization_endpoint": endpoint("authorize"),
            "token_endpoint": endpoint("token"),
            "device_authorization_endpoint": endpoint("devicecode"),
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
        }),
    )
}

struct Authorization {
    request: Request,
    redirect: Url,
    redirect_uri: String,
    state: Option<String>,
    challenge: String,
}

impl Authorization {
    /// Reads the request; what is wrong with client or redirect must not reach the redirect.
    fn read(tenant: &str, form: &Form) -> Result<Result<Self, Response>, SignInError> {
        check_client(tenant, form)?;
        let redirect_uri = required(form, "redirect_uri")?;
        let redirect = Url::parse(redirect_uri)
            .ok()
            .filter(is_loopback)
            .ok_or_else(|| SignInError::with(50011, &[("redirect_uri", redirect_uri)]))?;
        let state = form.get("state").cloned();
        let rest = || {
            let request = request(form)?;
            if required(form, "response_type")? != "code"
                || form.get("response_mode").is_some_and(|mode| mode != "query")
            {
                return Err(SignInError::number(9_002_313));
            }
            let challenge = form
                .get("code_challenge")
                .filter(|challenge| challenge.len() >= 43)
                .filter(|_| form.get("code_challenge_method").is_some_and(|method| method == "S256"))
                .ok_or_else(|| SignInError::number(9_002_325))?;
            Ok((request, challenge.clone()))
        };
        match rest() {
            Ok((request, challenge)) => {
                Ok(Ok(Self { request, redirect, redirect_uri: redirect_uri.to_owned(), state, challenge }))
            }
            Err(error) => Ok(Err(refuse(redirect, state.as_deref(), &error))),
        }
    }

    fn approve(self, state: &State, account: usize) -> Response {
        let code = lock(&state.grants).start_code(self.request, account, &self.redirect_uri, &self.challenge);
        match code {
            Ok(code) => redirect_with(self.redirect, self.state.as_deref(), &[("code", &code)]),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    url.scheme() == "http"
        && matches!(url.host_str(), Some("localhost" | "127.0.0.1"))
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
}

fn redirect_with(mut to: Url, state: Option<&str>, fields: &[(&str, &str)]) -> Response {
    to.query_pairs_mut().extend_pairs(fields).extend_pairs(state.map(|state| ("state", state)));
    Redirect::to(to.as_str()).into_response()
}

fn refuse(to: Url, state: Option<&str>, error: &SignInError) -> Response {
    let description = format!(
        "{}\r\nTrace ID: {}\r\nCorrelation ID: {}\r\nTimestamp: {}",
        error.description,
        Uuid::new_v4(),
        Uuid::new_v4(),
        Timestamp::now().strftime("%Y-%m-%d %H:%M:%SZ")
    );
    let fields = [("error", error.error.as_str()), ("error_description", &description)];
    redirect_with(to, state, &fields)
}

async fn authorize(
    FromState(state): FromState<Arc<State>>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    Extension(fault): Extension<ActiveFault>,
    headers: HeaderMap,
) -> Response {
    let language = Language::of(&headers);
    let form = form(query.unwrap_or_default().as_bytes());
    let authorization = match Authorization::read(&tenant, &form) {
        Ok(Ok(authorization)) => authorization,
        Ok(Err(response)) => return response,
        Err(error) => return page(StatusCode::BAD_REQUEST, pages::failure(language, &error.description)),
    };
    let error = match &fault.0 {
        Some(Fault::Aadsts { number }) => Some(SignInError::number(*number)),
        Some(Fault::OAuth { error }) => Some(SignInError::named(error)),
        _ => None,
    };
    if let Some(error) = error {
        return refuse(authorization.redirect, authorization.state.as_deref(), &error);
    }
    if state.behaviour().auto_approve.is_some() {
        return authorization.approve(&state, 0);
    }
    page(StatusCode::OK, pages::consent(language, &form))
}

async fn authorize_decided(
    FromState(state): FromState<Arc<State>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let language = Language::of(&headers);
    let form = form(&body);
    match (Authorization::read(&tenant, &form), decision(&form)) {
        (Err(error), _) => page(StatusCode::BAD_REQUEST, pages::failure(language, &error.description)),
        (Ok(Err(response)), _) => response,
        (Ok(Ok(authorization)), Some(Decision::Approved(account))) => authorization.approve(&state, account),
        (Ok(Ok(authorization)), _) => {
            refuse(authorization.redirect, authorization.state.as_deref(), &SignInError::number(65004))
        }
    }
}

fn decision(form: &Form) -> Option<Decision> {
    match form.get("decision").map(String::as_str) {
        Some("approve") => {
            let account = form.get("account")?.parse().ok()?;
            ACCOUNTS.get(account).map(|_| Decision::Approved(account))
        }
        Some("decline") => Some(Decision::Declined),
        _ => None,
    }
}

async fn device_page(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let form = form(query.unwrap_or_default().as_bytes());
    let code = form.get("otc").map(String::as_str).unwrap_or_default();
    page(StatusCode::OK, pages::enter_code(Language::of(&headers), code, false))
}

async fn device_form(FromState(state): FromState<Arc<State>>, headers: HeaderMap, body: Bytes) -> Response {
    let language = Language::of(&headers);
    let form = form(&body);
    let typed = form.get("user_code").map(String::as_str).unwrap_or_default();
    let code: String =
        typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let lifetime = state.behaviour().device_code_lifetime;
    let mut grants = lock(&state.grants);
    if !grants.is_pending(&code, lifetime) {
        return page(StatusCode::BAD_REQUEST, pages::enter_code(language, typed, true));
    }
    let shown = match decision(&form) {
        None => pages::approve_device(language, &code),
        Some(decision) => {
            grants.decide(&code, decision);
            pages::decided(language, matches!(decision, Decision::Approved(_)))
        }
    };
    page(StatusCode::OK, shown)
}

fn page(status: StatusCode, text: String) -> Response {
    let mut response = html(status, text);
    set(&mut response, header::CONTENT_SECURITY_POLICY, pages::POLICY);
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, header::REFERRER_POLICY, "no-referrer");
    set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}
