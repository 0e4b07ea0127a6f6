//! The database: schema, pages of a run, lists, backups, and what it refuses.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::path::PathBuf;

use hunter_referral::{Kind, LinkStatus, changes};
use hunter_store::{
    Filter, Mode, NoticeKind, Order, Position, RunEnd, RunStatus, Schedule, StatusFilter, Step, Store,
    StoreError, SyncRun, Trouble, Version,
};
use jiff::Timestamp;
use rstest::rstest;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

struct Place {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("private").join("hunter.db");
    Place { _folder: folder, path }
}

async fn raw(place: &Place) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&place.path)).await.unwrap()
}

fn now() -> Timestamp {
    "2026-03-10T12:00:00Z".parse().unwrap()
}

fn all() -> Filter {
    Filter { status: StatusFilter::All, ..Filter::default() }
}

fn version(payload: &str) -> Version<'_> {
    Version::read(payload).unwrap()
}

fn insert(payload: &str) -> Step<'_> {
    Step::Insert { version: version(payload) }
}

fn unchanged(id: &str) -> Step<'static> {
    Step::Unchanged { referral_id: id.to_owned() }
}

async fn store_page(store: &Store, run: &SyncRun, steps: &[Step<'_>]) {
    let mut page = store.begin_pages(run, now()).await.unwrap();
    page.apply(steps).await.unwrap();
    page.commit(1, 10).await.unwrap();
}

async fn begin(store: &Store, run_id: &str) -> SyncRun {
    store.start_run(run_id.to_owned(), Mode::Full, now()).await.unwrap()
}

async fn stored(payloads: &[&str]) -> (Place, Store) {
    let place = place();
    let store = Store::open(&place.path).await.unwrap();
    let run = begin(&store, "first").await;
    let steps: Vec<Step<'_>> = payloads.iter().map(|payload| insert(payload)).collect();
    store_page(&store, &run, &steps).await;
    store.finish_run(&run, RunEnd::Complete, now()).await.unwrap();
    store.settle().await.unwrap();
    (place, store)
}

async fn ids(store: &Store, filter: &Filter) -> Vec<String> {
    store.list(filter, now()).await.unwrap().items.into_iter().map(|item| item.referral_id).collect()
}

#[tokio::test]
async fn the_live_schema_is_the_reviewed_one() {
    let (place, _store) = stored(&[]).await;
    let schema: Vec<String> = sqlx::query_scalar(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' \
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC, name",
    )
    .fetch_all(&mut raw(&place).await)
    .await
    .unwrap();
    insta::assert_snapshot!(schema.join(";\n\n"));
    let lax: Vec<&String> = schema
        .iter()
        .filter(|sql| {
            sql.starts_with("CREATE TABLE") && !sql.contains("STRICT") && !sql.contains("'referral_search_")
        })
        .collect();
    assert!(lax.is_empty(), "{lax:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn everything_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let (place, store) = stored(&[r#"{"id":"1"}"#]).await;
    store.backup(&place.path.with_file_name("copy.db")).await.unwrap();
    let folder = place.path.parent().unwrap();
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let mut names = HashSet::new();
    for entry in folder.read_dir().unwrap() {
        let entry = entry.unwrap();
        names.insert(entry.file_name().into_string().unwrap());
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
    for expected in ["hunter.db", "hunter.db-wal", "hunter.db-shm", "copy.db"] {
        assert!(names.contains(expected), "{expected} in {names:?}");
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let (place, store) = stored(&[r#"{"id":"1"}"#]).await;
    store.close().await;
    let mut connection = raw(&place).await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'later', TRUE, x'00', 0)";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let before = std::fs::read(&place.path).unwrap();
    match Store::open(&place.path).await {
        Err(StoreError::NewerSchema { found: 9999, known }) => assert!(known >= 1),
        other => panic!("{other:?}"),
    }
    assert_eq!(std::fs::read(&place.path).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_damaged_and_left_alone() {
    let place = place();
    std::fs::create_dir_all(place.path.parent().unwrap()).unwrap();
    let junk = "not a database, ".repeat(512);
    std::fs::write(&place.path, &junk).unwrap();
    let refused = Store::open(&place.path).await;
    assert!(matches!(refused, Err(StoreError::Damaged(_))), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&place.path).unwrap(), junk);
}

#[tokio::test]
async fn programs_can_create_the_database_at_once() {
    let place = place();
    let opened = tokio::join!(Store::open(&place.path), Store::open(&place.path), Store::open(&place.path));
    for store in [opened.0, opened.1, opened.2] {
        assert!(store.unwrap().check().await.unwrap().ok);
    }
}

const OLD: &str =
    r#"{"id":"1","status":"New","customerProfile":{"name":"A","team":[{"email":"a@ornek.com.tr"}]}}"#;
const NEW: &str =
    r#"{"id":"1","status":"Active","customerProfile":{"name":"A","team":[{"email":"a@diger.com"}]}}"#;

fn update(recount: bool) -> Step<'static> {
    Step::Update { version: version(NEW), changes: changes(OLD, NEW), recount }
}

#[tokio::test]
async fn a_run_adds_up_and_tells_every_fate() {
    let (_place, store) = stored(&[OLD, r#"{"id":"2"}"#]).await;
    let run = begin(&store, "second").await;
    store_page(&store, &run, &[update(false), unchanged("2"), insert(r#"{"id":"3"}"#)]).await;
    let skip =
        Step::Skip { referral_id: "4".into(), reason: "direction_outgoing", is_stored: false, newer: None };
    let fail = Step::Fail { referral_id: None, reason: "The item has no id".into() };
    store_page(&store, &run, &[skip, fail]).await;
    let summary = store.finish_run(&run, RunEnd::Complete, now()).await.unwrap();
    assert_eq!(summary.status, RunStatus::Partial);
    assert_eq!((summary.fetched, summary.inserted, summary.updated, summary.unchanged), (5, 1, 1, 1));
    assert_eq!((summary.success_count, summary.skipped_count, summary.failure_count), (3, 1, 1));
    assert_eq!(summary.skipped["direction_outgoing"], 1);
    assert_eq!(summary.failures[0].referral_id, None);
    assert_eq!((summary.pages, summary.bytes, summary.unlinked), (2, 20, 2));
    let history = store.history("1").await.unwrap();
    assert_eq!(history.iter().map(|entry| entry.run_id.as_str()).collect::<Vec<_>>(), ["second", "first"]);
    let fields: Vec<&str> = history[0].changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["customerProfile.team", "status"]);
    assert!(store.check().await.unwrap().ok);
}

#[tokio::test]
async fn a_referral_that_changes_within_a_run_is_counted_once() {
    let (_place, store) = stored(&[OLD]).await;
    let run = begin(&store, "second").await;
    store_page(&store, &run, &[unchanged("1")]).await;
    store_page(&store, &run, &[update(true)]).await;
    let summary = store.finish_run(&run, RunEnd::Complete, now()).await.unwrap();
    assert_eq!((summary.fetched, summary.updated, summary.unchanged), (1, 1, 0));
    assert_eq!(store.referral("1", now()).await.unwrap().unwrap().payload, NEW);
}

#[tokio::test]
async fn a_page_that_is_not_committed_never_happened() {
    let (_place, store) = stored(&[OLD]).await;
    let run = begin(&store, "second").await;
    let mut page = store.begin_pages(&run, now()).await.unwrap();
    page.apply(&[update(false), insert(r#"{"id":"2"}"#)]).await.unwrap();
    drop(page);
    let end = RunEnd::BrokeOff { cause: "network".into(), reason: "cut".into() };
    let summary = store.finish_run(&run, end, now()).await.unwrap();
    assert_eq!((summary.status, summary.fetched), (RunStatus::Failed, 0));
    assert_eq!(ids(&store, &all()).await, ["1"]);
    assert_eq!(store.referral("1", now()).await.unwrap().unwrap().payload, OLD);
}

#[tokio::test]
async fn a_payload_version_is_kept_once_and_the_current_one_is_pointed_to() {
    let (place, store) = stored(&[OLD]).await;
    for (run_id, step) in [("second", update(false)), ("third", insert(OLD)), ("fourth", update(false))] {
        let run = begin(&store, run_id).await;
        store_page(&store, &run, &[step]).await;
    }
    let versions: Vec<String> =
        sqlx::query_scalar("SELECT source FROM raw_leads").fetch_all(&mut raw(&place).await).await.unwrap();
    assert_eq!(versions, ["partnercenter", "partnercenter"]);
    assert_eq!(store.referral("1", now()).await.unwrap().unwrap().payload, NEW);
}

#[tokio::test]
async fn a_domain_joins_or_creates_its_company() {
    let (place, store) = stored(&[
        r#"{"id":"1","customerProfile":{"name":"Örnek","team":[{"email":"a@ornek.com.tr"}]}}"#,
        r#"{"id":"2","customerProfile":{"team":[{"email":"b@mail.ornek.com.tr"}]}}"#,
        r#"{"id":"3","customerProfile":{"team":[{"email":"a@ornek.com.tr"},{"email":"b@diger.com"}]}}"#,
        r#"{"id":"4","customerProfile":{"team":[{"email":"a@gmail.com"}]}}"#,
    ])
    .await;
    let by_id = Filter { order: Some("referral_id".parse().unwrap()), ..all() };
    let page = store.list(&by_id, now()).await.unwrap();
    let links: Vec<(&str, bool, Option<&str>)> = page
        .items
        .iter()
        .map(|item| (item.link_status.as_str(), item.company_id.is_some(), item.domain.as_deref()))
        .collect();
    let expected = [
        ("auto_linked", true, Some("ornek.com.tr")),
        ("auto_linked", true, Some("ornek.com.tr")),
        ("multi_candidate", false, Some("ornek.com.tr")),
        ("unlinked", false, None),
    ];
    assert_eq!(links, expected);
    assert_eq!(page.items[0].company_id, page.items[1].company_id);
    let names: Vec<String> =
        sqlx::query_scalar("SELECT name FROM companies").fetch_all(&mut raw(&place).await).await.unwrap();
    assert_eq!(names, ["Örnek"]);
}

const LISTED: [&str; 4] = [
    r#"{"id":"n","name":"Göç","status":"New","substatus":"Pending","type":"Shared","direction":"Incoming",
        "createdDateTime":"2026-03-09T00:00:00Z","updatedDateTime":"2026-03-09T00:00:00Z",
        "expirationDateTime":"2026-03-11T00:00:00Z","details":{"dealValue":"900.5","currency":"TRY"},
        "customerProfile":{"name":"İzmir Lojistik","address":{"country":"TR","city":"İzmir"},
        "team":[{"firstName":"Ayşe","email":"ayse@izmir-lojistik.com.tr"}]}}"#,
    r#"{"id":"a","status":"Active","substatus":"Accepted","updatedDateTime":"2026-03-09T00:00:00.0000001Z",
        "details":{"dealValue":10000},"customerProfile":{"name":"Zebra 100%","address":{"country":"DE"}}}"#,
    r#"{"id":"c","status":"Closed","substatus":"Won","updatedDateTime":"2026-01-01T00:00:00Z",
        "customerProfile":{"name":"Kaya"}}"#,
    r#"{"id":"o","status":"OnHold"}"#,
];

fn sorted(order: &str, filter: Filter) -> Filter {
    Filter { order: Some(order.parse().unwrap()), ..filter }
}

#[rstest]
#[case(Filter::default(), &["a", "n"])]
#[case(all(), &["a", "n", "c", "o"])]
#[case(Filter { status: StatusFilter::Closed, ..all() }, &["c"])]
#[case(Filter { substatus: vec!["pending".into()], ..all() }, &["n"])]
#[case(Filter { country: vec!["tr".into()], ..all() }, &["n"])]
#[case(Filter { direction: vec!["incoming".into()], ..all() }, &["n"])]
#[case(Filter { kind: vec![Kind::CoSell], ..all() }, &["n"])]
#[case(Filter { link: vec![LinkStatus::AutoLinked], ..all() }, &["n"])]
#[case(Filter { expiring_days: Some(1), ..all() }, &["n"])]
#[case(Filter { expiring_days: Some(0), ..all() }, &[])]
#[case(Filter { search: Some("IZMIR ayse".into()), ..all() }, &["n"])]
#[case(Filter { search: Some("100%".into()), ..all() }, &["a"])]
#[case(Filter { search: Some("_".into()), ..all() }, &[])]
#[case(Filter { limit: Some(1), offset: 1, ..all() }, &["n"])]
#[case(sorted("deal_value:desc", Filter::default()), &["a", "n"])]
#[case(sorted("customer_name", all()), &["n", "c", "a", "o"])]
#[case(sorted("expires_at:asc", all()), &["n", "a", "c", "o"])]
#[tokio::test]
async fn lists(#[case] filter: Filter, #[case] expected: &[&str]) {
    let (_place, store) = stored(&LISTED).await;
    assert_eq!(ids(&store, &filter).await, expected);
}

#[tokio::test]
async fn totals_do_not_depend_on_the_window() {
    let (_place, store) = stored(&LISTED).await;
    let page = store.list(&Filter { limit: Some(1), ..Filter::default() }, now()).await.unwrap();
    assert_eq!((page.total, page.items.len()), (2, 1));
    let counts = store.counts(jiff::Timestamp::now()).await.unwrap();
    assert_eq!((counts.open, counts.new, counts.active, counts.closed, counts.all), (2, 1, 1, 1, 4));
}

#[tokio::test]
async fn times_are_told_without_padding_and_money_as_text() {
    let (_place, store) = stored(&LISTED).await;
    let item = store.referral("n", now()).await.unwrap().unwrap().row.item;
    let item = serde_json::to_value(item).unwrap();
    assert_eq!(item["updated_at"], "2026-03-09T00:00:00Z");
    assert_eq!(item["synced_at"], "2026-03-10T12:00:00Z");
    assert_eq!(item["deal_value"], "900.5");
    assert_eq!(item["qualification"], serde_json::Value::Null);
    assert_eq!(item["gone_at"], serde_json::Value::Null);
}

#[rstest]
#[case("updated_at:down")]
#[case("search_text")]
#[case("name; DROP TABLE companies")]
fn an_order_names_a_known_column(#[case] text: &str) {
    assert_eq!(text.parse::<Order>(), Err(()));
}

#[tokio::test]
async fn what_is_gone_stays_until_it_comes_back() {
    let (_place, store) = stored(&[OLD, r#"{"id":"2","status":"New"}"#]).await;
    let run = begin(&store, "second").await;
    store_page(&store, &run, &[unchanged("2")]).await;
    assert_eq!(store.unseen(run.seq, 9).await.unwrap(), ["1"]);
    let mut page = store.begin_pages(&run, now()).await.unwrap();
    page.mark_gone("1").await.unwrap();
    page.commit(1, 1).await.unwrap();
    assert_eq!(store.finish_run(&run, RunEnd::Complete, now()).await.unwrap().gone, 1);
    assert_eq!(ids(&store, &Filter::default()).await, ["2"]);
    assert_eq!(ids(&store, &all()).await, ["1", "2"]);
    let run = begin(&store, "third").await;
    assert_eq!(store.unseen(run.seq, 9).await.unwrap(), ["2"]);
    store_page(&store, &run, &[unchanged("1")]).await;
    assert!(store.referral("1", now()).await.unwrap().unwrap().row.item.gone_at.is_none());
}

#[tokio::test]
async fn a_run_that_was_killed_is_closed_by_the_next() {
    let (place, store) = stored(&[OLD]).await;
    let killed = begin(&store, "killed").await;
    store_page(&store, &killed, &[unchanged("1")]).await;
    begin(&store, "killed too").await;
    assert_eq!(store.close_interrupted_runs(now()).await.unwrap(), 2);
    let last = store.last_run().await.unwrap().unwrap();
    assert_eq!(
        (last.run_id.as_str(), last.status, last.cause.as_str()),
        ("killed too", RunStatus::Failed, "interrupted")
    );
    let statuses: Vec<String> = sqlx::query_scalar("SELECT status FROM sync_runs ORDER BY run_seq")
        .fetch_all(&mut raw(&place).await)
        .await
        .unwrap();
    assert_eq!(statuses, ["completed", "partial", "failed"]);
}

#[tokio::test]
async fn a_backup_is_restored_while_others_have_the_database_open() {
    let (place, store) = stored(&[OLD]).await;
    let copy = place.path.with_file_name("copy.db");
    store.backup(&copy).await.unwrap();
    let run = begin(&store, "second").await;
    store_page(&store, &run, &[update(false), insert(r#"{"id":"2"}"#)]).await;
    let other = Store::open(&place.path).await.unwrap();
    assert!(other.referral("2", now()).await.unwrap().is_some());
    store.restore(&copy).await.unwrap();
    assert!(other.referral("2", now()).await.unwrap().is_none());
    assert_eq!(other.referral("1", now()).await.unwrap().unwrap().payload, OLD);
    assert!(other.check().await.unwrap().ok);
    let folder = place.path.parent().unwrap();
    let left: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("restore")), "{left:?}");
}

#[rstest]
#[case::no_file(None)]
#[case::junk(Some("junk ".repeat(2000)))]
#[case::empty(Some(String::new()))]
#[tokio::test]
async fn a_bad_backup_changes_nothing(#[case] content: Option<String>) {
    let (place, store) = stored(&[OLD]).await;
    let copy = place.path.with_file_name("copy.db");
    if let Some(content) = content {
        std::fs::write(&copy, content).unwrap();
    }
    assert!(store.restore(&copy).await.is_err());
    assert_eq!(store.referral("1", now()).await.unwrap().unwrap().payload, OLD);
    assert!(store.check().await.unwrap().ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_always_sees_what_was_stored_before() {
    let (_place, store) = stored(&[]).await;
    for count in 0..40 {
        let lists = [(); 3].map(|()| {
            let store = store.clone();
            tokio::spawn(async move { store.list(&all(), now()).await.unwrap().total })
        });
        for list in lists {
            assert_eq!(list.await.unwrap(), count);
        }
        assert_eq!(store.counts(jiff::Timestamp::now()).await.unwrap().all, count);
        let run = begin(&store, &format!("run {count}")).await;
        store_page(&store, &run, &[insert(&format!(r#"{{"id":"{count}"}}"#))]).await;
        store.finish_run(&run, RunEnd::Complete, now()).await.unwrap();
    }
}

#[tokio::test]
async fn a_backup_replaces_no_file_but_an_older_backup() {
    let (place, store) = stored(&[OLD]).await;
    let other = place.path.with_file_name("profile.json");
    std::fs::write(&other, "{}").unwrap();
    for target in [&other, &place.path, &place.path.with_file_name("../private/hunter.db")] {
        assert!(store.backup(target).await.is_err(), "{target:?}");
    }
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "{}");
    let copy = place.path.with_file_name("copy.db");
    store.backup(&copy).await.unwrap();
    store.backup(&copy).await.unwrap();
    assert!(store.restore(&place.path).await.is_err());
    assert!(store.check().await.unwrap().ok);
}

#[tokio::test]
async fn a_backup_of_another_account_is_not_restored() {
    let (place, store) = stored(&[OLD]).await;
    store.belongs_to("one").await.unwrap();
    let copy = place.path.with_file_name("copy.db");
    store.backup(&copy).await.unwrap();
    let (_other_place, other) = stored(&[r#"{"id":"2"}"#]).await;
    other.belongs_to("other").await.unwrap();
    assert!(matches!(other.restore(&copy).await, Err(StoreError::Foreign)));
    assert_eq!(ids(&other, &all()).await, ["2"]);
    store.restore(&copy).await.unwrap();
}

#[tokio::test]
async fn a_person_is_told_of_each_thing_once() {
    let soon = r#"{"id":"soon","status":"New","expirationDateTime":"2026-03-12T00:00:00Z","customerProfile":{"name":"A"}}"#;
    let later = r#"{"id":"later","status":"New","expirationDateTime":"2026-03-20T00:00:00Z"}"#;
    let past = r#"{"id":"past","status":"New","expirationDateTime":"2026-03-09T00:00:00Z"}"#;
    let answered = r#"{"id":"answered","status":"Active","expirationDateTime":"2026-03-12T00:00:00Z"}"#;
    let (_place, store) = stored(&[soon, later, past, answered]).await;
    let untold = async |kind| -> Vec<String> {
        store.untold(kind, now()).await.unwrap().into_iter().map(|referral| referral.referral_id).collect()
    };
    assert_eq!(untold(NoticeKind::New).await, ["soon", "later"]);
    assert_eq!(untold(NoticeKind::Expiring).await, ["soon"]);
    let tell = async |kind| {
        let untold = store.untold(kind, now()).await.unwrap();
        store.mark_told(kind, &untold, now()).await.unwrap();
        store.mark_told(kind, &untold, now()).await.unwrap();
    };
    tell(NoticeKind::New).await;
    assert_eq!((untold(NoticeKind::New).await.len(), untold(NoticeKind::Expiring).await.len()), (0, 1));
    tell(NoticeKind::Expiring).await;
    assert_eq!(untold(NoticeKind::Expiring).await.len(), 0);
    let week_later = now() + jiff::SignedDuration::from_hours(24 * 8);
    assert_eq!(store.untold(NoticeKind::Expiring, week_later).await.unwrap()[0].referral_id, "later");
}

#[tokio::test]
async fn position_and_schedule_survive_and_strange_notes_count_as_none() {
    let (place, store) = stored(&[]).await;
    assert_eq!(store.position().await.unwrap(), Position::default());
    let position = Position { watermark: Some(now()), source: "All".into(), ..Position::default() };
    let run = begin(&store, "second").await;
    let mut page = store.begin_pages(&run, now()).await.unwrap();
    page.set_position(&position).await.unwrap();
    page.commit(0, 0).await.unwrap();
    let trouble = Some(Trouble::Throttled { until: now() });
    store.change_schedule(|schedule| schedule.trouble.clone_from(&trouble)).await.unwrap();
    store.change_schedule(|schedule| schedule.paused = true).await.unwrap();
    store.close().await;
    let store = Store::open(&place.path).await.unwrap();
    assert_eq!(store.position().await.unwrap(), position);
    assert_eq!(store.schedule().await.unwrap(), Schedule { paused: true, trouble, ..Schedule::default() });
    sqlx::query("UPDATE sync_state SET value = '{\"watermark\":\"soon\"}' WHERE key = 'position'")
        .execute(&mut raw(&place).await)
        .await
        .unwrap();
    assert_eq!(store.position().await.unwrap(), Position::default());
}
