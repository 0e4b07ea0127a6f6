//! A database that is damaged, a disk that is full, a folder that is read-only: each is told, and nothing is lost.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use hunter_sandbox::{Endpoint, Fault, FaultRule, Sandbox};
use rstest::rstest;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Row, SqliteConnection};
use tokio::process::Command;

use crate::support::{LIMIT, Outcome, World, assert_sound, files, within};

const TOTAL: usize = 40;

/// A world with a backup, after which something changed.
async fn world() -> World {
    let world = World::signed_in(Sandbox::builder().referrals(TOTAL)).await;
    assert_eq!(world.run(&["sync"]).await.code, 0);
    world.sandbox.touch(9, 3);
    let added = json!({"id": "added", "status": "New", "customerProfile": {"name": "Eklenen"}});
    world.sandbox.put_referral(&added);
    assert_eq!(world.json(&["sync", "--full"]).await["inserted"], 1);
    world
}

fn database(world: &World) -> PathBuf {
    world.engine().database_path().unwrap()
}

fn set_aside(world: &World) -> Vec<PathBuf> {
    let is_aside = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("hunter.damaged-") && name.ends_with(".db")
    };
    files(&world.data_dir()).into_iter().filter(is_aside).collect()
}

fn overwrite(path: &Path, range: std::ops::Range<usize>) {
    let mut bytes = fs::read(path).unwrap();
    bytes[range].fill(0xA5);
    fs::write(path, bytes).unwrap();
}

async fn root_page(path: &Path, table: &str) -> usize {
    let mut connection =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap();
    let page: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = ?")
        .bind(table)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    usize::try_from(page).unwrap() - 1
}

async fn inflict(damage: &str, path: &Path) {
    match damage {
        "header" => overwrite(path, 0..100),
        "middle page" => {
            let page = root_page(path, "partner_center_referrals").await;
            overwrite(path, page * 8192..(page + 1) * 8192);
        }
        "page of the ledger" => {
            let page = root_page(path, "sync_runs").await;
            overwrite(path, page * 8192..(page + 1) * 8192);
        }
        "truncated" => {
            let bytes = fs::read(path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 3]).unwrap();
        }
        "zero length" => fs::write(path, "").unwrap(),
        "text" => {
            fs::write(path, "no database at all, but long enough to look like a file".repeat(100)).unwrap()
        }
        other => panic!("{other}"),
    }
}

/// Told in one sentence on stderr, answered from the newest backup, and whole again after the next sync, which is a full one.
#[rstest]
#[tokio::test]
async fn a_damaged_database_is_rebuilt_and_told(
    #[values("header", "middle page", "page of the ledger", "truncated", "zero length", "text")] damage: &str,
    #[values("en", "tr")] language: &str,
) {
    let mut world = world().await;
    world.set("HUNTER_LANG", language);
    let path = database(&world);
    inflict(damage, &path).await;
    let damaged = fs::read(&path).unwrap();

    let reading: &[&str] =
        if damage == "page of the ledger" { &["runs"] } else { &["list", "--status", "all"] };
    let outcome = world.run(&[reading, &["--json"]].concat()).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    if damage != "page of the ledger" {
        assert_eq!(outcome.json()["total"], TOTAL, "as it was when the backup was made");
    }
    let [aside] = set_aside(&world).try_into().unwrap();
    assert_eq!(fs::read(&aside).unwrap(), damaged, "nothing that was there is lost");
    let words = if language == "tr" {
        ["Veritabanı bozuktu", "yedek"]
    } else {
        ["The database was damaged", "backup"]
    };
    let told: Vec<&str> = outcome.stderr.lines().filter(|line| line.contains(words[0])).collect();
    assert!(
        told.len() == 1 && told[0].contains(words[1]) && told[0].contains(aside.to_str().unwrap()),
        "{outcome:?}"
    );

    let status = world.json(&["status"]).await;
    assert_eq!(status["database"]["ok"], true);
    assert!(status["warnings"].to_string().contains(words[0]), "{status}");
    let summary = world.json(&["sync"]).await;
    assert_eq!([&summary["mode"], &summary["status"]], ["full", "completed"]);
    assert_eq!(world.stored().await.present, world.service());
    assert_eq!(world.json(&["db", "check"]).await, json!({"ok": true, "problems": []}));
    assert_eq!(set_aside(&world).len(), 1, "it is noticed once");
    let quiet = world.run(&["list"]).await;
    assert!(!quiet.stderr.contains(words[0]), "{quiet:?}");
}

