//! The HTTP interface for programs: what the contract promises, by plain HTTP calls to the real program.

use std::time::Duration;

use hunter_sandbox::{Endpoint, Fault, FaultRule, Sandbox};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::served::{Served, send};
use crate::support::{World, keys};

const OFF: &str = "Partner Center integration is disabled. Enable feature flag to use this endpoint.";
const NO_TOKEN: &str =
    "Failed to start referral sync: Token acquisition failed. Run setup script to authenticate.";
const SYNC: &str = "/api/v1/partner-center/referrals/sync";
const INBOX: &str = "/api/v1/partner-center/referrals/inbox";

#[rstest]
#[case(SYNC)]
#[case("/api/referrals/sync")]
#[tokio::test]
async fn a_sync_off_without_a_token_and_on(#[case] path: &str) {
    let mut world = World::new(Sandbox::builder().referrals(20)).await;
    world.set("HUNTER_PARTNER_CENTER_ENABLED", "false");
    let off = Served::start(&world, &[]).await;
    let answer = off.post(path).await;
    assert_eq!((answer.status, answer.json()), (400, json!({"detail": OFF})));
    drop(off);
    let last = &world.json(&["runs"]).await["runs"][0];
    assert_eq!([&last["status"], &last["reason"]], ["skipped", "Feature flag disabled"]);
    assert_eq!(world.calls(Endpoint::List), 0);

    world.set("HUNTER_PARTNER_CENTER_ENABLED", "true");
    let signed_out = Served::start(&world, &[]).await;
    let answer = signed_out.post(path).await;
    assert_eq!((answer.status, answer.json()), (500, json!({"detail": NO_TOKEN})));
    drop(signed_out);

    world.sign_in().await;
    world.json(&["sync"]).await;
    let on = Served::start(&world, &[]).await;
    let answer = on.post(path).await;
    let task_id = answer.json()["task_id"].as_str().unwrap().to_owned();
    let expected = json!({
        "success": true,
        "message": "Referral sync task enqueued. Check logs for results.",
        "enqueued": true,
        "task_id": task_id,
        "success_count": 0,
        "failure_count": 0,
        "skipped_count": 0,
        "errors": [],
    });
    assert_eq!((answer.status, answer.json()), (200, expected));
    let task = on.ended(&task_id).await;
    assert_eq!(keys(&task), ["state", "summary", "task_id"]);
    assert_eq!([&task["task_id"], &task["state"]], [task_id.as_str(), "completed"]);
    let mut on_record = world.json(&["runs", "show", &task_id]).await;
    for extra in ["items", "failed_requests"] {
        on_record.as_object_mut().unwrap().remove(extra);
    }
    assert_eq!(task["summary"], on_record);
    let unknown = on.get("/api/v1/partner-center/sync/unknown").await;
    assert_eq!((unknown.status, keys(&unknown.json())), (404, vec!["detail"]));
}

/// Whoever asks while a run is under way follows that one, also when another program runs it.
#[tokio::test]
async fn a_run_of_another_program_is_the_one_that_is_told() {
    let world = World::synced(Sandbox::builder().referrals(20)).await;
    let served = Served::start(&world, &[]).await;
    let before = world.calls(Endpoint::List);
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 1_500 }));
    let program = world.start(&["sync", "--json"]);
    world.calls_reach(Endpoint::List, before + 1).await;
    let (first, second) = (served.post(SYNC).await, served.post(SYNC).await);
    let task_id = first.json()["task_id"].as_str().unwrap().to_owned();
    assert_eq!((first.status, second.json()), (200, first.json()));
    let running = served.get(&format!("/api/v1/partner-center/sync/{task_id}")).await.json();
    assert_eq!(running, json!({"task_id": task_id, "state": "running", "summary": null}));
    let summary = crate::support::Outcome::of(program).await.json();
    assert_eq!(summary["run_id"], task_id.as_str());
    assert_eq!(served.ended(&task_id).await["summary"], summary);
}

