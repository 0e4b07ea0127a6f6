//! The referrals API: the list with its paging, and single referrals.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, Path, RawQuery, State as FromState};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answers::{self, json_text, odata_error, set};
use crate::collection::{Order, Place, passes};
use crate::faults::{ErrorBody, Fault, NextLink};
use crate::filter::{Filter, Literal, Operator};
use crate::front_door::{ActiveFault, CLIENT_REQUEST_ID};
use crate::grants::Refusal;
use crate::journal::bearer;
use crate::sign_in::ACCOUNTS;
use crate::state::{State, lock};

const PATH: &str = "/v1.0/engagements/referrals";
const DOCUMENTED_NEXT: &str = "http://api.partner.microsoft.com/v1.0/referrals";
const CONTEXT: &str = "https://api.partner.microsoft.com/v1.0/$metadata#referrals";
const USUAL_PAGE: usize = 100;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new().route(PATH, get(list)).route(&format!("{PATH}/{{id}}"), get(single))
}

pub(crate) async fn not_found() -> Response {
    answers::error(StatusCode::NOT_FOUND, ErrorBody::Gateway, "NotFound", "Resource not found")
}

pub(crate) async fn method_not_allowed() -> Response {
    odata_error(
        StatusCode::METHOD_NOT_ALLOWED,
        "MethodNotAllowed",
        "The requested resource does not support this HTTP method.",
    )
}

fn bad_request(message: &str) -> Response {
    odata_error(StatusCode::BAD_REQUEST, "BadRequest", message)
}

/// Who asks, as an additional filter; the answer for those who may not.
fn admit(state: &State, headers: &HeaderMap) -> Result<Option<Filter>, Box<Response>> {
    let refuse = |code: &str, message: &str| Box::new(odata_error(StatusCode::UNAUTHORIZED, code, message));
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(bearer)
        .ok_or_else(|| refuse("Unauthorized", "Access token is missing."))?;
    let account = lock(&state.grants).check_access(token).map_err(|refusal| match refusal {
        Refusal::Unknown => refuse("InvalidToken", "Access token is invalid."),
        Refusal::Expired => refuse("ExpiredToken", "Access token has expired."),
        Refusal::WrongAudience => refuse("InvalidAudience", "The audience is invalid."),
    })?;
    let has_id = headers
        .get(CLIENT_REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| Uuid::parse_str(value).is_ok());
    if !has_id {
        return Err(Box::new(bad_request("The header client-request-id must be a GUID.")));
    }
    let account = ACCOUNTS.get(account).filter(|account| !account.sees_all);
    Ok(account.map(|account| Filter::Any {
        path: vec!["team".to_owned()],
        condition: Box::new(Filter::Compare {
            path: vec!["email".to_owned()],
            operator: Operator::Eq,
            literal: Literal::Text(account.username.to_owned()),
        }),
    }))
}

/// What was asked for; the skiptoken is this, with the place of the last item seen.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Asked {
    filter: Option<String>,
    order: Order,
    top: usize,
    select: Option<String>,
    count: bool,
    after: Option<Place>,
}

impl Asked {
    fn read(query: &str, cap: usize, refuse_dates: bool) -> Result<Self, String> {
        let mut asked = Self { top: USUAL_PAGE, ..Self::default() };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "$skiptoken" => return Self::from_token(&value),
                "$filter" => {
                    let filter = Filter::parse(&value)?;
                    if refuse_dates && filter.compares_a_date() {
                        return Err("Filtering by date is not supported.".to_owned());
                    }
                    asked.filter = Some(value.into_owned());
                }
                "$orderby" => asked.order = Order::parse(&value)?,
                "$top" => {
                    asked.top = value.parse().map_err(|_| format!("'{value}' is no valid value of $top."))?;
                }
                "$select" => asked.select = Some(value.into_owned()),
                "$count" => asked.count = value == "true",
                other if other.starts_with('$') => {
                    return Err(format!("The query option '{other}' is not supported."));
                }
                _ => {}
            }
        }
        asked.top = asked.top.min(cap);
        Ok(asked)
    }

    fn from_token(token: &str) -> Result<Self, String> {
        STANDARD
            .decode(token)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| "The value of $skiptoken is not valid.".to_owned())
    }

    fn token(&self, after: Option<Place>) -> String {
        let next = Self { after, ..self.clone() };
        STANDARD.encode(json!(next).to_string())
    }
}

