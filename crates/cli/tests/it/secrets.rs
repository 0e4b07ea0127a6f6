//! No token leaves its origin or lies on disk unsealed; no log names a person, at any level.

use std::process::Stdio;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use hunter_sandbox::{Elsewhere, Endpoint, Fault, FaultRule, NextLink, Sandbox, SecretKind};

use crate::support::{World, files, walk};

/// A text in every form in which it might lie in a file.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut forms =
        vec![bytes.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes(), percent.into_bytes(), wide];
    for (before, engine) in (0..3).flat_map(|before| [(before, &STANDARD), (before, &URL_SAFE)]) {
        let text = engine.encode([&b"xxx"[..before], bytes].concat());
        let inner = text.get(4..text.len() - 4).unwrap_or_default();
        if inner.len() >= 16 {
            forms.push(inner.as_bytes().to_vec());
        }
    }
    forms
}

fn contains(content: &[u8], wanted: &[u8]) -> bool {
    let Some(first) = wanted.first() else { return false };
    let mut rest = content;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = &rest[at..];
        if rest.starts_with(wanted) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

#[test]
fn the_search_finds_what_is_there() {
    let secret = "1.AXEAabcdefghijklmnopqrstuvwxyz0123456789";
    for before in ["", "a", "ab"] {
        let file = STANDARD.encode(format!("{before}{{\"token\":\"{secret}\"}}"));
        assert!(forms(secret).iter().any(|form| contains(file.as_bytes(), form)), "{before}");
    }
    assert!(forms(secret).iter().any(|form| contains(format!("..{secret}").as_bytes(), form)));
    assert!(!forms(secret).iter().any(|form| contains(b"nothing of the kind", form)));
}

/// A journey with everything that could make a program talk; what it said on stderr.
async fn journey(world: &mut World) -> String {
    world.set("HUNTER_LOG", "trace");
    let mut said = String::new();
    let mut hear = |outcome: crate::support::Outcome| said.push_str(&outcome.stderr);
    hear(world.run(&["login", "--no-browser", "--json"]).await);
    hear(world.run(&["sync"]).await);
    let elsewhere = || Elsewhere::SecondOrigin;
    for fault in [
        Fault::NextLink { to: NextLink::SecondOrigin },
        Fault::Redirect { status: 307, to: elsewhere() },
        Fault::status(503),
        Fault::status(401),
        Fault::coded(403, "insufficent_claims"),
        Fault::BadJson,
        Fault::HalfPage,
        Fault::CutInBody,
        Fault::ExtraItem { item: serde_json::json!({"name": "no id"}) },
        Fault::Touch { count: 20, seed: 4 },
    ] {
        world.sandbox.inject(FaultRule::new(Endpoint::List, fault));
        world.sandbox.expire_access_tokens();
        hear(world.run(&["sync", "--json"]).await);
    }
    for fault in [
        Fault::aadsts(50020),
        Fault::AnswerLost,
        Fault::Redirect { status: 302, to: elsewhere() },
        Fault::BadJson,
    ] {
        world.sandbox.inject(FaultRule::new(Endpoint::Token, fault));
        world.sandbox.expire_access_tokens();
        hear(world.run(&["sync", "--json"]).await);
        hear(world.run(&["login", "--no-browser", "--json"]).await);
    }
    world
        .sandbox
        .inject(FaultRule::new(Endpoint::DeviceCode, Fault::Redirect { status: 307, to: elsewhere() }));
    hear(world.run(&["login", "--no-browser", "--json"]).await);
    hear(world.run(&["list", "--status", "all", "--json"]).await);
    hear(world.run(&["show", world.service().keys().next().unwrap(), "--json"]).await);
    hear(world.run(&["status", "--json"]).await);
    hear(world.run(&["login", "--no-browser", "--json"]).await);
    assert_eq!(world.run(&["sync"]).await.code, 0);
    said
}

#[tokio::test]
async fn a_whole_journey_at_trace_level() {
    let mut world = World::new(Sandbox::builder().referrals(60).page_size_cap(25)).await;
    let said = journey(&mut world).await;
    assert!(said.contains("TRACE") || said.contains("DEBUG"), "stderr tells what is asked for");

    let secrets = world.sandbox.issued_secrets();
    assert!(secrets.iter().filter(|secret| secret.kind == SecretKind::RefreshToken).count() > 10);
    let mut contents: Vec<_> =
        files(&world.data_dir()).into_iter().map(|path| (std::fs::read(&path).unwrap(), path)).collect();
    contents.push((said.clone().into_bytes(), "stderr".into()));
    assert!(contents.len() >= 6, "token file, key, profile, log, database");
    for (content, path) in &contents {
        for secret in &secrets {
            let found = forms(&secret.value).iter().any(|form| contains(content, form));
            assert!(!found, "{:?} in {}", secret.kind, path.display());
        }
    }

    let mut logs = said;
    for file in files(&world.data_dir().join("logs")) {
        logs.push_str(&std::fs::read_to_string(file).unwrap());
    }
    for person in world.sandbox.personal_strings() {
        let escaped = serde_json::to_string(&person).unwrap();
        assert!(!logs.contains(&person) && !logs.contains(escaped.trim_matches('"')), "{person:?} in a log");
    }

    assert_eq!(world.sandbox.second_origin_requests(), []);
    for request in world.sandbox.requests() {
        let query = request.query.unwrap_or_default();
        assert!(!secrets.iter().any(|secret| query.contains(&secret.value)), "a secret in an address");
    }

    a_bundle_names_nobody(&world).await;

    assert_eq!(world.run(&["logout"]).await.code, 0);
    assert!(!world.data_dir().join(".token_cache").exists());
    assert!(!world.data_dir().join(".token_cache.key").exists());
}

/// Even where a log says what none may say, the bundle does not.
async fn a_bundle_names_nobody(world: &World) {
    let secrets = world.sandbox.issued_secrets();
    let of_tokens = [SecretKind::AccessToken, SecretKind::RefreshToken, SecretKind::IdToken];
    let tokens = secrets.iter().filter(|secret| of_tokens.contains(&secret.kind)).map(|secret| &secret.value);
    let persons = world.sandbox.personal_strings();
    assert!(persons.len() > 100, "{}", persons.len());
    let planted = persons.iter().chain(tokens).map(|text| {
        let time = "2026-03-10T12:00:00.000000Z";
        format!(
            "{}\n",
            serde_json::json!({"timestamp": time, "level": "WARN", "event": "planted", "error": text})
        )
    });
    let log = world.data_dir().join("logs/planted.jsonl");
    std::fs::write(&log, planted.collect::<String>()).unwrap();

    let path = world.beside("bundle.zip");
    let bundle = world.json(&["diagnostics", path.to_str().unwrap(), "--show"]).await;
    assert!(std::fs::read(&path).unwrap().starts_with(b"PK"));
    let text = |name: &str| {
        let files = bundle["files"].as_array().unwrap();
        let file = files.iter().find(|file| file["name"] == name).unwrap_or_else(|| panic!("no {name}"));
        file["text"].as_str().unwrap().to_owned()
    };
    assert!(text("logs/hunter.jsonl").contains("partner_center_sync_summary"));
    assert!(text("logs/planted.jsonl").lines().count() > persons.len());
    assert!(text("runs.json").contains("client_request_id"));
    assert!(text("schema.sql").contains("CREATE TABLE partner_center_referrals"));
    assert!(text("settings.json").contains(world.sandbox.client_id()));
    for file in bundle["files"].as_array().unwrap() {
        let (name, text) = (file["name"].as_str().unwrap(), file["text"].as_str().unwrap());
        for person in &persons {
            let escaped = serde_json::to_string(person).unwrap();
            assert!(
                !text.contains(person.as_str()) && !text.contains(escaped.trim_matches('"')),
                "{person:?} in {name}"
            );
        }
        for secret in &secrets {
            let found = forms(&secret.value).iter().any(|form| contains(text.as_bytes(), form));
            assert!(!found, "{:?} in {name}", secret.kind);
        }
    }
    std::fs::remove_file(log).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn everything_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(Sandbox::builder().referrals(20)).await;
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "umask 0; exec \"$0\" login --no-browser", env!("CARGO_BIN_EXE_hunter")]);
    let status = tokio::process::Command::from(command)
        .stdout(Stdio::null())
        .env_clear()
        .envs(&world.variables)
        .status()
        .await
        .unwrap();
    assert!(status.success());
    world.json(&["sync"]).await;
    world.json(&["config", "set", "log", "debug"]).await;
    world.json(&["db", "backup", world.data_dir().join("copy.db").to_str().unwrap()]).await;
    let held = world.engine();
    held.check_database().await.unwrap();
    let found = walk(&world.data_dir());
    for name in [
        ".token_cache",
        ".token_cache.key",
        "hunter.db",
        "hunter.db-wal",
        "hunter.jsonl",
        "settings.toml",
        "copy.db",
    ] {
        assert!(found.iter().any(|path| path.ends_with(name)), "{name} in {found:?}");
    }
    for path in found {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
}
