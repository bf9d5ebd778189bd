//! What EC2 knows: a file of facts, and listings.

mod facts;
mod groups;
mod launch_template_versions;
mod listings;
mod reservations;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};

use crate::FunctionArn;
use crate::endpoint::{ApiError, Caller};
use facts::{Facts, Known};

pub(super) use facts::{Image, KeyPair, PrefixList};

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
    #[serde(deserialize_with = "groups::read")]
    pub(super) security_groups: Vec<Value>,
    pub(super) launch_templates: Vec<Value>,
    #[serde(deserialize_with = "launch_template_versions::read")]
    pub(super) launch_template_versions: Vec<Value>,
    /// By `resolve:ssm:…`.
    image_aliases: Known<String>,
    pub(super) spot_instance_requests: Vec<Value>,
    pub(super) spot_fleet_requests: Vec<Value>,
    pub(super) fleets: Vec<Value>,
    /// Those who read a file of facts for something else find these there.
    #[serde(rename = "parameters")]
    _parameters: IgnoredAny,
    #[serde(rename = "keyPairUse")]
    _key_pair_use: IgnoredAny,
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

impl Ec2Data {
    /// Reads a file of facts: `images` and `prefixLists` by id, `keyPairs` by name, `imageAliases` by `resolve:ssm:…`. What is `null` there, or not there at
    /// all, does not exist; a call that asks for what is `unavailable` there is refused: `UnauthorizedOperation`.
    ///
    /// `instances`, `securityGroups`, `launchTemplates`, `launchTemplateVersions`, `spotInstanceRequests` and
    /// `spotFleetRequests` are lists, each in the form in which `aws ec2 describe-…` prints it. Among `instances` there
    /// may be reservations as well as instances, which are then reserved one by one. `securityGroups` may be what AWS Config
    /// records of each instead, by id, and `launchTemplateVersions` what facts say, by `lt-…:3`.
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

    pub(super) fn image_aliases(&self) -> Facts<'_, String> {
        Facts { known: &self.image_aliases, unavailable: &self.unavailable }
    }

    pub(super) fn prefix_lists(&self) -> Facts<'_, PrefixList> {
        Facts { known: &self.prefix_lists, unavailable: &self.unavailable }
    }

    /// Refuses a call about one of these ids that is unavailable.
    pub(super) fn check_available(&self, ids: &[&str]) -> Result<(), ApiError> {
        let why = ids.iter().find_map(|id| self.unavailable.get(*id));
        why.map_or(Ok(()), |why| Err(ApiError::unauthorized(why)))
    }

    pub(super) fn key_pairs(&self) -> Facts<'_, KeyPair> {
        Facts { known: &self.key_pairs, unavailable: &self.unavailable }
    }
}
