use std::io;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;

use crate::key_place::{Key, KeyId};
use crate::vault::{VaultError, VaultErrorKind};

pub(crate) const MAGIC: &[u8; 8] = b"HUNTERTK";
const VERSION: u8 = 1;
pub(crate) const MARK_LEN: usize = MAGIC.len() + 1;
pub(crate) const KEY_ID_LEN: usize = 16;
const NONCE_LEN: usize = 24;
pub(crate) const HEADER_LEN: usize = MARK_LEN + KEY_ID_LEN + NONCE_LEN;

/// The file: mark, version, key id, nonce; then the sealed content, which vouches for all of it.
pub(crate) struct Sealed<'a> {
    pub(crate) key_id: KeyId,
    header: &'a [u8; HEADER_LEN],
    content: &'a [u8],
}

impl<'a> Sealed<'a> {
    pub(crate) fn parse(file: &'a [u8]) -> Result<Self, VaultErrorKind> {
        let Some(key_id) = KeyId::of(file) else {
            return Err(if is_ours(file) { VaultErrorKind::Tampered } else { VaultErrorKind::Stranger });
        };
        let (header, content) = file.split_first_chunk().ok_or(VaultErrorKind::Tampered)?;
        Ok(Self { key_id, header, content })
    }

    pub(crate) fn make(key_id: KeyId, key: &Key, content: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_LEN];
        random(&mut nonce)?;
        let mut file = Vec::with_capacity(HEADER_LEN + content.len() + 16);
        file.extend_from_slice(MAGIC);
        file.push(VERSION);
        file.extend_from_slice(&key_id.0);
        file.extend_from_slice(&nonce);
        let payload = Payload { msg: content, aad: &file };
        let sealed = XChaCha20Poly1305::new(key.expose_secret().into())
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultErrorKind::Io)?;
        file.extend_from_slice(&sealed);
        Ok(file)
    }

    pub(crate) fn content(&self, key: &Key) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; NONCE_LEN] = *self.header.last_chunk()?;
        let payload = Payload { msg: self.content, aad: self.header };
        XChaCha20Poly1305::new(key.expose_secret().into())
            .decrypt(&XNonce::from(nonce), payload)
            .ok()
            .map(Zeroizing::new)
    }
}

impl KeyId {
    pub(crate) fn of(file: &[u8]) -> Option<Self> {
        if !is_ours(file) {
            return None;
        }
        file[MARK_LEN..].first_chunk().copied().map(Self)
    }
}

pub(crate) fn is_ours(file: &[u8]) -> bool {
    file.starts_with(MAGIC) && file.get(MAGIC.len()) == Some(&VERSION)
}

pub(crate) fn random(bytes: &mut [u8]) -> Result<(), VaultError> {
    getrandom::fill(bytes).map_err(|error| VaultError::from(io::Error::other(error.to_string())))
}
