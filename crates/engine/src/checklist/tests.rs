//! Every check made to fail once, for its reason; then GO on a clean set-up.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hunter_partner_center::{Key, KeyId, KeyPlace, SecretStore, TokenVault, VaultError, VaultErrorKind};
use hunter_sandbox::{Endpoint, Fault, FaultRule};
use hunter_store::{BackupCause, private_dir, private_file};
use jiff::SignedDuration;
use rstest::rstest;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use super::checks::{Checks, Limits};
use super::items::ITEMS;
use super::run::Finding;
use super::view::{
    Answer, Checklist, ChecklistItem, How, ItemState, PhaseId, PhaseStatus, RollBack, Verdict,
};
use crate::desk::{Desk, Host, PageEvent, Topic};
use crate::engine::Engine;
use crate::error::ErrorCode;
use crate::language::Language;
use crate::laptop::Laptop;
use crate::reading::Depth;
use crate::settings::Setting;

const DEV: [(&str, &str); 1] = [("HUNTER_ENVIRONMENT", "dev")];

async fn laptop(environment: &str) -> Laptop {
    let laptop = Laptop::new().await;
    laptop.engine.change_setting(Setting::Environment, Some(environment)).unwrap();
    log(&laptop.engine, r#"{"timestamp":"2026-11-22T12:00:00Z","level":"INFO","event":"signed_in"}"#);
    laptop
}

/// A laptop whose referrals are here.
async fn synced() -> Laptop {
    let laptop = laptop("dev").await;
    assert_eq!(laptop.engine.sync(Depth::Full).await.unwrap().exit_code, 0);
    laptop
}

fn log(engine: &Engine, line: &str) {
    let folder = engine.data_dir().join("logs");
    private_dir(&folder).unwrap();
    writeln!(private_file(&folder.join("hunter.jsonl")).unwrap(), "{line}").unwrap();
}

async fn found_within(engine: &Engine, id: &str, limits: Limits) -> Finding {
    Checks::new(engine, limits).find(id).await
}

async fn found(engine: &Engine, id: &str) -> Finding {
    found_within(engine, id, Limits::default()).await
}

#[track_caller]
fn assert_found(finding: &Finding, state: ItemState, reason: &str) {
    let keys = finding.evidence.keys();
    assert_eq!(finding.state, state, "{keys:?}");
    assert!(keys.contains(&reason), "{reason} in {keys:?}");
    for language in [Language::En, Language::Tr] {
        let text = finding.evidence.text(language);
        assert!(text.len() > 5 && !text.contains("%{") && !text.contains("evidence."), "{text}");
    }
}

async fn database(engine: &Engine) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(engine.database_path().unwrap()).foreign_keys(false);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn by_hand(engine: &Engine, statement: &'static str) {
    let mut connection = database(engine).await;
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn item<'a>(checklist: &'a Checklist, id: &str) -> &'a ChecklistItem {
    checklist.items().find(|item| item.id == id).unwrap()
}

#[tokio::test]
async fn go_in_dev_once_everything_is_proved() {
    let laptop = laptop("dev").await;
    let before = laptop.engine.checklist().await;
    assert_eq!(before.verdict, Verdict::NoGo);
    assert_eq!(before.blocking.len(), before.items().filter(|item| item.required).count());
    let checklist = laptop.engine.run_checklist(None).await;
    assert_eq!((checklist.verdict, checklist.blocking.as_slice()), (Verdict::Go, [].as_slice()));
    assert!(checklist.may_be_turned_on());
    for phase in &checklist.phases[..4] {
        assert_eq!(phase.status, PhaseStatus::Pass, "{:?}", phase.id);
        for item in &phase.items {
            assert!(item.evidence.len() > 5 && item.checked_at.is_some(), "{}", item.id);
        }
    }
    assert!(item(&checklist, "account").account.contains('@'));
    assert!(
        item(&checklist, "complete").evidence.contains("30"),
        "{}",
        item(&checklist, "complete").evidence
    );
}

