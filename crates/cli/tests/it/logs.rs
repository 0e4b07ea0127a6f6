//! What the log tells, to people who look for a cause and to programs that count events.

use std::collections::BTreeSet;

use hunter_sandbox::{Endpoint, Fault, FaultRule, Sandbox};
use serde_json::{Value, json};

use crate::support::{LIMIT, World, keys, within};

fn events(world: &World) -> BTreeSet<String> {
    world
        .log()
        .iter()
        .map(|line| line["event"].as_str().unwrap_or_else(|| panic!("{line}")).to_owned())
        .collect()
}

fn line<'a>(log: &'a [Value], event: &str) -> &'a Value {
    log.iter().find(|line| line["event"] == event).unwrap_or_else(|| panic!("no {event} in {log:?}"))
}

const OF_A_SYNC: [&str; 6] = [
    "partner_center_sync_task_started",
    "partner_center_sync_started",
    "partner_center_token_acquired_silent",
    "partner_center_fetching_referrals",
    "partner_center_referrals_fetched",
    "partner_center_sync_summary",
];

#[tokio::test]
async fn the_events_of_a_sync_in_their_order() {
    let world = World::signed_in(Sandbox::builder().referrals(20)).await;
    let summary = world.json(&["sync"]).await;
    let log = world.log();
    let seen: Vec<&str> = log.iter().map(|line| line["event"].as_str().unwrap()).collect();
    let of_a_sync: Vec<&str> = seen.into_iter().filter(|event| event.starts_with("partner_center")).collect();
    assert_eq!(of_a_sync, OF_A_SYNC);
    for line in &log {
        assert!(
            line["timestamp"].is_string() && line["level"] == "INFO" && line["target"].is_string(),
            "{line}"
        );
    }
    let told = line(&log, "partner_center_sync_summary");
    assert_eq!(told["run_id"], summary["run_id"]);
    for count in ["fetched", "inserted", "updated", "unchanged", "unlinked", "gone", "pages", "bytes"] {
        assert_eq!(told[count], summary[count], "{count}");
    }
}

#[tokio::test]
async fn each_referral_at_debug_level() {
    let mut world = World::signed_in(Sandbox::builder().referrals(0)).await;
    world.sandbox.put_referral(
        &json!({"id": "with", "customerProfile": {"team": [{"email": "a@ornek-lojistik.com.tr"}]}}),
    );
    world.sandbox.put_referral(&json!({"id": "without"}));
    world.sandbox.put_referral(&json!({"id": "out", "direction": "Outgoing"}));
    world.sandbox.put_referral(&json!(null));
    world.set("HUNTER_LOG", "debug");
    assert_eq!(world.run(&["sync"]).await.code, 1);
    let log = world.log();
    assert!(log.iter().all(|line| line["event"].is_string()), "{log:?}");
    let ids = |event: &str| -> Vec<&str> {
        log.iter()
            .filter(|line| line["event"] == event)
            .map(|line| line["referral_id"].as_str().unwrap_or("–"))
            .collect()
    };
    assert_eq!(ids("partner_center_referral_ingested"), ["with", "without"]);
    assert_eq!(ids("partner_center_referral_saved_no_domain"), ["without"]);
    assert_eq!(ids("partner_center_referral_skipped"), ["out"]);
    assert_eq!(line(&log, "partner_center_referral_skipped")["reason"], "direction_outgoing");
}

#[tokio::test]
async fn what_was_skipped_and_why() {
    let mut world = World::new(Sandbox::builder().referrals(0)).await;
    assert_eq!(world.run(&["sync"]).await.code, 3);
    let log = world.log();
    assert_eq!(line(&log, "partner_center_token_acquisition_failed")["cause"], "sign_in_needed");
    assert_eq!(line(&log, "partner_center_sync_skipped")["reason"], "sign_in_needed");
    std::fs::remove_dir_all(world.data_dir().join("logs")).unwrap();

    world.set("HUNTER_PARTNER_CENTER_ENABLED", "0");
    assert_eq!(world.run(&["sync"]).await.code, 0);
    let log = world.log();
    let skipped = line(&log, "partner_center_sync_skipped");
    assert_eq!(
        [&skipped["reason"], &skipped["feature_flag_state"]],
        [&json!("feature_flag_disabled"), &json!(false)]
    );
}

