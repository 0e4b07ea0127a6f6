//! What is known of the checklist now: what is on record, and what could not be put there.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hunter_store::CheckResult;

use super::evidence::Evidence;
use super::items::{ITEMS, Item};
use super::verdict::{Found, Now, Standing, phase_status, verdict, waits_for};
use super::view::{Checklist, ChecklistItem, ChecklistSummary, Fix, How, ItemState, Phase, PhaseId};
use crate::engine::Engine;
use crate::error::HunterError;
use crate::language::Language;
use crate::profile::{Profile, ProfileKind, short_digest};
use crate::settings::{Environment, Setting, Settings, Warning};

/// The settings under which a result was found; under others it has to be found again.
const BASIS: [Setting; 8] = [
    Setting::ClientId,
    Setting::TenantId,
    Setting::ApiUrl,
    Setting::AuthorityUrl,
    Setting::Scope,
    Setting::TokenCachePath,
    Setting::SecretStore,
    Setting::Direction,
];

/// What this process is checking, and what it found and could not put on record.
#[derive(Debug, Default)]
pub(crate) struct Board {
    /// One run of checks at a time.
    pub turn: tokio::sync::Mutex<()>,
    running: Mutex<Option<String>>,
    unsaved: Mutex<BTreeMap<(String, String, String), CheckResult>>,
}

impl Board {
    pub fn running(&self) -> Option<String> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_running(&self, id: Option<&str>) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = id.map(str::to_owned);
    }

    fn keep(&self, profile_id: &str, result: CheckResult) {
        let key = (profile_id.to_owned(), result.environment.clone(), result.item_id.clone());
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner).insert(key, result);
    }

    fn drop_older(&self, profile_id: &str, result: &CheckResult) {
        let key = (profile_id.to_owned(), result.environment.clone(), result.item_id.clone());
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    fn unsaved(&self, profile_id: &str, environment: &str) -> Vec<CheckResult> {
        let unsaved = self.unsaved.lock().unwrap_or_else(PoisonError::into_inner);
        let ours =
            |(profile, there, _): &(String, String, String)| profile == profile_id && there == environment;
        unsaved.iter().filter(|(key, _)| ours(key)).map(|(_, result)| result.clone()).collect()
    }
}

/// What the checklist stands on: the settings, the profile and the environment, as far as they can be read.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    pub settings: Result<Settings, HunterError>,
    pub profile: Result<Profile, HunterError>,
    pub environment: Environment,
    pub language: Language,
    pub flag_is_on: bool,
    pub basis: String,
}

impl Ground {
    pub fn of(engine: &Engine) -> Self {
        let (settings, profile) = (engine.settings(), engine.profile());
        let is_sample = profile.as_ref().is_ok_and(|profile| profile.kind == ProfileKind::Sample);
        Self {
            environment: settings.as_ref().map_or(Environment::Prod, |settings| settings.environment),
            language: settings
                .as_ref()
                .map_or_else(|_| engine.language_of_system(), |settings| settings.language),
            flag_is_on: is_sample || settings.as_ref().is_ok_and(|settings| settings.enabled),
            basis: settings.as_ref().map(basis).unwrap_or_default(),
            settings,
            profile,
        }
    }

    pub fn profile_id(&self) -> &str {
        self.profile.as_ref().map_or("", |profile| profile.id.as_str())
    }

    pub fn account(&self) -> String {
        let account = self.profile.as_ref().ok().and_then(|profile| profile.account.clone());
        account.unwrap_or_default()
    }

    /// Nobody can answer that it is gone while it is there.
    fn has_client_secret(&self) -> bool {
        self.settings.as_ref().is_ok_and(|settings| settings.warnings.contains(&Warning::ClientSecret))
    }

    fn now<'a>(&'a self, engine: &Engine) -> Now<'a> {
        Now {
            environment: self.environment,
            flag_is_on: self.flag_is_on,
            basis: &self.basis,
            now: engine.now(),
        }
    }
}

fn basis(settings: &Settings) -> String {
    let values = BASIS.map(|setting| settings.view(setting).value.clone().unwrap_or_default());
    // Whoever signs out takes back what the session proved.
    let has_tokens = settings.token_cache_path.exists();
    short_digest(&format!("{}\n{has_tokens}\n{}", env!("CARGO_PKG_VERSION"), values.join("\n")))
}

/// The newest result of each item.
pub(crate) struct Results(BTreeMap<String, CheckResult>);

impl Results {
    pub fn standings(&self, engine: &Engine, ground: &Ground) -> Vec<Standing> {
        let now = ground.now(engine);
        ITEMS.iter().map(|item| Standing::of(item, self.found(item), &now)).collect()
    }

    fn found(&self, item: &Item) -> Option<Found<'_>> {
        let result = self.0.get(&item.id)?;
        Some(Found { state: ItemState::parse(&result.state)?, basis: &result.basis, at: result.at()? })
    }
}

