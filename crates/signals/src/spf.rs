use std::collections::{BTreeSet, HashMap};

use futures::FutureExt;
use futures::future::BoxFuture;
use hickory_resolver::proto::rr::RecordType;
use hunter_referral::{Answer, Spf};

use crate::domain::Domain;
use crate::questions::Reply;
use crate::spf_record::{SpfRecord, is_spf};

/// What receivers look up at most, RFC 7208, 4.6.4; with more they give up.
const LOOKUPS: usize = 10;

/// Names that are kept at most.
const NAMES: usize = 100;

/// Reads the domain's SPF from its TXT records, and follows what it includes and redirects to.
pub(crate) async fn spf(domain: &Domain<'_>, texts: &Reply) -> Answer<Spf> {
    if texts.is_unanswered() {
        return Answer::Unanswered;
    }
    let mut records: Vec<String> = texts.texts().into_iter().filter(|text| is_spf(text)).collect();
    records.sort();
    let is_one = records.len() == 1;
    let Some(record) = records.into_iter().next() else {
        return Answer::Absent;
    };
    let parsed = SpfRecord::parse(&record);
    if !is_one {
        let SpfRecord { includes, lookups, targets: names, .. } = parsed;
        return Answer::Found(Spf { includes, lookups, is_valid: false, names, record });
    }
    let mut walk = Walk::new(domain);
    walk.take(parsed, true).await;
    Answer::Found(Spf {
        includes: walk.includes,
        lookups: walk.lookups,
        is_valid: walk.is_valid && walk.lookups <= LOOKUPS,
        names: walk.names.into_iter().collect(),
        record,
    })
}

/// What a name that is included or redirected to leads to.
#[derive(Debug, Clone)]
enum Target {
    Record(SpfRecord),
    /// No record, or several: receivers give up.
    Unusable,
    Unanswered,
}

struct Walk<'a> {
    domain: &'a Domain<'a>,
    includes: usize,
    lookups: usize,
    is_valid: bool,
    names: BTreeSet<String>,
    /// From the domain down to the record that is being read.
    path: Vec<String>,
    known: HashMap<String, Target>,
}

impl<'a> Walk<'a> {
    fn new(domain: &'a Domain<'a>) -> Self {
        Self {
            domain,
            includes: 0,
            lookups: 0,
            is_valid: true,
            names: BTreeSet::new(),
            path: vec![domain.name().to_owned()],
            known: HashMap::new(),
        }
    }

    /// Takes a record into account; the domain's own policy goes on where it redirects to, not in what it includes.
    fn take(&mut self, record: SpfRecord, is_own: bool) -> BoxFuture<'_, ()> {
        async move {
            self.is_valid &= record.is_well_formed;
            self.lookups += record.lookups;
            if is_own {
                self.includes += record.includes;
            }
            for target in record.targets {
                self.follow(target, false).await;
            }
            if let Some(target) = record.redirect {
                self.follow(target, is_own).await;
            }
        }
        .boxed()
    }

    async fn follow(&mut self, target: String, is_own: bool) {
        if self.names.len() < NAMES {
            self.names.insert(target.clone());
        }
        if self.lookups > LOOKUPS {
            return;
        }
        if self.path.contains(&target) {
            self.is_valid = false;
            return;
        }
        match self.target(&target).await {
            Target::Record(record) => {
                self.path.push(target);
                self.take(record, is_own).await;
                self.path.pop();
            }
            Target::Unusable => self.is_valid = false,
            // Nothing is known against it.
            Target::Unanswered => {}
        }
    }

    async fn target(&mut self, name: &str) -> Target {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let reply = self.domain.ask(name, RecordType::TXT).await;
        let texts = reply.texts();
        let mut records = texts.iter().filter(|text| is_spf(text));
        let target = match (records.next(), records.next()) {
            _ if reply.is_unanswered() => Target::Unanswered,
            (Some(record), None) => Target::Record(SpfRecord::parse(record)),
            (Some(_), Some(_)) | (None, _) => Target::Unusable,
        };
        self.known.insert(name.to_owned(), target.clone());
        target
    }
}
