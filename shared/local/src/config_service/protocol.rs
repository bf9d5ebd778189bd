//! AWS's JSON protocol (awsJson1.1): finds the operation that a request names and gives its reply AWS's form.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::put_evaluations::put_evaluations;
use super::store::Store;
use crate::request_id::request_id;
use crate::server::Wire;

/// Reads its body, does its work on the store and replies. It must not wait: a reply says how long it is delayed.
type Operation = fn(&mut Store, &[u8]) -> Reply;

/// Every operation that is served. A new one is a line here and a function of its own.
const OPERATIONS: &[(&str, Operation)] = &[("PutEvaluations", put_evaluations)];

const TARGET_PREFIX: &str = "StarlingDoveService.";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// Bytes. AWS publishes no figure; every request within the limits of its members is smaller.
const MAX_BODY: usize = 1024 * 1024;

/// What an operation makes of a request.
pub(super) struct Reply {
    pub(super) result: Result<Value, ServiceError>,
    /// How much later than now the client gets it.
    pub(super) delay: Duration,
    /// Close the connection instead of replying.
    pub(super) cut: bool,
}

impl From<Result<Value, ServiceError>> for Reply {
    fn from(result: Result<Value, ServiceError>) -> Self {
        Self { result, delay: Duration::ZERO, cut: false }
    }
}

/// An error in the form that every AWS service answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServiceError {
    pub(super) status: u16,
    pub(super) name: &'static str,
    pub(super) message: String,
}

impl ServiceError {
    pub(super) fn bad_request(name: &'static str, message: impl Into<String>) -> Self {
        Self { status: 400, name, message: message.into() }
    }
}

/// Reads an operation's body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ServiceError> {
    let refused = |message| ServiceError::bad_request("SerializationException", message);
    if body.len() > MAX_BODY {
        return Err(refused(format!("The body exceeds {MAX_BODY} bytes")));
    }
    serde_json::from_slice(body).map_err(|error| refused(error.to_string()))
}

pub(super) fn router(store: Arc<Mutex<Store>>) -> Router {
    Router::new()
        .route("/", post(serve))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(DefaultBodyLimit::disable())
        .with_state(store)
}

async fn serve(
    State(store): State<Arc<Mutex<Store>>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let reply = match operation(&headers) {
        Ok(operation) => {
            let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
            operation(&mut store, &body)
        }
        Err(error) => Reply::from(Err(error)),
    };
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    if reply.cut {
        wire.cut();
    }
    render(reply.result)
}

/// The operation of a request that names one, in this protocol, and is signed. The signature itself is not verified.
fn operation(headers: &HeaderMap) -> Result<Operation, ServiceError> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let target = header("x-amz-target").unwrap_or_default();
    let content_type = header("content-type").unwrap_or_default();
    let operation = target
        .strip_prefix(TARGET_PREFIX)
        .filter(|_| content_type.split(';').next() == Some(CONTENT_TYPE))
        .and_then(|name| OPERATIONS.iter().find(|(served, _)| *served == name));
    match operation {
        None => Err(ServiceError::bad_request(
            "UnknownOperationException",
            format!("{target:?} with content type {content_type:?} is not served"),
        )),
        Some(_) if !headers.contains_key("authorization") => Err(ServiceError {
            status: 403,
            name: "MissingAuthenticationTokenException",
            message: "Missing Authentication Token".into(),
        }),
        Some((_, operation)) => Ok(*operation),
    }
}

async fn not_found() -> Response<Body> {
    render(Err(ServiceError {
        status: 404,
        name: "UnknownOperationException",
        message: "Operations are sent with POST /".into(),
    }))
}

fn render(result: Result<Value, ServiceError>) -> Response<Body> {
    let response =
        Response::builder().header("Content-Type", CONTENT_TYPE).header("x-amzn-RequestId", request_id());
    let response = match result {
        Ok(body) => response.body(body.to_string().into()),
        Err(ServiceError { status, name, message }) => response
            .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
            .header("x-amzn-ErrorType", name)
            .body(json!({"__type": name, "message": message}).to_string().into()),
    };
    // Names of errors are header values, so this cannot fail.
    response.unwrap_or_default()
}
