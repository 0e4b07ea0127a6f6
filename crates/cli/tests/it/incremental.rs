//! What a sync reads: what changed, and everything where that is not enough.

use hunter_engine::{Depth, RunStatus};
use hunter_sandbox::{Endpoint, Fault, FaultRule, RetryAfter, Sandbox};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use serde_json::json;

use crate::support::World;

/// What a sync asked of the list.
async fn lists(world: &World, depth: Depth) -> (u64, hunter_engine::Summary) {
    let before = world.calls(Endpoint::List);
    let report = world.engine().sync(depth).await.unwrap();
    assert_eq!(report.exit_code, 0, "{report:?}");
    (world.calls(Endpoint::List) - before, report.summary)
}

fn mode(summary: &hunter_engine::Summary) -> String {
    serde_json::to_value(summary.mode).unwrap().as_str().unwrap().to_owned()
}

fn minutes_ago(minutes: i64) -> String {
    (Timestamp::now() - SignedDuration::from_mins(minutes)).to_string()
}

#[tokio::test]
async fn an_idle_sync_is_one_request_however_large_the_collection() {
    for referrals in [1, 250, 3_000] {
        let world = World::synced(Sandbox::builder().referrals(referrals)).await;
        for _ in 0..3 {
            let (asked, summary) = lists(&world, Depth::AsNeeded).await;
            assert_eq!(
                (asked, mode(&summary).as_str(), summary.inserted + summary.updated),
                (1, "incremental", 0)
            );
        }
        world.sandbox.touch(referrals.min(7), 1);
        let (asked, summary) = lists(&world, Depth::AsNeeded).await;
        assert_eq!((asked, summary.updated), (1, referrals.min(7) as i64));
        assert_eq!(world.stored().await.present, world.service());
    }
}

/// A bulk change gives everything one time stamp: the ids and payloads tell what is known of it.
#[tokio::test]
async fn one_time_stamp_for_all_of_them() {
    let world = World::new(Sandbox::builder().referrals(0)).await;
    world.sign_in().await;
    let at = minutes_ago(5);
    let one = |n: usize| json!({"id": format!("r{n:04}"), "updatedDateTime": at});
    (0..900).for_each(|n| world.sandbox.put_referral(&one(n)));
    assert_eq!(world.sync().await.summary.inserted, 900);
    let (asked, summary) = lists(&world, Depth::AsNeeded).await;
    assert_eq!((asked, summary.unchanged), (2, 400));
    world.sandbox.put_referral(&one(900));
    world.sync().await;
    assert_eq!(world.stored().await.present, world.service());
}

#[tokio::test]
async fn a_service_that_refuses_date_filters_is_read_in_full() {
    let world = World::synced(Sandbox::builder().referrals(450).refuse_date_filters(true)).await;
    world.sandbox.touch(3, 2);
    let (asked, summary) = lists(&world, Depth::AsNeeded).await;
    assert_eq!((asked, mode(&summary).as_str(), summary.updated), (1 + 3, "full", 3));
    assert_eq!(summary.pages, 3);
    let (asked, summary) = lists(&world, Depth::AsNeeded).await;
    assert_eq!((asked, mode(&summary).as_str(), summary.fetched), (3, "full", 450), "it is remembered");
    assert_eq!(world.stored().await.present, world.service());
    let runs = world.engine().runs(false, 2, 0).await.unwrap().runs;
    let run = world.json(&["runs", "show", &runs[1].run_id]).await;
    assert_eq!(
        [&run["failed_requests"][0]["status"], &run["failed_requests"][0]["cause"]],
        [&json!(400), &json!("service_refused")]
    );
    assert!(!run["failed_requests"][0]["request_id"].as_str().unwrap().is_empty());
}

/// An outage that answers as a service does that knows no such filter.
#[rstest]
#[tokio::test]
async fn an_outage_is_no_refusal_of_a_date_filter(#[values(400, 404, 501)] status: u16) {
    let world = World::synced(Sandbox::builder().referrals(20)).await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(status)).forever());
    assert_ne!(world.sync().await.exit_code, 0);
    world.sandbox.clear_faults();
    let (_, summary) = lists(&world, Depth::AsNeeded).await;
    assert_eq!(mode(&summary), "incremental");
}

