use std::time::Duration;

use crate::dkim::SELECTORS;

/// How patiently and how hard the servers are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How often a question is asked before it counts as unanswered; where there are several servers, of one after the other,
    /// and of up to three in any case.
    pub attempts: usize,
    /// Domains that are looked at side by side.
    pub domains_at_once: usize,
    /// Questions that are open at the same time, of all domains together.
    pub questions_at_once: usize,
    /// The first pause when questions stay unanswered in a row; it doubles as that goes on.
    pub pause: Duration,
    /// The longest such pause.
    pub longest_pause: Duration,
    /// Domains in a row without any answer after which a scan of many ends: the servers are out of reach.
    pub give_up_after: usize,
    /// DKIM selectors to try.
    pub selectors: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(3),
            attempts: 2,
            domains_at_once: 8,
            questions_at_once: 32,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(10),
            give_up_after: 24,
            selectors: SELECTORS.map(str::to_owned).to_vec(),
        }
    }
}