/// Looking changes nothing, and what is damaged takes no backup's place.
#[rstest]
#[tokio::test]
async fn a_check_and_a_backup_take_it_as_it_is(
    #[values("header", "middle page", "truncated", "zero length", "text")] damage: &str,
) {
    let world = world().await;
    let path = database(&world);
    assert_eq!(world.run(&["db", "backup", "mine.db"]).await.code, 0);
    let backup = fs::read(world.beside("mine.db")).unwrap();
    inflict(damage, &path).await;
    let damaged = fs::read(&path).unwrap();
    let checked = world.run(&["db", "check", "--json"]).await;
    assert_eq!(checked.code, 5, "{checked:?}");
    assert_eq!(
        [&checked.json()["ok"], &checked.json()["error"]["code"]],
        [&json!(false), &json!("storage_damaged")]
    );
    assert_ne!(checked.json()["problems"], json!([]));
    let told = world.run(&["db", "check"]).await;
    assert!(told.code == 5 && told.stderr.contains("hunter db restore"), "{told:?}");
    let refused = world.run(&["db", "backup", "mine.db", "--json"]).await;
    assert_eq!((refused.code, refused.error_code().as_str()), (5, "storage_damaged"), "{refused:?}");
    assert_eq!(fs::read(world.beside("mine.db")).unwrap(), backup);
    assert_eq!(fs::read(&path).unwrap(), damaged);
    assert_eq!(set_aside(&world), Vec::<PathBuf>::new());
    assert_eq!(world.run(&["db", "restore", "mine.db"]).await.code, 0);
    assert_eq!(world.json(&["db", "check"]).await["ok"], true);
    assert_eq!(set_aside(&world).len(), 1);
}

/// Each writes a copy of its own, and nothing but whole copies is left.
#[tokio::test]
async fn backups_to_one_place_at_once() {
    let world = world().await;
    let folder = world.beside("copies");
    fs::create_dir(&folder).unwrap();
    let started: Vec<_> = (0..4).map(|_| world.start(&["db", "backup", "copies/mine.db"])).collect();
    for program in started {
        let outcome = Outcome::of(program).await;
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    assert_eq!(files(&folder), [folder.join("mine.db")]);
    assert_eq!(world.run(&["db", "restore", "copies/mine.db"]).await.code, 0);
    let missing = world.run(&["db", "restore", "copies"]).await;
    assert!(missing.code == 5 && missing.stderr.contains("directory"), "{missing:?}");
}

/// A sync that meets the damage rebuilds the database and reads everything in the same breath.
#[rstest]
#[tokio::test]
async fn a_sync_mends_what_it_meets(#[values("header", "middle page")] damage: &str) {
    let world = world().await;
    inflict(damage, &database(&world)).await;
    let outcome = world.run(&["sync", "--json"]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!([&outcome.json()["mode"], &outcome.json()["status"]], ["full", "completed"]);
    assert_eq!(world.stored().await.present, world.service());
    assert_eq!(set_aside(&world).len(), 1);
}

#[tokio::test]
async fn without_a_backup_everything_is_fetched_anew() {
    let world = world().await;
    fs::remove_dir_all(database(&world).with_file_name("backups")).unwrap();
    inflict("text", &database(&world)).await;
    let outcome = world.run(&["sync", "--json"]).await;
    assert_eq!(
        (outcome.code, outcome.json()["inserted"].as_i64()),
        (0, Some(TOTAL as i64 + 1)),
        "{outcome:?}"
    );
    assert!(outcome.stderr.contains("no sound backup was there"), "{outcome:?}");
    assert_eq!(world.stored().await.present, world.service());
}

/// The database of another application is set aside as it is, and none of Hunter's tables is made in it.
#[tokio::test]
async fn the_database_of_another_application() {
    let world = world().await;
    let path = database(&world);
    fs::remove_file(&path).unwrap();
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("CREATE TABLE notes (note TEXT)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let theirs = fs::read(&path).unwrap();
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], TOTAL);
    let [aside] = set_aside(&world).try_into().unwrap();
    assert_eq!(fs::read(aside).unwrap(), theirs);
}

/// Several programs that meet the damage at once rebuild it once, and all answer.
#[tokio::test]
async fn programs_that_notice_it_at_once() {
    let world = world().await;
    inflict("header", &database(&world)).await;
    let started: Vec<_> = (0..5).map(|_| world.start(&["list", "--status", "all", "--json"])).collect();
    for program in started {
        let outcome = Outcome::of(program).await;
        assert_eq!((outcome.code, &outcome.json()["total"]), (0, &json!(TOTAL)), "{outcome:?}");
    }
    assert_eq!(set_aside(&world).len(), 1);
}

/// A program that is at work on the database meets the damage together with another one.
#[tokio::test]
async fn while_another_program_has_it_open() {
    let world = world().await;
    let window = world.engine();
    window.check_database().await.unwrap();
    inflict("header", &database(&world)).await;
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], TOTAL);
    assert_eq!(world.run(&["sync"]).await.code, 0);
    let query = hunter_engine::ReferralQuery { status: Some("all".into()), ..Default::default() };
    assert_eq!(window.list(&query).await.unwrap().total, world.service().len() as i64);
    window.close().await;
    assert_eq!(world.json(&["db", "check"]).await["ok"], true);
    assert_eq!(world.stored().await.present, world.service());
}

