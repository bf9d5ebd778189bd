//! S3 on a loopback port: streams the objects that were put into it.

mod object;
mod request;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::response::Builder;
use axum::http::{Response, StatusCode};
use config_rules_local::endpoint::{Api, ApiError, Caller, Endpoint, Fault};
use config_rules_local::query::Members;

pub use object::S3Object;
pub use request::S3Request;

/// S3 as functions call it. It serves `GetObject`, also of a range, and `HeadObject`, with the bucket in the path or in the
/// host name. It sets no `Content-Encoding`, as AWS Config sets none for its snapshots. Versions, parts and all other
/// operations are refused.
pub type S3 = Endpoint<S3Data>;

/// The buckets. By default, there are none.
#[derive(Debug, Default)]
pub struct S3Data {
    buckets: BTreeMap<String, Bucket>,
    hides_missing: bool,
}

#[derive(Debug, Default)]
struct Bucket {
    /// Whichever is asked, if there is none.
    region: Option<String>,
    objects: BTreeMap<String, S3Object>,
    denied: BTreeSet<String>,
}

impl S3Data {
    /// Adds an empty bucket, if there is none of this name.
    #[must_use]
    pub fn bucket(mut self, bucket: impl Into<String>) -> Self {
        self.bucket_mut(bucket);
        self
    }

    /// Puts an object into a bucket, and makes the bucket if there is none.
    #[must_use]
    pub fn object(
        mut self,
        bucket: impl Into<String>,
        key: impl Into<String>,
        object: impl Into<S3Object>,
    ) -> Self {
        self.put_object(bucket, key, object);
        self
    }

    /// The same while S3 is served: `s3.with(|s3| s3.put_object(…))`.
    pub fn put_object(
        &mut self,
        bucket: impl Into<String>,
        key: impl Into<String>,
        object: impl Into<S3Object>,
    ) {
        self.bucket_mut(bucket).objects.insert(key.into(), object.into());
    }

    /// Says in which Region a bucket is: who asks another one hears where it is, and gets nothing.
    pub fn move_bucket(&mut self, bucket: impl Into<String>, region: impl Into<String>) {
        self.bucket_mut(bucket).region = Some(region.into());
    }

    /// Denies everybody what has this key, whether or not there is an object.
    #[must_use]
    pub fn deny(mut self, bucket: impl Into<String>, key: impl Into<String>) -> Self {
        self.bucket_mut(bucket).denied.insert(key.into());
        self
    }

    /// Answers `AccessDenied` instead of `NoSuchKey`, as S3 does to callers who may not list the bucket.
    #[must_use]
    pub fn hide_missing(mut self) -> Self {
        self.hides_missing = true;
        self
    }

    fn bucket_mut(&mut self, bucket: impl Into<String>) -> &mut Bucket {
        self.buckets.entry(bucket.into()).or_default()
    }

    fn find(&self, request: &S3Request) -> Result<&S3Object, ApiError> {
        let bucket = self
            .buckets
            .get(&request.bucket)
            .ok_or_else(|| ApiError::new(404, "NoSuchBucket", "The specified bucket does not exist"))?;
        match bucket.objects.get(&request.key) {
            Some(object) if !bucket.denied.contains(&request.key) => Ok(object),
            None if !self.hides_missing && !bucket.denied.contains(&request.key) => {
                Err(ApiError::new(404, "NoSuchKey", "The specified key does not exist."))
            }
            _ => Err(Self::denied("Access Denied")),
        }
    }
}

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

    fn run(
        &mut self,
        request: &S3Request,
        caller: &Caller,
        _fault: &Fault,
    ) -> Result<Response<Body>, ApiError> {
        let region = self.buckets.get(&request.bucket).and_then(|bucket| bucket.region.as_ref());
        if let Some(region) = region.filter(|region| **region != caller.region) {
            let body =
                "<Error><Code>PermanentRedirect</Code><Message>Another endpoint has it.</Message></Error>";
            let response = builder(301).header("x-amz-bucket-region", region);
            return response.body(body.into()).map_err(|error| ApiError::unwritable(&error));
        }
        let object = self.find(request)?;
        if request
            .if_match
            .as_ref()
            .is_some_and(|etag| etag.trim_matches('"') != object.etag.trim_matches('"'))
        {
            let message = "At least one of the pre-conditions you specified did not hold";
            return Err(ApiError::new(412, "PreconditionFailed", message));
        }
        response(object, request)
    }

    /// Nothing of the body is sent in answer to `HEAD`.
    fn render(error: &ApiError) -> Response<Body> {
        let members = Members::default().with("Code", Some(error.code));
        let members = members.and_then(|members| members.with("Message", Some(&error.message)));
        let body = members.and_then(|members| members.document("Error", None));
        let response = builder(error.status).header("Content-Type", "application/xml");
        // All headers are our own, so this cannot fail.
        response.body(body.unwrap_or_else(|error| error.message).into()).unwrap_or_default()
    }

    fn unsigned() -> ApiError {
        Self::denied("Access Denied")
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

/// The object, the range of it, or its headers alone.
fn response(object: &S3Object, request: &S3Request) -> Result<Response<Body>, ApiError> {
    let size = object.size;
    let range = request.range_of(size)?;
    let response = match &range {
        Some(range) => builder(206)
            .header("Content-Range", format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1))),
        None => builder(200),
    };
    let range = range.unwrap_or(0..size);
    let length = range.end - range.start;
    let response = response
        .header("Accept-Ranges", "bytes")
        .header("Content-Length", length)
        .header("Content-Type", "binary/octet-stream")
        .header("ETag", &object.etag)
        .header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
    let body = if request.head {
        Body::empty()
    } else {
        Body::new(object.stream(range.start, length).map_err(|error| ApiError::unwritable(&error))?)
    };
    response.body(body).map_err(|error| ApiError::unwritable(&error))
}

fn builder(status: u16) -> Builder {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header("x-amz-request-id", format!("{:016X}", fastrand::u64(..)))
        .header("x-amz-id-2", format!("{:032x}", fastrand::u128(..)))
}
