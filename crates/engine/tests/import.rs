//! Taking over a `.env` file: what becomes of each key, and that it is all or nothing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use hunter_engine::{
    Engine, ErrorCode, Import, ImportOutcome, Language, Launch, Policy, Setting, SettingSource,
};
use rstest::rstest;
use tempfile::TempDir;

struct World {
    folder: TempDir,
    launch: Launch,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let variables = [("HUNTER_LANG".to_owned(), "en".to_owned())].into();
        let launch = Launch { data_dir: Some(folder.path().join("data")), variables, ..Launch::default() };
        Self { folder, launch }
    }

    fn engine(&self) -> Engine {
        Engine::open(self.launch.clone()).unwrap()
    }

    fn env(&self, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(".env");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn import(&self, text: &str) -> Import {
        self.engine().import_settings(&self.env(text), false).unwrap()
    }

    /// The settings file, if there is one.
    fn file(&self) -> Option<String> {
        std::fs::read_to_string(self.launch.data_dir.as_ref().unwrap().join("settings.toml")).ok()
    }

    fn value(&self, setting: Setting) -> Option<String> {
        let settings = self.engine().settings().unwrap();
        let view = settings.view(setting);
        (view.source != SettingSource::Default).then(|| view.value.clone()).flatten()
    }
}

const TOP: &str = "HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP";

/// The ways in which people and tools write a line of such a file.
#[rstest]
#[case("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP=70\n")]
#[case("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP=70")]
#[case("  HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP = 70  \n")]
#[case("export HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP=70\n")]
#[case("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP=\"70\"\n")]
#[case("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP='70'\n")]
#[case("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP=70 # a page\n")]
#[case("# first\r\n\r\nHUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP=70\r\n")]
#[case("\u{feff}HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP=70\n")]
#[case("HUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP=60\nHUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_TOP=70\n")]
fn ways_to_write_it(#[case] text: &str) {
    let world = World::new();
    let import = world.import(text);
    assert!(import.written);
    assert_eq!(world.value(Setting::PageSize).as_deref(), Some("70"));
    assert_eq!(world.file().unwrap(), "[partner_center]\npage_size = 70\n");
}

#[rstest]
#[case("HUNTER_PARTNER_CENTER_CLIENT_SECRET=s3cr3t", ImportOutcome::Ignored, "Rotate")]
#[case("HUNTER_DATA_DIR=/srv", ImportOutcome::Ignored, "--data-dir")]
#[case("HUNTER_COLOUR=blue", ImportOutcome::Ignored, "no such setting")]
#[case("DATABASE_URL=postgres://x", ImportOutcome::Ignored, "not Hunter's")]
#[case("HUNTER_LOG=", ImportOutcome::Ignored, "empty")]
#[case("HUNTER_LOG=' '", ImportOutcome::Ignored, "empty")]
#[case("HUNTER_LOG=hyper=trace", ImportOutcome::Refused, "HUNTER_LOG has the value")]
#[case("HUNTER_PARTNER_CENTER_ENABLED=maybe", ImportOutcome::Refused, "true or false")]
#[case("HUNTER_PARTNER_CENTER_SYNC_INTERVAL=5", ImportOutcome::Refused, "30")]
#[case("HUNTER_PARTNER_CENTER_API_URL=http://api.partner.microsoft.com", ImportOutcome::Refused, "https://")]
#[case("HUNTER_SECRET_STORE=\"file\nrm\"", ImportOutcome::Refused, "keyring, file")]
fn what_becomes_of_a_key(#[case] line: &str, #[case] outcome: ImportOutcome, #[case] reason: &str) {
    let world = World::new();
    let path = world.env(format!("HUNTER_LANG=tr\n{line}\n"));
    let dry = world.engine().import_settings(&path, true).unwrap();
    let key = &dry.keys[1];
    assert_eq!(key.outcome, outcome, "{key:?}");
    assert!(key.reason.as_ref().unwrap().contains(reason) && key.value.is_none(), "{key:?}");
    assert!(!dry.written && world.file().is_none(), "a dry run changes nothing");

    let real = world.engine().import_settings(&path, false);
    if outcome == ImportOutcome::Ignored {
        assert!(real.unwrap().written);
        assert_eq!(world.file().unwrap(), "language = \"tr\"\n");
    } else {
        let refused = real.unwrap_err();
        assert_eq!((refused.code(), refused.code().exit_code()), (ErrorCode::ImportRefused, 2));
        let message = refused.body(Language::En).message;
        assert!(message.contains(&key.name) && message.contains(reason), "{message}");
        assert_eq!(world.file(), None, "all or nothing");
    }
}

#[test]
fn a_client_secret_is_never_taken_over_or_repeated() {
    let world = World::new();
    let import = world.import("HUNTER_PARTNER_CENTER_CLIENT_SECRET=s3cr3t-of-the-app\nHUNTER_LOG=debug\n");
    assert!(import.warnings.iter().any(|warning| warning.contains("rotate")), "{import:?}");
    assert!(!format!("{import:?}").contains("s3cr3t"));
    assert_eq!(world.file().unwrap(), "log = \"debug\"\n");
}