/// Whether all of the log is in the database by now.
async fn merges(connection: &mut SqliteConnection) -> bool {
    let merged = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(connection).await.unwrap();
    merged.get::<i64, _>("busy") == 0 && merged.get::<i64, _>("log") == merged.get::<i64, _>("checkpointed")
}

/// A sync that was killed leaves a log, which may be cut anywhere. Before it is merged, what was there is there; a log that
/// was merged is cut by a disk that fails, and what that breaks is noticed. The next sync brings the rest.
#[rstest]
#[tokio::test]
async fn a_log_that_was_cut(#[values(3, 50, 97)] percent: usize, #[values(false, true)] is_merged: bool) {
    let mut world = world().await;
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", 10);
    let before = world.stored().await.present;
    world.sandbox.touch(TOTAL, 5);
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::SlowHeaders { ms: 60_000 }).skip(3));
    let (path, log) = (database(&world), PathBuf::from(format!("{}-wal", database(&world).display())));
    let unmerged = fs::read(&path).unwrap();
    let options = SqliteConnectOptions::new().filename(&path);
    let mut holding = SqliteConnection::connect_with(&options).await.unwrap();
    if !is_merged {
        let looking = "BEGIN; SELECT count(*) FROM sync_runs";
        sqlx::raw_sql(looking).execute(&mut holding).await.unwrap();
    }

    let mut watching = SqliteConnection::connect_with(&options).await.unwrap();
    let mut syncing = world.start(&["sync", "--full"]);
    let three_pages_are_stored = async {
        let pages = "SELECT pages FROM sync_runs ORDER BY run_seq DESC LIMIT 1";
        while sqlx::query_scalar::<_, i64>(pages).fetch_one(&mut watching).await.unwrap() < 3 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        while is_merged && !merges(&mut watching).await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    within(LIMIT, three_pages_are_stored).await;
    syncing.kill().await.unwrap();
    world.sandbox.clear_faults();
    let left = [fs::read(&path).unwrap(), fs::read(&log).unwrap()];
    watching.close().await.unwrap();
    holding.close().await.unwrap();
    assert_eq!(left[0] != unmerged, is_merged);
    fs::write(&path, &left[0]).unwrap();
    fs::write(&log, &left[1][..left[1].len() * percent / 100]).unwrap();

    let listed = world.run(&["list", "--status", "all", "--json"]).await;
    assert_eq!(listed.code, 0, "{listed:?}");
    if set_aside(&world).is_empty() {
        assert!(before.keys().eq(world.stored().await.present.keys()), "nothing is lost");
    } else {
        assert!(is_merged && listed.stderr.contains("The database was damaged"), "{listed:?}");
    }
    assert_eq!(world.json(&["sync"]).await["status"], "completed");
    assert_eq!(world.stored().await.present, world.service());
    assert_eq!(world.json(&["db", "check"]).await["ok"], true);
}

/// What is no damage is told by its cause, and nothing is moved.
#[tokio::test]
async fn a_folder_in_the_place_of_the_database() {
    let world = world().await;
    let path = database(&world);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let outcome = world.run(&["sync", "--json"]).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (5, "storage_io"), "{outcome:?}");
    assert!(path.is_dir() && set_aside(&world).is_empty());
}

#[tokio::test]
async fn a_file_in_the_place_of_the_folder() {
    let world = world().await;
    let folder = database(&world).parent().unwrap().to_owned();
    let kept = world.beside("kept");
    fs::rename(&folder, &kept).unwrap();
    fs::write(&folder, "a file").unwrap();
    let outcome = world.run(&["sync", "--json"]).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (5, "storage_io"), "{outcome:?}");
    fs::remove_file(&folder).unwrap();
    fs::rename(&kept, &folder).unwrap();
    assert_eq!(world.run(&["sync"]).await.code, 0);
    assert_eq!(world.stored().await.present, world.service());
}

