//! Facts: what an evaluation may need beyond the configuration item, and how it is asked for.
//!
//! A rule reads a fact where its answer depends on it. One that is not there yet is noted; the engine looks up all that was
//! noted, and evaluates again. The Lambda side asks AWS, a replay reads a file, a test writes the facts down.
//!
//! A fact is known, known to be absent, or unavailable for a lasting reason: access is denied, or the file does not have it.
//! Unavailable is never an answer. A passing fault, such as throttling, is none of these: it ends the evaluation.

mod account;
mod recorded;
mod records;
mod request;
mod secret;
mod sharing;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

pub use self::{
    account::OfAccount,
    recorded::{LISTS, MissingPart, Recorded},
    records::{
        AttachedPolicy, DenyAllIgwTraffic, Image, ImageAlias, InstanceProfile, KeyPair,
        LaunchTemplateVersions, NetworkInterfaceId, PrefixList, Role, SubnetPath, VpcBlockPublicAccess,
        VpcBlockPublicAccessExclusion,
    },
    request::{
        ACTION_RESOURCES, FactRequest, IMAGE_ACTIONS, IMAGE_BLOCK_PUBLIC_ACCESS_ACTIONS,
        INSTANCE_PROFILE_ACTIONS, KEY_PAIR_ACTIONS, KEY_PAIR_USE_ACTIONS, LAUNCH_PERMISSIONS_ACTIONS,
        LAUNCH_TEMPLATE_ACTIONS, NETWORK_INTERFACE_ACTIONS, OWN_IMAGES_ACTIONS, PREFIX_LIST_ACTIONS,
        PUBLIC_SNAPSHOTS_ACTIONS, ROLE_POLICIES_ACTIONS, SECURITY_GROUP_ACTIONS,
        SNAPSHOT_BLOCK_PUBLIC_ACCESS_ACTIONS, SUBNET_PATH_ACTIONS, USER_DATA_ACTIONS,
        VPC_BLOCK_PUBLIC_ACCESS_ACTIONS,
    },
    secret::{Secret, TemplateUserData},
    sharing::{
        BlockPublicAccess, ImageBlockPublicAccess, LaunchPermission, LaunchPermissions, OwnImage, OwnImages,
        PublicSnapshots, SnapshotBlockPublicAccess,
    },
};
use crate::ec2::SecurityGroup;

/// What is known about something.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact<T> {
    /// This.
    Known(T),
    /// That it does not exist, or no longer.
    Absent,
    /// Nothing, and why: the call was denied, or the replay's file does not have it.
    Unavailable(String),
}

impl<T> Fact<T> {
    /// What is known, if it exists; or a sentence that nothing is known about it, and why: a doubt of a
    /// [`Check`](crate::finding::Check).
    pub fn known(self, what: &str) -> Result<Option<T>, String> {
        match self {
            Self::Known(fact) => Ok(Some(fact)),
            Self::Absent => Ok(None),
            Self::Unavailable(why) => Err(format!("nothing is known about {what}: {why}")),
        }
    }
}

/// A fault of a source that passes: the same evaluation may succeed later, and must not be answered now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// AWS asked for fewer calls, and went on asking.
    #[error("{0}")]
    Throttled(String),
    /// The service could not be reached, or failed.
    #[error("{0}")]
    ServiceUnavailable(String),
}

/// Where facts come from.
pub trait FactSource {
    /// Looks up all of these. What cannot be looked up is unavailable, or a fault, in the answer; that is no error.
    fn look_up(&self, requests: &BTreeSet<FactRequest>) -> impl Future<Output = Facts>;
}

