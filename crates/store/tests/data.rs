//! Backups, damage and erasure: what is promised of a person's data.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use hunter_store::{
    BackupCause, Backups, Erasure, ErasureKind, Filter, Mode, Position, RunEnd, StatusFilter, Step, Store,
    StoreError, Version,
};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

const OWNER: &str = "one";

struct Place {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profile").join("hunter.db");
    Place { _folder: folder, path }
}

fn now() -> Timestamp {
    "2026-03-10T12:00:00Z".parse().unwrap()
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn referral(id: &str, status: &str, updated: &str, customer: &str) -> String {
    let mail = format!("someone@{customer}.com.tr");
    format!(
        r#"{{"id":"{id}","status":"{status}","updatedDateTime":"{updated}","customerProfile":{{"name":"{customer}","team":[{{"email":"{mail}"}}]}}}}"#
    )
}

/// A run that brings these payloads.
async fn bring(store: &Store, run_id: &str, payloads: &[String], now: Timestamp) {
    let run = store.start_run(run_id.to_owned(), Mode::Full, now).await.unwrap();
    let steps: Vec<Step<'_>> =
        payloads.iter().map(|payload| Step::Insert { version: Version::read(payload).unwrap() }).collect();
    let mut page = store.begin_pages(&run, now).await.unwrap();
    page.apply(&steps).await.unwrap();
    page.set_position(&Position { full_pass_at: Some(now), watermark: Some(now), ..Position::default() })
        .await
        .unwrap();
    page.commit(1, 10).await.unwrap();
    store.finish_run(&run, RunEnd::Complete, now).await.unwrap();
}

fn many(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| referral(&format!("{number:04}"), "New", "2026-03-01T00:00:00Z", "ornek"))
        .collect()
}

async fn ids(store: &Store) -> Vec<String> {
    let all = Filter { status: StatusFilter::All, ..Filter::default() };
    let mut ids: Vec<String> =
        store.list(&all, now()).await.unwrap().items.into_iter().map(|item| item.referral_id).collect();
    ids.sort_unstable();
    ids
}

async fn open(place: &Place) -> Store {
    Store::open_of(&place.path, OWNER).await.unwrap()
}

