//! Feature flag off, rehearsed.

use hunter_store::{RunStatus, Summary};

use super::rehearsal::Rehearsal;
use super::{Checks, Outcome};
use crate::checklist::evidence::Evidence;
use crate::checklist::run::Finding;
use crate::error::HunterError;

/// As promised to scripts.
const REASON: &str = "Feature flag disabled";
const DETAIL: &str = "Partner Center integration is disabled. Enable feature flag to use this endpoint.";

impl Checks<'_> {
    async fn rehearsed(&self) -> Result<&Rehearsal, HunterError> {
        let rehearse = || Rehearsal::with_flag(self.limits.rehearsed_flag);
        self.rehearsal.get_or_init(rehearse).await.as_ref().map_err(Clone::clone)
    }

    pub(super) async fn off_status(&self) -> Outcome {
        Ok(if self.rehearsed().await?.says_enabled {
            Finding::fail(Evidence::of("off.status_on", &[]))
        } else {
            Finding::pass(Evidence::of("off.status_off", &[]))
        })
    }

    pub(super) async fn off_sync(&self) -> Outcome {
        let summary = &self.rehearsed().await?.summary;
        let reason = summary.reason.as_deref().unwrap_or("–");
        let values: [(&str, &dyn ToString); 3] =
            [("status", &summary.status.as_str()), ("reason", &reason), ("count", &counted(summary))];
        let is_skipped = summary.status == RunStatus::Skipped && reason == REASON && counted(summary) == 0;
        Ok(if is_skipped {
            Finding::pass(Evidence::of("off.sync_skipped", &values))
        } else {
            Finding::fail(Evidence::of("off.sync_not_skipped", &values))
        })
    }

    pub(super) async fn off_http(&self) -> Outcome {
        let answer = &self.rehearsed().await?.answer;
        let detail = answer.body["detail"].as_str().unwrap_or("–");
        let values: [(&str, &dyn ToString); 2] = [("status", &answer.status), ("detail", &detail)];
        Ok(if answer.status == 400 && detail == DETAIL {
            Finding::pass(Evidence::of("off.http_refused", &values))
        } else {
            Finding::fail(Evidence::of("off.http_not_refused", &values))
        })
    }

    pub(super) async fn off_log(&self) -> Outcome {
        let rehearsal = self.rehearsed().await?;
        let is_of_the_flag = |line: &&serde_json::Value| {
            line["reason"] == "feature_flag_disabled" && line["feature_flag_state"] == false
        };
        let skips = rehearsal.logged("partner_center_sync_skipped").filter(is_of_the_flag).count();
        let starts = rehearsal.logged("partner_center_sync_started").count();
        let values: [(&str, &dyn ToString); 2] = [("skips", &skips), ("starts", &starts)];
        Ok(if skips > 0 && starts == 0 {
            Finding::pass(Evidence::of("off.log_skipped", &values))
        } else {
            Finding::fail(Evidence::of("off.log_not_skipped", &values))
        })
    }

    pub(super) async fn off_no_call(&self) -> Outcome {
        Ok(no_call(self.rehearsed().await?.connections))
    }
}

fn no_call(connections: usize) -> Finding {
    if connections == 0 {
        Finding::pass(Evidence::of("off.no_call", &[]))
    } else {
        Finding::fail(Evidence::of("off.called", &[("count", &connections)]))
    }
}

fn counted(summary: &Summary) -> i64 {
    summary.fetched
        + summary.success_count
        + summary.failure_count
        + summary.skipped_count
        + summary.gone
        + summary.pages
        + summary.bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::view::ItemState;

    #[test]
    fn a_single_call_is_one_too_many() {
        assert_eq!(no_call(0).state, ItemState::Pass);
        let called = no_call(1);
        assert_eq!((called.state, called.evidence.keys()), (ItemState::Fail, vec!["off.called"]));
    }
}
