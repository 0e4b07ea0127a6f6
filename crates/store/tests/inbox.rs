//! The list of the window: what is found, what a person adds, and what every question costs.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use hunter_referral::{Kind, changes};
use hunter_store::{
    Amount, Choice, Erasure, ErasureKind, Filter, MonthOfAnswers, MonthOfClosed, MonthOfKind, Period,
    Position, ReferralRow, RunEnd, StatusFilter, Step, Store, Unseen, Version,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rstest::rstest;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

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

fn update<'a>(from: &str, to: &'a str) -> Step<'a> {
    Step::Update { version: version(to), changes: changes(from, to), recount: false }
}

async fn sync(store: &Store, run_id: &str, steps: &[Step<'_>]) {
    let run = store.start_run(run_id.to_owned(), hunter_store::Mode::Full, now()).await.unwrap();
    let mut page = store.begin_pages(&run, now()).await.unwrap();
    page.apply(steps).await.unwrap();
    let read = Position { first_pass_at: Some(now()), ..Position::default() };
    page.set_position(&read).await.unwrap();
    page.commit(1, 10).await.unwrap();
    store.finish_run(&run, RunEnd::Complete, now()).await.unwrap();
    store.settle().await.unwrap();
}

async fn stored(payloads: &[&str]) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("hunter.db")).await.unwrap();
    let steps: Vec<Step<'_>> = payloads.iter().map(|payload| insert(payload)).collect();
    sync(&store, "first", &steps).await;
    (folder, store)
}

async fn ids(store: &Store, filter: &Filter) -> Vec<String> {
    store.list(filter, now()).await.unwrap().items.into_iter().map(|item| item.referral_id).collect()
}

async fn found(store: &Store, search: &str) -> Vec<String> {
    ids(store, &Filter { search: Some(search.to_owned()), ..all() }).await
}

async fn row(store: &Store, id: &str) -> ReferralRow {
    store.referral(id, now()).await.unwrap().unwrap().row
}

const KAYA: &str = r#"{"id":"k","engagementId":"e1","name":"Azure göçü","status":"New","type":"Shared","direction":"Incoming",
    "createdDateTime":"2026-03-09T12:00:00Z","updatedDateTime":"2026-03-09T00:00:00Z","expirationDateTime":"2026-03-12T00:00:00Z",
    "details":{"dealValue":"900.5","currency":"try","notes":"Exchange'ten geçiş","customerRequestedContact":true},
    "customerProfile":{"name":"KAYA Tekstil A.Ş.","address":{"country":"TR","city":"Muğla"},
    "team":[{"firstName":"Ayşe","lastName":"Yıldız","email":"ayse@kaya-tekstil.com.tr"}]},
    "team":[{"email":"Can@Partner.example"}]}"#;
const IZMIR: &str = r#"{"id":"i","engagementId":"e1","name":"Copilot for Kaya","status":"Active","substatus":"Accepted",
    "createdDateTime":"2026-02-01T00:00:00Z","acceptedDateTime":"2026-02-02T12:00:00Z","updatedDateTime":"2026-03-08T00:00:00Z",
    "details":{"dealValue":1000,"currency":"TRY"},
    "customerProfile":{"name":"İzmir Lojistik","address":{"country":"DE"},"team":[{"email":"x@kaya-tekstil.com.tr"}]}}"#;
const STRASSE: &str = r#"{"id":"s","name":"Kayak","status":"Closed","substatus":"Won","type":"Shared",
    "createdDateTime":"2026-01-01T00:00:00Z","acceptedDateTime":"2026-01-01T06:00:00Z","updatedDateTime":"2026-02-20T00:00:00Z",
    "details":{"dealValue":5,"currency":"EUR"},
    "customerProfile":{"name":"Straße & Söhne","address":{"country":"de"}}}"#;
const LOST: &str = r#"{"id":"l","status":"Closed","substatus":"Expired","closedDateTime":"2026-01-15T00:00:00Z",
    "createdDateTime":"2026-01-01T00:00:00Z","updatedDateTime":"2026-02-01T00:00:00Z"}"#;
