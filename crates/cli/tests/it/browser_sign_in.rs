//! Sign-in in the browser: what the program prints, what the browser shows, and how the window goes about it.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hunter_engine::desk::{Desk, Host, PageEvent, SignInState, Snapshot};
use hunter_sandbox::{Endpoint, Fault, FaultRule, Sandbox};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout};
use tokio::sync::watch;

use crate::support::{LIMIT, Outcome, World, keys, within};

const LOGIN: &[&str] = &["login", "--browser-flow", "--no-browser", "--json"];

/// A person's browser: goes to an address and wherever it is sent from there; the last status and page.
async fn browse(address: &str) -> (u16, String) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = within(LIMIT, http.get(address).send()).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// A started program and the lines that it prints.
fn started(world: &World, arguments: &[&str]) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut login = world.command(arguments).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(login.stdout.take().unwrap()).lines();
    (login, lines)
}

async fn line(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    within(LIMIT, lines.next_line()).await.unwrap().unwrap()
}

async fn ended(mut login: Child, mut lines: Lines<BufReader<ChildStdout>>) -> Outcome {
    let mut stdout = String::new();
    while let Some(line) = within(LIMIT, lines.next_line()).await.unwrap() {
        stdout += &line;
        stdout.push('\n');
    }
    let mut stderr = String::new();
    login.stderr.take().unwrap().read_to_string(&mut stderr).await.unwrap();
    let code = within(LIMIT, login.wait()).await.unwrap().code().unwrap();
    Outcome { code, stdout, stderr }
}

fn port(address: &str) -> u16 {
    let redirect = query(address, "redirect_uri");
    redirect.rsplit_once(':').unwrap().1.parse().unwrap()
}

fn query(address: &str, wanted: &str) -> String {
    let address: reqwest::Url = address.parse().unwrap();
    address.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned()
}

async fn is_open(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).await.is_ok()
}

#[tokio::test]
async fn a_script_sees_the_address_and_then_the_account() {
    let mut world = World::new(Sandbox::builder().referrals(3)).await;
    world.set("HUNTER_LOG", "trace");
    let (login, mut lines) = started(&world, LOGIN);
    let first: Value = serde_json::from_str(&line(&mut lines).await).unwrap();
    assert_eq!(keys(&first), ["address", "event", "expires_in"]);
    assert_eq!(first["event"], "browser");
    assert!((590..=600).contains(&first["expires_in"].as_u64().unwrap()), "{first}");
    let address = first["address"].as_str().unwrap();
    assert!(address.starts_with(world.sandbox.base_url()), "{address}");

    let stranger = format!("http://localhost:{}/?code=x&state=y", port(address));
    assert_eq!(browse(&stranger).await.0, 400);
    let (status, page) = browse(address).await;
    assert_eq!(status, 200);
    assert!(page.contains("close this window and go back to Hunter"), "{page}");
    let outcome = ended(login, lines).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let account = hunter_sandbox::ACCOUNTS[0].username;
    assert_eq!(outcome.stdout.lines().count(), 1);
    assert_eq!(outcome.json(), json!({"event": "signed_in", "account": account}));
    assert!(!is_open(port(address)).await);
    assert_eq!(world.calls(Endpoint::DeviceCode), 0);

    assert_eq!(world.json(&["sync"]).await["inserted"], 3);
    let log = format!("{:?}{}", world.log(), outcome.stderr);
    for secret in ["state", "nonce", "code_challenge"].map(|name| query(address, name)) {
        assert!(!log.contains(&secret));
    }
    for secret in world.sandbox.issued_secrets() {
        assert!(!log.contains(&secret.value));
    }
}

#[rstest]
#[case("en", "in a browser on this computer", "close this window")]
#[case("tr", "bu bilgisayardaki bir tarayıcıda", "Bu pencereyi kapatıp")]
#[tokio::test]
async fn a_person_reads_it_in_their_language(
    #[case] language: &str,
    #[case] sentence: &str,
    #[case] page: &str,
) {
    let mut world = World::new(Sandbox::builder().referrals(0)).await;
    world.set("HUNTER_LANG", language);
    let (login, mut lines) = started(&world, &LOGIN[..3]);
    let asked = line(&mut lines).await;
    assert!(asked.contains(sentence), "{asked}");
    let (status, shown) = browse(&asked[asked.find("http://").unwrap()..]).await;
    assert_eq!(status, 200);
    assert!(shown.contains(page) && shown.contains(&format!("lang=\"{language}\"")), "{shown}");
    let outcome = ended(login, lines).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stdout.contains(hunter_sandbox::ACCOUNTS[0].username));
}