/// A closed database of 40 referrals, whose backup has 30 of them.
async fn with_backup() -> Place {
    let place = place();
    let store = open(&place).await;
    bring(&store, "first", &many(30), now()).await;
    store.back_up(BackupCause::Daily, now()).await.unwrap().unwrap();
    bring(&store, "second", &many(40)[30..], now()).await;
    store.close().await;
    place
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

async fn other_application(path: &Path) {
    fs::remove_file(path).unwrap();
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("CREATE TABLE notes (note TEXT)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn root_page(path: &Path, table: &str) -> u64 {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let page: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = ?")
        .bind(table)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    u64::try_from(page).unwrap()
}

#[derive(Debug, Clone, Copy)]
enum Damage {
    Header,
    MiddlePage,
    Truncated,
    Emptied,
    Text,
    OtherApplication,
    OtherAccount,
}

async fn inflict(damage: Damage, path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    match damage {
        Damage::Header => bytes[..100].fill(7),
        Damage::MiddlePage => {
            let start = (root_page(path, "partner_center_referrals").await as usize - 1) * 8192;
            bytes[start..start + 8192].fill(0xA5);
        }
        Damage::Truncated => bytes.truncate(bytes.len() / 2 / 512 * 512),
        Damage::Emptied => bytes.clear(),
        Damage::Text => {
            bytes = "not a database, but long enough to look like a file. ".repeat(200).into_bytes()
        }
        Damage::OtherApplication => return other_application(path).await,
        Damage::OtherAccount => {
            let other = place();
            let store = Store::open_of(&other.path, "other").await.unwrap();
            bring(&store, "other", &many(3), now()).await;
            store.close().await;
            bytes = fs::read(&other.path).unwrap();
        }
    }
    fs::write(path, bytes).unwrap();
}

/// Noticed when it is opened or read, set aside as it is, rebuilt from the backup; everything is to be read anew.
#[rstest]
#[tokio::test]
async fn a_damaged_database_is_rebuilt(
    #[values(
        Damage::Header,
        Damage::MiddlePage,
        Damage::Truncated,
        Damage::Emptied,
        Damage::Text,
        Damage::OtherApplication,
        Damage::OtherAccount
    )]
    damage: Damage,
) {
    let place = with_backup().await;
    inflict(damage, &place.path).await;
    let damaged = fs::read(&place.path).unwrap();
    match Store::open_of(&place.path, OWNER).await {
        Ok(store) => {
            assert!(matches!(damage, Damage::MiddlePage), "noticed at the start");
            let read = store.list(&Filter::default(), now()).await;
            assert!(matches!(read, Err(StoreError::Damaged(_))), "{read:?}");
            store.close().await;
        }
        refused => assert!(matches!(refused, Err(StoreError::Damaged(_))), "{refused:?}"),
    }
    assert_eq!(fs::read(&place.path).unwrap(), damaged, "left as it was");

    let recovery = Store::recover(&place.path, OWNER, now()).await.unwrap().unwrap();
    assert_eq!(recovery.backup_made_at, Some(now()));
    assert_eq!(fs::read(recovery.aside.as_ref().unwrap()).unwrap(), damaged, "set aside as it was");
    let store = open(&place).await;
    assert_eq!(ids(&store).await.len(), 30);
    assert!(store.check().await.unwrap().ok);
    assert_eq!(store.recovery().await.unwrap().as_ref(), Some(&recovery));
    assert_eq!(store.position().await.unwrap().full_pass_at, None);
    assert_eq!(store.schedule().await.unwrap().next_at, None);
    store.dismiss_recovery().await.unwrap();
    assert_eq!(store.recovery().await.unwrap(), None);
    assert_eq!(Store::recover(&place.path, OWNER, now()).await.unwrap(), None, "it is sound now");
}

/// A clock that was a year ahead for once does not make its backup the newest for a year.
#[tokio::test]
async fn a_backup_of_a_clock_that_was_ahead() {
    let place = with_backup().await;
    let store = open(&place).await;
    let ahead = store.back_up(BackupCause::Daily, now() + days(365)).await.unwrap().unwrap();
    let listed = store.backups().list(now()).unwrap();
    assert_eq!((listed.len(), listed.last()), (2, Some(&ahead)));
    bring(&store, "third", &many(50)[40..], now()).await;
    let newest = store.back_up(BackupCause::Daily, now() + days(1)).await.unwrap().unwrap();
    assert_eq!(newest.made_at, now() + days(1));
    let (start, now) = (now(), now() + days(2));
    let listed = store.backups().list(now).unwrap();
    assert_eq!((listed.first(), listed.len()), (Some(&newest), 3));
    assert!(listed.last().unwrap().made_at < start);
    let after = store.back_up(BackupCause::ByHand, now).await.unwrap();
    assert_eq!((after, store.backups().list(now).unwrap().len()), (None, 3));
    let later = now + days(365);
    let listed = store.backups().list(later).unwrap();
    assert_eq!((listed.first(), listed.len()), (Some(&newest), 3), "not one day either");
    assert!(store.backups().is_due(later).unwrap());
    store.close().await;
    inflict(Damage::Header, &place.path).await;
    let recovery = Store::recover(&place.path, OWNER, now).await.unwrap().unwrap();
    assert_eq!(recovery.backup_made_at, Some(newest.made_at));
    assert_eq!(ids(&open(&place).await).await.len(), 50);
}

