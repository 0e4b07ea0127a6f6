//! What the list costs, question by question: `cargo bench -p hunter-engine --bench inbox [-- 1000,100000 [ROUNDS] [--json]]`.
#![expect(clippy::print_stdout, reason = "it shows its table")]

use std::fmt::Display;
use std::path::Path;
use std::time::{Duration, Instant};

use hunter_engine::{Depth, Engine, HttpOptions, HunterError, Launch, ReferralQuery, Setting};
use hunter_referral::{Answer, Signals, Spf};
use hunter_sandbox::Sandbox;
use hunter_store::{Scan, Store, StoreError};
use jiff::Timestamp;

const SIZES: &str = "1000,10000,100000";
const ROUNDS: usize = 40;
/// Rows that the page asks for at once.
const WINDOW: u32 = 50;
const WARM_UP: usize = 5;
/// Companies whose domains are as if they had been scanned.
const SCANNED: usize = 40_000;
/// What somebody types, letter by letter.
const TYPED: [&str; 2] = ["anadolu loj", "ayse@"];
const SORTS: [&str; 8] = [
    "customer_name",
    "kind",
    "status",
    "expires_at",
    "deal_value:desc",
    "qualification",
    "domain",
    "updated_at",
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let json = std::env::args().any(|argument| argument == "--json");
    let mut arguments =
        std::env::args().skip(1).filter(|argument| !matches!(argument.as_str(), "--bench" | "--json"));
    let sizes = arguments.next().unwrap_or_else(|| SIZES.to_owned());
    let rounds = arguments.next().map_or(Ok(ROUNDS), |rounds| rounds.parse())?;
    if !json {
        println!("{:>9}  {:<16} {:>10} {:>10} {:>8}", "referrals", "question", "median", "p95", "asked");
    }
    for size in sizes.split(',') {
        measure(size.parse()?, rounds, if json { print_json } else { print }).await?;
    }
    Ok(())
}

type Print = fn(usize, &str, Vec<Duration>);

async fn measure(size: usize, rounds: usize, print: Print) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let launch = fill(size, &folder).await?;
    let began = Instant::now();
    let engine = Engine::open(launch)?;
    engine.rows(&ReferralQuery { limit: Some(WINDOW), ..ReferralQuery::default() }).await?;
    print(size, "start", vec![began.elapsed()]);
    // At once, so that each of the database's readers is opened.
    let first = ReferralQuery { limit: Some(WINDOW), ..ReferralQuery::default() };
    for _ in 0..WARM_UP {
        tokio::try_join!(engine.rows(&first), engine.rows(&first), engine.rows(&first), engine.rows(&first))?;
    }
    let query = |change: &dyn Fn(&mut ReferralQuery)| {
        let mut query = ReferralQuery { limit: Some(WINDOW), ..ReferralQuery::default() };
        change(&mut query);
        query
    };
    let all = |query: &mut ReferralQuery| query.status = Some("All".to_owned());
    let filters = [
        query(&|query| query.kind = Some("co-sell".to_owned())),
        query(&|query| query.country = Some("TR,DE".to_owned())),
        query(&|query| query.expiring = Some(3)),
        query(&|query| {
            all(query);
            query.substatus = Some("Won".to_owned());
            query.currency = Some("EUR".to_owned());
        }),
        query(&|query| query.mine = Some(true)),
        query(&|query| {
            query.currency = Some("none".to_owned());
            query.min_value = Some("0".to_owned());
        }),
        query(&|query| query.min_value = Some("50000".to_owned())),
        query(&|query| {
            query.status = Some("Closed".to_owned());
            query.substatus = Some("Won".to_owned());
            query.closed_from = Some("2026-01-01".to_owned());
        }),
    ];
    let keys: Vec<ReferralQuery> = TYPED
        .iter()
        .flat_map(|typed| (1..=typed.len()).map(|end| &typed[..end]))
        .map(|typed| query(&|query| query.search = Some(typed.to_owned())))
        .collect();
    let sorts = |of_all: bool| -> Vec<ReferralQuery> {
        let sorted = |sort: &&str| {
            query(&|query| {
                query.sort = Some((*sort).to_owned());
                if of_all {
                    all(query);
                }
            })
        };
        SORTS.iter().map(sorted).collect()
    };
    let pages: Vec<ReferralQuery> =
        (0..20).map(|page| query(&|query| query.offset = Some(page * WINDOW))).collect();
    let last = query(&|query| {
        all(query);
        query.offset = Some(u32::try_from(size).unwrap_or(u32::MAX).saturating_sub(WINDOW));
    });
    let by_priority = query(&|query| query.sort = Some("priority:desc".to_owned()));
    let questions = [
        ("open", vec![query(&|_| {})]),
        ("open, all", vec![query(&all)]),
        ("filter", filters.to_vec()),
        ("search per key", keys),
        ("sort", sorts(false)),
        ("sort, all", sorts(true)),
        ("by priority", vec![by_priority.clone()]),
        (
            "by priority, all",
            vec![query(&|query| {
                query.clone_from(&by_priority);
                all(query);
            })],
        ),
        ("page down", pages),
        ("last page of all", vec![last]),
    ];
    for (name, queries) in questions {
        let mut times = Vec::new();
        for _ in 0..rounds {
            for query in &queries {
                let began = Instant::now();
                engine.rows(query).await?;
                times.push(began.elapsed());
            }
        }
        print(size, name, times);
    }
    let mut times = Vec::new();
    for _ in 0..rounds {
        let began = Instant::now();
        engine.tiles().await?;
        times.push(began.elapsed());
    }
    print(size, "tiles", times);
    let mut times = Vec::new();
    for _ in 0..rounds.min(10) {
        let began = Instant::now();
        engine.insights().await?;
        times.push(began.elapsed());
    }
    print(size, "charts", times);
    engine.close().await;
    Ok(())
}

