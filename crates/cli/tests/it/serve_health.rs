//! Health in any state, and the end of a service.

use hunter_sandbox::{Endpoint, Fault, FaultRule, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::served::{Served, send};
use crate::support::{LIMIT, World, keys, within};

async fn health(served: &Served) -> Value {
    let answer = send(served.bare(Method::GET, "/healthz")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn health_becomes(served: &Served, wanted: impl Fn(&Value) -> bool) -> Value {
    let becoming = async {
        loop {
            let health = health(served).await;
            if wanted(&health) {
                return health;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    within(LIMIT, becoming).await
}

#[tokio::test]
async fn signed_out_off_and_while_a_sync_runs() {
    let mut world = World::new(Sandbox::builder().referrals(5)).await;
    world.set("HUNTER_PARTNER_CENTER_ENABLED", "false");
    let off = Served::start(&world, &[]).await;
    let told = health_becomes(&off, |health| health["status"] == "ok").await;
    assert_eq!(keys(&told), ["database", "partner_center_enabled", "status", "sync_state", "version"]);
    assert_eq!([&told["partner_center_enabled"], &told["sync_state"]], [&json!(false), &json!("off")]);
    drop(off);

    world.set("HUNTER_PARTNER_CENTER_ENABLED", "true");
    world.sign_in().await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 2_000 }));
    let served = Served::start(&world, &[]).await;
    world.calls_reach(Endpoint::List, 1).await;
    let told = health_becomes(&served, |health| health["sync_state"] == "syncing").await;
    assert_eq!([&told["status"], &told["database"]], ["ok", "ok"]);
    let personal = told.to_string();
    for account in hunter_sandbox::ACCOUNTS {
        assert!(!personal.contains(account.username));
    }
}

#[tokio::test]
async fn a_locked_a_corrupted_and_a_missing_database() {
    let world = World::synced(Sandbox::builder().referrals(5)).await;
    let path = world.engine().database_path().unwrap();
    let served = Served::start(&world, &[]).await;
    health_becomes(&served, |health| health["status"] == "ok").await;

    let mut holder = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let held = holder.begin_with("BEGIN EXCLUSIVE").await.unwrap();
    assert_eq!(health(&served).await["partner_center_enabled"], true);
    held.rollback().await.unwrap();
    holder.close().await.unwrap();

    std::fs::write(&path, b"no database at all, but long enough to look like a file".repeat(100)).unwrap();
    assert_eq!(health(&served).await["partner_center_enabled"], true);

    let text = path.to_str().unwrap();
    // Hunter rebuilds such a file at a moment of its own, and may put a new one there meanwhile.
    while std::fs::create_dir(&path).is_err() {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{text}{suffix}"));
        }
    }
    let told = health_becomes(&served, |health| health["database"] == "storage_io").await;
    assert_eq!(told["status"], "degraded");
    let refused = served.get("/api/v1/partner-center/referrals/inbox").await;
    assert_eq!((refused.status, keys(&refused.json())), (503, vec!["detail"]));

    let restarted = Served::start(&world, &[]).await;
    let told = health_becomes(&restarted, |health| health["status"] == "degraded").await;
    assert_eq!(told["database"], "storage_io");
}

/// The page that was being stored is stored or is not there at all, and the next run goes on.
#[cfg(unix)]
#[tokio::test]
async fn told_to_stop_during_a_sync() {
    let world = World::signed_in(Sandbox::builder().referrals(60).page_size_cap(10)).await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 5_000 }).skip(3));
    let served = Served::start(&world, &[]).await;
    let stream = served.bare(Method::GET, "/events").bearer_auth(&served.token).send().await.unwrap();
    world.calls_reach(Endpoint::List, 4).await;
    let url = format!("{}/healthz", served.url);
    let client = served.client.clone();
    served.terminate();
    assert_eq!(served.code().await, 0);
    drop(stream);
    assert!(client.get(url).send().await.is_err(), "nobody listens any more");
    assert_eq!(world.json(&["db", "check"]).await, json!({"ok": true, "problems": []}));
    let stored = world.json(&["list", "--status", "all"]).await["total"].as_u64().unwrap();
    assert!(stored >= 10 && stored.is_multiple_of(10), "{stored} of whole pages");
    let rest = world.json(&["sync"]).await;
    assert_eq!(rest["status"], "completed");
    let runs = world.json(&["runs"]).await;
    assert_eq!(runs["runs"][1]["reason"], "Hunter ended before the sync did");
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], 60);
}
