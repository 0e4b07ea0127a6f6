//! Steering the sandbox from another process: JSON under `/_sandbox`.

use std::sync::Arc;

use axum::extract::{Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::faults::FaultRule;
use crate::grants::Decision;
use crate::journal::Origin;
use crate::sign_in::{ACCOUNTS, CLIENT_ID, TENANT_DOMAIN, TENANT_ID};
use crate::state::{State, lock};

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(about))
        .route("/referrals", get(referrals).put(replace).post(put))
        .route("/referrals/{id}", get(referral).delete(remove))
        .route("/touch", post(touch))
        .route("/device-codes", get(device_codes))
        .route("/device-codes/{user_code}/{decision}", post(decide))
        .route("/sessions", axum::routing::delete(revoke))
        .route("/access-tokens", axum::routing::delete(expire))
        .route("/secrets", get(secrets))
        .route("/personal-strings", get(personal_strings))
        .route("/faults", get(faults).post(inject).delete(clear_faults))
        .route("/requests", get(requests).delete(clear_requests))
        .route("/counters", get(counters))
        .route("/behaviour", get(behaviour).patch(adjust))
}

type Shared = FromState<Arc<State>>;

async fn about(FromState(state): Shared) -> Json<Value> {
    Json(json!({
        "base_url": state.base_url,
        "second_origin": state.second_origin,
        "client_id": CLIENT_ID,
        "tenant_id": TENANT_ID,
        "tenant_domain": TENANT_DOMAIN,
        "accounts": ACCOUNTS,
    }))
}

async fn referrals(FromState(state): Shared) -> Response {
    let referrals = lock(&state.referrals);
    let items: Vec<&str> = referrals.collection.texts().collect();
    let text = format!("{{\"total\":{},\"items\":[{}]}}", items.len(), items.join(","));
    crate::answers::json_text(StatusCode::OK, text)
}

async fn replace(FromState(state): Shared, Json(payloads): Json<Vec<Value>>) -> StatusCode {
    lock(&state.referrals).replace(&payloads);
    StatusCode::NO_CONTENT
}

async fn put(FromState(state): Shared, Json(payload): Json<Value>) -> StatusCode {
    lock(&state.referrals).put(&payload);
    StatusCode::NO_CONTENT
}

async fn referral(FromState(state): Shared, Path(id): Path<String>) -> Response {
    match lock(&state.referrals).collection.get(&id) {
        Some(text) => crate::answers::json_text(StatusCode::OK, text.to_owned()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn remove(FromState(state): Shared, Path(id): Path<String>) -> StatusCode {
    found(lock(&state.referrals).remove(&id))
}

fn found(found: bool) -> StatusCode {
    if found { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

#[derive(Deserialize)]
struct Touch {
    count: usize,
    #[serde(default)]
    seed: u64,
}

async fn touch(FromState(state): Shared, Json(asked): Json<Touch>) -> Json<Value> {
    let ids = lock(&state.referrals).touch(asked.count, asked.seed);
    Json(json!({"ids": ids}))
}

async fn device_codes(FromState(state): Shared) -> Json<Value> {
    let codes: Vec<Value> = lock(&state.grants)
        .user_codes()
        .into_iter()
        .map(|(user_code, decision)| json!({"user_code": user_code, "decision": decision}))
        .collect();
    Json(json!(codes))
}

#[derive(Deserialize)]
struct AsAccount {
    #[serde(default)]
    account: usize,
}

async fn decide(
    FromState(state): Shared,
    Path((user_code, decision)): Path<(String, String)>,
    Query(query): Query<AsAccount>,
) -> StatusCode {
    let decision = match decision.as_str() {
        "approve" if query.account < ACCOUNTS.len() => Decision::Approved(query.account),
        "decline" => Decision::Declined,
        "expire" => Decision::Expired,
        _ => return StatusCode::BAD_REQUEST,
    };
    found(lock(&state.grants).decide(&user_code, decision))
}

async fn revoke(FromState(state): Shared) -> StatusCode {
    lock(&state.grants).revoke_sessions();
    StatusCode::NO_CONTENT
}

async fn expire(FromState(state): Shared) -> StatusCode {
    lock(&state.grants).expire_access_tokens();
    StatusCode::NO_CONTENT
}

async fn secrets(FromState(state): Shared) -> Json<Value> {
    Json(json!(lock(&state.grants).issued()))
}

async fn personal_strings(FromState(state): Shared) -> Json<Value> {
    Json(json!(state.personal_strings()))
}

async fn faults(FromState(state): Shared) -> Json<Value> {
    Json(json!(lock(&state.faults).rules()))
}

async fn inject(FromState(state): Shared, Json(rule): Json<FaultRule>) -> StatusCode {
    lock(&state.faults).add(rule);
    StatusCode::NO_CONTENT
}

async fn clear_faults(FromState(state): Shared) -> StatusCode {
    lock(&state.faults).clear();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct OfOrigin {
    origin: Option<Origin>,
}

async fn requests(FromState(state): Shared, Query(query): Query<OfOrigin>) -> Json<Value> {
    Json(json!(lock(&state.journal).requests(query.origin)))
}

async fn clear_requests(FromState(state): Shared) -> StatusCode {
    lock(&state.journal).clear();
    StatusCode::NO_CONTENT
}

async fn counters(FromState(state): Shared) -> Json<Value> {
    Json(json!(lock(&state.journal).counters))
}

async fn behaviour(FromState(state): Shared) -> Json<Behaviour> {
    Json(state.behaviour())
}

async fn adjust(FromState(state): Shared, Json(changes): Json<Value>) -> Response {
    let mut behaviour = json!(state.behaviour());
    let Value::Object(changes) = changes else {
        return (StatusCode::BAD_REQUEST, "an object is expected").into_response();
    };
    for (name, value) in changes {
        behaviour[name] = value;
    }
    match serde_json::from_value(behaviour) {
        Ok(behaviour) => {
            state.set_behaviour(behaviour);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}