/// A pass that goes on reads again what it brought itself, if what changed meanwhile cannot be asked for.
#[tokio::test]
async fn a_pass_that_goes_on_where_date_filters_are_refused() {
    let builder = Sandbox::builder().referrals(250).page_size_cap(10).refuse_date_filters(true);
    let world = World::signed_in(builder).await;
    let broken = |after| FaultRule::new(Endpoint::List, Fault::status(403)).skip(after);
    world.sandbox.inject(broken(3));
    assert_eq!(world.sync().await.summary.fetched, 30);
    let report = world.sync().await;
    assert_eq!((report.exit_code, report.summary.status), (0, RunStatus::Completed));
    assert_eq!(world.stored().await.present, world.service());

    world.sandbox.put_referral(&json!({"id": "news", "updatedDateTime": minutes_ago(0)}));
    world.sandbox.inject(broken(20));
    assert_eq!(world.sync().await.summary.fetched, 200);
    world.sandbox.inject(broken(10));
    world.sync().await;
    assert!(
        world.stored().await.present.contains_key("news"),
        "the place is remembered though filters are refused"
    );
}

#[tokio::test]
async fn other_directions_force_a_full_pass() {
    let mut world = World::synced(Sandbox::builder().referrals(40)).await;
    let outgoing = json!({"id": "out", "direction": "Outgoing", "updatedDateTime": minutes_ago(9_000)});
    world.sandbox.put_referral(&outgoing);
    assert_eq!(world.json(&["sync"]).await["mode"], "incremental");
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_DIRECTION", "All");
    let summary = world.json(&["sync"]).await;
    assert_eq!([&summary["mode"], &summary["inserted"]], [&json!("full"), &json!(1)]);
    assert_eq!(world.json(&["sync"]).await["mode"], "incremental");
}

/// A first sync that breaks off keeps what it has, and the next one reads the rest and what changed meanwhile.
#[tokio::test]
async fn a_pass_that_broke_off_goes_on() {
    let world = World::signed_in(Sandbox::builder().referrals(95).page_size_cap(10)).await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(403)).skip(7));
    let broken = world.sync().await;
    assert_eq!(
        (broken.exit_code, broken.summary.status, broken.summary.fetched),
        (4, RunStatus::Partial, 70)
    );
    world.sandbox.touch(20, 8);
    let gone = world.stored().await.present.into_keys().next().unwrap();
    world.sandbox.remove_referral(&gone);
    let (asked, summary) = lists(&world, Depth::AsNeeded).await;
    assert_eq!(mode(&summary), "full");
    assert!((5..=6).contains(&asked), "three pages of the list and two or three of changes, not {asked}");
    let mut present = world.stored().await.present;
    assert!(
        present.remove(&gone).is_some(),
        "it was there when its page was read; the next pass finds it gone"
    );
    assert_eq!(present, world.service());
    assert_eq!(mode(&lists(&world, Depth::AsNeeded).await.1), "incremental");
    assert_eq!(lists(&world, Depth::Full).await.1.gone, 1);
}

/// The place in the list is the service's to forget.
#[tokio::test]
async fn a_forgotten_place_means_from_the_start() {
    let world = World::signed_in(Sandbox::builder().referrals(45).page_size_cap(10)).await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(403)).skip(2));
    assert_eq!(world.sync().await.exit_code, 4);
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(400)));
    let (asked, summary) = lists(&world, Depth::AsNeeded).await;
    assert_eq!((asked, summary.fetched, summary.unchanged), (1 + 5, 45, 20));
    assert_eq!(world.stored().await.present, world.service());
}

/// A change that becomes visible late is within the overlap; one that is older still is found by reading everything.
#[tokio::test]
async fn late_changes() {
    let world = World::synced(Sandbox::builder().referrals(30)).await;
    world.sandbox.touch(1, 1);
    world.sync().await;
    let put = |id: &str, minutes| {
        world.sandbox.put_referral(&json!({"id": id, "updatedDateTime": minutes_ago(minutes)}));
    };
    put("a little late", 10);
    assert_eq!(world.sync().await.summary.inserted, 1);
    put("very late", 300);
    assert_eq!(world.sync().await.summary.inserted, 0);
    assert_eq!(world.sync_fully().await.summary.inserted, 1);
}

/// A page that lacks something between others is noticed, and everything is read once more, not for ever.
#[tokio::test]
async fn odd_pages_are_read_once_more() {
    let world = World::signed_in(Sandbox::builder().referrals(55).page_size_cap(10)).await;
    let odd = || FaultRule::new(Endpoint::List, Fault::DropItems { count: 2 }).skip(1);
    world.sandbox.inject(odd());
    assert_eq!(world.sync().await.summary.fetched, 53);
    let (_, again) = lists(&world, Depth::AsNeeded).await;
    assert_eq!((mode(&again).as_str(), again.inserted), ("full", 2));
    assert_eq!(world.stored().await.present, world.service());
    assert_eq!(mode(&lists(&world, Depth::AsNeeded).await.1), "incremental");

    world.sandbox.inject(odd().forever());
    let modes = [Depth::Full, Depth::AsNeeded, Depth::AsNeeded].map(|depth| lists(&world, depth));
    let mut seen = Vec::new();
    for run in modes {
        seen.push(mode(&run.await.1));
    }
    assert_eq!(seen, ["full", "full", "incremental"]);
}

