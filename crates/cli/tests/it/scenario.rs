//! The main job: sign in, sync, and see every referral.

use hunter_sandbox::{Endpoint, Fault, FaultRule, Sandbox, TENANT_ID};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{World, keys};

fn counts(summary: &Value) -> [i64; 8] {
    ["fetched", "inserted", "updated", "unchanged", "success_count", "skipped_count", "failure_count", "gone"]
        .map(|key| summary[key].as_i64().unwrap())
}

#[tokio::test]
async fn the_first_sync_brings_everything_and_the_second_changes_nothing() {
    let world = World::new(Sandbox::builder()).await;
    let login = world.run(&["login", "--no-browser", "--json"]).await;
    assert_eq!(login.code, 0, "{login:?}");

    let first = world.json(&["sync"]).await;
    assert_eq!(counts(&first), [250, 250, 0, 0, 250, 0, 0, 0]);
    assert_eq!(
        [&first["status"], &first["mode"], &first["reason"]],
        [&json!("completed"), &json!("full"), &json!(null)]
    );
    assert_eq!(first["failures"], json!([]));
    let all = world.json(&["list", "--status", "all"]).await;
    let items = all["items"].as_array().unwrap();
    assert_eq!((all["total"].as_i64(), items.len()), (Some(250), 250));
    let unlinked = items.iter().filter(|item| item["link_status"] == "unlinked").count();
    assert_eq!(first["unlinked"].as_u64(), Some(unlinked as u64));

    let open = world.json(&["list"]).await;
    assert_eq!(open["total"], 88);
    let open = open["items"].as_array().unwrap();
    assert_eq!(open.len(), 88);
    assert!(open.iter().all(|item| item["status"] == "New" || item["status"] == "Active"));
    let homeless: Vec<&Value> = open.iter().filter(|item| item["domain"].is_null()).collect();
    assert_eq!(homeless.len(), 50);
    assert!(homeless.iter().all(|item| item["link_status"] == "unlinked" && item["company_id"].is_null()));

    let second = world.json(&["sync"]).await;
    assert_eq!((&second["mode"], &second["pages"]), (&json!("incremental"), &json!(1)));
    assert_eq!([&second["inserted"], &second["updated"], &second["gone"]], [0, 0, 0]);
    let third = world.json(&["sync", "--full"]).await;
    assert_eq!(counts(&third), [250, 0, 0, 250, 250, 0, 0, 0]);
    let mut again = world.json(&["list", "--status", "all"]).await;
    for (item, before) in again["items"].as_array_mut().unwrap().iter_mut().zip(items) {
        item["synced_at"] = before["synced_at"].clone();
    }
    assert_eq!(again, all);
}

#[tokio::test]
async fn what_is_stored_is_what_the_service_sent() {
    let world = World::synced(Sandbox::builder()).await;
    let stored = world.stored().await;
    assert_eq!(stored.present.len(), 250);
    assert_eq!(stored.present, world.service());
    assert!(stored.gone.is_empty());
    for (id, payload) in world.service().iter().step_by(60) {
        assert_eq!(world.json(&["show", id, "--raw"]).await, *payload);
        let shown = world.json(&["show", id]).await;
        let listed = world.json(&["list", "--status", "all", "--search", id]).await;
        for (key, value) in listed["items"][0].as_object().unwrap() {
            assert_eq!(&shown[key], value, "{key}");
        }
    }
}

#[tokio::test]
async fn changes_of_the_service_arrive_with_their_history() {
    let world = World::synced(Sandbox::builder().referrals(40)).await;
    let mut touched = world.sandbox.touch(5, 7);
    touched.sort_unstable();
    let removed = world.service().into_keys().find(|id| !touched.contains(id)).unwrap();
    assert!(world.sandbox.remove_referral(&removed));
    let mut newcomer = world.service()[&touched[0]].clone();
    newcomer["id"] = json!("00000000-0000-4000-8000-00000000aaaa");
    world.sandbox.put_referral(&newcomer);

    let summary = world.json(&["sync", "--full"]).await;
    assert_eq!(counts(&summary), [40, 1, 5, 34, 40, 0, 0, 1]);
    let stored = world.stored().await;
    assert_eq!(stored.present, world.service());
    assert!(stored.gone.keys().eq([&removed]), "{:?}", stored.gone.keys());

    assert_eq!(world.json(&["status"]).await["database"]["referrals"], 41, "gone ones stay stored");

    let shown = world.json(&["show", &touched[0]]).await;
    let history = shown["history"].as_array().unwrap();
    assert_eq!([&history[0]["outcome"], &history[1]["outcome"]], ["updated", "inserted"]);
    assert!(!history[0]["changes"].as_array().unwrap().is_empty());
    assert_eq!(world.json(&["show", &removed]).await["history"][0]["outcome"], "gone");
    let listed = world.json(&["list"]).await;
    assert!(listed["items"].as_array().unwrap().iter().all(|item| item["referral_id"] != removed.as_str()));

    world.sandbox.put_referral(&world.stored().await.gone[&removed]);
    assert_eq!(counts(&world.json(&["sync", "--full"]).await), [41, 0, 0, 41, 41, 0, 0, 0]);
    assert!(world.stored().await.gone.is_empty());
}

