#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::time::Duration;

use common::{World, options, sign_in};
use hunter_partner_center::{
    Account, Connection, DeviceCode, HttpOptions, ListQuery, Retry, Session, SessionState,
    SignInErrorKind as K, TokenError, VaultErrorKind,
};
use hunter_sandbox::{ACCOUNTS, Decision, Elsewhere, Endpoint, Fault, FaultRule, RefreshReuse, Sandbox};
use rstest::rstest;
use serde_json::{Value, json};

fn strict() -> hunter_sandbox::Builder {
    Sandbox::builder().referrals(3).refresh_reuse(RefreshReuse::Refused)
}

/// Tokens that are stale from the start, so that each call renews.
async fn stale(world: &World) -> Session {
    world.sandbox.adjust(|behaviour| behaviour.token_lifetime = Duration::ZERO);
    let session = world.signed_in().await;
    world.sandbox.adjust(|behaviour| behaviour.token_lifetime = Duration::from_secs(3600));
    world.sandbox.clear_requests();
    session
}

async fn begun(world: &World) -> (Session, DeviceCode) {
    let session = world.session();
    let code = session.begin_device_code().await.unwrap();
    (session, code)
}

fn refused(error: TokenError) -> K {
    let TokenError::Refused(error) = error else {
        panic!("{error:?}");
    };
    error.kind
}

fn ended(error: TokenError) -> Option<u32> {
    let TokenError::Ended(error) = error else {
        panic!("{error:?}");
    };
    error.aadsts
}

mod signing_in {
    use super::*;

    #[tokio::test]
    async fn seals_the_tokens_and_tells_who_it_is() {
        let world = World::new(strict()).await;
        let (session, code) = begun(&world).await;
        assert_eq!(code.verification_uri.as_str(), format!("{}/device", world.sandbox.base_url()));
        assert!(code.message.as_deref().unwrap().contains(&code.user_code));
        assert!(!format!("{code:?}").contains(&code.user_code));
        let account = session.finish_device_code(code).await.unwrap();
        let expected = Account {
            tenant_id: world.sandbox.tenant_id().into(),
            object_id: ACCOUNTS[0].object_id.into(),
            username: ACCOUNTS[0].username.into(),
            name: ACCOUNTS[0].name.into(),
        };
        assert_eq!(account, expected);

        let restarted = world.session();
        assert_eq!(restarted.account().await, Some(expected));
        assert!(restarted.state().await.is_signed_in());
        restarted.access_token().await.unwrap();
        assert_eq!(world.calls(Endpoint::Token), 1);

        let asked = &world.sandbox.requests()[0];
        assert_eq!(
            asked.form_field("scope"),
            Some("https://api.partner.microsoft.com/.default offline_access openid profile")
        );
        assert_eq!(asked.form_field("client_secret"), None);
    }

    #[tokio::test]
    async fn leaves_no_secret_and_no_person_in_the_open() {
        let world = World::new(strict()).await;
        world.signed_in().await;
        let directory = world.token_file().parent().unwrap().to_owned();
        let needles: Vec<String> = world
            .sandbox
            .issued_secrets()
            .into_iter()
            .map(|secret| secret.value)
            .chain([ACCOUNTS[0].username.to_owned(), world.sandbox.tenant_id().to_owned()])
            .collect();
        assert!(needles.len() > 5);
        for entry in fs::read_dir(directory).unwrap() {
            let content = fs::read(entry.unwrap().path()).unwrap();
            for needle in &needles {
                assert!(!content.windows(needle.len()).any(|part| part == needle.as_bytes()));
            }
        }
    }

    #[rstest]
    #[case(Decision::Declined, K::Declined)]
    #[case(Decision::Expired, K::CodeExpired)]
    #[tokio::test]
    async fn ends_as_the_person_decided(#[case] decision: Decision, #[case] kind: K) {
        let world = World::new(strict()).await;
        world.sandbox.adjust(|behaviour| behaviour.auto_approve = None);
        let (session, code) = begun(&world).await;
        assert!(world.sandbox.decide(&code.user_code, decision));
        let error = session.finish_device_code(code).await.unwrap_err();
        assert_eq!(error.kind, kind);
        assert_eq!(error.retry(), Retry::SignIn);
        assert!(matches!(session.state().await, SessionState::SignedOut));
    }

