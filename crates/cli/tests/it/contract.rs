//! The shapes of JSON that scripts rely on, and what the commands say where things are not as usual.

use hunter_engine::{Depth, Engine, Launch};
use hunter_sandbox::{Endpoint, Fault, FaultRule, Sandbox};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{World, keys};

const SUMMARY: [&str; 20] = [
    "bytes",
    "duration_ms",
    "failure_count",
    "failures",
    "fetched",
    "finished_at",
    "gone",
    "inserted",
    "mode",
    "pages",
    "reason",
    "run_id",
    "skipped",
    "skipped_count",
    "started_at",
    "status",
    "success_count",
    "unchanged",
    "unlinked",
    "updated",
];
const ITEM: [&str; 23] = [
    "closing_at",
    "company_id",
    "created_at",
    "currency",
    "customer_country",
    "customer_name",
    "deal_value",
    "direction",
    "domain",
    "engagement_id",
    "expires_at",
    "expires_estimated",
    "gone_at",
    "kind",
    "link_status",
    "name",
    "qualification",
    "referral_id",
    "status",
    "substatus",
    "synced_at",
    "type",
    "updated_at",
];
const STATUS: [&str; 15] = [
    "account",
    "configured",
    "database",
    "environment",
    "last_sync",
    "needs_sign_in",
    "next_sync_at",
    "partner_center_enabled",
    "profile",
    "secret_store",
    "signed_in",
    "sync_state",
    "throttled_until",
    "version",
    "warnings",
];

fn is_utc(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok())
}

#[tokio::test]
async fn a_summary_in_each_of_its_states() {
    let mut world = World::signed_in(Sandbox::builder().referrals(20)).await;
    let completed = world.run(&["sync", "--json"]).await.json();
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::ExtraItem { item: json!(null) }));
    let partial = world.run(&["sync", "--full", "--json"]).await.json();
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::BadJson));
    let failed = world.run(&["sync", "--full", "--json"]).await.json();
    world.set("HUNTER_PARTNER_CENTER_ENABLED", "off");
    let skipped = world.run(&["sync", "--json"]).await.json();
    for (summary, status) in
        [(&completed, "completed"), (&partial, "partial"), (&failed, "failed"), (&skipped, "skipped")]
    {
        assert_eq!(keys(summary), SUMMARY);
        assert_eq!([&summary["status"], &summary["mode"]], [status, "full"]);
        assert!(is_utc(&summary["started_at"]) && is_utc(&summary["finished_at"]));
        assert_eq!(world.json(&["status"]).await["last_sync"]["run_id"], skipped["run_id"]);
    }
    assert_eq!(keys(&partial["failures"][0]), ["reason", "referral_id"]);
    assert_eq!([&completed["reason"], &partial["reason"]], [&Value::Null; 2]);
    assert!(completed["bytes"].as_u64() > Some(1000) && completed["pages"] == 1);
    let ids = [&completed, &partial, &failed, &skipped]
        .map(|summary| summary["run_id"].as_str().unwrap().to_owned());
    assert_eq!(ids.into_iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
}