#[tokio::test]
async fn backups_that_are_damaged_are_passed_over() {
    let place = with_backup().await;
    let store = open(&place).await;
    let newest = store.back_up(BackupCause::Daily, now() + days(1)).await.unwrap().unwrap();
    store.close().await;
    inflict(Damage::MiddlePage, &newest.path).await;
    inflict(Damage::Header, &place.path).await;
    let recovery = Store::recover(&place.path, OWNER, now() + days(2)).await.unwrap().unwrap();
    assert_eq!(recovery.backup_made_at, Some(now()), "the older one");
    assert_eq!(ids(&open(&place).await).await.len(), 30);
}

#[tokio::test]
async fn without_a_sound_backup_hunter_begins_anew() {
    let place = with_backup().await;
    let store = open(&place).await;
    for backup in store.backups().list(Timestamp::now()).unwrap() {
        inflict(Damage::Text, &backup.path).await;
    }
    store.close().await;
    inflict(Damage::Truncated, &place.path).await;
    let recovery = Store::recover(&place.path, OWNER, now()).await.unwrap().unwrap();
    assert_eq!(recovery.backup_made_at, None);
    let store = open(&place).await;
    assert!(ids(&store).await.is_empty());
    assert_eq!(store.recovery().await.unwrap(), Some(recovery));
}

