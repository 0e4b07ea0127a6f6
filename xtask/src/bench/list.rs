//! The list of referrals: each question in the engine, from a key press to painted rows in the real window, and a
//! start to first rows beside a window with nothing in it.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::bench::{desktop, machine, table};
use crate::process::{command, run, run_measured};
use crate::project;

/// What was measured, and how busy the machine was before and after.
#[derive(Serialize)]
pub struct OfList {
    load: Vec<Option<f64>>,
    engine: Vec<OfQuestion>,
    #[serde(flatten)]
    desktop: OfDesktop,
}

/// A line of `crates/engine/benches/inbox.rs`.
#[derive(Serialize, Deserialize)]
struct OfQuestion {
    referrals: usize,
    question: String,
    asked: usize,
    #[serde(flatten)]
    time: Spread,
}

/// What `tests/desktop/list.mjs` found.
#[derive(Serialize, Deserialize)]
struct OfDesktop {
    window: Vec<OfAction>,
    start: Vec<OfStart>,
}

#[derive(Serialize, Deserialize)]
struct OfAction {
    referrals: usize,
    action: String,
    times: usize,
    painted: Spread,
    /// When the rows were in the page, before they were painted.
    changed: Spread,
    /// When the engine was asked; none where it was not.
    asked: Option<Spread>,
    /// From there to its answer.
    engine: Option<Spread>,
}

#[derive(Serialize, Deserialize)]
struct OfStart {
    program: String,
    kind: Start,
    times: usize,
    /// The first change of the display.
    first: Spread,
    /// Painted as it then stayed.
    whole: Spread,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Start {
    Cold,
    Warm,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Spread {
    median_ms: f64,
    p95_ms: f64,
}

/// Measures the engine, then the window, then starts, each with all sizes.
///
/// # Errors
/// When something does not build, start or work.
pub fn measure(sizes: &[usize], rounds: usize) -> Result<OfList> {
    let release = desktop::build()?;
    let sizes = sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
    let bench = ["bench", "--locked", "-p", "hunter-engine", "--bench", "inbox"];
    run(project::cargo(&bench).arg("--no-run"))?;
    let before = machine::load();
    println!("Asking the engine");
    let (lines, _) = run_measured(project::cargo(&bench).args(["--", &sizes, "--json"]))?;
    let engine = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>();
    let mut node = command("node");
    node.current_dir(project::root())
        .arg("tests/desktop/list.mjs")
        .env("BINARIES", release)
        .env("REFERRALS", sizes)
        .env("START_ROUNDS", rounds.to_string());
    let (found, _) = run_measured(&mut node)?;
    Ok(OfList {
        load: vec![before, machine::load()],
        engine: engine.context("the engine's benchmark did not print its numbers")?,
        desktop: serde_json::from_str(&found).context("list.mjs did not print its numbers")?,
    })
}

/// Prints what was measured as tables.
pub fn print(found: &OfList) {
    let load: Vec<_> = found.load.iter().flatten().map(|load| format!("{load:.1}")).collect();
    println!("Load before and after: {}", load.join(", "));
    let engine = found.engine.iter().map(|one| (one.question.as_str(), one.referrals, one.time));
    by_size("In the engine, in ms: median and p95, by referrals", &engine.collect::<Vec<_>>());

    let OfDesktop { window, start } = &found.desktop;
    let painted = window.iter().map(|one| (one.action.as_str(), one.referrals, one.painted));
    by_size(
        "In the window, in ms, from the key press to the frame after the rows: median and p95, by referrals",
        &painted.collect::<Vec<_>>(),
    );

    let median = |time: &Option<Spread>| time.map_or_else(|| "-".to_owned(), |time| ms(time.median_ms));
    let rows = window.iter().map(|one| {
        vec![
            one.action.clone(),
            one.referrals.to_string(),
            one.times.to_string(),
            median(&one.asked),
            median(&one.engine),
            ms(one.changed.median_ms),
            ms(one.painted.median_ms),
        ]
    });
    table::print(
        "Where the time in the window goes: medians in ms since the key press, and of the answer itself",
        &["", "referrals", "times", "engine asked", "answer took", "rows in page", "painted"],
        &rows.collect::<Vec<_>>(),
    );
    starts(start);
}

fn starts(found: &[OfStart]) {
    let kinds = [Start::Cold, Start::Warm];
    let of = |program: &str, kind| found.iter().find(|one| one.program == program && one.kind == kind);
    let mut programs: Vec<&str> = Vec::new();
    for one in found {
        if !programs.contains(&one.program.as_str()) {
            programs.push(&one.program);
        }
    }
    let bare = programs.first().copied().unwrap_or_default();
    let rows = programs.iter().map(|&program| {
        let mut cells = vec![program.to_owned()];
        for kind in kinds {
            let one = of(program, kind);
            let cell = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), ms);
            cells.push(cell(one.map(|one| one.first.median_ms)));
            cells.push(cell(one.map(|one| one.whole.median_ms)));
            let beside =
                one.zip(of(bare, kind)).map(|(one, bare)| one.whole.median_ms - bare.whole.median_ms);
            cells.push(cell(beside));
        }
        cells
    });
    let headings =
        ["", "cold: window", "painted", "more than bare", "warm: window", "painted", "more than bare"];
    let title =
        "From a program's start to its window and to painted rows (a bare window: its page), median ms";
    table::print(title, &headings, &rows.collect::<Vec<_>>());
    if !found.iter().any(|one| one.kind == Start::Cold) {
        println!("\n  No cold starts: this system lets nobody empty its file cache here.");
    }
}

/// A line per name, two columns per size, and how the median of the largest relates to that of the smallest.
fn by_size(title: &str, found: &[(&str, usize, Spread)]) {
    let mut sizes: Vec<usize> = found.iter().map(|&(_, size, _)| size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut names: Vec<&str> = Vec::new();
    for &(name, ..) in found {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let of = |name: &str, size: usize| {
        found.iter().find(|one| one.0 == name && one.1 == size).map(|&(_, _, time)| time)
    };
    let rows = names.into_iter().map(|name| {
        let mut cells = vec![name.to_owned()];
        for &size in &sizes {
            let time = of(name, size);
            cells.push(time.map_or_else(|| "-".to_owned(), |time| ms(time.median_ms)));
            cells.push(time.map_or_else(|| "-".to_owned(), |time| ms(time.p95_ms)));
        }
        let ends = sizes.first().zip(sizes.last());
        let ends = ends.and_then(|(&first, &last)| of(name, first).zip(of(name, last)));
        cells.push(ends.map_or_else(
            || "-".to_owned(),
            |(first, last)| format!("{:.1}", last.median_ms / first.median_ms.max(0.01)),
        ));
        cells
    });
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    let mut headings = vec![""];
    for size in &sizes {
        headings.extend([size.as_str(), "p95"]);
    }
    headings.push("growth");
    table::print(title, &headings, &rows.collect::<Vec<_>>());
}

fn ms(time: f64) -> String {
    if time < 10.0 { format!("{time:.2}") } else { format!("{time:.0}") }
}
