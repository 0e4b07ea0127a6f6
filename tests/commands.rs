//! The page's way in, on Tauri's mock runtime: what a page sends, and what it gets back.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use hunter_desktop::{PageHost, register};
use hunter_engine::desk::Desk;
use hunter_engine::{Depth, Engine, Launch};
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;
use tauri::{App, Listener, Manager, WebviewWindow, WebviewWindowBuilder};

/// Longer than anything here takes; only a failure waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

struct Page {
    app: App<MockRuntime>,
    window: WebviewWindow<MockRuntime>,
    copied: Arc<Mutex<Vec<String>>>,
    opened: Arc<Mutex<Vec<String>>>,
    launch: Launch,
    _data: tempfile::TempDir,
}

impl Page {
    fn open(variables: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut variables: BTreeMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        variables.insert("HUNTER_SECRET_STORE".into(), "file".into());
        variables.insert("LANG".into(), "C".into());
        let launch = Launch { variables, data_dir: Some(data.path().join("hunter")), ..Launch::default() };
        let engine = Engine::open(launch.clone()).unwrap();
        let app = register(mock_builder()).build(mock_context(noop_assets())).unwrap();
        let (copied, opened) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let keep = |kept: &Arc<Mutex<Vec<String>>>| {
            let kept = kept.clone();
            move |text: &str| {
                kept.lock().unwrap().push(text.to_owned());
                true
            }
        };
        let host = PageHost::with(app.handle(), keep(&opened), keep(&copied));
        app.manage(tauri::async_runtime::block_on(async { Desk::start(engine, host) }));
        let window = WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default()).build().unwrap();
        Self { app, window, copied, opened, launch, _data: data }
    }

    fn call(&self, name: &str, args: &Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: "call".into(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: "tauri://localhost".parse().unwrap(),
            body: InvokeBody::Json(json!({"name": name, "args": args})),
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.window, request).map(|body| body.deserialize::<Value>().unwrap())
    }

    /// Everything the page is told from now on.
    fn events(&self) -> impl Iterator<Item = Value> + use<> {
        let (sender, receiver) = mpsc::channel();
        self.app.listen_any("hunter", move |event| {
            let _page_is_closed = sender.send(serde_json::from_str(event.payload()).unwrap());
        });
        std::iter::from_fn(move || receiver.recv_timeout(PATIENCE).ok())
    }
}

#[test]
fn the_first_snapshot_is_a_first_run() {
    let page = Page::open(&[]);
    let snapshot = page.call("snapshot", &json!({})).unwrap();
    assert_eq!(snapshot["profile"]["kind"], "none");
    assert_eq!((&snapshot["configured"], &snapshot["signed_in"]), (&json!(false), &json!(false)));
    assert_eq!(snapshot["sign_in"], json!({"state": "idle"}));
    assert_eq!(snapshot["counts"]["all"], 0);
}

#[test]
fn an_error_comes_with_code_message_and_hint_in_the_pages_language() {
    let page = Page::open(&[("HUNTER_LANG", "tr")]);
    let error = page.call("show_referral", &json!({"id": "nobody"})).unwrap_err();
    assert_eq!(error["code"], "not_found");
    assert!(error["message"].as_str().unwrap().contains("nobody"));
    assert!(error["hint"].as_str().unwrap().contains("gösterir"), "{error}");
}

#[test]
fn senseless_requests_are_refused() {
    let page = Page::open(&[]);
    for (name, args) in [
        ("no_such_request", json!({})),
        ("show_referral", json!({})),
        ("list_referrals", json!({"query": {"odd": 1}})),
    ] {
        assert_eq!(page.call(name, &args).unwrap_err()["code"], "internal", "{name}");
    }
}

#[test]
fn settings_are_checked_saved_and_told() {
    let page = Page::open(&[("HUNTER_PARTNER_CENTER_ENABLED", "true")]);
    let mut events = page.events();
    let refused =
        page.call("set_setting", &json!({"key": "partner_center.client_id", "value": "x"})).unwrap_err();
    assert_eq!(refused["code"], "invalid_setting");
    let locked =
        page.call("set_setting", &json!({"key": "partner_center.enabled", "value": "false"})).unwrap_err();
    assert_eq!(locked["code"], "setting_locked");
    let views = page.call("set_setting", &json!({"key": "language", "value": "tr"})).unwrap();
    let language = views.as_array().unwrap().iter().find(|view| view["key"] == "language").unwrap().clone();
    assert_eq!((&language["value"], &language["source"]), (&json!("tr"), &json!("file")));
    let told = events.find(|event| event["type"] == "invalidated").unwrap();
    assert_eq!(told["topics"], json!(["settings", "checklist", "companies", "referrals"]));
    let told = events.find(|event| event["type"] == "state" && event["snapshot"]["language"] == "tr");
    assert!(told.is_some());
}

