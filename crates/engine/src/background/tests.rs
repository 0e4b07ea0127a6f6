//! A month in the life of a laptop with the clock in our hands: what is asked of Microsoft, and what is told.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and shows its table"
)]

use std::collections::BTreeMap;

use hunter_sandbox::{Endpoint, Fault, FaultRule, RetryAfter};

use super::*;
use crate::laptop::Laptop;
use crate::settings::Setting;

const HOUR: i64 = 3600;

/// A line of the table: what happened in a span of time.
struct Span {
    hours: u64,
    looks: u32,
    list: u64,
    token: u64,
    states: String,
}

/// The laptop with background syncing, and what has been seen of it.
struct Month {
    laptop: Laptop,
    background: Background,
    looks: u32,
    states: Vec<SyncState>,
}

impl Month {
    /// The laptop is awake for so long.
    async fn awake(&mut self, seconds: i64) {
        let laptop = &self.laptop;
        let until = laptop.now() + SignedDuration::from_secs(seconds);
        while laptop.now() < until {
            let wait = self.background.look().await;
            assert!(wait > Duration::ZERO && wait <= SLICE, "{wait:?}");
            self.looks += 1;
            let settings = laptop.engine.settings().unwrap();
            let state = laptop.engine.sync_health(&settings, false).await.unwrap().state;
            if self.states.last() != Some(&state) {
                self.states.push(state);
            }
            laptop.pass(SignedDuration::try_from(wait).unwrap());
        }
    }

    /// A line of the table, checked for a busy loop.
    async fn span(&mut self, name: &str, seconds: i64) -> Span {
        let (list, token) = (self.laptop.calls(Endpoint::List), self.laptop.calls(Endpoint::Token));
        (self.looks, self.states) = (0, Vec::new());
        self.awake(seconds).await;
        let words: Vec<&str> = self.states.iter().map(|state| state.as_str()).collect();
        let span = Span {
            hours: u64::try_from(seconds / HOUR).unwrap(),
            looks: self.looks,
            list: self.laptop.calls(Endpoint::List) - list,
            token: self.laptop.calls(Endpoint::Token) - token,
            states: words.join(" "),
        };
        println!(
            "{name:<34} {:>5} h {:>6} looks {:>4} lists {:>3} tokens  {}",
            seconds / HOUR,
            span.looks,
            span.list,
            span.token,
            span.states
        );
        let most = u32::try_from(seconds / 30).unwrap() + 20;
        assert!(span.looks <= most, "{name}: {} looks are a busy loop", span.looks);
        span
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month() {
    let laptop = Laptop::new().await;
    let background = Background::new(laptop.engine.clone());
    let mut month = Month { laptop, background, looks: 0, states: Vec::new() };
    let mut totals = BTreeMap::from([("list", 0), ("token", 0)]);
    for day in 1..=30 {
        month.laptop.pass(SignedDuration::from_hours(14));
        month.laptop.sandbox.touch(2, day);
        let name = |what: &str| format!("day {day:>2} {what}");
        let usual = |span: &Span| {
            assert_eq!(span.states, "idle");
            assert!((5 * span.hours..=6 * span.hours + 3).contains(&span.list), "{} lists", span.list);
        };
        let spans = match day {
            3 => {
                let before = month.span(&name("morning"), 4 * HOUR).await;
                month.laptop.sandbox.go_offline().await;
                let offline = month.span(&name("an hour offline"), HOUR).await;
                // Jitter may have a sync due at its very beginning.
                assert!(["idle offline", "offline"].contains(&offline.states.as_str()), "{}", offline.states);
                assert_eq!(offline.list, 0);
                month.laptop.sandbox.go_online().await.unwrap();
                month.background.fresh_hope = true;
                let after = month.span(&name("network is back"), HOUR).await;
                assert!(after.states.ends_with("idle") && (5..=7).contains(&after.list), "{}", after.list);
                vec![before, offline, after]
            }
            7 => {
                let fault = Fault::retry_after(429, RetryAfter::Seconds(300));
                month.laptop.sandbox.inject(FaultRule::new(Endpoint::List, fault).forever());
                let storm = month.span(&name("two hours of 429"), 2 * HOUR).await;
                assert!(storm.states.starts_with("throttled"), "{}", storm.states);
                assert!(storm.list <= 8, "{} calls into the storm", storm.list);
                month.laptop.sandbox.clear_faults();
                let after = month.span(&name("the storm is over"), 4 * HOUR).await;
                assert!(after.states.ends_with("idle"), "{}", after.states);
                vec![storm, after]
            }
            12 => {
                month.laptop.sandbox.revoke_sessions();
                month.laptop.sandbox.expire_access_tokens();
                let ended = month.span(&name("password changed"), 6 * HOUR).await;
                assert_eq!((ended.states.as_str(), ended.token), ("needs_sign_in", 1));
                assert!(ended.list <= 1, "{} lists without a session", ended.list);
                month.laptop.engine.sign_in().await.unwrap().finish().await.unwrap();
                let after = month.span(&name("signed in again"), 4 * HOUR).await;
                usual(&after);
                vec![ended, after]
            }
            15 => {
                month.laptop.engine.set_paused(true).await.unwrap();
                let paused = month.span(&name("paused"), 3 * HOUR).await;
                assert_eq!((paused.states.as_str(), paused.list, paused.token), ("paused", 0, 0));
                month.laptop.engine.set_paused(false).await.unwrap();
                let after = month.span(&name("goes on"), 7 * HOUR).await;
                usual(&after);
                vec![paused, after]
            }
            20 => {
                month.laptop.engine.change_setting(Setting::Enabled, Some("false")).unwrap();
                let off = month.span(&name("feature flag off"), 10 * HOUR).await;
                assert_eq!((off.states.as_str(), off.list, off.token), ("off", 0, 0));
                let last = month.laptop.engine.runs(false, 1, 0).await.unwrap().runs.remove(0);
                assert_eq!(last.reason.as_deref(), Some("Feature flag disabled"));
                month.laptop.engine.change_setting(Setting::Enabled, Some("true")).unwrap();
                vec![off]
            }
            25 => {
                month.laptop.pass(SignedDuration::from_hours(-20));
                let span = month.span(&name("the clock was set back"), 10 * HOUR).await;
                usual(&span);
                vec![span]
            }
            _ => {
                let span = month.span(&name("an ordinary day"), 10 * HOUR).await;
                usual(&span);
                assert!(span.token <= 11, "{} renewals", span.token);
                vec![span]
            }
        };
        for span in spans {
            *totals.get_mut("list").unwrap() += span.list;
            *totals.get_mut("token").unwrap() += span.token;
        }
    }
    println!("in all {} lists, {} tokens", totals["list"], totals["token"]);
    let stored = month.laptop.engine.store().await.unwrap();
    for payload in month.laptop.sandbox.referrals() {
        let id = payload["id"].as_str().unwrap();
        let kept = stored.referral(id, month.laptop.now()).await.unwrap().unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&kept.payload).unwrap(), payload);
    }
}

