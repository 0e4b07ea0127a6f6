#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{World, options};
use hunter_partner_center::{
    ApiError, ApiErrorKind, BadAnswer, HttpOptions, ListQuery, OrderBy, Page, ReferralsClient, Retry,
    TokenError, Wait,
};
use hunter_sandbox::{
    Elsewhere, Endpoint, ErrorBody, Fault, FaultRule, NextLink, RetryAfter, Sandbox, Shape,
};
use rstest::rstest;
use serde_json::{Value, json};

fn small() -> hunter_sandbox::Builder {
    Sandbox::builder().referrals(25).page_size_cap(10)
}

async fn read(client: &ReferralsClient) -> Result<Vec<Page>, ApiError> {
    read_as(client, &ListQuery::default()).await
}

async fn read_as(client: &ReferralsClient, query: &ListQuery) -> Result<Vec<Page>, ApiError> {
    let mut pages = client.list(query);
    let mut read = Vec::new();
    while let Some(page) = pages.next().await? {
        read.push(page);
    }
    Ok(read)
}

fn ids(pages: &[Page]) -> HashSet<String> {
    pages
        .iter()
        .flat_map(|page| &page.items)
        .map(|item| serde_json::from_str::<Value>(item.get()).unwrap()["id"].as_str().unwrap().to_owned())
        .collect()
}

fn kind(error: &ApiError) -> String {
    format!("{:?}", error.kind)
}

/// Reads everything while the list misbehaves in this way.
async fn with_fault(rule: FaultRule) -> (World, Result<Vec<Page>, ApiError>) {
    let world = World::new(small()).await;
    let client = world.client().await;
    world.sandbox.inject(rule);
    let result = read(&client).await;
    (world, result)
}

mod paging {
    use super::*;

    #[tokio::test]
    async fn brings_every_item_in_the_text_that_was_sent() {
        let world = World::new(Sandbox::builder().page_size_cap(100)).await;
        let client = world.client().await;
        let pages = read(&client).await.unwrap();
        let shape: Vec<(u32, usize, bool)> =
            pages.iter().map(|page| (page.number, page.items.len(), page.is_last)).collect();
        assert_eq!(shape, [(1, 100, false), (2, 100, false), (3, 50, true)]);
        for item in pages.iter().flat_map(|page| &page.items) {
            let value: Value = serde_json::from_str(item.get()).unwrap();
            let id = value["id"].as_str().unwrap();
            assert_eq!(world.sandbox.referral(id), Some(value.clone()));
        }
        assert_eq!(ids(&pages).len(), 250);
        assert!(pages.iter().all(|page| page.bytes > 1000 && page.request_id.is_some()));
        assert!(pages[0].items[0].get().starts_with('{'));
    }

    #[tokio::test]
    async fn asks_as_the_service_wants_it() {
        let world = World::new(small()).await;
        let client = world.client().await;
        world.sandbox.clear_requests();
        let query = ListQuery {
            top: 7,
            order_by: OrderBy::UpdatedDescending,
            updated_since: Some("2020-01-01T00:00:00.1234567Z".parse().unwrap()),
        };
        read_as(&client, &query).await.unwrap();
        let requests = world.sandbox.requests();
        assert_eq!(
            requests[0].query.as_deref().unwrap(),
            "$orderby=updatedDateTime%20desc&$top=7&$filter=updatedDateTime%20ge%202020-01-01T00%3A00%3A00.1234567Z"
        );
        let mut seen = HashSet::new();
        for request in &requests {
            assert_eq!(request.path, "/v1.0/engagements/referrals");
            assert_eq!(request.header("accept"), Some("application/json"));
            assert!(request.header("user-agent").unwrap().starts_with("Hunter/"));
            assert!(seen.insert(request.header("client-request-id").unwrap().to_owned()));
        }
        for request in &requests[1..] {
            assert!(request.query.as_deref().unwrap().starts_with("$skiptoken="));
        }
    }

