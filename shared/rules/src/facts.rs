//! Facts: what a verdict may need beyond the configuration item, and how it is asked for.
//!
//! A rule names the facts that it wants; the Lambda side looks them up, a replay reads them from a file, a test writes
//! them down. A fact is known, known to be absent, or unavailable; unavailable is never an answer.

mod records;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::records::{Image, KeyPair, PrefixList, SecurityGroup};

/// A fact that a rule wants to know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactRequest {
    /// The image that an instance was launched from. The instance is named because EC2 tells what it knows of an image
    /// that is gone, or no longer shared, only to those who ask about an instance of theirs.
    Image {
        /// Such as `ami-0123456789abcdef0`.
        image_id: String,
        /// Such as `i-0123456789abcdef0`.
        instance_id: String,
    },
    /// The entries of a managed prefix list: `pl-…`.
    PrefixList(String),
    /// The security group as it is now, of the account that asks: `sg-…`.
    SecurityGroup(String),
    /// The key pair that has this name now.
    KeyPair(String),
    /// Every key pair, and what refers to it.
    KeyPairUse,
}

/// The calls that answer [`FactRequest::Image`].
pub const IMAGE_ACTIONS: &[&str] = &["ec2:DescribeImages", "ec2:DescribeInstanceImageMetadata"];
/// The calls that answer [`FactRequest::PrefixList`].
pub const PREFIX_LIST_ACTIONS: &[&str] =
    &["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"];
/// The calls that answer [`FactRequest::SecurityGroup`].
pub const SECURITY_GROUP_ACTIONS: &[&str] = &["ec2:DescribeSecurityGroups"];
/// The calls that answer [`FactRequest::KeyPair`].
pub const KEY_PAIR_ACTIONS: &[&str] = &["ec2:DescribeKeyPairs"];
/// The calls that answer [`FactRequest::KeyPairUse`].
pub const KEY_PAIR_USE_ACTIONS: &[&str] = &[
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeLaunchConfigurations",
    "ec2:DescribeFleets",
    "ec2:DescribeInstances",
    "ec2:DescribeKeyPairs",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeSpotFleetRequests",
    "ec2:DescribeSpotInstanceRequests",
];

/// What is known about something.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact<T> {
    /// This.
    Known(T),
    /// That it does not exist, or no longer.
    Absent,
    /// Nothing, and why: the call was denied, throttled to the end, or the replay's file does not hold it.
    Unavailable(String),
}

/// Where facts come from.
pub trait FactSource {
    /// Looks up all of these. What cannot be looked up is unavailable in the answer; that is no error.
    fn look_up(&self, requests: &[FactRequest]) -> impl Future<Output = Facts>;
}

/// What is known about images, prefix lists and security groups, by id, and about key pairs, by name.
///
/// In JSON, `null` is what is known to be absent, and what is not there is unavailable.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Facts {
    images: BTreeMap<String, Option<Image>>,
    prefix_lists: BTreeMap<String, Option<PrefixList>>,
    security_groups: BTreeMap<String, Option<SecurityGroup>>,
    key_pairs: BTreeMap<String, Option<KeyPair>>,
    /// What Parameter Store holds, by name.
    parameters: BTreeMap<String, Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_pair_use: Option<KeyPairUse>,
    /// Why some of what is not there is not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    unavailable: BTreeMap<String, String>,
}

/// The names of all key pairs, and the ids of what refers to each: instances that are not terminated, launch templates,
/// launch configurations, Spot and fleet requests.
pub type KeyPairUse = BTreeMap<String, Vec<String>>;

/// Where [`Facts`] keep why [`FactRequest::KeyPairUse`] is unavailable. No key pair's name, image or list is spelled so.
const KEY_PAIR_USE: &str = "keyPairUse";

impl Facts {
    /// Reads a file of facts.
    ///
    /// # Errors
    /// When the text is not the JSON of facts.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// Adds what is known about an image.
    pub fn set_image(&mut self, image_id: impl Into<String>, fact: Fact<Image>) {
        let Self { images, unavailable, .. } = self;
        set(images, unavailable, image_id.into(), fact);
    }

    /// Adds what is known about a prefix list.
    pub fn set_prefix_list(&mut self, id: impl Into<String>, fact: Fact<PrefixList>) {
        let Self { prefix_lists, unavailable, .. } = self;
        set(prefix_lists, unavailable, id.into(), fact);
    }

    /// Adds what is known about a security group.
    pub fn set_security_group(&mut self, id: impl Into<String>, fact: Fact<SecurityGroup>) {
        let Self { security_groups, unavailable, .. } = self;
        set(security_groups, unavailable, id.into(), fact);
    }

    /// Adds what is known about the key pair of this name.
    pub fn set_key_pair(&mut self, name: impl Into<String>, fact: Fact<KeyPair>) {
        let Self { key_pairs, unavailable, .. } = self;
        set(key_pairs, unavailable, name.into(), fact);
    }