#[tokio::test]
async fn go_in_staging_needs_the_answers_of_people() {
    let laptop = laptop("staging").await;
    let checklist = laptop.engine.run_checklist(None).await;
    let open = ["client_secret", "consent", "role", "backup", "responsible", "seen"];
    assert_eq!(checklist.blocking, open);
    assert_eq!(checklist.phases[4].status, PhaseStatus::Open);
    assert!(!checklist.may_be_turned_on());
    let mut checklist = checklist;
    for id in open {
        assert_eq!(checklist.verdict, Verdict::NoGo);
        checklist = laptop.engine.answer_checklist_item(id, Answer::Pass, " seen by Ayşe ").await.unwrap();
    }
    assert_eq!(checklist.verdict, Verdict::Go);
    let answered = item(&checklist, "consent");
    assert_eq!((answered.state, answered.note.as_str()), (ItemState::Pass, "seen by Ayşe"));
    assert!(answered.account.contains('@') && answered.checked_at.is_some());
    let report = laptop.engine.checklist_report().await;
    assert!(report.contains("**Overall:** GO") && report.contains("**May be turned on:** yes"), "{report}");

    let skipped = laptop.engine.answer_checklist_item("role", Answer::Skip, "").await.unwrap();
    assert_eq!(skipped.blocking, ["role"]);
    let cleared = laptop.engine.answer_checklist_item("role", Answer::Clear, "").await.unwrap();
    assert_eq!(item(&cleared, "role").state, ItemState::Manual);
    let history = laptop.engine.checklist_history("role").await.unwrap();
    let states: Vec<ItemState> = history.iter().map(|result| result.state).collect();
    assert_eq!(states, [ItemState::Manual, ItemState::Skipped, ItemState::Pass]);
    let report = laptop.engine.checklist_report().await;
    assert!(report.contains("**Overall:** NO-GO") && report.contains("**May be turned on:** no"), "{report}");

    let other = laptop.started_with(&[("HUNTER_ENVIRONMENT", "prod")]).checklist().await;
    assert_eq!(other.verdict, Verdict::NoGo, "what was proved elsewhere proves nothing here");
}

#[tokio::test]
async fn every_automatic_item_has_a_check() {
    let laptop = synced().await;
    for item in ITEMS.iter().filter(|item| item.how == How::Automatic) {
        let finding = found(&laptop.engine, &item.id).await;
        assert!(!finding.evidence.keys().contains(&"error.internal"), "{}", item.id);
        assert_ne!(finding.state, ItemState::Fail, "{}: {}", item.id, finding.evidence.text(Language::En));
    }
    assert_eq!(found(&laptop.engine, "no such").await.evidence.keys(), ["error.internal"]);
}

#[rstest]
#[case("settings", &[("HUNTER_PARTNER_CENTER_CLIENT_ID", "")], "settings.missing")]
#[case("api_host", &[("HUNTER_PARTNER_CENTER_API_URL", "https://api.partnercenter.microsoft.com")], "api_host.csp")]
#[case("api_host", &[("HUNTER_PARTNER_CENTER_API_URL", "https://api.partner.microsoft.com.example")], "api_host.other")]
#[case("api_host", &[("HUNTER_ENVIRONMENT", "prod")], "api_host.other")]
#[tokio::test]
async fn settings_that_are_wrong(#[case] id: &str, #[case] changes: &[(&str, &str)], #[case] reason: &str) {
    let laptop = laptop("dev").await;
    assert_eq!(found(&laptop.engine, id).await.state, ItemState::Pass);
    assert_found(&found(&laptop.started_with(changes), id).await, ItemState::Fail, reason);
}

