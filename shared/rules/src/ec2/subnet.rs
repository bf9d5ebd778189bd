//! `AWS::EC2::Subnet`.

use serde::{Deserialize, Serialize};

/// A subnet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subnet {
    /// `subnet-…`.
    pub subnet_id: Option<String>,
    /// `vpc-…`.
    pub vpc_id: Option<String>,
    /// The account that owns it: another one where it is shared.
    pub owner_id: Option<String>,
    /// Its IPv6 blocks.
    pub ipv6_cidr_block_association_set: Option<Vec<SubnetIpv6CidrBlock>>,
}

/// An IPv6 block of a subnet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SubnetIpv6CidrBlock {
    /// The block.
    pub ipv6_cidr_block: Option<String>,
    /// Its state.
    pub ipv6_cidr_block_state: Option<SubnetCidrBlockState>,
    /// `public`, or `private`: not advertised to the internet, and never to be. Older records do not say.
    pub ipv6_address_attribute: Option<String>,
}

/// The state of a subnet's block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct SubnetCidrBlockState {
    /// `associated`, `disassociated` and others.
    pub state: Option<String>,
}