/// What is known about images, prefix lists, security groups, subnets and network interfaces, by id, about what has a group, by
/// filter, about block public access, by account and Region, about key pairs, by name, about user data, by instance, about
/// instance profiles and the policies of roles, by ARN, and about versions of launch templates and the images that stand there
/// by another name, as they are asked for. What there is one of in an account and a Region stands under a name of its own.
///
/// In JSON, `null` is what is known to be absent, and what is not there is unavailable. User data is read from JSON, but
/// not written to it unless [`Facts::to_json_with_secrets`] is asked to.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Facts {
    images: Table<Image>,
    image_aliases: Table<ImageAlias>,
    launch_template_versions: Table<LaunchTemplateVersions>,
    prefix_lists: Table<PrefixList>,
    security_groups: Table<SecurityGroup>,
    /// By filter: `group-id=sg-…`.
    network_interfaces: Table<NetworkInterfaceId>,
    subnet_paths: Table<SubnetPath>,
    deny_all_igw_traffic: Table<DenyAllIgwTraffic>,
    vpc_block_public_access: Table<VpcBlockPublicAccess>,
    key_pairs: Table<KeyPair>,
    /// What Parameter Store has, by name; under `/path@30d` what it has held there within as many days, a list.
    parameters: Table<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_pair_use: Option<KeyPairUse>,
    #[serde(skip_serializing)]
    user_data: Table<Secret>,
    #[serde(skip_serializing)]
    template_user_data: Table<TemplateUserData>,
    instance_profiles: Table<InstanceProfile>,
    role_policies: Table<Vec<AttachedPolicy>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    own_images: Option<OwnImages>,
    launch_permissions: Table<LaunchPermissions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_snapshots: Option<PublicSnapshots>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_block_public_access: Option<ImageBlockPublicAccess>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_block_public_access: Option<SnapshotBlockPublicAccess>,
    /// Why some of what is not there is not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    unavailable: BTreeMap<String, String>,
    #[serde(skip)]
    faults: BTreeMap<String, Fault>,
    #[serde(skip)]
    noted: Notes,
    /// Whether what is noted is going to be looked up.
    #[serde(skip)]
    is_open: bool,
}

/// Facts of one kind.
type Table<T> = BTreeMap<String, Option<T>>;

/// What evaluations asked for and did not find.
#[derive(Clone, Debug, Default)]
struct Noted {
    wanted: BTreeSet<FactRequest>,
    fault: Option<Fault>,
}

/// What is noted while facts are read: evaluations share facts, in several threads perhaps.
#[derive(Debug, Default)]
struct Notes(Mutex<Noted>);

impl Notes {
    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for Notes {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.lock().clone()))
    }
}

/// The names of all key pairs, and the ids of what refers to each: instances that are not terminated, launch templates,
/// launch configurations, Spot and fleet requests.
pub type KeyPairUse = BTreeMap<String, Vec<String>>;

/// A fact that is filed under an id or a name, one of many of its kind.
pub trait Filed: Sized {
    /// The facts of this kind.
    #[doc(hidden)]
    fn table(facts: &mut Facts) -> &mut BTreeMap<String, Option<Self>>;
}

/// Says where in [`Facts`] each kind is filed.
macro_rules! filed {
    ($($kind:ty => $table:ident),* $(,)?) => {
        $(impl Filed for $kind {
            fn table(facts: &mut Facts) -> &mut Table<Self> {
                &mut facts.$table
            }
        })*

        impl Facts {
            /// Adds all that is known elsewhere.
            pub fn extend(&mut self, mut other: Self) {
                self.extend_account(&mut other);
                $(self.$table.extend(other.$table);)*
                self.unavailable.extend(other.unavailable);
                self.faults.extend(other.faults);
            }

            /// Copies what is known elsewhere under this key of a request, or why it is not.
            fn copy(&mut self, key: &str, other: &Self) {
                $(copy(&mut self.$table, key, &other.$table);)*
                copy(&mut self.unavailable, key, &other.unavailable);
                copy(&mut self.faults, key, &other.faults);
                self.copy_account(key, other);
            }

            /// Whether something is known, or why it is not, under this key of a request.
            fn has(&self, key: &str) -> bool {
                self.unavailable.contains_key(key)
                    || self.faults.contains_key(key)
                    || self.has_account(key)
                    $(|| self.$table.contains_key(key))*
            }
        }
    };
}

