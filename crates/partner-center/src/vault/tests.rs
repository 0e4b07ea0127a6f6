#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use rstest::rstest;
use tempfile::TempDir;

use super::*;
use crate::sealed::{HEADER_LEN, KEY_ID_LEN, MAGIC, MARK_LEN};

/// A place in memory that counts its calls and can be told to fail or to wait.
#[derive(Debug, Default)]
struct Memory {
    keys: Mutex<HashMap<[u8; 16], [u8; 32]>>,
    loads: AtomicUsize,
    fault: Mutex<Option<VaultErrorKind>>,
    gate: Mutex<Option<mpsc::Receiver<()>>>,
}

impl KeyPlace for Memory {
    fn load(&self, id: KeyId) -> Result<Option<Key>, VaultError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let gate = self.gate.lock().unwrap().take();
        if let Some(gate) = gate {
            gate.recv().unwrap();
        }
        if let Some(fault) = *self.fault.lock().unwrap() {
            return Err(fault.into());
        }
        let key = self.keys.lock().unwrap().get(&id.0).copied();
        Ok(key.map(|key| SecretBox::new(Box::new(key))))
    }

    fn save(&self, id: KeyId, key: &Key) -> Result<(), VaultError> {
        self.keys.lock().unwrap().insert(id.0, *key.expose_secret());
        Ok(())
    }

    fn delete(&self, id: KeyId) -> Result<(), VaultError> {
        if let Some(fault) = *self.fault.lock().unwrap() {
            return Err(fault.into());
        }
        self.keys.lock().unwrap().remove(&id.0);
        Ok(())
    }
}

struct Fixture {
    directory: TempDir,
    place: Arc<Memory>,
}

impl Fixture {
    fn new() -> Self {
        Self { directory: TempDir::new().unwrap(), place: Arc::default() }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("data").join(".token_cache")
    }

    fn vault(&self) -> TokenVault {
        TokenVault::with_key_place(self.path(), Arc::<Memory>::clone(&self.place))
    }

    async fn sealed(&self, content: &[u8]) -> TokenVault {
        let vault = self.vault();
        seal(&vault, content).await;
        vault
    }
}

async fn seal(vault: &TokenVault, content: &[u8]) {
    let lock = vault.lock().await.unwrap();
    vault.seal(&lock, content).await.unwrap();
}

async fn content(vault: &TokenVault) -> Result<Option<Vec<u8>>, VaultErrorKind> {
    match vault.open().await {
        Ok(opened) => Ok(opened.map(|opened| opened.content.to_vec())),
        Err(error) => Err(error.kind),
    }
}

#[tokio::test]
async fn what_is_sealed_is_opened_by_another_process() {
    let fixture = Fixture::new();
    fixture.sealed(b"a secret of some length").await;
    assert_eq!(content(&fixture.vault()).await, Ok(Some(b"a secret of some length".to_vec())));
    let file = fs::read(fixture.path()).unwrap();
    assert!(!file.windows(6).any(|part| part == b"secret"));
}

#[tokio::test]
async fn nothing_is_there_before_the_first_seal_and_the_keyring_is_not_asked() {
    let fixture = Fixture::new();
    assert_eq!(content(&fixture.vault()).await, Ok(None));
    assert_eq!(fixture.place.loads.load(Ordering::SeqCst), 0);
    assert!(!fixture.path().parent().unwrap().exists());
}

#[tokio::test]
async fn every_write_has_a_nonce_of_its_own() {
    let fixture = Fixture::new();
    let vault = fixture.sealed(b"same").await;
    let first = fs::read(fixture.path()).unwrap();
    seal(&vault, b"same").await;
    let second = fs::read(fixture.path()).unwrap();
    assert_eq!(first[..MARK_LEN + KEY_ID_LEN], second[..MARK_LEN + KEY_ID_LEN]);
    assert_ne!(first[MARK_LEN + KEY_ID_LEN..HEADER_LEN], second[MARK_LEN + KEY_ID_LEN..HEADER_LEN]);
    assert_ne!(first[HEADER_LEN..], second[HEADER_LEN..]);
}

