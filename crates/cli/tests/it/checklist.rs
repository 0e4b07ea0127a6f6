//! `hunter checklist` and `hunter enable`, as an administrator runs them.

use hunter_sandbox::{Endpoint, Fault, FaultRule, Sandbox};
use serde_json::{Value, json};

use crate::support::{Outcome, World, keys};

async fn world(environment: &str) -> World {
    let mut world = World::signed_in(Sandbox::builder().referrals(20)).await;
    world.set("HUNTER_ENVIRONMENT", environment);
    world
}

/// A world in which the flag is off and can be turned on.
async fn off(environment: &str) -> World {
    let mut world = world(environment).await;
    world.unset("HUNTER_PARTNER_CENTER_ENABLED");
    world
}

fn item(checklist: &Value, id: &str) -> Value {
    let phases = checklist["phases"].as_array().unwrap();
    let mut items = phases.iter().flat_map(|phase| phase["items"].as_array().unwrap());
    items.find(|item| item["id"] == id).unwrap().clone()
}

/// Without what differs from run to run.
fn settled(mut checklist: Value) -> Value {
    for phase in checklist["phases"].as_array_mut().unwrap() {
        for item in phase["items"].as_array_mut().unwrap() {
            for name in ["evidence", "checked_at"] {
                let is_there = item[name].as_str().is_some_and(|text| !text.is_empty());
                item[name] = if is_there { json!("…") } else { item[name].clone() };
            }
        }
    }
    checklist
}

/// Who interrupts it is told; what was killed is set right by whatever program comes next.
#[tokio::test]
async fn going_live_that_does_not_end_is_undone() {
    for signal in ["-TERM", "-KILL"] {
        let world = off("dev").await;
        world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 60_000 }));
        let before = world.calls(Endpoint::List);
        let mut child = world.start(&["enable", "--json"]);
        world.calls_reach(Endpoint::List, before + 1).await;
        assert!(world.engine().settings().unwrap().enabled, "it is in its first sync");
        let id = child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        if signal == "-TERM" {
            let ended = Outcome::of(child).await;
            assert_eq!((ended.code, ended.error_code().as_str()), (1, "enable_interrupted"));
        } else {
            child.wait().await.unwrap();
        }
        world.sandbox.clear_faults();
        let flag = world.run(&["config", "get", "partner_center.enabled", "--json"]).await;
        assert_eq!(flag.json()["source"], "default");
        assert_eq!(flag.stderr.contains("set back"), signal == "-KILL", "{flag:?}");
        let again = world.run(&["enable", "--json"]).await;
        assert_eq!((again.code, &again.json()["enabled"]), (0, &json!(true)), "{again:?}");
    }
}

#[tokio::test]
async fn the_document_that_scripts_read() {
    let world = world("dev").await;
    let before = world.run(&["checklist", "--json"]).await;
    assert_eq!(before.code, 1);
    assert_eq!(before.json()["verdict"], "NO-GO");
    assert_eq!(world.run(&["checklist", "list", "--json"]).await.json(), before.json());

    let run = world.run(&["checklist", "run", "--json"]).await;
    assert_eq!(run.code, 0, "{run:?}");
    let checklist = run.json();
    assert_eq!(keys(&checklist), ["blocking", "environment", "phases", "verdict"]);
    assert_eq!(keys(&checklist["phases"][0]), ["id", "items", "status"]);
    let expected = ["checked_at", "evidence", "id", "required", "state", "title"];
    assert_eq!(keys(&checklist["phases"][0]["items"][0]), expected);
    insta::assert_json_snapshot!(settled(checklist.clone()));

    let shown = world.run(&["checklist"]).await;
    assert_eq!((shown.code, shown.stdout.lines().last()), (0, Some("GO")));
    assert!(shown.stdout.contains("✓ network") && shown.stdout.contains("☐ consent"), "{}", shown.stdout);
}