    /// Adds what Parameter Store holds under this name.
    pub fn set_parameter(&mut self, name: impl Into<String>, fact: Fact<String>) {
        let Self { parameters, unavailable, .. } = self;
        set(parameters, unavailable, name.into(), fact);
    }

    /// Adds what refers to the key pairs; or why that is not known.
    pub fn set_key_pair_use(&mut self, fact: Result<KeyPairUse, String>) {
        match fact {
            Ok(key_pair_use) => self.key_pair_use = Some(key_pair_use),
            Err(why) => drop(self.unavailable.insert(KEY_PAIR_USE.to_owned(), why)),
        }
    }

    /// Adds all that is known elsewhere.
    pub fn extend(&mut self, other: Self) {
        self.images.extend(other.images);
        self.prefix_lists.extend(other.prefix_lists);
        self.security_groups.extend(other.security_groups);
        self.key_pairs.extend(other.key_pairs);
        self.parameters.extend(other.parameters);
        self.key_pair_use = other.key_pair_use.or(self.key_pair_use.take());
        self.unavailable.extend(other.unavailable);
    }

    /// What could not be looked up, and why.
    #[must_use]
    pub fn unavailable(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.unavailable.iter().map(|(id, why)| (id.as_str(), why.as_str()))
    }

    /// What is known about an image.
    #[must_use]
    pub fn image(&self, image_id: &str) -> Fact<&Image> {
        self.get(&self.images, image_id)
    }

    /// What is known about a prefix list.
    #[must_use]
    pub fn prefix_list(&self, id: &str) -> Fact<&PrefixList> {
        self.get(&self.prefix_lists, id)
    }

    /// What is known about a security group.
    #[must_use]
    pub fn security_group(&self, id: &str) -> Fact<&SecurityGroup> {
        self.get(&self.security_groups, id)
    }

    /// What is known about the key pair of this name.
    #[must_use]
    pub fn key_pair(&self, name: &str) -> Fact<&KeyPair> {
        self.get(&self.key_pairs, name)
    }

    /// What Parameter Store holds under this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Fact<&str> {
        match self.get(&self.parameters, name) {
            Fact::Known(text) => Fact::Known(text),
            Fact::Absent => Fact::Absent,
            Fact::Unavailable(why) => Fact::Unavailable(why),
        }
    }

    /// What refers to the key pairs.
    ///
    /// # Errors
    /// Says why that is not known.
    pub fn key_pair_use(&self) -> Result<&KeyPairUse, String> {
        self.key_pair_use.as_ref().ok_or_else(|| self.why_unavailable(KEY_PAIR_USE))
    }

    fn why_unavailable(&self, id: &str) -> String {
        self.unavailable.get(id).map_or("not looked up", String::as_str).to_owned()
    }

    fn get<'a, T>(&'a self, known: &'a BTreeMap<String, Option<T>>, id: &str) -> Fact<&'a T> {
        match known.get(id) {
            Some(Some(fact)) => Fact::Known(fact),
            Some(None) => Fact::Absent,
            None => Fact::Unavailable(self.why_unavailable(id)),
        }
    }
}

fn set<T>(
    known: &mut BTreeMap<String, Option<T>>,
    unavailable: &mut BTreeMap<String, String>,
    id: String,
    fact: Fact<T>,
) {
    match fact {
        Fact::Known(fact) => known.insert(id, Some(fact)).map(drop),
        Fact::Absent => known.insert(id, None).map(drop),
        Fact::Unavailable(why) => unavailable.insert(id, why).map(drop),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_states_survive_a_file() {
        let mut facts = Facts::default();
        facts.set_image("ami-1", Fact::Known(Image { name: Some("base".to_owned()), ..Image::default() }));
        facts.set_image("ami-2", Fact::Absent);
        facts.set_image("ami-3", Fact::Unavailable("denied".to_owned()));
        let facts = Facts::from_json(&serde_json::to_string(&facts).unwrap()).unwrap();
        assert!(matches!(facts.image("ami-1"), Fact::Known(image) if image.name.as_deref() == Some("base")));
        assert_eq!(facts.image("ami-2"), Fact::Absent);
        assert_eq!(facts.image("ami-3"), Fact::Unavailable("denied".to_owned()));
        assert_eq!(facts.image("ami-4"), Fact::Unavailable("not looked up".to_owned()));
        assert!(Facts::from_json(r#"{"image":{}}"#).is_err());
    }

    #[test]
    fn what_is_known_elsewhere_is_added() {
        let mut facts = Facts::from_json(r#"{"images":{"ami-1":null},"keyPairUse":{"ops":[]}}"#).unwrap();
        facts
            .extend(Facts::from_json(r#"{"images":{"ami-2":null},"unavailable":{"ops":"denied"}}"#).unwrap());
        assert_eq!((facts.image("ami-1"), facts.image("ami-2")), (Fact::Absent, Fact::Absent));
        assert_eq!(facts.key_pair("ops"), Fact::Unavailable("denied".to_owned()));
        assert!(facts.key_pair_use().is_ok());
        assert_eq!(facts.unavailable().collect::<Vec<_>>(), [("ops", "denied")]);
    }
}
