#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use common::{World, begin_browser, browse, options, sign_in};
use hunter_partner_center::{
    Account, Connection, DeviceCode, Farewell, HttpOptions, ListQuery, ReferralsClient, Retry, Session,
    SessionState, SignInErrorKind as K, TokenError, VaultErrorKind,
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

    /// The first question waits like every other one, and a service in trouble is asked ever less often.
    #[tokio::test]
    async fn asks_at_the_pace_that_the_service_wants() {
        let world = World::new(strict()).await;
        let lifetime = Duration::from_secs(4);
        world.sandbox.adjust(|behaviour| {
            behaviour.poll_interval = Duration::from_secs(1);
            behaviour.device_code_lifetime = lifetime;
        });
        world.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::status(503)).forever());
        let options = HttpOptions { longest_poll: Duration::from_secs(60), ..options() };
        let session = world.session_with(world.connection(), options);
        let code = session.begin_device_code().await.unwrap();
        let begun = std::time::Instant::now();
        assert_eq!(session.finish_device_code(code).await.unwrap_err().kind, K::ServiceUnavailable);
        assert!(begun.elapsed() < lifetime * 3);
        let asked: Vec<_> =
            world.sandbox.requests().into_iter().map(|request| (request.endpoint, request.at)).collect();
        let at: Vec<_> = asked.iter().map(|(_, at)| *at).collect();
        assert_eq!(
            asked.iter().filter(|(endpoint, _)| *endpoint == Some(Endpoint::Token)).count(),
            at.len() - 1
        );
        let pauses: Vec<f64> =
            at.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_secs_f64()).collect();
        assert!(pauses[0] >= 0.95 && pauses[1] >= 1.9, "{pauses:?}");
        assert!(pauses.len() <= 3, "{pauses:?}");
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
    #[case(Fault::aadsts(123456), K::Other)]
    #[case(Fault::aadsts(50173), K::SessionEnded)]
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

mod in_the_browser {
    use super::*;
    use url::Url;

    /// The address as the browser would have it if somebody had changed a field of it.
    fn changed(address: &Url, field: &str, value: &str) -> Url {
        let fields: Vec<(String, String)> = address.query_pairs().into_owned().collect();
        let mut changed = address.clone();
        changed.query_pairs_mut().clear().extend_pairs(
            fields
                .iter()
                .map(|(name, old)| (name.as_str(), if name == field { value } else { old.as_str() })),
        );
        changed
    }

    fn field(address: &Url, wanted: &str) -> String {
        let mut values = address.query_pairs().filter(|(name, _)| name == wanted);
        let (_, value) = values.next().unwrap();
        assert!(values.next().is_none());
        value.into_owned()
    }

    #[tokio::test]
    async fn seals_the_tokens_and_tells_who_it_is() {
        let world = World::new(strict()).await;
        let session = world.session();
        let visit = begin_browser(&session).await;
        let address = visit.address.clone();
        assert!(address.as_str().starts_with(&format!("{}/", world.sandbox.base_url())));
        assert_eq!(field(&address, "code_challenge_method"), "S256");
        assert_eq!(field(&address, "prompt"), "select_account");
        assert_eq!(field(&address, "response_mode"), "query");
        assert_eq!(
            field(&address, "scope"),
            "https://api.partner.microsoft.com/.default offline_access openid profile"
        );
        let redirect: Url = field(&address, "redirect_uri").parse().unwrap();
        assert_eq!((redirect.host_str(), redirect.path()), (Some("localhost"), "/"));
        assert!(!format!("{visit:?}").contains(&field(&address, "state")));

        let (account, (status, page)) = tokio::join!(session.finish_browser(visit), browse(&address));
        assert_eq!(account.unwrap().username, ACCOUNTS[0].username);
        assert_eq!(status, 200);
        assert!(page.contains("Done."));
        assert!(world.session().state().await.is_signed_in());
        assert_eq!(world.calls(Endpoint::Token), 1);
        let sent = world.sandbox.requests().pop().unwrap();
        assert_eq!(sent.form_field("client_secret"), None);
        assert_eq!(sent.form_field("redirect_uri"), Some(field(&address, "redirect_uri").as_str()));
        let token = session.access_token().await.unwrap();
        session.refresh_after_401(&token).await.unwrap();
    }

    /// What a person may do differently from the program's address, and what comes of it.
    #[rstest]
    #[case::nonce("nonce", "another", K::BadAnswer)]
    #[case::challenge("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", K::BadCode)]
    #[case::no_identity("scope", "https://api.partner.microsoft.com/.default offline_access", K::BadAnswer)]
    #[tokio::test]
    async fn takes_only_what_it_asked_for(#[case] name: &str, #[case] value: &str, #[case] kind: K) {
        let world = World::new(strict()).await;
        let session = world.session();
        let visit = begin_browser(&session).await;
        let address = changed(&visit.address, name, value);
        let (outcome, _) = tokio::join!(session.finish_browser(visit), browse(&address));
        assert_eq!(outcome.unwrap_err().kind, kind);
        assert!(matches!(session.state().await, SessionState::SignedOut));
    }

