//! A sync of many referrals from the sandbox, beside the least that downloading and keeping them can cost.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::bench::table;
use crate::process::{Cost, Running, command, run, run_measured};
use crate::project;

const PAGE_SIZE: &str = "200";
const TOUCHED: usize = 100;

/// What was measured with so many referrals of a service that is so far away.
#[derive(Serialize)]
pub struct OfSize {
    referrals: usize,
    /// Milliseconds that every answer takes longer than on loopback.
    latency: u64,
    /// A plain client's download of the same pages into SQLite.
    floor: Taken,
    first_sync: Taken,
    database_bytes: u64,
    /// The first sync's time as a multiple of the floor's.
    ratio: f64,
    full_sync_again: Taken,
    idle_sync: Taken,
    sync_of_changes: Taken,
}

/// What one run of a program took, and what it asked of the service.
#[derive(Serialize)]
struct Taken {
    seconds: f64,
    cpu_seconds: f64,
    peak_memory_bytes: u64,
    fetched: u64,
    bytes: u64,
    requests: u64,
}

/// The parts of `hunter sync --json` that are looked at.
#[derive(Default, Deserialize)]
struct Summary {
    mode: String,
    fetched: u64,
    updated: u64,
    bytes: u64,
}

/// What `hunter sandbox --json` says when it listens.
#[derive(Deserialize)]
struct Listening {
    url: String,
    client_id: String,
    tenant_id: String,
}

/// The release builds that are measured.
struct Programs {
    hunter: PathBuf,
    plain_client: PathBuf,
}

/// Measures a first sync and a plain download by turns, and then the syncs that follow a first one.
///
/// # Errors
/// When something does not build, start or work.
pub fn measure(sizes: &[usize], latencies: &[u64], rounds: usize) -> Result<Vec<OfSize>> {
    let programs = Programs::build()?;
    let services = sizes.iter().flat_map(|&size| latencies.iter().map(move |&latency| (size, latency)));
    services.map(|(size, latency)| Bench::start(&programs, size, latency)?.measure(rounds)).collect()
}

impl Programs {
    fn build() -> Result<Self> {
        println!("Building the release of Hunter and the plain client beside it");
        run(&mut project::cargo(&["build", "--release", "--locked", "-p", "hunter-cli"]))?;
        let plain = ["build", "--release", "--locked", "-p", "xtask", "--example", "plain_client"];
        run(&mut project::cargo(&plain))?;
        let release = project::target()?.join("release");
        let program = |path: &str| release.join(path).with_extension(std::env::consts::EXE_EXTENSION);
        Ok(Self { hunter: program("hunter"), plain_client: program("examples/plain_client") })
    }
}

struct Bench<'a> {
    programs: &'a Programs,
    referrals: usize,
    latency: u64,
    service: Listening,
    folder: tempfile::TempDir,
    // Dropped, and so stopped, with the bench.
    _sandbox: Running,
}

impl<'a> Bench<'a> {
    /// Starts a sandbox of its own and signs in.
    fn start(programs: &'a Programs, referrals: usize, latency: u64) -> Result<Self> {
        println!("{referrals} referrals, {latency} ms away: starting the sandbox and signing in");
        // Beside the builds: a system's folder for temporary files may lie in memory, and a database does not.
        let folder = tempfile::tempdir_in(project::target()?)?;
        let mut sandbox = command(&programs.hunter);
        sandbox.args(["sandbox", "--port", "0", "--auto-approve", "--json", "--referrals"]);
        sandbox.args([&referrals.to_string(), "--latency", &latency.to_string()]);
        sandbox.env("HUNTER_DATA_DIR", folder.path()).stdout(Stdio::piped());
        let mut sandbox = Running::start(&mut sandbox)?;
        let line = sandbox.first_line().context("the sandbox did not start")?;
        let service = serde_json::from_str(&line).with_context(|| format!("the sandbox said {line}"))?;
        let bench = Self { programs, referrals, latency, service, folder, _sandbox: sandbox };
        run(bench.hunter(&["login", "--no-browser"]).stdout(Stdio::null()))?;
        Ok(bench)
    }

    fn measure(&self, rounds: usize) -> Result<OfSize> {
        let token = self.plain(&["sign-in", &self.service.tenant_id, &self.service.client_id])?;
        // The day's backup, which the first sync of all ends with, is not part of what is measured.
        let _warmed_up = self.sync(&[])?;
        let (mut floor, mut first_sync) = (Vec::new(), Vec::new());
        for round in 1..=rounds {
            println!("{} referrals: round {round} of {rounds}", self.referrals);
            floor.push(self.download(token.trim())?);
            self.forget_database()?;
            let (first, summary) = self.sync(&[])?;
            ensure!(summary.mode == "full" && summary.fetched == self.referrals as u64, "not a first sync");
            first_sync.push(first);
        }
        let (floor, first_sync) = (median(floor), median(first_sync));
        let database_bytes = fs::metadata(self.database()?)?.len();
        let (full_sync_again, _) = self.sync(&["--full"])?;
        let (idle_sync, summary) = self.sync(&[])?;
        ensure!(summary.mode == "incremental" && summary.updated == 0, "the sync was not idle");
        self.ask("POST", "touch", &format!("{{\"count\":{TOUCHED},\"seed\":1}}"))?;
        let (sync_of_changes, summary) = self.sync(&[])?;
        ensure!(summary.updated == TOUCHED.min(self.referrals) as u64, "not every change was found");
        Ok(OfSize {
            referrals: self.referrals,
            latency: self.latency,
            ratio: first_sync.seconds / floor.seconds,
            floor,
            first_sync,
            database_bytes,
            full_sync_again,
            idle_sync,
            sync_of_changes,
        })
    }

