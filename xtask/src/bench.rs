//! What Hunter costs, measured on its release build: `cargo xtask bench`.
//!
//! A module per part; nothing here judges a time.

mod desktop;
mod list;
mod machine;
mod sync;
mod table;

use std::fs;
use std::num::ParseIntError;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use crate::bench::desktop::OfDesktop;
use crate::bench::list::OfList;
use crate::bench::machine::Machine;
use crate::bench::sync::OfSize;
use crate::setup::{self, Need};

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// Milliseconds: a service on this computer, and one that is near.
const LATENCIES: [u64; 2] = [0, 20];
const ROUNDS: usize = 3;

/// What is measured, and where the numbers go.
#[derive(Debug)]
pub struct Options {
    referrals: Vec<usize>,
    latencies: Vec<u64>,
    rounds: usize,
    /// Seconds in the tray; the desktop instead of syncs.
    desktop: Option<usize>,
    /// The list instead of syncs.
    list: bool,
    json: Option<PathBuf>,
}

impl Options {
    /// # Errors
    /// When an argument is unknown or no number.
    pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            referrals: SIZES.to_vec(),
            latencies: LATENCIES.to_vec(),
            rounds: ROUNDS,
            desktop: None,
            list: false,
            json: None,
        };
        while let Some(name) = arguments.next() {
            if name == "--list" {
                options.list = true;
                continue;
            }
            let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--referrals" => {
                    options.referrals = value.split(',').map(count).collect::<Result<_>>()?;
                }
                "--latency" => options.latencies = value.split(',').map(number).collect::<Result<_>>()?,
                "--rounds" => options.rounds = count(&value)?,
                "--desktop" => options.desktop = Some(count(&value)?),
                "--json" => options.json = Some(value.into()),
                other => bail!("unexpected argument `{other}`"),
            }
        }
        if options.list && options.desktop.is_some() {
            bail!("--list and --desktop are two measurements");
        }
        Ok(options)
    }
}

fn count(text: &str) -> Result<usize> {
    let count = number(text)?;
    if count == 0 { bail!("0 is too little") } else { Ok(count) }
}

fn number<T: FromStr<Err = ParseIntError>>(text: &str) -> Result<T> {
    text.trim().parse().with_context(|| format!("`{text}` is no number"))
}

/// All numbers of one run.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sync: Vec<OfSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    desktop: Option<OfDesktop>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<OfList>,
}

/// Measures, prints tables, and writes the numbers to a file if one is named.
///
/// # Errors
/// When something does not build, start or work.
pub fn run_benchmarks(options: &Options) -> Result<()> {
    setup::ensure(&[Need::Build, Need::Window])?;
    let mut report = Report { machine: Machine::here(), sync: Vec::new(), desktop: None, list: None };
    match options.desktop {
        Some(idle_seconds) => report.desktop = Some(desktop::measure(idle_seconds)?),
        None if options.list => report.list = Some(list::measure(&options.referrals, options.rounds)?),
        None => report.sync = sync::measure(&options.referrals, &options.latencies, options.rounds)?,
    }
    println!("\n{}", report.machine);
    if let Some(found) = &report.desktop {
        desktop::print(found);
    } else if let Some(found) = &report.list {
        list::print(found);
    } else {
        sync::print(&report.sync);
    }
    if let Some(file) = &options.json {
        fs::write(file, serde_json::to_string_pretty(&report)? + "\n")
            .with_context(|| format!("cannot write {}", file.display()))?;
        println!("\nThe numbers are in {}", file.display());
    }
    Ok(())
}
