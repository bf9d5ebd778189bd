//! AWS's JSON protocol (awsJson1.1): finds the operation that a request names and gives its reply AWS's form.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use serde_json::{Value, json};

use super::caller::Caller;
use super::error::ServiceError;
use super::item::ConfigurationItem;
use super::operation::{self, Operation, Reply};
use super::store::Store;
use crate::request_id::request_id;
use crate::server::Wire;

const TARGET_PREFIX: &str = "StarlingDoveService.";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

pub(super) fn router(store: Arc<Mutex<Store>>) -> Router {
    Router::new()
        .route("/", post(serve))
        .route("/configuration-items", post(record))
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
    let Reply { result, delay, cut } = match operation(&headers) {
        Ok((operation, caller)) => {
            let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
            operation::answer(&mut store, operation, caller, &body)
        }
        Err(error) => return render(Err(error)),
    };
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if cut {
        wire.cut();
    }
    render(result)
}

/// Records what somebody says there is; whose it is, and the rules that are told of it, are in the answer.
async fn record(State(store): State<Arc<Mutex<Store>>>, body: Bytes) -> Response<Body> {
    let items = match ConfigurationItem::all_in(&body) {
        Ok(items) => items,
        Err(error) => {
            return render(Err(ServiceError::bad_request("ValidationException", error.to_string())));
        }
    };
    let accounts: BTreeSet<_> = items.iter().map(|item| item.account().to_owned()).collect();
    let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
    let invocations: Vec<_> = items.into_iter().flat_map(|item| store.record(item)).collect();
    let rules: BTreeSet<_> = invocations.iter().map(|invocation| invocation.rule.clone()).collect();
    store.invocations.extend(invocations);
    render(Ok(json!({"accounts": accounts, "rules": rules})))
}

/// The operation of a request that names one, in this protocol, and is signed. The signature itself is not verified.
fn operation(headers: &HeaderMap) -> Result<(&'static Operation, Caller), ServiceError> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let target = header("x-amz-target").unwrap_or_default();
    let content_type = header("content-type").unwrap_or_default();
    let operation = target
        .strip_prefix(TARGET_PREFIX)
        .filter(|_| content_type.split(';').next() == Some(CONTENT_TYPE))
        .and_then(operation::find);
    match (operation, header("authorization")) {
        (None, _) => Err(ServiceError::bad_request(
            "UnknownOperationException",
            format!("{target:?} with content type {content_type:?} is not served"),
        )),
        (Some(_), None) => Err(ServiceError {
            status: 403,
            name: "MissingAuthenticationTokenException",
            message: "Missing Authentication Token".into(),
        }),
        (Some(operation), Some(authorization)) => Ok((operation, Caller::from_authorization(authorization))),
    }
}

async fn not_found() -> Response<Body> {
    render(Err(ServiceError {
        status: 404,
        name: "UnknownOperationException",
        message: "Operations are sent with POST /, configuration items with POST /configuration-items".into(),
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