#[tokio::test]
async fn a_missing_file_is_rebuilt_and_a_first_start_is_no_damage() {
    let fresh = place();
    open(&fresh).await.close().await;
    let place = with_backup().await;
    fs::remove_file(&place.path).unwrap();
    assert!(matches!(Store::open_of(&place.path, OWNER).await, Err(StoreError::Damaged(_))));
    let recovery = Store::recover(&place.path, OWNER, now()).await.unwrap().unwrap();
    assert_eq!(recovery.aside, None);
    assert_eq!(ids(&open(&place).await).await.len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_notice_it_at_once_rebuild_it_once() {
    let place = with_backup().await;
    inflict(Damage::Header, &place.path).await;
    let recoveries = (0..6).map(|_| {
        let path = place.path.clone();
        tokio::spawn(async move { Store::recover(&path, OWNER, now()).await.unwrap() })
    });
    let mut rebuilt = 0;
    for recovery in recoveries.collect::<Vec<_>>() {
        rebuilt += usize::from(recovery.await.unwrap().is_some());
    }
    assert_eq!(rebuilt, 1);
    assert_eq!(ids(&open(&place).await).await.len(), 30);
}

/// A program that still has the damaged file open does no harm to the new one.
#[tokio::test]
async fn a_program_that_has_it_open_goes_on_with_the_new_one() {
    let place = with_backup().await;
    let other = open(&place).await;
    assert_eq!(ids(&other).await.len(), 40);
    bring(&other, "third", &many(41)[40..], now()).await;
    inflict(Damage::Header, &place.path).await;
    Store::recover(&place.path, OWNER, now()).await.unwrap().unwrap();
    let store = open(&place).await;
    assert!(!other.is_in_place());
    other.close().await;
    bring(&store, "fourth", &many(31)[30..], now()).await;
    assert_eq!(ids(&store).await.len(), 31);
    store.close().await;
    assert!(open(&place).await.check().await.unwrap().ok);
}

/// The files of a program that was killed while its last pages were in the log only.
async fn left_open(path: &Path) -> (Vec<u8>, Vec<u8>) {
    let source = place();
    let store = Store::open_of(&source.path, OWNER).await.unwrap();
    bring(&store, "first", &many(30), now()).await;
    store.back_up(BackupCause::Daily, now()).await.unwrap();
    for round in 0..5 {
        bring(&store, &format!("round {round}"), &many(35)[30 + round..31 + round], now()).await;
    }
    let files = (fs::read(&source.path).unwrap(), fs::read(beside(&source.path, "-wal")).unwrap());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, &files.0).unwrap();
    fs::write(beside(path, "-wal"), &files.1).unwrap();
    fs::write(path.with_extension("db.open"), "1").unwrap();
    files
}

/// What is left of a log that was cut is a state that there has been; nothing before it is lost.
#[rstest]
#[tokio::test]
async fn a_log_that_was_cut(#[values(0, 10, 40, 80, 95, 100)] percent: usize) {
    let place = place();
    let (_, log) = left_open(&place.path).await;
    fs::write(beside(&place.path, "-wal"), &log[..log.len() * percent / 100]).unwrap();
    let store = match Store::open_of(&place.path, OWNER).await {
        Ok(store) => store,
        Err(StoreError::Damaged(_)) => {
            Store::recover(&place.path, OWNER, now()).await.unwrap();
            open(&place).await
        }
        Err(error) => panic!("{error:?}"),
    };
    assert!(store.check().await.unwrap().ok);
    let found = ids(&store).await;
    assert!(found.iter().eq(many_ids().iter().take(found.len())), "{found:?}");
    if percent == 100 {
        assert_eq!(found.len(), 35);
    }
}

fn many_ids() -> Vec<String> {
    (0..35).map(|number| format!("{number:04}")).collect()
}

/// The log of another account's database is not taken for one's own, and the database below it stays as it was.
#[tokio::test]
async fn the_log_of_another_database() {
    let place = with_backup().await;
    let sound = fs::read(&place.path).unwrap();
    let other_place = self::place();
    let other = Store::open_of(&other_place.path, "other").await.unwrap();
    bring(&other, "other", &many(3), now()).await;
    fs::copy(beside(&other_place.path, "-wal"), beside(&place.path, "-wal")).unwrap();
    let refused = Store::open_of(&place.path, OWNER).await;
    assert!(matches!(refused, Err(StoreError::Damaged(_))), "{refused:?}");
    let recovery = Store::recover(&place.path, OWNER, now()).await.unwrap().unwrap();
    assert_eq!(fs::read(recovery.aside.unwrap()).unwrap(), sound);
    assert_eq!(ids(&open(&place).await).await.len(), 30);
}

/// What is no damage is told by its cause, and nothing is moved.
#[tokio::test]
async fn other_causes_are_no_damage() {
    let place = with_backup().await;
    fs::remove_file(&place.path).unwrap();
    fs::create_dir(&place.path).unwrap();
    for refused in [
        Store::open_of(&place.path, OWNER).await.map(drop),
        Store::recover(&place.path, OWNER, now()).await.map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::Io { .. })), "{refused:?}");
    }
    assert!(place.path.is_dir());

    let place = with_backup().await;
    let options = SqliteConnectOptions::new().filename(&place.path);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'later', TRUE, x'00', 0)";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let refused = Store::recover(&place.path, OWNER, now()).await;
    assert!(matches!(refused, Err(StoreError::NewerSchema { found: 9999, .. })), "{refused:?}");
}

#[tokio::test]
async fn a_backup_is_made_once_a_day_and_only_of_what_changed() {
    let place = place();
    let store = open(&place).await;
    bring(&store, "first", &many(5), now()).await;
    let backups = store.backups();
    assert!(backups.is_due(now()).unwrap());
    let first = store.back_up(BackupCause::Daily, now()).await.unwrap().unwrap();
    assert!(!backups.is_due(now() + SignedDuration::from_hours(23)).unwrap());
    assert!(backups.is_due(now() + days(1)).unwrap());
    assert_eq!(store.back_up(BackupCause::Daily, now() + days(1)).await.unwrap(), None, "nothing changed");
    assert!(!backups.is_due(now() + days(1)).unwrap(), "it is known to be current");
    assert_eq!(backups.list(now() + days(2)).unwrap(), std::slice::from_ref(&first));
    assert!(backups.is_due(now() - days(3)).unwrap(), "a clock that was wrong stops nothing");

    bring(&store, "second", &many(7), now()).await;
    let second = store.back_up(BackupCause::ByHand, now() + days(2)).await.unwrap().unwrap();
    assert_eq!(backups.list(now() + days(2)).unwrap(), [second.clone(), first]);
    assert_eq!((second.referrals().await, second.cause), (Some(7), BackupCause::ByHand));
    assert!(second.bytes() > 0);
    fs::write(&second.path, "junk").unwrap();
    assert_eq!(second.referrals().await, None);
}

