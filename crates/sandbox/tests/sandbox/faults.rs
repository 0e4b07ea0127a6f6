use std::collections::HashSet;
use std::time::{Duration, Instant};

use hunter_sandbox::{
    Elsewhere, Endpoint, ErrorBody, Fault, FaultRule, NextLink, RetryAfter, SIGN_IN_ERRORS, Shape,
};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Caller, DEVICE_GRANT, LIST, SCOPE, body, ids, quick, start};

async fn with(fault: Fault) -> Caller {
    let caller = start(quick()).await;
    caller.sandbox.inject(FaultRule::new(Endpoint::List, fault));
    caller
}

#[rstest]
#[case(ErrorBody::OData, |body: &Value| body["error"]["code"].is_string())]
#[case(ErrorBody::Gateway, |body: &Value| body["statusCode"] == 503 && body["message"].is_string())]
#[case(ErrorBody::CodeDescription, |body: &Value| body["code"].is_string() && body["description"].is_string())]
#[case(ErrorBody::Html, |body: &Value| body.as_str().unwrap().starts_with("<!DOCTYPE html>"))]
#[case(ErrorBody::Empty, |body: &Value| body == "")]
#[tokio::test]
async fn errors_have_the_body_asked_for(#[case] style: ErrorBody, #[case] fits: fn(&Value) -> bool) {
    let caller = with(Fault::status_as(503, style)).await;
    let (status, answer) = caller.get(LIST).await;
    assert_eq!(status, 503);
    assert!(fits(&answer), "{answer}");
    caller.ok(LIST).await;
}

#[tokio::test]
async fn statuses_carry_codes_and_retry_after() {
    let caller = start(quick()).await;
    let list = |fault| caller.sandbox.inject(FaultRule::new(Endpoint::List, fault));
    list(Fault::retry_after(429, RetryAfter::Seconds(7)));
    list(Fault::retry_after(503, RetryAfter::DateIn(60)));
    list(Fault::coded(401, "900421"));
    list(Fault::coded(403, "insufficent_claims"));
    list(Fault::status(509));
    let seconds = caller.try_get(LIST).await.unwrap();
    assert_eq!((seconds.status().as_u16(), &seconds.headers()["retry-after"]), (429, &"7".parse().unwrap()));
    let date = caller.try_get(LIST).await.unwrap();
    let text = date.headers()["retry-after"].to_str().unwrap().to_owned();
    let at = jiff::fmt::rfc2822::parse(&text).unwrap().timestamp();
    let ahead = at.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((50..=60).contains(&ahead), "{text}");
    let (status, error) = caller.get(LIST).await;
    assert_eq!((status.as_u16(), &error["error"]["code"]), (401, &json!("900421")));
    let (status, error) = caller.get(LIST).await;
    assert_eq!((status.as_u16(), &error["error"]["code"]), (403, &json!("insufficent_claims")));
    assert_eq!(caller.get(LIST).await.0, 509);
    assert_eq!(caller.get(LIST).await.0, 200);
    assert_eq!(caller.sandbox.counters()[&Endpoint::List], 6);
}

#[tokio::test]
async fn slow_headers_and_a_dribbling_body_arrive_whole() {
    let caller = with(Fault::SlowHeaders { ms: 150 }).await;
    let begun = Instant::now();
    caller.try_get(LIST).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(150));

    caller.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowBody { chunk: 20_000, pause_ms: 5 }));
    let begun = Instant::now();
    let page = caller.ok(LIST).await;
    assert!(begun.elapsed() >= Duration::from_millis(20));
    assert_eq!(page["value"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn a_cut_before_the_headers_gives_no_response() {
    let caller = with(Fault::CutBeforeHeaders).await;
    assert!(caller.try_get(LIST).await.is_err());
    caller.ok(LIST).await;
    let statuses: Vec<Option<u16>> = caller.sandbox.requests().iter().map(|r| r.status).collect();
    assert_eq!(statuses, [None, Some(200)]);
}

#[tokio::test]
async fn a_cut_in_the_body_breaks_an_announced_length() {
    let caller = with(Fault::CutInBody).await;
    let mut response = caller.try_get(LIST).await.unwrap();
    let announced: usize = response.headers()["content-length"].to_str().unwrap().parse().unwrap();
    let mut got = 0;
    let error = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => got += chunk.len(),
            Ok(None) => panic!("the body ended well"),
            Err(error) => break error,
        }
    };
    assert!(got > 0 && got < announced, "{got} of {announced}: {error}");
}

#[tokio::test]
async fn half_a_page_is_complete_http_and_broken_json() {
    let caller = with(Fault::HalfPage).await;
    let bytes = caller.try_get(LIST).await.unwrap().bytes().await.unwrap();
    assert!(bytes.starts_with(b"{\"@odata.context\""));
    assert!(serde_json::from_slice::<Value>(&bytes).is_err());
}

