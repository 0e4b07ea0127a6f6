use std::str::FromStr;

use hunter_referral::{Kind, LinkStatus, Segment, sortable};
use jiff::{SignedDuration, Timestamp};
use sqlx::{QueryBuilder, Sqlite};

use crate::order::Order;
use crate::search::Search;

/// What is asked for instead of a currency where there is none.
pub const NO_CURRENCY: &str = "none";

/// Which referrals a list holds, in which order, and which window of it. Where several words are given, one must fit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// By status.
    pub status: StatusFilter,
    /// By the finer state, in any letter case.
    pub substatus: Vec<String>,
    /// By kind.
    pub kind: Vec<Kind>,
    /// By direction, in any letter case.
    pub direction: Vec<String>,
    /// By link.
    pub link: Vec<LinkStatus>,
    /// By the customer's country, in any letter case.
    pub country: Vec<String>,
    /// By the deal's currency, in any letter case; [`NO_CURRENCY`] for those without one.
    pub currency: Vec<String>,
    /// By how far the lead was qualified, in any letter case.
    pub qualification: Vec<String>,
    /// Deals worth at least so much.
    pub min_value: Option<f64>,
    /// Deals worth at most so much.
    pub max_value: Option<f64>,
    /// Unanswered ones that expire within so many days.
    pub expiring_days: Option<u32>,
    /// Those whose team holds the signed-in account.
    pub mine: bool,
    /// Those that a person marked.
    pub starred: bool,
    /// Those that came or changed since a person looked.
    pub unseen: bool,
    /// Unanswered ones whose customer asked for contact of late.
    pub contact_wanted: bool,
    /// By what the company is worth a call for.
    pub segment: Vec<Segment>,
    /// Those whose company has at least this score.
    pub min_score: Option<u8>,
    /// Those of one engagement.
    pub engagement: Option<String>,
    /// Those of one company.
    pub company: Option<i64>,
    /// Received from this instant, and before that one.
    pub created: Period,
    /// Closed from this instant, and before that one.
    pub closed: Period,
    /// Words whose beginnings must all occur in names, domain, people, ids or notes.
    pub search: Option<String>,
    /// The order of rows; where it is missing, the best match of a search or what changed last comes first.
    pub order: Option<Order>,
    /// How many rows at most.
    pub limit: Option<u32>,
    /// How many rows to pass over.
    pub offset: u32,
}

/// From an instant on, and before another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// The first instant in it.
    pub from: Option<Timestamp>,
    /// The first instant after it.
    pub before: Option<Timestamp>,
}

/// Which statuses a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StatusFilter {
    /// New or Active.
    #[default]
    Open,
    /// Unanswered.
    New,
    /// Under way.
    Active,
    /// Ended.
    Closed,
    /// Every referral, gone ones too.
    All,
}

impl FromStr for StatusFilter {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word.to_ascii_lowercase().as_str() {
            "open" => Ok(Self::Open),
            "new" => Ok(Self::New),
            "active" => Ok(Self::Active),
            "closed" => Ok(Self::Closed),
            "all" => Ok(Self::All),
            _ => Err(()),
        }
    }
}

impl Filter {
    /// Whether every referral of this status fits.
    pub(crate) fn fits_every(&self, status: StatusFilter) -> bool {
        let (order, limit, offset) = (self.order, self.limit, self.offset);
        *self == Self { status, order, limit, offset, ..Self::default() }
    }

    /// Appends the conditions on `r` to a query that ends with its tables. `by_period`: whether what ended in a period may
    /// be looked up, which pays for a total and not for rows, whose order is another index's.
    pub(crate) fn restrict(
        &self,
        query: &mut QueryBuilder<Sqlite>,
        search: &Search,
        now: Timestamp,
        by_period: bool,
    ) {
        query.push(match self.status {
            StatusFilter::All => " WHERE TRUE",
            StatusFilter::Open => " WHERE r.is_open = 1",
            StatusFilter::New => " WHERE r.is_open = 1 AND r.status = 'New'",
            StatusFilter::Active => " WHERE r.is_open = 1 AND r.status = 'Active'",
            // No index but a list's own: another that knows the status would find most rows, each to be read then.
            StatusFilter::Closed => " WHERE +r.gone_at IS NULL AND +r.status = 'Closed'",
        });
        let kinds: Vec<&str> = self.kind.iter().map(|kind| kind.as_str()).collect();
        let links: Vec<&str> = self.link.iter().map(|link| link.as_str()).collect();
        // The lists' own indices hold these and the value; one of a column would find rows that are then read one by one.
        one_of(query, "+r.kind", kinds);
        one_of(query, "+r.link_status", links);
        one_of(query, "r.segment", self.segment.iter().map(|segment| segment.as_str()).collect());
        if let Some(score) = self.min_score {
            query.push(" AND r.score >= ").push_bind(i64::from(score));
        }
        let words = [
            ("r.substatus", &self.substatus),
            ("r.direction", &self.direction),
            ("r.customer_country", &self.country),
            ("r.qualification", &self.qualification),
        ];
        for (column, words) in words {
            one_of(query, &format!("{column} COLLATE NOCASE"), words.iter().map(String::as_str).collect());
        }
        let codes = self.currency.iter().map(String::as_str);
        let stored = codes.map(|code| if code.eq_ignore_ascii_case(NO_CURRENCY) { "" } else { code });
        one_of(query, "r.currency COLLATE NOCASE", stored.collect());
        for (comparison, value) in
            [("+r.deal_amount >= ", self.min_value), ("+r.deal_amount <= ", self.max_value)]
        {
            if let Some(value) = value {
                query.push(" AND ").push(comparison).push_bind(value);
            }
        }
        if let Some(days) = self.expiring_days {
            let until =
                now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX);
            query
                .push(" AND r.is_open = 1 AND r.status = 'New' AND r.expires_at >= ")
                .push_bind(sortable(now));
            query.push(" AND r.expires_at <= ").push_bind(sortable(until));
        }
        if self.contact_wanted {
            query
                .push(" AND r.is_open = 1 AND r.status = 'New' AND r.contact_until >= ")
                .push_bind(sortable(now));
        }
        let closed_at = if by_period { "r.closed_at" } else { "+r.closed_at" };
        for (column, period) in [("r.created_at", self.created), (closed_at, self.closed)] {
            for (comparison, instant) in [(" >= ", period.from), (" < ", period.before)] {
                if let Some(instant) = instant {
                    query.push(" AND ").push(column).push(comparison).push_bind(sortable(instant));
                }
            }
        }
        if self.mine {
            query.push(" AND r.mine = 1");
        }
        if self.starred {
            query.push(" AND r.referral_key IN (SELECT referral_key FROM referral_marks WHERE starred = 1)");
        }
        if self.unseen {
            query.push(" AND r.unseen <> ''");
        }
        if let Some(engagement) = &self.engagement {
            query.push(" AND r.engagement_id = ").push_bind(engagement.clone());
        }
        if let Some(company) = self.company {
            query.push(" AND r.company_id = ").push_bind(company);
        }
        search.restrict(query);
    }
}

fn one_of(query: &mut QueryBuilder<Sqlite>, column: &str, words: Vec<&str>) {
    if words.is_empty() {
        return;
    }
    query.push(" AND ").push(column).push(" IN (");
    let mut list = query.separated(", ");
    for word in words {
        list.push_bind(word.to_owned());
    }
    query.push(")");
}
