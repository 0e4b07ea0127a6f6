//! The `$filter` language, as far as the service is documented to know it.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

/// A condition on a referral.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Compare { path: Vec<String>, operator: Operator, literal: Literal },
    Any { path: Vec<String>, condition: Box<Filter> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    Date(Timestamp),
    Null,
}

const TEXT_FIELDS: &[&str] = &[
    "engagementId",
    "status",
    "substatus",
    "qualification",
    "direction",
    "type",
    "customerProfile/address/country",
];
const DATE_FIELDS: &[&str] = &["createdDateTime", "updatedDateTime"];
const LISTS: &[(&str, &[&str])] = &[("team", &["email"])];
const DEEPEST: usize = 32;

impl Filter {
    /// Reads a `$filter`.
    ///
    /// # Errors
    /// What the service would say about it: unknown field, unknown operator, wrong literal, broken syntax.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0, variable: None };
        let filter = parser.conjunction()?;
        match parser.next() {
            None => Ok(filter),
            Some(token) => Err(format!("Syntax error at {token:?}.")),
        }
    }

    /// Whether a date is compared anywhere.
    pub(crate) fn compares_a_date(&self) -> bool {
        match self {
            Self::And(left, right) => left.compares_a_date() || right.compares_a_date(),
            Self::Any { condition, .. } => condition.compares_a_date(),
            Self::Compare { path, .. } => {
                path.last().is_some_and(|field| DATE_FIELDS.contains(&field.as_str()))
            }
        }
    }

    /// No referral that was updated before this meets the condition.
    pub(crate) fn updated_since(&self) -> Option<Timestamp> {
        match self {
            Self::And(left, right) => left.updated_since().max(right.updated_since()),
            Self::Compare { path, operator: Operator::Ge | Operator::Gt, literal: Literal::Date(date) } => {
                (path.len() == 1 && path[0] == "updatedDateTime").then_some(*date)
            }
            Self::Compare { .. } | Self::Any { .. } => None,
        }
    }

    /// Whether a referral meets the condition; what is no object meets none.
    pub(crate) fn matches(&self, referral: &Value) -> bool {
        match self {
            Self::And(left, right) => left.matches(referral) && right.matches(referral),
            Self::Any { path, condition } => lookup(referral, path)
                .and_then(Value::as_array)
                .is_some_and(|items| items.iter().any(|item| condition.matches(item))),
            Self::Compare { path, operator, literal } => {
                referral.is_object() && compare(lookup(referral, path), *operator, literal)
            }
        }
    }
}

fn lookup<'a>(value: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

