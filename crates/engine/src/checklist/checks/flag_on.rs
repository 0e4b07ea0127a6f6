//! Feature flag on.

use hunter_store::RunStatus;
use jiff::SignedDuration;

use super::{Checks, Outcome};
use crate::checklist::evidence::Evidence;
use crate::checklist::run::Finding;
use crate::profile::ProfileKind;
use crate::reading::Depth;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// At most this many ids are named.
const NAMED: usize = 5;

impl Checks<'_> {
    pub(super) async fn sync(&self) -> Outcome {
        let (settings, profile) = self.ground()?;
        if !settings.enabled && profile.kind != ProfileKind::Sample {
            return Ok(Finding::unknown(Evidence::of("sync.off", &[])));
        }
        let report = self.engine.sync(Depth::AsNeeded).await?;
        let summary = report.summary;
        let counts: [(&str, &dyn ToString); 5] = [
            ("run", &summary.run_id),
            ("fetched", &summary.fetched),
            ("stored", &summary.success_count),
            ("skipped", &summary.skipped_count),
            ("failed", &summary.failure_count),
        ];
        Ok(match (summary.status, report.error) {
            (RunStatus::Completed, _) => Finding::pass(Evidence::of("sync.completed", &counts)),
            (_, Some(error)) => Finding::fail(Evidence::error(&error)),
            (_, None) => Finding::fail(Evidence::of("sync.incomplete", &counts)),
        })
    }

    pub(super) async fn ledger(&self) -> Outcome {
        let audit = self.engine.store().await?.audit_ledger().await?;
        let values: [(&str, &dyn ToString); 3] =
            [("runs", &audit.runs), ("uneven", &audit.uneven), ("unmatched", &audit.unmatched)];
        Ok(if audit.runs == 0 {
            Finding::unknown(Evidence::of("no_sync_yet", &[]))
        } else if audit.uneven == 0 && audit.unmatched == 0 {
            Finding::pass(Evidence::of("ledger.even", &values))
        } else {
            Finding::fail(Evidence::of("ledger.uneven", &values))
        })
    }

    pub(super) async fn complete(&self) -> Outcome {
        let Some(audit) = self.engine.store().await?.audit_pass().await? else {
            return Ok(Finding::unknown(Evidence::of("complete.no_pass", &[])));
        };
        let finished_at = audit.finished_at.map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
        let counts: [(&str, &dyn ToString); 8] = [
            ("run", &audit.run_id),
            ("at", &finished_at.unwrap_or_default()),
            ("listed", &audit.listed),
            ("kept", &audit.kept),
            ("skipped", &audit.skipped),
            ("failed", &audit.failed),
            ("present", &audit.present.min(audit.kept)),
            ("open", &audit.open),
        ];
        if !audit.lost.is_empty() {
            let open = audit.lost.iter().filter(|lost| lost.is_open).count();
            let ids = named(audit.lost.iter().map(|lost| lost.referral_id.as_str()));
            let values: [(&str, &dyn ToString); 3] =
                [("lost", &audit.lost.len()), ("open", &open), ("ids", &ids)];
            return Ok(Finding::fail(Evidence::of("complete.lost", &values)));
        }
        if !audit.differing.is_empty() {
            let ids = named(audit.differing.iter().map(String::as_str));
            let values: [(&str, &dyn ToString); 2] = [("differing", &audit.differing.len()), ("ids", &ids)];
            return Ok(Finding::fail(Evidence::of("complete.differs", &values)));
        }
        Ok(if audit.present < audit.kept {
            Finding::fail(Evidence::of("complete.short", &counts))
        } else if audit.failed > 0 {
            Finding::fail(Evidence::of("complete.failed", &counts))
        } else {
            Finding::pass(Evidence::of("complete.all", &counts))
        })
    }

    pub(super) async fn refusals(&self) -> Outcome {
        let since = self.engine.now() - DAY;
        let refusals = self.engine.store().await?.refusals_since(since).await?;
        let of = |wanted: u16| -> i64 {
            refusals.iter().filter(|(status, _)| *status == wanted).map(|(_, count)| count).sum()
        };
        let values: [(&str, &dyn ToString); 2] = [("unauthorized", &of(401)), ("forbidden", &of(403))];
        Ok(if refusals.is_empty() {
            Finding::pass(Evidence::of("refusals.none", &[]))
        } else {
            Finding::fail(Evidence::of("refusals.some", &values))
        })
    }

    pub(super) async fn log_privacy(&self) -> Outcome {
        let scan = self.scan_logs().await?;
        let values: [(&str, &dyn ToString); 4] =
            [("files", &scan.files), ("lines", &scan.lines), ("texts", &scan.texts), ("short", &scan.short)];
        Ok(if scan.files == 0 {
            Finding::unknown(Evidence::of("log_privacy.no_logs", &[]))
        } else if scan.hits.is_empty() {
            Finding::pass(Evidence::of("log_privacy.clean", &values))
        } else {
            let found: usize = scan.hits.values().sum();
            let files: Vec<&str> = scan.hits.keys().map(String::as_str).collect();
            Finding::fail(Evidence::of(
                "log_privacy.found",
                &[("found", &found), ("in_files", &files.join(", "))],
            ))
        })
    }
}

/// The first of them, and whether there are more.
fn named<'a>(ids: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = (ids.len() > NAMED).then_some("…");
    ids.take(NAMED).chain(more).collect::<Vec<_>>().join(", ")
}