/// A slip in the settings, here or in another program, is over once it is put right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_corrected_setting_needs_no_sign_in() {
    let laptop = Laptop::new().await;
    let state = async || {
        let settings = laptop.engine.settings().unwrap();
        laptop.engine.sync_health(&settings, false).await.unwrap().state
    };
    let mut background = Background::new(laptop.engine.clone());
    background.look().await;
    let other = ("HUNTER_PARTNER_CENTER_TENANT_ID", "11111111-2222-4333-8444-555555555555");
    assert_eq!(laptop.started_with(&[other]).sync(Depth::AsNeeded).await.unwrap().exit_code, 3);
    assert_eq!(state().await, SyncState::Idle, "the session here is another");

    laptop.sandbox.inject(FaultRule::new(Endpoint::List, Fault::status(401)).times(2));
    assert_eq!(laptop.engine.sync(Depth::AsNeeded).await.unwrap().exit_code, 3);
    assert_eq!(state().await, SyncState::NeedsSignIn);
    let lists = laptop.calls(Endpoint::List);
    background.look().await;
    assert_eq!(laptop.calls(Endpoint::List), lists);
}

/// Once a day and never at the start: a backup of what changed, and what is older than is kept is erased.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_house_is_kept_once_a_day() {
    let laptop = Laptop::new().await;
    let old = serde_json::json!({"id": "old", "status": "Closed", "updatedDateTime": "2000-01-01T00:00:00Z"});
    laptop.sandbox.put_referral(&old);
    laptop.engine.change_setting(Setting::RetentionDays, Some("3650")).unwrap();
    let mut background = Background::new(laptop.engine.clone());
    for _ in 0..2 {
        background.look().await;
        laptop.pass(SignedDuration::from_secs(5));
    }
    assert_eq!(
        laptop.engine.backups().await.unwrap(),
        [],
        "not at the start, however often that is looked at"
    );
    assert!(laptop.engine.show("old").await.is_ok());
    let mut made = Vec::new();
    for _ in 0..5 {
        for _ in 0..24 {
            background.look().await;
            laptop.pass(SignedDuration::from_hours(1));
        }
        laptop.sandbox.touch(3, 1);
        made.push(laptop.engine.backups().await.unwrap().len());
    }
    assert!(laptop.engine.show("old").await.is_err());
    let erasures = laptop.engine.erasures().await.unwrap();
    assert_eq!(erasures.len(), 1, "{erasures:?}");
    assert_eq!((erasures[0].kind.as_str(), erasures[0].referrals), ("retention", 1));
    assert!(made.is_sorted() && (4..=7).contains(&made[4]), "{made:?}");
}
