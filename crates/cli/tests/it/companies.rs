//! Companies on the command line: what their domains tell, and what a person decides.

#[path = "../../../signals/tests/it/name_server.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod name_server;

use std::time::Duration;

use hickory_resolver::proto::rr::RecordType;
use hunter_sandbox::Sandbox;
use name_server::{Fault, NameServer, Zone};
use serde_json::Value;

use crate::support::World;

async fn world() -> World {
    let mut world = World::synced(Sandbox::builder().referrals(60)).await;
    world.set("HUNTER_ENRICHMENT_ENABLED", "true");
    world
}

async fn domains(world: &World) -> Vec<String> {
    let list = world.json(&["companies", "list", "--sort", "domain"]).await;
    let domain = |item: &Value| item["domain"].as_str().unwrap().to_owned();
    list["items"].as_array().unwrap().iter().map(domain).collect()
}

#[tokio::test]
async fn a_scan_scores_companies_and_orders_referrals() {
    let mut world = world().await;
    let domains = domains(&world).await;
    assert!(domains.len() > 2, "{domains:?}");
    let ascii = |domain: &str| idna::domain_to_ascii(domain).unwrap();
    let (google, silent) = (ascii(&domains[0]), ascii(&domains[1]));
    let zone = Zone::new()
        .mx(&google, 1, "aspmx.l.google.com")
        .txt(&google, "v=spf1 -all")
        .txt(&format!("_dmarc.{google}"), "v=DMARC1; p=reject")
        .ns(&silent, "ns.example")
        .fault(&silent, RecordType::MX, Fault::Code(hickory_resolver::proto::op::ResponseCode::ServFail));
    let server = NameServer::start(zone).await;
    world.set("HUNTER_ENRICHMENT_NAME_SERVERS", server.address());
    let report = world.json(&["companies", "scan"]).await;
    assert_eq!(
        (report["total"].as_u64(), report["ending"].as_str()),
        (Some(domains.len() as u64), Some("complete"))
    );
    let company = world.json(&["companies", "show", &domains[0]]).await;
    // 50 for Google, SPF 10, no DKIM -15, DMARC 20.
    assert_eq!((&company["score"], &company["segment"]), (&65.into(), &"migration".into()), "{company}");
    let unknown = world.json(&["companies", "show", &domains[1]]).await;
    assert_eq!((&unknown["score"], &unknown["is_complete"]), (&Value::Null, &false.into()));
    let first = world.json(&["list", "--status", "all", "--sort", "score:desc", "--limit", "1"]).await;
    assert_eq!(first["items"][0]["domain"], domains[0].as_str());
    let again = world.json(&["companies", "scan"]).await;
    assert!(
        again["total"].as_u64().unwrap() < domains.len() as u64,
        "what is known is not asked again: {again}"
    );
    let asked = server.seen(|seen| seen.asked.len());
    assert!(asked > domains.len());
}

#[tokio::test]
async fn nobody_is_asked_unless_it_is_turned_on() {
    let mut world = world().await;
    let server = NameServer::start(Zone::new()).await;
    world.set("HUNTER_ENRICHMENT_NAME_SERVERS", server.address());
    world.set("HUNTER_ENRICHMENT_ENABLED", "false");
    let refused = world.run(&["companies", "scan", "--json"]).await;
    assert_eq!((refused.code, refused.error_code().as_str()), (2, "enrichment_off"));
    assert_eq!(world.json(&["sync", "--full"]).await["status"], "completed");
    assert_eq!(server.seen(|seen| seen.asked.len()), 0);
}

#[tokio::test]
async fn a_name_server_that_is_gone_costs_nothing_but_the_scan() {
    let mut world = world().await;
    let server = NameServer::start(Zone::new()).await;
    let address = server.address();
    drop(server);
    world.set("HUNTER_ENRICHMENT_NAME_SERVERS", address);
    let scanned = tokio::time::timeout(Duration::from_secs(240), world.run(&["companies", "scan", "--json"]));
    let scanned = scanned.await.unwrap();
    assert!([0, 4].contains(&scanned.code), "{scanned:?}");
    assert_eq!(world.json(&["db", "check"]).await["ok"], true);
}

#[tokio::test]
async fn links_by_hand_survive_a_full_sync_and_are_undone() {
    let world = world().await;
    let unlinked = world.json(&["list", "--status", "all", "--link", "unlinked", "--limit", "1"]).await;
    let id = unlinked["items"][0]["referral_id"].as_str().unwrap().to_owned();
    let company = domains(&world).await.remove(0);
    world.json(&["companies", "link", &id, "--company", &company]).await;
    assert_eq!(world.json(&["sync", "--full"]).await["status"], "completed");
    let linked = world.json(&["show", &id]).await;
    assert_eq!(linked["link_status"], "linked_manually");
    assert!(linked["company_id"].is_number());
    let undone = world.json(&["companies", "undo"]).await;
    assert_eq!((&undone["change"]["kind"], &undone["change"]["referrals"]), (&"link".into(), &1.into()));
    assert_eq!(world.json(&["show", &id]).await["link_status"], "unlinked");
    world.json(&["companies", "link", &id, "--company", "yepyeni-firma.com.tr"]).await;
    assert_eq!(world.json(&["companies", "show", "yepyeni-firma.com.tr"]).await["referrals"], 1);
    world.json(&["companies", "unlink", &id]).await;
    let refuses = async |arguments: &[&str]| {
        let refused = world.run(&[&["companies"], arguments, &["--json"]].concat()).await;
        assert_eq!((refused.code, refused.error_code().as_str()), (1, "not_found"), "{refused:?}");
        assert!(refused.json()["error"]["message"].as_str().unwrap().contains("misspelt"), "{refused:?}");
    };
    refuses(&["link", &id, "misspelt", "--company", &company]).await;
    assert_eq!(world.json(&["show", &id]).await["link_status"], "unlinked", "done to none");
    world.json(&["companies", "link", &id, "--company", &company]).await;
    refuses(&["unlink", &id, "misspelt"]).await;
    assert_eq!(world.json(&["show", &id]).await["link_status"], "linked_manually", "done to none");
    world.json(&["companies", "undo"]).await;
    assert_eq!(world.run(&["show", ""]).await.code, 2);
    let refused = world.run(&["companies", "link", &id, "--company", "com.tr", "--json"]).await;
    assert_eq!((refused.code, refused.error_code().as_str()), (2, "no_company_domain"));
    let missing = world.run(&["companies", "show", "nobody.example", "--json"]).await;
    assert_eq!((missing.code, missing.error_code().as_str()), (1, "company_not_found"));
}
