//! Device codes, authorization codes, sessions and tokens, as the sign-in service remembers them.

use std::collections::HashMap;
use std::io;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::aadsts::SignInError;
use crate::behaviour::{Behaviour, RefreshReuse};
use crate::random::{secret, user_code};
use crate::sign_in::{ACCOUNTS, RESOURCE};
use crate::tokens::{IssuedSecret, SecretKind, access_token, id_token};

const CODE_LIFETIME: Duration = Duration::from_secs(600);

/// What became of a device code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Nobody has decided yet.
    Pending,
    /// Approved for the account with this index.
    Approved(usize),
    /// The person said no.
    Declined,
    /// It died before its time.
    Expired,
    /// Its tokens were given out.
    Redeemed,
}

/// What a client asked for when it started to sign in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
}

impl Request {
    fn wants(&self, scope: &str) -> bool {
        self.scope.split_ascii_whitespace().any(|word| word == scope)
    }

    /// The resource that the access token is for.
    pub(crate) fn audience(&self) -> Option<&str> {
        self.scope.split_ascii_whitespace().find_map(|word| {
            word.strip_suffix("/.default").or_else(|| word.strip_suffix("/user_impersonation"))
        })
    }
}

#[derive(Debug)]
struct DeviceGrant {
    user_code: String,
    request: Request,
    issued: Instant,
    polled: Option<Instant>,
    decision: Decision,
}

/// What was agreed on the authorize page.
#[derive(Debug)]
pub(crate) struct CodeGrant {
    pub(crate) request: Request,
    pub(crate) account: usize,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    issued: Instant,
    redeemed: bool,
}

#[derive(Debug)]
struct AccessGrant {
    account: usize,
    audience: String,
    issued: Instant,
    lifetime: Duration,
}

#[derive(Debug)]
struct RefreshGrant {
    session: usize,
    number: u64,
    uses: u32,
}

#[derive(Debug)]
struct Session {
    account: usize,
    request: Request,
    newest_used: u64,
    revoked: bool,
}

/// Why an access token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Unknown,
    Expired,
    WrongAudience,
}

/// Everything the sign-in service remembers.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    devices: HashMap<String, DeviceGrant>,
    codes: HashMap<String, CodeGrant>,
    access: HashMap<String, AccessGrant>,
    refresh: HashMap<String, RefreshGrant>,
    sessions: Vec<Session>,
    last_refresh: u64,
    issued: Vec<IssuedSecret>,
}

/// The members of a token answer.
pub(crate) type TokenAnswer = Map<String, Value>;

impl Grants {
    fn issue(&mut self, kind: SecretKind, value: String) -> String {
        self.issued.push(IssuedSecret { kind, value: value.clone() });
        value
    }

    /// Every secret given out so far, oldest first.
    pub(crate) fn issued(&self) -> Vec<IssuedSecret> {
        self.issued.clone()
    }

    /// Starts a device-code sign-in: the device code and the user code.
    pub(crate) fn start_device(&mut self, request: Request) -> io::Result<(String, String)> {
        let device_code = self.issue(SecretKind::DeviceCode, format!("DAQABAAEAAAA{}", secret(150)?));
        let mut code = user_code()?;
        while self.devices.values().any(|device| device.user_code == code) {
            code = user_code()?;
        }
        let user_code = self.issue(SecretKind::UserCode, code);
        self.devices.insert(
            device_code.clone(),
            DeviceGrant {
                user_code: user_code.clone(),
                request,
                issued: Instant::now(),
                polled: None,
                decision: Decision::Pending,
            },
        );
        Ok((device_code, user_code))
    }

    /// All user codes with what became of them.
    pub(crate) fn user_codes(&self) -> Vec<(String, Decision)> {
        let mut devices: Vec<&DeviceGrant> = self.devices.values().collect();
        devices.sort_by_key(|device| device.issued);
        devices.into_iter().map(|device| (device.user_code.clone(), device.decision)).collect()
    }

    /// Whether a person can still decide about a user code.
    pub(crate) fn is_pending(&self, user_code: &str, lifetime: Duration) -> bool {
        self.devices.values().any(|device| {
            device.user_code == user_code
                && device.decision == Decision::Pending
                && device.issued.elapsed() < lifetime
        })
    }

    /// Decides about a pending user code; false if there is none of that name.
    pub(crate) fn decide(&mut self, user_code: &str, decision: Decision) -> bool {
        let pending = self
            .devices
            .values_mut()
            .find(|device| device.user_code == user_code && device.decision == Decision::Pending);
        pending.map(|device| device.decision = decision).is_some()
    }

    /// One poll of a client.
    pub(crate) fn poll(
        &mut self,
        device_code: &str,
        behaviour: &Behaviour,
    ) -> Result<(usize, Request), SignInError> {
        let Some(device) = self.devices.get_mut(device_code) else {
            return Err(SignInError::named("bad_verification_code"));
        };
        let age = device.issued.elapsed();
        let too_fast = device
            .polled
            .replace(Instant::now())
            .is_some_and(|polled| polled.elapsed() < behaviour.poll_interval);
        if age >= behaviour.device_code_lifetime {
            device.decision = Decision::Expired;
        }
        if device.decision == Decision::Pending && behaviour.auto_approve.is_some_and(|after| age >= after) {
            device.decision = Decision::Approved(0);
        }
        match device.decision {
            Decision::Expired => Err(SignInError::named("expired_token")),
            Decision::Declined => Err(SignInError::named("authorization_declined")),
            Decision::Redeemed => Err(SignInError::named("bad_verification_code")),
            _ if too_fast => Err(SignInError::named("slow_down")),
            Decision::Pending => Err(SignInError::named("authorization_pending")),
            Decision::Approved(account) => {
                device.decision = Decision::Redeemed;
                Ok((account, device.request.clone()))
            }
        }
    }