    #[tokio::test]
    async fn gives_up_when_the_code_is_too_old_by_our_own_clock() {
        let world = World::new(strict().device_code_lifetime(Duration::ZERO)).await;
        let (session, code) = begun(&world).await;
        let error = session.finish_device_code(code).await.unwrap_err();
        assert_eq!(error.kind, K::CodeExpired);
        assert_eq!(world.calls(Endpoint::Token), 0);
    }

    #[tokio::test]
    async fn survives_blips_while_it_waits() {
        let world = World::new(strict()).await;
        let (session, code) = begun(&world).await;
        let blips = [
            Fault::CutBeforeHeaders,
            Fault::status(503),
            Fault::status_as(502, hunter_sandbox::ErrorBody::Html),
            Fault::status(429),
            Fault::oauth("authorization_pending"),
            Fault::oauth("slow_down"),
            Fault::oauth("temporarily_unavailable"),
        ];
        let count = blips.len() as u64;
        for blip in blips {
            world.sandbox.inject(FaultRule::new(Endpoint::Token, blip));
        }
        session.finish_device_code(code).await.unwrap();
        assert_eq!(world.calls(Endpoint::Token), count + 1);
    }

    #[tokio::test]
    async fn can_be_cancelled_and_begun_again() {
        let world = World::new(strict()).await;
        world.sandbox.adjust(|behaviour| behaviour.auto_approve = None);
        let (session, code) = begun(&world).await;
        {
            let mut waiting = Box::pin(session.finish_device_code(code));
            while world.calls(Endpoint::Token) < 2 {
                tokio::select! {
                    _ = &mut waiting => panic!("nobody approved"),
                    () = tokio::task::yield_now() => {}
                }
            }
        }
        assert!(matches!(session.state().await, SessionState::SignedOut));
        world.sandbox.adjust(|behaviour| behaviour.auto_approve = Some(Duration::ZERO));
        sign_in(&session).await;
    }

