//! Settings: who decides, what is refused, and that nothing starts half-read.

use std::collections::BTreeMap;

use hunter_sandbox::{Endpoint, Sandbox};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{World, keys};

async fn empty() -> World {
    World::new(Sandbox::builder().referrals(0)).await
}

async fn value_of(world: &World, key: &str) -> (Value, Value, Value) {
    let setting = world.json(&["config", "get", key]).await;
    (setting["value"].clone(), setting["source"].clone(), setting["locked"].clone())
}

#[tokio::test]
async fn the_environment_outranks_the_file_and_the_file_the_default() {
    let mut world = empty().await;
    let key = "partner_center.page_size";
    assert_eq!(value_of(&world, key).await, (json!("200"), json!("default"), json!(false)));
    assert_eq!(world.run(&["config", "set", key, "50"]).await.code, 0);
    assert_eq!(value_of(&world, key).await, (json!("50"), json!("file"), json!(false)));
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", "");
    assert_eq!(value_of(&world, key).await, (json!("50"), json!("file"), json!(false)));
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", "70");
    assert_eq!(value_of(&world, key).await, (json!("70"), json!("environment"), json!(true)));

    let refused = world.run(&["config", "set", key, "60", "--json"]).await;
    assert_eq!((refused.code, refused.error_code().as_str()), (2, "setting_locked"));
    world.unset("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP");
    assert_eq!(world.run(&["config", "unset", key]).await.code, 0);
    assert_eq!(value_of(&world, key).await, (json!("200"), json!("default"), json!(false)));
}

#[tokio::test]
async fn a_flag_outranks_the_environment() {
    let world = empty().await;
    let elsewhere = world.beside("elsewhere");
    let path = world.json(&["db", "path", "--data-dir", elsewhere.to_str().unwrap()]).await;
    assert!(path["path"].as_str().unwrap().starts_with(elsewhere.to_str().unwrap()));
}

#[tokio::test]
async fn the_interval_of_the_environments() {
    let mut world = empty().await;
    for (environment, interval) in [("prod", "600"), ("staging", "600"), ("dev", "60")] {
        world.set("HUNTER_ENVIRONMENT", environment);
        assert_eq!(value_of(&world, "partner_center.sync_interval").await.0, interval);
    }
}

#[rstest]
#[case("HUNTER_ENVIRONMENT", "production", "dev, staging, prod")]
#[case("HUNTER_PARTNER_CENTER_ENABLED", "maybe", "true")]
#[case("HUNTER_PARTNER_CENTER_CLIENT_ID", "my-app", "GUID")]
#[case("HUNTER_PARTNER_CENTER_TENANT_ID", "a b", "GUID")]
#[case("HUNTER_PARTNER_CENTER_API_URL", "http://api.partner.microsoft.com", "https://")]
#[case("HUNTER_PARTNER_CENTER_BASE_URL", "api.partner.microsoft.com", "https://")]
#[case("HUNTER_PARTNER_CENTER_AUTHORITY_URL", "login", "https://")]
#[case("HUNTER_PARTNER_CENTER_SYNC_INTERVAL", "29", "30")]
#[case("HUNTER_PARTNER_CENTER_POLL_INTERVAL_SECONDS", "soon", "30")]
#[case("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_DIRECTION", "Sideways", "Incoming, Outgoing, All")]
#[case("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_STATUS", "Someday", "Open, New, Active, Closed, All")]
#[case("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", "0", "1")]
#[case("HUNTER_PARTNER_CENTER_AZURE_TENANT_SCORE", "101", "100")]
#[case("HUNTER_PARTNER_CENTER_COSELL_BONUS", "-1", "100")]
#[case("HUNTER_ENRICHMENT_ENABLED", "2", "true")]
#[case("HUNTER_SECRET_STORE", "drawer", "keyring, file")]
#[case("HUNTER_HTTP_ALLOWED_HOSTS", "a b", ",")]
#[case("HUNTER_LANG", "klingon", "en, tr")]
#[case("HUNTER_LOG", "hyper=trace", "trace")]
#[tokio::test]
async fn a_value_that_cannot_be_used(
    #[case] variable: &str,
    #[case] value: &str,
    #[case] expected: &str,
    #[values(&["status"], &["sync"], &["login", "--no-browser"], &["config", "list"])] arguments: &[&str],
) {
    let mut world = empty().await;
    if variable.ends_with("BASE_URL") {
        world.unset("HUNTER_PARTNER_CENTER_API_URL");
    }
    world.set(variable, value);
    let outcome = world.run(&[arguments, &["--json"]].concat()).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (2, "invalid_setting"), "{outcome:?}");
    let message = outcome.json()["error"]["message"].as_str().unwrap().to_owned();
    for word in [variable, value, expected] {
        assert!(message.contains(word), "{word} in {message}");
    }
    assert!(world.sandbox.requests().is_empty());
    assert!(!world.data_dir().exists(), "nothing started");
}

