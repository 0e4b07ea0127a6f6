//! Hunter's icon in the tray: what it shows, and the ways to show it.

mod icon;
#[cfg_attr(target_os = "linux", path = "tray/status_notifier.rs")]
#[cfg_attr(not(target_os = "linux"), path = "tray/native.rs")]
mod platform;

use hunter_engine::desk::{Focus, Snapshot, SyncView};
use hunter_engine::{Language, SyncState};
use jiff::{Timestamp, Zoned};

pub use icon::Mark;
pub use platform::Tray;

use crate::text::{filled, text};

/// What a click in the tray asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The window, and what it shows first.
    Open(Option<Focus>),
    /// A sync.
    SyncNow,
    /// That background syncing stops, or goes on.
    Pause(bool),
    /// The end of the program.
    Quit,
}

/// A line of the tray's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A line between others.
    Separator,
    /// A text; without an act it cannot be clicked.
    Item { label: String, act: Option<Act> },
    /// A text that is ticked or not.
    Check { label: String, checked: bool, act: Act },
}

/// What the tray shows of a snapshot, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayView {
    pub mark: Mark,
    /// How syncing is, and what waits, in a line each.
    pub tooltip: String,
    pub menu: Vec<Entry>,
}

impl TrayView {
    /// The view of a snapshot at a time, in the snapshot's language.
    pub fn of(snapshot: &Snapshot, now: &Zoned) -> Self {
        let language = snapshot.language;
        let state = state(language, &snapshot.sync, now);
        let waiting: Vec<_> = [
            ("new", snapshot.counts.new, Focus::New),
            ("expiring", snapshot.counts.expiring, Focus::Expiring),
        ]
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(key, count, focus)| (filled(language, key, &[("count", &count)]), focus))
        .collect();
        let item = |key, act| Entry::Item { label: text(language, key), act };
        let can_sync =
            !matches!(snapshot.sync.state, SyncState::Syncing | SyncState::NeedsSignIn | SyncState::Off);
        let mut menu = vec![
            item("open", Some(Act::Open(None))),
            item("sync_now", can_sync.then_some(Act::SyncNow)),
            Entry::Item { label: state.clone(), act: None },
            Entry::Separator,
        ];
        menu.extend(waiting.iter().map(|(label, focus)| Entry::Item {
            label: label.clone(),
            act: Some(Act::Open(Some(focus.clone()))),
        }));
        if !waiting.is_empty() {
            menu.push(Entry::Separator);
        }
        let paused = snapshot.sync.paused;
        menu.push(Entry::Check { label: text(language, "pause"), checked: paused, act: Act::Pause(!paused) });
        menu.push(item("quit", Some(Act::Quit)));
        let counts: Vec<_> = waiting.iter().map(|(label, _)| label.as_str()).collect();
        let tooltip = if counts.is_empty() { state } else { format!("{state}\n{}", counts.join(" · ")) };
        Self { mark: mark(snapshot), tooltip, menu }
    }
}

fn mark(snapshot: &Snapshot) -> Mark {
    let waits = snapshot.counts.new > 0 || snapshot.counts.expiring > 0;
    match snapshot.sync.state {
        SyncState::Syncing => Mark::Syncing,
        SyncState::Offline => Mark::Offline,
        SyncState::NeedsSignIn => Mark::Attention,
        SyncState::Idle | SyncState::Throttled | SyncState::Paused | SyncState::Off if waits => {
            Mark::Attention
        }
        SyncState::Idle | SyncState::Throttled | SyncState::Paused | SyncState::Off => Mark::Idle,
    }
}

fn state(language: Language, sync: &SyncView, now: &Zoned) -> String {
    let since = |with_time, without_time, time: Option<Timestamp>| match time {
        Some(time) => filled(language, with_time, &[("time", &clock(language, time, now))]),
        None => text(language, without_time),
    };
    match sync.state {
        SyncState::Syncing => text(language, "syncing"),
        SyncState::Idle if sync.problem.is_some() => since("failed", "failed_empty", sync.last_success_at),
        SyncState::Idle => since("synced", "never", sync.last_success_at),
        SyncState::Offline => since("offline", "offline_empty", sync.last_success_at),
        SyncState::Throttled => since("throttled", "throttled_empty", sync.throttled_until),
        SyncState::NeedsSignIn => text(language, "sign_in_again"),
        SyncState::Paused => text(language, "paused"),
        SyncState::Off => text(language, "off"),
    }
}