#[tokio::test]
async fn the_items_of_a_list() {
    let world = World::synced(Sandbox::builder()).await;
    let list = world.json(&["list", "--status", "all"]).await;
    assert_eq!(keys(&list), ["items", "total"]);
    for item in list["items"].as_array().unwrap() {
        assert_eq!(keys(item), ITEM);
        assert!(
            ["co-sell", "marketplace", "solution-provider", "other"]
                .contains(&item["kind"].as_str().unwrap())
        );
        assert!(
            ["auto_linked", "unlinked", "multi_candidate"].contains(&item["link_status"].as_str().unwrap())
        );
        assert_eq!(item["company_id"].is_null(), item["link_status"] != "auto_linked", "{item}");
        assert_eq!(item["domain"].is_null(), item["link_status"] == "unlinked", "{item}");
        assert!(item["deal_value"].is_null() || item["deal_value"].as_str().unwrap().parse::<f64>().is_ok());
        for time in ["created_at", "updated_at", "expires_at", "closing_at", "gone_at"] {
            assert!(item[time].is_null() || is_utc(&item[time]), "{time} of {item}");
        }
        assert!(is_utc(&item["synced_at"]));
        assert!(
            !item["expires_estimated"].as_bool().unwrap()
                || item["status"] == "New" && is_utc(&item["expires_at"])
        );
        let name = item["customer_name"].as_str().unwrap_or_default();
        assert!(!name.contains("&amp;") && !name.contains("&#"), "{name}");
    }
    let shown = world.json(&["show", list["items"][0]["referral_id"].as_str().unwrap()]).await;
    let mut expected = [ITEM.as_slice(), &["contacts", "details", "history"]].concat();
    expected.sort_unstable();
    assert_eq!(keys(&shown), expected);
}

#[tokio::test]
async fn the_status_before_and_after() {
    let mut world = World::new(Sandbox::builder().referrals(20)).await;
    let before = world.json(&["status"]).await;
    assert_eq!(keys(&before), STATUS);
    assert_eq!(keys(&before["database"]), ["by_status", "ok", "path", "referrals", "schema_version"]);
    let facts = [
        "signed_in",
        "needs_sign_in",
        "configured",
        "partner_center_enabled",
        "account",
        "last_sync",
        "next_sync_at",
    ];
    assert_eq!(
        facts.map(|fact| before[fact].clone()),
        [json!(false), json!(true), json!(true), json!(true), json!(null), json!(null), json!(null)]
    );
    assert_eq!([&before["environment"], &before["secret_store"]], ["prod", "file"]);
    assert!(before["warnings"].to_string().contains("file"), "the key in a file is told");

    world.sign_in().await;
    let summary = world.json(&["sync"]).await;
    world.sandbox.go_offline().await;
    let after = world.json(&["status"]).await;
    assert_eq!([&after["signed_in"], &after["needs_sign_in"]], [true, false]);
    assert_eq!(after["account"], hunter_sandbox::ACCOUNTS[0].username);
    assert_eq!(after["last_sync"], summary);
    assert_eq!([&after["database"]["ok"], &after["database"]["referrals"]], [&json!(true), &json!(20)]);
    let by_status: i64 =
        after["database"]["by_status"].as_object().unwrap().values().map(|n| n.as_i64().unwrap()).sum();
    assert_eq!(by_status, 20);
    world.set("HUNTER_PARTNER_CENTER_ENABLED", "false");
    assert_eq!(world.json(&["status"]).await["signed_in"], true);
}

#[rstest]
#[case(&[], "subcommand")]
#[case(&["frobnicate"], "frobnicate")]
#[case(&["show"], "<ID>")]
#[case(&["list", "--limit", "x"], "--limit")]
#[case(&["list", "--nosuch"], "--nosuch")]
#[case(&["db"], "subcommand")]
#[case(&["sandbox", "--port", "70000"], "70000")]
#[tokio::test]
async fn wrong_usage(#[case] arguments: &[&str], #[case] word: &str) {
    let world = World::new(Sandbox::builder().referrals(0)).await;
    let outcome = world.run(&[arguments, &["--json"]].concat()).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (2, "usage"));
    let message = outcome.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains(word) && !message.ends_with(':'), "{message}");
    let in_words = world.run(arguments).await;
    assert_eq!((in_words.code, in_words.stdout.as_str()), (2, ""));
    assert!(in_words.stderr.contains(word));
}

#[rstest]
#[case(&["--help"])]
#[case(&["--version"])]
#[case(&["sync", "--help"])]
#[tokio::test]
async fn help_is_no_failure(#[case] arguments: &[&str]) {
    let world = World::new(Sandbox::builder().referrals(0)).await;
    let outcome = world.run(arguments).await;
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert!(outcome.stdout.to_lowercase().contains("hunter"));
    assert!(!world.data_dir().exists());
}

