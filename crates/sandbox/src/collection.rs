//! The referrals the service holds, serialised, and the orders they are read in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::filter::Filter;

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Order {
    #[default]
    Stored,
    Created {
        descending: bool,
    },
    Updated {
        descending: bool,
    },
}

impl Order {
    /// Reads a `$orderby`.
    ///
    /// # Errors
    /// What the service would say about it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut words = text.split_ascii_whitespace();
        let field = words.next().unwrap_or_default();
        let descending = match words.next() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(other) => return Err(format!("'{other}' is no sort direction.")),
        };
        if words.next().is_some() {
            return Err(format!("Syntax error in '{text}'."));
        }
        match field {
            "createdDateTime" => Ok(Self::Created { descending }),
            "updatedDateTime" => Ok(Self::Updated { descending }),
            other => Err(format!("Ordering by '{other}' is not supported.")),
        }
    }
}

/// A place in an order: the instant in nanoseconds (0 in stored order), then the sequence number.
pub(crate) type Place = (i64, u64);

#[derive(Debug)]
struct Item {
    id: Option<Box<str>>,
    created: i64,
    updated: i64,
    text: Box<str>,
}

/// All referrals; what is not an object with an `id` is kept as well.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    items: BTreeMap<u64, Item>,
    by_id: HashMap<Box<str>, u64>,
    by_created: BTreeSet<Place>,
    by_updated: BTreeSet<Place>,
    last: u64,
}

impl Collection {
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Adds an item, or replaces the one with the same `id` in its place; answers what was there.
    pub(crate) fn put(&mut self, payload: &Value) -> Option<Box<str>> {
        let id: Option<Box<str>> = payload.get("id").and_then(Value::as_str).map(Into::into);
        let number = match id.as_ref().and_then(|id| self.by_id.get(id)) {
            Some(number) => *number,
            None => {
                self.last += 1;
                self.last
            }
        };
        let old = self.forget(number);
        let created = instant(payload.get("createdDateTime"));
        let updated = instant(payload.get("updatedDateTime"));
        if let Some(id) = &id {
            self.by_id.insert(id.clone(), number);
        }
        self.by_created.insert((created, number));
        self.by_updated.insert((updated, number));
        let text = payload.to_string().into_boxed_str();
        self.items.insert(number, Item { id, created, updated, text });
        old
    }

    /// Removes a referral and answers its text.
    pub(crate) fn remove(&mut self, id: &str) -> Option<Box<str>> {
        let number = *self.by_id.get(id)?;
        self.forget(number)
    }

    fn forget(&mut self, number: u64) -> Option<Box<str>> {
        let item = self.items.remove(&number)?;
        self.by_created.remove(&(item.created, number));
        self.by_updated.remove(&(item.updated, number));
        if let Some(id) = item.id {
            self.by_id.remove(&id);
        }
        Some(item.text)
    }

    /// The text of one referral.
    pub(crate) fn get(&self, id: &str) -> Option<&str> {
        let number = self.by_id.get(id)?;
        self.items.get(number).map(|item| &*item.text)
    }

    /// The text of all items in stored order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.items.values().map(|item| &*item.text)
    }

    /// The ids in stored order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.items.values().filter_map(|item| item.id.as_deref())
    }

    /// The items after a place that pass, at most `limit`, each with its place; and whether more follow. Those last
    /// updated before `since` are known not to pass.
    pub(crate) fn page(
        &self,
        order: Order,
        after: Option<Place>,
        limit: usize,
        since: Option<Timestamp>,
        passes: &dyn Fn(&str) -> bool,
    ) -> (Vec<(Place, &str)>, bool) {
        let mut page = Vec::with_capacity(limit.min(1000));
        let since = since.map_or(i64::MIN, nanoseconds);
        for place in self.places(order, after) {
            let Some(item) = self.items.get(&place.1) else {
                continue;
            };
            if item.updated < since {
                match order {
                    Order::Updated { descending: true } => break,
                    Order::Updated { .. } | Order::Created { .. } | Order::Stored => continue,
                }
            }
            if !passes(&item.text) {
                continue;
            }
            if page.len() == limit {
                return (page, true);
            }
            page.push((place, &*item.text));
        }
        (page, false)
    }

    fn places(&self, order: Order, after: Option<Place>) -> Box<dyn Iterator<Item = Place> + '_> {
        use std::ops::Bound::{Excluded, Unbounded};
        match order {
            Order::Stored => {
                let from = after.map_or(Unbounded, |(_, number)| Excluded(number));
                Box::new(self.items.range((from, Unbounded)).map(|(number, _)| (0, *number)))
            }
            Order::Created { descending } => walk(&self.by_created, descending, after),
            Order::Updated { descending } => walk(&self.by_updated, descending, after),
        }
    }
}

fn walk(
    index: &BTreeSet<Place>,
    descending: bool,
    after: Option<Place>,
) -> Box<dyn Iterator<Item = Place> + '_> {
    use std::ops::Bound::{Excluded, Unbounded};
    let after = after.map_or(Unbounded, Excluded);
    if descending {
        Box::new(index.range((Unbounded, after)).rev().copied())
    } else {
        Box::new(index.range((after, Unbounded)).copied())
    }
}

/// Whether a text passes a filter and a viewer's right to see it.
pub(crate) fn passes(text: &str, filters: &[&Filter]) -> bool {
    filters.is_empty()
        || serde_json::from_str::<Value>(text)
            .is_ok_and(|value| filters.iter().all(|filter| filter.matches(&value)))
}

fn instant(value: Option<&Value>) -> i64 {
    value
        .and_then(Value::as_str)
        .and_then(|text| text.parse::<Timestamp>().ok())
        .map_or(i64::MIN, nanoseconds)
}

fn nanoseconds(instant: Timestamp) -> i64 {
    let all = instant.as_nanosecond();
    i64::try_from(all).unwrap_or(if all < 0 { i64::MIN } else { i64::MAX })
}