/// A time of the day that stays right while nothing draws the menu anew; with its date on other days.
fn clock(language: Language, time: Timestamp, now: &Zoned) -> String {
    let time = time.to_zoned(now.time_zone().clone());
    let clock = time.strftime("%H:%M").to_string();
    if time.date() == now.date() {
        return clock;
    }
    let months = text(language, "months");
    let month = months.split(' ').nth(usize::from(time.month().unsigned_abs()).saturating_sub(1));
    filled(language, "date", &[("day", &time.day()), ("month", &month.unwrap_or_default()), ("time", &clock)])
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use hunter_engine::desk::SignInState;
    use hunter_engine::{
        ChecklistSummary, Counts, Environment, ErrorBody, ErrorCode, HunterError, Profile, ProfileKind,
        Verdict,
    };
    use rstest::rstest;

    use super::*;

    const NOW: &str = "2026-11-25T15:00:00+03:00[Europe/Istanbul]";
    const TODAY: &str = "2026-11-25T11:32:00Z";
    const ON_SUNDAY: &str = "2026-11-22T06:05:00Z";

    fn snapshot(state: SyncState, last_success_at: Option<&str>) -> Snapshot {
        Snapshot {
            version: String::new(),
            environment: Environment::Prod,
            profile: Profile { id: String::new(), kind: ProfileKind::Account, account: None, name: None },
            enabled: true,
            enabled_locked: false,
            configured: true,
            signed_in: true,
            needs_sign_in: false,
            account: None,
            ask_to_enable: false,
            sync: SyncView {
                state,
                throttled_until: None,
                paused: false,
                running: None,
                last: None,
                last_success_at: last_success_at.map(|time| time.parse().unwrap()),
                next_at: None,
                problem: None,
            },
            sign_in: SignInState::Idle,
            counts: Counts { open: 0, new: 0, expiring: 0, active: 0, closed: 0, all: 0 },
            recovered: None,
            checklist: ChecklistSummary { verdict: Verdict::NoGo, blocking: 0 },
            language: Language::En,
            default_status: String::new(),
            focus: None,
            asks_on_close: false,
            desktop: None,
            exporting: None,
            scanning: None,
            enrichment: false,
            warnings: vec![],
        }
    }

    fn view(snapshot: &Snapshot) -> TrayView {
        TrayView::of(snapshot, &NOW.parse().unwrap())
    }

    fn labels(view: &TrayView) -> Vec<&str> {
        let label = |entry| match entry {
            &Entry::Separator => "-",
            Entry::Item { label, .. } | Entry::Check { label, .. } => label.as_str(),
        };
        view.menu.iter().map(label).collect()
    }

    fn problem() -> ErrorBody {
        HunterError::new(ErrorCode::Internal).body(Language::En)
    }

    #[rstest]
    #[case(SyncState::Idle, None, "Not synced yet", "Henüz eşitlenmedi")]
    #[case(SyncState::Idle, Some(TODAY), "Synced: 14:32", "Eşitlendi: 14:32")]
    #[case(SyncState::Idle, Some(ON_SUNDAY), "Synced: 22 Nov, 09:05", "Eşitlendi: 22 Kas, 09:05")]
    #[case(SyncState::Syncing, Some(TODAY), "Syncing…", "Eşitleniyor…")]
    #[case(
        SyncState::Offline,
        Some(TODAY),
        "Offline, showing data of 14:32",
        "Çevrimdışı, 14:32 verileri gösteriliyor"
    )]
    #[case(SyncState::Offline, None, "Offline, nothing synced yet", "Çevrimdışı, henüz eşitlenmedi")]
    #[case(SyncState::NeedsSignIn, Some(TODAY), "Sign in again", "Yeniden oturum açın")]
    #[case(SyncState::Paused, Some(TODAY), "Background sync is paused", "Arka planda eşitleme duraklatıldı")]
    #[case(SyncState::Off, Some(TODAY), "Sync is off", "Eşitleme kapalı")]
    fn the_state_is_said_in_both_languages(
        #[case] state: SyncState,
        #[case] last_success_at: Option<&str>,
        #[case] english: &str,
        #[case] turkish: &str,
    ) {
        let mut snapshot = snapshot(state, last_success_at);
        for (language, expected) in [(Language::En, english), (Language::Tr, turkish)] {
            snapshot.language = language;
            let view = view(&snapshot);
            assert_eq!((view.tooltip.as_str(), labels(&view)[2]), (expected, expected));
            assert_eq!(view.menu[2], Entry::Item { label: expected.to_owned(), act: None });
        }
    }

    #[rstest]
    #[case(
        Some(TODAY),
        "Last sync failed, showing data of 14:32",
        "Son eşitleme başarısız, 14:32 verileri gösteriliyor"
    )]
    #[case(None, "Last sync failed", "Son eşitleme başarısız")]
    fn a_failed_sync_is_said(#[case] success: Option<&str>, #[case] english: &str, #[case] turkish: &str) {
        let mut snapshot = snapshot(SyncState::Idle, success);
        snapshot.sync.problem = Some(problem());
        assert_eq!(view(&snapshot).tooltip, english);
        snapshot.language = Language::Tr;
        assert_eq!(view(&snapshot).tooltip, turkish);
    }

    #[rstest]
    #[case(Some(TODAY), "Microsoft asks to wait until 14:32", "Microsoft beklemenizi istiyor: 14:32")]
    #[case(None, "Microsoft asks to wait", "Microsoft beklemenizi istiyor")]
    fn throttling_says_until_when(#[case] until: Option<&str>, #[case] english: &str, #[case] turkish: &str) {
        let mut snapshot = snapshot(SyncState::Throttled, Some(ON_SUNDAY));
        snapshot.sync.throttled_until = until.map(|time| time.parse().unwrap());
        assert_eq!(view(&snapshot).tooltip, english);
        snapshot.language = Language::Tr;
        assert_eq!(view(&snapshot).tooltip, turkish);
    }

    #[rstest]
    #[case(Language::En, ["Open Hunter", "Sync now", "Pause background sync", "Quit"], ["12 new", "1 expiring"])]
    #[case(
        Language::Tr,
        ["Hunter'ı aç", "Şimdi eşitle", "Arka planda eşitlemeyi duraklat", "Çık"],
        ["12 yeni", "1 süresi dolmak üzere"]
    )]
    fn the_menu_has_what_waits_only_while_it_does(
        #[case] language: Language,
        #[case] always: [&str; 4],
        #[case] waiting: [&str; 2],
    ) {
        let ([open, sync_now, pause, quit], [new, expiring]) = (always, waiting);
        let mut snapshot = snapshot(SyncState::Idle, Some(TODAY));
        snapshot.language = language;
        let synced = view(&snapshot).tooltip;
        assert_eq!(labels(&view(&snapshot)), [open, sync_now, &synced, "-", pause, quit]);
        (snapshot.counts.new, snapshot.counts.expiring) = (12, 1);
        let view = view(&snapshot);
        assert_eq!(labels(&view), [open, sync_now, &synced, "-", new, expiring, "-", pause, quit]);
        assert_eq!(view.tooltip, format!("{synced}\n{new} · {expiring}"));
        let act_of = |wanted| {
            view.menu.iter().find_map(|entry| match entry {
                Entry::Item { label, act } if label == wanted => act.clone(),
                Entry::Separator | Entry::Item { .. } | Entry::Check { .. } => None,
            })
        };
        assert_eq!(act_of(open), Some(Act::Open(None)));
        assert_eq!(act_of(sync_now), Some(Act::SyncNow));
        assert_eq!(act_of(new), Some(Act::Open(Some(Focus::New))));
        assert_eq!(act_of(expiring), Some(Act::Open(Some(Focus::Expiring))));
        assert_eq!(act_of(quit), Some(Act::Quit));
    }

    #[rstest]
    #[case(SyncState::Idle, true)]
    #[case(SyncState::Offline, true)]
    #[case(SyncState::Throttled, true)]
    #[case(SyncState::Paused, true)]
    #[case(SyncState::Syncing, false)]
    #[case(SyncState::NeedsSignIn, false)]
    #[case(SyncState::Off, false)]
    fn a_sync_is_offered_where_it_makes_sense(#[case] state: SyncState, #[case] offered: bool) {
        let view = view(&snapshot(state, None));
        let act = offered.then_some(Act::SyncNow);
        assert_eq!(view.menu[1], Entry::Item { label: "Sync now".to_owned(), act });
    }

    #[rstest]
    #[case(false)]
    #[case(true)]
    fn pausing_is_ticked_and_turned_round_by_a_click(#[case] paused: bool) {
        let mut snapshot = snapshot(SyncState::Idle, None);
        snapshot.sync.paused = paused;
        let label = "Pause background sync".to_owned();
        let check = Entry::Check { label, checked: paused, act: Act::Pause(!paused) };
        assert!(view(&snapshot).menu.contains(&check));
    }

    #[rstest]
    #[case(SyncState::Idle, Mark::Idle, Mark::Attention)]
    #[case(SyncState::Throttled, Mark::Idle, Mark::Attention)]
    #[case(SyncState::Paused, Mark::Idle, Mark::Attention)]
    #[case(SyncState::Off, Mark::Idle, Mark::Attention)]
    #[case(SyncState::Syncing, Mark::Syncing, Mark::Syncing)]
    #[case(SyncState::Offline, Mark::Offline, Mark::Offline)]
    #[case(SyncState::NeedsSignIn, Mark::Attention, Mark::Attention)]
    fn the_icon_tells_the_state(#[case] state: SyncState, #[case] quiet: Mark, #[case] waiting: Mark) {
        let mut snapshot = snapshot(state, Some(TODAY));
        assert_eq!(view(&snapshot).mark, quiet);
        snapshot.counts.expiring = 1;
        assert_eq!(view(&snapshot).mark, waiting);
        (snapshot.counts.new, snapshot.counts.expiring) = (1, 0);
        assert_eq!(view(&snapshot).mark, waiting);
    }
}
