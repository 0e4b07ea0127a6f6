//! A sandbox, a data directory, and the programs that run on them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use hunter_engine::{Depth, Engine, HttpOptions, Launch, ReferralQuery, SyncReport};
use hunter_sandbox::{Builder, Endpoint, Sandbox};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// Longer than any program here may take; a test that meets it fails.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A sandbox and one user's data directory.
pub struct World {
    pub sandbox: Sandbox,
    pub variables: BTreeMap<String, String>,
    folder: TempDir,
}

impl World {
    /// The usual sandbox, where sign-ins are approved at once.
    pub async fn new(builder: Builder) -> Self {
        let builder = builder.poll_interval(Duration::ZERO);
        let sandbox = builder.auto_approve(Duration::ZERO).start().await.unwrap();
        let folder = TempDir::new().unwrap();
        let variables = [
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent".to_owned()),
            ("HUNTER_DATA_DIR", folder.path().join("data").to_str().unwrap().to_owned()),
            ("HUNTER_SECRET_STORE", "file".to_owned()),
            ("HUNTER_LANG", "en".to_owned()),
            ("HUNTER_PARTNER_CENTER_ENABLED", "true".to_owned()),
            ("HUNTER_PARTNER_CENTER_API_URL", sandbox.base_url().to_owned()),
            ("HUNTER_PARTNER_CENTER_AUTHORITY_URL", sandbox.base_url().to_owned()),
            ("HUNTER_PARTNER_CENTER_CLIENT_ID", sandbox.client_id().to_owned()),
            ("HUNTER_PARTNER_CENTER_TENANT_ID", sandbox.tenant_id().to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        Self { sandbox, variables, folder }
    }

    /// A world in which somebody is signed in.
    pub async fn signed_in(builder: Builder) -> Self {
        let world = Self::new(builder).await;
        world.sign_in().await;
        world
    }

    /// A world in which somebody is signed in and has everything the service has.
    pub async fn synced(builder: Builder) -> Self {
        let world = Self::signed_in(builder).await;
        assert_eq!(world.sync().await.exit_code, 0);
        world
    }

    /// Sets a variable for the programs to come.
    pub fn set(&mut self, name: &str, value: impl ToString) {
        self.variables.insert(name.to_owned(), value.to_string());
    }

    /// Removes a variable for the programs to come.
    pub fn unset(&mut self, name: &str) {
        self.variables.remove(name);
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path beside the data directory.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.data_dir()).unwrap();
        std::fs::write(self.data_dir().join(name), text).unwrap();
    }

    /// The program, ready to start with nothing of this process's environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hunter"));
        command.args(arguments).env_clear().envs(&self.variables).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    /// Runs the program to its end.
    pub async fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.start(arguments)).await
    }

    /// Runs the program and reads its one JSON document.
    pub async fn json(&self, arguments: &[&str]) -> Value {
        let outcome = self.run(&[arguments, &["--json"]].concat()).await;
        assert_eq!(outcome.code, 0, "{outcome:?}");
        outcome.json()
    }

    /// The engine within this process, with waits that are short and limits that are not.
    pub fn engine(&self) -> Engine {
        self.engine_with(near())
    }

    pub fn engine_with(&self, http: HttpOptions) -> Engine {
        let launch = Launch { variables: self.variables.clone(), ..Launch::default() };
        Engine::open_with(launch, http).unwrap()
    }

    pub async fn sign_in(&self) {
        self.engine().sign_in().await.unwrap().finish().await.unwrap();
    }

    /// A sync that reads everything.
    pub async fn sync_fully(&self) -> SyncReport {
        within(LIMIT, self.engine().sync(Depth::Full)).await.unwrap()
    }

    pub async fn sync(&self) -> SyncReport {
        within(LIMIT, self.engine().sync(Depth::AsNeeded)).await.unwrap()
    }

    /// Every stored referral with its payload, by id; those gone from the service are told apart.
    pub async fn stored(&self) -> Stored {
        stored(&self.engine()).await
    }

    /// What the service has, by id.
    pub fn service(&self) -> BTreeMap<String, Value> {
        let id = |payload: &Value| payload["id"].as_str().map(str::to_owned);
        self.sandbox.referrals().into_iter().filter_map(|payload| Some((id(&payload)?, payload))).collect()
    }

    pub fn calls(&self, endpoint: Endpoint) -> u64 {
        self.sandbox.counters().get(&endpoint).copied().unwrap_or_default()
    }

    /// Waits until the service has seen so many requests.
    pub async fn calls_reach(&self, endpoint: Endpoint, count: u64) {
        let reached = async {
            while self.calls(endpoint) < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        within(LIMIT, reached).await;
    }

    /// All lines of all log files.
    pub fn log(&self) -> Vec<Value> {
        let mut lines = Vec::new();
        for file in files(&self.data_dir().join("logs")) {
            let text = std::fs::read_to_string(file).unwrap();
            lines.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        }
        lines
    }
}

#[derive(Debug, PartialEq)]
pub struct Stored {
    pub present: BTreeMap<String, Value>,
    pub gone: BTreeMap<String, Value>,
}

pub async fn stored(engine: &Engine) -> Stored {
    let query = ReferralQuery { status: Some("all".to_owned()), ..ReferralQuery::default() };
    let mut stored = Stored { present: BTreeMap::new(), gone: BTreeMap::new() };
    for item in engine.list(&query).await.unwrap().items {
        let payload = serde_json::from_str(&engine.raw(&item.referral_id).await.unwrap()).unwrap();
        let place = if item.gone_at.is_some() { &mut stored.gone } else { &mut stored.present };
        place.insert(item.referral_id, payload);
    }
    stored
}

/// How a program ended, and what it said.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    pub async fn of(child: Child) -> Self {
        let output = within(LIMIT, child.wait_with_output()).await.unwrap();
        Self {
            code: output.status.code().expect("an exit code"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The last line on stdout, which is JSON.
    pub fn json(&self) -> Value {
        let line = self.stdout.lines().last().unwrap_or_else(|| panic!("nothing on stdout: {self:?}"));
        serde_json::from_str(line).unwrap()
    }

    /// The error of a failed program: its code, after a look at its sentences.
    pub fn error_code(&self) -> String {
        let document = self.json();
        assert_eq!(keys(&document), ["error"], "{self:?}");
        let error = &document["error"];
        assert_eq!(keys(error), ["code", "hint", "message"]);
        let [code, message, hint] = ["code", "message", "hint"].map(|key| error[key].as_str().unwrap());
        assert_sound(message, hint);
        assert_ne!(code, "internal", "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        code.to_owned()
    }
}

/// Two sentences for a person, with nothing left to fill in.
pub fn assert_sound(message: &str, hint: &str) {
    assert_ne!(message, hint);
    for text in [message, hint] {
        assert!(text.trim().len() > 8, "{text:?}");
        for leftover in ["%{", "()", "( )", "  ", "error.", "null", "None", "Some("] {
            assert!(!text.contains(leftover), "{leftover:?} in {text:?}");
        }
    }
}

pub fn keys(document: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Waits that are short, limits that no sound answer meets.
pub fn near() -> HttpOptions {
    HttpOptions {
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(5),
        attempts: 3,
        shortest_poll: Duration::from_millis(1),
        longest_poll: Duration::from_millis(20),
        ..HttpOptions::default()
    }
}

pub async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(limit, work).await.expect("it ends within its limit")
}

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    walk(folder).into_iter().filter(|path| path.is_file()).collect()
}

/// Everything below a folder, and the folder itself.
pub fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}