#[tokio::test]
async fn answers_are_kept_with_account_note_and_time() {
    let mut world = world("staging").await;
    assert_eq!(world.run(&["checklist", "run"]).await.code, 1);
    let open = ["client_secret", "consent", "role", "backup", "responsible", "seen"];
    assert_eq!(world.run(&["checklist", "--json"]).await.json()["blocking"], json!(open));
    let failed = world.run(&["checklist", "set", "consent", "fail", "--note", "asked IT"]).await;
    assert_eq!(failed.code, 1);
    assert!(failed.stdout.contains("✗ consent") && failed.stdout.contains("asked IT"), "{failed:?}");
    for id in open {
        assert!(world.run(&["checklist", "set", id, "pass", "--note", "done"]).await.code <= 1);
    }
    assert_eq!(world.run(&["checklist"]).await.code, 0);
    let file = world.beside("report.md");
    let path = file.to_str().unwrap();
    assert_eq!(world.run(&["checklist", "report", path]).await.code, 0);
    let report = std::fs::read_to_string(&file).unwrap();
    assert!(report.contains("**Overall:** GO") && report.contains("**May be turned on:** yes"), "{report}");
    assert!(report.contains(": done |"), "{report}");

    world.set("HUNTER_ENVIRONMENT", "prod");
    let prod = world.run(&["checklist", "run", "--json"]).await;
    assert_eq!(prod.code, 1);
    assert_eq!(item(&prod.json(), "api_host")["state"], "fail", "a stand-in is not Microsoft");
    assert_eq!(item(&prod.json(), "real_referrals")["required"], true);
    assert_eq!(world.run(&["checklist", "report", path]).await.code, 1);
    assert!(std::fs::read_to_string(&file).unwrap().contains("**May be turned on:** no"));
}

#[tokio::test]
async fn what_is_wrong_to_ask() {
    let world = world("dev").await;
    let unknown = world.run(&["checklist", "set", "clocks", "pass", "--json"]).await;
    assert_eq!((unknown.code, unknown.error_code().as_str()), (2, "checklist_item_unknown"));
    assert!(unknown.stdout.contains("consent"), "{unknown:?}");
    let not_by_hand = world.run(&["checklist", "set", "clock", "pass", "--json"]).await;
    assert_eq!((not_by_hand.code, not_by_hand.error_code().as_str()), (2, "checklist_not_by_hand"));
    assert_eq!(world.run(&["checklist", "set", "consent", "perhaps"]).await.code, 2);
    assert_eq!(world.run(&["checklist", "report", "/nonexistent/report.md"]).await.code, 5);
}

#[tokio::test]
async fn a_keyring_that_is_not_there() {
    let mut world = world("dev").await;
    world.set("HUNTER_SECRET_STORE", "keyring");
    let checklist = world.run(&["checklist", "run", "--json"]).await.json();
    let keyring = item(&checklist, "keyring");
    assert_eq!(keyring["state"], "fail");
    assert!(keyring["evidence"].as_str().unwrap().contains("no keyring"), "{keyring}");
    assert_eq!(item(&checklist, "account")["state"], "not_run");
}

#[tokio::test]
async fn turning_it_on_under_no_go_names_what_is_missing() {
    let mut world = off("dev").await;
    let turned_on = world.run(&["config", "set", "partner_center.enabled", "true"]).await;
    assert_eq!((turned_on.code, turned_on.stdout.trim()), (0, "true"));
    assert!(turned_on.stderr.contains("NO-GO") && turned_on.stderr.contains("clock"), "{turned_on:?}");
    world.set("HUNTER_LANG", "tr");
    world.json(&["config", "set", "partner_center.enabled", "false"]).await;
    let turned_on = world.run(&["config", "set", "partner_center.enabled", "yes"]).await;
    assert!(turned_on.stderr.contains("Denetim listesi NO-GO diyor"), "{turned_on:?}");
    world.json(&["config", "set", "partner_center.enabled", "false"]).await;
    assert_eq!(world.run(&["checklist", "run"]).await.code, 0, "GO: it may be turned on");
    let turned_on = world.run(&["config", "set", "partner_center.enabled", "true"]).await;
    assert_eq!((turned_on.code, turned_on.stderr.contains("NO-GO")), (0, false));
}

fn states(document: &Value) -> Vec<(&str, &str)> {
    let steps = document["steps"].as_array().unwrap();
    steps.iter().map(|step| (step["id"].as_str().unwrap(), step["state"].as_str().unwrap())).collect()
}

const STEPS: [&str; 8] =
    ["backup", "migrate", "environment", "flag_off", "sign_in", "enable", "first_sync", "smoke_test"];