    #[tokio::test]
    async fn names_every_refusal() {
        let world = World::new(strict()).await;
        for &number in hunter_sandbox::SIGN_IN_ERRORS {
            let fault = FaultRule::new(Endpoint::DeviceCode, Fault::aadsts(number));
            world.sandbox.inject(fault);
            let error = world.session().begin_device_code().await.unwrap_err();
            assert_eq!(error.aadsts, Some(number));
            assert!(!matches!(error.kind, K::Other | K::BadAnswer), "{number}: {error}");
            assert!(error.message().unwrap().starts_with(&format!("AADSTS{number}:")));
            assert!(error.correlation_id.is_some());

            let (session, code) = begun(&world).await;
            world.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::aadsts(number)));
            let at_the_end = session.finish_device_code(code).await.unwrap_err();
            assert_eq!(at_the_end.kind, error.kind);
        }
    }

    #[rstest]
    #[case(Fault::status(500), K::ServiceUnavailable)]
    #[case(Fault::status_as(404, hunter_sandbox::ErrorBody::Html), K::BadAnswer)]
    #[case(Fault::BadJson, K::BadAnswer)]
    #[case(Fault::CutBeforeHeaders, K::Network)]
    #[case(Fault::HugeBody { bytes: 4 << 20 }, K::BadAnswer)]
    #[case(Fault::aadsts(123456), K::SessionEnded)]
    #[tokio::test]
    async fn tells_what_the_service_did(#[case] fault: Fault, #[case] kind: K) {
        let world = World::new(strict()).await;
        world.sandbox.inject(FaultRule::new(Endpoint::DeviceCode, fault).forever());
        assert_eq!(world.session().begin_device_code().await.unwrap_err().kind, kind);
    }

    #[tokio::test]
    async fn one_blip_at_the_start_is_forgiven() {
        let world = World::new(strict()).await;
        world.sandbox.inject(FaultRule::new(Endpoint::DeviceCode, Fault::status(503)));
        world.signed_in().await;
    }

    #[rstest]
    #[case(Endpoint::DeviceCode)]
    #[case(Endpoint::Token)]
    #[tokio::test]
    async fn follows_no_redirect(#[case] endpoint: Endpoint, #[values(302, 307, 308)] status: u16) {
        let world = World::new(strict()).await;
        let fault = Fault::Redirect { status, to: Elsewhere::SecondOrigin };
        world.sandbox.inject(FaultRule::new(endpoint, fault).forever());
        let session = world.session();
        let error = match session.begin_device_code().await {
            Ok(code) => session.finish_device_code(code).await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.kind, K::BadAnswer);
        assert_eq!(world.sandbox.second_origin_requests(), []);
    }

    #[tokio::test]
    async fn sets_another_programs_file_aside() {
        let world = World::new(strict()).await;
        fs::create_dir_all(world.token_file().parent().unwrap()).unwrap();
        fs::write(world.token_file(), r#"{"AccessToken":{"secret":"x"}}"#).unwrap();
        let session = world.session();
        let SessionState::Unreadable { error } = session.state().await else {
            panic!("a stranger's file was read");
        };
        assert_eq!(error.kind, VaultErrorKind::Stranger);
        assert_eq!(session.access_token().await.unwrap_err().retry(), Retry::SignIn);
        sign_in(&session).await;
        assert!(session.state().await.is_signed_in());
        let names: Vec<String> = fs::read_dir(world.token_file().parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(names.iter().any(|name| name.starts_with(".token_cache.bak-")), "{names:?}");
    }
}

mod renewing {
    use super::*;

    #[tokio::test]
    async fn happens_once_for_all_who_ask() {
        let world = World::new(strict()).await;
        let one = stale(&world).await;
        let other = world.session();
        let (a, b, c, d) =
            tokio::join!(one.access_token(), other.access_token(), one.access_token(), other.access_token());
        for token in [a, b, c, d] {
            token.unwrap();
        }
        assert_eq!(world.calls(Endpoint::Token), 1);
    }

    #[tokio::test]
    async fn after_a_401_happens_once_for_all_who_were_refused() {
        let world = World::new(strict()).await;
        let one = world.signed_in().await;
        let other = world.session();
        let rejected = one.access_token().await.unwrap();
        world.sandbox.clear_requests();
        let (a, b, c) = tokio::join!(
            one.refresh_after_401(&rejected),
            other.refresh_after_401(&rejected),
            one.refresh_after_401(&rejected)
        );
        for token in [a, b, c] {
            token.unwrap();
        }
        assert_eq!(world.calls(Endpoint::Token), 1);
    }

    #[tokio::test]
    async fn keeps_the_newest_refresh_token_on_disk() {
        let world = World::new(strict()).await;
        world.sandbox.adjust(|behaviour| behaviour.token_lifetime = Duration::ZERO);
        world.signed_in().await;
        for _ in 0..5 {
            world.session().access_token().await.unwrap();
        }
        assert_eq!(world.calls(Endpoint::Token), 6);
    }

    #[tokio::test]
    async fn keeps_the_old_refresh_token_when_no_new_one_comes() {
        let world = World::new(Sandbox::builder().referrals(3).refresh_reuse(RefreshReuse::Accepted)).await;
        stale(&world).await;
        world.sandbox.adjust(|behaviour| behaviour.token_lifetime = Duration::ZERO);
        world.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::NoRefreshToken));
        world.session().access_token().await.unwrap();
        world.session().access_token().await.unwrap();
        assert_eq!(world.calls(Endpoint::Token), 2);
    }

    #[rstest]
    #[case(json!("3600"))]
    #[case(json!(3600.5))]
    #[case(json!(null))]
    #[case(json!(-7))]
    #[case(json!("soon"))]
    #[case(json!({"seconds": 3}))]
    #[case(json!(1e300))]
    #[tokio::test]
    async fn loses_no_token_over_an_odd_lifetime(#[case] value: Value) {
        let world = World::new(strict()).await;
        stale(&world).await;
        world.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::ExpiresIn { value }));
        let token = world.session().access_token().await.unwrap();
        world.session().refresh_after_401(&token).await.unwrap();
        assert_eq!(world.calls(Endpoint::Token), 2);
    }

    #[tokio::test]
    async fn loses_no_token_when_the_caller_goes_away() {
        let world = World::new(strict()).await;
        let session = stale(&world).await;
        world.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::SlowBody { chunk: 512, pause_ms: 5 }));
        {
            let mut asking = Box::pin(session.access_token());
            while world.calls(Endpoint::Token) == 0 {
                tokio::select! {
                    _ = &mut asking => panic!("the answer is slow"),
                    () = tokio::task::yield_now() => {}
                }
            }
        }
        session.access_token().await.unwrap();
        assert_eq!(world.calls(Endpoint::Token), 1);
    }

    #[tokio::test]
    async fn loses_no_token_when_the_disk_refuses() {
        let world = World::new(strict()).await;
        let session = stale(&world).await;
        let in_the_way = world.token_file().with_file_name(".token_cache.tmp");
        fs::create_dir(&in_the_way).unwrap();
        let error = session.access_token().await.unwrap_err();
        assert!(matches!(error, TokenError::Vault(error) if error.kind == VaultErrorKind::Io));
        fs::remove_dir(&in_the_way).unwrap();
        session.access_token().await.unwrap();
        assert_eq!(world.calls(Endpoint::Token), 1);
        let token = world.session().access_token().await.unwrap();
        world.session().refresh_after_401(&token).await.unwrap();
    }

    #[tokio::test]
    async fn looks_again_before_it_believes_that_the_session_ended() {
        let world = World::new(strict()).await;
        let session = stale(&world).await;
        let before = fs::read(world.token_file()).unwrap();
        world.session().access_token().await.unwrap();
        let after = fs::read(world.token_file()).unwrap();
        fs::write(world.token_file(), before).unwrap();
        world.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::SlowHeaders { ms: 300 }));
        let mut asking = Box::pin(session.access_token());
        while world.calls(Endpoint::Token) < 2 {
            tokio::select! {
                _ = &mut asking => panic!("the answer is slow"),
                () = tokio::task::yield_now() => {}
            }
        }
        fs::write(world.token_file(), after).unwrap();
        asking.await.unwrap();
        assert_eq!(world.calls(Endpoint::Token), 2);
        assert!(world.session().state().await.is_signed_in());
    }

    #[tokio::test]
    async fn stops_asking_once_the_session_ended() {
        let world = World::new(strict()).await;
        let session = stale(&world).await;
        world.sandbox.revoke_sessions();
        assert_eq!(ended(session.access_token().await.unwrap_err()), Some(50173));
        for _ in 0..3 {
            assert_eq!(ended(world.session().access_token().await.unwrap_err()), Some(50173));
        }
        assert_eq!(world.calls(Endpoint::Token), 1);
        let SessionState::Ended { account, reason } = world.session().state().await else {
            panic!("the end was forgotten");
        };
        assert_eq!(account.name, ACCOUNTS[0].name);
        assert_eq!((reason.kind, reason.aadsts), (K::SessionEnded, Some(50173)));
        assert!(reason.message().unwrap().starts_with("AADSTS50173"));
        sign_in(&session).await;
        session.access_token().await.unwrap();
    }

    #[tokio::test]
    async fn a_token_the_service_does_not_know_means_sign_in_again() {
        let world = World::new(strict()).await;
        stale(&world).await;
        world.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::aadsts(9002313)));
        let error = world.session().access_token().await.unwrap_err();
        assert_eq!(error.retry(), Retry::SignIn);
    }

    #[rstest]
    #[case(Fault::status(503), K::ServiceUnavailable)]
    #[case(Fault::CutBeforeHeaders, K::Network)]
    #[case(Fault::BadJson, K::BadAnswer)]
    #[case(Fault::aadsts(7000218), K::NotPublicClient)]
    #[tokio::test]
    async fn a_failure_leaves_the_session_as_it_was(#[case] fault: Fault, #[case] kind: K) {
        let world = World::new(strict()).await;
        let session = stale(&world).await;
        world.sandbox.inject(FaultRule::new(Endpoint::Token, fault).forever());
        assert_eq!(refused(session.access_token().await.unwrap_err()), kind);
        assert!(session.state().await.is_signed_in());
        world.sandbox.clear_faults();
        session.access_token().await.unwrap();
    }

    #[tokio::test]
    async fn has_a_time_limit() {
        let world = World::new(strict()).await;
        stale(&world).await;
        world.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::SlowHeaders { ms: 60_000 }).forever());
        let options = HttpOptions { sign_in_timeout: Duration::from_millis(50), ..options() };
        let session = world.session_with(world.connection(), options);
        assert_eq!(refused(session.access_token().await.unwrap_err()), K::Timeout);
    }

    #[tokio::test]
    async fn offline_is_a_matter_of_the_network() {
        let mut world = World::new(strict()).await;
        let session = stale(&world).await;
        world.sandbox.go_offline().await;
        assert_eq!(refused(session.access_token().await.unwrap_err()), K::Network);
        assert!(session.state().await.is_signed_in());
        world.sandbox.go_online().await.unwrap();
        session.access_token().await.unwrap();
    }
}

