//! Key pairs.

use serde::Serialize;

use crate::ec2::data::{Ec2Data, KeyPair};
use crate::ec2::filters::Filters;
use crate::endpoint::ApiError;
use crate::query::Members;
use crate::query::QueryRequest;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireKeyPair<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    key_pair_id: Option<&'a str>,
    key_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_fingerprint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    create_time: Option<&'a str>,
}

impl<'a> WireKeyPair<'a> {
    fn new(key_name: &'a str, key_pair: &'a KeyPair) -> Self {
        Self {
            key_pair_id: key_pair.id.as_deref(),
            key_name,
            key_type: key_pair.key_type.as_deref(),
            key_fingerprint: key_pair.fingerprint.as_deref(),
            create_time: key_pair.create_time.as_deref(),
        }
    }
}

/// A name that does not exist is an error; a filter that matches nothing is not.
pub(super) fn describe_key_pairs(data: &Ec2Data, request: &QueryRequest) -> Result<Members, ApiError> {
    let filters = Filters::read(request, &["key-name"])?;
    let matches = |name: &str| filters.match_all(|_| vec![name.to_owned()]);
    if !filters.is_empty() {
        data.key_pairs().check(matches)?;
    }
    let not_found = |names: &[&str]| ApiError::not_found("InvalidKeyPair.NotFound", "key pair", names);
    let key_pairs = data.key_pairs().select(&request.list("KeyName"), not_found)?;
    let key_pairs: Vec<_> = key_pairs
        .into_iter()
        .filter(|(name, _)| matches(name))
        .map(|(name, key_pair)| WireKeyPair::new(name, key_pair))
        .collect();
    Members::default().with_set("keySet", &key_pairs)
}
