//! Background syncing: looks at the schedule by the wall clock, so that a sleep of the computer is noticed.

use std::time::Duration;

use hunter_store::{Schedule, Trouble};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use crate::engine::Engine;
use crate::error::HunterError;
use crate::events::Event;
use crate::network::Network;
use crate::profile::ProfileKind;
use crate::reading::Depth;
use crate::schedule::{Facts, Met, SyncHealth, SyncState, after_run, due_at};
use crate::settings::Settings;

/// The longest wait between two looks at the clock.
const SLICE: Duration = Duration::from_secs(60);
/// A look that comes later than this was held up by a sleep of the computer.
const ASLEEP: SignedDuration = SignedDuration::from_secs(150);
/// After waking or coming back to a network, for connections to be there.
const SETTLING: Duration = Duration::from_secs(5);
/// How often it is looked whether a backup is due or something is older than is kept.
const CHORES: Duration = Duration::from_hours(1);
/// How often faces are told that time has passed.
const RECKONING: SignedDuration = SignedDuration::from_mins(10);

/// The loop that syncs in the background.
#[derive(Debug)]
pub(crate) struct Background {
    engine: Engine,
    first_look: Option<Timestamp>,
    last_look: Option<Timestamp>,
    last_reckoning: Option<Timestamp>,
    last_state: Option<SyncState>,
    last_chores: Option<Timestamp>,
    /// Something happened that makes another attempt worthwhile while nobody answered.
    fresh_hope: bool,
}

impl Engine {
    /// Syncs in the background from now on, until the runtime ends.
    pub fn start_background(&self) {
        let events = self.subscribe();
        tokio::spawn(Background::new(self.clone()).follow(events, Network::watch()));
    }

    /// Stops background syncing, or lets it go on; a sync that somebody asks for runs all the same.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn set_paused(&self, paused: bool) -> Result<(), HunterError> {
        self.store().await?.change_schedule(|schedule| schedule.paused = paused).await?;
        tracing::info!(event = if paused { "sync_paused" } else { "sync_unpaused" });
        self.announce(Event::ScheduleChanged);
        Ok(())
    }

    /// How background syncing is; `needs_sign_in` as far as the session itself tells.
    pub(crate) async fn sync_health(
        &self,
        settings: &Settings,
        needs_sign_in: bool,
    ) -> Result<SyncHealth, HunterError> {
        let profile = self.profile()?;
        let schedule = self.store_of(&profile).await?.schedule().await?;
        let is_sample = profile.kind == ProfileKind::Sample;
        let facts = Facts {
            is_syncing: self.is_syncing(&profile),
            is_enabled: settings.enabled || is_sample,
            needs_sign_in: needs_sign_in || (!is_sample && was_refused(settings, &schedule)),
        };
        Ok(SyncHealth::of(&schedule, facts, self.now()))
    }
}

/// Whether the last run could not go on without a sign-in, and nothing that this rests on has changed since.
pub(crate) fn was_refused(settings: &Settings, schedule: &Schedule) -> bool {
    matches!(&schedule.trouble, Some(Trouble::SignIn { basis }) if *basis == sign_in_basis(settings))
}

/// What changes when somebody signs in or out, in whatever program, or sets what is signed in to and where the key lies.
pub(crate) fn sign_in_basis(settings: &Settings) -> String {
    let file = std::fs::metadata(&settings.token_cache_path).ok().map(|file| {
        let changed = file.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
        (changed.unwrap_or_default().to_string(), file.len())
    });
    let Settings { api_url, authority_url, tenant_id, client_id, scope, secret_store, .. } = settings;
    let connection = (api_url.as_str(), authority_url.as_str(), tenant_id, client_id, scope);
    format!("{file:?} {connection:?} {secret_store:?}")
}

/// How long to wait before the next look; what should be over already is looked at again later, never at once.
fn left_until(due: Timestamp, now: Timestamp) -> Duration {
    match Duration::try_from(due.duration_since(now)) {
        Ok(left) if !left.is_zero() => left.min(SLICE),
        Ok(_) | Err(_) => SLICE,
    }
}

impl Background {
    pub fn new(engine: Engine) -> Self {
        Self {
            engine,
            first_look: None,
            last_look: None,
            last_reckoning: None,
            last_state: None,
            last_chores: None,
            fresh_hope: false,
        }
    }

