//! A program killed at any moment leaves a sound database and a session that goes on.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use hunter_sandbox::{Endpoint, Fault, FaultRule, RefreshReuse, Sandbox};
use serde_json::json;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::support::{World, within};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Small, seeded, and good enough to choose moments (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// Starts a program and kills it some time after the service has got a request of that number, which it lets wait.
async fn kill_at(world: &World, arguments: &[&str], endpoint: Endpoint, requests: u32, delay: Duration) {
    let before = world.calls(endpoint);
    world.sandbox.inject(FaultRule::new(endpoint, Fault::SlowHeaders { ms: 60_000 }).skip(requests - 1));
    let mut child = world.start(arguments);
    world.calls_reach(endpoint, before + u64::from(requests)).await;
    tokio::time::sleep(delay).await;
    assert!(child.try_wait().unwrap().is_none(), "it waits for an answer");
    child.kill().await.unwrap();
    world.sandbox.clear_faults();
}

async fn check(world: &World, round: u64) {
    let check = world.engine().check_database().await.unwrap();
    assert!(check.ok, "round {round}: {check:?}");
}

/// Some change, some vanish, some are new, some come back.
fn change(world: &World, random: &mut Random, away: &mut BTreeMap<String, serde_json::Value>, round: u64) {
    world.sandbox.touch(random.below(30) as usize, round);
    for _ in 0..random.below(4) {
        let service = world.service();
        let nth = random.below(service.len() as u64) as usize;
        let (id, payload) = service.into_iter().nth(nth).unwrap();
        assert!(world.sandbox.remove_referral(&id));
        away.insert(id, payload);
    }
    if random.below(2) == 0
        && let Some((_, payload)) = away.pop_first()
    {
        world.sandbox.put_referral(&payload);
    }
    let mut newcomer = world.service().into_values().next().unwrap();
    newcomer["id"] = json!(format!("00000000-0000-4000-8000-{round:012}"));
    world.sandbox.put_referral(&newcomer);
}

/// Full, resumed and incremental runs, killed with some pages stored and another on its way to disk.
#[tokio::test]
async fn during_a_sync_with_changing_data() {
    let mut world = World::signed_in(Sandbox::builder().referrals(120)).await;
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", 12);
    let mut random = Random(11);
    let mut away = BTreeMap::new();
    for round in 0..110 {
        let delay = Duration::from_micros(random.below(6_000));
        let (arguments, most): (&[&str], _) =
            if random.below(4) == 0 { (&["sync"], 1) } else { (&["sync", "--full"], 9) };
        let requests = 1 + u32::try_from(random.below(most)).unwrap();
        kill_at(&world, arguments, Endpoint::List, requests, delay).await;
        change(&world, &mut random, &mut away, round);
        check(&world, round).await;

        assert_eq!(world.sync().await.exit_code, 0, "round {round}");
        if round % 5 == 4 {
            assert_eq!(world.sync_fully().await.exit_code, 0, "round {round}");
            let stored = world.stored().await;
            assert_eq!(stored.present, world.service(), "round {round}");
            assert!(stored.gone.keys().all(|id| away.contains_key(id)), "round {round}");
        }
    }
    assert!(world.stored().await.gone.len() > 20);
}

/// The first start of all makes the database; killed there, the next start makes it.
#[tokio::test]
async fn while_the_database_is_made() {
    let world = World::signed_in(Sandbox::builder().referrals(30)).await;
    let profiles = world.data_dir().join("profiles");
    for round in 0..20 {
        if profiles.exists() {
            std::fs::remove_dir_all(&profiles).unwrap();
        }
        let mut child = world.start(&["sync"]);
        within(Duration::from_secs(30), async {
            while !profiles.exists() {
                tokio::time::sleep(Duration::from_micros(200)).await;
            }
        })
        .await;
        tokio::time::sleep(Duration::from_micros(round * 1_500)).await;
        child.kill().await.unwrap();
        check(&world, round).await;
        assert_eq!(world.sync().await.exit_code, 0, "round {round}");
        assert_eq!(world.stored().await.present, world.service(), "round {round}");
    }
}

/// A database of an earlier Hunter is brought up to date after a copy of it was made; killed there, nothing is lost.
#[tokio::test]
async fn while_the_schema_is_brought_up_to_date() {
    let world = World::synced(Sandbox::builder().referrals(60)).await;
    let path = world.engine().database_path().unwrap();
    let (stored, old) = (world.stored().await, world.beside("old.db"));
    world.engine().back_up_database(&old).await.unwrap();
    make_older(&old).await;
    let (backups, newest) = (path.with_file_name("backups"), schema_version(&path).await);
    for round in 0..30 {
        for suffix in ["", "-wal", "-shm"] {
            let _was_none = std::fs::remove_file(format!("{}{suffix}", path.display()));
        }
        let _was_none = std::fs::remove_dir_all(&backups);
        std::fs::copy(&old, &path).unwrap();
        let mut child = world.start(&["list"]);
        tokio::time::sleep(Duration::from_micros(5_000 + round * 1_500)).await;
        child.kill().await.unwrap();
        check(&world, round).await;
        assert_eq!(world.stored().await, stored, "round {round}");
        assert_eq!(schema_version(&path).await, newest, "round {round}");
        // Each migration is a step of its own: who goes on after some of them copies what these have left.
        let copy = world.engine().backups().await.unwrap().pop().unwrap();
        let copied = schema_version(&backups.join(copy.name)).await;
        assert!((1..newest).contains(&copied), "round {round}");
    }
    assert_eq!(world.sync().await.exit_code, 0);
}

/// The same rows in a database of the first version.
async fn make_older(path: &Path) {
    let newer = path.with_extension("newer");
    std::fs::rename(path, &newer).unwrap();
    let mut database =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path).create_if_missing(true))
            .await
            .unwrap();
    let first = MIGRATIONS.iter().filter(|migration| migration.version == 1).cloned().collect();
    let migrator = Migrator { migrations: Cow::Owned(first), ..Migrator::DEFAULT };
    migrator.run(&mut database).await.unwrap();
    sqlx::query("ATTACH DATABASE ? AS newer").bind(newer.to_str()).execute(&mut database).await.unwrap();
    for table in ["sync_runs", "companies", "raw_leads", "sync_run_items", "partner_center_referrals"] {
        let columns: String = sqlx::query_scalar(
            "SELECT group_concat(name) FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0 \
             AND name IN (SELECT name FROM pragma_table_xinfo(?1, 'newer'))",
        )
        .bind(table)
        .fetch_one(&mut database)
        .await
        .unwrap();
        let copy = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}");
        sqlx::QueryBuilder::<sqlx::Sqlite>::new(copy).build().execute(&mut database).await.unwrap();
    }
    sqlx::query("INSERT INTO sync_state SELECT key, value FROM newer.sync_state WHERE key = 'owner'")
        .execute(&mut database)
        .await
        .unwrap();
    database.close().await.unwrap();
    std::fs::remove_file(newer).unwrap();
}

