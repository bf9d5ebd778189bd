//! A request of S3's REST protocol: the method, where the bucket stands, and the headers that matter.

use std::ops::Range;

use axum::http::Method;
use axum::http::request::Parts;
use config_rules_local::endpoint::ApiError;
use percent_encoding::percent_decode_str;

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

    /// The bytes that are asked for of so many; none if it is all of them. S3 ignores a header that is not a single range.
    pub(super) fn range_of(&self, size: u64) -> Result<Option<Range<u64>>, ApiError> {
        let range = match self.range.as_deref().and_then(bounds) {
            None => return Ok(None),
            Some((Some(first), last)) => first..last.map_or(size, |last| size.min(last.saturating_add(1))),
            Some((None, last)) => size.saturating_sub(last.unwrap_or(0))..size,
        };
        if range.is_empty() {
            return Err(ApiError::new(416, "InvalidRange", "The requested range is not satisfiable"));
        }
        Ok(Some(range))
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

/// The first and the last byte; or none, and how many there are at the end.
fn bounds(header: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
    let bounds = (number(first)?, number(last)?);
    match bounds {
        (None, None) => None,
        (Some(first), Some(last)) if last < first => None,
        bounds => Some(bounds),
    }
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

    fn range(header: Option<&str>) -> S3Request {
        let range = header.map(str::to_owned);
        S3Request { head: false, bucket: "b".into(), key: "k".into(), range, if_match: None }
    }

    #[test]
    fn one_range_is_understood() {
        for (header, expected) in [
            ("bytes=0-0", Some(0..1)),
            ("bytes=2-5", Some(2..6)),
            ("bytes=2-", Some(2..10)),
            ("bytes=2-99", Some(2..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=-99", Some(0..10)),
            ("bytes=5-2", None),
            ("bytes=-", None),
            ("bytes=0-1,3-4", None),
            ("lines=0-1", None),
        ] {
            assert_eq!(range(Some(header)).range_of(10), Ok(expected), "{header}");
        }
        assert_eq!(range(None).range_of(10), Ok(None));
    }

    #[test]
    fn what_is_beyond_the_end_is_refused() {
        for (header, size) in [("bytes=10-", 10), ("bytes=10-20", 10), ("bytes=-0", 10), ("bytes=0-", 0)] {
            assert_eq!(range(Some(header)).range_of(size).unwrap_err().code, "InvalidRange", "{header}");
        }
    }
}
