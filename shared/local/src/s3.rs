//! S3 on a loopback port: streams the objects that are declared to it.

mod data;
mod object;
mod range;
mod request;
mod response;
#[cfg(test)]
mod tests;

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;

use crate::endpoint::{Api, ApiError, Caller, Endpoint};

pub use data::S3Data;
pub use object::S3Object;
pub use request::S3Request;

/// S3 as functions reach it. It serves `GetObject` and `HeadObject`, the former also in part, of buckets that stand in the
/// path or in the host's name. It sets no `Content-Encoding`, as AWS Config sets none for its snapshots. Versions, parts
/// and all other operations are refused.
pub type S3 = Endpoint<S3Data>;

impl Api for S3Data {
    type Request = S3Request;

    const SERVICE: &'static str = "s3";

    fn read(http: &Parts, _body: &[u8]) -> Result<S3Request, ApiError> {
        S3Request::read(http)
    }

    fn action(request: &S3Request) -> &str {
        if request.head { "HeadObject" } else { "GetObject" }
    }

    /// Both need the same.
    fn permission(_action: &str) -> String {
        "s3:GetObject".into()
    }

    fn run(&mut self, request: &S3Request, _caller: &Caller) -> Result<Response<Body>, ApiError> {
        response::object(self.find(request)?, request)
    }

    fn render(error: &ApiError) -> Response<Body> {
        response::error(error)
    }

    fn unsigned() -> ApiError {
        ApiError::new(403, "AccessDenied", "Access Denied")
    }

    fn throttled() -> ApiError {
        ApiError::new(503, "SlowDown", "Please reduce your request rate.")
    }

    fn denied(why: &str) -> ApiError {
        ApiError::new(403, "AccessDenied", why)
    }

    fn internal(status: u16) -> ApiError {
        ApiError::new(status, "InternalError", "We encountered an internal error. Please try again.")
    }
}
