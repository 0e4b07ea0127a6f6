//! What a person should hear of though no window shows it; each thing once, and not in quiet hours.

use hunter_store::{NoticeKind, Untold};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::background::was_refused;
use crate::desk::{Focus, Notification};
use crate::engine::Engine;
use crate::error::HunterError;
use crate::language::Language;
use crate::profile::ProfileKind;
use crate::settings::Settings;

/// How many names a merged notice has.
const NAMES: usize = 2;

impl Engine {
    /// What has to be told now; it counts as told from then on.
    ///
    /// # Errors
    /// Storage errors.
    pub(crate) async fn notices(&self, settings: &Settings) -> Result<Vec<Notification>, HunterError> {
        let now = self.now();
        if !settings.notifications || is_quiet(settings, now) {
            return Ok(Vec::new());
        }
        let profile = self.profile()?;
        let store = self.store_of(&profile).await?;
        if store.position().await?.first_pass_at.is_none() {
            return Ok(Vec::new());
        }
        let mut notices = Vec::new();
        let new = store.untold(NoticeKind::New, now).await?;
        let mut expiring = store.untold(NoticeKind::Expiring, now).await?;
        // Only a notice of a single one tells how little time is left.
        let soon_and_new: Vec<Untold> =
            expiring.extract_if(.., |untold| new.as_slice() == std::slice::from_ref(untold)).collect();
        for (kind, untold) in [(NoticeKind::New, &new), (NoticeKind::Expiring, &expiring)] {
            notices.extend(of_referrals(kind, untold, now, settings.language));
        }
        if !notices.is_empty() {
            store.mark_told(NoticeKind::New, &new, now).await?;
            store.mark_told(NoticeKind::Expiring, &expiring, now).await?;
            store.mark_told(NoticeKind::Expiring, &soon_and_new, now).await?;
        }
        let schedule = store.schedule().await?;
        let needs_sign_in = was_refused(settings, &schedule);
        if needs_sign_in && !schedule.told_sign_in && profile.kind == ProfileKind::Account {
            store.change_schedule(|schedule| schedule.told_sign_in = true).await?;
            notices.push(Notification {
                title: settings.language.text("notice.sign_in.title", &[]),
                body: settings.language.text("notice.sign_in.body", &[]),
                focus: None,
            });
        }
        Ok(notices)
    }
}

fn is_quiet(settings: &Settings, now: Timestamp) -> bool {
    let time = now.to_zoned(TimeZone::system()).time();
    settings.quiet_hours.is_some_and(|hours| hours.contain(time))
}

fn of_referrals(
    kind: NoticeKind,
    untold: &[Untold],
    now: Timestamp,
    language: Language,
) -> Option<Notification> {
    let word = match kind {
        NoticeKind::New => "new",
        NoticeKind::Expiring => "expiring",
    };
    let focus = match (kind, untold) {
        (_, []) => return None,
        (_, [one]) => Focus::Referral { id: one.referral_id.clone() },
        (NoticeKind::New, _) => Focus::New,
        (NoticeKind::Expiring, _) => Focus::Expiring,
    };
    let number = if untold.len() == 1 { "one" } else { "many" };
    let names: Vec<&str> = untold.iter().take(NAMES).map(|one| one.name.as_str()).collect();
    let count = untold.len().to_string();
    let more = untold.len().saturating_sub(NAMES).to_string();
    let left = untold.first().and_then(|one| days_left(one, now)).map(|days| match days {
        0 => language.text("notice.today", &[]),
        1 => language.text("notice.one_day", &[]),
        days => language.text("notice.days", &[("days", &days.to_string())]),
    });
    let left = left.unwrap_or_else(|| language.text("notice.no_date", &[]));
    let names = names.join(", ");
    let values = [("count", count.as_str()), ("names", &names), ("more", &more), ("left", &left)];
    let title = language.text(&format!("notice.{word}.{number}.title"), &values);
    let body = if untold.len() > NAMES { "more" } else { "body" };
    Some(Notification {
        title,
        body: language.text(&format!("notice.{word}.{number}.{body}"), &values),
        focus: Some(focus),
    })
}