    /// The floor: the same pages, one after the other, each item's id and text written in one transaction.
    fn download(&self, token: &str) -> Result<Taken> {
        let file = self.folder.path().join("floor.db");
        remove_database(&file)?;
        let before = self.requests()?;
        let mut download = command(&self.programs.plain_client);
        download.args(["download", &self.service.url, PAGE_SIZE]).arg(&file).env("TOKEN", token);
        let (_, cost) = run_measured(&mut download)?;
        Ok(Taken::new(cost, &Summary::default(), self.requests()? - before))
    }

    fn sync(&self, arguments: &[&str]) -> Result<(Taken, Summary)> {
        let before = self.requests()?;
        let (printed, cost) = run_measured(self.hunter(&["sync", "--json"]).args(arguments))?;
        let summary = serde_json::from_str(&printed).with_context(|| format!("hunter said {printed}"))?;
        Ok((Taken::new(cost, &summary, self.requests()? - before), summary))
    }

    /// As if there had never been one: a database that is missed would be rebuilt from its backup.
    fn forget_database(&self) -> Result<()> {
        let database = self.database()?;
        remove_database(&database)?;
        fs::remove_file(database.with_extension("db.open")).context("cannot forget that there was a database")
    }

    fn database(&self) -> Result<PathBuf> {
        let (printed, _) = run_measured(&mut self.hunter(&["db", "path"]))?;
        Ok(printed.trim().into())
    }

    /// All requests that the service has had, those for tokens too.
    fn requests(&self) -> Result<u64> {
        let counters: BTreeMap<String, u64> = serde_json::from_str(&self.ask("GET", "counters", "")?)?;
        Ok(counters.values().sum())
    }

    fn ask(&self, method: &str, what: &str, body: &str) -> Result<String> {
        self.plain(&["ask", method, what, body])
    }

    fn plain(&self, arguments: &[&str]) -> Result<String> {
        let (&name, rest) = arguments.split_first().context("no command")?;
        let mut plain = command(&self.programs.plain_client);
        Ok(run_measured(plain.args([name, &self.service.url]).args(rest))?.0)
    }

    fn hunter(&self, arguments: &[&str]) -> Command {
        let mut hunter = command(&self.programs.hunter);
        hunter
            .args(arguments)
            .env("HUNTER_DATA_DIR", self.folder.path())
            .env("HUNTER_SECRET_STORE", "file")
            .env("HUNTER_PARTNER_CENTER_ENABLED", "true")
            .env("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", PAGE_SIZE)
            .env("HUNTER_PARTNER_CENTER_API_URL", &self.service.url)
            .env("HUNTER_PARTNER_CENTER_AUTHORITY_URL", &self.service.url)
            .env("HUNTER_PARTNER_CENTER_CLIENT_ID", &self.service.client_id)
            .env("HUNTER_PARTNER_CENTER_TENANT_ID", &self.service.tenant_id);
        hunter
    }
}

impl Taken {
    fn new(cost: Cost, summary: &Summary, requests: u64) -> Self {
        Self {
            seconds: rounded(cost.wall),
            cpu_seconds: rounded(cost.cpu),
            peak_memory_bytes: cost.memory,
            fetched: summary.fetched,
            bytes: summary.bytes,
            requests,
        }
    }
}

fn rounded(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

/// The run with the median time: a machine has other things to do as well.
fn median(mut runs: Vec<Taken>) -> Taken {
    runs.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    runs.swap_remove((runs.len() - 1) / 2)
}

fn remove_database(file: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut path = file.as_os_str().to_owned();
        path.push(ending);
        let path = PathBuf::from(path);
        if path.exists() {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// Prints what was measured as tables.
pub fn print(sizes: &[OfSize]) {
    let headings = [
        "referrals",
        "latency",
        "floor",
        "first sync",
        "ratio",
        "referrals/s",
        "CPU floor",
        "CPU sync",
        "database",
    ];
    let rows = |of_size: &OfSize| {
        vec![
            of_size.referrals.to_string(),
            format!("{} ms", of_size.latency),
            seconds(of_size.floor.seconds),
            seconds(of_size.first_sync.seconds),
            format!("{:.2}", of_size.ratio),
            format!("{:.0}", of_size.referrals as f64 / of_size.first_sync.seconds),
            seconds(of_size.floor.cpu_seconds),
            seconds(of_size.first_sync.cpu_seconds),
            mebibytes(of_size.database_bytes),
        ]
    };
    table::print(
        "First sync, beside a plain download",
        &headings,
        &sizes.iter().map(rows).collect::<Vec<_>>(),
    );

    let headings =
        ["sync", "referrals", "latency", "time", "CPU", "peak memory", "fetched", "requests", "received"];
    let rows = sizes.iter().flat_map(|of_size| {
        let changes = format!("{TOUCHED} changes");
        let runs = [
            ("first", &of_size.first_sync),
            ("full again", &of_size.full_sync_again),
            ("idle", &of_size.idle_sync),
            (changes.as_str(), &of_size.sync_of_changes),
        ];
        runs.map(|(name, taken)| {
            vec![
                name.to_owned(),
                of_size.referrals.to_string(),
                format!("{} ms", of_size.latency),
                seconds(taken.seconds),
                seconds(taken.cpu_seconds),
                mebibytes(taken.peak_memory_bytes),
                taken.fetched.to_string(),
                taken.requests.to_string(),
                mebibytes(taken.bytes),
            ]
        })
    });
    table::print("Every kind of sync", &headings, &rows.collect::<Vec<_>>());
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.2} s")
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