    #[rstest]
    #[case(NextLink::SecondOrigin)]
    #[case(NextLink::Own)]
    #[tokio::test]
    async fn goes_on_at_the_configured_address_only(#[case] to: NextLink) {
        let (world, result) =
            with_fault(FaultRule::new(Endpoint::List, Fault::NextLink { to }).forever()).await;
        assert_eq!(ids(&result.unwrap()).len(), 25);
        assert_eq!(world.sandbox.second_origin_requests(), []);
    }

    #[rstest]
    #[case(NextLink::WithoutSkipToken)]
    #[case(NextLink::Empty)]
    #[case(NextLink::Value(json!(7)))]
    #[case(NextLink::Value(json!({"href": "?$skiptoken=x"})))]
    #[case(NextLink::Value(json!("javascript:alert(1)")))]
    #[tokio::test]
    async fn never_ends_early_in_silence(#[case] to: NextLink) {
        let (world, result) =
            with_fault(FaultRule::new(Endpoint::List, Fault::NextLink { to }).skip(1)).await;
        let error = result.unwrap_err();
        assert!(kind(&error).starts_with("BadAnswer("), "{error}");
        assert!(error.request_id.is_some() && error.client_request_id.is_some());
        assert_eq!(error.retry(), Retry::Never);
        assert_eq!(world.sandbox.second_origin_requests(), []);
    }

    #[tokio::test]
    async fn notices_a_loop() {
        let (_, result) = with_fault(FaultRule::new(Endpoint::List, Fault::RepeatPage).forever()).await;
        assert_eq!(kind(&result.unwrap_err()), "BadAnswer(Loop)");
    }

    #[tokio::test]
    async fn notices_that_only_empty_pages_come() {
        let world = World::new(Sandbox::builder().referrals(600).page_size_cap(1)).await;
        let client = world.client().await;
        world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::DropItems { count: 9 }).forever());
        assert_eq!(kind(&read(&client).await.unwrap_err()), "BadAnswer(EmptyPages)");
    }

    #[tokio::test]
    async fn some_empty_pages_are_fine() {
        let world = World::new(Sandbox::builder().referrals(15).page_size_cap(1)).await;
        let client = world.client().await;
        world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::DropItems { count: 9 }).times(10));
        assert_eq!(read(&client).await.unwrap().len(), 15);
    }

    #[tokio::test]
    async fn the_same_page_can_be_asked_for_again_after_an_error() {
        let world = World::new(small()).await;
        let client = world.client().await;
        let mut pages = client.list(&ListQuery::default());
        pages.next().await.unwrap().unwrap();
        world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::BadJson));
        assert!(pages.next().await.is_err());
        assert_eq!(pages.next().await.unwrap().unwrap().number, 2);
        assert!(pages.next().await.unwrap().unwrap().is_last);
        assert!(pages.next().await.unwrap().is_none());
    }
}

mod answers {
    use super::*;

    #[rstest]
    #[tokio::test]
    async fn no_redirect_is_followed(#[values(301, 302, 307, 308)] status: u16) {
        let fault = Fault::Redirect { status, to: Elsewhere::SecondOrigin };
        let (world, result) = with_fault(FaultRule::new(Endpoint::List, fault).skip(1)).await;
        assert_eq!(kind(&result.unwrap_err()), "BadAnswer(Redirect)");
        assert_eq!(world.sandbox.second_origin_requests(), []);
    }

    #[rstest]
    #[case(Fault::BadJson, BadAnswer::NotJson)]
    #[case(Fault::status_as(200, ErrorBody::Html), BadAnswer::NotJson)]
    #[case(Fault::WrongShape { shape: Shape::Array }, BadAnswer::Shape)]
    #[case(Fault::WrongShape { shape: Shape::Null }, BadAnswer::Shape)]
    #[case(Fault::WrongShape { shape: Shape::NoValue }, BadAnswer::Shape)]
    #[case(Fault::WrongShape { shape: Shape::ValueIsObject }, BadAnswer::Shape)]
    #[case(Fault::WrongShape { shape: Shape::ValueIsNull }, BadAnswer::Shape)]
    #[case(Fault::HalfPage, BadAnswer::Truncated)]
    #[tokio::test]
    async fn senseless_ones_are_named(#[case] fault: Fault, #[case] what: BadAnswer) {
        let (_, result) = with_fault(FaultRule::new(Endpoint::List, fault).forever()).await;
        assert_eq!(kind(&result.unwrap_err()), format!("BadAnswer({what:?})"));
    }

