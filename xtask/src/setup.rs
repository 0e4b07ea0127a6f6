use std::collections::BTreeSet;
use std::fs;
use std::io::{IsTerminal, stdin};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{answer, run};
use crate::project::NPM;

/// What a machine has to have for one part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// To compile both programs and the page.
    Build,
    /// To check format and lints.
    Check,
    /// To open the real window where there is no screen.
    Window,
    /// To open the page in a browser.
    Browser,
}

impl Need {
    fn debian_packages(self) -> &'static [&'static str] {
        match self {
            Self::Build => &[
                "build-essential",
                "ca-certificates",
                "libayatana-appindicator3-dev",
                "libdbus-1-dev",
                "libwebkit2gtk-4.1-dev",
                "pkg-config",
            ],
            Self::Check => &[],
            Self::Browser => &["chromium", "fonts-dejavu-core"],
            Self::Window => &["dbus", "fonts-dejavu-core", "gnome-keyring", "webkit2gtk-driver", "xvfb"],
        }
    }
}

/// Installs what is missing, and says so; costs next to nothing when all is there.
///
/// # Errors
/// When something is missing that xtask cannot install.
pub fn ensure(needs: &[Need]) -> Result<()> {
    node()?;
    if needs.contains(&Need::Check) {
        rust_component("rustfmt", "fmt")?;
        rust_component("clippy", "clippy")?;
    }
    if cfg!(target_os = "linux") { linux(needs) } else { Ok(()) }
}

/// True when `cargo nextest` is there; its place is taken by `cargo test` otherwise.
pub fn has_nextest() -> bool {
    answer("cargo", &["nextest", "--version"]).is_some()
}

fn node() -> Result<()> {
    let needed = "Hunter's page needs Node.js 20 from 20.19, 22 from 22.12, or 24 and newer, with npm";
    let install = || format!("{needed}; install it from https://nodejs.org");
    let version = answer("node", &["--version"]).with_context(install)?;
    if !suits_the_page(&version) {
        bail!("{needed}; this is {version}");
    }
    answer(NPM, &["--version"]).with_context(|| format!("{needed}; `npm --version` does not work"))?;
    Ok(())
}

/// The same range as `engines` in ui/package.json.
fn suits_the_page(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|number| number.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(20), Some(minor)) => minor >= 19,
        (Some(22), Some(minor)) => minor >= 12,
        (Some(major), Some(_)) => major >= 24_u32,
        _ => false,
    }
}

fn rust_component(component: &str, subcommand: &str) -> Result<()> {
    if answer("cargo", &[subcommand, "--version"]).is_some() {
        return Ok(());
    }
    println!("Installing {component} (rustup component add {component})");
    run(Command::new("rustup").args(["component", "add", component]))
}

fn linux(needs: &[Need]) -> Result<()> {
    let wanted: BTreeSet<_> = needs.iter().flat_map(|need| need.debian_packages()).copied().collect();
    let wanted: Vec<_> = wanted.into_iter().collect();
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if !is_debian(&release) {
        return elsewhere(&wanted);
    }
    let missing = missing(&wanted);
    if missing.is_empty() {
        return Ok(());
    }
    println!("These packages are missing and will be installed: {}", missing.join(" "));
    apt_get(&["update"])?;
    let install = ["install", "--yes", "--no-install-recommends"];
    apt_get(&[&install[..], &missing[..]].concat())
}

fn is_debian(os_release: &str) -> bool {
    os_release
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| matches!(*key, "ID" | "ID_LIKE"))
        .flat_map(|(_, value)| value.trim_matches('"').split_whitespace())
        .any(|id| matches!(id, "debian" | "ubuntu"))
}

fn missing<'a>(wanted: &[&'a str]) -> Vec<&'a str> {
    let format = "--showformat=${db:Status-Abbrev}${Package}\\n";
    let listing = Command::new("dpkg-query").args(["--show", format]).args(wanted).output();
    let listing = listing.map(|output| output.stdout).unwrap_or_default();
    let listing = String::from_utf8_lossy(&listing);
    let installed: Vec<_> = listing.lines().filter_map(|line| line.strip_prefix("ii ")).collect();
    wanted.iter().filter(|package| !installed.contains(package)).copied().collect()
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let root = answer("id", &["-u"]).is_some_and(|id| id == "0");
    let mut words = if root { vec![] } else { vec!["sudo"] };
    if !root && !stdin().is_terminal() {
        words.push("--non-interactive");
    }
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    words.extend(arguments);
    println!("  {}", words.join(" "));
    let (program, rest) = words.split_first().context("no command")?;
    run(Command::new(program).args(rest)).context("the packages could not be installed")
}

/// Other distributions name packages differently, so the programs themselves are looked for.
fn elsewhere(wanted: &[&str]) -> Result<()> {
    let has_webkit = answer("pkg-config", &["--exists", "webkit2gtk-4.1"]).is_some();
    let has_driver = !wanted.contains(&"webkit2gtk-driver")
        || ["WebKitWebDriver", "Xvfb", "dbus-daemon", "gnome-keyring-daemon"]
            .iter()
            .all(|program| is_installed(program));
    let has_browser = !wanted.contains(&"chromium")
        || ["chromium", "chromium-browser", "google-chrome"].iter().any(|program| is_installed(program));
    if has_webkit && has_driver && has_browser {
        return Ok(());
    }
    bail!(
        "this is neither Debian nor Ubuntu, so please install what corresponds to these packages \
         and run the command again: {}",
        wanted.join(" ")
    )
}

fn is_installed(program: &str) -> bool {
    answer("sh", &["-c", &format!("command -v {program}")]).is_some()
}

#[cfg(test)]
mod tests {
    use super::{is_debian, suits_the_page};

    #[test]
    fn node_has_to_be_one_that_the_page_can_be_built_with() {
        for version in ["v20.19.0", "v20.20.2", "v22.12.0", "v22.13.1", "v24.0.0", "v25.1.0"] {
            assert!(suits_the_page(version), "{version}");
        }
        for version in ["v18.20.0", "v20.18.3", "v21.7.3", "v22.11.0", "v23.11.0", "v24", "strange", ""] {
            assert!(!suits_the_page(version), "{version}");
        }
    }

    #[test]
    fn debian_and_what_derives_from_it_are_known() {
        assert!(is_debian("NAME=x\nID=debian\n"));
        assert!(is_debian("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!is_debian("ID=fedora\nID_LIKE=\"rhel\"\nNAME=\"not debian\"\n"));
    }
}