/// Data on stdout and nothing else, without colours or progress where no terminal is.
#[tokio::test]
async fn what_people_read_away_from_a_terminal() {
    let world = World::new(Sandbox::builder().referrals(20)).await;
    let login = world.run(&["login", "--no-browser"]).await;
    assert!(login.stdout.contains("/device") && login.stdout.contains("Signed in as deniz"), "{login:?}");
    let sync = world.run(&["sync"]).await;
    assert!(sync.stdout.contains("20 fetched: 20 new, 0 changed"), "{sync:?}");
    let list = world.run(&["list", "--status", "all"]).await;
    assert_eq!(list.stdout.lines().count(), 21);
    for outcome in [&login, &sync, &list] {
        assert_eq!(outcome.code, 0);
        assert!(!outcome.stdout.contains('\u{1b}') && !outcome.stderr.contains('\u{1b}'), "{outcome:?}");
    }
    assert_eq!(list.stderr.trim(), "20 of 20");
}

/// What the service sends cannot steer a terminal.
#[tokio::test]
async fn control_characters_are_not_printed() {
    let world = World::signed_in(Sandbox::builder().referrals(0)).await;
    let payload = json!({"id": "i", "status": "New", "name": "\u{1b}[31mred\u{7}", "customerProfile": {"name": "a\u{1b}]0;b\u{7}"}});
    world.sandbox.put_referral(&payload);
    world.json(&["sync"]).await;
    for arguments in [&["list"][..], &["show", "i"]] {
        let outcome = world.run(arguments).await;
        assert!(!outcome.stdout.contains(['\u{1b}', '\u{7}']), "{outcome:?}");
    }
    assert_eq!(world.json(&["show", "i", "--raw"]).await, payload);
}

/// A file that is no backup changes nothing, and a backup brings everything back.
#[tokio::test]
async fn a_backup_that_is_restored() {
    let world = World::synced(Sandbox::builder().referrals(20)).await;
    let stored = world.stored().await;
    let copy = world.beside("copy.db");
    let copy = copy.to_str().unwrap();
    assert_eq!(world.run(&["db", "backup", copy]).await.code, 0);
    world.sandbox.touch(20, 4);
    assert_eq!(world.json(&["sync", "--full"]).await["updated"], 20);
    let no_backup = world.beside("no-backup");
    std::fs::write(&no_backup, "text").unwrap();
    let refused = world.run(&["db", "restore", no_backup.to_str().unwrap(), "--json"]).await;
    assert_eq!((refused.code, refused.error_code().as_str()), (5, "backup_unusable"));
    assert_eq!(world.stored().await.present, world.service());

    let restored = world.run(&["db", "restore", copy, "--json"]).await;
    assert_eq!(restored.code, 0, "{restored:?}");
    assert_eq!(world.stored().await, stored);
    let engine = world.engine();
    let before = engine.backups().await.unwrap().remove(0);
    engine.restore_backup(&before.name).await.unwrap();
    assert_eq!(world.stored().await.present, world.service(), "what was there is a backup itself");
    assert_eq!(world.run(&["db", "restore", copy]).await.code, 0);
    assert_eq!(world.json(&["sync", "--full"]).await["updated"], 20);
    assert_eq!(world.json(&["db", "check"]).await, json!({"ok": true, "problems": []}));
}

#[tokio::test]
async fn a_backup_that_is_not_there() {
    let world = World::synced(Sandbox::builder().referrals(2)).await;
    let missing = world.beside("missing.db");
    let outcome = world.run(&["db", "restore", missing.to_str().unwrap(), "--json"]).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (5, "storage_io"));
    assert_eq!(world.stored().await.present.len(), 2);
}

