//! AWS's JSON protocol (awsJson1.1): an operation's name in a header, JSON in, JSON out.

use std::fmt;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::endpoint::ApiError;
use crate::request_id::request_id;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// A call of an operation, as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonRequest {
    /// Such as `GetParameters`.
    pub operation: String,
    /// The body.
    pub input: Value,
}

impl JsonRequest {
    /// A request for an operation of this service, such as `AmazonSSM`.
    pub(crate) fn read(http: &Parts, body: &[u8], service: &str) -> Result<Self, ApiError> {
        let operation = operation(http, service)?.to_owned();
        let input = serde_json::from_slice(body).map_err(|error| serialization(&error))?;
        Ok(Self { operation, input })
    }
}

/// The name of the operation that a request is for.
pub(crate) fn operation<'a>(http: &'a Parts, service: &str) -> Result<&'a str, ApiError> {
    if http.method != Method::POST || http.uri.path() != "/" {
        return Err(ApiError::new(404, "UnknownOperationException", "Operations are sent with POST /"));
    }
    let header = |name| http.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = header("content-type").split(';').next();
    let operation = header("x-amz-target").strip_prefix(service).and_then(|rest| rest.strip_prefix('.'));
    let operation = operation.filter(|_| content_type == Some(CONTENT_TYPE));
    operation.ok_or_else(|| unknown_operation(header("x-amz-target")))
}

/// The error for a body that cannot be read.
pub(crate) fn serialization(error: &dyn fmt::Display) -> ApiError {
    ApiError::bad_request("SerializationException", error.to_string())
}

/// An operation's answer.
pub(crate) fn response(output: &Value) -> Response<Body> {
    send(200, None, output)
}

/// An error in the protocol's form.
pub(crate) fn error(error: &ApiError) -> Response<Body> {
    send(error.status, Some(error.code), &json!({"__type": error.code, "message": error.message}))
}

pub(crate) fn unknown_operation(name: &str) -> ApiError {
    ApiError::bad_request("UnknownOperationException", format!("{name:?} is not served"))
}

pub(crate) fn unsigned() -> ApiError {
    ApiError::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
}

fn send(status: u16, error: Option<&'static str>, body: &Value) -> Response<Body> {
    let response = Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header("Content-Type", CONTENT_TYPE)
        .header("x-amzn-RequestId", request_id());
    let response =
        error.into_iter().fold(response, |response, name| response.header("x-amzn-ErrorType", name));
    // Names of errors are header values, so this cannot fail.
    response.body(body.to_string().into()).unwrap_or_default()
}
