use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::files;
use crate::key_place::{Key, KeyFile, KeyId, KeyPlace, Keyring};
use crate::retry::Retry;
use crate::sealed::{Sealed, is_ours, random};

const LARGEST: u64 = 1 << 20;

/// Where the key of the token file is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretStore {
    /// The operating system's keyring.
    Keyring,
    /// A file beside the token file: an explicit choice for machines without a keyring.
    File,
}

/// One sealed file, its key, and the lock that holds across processes.
#[derive(Debug)]
pub struct TokenVault {
    path: PathBuf,
    place: Arc<dyn KeyPlace>,
    place_turn: Arc<tokio::sync::Mutex<()>>,
    known: Mutex<Option<(KeyId, Arc<Key>)>>,
    /// When the keyring last said that it stays locked.
    refusal: Arc<Mutex<Option<(Instant, VaultError)>>>,
    lock_limit: Duration,
    place_limit: Duration,
    prompt_limit: Duration,
    rest_after_refusal: Duration,
}

impl TokenVault {
    /// A vault at `path`; nothing is touched before it is needed.
    pub fn new(path: impl Into<PathBuf>, store: SecretStore) -> Self {
        let path = path.into();
        match store {
            SecretStore::Keyring => Self::with_key_place(path, Arc::new(Keyring)),
            SecretStore::File => {
                let place = KeyFile::beside(&path);
                Self::with_key_place(path, Arc::new(place))
            }
        }
    }

    /// A vault whose key lies in a place of the caller's choice.
    pub fn with_key_place(path: impl Into<PathBuf>, place: Arc<dyn KeyPlace>) -> Self {
        Self {
            path: path.into(),
            place,
            place_turn: Arc::default(),
            known: Mutex::new(None),
            refusal: Arc::default(),
            lock_limit: Duration::from_secs(75),
            place_limit: Duration::from_secs(5),
            prompt_limit: Duration::from_secs(60),
            rest_after_refusal: Duration::from_secs(30),
        }
    }

    /// How long to wait for another process that holds the vault.
    #[must_use]
    pub fn lock_limit(mut self, limit: Duration) -> Self {
        self.lock_limit = limit;
        self
    }

    /// How long to wait for the key: in the background, and while a person signs in.
    #[must_use]
    pub fn key_limits(mut self, background: Duration, signing_in: Duration) -> Self {
        self.place_limit = background;
        self.prompt_limit = signing_in;
        self
    }

    /// How long a keyring that stayed locked is left alone before it may ask the person again; a sign-in asks at once.
    #[must_use]
    pub fn rest_after_refusal(mut self, rest: Duration) -> Self {
        self.rest_after_refusal = rest;
        self
    }

    /// Where the sealed file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Deletes the file and, if its place lets us, the key; a stranger's file stays.
    ///
    /// # Errors
    /// When the file cannot be deleted.
    pub async fn forget(&self) -> Result<(), VaultError> {
        let lock = self.lock().await?;
        self.destroy(&lock).await
    }

    /// Has the place of keys keep one, give it back and forget it; a vault that holds tokens is not for this.
    ///
    /// # Errors
    /// When the place cannot be used, or gives back another key.
    pub async fn round_trip(&self) -> Result<(), VaultError> {
        let key_id = self.new_key_id();
        self.make_key(key_id).await?;
        let forgotten = self.at_place(self.place_limit, move |place| {
            place.delete(key_id)?;
            place.load(key_id)
        });
        match forgotten.await? {
            None => Ok(()),
            Some(_) => Err(VaultErrorKind::KeyringFailed.into()),
        }
    }

