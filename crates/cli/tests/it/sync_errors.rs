//! Every way in which a sync fails: exit by its cause, nothing lost, and the next sync completes.

use std::time::{Duration, Instant};

use hunter_engine::{Depth, HttpOptions, Language, RunStatus, SyncReport};
use hunter_sandbox::{
    Elsewhere, Endpoint, ErrorBody, Fault, FaultRule, NextLink, RetryAfter, Sandbox, Shape,
};
use rstest::rstest;
use serde_json::json;

use crate::support::{Outcome, World, assert_sound, near, within};

const TOTAL: usize = 24;
const PAGE: usize = 10;

/// How a run ends: its exit code, and the code of its cause where something broke it off.
struct End {
    exit: u8,
    cause: &'static str,
}

const DONE: End = End { exit: 0, cause: "" };

fn end(exit: u8, cause: &'static str) -> End {
    End { exit, cause }
}

fn options() -> HttpOptions {
    HttpOptions {
        read_timeout: Duration::from_millis(400),
        request_timeout: Duration::from_millis(800),
        sign_in_timeout: Duration::from_millis(800),
        body_limit: 1 << 20,
        patience: Duration::from_secs(3),
        ..near()
    }
}

/// A run in this process, its books checked.
async fn sync(world: &World) -> SyncReport {
    let report =
        within(Duration::from_secs(30), world.engine_with(options()).sync(Depth::Full)).await.unwrap();
    let summary = &report.summary;
    assert_eq!(
        summary.fetched,
        summary.inserted
            + summary.updated
            + summary.unchanged
            + summary.skipped_count
            + summary.failure_count
    );
    assert_eq!(summary.success_count, summary.inserted + summary.updated + summary.unchanged);
    assert_eq!(summary.failures.len() as i64, summary.failure_count);
    if let Some(error) = &report.error {
        assert_eq!(report.exit_code, error.code().exit_code());
        for language in [Language::En, Language::Tr] {
            let body = error.body(language);
            assert_sound(&body.message, body.hint.as_deref().unwrap());
        }
        let reason = summary.reason.as_deref().unwrap();
        assert_eq!(reason.starts_with("Sign-in needed"), report.exit_code == 3, "{reason}");
        assert!(!reason.contains("%{"), "{reason}");
    }
    report
}

/// A fault in a first and in a later sync, at the first page and in the middle, all at once: most of it is waiting.
async fn broken(fault: &Fault, forever: bool, end: &End) {
    tokio::join!(
        broken_at(fault, 0, forever, false, end),
        broken_at(fault, 1, forever, false, end),
        broken_at(fault, 0, forever, true, end),
        broken_at(fault, 1, forever, true, end),
    );
}

async fn broken_at(fault: &Fault, skip: u32, forever: bool, later: bool, end: &End) {
    let builder = Sandbox::builder().referrals(TOTAL).page_size_cap(PAGE);
    let world = if later { World::synced(builder).await } else { World::signed_in(builder).await };
    if later {
        world.sandbox.touch(TOTAL, 3);
    }
    let before = world.stored().await;
    let rule = FaultRule::new(Endpoint::List, fault.clone()).skip(skip);
    world.sandbox.inject(if forever { rule.forever() } else { rule });

    let report = sync(&world).await;
    let cause = report.error.as_ref().map_or("", |error| error.code().as_str());
    assert_eq!(
        (report.exit_code, cause),
        (end.exit, end.cause),
        "after {skip} pages, later: {later}: {report:?}"
    );
    let stored_something = report.summary.success_count > 0;
    let status = match end.exit {
        0 => RunStatus::Completed,
        _ if stored_something => RunStatus::Partial,
        _ => RunStatus::Failed,
    };
    assert_eq!(report.summary.status, status);
    let page_is_whole = matches!(fault, Fault::NextLink { .. });
    assert_eq!(stored_something, end.exit == 0 || skip > 0 || page_is_whole, "{report:?}");
    let after = world.stored().await;
    assert!(before.present.keys().all(|id| after.present.contains_key(id)), "nothing stored is lost");
    assert!(after.gone.is_empty(), "a pass that broke off tells nothing about what is gone");
    if end.exit == 0 {
        assert_eq!(after.present, world.service());
    }
    assert_eq!(world.sandbox.second_origin_requests(), []);

    world.sandbox.clear_faults();
    if end.exit == 3 {
        world.sign_in().await;
    }
    assert_eq!(sync(&world).await.exit_code, 0);
    assert_eq!(world.stored().await.present, world.service());
}