#[rstest]
#[case("[partner_center]\nsync_interval = 5\n", "invalid_setting", &["partner_center.sync_interval", "\"5\"", "30"])]
#[case("[partner_center]\nenabled = \"perhaps\"\n", "invalid_setting", &["partner_center.enabled", "perhaps", "true"])]
#[case("language = \"de\"\n", "invalid_setting", &["language", "\"de\"", "en, tr"])]
#[case("language = ", "settings_file", &["settings.toml", "line 1"])]
#[case("\u{0}", "settings_file", &["settings.toml"])]
#[tokio::test]
async fn a_file_that_cannot_be_used(#[case] text: &str, #[case] code: &str, #[case] words: &[&str]) {
    let mut world = empty().await;
    for variable in ["HUNTER_PARTNER_CENTER_ENABLED", "HUNTER_LANG"] {
        world.unset(variable);
    }
    world.write("settings.toml", text);
    let outcome = world.run(&["sync", "--json"]).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (2, code), "{outcome:?}");
    let message = outcome.json()["error"]["message"].as_str().unwrap().to_owned();
    for word in words {
        assert!(message.contains(word), "{word} in {message}");
    }
    assert_eq!(std::fs::read_to_string(world.data_dir().join("settings.toml")).unwrap(), text);
    assert_eq!(world.run(&["config", "set", "language", "tr"]).await.code, 2);
}

#[tokio::test]
async fn every_empty_value_counts_as_not_set() {
    let mut world = empty().await;
    let plain = World::new(Sandbox::builder().referrals(0)).await;
    let settings = plain.json(&["config", "list"]).await;
    let variables: Vec<String> = settings["settings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|view| view["variable"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(variables.len(), hunter_engine::SPECS.len());
    for variable in &variables {
        world.set(variable, " ");
    }
    let listed = world.json(&["config", "list"]).await;
    assert!(listed["settings"].as_array().unwrap().iter().all(|view| view["source"] == "default"));
}

#[tokio::test]
async fn relative_paths_start_at_the_data_directory() {
    let mut world = empty().await;
    world.set("HUNTER_PARTNER_CENTER_TOKEN_CACHE_PATH", "secrets/session");
    assert_eq!(world.run(&["login", "--no-browser"]).await.code, 0);
    assert!(world.data_dir().join("secrets/session").is_file());
    assert!(!world.data_dir().join(".token_cache").exists());
    assert_eq!(world.json(&["status"]).await["signed_in"], true);
}

#[rstest]
#[case("HUNTER_PARTNER_CENTER_BASE_URL", "HUNTER_PARTNER_CENTER_API_URL", None)]
#[case("HUNTER_PARTNER_CENTER_POLL_INTERVAL_SECONDS", "HUNTER_PARTNER_CENTER_SYNC_INTERVAL", Some("45"))]
#[tokio::test]
async fn old_names_work_and_are_told(#[case] old: &str, #[case] new: &str, #[case] value: Option<&str>) {
    let mut world = World::new(Sandbox::builder().referrals(2)).await;
    let value = value.unwrap_or(world.sandbox.base_url()).to_owned();
    world.unset(new);
    world.set(old, &value);
    world.sign_in().await;
    assert_eq!(world.json(&["sync"]).await["inserted"], 2);
    let list = world.json(&["config", "list"]).await;
    let view =
        list["settings"].as_array().unwrap().iter().find(|view| view["variable"] == new).unwrap().clone();
    assert_eq!([&view["value"], &view["locked"]], [&json!(value), &json!(true)]);
    let warnings = world.json(&["status"]).await["warnings"].to_string();
    assert!(warnings.contains(old) && warnings.contains(new), "{warnings}");
    let told = world.run(&["list"]).await;
    assert!(told.stderr.contains(old), "{told:?}");

    world.set(new, &value);
    assert!(!world.json(&["status"]).await["warnings"].to_string().contains(old), "the new name decides");
}

#[tokio::test]
async fn a_client_secret_is_told_and_never_sent() {
    let mut world = World::new(Sandbox::builder().referrals(2)).await;
    world.set("HUNTER_PARTNER_CENTER_CLIENT_SECRET", "s3cr3t-of-the-app");
    let login = world.run(&["login", "--no-browser", "--json"]).await;
    assert_eq!(login.code, 0);
    assert!(
        login.stderr.contains("HUNTER_PARTNER_CENTER_CLIENT_SECRET") && login.stderr.contains("rotate"),
        "{login:?}"
    );
    world.sandbox.expire_access_tokens();
    assert_eq!(world.json(&["sync"]).await["inserted"], 2);
    let status = world.json(&["status"]).await["warnings"].to_string();
    assert!(status.contains("HUNTER_PARTNER_CENTER_CLIENT_SECRET"));
    assert!(!status.contains("s3cr3t") && !login.stderr.contains("s3cr3t"));
    let requests = world.sandbox.requests();
    assert!(requests.iter().filter(|request| request.endpoint == Some(Endpoint::Token)).count() >= 2);
    for request in requests {
        assert!(request.form_field("client_secret").is_none());
        assert!(!format!("{request:?}").contains("s3cr3t"));
    }
}

#[rstest]
#[tokio::test]
async fn the_address_of_the_other_api(
    #[values(&["sync"], &["login", "--no-browser"])] arguments: &[&str],
    #[values(
        ("HUNTER_PARTNER_CENTER_API_URL", "https://api.partnercenter.microsoft.com"),
        ("HUNTER_PARTNER_CENTER_SCOPE", "https://api.partnercenter.microsoft.com/.default offline_access")
    )]
    (variable, value): (&str, &str),
) {
    let mut world = empty().await;
    world.set(variable, value);
    let outcome = world.run(&[arguments, &["--json"]].concat()).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (2, "wrong_api_host"));
    assert!(outcome.json()["error"]["hint"].as_str().unwrap().contains("https://api.partner.microsoft.com"));
    assert!(world.json(&["status"]).await["warnings"].to_string().contains("CSP"));
}

