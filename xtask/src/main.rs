//! The project's chores: `cargo xtask <command>`.
#![expect(clippy::print_stdout, reason = "a chore tells the person at the terminal what it does")]

mod bench;
mod demo;
mod process;
mod project;
mod setup;
mod test;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::setup::Need;

const USAGE: &str = "\
Usage: cargo xtask <command>

  demo         open Hunter on the built-in sandbox, signed in after one click
  test         everything that has to pass: format, lints, Rust, page, window, browser
  build        the installable packages, in target/release/bundle
  setup        install what the other commands need and this machine lacks
  bindings     write ui/src/api/bindings.ts and settings.example.toml from the Rust code
  bench        what a sync costs, beside a plain download of the same referrals
               [--referrals 1000,10000] [--rounds 3] [--json FILE], or the waiting app
               with --desktop SECONDS, or the list, in engine and window, with --list
  screenshots  pictures of every view, light and dark, English and Turkish";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    process::stop_children_on_signal()?;
    let mut arguments = env::args().skip(1);
    let command = arguments.next();
    if command.as_deref() == Some("bench") {
        return bench::run_benchmarks(&bench::Options::read(arguments)?);
    }
    if let Some(extra) = arguments.next() {
        bail!("unexpected argument `{extra}`\n\n{USAGE}");
    }
    match command.as_deref() {
        Some("demo") => demo::run_demo(),
        Some("test") => test::run_all(),
        Some("build") => project::build_packages(),
        Some("setup") => {
            setup::ensure(&[Need::Build, Need::Check, Need::Window, Need::Browser])?;
            project::install_page()?;
            println!("Everything that Hunter needs is here.");
            Ok(())
        }
        Some("bindings") => project::write_bindings(),
        Some("screenshots") => test::take_screenshots(),
        None | Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        Some(other) => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}