/// Faults that a run gets over by itself when they happen once.
#[rstest]
#[case::unauthorized(Fault::status(401))]
#[case::throttled(Fault::retry_after(429, RetryAfter::Seconds(1)))]
#[case::throttled_until(Fault::retry_after(429, RetryAfter::DateIn(2)))]
#[case::busy(Fault::retry_after(503, RetryAfter::Seconds(1)))]
#[case::error(Fault::status(500))]
#[case::bad_gateway(Fault::status_as(502, ErrorBody::Html))]
#[case::unavailable(Fault::status_as(503, ErrorBody::Gateway))]
#[case::gateway_timeout(Fault::status_as(504, ErrorBody::CodeDescription))]
#[case::bandwidth(Fault::status_as(509, ErrorBody::Empty))]
#[case::slow_headers(Fault::SlowHeaders { ms: 5_000 })]
#[case::slow_body(Fault::SlowBody { chunk: 8, pause_ms: 20 })]
#[case::cut(Fault::CutBeforeHeaders)]
#[case::cut_in_body(Fault::CutInBody)]
#[case::half(Fault::HalfPage)]
#[case::items_again(Fault::RepeatItems { count: 7 })]
#[case::own_link(Fault::NextLink { to: NextLink::Own })]
#[case::foreign_link(Fault::NextLink { to: NextLink::SecondOrigin })]
#[tokio::test]
async fn overcome(#[case] fault: Fault) {
    broken(&fault, false, &DONE).await;
}

/// Faults that break a run off, be it at its first page or in its middle.
#[rstest]
#[case::unauthorized(Fault::status(401), end(3, "session_ended"))]
#[case::no_mfa(Fault::coded(401, "900421"), end(3, "mfa_needed"))]
#[case::claims(Fault::coded(403, "insufficent_claims"), end(4, "forbidden"))]
#[case::forbidden(Fault::status_as(403, ErrorBody::Html), end(4, "forbidden"))]
#[case::not_found(Fault::status(404), end(4, "service_refused"))]
#[case::bad_request(Fault::status(400), end(4, "service_refused"))]
#[case::throttled(Fault::retry_after(429, RetryAfter::Seconds(60)), end(4, "throttled"))]
#[case::throttled_until(Fault::retry_after(429, RetryAfter::DateIn(60)), end(4, "throttled"))]
#[case::throttled_untold(Fault::status(429), end(4, "throttled"))]
#[case::error(Fault::status(500), end(4, "service_unavailable"))]
#[case::bad_gateway(Fault::status_as(502, ErrorBody::Html), end(4, "service_unavailable"))]
#[case::unavailable(Fault::status(503), end(4, "service_unavailable"))]
#[case::gateway_timeout(Fault::status(504), end(4, "service_unavailable"))]
#[case::bandwidth(Fault::status(509), end(4, "throttled"))]
#[case::slow_headers(Fault::SlowHeaders { ms: 5_000 }, end(4, "timeout"))]
#[case::slow_body(Fault::SlowBody { chunk: 8, pause_ms: 20 }, end(4, "timeout"))]
#[case::cut(Fault::CutBeforeHeaders, end(4, "network"))]
#[case::cut_in_body(Fault::CutInBody, end(4, "network"))]
#[case::half(Fault::HalfPage, end(1, "bad_answer"))]
#[case::no_json(Fault::BadJson, end(1, "bad_answer"))]
#[case::html(Fault::status_as(200, ErrorBody::Html), end(1, "bad_answer"))]
#[case::array(Fault::WrongShape { shape: Shape::Array }, end(1, "bad_answer"))]
#[case::null(Fault::WrongShape { shape: Shape::Null }, end(1, "bad_answer"))]
#[case::no_value(Fault::WrongShape { shape: Shape::NoValue }, end(1, "bad_answer"))]
#[case::value_is_object(Fault::WrongShape { shape: Shape::ValueIsObject }, end(1, "bad_answer"))]
#[case::value_is_null(Fault::WrongShape { shape: Shape::ValueIsNull }, end(1, "bad_answer"))]
#[case::huge(Fault::HugeBody { bytes: 4 << 20 }, end(1, "bad_answer"))]
#[case::redirect(Fault::Redirect { status: 302, to: Elsewhere::SecondOrigin }, end(1, "bad_answer"))]
#[case::redirect_kept(Fault::Redirect { status: 307, to: Elsewhere::SecondOrigin }, end(1, "bad_answer"))]
#[case::no_skiptoken(Fault::NextLink { to: NextLink::WithoutSkipToken }, end(1, "bad_answer"))]
#[case::empty_link(Fault::NextLink { to: NextLink::Empty }, end(1, "bad_answer"))]
#[case::odd_link(Fault::NextLink { to: NextLink::Value(json!(7)) }, end(1, "bad_answer"))]
#[tokio::test]
async fn lasting(#[case] fault: Fault, #[case] end: End) {
    broken(&fault, true, &end).await;
}

