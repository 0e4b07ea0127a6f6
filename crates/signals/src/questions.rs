use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hickory_resolver::Resolver;
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::options::Options;
use crate::pace::Pace;
use crate::quiet::Quiet;

/// Servers that are tried for one question, even if fewer attempts were asked for.
const SERVERS: usize = 3;

/// How many times its time limit an attempt may take if it has to go on elsewhere.
const DETOURS: u32 = 3;

/// What came back for one question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reply {
    /// At least one record of the kind that was asked for.
    Records(Vec<RData>),
    /// The name exists, such a record does not.
    NoData,
    /// The name does not exist.
    NoName,
    Unanswered,
}

impl Reply {
    pub fn is_unanswered(&self) -> bool {
        matches!(self, Self::Unanswered)
    }

    /// The texts of TXT records, each put together from its pieces.
    pub fn texts(&self) -> Vec<String> {
        let Self::Records(records) = self else {
            return Vec::new();
        };
        let text = |record: &RData| {
            if let RData::TXT(text) = record {
                Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned())
            } else {
                None
            }
        };
        records.iter().filter_map(text).collect()
    }
}

/// All questions of a scanner: a bounded number at once, slower while they stay unanswered.
pub(crate) struct Questions {
    /// One for each server.
    servers: Vec<Resolver<Quiet>>,
    /// The server that answered last.
    preferred: AtomicUsize,
    attempts: usize,
    /// For one attempt with its detours: over TCP, and along aliases.
    limit: Duration,
    permits: Semaphore,
    pace: Pace,
}

impl fmt::Debug for Questions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Questions").field("pace", &self.pace).finish_non_exhaustive()
    }
}

impl Questions {
    pub fn new(servers: Vec<Resolver<Quiet>>, options: &Options) -> Self {
        Self {
            attempts: options.attempts.max(servers.len().min(SERVERS)),
            servers,
            limit: options.timeout.saturating_mul(DETOURS),
            preferred: AtomicUsize::new(0),
            permits: Semaphore::new(options.questions_at_once.max(1)),
            pace: Pace::new(options.pause, options.longest_pause),
        }
    }

    pub async fn ask(&self, name: &str, kind: RecordType) -> Reply {
        let Ok(mut name) = Name::from_ascii(name) else {
            return Reply::NoName;
        };
        name.set_fqdn(true);
        let Ok(_permit) = self.permits.acquire().await else {
            return Reply::Unanswered;
        };
        let pause = self.pace.pause();
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let reply = self.attempt(&name, kind).await;
        if reply.is_unanswered() {
            self.pace.unanswered();
        } else {
            self.pace.answered();
        }
        reply
    }

    /// Goes from server to server, beginning with the one that answered last.
    async fn attempt(&self, name: &Name, kind: RecordType) -> Reply {
        let first = self.preferred.load(Ordering::Relaxed);
        for (place, server) in self.servers.iter().enumerate().cycle().skip(first).take(self.attempts) {
            let reply = match timeout(self.limit, server.lookup(name.clone(), kind)).await {
                Ok(Ok(lookup)) => records(&lookup, name, kind),
                Ok(Err(error)) => no_records(&error),
                Err(_) => Reply::Unanswered,
            };
            if !reply.is_unanswered() {
                self.preferred.store(place, Ordering::Relaxed);
                return reply;
            }
        }
        Reply::Unanswered
    }
}

/// The records that belong to the name that was asked for, directly or by aliases.
fn records(lookup: &Lookup, name: &Name, kind: RecordType) -> Reply {
    if lookup.message().metadata.response_code != ResponseCode::NoError {
        return Reply::Unanswered;
    }
    let mut names = HashSet::from([name.to_lowercase()]);
    for record in lookup.answers() {
        if let RData::CNAME(target) = &record.data
            && names.contains(&record.name.to_lowercase())
        {
            names.insert(target.0.to_lowercase());
        }
    }
    let belongs = |name: &Name| names.contains(&name.to_lowercase());
    let answers =
        lookup.answers().iter().filter(|record| record.record_type() == kind && belongs(&record.name));
    let found: Vec<RData> = answers.map(|record| record.data.clone()).collect();
    if found.is_empty() { Reply::NoData } else { Reply::Records(found) }
}

fn no_records(error: &NetError) -> Reply {
    let NetError::Dns(DnsError::NoRecordsFound(NoRecords { response_code, soa, ns, .. })) = error else {
        return Reply::Unanswered;
    };
    let is_referral = soa.is_none() && ns.is_some();
    if *response_code == ResponseCode::NXDomain {
        Reply::NoName
    } else if *response_code == ResponseCode::NoError && !is_referral {
        Reply::NoData
    } else {
        Reply::Unanswered
    }
}