#[rstest]
#[case(Fault::BadJson, |answer: &Value| answer.is_string())]
#[case(Fault::WrongShape { shape: Shape::Array }, |answer: &Value| answer.is_array())]
#[case(Fault::WrongShape { shape: Shape::Null }, |answer: &Value| answer.is_null())]
#[case(Fault::WrongShape { shape: Shape::NoValue }, |answer: &Value| answer.get("value").is_none())]
#[case(Fault::WrongShape { shape: Shape::ValueIsObject }, |answer: &Value| answer["value"].is_object())]
#[case(Fault::WrongShape { shape: Shape::ValueIsNull }, |answer: &Value| answer["value"].is_null())]
#[case(Fault::status_as(200, ErrorBody::Html), |answer: &Value| answer.as_str().unwrap().contains("<html>"))]
#[tokio::test]
async fn senseless_answers_are_200(#[case] fault: Fault, #[case] fits: fn(&Value) -> bool) {
    let answer = with(fault).await.ok(LIST).await;
    assert!(fits(&answer), "{answer}");
}

#[tokio::test]
async fn a_huge_body_is_as_large_as_asked() {
    let caller = with(Fault::HugeBody { bytes: 5_000_000 }).await;
    let bytes = caller.try_get(LIST).await.unwrap().bytes().await.unwrap();
    assert!(bytes.len() >= 5_000_000);
    assert!(serde_json::from_slice::<Value>(&bytes).is_ok());
}

#[rstest]
#[case(Value::Null)]
#[case(json!("text"))]
#[case(json!({"name": "without an id"}))]
#[tokio::test]
async fn an_odd_item_lies_in_the_middle(#[case] item: Value) {
    let page = with(Fault::ExtraItem { item: item.clone() }).await.ok(LIST).await;
    let items = page["value"].as_array().unwrap();
    assert_eq!(items.len(), 101);
    assert_eq!(items[50], item);
}

#[tokio::test]
async fn a_repeated_page_is_a_loop_of_its_own_token() {
    let caller = start(quick()).await;
    caller.sandbox.inject(FaultRule::new(Endpoint::List, Fault::RepeatPage).skip(1).forever());
    let next = |page: &Value| page["@odata.nextLink"].as_str().unwrap().split_once('?').unwrap().1.to_owned();
    let first = next(&caller.ok(LIST).await);
    let second = caller.ok(&format!("{LIST}?{first}")).await;
    assert_eq!(next(&second), first);
    let third = caller.ok(&format!("{LIST}?{first}")).await;
    assert_eq!(second["value"], third["value"]);
}

#[tokio::test]
async fn items_come_twice_or_not_at_all() {
    let caller = start(quick()).await;
    caller.sandbox.inject(FaultRule::new(Endpoint::List, Fault::RepeatItems { count: 3 }));
    let (items, _) = caller.all(&[]).await;
    assert_eq!(items.len(), 253);
    assert_eq!(ids(&items).into_iter().collect::<HashSet<_>>().len(), 250);
    caller.sandbox.inject(FaultRule::new(Endpoint::List, Fault::DropItems { count: 3 }).skip(1));
    let (items, _) = caller.all(&[]).await;
    assert_eq!(ids(&items).into_iter().collect::<HashSet<_>>().len(), 247);
}

#[rstest]
#[case(302)]
#[case(307)]
#[tokio::test]
async fn a_redirect_leads_to_the_recording_origin(#[case] status: u16) {
    let caller = with(Fault::Redirect { status, to: Elsewhere::SecondOrigin }).await;
    let response = caller.try_get(&format!("{LIST}?$top=5")).await.unwrap();
    assert_eq!(response.status(), status);
    let to = response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(to, format!("{}{LIST}?$top=5", caller.sandbox.second_origin()));
    assert!(caller.sandbox.second_origin_requests().is_empty());
    let careless = caller.http.get(&to).bearer_auth("secret").send().await.unwrap();
    assert_eq!(careless.status(), 200);
    let recorded = caller.sandbox.second_origin_requests();
    assert_eq!(recorded.len(), 1);
    assert!(recorded[0].carries_authorization());
    assert_eq!(recorded[0].token_fingerprint, Some(hunter_sandbox::token_fingerprint("secret")));
}

#[tokio::test]
async fn next_links_lead_astray() {
    let caller = start(quick()).await;
    let second = format!("{}{LIST}?$skiptoken=", caller.sandbox.second_origin());
    for (to, begins) in [
        (NextLink::SecondOrigin, second.as_str()),
        (NextLink::Own, caller.sandbox.base_url()),
        (NextLink::WithoutSkipToken, "http://api.partner.microsoft.com/v1.0/referrals?page=2"),
        (NextLink::Empty, ""),
        (NextLink::Value(json!("ftp://example.com/x")), "ftp://example.com/x"),
    ] {
        caller.sandbox.inject(FaultRule::new(Endpoint::List, Fault::NextLink { to }));
        let page = caller.ok(LIST).await;
        let next = page["@odata.nextLink"].as_str().unwrap();
        assert!(next.starts_with(begins), "{next}");
    }
    let to = NextLink::Value(json!(42));
    caller.sandbox.inject(FaultRule::new(Endpoint::List, Fault::NextLink { to }));
    assert_eq!(caller.ok(LIST).await["@odata.nextLink"], 42);
}

