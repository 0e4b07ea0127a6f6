//! Several programs on one data directory at the same time.

use std::fs::File;
use std::time::Duration;

use hunter_engine::Depth;
use hunter_sandbox::{Endpoint, ErrorBody, Fault, FaultRule, Sandbox};
use rstest::rstest;
use serde_json::Value;

use crate::support::{LIMIT, Outcome, World, within};

const PROGRAMS: usize = 8;

/// Starts the programs while the place of the one that syncs is taken, and frees it once all of them are at work.
async fn all_at_once(world: &World) -> Vec<Outcome> {
    let database = world.engine().database_path().unwrap();
    std::fs::create_dir_all(database.parent().unwrap()).unwrap();
    let place = File::options().append(true).create(true).open(database.with_file_name("sync.lock")).unwrap();
    place.lock().unwrap();
    let started: Vec<_> = (0..PROGRAMS).map(|_| world.start(&["sync", "--json"])).collect();
    let at_work = async {
        let log = world.data_dir().join("logs/hunter.jsonl");
        let text = || std::fs::read_to_string(&log).unwrap_or_default();
        while text().matches("partner_center_sync_task_started").count() < PROGRAMS {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    within(LIMIT, at_work).await;
    drop(place);
    let mut outcomes = Vec::new();
    for program in started {
        outcomes.push(Outcome::of(program).await);
    }
    outcomes
}

/// Whoever asks while a run is under way gets that run, its summary and its exit.
#[rstest]
#[case(None, 0)]
#[case(Some(Fault::status_as(403, ErrorBody::Gateway)), 4)]
#[case(Some(Fault::ExtraItem { item: Value::Null }), 1)]
#[tokio::test]
async fn eight_syncs_are_one_run(#[case] fault: Option<Fault>, #[case] exit: i32) {
    let world = World::signed_in(Sandbox::builder().referrals(30).page_size_cap(10)).await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 3_000 }));
    if let Some(fault) = fault {
        world.sandbox.inject(FaultRule::new(Endpoint::List, fault).skip(1).forever());
    }
    world.sandbox.expire_access_tokens();
    let renewals = world.calls(Endpoint::Token);
    let outcomes = all_at_once(&world).await;
    let first = outcomes[0].json();
    for outcome in &outcomes {
        assert_eq!((outcome.code, outcome.json()), (exit, first.clone()));
    }
    assert_eq!(world.calls(Endpoint::Token), renewals + 1);
    let lists =
        world.sandbox.requests().iter().filter(|request| request.endpoint == Some(Endpoint::List)).count();
    let expected = first["pages"].as_u64().unwrap() + 1 + u64::from(exit == 4);
    assert_eq!(lists as u64, expected, "one pass, and what was asked for again");
}

/// The app syncs in the background, and eight programs ask for a sync all the while: one run at a time, one renewal,
/// a whole database, and the person is still signed in.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_programs_beside_the_app() {
    let mut world = World::synced(Sandbox::builder().referrals(120)).await;
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", 10);
    world.sandbox.adjust(|behaviour| behaviour.latency = Duration::from_millis(5));
    world.sandbox.touch(120, 4);
    world.sandbox.expire_access_tokens();
    let renewals = world.calls(Endpoint::Token);
    let app = world.engine();
    app.start_background();
    let in_the_app = async {
        for depth in [Depth::Full, Depth::AsNeeded, Depth::Full] {
            assert_eq!(app.sync(depth).await.unwrap().exit_code, 0);
        }
    };
    let programs = (0..PROGRAMS).map(|program| {
        let world = &world;
        async move {
            let arguments: &[&str] =
                if program % 2 == 0 { &["sync", "--json"] } else { &["sync", "--full", "--json"] };
            let outcome = world.run(arguments).await;
            assert_eq!(outcome.code, 0, "{outcome:?}");
        }
    });
    tokio::join!(in_the_app, futures::future::join_all(programs));
    assert_eq!(world.calls(Endpoint::Token), renewals + 1);
    assert!(app.check_database().await.unwrap().ok);
    assert_eq!(world.stored().await.present, world.service());
    let status = world.json(&["status"]).await;
    assert_eq!([&status["signed_in"], &status["needs_sign_in"]], [true, false]);
    for run in app.runs(false, 50, 0).await.unwrap().runs.windows(2) {
        assert!(run[1].finished_at <= run[0].started_at, "one at a time: {run:?}");
    }
}

