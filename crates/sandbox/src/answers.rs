//! Answers in the forms that Microsoft's services use, and the misshapen ones.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::faults::{ErrorBody, Fault, RetryAfter, Shape};

/// The largest answer the sandbox makes; faults that rework a body read it whole.
const LARGEST: usize = 256 * 1024 * 1024;

pub(crate) fn json_text(status: StatusCode, text: impl Into<Body>) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, "application/json; charset=utf-8");
    response
}

pub(crate) fn json_value(status: StatusCode, value: &Value) -> Response {
    json_text(status, value.to_string())
}

pub(crate) fn html(status: StatusCode, page: String) -> Response {
    let mut response = Response::new(page.into());
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, "text/html; charset=utf-8");
    response
}

pub(crate) fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// An error of the referrals API.
pub(crate) fn odata_error(status: StatusCode, code: &str, message: &str) -> Response {
    error(status, ErrorBody::OData, code, message)
}

pub(crate) fn error(status: StatusCode, body: ErrorBody, code: &str, message: &str) -> Response {
    let mut response = match body {
        ErrorBody::OData => json_value(
            status,
            &json!({"error": {"code": code, "message": message, "target": null, "innerError": {"code": null}}}),
        ),
        ErrorBody::Gateway => json_value(status, &json!({"statusCode": status.as_u16(), "message": message})),
        ErrorBody::CodeDescription => json_value(status, &json!({"code": code, "description": message})),
        ErrorBody::Html => {
            let title = format!("{} {message}", status.as_u16());
            html(
                status,
                format!(
                    "<!DOCTYPE html><html><head><title>{title}</title></head><body><center><h1>{title}</h1></center><hr><center>Microsoft-Azure-Application-Gateway/v2</center></body></html>"
                ),
            )
        }
        ErrorBody::Empty => status.into_response(),
    };
    if status == StatusCode::UNAUTHORIZED {
        set(&mut response, header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
    }
    response
}

/// The answer of a fault that needs nothing but itself and how far the sandbox's clock is ahead; none for the others.
pub(crate) fn standalone(fault: &Fault, date_ahead: i64) -> Option<Response> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other faults rework a real answer")]
    let response = match fault {
        Fault::Status { status, body, code, retry_after } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::IM_A_TEAPOT);
            let (usual, message) = usual_error(status);
            let mut response = error(status, *body, code.as_deref().unwrap_or(usual), message);
            if let Some(retry_after) = retry_after {
                set(&mut response, header::RETRY_AFTER, &retry_after_text(*retry_after, date_ahead));
            }
            response
        }
        Fault::BadJson => json_text(StatusCode::OK, r#"{"value":[{"id":undefined,]}"#),
        Fault::WrongShape { shape } => json_text(
            StatusCode::OK,
            match shape {
                Shape::Array => "[]",
                Shape::Null => "null",
                Shape::NoValue => r#"{"@odata.context":"","values":[]}"#,
                Shape::ValueIsObject => r#"{"@odata.context":"","value":{}}"#,
                Shape::ValueIsNull => r#"{"@odata.context":"","value":null}"#,
            },
        ),
        Fault::HugeBody { bytes } => json_text(StatusCode::OK, huge(*bytes)),
        _ => return None,
    };
    Some(response)
}

fn usual_error(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 => ("BadRequest", "The request is invalid."),
        401 => ("Unauthorized", "Access token is missing, expired or invalid."),
        403 => ("Forbidden", "The caller has no permission for this operation."),
        404 => ("NotFound", "The resource was not found."),
        409 => ("Conflict", "The resource was changed meanwhile."),
        429 => ("TooManyRequests", "Rate limit is exceeded. Try again later."),
        500 => ("InternalServerError", "An unexpected error occurred."),
        502 => ("BadGateway", "Bad Gateway"),
        503 => ("ServiceUnavailable", "Service Unavailable"),
        504 => ("GatewayTimeout", "Gateway Timeout"),
        509 => ("BandwidthLimitExceeded", "Bandwidth Limit Exceeded"),
        _ => ("Error", "Error"),
    }
}

fn retry_after_text(retry_after: RetryAfter, date_ahead: i64) -> String {
    match retry_after {
        RetryAfter::Seconds(seconds) => seconds.to_string(),
        RetryAfter::DateIn(seconds) => {
            http_date_in(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_add(date_ahead))
        }
    }
}

/// The moment so many seconds ahead, as HTTP writes it.
pub(crate) fn http_date_in(seconds: i64) -> String {
    let at = Timestamp::now().checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn huge(bytes: u64) -> Body {
    const CHUNK: usize = 64 * 1024;
    let head = Bytes::from_static(br#"{"@odata.context":"","padding":""#);
    let tail = Bytes::from_static(br#"","value":[]}"#);
    let block = Bytes::from(vec![b'x'; CHUNK]);
    let blocks = bytes.div_ceil(CHUNK as u64);
    Body::from_stream(stream::unfold(0_u64, move |position| {
        let chunk = match position {
            0 => Some(head.clone()),
            p if p <= blocks => Some(block.clone()),
            p if p == blocks + 1 => Some(tail.clone()),
            _ => None,
        };
        async move { chunk.map(|chunk| (Ok::<_, Infallible>(chunk), position + 1)) }
    }))
}

/// The answer with its body cut in the middle, sent, or announced, as the fault says.
pub(crate) async fn rework(fault: &Fault, response: Response) -> Response {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other faults leave the finished answer alone")]
    match fault {
        Fault::SlowHeaders { ms } => {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
            response
        }
        Fault::SlowBody { chunk, pause_ms } => {
            let (parts, body) = whole(response).await;
            let size = (*chunk).max(1);
            let pause = Duration::from_millis(*pause_ms);
            let drops = stream::unfold(body, move |mut rest| async move {
                if rest.is_empty() {
                    return None;
                }
                tokio::time::sleep(pause).await;
                let drop = rest.split_to(size.min(rest.len()));
                Some((Ok::<_, Infallible>(drop), rest))
            });
            Response::from_parts(parts, Body::from_stream(drops))
        }
        Fault::CutInBody => {
            let (mut parts, body) = whole(response).await;
            parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
            let half = body.slice(..body.len() / 2);
            let halves = stream::unfold(Some(half), |half| async move {
                match half {
                    Some(half) => Some((Ok::<_, std::io::Error>(half), None)),
                    None => {
                        // Once pending, so that the first half leaves before the cut.
                        tokio::task::yield_now().await;
                        Some((Err(std::io::ErrorKind::ConnectionAborted.into()), None))
                    }
                }
            });
            Response::from_parts(parts, Body::from_stream(halves))
        }
        Fault::HalfPage => {
            let (parts, body) = whole(response).await;
            let half = body.slice(..body.len() / 2);
            Response::from_parts(parts, half.into())
        }
        Fault::AnswerLost => crate::server::cut_connection(),
        _ => response,
    }
}

async fn whole(response: Response) -> (axum::http::response::Parts, Bytes) {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = axum::body::to_bytes(body, LARGEST).await.unwrap_or_default();
    (parts, body)
}
