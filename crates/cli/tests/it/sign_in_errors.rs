//! Every way in which a sign-in fails: exit code, two sentences in the user's language, and nothing lost.

use std::time::{Duration, Instant};

use hunter_engine::{HttpOptions, HunterError, Language};
use hunter_sandbox::{
    Decision, Endpoint, ErrorBody, Fault, FaultRule, RetryAfter, SIGN_IN_ERRORS, Sandbox, Shape,
};
use jiff::Timestamp;
use rstest::rstest;
use serde_json::json;

use crate::support::{Outcome, World, assert_sound, near, within};

const LOGIN: &[&str] = &["login", "--no-browser", "--json"];

/// What a script sees of an AADSTS number.
fn code_of(number: u32) -> &'static str {
    match number {
        50059 | 90002 | 90038 => "tenant_not_found",
        700_016 => "unknown_client",
        7_000_218 => "not_public_client",
        65001 | 90094 | 650_052 | 500_011 => "consent_missing",
        65004 => "consent_declined",
        50076 | 50078 | 50079 => "mfa_needed",
        53003 | 530_036 | 50199 | 50097 | 53000 => "blocked_by_policy",
        50034 | 50057 | 50020 | 50105 => "account_unusable",
        70043 | 700_082 | 50173 => "session_ended",
        other => panic!("{other} has no meaning yet"),
    }
}

#[rstest]
#[tokio::test]
async fn every_refusal_of_microsoft(
    #[values(Endpoint::DeviceCode, Endpoint::Token)] endpoint: Endpoint,
    #[values("en", "tr")] language: &str,
) {
    let mut world = World::synced(Sandbox::builder().referrals(3)).await;
    world.set("HUNTER_LANG", language);
    let stored = world.stored().await;
    for &number in SIGN_IN_ERRORS {
        world.sandbox.inject(FaultRule::new(endpoint, Fault::aadsts(number)));
        let outcome = world.run(LOGIN).await;
        assert_eq!(
            (outcome.code, outcome.error_code().as_str()),
            (3, code_of(number)),
            "{number}: {outcome:?}"
        );
        let message = outcome.json()["error"]["message"].to_string();
        assert!(message.contains(&format!("AADSTS{number}:")), "{message}");
        assert!(!message.contains("Trace ID"), "{message}");
        assert_eq!(world.stored().await, stored, "{number}");
    }
    world.sandbox.put_referral(&json!({"id": "later", "updatedDateTime": Timestamp::now().to_string()}));
    assert_eq!(world.run(LOGIN).await.code, 0);
    assert_eq!(world.json(&["sync"]).await["inserted"], 1);
    assert_eq!(world.stored().await.present, world.service());
}

/// A number that nobody knows comes with Microsoft's own first line.
#[tokio::test]
async fn an_unknown_number_is_shown_in_microsofts_words() {
    let world = World::new(Sandbox::builder().referrals(0)).await;
    world.sandbox.inject(FaultRule::new(Endpoint::DeviceCode, Fault::aadsts(99_999)));
    let outcome = world.run(LOGIN).await;
    assert_eq!(outcome.code, 3);
    let error = outcome.json()["error"].clone();
    assert!(error["message"].as_str().unwrap().contains("AADSTS99999: The request could not be completed."));
    outcome.error_code();
}

#[rstest]
#[case("authorization_declined", 3, "sign_in_declined")]
#[case("access_denied", 3, "consent_declined")]
#[case("expired_token", 3, "code_expired")]
#[case("bad_verification_code", 3, "sign_in_failed")]
#[case("invalid_grant", 3, "session_ended")]
#[case("interaction_required", 3, "mfa_needed")]
#[case("unauthorized_client", 3, "unknown_client")]
#[case("invalid_client", 3, "sign_in_failed")]
#[case("invalid_request", 3, "sign_in_failed")]
#[case("temporarily_unavailable", 4, "service_unavailable")]
#[case("server_error", 4, "service_unavailable")]
#[tokio::test]
async fn refusals_by_name(#[case] name: &str, #[case] exit: i32, #[case] code: &str) {
    let builder = Sandbox::builder().referrals(2).device_code_lifetime(Duration::from_secs(2));
    let world = World::new(builder).await;
    world.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::oauth(name)).forever());
    let outcome = world.run(LOGIN).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (exit, code), "{outcome:?}");
    world.sandbox.clear_faults();
    assert_eq!(world.run(LOGIN).await.code, 0);
    assert_eq!(world.json(&["sync"]).await["inserted"], 2);
}

/// What a person does with the code; the program waits and tells.
#[rstest]
#[case(Decision::Declined, "sign_in_declined")]
#[case(Decision::Expired, "code_expired")]
#[tokio::test]
async fn decisions_of_a_person(#[case] decision: Decision, #[case] code: &str) {
    let world = World::new(Sandbox::builder().referrals(0)).await;
    world.sandbox.adjust(|behaviour| behaviour.auto_approve = None);
    let login = world.start(LOGIN);
    let user_code = within(Duration::from_secs(20), pending_code(&world)).await;
    assert!(world.sandbox.decide(&user_code, decision));
    let outcome = Outcome::of(login).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (3, code));
}

