use std::str::FromStr;

use sqlx::{QueryBuilder, Sqlite};

use crate::scores::Pull;

/// A column to sort by, and the direction; rows without a value come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The column.
    pub field: SortField,
    /// Largest or latest first.
    pub descending: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self { field: SortField::UpdatedAt, descending: true }
    }
}

impl FromStr for Order {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (field, descending) = match text.split_once(':') {
            None => (text, false),
            Some((field, order)) if order.eq_ignore_ascii_case("asc") => (field, false),
            Some((field, order)) if order.eq_ignore_ascii_case("desc") => (field, true),
            Some(_) => return Err(()),
        };
        let field = SortField::ALL.into_iter().find(|known| known.as_str() == field).ok_or(())?;
        Ok(Self { field, descending })
    }
}

impl Order {
    /// `by_index`: whether rows may be walked in the order of an index, which pays where nearly all of them are wanted;
    /// the lists' own indices are in the order of the latest change. `from_end`: the other way round.
    pub(crate) fn push(
        self,
        query: &mut QueryBuilder<Sqlite>,
        by_index: bool,
        from_end: bool,
        pull: &Pull<'_>,
    ) {
        let (direction, key) = self.directions(from_end);
        let by_index = by_index || self.field == SortField::UpdatedAt;
        query.push(if by_index { " ORDER BY " } else { " ORDER BY +" });
        if self.field == SortField::Priority {
            pull.push(query);
        } else {
            query.push(self.field.column());
        }
        query.push(format!(" {direction}, r.referral_key {key}"));
    }

    /// That of the column, and that of the keys of rows which have the same in it.
    pub(crate) fn directions(self, from_end: bool) -> (&'static str, &'static str) {
        let direction = match (self.descending, from_end) {
            (true, false) => "DESC NULLS LAST",
            (false, false) => "ASC NULLS LAST",
            (true, true) => "ASC NULLS FIRST",
            (false, true) => "DESC NULLS FIRST",
        };
        (direction, if from_end { "DESC" } else { "ASC" })
    }
}

macro_rules! sort_fields {
    ($($field:ident = $name:literal, $column:literal;)+) => {
        /// A column that a list can be sorted by.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum SortField { $(#[doc = concat!("`", $name, "`")] $field,)+ }

        impl SortField {
            /// Every column that a list can be sorted by.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$field),+];

            /// Its name in commands and JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$field => $name,)+ }
            }

            fn column(self) -> &'static str {
                match self { $(Self::$field => $column,)+ }
            }
        }
    };
}

sort_fields! {
    UpdatedAt = "updated_at", "r.updated_at";
    CreatedAt = "created_at", "r.created_at";
    ExpiresAt = "expires_at", "r.expires_at";
    ClosingAt = "closing_at", "r.closing_at";
    SyncedAt = "synced_at", "r.synced_at";
    CustomerName = "customer_name", "nullif(r.customer_sort, '')";
    CustomerCountry = "customer_country", "nullif(r.customer_country, '')";
    Name = "name", "nullif(r.name, '')";
    Kind = "kind", "r.kind";
    Status = "status", "nullif(r.status, '')";
    Substatus = "substatus", "nullif(r.substatus, '')";
    Qualification = "qualification", "nullif(r.qualification, '')";
    Direction = "direction", "nullif(r.direction, '')";
    DealValue = "deal_value", "r.deal_amount";
    Currency = "currency", "nullif(r.currency, '')";
    Domain = "domain", "r.domain";
    LinkStatus = "link_status", "r.link_status";
    Priority = "priority", "r.lasting_priority";
    Score = "score", "r.score";
    Segment = "segment", "nullif(r.segment, '')";
    ReferralId = "referral_id", "r.referral_id";
}