    /// A page of somebody else neither ends a sign-in nor slips another one in.
    #[tokio::test]
    async fn goes_on_after_an_answer_to_another_sign_in() {
        let world = World::new(strict()).await;
        let session = world.session();
        let visit = begin_browser(&session).await;
        let address = visit.address.clone();
        let browser = async {
            assert_eq!(browse(&changed(&address, "state", "of-somebody-else")).await.0, 400);
            browse(&address).await
        };
        let (account, (status, _)) = tokio::join!(session.finish_browser(visit), browser);
        account.unwrap();
        assert_eq!(status, 200);
        assert_eq!(world.calls(Endpoint::Token), 1);
    }

    #[tokio::test]
    async fn names_every_refusal() {
        let world = World::new(strict()).await;
        let session = world.session();
        for &number in hunter_sandbox::SIGN_IN_ERRORS {
            world.sandbox.inject(FaultRule::new(Endpoint::DeviceCode, Fault::aadsts(number)));
            let by_code = world.session().begin_device_code().await.unwrap_err();
            for endpoint in [Endpoint::Authorize, Endpoint::Token] {
                world.sandbox.inject(FaultRule::new(endpoint, Fault::aadsts(number)));
                let visit = begin_browser(&session).await;
                let address = visit.address.clone();
                let (outcome, (status, page)) = tokio::join!(session.finish_browser(visit), browse(&address));
                let error = outcome.unwrap_err();
                assert_eq!((error.kind, error.aadsts), (by_code.kind, Some(number)), "{endpoint:?}");
                assert!(error.message().unwrap().starts_with(&format!("AADSTS{number}:")));
                assert!(error.correlation_id.is_some());
                assert_eq!(status, 200);
                let shown = if endpoint == Endpoint::Authorize { "Refused." } else { "Done." };
                assert!(page.contains(shown) && !page.contains("AADSTS"), "{page}");
            }
        }
        assert!(matches!(session.state().await, SessionState::SignedOut));
    }

    #[tokio::test]
    async fn one_blip_at_the_end_is_forgiven() {
        let world = World::new(strict()).await;
        let session = world.session();
        world.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::status(503)));
        let visit = begin_browser(&session).await;
        let address = visit.address.clone();
        let (account, _) = tokio::join!(session.finish_browser(visit), browse(&address));
        account.unwrap();
        assert_eq!(world.calls(Endpoint::Token), 2);
    }

    #[tokio::test]
    async fn can_be_given_up_and_begun_again() {
        let world = World::new(strict()).await;
        let session = world.session();
        let visit = begin_browser(&session).await;
        let redirect: Url = field(&visit.address, "redirect_uri").parse().unwrap();
        assert!(
            tokio::time::timeout(Duration::from_millis(50), session.finish_browser(visit)).await.is_err()
        );
        let port = redirect.port().unwrap();
        assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
        let visit = begin_browser(&session).await;
        let address = visit.address.clone();
        let (account, _) = tokio::join!(session.finish_browser(visit), browse(&address));
        account.unwrap();
    }

    #[tokio::test]
    async fn asks_for_a_key_before_anybody_approves() {
        let world = World::new(strict()).await;
        fs::create_dir_all(world.token_file().with_file_name(".token_cache.key")).unwrap();
        let farewell = Farewell { language: "en".into(), done: "Done.".into(), refused: "Refused.".into() };
        let begun = world.session().begin_browser(farewell, Duration::from_secs(60)).await;
        assert!(matches!(begun.unwrap_err().kind, K::Vault(_)));
        assert_eq!(world.sandbox.requests(), []);
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

    /// What ended stays ended in every process and after every restart, and costs no further call.
    #[rstest]
    #[case(50173)]
    #[case(70043)]
    #[case(700_082)]
    #[case(70008)]
    #[tokio::test]
    async fn is_never_tried_again_after_a_revocation(#[case] number: u32) {
        let world = World::new(strict()).await;
        stale(&world).await;
        world.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::aadsts(number)));
        for _ in 0..3 {
            assert_eq!(ended(world.session().access_token().await.unwrap_err()), Some(number));
            assert!(matches!(world.session().state().await, SessionState::Ended { .. }));
        }
        assert_eq!(world.sandbox.requests().len(), 1);
    }

    /// A service that refuses whatever it is sent costs each pass one renewal and ends no session.
    #[tokio::test]
    async fn happens_once_a_pass_for_a_service_that_always_refuses() {
        let world = World::new(strict()).await;
        let session = world.signed_in().await;
        let clients = [session, world.session()].map(|one| ReferralsClient::new(Arc::new(one), options()));
        world.sandbox.clear_requests();
        world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(401)).forever());
        for passes in 1..=3 {
            for client in &clients {
                client.list(&ListQuery::default()).next().await.unwrap_err();
            }
            let calls = (world.calls(Endpoint::List), world.calls(Endpoint::Token));
            assert_eq!(calls, (passes * 4, passes * 2));
        }
        assert!(world.session().state().await.is_signed_in());
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
    let visit = begin_browser(&session).await;
    on_any_thread(session.finish_browser(visit));
    on_any_thread(session.access_token());
    on_any_thread(session.sign_out());
    on_any_thread(session.state());
    let client = world.client().await;
    on_any_thread(client.get("x"));
    on_any_thread(client.list(&ListQuery::default()).next());
}