async fn pending_code(world: &World) -> String {
    loop {
        if let Some((code, _)) =
            world.sandbox.user_codes().into_iter().find(|(_, decision)| *decision == Decision::Pending)
        {
            return code;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_code_that_nobody_enters_ends_in_time() {
    let world =
        World::new(Sandbox::builder().referrals(0).device_code_lifetime(Duration::from_secs(2))).await;
    world.sandbox.adjust(|behaviour| behaviour.auto_approve = None);
    let begun = Instant::now();
    let outcome = world.run(LOGIN).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (3, "code_expired"));
    assert!(begun.elapsed() < Duration::from_secs(20));
}

/// The limits of this process's engine, short enough to be met.
fn impatient() -> HttpOptions {
    HttpOptions {
        read_timeout: Duration::from_millis(500),
        sign_in_timeout: Duration::from_millis(1_000),
        ..near()
    }
}

fn faults() -> Vec<(Fault, u8, &'static str)> {
    let html = |status| Fault::status_as(status, ErrorBody::Html);
    vec![
        (Fault::status(500), 4, "service_unavailable"),
        (Fault::status(502), 4, "service_unavailable"),
        (html(503), 4, "service_unavailable"),
        (html(403), 4, "service_unavailable"),
        (Fault::status(403), 4, "service_unavailable"),
        (Fault::status(504), 4, "service_unavailable"),
        (Fault::retry_after(429, RetryAfter::Seconds(1)), 4, "service_unavailable"),
        (Fault::SlowHeaders { ms: 5_000 }, 4, "timeout"),
        (Fault::SlowBody { chunk: 1, pause_ms: 100 }, 4, "timeout"),
        (Fault::CutBeforeHeaders, 4, "network"),
        (Fault::CutInBody, 4, "network"),
        (html(400), 1, "bad_answer"),
        (html(200), 1, "bad_answer"),
        (Fault::BadJson, 1, "bad_answer"),
        (Fault::HalfPage, 1, "bad_answer"),
        (Fault::WrongShape { shape: Shape::Array }, 1, "bad_answer"),
        (Fault::WrongShape { shape: Shape::NoValue }, 1, "bad_answer"),
        (Fault::HugeBody { bytes: 4 << 20 }, 1, "bad_answer"),
    ]
}

async fn login_in_process(world: &World) -> Result<(), HunterError> {
    let engine = world.engine_with(impatient());
    within(Duration::from_secs(20), async { engine.sign_in().await?.finish().await.map(drop) }).await
}

/// A service that is down, slow or speaks nonsense, for as long as the code lives.
#[rstest]
#[tokio::test]
async fn a_service_in_trouble(#[values(Endpoint::DeviceCode, Endpoint::Token)] endpoint: Endpoint) {
    let builder = Sandbox::builder().referrals(3).device_code_lifetime(Duration::from_secs(1));
    let world = World::synced(builder).await;
    let stored = world.stored().await;
    for (fault, exit, code) in faults() {
        world.sandbox.inject(FaultRule::new(endpoint, fault.clone()).forever());
        let error = login_in_process(&world).await.unwrap_err();
        assert_eq!((error.code().exit_code(), error.code().as_str()), (exit, code), "{fault:?}");
        for language in [Language::En, Language::Tr] {
            let body = error.body(language);
            assert_sound(&body.message, body.hint.as_deref().unwrap());
        }
        world.sandbox.clear_faults();
        assert_eq!(world.stored().await, stored);
    }
    world.sandbox.touch(3, 1);
    world.sandbox.adjust(|behaviour| behaviour.device_code_lifetime = Duration::from_secs(900));
    world.sign_in().await;
    assert_eq!(world.sync().await.summary.updated, 3);
}

/// One bad moment does not end a sign-in that goes well otherwise.
#[rstest]
#[case(Fault::status(503))]
#[case(Fault::CutBeforeHeaders)]
#[case(Fault::oauth("slow_down"))]
#[case(Fault::oauth("authorization_pending"))]
#[tokio::test]
async fn a_passing_fault_while_waiting(#[case] fault: Fault) {
    let world = World::new(Sandbox::builder().referrals(1)).await;
    world.sandbox.inject(FaultRule::new(Endpoint::Token, fault));
    within(Duration::from_secs(20), world.sign_in()).await;
    assert_eq!(world.sync().await.exit_code, 0);
}

#[tokio::test]
async fn nobody_there() {
    let mut world = World::new(Sandbox::builder().referrals(0)).await;
    world.sandbox.go_offline().await;
    let outcome = world.run(LOGIN).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (4, "network"));
}

/// No keyring and no choice of a file: told before anybody approves anything.
#[rstest]
#[tokio::test]
async fn no_keyring(#[values("en", "tr")] language: &str) {
    let mut world = World::new(Sandbox::builder().referrals(0)).await;
    world.unset("HUNTER_SECRET_STORE");
    world.set("HUNTER_LANG", language);
    let outcome = world.run(LOGIN).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (5, "no_keyring"));
    assert!(outcome.json()["error"]["hint"].as_str().unwrap().contains("HUNTER_SECRET_STORE"));
    assert!(world.sandbox.requests().is_empty());
    let status = world.json(&["status"]).await;
    assert_eq!([&status["signed_in"], &status["secret_store"]], [&json!(false), &json!("keyring")]);
}

/// The keyring is gone after a sign-in that used a key file: told as such, and everything stored can be read.
#[tokio::test]
async fn no_keyring_any_more() {
    let mut world = World::synced(Sandbox::builder().referrals(3)).await;
    world.unset("HUNTER_SECRET_STORE");
    let outcome = world.run(&["sync", "--json"]).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (5, "no_keyring"));
    let status = world.json(&["status"]).await;
    assert_eq!([&status["signed_in"], &status["needs_sign_in"]], [false, true]);
    assert!(status["warnings"].to_string().contains("keyring"), "{status}");
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], 3);
    world.set("HUNTER_SECRET_STORE", "file");
    assert_eq!(world.json(&["sync"]).await["status"], "completed");
}
