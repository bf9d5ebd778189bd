//! The Runtime API's paths, headers and bodies.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post};
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;

use super::invocations::{Invocation, Invocations};
use super::{InvokeError, Outcome};
use crate::request_id::random;

pub(super) fn router(invocations: Arc<Invocations>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(respond))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(report_error))
        .route("/2018-06-01/runtime/init/error", post(report_init_error))
        .layer(DefaultBodyLimit::disable())
        .with_state(invocations)
}

async fn next(State(invocations): State<Arc<Invocations>>) -> Response<Body> {
    match invocations.next().await {
        Some(invocation) => event(invocations.arn(), invocation),
        None => json(StatusCode::GONE, "{}"),
    }
}

fn event(arn: &str, invocation: Invocation) -> Response<Body> {
    let trace = format!(
        "Root=1-{:08x}-{:016x}{:08x};Parent={:016x};Sampled=0",
        Timestamp::now().as_second(),
        random(),
        random() >> 32,
        random(),
    );
    let response = Response::builder()
        .header("Content-Type", "application/json")
        .header("Lambda-Runtime-Aws-Request-Id", invocation.id)
        .header("Lambda-Runtime-Deadline-Ms", invocation.deadline)
        .header("Lambda-Runtime-Invoked-Function-Arn", arn)
        .header("Lambda-Runtime-Trace-Id", trace)
        .body(Body::from(invocation.event));
    // An ARN that is no header value is the only way to fail here.
    response.unwrap_or_else(|_| json(StatusCode::INTERNAL_SERVER_ERROR, "{}"))
}

async fn respond(
    State(invocations): State<Arc<Invocations>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response<Body> {
    let response = String::from_utf8_lossy(&body).into_owned();
    answered(invocations.answer(&id, Ok(Outcome::Response(response))))
}

async fn report_error(
    State(invocations): State<Arc<Invocations>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let Report { error_type, error_message: message } = Report::read(&headers, &body);
    let error = Outcome::Error { error_type, message };
    answered(invocations.answer(&id, Ok(error)))
}

async fn report_init_error(
    State(invocations): State<Arc<Invocations>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let Report { error_type, error_message: message } = Report::read(&headers, &body);
    invocations.init_failed(&InvokeError::Init { error_type, message });
    accepted()
}

/// The body of an error report.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    error_type: String,
    error_message: String,
}

impl Report {
    /// A body of another form is the message itself; the type then stands in the header, or nowhere.
    fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_else(|_| Self {
            error_type: headers
                .get("Lambda-Runtime-Function-Error-Type")
                .and_then(|value| value.to_str().ok())
                .unwrap_or("Unknown")
                .to_owned(),
            error_message: String::from_utf8_lossy(body).into_owned(),
        })
    }
}

fn answered(expected: bool) -> Response<Body> {
    if expected {
        return accepted();
    }
    // The real one says so, too, once an invocation has been answered or has run out of time.
    json(StatusCode::BAD_REQUEST, r#"{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}"#)
}

fn accepted() -> Response<Body> {
    json(StatusCode::ACCEPTED, r#"{"status":"OK"}"#)
}

fn json(status: StatusCode, body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
}
