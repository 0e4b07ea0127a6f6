#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Read};
use std::path::PathBuf;

use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::names::Names;
use super::redact::Patterns;
use super::*;
use crate::error::ErrorCode;
use crate::settings::Launch;

fn world(variables: &[(&str, &str)]) -> (TempDir, Engine) {
    let folder = tempfile::tempdir().unwrap();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let data_dir = Some(folder.path().join("data"));
    let engine = Engine::open(Launch { variables, data_dir, ..Launch::default() }).unwrap();
    (folder, engine)
}

fn text<'d>(diagnostics: &'d Diagnostics, name: &str) -> &'d str {
    &diagnostics.files.iter().find(|file| file.name == name).unwrap().text
}

#[rstest]
#[case("from ayse@contoso.com.tr, twice", "from [removed], twice")]
#[case("host xn--rnek-5qa.com.tr failed", "host [removed] failed")]
#[case("Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.aGVsbG8.d29ybGQ", "Bearer [removed]")]
#[case("run 0193f6c2-7d9a-7e63-a1b2-0123456789ab", "run 0193f6c2-7d9a-7e63-a1b2-0123456789ab")]
#[case("partner_center_token_acquisition_failed", "partner_center_token_acquisition_failed")]
#[case("https://api.partner.microsoft.com/.default", "https://api.partner.microsoft.com/.default")]
#[case("/srv/hunter/profiles/none/hunter.db", "<data>/profiles/none/hunter.db")]
fn what_its_form_gives_away(#[case] text: &str, #[case] expected: &str) {
    let patterns = Patterns::new(&PathBuf::from("/srv/hunter")).unwrap();
    assert_eq!(patterns.sweep(text), expected);
}

#[test]
fn the_home_directory_has_no_name() {
    let Some(home) = std::env::home_dir() else { return };
    let patterns = Patterns::new(&PathBuf::from("/srv/hunter")).unwrap();
    assert_eq!(patterns.sweep(&format!("in {}/x", home.display())), "in ~/x");
}

#[rstest]
#[case("Kaya Lojistik began", "[removed] began")]
#[case("kaya lojistik, KAYA LOJISTIK", "[removed], [removed]")]
#[case("a Kayak is none", "a Kayak is none")]
#[case("mail to info of ornek-lojistik.com.tr", "mail to [removed] of [removed]")]
#[case("www.ornek-lojistik.com.tr:443", "[removed]:443")]
#[case("O'Neill & Söhne", "[removed]")]
#[case("O&#39;Neill &amp; Söhne", "[removed]")]
#[case(
    "{\\\"name\\\":\\\"A \\\\\\\"quoted\\\\\\\" name\\\"}",
    "{\\\"name\\\":\\\"A \\\\\\\"quoted\\\\\\\" name\\\"}"
)]
#[case("+90 532 000 00 00", "+[removed]")]
#[case("New Incoming TR run", "New Incoming TR run")]
fn names_of_a_payload(#[case] text: &str, #[case] expected: &str) {
    let payload = json!({
        "id": "0193f6c2-7d9a-7e63-a1b2-0123456789ab",
        "status": "New", "direction": "Incoming", "createdDateTime": "2026-03-07T05:08:23Z",
        "customerProfile": {
            "name": "Kaya Lojistik", "address": {"country": "TR"},
            "website": "https://www.ornek-lojistik.com.tr/tr",
            "team": [{"email": "info@ornek-lojistik.com.tr", "phoneNumber": "90 532 000 00 00"}],
        },
        "details": {"notes": "O&#39;Neill &amp; Söhne"},
    });
    let mut names = Names::default();
    names.add_payload(&payload.to_string());
    assert_eq!(names.search().unwrap().without(text), expected);
}

/// A shorter name within a longer one that is not there as a whole.
#[test]
fn names_within_names() {
    let mut names = Names::default();
    ["Örnek Loj", "Örnek", "Lojistik"].into_iter().for_each(|name| names.add(name));
    assert_eq!(
        names.search().unwrap().without("Örnek Lojistik ve Örnek"),
        "[removed] [removed] ve [removed]"
    );
}

