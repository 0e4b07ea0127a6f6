//! What happens to every request before and after its handler: it is recorded, delayed, and made to fail.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State as FromState};
use axum::http::{HeaderName, StatusCode, header, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;

use crate::aadsts::SignInError;
use crate::answers::{self, json_value, set};
use crate::faults::{Elsewhere, Fault};
use crate::journal::{Endpoint, Origin};
use crate::server::{cut_connection, is_cut};
use crate::state::{State, lock};

const LARGEST_REQUEST: usize = 1024 * 1024;
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
pub(crate) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// The fault that this request drew, for the handlers that can act on it.
#[derive(Debug, Clone)]
pub(crate) struct ActiveFault(pub(crate) Option<Fault>);

pub(crate) async fn front_door(
    FromState(state): FromState<Arc<State>>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_REQUEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let number = lock(&state.journal).record(Origin::Main, &parts, &body);
    let latency = state.behaviour().latency;
    if latency > Duration::ZERO {
        tokio::time::sleep(latency).await;
    }
    let endpoint = Endpoint::of(parts.method.as_str(), parts.uri.path());
    let fault = endpoint.and_then(|endpoint| lock(&state.faults).next(endpoint));
    let caller_id = parts.headers.get(CLIENT_REQUEST_ID).cloned();

    let instead = match (&fault, endpoint) {
        (Some(fault), Some(endpoint)) => instead(&state, fault, endpoint, &parts),
        _ => None,
    };
    let mut response = match instead {
        Some(response) => response,
        None => {
            if let Some(Fault::Touch { count, seed }) = &fault {
                lock(&state.referrals).touch(*count, *seed);
            }
            parts.extensions.insert(ActiveFault(fault.clone()));
            let response = next.run(Request::from_parts(parts, Body::from(body))).await;
            match &fault {
                Some(fault) => answers::rework(fault, response).await,
                None => response,
            }
        }
    };
    let request_id = Uuid::new_v4().to_string();
    if matches!(endpoint, Some(Endpoint::List | Endpoint::Get)) {
        set(&mut response, REQUEST_ID, &request_id);
        if let Some(caller_id) = caller_id {
            response.headers_mut().insert(CLIENT_REQUEST_ID, caller_id);
        }
    } else {
        set(&mut response, HeaderName::from_static("x-ms-request-id"), &request_id);
    }
    if state.behaviour().date_ahead != 0 {
        set(&mut response, header::DATE, &answers::http_date_in(state.behaviour().date_ahead));
    }
    if !is_cut(&response) {
        lock(&state.journal).answered(number, response.status().as_u16());
    }
    response
}

fn instead(state: &State, fault: &Fault, endpoint: Endpoint, parts: &Parts) -> Option<Response> {
    let signs_in = matches!(endpoint, Endpoint::DeviceCode | Endpoint::Token);
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other faults are not acted on here")]
    match fault {
        Fault::CutBeforeHeaders => Some(cut_connection()),
        Fault::Redirect { status, to } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::FOUND);
            let same = parts.uri.path_and_query().map_or("/", |same| same.as_str());
            let to = match to {
                Elsewhere::SecondOrigin => format!("{}{same}", state.second_origin),
                Elsewhere::Url(url) => url.clone(),
            };
            let mut response = status.into_response();
            set(&mut response, header::LOCATION, &to);
            Some(response)
        }
        Fault::Aadsts { number } if signs_in => Some(SignInError::number(*number).response()),
        Fault::OAuth { error } if signs_in => Some(SignInError::named(error).response()),
        fault => answers::standalone(fault, state.behaviour().date_ahead),
    }
}

/// The second origin: records whatever comes and answers as if all were well.
pub(crate) async fn second_origin(FromState(state): FromState<Arc<State>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST_REQUEST).await.unwrap_or_default();
    let mut journal = lock(&state.journal);
    let number = journal.record(Origin::Second, &parts, &body);
    journal.answered(number, 200);
    json_value(StatusCode::OK, &json!({"value": []}))
}