/// How mounts are made that nobody else sees; `None` where the system does not let us.
#[cfg(target_os = "linux")]
fn private_mounts() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["-m"], &["-rm"]];
    let can = |way: &&[&str]| {
        let mut command = std::process::Command::new("unshare");
        command.args(*way).args(["sh", "-c", "mount -t tmpfs none /tmp"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let found = ways.into_iter().find(can);
    if found.is_none() {
        eprintln!("skipped: this system lets nobody make a mount");
    }
    found
}

/// Runs a script that ends in the program, with the data directory as `$DATA` and the program as `$HUNTER`.
async fn script(world: &World, before: &[&str], script: &str, more: BTreeMap<&str, String>) -> Outcome {
    let mut command = Command::new(before.first().copied().unwrap_or("sh"));
    command.args(before.iter().skip(1));
    if !before.is_empty() {
        command.arg("sh");
    }
    command.args(["-c", script]).env_clear().envs(&world.variables).envs(more);
    command.env("DATA", world.data_dir()).env("HUNTER", env!("CARGO_BIN_EXE_hunter"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    Outcome::of(command.spawn().unwrap()).await
}

/// Far more than the disk has room for.
fn flood(world: &World) {
    let now = jiff::Timestamp::now().to_string();
    for number in 0..800 {
        let notes = format!("{number} ").repeat(500);
        world.sandbox.put_referral(
            &json!({"id": format!("flood-{number}"), "status": "New", "updatedDateTime": now, "details": {"notes": notes}}),
        );
    }
}

async fn nothing_lost(world: &World, before: &BTreeMap<String, Value>) {
    let check = world.json(&["db", "check"]).await;
    assert_eq!(check, json!({"ok": true, "problems": []}));
    let after = world.stored().await;
    assert!(after.gone.is_empty());
    assert!(before.keys().all(|id| after.present.contains_key(id)), "nothing stored is lost");
    assert!(set_aside(world).is_empty(), "it is no damage");
    assert_eq!(world.json(&["sync"]).await["status"], "completed");
    assert_eq!(world.stored().await.present, world.service());
}

/// A file that may not grow, as with a quota.
#[cfg(unix)]
#[tokio::test]
async fn a_file_that_may_not_grow() {
    let world = world().await;
    let before = world.stored().await.present;
    flood(&world);
    let limited = "trap '' XFSZ; ulimit -f 900; exec \"$HUNTER\" sync --full";
    let outcome = script(&world, &[], limited, BTreeMap::new()).await;
    assert_eq!(outcome.code, 5, "{outcome:?}");
    assert!(outcome.stderr.contains("A file could not be read or written"), "{outcome:?}");
    nothing_lost(&world, &before).await;
}

/// A real disk without room: told as such, what was there stays, and the next sync with room brings the rest.
#[cfg(target_os = "linux")]
#[rstest]
#[tokio::test]
async fn a_full_disk_during_a_sync(#[values("en", "tr")] language: &str) {
    let Some(way) = private_mounts() else { return };
    let mut world = world().await;
    world.set("HUNTER_LANG", language);
    let before = world.stored().await.present;
    flood(&world);
    let on_a_small_disk = "cp -a \"$DATA\" \"$COPY\" && mount -t tmpfs -o size=1500k none \"$DATA\" && cp -a \"$COPY/.\" \"$DATA\"\n\
                           \"$HUNTER\" sync --full; code=$?\n\
                           rm -rf \"$COPY\" && cp -a \"$DATA\" \"$COPY\" && exit $code";
    let copy = world.beside("copy");
    let more = BTreeMap::from([("COPY", copy.to_str().unwrap().to_owned())]);
    let unshare: Vec<&str> = [&["unshare"], way].concat();
    let outcome = script(&world, &unshare, on_a_small_disk, more).await;
    let words = if language == "tr" { "Disk dolu" } else { "The disk is full" };
    assert!(outcome.code == 5 && outcome.stderr.contains(words), "{outcome:?}");
    fs::remove_dir_all(world.data_dir()).unwrap();
    fs::rename(copy, world.data_dir()).unwrap();
    nothing_lost(&world, &before).await;
}

#[cfg(target_os = "linux")]
#[rstest]
#[case(&["sync", "--full"])]
#[case(&["list"])]
#[case(&["db", "check"])]
#[tokio::test]
async fn a_read_only_directory(#[case] arguments: &[&str]) {
    let Some(way) = private_mounts() else { return };
    let world = world().await;
    let before = world.stored().await.present;
    let read_only = "mount --bind \"$DATA\" \"$DATA\" && mount -o remount,ro,bind \"$DATA\" && exec \"$HUNTER\" $ARGUMENTS --json";
    let more = BTreeMap::from([("ARGUMENTS", arguments.join(" "))]);
    let unshare: Vec<&str> = [&["unshare"], way].concat();
    let outcome = script(&world, &unshare, read_only, more).await;
    assert_eq!(outcome.code, 5, "{outcome:?}");
    let error = &outcome.json()["error"];
    assert!(["storage_read_only", "storage_io"].contains(&error["code"].as_str().unwrap()), "{outcome:?}");
    assert_sound(error["message"].as_str().unwrap(), error["hint"].as_str().unwrap());
    nothing_lost(&world, &before).await;
}
