//! Each account has a database of its own.

use hunter_engine::Depth;
use hunter_sandbox::{ACCOUNTS, Decision, Endpoint, Fault, FaultRule, Sandbox};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::support::{World, keys};

/// Signs the account in, as a person at the code page would.
async fn log_in(world: &World, account: usize) -> Value {
    let mut login = world.start(&["login", "--no-browser", "--json"]);
    let mut lines = BufReader::new(login.stdout.take().unwrap()).lines();
    let asked: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    assert_eq!(keys(&asked), ["event", "expires_in", "user_code", "verification_uri"]);
    assert_eq!(
        [&asked["event"], &asked["verification_uri"]],
        ["device_code", &format!("{}/device", world.sandbox.base_url())]
    );
    assert_eq!(asked["expires_in"], 900);
    assert!(world.sandbox.decide(asked["user_code"].as_str().unwrap(), Decision::Approved(account)));
    let signed_in: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    assert_eq!(signed_in, serde_json::json!({"event": "signed_in", "account": ACCOUNTS[account].username}));
    assert!(login.wait().await.unwrap().success());
    signed_in
}

#[tokio::test]
async fn switching_accounts_never_mixes_them() {
    let world = World::new(Sandbox::builder().referrals(50)).await;
    world.sandbox.adjust(|behaviour| behaviour.auto_approve = None);
    assert_eq!(world.json(&["list"]).await["total"], 0);

    log_in(&world, 0).await;
    assert_eq!(world.json(&["sync"]).await["inserted"], 50);
    let of_first = world.stored().await;
    let path_of_first = world.json(&["db", "path"]).await;

    assert_eq!(world.run(&["logout"]).await.code, 0);
    assert_eq!(world.stored().await, of_first);
    let status = world.json(&["status"]).await;
    assert_eq!(status["account"], ACCOUNTS[0].username);
    assert_eq!([&status["signed_in"], &status["needs_sign_in"]], [&Value::Bool(false), &Value::Bool(true)]);

    log_in(&world, 1).await;
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], 0);
    assert_ne!(world.json(&["db", "path"]).await, path_of_first);
    let synced = world.json(&["sync"]).await;
    let seen = synced["inserted"].as_u64().unwrap();
    assert!(seen > 0 && seen < 50, "{synced}");
    assert_eq!((synced["fetched"].as_u64(), &synced["gone"]), (Some(seen), &Value::from(0)));

    log_in(&world, 0).await;
    assert_eq!(world.json(&["db", "path"]).await, path_of_first);
    assert_eq!(world.stored().await, of_first);
    let again = world.json(&["sync", "--full"]).await;
    assert_eq!([&again["unchanged"], &again["gone"]], [50, 0]);
}

/// A run belongs to one account: what another may not see is not asked of the service in the first one's name.
#[tokio::test]
async fn another_account_that_signs_in_during_a_run_stops_it() {
    let mut world = World::new(Sandbox::builder().referrals(50)).await;
    world.sandbox.adjust(|behaviour| behaviour.auto_approve = None);
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", 10);
    log_in(&world, 0).await;
    assert_eq!(world.json(&["sync"]).await["inserted"], 50);
    let of_first = world.stored().await;

    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 4000 }).skip(1));
    let engine = world.engine();
    let running = tokio::spawn(async move { engine.sync(Depth::Full).await });
    world.calls_reach(Endpoint::List, 7).await;
    log_in(&world, 1).await;
    let report = running.await.unwrap().unwrap();
    assert_eq!((report.exit_code, report.summary.gone), (3, 0), "{report:?}");
    assert!(report.summary.reason.unwrap().starts_with("Sign-in needed"));

    log_in(&world, 0).await;
    assert_eq!(world.stored().await, of_first);
}

/// Two programs on one data directory have a sandbox each, and neither signs the other out.
#[tokio::test]
async fn two_programs_can_show_sample_data() {
    let world = World::new(Sandbox::builder().referrals(10)).await;
    let (one, other) = (world.engine(), world.engine());
    one.use_sample_data(true).await.unwrap();
    for engine in [&one, &other, &one] {
        assert_eq!(engine.sync(Depth::AsNeeded).await.unwrap().exit_code, 0);
    }
}

/// Sample data needs no account, no network and no flag, and touches nobody's rows.
#[tokio::test]
async fn sample_data_is_a_profile_of_its_own() {
    let mut world = World::synced(Sandbox::builder().referrals(10)).await;
    let own = world.stored().await;
    world.sandbox.go_offline().await;
    world.set("HUNTER_PARTNER_CENTER_ENABLED", false);
    let engine = world.engine();
    engine.use_sample_data(true).await.unwrap();
    let report = engine.sync(Depth::AsNeeded).await.unwrap();
    assert_eq!((report.exit_code, report.summary.inserted), (0, 250));
    assert_eq!(world.json(&["list"]).await["total"], 88);
    assert_eq!(world.json(&["status"]).await["profile"]["kind"], "sample");
    engine.use_sample_data(false).await.unwrap();
    assert_eq!(world.stored().await, own);
}
