use std::sync::atomic::{AtomicU32, Ordering};

use hickory_resolver::proto::rr::RecordType;

use crate::questions::{Questions, Reply};

/// Unanswered questions in a row after which nothing more is asked about a domain.
const PATIENCE: u32 = 6;

/// The domain that is being looked at.
#[derive(Debug)]
pub(crate) struct Domain<'a> {
    questions: &'a Questions,
    ascii: String,
    unanswered: AtomicU32,
}

impl<'a> Domain<'a> {
    pub fn new(questions: &'a Questions, ascii: String) -> Self {
        Self { questions, ascii, unanswered: AtomicU32::new(0) }
    }

    pub fn name(&self) -> &str {
        &self.ascii
    }

    /// Asks about a name below the domain.
    pub async fn ask_below(&self, label: &str, kind: RecordType) -> Reply {
        self.ask(&format!("{label}.{}", self.ascii), kind).await
    }

    /// Asks on behalf of the domain about any name.
    pub async fn ask(&self, name: &str, kind: RecordType) -> Reply {
        if self.unanswered.load(Ordering::Relaxed) >= PATIENCE {
            return Reply::Unanswered;
        }
        let reply = self.questions.ask(name, kind).await;
        if reply.is_unanswered() {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
        } else {
            self.unanswered.store(0, Ordering::Relaxed);
        }
        reply
    }
}