filed!(
    Image => images,
    ImageAlias => image_aliases,
    LaunchTemplateVersions => launch_template_versions,
    PrefixList => prefix_lists,
    SecurityGroup => security_groups,
    NetworkInterfaceId => network_interfaces,
    SubnetPath => subnet_paths,
    DenyAllIgwTraffic => deny_all_igw_traffic,
    VpcBlockPublicAccess => vpc_block_public_access,
    KeyPair => key_pairs,
    String => parameters,
    Secret => user_data,
    TemplateUserData => template_user_data,
    InstanceProfile => instance_profiles,
    Vec<AttachedPolicy> => role_policies,
    LaunchPermissions => launch_permissions,
);

fn copy<T: Clone>(table: &mut BTreeMap<String, T>, key: &str, other: &BTreeMap<String, T>) {
    table.extend(other.get_key_value(key).map(|(key, value)| (key.clone(), value.clone())));
}

/// A file of facts is a source that has looked everything up before.
impl FactSource for Facts {
    async fn look_up(&self, requests: &BTreeSet<FactRequest>) -> Facts {
        let mut found = Self::default();
        for request in requests {
            found.copy(request.key(), self);
        }
        found
    }
}

impl Facts {
    /// Reads a file of facts.
    ///
    /// # Errors
    /// When the text is not the JSON of facts.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The JSON that [`Facts::from_json`] reads, user data included: for a file that somebody asked for by a flag.
    ///
    /// # Errors
    /// None that is known: every key is text.
    pub fn to_json_with_secrets(&self) -> serde_json::Result<String> {
        let mut json = serde_json::to_value(self)?;
        let exposed = self.user_data.iter().map(|(id, secret)| (id, secret.as_ref().map(Secret::expose)));
        json["userData"] = serde_json::to_value(exposed.collect::<BTreeMap<_, _>>())?;
        let exposed = self.template_user_data.iter();
        let exposed = exposed.map(|(name, versions)| (name, versions.as_ref().map(TemplateUserData::expose)));
        json["templateUserData"] = serde_json::to_value(exposed.collect::<BTreeMap<_, _>>())?;
        serde_json::to_string_pretty(&json)
    }

    /// Adds what is known about one thing, under its id or name.
    pub fn set<T: Filed>(&mut self, key: impl Into<String>, fact: Fact<T>) {
        let fact = match fact {
            Fact::Known(fact) => Some(fact),
            Fact::Absent => None,
            Fact::Unavailable(why) => return drop(self.unavailable.insert(key.into(), why)),
        };
        T::table(self).insert(key.into(), fact);
    }

    /// Adds what came of a look-up, under the id or name that was asked for.
    pub fn set_result<T: Filed>(&mut self, key: impl Into<String>, result: Result<Fact<T>, Fault>) {
        match result {
            Ok(fact) => self.set(key, fact),
            Err(fault) => self.set_fault(key, fault),
        }
    }

    /// Adds that a passing fault keeps something from being known, under its id or name.
    pub fn set_fault(&mut self, key: impl Into<String>, fault: Fault) {
        self.faults.insert(key.into(), fault);
    }

    /// Adds what was found of these requests. What is still not known is unavailable from now on, so that nobody asks twice.
    pub fn learn(&mut self, requests: &BTreeSet<FactRequest>, found: Self) {
        self.extend(found);
        for request in requests {
            if !self.has(request.key()) {
                self.unavailable.insert(request.key().to_owned(), NOT_LOOKED_UP.to_owned());
            }
        }
    }

    /// What evaluations asked for since this was last called, and nobody has looked up.
    pub fn take_wanted(&self) -> BTreeSet<FactRequest> {
        std::mem::take(&mut self.noted.lock().wanted)
    }

    /// Says whether what evaluations ask for from now on is going to be looked up. By default it is not: it is unavailable.
    pub(crate) fn set_open(&mut self, is_open: bool) {
        self.is_open = is_open;
    }

