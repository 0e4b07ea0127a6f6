//! Where a person's browser gets its cookie: for the code of the one-time link, or for the token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::Service;
use super::api::refused;
use super::page::page_policy;
use crate::text::text;

pub const PATH: &str = "/enter";
pub const SESSION: &str = "/session";

const PAGE: &str = include_str!("door.html");
const SCRIPT: &str = include_str!("door.js");
const WORDS: [&str; 5] = ["door_title", "door_text", "door_label", "door_button", "door_failed"];

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route(PATH, get(door))
        .route("/enter.js", get(async || ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)))
        .route(SESSION, post(enter))
}

async fn door(State(service): State<Arc<Service>>) -> Response {
    let language = service.language();
    let page = WORDS.iter().fold(PAGE.replace("%{language}", language.as_str()), |page, word| {
        page.replace(&format!("%{{{word}}}"), &text(language, word))
    });
    (page_policy(), Html(page)).into_response()
}

/// What a browser shows at the door.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Key {
    Code(String),
    Token(String),
}

async fn enter(State(service): State<Arc<Service>>, headers: HeaderMap, Json(key): Json<Key>) -> Response {
    let secure = headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"));
    let cookie = match &key {
        Key::Code(code) => service.access.exchange_code(code, secure),
        Key::Token(token) => service.access.exchange_token(token, secure),
    };
    match cookie {
        Ok(Some(cookie)) => {
            tracing::info!(event = "serve_session_began");
            (StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response()
        }
        Ok(None) => {
            tracing::warn!(event = "serve_session_refused");
            refused(StatusCode::FORBIDDEN, &text(service.language(), "door_failed"))
        }
        Err(error) => service.failure(&error),
    }
}
