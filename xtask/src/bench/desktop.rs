//! The desktop while nobody looks at it: memory before, with and after its window, and what waiting in the tray costs.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::bench::table;
use crate::process::{command, run, run_measured};
use crate::project;

/// What `tests/desktop/measure.mjs` found.
#[derive(Debug, Serialize, Deserialize)]
pub struct OfDesktop {
    hidden: Memory,
    first_open_ms: u64,
    with_window: Memory,
    after_close: Memory,
    open_again_ms: u64,
    idle: Idle,
}

#[derive(Debug, Serialize, Deserialize)]
struct Memory {
    pss_mb: f64,
    processes: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Idle {
    seconds: u64,
    cpu_ms: u64,
    wakeups_per_minute: f64,
    runs: u32,
}

/// Opens and closes the release build's window in a session of its own, and then waits so many seconds in the tray.
///
/// # Errors
/// When something does not build, start or work.
pub fn measure(idle_seconds: usize) -> Result<OfDesktop> {
    let release = build()?;
    println!("Waiting {idle_seconds} s in the tray");
    let mut node = command("node");
    node.current_dir(project::root())
        .arg("tests/desktop/measure.mjs")
        .env("BINARIES", release)
        .env("IDLE_SECONDS", idle_seconds.to_string());
    let (found, _) = run_measured(&mut node)?;
    serde_json::from_str(&found).context("measure.mjs did not print its numbers")
}

/// Builds both programs, and those that measure them, and returns their folder.
///
/// # Errors
/// When something does not build.
pub fn build() -> Result<PathBuf> {
    println!("Building the release of the desktop");
    project::install_page()?;
    project::build_page()?;
    run(&mut project::cargo(&[
        "build",
        "--release",
        "--locked",
        "--features",
        "hunter-desktop/embedded-ui",
        "-p",
        "hunter-desktop",
        "-p",
        "hunter-cli",
        "--bins",
        "--examples",
    ]))?;
    Ok(project::target()?.join("release"))
}

/// Prints what was measured.
pub fn print(found: &OfDesktop) {
    let memory = |name: &str, memory: &Memory| {
        vec![name.to_owned(), format!("{:.0}", memory.pss_mb), memory.processes.to_string()]
    };
    let rows = [
        memory("started with --hidden", &found.hidden),
        memory("with its window", &found.with_window),
        memory("window closed again", &found.after_close),
    ];
    table::print("The desktop's memory", &["", "PSS, MB", "processes"], &rows);
    let OfDesktop { first_open_ms, open_again_ms, idle, .. } = found;
    println!("\n  From the tray to a window: {first_open_ms} ms, a second time {open_again_ms} ms");
    println!(
        "  {} s in the tray, signed in: {} ms of processor time, {:.0} wake-ups a minute, {} sync runs",
        idle.seconds, idle.cpu_ms, idle.wakeups_per_minute, idle.runs
    );
}