#[test]
fn sample_data_is_there_without_an_account_and_leaves_no_trace_in_it() {
    let page = Page::open(&[]);
    let mut events = page.events();
    page.call("explore_sample_data", &json!({})).unwrap();
    let done = events
        .find(|event| event["type"] == "state" && event["snapshot"]["sync"]["last"]["status"] == "completed")
        .unwrap();
    assert_eq!(done["snapshot"]["profile"]["kind"], "sample");
    assert_eq!(done["snapshot"]["counts"]["open"], 88);
    let list = page.call("list_referrals", &json!({"query": {"limit": 10}})).unwrap();
    assert_eq!((list["total"].as_i64(), list["rows"].as_array().unwrap().len()), (Some(88), 10));
    let id = list["rows"][0]["referral_id"].as_str().unwrap().to_owned();
    let raw = page.call("raw_referral", &json!({"id": id})).unwrap();
    assert_eq!(serde_json::from_str::<Value>(raw.as_str().unwrap()).unwrap()["id"], id.as_str());
    page.call("open_in_partner_center", &json!({"id": id})).unwrap();
    let engagement = page.call("show_referral", &json!({"id": id})).unwrap()["engagement_id"].clone();
    assert_eq!(*page.copied.lock().unwrap(), [engagement.as_str().unwrap()]);
    assert!(page.opened.lock().unwrap()[0].starts_with("https://partner.microsoft.com/"));
    page.call("leave_sample_data", &json!({})).unwrap();
    let snapshot = page.call("snapshot", &json!({})).unwrap();
    assert_eq!((&snapshot["profile"]["kind"], &snapshot["counts"]["all"]), (&json!("none"), &json!(0)));
}

/// Whatever the page is told next carries the run that another program did, and what shows referrals is read again.
#[test]
fn what_another_program_synced_is_shown() {
    let page = Page::open(&[]);
    let mut events = page.events();
    page.call("explore_sample_data", &json!({})).unwrap();
    let is_done = |event: &Value| {
        event["type"] == "state" && event["snapshot"]["sync"]["last"]["status"] == "completed"
    };
    events.find(is_done).unwrap();
    let other = Engine::open(page.launch.clone()).unwrap();
    let run = tauri::async_runtime::block_on(other.sync(Depth::Full)).unwrap().summary;
    page.call("set_paused", &json!({"paused": true})).unwrap();
    let shown = |event: &Value| {
        event["type"] == "state" && event["snapshot"]["sync"]["last"]["run_id"] == run.run_id.as_str()
    };
    events.find(shown).unwrap();
    let told = events.find(|event| event["type"] == "invalidated").unwrap();
    assert_eq!(told["topics"], json!(["referrals", "companies", "views", "runs", "settings"]));
}

#[test]
fn a_log_is_read_and_a_bundle_is_handed_out_as_it_was_seen() {
    let page = Page::open(&[]);
    let lines = page.call("logs", &json!({"filter": {}, "before": null, "limit": 10})).unwrap();
    assert_eq!((&lines["lines"], &lines["next"]), (&json!([]), &Value::Null));
    let files = page.call("diagnostics_preview", &json!({})).unwrap();
    assert!(files.as_array().unwrap().iter().any(|file| file["name"] == "settings.json"));
    let saved = page.call("save_diagnostics", &json!({})).unwrap();
    assert_eq!(saved["kind"], "download");
    assert!(saved["name"].as_str().unwrap().ends_with(".zip"));
    assert!(saved["content"].as_str().unwrap().starts_with("UEsD"), "a ZIP archive in Base64");
}

#[test]
fn a_sign_in_without_ids_says_what_is_missing_and_can_be_dismissed() {
    let page = Page::open(&[]);
    let mut events = page.events();
    page.call("sign_in", &json!({})).unwrap();
    let failed = events
        .find(|event| event["type"] == "state" && event["snapshot"]["sign_in"]["state"] == "failed")
        .unwrap();
    assert_eq!(failed["snapshot"]["sign_in"]["error"]["code"], "not_configured");
    page.call("cancel_sign_in", &json!({})).unwrap();
    assert_eq!(page.call("snapshot", &json!({})).unwrap()["sign_in"]["state"], "idle");
}