    #[tokio::test]
    async fn have_a_size_limit() {
        let world = World::new(small()).await;
        let session = Arc::new(world.signed_in().await);
        world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::HugeBody { bytes: 8 << 20 }));
        let options = HttpOptions { body_limit: 1 << 20, ..options() };
        let client = ReferralsClient::new(session, options);
        assert_eq!(kind(&read(&client).await.unwrap_err()), "BadAnswer(TooLarge)");
    }

    #[rstest]
    #[case(Fault::SlowHeaders { ms: 60_000 })]
    #[case(Fault::SlowBody { chunk: 1, pause_ms: 60_000 })]
    #[tokio::test]
    async fn have_a_time_limit(#[case] fault: Fault) {
        let world = World::new(small()).await;
        let session = Arc::new(world.signed_in().await);
        world.sandbox.inject(FaultRule::new(Endpoint::List, fault).forever());
        let options = HttpOptions { request_timeout: Duration::from_millis(60), attempts: 2, ..options() };
        let client = ReferralsClient::new(session, options);
        let error = read(&client).await.unwrap_err();
        assert_eq!(kind(&error), "Timeout");
        assert!(matches!(error.retry(), Retry::After(_)));
        assert_eq!(world.calls(Endpoint::List), 2);
    }

    #[tokio::test]
    async fn a_drip_that_never_pauses_for_long_has_a_limit_too() {
        let world = World::new(small()).await;
        let session = Arc::new(world.signed_in().await);
        let fault = Fault::SlowBody { chunk: 1, pause_ms: 1 };
        world.sandbox.inject(FaultRule::new(Endpoint::List, fault).forever());
        let options = HttpOptions { request_timeout: Duration::from_millis(100), attempts: 1, ..options() };
        let client = ReferralsClient::new(session, options);
        assert_eq!(kind(&read(&client).await.unwrap_err()), "Timeout");
    }

    #[rstest]
    #[case(Fault::status(403), "Forbidden", Retry::Never)]
    #[case(Fault::coded(403, "insufficent_claims"), "Forbidden", Retry::Never)]
    #[case(Fault::coded(401, "900421"), "MfaNeeded", Retry::SignIn)]
    #[case(Fault::status(401), "Unauthorized", Retry::SignIn)]
    #[case(Fault::status(404), "Refused", Retry::Never)]
    #[case(Fault::status(400), "Refused", Retry::Never)]
    #[tokio::test]
    async fn refusals_are_named(#[case] fault: Fault, #[case] name: &str, #[case] retry: Retry) {
        let (_, result) = with_fault(FaultRule::new(Endpoint::List, fault).forever()).await;
        let error = result.unwrap_err();
        assert_eq!((kind(&error).as_str(), error.retry()), (name, retry));
        assert!(error.status.is_some() && error.code.is_some() && error.request_id.is_some());
    }

    #[tokio::test]
    async fn a_refused_date_filter_is_told_apart() {
        let world = World::new(small().refuse_date_filters(true)).await;
        let client = world.client().await;
        let query = ListQuery {
            updated_since: Some("2020-01-01T00:00:00Z".parse().unwrap()),
            ..ListQuery::default()
        };
        let error = read_as(&client, &query).await.unwrap_err();
        assert!(matches!(error.kind, ApiErrorKind::FilterRefused));
        assert_eq!(error.retry(), Retry::Now);
        assert_eq!(ids(&read(&client).await.unwrap()).len(), 25);
    }
}

mod trying_again {
    use super::*;