/// Whole days before a referral expires.
fn days_left(untold: &Untold, now: Timestamp) -> Option<i64> {
    let expires_at: Timestamp = untold.expires_at.as_deref()?.parse().ok()?;
    Some(expires_at.duration_since(now).as_hours() / 24)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::laptop::Laptop;
    use crate::reading::Depth;
    use crate::settings::Setting;
    use jiff::SignedDuration;
    use rstest::rstest;
    use serde_json::json;

    fn put(laptop: &Laptop, id: &str, expires_in: SignedDuration) {
        let at = |later: SignedDuration| (laptop.now() + later).to_string();
        laptop.sandbox.put_referral(&json!({
            "id": id, "status": "New", "substatus": "Pending", "direction": "Incoming",
            "createdDateTime": at(SignedDuration::ZERO), "updatedDateTime": at(SignedDuration::ZERO),
            "expirationDateTime": at(expires_in), "customerProfile": {"name": id},
        }));
    }

    /// Syncs, and what is told then.
    async fn told(laptop: &Laptop) -> Vec<String> {
        let exit_code = laptop.engine.sync(Depth::AsNeeded).await.unwrap().exit_code;
        assert!(exit_code == 0 || exit_code == 3);
        titles(laptop).await
    }

    async fn titles(laptop: &Laptop) -> Vec<String> {
        let settings = laptop.engine.settings().unwrap();
        let notices = laptop.engine.notices(&settings).await.unwrap();
        notices.into_iter().map(|notice| notice.title).collect()
    }

    const NOTHING: [&str; 0] = [];
    const WEEK: SignedDuration = SignedDuration::from_hours(24 * 7);

    #[tokio::test]
    async fn each_thing_is_told_once() {
        let laptop = Laptop::new().await;
        assert_eq!(told(&laptop).await, NOTHING, "the first sync is silent");
        put(&laptop, "A", WEEK);
        assert_eq!(told(&laptop).await, ["New referral: A"]);
        assert_eq!(told(&laptop).await, NOTHING);
        ["B", "C", "D"].iter().for_each(|id| put(&laptop, id, WEEK));
        assert_eq!(told(&laptop).await, ["3 new referrals"]);
        put(&laptop, "E", SignedDuration::from_hours(5));
        assert_eq!(told(&laptop).await, ["New referral: E"], "that says how little time is left");
        assert_eq!(titles(&laptop).await, NOTHING);
        put(&laptop, "F", SignedDuration::from_hours(5));
        put(&laptop, "G", WEEK);
        assert_eq!(told(&laptop).await, ["2 new referrals", "Expires soon: F"], "the first does not say it");

        laptop.pass(SignedDuration::from_hours(24 * 5));
        let expiring = titles(&laptop).await;
        assert!(
            expiring.len() == 1 && expiring[0].ends_with("referrals expire within 3 days"),
            "{expiring:?}"
        );
        assert_eq!(titles(&laptop).await, NOTHING);
    }

    #[tokio::test]
    async fn quiet_hours_hold_back_and_lose_nothing() {
        let laptop = Laptop::new().await;
        told(&laptop).await;
        let hour = |offset: i64| {
            let time = laptop.now() + SignedDuration::from_hours(offset);
            time.to_zoned(TimeZone::system()).strftime("%H:%M").to_string()
        };
        let quiet = format!("{}-{}", hour(-1), hour(1));
        laptop.engine.change_setting(Setting::QuietHours, Some(&quiet)).unwrap();
        put(&laptop, "A", WEEK);
        assert_eq!(told(&laptop).await, NOTHING);
        laptop.engine.change_setting(Setting::QuietHours, Some(&format!("{}-{}", hour(2), hour(3)))).unwrap();
        assert_eq!(titles(&laptop).await, ["New referral: A"]);
        laptop.engine.change_setting(Setting::Notifications, Some("false")).unwrap();
        put(&laptop, "B", WEEK);
        assert_eq!(told(&laptop).await, NOTHING);
    }

    #[tokio::test]
    async fn a_needed_sign_in_is_told_once() {
        let laptop = Laptop::new().await;
        told(&laptop).await;
        laptop.sandbox.revoke_sessions();
        laptop.sandbox.expire_access_tokens();
        assert_eq!(told(&laptop).await, ["Sign in again"]);
        assert_eq!(told(&laptop).await, NOTHING);
        laptop.engine.sign_in().await.unwrap().finish().await.unwrap();
        assert_eq!(told(&laptop).await, NOTHING);
        laptop.sandbox.revoke_sessions();
        laptop.sandbox.expire_access_tokens();
        assert_eq!(told(&laptop).await, ["Sign in again"]);
    }

    fn now() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().unwrap_or_default()
    }

    fn untold(names: &[&str], expires_at: Option<&str>) -> Vec<Untold> {
        let one = |name: &&str| Untold {
            referral_id: format!("id of {name}"),
            name: (*name).to_owned(),
            expires_at: expires_at.map(str::to_owned),
        };
        names.iter().map(one).collect()
    }

    #[rstest]
    #[case::one_new(NoticeKind::New, &["Contoso"], Some("2026-11-30T12:00:00Z"), "New referral: Contoso", "10 days left to answer.")]
    #[case::undated(NoticeKind::New, &["Contoso"], None, "New referral: Contoso", "Answer it soon.")]
    #[case::two_new(NoticeKind::New, &["A", "B"], None, "2 new referrals", "A, B")]
    #[case::many_new(NoticeKind::New, &["A", "B", "C", "D"], None, "4 new referrals", "A, B and 2 more")]
    #[case::today(NoticeKind::Expiring, &["A"], Some("2026-11-20T20:00:00Z"), "Expires soon: A", "Less than a day left to answer.")]
    #[case::tomorrow(NoticeKind::Expiring, &["A"], Some("2026-11-21T20:00:00Z"), "Expires soon: A", "1 day left to answer.")]
    #[case::expiring(NoticeKind::Expiring, &["A", "B", "C"], Some("2026-11-21T20:00:00Z"), "3 referrals expire within 3 days", "A, B and 1 more")]
    fn texts(
        #[case] kind: NoticeKind,
        #[case] names: &[&str],
        #[case] expires_at: Option<&str>,
        #[case] title: &str,
        #[case] body: &str,
    ) {
        let notice = of_referrals(kind, &untold(names, expires_at), now(), Language::En);
        assert_eq!(
            notice.map(|notice| (notice.title, notice.body)),
            Some((title.to_owned(), body.to_owned()))
        );
        let turkish = of_referrals(kind, &untold(names, expires_at), now(), Language::Tr);
        assert!(
            turkish.is_some_and(|notice| !notice.title.contains("notice.") && !notice.body.contains('%'))
        );
    }

    #[test]
    fn one_is_opened_and_many_are_listed() {
        let focus =
            |kind, names: &[&str]| of_referrals(kind, &untold(names, None), now(), Language::En)?.focus;
        let one = Focus::Referral { id: "id of A".to_owned() };
        assert_eq!(focus(NoticeKind::Expiring, &["A"]), Some(one));
        assert_eq!(focus(NoticeKind::New, &["A", "B"]), Some(Focus::New));
        assert_eq!(focus(NoticeKind::Expiring, &["A", "B"]), Some(Focus::Expiring));
        assert_eq!(focus(NoticeKind::New, &[]), None);
    }
}