impl Engine {
    pub(crate) async fn check_results(&self, ground: &Ground) -> Results {
        let mut newest = BTreeMap::new();
        let environment = ground.environment.as_str();
        let stored = async { Ok(self.store().await?.check_results(environment).await?) };
        let broken = match stored.await {
            Ok(results) => {
                newest.extend(results.into_iter().map(|result| (result.item_id.clone(), result)));
                None
            }
            Err(error) => Some(("integrity", error)),
        };
        for result in self.board().unsaved(ground.profile_id(), environment) {
            let is_newer =
                newest.get(&result.item_id).is_none_or(|stored| stored.checked_at < result.checked_at);
            if is_newer {
                newest.insert(result.item_id.clone(), result);
            }
        }
        let unreadable = ground.settings.as_ref().err().map(|error| ("settings", error.clone()));
        if unreadable.is_some() {
            for item in ITEMS.iter().filter(|item| item.how == How::Automatic) {
                let evidence = Evidence::of("after_settings", &[]);
                newest.insert(item.id.clone(), self.result(ground, &item.id, ItemState::NotRun, &evidence));
            }
        }
        for (id, error) in broken.into_iter().chain(unreadable) {
            let result = self.result(ground, id, ItemState::Fail, &Evidence::error(&error));
            newest.insert(id.to_owned(), result);
        }
        if ground.has_client_secret() {
            let evidence = Evidence::of("client_secret.still_set", &[]);
            let result = self.result(ground, "client_secret", ItemState::Fail, &evidence);
            newest.insert(result.item_id.clone(), result);
        }
        Results(newest)
    }

    /// What has been proved so far, and what stands in the way; nothing is checked for it.
    pub async fn checklist(&self) -> Checklist {
        let ground = Ground::of(self);
        let results = self.check_results(&ground).await;
        let standings = results.standings(self, &ground);
        let language = ground.language;
        let ids = |places: Vec<usize>| -> Vec<String> {
            places.into_iter().filter_map(|place| ITEMS.get(place)).map(|item| item.id.clone()).collect()
        };
        let phases = PhaseId::ALL.map(|phase| {
            let of_phase = ITEMS.iter().zip(&standings).filter(|(item, _)| item.phase == phase);
            Phase {
                id: phase,
                title: language.text(&format!("checklist.phase.{}", phase.as_str()), &[]),
                status: phase_status(&standings, phase),
                waits_for: ids(waits_for(&standings, phase)),
                items: of_phase
                    .map(|(item, standing)| shown(item, *standing, results.0.get(&item.id), language))
                    .collect(),
            }
        });
        let blocking = standings.iter().enumerate().filter(|(_, standing)| standing.blocks());
        Checklist {
            verdict: verdict(&standings),
            environment: ground.environment,
            phases: phases.into(),
            blocking: ids(blocking.map(|(place, _)| place).collect()),
            running: self.board().running(),
        }
    }

    /// The verdict alone.
    pub async fn checklist_summary(&self) -> ChecklistSummary {
        let ground = Ground::of(self);
        let standings = self.check_results(&ground).await.standings(self, &ground);
        let blocking = standings.iter().filter(|standing| standing.blocks()).count();
        ChecklistSummary { verdict: verdict(&standings), blocking }
    }

    pub(crate) fn result(
        &self,
        ground: &Ground,
        id: &str,
        state: ItemState,
        evidence: &Evidence,
    ) -> CheckResult {
        let result = CheckResult {
            item_id: id.to_owned(),
            environment: ground.environment.as_str().to_owned(),
            basis: ground.basis.clone(),
            state: state.as_str().to_owned(),
            evidence: evidence.to_json(),
            note: String::new(),
            account: ground.account(),
            checked_at: String::new(),
        };
        result.found_at(self.now())
    }

    /// Puts a result on record; where the database cannot take it, this process remembers it.
    pub(crate) async fn record_check(&self, ground: &Ground, result: CheckResult) -> Result<(), HunterError> {
        let recorded = async { Ok(self.store().await?.record_check(&result).await?) }.await;
        match &recorded {
            Ok(()) => self.board().drop_older(ground.profile_id(), &result),
            Err(_) => self.board().keep(ground.profile_id(), result),
        }
        recorded
    }
}

fn shown(item: &Item, standing: Standing, result: Option<&CheckResult>, language: Language) -> ChecklistItem {
    let fix = Fix { hint: item.hint.of(language).to_owned(), action: item.action.clone() };
    let needs_fix = standing.state != ItemState::Pass || item.how == How::Action;
    ChecklistItem {
        id: item.id.clone(),
        title: item.title.of(language).to_owned(),
        proves: item.proves.of(language).to_owned(),
        how: item.how,
        required: standing.required,
        state: standing.state,
        evidence: result.map(|result| Evidence::recall(&result.evidence).text(language)).unwrap_or_default(),
        note: result.map(|result| result.note.clone()).unwrap_or_default(),
        account: result.map(|result| result.account.clone()).unwrap_or_default(),
        checked_at: result.and_then(CheckResult::at),
        expired: standing.expired,
        fix: Some(fix).filter(|_| needs_fix),
    }
}
