//! `AWS::EC2::SecurityGroup`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::embedded::{integer, null_is_default};

/// A security group, without its tags, which its item has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SecurityGroup {
    /// `sg-…`.
    pub group_id: Option<String>,
    /// Its name, which is not unique.
    pub group_name: Option<String>,
    /// What people wrote about it.
    pub description: Option<String>,
    /// The account that owns it: another one where it shares its VPC.
    pub owner_id: Option<String>,
    /// `vpc-…`.
    pub vpc_id: Option<String>,
    /// The inbound rules; `None` where they are not recorded.
    pub ip_permissions: Option<Vec<IpPermission>>,
    /// The outbound rules; `None` where they are not recorded.
    pub ip_permissions_egress: Option<Vec<IpPermission>>,
}

/// Rules of a security group that have protocol and ports in common.
///
/// Old items have only `ipRanges`, as text; newer ones repeat there what stands in `ipv4Ranges`. EC2's API calls the latter
/// `IpRanges`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IpPermission {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for all, or a number.
    pub ip_protocol: Option<String>,
    /// The first port; for ICMP its type, of which -1 is all.
    #[serde(deserialize_with = "integer")]
    pub from_port: Option<i64>,
    /// The last port; for ICMP its code, of which -1 is all.
    #[serde(deserialize_with = "integer")]
    pub to_port: Option<i64>,
    /// IPv4 blocks.
    #[serde(deserialize_with = "null_is_default", serialize_with = "as_ipv4_ranges")]
    pub ipv4_ranges: Vec<IpRange>,
    /// IPv6 blocks.
    #[serde(deserialize_with = "null_is_default", serialize_with = "as_ipv6_ranges")]
    pub ipv6_ranges: Vec<IpRange>,
    /// IPv4 blocks in the spelling of old items and of EC2's API.
    #[serde(
        deserialize_with = "null_is_default",
        serialize_with = "as_ipv4_ranges",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub ip_ranges: Vec<IpRange>,
    /// Managed prefix lists.
    #[serde(deserialize_with = "null_is_default")]
    pub prefix_list_ids: Vec<PrefixListId>,
    /// Other security groups.
    #[serde(deserialize_with = "null_is_default")]
    pub user_id_group_pairs: Vec<UserIdGroupPair>,
}

/// A block of addresses that a rule names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IpRange {
    /// As it was written; `""` where the block is missing.
    pub cidr: String,
    /// What people wrote about it.
    pub description: Option<String>,
}

/// A managed prefix list that a rule names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PrefixListId {
    /// `pl-…`.
    pub prefix_list_id: Option<String>,
    /// What people wrote about it.
    pub description: Option<String>,
}

/// Another security group that a rule names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserIdGroupPair {
    /// `sg-…`.
    pub group_id: Option<String>,
    /// The account that owns the group; EC2 leaves it out once the group at the other end of a peering is deleted.
    pub user_id: Option<String>,
    /// What people wrote about it.
    pub description: Option<String>,
    /// `active`, `deleted` and others, where a peering connection leads to the group.
    pub peering_status: Option<String>,
    /// `pcx-…`, where a peering connection leads to the group.
    pub vpc_peering_connection_id: Option<String>,
}

impl<'de> Deserialize<'de> for IpRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Spelling {
            Text(String),
            Described {
                #[serde(alias = "cidrIp", alias = "cidrIpv6")]
                cidr: Option<String>,
                description: Option<String>,
            },
        }
        Ok(match Spelling::deserialize(deserializer)? {
            Spelling::Text(cidr) => Self { cidr, description: None },
            Spelling::Described { cidr, description } => Self { cidr: cidr.unwrap_or_default(), description },
        })
    }
}

impl IpPermission {
    /// Whether it is for every protocol, on all ports.
    #[must_use]
    pub fn is_all_traffic(&self) -> bool {
        let protocol = self.ip_protocol.as_deref().unwrap_or_default().trim();
        protocol == "-1" || protocol.eq_ignore_ascii_case("all")
    }

    /// The blocks in all spellings: some may stand there twice.
    pub fn ranges(&self) -> impl Iterator<Item = &IpRange> {
        [&self.ipv4_ranges, &self.ipv6_ranges, &self.ip_ranges].into_iter().flatten()
    }
}

impl IpRange {
    fn spelled<'a>(&'a self, cidr: &'static str) -> BTreeMap<&'static str, &'a str> {
        let description = self.description.as_deref().map(|text| ("description", text));
        description.into_iter().chain([(cidr, self.cidr.as_str())]).collect()
    }
}

fn as_ipv4_ranges<S: Serializer>(ranges: &[IpRange], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(ranges.iter().map(|range| range.spelled("cidrIp")))
}

fn as_ipv6_ranges<S: Serializer>(ranges: &[IpRange], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(ranges.iter().map(|range| range.spelled("cidrIpv6")))
}
