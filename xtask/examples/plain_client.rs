//! What downloading and keeping the same referrals costs at least: the floor that `cargo xtask bench` compares with.
//!
//! One page after the other is downloaded and each item's id and text written to SQLite, all in one transaction.
#![expect(clippy::print_stdout, reason = "its answer is read by `cargo xtask bench`")]

use std::env;
use std::path::Path;

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Sqlite};

const LIST: &str = "v1.0/engagements/referrals";
const SCOPE: &str = "https://api.partner.microsoft.com/.default offline_access";
const CLIENT_REQUEST_ID: &str = "00000000-0000-4000-8000-000000000001";
/// Rows of one statement and bytes of the database's pages, as in Hunter.
const ROWS: usize = 200;
const DATABASE_PAGE: u32 = 8192;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let client = Client::builder().no_proxy().build()?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["sign-in", origin, tenant, client_id] => {
            println!("{}", sign_in(&client, origin, tenant, client_id).await?);
        }
        ["ask", origin, method, what, body] => {
            println!("{}", ask(&client, origin, method, what, body).await?)
        }
        ["download", origin, page_size, file] => {
            download(&client, origin, page_size, Path::new(file)).await?
        }
        _ => bail!(
            "sign-in ORIGIN TENANT CLIENT | ask ORIGIN METHOD WHAT BODY | download ORIGIN PAGE_SIZE FILE"
        ),
    }
    Ok(())
}

/// An access token of the sandbox, for a code that it is told to approve.
async fn sign_in(client: &Client, origin: &str, tenant: &str, client_id: &str) -> Result<String> {
    let endpoint = |name: &str| format!("{origin}/{tenant}/oauth2/v2.0/{name}");
    let form = [("client_id", client_id), ("scope", SCOPE)];
    let code: Value = json(client.post(endpoint("devicecode")).form(&form)).await?;
    let word = |name: &str| code[name].as_str().with_context(|| format!("no {name}"));
    let approval = format!("{origin}/_sandbox/device-codes/{}/approve", word("user_code")?);
    client.post(approval).send().await?.error_for_status()?;
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", client_id),
        ("device_code", word("device_code")?),
    ];
    let tokens: Value = json(client.post(endpoint("token")).form(&form)).await?;
    Ok(tokens["access_token"].as_str().context("no access token")?.to_owned())
}

/// What the sandbox answers to a request that steers it.
async fn ask(client: &Client, origin: &str, method: &str, what: &str, body: &str) -> Result<String> {
    let url = format!("{origin}/_sandbox/{what}");
    let mut request = client.request(Method::from_bytes(method.as_bytes())?, url);
    if !body.is_empty() {
        request = request.header("content-type", "application/json").body(body.to_owned());
    }
    Ok(request.send().await?.error_for_status()?.text().await?)
}

async fn json(request: reqwest::RequestBuilder) -> Result<Value> {
    let text = request.send().await?.error_for_status()?.text().await?;
    Ok(serde_json::from_str(&text)?)
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

async fn download(client: &Client, origin: &str, page_size: &str, file: &Path) -> Result<()> {
    let token = env::var("TOKEN").context("TOKEN is the access token")?;
    let mut database = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .page_size(DATABASE_PAGE)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .connect()
        .await?;
    sqlx::query("CREATE TABLE items (id TEXT PRIMARY KEY, payload TEXT NOT NULL) STRICT")
        .execute(&mut database)
        .await?;
    let mut transaction = database.begin().await?;
    let mut query = format!("$orderby=createdDateTime%20asc&$top={page_size}");
    loop {
        let request = client
            .get(format!("{origin}/{LIST}?{query}"))
            .bearer_auth(&token)
            .header("client-request-id", CLIENT_REQUEST_ID);
        let body = request.send().await?.error_for_status()?.bytes().await?;
        let page: Envelope<'_> = serde_json::from_slice(&body)?;
        for items in page.value.chunks(ROWS) {
            let mut rows = Vec::with_capacity(items.len());
            for item in items {
                rows.push((serde_json::from_str::<Id>(item.get())?.id, item.get()));
            }
            let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO items (id, payload) ");
            insert.push_values(rows, |mut row, (id, payload)| {
                row.push_bind(id).push_bind(payload);
            });
            insert.build().execute(&mut *transaction).await?;
        }
        match page.next.as_deref().and_then(|link| link.split_once('?')) {
            Some((_, next)) => next.clone_into(&mut query),
            None => break,
        }
    }
    transaction.commit().await?;
    database.close().await?;
    Ok(())
}