    /// Waits for the lock that all processes with this file share; dropping it gives it back.
    pub(crate) async fn lock(&self) -> Result<VaultLock, VaultError> {
        let file = files::open_lock(&files::beside(&self.path, ".lock"))?;
        let deadline = Instant::now() + self.lock_limit;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(VaultLock { _file: file }),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(25)).await;
                }
                Err(TryLockError::WouldBlock) => return Err(VaultErrorKind::Busy.into()),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
    }

    /// Reads what is sealed; `None` when nothing is.
    pub(crate) async fn open(&self) -> Result<Option<Opened>, VaultError> {
        let Some(file) = self.read()? else {
            return Ok(None);
        };
        let sealed = Sealed::parse(&file)?;
        if let Some(key) = self.known_key(sealed.key_id)
            && let Some(content) = sealed.content(&key)
        {
            return Ok(Some(Opened { content, key_id: sealed.key_id, key }));
        }
        if let Some(refusal) = self.recent_refusal() {
            return Err(refusal);
        }
        let key = self.load_key(sealed.key_id, self.place_limit).await?.ok_or(VaultErrorKind::KeyLost)?;
        let content = sealed.content(&key).ok_or(VaultErrorKind::Tampered)?;
        self.remember(Some((sealed.key_id, Arc::clone(&key))));
        Ok(Some(Opened { content, key_id: sealed.key_id, key }))
    }

    /// Makes sure that a key is there, asking the person if the place does, before a sign-in begins.
    pub(crate) async fn prepare(&self) -> Result<(), VaultError> {
        let lock = self.lock().await?;
        self.ensure_key(&lock).await.map(drop)
    }

    /// Seals new content, with the present key or a new one; a stranger's file is set aside.
    pub(crate) async fn seal(&self, lock: &VaultLock, content: &[u8]) -> Result<(), VaultError> {
        let (key_id, key) = self.ensure_key(lock).await?;
        self.set_stranger_aside()?;
        self.write(key_id, &key, content).await
    }

    /// Seals changed content with the key that opened it.
    pub(crate) async fn reseal(
        &self,
        _lock: &VaultLock,
        opened: &Opened,
        content: &[u8],
    ) -> Result<(), VaultError> {
        self.write(opened.key_id, &opened.key, content).await
    }

    pub(crate) async fn destroy(&self, _lock: &VaultLock) -> Result<(), VaultError> {
        let key_id = match self.read()? {
            None => self.new_key_id(),
            Some(file) if is_ours(&file) => {
                files::remove(&self.path)?;
                KeyId::of(&file).unwrap_or_else(|| self.new_key_id())
            }
            Some(_) => return Ok(()),
        };
        files::remove(&files::beside(&self.path, ".tmp"))?;
        self.remember(None);
        if let Err(error) = self.at_place(self.place_limit, move |place| place.delete(key_id)).await {
            tracing::warn!(event = "token_key_not_deleted", %error);
        }
        Ok(())
    }

    async fn ensure_key(&self, _lock: &VaultLock) -> Result<(KeyId, Arc<Key>), VaultError> {
        let key_id = self.read()?.and_then(|file| KeyId::of(&file)).unwrap_or_else(|| self.new_key_id());
        let key = match self.load_key(key_id, self.prompt_limit).await? {
            Some(key) => key,
            None => self.make_key(key_id).await?,
        };
        self.remember(Some((key_id, Arc::clone(&key))));
        Ok((key_id, key))
    }

    async fn make_key(&self, key_id: KeyId) -> Result<Arc<Key>, VaultError> {
        let mut bytes = Box::new([0; 32]);
        random(bytes.as_mut())?;
        let key = Arc::new(SecretBox::new(bytes));
        let kept = Arc::clone(&key);
        self.at_place(self.prompt_limit, move |place| {
            place.save(key_id, &kept)?;
            match place.load(key_id)? {
                Some(found) if found.expose_secret() == kept.expose_secret() => Ok(()),
                Some(_) | None => Err(VaultErrorKind::KeyringFailed.into()),
            }
        })
        .await?;
        Ok(key)
    }

    async fn load_key(&self, key_id: KeyId, limit: Duration) -> Result<Option<Arc<Key>>, VaultError> {
        let key = self.at_place(limit, move |place| place.load(key_id)).await?;
        Ok(key.map(Arc::new))
    }

    /// Runs a call on a thread of its own: one that hangs in a prompt holds up neither the runtime
    /// nor the exit of the process, and no second prompt opens over it.
    async fn at_place<T: Send + 'static>(
        &self,
        limit: Duration,
        call: impl FnOnce(&dyn KeyPlace) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let turn = Arc::clone(&self.place_turn);
        let place = Arc::clone(&self.place);
        let refusal = Arc::clone(&self.refusal);
        let answer = async move {
            let turn = turn.lock_owned().await;
            let (sender, receiver) = oneshot::channel();
            std::thread::Builder::new().name("hunter-keyring".into()).spawn(move || {
                let answer = call(place.as_ref());
                *refusal.lock().unwrap_or_else(PoisonError::into_inner) = refused(&answer);
                drop(turn);
                drop(sender.send(answer));
            })?;
            receiver.await.unwrap_or_else(|_| Err(VaultErrorKind::KeyringFailed.into()))
        };
        tokio::time::timeout(limit, answer)
            .await
            .unwrap_or_else(|_| Err(VaultErrorKind::KeyringLocked.into()))
    }

    async fn write(&self, key_id: KeyId, key: &Key, content: &[u8]) -> Result<(), VaultError> {
        let file = Sealed::make(key_id, key, content)?;
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || files::replace(&path, |to| to.write_all(&file)))
            .await
            .map_err(io::Error::other)??;
        Ok(())
    }

    fn read(&self) -> Result<Option<Vec<u8>>, VaultError> {
        match fs::metadata(&self.path) {
            Ok(metadata) if metadata.len() > LARGEST => Ok(Some(Vec::new())),
            Ok(_) => Ok(Some(fs::read(&self.path)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn set_stranger_aside(&self) -> Result<(), VaultError> {
        let is_stranger = self.read()?.is_some_and(|file| !is_ours(&file));
        if is_stranger {
            let time = jiff::Timestamp::now().as_millisecond();
            fs::rename(&self.path, files::beside(&self.path, &format!(".bak-{time}")))?;
        }
        Ok(())
    }

    fn recent_refusal(&self) -> Option<VaultError> {
        self.refusal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .filter(|(at, _)| at.elapsed() < self.rest_after_refusal)
            .map(|(_, refusal)| refusal.clone())
    }

    fn known_key(&self, key_id: KeyId) -> Option<Arc<Key>> {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .filter(|(known, _)| *known == key_id)
            .map(|(_, key)| Arc::clone(key))
    }

    fn remember(&self, key: Option<(KeyId, Arc<Key>)>) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = key;
    }

    /// A name made from the path: two data directories never share one, and none is left behind
    /// by a sign-in that did not finish.
    fn new_key_id(&self) -> KeyId {
        let path = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        KeyId(id)
    }
}

fn refused<T>(answer: &Result<T, VaultError>) -> Option<(Instant, VaultError)> {
    let refusal = answer.as_ref().err().filter(|error| error.kind == VaultErrorKind::KeyringLocked)?;
    Some((Instant::now(), refusal.clone()))
}

/// The lock of a vault.
#[derive(Debug)]
pub(crate) struct VaultLock {
    _file: File,
}

/// What was sealed, with the key that opened it.
pub(crate) struct Opened {
    pub(crate) content: Zeroizing<Vec<u8>>,
    key_id: KeyId,
    key: Arc<Key>,
}

/// Why the token file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VaultErrorKind {
    /// This machine has no keyring, or none runs.
    NoKeyring,
    /// The keyring is locked, or waits for an answer.
    KeyringLocked,
    KeyringFailed,
    /// The key is gone or another one: sign in again.
    KeyLost,
    /// The file was changed or damaged: sign in again.
    Tampered,
    /// Another program's file, or that of a newer Hunter: sign in again.
    Stranger,
    /// Another process holds the file for too long.
    Busy,
    Io,
}

impl VaultErrorKind {
    /// When a retry can help.
    pub fn retry(self) -> Retry {
        match self {
            Self::KeyLost | Self::Tampered | Self::Stranger => Retry::SignIn,
            Self::NoKeyring | Self::KeyringLocked | Self::KeyringFailed | Self::Busy => {
                Retry::After(Duration::from_secs(30))
            }
            Self::Io => Retry::Never,
        }
    }
}

/// The token file cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("token file: {kind:?}{}", .detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default())]
pub struct VaultError {
    pub kind: VaultErrorKind,
    pub detail: Option<String>,
}

impl VaultError {
    pub fn new(kind: VaultErrorKind, detail: &dyn std::error::Error) -> Self {
        Self { kind, detail: Some(detail.to_string()) }
    }
}

impl From<VaultErrorKind> for VaultError {
    fn from(kind: VaultErrorKind) -> Self {
        Self { kind, detail: None }
    }
}

impl From<io::Error> for VaultError {
    fn from(error: io::Error) -> Self {
        Self::new(VaultErrorKind::Io, &error)
    }
}

#[cfg(test)]
mod tests;
