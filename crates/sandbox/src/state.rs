//! What the sandbox holds while it runs.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::collection::Collection;
use crate::faults::Faults;
use crate::grants::Grants;
use crate::journal::Journal;
use crate::personal;
use crate::random::Random;
use crate::sign_in::ACCOUNTS;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) base_url: String,
    pub(crate) second_origin: String,
    pub(crate) grants: Mutex<Grants>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) journal: Mutex<Journal>,
    pub(crate) referrals: Mutex<Referrals>,
    behaviour: Mutex<Behaviour>,
}

/// A lock that outlives a panic of another thread: every change here is complete in itself.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    pub(crate) fn new(
        base_url: String,
        second_origin: String,
        referrals: Referrals,
        behaviour: Behaviour,
    ) -> Self {
        Self {
            base_url,
            second_origin,
            grants: Mutex::default(),
            faults: Mutex::default(),
            journal: Mutex::default(),
            referrals: Mutex::new(referrals),
            behaviour: Mutex::new(behaviour),
        }
    }

    pub(crate) fn behaviour(&self) -> Behaviour {
        lock(&self.behaviour).clone()
    }

    /// Everything that names people and firms, the accounts included.
    pub(crate) fn personal_strings(&self) -> BTreeSet<String> {
        let mut strings = lock(&self.referrals).personal_strings();
        for account in ACCOUNTS {
            strings.insert(account.name.to_owned());
            strings.insert(account.username.to_owned());
        }
        strings
    }

    pub(crate) fn set_behaviour(&self, behaviour: Behaviour) {
        *lock(&self.behaviour) = behaviour;
    }
}

/// The referrals with the service's clock and the memory of what they once said about people.
#[derive(Debug)]
pub(crate) struct Referrals {
    pub(crate) collection: Collection,
    ahead: SignedDuration,
    last_change: Timestamp,
    retired: BTreeSet<String>,
}

impl Referrals {
    /// An empty store whose clock reads `now` at this moment.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            collection: Collection::default(),
            ahead: now.duration_since(Timestamp::now()),
            last_change: Timestamp::MIN,
            retired: BTreeSet::new(),
        }
    }

    pub(crate) fn put(&mut self, payload: &Value) {
        let old = self.collection.put(payload);
        self.retire(old.as_deref());
    }

    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let old = self.collection.remove(id);
        self.retire(old.as_deref());
        old.is_some()
    }

    pub(crate) fn replace(&mut self, payloads: &[Value]) {
        let old = std::mem::take(&mut self.collection);
        for text in old.texts() {
            self.retire(Some(text));
        }
        for payload in payloads {
            self.collection.put(payload);
        }
    }

    fn retire(&mut self, text: Option<&str>) {
        if let Some(payload) = text.and_then(|text| serde_json::from_str(text).ok()) {
            personal::collect(&payload, &mut self.retired);
        }
    }

    /// The personal strings of all referrals, present and past.
    pub(crate) fn personal_strings(&self) -> BTreeSet<String> {
        let mut strings = self.retired.clone();
        for payload in self.collection.texts().filter_map(|text| serde_json::from_str(text).ok()) {
            personal::collect(&payload, &mut strings);
        }
        strings
    }

    /// Changes that many referrals, the same ones in the same way for the same seed, and answers their ids.
    pub(crate) fn touch(&mut self, count: usize, seed: u64) -> Vec<String> {
        let mut random = Random::new(seed, 0x70C4);
        let mut ids: Vec<String> = self.collection.ids().map(str::to_owned).collect();
        let count = count.min(ids.len());
        for at in 0..count {
            let other = at + random.index(ids.len() - at);
            ids.swap(at, other);
        }
        ids.truncate(count);
        for id in &ids {
            let Some(mut payload) = self.collection.get(id).and_then(|text| serde_json::from_str(text).ok())
            else {
                continue;
            };
            let now = self.tick();
            change(&mut payload, &mut random, now);
            self.put(&payload);
        }
        ids
    }

    /// The service's time, later at every call, in steps that seven fractional digits can tell.
    fn tick(&mut self) -> Timestamp {
        let step = SignedDuration::from_nanos(100);
        let now = Timestamp::now().saturating_add(self.ahead).unwrap_or(Timestamp::MAX);
        let since_step = SignedDuration::from_nanos(i64::from(now.subsec_nanosecond() % 100));
        let now = now.checked_sub(since_step).unwrap_or(now);
        let next = self.last_change.checked_add(step).unwrap_or(now);
        self.last_change = now.max(next);
        self.last_change
    }
}

fn change(payload: &mut Value, random: &mut Random, now: Timestamp) {
    let stamp = json!(now.to_string());
    let status = payload["status"].as_str().unwrap_or_default().to_owned();
    match (random.below(3), status.as_str()) {
        (0, "New") => {
            payload["status"] = json!("Active");
            payload["substatus"] = json!("Accepted");
            payload["acceptedDateTime"] = stamp.clone();
        }
        (0, "Active") => {
            payload["status"] = json!("Closed");
            payload["substatus"] = json!(random.pick(&["Won", "Lost"]));
            payload["closedDateTime"] = stamp.clone();
        }
        (1, _) if payload["details"].is_object() => {
            payload["details"]["dealValue"] = json!(1000 + 500 * random.below(400));
        }
        _ => {
            payload["statusReason"] = json!(format!("Örnek not {}", random.below(1_000_000)));
        }
    }
    payload["updatedDateTime"] = stamp;
    payload["eTag"] = json!(format!("\"{:08x}-0000-0100-0000-000000000000\"", random.below(1 << 32)));
}