/// A first page that comes twice is counted once; a later one that leads to itself is a circle, told and not followed.
#[rstest]
#[case(0, DONE)]
#[case(1, end(1, "bad_answer"))]
#[tokio::test]
async fn a_page_that_comes_twice(#[case] skip: u32, #[case] end: End, #[values(false, true)] later: bool) {
    broken_at(&Fault::RepeatPage, skip, false, later, &end).await;
}

/// The service hands out the same page for ever: told, not followed.
#[tokio::test]
async fn pages_without_end() {
    let world = World::signed_in(Sandbox::builder().referrals(TOTAL).page_size_cap(PAGE)).await;
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::RepeatPage).forever());
    let report = sync(&world).await;
    assert_eq!((report.exit_code, report.summary.status), (1, RunStatus::Partial));
    assert_eq!(report.summary.fetched, PAGE as i64);
    assert!(world.calls(Endpoint::List) < 5);
}

#[rstest]
#[case(json!(null), "The item is not a JSON object")]
#[case(json!("text"), "The item is not a JSON object")]
#[case(json!([1]), "The item is not a JSON object")]
#[case(json!({"name": "no id"}), "The item has no id")]
#[case(json!({"id": null}), "The item has no id")]
#[tokio::test]
async fn one_bad_item_never_stops_the_others(
    #[case] item: serde_json::Value,
    #[case] reason: &str,
    #[values(false, true)] later: bool,
) {
    let builder = Sandbox::builder().referrals(TOTAL).page_size_cap(PAGE);
    let world = if later { World::synced(builder).await } else { World::signed_in(builder).await };
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::ExtraItem { item }).skip(1));
    let outcome = world.run(&["sync", "--full", "--json"]).await;
    let summary = outcome.json();
    assert_eq!((outcome.code, &summary["status"]), (1, &json!("partial")), "{outcome:?}");
    assert_eq!(summary["failures"], json!([{"referral_id": null, "reason": reason}]));
    assert_eq!((&summary["fetched"], &summary["failure_count"]), (&json!(TOTAL + 1), &json!(1)));
    assert_eq!(world.stored().await.present, world.service());
    assert_eq!(sync(&world).await.exit_code, 0);
}

/// What a page leaves out is not gone: the service still knows it.
#[rstest]
#[tokio::test]
async fn items_that_a_page_leaves_out(#[values(false, true)] later: bool) {
    let builder = Sandbox::builder().referrals(TOTAL).page_size_cap(PAGE);
    let world = if later { World::synced(builder).await } else { World::signed_in(builder).await };
    world.sandbox.inject(FaultRule::new(Endpoint::List, Fault::DropItems { count: 6 }));
    let report = sync(&world).await;
    assert_eq!((report.exit_code, report.summary.fetched, report.summary.gone), (0, TOTAL as i64 - 6, 0));
    let (pages, asked) = if later { (3 + 6, 6) } else { (3, 0) };
    assert_eq!((report.summary.pages, world.calls(Endpoint::Get)), (pages, asked));
    assert_eq!(world.stored().await.present.len(), if later { TOTAL } else { TOTAL - 6 });
    assert_eq!(sync(&world).await.exit_code, 0);
    assert_eq!(world.stored().await.present, world.service());
}