fn print(size: usize, question: &str, times: Vec<Duration>) {
    let asked = times.len();
    let (median, p95) = spread(times);
    println!("{size:>9}  {question:<16} {median:>7.2} ms {p95:>7.2} ms {asked:>8}");
}

fn print_json(size: usize, question: &str, times: Vec<Duration>) {
    let asked = times.len();
    let (median_ms, p95_ms) = spread(times);
    println!(
        "{}",
        serde_json::json!({
            "referrals": size, "question": question, "asked": asked, "median_ms": median_ms, "p95_ms": p95_ms
        })
    );
}

/// Median and 95th percentile in milliseconds.
fn spread(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort_unstable();
    let at = |share: usize| {
        let time = times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
        time.map_or(0.0, |time| (time.as_secs_f64() * 100_000.0).round() / 100.0)
    };
    (at(50), at(95))
}

/// Fills Hunter with so many referrals, by the way that real ones take, and with what name servers say of their
/// companies' domains; tells how to start it.
async fn fill(size: usize, folder: &tempfile::TempDir) -> Result<Launch, HunterError> {
    let internal =
        |error: &dyn Display| HunterError::new(hunter_engine::ErrorCode::Internal).with("detail", error);
    let sandbox = Sandbox::builder()
        .referrals(size)
        .auto_approve(Duration::ZERO)
        .poll_interval(Duration::ZERO)
        .start()
        .await
        .map_err(|error| internal(&error))?;
    let data_dir = folder.path().display().to_string();
    let variables = [
        ("HUNTER_DATA_DIR", data_dir.as_str()),
        ("HUNTER_SECRET_STORE", "file"),
        ("HUNTER_PARTNER_CENTER_API_URL", sandbox.base_url()),
        ("HUNTER_PARTNER_CENTER_AUTHORITY_URL", sandbox.base_url()),
        ("HUNTER_PARTNER_CENTER_CLIENT_ID", sandbox.client_id()),
        ("HUNTER_PARTNER_CENTER_TENANT_ID", sandbox.tenant_id()),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let launch = Launch { variables, ..Launch::default() };
    let http = HttpOptions { shortest_poll: Duration::ZERO, ..HttpOptions::default() };
    let engine = Engine::open_with(launch.clone(), http)?;
    engine.change_setting(Setting::Enabled, Some("true"))?;
    engine.sign_in().await?.finish().await?;
    engine.sync(Depth::Full).await?;
    let database = engine.database_path()?;
    engine.close().await;
    scan(&database).await.map_err(|error| internal(&error))?;
    Ok(launch)
}

/// As if up to 40,000 domains had been scanned, with mail here and there.
async fn scan(database: &Path) -> Result<(), StoreError> {
    let store = Store::open(database).await?;
    let now = Timestamp::now();
    let mut domains = store.domains_due(now).await?;
    domains.truncate(SCANNED);
    let hosts = ["mail.protection.outlook.com", "aspmx.l.google.com", "mx.yandex.net", "mail.example.net"];
    for (batch, domains) in domains.chunks(1_000).enumerate() {
        let scans = domains.iter().enumerate().map(|(place, domain)| {
            let host = hosts[(batch + place) % hosts.len()];
            let mut signals = Signals::unanswered(domain);
            signals.mx = Answer::Found(vec![host.to_owned()]);
            signals.spf = if place % 3 == 0 { Answer::Absent } else { Answer::Found(Spf::default()) };
            signals.dmarc = Answer::Absent;
            Scan { signals, renew_at: now }
        });
        store.keep_scans(&scans.collect::<Vec<_>>(), now).await?;
    }
    store.close().await;
    Ok(())
}
