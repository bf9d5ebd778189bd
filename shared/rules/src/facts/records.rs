//! What facts say of the things that they are about.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{
    ec2::{LaunchTemplateData, NetworkAcl, RouteTable, Subnet},
    iam::TrustPolicy,
    item::Tags,
};

/// An image, as far as EC2 tells: `DescribeInstanceImageMetadata`, and `DescribeImages` for its tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Image {
    /// 12 digits.
    pub owner_id: Option<String>,
    /// `amazon`, `aws-marketplace` or `aws-backup-vault`; none for other owners.
    pub owner_alias: Option<String>,
    /// The image's name.
    pub name: Option<String>,
    /// `available`, `deregistered`, `disabled` and others.
    pub state: Option<String>,
    /// When it was made: RFC 3339, as EC2 writes it.
    pub creation_date: Option<String>,
    /// When it becomes, or became, deprecated: RFC 3339.
    pub deprecation_time: Option<String>,
    /// Whether everybody may launch it.
    pub public: Option<bool>,
    /// Its product codes of AWS Marketplace; `None` where `DescribeImages` does not tell it.
    pub product_codes: Option<Vec<String>>,
    /// Its tags; `None` where they cannot be seen, as those of another account's image.
    pub tags: Option<Tags>,
}

/// The id of the image that a parameter of Parameter Store names: `ami-…`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct ImageAlias(pub String);

/// Versions of a launch template, by their numbers: `DescribeLaunchTemplateVersions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct LaunchTemplateVersions(pub BTreeMap<u64, LaunchTemplateData>);

/// A managed prefix list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PrefixList {
    /// Such as `com.amazonaws.us-east-1.s3`.
    #[serde(default)]
    pub name: Option<String>,
    /// The blocks, as EC2 writes them.
    pub entries: Vec<String>,
}

impl PrefixList {
    /// The blocks; `None` if one of them is not a block.
    #[must_use]
    pub fn blocks(&self) -> Option<Vec<IpNet>> {
        self.entries.iter().map(|entry| crate::network::cidr(entry)).collect()
    }

    /// Whether it is AWS's own: EC2 refuses such a name to everybody else.
    pub(crate) fn is_of_aws(&self) -> bool {
        self.name.as_deref().is_some_and(|name| name.starts_with("com.amazonaws."))
    }
}

/// The id of a network interface: `eni-…`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct NetworkInterfaceId(pub String);

/// How packets get into a subnet and out of it: `DescribeSubnets`, `DescribeRouteTables`, `DescribeNetworkAcls`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubnetPath {
    /// The subnet.
    pub subnet: Subnet,
    /// The route table that it has: its own, or its VPC's main one.
    pub route_table: RouteTable,
    /// The route table of the internet gateway that it leads to; `None` if that gateway has none.
    #[serde(default)]
    pub gateway_route_table: Option<RouteTable>,
    /// Its network ACL.
    pub network_acl: NetworkAcl,
}

/// Whether a network interface refuses what comes from an internet gateway: `DescribeNetworkInterfaces`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct DenyAllIgwTraffic(pub bool);

/// VPC block public access of an account in a Region: `DescribeVpcBlockPublicAccessOptions`,
/// `DescribeVpcBlockPublicAccessExclusions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VpcBlockPublicAccess {
    /// `off`, `block-ingress` or `block-bidirectional`.
    pub internet_gateway_block_mode: String,
    /// The VPCs and subnets that are excluded from it.
    #[serde(default)]
    pub exclusions: Vec<VpcBlockPublicAccessExclusion>,
}

/// A VPC or subnet that is excluded from block public access, wholly or outbound only.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VpcBlockPublicAccessExclusion {
    /// Of the VPC or the subnet.
    pub resource_arn: String,
    /// `allow-bidirectional` or `allow-egress`.
    pub internet_gateway_exclusion_mode: String,
    /// `create-complete`, `update-in-progress`, `delete-complete` and others.
    pub state: String,
}

/// A key pair's record: `DescribeKeyPairs`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KeyPair {
    /// `key-…`.
    pub key_pair_id: Option<String>,
    /// `rsa` or `ed25519`.
    pub key_type: Option<String>,
    /// MD5 or SHA-1, in hexadecimal with colons; SHA-256, in Base64, for ED25519.
    pub fingerprint: Option<String>,
    /// When it was created or imported: RFC 3339. EC2 does not know it for old ones.
    pub create_time: Option<String>,
}

/// An instance profile: `GetInstanceProfile`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InstanceProfile {
    /// With its path; another one if the profile was made again with another path.
    pub arn: String,
    /// `AIPA…`.
    pub instance_profile_id: String,
    /// `None` if the profile has no role. IAM allows one.
    pub role: Option<Role>,
}

/// The role of an instance profile.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// With its path.
    pub arn: String,
    /// Not always that of the profile.
    pub role_name: String,
    /// Who may assume the role. JSON, or as IAM sends it: URL-encoded.
    pub assume_role_policy_document: TrustPolicy,
}

/// A managed policy of a role: `ListAttachedRolePolicies`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttachedPolicy {
    /// Such as `AdministratorAccess`.
    pub policy_name: String,
    /// `arn:aws:iam::aws:policy/…` if AWS manages it.
    pub policy_arn: String,
}