/// Only a 404 of the service itself marks a referral as gone.
#[rstest]
#[case::service_down(Fault::status(500), 4)]
#[case::a_page_of_a_gateway(Fault::status_as(404, ErrorBody::Html), 0)]
#[case::a_gateways_own_words(Fault::status_as(404, ErrorBody::Gateway), 0)]
#[case::other_words_of_a_gateway(Fault::status_as(404, ErrorBody::CodeDescription), 0)]
#[case::not_for_this_account(Fault::status(403), 0)]
#[case::nonsense(Fault::BadJson, 0)]
#[case::network(Fault::CutInBody, 4)]
#[tokio::test]
async fn doubt_marks_nothing_as_gone(#[case] fault: Fault, #[case] exit: u8) {
    let world = World::synced(Sandbox::builder().referrals(5)).await;
    let id = world.service().into_keys().next().unwrap();
    world.sandbox.remove_referral(&id);
    world.sandbox.inject(FaultRule::new(Endpoint::Get, fault).forever());
    let report = sync(&world).await;
    let status = if exit == 0 { RunStatus::Completed } else { RunStatus::Partial };
    assert_eq!((report.exit_code, report.summary.gone, report.summary.status), (exit, 0, status));
    assert!(world.stored().await.gone.is_empty());
    world.sandbox.clear_faults();
    assert_eq!(sync(&world).await.summary.gone, 1);
}

/// Referrals that change and move between two pages are each counted once and stored in their newest form.
#[tokio::test]
async fn changes_in_the_middle_of_a_run() {
    let world = World::synced(Sandbox::builder().referrals(TOTAL).page_size_cap(PAGE)).await;
    for round in 0..4 {
        world
            .sandbox
            .inject(FaultRule::new(Endpoint::List, Fault::Touch { count: 12, seed: round }).skip(1).times(2));
        let report = sync(&world).await;
        assert_eq!((report.exit_code, report.summary.fetched), (0, TOTAL as i64));
    }
    assert_eq!(sync(&world).await.exit_code, 0);
    assert_eq!(world.stored().await.present, world.service());
}

#[tokio::test]
async fn expired_tokens_are_renewed_in_the_middle_of_a_run() {
    let builder = Sandbox::builder().referrals(TOTAL).page_size_cap(PAGE);
    let world = World::synced(builder).await;
    let before = world.calls(Endpoint::Token);
    world.sandbox.expire_access_tokens();
    assert_eq!(sync(&world).await.exit_code, 0);
    assert_eq!(world.calls(Endpoint::Token), before + 1);
}

/// A session that Microsoft ended: told once with its reason, then nothing is sent until somebody signs in.
#[tokio::test]
async fn a_revoked_session() {
    let world = World::synced(Sandbox::builder().referrals(TOTAL)).await;
    let stored = world.stored().await;
    world.sandbox.revoke_sessions();
    world.sandbox.expire_access_tokens();
    let first = world.run(&["sync", "--full", "--json"]).await;
    assert_eq!((first.code, first.json()["status"].as_str()), (3, Some("failed")));
    let reason = first.json()["reason"].as_str().unwrap().to_owned();
    assert!(reason.starts_with("Sign-in needed: ") && reason.contains("AADSTS50173"), "{reason}");

    world.sandbox.clear_requests();
    let second = world.run(&["sync", "--full", "--json"]).await;
    assert_eq!((second.code, second.json()["reason"].as_str()), (3, Some("Sign-in needed")));
    assert!(world.sandbox.requests().is_empty());
    let status = world.json(&["status"]).await;
    assert_eq!([&status["signed_in"], &status["needs_sign_in"]], [&json!(false), &json!(true)]);
    assert_eq!(world.stored().await, stored);

    assert_eq!(world.run(&["login", "--no-browser"]).await.code, 0);
    assert_eq!(world.json(&["sync", "--full"]).await["unchanged"], TOTAL);
}