    #[rstest]
    #[tokio::test]
    async fn what_passes_is_asked_for_again(
        #[values(408, 429, 500, 502, 503, 504, 509)] status: u16,
        #[values(ErrorBody::OData, ErrorBody::Gateway, ErrorBody::Html, ErrorBody::Empty)] body: ErrorBody,
    ) {
        let world = World::new(small()).await;
        let session = Arc::new(world.signed_in().await);
        let waits = Arc::new(Mutex::new(Vec::<Wait>::new()));
        let seen = Arc::clone(&waits);
        let client = ReferralsClient::with_wait_observer(session, options(), move |wait| {
            seen.lock().unwrap().push(wait);
        });
        let fault = Fault::status_as(status, body);
        world.sandbox.inject(FaultRule::new(Endpoint::List, fault).skip(1).times(2));
        assert_eq!(ids(&read(&client).await.unwrap()).len(), 25);
        let waits = waits.lock().unwrap();
        assert_eq!(waits.iter().map(|wait| wait.attempt).collect::<Vec<_>>(), [1, 2]);
        assert!(waits.iter().all(|wait| wait.status == Some(status)));
    }

    #[rstest]
    #[case(Fault::CutBeforeHeaders)]
    #[case(Fault::CutInBody)]
    #[case(Fault::HalfPage)]
    #[case(Fault::AnswerLost)]
    #[tokio::test]
    async fn a_cut_answer_is_asked_for_again(#[case] fault: Fault) {
        let (_, result) = with_fault(FaultRule::new(Endpoint::List, fault).skip(1).times(2)).await;
        assert_eq!(ids(&result.unwrap()).len(), 25);
    }

    #[rstest]
    #[case(Fault::CutBeforeHeaders, "Network")]
    #[case(Fault::CutInBody, "Network")]
    #[case(Fault::status(500), "Unavailable")]
    #[tokio::test]
    async fn attempts_end(#[case] fault: Fault, #[case] name: &str) {
        let (world, result) = with_fault(FaultRule::new(Endpoint::List, fault).forever()).await;
        let error = result.unwrap_err();
        assert_eq!(kind(&error), name);
        assert!(matches!(error.retry(), Retry::After(_)));
        assert_eq!(world.calls(Endpoint::List), 4);
    }

    #[tokio::test]
    async fn nobody_there_is_known_after_few_attempts() {
        let mut world = World::new(small()).await;
        let client = world.client().await;
        world.sandbox.go_offline().await;
        assert_eq!(kind(&read(&client).await.unwrap_err()), "Network");
        world.sandbox.go_online().await.unwrap();
        assert_eq!(ids(&read(&client).await.unwrap()).len(), 25);
    }

    #[rstest]
    #[case(429, RetryAfter::Seconds(3600))]
    #[case(503, RetryAfter::DateIn(3600))]
    #[tokio::test]
    async fn a_wait_beyond_patience_is_handed_up(#[case] status: u16, #[case] after: RetryAfter) {
        let fault = Fault::retry_after(status, after);
        let (world, result) = with_fault(FaultRule::new(Endpoint::List, fault)).await;
        let error = result.unwrap_err();
        assert!(matches!(error.kind, ApiErrorKind::Throttled { .. }), "{error}");
        let Retry::After(pause) = error.retry() else {
            panic!("{error}");
        };
        assert!((3500..=3600).contains(&pause.as_secs()), "{pause:?}");
        assert_eq!(world.calls(Endpoint::List), 1);
    }

    #[tokio::test]
    async fn a_wait_within_patience_is_kept() {
        let started = std::time::Instant::now();
        let fault = Fault::retry_after(429, RetryAfter::Seconds(1));
        let (_, result) = with_fault(FaultRule::new(Endpoint::List, fault)).await;
        assert_eq!(ids(&result.unwrap()).len(), 25);
        assert!(started.elapsed() >= Duration::from_secs(1));
    }

    #[tokio::test]
    async fn no_wait_at_all_is_no_endless_loop() {
        let fault = Fault::retry_after(429, RetryAfter::Seconds(0));
        let (world, result) = with_fault(FaultRule::new(Endpoint::List, fault).forever()).await;
        assert!(matches!(result.unwrap_err().kind, ApiErrorKind::Throttled { .. }));
        assert_eq!(world.calls(Endpoint::List), 4);
    }
}

mod the_session {
    use super::*;

    #[tokio::test]
    async fn is_renewed_once_in_the_middle_of_a_pass() {
        let world = World::new(small()).await;
        let client = world.client().await;
        let mut pages = client.list(&ListQuery::default());
        let mut items = pages.next().await.unwrap().unwrap().items.len();
        let before = world.calls(Endpoint::Token);
        world.sandbox.expire_access_tokens();
        while let Some(page) = pages.next().await.unwrap() {
            items += page.items.len();
        }
        assert_eq!(items, 25);
        assert_eq!(world.calls(Endpoint::Token), before + 1);
    }

