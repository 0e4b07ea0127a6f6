#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io;
use std::sync::{Arc, Mutex};

use common::{World, begin_browser, browse, options};
use hunter_partner_center::{ListQuery, ReferralsClient};
use hunter_sandbox::{ACCOUNTS, Endpoint, Fault, FaultRule, Sandbox};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn name_no_token_no_code_and_no_person() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_env_filter("hunter_partner_center=trace,test=trace")
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let show = |what: &dyn std::fmt::Debug| tracing::trace!(target: "test", "{what:?}");

    let world = World::new(Sandbox::builder().referrals(12).page_size_cap(5)).await;
    let session = Arc::new(world.session());
    world.sandbox.inject(FaultRule::new(Endpoint::DeviceCode, Fault::aadsts(50034)));
    show(&session.begin_device_code().await.unwrap_err());
    let code = session.begin_device_code().await.unwrap();
    show(&code);
    show(&session.finish_device_code(code).await.unwrap());
    let visit = begin_browser(&session).await;
    show(&visit);
    let address = visit.address.clone();
    let (account, _) = tokio::join!(session.finish_browser(visit), browse(&address));
    show(&account.unwrap());
    world.sandbox.inject(FaultRule::new(Endpoint::Authorize, Fault::aadsts(50020)));
    let visit = begin_browser(&session).await;
    let refused_at = visit.address.clone();
    let (refused, _) = tokio::join!(session.finish_browser(visit), browse(&refused_at));
    show(&refused.unwrap_err());
    let token = session.access_token().await.unwrap();
    show(&token);
    show(&session.refresh_after_401(&token).await.unwrap());

    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(503)));
    let client = ReferralsClient::new(Arc::clone(&session), options());
    let mut pages = client.list(&ListQuery::default());
    while let Some(page) = pages.next().await.unwrap() {
        show(&page);
        show(&pages);
    }
    show(&client.get(world.sandbox.referrals()[0]["id"].as_str().unwrap()).await.unwrap());
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(403)));
    show(&client.list(&ListQuery::default()).next().await.unwrap_err());

    world.sandbox.expire_access_tokens();
    world.sandbox.revoke_sessions();
    show(&client.list(&ListQuery::default()).next().await.unwrap_err());
    show(&session.state().await);
    show(&session);
    session.sign_out().await.unwrap();

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.lines().count() > 20, "{log}");
    assert!(log.contains("session_renewed") && log.contains("request_id"));
    let secrets = world.sandbox.issued_secrets().into_iter().map(|secret| secret.value);
    let sent = [&address, &refused_at].map(|address| address.query_pairs().into_owned());
    let sent = sent
        .into_iter()
        .flatten()
        .filter(|(name, _)| ["state", "nonce", "code_challenge"].contains(&name.as_str()));
    let secrets = secrets.chain(sent.map(|(_, value)| value));
    let account = [ACCOUNTS[0].name.to_owned(), ACCOUNTS[0].username.to_owned()];
    for word in secrets.chain(world.sandbox.personal_strings()).chain(account) {
        assert!(!log.contains(&word), "{word} is in the log");
    }
    assert!(!log.contains("skiptoken"));
}
