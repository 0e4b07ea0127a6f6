//! An administrator's policy: what it sets, what it locks, and that nothing starts on half of one.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use hunter_engine::{Engine, ErrorCode, Language, Launch, Policy, Setting, SettingSource, Settings};
use rstest::rstest;
use tempfile::TempDir;

struct World {
    folder: TempDir,
    launch: Launch,
}

impl World {
    fn under(policy: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.toml");
        std::fs::write(&path, policy).unwrap();
        let data_dir = Some(folder.path().join("data"));
        let launch = Launch { data_dir, policy: Policy::File(path), ..Launch::default() };
        Self { folder, launch }
    }

    fn data_dir(&self) -> &Path {
        self.launch.data_dir.as_deref().unwrap()
    }

    fn file(&self, text: &str) {
        std::fs::create_dir_all(self.data_dir()).unwrap();
        std::fs::write(self.data_dir().join("settings.toml"), text).unwrap();
    }

    fn settings(&self) -> Settings {
        Settings::load(&self.launch).unwrap()
    }

    fn warnings(&self) -> Vec<String> {
        self.settings().warnings.iter().map(|warning| warning.text(Language::En)).collect()
    }
}

const FIFTY: &str = "[partner_center]\npage_size = 50\n";

#[derive(Debug, Clone, Copy)]
enum Below {
    Nothing,
    Flag,
    Variable,
    OldVariable,
    File,
}

/// The policy decides, whoever else has something to say, and who is not heard is told so.
#[rstest]
#[case(Below::Nothing, "", None)]
#[case(Below::Flag, "70", Some("partner_center.sync_interval has no effect"))]
#[case(Below::Variable, "70", Some("HUNTER_PARTNER_CENTER_SYNC_INTERVAL has no effect"))]
#[case(Below::OldVariable, "70", Some("HUNTER_PARTNER_CENTER_POLL_INTERVAL_SECONDS has no effect"))]
#[case(Below::File, "70", Some("partner_center.sync_interval (settings.toml) has no effect"))]
#[case(Below::Variable, "900", None)]
#[case(Below::Variable, " ", None)]
#[case(Below::Variable, "nonsense", Some("HUNTER_PARTNER_CENTER_SYNC_INTERVAL has no effect"))]
#[case(Below::File, "\"nonsense\"", Some("(settings.toml) has no effect"))]
fn it_outranks_everything(#[case] below: Below, #[case] value: &str, #[case] warning: Option<&str>) {
    let mut world = World::under("[partner_center]\nsync_interval = 900\n");
    let variable = |name: &str| (name.to_owned(), value.to_owned());
    match below {
        Below::Nothing => {}
        Below::Flag => drop(world.launch.flags.insert(Setting::SyncInterval, value.to_owned())),
        Below::Variable => {
            world.launch.variables.extend([variable("HUNTER_PARTNER_CENTER_SYNC_INTERVAL")]);
        }
        Below::OldVariable => {
            world.launch.variables.extend([variable("HUNTER_PARTNER_CENTER_POLL_INTERVAL_SECONDS")]);
        }
        Below::File => world.file(&format!("[partner_center]\nsync_interval = {value}\n")),
    }
    let settings = world.settings();
    let view = settings.view(Setting::SyncInterval);
    assert_eq!(view.value.as_deref(), Some("900"));
    assert_eq!((view.source, view.locked), (SettingSource::Policy, true));
    assert_eq!(settings.sync_interval.as_secs(), 900);
    let told = world.warnings();
    let about_it: Vec<_> = told.iter().filter(|told| told.contains("administrator")).collect();
    assert_eq!(about_it.len(), usize::from(warning.is_some()), "{told:?}");
    assert!(warning.is_none_or(|warning| about_it[0].contains(warning)), "{told:?}");
}

#[test]
fn what_it_leaves_open_stays_open() {
    let mut world = World::under(FIFTY);
    world.launch.variables.insert("HUNTER_LANG".to_owned(), "tr".to_owned());
    let settings = world.settings();
    assert_eq!(settings.view(Setting::Language).source, SettingSource::Environment);
    let view = settings.view(Setting::Direction);
    assert_eq!((view.source, view.locked), (SettingSource::Default, false));
    settings.set(Setting::Direction, "All").unwrap();
    assert_eq!(world.settings().view(Setting::Direction).source, SettingSource::File);
}