    #[tokio::test]
    async fn is_renewed_only_once_for_a_service_that_always_refuses() {
        let world = World::new(small()).await;
        let client = world.client().await;
        world.sandbox.clear_requests();
        world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(401)).forever());
        assert_eq!(kind(&read(&client).await.unwrap_err()), "Unauthorized");
        assert_eq!((world.calls(Endpoint::List), world.calls(Endpoint::Token)), (2, 1));
    }

    #[tokio::test]
    async fn that_ended_in_the_middle_asks_for_a_sign_in() {
        let world = World::new(small()).await;
        let client = world.client().await;
        let mut pages = client.list(&ListQuery::default());
        pages.next().await.unwrap();
        world.sandbox.expire_access_tokens();
        world.sandbox.revoke_sessions();
        let error = pages.next().await.unwrap_err();
        assert!(matches!(error.kind, ApiErrorKind::Token(TokenError::Ended(_))));
        assert_eq!(error.retry(), Retry::SignIn);
    }

    #[tokio::test]
    async fn must_be_there_before_anything_is_sent() {
        let world = World::new(small()).await;
        let client = ReferralsClient::new(Arc::new(world.session()), options());
        let error = read(&client).await.unwrap_err();
        assert!(matches!(error.kind, ApiErrorKind::Token(TokenError::SignedOut)));
        assert_eq!(world.sandbox.requests(), []);
    }
}

mod one_referral {
    use super::*;

    #[tokio::test]
    async fn comes_in_the_text_that_was_sent() {
        let world = World::new(small()).await;
        let client = world.client().await;
        let expected = world.sandbox.referrals().remove(3);
        let single = client.get(expected["id"].as_str().unwrap()).await.unwrap();
        let text = single.item.unwrap();
        assert_eq!(serde_json::from_str::<Value>(text.get()).unwrap(), expected);
        assert_eq!(single.bytes, text.get().len() as u64);
        assert!(single.request_id.is_some());
    }

    #[tokio::test]
    async fn that_is_gone_is_no_error() {
        let world = World::new(small()).await;
        let client = world.client().await;
        let single = client.get("00000000-0000-4000-8000-00000000dead").await.unwrap();
        assert!(single.item.is_none());
    }

    #[tokio::test]
    async fn is_not_gone_because_a_gateway_shows_a_page() {
        let world = World::new(small()).await;
        let client = world.client().await;
        let fault = Fault::status_as(404, ErrorBody::Html);
        world.sandbox.inject(FaultRule::new(Endpoint::Get, fault));
        assert_eq!(kind(&client.get("x").await.unwrap_err()), "Refused");
    }

    #[tokio::test]
    async fn has_an_id_that_cannot_reach_another_path() {
        let world = World::new(small()).await;
        let client = world.client().await;
        world.sandbox.clear_requests();
        assert!(client.get("../a?b#c %2e").await.unwrap().item.is_none());
        let request = &world.sandbox.requests()[0];
        assert_eq!(request.path, "/v1.0/engagements/referrals/..%2Fa%3Fb%23c%20%252e");
        assert_eq!(request.query, None);
        for id in ["", ".", ".."] {
            assert_eq!(kind(&client.get(id).await.unwrap_err()), "UnusableId");
        }
        assert_eq!(world.sandbox.requests().len(), 1);
    }

    #[rstest]
    #[case(Fault::BadJson)]
    #[case(Fault::WrongShape { shape: Shape::Array })]
    #[case(Fault::WrongShape { shape: Shape::Null })]
    #[tokio::test]
    async fn is_an_object(#[case] fault: Fault) {
        let world = World::new(small()).await;
        let client = world.client().await;
        world.sandbox.inject(FaultRule::new(Endpoint::Get, fault));
        let error = client.get("x").await.unwrap_err();
        assert!(kind(&error).starts_with("BadAnswer("), "{error}");
    }
}
