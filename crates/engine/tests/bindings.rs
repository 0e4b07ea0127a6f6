//! The page's types are those of the engine: the committed file is what the engine would write.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;
use std::path::Path;

use hunter_engine::desk::{
    Desktop, Focus, Leave, PageEvent, RunDetails, RunList, RunView, Saved, SignInState, Snapshot,
    SyncProgress, SyncView, Topic, request_types,
};
use hunter_engine::{
    Amount, Answer, BackupCause, BackupView, ChangeKind, Checklist, ChecklistItem, ChecklistResult,
    ChecklistSummary, Choice, Choices, CompanyCandidate, CompanyChange, CompanyDetails, CompanyLink,
    CompanyQuery, CompanyRow, CompanyRows, Contact, Counts, DiagnosticsFile, Environment, Erasure, ErrorBody,
    ExportFormat, ExportProgress, FailedRequest, Fix, FixAction, How, Insights, ItemState, Language,
    LogFilter, LogLevel, LogLine, LogPage, MergedCompany, MonthOfAnswers, MonthOfClosed, MonthOfKind, Phase,
    PhaseStatus, Profile, ProfileKind, Reach, ReferralItem, ReferralQuery, ReferralRow, ReferralRows,
    ReferralView, RetryHint, RollBack, RunItem, RunItems, RunStatus, SavedView, ScanProgress, ScoreOnRecord,
    SettingInput, SettingSource, SettingView, Side, StageSum, Summary, SyncState, Tiles, Unseen, Verdict,
};
use hunter_referral::{
    Address, Answer as DnsAnswer, Details, Dmarc, DmarcPolicy, FieldChange, Kind, LinkStatus, Part,
    ProviderId, ReasonId, Segment, Signals, Spf, TenantEvidence, TenantHint,
};
use hunter_store::{HistoryEntry, ItemOutcome, Mode, RunFailure};
use ts_rs::{Config, TS};

const HEAD: &str = "// Written by `cargo xtask bindings` from the engine's types.\n\n";

macro_rules! declarations {
    ($config:expr, $($kind:ty),+ $(,)?) => {
        [$(format!("export {}\n\n", <$kind as TS>::decl($config))),+].concat()
    };
}

#[test]
fn the_page_has_the_engines_types() {
    let config = Config::default();
    let mut text = HEAD.to_owned();
    text += &declarations!(
        &config,
        Kind,
        LinkStatus,
        ReferralItem,
        Segment,
        ProviderId,
        ReasonId,
        Part,
        DnsAnswer<String>,
        Spf,
        DmarcPolicy,
        Dmarc,
        TenantEvidence,
        TenantHint,
        Signals,
        CompanyLink,
        CompanyRow,
        CompanyRows,
        CompanyQuery,
        ScoreOnRecord,
        MergedCompany,
        CompanyDetails,
        CompanyCandidate,
        ChangeKind,
        CompanyChange,
        ScanProgress,
        Unseen,
        ReferralRow,
        ReferralRows,
        ReferralQuery,
        Amount,
        Tiles,
        Choice,
        Choices,
        SavedView,
        ExportFormat,
        ExportProgress,
        StageSum,
        MonthOfKind,
        MonthOfClosed,
        MonthOfAnswers,
        Insights,
        Reach,
        Side,
        Contact,
        Address,
        Details,
        FieldChange,
        ItemOutcome,
        HistoryEntry,
        ReferralView,
        RunStatus,
        Mode,
        RunFailure,
        Summary,
        RunItem,
        RunItems,
        FailedRequest,
        RunView,
        RunList,
        RunDetails,
        RetryHint,
        ErrorBody,
        ProfileKind,
        Profile,
        Counts,
        SyncProgress,
        SyncState,
        SyncView,
        Focus,
        Leave,
        Desktop,
        SignInState,
        Language,
        Environment,
        Verdict,
        ChecklistSummary,
        Snapshot,
        SettingSource,
        SettingInput,
        SettingView,
        PhaseStatus,
        How,
        ItemState,
        RollBack,
        FixAction,
        Fix,
        ChecklistItem,
        Phase,
        Checklist,
        Answer,
        ChecklistResult,
        LogLevel,
        LogFilter,
        LogLine,
        LogPage,
        DiagnosticsFile,
        Saved,
        Topic,
        PageEvent,
        BackupCause,
        BackupView,
        Erasure,
    );
    writeln!(text, "/** Every request the page can make: its arguments and its answer. */").unwrap();
    text += &request_types(&config);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/api/bindings.ts");
    if std::env::var_os("HUNTER_WRITE_BINDINGS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "the page's types are not the engine's: run `cargo xtask bindings`");
}