#[tokio::test]
async fn old_backups_go_and_what_a_killed_program_left_goes_too() {
    let place = place();
    let store = open(&place).await;
    for day in 0..60 {
        let later = now() + days(day);
        bring(&store, &format!("day {day}"), &many(3), later).await;
        store.back_up(BackupCause::Daily, later).await.unwrap().unwrap();
        fs::write(place.path.with_file_name("backups").join("half.partial"), "half").unwrap();
    }
    bring(&store, "last", &many(4), now() + days(60)).await;
    store.back_up(BackupCause::Daily, now() + days(60)).await.unwrap().unwrap();
    let left = Backups::of(&place.path).list(now() + days(2)).unwrap();
    assert_eq!(left.len(), 11);
    assert!(!place.path.with_file_name("backups").join("half.partial").exists());
    let oldest = left.last().unwrap().made_at;
    assert!(now() + days(60) - days(22) >= oldest, "{oldest}");
}

async fn erase(store: &Store, cutoff: Timestamp, at: Timestamp) -> Erasure {
    let erasure = Erasure::new(ErasureKind::ByHand, OWNER, Some(cutoff), at);
    store.erase_outdated(erasure, cutoff, Timestamp::MAX, at).await.unwrap()
}

fn old(id: &str) -> String {
    referral(id, "Closed", "2024-01-01T00:00:00Z", "silinecek")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn is_found(folder: &Path, text: &str) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    files(folder).into_iter().filter(holds).collect()
}

/// In no file below the profile's folder is a byte of what was erased: database, log, backups, copies.
#[tokio::test]
async fn erased_means_gone_from_every_file() {
    let place = place();
    let store = open(&place).await;
    let kept = referral("kept", "Closed", "2026-03-01T00:00:00Z", "kalacak");
    let open_one = referral("open", "Active", "2023-01-01T00:00:00Z", "kalacak");
    let before = referral("old", "Active", "2023-12-01T00:00:00Z", "silinecek");
    bring(&store, "first", &[before, open_one, kept], now()).await;
    store.back_up(BackupCause::Daily, now()).await.unwrap().unwrap();
    bring(&store, "second", &[old("old"), old("older")], now() + days(1)).await;
    store.back_up(BackupCause::Daily, now() + days(1)).await.unwrap().unwrap();
    let broken = store.back_up(BackupCause::ByHand, now() + days(1)).await.unwrap();
    assert_eq!(broken, None);
    let unreadable = place.path.with_file_name("backups").join("20260101T000000Z-daily.db");
    fs::write(&unreadable, "silinecek").unwrap();
    fs::write(place.path.with_extension("damaged-1.db"), "silinecek").unwrap();
    let reader = open(&place).await;
    let folder = place.path.parent().unwrap();
    assert!(is_found(folder, "silinecek").len() >= 4);

    let erasure = erase(&store, now() - days(365), now() + days(2)).await;
    assert_eq!((erasure.referrals, erasure.payloads, erasure.companies), (2, 3, 1));
    assert_eq!((erasure.backups_removed, erasure.copies_removed), (1, 1));
    assert!(erasure.backups_rewritten >= 2, "{erasure:?}");
    assert_eq!(is_found(folder, "silinecek"), Vec::<PathBuf>::new());
    assert!(!is_found(folder, "kalacak").is_empty());
    assert_eq!(ids(&reader).await, ["kept", "open"]);
    assert_eq!(store.erasures().await.unwrap(), [erasure]);
    assert!(store.check().await.unwrap().ok);
    for backup in store.backups().list(Timestamp::now()).unwrap() {
        assert_eq!(backup.referrals().await, Some(2), "{backup:?}");
    }
    store.close().await;
    reader.close().await;
    assert_eq!(is_found(folder, "silinecek"), Vec::<PathBuf>::new());
}