async fn list(
    FromState(state): FromState<Arc<State>>,
    RawQuery(query): RawQuery,
    Extension(fault): Extension<ActiveFault>,
    headers: HeaderMap,
) -> Response {
    let behaviour = state.behaviour();
    let (viewer, asked) = match (
        admit(&state, &headers),
        Asked::read(
            query.as_deref().unwrap_or_default(),
            behaviour.page_size_cap,
            behaviour.refuse_date_filters,
        ),
    ) {
        (Err(response), _) => return *response,
        (_, Err(message)) => return bad_request(&message),
        (Ok(viewer), Ok(asked)) => (viewer, asked),
    };
    let filter = match asked.filter.as_deref().map(Filter::parse).transpose() {
        Ok(filter) => filter,
        Err(message) => return bad_request(&message),
    };
    let filters: Vec<&Filter> = filter.iter().chain(&viewer).collect();
    let passing = |text: &str| passes(text, &filters);
    let since = filter.as_ref().and_then(Filter::updated_since);

    let referrals = lock(&state.referrals);
    let collection = &referrals.collection;
    let (page, more) = collection.page(asked.order, asked.after, asked.top, since, &passing);
    let last = page.last().map(|(place, _)| *place);
    let mut items: Vec<String> = page
        .iter()
        .map(|(_, text)| {
            asked.select.as_deref().map_or_else(|| (*text).to_owned(), |select| project(text, select))
        })
        .collect();
    let mut next = (more && asked.top > 0).then(|| link(DOCUMENTED_NEXT, &asked.token(last)));
    if let Some(fault) = &fault.0 {
        let following = |count| {
            let (page, _) = collection.page(asked.order, last, count, since, &passing);
            page.into_iter().map(|(_, text)| text.to_owned()).collect()
        };
        bend(fault, &mut items, &mut next, &following, || asked.token(asked.after), &state);
    }
    json_text(StatusCode::OK, render(&items, asked.count, next.as_ref()))
}

/// Applies a fault to a finished page.
fn bend(
    fault: &Fault,
    items: &mut Vec<String>,
    next: &mut Option<Value>,
    following: &dyn Fn(usize) -> Vec<String>,
    same_page: impl Fn() -> String,
    state: &State,
) {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other faults leave the page alone")]
    match fault {
        Fault::ExtraItem { item } => items.insert(items.len() / 2, item.to_string()),
        Fault::RepeatPage => *next = Some(link(DOCUMENTED_NEXT, &same_page())),
        Fault::RepeatItems { count } => items.extend(following(*count)),
        Fault::DropItems { count } => items.truncate(items.len().saturating_sub(*count)),
        Fault::NextLink { to } => {
            let Some(Value::String(right)) = next.as_ref() else {
                return;
            };
            let query = right.split_once('?').map_or("", |(_, query)| query);
            *next = Some(match to {
                NextLink::SecondOrigin => json!(format!("{}{PATH}?{query}", state.second_origin)),
                NextLink::Own => json!(format!("{}{PATH}?{query}", state.base_url)),
                NextLink::WithoutSkipToken => json!(format!("{DOCUMENTED_NEXT}?page=2")),
                NextLink::Empty => json!(""),
                NextLink::Value(value) => value.clone(),
            });
        }
        _ => {}
    }
}

fn link(base: &str, token: &str) -> Value {
    let token: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
    json!(format!("{base}?$skiptoken={token}"))
}

fn project(text: &str, select: &str) -> String {
    let wanted: Vec<&str> = select.split(',').map(str::trim).collect();
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => {
            let kept = fields.into_iter().filter(|(name, _)| wanted.contains(&name.as_str())).collect();
            Value::Object(kept).to_string()
        }
        _ => text.to_owned(),
    }
}

fn render(items: &[String], count: bool, next: Option<&Value>) -> String {
    let mut text = format!("{{\"@odata.context\":{}", json!(CONTEXT));
    if count {
        // As at the service, this counts the page and not the whole.
        text.push_str(&format!(",\"@odata.count\":{}", items.len()));
    }
    text.push_str(",\"value\":[");
    text.push_str(&items.join(","));
    text.push(']');
    if let Some(next) = next {
        text.push_str(&format!(",\"@odata.nextLink\":{next}"));
    }
    text.push('}');
    text
}

async fn single(
    FromState(state): FromState<Arc<State>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let viewer = match admit(&state, &headers) {
        Ok(viewer) => viewer,
        Err(response) => return *response,
    };
    let filters: Vec<&Filter> = viewer.iter().collect();
    let text =
        lock(&state.referrals).collection.get(&id).filter(|text| passes(text, &filters)).map(str::to_owned);
    let Some(text) = text else {
        let message = format!("Referral '{id}' was not found.");
        return odata_error(StatusCode::NOT_FOUND, "NotFound", &message);
    };
    let etag = serde_json::from_str::<Value>(&text)
        .ok()
        .and_then(|payload| Some(payload.get("eTag")?.as_str()?.to_owned()));
    let mut response = json_text(StatusCode::OK, text);
    if let Some(etag) = etag {
        set(&mut response, header::ETAG, &etag);
    }
    response
}
