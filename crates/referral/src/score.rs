use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::provider::{Provider, ProviderId};
use crate::rules::Rules;
use crate::signals::{Answer, DmarcPolicy, Signals};

/// The highest score.
const HIGHEST: i32 = 100;

/// What a company is worth a call for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    /// Has Microsoft 365 or Azure already.
    Existing,
    /// Has something else, and cares for it: worth moving.
    Migration,
    /// Worth a first word.
    Cold,
    /// Not worth a call.
    Skip,
}

impl Segment {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 4] = [Self::Existing, Self::Migration, Self::Cold, Self::Skip];

    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Existing => "existing",
            Self::Migration => "migration",
            Self::Cold => "cold",
            Self::Skip => "skip",
        }
    }
}

/// Why there are points, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReasonId {
    /// The domain takes no mail.
    NoMx,
    /// It could not be found out who takes the mail.
    MxUnanswered,
    Provider,
    SpfFound,
    SpfInvalid,
    SpfAbsent,
    SpfUnanswered,
    SpfManyIncludes,
    DkimFound,
    DkimAbsent,
    DkimUnanswered,
    DmarcReject,
    DmarcQuarantine,
    /// The record asks for nothing, or for something that does not exist.
    DmarcNone,
    DmarcAbsent,
    DmarcUnanswered,
    /// A web host with neither SPF nor DKIM.
    HostingUnprotected,
    /// What a known Azure tenant lacks to its least score.
    AzureTenant,
    /// What is missing to the lowest score.
    Lowest,
    /// What is beyond the highest score.
    Highest,
    /// The company's score, within a priority.
    Score,
    CoSell,
    TimeLeft,
    ContactWanted,
    DealValue,
}

/// One reason and its points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Part {
    pub reason: ReasonId,
    pub points: i32,
}

impl Part {
    pub(crate) fn new(reason: ReasonId, points: i32) -> Self {
        Self { reason, points }
    }
}

/// What is known of a company's mail, in one figure with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Score {
    /// 0 to 100; none while it is not known who takes the mail, since everything depends on it.
    pub score: Option<u8>,
    /// None exactly where there is no score.
    pub segment: Option<Segment>,
    pub provider: Provider,
    /// Their points make up the score; what got no answer is named with no points.
    pub parts: Vec<Part>,
    /// Whether every question that counts was answered; if not, the score may change with the next scan.
    pub is_complete: bool,
    pub rules_version: u32,
}

/// Scores a company. A known Azure tenant counts before everything else, a domain without mail or without an answer included.
pub fn score(signals: &Signals, known_azure_tenant: bool, rules: &Rules) -> Score {
    let provider = Provider::of(signals);
    let provider = if known_azure_tenant { provider.of_azure_tenant() } else { provider };
    let mx = match &signals.mx {
        Answer::Found(hosts) if !hosts.is_empty() => Mx::Found,
        Answer::Found(_) | Answer::Absent => Mx::Absent,
        Answer::Unanswered => Mx::Unanswered,
    };
    if !known_azure_tenant && mx != Mx::Found {
        let (score, segment, reason) = if mx == Mx::Absent {
            (Some(0), Some(Segment::Skip), ReasonId::NoMx)
        } else {
            (None, None, ReasonId::MxUnanswered)
        };
        return Score {
            score,
            segment,
            provider,
            parts: vec![Part::new(reason, 0)],
            is_complete: mx == Mx::Absent,
            rules_version: rules.version,
        };
    }
    let mut parts = Vec::new();
    match mx {
        Mx::Found => {}
        Mx::Absent => parts.push(Part::new(ReasonId::NoMx, 0)),
        Mx::Unanswered => parts.push(Part::new(ReasonId::MxUnanswered, 0)),
    }
    parts.push(Part::new(ReasonId::Provider, rules.providers.get(&provider.id).copied().unwrap_or_default()));
    let spf = spf_parts(signals, rules, &mut parts);
    let dkim = dkim_part(signals, rules, &mut parts);
    dmarc_part(signals, rules, &mut parts);
    if provider.id == ProviderId::Hosting && spf == Protection::Without && dkim == Protection::Without {
        parts.push(Part::new(ReasonId::HostingUnprotected, rules.hosting.unprotected));
    }
    let points = bound(known_azure_tenant, rules, &mut parts);
    let is_complete = mx != Mx::Unanswered
        && !signals.spf.is_unanswered()
        && !signals.dkim.is_unanswered()
        && !signals.dmarc.is_unanswered();
    Score {
        score: Some(points),
        segment: Some(segment(provider.id, points, rules)),
        provider,
        parts,
        is_complete,
        rules_version: rules.version,
    }
}

