use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::process::{command, run, run_keeping};
use crate::project;
use crate::setup::{self, Need};

const WINDOW_TESTS: [&str; 3] =
    ["tests/desktop/journey.test.mjs", "tests/desktop/tray.test.mjs", "tests/desktop/appearance.test.mjs"];

const BROWSER_TESTS: [&str; 4] = [
    "tests/browser/serve.test.mjs",
    "tests/browser/accessibility.test.mjs",
    "tests/browser/keyboard.test.mjs",
    "tests/browser/display.test.mjs",
];

/// Runs every check in order and stops at the first that fails.
///
/// # Errors
/// The check that failed.
pub fn run_all() -> Result<()> {
    let begun = Instant::now();
    setup::ensure(&[Need::Build, Need::Check, Need::Window, Need::Browser])?;
    project::install_page()?;
    let home = tempfile::tempdir().context("no folder for the tests' home")?;
    let mut closing = Vec::new();
    let mut steps = steps(home.path())?;
    let count = steps.len();
    for (index, step) in steps.iter_mut().enumerate() {
        println!("\n[{}/{count}] {}", index + 1, step.name);
        let begun = Instant::now();
        let done = match step.closing {
            Some(keep) => run_keeping(&mut step.command, keep).map(|lines| closing.extend(lines)),
            None => run(&mut step.command),
        };
        done.with_context(|| format!("step {} of {count}, {}", index + 1, step.name))?;
        println!("[{}/{count}] {}: passed in {:.1} s", index + 1, step.name, seconds(begun));
    }
    println!("\nAll {count} steps passed in {:.0} s.", seconds(begun));
    for line in closing {
        println!("{line}");
    }
    Ok(())
}

/// Pictures of every view in `target/screenshots`; the one in README is refreshed with them.
///
/// # Errors
/// When a view does not appear.
pub fn take_screenshots() -> Result<()> {
    setup::ensure(&[Need::Build, Need::Window])?;
    project::install_page()?;
    project::build_page()?;
    run(&mut project::build_programs())?;
    run(&mut face_tests(&WINDOW_TESTS[2..])?)?;
    let pictures = project::target()?.join("screenshots");
    let readme = project::root().join("docs/referrals.png");
    fs::copy(pictures.join("en-light-referrals.png"), readme)?;
    println!("The pictures are in {}", pictures.display());
    Ok(())
}

struct Step {
    name: &'static str,
    command: Command,
    /// Picks the lines by which a test runner closes.
    closing: Option<fn(&str) -> bool>,
}

fn steps(home: &Path) -> Result<Vec<Step>> {
    let plain = |name, command| Step { name, command, closing: None };
    let mut clippy = project::cargo_workspace(&["clippy", "--all-targets"]);
    clippy.args(["--", "--deny", "warnings"]);
    let mut page_tests = project::npm(&["test"]);
    at_home_in(home, &mut page_tests);
    let mut steps = vec![
        plain("format", project::cargo(&["fmt", "--all", "--check"])),
        plain("page: lint", project::npm(&["run", "lint"])),
        plain("page: types and bundle", project::npm(&["run", "build"])),
        Step { name: "page: tests", command: page_tests, closing: Some(closes_vitest) },
        plain("clippy", clippy),
        plain("programs", project::build_programs()),
        rust_tests(home),
    ];
    if cfg!(target_os = "linux") {
        for (name, files) in [("the real window", &WINDOW_TESTS[..]), ("the real browser", &BROWSER_TESTS)] {
            steps.push(Step { name, command: face_tests(files)?, closing: Some(closes_node) });
        }
    } else {
        println!("Window and browser are driven on Linux only: those steps are left out here.");
    }
    Ok(steps)
}

fn rust_tests(home: &Path) -> Step {
    let (name, subcommand, closing): (_, &[&str], fn(&str) -> bool) = if setup::has_nextest() {
        ("Rust tests", &["nextest", "run"], closes_nextest)
    } else {
        ("Rust tests (cargo test, as cargo-nextest is not installed)", &["test"], closes_cargo_test)
    };
    let mut command = project::cargo_workspace(subcommand);
    at_home_in(home, &mut command);
    Step { name, command, closing: Some(closing) }
}

fn face_tests(files: &[&str]) -> Result<Command> {
    let mut node = command("node");
    node.current_dir(project::root())
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(files)
        .env("BINARIES", project::binaries()?)
        .env("PICTURES", project::target()?.join("screenshots"));
    Ok(node)
}

/// Keeps a test run away from the caller's files, keyring and screen.
fn at_home_in(home: &Path, command: &mut Command) {
    for name in ["CARGO_HOME", "RUSTUP_HOME"] {
        let folder = format!(".{}", name.trim_end_matches("_HOME").to_lowercase());
        let default = || env::home_dir().map(|home| home.join(folder).into_os_string());
        if let Some(value) = env::var_os(name).or_else(default) {
            command.env(name, value);
        }
    }
    let foreign = |name: &OsString| {
        let name = name.to_string_lossy();
        name.starts_with("XDG_")
            || matches!(&*name, "DBUS_SESSION_BUS_ADDRESS" | "DISPLAY" | "WAYLAND_DISPLAY")
    };
    for name in env::vars_os().map(|(name, _)| name).filter(foreign) {
        command.env_remove(name);
    }
    command.env("HOME", home).env("XDG_RUNTIME_DIR", home);
}

fn closes_nextest(line: &str) -> bool {
    line.trim_start().starts_with("Summary [")
}

fn closes_cargo_test(line: &str) -> bool {
    line.starts_with("test result:")
}

fn closes_vitest(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Test Files ") || line.starts_with("Tests ")
}

fn closes_node(line: &str) -> bool {
    ["tests", "pass", "fail", "skipped"].iter().any(|word| {
        line.trim_start_matches("ℹ ")
            .strip_prefix(word)
            .is_some_and(|rest| rest.trim().parse::<u32>().is_ok() && line.starts_with("ℹ "))
    })
}

fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}