    /// Whether an evaluation has asked for this, by its id or name, and it is going to be looked up: then it is evaluated again,
    /// and need not ask now for what depends on the answer.
    #[must_use]
    pub fn awaits(&self, key: &str) -> bool {
        self.is_open && self.noted.lock().wanted.iter().any(|request| request.key() == key)
    }

    /// The first passing fault that an evaluation met since this was last called.
    pub(crate) fn take_fault(&self) -> Option<Fault> {
        self.noted.lock().fault.take()
    }

    /// What could not be looked up, and why, passing faults included.
    #[must_use]
    pub fn unavailable(&self) -> BTreeMap<&str, String> {
        let lasting = self.unavailable.iter().map(|(key, why)| (key.as_str(), why.clone()));
        lasting.chain(self.faults.iter().map(|(key, fault)| (key.as_str(), fault.to_string()))).collect()
    }

    /// The same facts for a file, in which a passing fault is a reason as any other.
    #[must_use]
    pub fn with_faults_as_reasons(mut self) -> Self {
        let faults = std::mem::take(&mut self.faults);
        self.unavailable.extend(faults.into_iter().map(|(key, fault)| (key, fault.to_string())));
        self
    }

    /// What is known about an image, which an instance may have been launched from.
    #[must_use]
    pub fn image(&self, image_id: &str, instance_id: Option<&str>) -> Fact<&Image> {
        self.get(&self.images, image_id, || FactRequest::Image {
            image_id: image_id.to_owned(),
            instance_id: instance_id.map(str::to_owned),
        })
    }

    /// The image that a version of a launch template has by this alias, `resolve:ssm:…`.
    #[must_use]
    pub fn image_alias(&self, alias: &str, version: &str) -> Fact<&ImageAlias> {
        self.get(&self.image_aliases, alias, || FactRequest::ImageAlias {
            alias: alias.to_owned(),
            version: version.to_owned(),
        })
    }

    /// What is known about the versions of a launch template that go by this name: [`FactRequest::LaunchTemplateVersions`].
    #[must_use]
    pub fn launch_template_versions(&self, name: &str) -> Fact<&LaunchTemplateVersions> {
        let request = || FactRequest::LaunchTemplateVersions(name.to_owned());
        self.get(&self.launch_template_versions, name, request)
    }

    /// What is known about a prefix list.
    #[must_use]
    pub fn prefix_list(&self, id: &str) -> Fact<&PrefixList> {
        self.get(&self.prefix_lists, id, || FactRequest::PrefixList(id.to_owned()))
    }

    /// What is known about a security group.
    #[must_use]
    pub fn security_group(&self, id: &str) -> Fact<&SecurityGroup> {
        self.get(&self.security_groups, id, || FactRequest::SecurityGroup(id.to_owned()))
    }

    /// A network interface that has this security group; absent if none has.
    #[must_use]
    pub fn network_interface_of(&self, group_id: &str) -> Fact<&NetworkInterfaceId> {
        let filter = format!("group-id={group_id}");
        self.get(&self.network_interfaces, &filter, || FactRequest::NetworkInterface(filter.clone()))
    }

    /// How packets get into a subnet and out of it.
    #[must_use]
    pub fn subnet_path(&self, subnet_id: &str) -> Fact<&SubnetPath> {
        self.get(&self.subnet_paths, subnet_id, || FactRequest::SubnetPath(subnet_id.to_owned()))
    }

    /// Whether a network interface refuses what comes from an internet gateway.
    #[must_use]
    pub fn deny_all_igw_traffic(&self, interface_id: &str) -> Fact<&DenyAllIgwTraffic> {
        let request = || FactRequest::DenyAllIgwTraffic(interface_id.to_owned());
        self.get(&self.deny_all_igw_traffic, interface_id, request)
    }