fn compare(value: Option<&Value>, operator: Operator, literal: &Literal) -> bool {
    let ordering = match (value, literal) {
        (None | Some(Value::Null), Literal::Null) => Some(Ordering::Equal),
        (Some(Value::String(value)), Literal::Text(literal)) => Some(value.cmp(literal)),
        (Some(Value::String(value)), Literal::Date(literal)) => {
            value.parse::<Timestamp>().ok().map(|value| value.cmp(literal))
        }
        _ => None,
    };
    ordering.is_some_and(|ordering| match operator {
        Operator::Eq => ordering.is_eq(),
        Operator::Gt => ordering.is_gt(),
        Operator::Ge => ordering.is_ge(),
        Operator::Lt => ordering.is_lt(),
        Operator::Le => ordering.is_le(),
    })
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Colon,
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '\'' => {
                let mut literal = String::new();
                loop {
                    match rest.next() {
                        Some('\'') if rest.peek() == Some(&'\'') => {
                            rest.next();
                            literal.push('\'');
                        }
                        Some('\'') => break,
                        Some(c) => literal.push(c),
                        None => return Err("There is an unterminated string literal.".to_owned()),
                    }
                }
                tokens.push(Token::Text(literal));
            }
            ':' => tokens.push(Token::Colon),
            c => {
                let mut word = String::from(c);
                // A colon belongs to the word only inside a time of day such as 2026-01-01T00:00:00Z.
                while let Some(&c) = rest.peek() {
                    let in_time = c == ':' && word.starts_with(|c: char| c.is_ascii_digit());
                    if c.is_whitespace() || matches!(c, '(' | ')' | '\'') || c == ':' && !in_time {
                        break;
                    }
                    word.push(c);
                    rest.next();
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    variable: Option<(String, &'static [&'static str])>,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), String> {
        match self.next() {
            Some(token) if token == *wanted => Ok(()),
            found => Err(format!("Expected {wanted:?}, found {found:?}.")),
        }
    }

    fn word(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Word(word)) => Ok(word),
            found => Err(format!("Expected a name, found {found:?}.")),
        }
    }

    fn conjunction(&mut self) -> Result<Filter, String> {
        let mut left = self.condition()?;
        while self.peek() == Some(&Token::Word("and".to_owned())) {
            self.at += 1;
            left = Filter::And(Box::new(left), Box::new(self.condition()?));
        }
        Ok(left)
    }

    fn condition(&mut self) -> Result<Filter, String> {
        if self.peek() == Some(&Token::Open) {
            self.at += 1;
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err("The filter is nested too deeply.".to_owned());
            }
            let inner = self.conjunction()?;
            self.depth -= 1;
            self.expect(&Token::Close)?;
            return Ok(inner);
        }
        let path = self.word()?;
        if self.variable.is_none()
            && let Some(list) = path.strip_suffix("/any")
        {
            return self.any(list);
        }
        self.comparison(&path)
    }

    fn any(&mut self, list: &str) -> Result<Filter, String> {
        let Some((_, fields)) = LISTS.iter().find(|(name, _)| *name == list) else {
            return Err(format!("Could not find a collection named '{list}'."));
        };
        self.expect(&Token::Open)?;
        let name = self.word()?;
        self.expect(&Token::Colon)?;
        self.variable = Some((name, fields));
        let condition = Box::new(self.conjunction()?);
        self.variable = None;
        self.expect(&Token::Close)?;
        Ok(Filter::Any { path: list.split('/').map(str::to_owned).collect(), condition })
    }

    fn comparison(&mut self, path: &str) -> Result<Filter, String> {
        let unknown = || format!("Could not find a property named '{path}'.");
        let (field, is_date) = match &self.variable {
            Some((variable, fields)) => {
                let field = path
                    .strip_prefix(variable.as_str())
                    .and_then(|field| field.strip_prefix('/'))
                    .filter(|field| fields.contains(field))
                    .ok_or_else(unknown)?;
                (field, false)
            }
            None if TEXT_FIELDS.contains(&path) => (path, false),
            None if DATE_FIELDS.contains(&path) => (path, true),
            None => return Err(unknown()),
        };
        let operator = match self.word()?.as_str() {
            "eq" => Operator::Eq,
            "gt" => Operator::Gt,
            "ge" => Operator::Ge,
            "lt" => Operator::Lt,
            "le" => Operator::Le,
            other => return Err(format!("The operator '{other}' is not supported.")),
        };
        let literal = match self.next() {
            Some(Token::Text(text)) if !is_date => Literal::Text(text),
            Some(Token::Word(word)) if word == "null" => Literal::Null,
            Some(Token::Word(word)) if is_date => Literal::Date(
                word.parse().map_err(|_| format!("'{word}' is no date with a time and an offset."))?,
            ),
            found => return Err(format!("{found:?} cannot be compared with '{path}'.")),
        };
        if operator != Operator::Eq && !is_date {
            return Err(format!("Only 'eq' is supported for '{path}'."));
        }
        Ok(Filter::Compare { path: field.split('/').map(str::to_owned).collect(), operator, literal })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn referral() -> Value {
        json!({
            "status": "New", "substatus": "Received", "type": "Shared", "direction": null,
            "updatedDateTime": "2026-03-07T09:18:01.6076542Z",
            "customerProfile": {"address": {"country": "TR"}},
            "team": [{"email": null}, {"email": "o'neil@example-firm.co.uk"}],
        })
    }

    #[rstest]
    #[case("updatedDateTime ge 2026-03-07T00:00:00Z", Some("2026-03-07T00:00:00Z"))]
    #[case("status eq 'New' and updatedDateTime gt 2026-03-07T00:00:00Z", Some("2026-03-07T00:00:00Z"))]
    #[case(
        "updatedDateTime ge 2026-03-07T00:00:00Z and updatedDateTime ge 2026-03-08T00:00:00Z",
        Some("2026-03-08T00:00:00Z")
    )]
    #[case("updatedDateTime le 2026-03-07T00:00:00Z", None)]
    #[case("createdDateTime ge 2026-03-07T00:00:00Z", None)]
    #[case("status eq 'New'", None)]
    fn bounds_from_below(#[case] filter: &str, #[case] since: Option<&str>) {
        let since = since.and_then(|since| since.parse().ok());
        assert_eq!(Filter::parse(filter).map(|filter| filter.updated_since()), Ok(since));
    }

    #[rstest]
    #[case("status eq 'New'", true)]
    #[case("status eq 'new'", false)]
    #[case("(status eq 'New')", true)]
    #[case("status eq 'New' and type eq 'Independent'", false)]
    #[case("(status eq 'New' and (type eq 'Shared')) and substatus eq 'Received'", true)]
    #[case("customerProfile/address/country eq 'TR'", true)]
    #[case("customerProfile/address/country eq 'DE'", false)]
    #[case("team/any(t:t/email eq 'o''neil@example-firm.co.uk')", true)]
    #[case("team/any(m: m/email eq 'nobody@example-firm.co.uk')", false)]
    #[case("updatedDateTime ge 2026-03-07T09:18:01.6076542Z", true)]
    #[case("updatedDateTime gt 2026-03-07T09:18:01.6076542Z", false)]
    #[case("updatedDateTime le 2026-03-07T12:18:01.6076542+03:00", true)]
    #[case("updatedDateTime lt 2026-03-07T09:18:01.6076542Z", false)]
    #[case("updatedDateTime eq 2026-03-07T09:18:01.607654200Z", true)]
    #[case("createdDateTime ge 2026-01-01T00:00:00Z", false)]
    #[case("direction eq null", true)]
    #[case("engagementId eq null", true)]
    #[case("status eq null", false)]
    #[case("engagementId eq 'x'", false)]
    fn matches(#[case] filter: &str, #[case] expected: bool) {
        assert_eq!(Filter::parse(filter).unwrap().matches(&referral()), expected);
    }

    #[rstest]
    #[case::unknown_field("nonsense eq 'New'")]
    #[case::unknown_path("customerProfile/name eq 'X'")]
    #[case::unknown_operator("status contains 'New'")]
    #[case::or("status eq 'New' or status eq 'Active'")]
    #[case::ne("status ne 'Closed'")]
    #[case::not("not status eq 'Closed'")]
    #[case::order_of_text("status ge 'New'")]
    #[case::double_quotes("status eq \"New\"")]
    #[case::unquoted("status eq New")]
    #[case::quoted_date("updatedDateTime ge '2026-01-01T00:00:00Z'")]
    #[case::date_without_offset("updatedDateTime ge 2026-01-01T00:00:00")]
    #[case::bare_date("updatedDateTime ge 2026-01-01")]
    #[case::unterminated("status eq 'New")]
    #[case::unbalanced("(status eq 'New'")]
    #[case::trailing("status eq 'New')")]
    #[case::nothing("")]
    #[case::half("status eq")]
    #[case::unknown_list("tags/any(t:t/name eq 'x')")]
    #[case::unknown_list_field("team/any(t:t/phone eq 'x')")]
    #[case::wrong_variable("team/any(t:u/email eq 'x')")]
    #[case::field_outside("team/any(t:status eq 'New')")]
    fn refuses(#[case] filter: &str) {
        assert!(Filter::parse(filter).is_err(), "{filter}");
    }

    #[test]
    fn deep_nesting_is_refused() {
        let filter = format!("{}status eq 'New'{}", "(".repeat(500), ")".repeat(500));
        assert!(Filter::parse(&filter).is_err());
    }

    #[test]
    fn knows_whether_a_date_is_compared() {
        let compares = |text: &str| Filter::parse(text).unwrap().compares_a_date();
        assert!(compares("status eq 'New' and updatedDateTime ge 2026-01-01T00:00:00Z"));
        assert!(!compares("status eq 'New'"));
    }
}