#[tokio::test]
async fn a_failed_request_is_logged_with_the_id_that_support_asks_for() {
    let world = World::synced(Sandbox::builder().referrals(1)).await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::coded(403, "insufficent_claims")));
    assert_eq!(world.run(&["sync"]).await.code, 4);
    let log = world.log();
    let failed = line(&log, "partner_center_request_failed");
    assert_eq!([&failed["status"], &failed["code"]], [&json!(403), &json!("insufficent_claims")]);
    let sent = world.sandbox.requests().pop().unwrap();
    assert_eq!(failed["client_request_id"].as_str(), sent.header("client-request-id"));
    assert!(failed["request_id"].is_string());

    world.sandbox.expire_access_tokens();
    world.sandbox.revoke_sessions();
    assert_eq!(world.run(&["sync"]).await.code, 3);
    assert_eq!(line(&world.log(), "partner_center_token_acquisition_failed")["cause"], "session_ended");
}

#[tokio::test]
async fn the_filter_decides_and_stderr_stays_quiet_unless_asked() {
    let mut world = World::synced(Sandbox::builder().referrals(5)).await;
    assert_eq!(world.run(&["sync", "--json"]).await.stderr, "");
    world.set("HUNTER_LOG", "off");
    let before = world.log().len();
    world.json(&["sync"]).await;
    assert_eq!(world.log().len(), before);
    world.set("HUNTER_LOG", "info");
    assert!(world.run(&["sync", "--json"]).await.stderr.contains("partner_center_sync_summary"));
    assert!(events(&world).contains("partner_center_sync_summary"));
}

#[tokio::test]
async fn the_log_is_shown_and_narrowed() {
    let world = World::signed_in(Sandbox::builder().referrals(3)).await;
    let summary = world.json(&["sync"]).await;
    let found = world.json(&["logs", "--event", "partner_center_sync_summary"]).await;
    let lines = found["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(keys(&lines[0]), ["at", "event", "level", "program", "run_id", "text"]);
    assert_eq!(lines[0]["run_id"], summary["run_id"]);
    assert_eq!(world.json(&["logs", "--level", "error", "--search", "nothing"]).await["lines"], json!([]));

    let shown =
        world.run(&["logs", "--program", "hunter", "--limit", "6", "--search", "partner_center"]).await;
    let events: Vec<&str> = shown.stdout.lines().filter_map(|line| line.split_whitespace().nth(3)).collect();
    assert_eq!(events, OF_A_SYNC, "the newest line comes last");
    assert_eq!(world.run(&["logs", "--level", "loud"]).await.code, 2);
}

#[tokio::test]
async fn a_log_that_is_followed_goes_on() {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let world = World::synced(Sandbox::builder().referrals(3)).await;
    let first = world.json(&["sync"]).await;
    let mut following = world.start(&[
        "logs",
        "--follow",
        "--json",
        "--event",
        "partner_center_sync_summary",
        "--limit",
        "1",
    ]);
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    for _ in 0..3 {
        let line = within(LIMIT, lines.next_line()).await.unwrap().unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let newest = world.json(&["runs", "--limit", "1"]).await["runs"][0]["run_id"].clone();
        assert_eq!(line["run_id"], newest);
        world.json(&["sync"]).await;
    }
    assert_ne!(world.json(&["runs", "--limit", "1"]).await["runs"][0]["run_id"], first["run_id"]);
    following.kill().await.unwrap();
}

#[tokio::test]
async fn a_bundle_is_shown_or_saved() {
    let world = World::new(Sandbox::builder().referrals(0)).await;
    let usage = world.run(&["diagnostics", "--json"]).await;
    assert_eq!((usage.code, usage.error_code().as_str()), (2, "usage"));
    let shown = world.run(&["diagnostics", "--show"]).await;
    assert_eq!(shown.code, 0);
    for name in
        ["versions.json", "settings.json", "status.json", "runs.json", "schema.sql", "logs/hunter.jsonl"]
    {
        assert!(shown.stdout.contains(&format!("==> {name} <==")), "{name}");
    }
    let file = world.beside("bundle.zip");
    let saved = world.json(&["diagnostics", file.to_str().unwrap()]).await;
    assert_eq!(saved["path"], file.to_str().unwrap());
    assert!(saved["files"][0]["text"].is_null() && file.is_file());
    world.write("mine.txt", "a text");
    let refused = world.run(&["diagnostics", "data/mine.txt", "--json"]).await;
    assert_eq!((refused.code, refused.error_code().as_str()), (5, "storage_io"));
    assert_eq!(std::fs::read_to_string(world.data_dir().join("mine.txt")).unwrap(), "a text");
}