#[rstest]
#[case(Some("60"))]
#[case(Some("50"))]
#[case(Some("nonsense"))]
#[case(Some(""))]
#[case(None)]
fn what_it_sets_cannot_be_changed(#[case] value: Option<&str>) {
    let world = World::under(FIFTY);
    world.file("# mine\n");
    let engine = Engine::open(world.launch.clone()).unwrap();
    let refused = engine.change_setting(Setting::PageSize, value).unwrap_err();
    assert_eq!((refused.code(), refused.code().exit_code()), (ErrorCode::SettingManaged, 2));
    for (language, word) in [(Language::En, "administrator"), (Language::Tr, "yöneticiniz")] {
        let body = refused.body(language);
        assert!(body.message.contains("partner_center.page_size") && body.message.contains(word), "{body:?}");
    }
    assert_eq!(std::fs::read_to_string(world.data_dir().join("settings.toml")).unwrap(), "# mine\n");
}

#[rstest]
#[case("colour = \"blue\"\n", "colour")]
#[case("[partner_center]\npage_size = 50\nodd = 1\n", "partner_center.odd")]
#[case("[odd]\nkey = 1\n", "odd.key")]
fn unknown_keys_are_told(#[case] policy: &str, #[case] key: &str) {
    let world = World::under(policy);
    let told = world.warnings();
    assert!(told.iter().any(|told| told.contains("policy.toml") && told.contains(key)), "{told:?}");
}

#[rstest]
#[case("")]
#[case("[partner_center]\nclient_id = \"\"\n")]
fn an_empty_value_counts_as_not_set(#[case] policy: &str) {
    let world = World::under(policy);
    assert_eq!(world.settings().view(Setting::ClientId).source, SettingSource::Default);
    assert_eq!(world.warnings(), [""; 0]);
}

#[test]
fn there_may_be_no_policy() {
    let mut world = World::under("");
    world.launch.policy = Policy::File(world.folder.path().join("none/policy.toml"));
    assert!(world.settings().views().iter().all(|view| view.source == SettingSource::Default));
}

/// Nothing starts on half of a policy; the message names the file and what is wrong in it.
#[rstest]
#[case("language = ", ErrorCode::PolicyFile, "line 1")]
#[case("language = \"tr\"\nlanguage = \"en\"\n", ErrorCode::PolicyFile, "line 2")]
#[case("partner_center = 5\n", ErrorCode::PolicyFile, "partner_center")]
#[case("[[partner_center]]\nenabled = true\n", ErrorCode::PolicyFile, "partner_center")]
#[case("[partner_center]\nenabled = \"perhaps\"\n", ErrorCode::InvalidSetting, "partner_center.enabled")]
#[case("[partner_center]\nsync_interval = 5\n", ErrorCode::InvalidSetting, "partner_center.sync_interval")]
#[case("log = \"hyper=trace\"\n", ErrorCode::InvalidSetting, "log")]
fn half_a_policy_is_none(#[case] policy: &str, #[case] code: ErrorCode, #[case] word: &str) {
    let mut world = World::under(policy);
    world.launch.variables.insert("HUNTER_PARTNER_CENTER_ENABLED".to_owned(), "true".to_owned());
    let refused = Engine::open(world.launch.clone()).unwrap_err();
    assert_eq!((refused.code(), refused.code().exit_code()), (code, 2));
    let message = refused.body(Language::En).message;
    assert!(
        message.contains("policy.toml") && message.contains(word) && !message.contains("%{"),
        "{message}"
    );
    assert!(!world.data_dir().exists(), "nothing was started");
}

#[test]
fn a_policy_that_cannot_be_read_is_not_passed_over() {
    let mut world = World::under("");
    world.launch.policy = Policy::File(world.folder.path().to_owned());
    assert_eq!(Settings::load(&world.launch).unwrap_err().code(), ErrorCode::PolicyFile);
    let latin = world.folder.path().join("latin.toml");
    std::fs::write(&latin, b"language = \"t\xfcrk\"\n").unwrap();
    world.launch.policy = Policy::File(latin);
    assert_eq!(Settings::load(&world.launch).unwrap_err().code(), ErrorCode::PolicyFile);
}

/// Programs look where an administrator puts it, whatever their user has set.
#[test]
fn programs_are_under_the_policy_of_their_computer() {
    assert_eq!(Launch::from_process().policy, Policy::OfThisComputer);
}
