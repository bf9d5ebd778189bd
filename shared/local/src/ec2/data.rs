//! EC2's data: a file of facts, and listings.

mod facts;
mod groups;
mod launch_template_versions;
mod listings;
mod reservations;
mod subnet_paths;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};

use crate::FunctionArn;
use crate::endpoint::{ApiError, Caller};
use facts::{Facts, Known};
use reservations::Launches;
use subnet_paths::SubnetPaths;

pub(super) use facts::{BlockPublicAccess, Image, KeyPair, PrefixList, VpcBlockPublicAccess};

/// EC2's data. By default, there is none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Ec2Data {
    images: Known<Image>,
    prefix_lists: Known<PrefixList>,
    key_pairs: Known<KeyPair>,
    /// The id of one, by filter: `group-id=sg-…`.
    pub(super) network_interfaces: Known<String>,
    /// By id or name, and why.
    unavailable: BTreeMap<String, String>,
    /// Reservations of one instance each.
    pub(super) instances: Launches,
    #[serde(deserialize_with = "groups::read")]
    pub(super) security_groups: Vec<Value>,
    pub(super) subnets: Vec<Value>,
    pub(super) route_tables: Vec<Value>,
    pub(super) network_acls: Vec<Value>,
    #[serde(deserialize_with = "subnet_paths::read")]
    pub(super) subnet_paths: SubnetPaths,
    /// By `eni-…`.
    pub(super) deny_all_igw_traffic: Known<bool>,
    /// By account and Region: `111122223333/us-east-1`.
    vpc_block_public_access: Known<VpcBlockPublicAccess>,
    pub(super) launch_templates: Vec<Value>,
    #[serde(deserialize_with = "launch_template_versions::read")]
    pub(super) launch_template_versions: Vec<Value>,
    /// Base64, by `i-…`.
    pub(super) user_data: Known<String>,
    /// By `lt-…/3`, as facts have it: the versions that go by that name, by number.
    template_user_data: Known<BTreeMap<String, String>>,
    /// By `resolve:ssm:…`.
    image_aliases: Known<String>,
    pub(super) spot_instance_requests: Vec<Value>,
    pub(super) spot_fleet_requests: Vec<Value>,
    pub(super) fleets: Vec<Value>,
    /// The images of the account that asks. They are among `images`, too.
    own_images: Known<Image>,
    /// By `ami-…`. Of an image that is not there nobody but its owner may launch it.
    launch_permissions: Known<Vec<Value>>,
    pub(super) public_snapshots: BTreeSet<String>,
    pub(super) image_block_public_access: BlockPublicAccess,
    pub(super) snapshot_block_public_access: BlockPublicAccess,
    /// In a file of facts, but not EC2's.
    #[serde(rename = "parameters")]
    _parameters: IgnoredAny,
    #[serde(rename = "keyPairUse")]
    _key_pair_use: IgnoredAny,
    #[serde(rename = "instanceProfiles")]
    _instance_profiles: IgnoredAny,
    #[serde(rename = "rolePolicies")]
    _role_policies: IgnoredAny,
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
    /// Reads a file of facts: `images` and `prefixLists` by id, `keyPairs` by name, `networkInterfaces` by filter,
    /// `imageAliases` by `resolve:ssm:…`, `subnetPaths` by subnet, `denyAllIgwTraffic` by interface, `vpcBlockPublicAccess` by account
    /// and Region, of which the account's first is told; `ownImages` and `launchPermissions` by image, `publicSnapshots`,
    /// `imageBlockPublicAccess` and `snapshotBlockPublicAccess` of the account that asks. What is `null` there, or not at all, does not exist; a call that asks
    /// for what is `unavailable` there is refused: `UnauthorizedOperation`.
    ///
    /// `instances`, `securityGroups`, `subnets`, `routeTables`, `networkAcls`, `launchTemplates`, `launchTemplateVersions`, `spotInstanceRequests` and
    /// `spotFleetRequests` are lists, each in the form in which `aws ec2 describe-…` prints it. Among `instances` there
    /// may be reservations as well as instances, which are then reserved one by one. `securityGroups` may be what AWS Config
    /// records of each instead, by id, and `launchTemplateVersions` what facts say, by `lt-…:3`. `userData` is Base64 by
    /// instance, and `templateUserData` by launch template and version, `lt-…/3`.
    ///
    /// # Errors
    /// When the text is not the JSON of facts.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        let mut data: Self = serde_json::from_str(text)?;
        let user_data = std::mem::take(&mut data.template_user_data);
        launch_template_versions::add_user_data(&mut data.launch_template_versions, user_data);
        for (id, own) in std::mem::take(&mut data.own_images) {
            let image = data.images.entry(id).or_insert_with(|| own.clone());
            if let (Some(image), Some(own)) = (image, own) {
                image.snapshot_ids = own.snapshot_ids;
            }
        }
        Ok(data)
    }

    /// Adds a running instance that was launched from this image, whether or not the image is known. It takes the place
    /// of one with the same id.
    #[must_use]
    pub fn instance(self, instance_id: impl Into<String>, image_id: impl Into<String>) -> Self {
        self.launches([(instance_id.into(), image_id.into())])
    }

    /// The same for many, by the instances' ids.
    #[must_use]
    pub fn launches(self, launches: impl IntoIterator<Item = (String, String)>) -> Self {
        let state = json!({"Code": 16, "Name": "running"});
        self.instances(launches.into_iter().map(
            |(instance_id, image_id)| json!({"InstanceId": instance_id, "ImageId": image_id, "State": state}),
        ))
    }

    /// The account that asks, and owns the instances: 12 digits, by default those of
    /// [`FunctionArn`]'s default.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Callers with credentials of this account see this data instead. Keys that
    /// [`access_key_id`](crate::endpoint::access_key_id) has made name their account.
    #[must_use]
    pub fn other_account(mut self, account: impl Into<String>, data: Self) -> Self {
        let account = account.into();
        self.others.insert(account.clone(), data.account(account));
        self
    }

    pub(super) fn of(&self, caller: &Caller) -> &Self {
        self.others.get(caller.account()).unwrap_or(self)
    }

    pub(super) fn owner_id(&self) -> String {
        self.account.clone().unwrap_or_else(|| FunctionArn::default().account)
    }

    pub(super) fn images(&self) -> Facts<'_, Image> {
        Facts { known: &self.images, unavailable: &self.unavailable }
    }

    pub(super) fn launch_permissions(&self) -> Facts<'_, Vec<Value>> {
        Facts { known: &self.launch_permissions, unavailable: &self.unavailable }
    }

    pub(super) fn image_aliases(&self) -> Facts<'_, String> {
        Facts { known: &self.image_aliases, unavailable: &self.unavailable }
    }

    pub(super) fn prefix_lists(&self) -> Facts<'_, PrefixList> {
        Facts { known: &self.prefix_lists, unavailable: &self.unavailable }
    }

    /// Block public access of the account that asks: nothing is blocked, where nothing is said.
    pub(super) fn vpc_block_public_access(&self) -> Result<VpcBlockPublicAccess, ApiError> {
        let account = format!("{}/", self.owner_id());
        let own = self.vpc_block_public_access.iter().find(|(place, _)| place.starts_with(&account));
        if own.is_none() {
            let facts = Facts { known: &self.vpc_block_public_access, unavailable: &self.unavailable };
            facts.check(|place| place.starts_with(&account))?;
        }
        Ok(own.and_then(|(_, block)| block.clone()).unwrap_or_default())
    }

    /// Refuses a call about one of these ids that is unavailable.
    pub(super) fn check_available(&self, ids: &[&str]) -> Result<(), ApiError> {
        let why = ids.iter().find_map(|id| self.unavailable.get(*id));
        why.map_or(Ok(()), |why| Err(ApiError::unauthorized(why)))
    }

    pub(super) fn user_data(&self) -> Facts<'_, String> {
        Facts { known: &self.user_data, unavailable: &self.unavailable }
    }

    pub(super) fn key_pairs(&self) -> Facts<'_, KeyPair> {
        Facts { known: &self.key_pairs, unavailable: &self.unavailable }
    }
}