#[tokio::test]
async fn where_required_settings_come_from() {
    let laptop = laptop("dev").await;
    let settings = found(&laptop.engine, "settings").await;
    assert_eq!(settings.evidence.keys(), ["settings.from_environment", "settings.from_file"]);
    assert_eq!(settings.evidence.text(Language::En).matches("partner_center.client_id").count(), 1);
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_written_to() {
    let laptop = laptop("dev").await;
    assert_eq!(found(&laptop.engine, "data_directory").await.state, ItemState::Pass);
    let logs = laptop.engine.data_dir().join("logs");
    std::fs::remove_dir_all(&logs).unwrap();
    std::fs::write(&logs, "no folder").unwrap();
    assert_found(&found(&laptop.engine, "data_directory").await, ItemState::Fail, "error.storage_io");
}

#[cfg(unix)]
#[tokio::test]
async fn a_data_directory_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let laptop = laptop("dev").await;
    let log = laptop.engine.data_dir().join("logs/hunter.jsonl");
    std::fs::set_permissions(&log, std::fs::Permissions::from_mode(0o644)).unwrap();
    let finding = found(&laptop.engine, "data_directory").await;
    assert_found(&finding, ItemState::Fail, "data_directory.open");
    assert_eq!(finding.evidence.value("paths"), Some("logs/hunter.jsonl"));

    std::fs::set_permissions(log.parent().unwrap(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let started_again = laptop.started_with(&[]);
    assert_found(&found(&started_again, "data_directory").await, ItemState::Pass, "data_directory.private");
}

#[cfg(unix)]
#[test]
fn a_token_that_others_can_read_before_there_is_anything_else() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("http_token");
    std::fs::write(&token, "a token").unwrap();
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o644)).unwrap();
    let data_dir = Some(folder.path().to_owned());
    let _engine = crate::Engine::open(crate::Launch { data_dir, ..crate::Launch::default() }).unwrap();
    assert_eq!(std::fs::metadata(&token).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_disk_that_is_full() {
    let laptop = laptop("dev").await;
    let limits = Limits { least_space: u64::MAX, ..Limits::default() };
    assert_found(
        &found_within(&laptop.engine, "disk_space", limits).await,
        ItemState::Fail,
        "disk_space.short",
    );
}

#[rstest]
#[case("CREATE INDEX of_somebody ON companies (country)", "index of_somebody")]
#[case("DROP INDEX referrals_all", "index referrals_all")]
#[case("ALTER TABLE companies ADD COLUMN mine TEXT NOT NULL DEFAULT ''", "table companies")]
#[tokio::test]
async fn a_schema_that_drifted(#[case] change: &'static str, #[case] object: &str) {
    let laptop = synced().await;
    by_hand(&laptop.engine, change).await;
    let finding = found(&laptop.engine, "schema").await;
    assert_found(&finding, ItemState::Fail, "schema.drifted");
    assert_eq!(finding.evidence.value("objects"), Some(object));
}

#[tokio::test]
async fn a_database_that_is_unsound_or_cannot_be_opened() {
    let laptop = synced().await;
    by_hand(&laptop.engine, "DELETE FROM raw_leads WHERE raw_lead_id = 1").await;
    assert_found(&found(&laptop.engine, "integrity").await, ItemState::Fail, "integrity.damaged");

    laptop.engine.close().await;
    let path = laptop.engine.database_path().unwrap();
    for suffix in ["-wal", "-shm"] {
        let _gone = std::fs::remove_file(PathBuf::from(format!("{}{suffix}", path.display())));
    }
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert_found(&found(&laptop.engine, "integrity").await, ItemState::Fail, "error.storage_io");
    let checklist = laptop.engine.run_checklist(None).await;
    assert_eq!(checklist.verdict, Verdict::NoGo);
    assert_eq!(item(&checklist, "integrity").state, ItemState::Fail);
    assert_eq!(
        item(&checklist, "api_host").state,
        ItemState::Pass,
        "remembered though nothing can be stored"
    );
    assert_eq!(checklist.phases[2].status, PhaseStatus::Waiting);
}

#[tokio::test]
async fn a_service_that_cannot_be_reached() {
    let mut laptop = laptop("dev").await;
    laptop.sandbox.go_offline().await;
    assert_found(&found(&laptop.engine, "network").await, ItemState::Fail, "network.unreached");
    assert_found(&found(&laptop.engine, "clock").await, ItemState::NotRun, "clock.nobody_answers");
    let checklist = laptop.engine.run_checklist(None).await;
    let waiting = &checklist.phases[1];
    assert_eq!(waiting.status, PhaseStatus::Waiting);
    assert_eq!(waiting.waits_for, ["network", "clock"]);
    assert!(waiting.items.iter().all(|item| item.state == ItemState::NotRun));
    assert_eq!(item(&checklist, "off_sync").evidence, "Waits for: “Network”, “Clock”.");
    assert_eq!(item(&checklist, "account").state, ItemState::NotRun);
}

#[rstest]
#[case(400, "clock.behind")]
#[case(-400, "clock.ahead")]
#[tokio::test]
async fn a_clock_that_is_wrong(#[case] ahead: i64, #[case] reason: &str) {
    let laptop = laptop("dev").await;
    laptop.sandbox.adjust(|behaviour| behaviour.date_ahead = ahead.signum() * 200);
    assert_eq!(found(&laptop.engine, "clock").await.state, ItemState::Pass, "within five minutes");
    laptop.sandbox.adjust(|behaviour| behaviour.date_ahead = ahead);
    assert_found(&found(&laptop.engine, "clock").await, ItemState::Fail, reason);
}

#[derive(Debug)]
struct Refusing(VaultErrorKind);

impl KeyPlace for Refusing {
    fn load(&self, _: KeyId) -> Result<Option<Key>, VaultError> {
        Err(self.0.into())
    }

    fn save(&self, _: KeyId, _: &Key) -> Result<(), VaultError> {
        Err(self.0.into())
    }

    fn delete(&self, _: KeyId) -> Result<(), VaultError> {
        Err(self.0.into())
    }
}

#[rstest]
#[case(VaultErrorKind::KeyringLocked, "error.keyring_locked")]
#[case(VaultErrorKind::NoKeyring, "error.no_keyring")]
#[tokio::test]
async fn a_keyring_that_refuses(#[case] kind: VaultErrorKind, #[case] reason: &str) {
    let laptop = laptop("dev").await;
    let checks = Checks::new(&laptop.engine, Limits::default());
    let probe = TokenVault::with_key_place("/nowhere", Arc::new(Refusing(kind)));
    let refused = Finding::from(checks.round_trip(&probe, SecretStore::Keyring).await);
    assert_found(&refused, ItemState::Fail, reason);
}

#[tokio::test]
async fn a_probe_leaves_nothing_behind() {
    let laptop = laptop("dev").await;
    let listed = || {
        let entries = std::fs::read_dir(laptop.engine.data_dir()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = listed();
    assert_found(&found(&laptop.engine, "keyring").await, ItemState::Pass, "keyring.file");
    assert_eq!(listed(), before);
    assert_eq!(found(&laptop.engine, "token_file").await.state, ItemState::Pass, "the key is still there");
}

#[rstest]
#[case("off_status", "off.status_on")]
#[case("off_sync", "off.sync_not_skipped")]
#[case("off_http", "off.http_not_refused")]
#[case("off_log", "off.log_not_skipped")]
#[tokio::test]
async fn a_flag_that_does_not_hold(#[case] id: &str, #[case] reason: &str) {
    let laptop = laptop("dev").await;
    assert_eq!(found(&laptop.engine, id).await.state, ItemState::Pass);
    let limits = Limits { rehearsed_flag: true, ..Limits::default() };
    assert_found(&found_within(&laptop.engine, id, limits).await, ItemState::Fail, reason);
}

#[tokio::test]
async fn nobody_is_signed_in() {
    let laptop = laptop("dev").await;
    laptop.engine.sign_out().await.unwrap();
    assert_found(&found(&laptop.engine, "account").await, ItemState::Fail, "error.sign_in_needed");
    assert_found(&found(&laptop.engine, "token_file").await, ItemState::Fail, "token_file.missing");
    for id in ["silent_token", "refresh"] {
        assert_found(&found(&laptop.engine, id).await, ItemState::NotRun, "after_sign_in");
    }
}

#[tokio::test]
async fn sample_data_is_never_enough_for_prod() {
    let laptop = laptop("dev").await;
    laptop.engine.use_sample_data(true).await.unwrap();
    assert_eq!(laptop.engine.run_checklist(None).await.verdict, Verdict::Go);
    assert_found(&found(&laptop.engine, "account").await, ItemState::Pass, "account.sample");
    laptop.engine.change_setting(Setting::Environment, Some("prod")).unwrap();
    assert_found(&found(&laptop.engine, "account").await, ItemState::Fail, "account.sample_in_prod");
    assert_eq!(laptop.engine.run_checklist(None).await.verdict, Verdict::NoGo);
}

#[tokio::test]
async fn a_token_file_that_was_tampered_with() {
    let laptop = laptop("dev").await;
    let path = laptop.engine.settings().unwrap().token_cache_path;
    let sound = std::fs::read(&path).unwrap();
    let mut tampered = sound.clone();
    *tampered.last_mut().unwrap() ^= 1;
    std::fs::write(&path, tampered).unwrap();
    assert_found(&found(&laptop.engine, "token_file").await, ItemState::Fail, "error.token_file_tampered");
    std::fs::write(&path, r#"{"access_token":"plain"}"#).unwrap();
    assert_found(&found(&laptop.engine, "token_file").await, ItemState::Fail, "token_file.plain");
    std::fs::write(&path, sound).unwrap();
    assert_found(&found(&laptop.engine, "token_file").await, ItemState::Pass, "token_file.sealed");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert_found(&found(&laptop.engine, "token_file").await, ItemState::Fail, "token_file.open");
    }
}

#[tokio::test]
async fn a_session_that_ended() {
    let laptop = laptop("dev").await;
    laptop.sandbox.revoke_sessions();
    assert_eq!(
        found(&laptop.engine, "silent_token").await.state,
        ItemState::Pass,
        "still good for some time"
    );
    assert_found(&found(&laptop.engine, "refresh").await, ItemState::Fail, "error.session_ended");

    let laptop = self::laptop("dev").await;
    laptop.sandbox.revoke_sessions();
    laptop.pass(SignedDuration::from_hours(2));
    assert_found(&found(&laptop.engine, "silent_token").await, ItemState::Fail, "error.session_ended");
}

#[tokio::test]
async fn a_sync_that_does_not_complete() {
    let laptop = laptop("dev").await;
    let list = |fault: Fault| FaultRule::new(Endpoint::List, fault);
    laptop.sandbox.inject(list(Fault::status(403)));
    assert_found(&found(&laptop.engine, "sync").await, ItemState::Fail, "error.forbidden");
    let refusals = found(&laptop.engine, "refusals").await;
    assert_found(&refusals, ItemState::Fail, "refusals.some");
    assert_eq!(refusals.evidence.value("forbidden"), Some("1"));
    assert_found(&found(&laptop.engine, "failures").await, ItemState::Fail, "failures.last");

    laptop.sandbox.inject(list(Fault::ExtraItem { item: json!({"name": "no id"}) }));
    assert_found(&found(&laptop.engine, "sync").await, ItemState::Fail, "sync.incomplete");
    assert_found(&found(&laptop.engine, "complete").await, ItemState::Fail, "complete.failed");

    laptop.pass(SignedDuration::from_hours(25));
    assert_found(&found(&laptop.engine, "refusals").await, ItemState::Pass, "refusals.none");
    laptop.engine.change_setting(Setting::Enabled, Some("false")).unwrap();
    assert_found(&found(&laptop.engine, "sync").await, ItemState::NotRun, "sync.off");
}

#[tokio::test]
async fn no_referrals_is_fine() {
    let laptop = laptop("dev").await;
    laptop.sandbox.replace_referrals(&[]);
    for id in ["sync", "ledger", "complete"] {
        assert_eq!(found(&laptop.engine, id).await.state, ItemState::Pass, "{id}");
    }
}

#[rstest]
#[case("DELETE FROM sync_run_items WHERE position = 3", "unmatched")]
#[case("PRAGMA ignore_check_constraints = ON; UPDATE sync_runs SET fetched = fetched + 1", "uneven")]
#[tokio::test]
async fn a_ledger_that_does_not_add_up(#[case] change: &'static str, #[case] count: &str) {
    let laptop = synced().await;
    assert_eq!(found(&laptop.engine, "ledger").await.state, ItemState::Pass);
    by_hand(&laptop.engine, change).await;
    let finding = found(&laptop.engine, "ledger").await;
    assert_found(&finding, ItemState::Fail, "ledger.uneven");
    assert_eq!(finding.evidence.value(count), Some("1"));
}

const AN_OPEN_ONE: &str = "(SELECT min(referral_id) FROM partner_center_referrals WHERE status = 'New')";

#[tokio::test]
async fn a_referral_that_was_lost() {
    let laptop = synced().await;
    assert_found(&found(&laptop.engine, "complete").await, ItemState::Pass, "complete.all");
    let delete = format!("DELETE FROM partner_center_referrals WHERE referral_id = {AN_OPEN_ONE}");
    by_hand(&laptop.engine, delete.leak()).await;
    let finding = found(&laptop.engine, "complete").await;
    assert_found(&finding, ItemState::Fail, "complete.lost");
    assert_eq!([finding.evidence.value("lost"), finding.evidence.value("open")], [Some("1"); 2]);
    assert_eq!(
        found(&laptop.engine, "ledger").await.state,
        ItemState::Pass,
        "nothing of the runs is missing"
    );

    assert_eq!(laptop.engine.sync(Depth::Full).await.unwrap().exit_code, 0);
    assert_found(&found(&laptop.engine, "complete").await, ItemState::Pass, "complete.all");
}

/// A row that says "Closed" hides an open referral as well as a missing row does.
#[tokio::test]
async fn a_referral_with_another_status_than_the_service_sent() {
    let laptop = synced().await;
    let close =
        format!("UPDATE partner_center_referrals SET status = 'Closed' WHERE referral_id = {AN_OPEN_ONE}");
    by_hand(&laptop.engine, close.leak()).await;
    let finding = found(&laptop.engine, "complete").await;
    assert_found(&finding, ItemState::Fail, "complete.differs");
    assert_eq!(finding.evidence.value("differing"), Some("1"));
}

#[tokio::test]
async fn a_referral_that_was_lost_with_every_trace() {
    let laptop = synced().await;
    let delete = "CREATE TEMP TABLE lost AS SELECT min(referral_id) AS id FROM partner_center_referrals; \
                  DELETE FROM partner_center_referrals WHERE referral_id IN (SELECT id FROM lost); \
                  DELETE FROM raw_leads WHERE external_id IN (SELECT id FROM lost); \
                  DELETE FROM sync_run_items WHERE referral_id IN (SELECT id FROM lost)";
    by_hand(&laptop.engine, delete).await;
    let finding = found(&laptop.engine, "complete").await;
    assert_found(&finding, ItemState::Fail, "complete.short");
    assert_eq!([finding.evidence.value("kept"), finding.evidence.value("present")], [Some("30"), Some("29")]);
}

#[tokio::test]
async fn what_came_after_the_pass_makes_up_for_nothing() {
    let laptop = synced().await;
    laptop.pass(SignedDuration::from_mins(30));
    for number in 0..3 {
        let stamp = (laptop.now() - SignedDuration::from_secs(5)).to_string();
        laptop.sandbox.put_referral(&json!({"id": format!("later {number}"), "status": "New",
            "direction": "Incoming", "createdDateTime": stamp, "updatedDateTime": stamp}));
    }
    laptop.sandbox.touch(5, 7);
    assert_eq!(laptop.engine.sync(Depth::AsNeeded).await.unwrap().summary.inserted, 3);
    assert_found(&found(&laptop.engine, "complete").await, ItemState::Pass, "complete.all");
    assert_found(&found(&laptop.engine, "new_referrals").await, ItemState::Pass, "new_referrals.arrived");
    let delete = "CREATE TEMP TABLE lost AS SELECT referral_id AS id FROM partner_center_referrals \
                  WHERE referral_id NOT LIKE 'later%' LIMIT 1; \
                  DELETE FROM partner_center_referrals WHERE referral_id IN (SELECT id FROM lost); \
                  DELETE FROM raw_leads WHERE external_id IN (SELECT id FROM lost); \
                  DELETE FROM sync_run_items WHERE referral_id IN (SELECT id FROM lost)";
    by_hand(&laptop.engine, delete).await;
    assert_found(&found(&laptop.engine, "complete").await, ItemState::Fail, "complete.short");
}

#[tokio::test]
async fn an_odd_service_does_not_make_the_ledger_doubtful() {
    let laptop = laptop("dev").await;
    laptop.sandbox.adjust(|behaviour| behaviour.page_size_cap = 7);
    let list = |fault: Fault| FaultRule::new(Endpoint::List, fault);
    laptop.sandbox.inject(list(Fault::RepeatItems { count: 3 }));
    laptop.sandbox.inject(list(Fault::Touch { count: 9, seed: 3 }).skip(2));
    laptop.sandbox.inject(list(Fault::DropItems { count: 2 }).skip(3));
    laptop.sandbox.put_referral(&json!({"id": "out", "direction": "Outgoing"}));
    for _ in 0..3 {
        assert_eq!(laptop.engine.sync(Depth::Full).await.unwrap().exit_code, 0);
        for id in ["ledger", "complete"] {
            let finding = found(&laptop.engine, id).await;
            assert_eq!(finding.state, ItemState::Pass, "{}", finding.evidence.text(Language::En));
        }
        laptop.sandbox.touch(4, 1);
        laptop.pass(SignedDuration::from_mins(20));
    }
}

#[tokio::test]
async fn a_name_or_a_token_in_a_log() {
    let laptop = synced().await;
    let clean = found(&laptop.engine, "log_privacy").await;
    assert_found(&clean, ItemState::Pass, "log_privacy.clean");
    assert!(clean.evidence.value("texts").unwrap().parse::<u32>().unwrap() > 60, "names, addresses, tokens");
    let kept = laptop.sandbox.referrals().into_iter().filter(|referral| referral["direction"] == "Incoming");
    let mut addresses = kept
        .filter_map(|referral| Some(referral["customerProfile"]["team"][0]["email"].as_str()?.to_owned()));
    let name = addresses.find(|address| address.contains('@')).unwrap();
    log(&laptop.engine, &json!({"event": "oops", "detail": format!("called {name}")}).to_string());
    let finding = found(&laptop.engine, "log_privacy").await;
    assert_found(&finding, ItemState::Fail, "log_privacy.found");
    assert_eq!(finding.evidence.value("in_files"), Some("hunter.jsonl"));
    assert!(!finding.evidence.to_json().contains(name.as_str()), "the evidence names nobody");

    let laptop = synced().await;
    let settings = laptop.engine.settings().unwrap();
    let secrets = laptop.engine.account_session(&settings).await.unwrap().held_secrets().await;
    assert_eq!(secrets.len(), 2);
    let token = secrecy::ExposeSecret::expose_secret(&secrets[1]).to_owned();
    log(&laptop.engine, &json!({"event": "oops", "token": token}).to_string());
    assert_found(&found(&laptop.engine, "log_privacy").await, ItemState::Fail, "log_privacy.found");
}

#[tokio::test]
async fn a_schedule_that_was_not_kept() {
    let laptop = synced().await;
    assert_found(&found(&laptop.engine, "schedule").await, ItemState::NotRun, "schedule.too_early");
    laptop.pass(SignedDuration::from_mins(1));
    assert_eq!(laptop.engine.sync(Depth::AsNeeded).await.unwrap().exit_code, 0);
    assert_found(&found(&laptop.engine, "schedule").await, ItemState::Pass, "schedule.kept");
    laptop.pass(SignedDuration::from_hours(3));
    assert_found(&found(&laptop.engine, "schedule").await, ItemState::Fail, "schedule.late");
    log(&laptop.engine, &json!({"timestamp": laptop.now(), "event": "computer_woke_up"}).to_string());
    let slept = found(&laptop.engine, "schedule").await;
    assert_found(&slept, ItemState::Pass, "schedule.kept");
    assert_eq!(slept.evidence.value("asleep"), Some("1"));

    assert_found(&found(&laptop.engine, "token_refreshes").await, ItemState::NotRun, "token_refreshes.none");
    log(&laptop.engine, &json!({"timestamp": laptop.now(), "event": "session_renewed"}).to_string());
    assert_found(&found(&laptop.engine, "token_refreshes").await, ItemState::Pass, "token_refreshes.seen");
    assert_found(&found(&laptop.engine, "new_referrals").await, ItemState::NotRun, "new_referrals.none");
    assert_found(&found(&laptop.engine, "failures").await, ItemState::Pass, "failures.none");
}

#[tokio::test]
async fn a_check_that_takes_too_long() {
    let laptop = laptop("dev").await;
    laptop.sandbox.adjust(|behaviour| behaviour.latency = Duration::from_secs(60));
    let limits = Limits { check: Some(Duration::from_millis(300)), ..Limits::default() };
    let checklist = laptop.engine.run_checklist_within(Some(PhaseId::Environment), limits).await;
    let network = item(&checklist, "network");
    assert_eq!((network.state, network.evidence.as_str()), (ItemState::Fail, "No answer within 0 seconds."));
    assert_eq!(item(&checklist, "api_host").state, ItemState::Pass, "the others were checked all the same");
}

#[tokio::test]
async fn a_pass_counts_for_its_time_and_its_settings() {
    let laptop = laptop("dev").await;
    assert_eq!(laptop.engine.run_checklist(None).await.verdict, Verdict::Go);
    let changed = laptop.started_with(&[("HUNTER_PARTNER_CENTER_SCOPE", "https://other.example/.default")]);
    let checklist = changed.checklist().await;
    assert_eq!(checklist.verdict, Verdict::NoGo);
    assert!(item(&checklist, "account").expired && item(&checklist, "account").state == ItemState::NotRun);
    assert_eq!(laptop.engine.checklist().await.verdict, Verdict::Go);
    laptop.pass(SignedDuration::from_hours(23));
    assert_eq!(laptop.engine.checklist().await.verdict, Verdict::Go);
    laptop.pass(SignedDuration::from_hours(1));
    let checklist = laptop.engine.checklist().await;
    assert_eq!(checklist.blocking, ["disk_space", "network", "clock"]);
    assert!(item(&checklist, "clock").expired);
}

#[tokio::test]
async fn before_anybody_has_signed_in() {
    let laptop = laptop("dev").await;
    let folder = tempfile::tempdir().unwrap();
    let fresh =
        laptop.started_with(&[("HUNTER_DATA_DIR", folder.path().join("data").to_str().unwrap()), DEV[0]]);
    let checklist = fresh.run_checklist(None).await;
    assert_eq!(checklist.phases[0].status, PhaseStatus::Pass);
    assert_eq!(checklist.phases[1].status, PhaseStatus::Pass);
    assert_eq!(checklist.blocking, ["account", "token_file", "silent_token", "refresh"]);
    assert!(!checklist.may_be_turned_on());
}

#[tokio::test]
async fn settings_that_cannot_be_read() {
    let laptop = laptop("dev").await;
    assert_eq!(laptop.engine.run_checklist(None).await.verdict, Verdict::Go);
    let path = laptop.engine.data_dir().join("settings.toml");
    let sound = std::fs::read(&path).unwrap();
    std::fs::write(&path, "environment = ").unwrap();
    let checklist = laptop.engine.run_checklist(None).await;
    assert_eq!(checklist.verdict, Verdict::NoGo);
    assert_eq!(item(&checklist, "settings").state, ItemState::Fail);
    assert!(item(&checklist, "settings").evidence.contains("settings.toml"));
    let unknown = item(&checklist, "account");
    assert_eq!(unknown.state, ItemState::NotRun);
    assert_eq!(unknown.evidence, "This cannot be known before the settings can be read.");
    std::fs::write(&path, sound).unwrap();
    assert_eq!(laptop.engine.checklist().await.verdict, Verdict::Go);
}

#[tokio::test]
async fn a_client_secret_cannot_be_answered_away() {
    let laptop = laptop("staging").await;
    let with_secret = laptop.started_with(&[("HUNTER_PARTNER_CENTER_CLIENT_SECRET", "x")]);
    let checklist = with_secret.answer_checklist_item("client_secret", Answer::Pass, "").await.unwrap();
    assert_eq!(item(&checklist, "client_secret").state, ItemState::Fail);
    assert_eq!(item(&laptop.engine.checklist().await, "client_secret").state, ItemState::Pass);
}

#[tokio::test]
async fn what_hunter_checks_cannot_be_answered() {
    let laptop = laptop("dev").await;
    for answer in [Answer::Pass, Answer::Fail] {
        let refused = laptop.engine.answer_checklist_item("clock", answer, "").await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::ChecklistNotByHand);
    }
    let skipped = laptop.engine.answer_checklist_item("clock", Answer::Skip, "no network").await.unwrap();
    assert!(skipped.blocking.contains(&"clock".to_owned()), "left out is not proved");
    let unknown = laptop.engine.answer_checklist_item("clocks", Answer::Pass, "").await.unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::ChecklistItemUnknown);
    assert!(unknown.body(Language::En).hint.unwrap().contains("clock, keyring"));
}

#[tokio::test]
async fn rolling_back_what_can_be_rolled_back() {
    let laptop = synced().await;
    let engine = &laptop.engine;
    assert_eq!(engine.roll_back(RollBack::RestoreBackup).await.unwrap_err().code(), ErrorCode::NoBackup);
    let failed = item(&engine.checklist().await, "roll_back_backup").clone();
    assert_eq!(failed.state, ItemState::Fail);

    engine.back_up(BackupCause::ByHand).await.unwrap();
    by_hand(engine, "DELETE FROM partner_center_referrals").await;
    let checklist = engine.roll_back(RollBack::RestoreBackup).await.unwrap();
    let restored = item(&checklist, "roll_back_backup");
    assert_eq!(restored.state, ItemState::Pass);
    assert!(
        restored.evidence.contains("30 referrals") && restored.evidence.contains("before-restore"),
        "{}",
        restored.evidence
    );
    assert_eq!(engine.status().await.unwrap().database.referrals, 30);

    engine.change_setting(Setting::PageSize, Some("7")).unwrap();
    let checklist = engine.roll_back(RollBack::LastWorkingSettings).await.unwrap();
    assert_eq!(item(&checklist, "roll_back_settings").state, ItemState::Pass);
    assert_eq!(engine.settings().unwrap().page_size, 200);
    let before = std::fs::read_to_string(engine.data_dir().join("settings.before-rollback.toml")).unwrap();
    assert!(before.contains("page_size = 7"));

    let checklist = engine.roll_back(RollBack::FlagOff).await.unwrap();
    assert_eq!(item(&checklist, "roll_back_flag").state, ItemState::Pass);
    assert!(!engine.settings().unwrap().enabled);
    let checklist = engine.roll_back(RollBack::ForgetTokens).await.unwrap();
    assert_eq!(item(&checklist, "roll_back_tokens").state, ItemState::Pass);
    assert!(!engine.status().await.unwrap().signed_in);
    let way_back = item(&checklist, "roll_back_tokens").fix.as_ref().unwrap();
    assert!(way_back.hint.starts_with("The way back: sign in"), "{}", way_back.hint);
    assert_eq!(engine.status().await.unwrap().database.referrals, 30, "referrals stay");

    let locked = laptop.started_with(&[("HUNTER_PARTNER_CENTER_ENABLED", "true")]);
    assert_eq!(locked.roll_back(RollBack::FlagOff).await.unwrap_err().code(), ErrorCode::SettingLocked);
}

#[tokio::test]
async fn settings_of_a_sync_that_failed_are_not_taken_for_working_ones() {
    let laptop = laptop("dev").await;
    laptop.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(403)));
    laptop.engine.sync(Depth::Full).await.unwrap();
    let refused = laptop.engine.roll_back(RollBack::LastWorkingSettings).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::NoWorkingSettings);
}

