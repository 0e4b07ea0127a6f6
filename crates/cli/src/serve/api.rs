//! The HTTP interface for programs: its paths, shapes and sentences are a promise.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use hunter_engine::{ErrorCode, HunterError, Language, ReferralQuery};
use serde_json::json;

use super::Service;

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/api/v1/partner-center/referrals/sync", post(sync))
        .route("/api/referrals/sync", post(sync))
        .route("/api/v1/partner-center/sync/{task_id}", get(task))
        .route("/api/v1/partner-center/referrals/inbox", get(inbox))
        .route("/api/v1/partner-center/referrals/{id}", get(referral))
}

async fn sync(State(service): State<Arc<Service>>) -> Response {
    let answer = service.engine.request_sync().await;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(answer.body)).into_response()
}

async fn task(State(service): State<Arc<Service>>, Path(task_id): Path<String>) -> Response {
    match service.engine.sync_task(&task_id).await {
        Ok(Some(task)) => Json(task).into_response(),
        Ok(None) => service.failure(&HunterError::new(ErrorCode::RunNotFound).with("id", task_id)),
        Err(error) => service.failure(&error),
    }
}

async fn inbox(
    State(service): State<Arc<Service>>,
    query: Result<Query<ReferralQuery>, QueryRejection>,
) -> Response {
    let query = match query {
        Ok(Query(query)) => query,
        Err(rejection) => return refused(StatusCode::BAD_REQUEST, &rejection.body_text()),
    };
    match service.engine.list(&query).await {
        Ok(page) => Json(page).into_response(),
        Err(error) => service.failure(&error),
    }
}

async fn referral(State(service): State<Arc<Service>>, Path(id): Path<String>) -> Response {
    match service.engine.show(&id).await {
        Ok(referral) => Json(referral).into_response(),
        Err(error) => service.failure(&error),
    }
}

pub async fn nothing_here() -> Response {
    refused(StatusCode::NOT_FOUND, "There is nothing at this address.")
}

/// A refusal in the one shape that programs know.
pub fn refused(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({"detail": detail}))).into_response()
}

/// The HTTP status that goes with an error.
pub fn status_of(error: &HunterError) -> StatusCode {
    let code = error.code();
    match (code, code.exit_code()) {
        (ErrorCode::NotFound | ErrorCode::RunNotFound, _) => StatusCode::NOT_FOUND,
        (ErrorCode::RunUnderWay, _) => StatusCode::CONFLICT,
        (_, 2) => StatusCode::BAD_REQUEST,
        (_, 4 | 5) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Service {
    pub fn language(&self) -> Language {
        self.engine.settings().map(|settings| settings.language).unwrap_or_default()
    }

    pub fn failure(&self, error: &HunterError) -> Response {
        refused(status_of(error), &error.body(self.language()).message)
    }
}