    /// What VPC block public access stops, in an account and a Region.
    #[must_use]
    pub fn vpc_block_public_access(&self, account: &str, region: &str) -> Fact<&VpcBlockPublicAccess> {
        let place = format!("{account}/{region}");
        let request = || FactRequest::VpcBlockPublicAccess(place.clone());
        self.get(&self.vpc_block_public_access, &place, request)
    }

    /// What is known about the key pair of this name.
    #[must_use]
    pub fn key_pair(&self, name: &str) -> Fact<&KeyPair> {
        self.get(&self.key_pairs, name, || FactRequest::KeyPair(name.to_owned()))
    }

    /// The user data of an instance, as EC2 has it: Base64.
    #[must_use]
    pub fn user_data(&self, instance_id: &str) -> Fact<&Secret> {
        self.get(&self.user_data, instance_id, || FactRequest::UserData(instance_id.to_owned()))
    }

    /// The user data of the versions of a launch template that go by this name: [`FactRequest::TemplateUserData`].
    #[must_use]
    pub fn template_user_data(&self, name: &str) -> Fact<&TemplateUserData> {
        self.get(&self.template_user_data, name, || FactRequest::TemplateUserData(name.to_owned()))
    }

    /// What is known about the instance profile that has the name in this ARN.
    #[must_use]
    pub fn instance_profile(&self, arn: &str) -> Fact<&InstanceProfile> {
        self.get(&self.instance_profiles, arn, || FactRequest::InstanceProfile(arn.to_owned()))
    }

    /// The managed policies that are attached to a role.
    #[must_use]
    pub fn role_policies(&self, role_arn: &str) -> Fact<&Vec<AttachedPolicy>> {
        self.get(&self.role_policies, role_arn, || FactRequest::RolePolicies(role_arn.to_owned()))
    }

    /// What Parameter Store has under this name. It is looked up before a rule is configured.
    ///
    /// # Errors
    /// A passing fault.
    pub fn parameter(&self, name: &str) -> Result<Fact<&str>, Fault> {
        match (self.parameters.get(name), self.faults.get(name)) {
            (Some(Some(text)), _) => Ok(Fact::Known(text)),
            (Some(None), _) => Ok(Fact::Absent),
            (None, Some(fault)) => Err(fault.clone()),
            (None, None) => Ok(Fact::Unavailable(self.why_unavailable(name).to_owned())),
        }
    }

    /// Who may launch an image of the account's own; absent if it is gone.
    #[must_use]
    pub fn launch_permissions(&self, image_id: &str) -> Fact<&LaunchPermissions> {
        let request = || FactRequest::LaunchPermissions(image_id.to_owned());
        self.get(&self.launch_permissions, image_id, request)
    }

    fn get<'a, T>(
        &'a self,
        table: &'a Table<T>,
        key: &str,
        request: impl FnOnce() -> FactRequest,
    ) -> Fact<&'a T> {
        match table.get(key) {
            Some(Some(fact)) => Fact::Known(fact),
            Some(None) => Fact::Absent,
            None => self.unknown(key, request),
        }
    }

    /// Notes what is asked for and not known.
    fn unknown<T>(&self, key: &str, request: impl FnOnce() -> FactRequest) -> Fact<T> {
        if let Some(fault) = self.faults.get(key) {
            self.noted.lock().fault.get_or_insert_with(|| fault.clone());
        } else if self.is_open && !self.unavailable.contains_key(key) {
            self.noted.lock().wanted.insert(request());
        }
        Fact::Unavailable(self.why_unavailable(key).to_owned())
    }

    fn why_unavailable(&self, key: &str) -> &str {
        self.unavailable.get(key).map_or(NOT_LOOKED_UP, String::as_str)
    }
}

