//! Who may know whom: faces, engine, Microsoft's side, the store and the scanner, the referral; the sandbox knows nobody.

use std::collections::BTreeSet;
use std::process::Command;

use rstest::rstest;

/// Everything that a package is built from on this system, tests and build scripts left out.
fn everything_below(package: &str) -> BTreeSet<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "tree",
            "--offline",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--package",
            package,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let names = tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned);
    let below: BTreeSet<String> = names.filter(|name| name != package).collect();
    assert!(below.contains("serde_json"), "{package} has dependencies: {below:?}");
    below
}

const WINDOWS: &[&str] = &["tauri", "wry", "tao", "gtk", "webkit2gtk", "webkit2gtk-sys"];
const HTTP: &[&str] = &["reqwest", "hyper", "axum", "oauth2", "hunter-partner-center"];
const SQL: &[&str] = &["sqlx", "sqlx-sqlite", "libsqlite3-sys", "hunter-store"];
const DNS: &[&str] = &["hickory-resolver", "hunter-signals"];
const OURS: &[&str] = &[
    "hunter-referral",
    "hunter-partner-center",
    "hunter-signals",
    "hunter-store",
    "hunter-engine",
    "hunter-cli",
    "hunter-desktop",
];
const IO: &[&str] = &["tokio", "reqwest", "sqlx", "tracing"];

#[rstest]
#[case("hunter-cli", &[WINDOWS, &["hunter-desktop"]])]
#[case("hunter-engine", &[WINDOWS, &["hunter-cli", "hunter-desktop"]])]
#[case("hunter-store", &[WINDOWS, HTTP, DNS, &["hunter-engine", "hunter-sandbox"]])]
#[case("hunter-partner-center", &[WINDOWS, SQL, DNS, &["hunter-engine", "hunter-sandbox"]])]
#[case("hunter-signals", &[WINDOWS, HTTP, SQL, &["hunter-engine", "hunter-sandbox"]])]
#[case("hunter-referral", &[WINDOWS, HTTP, SQL, DNS, IO, &["hunter-engine", "hunter-sandbox"]])]
#[case("hunter-sandbox", &[WINDOWS, SQL, OURS])]
fn arrows_point_down(#[case] package: &str, #[case] forbidden: &[&[&str]]) {
    let below = everything_below(package);
    let wrong: Vec<_> = forbidden.concat().into_iter().filter(|name| below.contains(*name)).collect();
    assert!(wrong.is_empty(), "{package} must not know {wrong:?}");
}

/// The names above are those of packages that Hunter has, so that a wrong arrow would be found.
#[test]
fn what_is_forbidden_exists() {
    let lock = include_str!("../../../../Cargo.lock");
    for name in [WINDOWS, HTTP, SQL, DNS, OURS, IO].concat() {
        assert!(lock.contains(&format!("\nname = \"{name}\"\n")), "{name}");
    }
    let below = everything_below("hunter-cli");
    for name in ["hunter-engine", "hunter-store", "hunter-partner-center", "reqwest", "libsqlite3-sys"] {
        assert!(below.contains(name), "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_command_line_needs_no_window_system() {
    let Ok(output) = Command::new("ldd").arg(env!("CARGO_BIN_EXE_hunter")).output() else {
        eprintln!("skipped: this system has no ldd");
        return;
    };
    let libraries = String::from_utf8(output.stdout).unwrap().to_lowercase();
    assert!(libraries.contains("libc.so"), "{libraries}");
    for wrong in ["webkit", "gtk", "gdk", "libx11", "wayland"] {
        assert!(!libraries.contains(wrong), "{libraries}");
    }
}