    async fn follow(mut self, mut events: Receiver<Event>, mut network: Network) {
        loop {
            let wait = tokio::time::sleep(self.look().await);
            tokio::pin!(wait);
            loop {
                tokio::select! {
                    () = &mut wait => break,
                    () = network.returned() => {
                        self.fresh_hope = true;
                        let settled = Instant::now() + SETTLING;
                        if settled < wait.deadline() {
                            wait.as_mut().reset(settled);
                        }
                    }
                    event = events.recv() => match event {
                        Ok(Event::SettingsChanged | Event::AccountChanged | Event::ScheduleChanged)
                        | Err(RecvError::Lagged(_)) => break,
                        Ok(_) => {}
                        Err(RecvError::Closed) => return,
                    },
                }
            }
        }
    }

    /// Looks at the clock, runs what is due, and tells how long to wait before the next look.
    pub async fn look(&mut self) -> Duration {
        let now = self.engine.now();
        if self.last_look.is_some_and(|last| now.duration_since(last).abs() > ASLEEP) {
            tracing::info!(event = "computer_woke_up");
            self.fresh_hope = true;
        }
        let wait = match self.act(now).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(event = "schedule_unreadable", code = error.code().as_str());
                self.mend(&error).await;
                SLICE
            }
        };
        self.keep_house(now).await;
        self.fresh_hope = false;
        self.last_look = Some(self.engine.now());
        if self.last_reckoning.is_none_or(|last| now.duration_since(last).abs() >= RECKONING) {
            self.last_reckoning = Some(now);
            self.engine.announce(Event::TimePassed);
        }
        wait
    }

    /// What is done once a day, looked at now and then and never at the start.
    async fn keep_house(&mut self, now: Timestamp) {
        let is_within =
            |span: Duration| move |then: Timestamp| now.duration_since(then).unsigned_abs() < span;
        let is_start = is_within(SLICE)(*self.first_look.get_or_insert(now));
        if is_start || self.last_chores.is_some_and(is_within(CHORES)) {
            return;
        }
        self.last_chores = Some(now);
        let done = async {
            self.engine.apply_retention().await?;
            self.engine.back_up_if_due().await
        };
        if let Err(error) = done.await {
            tracing::warn!(event = "housekeeping_failed", code = error.code().as_str());
            self.mend(&error).await;
        }
    }

    async fn mend(&self, error: &HunterError) {
        if let Err(error) = self.engine.mend(error).await {
            tracing::warn!(event = "database_not_recovered", code = error.code().as_str());
        }
    }

    async fn act(&mut self, now: Timestamp) -> Result<Duration, HunterError> {
        self.engine.undo_unfinished_enable()?;
        let settings = self.engine.settings()?;
        let profile = self.engine.profile()?;
        if profile.kind == ProfileKind::None {
            return Ok(SLICE);
        }
        let store = self.engine.store_of(&profile).await?;
        let schedule = store.schedule().await?;
        let health = self.engine.sync_health(&settings, false).await?;
        let was = self.last_state.replace(health.state);
        if was != Some(health.state) {
            tracing::info!(
                event = "sync_state_changed",
                from = was.map(SyncState::as_str),
                to = health.state.as_str(),
                next_at = health.next_at.map(tracing::field::display),
            );
            self.engine.announce(Event::ScheduleChanged);
        }
        match health.state {
            SyncState::Off if was != Some(SyncState::Off) => {
                self.engine.sync(Depth::AsNeeded).await.map(drop)?
            }
            SyncState::Off | SyncState::NeedsSignIn | SyncState::Paused | SyncState::Syncing => {}
            SyncState::Idle | SyncState::Offline | SyncState::Throttled => {
                let hopes = self.fresh_hope && health.state == SyncState::Offline;
                let due = if hopes { now } else { due_at(&schedule, settings.sync_interval, now) };
                if due > now {
                    return Ok(left_until(due, now));
                }
                if let Err(error) = self.engine.sync(Depth::AsNeeded).await {
                    tracing::warn!(event = "sync_not_started", code = error.code().as_str());
                    let met = Met::of(Some(&error), || sign_in_basis(&settings));
                    let interval = settings.sync_interval;
                    let ended = self.engine.now();
                    store.change_schedule(|schedule| after_run(schedule, met, interval, ended)).await?;
                }
                let schedule = store.schedule().await?;
                return Ok(left_until(due_at(&schedule, settings.sync_interval, now), self.engine.now()));
            }
        }
        Ok(SLICE)
    }
}

#[cfg(test)]
mod tests;