    /// Gives out an authorization code.
    pub(crate) fn start_code(
        &mut self,
        request: Request,
        account: usize,
        redirect_uri: &str,
        challenge: &str,
    ) -> io::Result<String> {
        let code = self.issue(SecretKind::AuthorizationCode, format!("1.AXEA{}", secret(400)?));
        self.codes.insert(
            code.clone(),
            CodeGrant {
                request,
                account,
                redirect_uri: redirect_uri.to_owned(),
                challenge: challenge.to_owned(),
                issued: Instant::now(),
                redeemed: false,
            },
        );
        Ok(code)
    }

    /// Takes an authorization code, which works once.
    pub(crate) fn take_code(&mut self, code: &str) -> Result<&CodeGrant, SignInError> {
        match self.codes.get_mut(code) {
            None => Err(SignInError::number(9_002_313)),
            Some(grant) if grant.redeemed => Err(SignInError::number(54005)),
            Some(grant) if grant.issued.elapsed() >= CODE_LIFETIME => Err(SignInError::number(70008)),
            Some(grant) => {
                grant.redeemed = true;
                Ok(grant)
            }
        }
    }

    /// Opens a session and gives out its first tokens.
    pub(crate) fn open_session(
        &mut self,
        account: usize,
        request: Request,
        base_url: &str,
        behaviour: &Behaviour,
    ) -> io::Result<TokenAnswer> {
        self.sessions.push(Session { account, request, newest_used: 0, revoked: false });
        self.tokens(self.sessions.len() - 1, base_url, behaviour)
    }

    /// Exchanges a refresh token for new tokens.
    pub(crate) fn refresh(
        &mut self,
        refresh_token: &str,
        base_url: &str,
        behaviour: &Behaviour,
    ) -> io::Result<Result<TokenAnswer, SignInError>> {
        let Some(grant) = self.refresh.get_mut(refresh_token) else {
            return Ok(Err(SignInError::number(9_002_313)));
        };
        let (index, number) = (grant.session, grant.number);
        let Some(session) = self.sessions.get_mut(index) else {
            return Ok(Err(SignInError::number(9_002_313)));
        };
        if session.revoked {
            return Ok(Err(SignInError::number(50173)));
        }
        let refused = match behaviour.refresh_reuse {
            RefreshReuse::Accepted => false,
            RefreshReuse::UntilNewerUsed => number < session.newest_used,
            RefreshReuse::Refused => grant.uses > 0,
        };
        if refused {
            return Ok(Err(SignInError::number(70043)));
        }
        grant.uses += 1;
        session.newest_used = session.newest_used.max(number);
        self.tokens(index, base_url, behaviour).map(Ok)
    }

    fn tokens(&mut self, index: usize, base_url: &str, behaviour: &Behaviour) -> io::Result<TokenAnswer> {
        let Some(Session { account, request, .. }) = self.sessions.get(index) else {
            return Err(io::Error::other("no such session"));
        };
        let (account, request) = (*account, request.clone());
        let audience = request.audience().unwrap_or("https://graph.microsoft.com");
        let lifetime = behaviour.token_lifetime;
        let access_token = self.issue(SecretKind::AccessToken, access_token()?);
        self.access.insert(
            access_token.clone(),
            AccessGrant { account, audience: audience.to_owned(), issued: Instant::now(), lifetime },
        );
        let mut answer = TokenAnswer::new();
        let mut scope = format!("{audience}/user_impersonation {audience}/.default");
        answer.insert("token_type".to_owned(), json!("Bearer"));
        answer.insert("expires_in".to_owned(), json!(lifetime.as_secs()));
        answer.insert("ext_expires_in".to_owned(), json!(lifetime.as_secs()));
        answer.insert("access_token".to_owned(), json!(access_token));
        if request.wants("offline_access") {
            self.last_refresh += 1;
            let grant = RefreshGrant { session: index, number: self.last_refresh, uses: 0 };
            let token = self.issue(SecretKind::RefreshToken, format!("1.AXEA{}", secret(900)?));
            self.refresh.insert(token.clone(), grant);
            answer.insert("refresh_token".to_owned(), json!(token));
            scope.push_str(" offline_access");
        }
        if request.wants("openid") {
            let profile = ACCOUNTS.get(account).unwrap_or(&ACCOUNTS[0]);
            let token = id_token(profile, request.nonce.as_deref(), base_url)?;
            let token = self.issue(SecretKind::IdToken, token);
            answer.insert("id_token".to_owned(), json!(token));
            scope.push_str(" openid profile");
        }
        answer.insert("scope".to_owned(), json!(scope));
        Ok(answer)
    }

    /// The account an access token stands for.
    pub(crate) fn check_access(&self, token: &str) -> Result<usize, Refusal> {
        let grant = self.access.get(token).ok_or(Refusal::Unknown)?;
        if grant.issued.elapsed() >= grant.lifetime {
            Err(Refusal::Expired)
        } else if grant.audience != RESOURCE {
            Err(Refusal::WrongAudience)
        } else {
            Ok(grant.account)
        }
    }

    /// Ends every access token given out so far.
    pub(crate) fn expire_access_tokens(&mut self) {
        for grant in self.access.values_mut() {
            grant.lifetime = Duration::ZERO;
        }
    }

    /// Ends every session, as a changed password does; access tokens live on.
    pub(crate) fn revoke_sessions(&mut self) {
        for session in &mut self.sessions {
            session.revoked = true;
        }
    }
}
