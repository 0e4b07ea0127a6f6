//! A program killed at any moment leaves a sound database and a session that goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use hunter_sandbox::{Endpoint, RefreshReuse, Sandbox};
use serde_json::json;

use crate::support::{World, within};

/// Small, seeded, and good enough to choose moments (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// Starts a sync and kills it some time after a request of that number; false if it had ended by then.
async fn kill_sync_after(world: &World, endpoint: Endpoint, requests: u64, delay: Duration) -> bool {
    let before = world.calls(endpoint);
    let mut child = world.start(&["sync"]);
    within(Duration::from_secs(30), async {
        while world.calls(endpoint) < before + requests && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    })
    .await;
    tokio::time::sleep(delay).await;
    let is_under_way = child.try_wait().unwrap().is_none();
    child.kill().await.unwrap();
    is_under_way
}

/// Some change, some vanish, some are new, some come back.
fn change(world: &World, random: &mut Random, away: &mut BTreeMap<String, serde_json::Value>, round: u64) {
    world.sandbox.touch(random.below(30) as usize, round);
    for _ in 0..random.below(4) {
        let service = world.service();
        let nth = random.below(service.len() as u64) as usize;
        let (id, payload) = service.into_iter().nth(nth).unwrap();
        assert!(world.sandbox.remove_referral(&id));
        away.insert(id, payload);
    }
    if random.below(2) == 0
        && let Some((_, payload)) = away.pop_first()
    {
        world.sandbox.put_referral(&payload);
    }
    let mut newcomer = world.service().into_values().next().unwrap();
    newcomer["id"] = json!(format!("00000000-0000-4000-8000-{round:012}"));
    world.sandbox.put_referral(&newcomer);
}

#[tokio::test]
async fn during_sync_at_fifty_moments_with_changing_data() {
    let mut world = World::signed_in(Sandbox::builder().referrals(120)).await;
    world.set("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP", 12);
    let mut random = Random(11);
    let mut away = BTreeMap::new();
    let mut killed = 0;
    for round in 0..50 {
        let (requests, delay) = (1 + random.below(12), Duration::from_micros(random.below(6_000)));
        killed += u32::from(kill_sync_after(&world, Endpoint::List, requests, delay).await);
        change(&world, &mut random, &mut away, round);

        let check = world.run(&["db", "check", "--json"]).await;
        assert_eq!((check.code, check.json()["ok"].as_bool()), (0, Some(true)), "round {round}: {check:?}");
        let report = world.sync().await;
        assert_eq!(report.exit_code, 0, "round {round}: {report:?}");
        let stored = world.stored().await;
        assert_eq!(stored.present, world.service(), "round {round}");
        assert!(stored.gone.keys().all(|id| away.contains_key(id)), "round {round}");
    }
    assert!(world.stored().await.gone.len() > 20);
    assert!(killed > 25, "{killed} of 50 were killed in the middle, the others had ended");
}

/// The first start of all makes the database; killed there, the next start makes it.
#[tokio::test]
async fn while_the_database_is_made() {
    let world = World::signed_in(Sandbox::builder().referrals(30)).await;
    let profiles = world.data_dir().join("profiles");
    for round in 0..12 {
        if profiles.exists() {
            std::fs::remove_dir_all(&profiles).unwrap();
        }
        let mut child = world.start(&["sync"]);
        within(Duration::from_secs(30), async {
            while !profiles.exists() {
                tokio::time::sleep(Duration::from_micros(200)).await;
            }
        })
        .await;
        tokio::time::sleep(Duration::from_micros(round * 1_500)).await;
        child.kill().await.unwrap();
        assert_eq!(world.run(&["db", "check"]).await.code, 0, "round {round}");
        assert_eq!(world.sync().await.exit_code, 0, "round {round}");
        assert_eq!(world.stored().await.present, world.service(), "round {round}");
    }
}

/// A renewal that is cut off anywhere leaves the person signed in.
#[tokio::test]
async fn during_the_renewal_of_a_session() {
    let builder = Sandbox::builder().referrals(5).refresh_reuse(RefreshReuse::UntilNewerUsed);
    let world = World::synced(builder).await;
    let mut random = Random(5);
    for round in 0..25 {
        world.sandbox.expire_access_tokens();
        let delay = Duration::from_micros(random.below(8_000));
        kill_sync_after(&world, Endpoint::Token, 1, delay).await;
        let status = world.json(&["status"]).await;
        assert_eq!(status["signed_in"], true, "round {round}: {status}");
        let outcome = world.run(&["sync", "--json"]).await;
        assert_eq!(outcome.code, 0, "round {round}: {outcome:?}");
    }
}