#[tokio::test]
async fn referrals_can_change_while_they_are_read() {
    let caller = with(Fault::Touch { count: 4, seed: 3 }).await;
    let before = caller.sandbox.referrals();
    caller.ok(LIST).await;
    let after = caller.sandbox.referrals();
    assert_eq!(before.iter().zip(&after).filter(|(b, a)| b != a).count(), 4);
}

#[tokio::test]
async fn single_referrals_fail_on_their_own() {
    let caller = start(quick()).await;
    let id = caller.sandbox.referrals()[0]["id"].as_str().unwrap().to_owned();
    caller.sandbox.inject(FaultRule::new(Endpoint::Get, Fault::status(500)).times(2));
    caller.ok(LIST).await;
    let path = format!("{LIST}/{id}");
    assert_eq!(caller.get(&path).await.0, 500);
    assert_eq!(caller.get(&path).await.0, 500);
    assert_eq!(caller.get(&path).await.0, 200);
}

async fn refresh(caller: &Caller, token: &str) -> reqwest::Result<reqwest::Response> {
    let path = format!("/{}/oauth2/v2.0/token", caller.sandbox.tenant_id());
    let form = [
        ("client_id", caller.sandbox.client_id()),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    caller.try_post(&path, &form).await
}

#[tokio::test]
async fn every_sign_in_error_of_the_facts_comes_by_number() {
    let caller = start(quick().referrals(0)).await;
    for endpoint in [Endpoint::DeviceCode, Endpoint::Token] {
        for number in SIGN_IN_ERRORS {
            caller.sandbox.inject(FaultRule::new(endpoint, Fault::aadsts(*number)));
            let (status, error) = if endpoint == Endpoint::DeviceCode {
                caller.sign_in("devicecode", &[("scope", SCOPE)]).await
            } else {
                caller.sign_in("token", &[("grant_type", DEVICE_GRANT)]).await
            };
            assert!(status.is_client_error());
            assert_eq!(error["error_codes"], json!([number]));
            let description = error["error_description"].as_str().unwrap();
            assert!(description.starts_with(&format!("AADSTS{number}: ")));
            assert!(!description.contains('{') || description.contains("{EmailHidden}"), "{description}");
            for field in ["error", "timestamp", "trace_id", "correlation_id", "error_uri"] {
                assert!(error[field].is_string(), "{field} of {number}");
            }
        }
    }
}

#[rstest]
#[case("authorization_pending")]
#[case("slow_down")]
#[case("authorization_declined")]
#[case("expired_token")]
#[case("bad_verification_code")]
#[case("temporarily_unavailable")]
#[tokio::test]
async fn oauth_errors_come_by_name(#[case] name: &str) {
    let caller = start(quick().referrals(0)).await;
    caller.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::oauth(name)));
    assert_eq!(caller.sign_in("token", &[]).await.1["error"], name);
}

#[tokio::test]
async fn a_lost_answer_has_rotated_the_token_nevertheless() {
    let caller = start(quick().referrals(0)).await;
    let token = caller.sandbox.issue_tokens(0).unwrap().refresh_token;
    let before = caller.sandbox.issued_secrets().len();
    caller.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::AnswerLost));
    assert!(refresh(&caller, &token).await.is_err());
    assert!(caller.sandbox.issued_secrets().len() > before);
    assert_eq!(refresh(&caller, &token).await.unwrap().status(), 200);

    let before = caller.sandbox.issued_secrets().len();
    caller.sandbox.inject(FaultRule::new(Endpoint::Token, Fault::CutBeforeHeaders));
    assert!(refresh(&caller, &token).await.is_err());
    assert_eq!(caller.sandbox.issued_secrets().len(), before);
}

#[tokio::test]
async fn token_answers_can_be_odd() {
    let caller = start(quick().referrals(0)).await;
    let token = caller.sandbox.issue_tokens(0).unwrap().refresh_token;
    let inject = |fault| caller.sandbox.inject(FaultRule::new(Endpoint::Token, fault));
    inject(Fault::NoRefreshToken);
    let answer = body(refresh(&caller, &token).await.unwrap()).await.1;
    assert!(answer.get("refresh_token").is_none() && answer["access_token"].is_string());
    for value in [json!("3599"), json!(0), json!(null), json!(-1)] {
        inject(Fault::ExpiresIn { value: value.clone() });
        let answer = body(refresh(&caller, &token).await.unwrap()).await.1;
        assert_eq!(answer["expires_in"], value);
    }
}

#[tokio::test]
async fn the_service_can_be_away_and_come_back() {
    let mut caller = start(quick()).await;
    caller.ok(LIST).await;
    caller.sandbox.go_offline().await;
    assert!(caller.try_get(LIST).await.unwrap_err().is_connect());
    caller.sandbox.go_online().await.unwrap();
    caller.ok(LIST).await;
}

#[tokio::test]
async fn stopping_ends_requests_that_hang() {
    let caller = with(Fault::SlowHeaders { ms: 600_000 }).await;
    let url = caller.url(LIST);
    let hanging = tokio::spawn(caller.http.get(&url).send());
    while caller.sandbox.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    caller.sandbox.stop().await;
    assert!(hanging.await.unwrap().is_err());
}
