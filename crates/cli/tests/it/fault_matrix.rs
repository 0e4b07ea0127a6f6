//! Every fault of the sandbox, in a full, an incremental and a resumed sync: nothing is lost, nothing is doubled, the
//! ledger adds up, and the next run repairs.
#![expect(clippy::print_stdout, reason = "the table is for people")]

use hunter_engine::{Depth, HttpOptions, SyncReport};
use hunter_sandbox::{
    Elsewhere, Endpoint, ErrorBody, Fault, FaultRule, NextLink, RetryAfter, Sandbox, Shape,
};
use serde_json::json;
use std::time::Duration;

use crate::support::{World, near, within};

const TOTAL: usize = 24;
const PAGE: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Full,
    Incremental,
    Resumed,
}

fn faults() -> Vec<(&'static str, Fault)> {
    let usual = |name: &'static str, fault: Fault| (name, fault);
    vec![
        usual("400", Fault::status(400)),
        usual("401", Fault::status(401)),
        usual("401 without MFA", Fault::coded(401, "900421")),
        usual("403", Fault::status(403)),
        usual("404", Fault::status(404)),
        usual("429", Fault::status(429)),
        usual("429 with Retry-After", Fault::retry_after(429, RetryAfter::Seconds(600))),
        usual("500", Fault::status(500)),
        usual("502 of a gateway", Fault::status_as(502, ErrorBody::Html)),
        usual("503 with Retry-After", Fault::retry_after(503, RetryAfter::Seconds(600))),
        usual("509", Fault::status(509)),
        usual("slow headers", Fault::SlowHeaders { ms: 2400 }),
        usual("slow body", Fault::SlowBody { chunk: 400, pause_ms: 900 }),
        usual("cut before headers", Fault::CutBeforeHeaders),
        usual("cut in the body", Fault::CutInBody),
        usual("half a page", Fault::HalfPage),
        usual("bad JSON", Fault::BadJson),
        usual("an array", Fault::WrongShape { shape: Shape::Array }),
        usual("huge", Fault::HugeBody { bytes: 2 << 20 }),
        usual("redirect", Fault::Redirect { status: 302, to: Elsewhere::SecondOrigin }),
        usual("an item too many", Fault::ExtraItem { item: json!(null) }),
        usual("the same page again", Fault::RepeatPage),
        usual("items again", Fault::RepeatItems { count: 2 }),
        usual("items left out", Fault::DropItems { count: 2 }),
        usual("next link elsewhere", Fault::NextLink { to: NextLink::SecondOrigin }),
        usual("next link without token", Fault::NextLink { to: NextLink::WithoutSkipToken }),
        usual("empty next link", Fault::NextLink { to: NextLink::Empty }),
        usual("changes meanwhile", Fault::Touch { count: 6, seed: 5 }),
        usual("answer lost", Fault::AnswerLost),
    ]
}

fn options() -> HttpOptions {
    HttpOptions {
        read_timeout: Duration::from_millis(800),
        request_timeout: Duration::from_millis(1_600),
        body_limit: 1 << 20,
        patience: Duration::from_secs(2),
        ..near()
    }
}

async fn sync(world: &World, depth: Depth) -> SyncReport {
    let report = within(Duration::from_secs(90), world.engine_with(options()).sync(depth)).await.unwrap();
    let s = &report.summary;
    assert_eq!(s.fetched, s.inserted + s.updated + s.unchanged + s.skipped_count + s.failure_count);
    report
}

/// A world before the run in question: new, in step with the service but for some changes, or half read.
async fn before(reading: Reading) -> World {
    let builder = Sandbox::builder().referrals(TOTAL).page_size_cap(PAGE);
    let world = match reading {
        Reading::Full | Reading::Resumed => World::signed_in(builder).await,
        Reading::Incremental => World::synced(builder).await,
    };
    match reading {
        Reading::Full => {}
        Reading::Incremental => drop(world.sandbox.touch(TOTAL / 2, 3)),
        Reading::Resumed => {
            world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(403)).skip(2));
            assert_eq!(sync(&world, Depth::AsNeeded).await.summary.fetched, 2 * PAGE as i64);
            world.sandbox.touch(TOTAL / 2, 3);
        }
    }
    world
}

async fn cell(fault: &Fault, reading: Reading, forever: bool) -> String {
    let world = before(reading).await;
    let stored = world.stored().await;
    let rule = FaultRule::new(Endpoint::List, fault.clone()).skip(1);
    world.sandbox.inject(if forever { rule.forever() } else { rule });
    let report = sync(&world, Depth::AsNeeded).await;
    let after = world.stored().await;
    assert!(stored.present.keys().all(|id| after.present.contains_key(id)), "{fault:?} {reading:?}: lost");
    assert!(after.gone.is_empty(), "{fault:?} {reading:?}: gone");
    assert_eq!(world.sandbox.second_origin_requests(), []);

    world.sandbox.clear_faults();
    if report.exit_code == 3 {
        world.sign_in().await;
    }
    let mut repairs = 0;
    while repairs == 0 || world.stored().await.present != world.service() {
        repairs += 1;
        let next = sync(&world, Depth::AsNeeded).await;
        assert!(repairs <= 2, "{fault:?} {reading:?} {forever}: {report:?} then {next:?}");
    }
    let items = world.json(&["runs", "show", &report.summary.run_id]).await;
    let told = items["items"].as_array().unwrap().len() as i64;
    let s = &report.summary;
    assert_eq!(told, s.inserted + s.updated + s.skipped_count + s.failure_count, "{fault:?} {reading:?}");
    format!("{} exit {}, {} fetched", s.status.as_str(), report.exit_code, s.fetched)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_fault_in_every_reading() {
    for forever in [false, true] {
        println!("{} fault", if forever { "a lasting" } else { "one" });
        println!("{:<26} {:<34} {:<34} {:<34}", "at the second request", "full", "incremental", "resumed");
        for chunk in faults().chunks(6) {
            let rows = chunk.iter().map(|(name, fault)| async move {
                let (full, incremental, resumed) = tokio::join!(
                    cell(fault, Reading::Full, forever),
                    cell(fault, Reading::Incremental, forever),
                    cell(fault, Reading::Resumed, forever),
                );
                format!("{name:<26} {full:<34} {incremental:<34} {resumed:<34}")
            });
            for row in futures::future::join_all(rows).await {
                println!("{row}");
            }
        }
    }
}