/// The service asks by itself, as the schedule says.
#[tokio::test]
async fn it_syncs_in_the_background() {
    let world = World::signed_in(Sandbox::builder().referrals(20)).await;
    let served = Served::start(&world, &[]).await;
    world.calls_reach(Endpoint::List, 1).await;
    let synced = async {
        while served.get(&format!("{INBOX}?status=all")).await.json()["total"] != 20 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    crate::support::within(crate::support::LIMIT, synced).await;
}

#[rstest]
#[case("", &[])]
#[case("?status=all&sort=deal_value:desc&limit=5&offset=2", &["--status", "all", "--sort", "deal_value:desc", "--limit", "5", "--offset", "2"])]
#[case("?kind=co-sell&direction=Incoming&link=auto_linked", &["--kind", "co-sell", "--direction", "Incoming", "--link", "auto_linked"])]
#[case("?search=a&country=TR&expiring=30&substatus=Pending", &["--search", "a", "--country", "TR", "--expiring", "30", "--substatus", "Pending"])]
#[tokio::test]
async fn the_inbox_is_the_list(#[case] query: &str, #[case] arguments: &[&str]) {
    let world = World::synced(Sandbox::builder().referrals(60)).await;
    let served = Served::start(&world, &[]).await;
    let answer = served.get(&format!("{INBOX}{query}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json(), world.json(&[&["list"], arguments].concat()).await);
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn one_referral_and_what_is_not_there() {
    let world = World::synced(Sandbox::builder().referrals(5)).await;
    let served = Served::start(&world, &[]).await;
    let list = world.json(&["list", "--status", "all"]).await;
    let id = list["items"][0]["referral_id"].as_str().unwrap();
    let answer = served.get(&format!("/api/v1/partner-center/referrals/{id}")).await;
    assert_eq!((answer.status, answer.json()), (200, world.json(&["show", id]).await));
    for (path, status) in [
        ("/api/v1/partner-center/referrals/none", 404),
        ("/api/v1/partner-center/elsewhere", 404),
        (SYNC, 405),
        ("/api/v1/partner-center/referrals/inbox?status=nosuch", 400),
        ("/api/v1/partner-center/referrals/inbox?limit=many", 400),
        ("/api/v1/partner-center/referrals/inbox?nosuch=1", 400),
    ] {
        let answer = served.get(path).await;
        assert_eq!((answer.status, keys(&answer.json())), (status, vec!["detail"]), "{path}");
    }
}

#[tokio::test]
async fn metrics_come_from_the_ledger() {
    let world = World::synced(Sandbox::builder().referrals(20)).await;
    let first = Served::start(&world, &[]).await;
    let answer = first.get("/healthz/metrics").await;
    let metrics = answer.json()["partner_center"].clone();
    for name in ["sync_runs", "sync_success", "sync_failed", "sync_skipped", "referrals_total"] {
        assert!(metrics[name].is_u64(), "{name} in {metrics}");
    }
    assert_eq!([&metrics["sync_success"], &metrics["referrals_total"]], [&json!(1), &json!(20)]);
    let status = world.json(&["status"]).await;
    assert_eq!(metrics["last_success_at"], status["last_sync"]["finished_at"]);
    drop(first);

    let second = Served::start(&world, &[]).await;
    let request = second.bare(Method::GET, "/healthz/metrics").bearer_auth(&second.token);
    let scraped = send(request.header("accept", "text/plain;version=0.0.4;q=0.9,*/*;q=0.1")).await;
    assert!(scraped.headers["content-type"].starts_with("text/plain; version=0.0.4"));
    assert!(scraped.text.contains("\nhunter_partner_center_sync_success 1\n"), "{}", scraped.text);
    assert!(scraped.text.contains("# TYPE hunter_partner_center_referrals_total gauge\n"));
    assert_eq!(send(second.bare(Method::GET, "/healthz/metrics")).await.status, 401);
}

/// The page's own requests: what only a browser can do goes back with the answer.
#[tokio::test]
async fn requests_of_the_page() {
    let world = World::synced(Sandbox::builder().referrals(5)).await;
    let served = Served::start(&world, &[]).await;
    let snapshot = served.ask("snapshot", &json!({})).await;
    assert_eq!((snapshot.status, &snapshot.json()["answer"]["counts"]["all"]), (200, &json!(5)));
    assert_eq!(snapshot.json()["answer"]["desktop"], Value::Null);
    let copied = served.ask("copy_text", &json!({"text": "a text"})).await.json();
    assert_eq!(copied, json!({"answer": null, "open": [], "copy": "a text"}));
    let list = served.ask("list_referrals", &json!({"query": {"status": "All"}})).await.json();
    let item = &list["answer"]["rows"][0];
    let opened = served.ask("open_in_partner_center", &json!({"id": item["referral_id"]})).await.json();
    assert_eq!(opened["copy"], item["engagement_id"]);
    assert!(opened["open"][0].as_str().unwrap().starts_with("https://partner.microsoft.com/"));
    let missing = served.ask("show_referral", &json!({"id": "none"})).await;
    assert_eq!((missing.status, missing.json()["error"]["code"].as_str()), (422, Some("not_found")));
    assert_eq!(served.ask("no_such_request", &json!({})).await.status, 404);
}

#[tokio::test]
async fn events_reach_the_page() {
    let world = World::synced(Sandbox::builder().referrals(5)).await;
    let served = Served::start(&world, &[]).await;
    let stream = served.bare(Method::GET, "/events").bearer_auth(&served.token).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    served.ask("set_setting", &json!({"key": "partner_center.page_size", "value": "50"})).await;
    let heard = async {
        let (mut stream, mut heard) = (stream, String::new());
        while !heard.contains("\"type\":\"invalidated\",\"topics\":[\"settings\"") {
            heard += &String::from_utf8_lossy(&stream.chunk().await.unwrap().expect("it goes on"));
        }
    };
    crate::support::within(crate::support::LIMIT, heard).await;
}
