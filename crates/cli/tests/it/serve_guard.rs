//! Who and what `hunter serve` refuses, and that it is well afterwards.

use std::time::Duration;

use hunter_sandbox::Sandbox;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::served::{Served, send, status_of};
use crate::support::{LIMIT, World, keys, within};

const INBOX: &str = "/api/v1/partner-center/referrals/inbox";
const SYNC: &str = "/api/v1/partner-center/referrals/sync";

async fn served() -> (World, Served) {
    let world = World::synced(Sandbox::builder().referrals(5)).await;
    let served = Served::start(&world, &[]).await;
    (world, served)
}

async fn assert_well(served: &Served) {
    let health = send(served.bare(Method::GET, "/healthz")).await;
    assert_eq!((health.status, health.json()["status"].as_str()), (200, Some("ok")), "{health:?}");
}

/// Each request has the token; only its headers differ.
#[rstest]
#[case(&[], 200)]
#[case(&[("origin", "{own}")], 200)]
#[case(&[("origin", "{own}"), ("sec-fetch-site", "same-origin")], 200)]
#[case(&[("sec-fetch-site", "none")], 200)]
#[case(&[("host", "localhost:{port}")], 200)]
#[case(&[("host", "hunter.example")], 200)]
#[case(&[("host", "HUNTER.example.:8443")], 200)]
#[case(&[("host", "evil.example")], 403)]
#[case(&[("host", "evil.example:{port}")], 403)]
#[case(&[("host", "127.0.0.1.evil.example")], 403)]
#[case(&[("host", "10.0.0.1:{port}")], 403)]
#[case(&[("host", "a b")], 400)]
#[case(&[("host", "localhost:{port}"), ("host", "evil.example")], 400)]
#[case(&[("origin", "https://evil.example")], 403)]
#[case(&[("origin", "null")], 403)]
#[case(&[("origin", "http://127.0.0.1:1")], 403)]
#[case(&[("origin", "http://localhost:{port}")], 403)]
#[case(&[("origin", "{own}.evil.example")], 403)]
#[case(&[("sec-fetch-site", "cross-site")], 403)]
#[case(&[("sec-fetch-site", "same-site")], 403)]
#[case(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")], 403)]
#[tokio::test]
async fn foreign_hosts_and_other_origins(#[case] headers: &[(&str, &str)], #[case] status: u16) {
    let mut world = World::synced(Sandbox::builder().referrals(5)).await;
    world.set("HUNTER_HTTP_ALLOWED_HOSTS", "other.example, hunter.example");
    let served = Served::start(&world, &[]).await;
    for (method, path, well) in [(Method::GET, INBOX, 200), (Method::POST, SYNC, 200)] {
        let mut request = served.bare(method, path).bearer_auth(&served.token);
        for (name, value) in headers {
            let value = value.replace("{own}", &served.url).replace("{port}", &served.port().to_string());
            request = request.header(*name, value);
        }
        let answer = send(request).await;
        assert_eq!(answer.status, if status == 200 { well } else { status }, "{answer:?}");
        assert_eq!(status != 200, keys(&answer.json()) == ["detail"]);
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
    assert_well(&served).await;
}

#[tokio::test]
async fn a_missing_or_wrong_token() {
    let (world, served) = served().await;
    let token = served.token.clone();
    let wrong = format!("{}x", &token[..token.len() - 1]);
    for authorization in [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some(format!("Bearer {wrong}")),
        Some(format!("Bearer {}", &token[1..])),
        Some(format!("Basic {token}")),
        Some(token.clone()),
    ] {
        for (method, path) in [
            (Method::GET, INBOX),
            (Method::POST, SYNC),
            (Method::POST, "/rpc/snapshot"),
            (Method::GET, "/events"),
            (Method::GET, "/healthz/metrics"),
        ] {
            let mut request = served.bare(method, path);
            if let Some(authorization) = &authorization {
                request = request.header("authorization", authorization);
            }
            let answer = send(request).await;
            assert_eq!((answer.status, keys(&answer.json())), (401, vec!["detail"]), "{authorization:?}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }
    assert_eq!(status_of(served.bare(Method::GET, &format!("{INBOX}?token={token}"))).await, 401);
    assert_eq!(world.json(&["runs"]).await["runs"].as_array().unwrap().len(), 1, "nothing was started");
    assert_well(&served).await;
}

#[tokio::test]
async fn bodies_that_are_too_large_or_make_no_sense() {
    let (_world, served) = served().await;
    let large = "x".repeat(5 * 1024 * 1024);
    for path in [SYNC, "/rpc/snapshot", "/session"] {
        let request = served.bare(Method::POST, path).bearer_auth(&served.token).body(large.clone());
        // It may refuse before everything is sent, which a client may see as a broken connection.
        if let Ok(answer) = within(LIMIT, request.header("content-type", "application/json").send()).await {
            assert_eq!(answer.status(), 413, "{path}");
        }
    }
    for (body, status) in [("{", 400), ("{\"door\":1}", 422), ("", 400)] {
        let request = served.bare(Method::POST, "/session").header("content-type", "application/json");
        let answer = send(request.body(body)).await;
        assert_eq!((answer.status, keys(&answer.json())), (status, vec!["detail"]), "{body:?}");
    }
    assert_eq!(send(served.bare(Method::POST, "/session").body("{}")).await.status, 415);
    assert_well(&served).await;
}

/// Who has no key may wait at the door as long as he likes.
#[tokio::test]
async fn bodies_that_never_end_at_the_door() {
    let (_world, served) = served().await;
    let mut waiting = Vec::new();
    for _ in 0..80 {
        let mut connection = tokio::net::TcpStream::connect(("127.0.0.1", served.port())).await.unwrap();
        let host = format!("127.0.0.1:{}", served.port());
        let head = format!(
            "POST /session HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{{"
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        waiting.push(connection);
    }
    let key = json!({"token": served.token}).to_string();
    let at_the_door = async || {
        let request = served.bare(Method::POST, "/session").header("content-type", "application/json");
        send(request.body(key.clone())).await.status
    };
    let full = async {
        while at_the_door().await != 503 {
            tokio::task::yield_now().await;
        }
    };
    within(LIMIT, full).await;
    assert_eq!(served.get(INBOX).await.status, 200);
    assert_well(&served).await;
    drop(waiting);
    let room = async {
        while at_the_door().await != 204 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    within(LIMIT, room).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_requests() {
    let (_world, served) = served().await;
    let ask = |number: usize| {
        let path = if number.is_multiple_of(2) { INBOX } else { "/healthz/metrics" };
        let request = served.bare(Method::GET, path);
        if number.is_multiple_of(3) { request } else { request.bearer_auth(&served.token) }
    };
    let mut counts = std::collections::BTreeMap::new();
    for first in (0..10_000).step_by(50) {
        let asked = (first..first + 50).map(|number| send(ask(number)));
        for answer in futures::future::join_all(asked).await {
            assert!([200, 401, 429, 503].contains(&answer.status), "{answer:?}");
            if answer.status == 429 {
                assert!(answer.headers["retry-after"].parse::<u64>().unwrap() >= 1);
            }
            *counts.entry(answer.status).or_insert(0) += 1;
        }
    }
    assert!(counts[&429] > 5_000 && counts[&200] > 0, "{counts:?}");
    assert_well(&served).await;
    let again = async {
        while served.get(INBOX).await.status != 200 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    within(LIMIT, again).await;
}

#[rstest]
#[case(&["--listen", "0.0.0.0:0"], "listen_unsafe")]
#[case(&["--listen", "[::]:0"], "listen_unsafe")]
#[case(&["--listen", "192.0.2.1:0", "--auth", "none"], "listen_unsafe")]
#[case(&["--listen", "0.0.0.0:0", "--auth", "none", "--insecure-http"], "listen_unsafe")]
#[case(&["--listen", "192.0.2.1:0", "--insecure-http"], "port_unusable")]
#[case(&["--tls-cert", "missing.pem", "--tls-key", "missing.pem"], "tls_unusable")]
#[case(&["--tls-cert", "missing.pem"], "usage")]
#[case(&["--tls-cert", "a", "--tls-key", "b", "--insecure-http"], "usage")]
#[case(&["--auth", "perhaps"], "usage")]
#[case(&["--listen", "nowhere"], "usage")]
#[tokio::test]
async fn what_it_does_not_start_with(#[case] arguments: &[&str], #[case] code: &str) {
    let world = World::new(Sandbox::builder().referrals(0)).await;
    let outcome = world.run(&[&["serve", "--json"], arguments].concat()).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (2, code), "{outcome:?}");
    assert!(!world.data_dir().join("http_token").exists());
}

#[tokio::test]
async fn a_port_that_is_taken_and_a_second_service() {
    let (world, first) = served().await;
    let taken = world.run(&["serve", "--listen", &format!("127.0.0.1:{}", first.port()), "--json"]).await;
    assert_eq!((taken.code, taken.error_code().as_str()), (2, "port_unusable"));
    let second = Served::start(&world, &[]).await;
    assert_eq!(first.token, second.token);
    for served in [&first, &second] {
        assert_eq!(served.get(INBOX).await.status, 200);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_token_is_private_and_stays() {
    use std::os::unix::fs::PermissionsExt;
    let (world, served) = served().await;
    let path = world.data_dir().join("http_token");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &served.token);
    assert_eq!(bytes.unwrap().len(), 32);
    let token = served.token.clone();
    drop(served);
    assert_eq!(Served::start(&world, &[]).await.token, token);
    std::fs::write(&path, "short\n").unwrap();
    let refused = world.run(&["serve", "--listen", "127.0.0.1:0", "--json"]).await;
    assert_eq!((refused.code, refused.error_code().as_str()), (2, "http_token_unusable"));
    std::fs::remove_file(&path).unwrap();
    let renewed = Served::start(&world, &[]).await;
    assert_ne!(renewed.token, token);
    assert_eq!(renewed.get(INBOX).await.status, 200);
    let logs: String = world.log().iter().map(Value::to_string).collect();
    assert!(logs.contains("serve_started") && !logs.contains(&token) && !logs.contains(&renewed.token));
}

#[tokio::test]
async fn a_browser_gets_its_cookie_for_the_token() {
    let (_world, served) = served().await;
    let door = send(served.bare(Method::GET, "/enter")).await;
    assert!(door.text.contains("<h1>Hunter</h1>") && !door.text.contains("%{"), "{}", door.text);
    let policy = &door.headers["content-security-policy"];
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    for (name, value) in [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer")] {
        assert_eq!(door.headers[name], value);
    }
    let enter = |key: Value| {
        let request = served.bare(Method::POST, "/session").header("content-type", "application/json");
        send(request.body(key.to_string()))
    };
    assert_eq!(enter(json!({"token": "another"})).await.status, 403);
    assert_eq!(enter(json!({"code": served.token})).await.status, 403);
    let entered = enter(json!({"token": served.token})).await;
    assert_eq!(entered.status, 204);
    let cookie = &entered.headers["set-cookie"];
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains(&served.token));
    let pair = cookie.split(';').next().unwrap();
    let proxied = served.bare(Method::POST, "/session").header("content-type", "application/json");
    let proxied = proxied.header("origin", served.url.replace("http:", "https:"));
    let proxied = send(proxied.body(json!({"token": served.token}).to_string())).await;
    assert!(proxied.headers["set-cookie"].ends_with("; Secure"), "{proxied:?}");
    let with = |cookie: &str, origin: &str| {
        let request = served.bare(Method::POST, "/rpc/snapshot").header("content-type", "application/json");
        status_of(request.header("cookie", cookie).header("origin", origin).body("{}"))
    };
    assert_eq!(with(&format!("other=1; {pair}"), &served.url).await, 200);
    assert_eq!(with(pair, "https://evil.example").await, 403);
    assert_eq!(with(&format!("{pair}x"), &served.url).await, 401);
}

/// The link's code is good for one browser.
#[cfg(feature = "embedded-ui")]
#[tokio::test]
async fn the_link_works_once() {
    let (_world, served) = served().await;
    let code = served.link.clone().unwrap().rsplit('#').next().unwrap().to_owned();
    let page = send(served.bare(Method::GET, "/")).await;
    assert!(page.text.contains("<div id=\"root\">"), "{}", page.text);
    let enter = || {
        let request = served.bare(Method::POST, "/session").header("content-type", "application/json");
        send(request.body(json!({"code": code}).to_string()))
    };
    assert_eq!(enter().await.status, 204);
    assert_eq!(enter().await.status, 403);
}

#[cfg(not(feature = "embedded-ui"))]
#[tokio::test]
async fn a_build_without_the_page_says_so() {
    let (_world, served) = served().await;
    assert_eq!(served.link, None);
    let answer = send(served.bare(Method::GET, "/")).await;
    assert_eq!(answer.status, 404);
    assert!(answer.json()["detail"].as_str().unwrap().contains("no page"));
}

#[tokio::test]
async fn without_a_token_on_this_computer() {
    let world = World::synced(Sandbox::builder().referrals(5)).await;
    let served = Served::start(&world, &["--auth", "none"]).await;
    assert_eq!(status_of(served.bare(Method::GET, INBOX)).await, 200);
    let other = served.bare(Method::GET, INBOX).header("origin", "https://evil.example");
    assert_eq!(status_of(other).await, 403);
    assert_eq!(status_of(served.bare(Method::GET, INBOX).header("host", "evil.example")).await, 403);
    assert!(!world.data_dir().join("http_token").exists());
}

#[tokio::test]
async fn encrypted() {
    let world = World::synced(Sandbox::builder().referrals(5)).await;
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (world.beside("cert.pem"), world.beside("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let trusted = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([trusted]).build().unwrap();
    let tls = ["--tls-cert", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let served = Served::start_with(&world, &tls, client).await;
    assert!(served.url.starts_with("https://"));
    assert_eq!(served.get(INBOX).await.status, 200);
    let origin = |origin: String| {
        status_of(served.bare(Method::GET, INBOX).bearer_auth(&served.token).header("origin", origin))
    };
    assert_eq!(origin(served.url.clone()).await, 200);
    assert_eq!(origin(served.url.replace("https", "http")).await, 403);
    let request = served.bare(Method::POST, "/session").header("content-type", "application/json");
    let entered = send(request.body(json!({"token": served.token}).to_string())).await;
    let cookie = &entered.headers["set-cookie"];
    assert!(cookie.starts_with("__Host-") && cookie.ends_with("; Secure"), "{cookie}");
}