#[rstest]
#[case("HUNTER_PARTNER_CENTER_CLIENT_ID")]
#[case("HUNTER_PARTNER_CENTER_TENANT_ID")]
#[tokio::test]
async fn an_id_is_missing(
    #[case] variable: &str,
    #[values(&["sync"], &["login", "--no-browser"])] arguments: &[&str],
) {
    let mut world = empty().await;
    world.unset(variable);
    let outcome = world.run(&[arguments, &["--json"]].concat()).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (2, "not_configured"));
    assert!(outcome.json()["error"]["message"].as_str().unwrap().contains(variable));
    let status = world.json(&["status"]).await;
    assert_eq!([&status["configured"], &status["signed_in"]], [false, false]);
}

/// Off: no call to the referrals API, whatever else is right or wrong; signing in is allowed.
#[rstest]
#[case(&[])]
#[case(&["HUNTER_PARTNER_CENTER_CLIENT_ID", "HUNTER_PARTNER_CENTER_TENANT_ID"])]
#[tokio::test]
async fn the_flag_is_off(#[case] missing: &[&str]) {
    let mut world = World::synced(Sandbox::builder().referrals(4)).await;
    world.unset("HUNTER_PARTNER_CENTER_ENABLED");
    missing.iter().for_each(|variable| world.unset(variable));
    world.sandbox.clear_requests();
    let summary = world.json(&["sync"]).await;
    assert_eq!([&summary["status"], &summary["reason"]], ["skipped", "Feature flag disabled"]);
    let counts = [
        "fetched",
        "inserted",
        "updated",
        "unchanged",
        "success_count",
        "failure_count",
        "skipped_count",
        "unlinked",
        "gone",
        "pages",
        "bytes",
    ];
    assert!(counts.iter().all(|count| summary[count] == 0), "{summary}");
    assert!(world.sandbox.requests().is_empty());
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], 4);
    if missing.is_empty() {
        assert_eq!(world.run(&["login", "--no-browser"]).await.code, 0);
        assert_eq!(world.calls(Endpoint::List), 0);
    }
}

#[tokio::test]
async fn directions_are_judged_here_and_on_record() {
    let mut world = World::signed_in(Sandbox::builder().referrals(0)).await;
    for (id, direction) in
        [("i", json!("Incoming")), ("o", json!("Outgoing")), ("n", Value::Null), ("x", json!("Sideways"))]
    {
        world.sandbox.put_referral(&json!({"id": id, "direction": direction, "status": "New"}));
    }
    let incoming = world.json(&["sync"]).await;
    assert_eq!([&incoming["fetched"], &incoming["inserted"], &incoming["skipped_count"]], [4, 3, 1]);
    assert_eq!(
        [&incoming["status"], &incoming["skipped"]],
        [&json!("completed"), &json!({"direction_outgoing": 1})]
    );

    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_DIRECTION", "all");
    let all = world.json(&["sync"]).await;
    assert_eq!([&all["inserted"], &all["unchanged"], &all["skipped_count"]], [1, 3, 0]);

    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_DIRECTION", "OUTGOING");
    let outgoing = world.json(&["sync"]).await;
    assert_eq!([&outgoing["skipped"], &outgoing["gone"]], [&json!({"direction_incoming": 1}), &json!(0)]);
    assert_eq!(world.json(&["list"]).await["total"], 4);
    let queries: Vec<String> =
        world.sandbox.requests().into_iter().filter_map(|request| request.query).collect();
    assert!(queries.iter().all(|query| !query.contains("filter")), "{queries:?}");
}