#[tokio::test]
async fn settings_without_what_names_a_firm() {
    let (_folder, engine) = world(&[
        ("HUNTER_PARTNER_CENTER_CLIENT_ID", "11111111-2222-4333-8444-555555555555"),
        ("HUNTER_PARTNER_CENTER_TENANT_ID", "ornek-lojistik.com.tr"),
        ("HUNTER_PARTNER_CENTER_TOKEN_CACHE_PATH", "/home/ayse/.token"),
        ("HUNTER_HTTP_ALLOWED_HOSTS", "hunter.ornek-lojistik.com.tr"),
        ("HUNTER_PARTNER_CENTER_CLIENT_SECRET", "s3cr3t-of-the-app"),
    ]);
    let diagnostics = engine.diagnostics().await.unwrap();
    let settings: Vec<Value> = serde_json::from_str(text(&diagnostics, "settings.json")).unwrap();
    let value = |key: &str| settings.iter().find(|view| view["key"] == key).unwrap()["value"].clone();
    assert_eq!(value("partner_center.client_id"), "11111111-2222-4333-8444-555555555555");
    assert_eq!(value("partner_center.sync_interval"), "600");
    for key in ["partner_center.tenant_id", "partner_center.token_cache_path", "http.allowed_hosts"] {
        assert_eq!(value(key), "[set]", "{key}");
    }
    let all: String = diagnostics.files.iter().map(|file| file.text.as_str()).collect();
    assert!(!all.contains("s3cr3t") && !all.contains("ornek-lojistik") && !all.contains("ayse"), "{all}");
}

#[tokio::test]
async fn a_log_is_made_anew_from_what_names_nobody() {
    let (_folder, engine) = world(&[]);
    let logs = engine.data_dir().join("logs");
    std::fs::create_dir_all(&logs).unwrap();
    let lines = "{\"timestamp\":\"2026-03-10T12:00:00.000000Z\",\"level\":\"INFO\",\"event\":\"odd\",\"count\":3,\
                 \"customer\":\"Kaya Lojistik\",\"cause\":\"network\"}\nKaya Lojistik called\n{\"half\":";
    std::fs::write(logs.join("hunter.jsonl"), lines).unwrap();
    std::fs::write(logs.join("notes.txt"), "Kaya").unwrap();
    let diagnostics = engine.diagnostics().await.unwrap();
    let log = text(&diagnostics, "logs/hunter.jsonl");
    let line: Value = serde_json::from_str(log.trim()).unwrap();
    assert_eq!(
        [&line["count"], &line["cause"], &line["customer"], &line["event"]],
        [&json!(3), &json!("network"), &json!("[left out]"), &json!("odd")]
    );
    assert_eq!(log.lines().count(), 1);
    assert!(diagnostics.files.iter().all(|file| file.bytes == file.text.len() as u64));
}

#[tokio::test]
async fn what_cannot_be_read_says_so_in_its_place() {
    let (_folder, engine) = world(&[]);
    let database = engine.database_path().unwrap();
    std::fs::create_dir_all(&database).unwrap();
    let diagnostics = engine.diagnostics().await.unwrap();
    assert!(text(&diagnostics, "schema.sql").contains("storage_"));
    let status: Value = serde_json::from_str(text(&diagnostics, "status.json")).unwrap();
    assert_eq!(status["database"]["ok"], false);
}

#[tokio::test]
async fn the_archive_holds_what_was_shown_and_replaces_only_its_like() {
    let (folder, engine) = world(&[]);
    let diagnostics = engine.diagnostics().await.unwrap();
    let path = folder.path().join("bundle.zip");
    diagnostics.save(&path).unwrap();
    diagnostics.save(&path).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(std::fs::read(&path).unwrap())).unwrap();
    assert_eq!(archive.len(), diagnostics.files.len());
    for file in &diagnostics.files {
        let mut held = String::new();
        archive.by_name(&file.name).unwrap().read_to_string(&mut held).unwrap();
        assert_eq!(held, file.text, "{}", file.name);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let mine = folder.path().join("mine.txt");
    std::fs::write(&mine, "a text").unwrap();
    for place in [&mine, &folder.path().join("no/such/folder.zip")] {
        assert_eq!(diagnostics.save(place).unwrap_err().code(), ErrorCode::StorageIo);
    }
    assert_eq!(std::fs::read_to_string(mine).unwrap(), "a text");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}
