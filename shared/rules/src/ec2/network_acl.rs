//! `AWS::EC2::NetworkAcl`.

use serde::{Deserialize, Serialize};

use crate::embedded::integer;

/// A network ACL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkAcl {
    /// `acl-…`.
    pub network_acl_id: Option<String>,
    /// `vpc-…`.
    pub vpc_id: Option<String>,
    /// Its entries, in any order; `None` where they are not known.
    pub entries: Option<Vec<NetworkAclEntry>>,
    /// The subnets that have it.
    pub associations: Option<Vec<NetworkAclAssociation>>,
}

/// An entry: of those of its direction that match a packet, the one with the lowest number decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkAclEntry {
    /// 1 to 32766; 32767 and above are the closing ones, which the console shows as `*`.
    #[serde(deserialize_with = "integer")]
    pub rule_number: Option<i64>,
    /// A number, or `-1` for all.
    pub protocol: Option<String>,
    /// `allow` or `deny`.
    pub rule_action: Option<String>,
    /// Whether it is for what leaves the subnet.
    pub egress: Option<bool>,
    /// An IPv4 block.
    pub cidr_block: Option<String>,
    /// An IPv6 block.
    pub ipv6_cidr_block: Option<String>,
    /// The ports of TCP or UDP.
    pub port_range: Option<PortRange>,
    /// The type and the code of ICMP.
    pub icmp_type_code: Option<IcmpTypeCode>,
}

/// A range of ports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct PortRange {
    /// The first.
    #[serde(deserialize_with = "integer")]
    pub from: Option<i64>,
    /// The last.
    #[serde(deserialize_with = "integer")]
    pub to: Option<i64>,
}

/// A type and a code of ICMP; -1 is all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct IcmpTypeCode {
    /// The type.
    #[serde(rename = "type", deserialize_with = "integer")]
    pub icmp_type: Option<i64>,
    /// The code.
    #[serde(deserialize_with = "integer")]
    pub code: Option<i64>,
}

/// A subnet that has a network ACL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkAclAssociation {
    /// `subnet-…`.
    pub subnet_id: Option<String>,
}