#[tokio::test]
async fn the_page_size_is_asked_for() {
    let mut world = World::signed_in(Sandbox::builder().referrals(10)).await;
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", 4);
    assert_eq!(world.json(&["sync"]).await["pages"], 3);
}

#[tokio::test]
async fn what_means_nothing_is_told_and_kept() {
    let world = empty().await;
    world.write("settings.toml", "# mine\ncolour = \"blue\"\n");
    assert_eq!(world.run(&["config", "set", "partner_center.referral_status", "all"]).await.code, 0);
    let text = std::fs::read_to_string(world.data_dir().join("settings.toml")).unwrap();
    assert!(
        text.starts_with("# mine\ncolour = \"blue\"\n") && text.contains("referral_status = \"All\""),
        "{text}"
    );
    assert!(world.run(&["list"]).await.stderr.contains("colour"));
    let unknown = world.run(&["config", "get", "colour", "--json"]).await;
    assert_eq!((unknown.code, unknown.error_code().as_str()), (2, "unknown_setting"));
}

/// Where nobody chose a language, the system's counts.
#[rstest]
#[case(&[("LANG", "tr_TR.UTF-8")], "Bu profilde")]
#[case(&[("LANG", "C")], "There is no referral")]
#[case(&[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "en_GB.UTF-8")], "Bu profilde")]
#[case(&[("LANG", "tr_TR.UTF-8"), ("HUNTER_LANG", "en")], "There is no referral")]
#[tokio::test]
async fn languages(#[case] variables: &[(&str, &str)], #[case] begins: &str) {
    let mut world = empty().await;
    world.unset("HUNTER_LANG");
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    variables.iter().for_each(|(name, value)| world.set(name, value));
    let outcome = world.run(&["show", "nobody"]).await;
    assert_eq!(outcome.code, 1);
    assert!(outcome.stderr.contains(begins), "{outcome:?}");
}

#[tokio::test]
async fn a_setting_as_it_is_shown() {
    let world = empty().await;
    let listed = world.json(&["config", "list"]).await;
    for view in listed["settings"].as_array().unwrap() {
        let expected = ["choices", "default", "input", "key", "locked", "source", "value", "variable"];
        assert_eq!(keys(view), expected);
    }
}

#[tokio::test]
async fn a_dot_env_file_is_taken_over_or_refused_as_a_whole() {
    let mut world = empty().await;
    world.unset("HUNTER_PARTNER_CENTER_CLIENT_ID");
    let file = world.beside(".env");
    let name = file.to_str().unwrap().to_owned();
    let sound = "# ours\nexport HUNTER_PARTNER_CENTER_CLIENT_ID='11111111-2222-4333-8444-555555555555'\n\
                 HUNTER_PARTNER_CENTER_CLIENT_SECRET=s3cr3t-of-the-app\nHUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP=70\n";
    std::fs::write(&file, format!("{sound}HUNTER_LOG=hyper=trace\n")).unwrap();

    let dry = world.run(&["config", "import", &name, "--dry-run", "--json"]).await;
    assert_eq!(dry.code, 2);
    let report = dry.json();
    assert_eq!((keys(&report), &report["written"]), (vec!["keys", "warnings", "written"], &json!(false)));
    let outcomes: Vec<&str> =
        report["keys"].as_array().unwrap().iter().map(|key| key["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["imported", "ignored", "imported", "refused"]);
    let refused = world.run(&["config", "import", &name, "--json"]).await;
    assert_eq!((refused.code, refused.error_code().as_str()), (2, "import_refused"));
    assert!(!world.data_dir().join("settings.toml").exists());

    std::fs::write(&file, sound).unwrap();
    let told = world.run(&["config", "import", &name]).await;
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.stderr.contains("rotate") && !format!("{told:?}").contains("s3cr3t"), "{told:?}");
    assert_eq!(
        value_of(&world, "partner_center.page_size").await,
        (json!("70"), json!("file"), json!(false))
    );
    let id = json!("11111111-2222-4333-8444-555555555555");
    assert_eq!(value_of(&world, "partner_center.client_id").await.0, id);
    let missing = world.run(&["config", "import", "none.env", "--json"]).await;
    assert_eq!((missing.code, missing.error_code().as_str()), (2, "import_file"));
}
