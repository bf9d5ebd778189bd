//! A request of S3's REST protocol: the method, where the bucket stands, and the headers that matter.

use axum::http::Method;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::endpoint::ApiError;

/// A call of `GetObject` or `HeadObject`, as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Request {
    /// Whether it is `HeadObject`.
    pub head: bool,
    /// The bucket's name.
    pub bucket: String,
    /// The object's key.
    pub key: String,
    /// Such as `bytes=0-99`.
    pub range: Option<String>,
    /// The object's `ETag`, if it must be this one.
    pub if_match: Option<String>,
}

impl S3Request {
    pub(super) fn read(http: &Parts) -> Result<Self, ApiError> {
        let head = http.method == Method::HEAD;
        if !head && http.method != Method::GET {
            let message = "The specified method is not allowed against this resource.";
            return Err(ApiError::new(405, "MethodNotAllowed", message));
        }
        let header = |name| http.headers.get(name).and_then(|value| value.to_str().ok());
        let path = percent_decode_str(http.uri.path().trim_start_matches('/')).decode_utf8_lossy();
        let (bucket, key) = match bucket_of(header("host").unwrap_or_default()) {
            Some(bucket) => (bucket, &*path),
            None => path.split_once('/').unwrap_or_default(),
        };
        if key.is_empty() || !http.uri.query().unwrap_or_default().split('&').all(is_harmless) {
            return Err(not_implemented());
        }
        let (range, if_match) = (header("range"), header("if-match"));
        Ok(Self {
            head,
            bucket: bucket.into(),
            key: key.into(),
            range: range.map(Into::into),
            if_match: if_match.map(Into::into),
        })
    }
}

/// The bucket that a host's name begins with: one of AWS's names, or of this machine's.
fn bucket_of(host: &str) -> Option<&str> {
    let name = host.split(':').next()?;
    let ours = name.strip_suffix(".localhost").or_else(|| name.strip_suffix(".127.0.0.1"));
    ours.or_else(|| name.strip_suffix(".amazonaws.com")?.rsplit_once(".s3").map(|(bucket, _)| bucket))
}

/// The SDKs repeat the operation's name in the query.
fn is_harmless(parameter: &str) -> bool {
    parameter.is_empty() || parameter.starts_with("x-id=")
}

fn not_implemented() -> ApiError {
    let message = "A header you provided implies functionality that is not implemented";
    ApiError::new(501, "NotImplemented", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_stands_before_the_names_of_s3_and_of_this_machine() {
        for (host, bucket) in [
            ("127.0.0.1:4566", None),
            ("localhost:4566", None),
            ("s3.us-east-1.amazonaws.com", None),
            ("bucket.localhost:4566", Some("bucket")),
            ("my.bucket.127.0.0.1", Some("my.bucket")),
            ("bucket.s3.eu-west-1.amazonaws.com", Some("bucket")),
            ("bucket.s3.amazonaws.com", Some("bucket")),
        ] {
            assert_eq!(bucket_of(host), bucket, "{host}");
        }
    }
}