#[rstest]
#[case::mark(0, VaultErrorKind::Stranger)]
#[case::version(MAGIC.len(), VaultErrorKind::Stranger)]
#[case::key_id(MARK_LEN, VaultErrorKind::KeyLost)]
#[case::nonce(MARK_LEN + KEY_ID_LEN, VaultErrorKind::Tampered)]
#[case::content(HEADER_LEN, VaultErrorKind::Tampered)]
#[case::tag(HEADER_LEN + 7, VaultErrorKind::Tampered)]
#[tokio::test]
async fn a_changed_byte_is_noticed(
    #[case] at: usize,
    #[case] kind: VaultErrorKind,
    #[values(true, false)] key_is_known: bool,
) {
    let fixture = Fixture::new();
    let vault = fixture.sealed(b"content").await;
    let mut file = fs::read(fixture.path()).unwrap();
    file[at] ^= 1;
    fs::write(fixture.path(), file).unwrap();
    let vault = if key_is_known { vault } else { fixture.vault() };
    assert_eq!(content(&vault).await, Err(kind));
}

#[tokio::test]
async fn every_shorter_file_is_noticed() {
    let fixture = Fixture::new();
    let vault = fixture.sealed(b"content").await;
    let file = fs::read(fixture.path()).unwrap();
    for length in 0..file.len() {
        fs::write(fixture.path(), &file[..length]).unwrap();
        assert!(content(&vault).await.is_err(), "{length} bytes were accepted");
    }
}

#[tokio::test]
async fn a_lost_or_exchanged_key_means_sign_in_again_and_a_sign_in_helps() {
    let fixture = Fixture::new();
    fixture.sealed(b"content").await;
    for key in fixture.place.keys.lock().unwrap().values_mut() {
        key[0] ^= 1;
    }
    assert_eq!(content(&fixture.vault()).await, Err(VaultErrorKind::Tampered));
    fixture.place.keys.lock().unwrap().clear();
    assert_eq!(content(&fixture.vault()).await, Err(VaultErrorKind::KeyLost));
    assert_eq!(VaultErrorKind::KeyLost.retry(), Retry::SignIn);
    seal(&fixture.vault(), b"new").await;
    assert_eq!(content(&fixture.vault()).await, Ok(Some(b"new".to_vec())));
}

#[tokio::test]
async fn a_key_that_another_process_replaced_is_read_again() {
    let fixture = Fixture::new();
    let vault = fixture.sealed(b"first").await;
    let other = fixture.vault();
    let lock = other.lock().await.unwrap();
    other.destroy(&lock).await.unwrap();
    other.seal(&lock, b"second").await.unwrap();
    assert_eq!(content(&vault).await, Ok(Some(b"second".to_vec())));
}

#[rstest]
#[case(VaultErrorKind::NoKeyring)]
#[case(VaultErrorKind::KeyringLocked)]
#[tokio::test]
async fn a_keyring_that_comes_back_is_used(#[case] fault: VaultErrorKind) {
    let fixture = Fixture::new();
    fixture.sealed(b"content").await;
    let vault = fixture.vault().rest_after_refusal(Duration::ZERO);
    *fixture.place.fault.lock().unwrap() = Some(fault);
    assert_eq!(content(&vault).await, Err(fault));
    assert_eq!(vault.prepare().await.map_err(|error| error.kind), Err(fault));
    *fixture.place.fault.lock().unwrap() = None;
    assert_eq!(content(&vault).await, Ok(Some(b"content".to_vec())));
}

