//! Personal data that is erased is gone, stays gone, and is on record without a name.

use std::fs;
use std::path::{Path, PathBuf};

use hunter_sandbox::Sandbox;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Row, SqliteConnection};

use crate::support::{World, files, keys};

/// In every text that a person of the erased referrals would look for.
const MARKS: [&str; 5] = ["Silinecek Ltd", "silinecek-firma.com.tr", "Zeynep", "Gizlisoy", "kimse-bilmesin"];

fn payload(id: &str, status: &str, updated: &str) -> Value {
    json!({
        "id": id,
        "name": "Silinecek Ltd kimse-bilmesin",
        "status": status,
        "direction": "Incoming",
        "createdDateTime": "2020-01-01T00:00:00Z",
        "updatedDateTime": updated,
        "customerProfile": {"name": "Silinecek Ltd", "address": {"country": "TR"}, "team": [
            {"firstName": "Zeynep", "lastName": "Gizlisoy", "email": "zeynep@silinecek-firma.com.tr"},
        ]},
        "details": {"notes": "kimse-bilmesin"},
    })
}

fn found_in(folder: &Path) -> Vec<(PathBuf, &'static str)> {
    let mut found = Vec::new();
    for path in files(folder) {
        let bytes = fs::read(&path).unwrap();
        for mark in MARKS {
            if bytes.windows(mark.len()).any(|window| window == mark.as_bytes()) {
                found.push((path.clone(), mark));
            }
        }
    }
    found
}

/// Two closed referrals with a history, in database, backups and copies.
async fn world() -> World {
    let mut world = World::signed_in(Sandbox::builder().referrals(12)).await;
    world.set("HUNTER_LOG", "debug");
    for id in ["gone-1", "gone-2"] {
        world.sandbox.put_referral(&payload(id, "Active", "2020-02-01T00:00:00Z"));
    }
    world.json(&["sync"]).await;
    for id in ["gone-1", "gone-2"] {
        world.sandbox.put_referral(&payload(id, "Closed", "2020-03-01T00:00:00Z"));
    }
    assert_eq!(world.json(&["sync", "--full"]).await["updated"], 2);
    let engine = world.engine();
    let daily = engine.backups().await.unwrap().remove(0);
    let folder = engine.database_path().unwrap().with_file_name("backups");
    fs::rename(folder.join(daily.name), folder.join("20260110T090000Z-daily.db")).unwrap();
    engine.back_up_now().await.unwrap();
    assert_eq!(engine.backups().await.unwrap().len(), 2);
    let copy = engine.database_path().unwrap().with_extension("damaged-20260101T000000Z.db");
    fs::write(copy, MARKS.join(" ")).unwrap();
    engine.close().await;
    assert!(found_in(&world.data_dir()).len() >= 3 * MARKS.len());
    world
}

#[tokio::test]
async fn erased_by_age_and_found_nowhere() {
    let world = world().await;
    let total = world.service().len();
    let document = world.json(&["data", "erase", "--older-than", "1500", "--yes"]).await;
    assert_eq!(keys(&document), ["erased"]);
    let erased = &document["erased"];
    assert_eq!([&erased["referrals"], &erased["payloads"], &erased["changes"]], [2, 4, 2], "{erased}");
    assert_eq!([&erased["backups_removed"], &erased["copies_removed"]], [0, 1], "{erased}");
    assert!(erased["backups_rewritten"].as_i64().unwrap() >= 2, "{erased}");
    assert_eq!(found_in(&world.data_dir()), []);
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], total - 2);
    assert_eq!(world.json(&["db", "check"]).await["ok"], true);

    for command in [&["sync", "--full"][..], &["sync"]] {
        let summary = world.json(command).await;
        let skipped = summary["skipped_count"].as_i64().unwrap();
        assert_eq!(
            summary["skipped"].get("erased").map_or(0, |count| count.as_i64().unwrap()),
            skipped,
            "{summary}"
        );
        let sum: i64 = ["inserted", "updated", "unchanged", "skipped_count", "failure_count"]
            .iter()
            .map(|key| summary[key].as_i64().unwrap())
            .sum();
        assert_eq!((&summary["fetched"], &summary["inserted"]), (&json!(sum), &json!(0)), "{summary}");
        if command.len() == 2 {
            assert_eq!(skipped, 2);
        }
    }
    assert_eq!(found_in(&world.data_dir()), [], "the service still has them, Hunter does not");

    world.sandbox.put_referral(&payload("gone-1", "Active", "2026-03-01T00:00:00Z"));
    let summary = world.json(&["sync", "--full"]).await;
    assert_eq!(
        [&summary["inserted"], &summary["skipped"]["erased"]],
        [1, 1],
        "it changed after it was erased"
    );
    assert_eq!(world.json(&["show", "gone-1"]).await["status"], "Active");
}

/// Not without an answer, and not without saying what.
#[tokio::test]
async fn nothing_is_erased_unasked() {
    let world = world().await;
    let refused = world.run(&["data", "erase", "--older-than", "1500", "--json"]).await;
    assert_eq!((refused.code, refused.error_code().as_str()), (2, "not_confirmed"));
    assert_eq!(world.run(&["data", "erase", "--yes"]).await.code, 2);
    let unknown = world.run(&["data", "erase", "--account", "nobody@example.com", "--yes", "--json"]).await;
    assert_eq!((unknown.code, unknown.error_code().as_str()), (1, "account_unknown"));
    assert_eq!(
        world.json(&["data", "erase", "--older-than", "36500", "--yes"]).await["erased"]["referrals"],
        0
    );
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], world.service().len());
}

#[tokio::test]
async fn all_of_an_account() {
    let world = world().await;
    let status = world.json(&["status"]).await;
    let (account, profile) = (status["account"].as_str().unwrap(), status["profile"]["id"].as_str().unwrap());
    let path = world.engine().database_path().unwrap();
    let document = world.json(&["data", "erase", "--account", &account.to_uppercase(), "--yes"]).await;
    let erased = &document["erased"];
    assert_eq!([&erased["kind"], &erased["profile"]], ["account", profile]);
    assert_eq!(erased["referrals"], world.service().len());
    assert_eq!([&erased["backups_removed"], &erased["copies_removed"]], [2, 1]);
    assert_eq!(found_in(&world.data_dir()), []);
    for file in files(&world.data_dir()) {
        let bytes = fs::read(&file).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(account), "{file:?} names the account");
    }
    let status = world.json(&["status"]).await;
    assert_eq!([&status["signed_in"], &status["account"]], [&json!(false), &json!(null)]);

    let mut database =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&path)).await.unwrap();
    let record = sqlx::query("SELECT kind, profile, referrals, cutoff FROM erasures")
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert_eq!(record.get::<String, _>("kind"), "account");
    assert_eq!(record.get::<String, _>("profile"), profile);
    assert_eq!(record.get::<i64, _>("referrals"), world.service().len() as i64);
    database.close().await.unwrap();

    world.sign_in().await;
    assert_eq!(world.sync().await.exit_code, 0);
    assert_eq!(world.stored().await.present, world.service(), "who signs in again wants them again");
}

/// A backup of a person's own from before, restored afterwards.
#[tokio::test]
async fn a_restored_copy_brings_nothing_back() {
    let world = world().await;
    let copy = world.beside("own.db");
    world.json(&["db", "backup", copy.to_str().unwrap()]).await;
    world.json(&["data", "erase", "--older-than", "1500", "--yes"]).await;
    world.json(&["db", "restore", copy.to_str().unwrap()]).await;
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], world.service().len() - 2);
    assert_eq!(world.json(&["sync", "--full"]).await["skipped"]["erased"], 2);
}