/// A list that cannot be read to its end keeps no news back.
#[rstest]
#[case(Fault::status(500))]
#[case(Fault::status(403))]
#[case(Fault::BadJson)]
#[tokio::test]
async fn a_broken_list_keeps_no_news_back(#[case] fault: Fault) {
    let world = World::synced(Sandbox::builder().referrals(45).page_size_cap(10)).await;
    a_day_passes(&world).await;
    world.sandbox.put_referral(&json!({"id": "news", "updatedDateTime": minutes_ago(0)}));
    world.sandbox.inject(FaultRule::new(Endpoint::List, fault).skip(2).times(3));
    let report = world.sync().await;
    assert_ne!(report.exit_code, 0, "{report:?}");
    assert!(world.stored().await.present.contains_key("news"), "{report:?}");
    world.sandbox.clear_faults();
    assert_eq!(world.sync().await.exit_code, 0);
    assert_eq!(world.stored().await.present, world.service());
}

/// One referral that cannot be asked for holds up neither the next runs nor the other missing ones.
#[tokio::test]
async fn a_referral_that_cannot_be_asked_for() {
    let world = World::synced(Sandbox::builder().referrals(20)).await;
    let missing: Vec<String> = world.service().into_keys().take(2).collect();
    missing.iter().for_each(|id| assert!(world.sandbox.remove_referral(id)));
    world.sandbox.inject(FaultRule::new(Endpoint::Get, Fault::status(500)).times(3));
    a_day_passes(&world).await;
    let asked = world.calls(Endpoint::List);
    assert_eq!(world.sync().await.exit_code, 4);
    assert_eq!(world.calls(Endpoint::List) - asked, 1, "the list itself was well");
    assert_eq!(mode(&lists(&world, Depth::AsNeeded).await.1), "incremental", "the list was read to its end");
    world.sandbox.clear_faults();
    world.sandbox.inject(FaultRule::new(Endpoint::Get, Fault::status(500)).skip(1).forever());
    assert_eq!(
        (world.sync_fully().await.summary.gone, world.stored().await.gone.len()),
        (1, 1),
        "the other one first"
    );
}

/// What keeps the changes from being read, too, is more than the list's own matter: it is waited as long as it says.
#[tokio::test]
async fn a_broken_list_hides_no_storm() {
    let world = World::synced(Sandbox::builder().referrals(45).page_size_cap(10)).await;
    a_day_passes(&world).await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(403)).skip(2));
    let storm = Fault::retry_after(429, RetryAfter::Seconds(3_600));
    world.sandbox.inject(FaultRule::new(Endpoint::List, storm).skip(3).forever());
    let report = world.sync().await;
    assert_eq!(report.error.unwrap().code().as_str(), "throttled", "{:?}", report.summary);
}

/// A wall that answers for the service says nothing of any of them.
#[tokio::test]
async fn a_service_that_answers_for_none_is_not_asked_for_all() {
    let world = World::synced(Sandbox::builder().referrals(60).page_size_cap(100)).await;
    world.service().keys().take(40).for_each(|id| assert!(world.sandbox.remove_referral(id)));
    world.sandbox.inject(FaultRule::new(Endpoint::Get, Fault::status(403)).forever());
    let report = world.sync_fully().await;
    assert_eq!((report.exit_code, report.summary.gone, world.calls(Endpoint::Get)), (0, 0, 20));
    world.sandbox.clear_faults();
    assert_eq!(world.sync_fully().await.summary.gone, 40);
}

/// The list lacks it, the service still has it: what it answers is kept.
#[tokio::test]
async fn what_the_list_lacks_is_kept_current() {
    let world = World::synced(Sandbox::builder().referrals(8).page_size_cap(100)).await;
    let (id, mut payload) = world.service().pop_last().unwrap();
    payload["status"] = json!("Closed");
    payload["updatedDateTime"] = json!(minutes_ago(60));
    world.sandbox.put_referral(&payload);
    let listed_last = world.sandbox.referrals().last().unwrap()["id"] == id.as_str();
    let count = if listed_last { 1 } else { 8 };
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::DropItems { count }));
    let summary = world.sync_fully().await.summary;
    assert_eq!((summary.gone, summary.fetched), (0, 8 - i64::try_from(count).unwrap()));
    assert_eq!(world.stored().await.present, world.service());
    let history = world.json(&["show", &id]).await["history"][0].clone();
    assert_eq!([&history["outcome"], &history["run_id"]], [&json!("updated"), &json!(summary.run_id)]);
}