/// Who said no to the keyring's question is not asked again by every look at the session; a sign-in asks.
#[tokio::test]
async fn a_keyring_that_stays_locked_is_left_alone_for_a_while() {
    let fixture = Fixture::new();
    fixture.sealed(b"content").await;
    let vault = fixture.vault();
    let loads = || fixture.place.loads.load(Ordering::SeqCst);
    let before = loads();
    *fixture.place.fault.lock().unwrap() = Some(VaultErrorKind::KeyringLocked);
    for _ in 0..20 {
        assert_eq!(content(&vault).await, Err(VaultErrorKind::KeyringLocked));
    }
    assert_eq!(loads(), before + 1);
    assert_eq!(vault.prepare().await.map_err(|error| error.kind), Err(VaultErrorKind::KeyringLocked));
    assert_eq!(loads(), before + 2);

    *fixture.place.fault.lock().unwrap() = None;
    assert_eq!(content(&vault).await, Err(VaultErrorKind::KeyringLocked));
    vault.prepare().await.unwrap();
    assert_eq!(content(&vault).await, Ok(Some(b"content".to_vec())));
}

/// A question that is answered after its time limit counts, whatever the answer.
#[tokio::test]
async fn a_late_no_counts() {
    let fixture = Fixture::new();
    fixture.sealed(b"content").await;
    let vault = fixture.vault().key_limits(Duration::from_millis(20), Duration::from_secs(60));
    let (answer, gate) = mpsc::channel();
    *fixture.place.gate.lock().unwrap() = Some(gate);
    *fixture.place.fault.lock().unwrap() = Some(VaultErrorKind::KeyringLocked);
    assert_eq!(content(&vault).await, Err(VaultErrorKind::KeyringLocked));
    let asked = fixture.place.loads.load(Ordering::SeqCst);
    answer.send(()).unwrap();
    drop(vault.place_turn.lock().await);
    for _ in 0..5 {
        assert_eq!(content(&vault).await, Err(VaultErrorKind::KeyringLocked));
    }
    assert_eq!(fixture.place.loads.load(Ordering::SeqCst), asked);
}

#[tokio::test]
async fn a_silent_keyring_has_a_time_limit_and_one_prompt() {
    let fixture = Fixture::new();
    fixture.sealed(b"content").await;
    let vault = fixture.vault().key_limits(Duration::from_millis(20), Duration::from_millis(20));
    let before = fixture.place.loads.load(Ordering::SeqCst);
    let (answer, gate) = mpsc::channel();
    *fixture.place.gate.lock().unwrap() = Some(gate);
    assert_eq!(content(&vault).await, Err(VaultErrorKind::KeyringLocked));
    assert_eq!(content(&vault).await, Err(VaultErrorKind::KeyringLocked));
    assert_eq!(fixture.place.loads.load(Ordering::SeqCst), before + 1);
    answer.send(()).unwrap();
    let vault = vault.key_limits(Duration::from_secs(60), Duration::from_secs(60));
    assert_eq!(content(&vault).await, Ok(Some(b"content".to_vec())));
}

#[tokio::test]
async fn a_strangers_file_is_set_aside_and_never_deleted() {
    let fixture = Fixture::new();
    let path = fixture.path();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, br#"{"AccessToken":{}}"#).unwrap();
    let vault = fixture.vault();
    assert_eq!(content(&vault).await, Err(VaultErrorKind::Stranger));
    let lock = vault.lock().await.unwrap();
    vault.destroy(&lock).await.unwrap();
    assert!(path.exists());
    vault.seal(&lock, b"ours").await.unwrap();
    assert_eq!(content(&vault).await, Ok(Some(b"ours".to_vec())));
    let aside = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains(".token_cache.bak-"))
        .unwrap();
    assert_eq!(fs::read(aside).unwrap(), br#"{"AccessToken":{}}"#);
}

