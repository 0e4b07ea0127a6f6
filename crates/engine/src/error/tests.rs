#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use rstest::rstest;
use std::collections::BTreeSet;

const LANGUAGES: [Language; 2] = [Language::En, Language::Tr];

/// Keys and placeholders of a catalogue, as `error.network.hint` and `error.not_found.message %{id}`.
fn catalogue(text: &str) -> BTreeSet<String> {
    let mut above: Vec<&str> = Vec::new();
    let mut found = BTreeSet::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let depth = (line.len() - line.trim_start().len()) / 2;
        let (name, value) = line.trim().split_once(':').unwrap();
        above.truncate(depth);
        above.push(name);
        let key = above.join(".");
        for piece in value.split("%{").skip(1) {
            found.insert(format!("{key} %{{{}}}", piece.split('}').next().unwrap()));
        }
        found.insert(key);
    }
    found
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_placeholders() {
    let english = catalogue(include_str!("../../locales/en.yml"));
    assert_eq!(english, catalogue(include_str!("../../locales/tr.yml")));
    let described: BTreeSet<&str> =
        english.iter().filter_map(|key| key.strip_prefix("error.")?.strip_suffix(".message")).collect();
    assert_eq!(described, ErrorCode::ALL.map(ErrorCode::as_str).into());
}

fn assert_sound(error: &HunterError) {
    for language in LANGUAGES {
        let body = error.body(language);
        let hint = body.hint.unwrap();
        assert_ne!(body.message, hint);
        for text in [body.message, hint] {
            assert!(text.len() > 8 && !text.contains("%{") && !text.contains("()"), "{text}");
        }
    }
}

/// A cause that comes from the ledger has lost its details; so may any that a run can end with.
#[test]
fn every_cause_of_a_run_can_be_said_without_details() {
    let needs_details = [
        "not_found",
        "run_not_found",
        "run_under_way",
        "invalid_setting",
        "invalid_filter",
        "note_too_long",
        "view_name",
        "no_address",
        "export_file",
        "company_not_found",
        "no_company_domain",
        "unknown_setting",
        "setting_locked",
        "setting_managed",
        "settings_file",
        "policy_file",
        "import_file",
        "import_refused",
        "not_configured",
        "wrong_api_host",
        "port_unusable",
        "listen_unsafe",
        "http_token_unusable",
        "backup_unusable",
        "checklist_item_unknown",
        "checklist_not_by_hand",
        "backup_not_found",
        "account_unknown",
    ];
    for code in ErrorCode::ALL.into_iter().filter(|code| !needs_details.contains(&code.as_str())) {
        assert_sound(&HunterError::new(code));
        assert_eq!(ErrorCode::parse(code.as_str()), Some(code));
    }
}

#[test]
fn what_storage_says() {
    let io = || io::Error::other("the disk is odd");
    for error in [
        StoreError::Io { what: "The file x".to_owned(), source: io() },
        StoreError::Full,
        StoreError::ReadOnly,
        StoreError::Busy,
        StoreError::Damaged("page 7".to_owned()),
        StoreError::NewerSchema { found: 9, known: 1 },
    ] {
        let error = HunterError::from(error);
        assert_eq!(error.code().exit_code(), 5);
        assert_sound(&error);
    }
    assert_sound(&HunterError::file(Path::new("x"))(io()));
    assert!(HunterError::file(Path::new("x"))(io()).to_string().ends_with("(x: the disk is odd)"));
}

#[rstest]
#[case(VaultErrorKind::NoKeyring, 5)]
#[case(VaultErrorKind::KeyringLocked, 5)]
#[case(VaultErrorKind::KeyringFailed, 5)]
#[case(VaultErrorKind::KeyLost, 3)]
#[case(VaultErrorKind::Tampered, 3)]
#[case(VaultErrorKind::Stranger, 3)]
#[case(VaultErrorKind::Busy, 5)]
#[case(VaultErrorKind::Io, 5)]
fn what_the_token_file_says(#[case] kind: VaultErrorKind, #[case] exit: u8) {
    let plain = VaultError::from(kind);
    let detailed = VaultError::new(kind, &io::Error::other("no answer"));
    for error in [plain, detailed] {
        for error in [HunterError::from(error.clone()), SignInError::from(error).into()] {
            assert_eq!(error.code().exit_code(), exit);
            assert_sound(&error);
        }
    }
}

#[rstest]
#[case(
    ApiErrorKind::Forbidden,
    "Microsoft does not let this account read referrals. Nothing that was stored is lost. (403 nope)",
    true
)]
#[case(
    ApiErrorKind::Unavailable,
    "Microsoft's service is not available right now. Nothing that was stored is lost. (403 nope)",
    false
)]
fn what_the_service_said_follows(
    #[case] kind: ApiErrorKind,
    #[case] message: &str,
    #[case] names_request: bool,
) {
    let mut error = ApiError::from(kind);
    error.status = Some(403);
    error.code = Some("nope".to_owned());
    error.request_id = Some("r-1".to_owned());
    let error = HunterError::from(error);
    assert_sound(&error);
    let body = error.body(Language::En);
    assert_eq!(body.message, message);
    assert_eq!(body.hint.unwrap().ends_with("Request id for Microsoft's support: r-1."), names_request);
}
