use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hunter_sandbox::{ACCOUNTS, CLIENT_ID, Decision, RefreshReuse, SecretKind, TENANT_DOMAIN, TENANT_ID};
use rstest::rstest;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Caller, DEVICE_GRANT, LIST, SCOPE, quick, start};

async fn device(caller: &Caller) -> Value {
    let (status, answer) = caller.sign_in("devicecode", &[("scope", SCOPE)]).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn poll(caller: &Caller, device: &Value) -> Value {
    let code = device["device_code"].as_str().unwrap();
    let form = [("grant_type", DEVICE_GRANT), ("device_code", code)];
    caller.sign_in("token", &form).await.1
}

async fn refresh(caller: &Caller, token: &str) -> Value {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    caller.sign_in("token", &form).await.1
}

fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn a_person_types_the_code_and_the_client_reads_referrals() {
    let mut caller = start(quick()).await;
    let device = device(&caller).await;
    assert_eq!(device["expires_in"], 900);
    assert_eq!(device["interval"], 0);
    assert!(device.get("verification_uri_complete").is_none());
    let code = device["user_code"].as_str().unwrap();
    assert_eq!(code.len(), 9);
    assert!(device["message"].as_str().unwrap().contains(code));

    let pending = poll(&caller, &device).await;
    assert_eq!(pending["error"], "authorization_pending");
    assert_eq!(pending["error_codes"], json!([70016]));
    let description = pending["error_description"].as_str().unwrap();
    assert!(description.starts_with("AADSTS70016: "));
    assert!(description.contains("\r\nTrace ID: "));

    let page = device["verification_uri"].as_str().unwrap().to_owned();
    let shown = caller.http.get(&page).send().await.unwrap();
    assert!(shown.text().await.unwrap().contains("Enter code"));
    let typed = format!(" {}-{} ", &code[..4], &code[4..]).to_lowercase();
    let asked = caller.post("/device", &[("user_code", &typed)]).await.1;
    assert!(asked.as_str().unwrap().contains("Approve"));
    let form = [("user_code", code), ("account", "0"), ("decision", "approve")];
    let approved = caller.post("/device", &form).await.1;
    assert!(approved.as_str().unwrap().contains("You are signed in"));

    let tokens = poll(&caller, &device).await;
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    let size = tokens["access_token"].as_str().unwrap().len();
    assert!((1500..=2500).contains(&size), "{size}");
    let claims = claims(&tokens["id_token"]);
    assert_eq!(claims["preferred_username"], ACCOUNTS[0].username);
    assert_eq!(claims["name"], ACCOUNTS[0].name);
    assert_eq!(claims["tid"], TENANT_ID);
    assert_eq!(claims["aud"], CLIENT_ID);

    tokens["access_token"].as_str().unwrap().clone_into(&mut caller.token);
    caller.ok(LIST).await;
    assert_eq!(poll(&caller, &device).await["error"], "bad_verification_code");
}

#[tokio::test]
async fn the_second_account_sees_its_own_teams_referrals_only() {
    let mut caller = start(quick()).await;
    let device = device(&caller).await;
    let code = device["user_code"].as_str().unwrap();
    assert!(caller.sandbox.decide(code, Decision::Approved(1)));
    let tokens = poll(&caller, &device).await;
    tokens["access_token"].as_str().unwrap().clone_into(&mut caller.token);

    let (seen, _) = caller.all(&[]).await;
    let username = ACCOUNTS[1].username;
    let on_team = |item: &Value| {
        let team = item["team"].as_array();
        team.is_some_and(|team| team.iter().any(|member| member["email"] == username))
    };
    let all = caller.sandbox.referrals();
    let own: Vec<Value> = all.iter().filter(|item| on_team(item)).cloned().collect();
    assert!(!own.is_empty() && own.len() < all.len());
    assert_eq!(seen, own);
    let foreign = all.iter().find(|item| !on_team(item)).unwrap();
    let path = format!("{LIST}/{}", foreign["id"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.0, 404);
}

#[tokio::test]
async fn a_device_code_can_be_declined_expired_or_unknown() {
    let caller = start(quick()).await;
    let declined = device(&caller).await;
    let code = declined["user_code"].as_str().unwrap();
    caller.post("/device", &[("user_code", code), ("decision", "decline")]).await;
    assert_eq!(poll(&caller, &declined).await["error"], "authorization_declined");
    assert!(!caller.sandbox.decide(code, Decision::Approved(0)));

    let expired = device(&caller).await;
    caller.sandbox.decide(expired["user_code"].as_str().unwrap(), Decision::Expired);
    assert_eq!(poll(&caller, &expired).await["error"], "expired_token");

    let unknown = json!({"device_code": "nonsense"});
    assert_eq!(poll(&caller, &unknown).await["error"], "bad_verification_code");
    let page = caller.post("/device", &[("user_code", "NONSENSE1")]).await;
    assert_eq!(page.0, 400);

    caller.sandbox.adjust(|behaviour| behaviour.device_code_lifetime = Duration::ZERO);
    let late = device(&caller).await;
    assert_eq!(poll(&caller, &late).await["error"], "expired_token");
}

#[tokio::test]
async fn polling_too_fast_is_slowed_down() {
    let caller = start(quick().poll_interval(Duration::from_secs(60))).await;
    let device = device(&caller).await;
    assert_eq!(device["interval"], 60);
    assert_eq!(poll(&caller, &device).await["error"], "authorization_pending");
    assert_eq!(poll(&caller, &device).await["error"], "slow_down");
}

#[tokio::test]
async fn codes_can_approve_themselves() {
    let caller = start(quick().auto_approve(Duration::ZERO)).await;
    let device = device(&caller).await;
    assert!(poll(&caller, &device).await["access_token"].is_string());
}

#[rstest]
#[case::tenant("nowhere", &[("client_id", CLIENT_ID), ("scope", SCOPE)], 90002, "invalid_request")]
#[case::client(TENANT_ID, &[("client_id", TENANT_ID), ("scope", SCOPE)], 700_016, "unauthorized_client")]
#[case::no_client(TENANT_ID, &[("scope", SCOPE)], 900_144, "invalid_request")]
#[case::secret(TENANT_ID, &[("client_id", CLIENT_ID), ("scope", SCOPE), ("client_secret", "x")], 700_025, "invalid_client")]
#[case::no_scope(TENANT_ID, &[("client_id", CLIENT_ID)], 900_144, "invalid_request")]
#[case::resource(TENANT_ID, &[("client_id", CLIENT_ID), ("scope", "https://example.com/.default")], 500_011, "invalid_resource")]
#[tokio::test]
async fn a_wrong_request_gets_microsofts_number(
    #[case] tenant: &str,
    #[case] form: &[(&str, &str)],
    #[case] number: u32,
    #[case] error: &str,
) {
    let caller = start(quick().referrals(0)).await;
    let (status, answer) = caller.post(&format!("/{tenant}/oauth2/v2.0/devicecode"), form).await;
    assert!(status.is_client_error());
    assert_eq!(answer["error_codes"], json!([number]));
    assert_eq!(answer["error"], error);
    let start = format!("AADSTS{number}: ");
    assert!(answer["error_description"].as_str().unwrap().starts_with(&start));
}

#[rstest]
#[case(TENANT_DOMAIN)]
#[case("organizations")]
#[case("common")]
#[tokio::test]
async fn the_tenant_has_other_names(#[case] tenant: &str) {
    let caller = start(quick().referrals(0)).await;
    let form = [("client_id", CLIENT_ID), ("scope", SCOPE)];
    let path = format!("/{tenant}/oauth2/v2.0/devicecode");
    assert_eq!(caller.post(&path, &form).await.0, 200);
}

#[tokio::test]
async fn scopes_decide_about_refresh_and_id_tokens_and_the_audience() {
    let mut caller = start(quick().referrals(1).auto_approve(Duration::ZERO)).await;
    let scope = "https://api.partnercenter.microsoft.com/.default";
    let (_, device) = caller.sign_in("devicecode", &[("scope", scope)]).await;
    let tokens = poll(&caller, &device).await;
    assert!(tokens.get("refresh_token").is_none());
    assert!(tokens.get("id_token").is_none());
    tokens["access_token"].as_str().unwrap().clone_into(&mut caller.token);
    assert_eq!(caller.get(LIST).await.0, 401);
}

#[rstest]
#[case(RefreshReuse::Refused, false, false)]
#[case(RefreshReuse::UntilNewerUsed, true, false)]
#[case(RefreshReuse::Accepted, true, true)]
#[tokio::test]
async fn refresh_tokens_rotate(
    #[case] reuse: RefreshReuse,
    #[case] again_at_once: bool,
    #[case] again_after_newer: bool,
) {
    let caller = start(quick().referrals(0).refresh_reuse(reuse)).await;
    let first = caller.sandbox.issue_tokens(0).unwrap().refresh_token;
    let second = refresh(&caller, &first).await["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let at_once = refresh(&caller, &first).await;
    assert_eq!(at_once["refresh_token"].is_string(), again_at_once, "{at_once}");
    assert!(refresh(&caller, &second).await["refresh_token"].is_string());
    let after_newer = refresh(&caller, &first).await;
    assert_eq!(after_newer["refresh_token"].is_string(), again_after_newer);
    if !again_after_newer {
        assert_eq!(after_newer["error"], "invalid_grant");
        assert_eq!(after_newer["error_codes"], json!([70043]));
    }
}

#[tokio::test]
async fn sessions_are_revoked_and_access_tokens_expire() {
    let caller = start(quick().referrals(1)).await;
    let refresh_token = caller.sandbox.issue_tokens(0).unwrap().refresh_token;
    caller.sandbox.revoke_sessions();
    caller.ok(LIST).await;
    let refused = refresh(&caller, &refresh_token).await;
    assert_eq!((&refused["error"], &refused["error_codes"]), (&json!("invalid_grant"), &json!([50173])));
    caller.sandbox.expire_access_tokens();
    let (status, error) = caller.get(LIST).await;
    assert_eq!((status.as_u16(), &error["error"]["code"]), (401, &json!("ExpiredToken")));
}

#[tokio::test]
async fn every_secret_is_remembered() {
    let caller = start(quick().referrals(0).auto_approve(Duration::ZERO)).await;
    let device = device(&caller).await;
    let tokens = poll(&caller, &device).await;
    let issued = caller.sandbox.issued_secrets();
    for (kind, value) in [
        (SecretKind::DeviceCode, &device["device_code"]),
        (SecretKind::UserCode, &device["user_code"]),
        (SecretKind::AccessToken, &tokens["access_token"]),
        (SecretKind::RefreshToken, &tokens["refresh_token"]),
        (SecretKind::IdToken, &tokens["id_token"]),
    ] {
        assert!(issued.iter().any(|secret| secret.kind == kind && json!(secret.value) == *value));
    }
}

const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123456789";

fn authorize_path(caller: &Caller, changes: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER.as_bytes()));
    let mut fields = vec![
        ("client_id", caller.sandbox.client_id().to_owned()),
        ("response_type", "code".to_owned()),
        ("redirect_uri", "http://localhost:4711/".to_owned()),
        ("scope", SCOPE.to_owned()),
        ("state", "a state & more".to_owned()),
        ("nonce", "n-1".to_owned()),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256".to_owned()),
    ];
    for (name, value) in changes {
        fields.retain(|(key, _)| key != name);
        fields.push((name, (*value).to_owned()));
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    format!("/{}/oauth2/v2.0/authorize?{query}", caller.sandbox.tenant_id())
}

fn location(response: &reqwest::Response) -> url::Url {
    response.headers()["location"].to_str().unwrap().parse().unwrap()
}

fn query(url: &url::Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn browser_sign_in_with_pkce() {
    let caller = start(quick().referrals(0)).await;
    let path = authorize_path(&caller, &[]);
    let page = caller.http.get(caller.url(&path)).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'"));
    assert!(page.text().await.unwrap().contains("a state &amp; more"));

    let (address, fields) = path.split_once('?').unwrap();
    let mut form: Vec<(String, String)> =
        url::form_urlencoded::parse(fields.as_bytes()).into_owned().collect();
    form.push(("account".to_owned(), "1".to_owned()));
    form.push(("decision".to_owned(), "approve".to_owned()));
    let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let back = location(&caller.try_post(address, &form).await.unwrap());
    assert_eq!(back.origin().ascii_serialization(), "http://localhost:4711");
    assert_eq!(query(&back, "state").unwrap(), "a state & more");
    let code = query(&back, "code").unwrap();

    let redeem = |verifier: &'static str, code: String| {
        let caller = &caller;
        async move {
            let form = [
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", "http://localhost:4711/"),
                ("code_verifier", verifier),
            ];
            caller.sign_in("token", &form).await.1
        }
    };
    let tokens = redeem(VERIFIER, code.clone()).await;
    let claims = claims(&tokens["id_token"]);
    assert_eq!(claims["nonce"], "n-1");
    assert_eq!(claims["preferred_username"], ACCOUNTS[1].username);
    assert_eq!(redeem(VERIFIER, code).await["error_codes"], json!([54005]));

    caller.sandbox.adjust(|behaviour| behaviour.auto_approve = Some(Duration::ZERO));
    let back = caller.http.get(caller.url(&path)).send().await.unwrap();
    let code = query(&location(&back), "code").unwrap();
    let wrong = redeem("another-verifier-of-at-least-forty-three-characters", code).await;
    assert_eq!(wrong["error_codes"], json!([501_481]));
}

#[rstest]
#[case("https://example.com/")]
#[case("http://localhost.example.com/")]
#[case("http://user@localhost/")]
#[case("https://localhost/")]
#[case("http://127.0.0.2/")]
#[case("javascript:alert(1)")]
#[tokio::test]
async fn a_foreign_redirect_gets_a_page_and_no_code(#[case] redirect: &str) {
    let caller = start(quick().referrals(0).auto_approve(Duration::ZERO)).await;
    let path = authorize_path(&caller, &[("redirect_uri", redirect)]);
    let response = caller.http.get(caller.url(&path)).send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("AADSTS50011"));
}

#[rstest]
#[case("code_challenge_method", "plain", "invalid_request")]
#[case("code_challenge", "", "invalid_request")]
#[case("response_type", "token", "invalid_request")]
#[case("scope", "https://example.com/.default", "invalid_resource")]
#[tokio::test]
async fn other_mistakes_go_back_to_the_client(#[case] field: &str, #[case] value: &str, #[case] error: &str) {
    let caller = start(quick().referrals(0).auto_approve(Duration::ZERO)).await;
    let path = authorize_path(&caller, &[(field, value)]);
    let back = location(&caller.http.get(caller.url(&path)).send().await.unwrap());
    assert_eq!(query(&back, "error").as_deref(), Some(error));
    assert_eq!(query(&back, "state").as_deref(), Some("a state & more"));
    assert_eq!(query(&back, "code"), None);
}

#[tokio::test]
async fn pages_speak_turkish() {
    let caller = start(quick().referrals(0)).await;
    let request = caller.http.get(caller.url("/device?otc=ABC")).header("accept-language", "tr-TR,tr;q=0.9");
    let page = request.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("<html lang=\"tr\">") && page.contains("Kodu girin"));
    assert!(page.contains("value=\"ABC\""));
}