#[rstest]
#[case::authority(|connection: &mut Connection, world: &World| connection.authority_url = world.sandbox.second_origin().parse().unwrap())]
#[case::tenant(|connection: &mut Connection, _: &World| connection.tenant = "contoso.example".into())]
#[case::client(|connection: &mut Connection, _: &World| connection.client_id = "00000000-0000-4000-8000-000000000001".into())]
#[tokio::test]
async fn tokens_are_never_sent_to_another_connection(#[case] change: fn(&mut Connection, &World)) {
    let world = World::new(strict()).await;
    stale(&world).await;
    let mut connection = world.connection();
    change(&mut connection, &world);
    let session = world.session_with(connection, options());
    assert!(matches!(session.access_token().await, Err(TokenError::OtherConnection)));
    assert!(matches!(session.state().await, SessionState::OtherConnection));
    assert_eq!(world.sandbox.requests(), []);
    assert_eq!(world.sandbox.second_origin_requests(), []);
    world.session().access_token().await.unwrap();
}

#[tokio::test]
async fn another_scope_gets_another_token() {
    let world = World::new(strict()).await;
    world.signed_in().await;
    world.sandbox.clear_requests();
    let mut connection = world.connection();
    connection.scope = "https://graph.microsoft.com/.default".into();
    let session = world.session_with(connection, options());
    session.access_token().await.unwrap();
    session.access_token().await.unwrap();
    assert_eq!(world.calls(Endpoint::Token), 1);
}

#[tokio::test]
async fn signing_out_forgets_tokens_and_key_in_every_process() {
    let world = World::new(strict()).await;
    let session = world.signed_in().await;
    let other = world.session();
    other.access_token().await.unwrap();
    session.sign_out().await.unwrap();
    assert!(!world.token_file().exists());
    assert!(!world.token_file().with_file_name(".token_cache.key").exists());
    assert!(matches!(other.access_token().await, Err(TokenError::SignedOut)));
    assert!(matches!(other.state().await, SessionState::SignedOut));
    assert_eq!(other.account().await, None);
    session.sign_out().await.unwrap();
    sign_in(&other).await;
    session.access_token().await.unwrap();
}

#[tokio::test]
async fn everything_can_be_awaited_on_any_thread() {
    fn on_any_thread<T: Send>(_: T) {}
    let world = World::new(strict()).await;
    let (session, code) = begun(&world).await;
    on_any_thread(session.begin_device_code());
    on_any_thread(session.finish_device_code(code));
    on_any_thread(session.access_token());
    on_any_thread(session.sign_out());
    on_any_thread(session.state());
    let client = world.client().await;
    on_any_thread(client.get("x"));
    on_any_thread(client.list(&ListQuery::default()).next());
}