/// Who asks for everything is not content with a run that reads what changed.
#[tokio::test]
async fn a_full_sync_shares_no_lesser_one() {
    let world = World::synced(Sandbox::builder().referrals(10)).await;
    let lists = world.calls(Endpoint::List);
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 1_000 }));
    let lesser = world.start(&["sync", "--json"]);
    world.calls_reach(Endpoint::List, lists + 1).await;
    let full = world.json(&["sync", "--full"]).await;
    let lesser = Outcome::of(lesser).await.json();
    assert_eq!([&lesser["mode"], &full["mode"]], ["incremental", "full"]);
}

/// A sync that nobody can finish: those that waited do their own, one after the other.
#[tokio::test]
async fn a_killed_run_does_not_leave_others_waiting() {
    let world = World::signed_in(Sandbox::builder().referrals(10)).await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 60_000 }));
    let mut first = world.start(&["sync"]);
    world.calls_reach(Endpoint::List, 1).await;
    let second = world.start(&["sync", "--json"]);
    first.kill().await.unwrap();
    let outcome = Outcome::of(second).await;
    assert_eq!((outcome.code, outcome.json()["inserted"].as_i64()), (0, Some(10)));
}

/// Reading, copying and checking go on while a sync writes.
#[tokio::test]
async fn a_backup_during_a_sync_is_consistent() {
    let mut world = World::synced(Sandbox::builder().referrals(60)).await;
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", 5);
    world.sandbox.adjust(|behaviour| behaviour.latency = Duration::from_millis(15));
    world.sandbox.touch(60, 9);
    let syncing = world.start(&["sync", "--json"]);
    let before = world.calls(Endpoint::List);
    world.calls_reach(Endpoint::List, before + 3).await;
    let copy = world.beside("copy.db");
    assert_eq!(world.run(&["db", "backup", copy.to_str().unwrap()]).await.code, 0);
    assert_eq!(world.run(&["db", "check"]).await.code, 0);
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], 60);
    assert_eq!(Outcome::of(syncing).await.json()["updated"], 60);

    let at_the_service = world.service();
    assert_eq!(world.run(&["db", "restore", copy.to_str().unwrap(), "--json"]).await.code, 0);
    assert_eq!(world.run(&["db", "check"]).await.code, 0);
    let restored = world.stored().await.present;
    assert!(restored.keys().eq(at_the_service.keys()));
    assert_ne!(restored, at_the_service, "the copy was made in the middle");
    assert_eq!(world.json(&["sync"]).await["status"], "completed");
    assert_eq!(world.stored().await.present, at_the_service);
}

/// Two sign-ins at once leave one of them, whole.
#[tokio::test]
async fn sign_ins_at_once() {
    let world = World::new(Sandbox::builder().referrals(2)).await;
    let started: Vec<_> = (0..4).map(|_| world.start(&["login", "--no-browser", "--json"])).collect();
    for program in started {
        assert_eq!(Outcome::of(program).await.code, 0);
    }
    assert_eq!(world.json(&["sync"]).await["inserted"], 2);
}

/// Nobody has to start another sync to hear what became of one that was killed.
#[tokio::test]
async fn a_run_can_be_asked_for_while_it_is_under_way_and_once_its_program_was_killed() {
    let mut world = World::signed_in(Sandbox::builder().referrals(30)).await;
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", 10);
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 60_000 }).skip(1));
    let calls = world.calls(Endpoint::List);
    let mut syncing = world.start(&["sync"]);
    world.calls_reach(Endpoint::List, calls + 2).await;
    let started =
        world.log().into_iter().find(|line| line["event"] == "partner_center_sync_started").unwrap();
    let run_id = started["run_id"].as_str().unwrap();
    let under_way = world.run(&["runs", "show", run_id, "--json"]).await;
    assert_eq!((under_way.code, under_way.error_code().as_str()), (1, "run_under_way"), "{under_way:?}");
    assert_eq!(world.json(&["runs"]).await["runs"], Value::Array(Vec::new()));
    assert_eq!(world.json(&["status"]).await["last_sync"], Value::Null);

    syncing.kill().await.unwrap();
    let ended = world.json(&["status"]).await["last_sync"].clone();
    assert_eq!(ended["run_id"], run_id);
    assert!(["partial", "failed"].contains(&ended["status"].as_str().unwrap()), "{ended}");
    assert_eq!(world.json(&["runs", "show", run_id]).await["reason"], ended["reason"]);
    assert_eq!(world.json(&["runs"]).await["runs"][0]["run_id"], run_id);
}
