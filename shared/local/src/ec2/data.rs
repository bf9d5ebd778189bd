//! What EC2 knows: a file of facts, and listings.

mod listings;
mod reservations;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::FunctionArn;
use crate::endpoint::ApiError;
use crate::endpoint::Caller;

/// What EC2 knows. By default, nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Ec2Data {
    images: Known<Image>,
    prefix_lists: Known<PrefixList>,
    key_pairs: Known<KeyPair>,
    /// By id or name, and why.
    unavailable: BTreeMap<String, String>,
    /// Reservations of one instance each.
    #[serde(deserialize_with = "reservations::read")]
    pub(super) instances: Vec<Value>,
    pub(super) security_groups: Vec<Value>,
    pub(super) launch_templates: Vec<Value>,
    pub(super) launch_template_versions: Vec<Value>,
    pub(super) spot_instance_requests: Vec<Value>,
    pub(super) spot_fleet_requests: Vec<Value>,
    /// None is as much as the action allows.
    #[serde(skip)]
    page_size: Option<NonZeroUsize>,
    /// None stands for the account of the default function.
    #[serde(skip)]
    account: Option<String>,
    /// What callers of these accounts see instead.
    #[serde(skip)]
    others: BTreeMap<String, Ec2Data>,
}

/// By id or name; none is absent, as what is not there is.
pub(super) type Known<T> = BTreeMap<String, Option<T>>;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct Image {
    pub(super) owner_id: Option<String>,
    pub(super) owner_alias: Option<String>,
    pub(super) name: Option<String>,
    pub(super) state: Option<String>,
    pub(super) creation_date: Option<String>,
    pub(super) deprecation_time: Option<String>,
    pub(super) public: Option<bool>,
    pub(super) tags: Option<Tags>,
}

/// Tags as a map, or as a list of key and value.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Tags {
    Map(BTreeMap<String, Option<String>>),
    List(Vec<Tag>),
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Tag {
    #[serde(alias = "Key", alias = "tagName")]
    key: String,
    #[serde(alias = "Value", alias = "tagValue", default)]
    value: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PrefixList {
    #[serde(default)]
    pub(super) name: Option<String>,
    pub(super) entries: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct KeyPair {
    #[serde(rename = "keyPairId")]
    pub(super) id: Option<String>,
    pub(super) key_type: Option<String>,
    pub(super) fingerprint: Option<String>,
    pub(super) create_time: Option<String>,
}

impl Ec2Data {
    /// Reads a file of facts: `images` and `prefixLists` by id, `keyPairs` by name. What is `null` there, or not there at
    /// all, does not exist; a call that asks for what is `unavailable` there is refused: `UnauthorizedOperation`.
    ///
    /// `instances`, `securityGroups`, `launchTemplates`, `launchTemplateVersions`, `spotInstanceRequests` and
    /// `spotFleetRequests` are lists, each in the form in which `aws ec2 describe-…` prints it. Among `instances` there
    /// may be reservations as well as instances, which are then reserved one by one.
    ///
    /// # Errors
    /// When the text is not the JSON of facts.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// Adds a running instance that was launched from this image, whether or not the image is known. It takes the place
    /// of one with the same id.
    #[must_use]
    pub fn instance(mut self, instance_id: impl Into<String>, image_id: impl Into<String>) -> Self {
        let instance_id = instance_id.into();
        self.instances.retain(|launch| launch["Instances"][0]["InstanceId"] != instance_id.as_str());
        let state = json!({"Code": 16, "Name": "running"});
        let image_id = image_id.into();
        self.instances([json!({"InstanceId": instance_id, "ImageId": image_id, "State": state})])
    }

    /// The account that asks, and owns the instances: 12 digits, by default those of
    /// [`FunctionArn`](crate::FunctionArn)'s default.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Callers with credentials of this account see this data instead. Keys that [`Sts`](crate::Sts) and
    /// [`Function`](crate::Function) make tell their account.
    #[must_use]
    pub fn other_account(mut self, account: impl Into<String>, data: Self) -> Self {
        let account = account.into();
        self.others.insert(account.clone(), data.account(account));
        self
    }

    pub(super) fn of(&self, caller: &Caller) -> &Self {
        caller.account().and_then(|account| self.others.get(account)).unwrap_or(self)
    }

    pub(super) fn owner_id(&self) -> String {
        self.account.clone().unwrap_or_else(|| FunctionArn::default().account)
    }

    pub(super) fn images(&self) -> Facts<'_, Image> {
        Facts { known: &self.images, unavailable: &self.unavailable }
    }

    pub(super) fn prefix_lists(&self) -> Facts<'_, PrefixList> {
        Facts { known: &self.prefix_lists, unavailable: &self.unavailable }
    }

    pub(super) fn key_pairs(&self) -> Facts<'_, KeyPair> {
        Facts { known: &self.key_pairs, unavailable: &self.unavailable }
    }
}

impl Tags {
    pub(super) fn pairs(&self) -> Vec<(&str, &str)> {
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
pub(super) struct Facts<'a, T> {
    known: &'a Known<T>,
    unavailable: &'a BTreeMap<String, String>,
}

impl<'a, T> Facts<'a, T> {
    /// What exists, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a str, &'a T)> {
        self.known.iter().filter_map(|(id, fact)| Some((id.as_str(), fact.as_ref()?)))
    }

    /// None when it does not exist.
    pub(super) fn get(&self, id: &str) -> Result<Option<&'a T>, ApiError> {
        match (self.known.get(id), self.unavailable.get(id)) {
            (Some(fact), _) => Ok(fact.as_ref()),
            (None, Some(why)) => Err(ApiError::unauthorized(why)),
            (None, None) => Ok(None),
        }
    }

    /// The first of these ids or names, if any, that is unavailable.
    pub(super) fn check(&self, matches: impl Fn(&str) -> bool) -> Result<(), ApiError> {
        match self.unavailable.keys().find(|id| matches(id)) {
            Some(id) => self.get(id).map(drop),
            None => Ok(()),
        }
    }

    /// All that exist, or those with these ids if there are any. `missing` makes an error of those that do not exist.
    pub(super) fn select(
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