/// The list brings a referral once more on the same page, as it was before it changed.
#[tokio::test]
async fn an_older_copy_hides_no_change() {
    let world = World::signed_in(Sandbox::builder().referrals(0)).await;
    let one = |id: &str, status: &str, minutes| json!({"id": id, "status": status, "updatedDateTime": minutes_ago(minutes)});
    let before = one("changes", "New", 9);
    [&before, &one("stays", "New", 8)].into_iter().for_each(|one| world.sandbox.put_referral(one));
    world.sync().await;
    world.sandbox.put_referral(&one("changes", "Active", 0));
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::ExtraItem { item: before }));
    let summary = world.sync().await.summary;
    assert_eq!((mode(&summary).as_str(), summary.updated), ("incremental", 1), "{summary:?}");
    assert_eq!(world.stored().await.present, world.service());
}

/// What the rest of a list lacks and the changes bring is counted, and not asked for.
#[tokio::test]
async fn what_changed_is_read_before_anything_is_taken_for_missing() {
    let world = World::synced(Sandbox::builder().referrals(35).page_size_cap(10)).await;
    a_day_passes(&world).await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(403)).skip(1));
    assert_eq!(world.sync().await.exit_code, 4);
    let mut last = world.sandbox.referrals().pop().unwrap();
    last["status"] = json!("Closed");
    last["updatedDateTime"] = json!(minutes_ago(0));
    world.sandbox.put_referral(&last);
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::DropItems { count: 5 }).skip(2));
    let asked = world.calls(Endpoint::Get);
    let (_, summary) = lists(&world, Depth::AsNeeded).await;
    assert_eq!((mode(&summary).as_str(), summary.updated), ("full", 1), "{summary:?}");
    assert_eq!(summary.gone, 0);
    assert!(world.calls(Endpoint::Get) - asked < 5, "the one that changed was among those left out");
    assert_eq!(world.stored().await.present, world.service());
}

/// A pass that went on is not over before it is known what changed and what is gone.
#[tokio::test]
async fn what_is_gone_is_found_though_catching_up_broke_off() {
    let world = World::synced(Sandbox::builder().referrals(35).page_size_cap(10)).await;
    a_day_passes(&world).await;
    let broken = |after| FaultRule::new(Endpoint::List, Fault::status(403)).skip(after);
    world.sandbox.inject(broken(1));
    assert_eq!(world.sync().await.exit_code, 4);
    let last = world.sandbox.referrals().pop().unwrap();
    assert!(world.sandbox.remove_referral(last["id"].as_str().unwrap()));
    world.sandbox.inject(broken(3).times(2));
    let report = world.sync().await;
    assert_eq!((report.exit_code, report.summary.gone), (4, 0), "the changes could not be read");
    assert_eq!(world.sync().await.summary.gone, 1);
    assert_eq!(world.stored().await.present, world.service());
}

/// Back, and now of a direction that is not kept: it is there again, and current.
#[tokio::test]
async fn a_gone_one_that_comes_back_but_is_skipped() {
    let mut world = World::signed_in(Sandbox::builder().referrals(3)).await;
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_DIRECTION", "All");
    let outgoing = json!({"id": "out", "direction": "Outgoing", "updatedDateTime": minutes_ago(90)});
    world.sandbox.put_referral(&outgoing);
    world.sync_fully().await;
    world.sandbox.remove_referral("out");
    assert_eq!(world.sync_fully().await.summary.gone, 1);
    world.sandbox.put_referral(&outgoing);
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_DIRECTION", "Incoming");
    assert_eq!(world.sync_fully().await.summary.skipped_count, 1);
    assert!(world.stored().await.gone.is_empty());
}

/// What was odd before an interruption is not forgotten after it.
#[tokio::test]
async fn doubt_outlives_an_interruption() {
    let world = World::signed_in(Sandbox::builder().referrals(45).page_size_cap(10)).await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::DropItems { count: 1 }).skip(1));
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(403)).skip(2));
    assert_eq!(world.sync().await.exit_code, 4);
    assert_eq!(world.sync().await.exit_code, 0);
    let (_, again) = lists(&world, Depth::AsNeeded).await;
    assert_eq!(mode(&again), "full");
    assert_eq!(world.stored().await.present, world.service());
}

/// As if the last full pass had been a day before.
async fn a_day_passes(world: &World) {
    let path = world.engine().database_path().unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut database = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    let long_ago = (Timestamp::now() - SignedDuration::from_hours(25)).to_string();
    sqlx::query("UPDATE sync_state SET value = json_set(value, '$.full_pass_at', ?) WHERE key = 'position'")
        .bind(long_ago)
        .execute(&mut database)
        .await
        .unwrap();
}