#[rstest]
#[case(65004, "consent_declined")]
#[case(53003, "blocked_by_policy")]
#[case(50105, "account_unusable")]
#[tokio::test]
async fn what_microsoft_refuses_in_the_browser(#[case] number: u32, #[case] code: &str) {
    let world = World::synced(Sandbox::builder().referrals(2)).await;
    let stored = world.stored().await;
    world.sandbox.inject(FaultRule::new(Endpoint::Authorize, Fault::aadsts(number)));
    let (login, mut lines) = started(&world, LOGIN);
    let first: Value = serde_json::from_str(&line(&mut lines).await).unwrap();
    let (_, page) = browse(first["address"].as_str().unwrap()).await;
    assert!(page.contains("Microsoft did not sign you in") && !page.contains("AADSTS"), "{page}");
    let outcome = ended(login, lines).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (3, code));
    assert!(outcome.json()["error"]["message"].as_str().unwrap().contains(&format!("AADSTS{number}")));
    assert_eq!(world.stored().await, stored);
    assert_eq!(world.json(&["sync"]).await["status"], "completed");
}

/// A tenant that blocks codes: the hint names the other way, in the words of the button and of the command line.
#[rstest]
#[tokio::test]
async fn where_codes_are_blocked_the_browser_is_offered(
    #[values(53003, 530_036, 50199)] number: u32,
    #[values(("en", "Sign in in the browser instead"), ("tr", "Bunun yerine tarayıcıda oturum aç"))]
    (language, button): (&str, &str),
) {
    let mut world = World::new(Sandbox::builder().referrals(0)).await;
    world.set("HUNTER_LANG", language);
    world.sandbox.inject(FaultRule::new(Endpoint::DeviceCode, Fault::aadsts(number)));
    let outcome = world.run(&["login", "--no-browser", "--json"]).await;
    assert_eq!(outcome.error_code(), "blocked_by_policy");
    let hint = outcome.json()["error"]["hint"].as_str().unwrap().to_owned();
    assert!(hint.contains("hunter login --browser-flow") && hint.contains(button), "{hint}");
}

/// No keyring: told before anybody goes to the browser.
#[tokio::test]
async fn no_keyring() {
    let mut world = World::new(Sandbox::builder().referrals(0)).await;
    world.unset("HUNTER_SECRET_STORE");
    let outcome = world.run(LOGIN).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (5, "no_keyring"));
    assert!(world.sandbox.requests().is_empty());
}

/// A window that remembers what it was told and which addresses it opened.
#[derive(Clone)]
struct Window {
    snapshot: watch::Sender<Option<Snapshot>>,
    opened: Arc<Mutex<Vec<String>>>,
}

impl Host for Window {
    fn publish(&self, event: PageEvent) {
        if let PageEvent::State { snapshot } = event {
            self.snapshot.send_replace(Some(*snapshot));
        }
    }

    fn open(&self, url: &str) -> bool {
        self.opened.lock().unwrap().push(url.to_owned());
        true
    }

    fn copy(&self, _: &str) -> bool {
        true
    }
}

impl Window {
    fn open_on(world: &World) -> (Self, Desk<Self>) {
        let window = Self { snapshot: watch::Sender::new(None), opened: Arc::default() };
        let desk = Desk::start(world.engine(), window.clone());
        (window, desk)
    }

    /// Waits until what is shown is as wanted.
    async fn shows(&self, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let mut seen = self.snapshot.subscribe();
        let snapshot = within(LIMIT, seen.wait_for(|seen| seen.as_ref().is_some_and(&wanted))).await.unwrap();
        snapshot.clone().unwrap()
    }

    async fn address(&self) -> String {
        let is_in_browser = |seen: &Snapshot| matches!(seen.sign_in, SignInState::InBrowser { .. });
        let sign_in = self.shows(is_in_browser).await.sign_in;
        let SignInState::InBrowser { address, browser_opened: true, .. } = sign_in else {
            panic!("{sign_in:?}")
        };
        address
    }
}

