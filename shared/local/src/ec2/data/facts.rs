//! Facts: what is known of images, prefix lists and key pairs, known to be absent, or unavailable.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::endpoint::ApiError;

/// By id or name; none is absent, as what is not there is.
pub(in crate::ec2) type Known<T> = BTreeMap<String, Option<T>>;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(in crate::ec2) struct Image {
    pub(in crate::ec2) owner_id: Option<String>,
    pub(in crate::ec2) owner_alias: Option<String>,
    pub(in crate::ec2) name: Option<String>,
    pub(in crate::ec2) state: Option<String>,
    pub(in crate::ec2) creation_date: Option<String>,
    pub(in crate::ec2) deprecation_time: Option<String>,
    pub(in crate::ec2) public: Option<bool>,
    pub(in crate::ec2) product_codes: Option<Vec<String>>,
    pub(in crate::ec2) tags: Option<Tags>,
    /// Only `ownImages` have them.
    pub(in crate::ec2) snapshot_ids: Vec<String>,
}

/// Tags as a map, or as a list of key and value.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(in crate::ec2) enum Tags {
    Map(BTreeMap<String, Option<String>>),
    List(Vec<Tag>),
}

#[derive(Clone, Debug, Deserialize)]
pub(in crate::ec2) struct Tag {
    #[serde(alias = "Key", alias = "tagName")]
    key: String,
    #[serde(alias = "Value", alias = "tagValue", default)]
    value: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::ec2) struct PrefixList {
    #[serde(default)]
    pub(in crate::ec2) name: Option<String>,
    pub(in crate::ec2) entries: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(in crate::ec2) struct KeyPair {
    #[serde(rename = "keyPairId")]
    pub(in crate::ec2) id: Option<String>,
    pub(in crate::ec2) key_type: Option<String>,
    pub(in crate::ec2) fingerprint: Option<String>,
    pub(in crate::ec2) create_time: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::ec2) struct VpcBlockPublicAccess {
    pub(in crate::ec2) internet_gateway_block_mode: String,
    #[serde(default)]
    pub(in crate::ec2) exclusions: Vec<VpcBlockPublicAccessExclusion>,
}

impl Default for VpcBlockPublicAccess {
    fn default() -> Self {
        Self { internet_gateway_block_mode: "off".to_owned(), exclusions: Vec::new() }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::ec2) struct VpcBlockPublicAccessExclusion {
    resource_arn: String,
    internet_gateway_exclusion_mode: String,
    state: String,
}

/// Block public access for images or for snapshots.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(in crate::ec2) struct BlockPublicAccess {
    pub(in crate::ec2) state: String,
    pub(in crate::ec2) managed_by: String,
}

impl Default for BlockPublicAccess {
    fn default() -> Self {
        Self { state: "unblocked".to_owned(), managed_by: "account".to_owned() }
    }
}

impl Tags {
    pub(in crate::ec2) fn pairs(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Map(tags) => {
                tags.iter().map(|(key, value)| (key.as_str(), value.as_deref().unwrap_or_default())).collect()
            }
            Self::List(tags) => {
                tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_deref().unwrap_or_default())).collect()
            }
        }
    }
}

/// What is known of one kind of thing.
pub(in crate::ec2) struct Facts<'a, T> {
    pub(in crate::ec2) known: &'a Known<T>,
    pub(super) unavailable: &'a BTreeMap<String, String>,
}

impl<'a, T> Facts<'a, T> {
    /// What exists, in order.
    pub(in crate::ec2) fn all(&self) -> impl Iterator<Item = (&'a str, &'a T)> {
        self.known.iter().filter_map(|(id, fact)| Some((id.as_str(), fact.as_ref()?)))
    }

    /// None when it does not exist.
    pub(in crate::ec2) fn get(&self, id: &str) -> Result<Option<&'a T>, ApiError> {
        match (self.known.get(id), self.unavailable.get(id)) {
            (Some(fact), _) => Ok(fact.as_ref()),
            (None, Some(why)) => Err(ApiError::unauthorized(why)),
            (None, None) => Ok(None),
        }
    }

    /// The first of these ids or names, if any, that is unavailable.
    pub(in crate::ec2) fn check(&self, matches: impl Fn(&str) -> bool) -> Result<(), ApiError> {
        match self.unavailable.keys().find(|id| matches(id)) {
            Some(id) => self.get(id).map(drop),
            None => Ok(()),
        }
    }

    /// All that exist, or those with these ids if there are any. `missing` makes an error of those that do not exist.
    pub(in crate::ec2) fn select(
        &self,
        ids: &[&'a str],
        missing: impl FnOnce(&[&str]) -> ApiError,
    ) -> Result<Vec<(&'a str, &'a T)>, ApiError> {
        if ids.is_empty() {
            return Ok(self.all().collect());
        }
        let (mut found, mut absent) = (Vec::new(), Vec::new());
        for &id in ids {
            match self.get(id)? {
                Some(fact) => found.push((id, fact)),
                None => absent.push(id),
            }
        }
        if absent.is_empty() { Ok(found) } else { Err(missing(&absent)) }
    }
}