#[tokio::test]
async fn two_directories_have_two_keys() {
    let place = Arc::new(Memory::default());
    let directory = TempDir::new().unwrap();
    for name in ["a", "b"] {
        let path = directory.path().join(name).join("token");
        seal(&TokenVault::with_key_place(path, Arc::<Memory>::clone(&place)), name.as_bytes()).await;
    }
    assert_eq!(place.keys.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_moved_file_finds_its_key() {
    let fixture = Fixture::new();
    fixture.sealed(b"content").await;
    let moved = fixture.directory.path().join("moved");
    fs::rename(fixture.path().parent().unwrap(), &moved).unwrap();
    let vault = TokenVault::with_key_place(moved.join(".token_cache"), Arc::<Memory>::clone(&fixture.place));
    assert_eq!(content(&vault).await, Ok(Some(b"content".to_vec())));
}

#[tokio::test]
async fn a_lock_has_a_time_limit_and_is_given_back() {
    let fixture = Fixture::new();
    let one = fixture.vault();
    let other = fixture.vault().lock_limit(Duration::from_millis(30));
    let held = one.lock().await.unwrap();
    assert_eq!(other.lock().await.unwrap_err().kind, VaultErrorKind::Busy);
    drop(held);
    assert!(other.lock().await.is_ok());
}

#[tokio::test]
async fn a_leftover_of_a_killed_process_does_no_harm() {
    let fixture = Fixture::new();
    let vault = fixture.sealed(b"old").await;
    fs::write(files::beside(&fixture.path(), ".tmp"), b"half").unwrap();
    assert_eq!(content(&vault).await, Ok(Some(b"old".to_vec())));
    seal(&vault, b"new").await;
    assert_eq!(content(&vault).await, Ok(Some(b"new".to_vec())));
    assert!(!files::beside(&fixture.path(), ".tmp").exists());
}

#[tokio::test]
async fn destroyed_means_no_file_and_no_key() {
    let fixture = Fixture::new();
    let vault = fixture.sealed(b"content").await;
    let lock = vault.lock().await.unwrap();
    vault.destroy(&lock).await.unwrap();
    assert_eq!(content(&vault).await, Ok(None));
    assert!(fixture.place.keys.lock().unwrap().is_empty());
    vault.destroy(&lock).await.unwrap();
}

#[tokio::test]
async fn a_keyring_that_is_gone_does_not_keep_the_file() {
    let fixture = Fixture::new();
    let vault = fixture.sealed(b"content").await;
    *fixture.place.fault.lock().unwrap() = Some(VaultErrorKind::NoKeyring);
    let lock = vault.lock().await.unwrap();
    vault.destroy(&lock).await.unwrap();
    assert!(!fixture.path().exists());
}

mod with_a_key_file {
    use super::*;

    fn vault(directory: &TempDir) -> TokenVault {
        TokenVault::new(directory.path().join("new").join("token"), SecretStore::File)
    }

    #[tokio::test]
    async fn it_is_there_for_the_next_process_and_goes_with_the_session() {
        let directory = TempDir::new().unwrap();
        seal(&vault(&directory), b"content").await;
        assert_eq!(content(&vault(&directory)).await, Ok(Some(b"content".to_vec())));
        let lock = vault(&directory).lock().await.unwrap();
        vault(&directory).destroy(&lock).await.unwrap();
        assert!(!directory.path().join("new").join("token.key").exists());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_the_owner_can_read_anything() {
        use std::os::unix::fs::PermissionsExt;
        let directory = TempDir::new().unwrap();
        seal(&vault(&directory), b"content").await;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let new = directory.path().join("new");
        assert_eq!(mode(&new), 0o700);
        let files: Vec<PathBuf> = fs::read_dir(new).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 3);
        for file in files {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }

    #[tokio::test]
    async fn a_damaged_key_file_is_a_lost_key() {
        let directory = TempDir::new().unwrap();
        seal(&vault(&directory), b"content").await;
        let path = directory.path().join("new").join("token.key");
        let key = fs::read(&path).unwrap();
        fs::write(&path, &key[..key.len() - 1]).unwrap();
        assert_eq!(content(&vault(&directory)).await, Err(VaultErrorKind::KeyLost));
    }
}
