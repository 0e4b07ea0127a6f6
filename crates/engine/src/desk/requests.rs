//! Every request a page can make, declared once: hosts dispatch through it, and the page's types come from it.

use hunter_store::{
    Choices, CompanyCandidate, CompanyChange, CompanyDetails, CompanyRows, Erasure, Insights, ItemOutcome,
    ReferralRows, RunItems, Tiles,
};
use serde::Deserialize;
use serde_json::Value;
use ts_rs::{Config, TS};

use super::controller::{Desk, Host};
use super::view::{Leave, RunDetails, RunList, Saved, Snapshot};
use crate::backups::BackupView;
use crate::checklist::{Answer, Checklist, ChecklistResult, RollBack};
use crate::companies::CompanyQuery;
use crate::diagnostics::DiagnosticsFile;
use crate::error::{ErrorCode, HunterError};
use crate::export::ExportFormat;
use crate::inbox::{Reach, SavedView};
use crate::log_view::{LogFilter, LogPage};
use crate::referrals::{ReferralQuery, ReferralView};
use crate::settings::SettingView;

macro_rules! requests {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)+) => {
        /// The names of all requests.
        pub const REQUESTS: &[&str] = &[$(stringify!($name)),+];

        /// The arguments and answers of all requests, as a type of the page's language.
        pub fn request_types(config: &Config) -> String {
            let mut lines = Vec::new();
            $({
                let arguments: &[(&str, String)] = &[$((stringify!($argument), <$type as TS>::name(config))),*];
                lines.push(request_type(stringify!($name), arguments, &<$answer as TS>::name(config)));
            })+
            format!("export type Requests = {{\n{}}};\n", lines.concat())
        }

        pub(super) async fn dispatch<H: Host>(desk: &Desk<H>, name: &str, arguments: Value) -> Result<Value, HunterError> {
            match name {
                $(stringify!($name) => {
                    #[derive(Deserialize)]
                    struct Arguments { $($argument: $type),* }
                    let Arguments { $($argument),* } = read(name, arguments)?;
                    let answer = desk.$name($($argument),*).await?;
                    serde_json::to_value(answer)
                        .map_err(|error| HunterError::new(ErrorCode::Internal).with("detail", error))
                })+
                _ => Err(HunterError::new(ErrorCode::Internal).with("detail", format!("no request {name}"))),
            }
        }
    };
}

requests! {
    snapshot() -> Snapshot;
    list_referrals(query: ReferralQuery) -> ReferralRows;
    place_of_referral(id: String, query: ReferralQuery) -> Option<u32>;
    tiles() -> Tiles;
    choices() -> Choices;
    insights() -> Insights;
    show_referral(id: String) -> ReferralView;
    raw_referral(id: String) -> String;
    set_star(ids: Vec<String>, starred: bool) -> ();
    set_note(id: String, note: String) -> ();
    mark_seen(ids: Option<Vec<String>>) -> ();
    copy_referrals(ids: Vec<String>) -> ();
    export_referrals(query: ReferralQuery, ids: Option<Vec<String>>, format: ExportFormat) -> Saved;
    cancel_export() -> ();
    saved_views() -> Vec<SavedView>;
    save_view(name: String, query: ReferralQuery) -> Vec<SavedView>;
    remove_view(id: u32) -> Vec<SavedView>;
    reach(by: Reach, address: String) -> ();
    list_companies(query: CompanyQuery) -> CompanyRows;
    show_company(id: u32) -> CompanyDetails;
    scan_companies(ids: Option<Vec<u32>>) -> ();
    cancel_scan() -> ();
    company_candidates(id: String, search: Option<String>) -> Vec<CompanyCandidate>;
    link_referrals(ids: Vec<String>, company: Option<u32>, domain: Option<String>) -> ();
    unlink_referrals(ids: Vec<String>) -> ();
    merge_companies(into: u32, from: Vec<u32>) -> ();
    split_company(id: u32) -> ();
    set_company_note(id: u32, note: String) -> ();
    last_company_change() -> Option<CompanyChange>;
    undo_company_change() -> Option<CompanyChange>;
    sync_now() -> ();
    look_again() -> ();
    set_paused(paused: bool) -> ();
    list_runs(only_changes: bool, limit: u32, offset: u32) -> RunList;
    show_run(id: String) -> RunDetails;
    run_items(id: String, outcome: Option<ItemOutcome>, limit: u32, offset: u32) -> RunItems;
    focus_shown() -> ();
    answer_close(leave: Option<Leave>, remember: bool) -> ();
    sign_in() -> ();
    sign_in_in_browser() -> ();
    cancel_sign_in() -> ();
    open_sign_in_page() -> ();
    sign_out() -> ();
    explore_sample_data() -> ();
    leave_sample_data() -> ();
    answer_enable(enable: bool) -> ();
    settings() -> Vec<SettingView>;
    set_setting(key: String, value: String) -> Vec<SettingView>;
    unset_setting(key: String) -> Vec<SettingView>;
    logs(filter: LogFilter, before: Option<String>, limit: u32) -> LogPage;
    newer_logs(filter: LogFilter, after: String, limit: u32) -> LogPage;
    diagnostics_preview() -> Vec<DiagnosticsFile>;
    save_diagnostics() -> Saved;
    copy_text(text: String) -> ();
    open_in_partner_center(id: String) -> ();
    checklist() -> Checklist;
    run_checklist(phase: Option<String>) -> ();
    answer_checklist_item(id: String, answer: Answer, note: String) -> Checklist;
    checklist_history(id: String) -> Vec<ChecklistResult>;
    checklist_report() -> String;
    roll_back(to: RollBack) -> Checklist;
    backups() -> Vec<BackupView>;
    back_up_now() -> Vec<BackupView>;
    restore_backup(name: String) -> ();
    database_location() -> String;
    erase_data(older_than_days: Option<u32>) -> Erasure;
    dismiss_recovery() -> ();
}

fn read<T: for<'de> Deserialize<'de>>(name: &str, arguments: Value) -> Result<T, HunterError> {
    let arguments = if arguments.is_null() { Value::Object(serde_json::Map::new()) } else { arguments };
    serde_json::from_value(arguments)
        .map_err(|error| HunterError::new(ErrorCode::Internal).with("detail", format!("{name}: {error}")))
}

fn request_type(name: &str, arguments: &[(&str, String)], answer: &str) -> String {
    let fields: Vec<String> = arguments.iter().map(|(name, kind)| format!("{name}: {kind}")).collect();
    let arguments = if fields.is_empty() {
        "Record<string, never>".to_owned()
    } else {
        format!("{{ {} }}", fields.join("; "))
    };
    format!("  {name}: {{ args: {arguments}; answer: {answer} }};\n")
}