#[tokio::test]
async fn a_referral_is_shown_with_its_people_and_details() {
    let world = World::signed_in(Sandbox::builder().referrals(0)).await;
    let payload = json!({
        "id": "00000000-0000-4000-8000-000000000001", "engagementId": "e-1", "name": "Göç &amp; eğitim",
        "type": "Shared", "qualification": "SalesQualified", "direction": "Incoming",
        "status": "New", "substatus": "Pending",
        "createdDateTime": "2026-03-07T05:08:23.810144Z", "updatedDateTime": "2026-03-07T09:18:01.6076542Z",
        "expirationDateTime": null,
        "customerProfile": {"name": "Kocaeli Örnek &amp; Tic. A.Ş.", "address": {"country": "TR", "city": "İzmit"},
            "team": [{"firstName": "Ayşe", "lastName": "Örnek", "email": "ayse@ornek-lojistik.com.tr",
                      "phoneNumber": null, "title": null}], "ids": {}},
        "team": [{"firstName": "John", "lastName": "Example", "email": "john@microsoft.example"}],
        "details": {"notes": "120 kullanıcı", "dealValue": "1234567.89", "currency": "USD",
            "closingDateTime": "2026-05-24T18:30:00Z", "customerRequestedContact": true,
            "requirements": {"products": [{"id": "Microsoft365"}]}},
        "inviteContext": {"invitedBy": {"organizationId": "msft"}}
    });
    world.sandbox.put_referral(&payload);
    world.json(&["sync"]).await;
    let shown = world.json(&["show", "00000000-0000-4000-8000-000000000001"]).await;
    let expected = json!({
        "engagement_id": "e-1", "name": "Göç & eğitim", "customer_name": "Kocaeli Örnek & Tic. A.Ş.",
        "customer_country": "TR", "kind": "co-sell", "type": "Shared", "qualification": "SalesQualified",
        "direction": "Incoming", "status": "New", "substatus": "Pending", "deal_value": "1234567.89",
        "currency": "USD", "domain": "ornek-lojistik.com.tr", "link_status": "auto_linked",
        "created_at": "2026-03-07T05:08:23.810144Z", "updated_at": "2026-03-07T09:18:01.6076542Z",
        "expires_at": "2026-03-21T05:08:23.810144Z", "expires_estimated": true,
        "closing_at": "2026-05-24T18:30:00Z", "gone_at": null
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&shown[key], value, "{key}");
    }
    assert!(shown["company_id"].is_i64());
    let contacts = shown["contacts"].as_array().unwrap();
    assert_eq!([&contacts[0]["side"], &contacts[0]["email"]], ["customer", "ayse@ornek-lojistik.com.tr"]);
    assert_eq!([&contacts[1]["side"], &contacts[1]["email"]], ["partner", "john@microsoft.example"]);
    assert_eq!(shown["details"]["notes"], "120 kullanıcı");
    assert_eq!(shown["details"]["products"], json!(["Microsoft365"]));
    assert_eq!(keys(&shown["history"][0]), ["at", "changes", "outcome", "reason", "run_id"]);

    let text = world.run(&["show", "00000000-0000-4000-8000-000000000001"]).await;
    for word in ["Kocaeli Örnek & Tic. A.Ş.", "1234567.89 USD", "≈ 2026-03-21", "ayse@ornek-lojistik.com.tr"]
    {
        assert!(text.stdout.contains(word), "{word} in {text:?}");
    }
    let missing = world.run(&["show", "nobody", "--json"]).await;
    assert_eq!((missing.code, missing.error_code().as_str()), (1, "not_found"));
}

