//! Companies: signals, scores, what a person decides, and that no sync takes it back.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};

use hunter_referral::{Answer, Dmarc, DmarcPolicy, Rules, Signals, Spf, changes};
use hunter_store::{
    ChangeKind, CompanyFilter, CompanyLink, Filter, Mode, Position, RunEnd, Scan, StatusFilter, Step, Store,
    Version,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use sqlx::{Connection, SqliteConnection};

fn now() -> Timestamp {
    "2026-03-10T12:00:00Z".parse().unwrap()
}

fn all() -> Filter {
    Filter { status: StatusFilter::All, ..Filter::default() }
}

fn payload(id: usize, customer: &str, mail: &str, more: &str) -> String {
    let team = if mail.is_empty() { String::new() } else { format!(r#"{{"email":"a@{mail}"}}"#) };
    format!(
        r#"{{"id":"r{id}","status":"New","type":"Shared","createdDateTime":"2026-03-09T00:00:00Z",
            "expirationDateTime":"2026-03-11T00:00:00Z","details":{{"dealValue":30000,"currency":"USD"}},
            "customerProfile":{{"name":"{customer}","team":[{team}]{more}}}}}"#
    )
}

fn sample() -> Vec<String> {
    vec![
        payload(0, "Kaya Tekstil A.Ş.", "kaya.com.tr", r#","size":"10to50employees""#),
        payload(1, "Kaya Tekstil", "kaya-tekstil.com", ""),
        payload(2, "KAYA TEKSTIL SAN. TIC.", "", ""),
        payload(3, "Contoso", "contoso.com", r#","ids":[{"profileType":"AzureTenant","id":"t-1"}]"#),
    ]
}

async fn sync(store: &Store, payloads: &[String], former: Option<&[String]>) {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run_id = RUNS.fetch_add(1, Ordering::Relaxed).to_string();
    let run = store.start_run(run_id, Mode::Full, now()).await.unwrap();
    let version = |payload| Version::read(payload).unwrap();
    let steps: Vec<Step<'_>> = payloads
        .iter()
        .enumerate()
        .map(|(place, payload)| match former {
            None => Step::Insert { version: version(payload) },
            Some(former) => Step::Update {
                version: version(payload),
                changes: changes(&former[place], payload),
                recount: false,
            },
        })
        .collect();
    let mut page = store.begin_pages(&run, now()).await.unwrap();
    page.apply(&steps).await.unwrap();
    page.set_position(&Position { first_pass_at: Some(now()), ..Position::default() }).await.unwrap();
    page.commit(1, 10).await.unwrap();
    store.finish_run(&run, RunEnd::Complete, now()).await.unwrap();
    store.settle().await.unwrap();
}

async fn stored(payloads: &[String]) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("hunter.db")).await.unwrap();
    sync(&store, payloads, None).await;
    (folder, store)
}

/// The same collection again, each referral changed.
async fn full_sync(store: &Store, payloads: &[String]) {
    let newer: Vec<String> = payloads.iter().map(|payload| payload.replace("30000", "40000")).collect();
    sync(store, &newer, Some(payloads)).await;
}

async fn company(store: &Store, domain: &str) -> i64 {
    store.company_of_domain(domain).await.unwrap().unwrap()
}

async fn ties(store: &Store) -> Vec<(String, String, Option<i64>)> {
    let filter = Filter { order: Some("referral_id".parse().unwrap()), ..all() };
    let items = store.list(&filter, now()).await.unwrap().items;
    items.into_iter().map(|item| (item.referral_id, item.link_status, item.company_id)).collect()
}

fn scan(domain: &str, mx: &str, reject: bool) -> Scan {
    let mut signals = Signals::unanswered(domain);
    signals.mx = Answer::Found(vec![mx.to_owned()]);
    signals.spf = Answer::Found(Spf { is_valid: true, record: "v=spf1 -all".to_owned(), ..Spf::default() });
    signals.dkim = Answer::Found(vec!["selector1".to_owned()]);
    signals.ns = Answer::Absent;
    signals.tenant = Answer::Absent;
    signals.dmarc = if reject {
        Answer::Found(Dmarc { policy: DmarcPolicy::Reject, record: String::new() })
    } else {
        Answer::Absent
    };
    Scan { signals, renew_at: now() + SignedDuration::from_hours(24) }
}

#[tokio::test]
async fn scores_come_from_signals_and_go_to_referrals() {
    let (_folder, store) = stored(&sample()).await;
    assert_eq!(store.domains_due(now()).await.unwrap().len(), 3);
    store.keep_scans(&[scan("kaya.com.tr", "aspmx.l.google.com", true)], now()).await.unwrap();
    assert_eq!(store.domains_due(now()).await.unwrap().len(), 2);
    let kaya = store.company(company(&store, "kaya.com.tr").await, now()).await.unwrap().unwrap();
    // 50 for Google, 10 for SPF, 10 for DKIM, 20 for DMARC.
    assert_eq!(
        (kaya.row.score, kaya.row.segment.as_str(), kaya.row.provider.as_str()),
        (Some(90), "migration", "google")
    );
    assert_eq!(
        (kaya.row.size.as_str(), kaya.row.link, kaya.row.referrals),
        ("10to50employees", CompanyLink::Linked, 1)
    );
    assert_eq!(kaya.parts.iter().map(|part| part.points).sum::<i32>(), 90);
    let contoso = store.company(company(&store, "contoso.com").await, now()).await.unwrap().unwrap();
    assert_eq!(
        (contoso.row.score, contoso.row.segment.as_str(), contoso.tenant.as_deref()),
        (Some(55), "existing", Some("t-1"))
    );
    let first = Filter { order: Some("priority:desc".parse().unwrap()), ..all() };
    let rows = store.rows(&first, now()).await.unwrap().rows;
    // Score, co-sell 15, expires within 24 hours 40, USD 30,000 10.
    let told: Vec<(&str, i32)> =
        rows.iter().map(|row| (row.item.referral_id.as_str(), row.priority)).collect();
    assert_eq!(told, [("r0", 155), ("r3", 120), ("r1", 65), ("r2", 65)]);
    let parts = store.referral("r0", now()).await.unwrap().unwrap().priority_parts;
    assert_eq!(parts.iter().map(|part| part.points).sum::<i32>(), 155);
    let later = now() + SignedDuration::from_hours(48);
    assert_eq!(store.rows(&first, later).await.unwrap().rows[0].priority, 115);
    let migration =
        Filter { segment: vec![hunter_referral::Segment::Migration], min_score: Some(60), ..all() };
    assert_eq!(store.rows(&migration, now()).await.unwrap().total, 1);
}

#[tokio::test]
async fn other_rules_score_everything_anew_and_keep_the_score_before() {
    let (_folder, store) = stored(&sample()).await;
    store.use_rules(Rules::built_in(), now()).await.unwrap();
    store.keep_scans(&[scan("kaya.com.tr", "aspmx.l.google.com", false)], now()).await.unwrap();
    store.use_rules(Rules::built_in().with_settings(70, 40), now()).await.unwrap();
    let contoso = store.company(company(&store, "contoso.com").await, now()).await.unwrap().unwrap();
    let history: Vec<Option<i64>> = contoso.history.iter().map(|score| score.score).collect();
    assert_eq!((contoso.row.score, history), (Some(70), vec![Some(70), Some(55)]));
    let kaya = store.company(company(&store, "kaya.com.tr").await, now()).await.unwrap().unwrap();
    assert_eq!(kaya.history.len(), 1, "its score is the same");
    let row = store.referral("r2", now()).await.unwrap().unwrap().row;
    assert_eq!(row.priority, 90, "co-sell counts 40 now");
    let mut rules = Rules::built_in();
    rules.version += 1;
    store.use_rules(rules, now()).await.unwrap();
    let contoso = store.company(company(&store, "contoso.com").await, now()).await.unwrap().unwrap();
    assert_eq!((contoso.row.score, contoso.history.len()), (Some(55), 3));
}

#[tokio::test]
async fn a_referral_is_tied_by_hand_to_one_of_the_candidates() {
    let payloads = sample();
    let (_folder, store) = stored(&payloads).await;
    let candidates = store.candidates("KAYA TEKSTIL SAN. TIC.", None, now()).await.unwrap();
    let domains: Vec<(&str, u8)> =
        candidates.iter().map(|one| (one.domain.as_str(), one.similarity)).collect();
    assert_eq!(domains, [("kaya-tekstil.com", 100), ("kaya.com.tr", 100)]);
    let found = store.candidates("anything", Some("CONTOSO"), now()).await.unwrap();
    assert_eq!(found[0].domain, "contoso.com");
    let before = ties(&store).await;
    let kaya = company(&store, "kaya.com.tr").await;
    store.keep_scans(&[scan("kaya.com.tr", "aspmx.l.google.com", true)], now()).await.unwrap();
    store.link(&["r2".to_owned(), "nobody".to_owned()], kaya, now()).await.unwrap();
    full_sync(&store, &payloads).await;
    let scored = Filter { min_score: Some(90), ..all() };
    assert_eq!(store.rows(&scored, now()).await.unwrap().total, 2, "r0 by its domain, r2 by hand");
    assert_eq!(ties(&store).await[2], ("r2".into(), "linked_manually".into(), Some(kaya)));
    let change = store.last_company_change().await.unwrap().unwrap();
    assert_eq!(
        (change.kind, change.referrals, change.company.as_deref()),
        (ChangeKind::Link, 1, Some("Kaya Tekstil A.Ş."))
    );
    store.unlink(&["r2".to_owned()], now()).await.unwrap();
    assert_eq!(ties(&store).await, before);
    store.undo_company_change(now()).await.unwrap();
    assert_eq!(ties(&store).await[2].2, Some(kaya));
    store.undo_company_change(now()).await.unwrap();
    assert_eq!(ties(&store).await, before);
    assert!(store.undo_company_change(now()).await.unwrap().is_none());
    let made = store.company_for("yeni.com.tr", now()).await.unwrap();
    assert_eq!(store.company_for("yeni.com.tr", now()).await.unwrap(), made);
}

#[tokio::test]
async fn companies_are_joined_and_taken_apart() {
    let payloads = sample();
    let (_folder, store) = stored(&payloads).await;
    let (kaya, other) = (company(&store, "kaya.com.tr").await, company(&store, "kaya-tekstil.com").await);
    store.merge_companies(kaya, &[other, kaya], now()).await.unwrap();
    full_sync(&store, &payloads).await;
    assert_eq!(ties(&store).await[1].2, Some(kaya));
    let details = store.company(other, now()).await.unwrap().unwrap();
    assert_eq!((details.row.company_id, details.row.referrals, details.merged.len()), (kaya, 2, 1));
    let rows = store.companies(&CompanyFilter::default(), now()).await.unwrap();
    assert_eq!((rows.total, rows.rows.len()), (2, 2));
    store.split_company(other, now()).await.unwrap();
    assert_eq!(ties(&store).await[1].2, Some(other));
    store.undo_company_change(now()).await.unwrap();
    assert_eq!(ties(&store).await[1].2, Some(kaya));
    store.undo_company_change(now()).await.unwrap();
    assert_eq!(ties(&store).await[1].2, Some(other));
    assert!(store.check().await.unwrap().ok);
}

#[tokio::test]
async fn who_comes_after_a_decision_goes_where_it_leads() {
    let payloads = sample();
    let (_folder, store) = stored(&payloads).await;
    let (kaya, other) = (company(&store, "kaya.com.tr").await, company(&store, "kaya-tekstil.com").await);
    store.link(&["r2".to_owned()], other, now()).await.unwrap();
    store.merge_companies(kaya, &[other], now()).await.unwrap();
    sync(&store, &[payload(5, "Kaya Tekstil", "kaya-tekstil.com", "")], None).await;
    assert_eq!(ties(&store).await[4].2, Some(kaya));
    store.split_company(other, now()).await.unwrap();
    let of_other: Vec<bool> = ties(&store).await.iter().map(|tie| tie.2 == Some(other)).collect();
    assert_eq!(of_other, [false, true, true, false, true], "what was tied by hand comes back, too");
    sync(&store, &[payload(6, "Kaya Tekstil", "kaya-tekstil.com", "")], None).await;
    store.undo_company_change(now()).await.unwrap();
    assert_eq!(ties(&store).await[5].2, Some(kaya));
    store.undo_company_change(now()).await.unwrap();
    let of_other = ties(&store).await.iter().filter(|tie| tie.2 == Some(other)).count();
    assert_eq!(of_other, 4);
    assert!(!store.link(&["nobody".to_owned()], kaya, now()).await.unwrap());
    assert!(!store.merge_companies(kaya, &[kaya], now()).await.unwrap());
}

#[tokio::test]
async fn a_tenant_goes_with_the_referral_that_names_it() {
    let (_folder, store) = stored(&sample()).await;
    let kaya = company(&store, "kaya.com.tr").await;
    store.link(&["r3".to_owned()], kaya, now()).await.unwrap();
    let details = store.company(kaya, now()).await.unwrap().unwrap();
    assert_eq!((details.tenant.as_deref(), details.row.segment.as_str()), (Some("t-1"), "existing"));
}

#[tokio::test]
async fn a_silent_name_server_takes_nothing_away() {
    let (_folder, store) = stored(&sample()).await;
    store.keep_scans(&[scan("kaya.com.tr", "aspmx.l.google.com", true)], now()).await.unwrap();
    let mut partly = scan("kaya.com.tr", "x", true);
    partly.signals = Signals { spf: Answer::Absent, ..Signals::unanswered("kaya.com.tr") };
    store.keep_scans(&[partly], now()).await.unwrap();
    let details = store.company(company(&store, "kaya.com.tr").await, now()).await.unwrap().unwrap();
    // 50 for Google, no SPF -10, 10 for DKIM, 20 for DMARC.
    assert_eq!((details.row.score, details.row.provider.as_str()), (Some(70), "google"));
}

#[tokio::test]
async fn erasing_forgets_companies_whatever_they_were_joined_with() {
    let old = |id, customer: &str, mail: &str| {
        let one = payload(id, customer, mail, "").replace("\"New\"", "\"Closed\"");
        one.replace("\"createdDateTime\"", "\"updatedDateTime\":\"2025-01-01T00:00:00Z\",\"createdDateTime\"")
    };
    let payloads = [
        sample(),
        vec![
            old(7, "Zebra", "zebra.com.tr"),
            old(8, "Zebrawood", "zebrawood.com.tr"),
            old(9, "Zebrafish", "zebrafish.com.tr"),
        ],
    ]
    .concat();
    let (folder, store) = stored(&payloads).await;
    let id = async |domain| company(&store, domain).await;
    store.merge_companies(id("kaya.com.tr").await, &[id("zebra.com.tr").await], now()).await.unwrap();
    store.link(&["r8".to_owned()], id("kaya.com.tr").await, now()).await.unwrap();
    store.set_company_note(id("zebrafish.com.tr").await, "Zebranote", now()).await.unwrap();
    let cutoff = now() - SignedDuration::from_hours(24);
    let erasure = hunter_store::Erasure::new(hunter_store::ErasureKind::ByHand, "one", Some(cutoff), now());
    let erasure = store.erase_outdated(erasure, cutoff, now(), now()).await.unwrap();
    assert_eq!((erasure.referrals, erasure.companies), (3, 3));
    assert!(store.undo_company_change(now()).await.unwrap().is_none());
    assert_eq!(store.companies(&CompanyFilter::default(), now()).await.unwrap().total, 3);
    assert!(store.check().await.unwrap().ok);
    store.close().await;
    let bytes = std::fs::read(folder.path().join("hunter.db")).unwrap();
    let holds = |word: &str| bytes.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    assert!(holds("contoso") && !holds("zebra"));
}

#[tokio::test]
async fn companies_are_listed_in_any_order() {
    let (_folder, store) = stored(&sample()).await;
    store.keep_scans(&[scan("kaya.com.tr", "aspmx.l.google.com", true)], now()).await.unwrap();
    let domains = async |filter: CompanyFilter| -> Vec<String> {
        store.companies(&filter, now()).await.unwrap().rows.into_iter().map(|row| row.domain).collect()
    };
    assert_eq!(domains(CompanyFilter::default()).await, ["kaya.com.tr", "contoso.com", "kaya-tekstil.com"]);
    let sorted = |order: &str| CompanyFilter { order: order.parse().unwrap(), ..CompanyFilter::default() };
    assert_eq!(domains(sorted("domain")).await, ["contoso.com", "kaya-tekstil.com", "kaya.com.tr"]);
    assert_eq!(domains(sorted("open:desc")).await.len(), 3);
    let search = CompanyFilter { search: Some("KAYA tekstil".into()), ..CompanyFilter::default() };
    assert_eq!(domains(search).await, ["kaya.com.tr", "kaya-tekstil.com"]);
    let scored =
        CompanyFilter { min_score: Some(60), provider: vec!["google".into()], ..CompanyFilter::default() };
    assert_eq!(domains(scored).await, ["kaya.com.tr"]);
    assert!("score; DROP TABLE companies".parse::<hunter_store::CompanyOrder>().is_err());
}

#[tokio::test]
async fn old_versions_go_and_the_current_one_stays() {
    let payloads = sample();
    let (folder, store) = stored(&payloads).await;
    let mut newest = payloads.clone();
    for value in 1..12 {
        let next: Vec<String> =
            payloads.iter().map(|payload| payload.replace("30000", &(30_000 + value).to_string())).collect();
        sync(&store, &next, Some(&newest)).await;
        newest = next;
    }
    // The first one comes back: the oldest version is the current one again.
    sync(&store, &payloads, Some(&newest)).await;
    store.thin_payloads().await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("hunter.db"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let versions: Vec<i64> = sqlx::query_scalar("SELECT count(*) FROM raw_leads GROUP BY external_id")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(versions, [5, 5, 5, 5]);
    assert_eq!(store.referral("r0", now()).await.unwrap().unwrap().payload, payloads[0]);
    assert!(store.check().await.unwrap().ok);
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[derive(Debug, Clone)]
enum Deed {
    Link(usize, usize),
    Unlink(usize),
    Merge(usize, usize),
    Split(usize),
    Undo,
    Sync,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        (0..4_usize, 0..3_usize).prop_map(|(referral, company)| Deed::Link(referral, company)),
        (0..4_usize).prop_map(Deed::Unlink),
        (0..3_usize, 0..3_usize).prop_map(|(into, from)| Deed::Merge(into, from)),
        (0..3_usize).prop_map(Deed::Split),
        Just(Deed::Undo),
        Just(Deed::Sync),
    ];
    proptest::collection::vec(deed, 1..10)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever a person decides, a full sync changes nothing about it, and undoing all of it leads back to the beginning.
    #[test]
    fn decisions_survive_every_sync_and_can_be_undone(deeds in deeds()) {
        block_on(async {
            let payloads = sample();
            let (_folder, store) = stored(&payloads).await;
            let mut companies = Vec::new();
            for domain in ["kaya.com.tr", "kaya-tekstil.com", "contoso.com"] {
                companies.push(company(&store, domain).await);
            }
            let beginning = ties(&store).await;
            for deed in deeds {
                match deed {
                    Deed::Link(referral, company) => {
                        store.link(&[format!("r{referral}")], companies[company], now()).await.unwrap();
                    }
                    Deed::Unlink(referral) => {
                        store.unlink(&[format!("r{referral}")], now()).await.unwrap();
                    }
                    Deed::Merge(into, from) => {
                        store.merge_companies(companies[into], &[companies[from]], now()).await.unwrap();
                    }
                    Deed::Split(company) => {
                        store.split_company(companies[company], now()).await.unwrap();
                    }
                    Deed::Undo => drop(store.undo_company_change(now()).await.unwrap()),
                    Deed::Sync => {
                        let before = ties(&store).await;
                        full_sync(&store, &payloads).await;
                        assert_eq!(ties(&store).await, before);
                    }
                }
            }
            let before = ties(&store).await;
            full_sync(&store, &payloads).await;
            assert_eq!(ties(&store).await, before);
            while store.undo_company_change(now()).await.unwrap().is_some() {}
            assert_eq!(ties(&store).await, beginning);
            assert!(store.check().await.unwrap().ok);
        });
    }

    /// The order in the database is the order of the rule in Rust, as stored with a page and as rated by other rules.
    #[test]
    fn priorities_in_sql_are_those_of_the_rule(
        values in proptest::collection::vec((0_u64..700_000, 0..6_usize, 0..3_usize, -30..400_i64, 0..4_usize), 1..12),
        size in 1..5_u32,
    ) {
        block_on(async {
            let payloads: Vec<String> = values.iter().enumerate().map(|(id, (value, currency, kind, hours, status))| {
                let currency = ["USD", "TRY", "JPY", "SEK", "XXX", ""][*currency];
                let kind = [("Shared", "Direct"), ("Independent", "Direct"), ("Independent", "SalesQualified")][*kind];
                let status = ["New", "New", "Active", "Closed"][*status];
                let expires = now() + SignedDuration::from_hours(*hours);
                format!(r#"{{"id":"r{id}","status":"{status}","type":"{}","qualification":"{}","inviteContext":{{"invitedBy":{{"organizationId":"msft"}}}},
                    "createdDateTime":"2026-03-08T00:00:00Z","expirationDateTime":"{expires}",
                    "details":{{"dealValue":{value},"currency":"{currency}","customerRequestedContact":{}}}}}"#, kind.0, kind.1, value % 2 == 0)
            }).collect();
            let (_folder, store) = stored(&payloads).await;
            let listed = async |filter: &Filter| -> Vec<(i32, String)> {
                let rows = store.rows(filter, now()).await.unwrap().rows;
                rows.into_iter().map(|row| (row.priority, row.item.referral_id)).collect()
            };
            let assert_sorted = async || {
                // Stored in this order, and among equals the first comes first.
                let mut by_rule = listed(&Filter { order: Some("referral_id".parse().unwrap()), ..all() }).await;
                by_rule.sort_by_key(|(_, id)| id[1..].parse::<u32>().unwrap());
                for (order, sign) in [("priority:desc", -1), ("priority", 1)] {
                    by_rule.sort_by_key(|(priority, id)| (sign * priority, id[1..].parse::<u32>().unwrap()));
                    for status in [StatusFilter::All, StatusFilter::Open] {
                        let filter = Filter { order: Some(order.parse().unwrap()), status, ..all() };
                        let whole = listed(&filter).await;
                        let kept: Vec<_> = by_rule.iter().filter(|one| whole.contains(one)).cloned().collect();
                        assert_eq!(whole, kept);
                        let mut windows = Vec::new();
                        while windows.len() < whole.len() {
                            let offset = u32::try_from(windows.len()).unwrap();
                            windows.extend(listed(&Filter { limit: Some(size), offset, ..filter.clone() }).await);
                        }
                        assert_eq!(windows, whole);
                    }
                }
                assert_eq!(listed(&all()).await.len(), payloads.len());
            };
            assert_sorted().await;
            let mut rules = Rules::built_in();
            rules.version += 1;
            store.use_rules(rules, now()).await.unwrap();
            assert_sorted().await;
        });
    }
}
