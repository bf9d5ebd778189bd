//! Buckets, and what is in them.

use std::collections::{BTreeMap, BTreeSet};

use super::object::S3Object;
use super::request::S3Request;
use crate::endpoint::ApiError;

/// What S3 holds. By default, nothing.
#[derive(Debug, Default)]
pub struct S3Data {
    buckets: BTreeMap<String, Bucket>,
    hides_missing: bool,
}

#[derive(Debug, Default)]
struct Bucket {
    objects: BTreeMap<String, S3Object>,
    denied: BTreeSet<String>,
}

impl S3Data {
    /// Adds an empty bucket, if there is none of this name.
    #[must_use]
    pub fn bucket(mut self, bucket: impl Into<String>) -> Self {
        self.buckets.entry(bucket.into()).or_default();
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
        self.buckets.entry(bucket.into()).or_default().objects.insert(key.into(), object.into());
        self
    }

    /// Forbids everybody what is under this key, whether or not it is there.
    #[must_use]
    pub fn deny(mut self, bucket: impl Into<String>, key: impl Into<String>) -> Self {
        self.buckets.entry(bucket.into()).or_default().denied.insert(key.into());
        self
    }

    /// Answers `AccessDenied` instead of `NoSuchKey`, as S3 does to callers who may not list the bucket.
    #[must_use]
    pub fn hide_missing(mut self) -> Self {
        self.hides_missing = true;
        self
    }

    pub(super) fn find(&self, request: &S3Request) -> Result<&S3Object, ApiError> {
        let bucket = self
            .buckets
            .get(&request.bucket)
            .ok_or_else(|| ApiError::new(404, "NoSuchBucket", "The specified bucket does not exist"))?;
        match bucket.objects.get(&request.key) {
            Some(object) if !bucket.denied.contains(&request.key) => Ok(object),
            None if !self.hides_missing && !bucket.denied.contains(&request.key) => {
                Err(ApiError::new(404, "NoSuchKey", "The specified key does not exist."))
            }
            _ => Err(ApiError::new(403, "AccessDenied", "Access Denied")),
        }
    }
}