const LISTED: [&str; 4] = [KAYA, IZMIR, STRASSE, LOST];

#[rstest]
#[case("izmir", &["i"])]
#[case("İZMİR", &["i"])]
#[case("ızmır loj", &["i"])]
#[case("tekst", &["k", "i"])]
#[case("strasse sohne", &["s"])]
#[case("mugla", &["k"])]
#[case("ayse@kaya-tekstil.com.tr", &["k"])]
#[case("yildiz", &["k"])]
#[case("exchange'ten", &["k"])]
#[case("stil", &[])]
#[case("kaya izmir", &["i"])]
#[case("kaya NOT izmir", &[])]
#[case("\"kaya\" OR (\"", &[])]
#[case("%_*", &[])]
#[case("e1 azure", &["k"])]
#[tokio::test]
async fn a_search_finds_beginnings_of_words_in_any_spelling(#[case] search: &str, #[case] expected: &[&str]) {
    let (_folder, store) = stored(&LISTED).await;
    assert_eq!(found(&store, search).await, expected);
}

#[tokio::test]
async fn a_letter_finds_the_words_that_begin_with_it() {
    let (folder, store) = stored(&LISTED).await;
    store.set_note("l", "Önce ara, 7 gün", now()).await.unwrap();
    let mut connection = raw(&folder.path().join("hunter.db")).await;
    let mut any = 0;
    for letter in ('a'..='z').chain('0'..='9') {
        let words = "SELECT referral_id FROM referral_search s JOIN partner_center_referrals ON referral_key = s.rowid \
                     WHERE referral_search MATCH ? ORDER BY updated_at DESC";
        let by_words: Vec<String> =
            sqlx::query_scalar(words).bind(format!("{letter}*")).fetch_all(&mut connection).await.unwrap();
        assert_eq!(found(&store, &letter.to_string()).await, by_words, "{letter}");
        any += by_words.len();
    }
    assert!(any > 20, "{any}");
    assert_eq!(found(&store, "kaya m").await, ["k"]);
    assert!(found(&store, "kaya q").await.is_empty());
}