async fn schema_version(path: &Path) -> i64 {
    sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut open(path).await)
        .await
        .unwrap()
}

async fn open(path: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap()
}

/// A renewal that is cut off anywhere leaves the person signed in.
#[tokio::test]
async fn during_the_renewal_of_a_session() {
    let builder = Sandbox::builder().referrals(5).refresh_reuse(RefreshReuse::UntilNewerUsed);
    let world = World::synced(builder).await;
    let mut random = Random(5);
    for round in 0..40 {
        world.sandbox.expire_access_tokens();
        let delay = Duration::from_micros(random.below(8_000));
        if round % 2 == 0 {
            kill_at(&world, &["sync"], Endpoint::Token, 1, delay).await;
        } else {
            kill_after_answer(&world, delay).await;
        }
        let status = world.json(&["status"]).await;
        assert_eq!(status["signed_in"], true, "round {round}: {status}");
        let outcome = world.run(&["sync", "--json"]).await;
        assert_eq!(outcome.code, 0, "round {round}: {outcome:?}");
    }
}

/// Kills a sync some time after its new tokens were given out: before, while or after they are written.
async fn kill_after_answer(world: &World, delay: Duration) {
    let before = world.calls(Endpoint::Token);
    let mut child = world.start(&["sync"]);
    world.calls_reach(Endpoint::Token, before + 1).await;
    tokio::time::sleep(delay).await;
    child.kill().await.unwrap();
}
