use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretBox};

use crate::files;
use crate::vault::{VaultError, VaultErrorKind};

/// The key that seals a token file.
pub type Key = SecretBox<[u8; 32]>;

/// Names a key in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyId(pub [u8; 16]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Where keys are kept; calls may block for as long as a person is asked something.
pub trait KeyPlace: fmt::Debug + Send + Sync {
    /// Reads a key; a key that is not there or has another form is `None`.
    ///
    /// # Errors
    /// When the place cannot be used.
    fn load(&self, id: KeyId) -> Result<Option<Key>, VaultError>;

    /// Keeps a key in place of an earlier one.
    ///
    /// # Errors
    /// When the place cannot be used.
    fn save(&self, id: KeyId, key: &Key) -> Result<(), VaultError>;

    /// Forgets a key; one that is not there is fine.
    ///
    /// # Errors
    /// When the place cannot be used.
    fn delete(&self, id: KeyId) -> Result<(), VaultError>;
}

/// The operating system's keyring; opened anew for each call, so that one that appears later counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keyring;

const SERVICE: &str = "Hunter";

impl KeyPlace for Keyring {
    fn load(&self, id: KeyId) -> Result<Option<Key>, VaultError> {
        match entry(id)?.get_secret() {
            Ok(secret) => Ok(key(secret)),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(error) => Err(keyring_failure(error)),
        }
    }

    fn save(&self, id: KeyId, key: &Key) -> Result<(), VaultError> {
        entry(id)?.set_secret(key.expose_secret()).map_err(keyring_failure)
    }

    fn delete(&self, id: KeyId) -> Result<(), VaultError> {
        match entry(id)?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            Err(error) => Err(keyring_failure(error)),
        }
    }
}

fn entry(id: KeyId) -> Result<keyring_core::Entry, VaultError> {
    let store = native_store()?;
    store.build(SERVICE, &id.to_string(), None).map_err(keyring_failure)
}

#[cfg(any(target_os = "linux", target_os = "freebsd"))]
fn native_store() -> Result<std::sync::Arc<keyring_core::CredentialStore>, VaultError> {
    match zbus_secret_service_keyring_store::Store::new() {
        Ok(store) => Ok(store),
        Err(error) => Err(VaultError::new(VaultErrorKind::NoKeyring, &error)),
    }
}

#[cfg(target_os = "macos")]
fn native_store() -> Result<std::sync::Arc<keyring_core::CredentialStore>, VaultError> {
    match apple_native_keyring_store::keychain::Store::new() {
        Ok(store) => Ok(store),
        Err(error) => Err(VaultError::new(VaultErrorKind::NoKeyring, &error)),
    }
}

#[cfg(windows)]
fn native_store() -> Result<std::sync::Arc<keyring_core::CredentialStore>, VaultError> {
    match windows_native_keyring_store::Store::new() {
        Ok(store) => Ok(store),
        Err(error) => Err(VaultError::new(VaultErrorKind::NoKeyring, &error)),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "freebsd", target_os = "macos", windows)))]
fn native_store() -> Result<std::sync::Arc<keyring_core::CredentialStore>, VaultError> {
    Err(VaultErrorKind::NoKeyring.into())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn keyring_failure(error: keyring_core::Error) -> VaultError {
    let kind = if matches!(error, keyring_core::Error::NoStorageAccess(_)) {
        VaultErrorKind::KeyringLocked
    } else if matches!(error, keyring_core::Error::NoDefaultStore) {
        VaultErrorKind::NoKeyring
    } else {
        VaultErrorKind::KeyringFailed
    };
    VaultError::new(kind, &error)
}

fn key(secret: Vec<u8>) -> Option<Key> {
    let secret = secrecy::zeroize::Zeroizing::new(secret);
    let mut key = Box::new([0; 32]);
    if secret.len() != key.len() {
        return None;
    }
    key.copy_from_slice(&secret);
    Some(SecretBox::new(key))
}

/// A file that only its owner can read, for machines without a keyring.
#[derive(Debug, Clone)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// The key file beside a token file.
    pub fn beside(token_file: &Path) -> Self {
        Self { path: files::beside(token_file, ".key") }
    }

    /// Where the key lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl KeyPlace for KeyFile {
    fn load(&self, id: KeyId) -> Result<Option<Key>, VaultError> {
        let content = match fs::read(&self.path) {
            Ok(content) => secrecy::zeroize::Zeroizing::new(content),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(content.strip_prefix(&id.0).and_then(|secret| key(secret.to_vec())))
    }

    fn save(&self, id: KeyId, key: &Key) -> Result<(), VaultError> {
        files::replace(&self.path, |file| {
            file.write_all(&id.0)?;
            file.write_all(key.expose_secret())
        })?;
        Ok(())
    }

    fn delete(&self, _: KeyId) -> Result<(), VaultError> {
        Ok(files::remove(&self.path)?)
    }
}
