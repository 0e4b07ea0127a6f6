//! A client that is honest about every byte it gets.

use std::time::Duration;

use hunter_sandbox::{Builder, Sandbox};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::Value;

pub const LIST: &str = "/v1.0/engagements/referrals";
pub const SCOPE: &str = "https://api.partner.microsoft.com/.default offline_access openid profile";
pub const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub struct Caller {
    pub sandbox: Sandbox,
    pub http: Client,
    pub token: String,
}

/// A quick sandbox: nobody waits for a poll interval.
pub fn quick() -> Builder {
    Sandbox::builder().poll_interval(Duration::ZERO)
}

pub async fn start(builder: Builder) -> Caller {
    let sandbox = builder.start().await.unwrap();
    let token = sandbox.issue_tokens(0).unwrap().access_token;
    let http = Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap();
    Caller { sandbox, http, token }
}

impl Caller {
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }

    pub async fn try_get(&self, path: &str) -> reqwest::Result<Response> {
        self.http
            .get(self.url(path))
            .bearer_auth(&self.token)
            .header("client-request-id", "00000000-0000-4000-8000-000000000001")
            .send()
            .await
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        body(self.try_get(path).await.unwrap()).await
    }

    pub async fn ok(&self, path: &str) -> Value {
        let (status, value) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    /// The list with these query options, properly encoded.
    pub async fn list(&self, options: &[(&str, &str)]) -> (StatusCode, Value) {
        let query = options
            .iter()
            .map(|(name, value)| {
                let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                format!("{name}={value}")
            })
            .collect::<Vec<_>>()
            .join("&");
        self.get(&format!("{LIST}?{query}")).await
    }

    /// All items of all pages, the documented next link followed on the sandbox's own origin.
    pub async fn all(&self, options: &[(&str, &str)]) -> (Vec<Value>, usize) {
        let (status, mut page) = self.list(options).await;
        assert_eq!(status, 200, "{page}");
        let mut items = Vec::new();
        let mut pages = 1;
        loop {
            items.extend(page["value"].as_array().unwrap().iter().cloned());
            let Some(next) = page["@odata.nextLink"].as_str() else {
                return (items, pages);
            };
            let (address, query) = next.split_once('?').unwrap();
            assert_eq!(address, "http://api.partner.microsoft.com/v1.0/referrals");
            assert!(query.starts_with("$skiptoken="), "{query}");
            page = self.ok(&format!("{LIST}?{query}")).await;
            pages += 1;
        }
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
        body(self.try_post(path, form).await.unwrap()).await
    }

    pub async fn try_post(&self, path: &str, form: &[(&str, &str)]) -> reqwest::Result<Response> {
        self.http.post(self.url(path)).form(form).send().await
    }

    /// Posts to an endpoint of the sandbox's tenant as its client.
    pub async fn sign_in(&self, endpoint: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let mut fields = vec![("client_id", self.sandbox.client_id())];
        fields.extend_from_slice(form);
        let path = format!("/{}/oauth2/v2.0/{endpoint}", self.sandbox.tenant_id());
        self.post(&path, &fields).await
    }
}

/// Status and JSON; text that is no JSON becomes a JSON string.
pub async fn body(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let bytes = response.bytes().await.unwrap();
    let value = serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
    (status, value)
}

pub fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}