#[derive(PartialEq)]
enum Mx {
    Found,
    Absent,
    Unanswered,
}

#[derive(PartialEq)]
enum Protection {
    With,
    Without,
    Unknown,
}

fn spf_parts(signals: &Signals, rules: &Rules, parts: &mut Vec<Part>) -> Protection {
    let (reason, points, protection) = match &signals.spf {
        Answer::Found(spf) if spf.is_valid => (ReasonId::SpfFound, rules.spf.found, Protection::With),
        Answer::Found(_) => (ReasonId::SpfInvalid, rules.spf.invalid, Protection::Without),
        Answer::Absent => (ReasonId::SpfAbsent, rules.spf.absent, Protection::Without),
        Answer::Unanswered => (ReasonId::SpfUnanswered, 0, Protection::Unknown),
    };
    parts.push(Part::new(reason, points));
    let has_many = |includes| includes > rules.spf.includes_allowed;
    if signals.spf.found().is_some_and(|spf| spf.is_valid && has_many(spf.includes)) {
        parts.push(Part::new(ReasonId::SpfManyIncludes, rules.spf.many_includes));
    }
    protection
}

fn dkim_part(signals: &Signals, rules: &Rules, parts: &mut Vec<Part>) -> Protection {
    let (reason, points, protection) = match &signals.dkim {
        Answer::Found(selectors) if !selectors.is_empty() => {
            (ReasonId::DkimFound, rules.dkim.found, Protection::With)
        }
        Answer::Found(_) | Answer::Absent => (ReasonId::DkimAbsent, rules.dkim.absent, Protection::Without),
        Answer::Unanswered => (ReasonId::DkimUnanswered, 0, Protection::Unknown),
    };
    parts.push(Part::new(reason, points));
    protection
}

fn dmarc_part(signals: &Signals, rules: &Rules, parts: &mut Vec<Part>) {
    let (reason, points) = match &signals.dmarc {
        Answer::Found(dmarc) => match dmarc.policy {
            DmarcPolicy::Reject => (ReasonId::DmarcReject, rules.dmarc.reject),
            DmarcPolicy::Quarantine => (ReasonId::DmarcQuarantine, rules.dmarc.quarantine),
            DmarcPolicy::None | DmarcPolicy::Other(_) => (ReasonId::DmarcNone, rules.dmarc.none),
        },
        Answer::Absent => (ReasonId::DmarcAbsent, rules.dmarc.absent),
        Answer::Unanswered => (ReasonId::DmarcUnanswered, 0),
    };
    parts.push(Part::new(reason, points));
}

/// Adds what is missing to the least score, or takes away what is beyond the highest.
fn bound(known_azure_tenant: bool, rules: &Rules, parts: &mut Vec<Part>) -> u8 {
    let sum: i32 = parts.iter().map(|part| part.points).sum();
    let (lowest, reason) = if known_azure_tenant {
        (i32::from(rules.azure_tenant_score).min(HIGHEST), ReasonId::AzureTenant)
    } else {
        (0, ReasonId::Lowest)
    };
    let points = sum.clamp(lowest, HIGHEST);
    if points > sum {
        parts.push(Part::new(reason, points - sum));
    } else if points < sum {
        parts.push(Part::new(ReasonId::Highest, points - sum));
    }
    u8::try_from(points).unwrap_or_default()
}

fn segment(provider: ProviderId, score: u8, rules: &Rules) -> Segment {
    let rules = &rules.segments;
    let cold_from = if provider == ProviderId::Local { rules.cold_from_local } else { rules.cold_from };
    if provider == ProviderId::M365 {
        Segment::Existing
    } else if score >= rules.migration_from && rules.migration.contains(&provider) {
        Segment::Migration
    } else if (cold_from..=rules.cold_to).contains(&score) {
        Segment::Cold
    } else {
        Segment::Skip
    }
}

#[cfg(test)]
mod tests;
