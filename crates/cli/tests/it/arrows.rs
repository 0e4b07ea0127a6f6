//! Who may know whom: faces, engine, Microsoft's side and the store, the referral; the sandbox knows nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use rstest::rstest;
use serde_json::Value;

/// The packages that each package is built from, tests and build scripts left out.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--offline", "--locked", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let names: BTreeMap<String, String> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        let below = arrows.entry(names[node["id"].as_str().unwrap()].clone()).or_default();
        for dependency in node["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"].is_null()) {
                below.insert(names[dependency["pkg"].as_str().unwrap()].clone());
            }
        }
    }
    arrows
}

fn everything_below(package: &str) -> BTreeSet<String> {
    let arrows = arrows();
    let mut found = BTreeSet::new();
    let mut open = vec![package.to_owned()];
    while let Some(package) = open.pop() {
        for below in &arrows[&package] {
            if found.insert(below.clone()) {
                open.push(below.clone());
            }
        }
    }
    assert!(found.len() > 3, "{package} has dependencies: {found:?}");
    found
}

const WINDOWS: &[&str] = &["tauri", "wry", "tao", "gtk", "webkit2gtk", "webkit2gtk-sys"];
const HTTP: &[&str] = &["reqwest", "hyper", "axum", "oauth2", "hunter-partner-center"];
const SQL: &[&str] = &["sqlx", "sqlx-sqlite", "libsqlite3-sys", "hunter-store"];
const OURS: &[&str] = &[
    "hunter-referral",
    "hunter-partner-center",
    "hunter-store",
    "hunter-engine",
    "hunter-cli",
    "hunter-desktop",
];
const IO: &[&str] = &["tokio", "reqwest", "sqlx", "tracing"];

#[rstest]
#[case("hunter-cli", &[WINDOWS, &["hunter-desktop"]])]
#[case("hunter-engine", &[WINDOWS, &["hunter-cli", "hunter-desktop"]])]
#[case("hunter-store", &[WINDOWS, HTTP, &["hunter-engine", "hunter-sandbox"]])]
#[case("hunter-partner-center", &[WINDOWS, SQL, &["hunter-engine", "hunter-sandbox"]])]
#[case("hunter-referral", &[WINDOWS, HTTP, SQL, IO, &["hunter-engine", "hunter-sandbox"]])]
#[case("hunter-sandbox", &[WINDOWS, SQL, OURS])]
fn arrows_point_down(#[case] package: &str, #[case] forbidden: &[&[&str]]) {
    let below = everything_below(package);
    let wrong: Vec<_> = forbidden.concat().into_iter().filter(|name| below.contains(*name)).collect();
    assert!(wrong.is_empty(), "{package} must not know {wrong:?}");
}

/// The names above are those of real packages, so that a wrong arrow would be found.
#[test]
fn the_window_is_where_it_should_be() {
    let below = everything_below("hunter-desktop");
    for name in ["tauri", "wry", "hunter-engine", "reqwest", "libsqlite3-sys", "tokio", "hunter-referral"] {
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