#[tokio::test]
async fn the_window_gives_up_the_code_for_the_browser() {
    let world = World::new(Sandbox::builder().referrals(4)).await;
    world.sandbox.adjust(|behaviour| behaviour.auto_approve = None);
    let (window, desk) = Window::open_on(&world);
    desk.call("sign_in", Value::Null).await.unwrap();
    window.shows(|seen| matches!(seen.sign_in, SignInState::Waiting { .. })).await;
    world.calls_reach(Endpoint::Token, 1).await;

    desk.call("sign_in_in_browser", Value::Null).await.unwrap();
    let address = window.address().await;
    assert_eq!(window.opened.lock().unwrap().last(), Some(&address));
    let polls = world.calls(Endpoint::Token);
    desk.call("open_sign_in_page", Value::Null).await.unwrap();
    assert_eq!(window.opened.lock().unwrap().iter().filter(|opened| **opened == address).count(), 2);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(world.calls(Endpoint::Token) <= polls + 1, "nobody asks about the code any more");

    world.sandbox.adjust(|behaviour| behaviour.auto_approve = Some(Duration::ZERO));
    assert_eq!(browse(&address).await.0, 200);
    let done =
        |seen: &Snapshot| seen.signed_in && seen.sync.last.as_ref().is_some_and(|last| last.inserted == 4);
    let shown = window.shows(done).await;
    assert!(matches!(shown.sign_in, SignInState::Idle), "{:?}", shown.sign_in);
    assert_eq!(shown.account.as_deref(), Some(hunter_sandbox::ACCOUNTS[0].username));
}

#[tokio::test]
async fn the_window_gives_up_the_browser_for_a_code() {
    let world = World::new(Sandbox::builder().referrals(1)).await;
    world.sandbox.adjust(|behaviour| behaviour.auto_approve = None);
    let (window, desk) = Window::open_on(&world);
    desk.call("sign_in_in_browser", Value::Null).await.unwrap();
    let port = port(&window.address().await);
    desk.call("sign_in", Value::Null).await.unwrap();
    window.shows(|seen| matches!(seen.sign_in, SignInState::Waiting { .. })).await;
    assert!(!is_open(port).await, "nobody waits for the browser any more");
}

#[tokio::test]
async fn the_window_can_begin_anew_and_cancel() {
    let world = World::new(Sandbox::builder().referrals(0)).await;
    let (window, desk) = Window::open_on(&world);
    desk.call("sign_in_in_browser", Value::Null).await.unwrap();
    let first = window.address().await;
    assert!(is_open(port(&first)).await);
    desk.call("sign_in_in_browser", Value::Null).await.unwrap();
    let is_new = |seen: &Snapshot| matches!(&seen.sign_in, SignInState::InBrowser { address, .. } if *address != first);
    window.shows(is_new).await;
    let second = window.address().await;
    if port(&first) != port(&second) {
        assert!(!is_open(port(&first)).await);
    }

    desk.call("cancel_sign_in", Value::Null).await.unwrap();
    window.shows(|seen| matches!(seen.sign_in, SignInState::Idle)).await;
    within(LIMIT, async {
        while is_open(port(&second)).await {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(!window.shows(|_| true).await.signed_in);
}

#[tokio::test]
async fn the_window_shows_why_the_browser_came_back_in_vain() {
    let world = World::new(Sandbox::builder().referrals(0)).await;
    let (window, desk) = Window::open_on(&world);
    world.sandbox.inject(FaultRule::new(Endpoint::Authorize, Fault::aadsts(53003)));
    desk.call("sign_in_in_browser", Value::Null).await.unwrap();
    browse(&window.address().await).await;
    let failed = window.shows(|seen| matches!(seen.sign_in, SignInState::Failed { .. })).await.sign_in;
    assert!(
        matches!(&failed, SignInState::Failed { error } if error.code == "blocked_by_policy"),
        "{failed:?}"
    );
    desk.call("sign_in_in_browser", Value::Null).await.unwrap();
    let address = window.address().await;
    assert_eq!(browse(&address).await.0, 200);
    window.shows(|seen| seen.signed_in).await;
}