#[tokio::test]
async fn whose_referrals_are_ones_own_follows_the_account() {
    let (_folder, store) = stored(&LISTED).await;
    let mine = Filter { mine: true, ..all() };
    assert!(ids(&store, &mine).await.is_empty());
    store.use_account("can@partner.example").await.unwrap();
    assert_eq!(ids(&store, &mine).await, ["k"]);
    sync(&store, "second", &[insert(r#"{"id":"n","team":[{"email":"CAN@partner.example"}]}"#)]).await;
    assert_eq!(ids(&store, &mine).await, ["k", "n"]);
    store.use_account("").await.unwrap();
    assert!(ids(&store, &mine).await.is_empty());
}

#[tokio::test]
async fn the_best_match_comes_first_unless_an_order_is_asked_for() {
    let (_folder, store) = stored(&LISTED).await;
    assert_eq!(found(&store, "kaya").await, ["k", "i", "s"]);
    let by_date = Filter { search: Some("kaya".into()), order: Some("updated_at".parse().unwrap()), ..all() };
    assert_eq!(ids(&store, &by_date).await, ["s", "i", "k"]);
}

#[rstest]
#[case(Filter { kind: vec![Kind::CoSell, Kind::Marketplace], ..all() }, &["k", "s"])]
#[case(Filter { country: vec!["DE".into()], ..all() }, &["i", "s"])]
#[case(Filter { country: vec!["tr".into(), "de".into()], status: StatusFilter::Open, ..all() }, &["k", "i"])]
#[case(Filter { currency: vec!["try".into()], min_value: Some(900.5), ..all() }, &["k", "i"])]
#[case(Filter { currency: vec!["None".into()], ..all() }, &["l"])]
#[case(Filter { currency: vec!["none".into(), "eur".into()], ..all() }, &["s", "l"])]
#[case(Filter { max_value: Some(900.0), ..all() }, &["s"])]
#[case(Filter { mine: true, ..all() }, &["k"])]
#[case(Filter { mine: true, kind: vec![Kind::Marketplace], ..all() }, &[])]
#[case(Filter { contact_wanted: true, ..all() }, &["k"])]
#[case(Filter { engagement: Some("e1".into()), ..all() }, &["k", "i"])]
#[case(Filter { created: Period { from: Some("2026-02-01T00:00:00Z".parse().unwrap()), before: Some("2026-03-01T00:00:00Z".parse().unwrap()) }, ..all() }, &["i"])]
#[case(Filter { closed: Period { from: Some("2026-01-15T00:00:00Z".parse().unwrap()), before: None }, ..all() }, &["s", "l"])]
#[case(Filter { closed: Period { from: None, before: Some("2026-01-15T00:00:00Z".parse().unwrap()) }, ..all() }, &[])]
#[case(Filter { substatus: vec!["won".into(), "EXPIRED".into()], ..all() }, &["s", "l"])]
#[tokio::test]
async fn filters_combine(#[case] filter: Filter, #[case] expected: &[&str]) {
    let (_folder, store) = stored(&LISTED).await;
    store.use_account("CAN@partner.example").await.unwrap();
    assert_eq!(ids(&store, &filter).await, expected);
    assert_eq!(store.list(&filter, now()).await.unwrap().total, expected.len() as i64);
}

#[tokio::test]
async fn what_belongs_together_is_counted() {
    let (_folder, store) = stored(&LISTED).await;
    let counts = |row: &ReferralRow| (row.related, row.of_company);
    assert_eq!(counts(&row(&store, "k").await), (2, 2));
    assert_eq!(counts(&row(&store, "s").await), (1, 1));
    let rows = store.rows(&all(), now()).await.unwrap();
    assert_eq!(
        (rows.total, rows.rows.iter().map(counts).collect::<Vec<_>>()),
        (4, vec![(2, 2), (2, 2), (1, 1), (1, 1)])
    );
}

#[tokio::test]
async fn stars_and_notes_outlive_syncs_and_are_found() {
    let (_folder, store) = stored(&LISTED).await;
    assert!(store.set_note("k", "Çarşamba quiz", now()).await.unwrap());
    assert!(!store.set_note("nobody", "x", now()).await.unwrap());
    store.set_star(&["k".into(), "nobody".into()], true).await.unwrap();
    let newer = KAYA.replace("Azure göçü", "Azure Migration");
    sync(&store, "second", &[update(KAYA, &newer)]).await;
    let stored = store.referral("k", now()).await.unwrap().unwrap();
    assert_eq!(
        (stored.note.as_str(), stored.row.starred, stored.row.has_note),
        ("Çarşamba quiz", true, true)
    );
    assert!(stored.noted_at.is_some());
    for word in ["carsamba", "q", "migration"] {
        assert_eq!(found(&store, word).await, ["k"], "{word}");
    }
    assert!(found(&store, "azure gocu").await.is_empty());
    assert_eq!(ids(&store, &Filter { starred: true, ..all() }).await, ["k"]);
    store.set_star(&["k".into()], false).await.unwrap();
    store.set_note("k", "", now()).await.unwrap();
    assert!(ids(&store, &Filter { starred: true, ..all() }).await.is_empty());
    assert!(found(&store, "carsamba").await.is_empty());
}

#[tokio::test]
async fn what_came_or_changed_is_unseen_until_somebody_looks() {
    let (_folder, store) = stored(&[KAYA, IZMIR]).await;
    assert_eq!(row(&store, "k").await.unseen, None, "the first reading is no news");
    let touched = IZMIR.replace("2026-03-08", "2026-03-09");
    let changed = KAYA.replace("900.5", "901");
    let steps = [insert(LOST), update(KAYA, &changed), update(IZMIR, &touched)];
    sync(&store, "second", &steps).await;
    let unseen = async |id| row(&store, id).await.unseen;
    assert_eq!(unseen("l").await, Some(Unseen::New));
    assert_eq!(unseen("k").await, Some(Unseen::Changed));
    assert_eq!(unseen("i").await, None, "a date alone tells nothing");
    assert_eq!(ids(&store, &Filter { unseen: true, ..all() }).await, ["k", "l"]);
    let newer = LOST.replace("Expired", "Lost");
    sync(&store, "third", &[update(LOST, &newer)]).await;
    assert_eq!(unseen("l").await, Some(Unseen::New), "nobody has seen it yet");
    assert!(store.mark_seen(Some(&["l".into()])).await.unwrap());
    assert!(!store.mark_seen(Some(&["l".into()])).await.unwrap());
    assert_eq!(unseen("l").await, None);
    assert!(store.mark_seen(None).await.unwrap());
    assert!(ids(&store, &Filter { unseen: true, ..all() }).await.is_empty());
}

#[tokio::test]
async fn tiles_say_what_filters_find() {
    let (_folder, store) = stored(&LISTED).await;
    let tiles = store.tiles(now(), "2026-01-01T00:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!((tiles.new, tiles.expiring, tiles.active, tiles.won_this_quarter), (1, 1, 1, 1));
    assert_eq!((tiles.unseen, tiles.contact_wanted, tiles.quarter_from.as_str()), (0, 1, "2026-01-01"));
    let worth = |currency: &str, value: &str, referrals| Amount {
        currency: Some(currency.into()),
        value: value.into(),
        referrals,
    };
    assert_eq!(tiles.open_value, [worth("TRY", "1900.50", 2)]);
    let choices = store.choices().await.unwrap();
    let choice = |value: &str, referrals| Choice { value: value.into(), referrals };
    assert_eq!(choices.currency, [choice("TRY", 2), choice("EUR", 1), choice("none", 1)]);
    assert_eq!(choices.country, [choice("DE", 2), choice("TR", 1)]);
}

#[tokio::test]
async fn charts_count_months_and_take_medians() {
    let (_folder, store) = stored(&LISTED).await;
    let insights = store.insights("2025-01-01T00:00:00Z".parse().unwrap()).await.unwrap();
    let month = |month: &str, kind: &str, referrals| MonthOfKind {
        month: month.into(),
        kind: kind.into(),
        referrals,
    };
    assert_eq!(
        insights.received,
        [
            month("2026-01", "co-sell", 1),
            month("2026-01", "other", 1),
            month("2026-02", "other", 1),
            month("2026-03", "co-sell", 1)
        ]
    );
    let ended =
        |month: &str, won, expired| MonthOfClosed { month: month.into(), won, lost: 0, declined: 0, expired };
    assert_eq!(insights.closed, [ended("2026-01", 0, 1), ended("2026-02", 1, 0)]);
    let took = |month: &str, median_hours| MonthOfAnswers { month: month.into(), answered: 1, median_hours };
    assert_eq!(insights.answers, [took("2026-01", 6.0), took("2026-02", 36.0)]);
    assert_eq!((insights.answered, insights.median_answer_hours, insights.expired), (2, Some(21.0), 1));
    assert_eq!(insights.pipeline.len(), 2);
    assert_eq!(insights.pipeline[0].value.as_deref(), Some("900.50"));
}

#[tokio::test]
async fn a_view_is_kept_under_its_name() {
    let (_folder, store) = stored(&[]).await;
    store.save_view("Mine", "{}", now()).await.unwrap();
    store.save_view("Turkey", r#"{"country":"TR"}"#, now()).await.unwrap();
    store.save_view("Mine", r#"{"mine":true}"#, now()).await.unwrap();
    let views = store.views().await.unwrap();
    let names: Vec<(&str, &str)> =
        views.iter().map(|view| (view.name.as_str(), view.query.as_str())).collect();
    assert_eq!(names, [("Mine", r#"{"mine":true}"#), ("Turkey", r#"{"country":"TR"}"#)]);
    store.remove_view(views[0].view_id).await.unwrap();
    assert_eq!(store.views().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_restore_brings_back_notes_views_and_what_searches_find() {
    let (folder, store) = stored(&LISTED).await;
    store.use_account("can@partner.example").await.unwrap();
    store.set_note("k", "geri ara", now()).await.unwrap();
    store.save_view("Mine", "{}", now()).await.unwrap();
    let backup = folder.path().join("copy.db");
    store.backup(&backup).await.unwrap();
    store.set_note("k", "", now()).await.unwrap();
    store.remove_view(1).await.unwrap();
    sync(&store, "second", &[insert(r#"{"id":"new","name":"Yepyeni"}"#)]).await;
    store.restore(&backup).await.unwrap();
    assert_eq!(found(&store, "geri").await, ["k"]);
    assert!(found(&store, "yepyeni").await.is_empty());
    assert_eq!(store.views().await.unwrap().len(), 1);
    assert_eq!(ids(&store, &Filter { mine: true, ..all() }).await, ["k"]);
    assert!(store.check().await.unwrap().ok);
}

#[tokio::test]
async fn what_is_erased_leaves_no_word_behind() {
    let (folder, store) = stored(&LISTED).await;
    store.set_note("s", "Gizlikelime", now()).await.unwrap();
    let cutoff = now() - SignedDuration::from_hours(24);
    let erasure = Erasure::new(ErasureKind::ByHand, "one", Some(cutoff), now());
    assert_eq!(store.erase_outdated(erasure, cutoff, now(), now()).await.unwrap().referrals, 2);
    assert!(found(&store, "gizlikelime").await.is_empty());
    assert_eq!(found(&store, "kaya").await, ["k", "i"]);
    store.close().await;
    let mut connection = raw(&folder.path().join("hunter.db")).await;
    sqlx::query("CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, referral_search, row)")
        .execute(&mut connection)
        .await
        .unwrap();
    let words: Vec<String> =
        sqlx::query_scalar("SELECT term FROM words").fetch_all(&mut connection).await.unwrap();
    assert!(words.iter().any(|word| word == "izmir"), "{words:?}");
    assert!(!words.iter().any(|word| word == "gizlikelime" || word == "strasse"), "{words:?}");
    let marks: i64 =
        sqlx::query_scalar("SELECT count(*) FROM referral_marks").fetch_one(&mut connection).await.unwrap();
    assert_eq!(marks, 0);
}

/// As a restored backup can have it, in which the referral itself is not.
#[tokio::test]
async fn what_changed_of_an_erased_referral_is_forgotten_without_it() {
    let (folder, store) = stored(&LISTED).await;
    let cutoff = now() - SignedDuration::from_hours(24);
    let erase = async || {
        let erasure = Erasure::new(ErasureKind::ByHand, "one", Some(cutoff), now());
        store.erase_outdated(erasure, cutoff, now(), now()).await.unwrap()
    };
    assert_eq!(erase().await.referrals, 2);
    let change = r#"[{"field":"name","from":"Gizlikelime","to":"x"}]"#;
    let mut connection = raw(&folder.path().join("hunter.db")).await;
    let put = sqlx::query("UPDATE sync_run_items SET changes = ? WHERE referral_id = 's'").bind(change);
    assert_eq!(put.execute(&mut connection).await.unwrap().rows_affected(), 1);
    let erased = erase().await;
    assert_eq!((erased.referrals, erased.changes), (0, 1));
}

async fn raw(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).foreign_keys(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// A database as the version before stars and notes left it.
async fn of_version_six(path: PathBuf) {
    let mut connection = raw(&path).await;
    let former = MIGRATIONS.iter().filter(|migration| migration.version <= 6).cloned().collect();
    let migrator = Migrator { migrations: Cow::Owned(former), ..Migrator::DEFAULT };
    migrator.run(&mut connection).await.unwrap();
    for statement in [
        "INSERT INTO sync_runs (run_seq, run_id, status, mode, started_at) VALUES (1, 'r', 'completed', 'full', '')",
        "INSERT INTO companies (company_id, domain, name, created_at) VALUES (3, 'kaya.com.tr', 'Kaya', '')",
        "INSERT INTO raw_leads (raw_lead_id, external_id, payload_sha256, payload, received_at) VALUES (7, 'k', x'00', ?, '')",
        "INSERT INTO partner_center_referrals (referral_id, raw_lead_id, kind, status, link_status, company_id, synced_at, \
         seen_in, search_text) VALUES ('k', 7, 'co-sell', 'New', 'auto_linked', 3, '2026-03-10T12:00:00.0000000Z', 1, 'kaya')",
    ] {
        let query = sqlx::query(statement);
        let query = if statement.contains('?') { query.bind(KAYA) } else { query };
        query.execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_database_of_the_version_before_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hunter.db");
    of_version_six(path.clone()).await;
    let store = Store::open(&path).await.unwrap();
    assert_eq!(found(&store, "tekstil").await, ["k"]);
    assert_eq!(ids(&store, &Filter { contact_wanted: true, ..all() }).await, ["k"]);
    assert!(store.check().await.unwrap().ok);
    let folded: Vec<String> =
        sqlx::query_scalar("SELECT folded FROM companies").fetch_all(&mut raw(&path).await).await.unwrap();
    assert_eq!(folded, ["kaya\nkaya.com.tr"]);
}

/// What may be read from end to end: indices that hold all that a list asks for.
const WHOLE: [&str; 4] =
    ["COVERING INDEX", "INDEX referrals_open", "INDEX open_by_priority", "INDEX settled_by_priority"];
/// What may be looked up, though rows are then read one by one: few have the same.
const FEW: [&str; 5] =
    ["by_engagement", "by_company", "referrals_unseen", "INTEGER PRIMARY KEY", "COVERING INDEX"];

#[rstest]
#[case::first_sight(Filter::default())]
#[case::new(Filter { status: StatusFilter::New, order: Some("expires_at".parse().unwrap()), ..all() })]
#[case::all(all())]
#[case::by_customer(Filter { order: Some("customer_name".parse().unwrap()), ..all() })]
#[case::by_value(Filter { order: Some("deal_value:desc".parse().unwrap()), ..Filter::default() })]
#[case::by_priority(Filter { order: Some("priority:desc".parse().unwrap()), ..Filter::default() })]
#[case::all_by_priority(Filter { order: Some("priority:desc".parse().unwrap()), ..all() })]
#[case::by_link(Filter { order: Some("link_status".parse().unwrap()), ..all() })]
#[case::value(Filter { min_value: Some(0.0), max_value: Some(9.0), ..Filter::default() })]
#[case::without_currency(Filter { currency: vec!["none".into()], min_value: Some(0.0), ..Filter::default() })]
#[case::closed_lately(Filter { status: StatusFilter::Closed, closed: Period { from: Some(now()), before: None }, ..all() })]
#[case::closed(Filter { status: StatusFilter::Closed, order: Some("domain".parse().unwrap()), ..all() })]
#[case::kind_and_country(Filter { kind: vec![Kind::CoSell], country: vec!["TR".into()], ..Filter::default() })]
#[case::of_all(Filter { kind: vec![Kind::CoSell], order: Some("domain".parse().unwrap()), ..all() })]
#[case::search(Filter { search: Some("kaya".into()), ..Filter::default() })]
#[case::search_in_order(Filter { search: Some("kaya".into()), order: Some("kind".parse().unwrap()), ..all() })]
#[case::mine(Filter { mine: true, ..Filter::default() })]
#[case::starred(Filter { starred: true, ..all() })]
#[case::engagement(Filter { engagement: Some("e1".into()), ..all() })]
#[case::company(Filter { company: Some(1), ..all() })]
#[tokio::test]
async fn no_question_reads_the_table_row_by_row(#[case] filter: Filter) {
    let (_folder, store) = stored(&LISTED).await;
    let plan = store.explain(&filter, now()).await.unwrap();
    let reads: Vec<&String> =
        plan.iter().filter(|line| line.starts_with("SCAN") || line.starts_with("SEARCH")).collect();
    assert!(!reads.is_empty());
    for line in reads {
        let known: &[&str] = if line.contains("VIRTUAL TABLE INDEX") || line.starts_with("SCAN (") {
            // The index of words, and what the question itself has found.
            continue;
        } else if line.starts_with("SCAN") {
            &WHOLE
        } else {
            &FEW
        };
        assert!(known.iter().any(|index| line.contains(index)), "{plan:#?}");
    }
}

#[tokio::test]
async fn a_first_reading_builds_its_indices_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("hunter.db")).await.unwrap();
    let indices = async || -> Vec<String> {
        let query =
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'referrals%' ORDER BY name";
        sqlx::query_scalar(query).fetch_all(&mut raw(&folder.path().join("hunter.db")).await).await.unwrap()
    };
    // How the index of words is written, where that is not as FTS5 does it by itself.
    let words_in_bulk = async || -> bool {
        let query = "SELECT EXISTS (SELECT 1 FROM referral_search_config \
                     WHERE k = 'automerge' AND v <> 4 OR k = 'hashsize' AND v <> 1048576)";
        sqlx::query_scalar(query).fetch_one(&mut raw(&folder.path().join("hunter.db")).await).await.unwrap()
    };
    let before = indices().await;
    assert!(before.len() > 5, "{before:?}");
    store.set_indices_aside().await.unwrap();
    assert!(indices().await.is_empty() && words_in_bulk().await);
    assert!(store.schema_drift().await.unwrap().is_empty());
    sync(&store, "first", &[insert(KAYA), insert(IZMIR)]).await;
    assert!(indices().await == before && !words_in_bulk().await);

    // A first reading that never came to its end, and a backup in its place.
    let backup = folder.path().join("backup.db");
    store.backup(&backup).await.unwrap();
    let path = folder.path().join("unfinished").join("hunter.db");
    let unfinished = Store::open(&path).await.unwrap();
    unfinished.set_indices_aside().await.unwrap();
    unfinished.restore(&backup).await.unwrap();
    assert!(unfinished.schema_drift().await.unwrap().is_empty());
    let left: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name LIKE 'referrals%') \
         - 100 * (SELECT count(*) FROM referral_search_config WHERE k = 'automerge' AND v <> 4)",
    )
    .fetch_one(&mut raw(&path).await)
    .await
    .unwrap();
    assert_eq!(left, before.len() as i64);
    store.set_indices_aside().await.unwrap();
    assert_eq!(indices().await, before, "later readings keep them");
    sqlx::query("DROP INDEX referrals_open")
        .execute(&mut raw(&folder.path().join("hunter.db")).await)
        .await
        .unwrap();
    assert_eq!(store.schema_drift().await.unwrap(), ["index referrals_open"]);
}

#[tokio::test]
async fn a_search_is_carried_out_once_and_not_for_every_referral() {
    let (_folder, store) = stored(&LISTED).await;
    let plan =
        store.explain(&Filter { search: Some("kaya".into()), ..Filter::default() }, now()).await.unwrap();
    let reads: Vec<&String> =
        plan.iter().filter(|line| line.starts_with("SCAN") || line.starts_with("SEARCH")).collect();
    assert!(reads[0].contains("referral_search"), "{plan:#?}");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Windows of any size, put together, are the whole list, and no text that is searched for breaks the search.
    #[test]
    fn windows_are_the_list(size in 1_u32..6, search in "\\PC{0,12}", order in 0_usize..6) {
        block_on(async {
            let (_folder, store) = stored(&LISTED).await;
            let _any_text_is_taken = found(&store, &search).await;
            let orders = [
                "updated_at:desc", "customer_name", "deal_value", "expires_at:desc", "priority", "priority:desc",
            ];
            let filter = Filter { order: Some(orders[order].parse().unwrap()), ..all() };
            let whole = ids(&store, &filter).await;
            let mut parts = Vec::new();
            for offset in (0..8).step_by(size as usize) {
                parts.extend(ids(&store, &Filter { limit: Some(size), offset, ..filter.clone() }).await);
            }
            assert_eq!(parts, whole);
            for (place, id) in whole.iter().enumerate() {
                assert_eq!(store.place_of(id, &filter, now()).await.unwrap(), Some(place));
            }
            assert_eq!(store.place_of("nobody", &filter, now()).await.unwrap(), None);
        });
    }
}