/// Sign-in trouble while a token is renewed for a run: by its cause, and passing trouble does not end the session.
#[rstest]
#[case(Fault::status(503), 4, "service_unavailable", true)]
#[case(Fault::retry_after(429, RetryAfter::Seconds(900)), 4, "throttled", true)]
#[case(Fault::SlowHeaders { ms: 5_000 }, 4, "timeout", true)]
#[case(Fault::CutBeforeHeaders, 4, "network", true)]
#[case(Fault::BadJson, 1, "bad_answer", true)]
#[case(Fault::status_as(400, ErrorBody::Html), 1, "bad_answer", true)]
#[case(Fault::oauth("temporarily_unavailable"), 4, "service_unavailable", true)]
#[case(Fault::aadsts(700_016), 3, "unknown_client", true)]
#[case(Fault::aadsts(53003), 3, "blocked_by_policy", false)]
#[case(Fault::aadsts(700_082), 3, "session_ended", false)]
#[case(Fault::aadsts(50076), 3, "mfa_needed", false)]
#[tokio::test]
async fn no_new_token(#[case] fault: Fault, #[case] exit: u8, #[case] cause: &str, #[case] goes_on: bool) {
    let world = World::synced(Sandbox::builder().referrals(TOTAL)).await;
    let stored = world.stored().await;
    world.sandbox.expire_access_tokens();
    world.sandbox.inject(FaultRule::new(Endpoint::Token, fault).forever());
    let report = sync(&world).await;
    assert_eq!((report.exit_code, report.error.unwrap().code().as_str()), (exit, cause));
    assert_eq!(world.stored().await, stored);
    world.sandbox.clear_faults();
    assert_eq!(world.json(&["status"]).await["signed_in"], goes_on);
    if !goes_on {
        world.sign_in().await;
    }
    assert_eq!(sync(&world).await.exit_code, 0);
}

/// The program itself, with the limits that users have.
#[rstest]
#[case(Fault::coded(403, "insufficent_claims"), 4)]
#[case(Fault::coded(401, "900421"), 3)]
#[case(Fault::BadJson, 1)]
#[case(Fault::retry_after(429, RetryAfter::Seconds(3600)), 4)]
#[case(Fault::Redirect { status: 301, to: Elsewhere::SecondOrigin }, 1)]
#[tokio::test]
async fn the_program_says_it_in_words(
    #[case] fault: Fault,
    #[case] exit: i32,
    #[values("en", "tr")] language: &str,
) {
    let mut world = World::synced(Sandbox::builder().referrals(5)).await;
    world.set("HUNTER_LANG", language);
    world.sandbox.inject(FaultRule::new(Endpoint::List, fault).forever());
    let begun = Instant::now();
    let told = world.run(&["sync", "--full"]).await;
    assert_eq!(told.code, exit, "{told:?}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    let lines: Vec<&str> = told.stderr.lines().collect();
    let [.., message, hint] = lines.as_slice() else { panic!("{told:?}") };
    let (marks, headline) = match language {
        "tr" => (["Hata: ", "Öneri: "], "Eşitleme başarısız"),
        _ => (["Error: ", "Hint: "], "Sync failed"),
    };
    assert_eq!(told.stdout.lines().next(), Some(headline));
    assert_sound(message.strip_prefix(marks[0]).unwrap(), hint.strip_prefix(marks[1]).unwrap());
    let as_json = world.run(&["sync", "--full", "--json"]).await;
    assert_eq!(as_json.code, exit);
    assert_eq!(as_json.json()["status"], "failed");
    assert_eq!(world.sandbox.second_origin_requests(), []);
}

#[tokio::test]
async fn nobody_there_and_there_again() {
    let mut world = World::synced(Sandbox::builder().referrals(5)).await;
    let stored = world.stored().await;
    world.sandbox.go_offline().await;
    let outcome = world.run(&["sync", "--full", "--json"]).await;
    assert_eq!((outcome.code, outcome.json()["status"].as_str()), (4, Some("failed")));
    let status = world.json(&["status"]).await;
    assert_eq!([&status["signed_in"], &status["database"]["referrals"]], [&json!(true), &json!(5)]);
    assert_eq!(world.stored().await, stored);
    world.sandbox.go_online().await.unwrap();
    assert_eq!(world.json(&["sync", "--full"]).await["unchanged"], 5);
}

#[tokio::test]
async fn signed_out_is_skipped_and_says_so() {
    let world = World::synced(Sandbox::builder().referrals(5)).await;
    assert_eq!(world.run(&["logout", "--json"]).await.code, 0);
    world.sandbox.clear_requests();
    let outcome: Outcome = world.run(&["sync", "--full", "--json"]).await;
    let summary = outcome.json();
    assert_eq!(outcome.code, 3);
    assert_eq!([&summary["status"], &summary["reason"]], ["skipped", "Sign-in needed"]);
    assert!(world.sandbox.requests().is_empty());
    assert_eq!(world.json(&["list", "--status", "all"]).await["total"], 5);
}
