use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use anyhow::{Context, Result};
use serde_json::json;

use crate::process::{command, run};
use crate::setup::{self, Need};

/// Compiles the page into both programs, as their packages have it. Every build and check asks for
/// it, so that nothing is compiled twice.
const EMBEDDED_UI: [&str; 2] = ["--features", "hunter-desktop/embedded-ui,hunter-cli/embedded-ui"];

pub fn root() -> &'static Path {
    // `cargo run` tells where the sources are; two checkouts may share one target folder.
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let xtask = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let xtask = xtask.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        xtask.parent().map_or_else(|| xtask.clone(), Path::to_owned)
    });
    &ROOT
}

/// Where cargo puts debug programs: xtask is one of them.
///
/// # Errors
/// When the system does not tell which program this is.
pub fn binaries() -> Result<PathBuf> {
    let xtask = env::current_exe()?;
    Ok(xtask.parent().context("xtask has no folder")?.to_owned())
}

/// # Errors
/// See [`binaries`].
pub fn program(name: &str) -> Result<PathBuf> {
    Ok(binaries()?.join(name).with_extension(env::consts::EXE_EXTENSION))
}

/// # Errors
/// See [`binaries`].
pub fn target() -> Result<PathBuf> {
    Ok(binaries()?.parent().context("cargo's target folder is missing")?.to_owned())
}

pub fn cargo(subcommand: &[&str]) -> Command {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).args(subcommand);
    cargo
}

/// Cargo on the whole workspace, the way all builds and checks share.
pub fn cargo_workspace(subcommand: &[&str]) -> Command {
    let mut cargo = cargo(subcommand);
    cargo.args(["--workspace", "--locked"]).args(EMBEDDED_UI);
    cargo
}

pub const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

pub fn npm(arguments: &[&str]) -> Command {
    let mut npm = command(NPM);
    npm.current_dir(root().join("ui")).args(arguments);
    npm
}

/// Installs the page's packages when package-lock.json is another than at the last time.
///
/// # Errors
/// When npm fails.
pub fn install_page() -> Result<()> {
    let ui = root().join("ui");
    let wanted = fs::read(ui.join("package-lock.json")).context("ui/package-lock.json")?;
    let stamp = ui.join("node_modules/.installed-package-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("Installing the page's packages (npm ci)");
    run(&mut npm(&["ci", "--no-fund", "--no-audit"]))?;
    fs::write(stamp, wanted).context("cannot note which packages are installed")
}

/// # Errors
/// When the page does not type-check or bundle.
pub fn build_page() -> Result<()> {
    run(&mut npm(&["run", "build"]))
}

/// The debug programs `hunter` and `hunter-desktop`.
pub fn build_programs() -> Command {
    // `--examples` makes cargo choose features as it does for tests: one build serves both.
    let mut cargo = cargo_workspace(&["build", "--bins", "--examples"]);
    if cfg!(windows) {
        // A running program cannot be replaced there.
        cargo.args(["--exclude", "xtask"]);
    }
    cargo
}

/// # Errors
/// When the types cannot be written.
pub fn write_bindings() -> Result<()> {
    setup::ensure(&[Need::Build])?;
    let tests = ["--test", "bindings", "--test", "documents"];
    let mut test = cargo(&[&["test", "--locked", "-p", "hunter-engine"], &tests[..]].concat());
    run(test.env("HUNTER_WRITE_BINDINGS", "1"))?;
    println!("ui/src/api/bindings.ts and settings.example.toml are current.");
    Ok(())
}

/// Release builds of both programs and the packages that hold them.
///
/// # Errors
/// When a build fails.
pub fn build_packages() -> Result<()> {
    setup::ensure(&[Need::Build])?;
    install_page()?;
    build_page()?;
    let embedded = ["--features", "embedded-ui"];
    run(cargo(&["build", "--release", "--locked", "-p", "hunter-cli"]).args(embedded))?;
    let release = target()?.join("release");
    let hunter = release.join("hunter");
    let files = json!({
        "/usr/bin/hunter": hunter,
        "/usr/lib/systemd/system/hunter.service": root().join("packaging/hunter.service"),
        "/usr/lib/sysusers.d/hunter.conf": root().join("packaging/hunter.sysusers"),
    });
    let both = json!({ "bundle": { "linux": { "deb": { "files": files }, "rpm": { "files": files } } } });
    let mut tauri = command(root().join("ui/node_modules/.bin/tauri"));
    tauri.current_dir(root()).arg("build");
    if cfg!(target_os = "linux") {
        tauri.arg("--config").arg(both.to_string());
    }
    run(tauri.args(["--", "--locked"]))?;
    println!("The packages are in {}", release.join("bundle").display());
    Ok(())
}