#[tokio::test]
async fn going_live_in_one_step() {
    let world = off("dev").await;
    let contents = || {
        let mut files: Vec<_> = crate::support::walk(&world.data_dir());
        files.retain(|path| !path.to_string_lossy().contains("/logs"));
        files.sort();
        files
    };
    world.json(&["status"]).await;
    let before = contents();
    let plan = world.json(&["enable", "--dry-run"]).await;
    assert_eq!(keys(&plan), ["dry_run", "enabled", "steps"]);
    assert_eq!(keys(&plan["steps"][0]), ["evidence", "id", "state"]);
    assert_eq!(states(&plan), STEPS.map(|id| (id, "planned")));
    assert_eq!([&plan["enabled"], &plan["dry_run"]], [&json!(false), &json!(true)]);
    assert_eq!(contents(), before);
    assert_eq!(world.calls(Endpoint::List), 0);

    let live = world.json(&["enable"]).await;
    assert_eq!(states(&live), STEPS.map(|id| (id, "pass")));
    assert_eq!([&live["enabled"], &live["dry_run"]], [&json!(true), &json!(false)]);
    let status = world.json(&["status"]).await;
    assert_eq!(status["partner_center_enabled"], true);
    assert!(status["database"]["referrals"].as_i64() > Some(0));
    assert!(contents().iter().any(|path| path.to_string_lossy().ends_with("-before-enable.db")));
    let again = world.run(&["enable"]).await;
    assert_eq!(again.code, 0);
    assert!(again.stdout.contains("on already") && again.stdout.ends_with("Partner Center sync is on.\n"));
}

#[tokio::test]
async fn going_live_stops_and_is_undone_at_the_first_failure() {
    let mut world = off("dev").await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(403)).forever());
    let stopped = world.run(&["enable", "--json"]).await;
    assert_eq!(stopped.code, 4, "{stopped:?}");
    let document = stopped.json();
    assert_eq!(states(&document)[5..], [("enable", "pass"), ("first_sync", "fail"), ("undo", "pass")]);
    assert_eq!([&document["enabled"], &document["error"]["code"]], [&json!(false), &json!("forbidden")]);
    assert_eq!(world.json(&["config", "get", "partner_center.enabled"]).await["source"], "default");

    world.sandbox.clear_faults();
    world.sandbox.adjust(|behaviour| behaviour.date_ahead = 3600);
    let stopped = world.run(&["enable", "--json"]).await;
    assert_eq!((stopped.code, &stopped.json()["error"]["code"]), (1, &json!("enable_stopped")));
    assert_eq!(states(&stopped.json()).last(), Some(&("environment", "fail")), "nothing was turned on yet");
    assert!(stopped.stdout.contains("clock:") && stopped.stdout.contains("behind"), "{stopped:?}");

    world.sandbox.adjust(|behaviour| behaviour.date_ahead = 0);
    world.json(&["logout"]).await;
    let stopped = world.run(&["enable", "--json"]).await;
    assert_eq!((stopped.code, &stopped.json()["error"]["code"]), (3, &json!("sign_in_needed")));
    assert_eq!(states(&stopped.json()).last(), Some(&("sign_in", "fail")));

    world.set("HUNTER_PARTNER_CENTER_ENABLED", "false");
    let locked = world.run(&["enable", "--json"]).await;
    assert_eq!((locked.code, locked.error_code().as_str()), (2, "setting_locked"));
}

/// What a run of the checklist says on stderr and logs names nobody.
#[tokio::test]
async fn a_run_names_nobody_in_its_log() {
    let mut world = world("dev").await;
    world.set("HUNTER_LOG", "trace");
    assert_eq!(world.run(&["checklist", "run"]).await.code, 0);
    world.run(&["checklist", "set", "responsible", "pass", "--note", "Zeynep Sorumlu"]).await;
    let log = world.log();
    assert!(log.iter().any(|line| line["event"] == "checklist_checked" && line["verdict"] == "GO"));
    let text = json!(log).to_string();
    assert!(!text.contains("Zeynep"), "notes stay out of the log");
    for secret in world.sandbox.issued_secrets() {
        assert!(!text.contains(&secret.value), "{:?}", secret.kind);
    }
    let personal = world.sandbox.personal_strings();
    for address in personal.iter().filter(|text| text.contains('@')) {
        assert!(!text.contains(address.as_str()), "{address}");
    }
    let rehearsed = log.iter().filter(|line| line["event"] == "partner_center_sync_skipped").count();
    assert_eq!(rehearsed, 0, "the rehearsal leaves no line in the user's log");
}
