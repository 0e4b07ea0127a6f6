use std::path::{Path, PathBuf};
use std::sync::Arc;

use hunter_partner_center::{Connection, HttpOptions, SecretStore, Session, TokenVault};
use hunter_store::{Check, Recovery, Store, StoreError, private_dir};
use jiff::Timestamp;
use tokio::sync::{Mutex, broadcast};

use crate::checklist::Board;
use crate::error::{ErrorCode, HunterError};
use crate::events::Event;
use crate::language::Language;
use crate::profile::{Profile, ProfileKind, Profiles, short_digest};
use crate::sample::Sample;
use crate::settings::{Launch, Setting, Settings};

const EVENTS: usize = 256;

/// Hunter on one data directory; cheap to clone, all clones are the same.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    launch: Launch,
    data_dir: PathBuf,
    profiles: Profiles,
    http: HttpOptions,
    events: broadcast::Sender<Event>,
    store: Mutex<Option<(String, Store)>>,
    session: Mutex<Option<(SessionKey, Arc<Session>)>>,
    sample: Mutex<Option<Sample>>,
    board: Board,
    scanning: Mutex<()>,
    recovered: std::sync::Mutex<Option<Recovery>>,
}

/// What a session was made from; a change of any of it makes a new one.
type SessionKey = (Connection, PathBuf, SecretStore);

impl Engine {
    /// Starts on the data directory that the launch names, creating it if need be; nothing else is opened yet.
    ///
    /// # Errors
    /// A setting that cannot be used, or a directory that cannot be created.
    pub fn open(launch: Launch) -> Result<Self, HunterError> {
        Self::open_with(launch, HttpOptions::default())
    }