/// Each filter leaves exactly the rows that its field says.
#[rstest]
#[case(&["--status", "new"], |item: &Value| item["status"] == "New")]
#[case(&["--status", "ACTIVE"], |item: &Value| item["status"] == "Active")]
#[case(&["--status", "closed"], |item: &Value| item["status"] == "Closed")]
#[case(&["--status", "all", "--substatus", "won"], |item: &Value| item["substatus"] == "Won")]
#[case(&["--status", "all", "--kind", "co-sell"], |item: &Value| item["kind"] == "co-sell")]
#[case(&["--status", "all", "--kind", "marketplace"], |item: &Value| item["kind"] == "marketplace")]
#[case(&["--status", "all", "--kind", "solution-provider"], |item: &Value| item["kind"] == "solution-provider")]
#[case(&["--status", "all", "--kind", "other"], |item: &Value| item["kind"] == "other")]
#[case(&["--status", "all", "--direction", "incoming"], |item: &Value| item["direction"] == "Incoming")]
#[case(&["--status", "all", "--link", "unlinked"], |item: &Value| item["link_status"] == "unlinked")]
#[case(&["--status", "all", "--link", "multi_candidate"], |item: &Value| item["link_status"] == "multi_candidate")]
#[case(&["--status", "all", "--country", "tr"], |item: &Value| item["customer_country"] == "TR")]
#[tokio::test]
async fn filters(#[case] arguments: &[&str], #[case] belongs: fn(&Value) -> bool) {
    let world = World::synced(Sandbox::builder().referrals(125)).await;
    let all = world.json(&["list", "--status", "all"]).await;
    let expected = all["items"].as_array().unwrap().iter().filter(|item| belongs(item)).count();
    assert!(expected > 0);
    let listed = world.json(&[&["list"], arguments].concat()).await;
    let items = listed["items"].as_array().unwrap();
    assert!(items.iter().all(belongs));
    assert_eq!((items.len(), listed["total"].as_u64()), (expected, Some(expected as u64)));
}

#[tokio::test]
async fn windows_orders_and_the_default_status() {
    let mut world = World::synced(Sandbox::builder().referrals(60)).await;
    let names = |listed: Value| -> Vec<String> {
        let items = listed["items"].as_array().unwrap();
        items.iter().map(|item| item["referral_id"].as_str().unwrap().to_owned()).collect()
    };
    let all = names(world.json(&["list", "--status", "all", "--sort", "created_at:asc"]).await);
    let window = world
        .json(&["list", "--status", "all", "--sort", "created_at", "--limit", "7", "--offset", "5"])
        .await;
    assert_eq!(window["total"], 60);
    assert_eq!(names(window), all[5..12]);
    for order in ["created_at:asc", "created_at:desc"] {
        let listed = world.json(&["list", "--status", "all", "--sort", order]).await;
        let times: Vec<&str> = listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .map_while(|item| item["created_at"].as_str())
            .collect();
        assert!(times.len() > 50);
        let mut sorted = times.clone();
        sorted.sort_by_key(|time| time.parse::<jiff::Timestamp>().unwrap());
        if order.ends_with("desc") {
            sorted.reverse();
        }
        assert_eq!(times, sorted);
    }

    let open = world.json(&["list", "--expiring", "3"]).await;
    assert!(
        open["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["status"] == "New" && item["expires_at"].is_string())
    );

    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_STATUS", "closed");
    let closed = world.json(&["list"]).await;
    assert!(closed["items"].as_array().unwrap().iter().all(|item| item["status"] == "Closed"));
    assert_eq!(closed["total"].as_i64(), world.json(&["list", "--status", "closed"]).await["total"].as_i64());
}

#[rstest]
#[case(&["--status", "someday"])]
#[case(&["--kind", "friendly"])]
#[case(&["--link", "tight"])]
#[case(&["--sort", "mood"])]
#[case(&["--sort", "created_at:sideways"])]
#[tokio::test]
async fn a_word_that_a_filter_does_not_take(
    #[case] arguments: &[&str],
    #[values("en", "tr")] language: &str,
) {
    let mut world = World::new(Sandbox::builder().referrals(0)).await;
    world.set("HUNTER_LANG", language);
    let outcome = world.run(&[&["list", "--json"], arguments].concat()).await;
    assert_eq!((outcome.code, outcome.error_code().as_str()), (2, "invalid_filter"));
    let message = outcome.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains(arguments[1]), "{message}");
}

#[tokio::test]
async fn a_tenant_may_be_named_by_its_domain() {
    let mut world = World::new(Sandbox::builder().referrals(3)).await;
    world.set("HUNTER_PARTNER_CENTER_TENANT_ID", hunter_sandbox::TENANT_DOMAIN);
    assert_eq!(world.run(&["login", "--no-browser"]).await.code, 0);
    assert_eq!(world.json(&["sync"]).await["inserted"], 3);
    world.set("HUNTER_PARTNER_CENTER_TENANT_ID", TENANT_ID);
    let moved = world.run(&["sync", "--json"]).await;
    assert_eq!((moved.code, moved.json()["reason"].as_str()), (3, Some("Sign-in needed")));
}

/// One referral that the service refuses to show says nothing about the others.
#[tokio::test]
async fn a_refusal_for_one_missing_referral_does_not_stop_the_rest() {
    let world = World::synced(Sandbox::builder().referrals(20)).await;
    let ids: Vec<String> = world.service().into_keys().take(2).collect();
    ids.iter().for_each(|id| assert!(world.sandbox.remove_referral(id)));
    world.sandbox.inject(FaultRule::new(Endpoint::Get, Fault::status(403)));
    let report = world.sync_fully().await;
    assert_eq!((report.exit_code, report.summary.gone), (0, 1), "{report:?}");
    let report = world.sync_fully().await;
    assert_eq!((report.exit_code, report.summary.gone), (0, 1), "{report:?}");
}