/// A directory that nobody may write to.
#[cfg(unix)]
#[tokio::test]
async fn a_data_directory_that_cannot_be_made() {
    let mut world = World::new(Sandbox::builder().referrals(0)).await;
    let blocker = world.beside("a-file");
    std::fs::write(&blocker, "").unwrap();
    world.set("HUNTER_DATA_DIR", blocker.join("data").to_str().unwrap());
    for command in ["status", "sync", "list"] {
        let outcome = world.run(&[command, "--json"]).await;
        assert_eq!((outcome.code, outcome.error_code().as_str()), (5, "storage_io"), "{outcome:?}");
    }
}

/// A token file that was changed, is another program's, or has lost its key: sign in again, and nothing else is lost.
#[rstest]
#[case(|_: Vec<u8>| b"{\"access_token\":\"of another program\"}".to_vec())]
#[case(|mut file: Vec<u8>| { let last = file.len() - 1; file[last] ^= 1; file })]
#[case(|mut file: Vec<u8>| { file.truncate(40); file })]
#[case(|_: Vec<u8>| Vec::new())]
#[tokio::test]
async fn a_strange_token_file(#[case] change: fn(Vec<u8>) -> Vec<u8>) {
    let world = World::synced(Sandbox::builder().referrals(5)).await;
    let path = world.data_dir().join(".token_cache");
    std::fs::write(&path, change(std::fs::read(&path).unwrap())).unwrap();
    let status = world.json(&["status"]).await;
    assert_eq!([&status["signed_in"], &status["needs_sign_in"]], [false, true]);
    let outcome = world.run(&["sync", "--json"]).await;
    assert_eq!((outcome.code, outcome.json()["reason"].as_str()), (3, Some("Sign-in needed")), "{outcome:?}");
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], 5);
    assert_eq!(world.run(&["login", "--no-browser"]).await.code, 0);
    assert_eq!(world.json(&["sync", "--full"]).await["unchanged"], 5);
}

#[tokio::test]
async fn a_lost_key() {
    let world = World::synced(Sandbox::builder().referrals(5)).await;
    std::fs::remove_file(world.data_dir().join(".token_cache.key")).unwrap();
    let outcome = world.run(&["sync", "--json"]).await;
    assert_eq!((outcome.code, outcome.json()["reason"].as_str()), (3, Some("Sign-in needed")));
    assert_eq!(world.run(&["login", "--no-browser"]).await.code, 0);
    assert_eq!(world.json(&["sync", "--full"]).await["unchanged"], 5);
}

/// The sandbox as a program: it says where it is, serves, and ends when it is told to.
#[cfg(unix)]
#[tokio::test]
async fn the_sandbox_as_a_program() {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let world = World::new(Sandbox::builder().referrals(0)).await;
    let mut program = world.start(&["sandbox", "--referrals", "5", "--auto-approve", "--json"]);
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let told: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    assert_eq!(keys(&told), ["client_id", "event", "tenant_id", "url", "verification_uri"]);
    let url = told["url"].as_str().unwrap();
    let mut variables = world.variables.clone();
    variables.insert("HUNTER_DATA_DIR".to_owned(), world.beside("other").to_str().unwrap().to_owned());
    for name in ["API_URL", "AUTHORITY_URL"] {
        variables.insert(format!("HUNTER_PARTNER_CENTER_{name}"), url.to_owned());
    }
    let engine = Engine::open(Launch { variables, ..Launch::default() }).unwrap();
    engine.sign_in().await.unwrap().finish().await.unwrap();
    assert_eq!(engine.sync(Depth::AsNeeded).await.unwrap().summary.inserted, 5);

    let port = url.rsplit(':').next().unwrap().to_owned();
    let taken = world.run(&["sandbox", "--port", &port, "--json"]).await;
    assert_eq!((taken.code, taken.error_code().as_str()), (2, "port_unusable"));
    let id = program.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(program.wait().await.unwrap().success());
}