    /// As [`Engine::open`], with other limits for calls to Microsoft's services.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn open_with(launch: Launch, http: HttpOptions) -> Result<Self, HunterError> {
        let settings = Settings::load(&launch)?;
        private_dir(&settings.data_dir)?;
        keep_private(&settings.data_dir);
        Ok(Self {
            inner: Arc::new(Inner {
                profiles: Profiles::new(&settings.data_dir),
                data_dir: settings.data_dir,
                launch,
                http,
                events: broadcast::Sender::new(EVENTS),
                store: Mutex::default(),
                session: Mutex::default(),
                sample: Mutex::default(),
                board: Board::default(),
                scanning: Mutex::default(),
                recovered: std::sync::Mutex::default(),
            }),
        })
    }

    /// Where everything of Hunter lies.
    pub fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    /// A short name made from the data directory's path, for what must exist once for each.
    pub fn data_dir_id(&self) -> String {
        short_digest(&self.inner.data_dir.to_string_lossy())
    }

    /// The settings in force now.
    ///
    /// # Errors
    /// A setting that cannot be used.
    pub fn settings(&self) -> Result<Settings, HunterError> {
        Settings::load(&self.inner.launch)
    }

    /// Writes a setting, or removes it when `value` is `None`.
    ///
    /// # Errors
    /// As [`Settings::set`] and [`Settings::unset`].
    pub fn change_setting(&self, setting: Setting, value: Option<&str>) -> Result<(), HunterError> {
        let settings = self.settings()?;
        match value {
            Some(value) => settings.set(setting, value)?,
            None => settings.unset(setting)?,
        }
        tracing::info!(event = "setting_changed", setting = setting.spec().key);
        self.announce(Event::SettingsChanged);
        Ok(())
    }

    /// What happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// The profile whose referrals are shown and synced.
    ///
    /// # Errors
    /// The data directory cannot be read.
    pub fn profile(&self) -> Result<Profile, HunterError> {
        self.inner.profiles.current()
    }

    /// The folder of a profile.
    pub fn profile_folder(&self, profile: &Profile) -> PathBuf {
        self.inner.profiles.folder(profile)
    }

    /// Where the current profile's database lies.
    ///
    /// # Errors
    /// The data directory cannot be read.
    pub fn database_path(&self) -> Result<PathBuf, HunterError> {
        Ok(self.profile_folder(&self.profile()?).join("hunter.db"))
    }

    /// Checks the current profile's database, and mends nothing.
    ///
    /// # Errors
    /// It cannot be read for another cause than damage.
    pub async fn check_database(&self) -> Result<Check, HunterError> {
        let checked = match self.open_as_it_is(&self.profile()?).await {
            Ok(store) => store.check().await,
            Err(error) => Err(error),
        };
        match checked {
            Err(StoreError::Damaged(problem)) => Ok(Check { ok: false, problems: vec![problem] }),
            checked => Ok(checked?),
        }
    }

    /// Writes a consistent copy of the current profile's database; one that is damaged is no backup.
    ///
    /// # Errors
    /// The database is damaged, or the copy cannot be written; what lay in its place is still there.
    pub async fn back_up_database(&self, to: &Path) -> Result<(), HunterError> {
        Ok(self.open_as_it_is(&self.profile()?).await?.backup(to).await?)
    }

    /// Waits for what the database is doing and closes it; it is opened again when it is needed.
    pub async fn close(&self) {
        let open = self.inner.store.lock().await.take();
        if let Some((_, store)) = open {
            store.close().await;
        }
    }

    /// Shows and syncs sample data from the built-in sandbox, or goes back to the account's own.
    ///
    /// # Errors
    /// The data directory cannot be written.
    pub async fn use_sample_data(&self, on: bool) -> Result<(), HunterError> {
        self.inner.profiles.choose_sample(on)?;
        if !on {
            *self.inner.sample.lock().await = None;
        }
        self.announce(Event::AccountChanged);
        Ok(())
    }

    pub(crate) fn recovered(&self) -> &std::sync::Mutex<Option<Recovery>> {
        &self.inner.recovered
    }

    pub(crate) fn profiles(&self) -> &Profiles {
        &self.inner.profiles
    }

    pub(crate) fn board(&self) -> &Board {
        &self.inner.board
    }

    /// The language to speak where the settings cannot be read.
    pub(crate) fn language_of_system(&self) -> Language {
        Language::of_system(&self.inner.launch.variables)
    }

    pub(crate) fn http(&self) -> &HttpOptions {
        &self.inner.http
    }

    pub(crate) fn announce(&self, event: Event) {
        let _nobody_listens = self.inner.events.send(event);
    }

    /// The current profile's database.
    pub(crate) async fn store(&self) -> Result<Store, HunterError> {
        self.store_of(&self.profile()?).await
    }

    /// A profile's database, rebuilt if it is found damaged.
    pub(crate) async fn store_of(&self, profile: &Profile) -> Result<Store, HunterError> {
        let store = match self.open_as_it_is(profile).await {
            Err(StoreError::Damaged(_)) => {
                self.recover(&self.profile_folder(profile).join("hunter.db"), profile).await?;
                self.open_as_it_is(profile).await?
            }
            opened => opened?,
        };
        self.prepared(store, profile).await
    }

    /// A profile's database, opened when it is first needed and when another file has taken its place.
    async fn open_as_it_is(&self, profile: &Profile) -> Result<Store, StoreError> {
        let mut open = self.inner.store.lock().await;
        if let Some((id, store)) = open.as_ref()
            && *id == profile.id
            && store.is_in_place()
        {
            return Ok(store.clone());
        }
        let path = self.profile_folder(profile).join("hunter.db");
        let store = Store::open_of(&path, &profile.id).await?;
        *open = Some((profile.id.clone(), store.clone()));
        Ok(store)
    }

    /// With companies scored as the settings say, and the account's own referrals known.
    async fn prepared(&self, store: Store, profile: &Profile) -> Result<Store, HunterError> {
        store.use_account(profile.account.as_deref().unwrap_or_default()).await?;
        if let Ok(settings) = self.settings() {
            store.use_rules(settings.rules(), self.now()).await?;
        }
        Ok(store)
    }

    /// Held while domains are scanned.
    pub(crate) fn scanning(&self) -> &Mutex<()> {
        &self.inner.scanning
    }

    /// The session that a profile syncs with.
    pub(crate) async fn session_of(
        &self,
        settings: &Settings,
        profile: &Profile,
    ) -> Result<Arc<Session>, HunterError> {
        if profile.kind == ProfileKind::Sample {
            return self.sample_session().await;
        }
        self.account_session(settings).await
    }

    /// The session of the account at Microsoft, whatever profile is shown.
    pub(crate) async fn account_session(&self, settings: &Settings) -> Result<Arc<Session>, HunterError> {
        let key = (settings.connection()?, settings.token_cache_path.clone(), settings.secret_store);
        let mut held = self.inner.session.lock().await;
        if let Some((made_from, session)) = held.as_ref()
            && *made_from == key
        {
            return Ok(session.clone());
        }
        let vault = TokenVault::new(key.1.clone(), key.2);
        let session = Arc::new(Session::new(key.0.clone(), vault, self.inner.http.clone()));
        *held = Some((key, session.clone()));
        Ok(session)
    }

    async fn sample_session(&self) -> Result<Arc<Session>, HunterError> {
        let mut held = self.inner.sample.lock().await;
        if let Some(sample) = held.as_ref() {
            return Ok(sample.session());
        }
        let sample = Sample::start(self.inner.http.clone()).await?;
        let session = sample.session();
        *held = Some(sample);
        Ok(session)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.http.clock.now()
    }
}

/// Closes a data directory and the files in it to others, as far as they are the user's own; a folder that is not
/// Hunter's stays as it is.
#[cfg(unix)]
fn keep_private(data_dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(entries) = std::fs::read_dir(data_dir) else { return };
    let entries: Vec<_> = entries.flatten().collect();
    let ours = ["profiles", "settings.toml", "http_token"];
    let is_ours = entries.iter().any(|entry| ours.iter().any(|name| entry.file_name() == *name));
    if !is_ours && !entries.is_empty() {
        return;
    }
    let logs = data_dir.join("logs");
    let written = std::fs::read_dir(&logs).into_iter().flatten().flatten();
    let files = entries.into_iter().chain(written);
    let files = files.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let folders = [data_dir.to_owned(), logs].map(|folder| (folder, 0o700));
    for (path, mode) in folders.into_iter().chain(files.map(|entry| (entry.path(), 0o600))) {
        if let Ok(metadata) = std::fs::metadata(&path)
            && metadata.permissions().mode() & 0o077 != 0
        {
            let _of_somebody_else = std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode));
        }
    }
}

#[cfg(not(unix))]
fn keep_private(_data_dir: &Path) {}

impl From<tokio::task::JoinError> for HunterError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::new(ErrorCode::Internal).with("detail", error)
    }
}