/// Why something is unavailable that no source was asked for, or answered.
const NOT_LOOKED_UP: &str = "not looked up";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Facts {
        Facts::from_json(text).unwrap()
    }

    #[test]
    fn the_three_states_survive_a_file() {
        let mut facts = Facts::default();
        facts.set("ami-1", Fact::Known(Image { name: Some("base".to_owned()), ..Image::default() }));
        facts.set::<Image>("ami-2", Fact::Absent);
        facts.set::<Image>("ami-3", Fact::Unavailable("denied".to_owned()));
        let facts = read(&serde_json::to_string(&facts).unwrap());
        let image = |id| facts.image(id, Some("i-1"));
        assert!(matches!(image("ami-1"), Fact::Known(image) if image.name.as_deref() == Some("base")));
        assert_eq!(image("ami-2"), Fact::Absent);
        assert_eq!(image("ami-3"), Fact::Unavailable("denied".to_owned()));
        assert_eq!(image("ami-4"), Fact::Unavailable("not looked up".to_owned()));
        assert!(Facts::from_json(r#"{"image":{}}"#).is_err());
    }

    #[test]
    fn what_is_known_elsewhere_is_added() {
        let mut facts = read(r#"{"images":{"ami-1":null},"keyPairUse":{"ops":[]}}"#);
        facts.extend(read(r#"{"images":{"ami-2":null},"unavailable":{"ops":"denied"}}"#));
        assert_eq!((facts.image("ami-1", None), facts.image("ami-2", None)), (Fact::Absent, Fact::Absent));
        assert_eq!(facts.key_pair("ops"), Fact::Unavailable("denied".to_owned()));
        assert!(matches!(facts.of_account::<KeyPairUse>(), Fact::Known(_)));
        assert_eq!(facts.unavailable(), BTreeMap::from([("ops", "denied".to_owned())]));
    }

    #[test]
    fn only_what_is_neither_known_nor_unavailable_is_wanted_and_only_once() {
        let mut facts = read(r#"{"keyPairs":{"ops":{}},"unavailable":{"old":"denied"}}"#);
        let _ = facts.key_pair("new");
        assert!(facts.take_wanted().is_empty(), "nobody is going to look it up");
        facts.set_open(true);
        for name in ["ops", "old", "new"] {
            let _ = facts.key_pair(name);
        }
        let wanted = facts.take_wanted();
        assert_eq!(wanted, BTreeSet::from([FactRequest::KeyPair("new".to_owned())]));
        facts.learn(&wanted, Facts::default());
        assert_eq!(facts.key_pair("new"), Fact::Unavailable("not looked up".to_owned()));
        assert!(facts.take_wanted().is_empty());
    }

    #[test]
    fn a_fault_is_noted_where_it_is_met_and_asked_for_by_nobody() {
        let mut facts = Facts::default();
        facts.set_fault("ops", Fault::Throttled("slow down".to_owned()));
        assert_eq!(facts.take_fault(), None);
        let _ = facts.key_pair("ops");
        assert_eq!(facts.take_fault(), Some(Fault::Throttled("slow down".to_owned())));
        assert!(facts.take_fault().is_none() && facts.take_wanted().is_empty());
        assert_eq!(facts.unavailable(), BTreeMap::from([("ops", "slow down".to_owned())]));
        let file = serde_json::to_string(&facts.with_faults_as_reasons()).unwrap();
        assert_eq!(read(&file).key_pair("ops"), Fact::Unavailable("slow down".to_owned()));
    }

    #[test]
    fn a_secret_is_written_by_request_only() {
        let secret = ["c2Vj", "cmV0"].concat();
        let facts = read(&serde_json::json!({"userData": {"i-1": secret, "i-2": null}}).to_string());
        assert!(matches!(facts.user_data("i-1"), Fact::Known(user_data) if user_data.expose() == secret));
        assert!(matches!(facts.user_data("i-2"), Fact::Absent));
        for text in [serde_json::to_string(&facts).unwrap(), format!("{facts:?}")] {
            assert!(!text.contains(&secret), "{text}");
        }
        let facts = read(&facts.to_json_with_secrets().unwrap());
        assert!(matches!(facts.user_data("i-1"), Fact::Known(user_data) if user_data.expose() == secret));
    }
}
