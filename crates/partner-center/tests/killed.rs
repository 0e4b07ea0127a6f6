#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::process::{Command, Stdio};
use std::time::Duration;

use common::{World, options};
use hunter_partner_center::{Connection, SecretStore, Session, TokenVault};
use hunter_sandbox::{Endpoint, RefreshReuse, Sandbox};

const ORIGIN: &str = "HUNTER_TEST_ORIGIN";
const TOKEN_FILE: &str = "HUNTER_TEST_TOKEN_FILE";

#[tokio::test]
async fn at_any_moment_of_a_renewal_leaves_a_session_that_goes_on() {
    let builder = Sandbox::builder().referrals(1).refresh_reuse(RefreshReuse::UntilNewerUsed);
    let world = World::new(builder).await;
    world.signed_in().await;
    for round in 0..20 {
        let before = world.calls(Endpoint::Token);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "renews_until_it_is_killed", "--ignored"])
            .env(ORIGIN, world.sandbox.base_url())
            .env(TOKEN_FILE, world.token_file())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while world.calls(Endpoint::Token) < before + 2 {
            assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_micros(round * 430)).await;
        child.kill().unwrap();
        child.wait().unwrap();

        let session = world.session();
        assert!(session.state().await.is_signed_in());
        let token = session.access_token().await.unwrap();
        session.refresh_after_401(&token).await.unwrap();
    }
}

#[ignore = "another test starts and kills it"]
#[tokio::test]
async fn renews_until_it_is_killed() {
    let origin = std::env::var(ORIGIN).unwrap();
    let connection = Connection::parse(
        &origin,
        &origin,
        hunter_sandbox::TENANT_ID,
        hunter_sandbox::CLIENT_ID,
        "https://api.partner.microsoft.com/.default",
    )
    .unwrap();
    let vault = TokenVault::new(std::env::var_os(TOKEN_FILE).unwrap(), SecretStore::File);
    let session = Session::new(connection, vault, options());
    loop {
        let token = session.access_token().await.unwrap();
        session.refresh_after_401(&token).await.unwrap();
    }
}