#[rstest]
#[case("HUNTER_PARTNER_CENTER_BASE_URL", "https://api.example.com", Setting::ApiUrl)]
#[case("HUNTER_PARTNER_CENTER_POLL_INTERVAL_SECONDS", "90", Setting::SyncInterval)]
fn old_names(#[case] old: &str, #[case] value: &str, #[case] setting: Setting) {
    let world = World::new();
    let import = world.import(&format!("{old}={value}\n"));
    assert_eq!(world.value(setting).as_deref(), Some(value));
    assert!(import.warnings[0].contains(old) && import.warnings[0].contains(setting.spec().variable));

    let both = World::new();
    let newer = if setting == Setting::SyncInterval { "45" } else { "https://new.example.com" };
    let import = both.import(&format!("{}={newer}\n{old}={value}\n", setting.spec().variable));
    assert_eq!(both.value(setting).as_deref(), Some(newer));
    assert_eq!(import.keys[1].outcome, ImportOutcome::Ignored);
}

#[test]
fn values_are_kept_as_they_are_kept_everywhere() {
    let world = World::new();
    world.import(
        "HUNTER_PARTNER_CENTER_ENABLED=YES\nHUNTER_PARTNER_CENTER_REFERRAL_DEFAULT_STATUS=closed\n\
         HUNTER_PARTNER_CENTER_API_URL=https://api.partner.microsoft.com/v1.0/engagements/referrals\n",
    );
    let expected = "[partner_center]\nenabled = true\nreferral_status = \"Closed\"\n\
                    api_url = \"https://api.partner.microsoft.com\"\n";
    assert_eq!(world.file().unwrap(), expected);
}

/// What a person has written stays; what the environment decides is written all the same, for later.
#[test]
fn other_values_and_comments_stay() {
    let mut world = World::new();
    let engine = world.engine();
    std::fs::write(engine.data_dir().join("settings.toml"), "# mine\nlog = \"warn\"\n").unwrap();
    world.launch.variables.insert(TOP.to_owned(), "10".to_owned());
    world.import(&format!("{TOP}=70\n"));
    assert_eq!(world.file().unwrap(), "# mine\nlog = \"warn\"\n\n[partner_center]\npage_size = 70\n");
    assert_eq!(world.value(Setting::PageSize).as_deref(), Some("10"));
}

#[test]
fn what_a_policy_decides_is_left_out() {
    let mut world = World::new();
    let policy = world.folder.path().join("policy.toml");
    std::fs::write(&policy, "[partner_center]\npage_size = 50\n").unwrap();
    world.launch.policy = Policy::File(policy);
    let import = world.import(&format!("{TOP}=70\nHUNTER_LOG=debug\n"));
    assert_eq!(import.keys[0].outcome, ImportOutcome::Ignored);
    assert!(import.keys[0].reason.as_ref().unwrap().contains("administrator"));
    assert_eq!(world.file().unwrap(), "log = \"debug\"\n");
}

/// A line that cannot be read is named by its number, as its text may be a secret.
#[rstest]
#[case("HUNTER_LOG=debug\nthis is no line\n", "2")]
#[case("HUNTER_LOG=debug\nHUNTER_LANG=tr en\n", "2")]
#[case("=value\n", "1")]
#[case("HUNTER_LOG=debug\n\nHUNTER_LANG='tr\n", "3")]
#[case("HUNTER_LOG=debug\nHUNTER LANG=tr\n", "2")]
fn lines_that_cannot_be_read(#[case] text: &str, #[case] number: &str) {
    let world = World::new();
    let path = world.env(text);
    let dry = world.engine().import_settings(&path, true).unwrap();
    let refused: Vec<_> = dry.refused().map(|key| key.name.as_str()).collect();
    assert_eq!(refused, [number], "{dry:?}");
    let refused = world.engine().import_settings(&path, false).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ImportRefused);
    assert_eq!(world.file(), None);
}

#[test]
fn files_that_are_none() {
    let world = World::new();
    let engine = world.engine();
    let cases: [&[u8]; 4] =
        [b"HUNTER_LOG=\xff\xfe\n", b"HUNTER_LOG=debug\0\n", &[b'#'; 1024 * 1024 + 1], b"\xff\xfeH\0U\0"];
    for bytes in cases {
        let refused = engine.import_settings(&world.env(bytes), false).unwrap_err();
        assert_eq!((refused.code(), refused.code().exit_code()), (ErrorCode::ImportFile, 2));
        assert!(!refused.body(Language::En).message.contains("%{"));
    }
    for path in [world.folder.path().to_owned(), world.folder.path().join("none.env")] {
        assert_eq!(engine.import_settings(&path, true).unwrap_err().code(), ErrorCode::ImportFile);
    }
    assert_eq!(world.file(), None);
}

#[rstest]
#[case("")]
#[case("# nothing\n")]
#[case("PATH=/bin\n")]
fn nothing_to_take_over(#[case] text: &str) {
    let world = World::new();
    assert!(world.import(text).written);
    assert_eq!(world.file(), None);
}
