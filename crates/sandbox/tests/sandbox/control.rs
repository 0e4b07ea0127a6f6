use hunter_sandbox::{Decision, Endpoint, Fault, FaultRule, RetryAfter};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Caller, LIST, SCOPE, body, quick, start};

async fn control(caller: &Caller, method: Method, path: &str, payload: Option<Value>) -> (StatusCode, Value) {
    let mut request = caller.http.request(method, caller.url(&format!("/_sandbox{path}")));
    if let Some(payload) = payload {
        request = request.header("content-type", "application/json").body(payload.to_string());
    }
    body(request.send().await.unwrap()).await
}

#[tokio::test]
async fn it_tells_where_and_who_it_is() {
    let caller = start(quick().referrals(0)).await;
    let (_, about) = control(&caller, Method::GET, "", None).await;
    assert_eq!(about["base_url"], caller.sandbox.base_url());
    assert_eq!(about["client_id"], caller.sandbox.client_id());
    assert_eq!(about["accounts"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn referrals_are_replaced_put_removed_and_touched() {
    let caller = start(quick()).await;
    let odd = json!([{"id": "a", "status": "New"}, null, "text", {"status": "no id"}, {"id": "b"}]);
    assert_eq!(control(&caller, Method::PUT, "/referrals", Some(odd.clone())).await.0, 204);
    assert_eq!(caller.ok(LIST).await["value"], odd);
    control(&caller, Method::POST, "/referrals", Some(json!({"id": "a", "status": "Closed"}))).await;
    assert_eq!(caller.ok(&format!("{LIST}/a")).await["status"], "Closed");
    assert_eq!(control(&caller, Method::DELETE, "/referrals/b", None).await.0, 204);
    assert_eq!(control(&caller, Method::DELETE, "/referrals/b", None).await.0, 404);
    let (_, listed) = control(&caller, Method::GET, "/referrals", None).await;
    assert_eq!(listed["total"], 4);
    let (_, touched) = control(&caller, Method::POST, "/touch", Some(json!({"count": 5, "seed": 2}))).await;
    assert_eq!(touched["ids"], json!(["a"]));
    assert!(caller.sandbox.referral("a").unwrap()["updatedDateTime"].is_string());
}

#[tokio::test]
async fn user_codes_and_tokens_are_steered() {
    let caller = start(quick().referrals(1)).await;
    let (_, device) = caller.sign_in("devicecode", &[("scope", SCOPE)]).await;
    let code = device["user_code"].as_str().unwrap();
    let (_, codes) = control(&caller, Method::GET, "/device-codes", None).await;
    assert_eq!(codes, json!([{"user_code": code, "decision": "pending"}]));
    let approve = format!("/device-codes/{code}/approve?account=1");
    assert_eq!(control(&caller, Method::POST, &approve, None).await.0, 204);
    assert_eq!(control(&caller, Method::POST, &approve, None).await.0, 404);
    assert_eq!(caller.sandbox.user_codes(), [(code.to_owned(), Decision::Approved(1))]);
    let (_, secrets) = control(&caller, Method::GET, "/secrets", None).await;
    assert!(secrets.as_array().unwrap().iter().any(|secret| secret["value"] == code));
    control(&caller, Method::DELETE, "/access-tokens", None).await;
    assert_eq!(caller.get(LIST).await.0, 401);
    assert_eq!(control(&caller, Method::DELETE, "/sessions", None).await.0, 204);
    let (_, strings) = control(&caller, Method::GET, "/personal-strings", None).await;
    assert_eq!(strings.as_array().unwrap().len(), caller.sandbox.personal_strings().len());
}

#[tokio::test]
async fn faults_requests_and_behaviour_are_steered() {
    let caller = start(quick()).await;
    let rule = json!({"endpoint": "list", "fault": {"kind": "status", "status": 429, "retry_after": {"seconds": 3}}, "skip": 1, "times": null});
    assert_eq!(control(&caller, Method::POST, "/faults", Some(rule)).await.0, 204);
    let expected = FaultRule::new(Endpoint::List, Fault::retry_after(429, RetryAfter::Seconds(3)));
    assert_eq!(caller.sandbox.faults(), [expected.skip(1).forever()]);
    assert_eq!(caller.get(LIST).await.0, 200);
    assert_eq!(caller.get(LIST).await.0, 429);
    control(&caller, Method::DELETE, "/faults", None).await;
    assert_eq!(caller.get(&format!("{LIST}?$top=3")).await.0, 200);

    let (_, requests) = control(&caller, Method::GET, "/requests?origin=main", None).await;
    let last = requests.as_array().unwrap().last().unwrap();
    assert_eq!((&last["endpoint"], &last["query"]), (&json!("list"), &json!("$top=3")));
    assert_eq!(last["token_fingerprint"], hunter_sandbox::token_fingerprint(&caller.token));
    assert_eq!(control(&caller, Method::GET, "/counters", None).await.1, json!({"list": 3}));
    control(&caller, Method::DELETE, "/requests", None).await;
    assert!(caller.sandbox.requests().is_empty());

    let change = json!({"page_size_cap": 10, "auto_approve": 250});
    assert_eq!(control(&caller, Method::PATCH, "/behaviour", Some(change)).await.0, 204);
    assert_eq!(caller.ok(LIST).await["value"].as_array().unwrap().len(), 10);
    let (_, behaviour) = control(&caller, Method::GET, "/behaviour", None).await;
    assert_eq!(behaviour["auto_approve"], 250);
    let wrong = json!({"no_such_thing": 1});
    assert_eq!(control(&caller, Method::PATCH, "/behaviour", Some(wrong)).await.0, 400);
}
