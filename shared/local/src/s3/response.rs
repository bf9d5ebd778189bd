//! Answers in S3's form: an object, a part of it, its headers alone, or an error.

use axum::body::Body;
use axum::http::response::Builder;
use axum::http::{Response, StatusCode};

use super::object::S3Object;
use super::range::range;
use super::request::S3Request;
use crate::endpoint::ApiError;
use crate::query::Members;
use crate::request_id::random;

/// The object, as far as it is asked for.
pub(super) fn object(object: &S3Object, request: &S3Request) -> Result<Response<Body>, ApiError> {
    if request.if_match.as_ref().is_some_and(|etag| etag.trim_matches('"') != object.etag.trim_matches('"')) {
        let message = "At least one of the pre-conditions you specified did not hold";
        return Err(ApiError::new(412, "PreconditionFailed", message));
    }
    let size = object.size;
    let part = range(request.range.as_deref(), size)?;
    let response = match &part {
        Some(part) => builder(206)
            .header("Content-Range", format!("bytes {}-{}/{size}", part.start, part.end.saturating_sub(1))),
        None => builder(200),
    };
    let part = part.unwrap_or(0..size);
    let length = part.end - part.start;
    let response = response
        .header("Accept-Ranges", "bytes")
        .header("Content-Length", length)
        .header("Content-Type", "binary/octet-stream")
        .header("ETag", &object.etag)
        .header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
    let body = if request.head {
        Body::empty()
    } else {
        Body::new(object.stream(part.start, length).map_err(|error| ApiError::unwritable(&error))?)
    };
    response.body(body).map_err(|error| ApiError::unwritable(&error))
}

/// An error. Nothing of its body is sent in answer to `HEAD`.
pub(super) fn error(error: &ApiError) -> Response<Body> {
    let members = Members::default().with("Code", Some(error.code));
    let members = members.and_then(|members| members.with("Message", Some(&error.message)));
    let body = members.and_then(|members| members.document("Error", None));
    let response = builder(error.status).header("Content-Type", "application/xml");
    // All headers are our own, so this cannot fail.
    response.body(body.unwrap_or_else(|error| error.message).into()).unwrap_or_default()
}

fn builder(status: u16) -> Builder {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header("x-amz-request-id", format!("{:016X}", random()))
        .header("x-amz-id-2", format!("{:016x}{:016x}", random(), random()))
}
