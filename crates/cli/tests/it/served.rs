//! `hunter serve` as a child process, and plain HTTP calls to it.

use std::collections::BTreeMap;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::support::{LIMIT, World, within};

/// A service under test; it ends with its owner.
pub struct Served {
    pub url: String,
    pub link: Option<String>,
    pub token: String,
    pub client: Client,
    child: Child,
}

/// An answer that has been read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub text: String,
}

impl Answer {
    pub async fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        Self { status, headers: headers.collect(), text: response.text().await.unwrap() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

impl Served {
    pub async fn start(world: &World, arguments: &[&str]) -> Self {
        Self::start_with(world, arguments, Client::builder().no_proxy().build().unwrap()).await
    }

    pub async fn start_with(world: &World, arguments: &[&str], client: Client) -> Self {
        let listen = ["serve", "--listen", "127.0.0.1:0", "--json"];
        let mut child = world.start(&[&listen[..], arguments].concat());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = within(LIMIT, lines.next_line()).await.unwrap();
        let told: Value = serde_json::from_str(&line.expect("it listens")).unwrap();
        assert_eq!(told["event"], "listening");
        let token = std::fs::read_to_string(world.data_dir().join("http_token")).unwrap_or_default();
        Self {
            url: told["url"].as_str().unwrap().to_owned(),
            link: told["link"].as_str().map(str::to_owned),
            token: token.trim().to_owned(),
            client,
            child,
        }
    }

    /// The port on loopback.
    pub fn port(&self) -> u16 {
        self.url.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// A request without a key.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.bare(Method::GET, path).bearer_auth(&self.token)).await
    }

    pub async fn post(&self, path: &str) -> Answer {
        send(self.bare(Method::POST, path).bearer_auth(&self.token)).await
    }

    /// A request of the page.
    pub async fn ask(&self, request: &str, arguments: &Value) -> Answer {
        let ask = self.bare(Method::POST, &format!("/rpc/{request}")).bearer_auth(&self.token);
        send(ask.header("content-type", "application/json").body(arguments.to_string())).await
    }

    /// Follows a run to its end.
    pub async fn ended(&self, task_id: &str) -> Value {
        let path = format!("/api/v1/partner-center/sync/{task_id}");
        let followed = async {
            loop {
                let answer = self.get(&path).await;
                assert_eq!(answer.status, 200, "{answer:?}");
                let task = answer.json();
                if !["queued", "running"].contains(&task["state"].as_str().unwrap()) {
                    return task;
                }
                assert!(task["summary"].is_null(), "{task}");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        };
        within(LIMIT, followed).await
    }

    /// What the system sends when it shuts down.
    #[cfg(unix)]
    pub fn terminate(&self) {
        let id = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    pub async fn code(mut self) -> i32 {
        within(LIMIT, self.child.wait()).await.unwrap().code().expect("an exit code")
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    Answer::of(within(LIMIT, request.send()).await.unwrap()).await
}

pub async fn status_of(request: RequestBuilder) -> StatusCode {
    within(LIMIT, request.send()).await.unwrap().status()
}