/// A page that hears what it is told.
struct Page(tokio::sync::mpsc::UnboundedSender<PageEvent>);

impl Host for Page {
    fn publish(&self, event: PageEvent) {
        let _gone = self.0.send(event);
    }

    fn open(&self, _url: &str) -> bool {
        false
    }

    fn copy(&self, _text: &str) -> bool {
        false
    }
}

#[tokio::test]
async fn a_page_follows_the_checks_one_by_one() {
    let laptop = laptop("dev").await;
    laptop.engine.change_setting(Setting::Enabled, Some("false")).unwrap();
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    let desk = Desk::start(laptop.engine.clone(), Page(sender));
    let ask = async |name: &str, arguments: serde_json::Value| desk.call(name, arguments).await.unwrap();
    let before = ask("snapshot", json!({})).await["checklist"].clone();
    assert_eq!(before["verdict"], "NO-GO");
    ask("run_checklist", json!({"phase": null})).await;
    let mut seen = std::collections::BTreeSet::new();
    loop {
        match events.recv().await.unwrap() {
            PageEvent::Invalidated { topics } if topics.contains(&Topic::Checklist) => {
                if let Some(id) = ask("checklist", json!({})).await["running"].as_str() {
                    seen.insert(id.to_owned());
                }
            }
            PageEvent::State { snapshot } if snapshot.checklist.verdict == Verdict::Go => {
                if laptop.engine.checking().is_none() {
                    break;
                }
            }
            PageEvent::Invalidated { .. } | PageEvent::State { .. } => {}
        }
    }
    assert!(seen.len() > 5, "{seen:?}");
    let after = ask("checklist", json!({})).await;
    assert_eq!(after["running"], json!(null));
    let answered =
        ask("answer_checklist_item", json!({"id": "consent", "answer": "pass", "note": "n"})).await;
    assert_eq!(answered["phases"][4]["items"][1]["state"], "pass");
    assert_eq!(ask("checklist_history", json!({"id": "consent"})).await[0]["note"], "n");
    assert!(ask("checklist_report", json!({})).await.as_str().unwrap().starts_with("# Hunter"));
    let rolled_back = ask("roll_back", json!({"to": "forget_tokens"})).await;
    assert_eq!(rolled_back["phases"][6]["items"][1]["state"], "pass");
    let refused = desk.call("run_checklist", json!({"phase": "no such"})).await.unwrap_err();
    assert_eq!(refused.code, "checklist_item_unknown");
}

#[tokio::test]
async fn the_report_says_everything_in_both_languages() {
    let laptop = laptop("dev").await;
    laptop.engine.run_checklist(None).await;
    for language in ["en", "tr"] {
        let report = laptop.started_with(&[("HUNTER_LANG", language)]).checklist_report().await;
        for item in ITEMS.iter() {
            assert!(report.contains(&format!("(`{}`)", item.id)), "{} in {report}", item.id);
        }
        assert!(report.contains("PASS") && report.contains("GO"), "{report}");
        for leftover in ["%{", "checklist.", "evidence."] {
            assert!(!report.contains(leftover), "{leftover} in {report}");
        }
    }
}