/// Where the service does not say when it changed a referral, it has been as it is since that version came.
#[tokio::test]
async fn a_referral_without_a_date_of_change_is_erased_in_time() {
    let place = place();
    let store = open(&place).await;
    let dateless = |id: &str| format!(r#"{{"id":"{id}","status":"Closed"}}"#);
    bring(&store, "first", &[dateless("early")], now()).await;
    bring(&store, "second", &[dateless("late")], now() + days(20)).await;
    let run = store.start_run("third".to_owned(), Mode::Full, now() + days(30)).await.unwrap();
    let mut page = store.begin_pages(&run, now() + days(30)).await.unwrap();
    page.confirm(&["early", "late"]).await.unwrap();
    page.commit(1, 10).await.unwrap();
    store.finish_run(&run, RunEnd::Complete, now() + days(30)).await.unwrap();
    let erasure = erase(&store, now() + days(10), now() + days(31)).await;
    assert_eq!((erasure.referrals, ids(&store).await), (1, vec!["late".to_owned()]));
}

#[tokio::test]
async fn the_ledger_still_adds_up_and_tells_no_change_of_what_was_erased() {
    let place = place();
    let store = open(&place).await;
    bring(&store, "first", &[old("old"), referral("kept", "New", "2026-03-01T00:00:00Z", "kalacak")], now())
        .await;
    let run = store.start_run("second".to_owned(), Mode::Full, now()).await.unwrap();
    let payload = old("old");
    let changes = hunter_referral::changes(r#"{"id":"old","name":"silinecek"}"#, &payload);
    let version = Version::read(&payload).unwrap();
    let mut page = store.begin_pages(&run, now()).await.unwrap();
    page.apply(&[Step::Update { version, changes, recount: false }]).await.unwrap();
    page.commit(1, 1).await.unwrap();
    store.finish_run(&run, RunEnd::Complete, now()).await.unwrap();
    assert!(!store.history("old").await.unwrap()[0].changes.is_empty());

    let erasure = erase(&store, now() - days(365), now()).await;
    assert_eq!((erasure.referrals, erasure.changes), (1, 1));
    assert!(store.history("old").await.unwrap().iter().all(|entry| entry.changes.is_empty()));
    let summary = store.run("second").await.unwrap().unwrap();
    assert_eq!((summary.fetched, summary.updated), (1, 1));
    assert!(store.check().await.unwrap().ok);
    let nothing = erase(&store, now() - days(365), now() + days(1)).await;
    assert_eq!((nothing.referrals, nothing.backups_rewritten), (0, 0));
}

/// A copy that a person made before does not bring back what was erased since.
#[tokio::test]
async fn a_restore_brings_nothing_back_that_was_erased() {
    let place = place();
    let store = open(&place).await;
    bring(&store, "first", &[old("old"), referral("kept", "New", "2026-03-01T00:00:00Z", "kalacak")], now())
        .await;
    let copy = place.path.with_file_name("own-copy.db");
    store.backup(&copy).await.unwrap();
    erase(&store, now() - days(365), now() + days(1)).await;
    assert_eq!(ids(&store).await, ["kept"]);
    store.restore(&copy).await.unwrap();
    assert_eq!(ids(&store).await, ["kept"]);
    assert_eq!(store.erasures().await.unwrap().len(), 1);
    let run = store.start_run("next".to_owned(), Mode::Full, now() + days(2)).await.unwrap();
    let mut page = store.begin_pages(&run, now() + days(2)).await.unwrap();
    assert_eq!(page.erased(&["old", "kept"]).await.unwrap().len(), 1);
}
