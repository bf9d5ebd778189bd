//! The resources of EC2 and EC2 Auto Scaling as AWS Config records them: one type each, which rules read and EC2's answers are made into.
//!
//! Keys are spelled as in the `configuration` of an item. What AWS Config leaves out or sends as null is `None`; a key that
//! no rule reads is skipped. Sources: AWS Config's published resource schemas and EC2's API model.

mod auto_scaling;
mod instance;
pub(crate) mod instance_states;
mod launch_template;
mod listing;
mod network_acl;
mod network_interface;
mod route_table;
mod security_group;
mod subnet;

pub use self::{
    auto_scaling::{
        AutoScalingGroup, LaunchConfiguration, LaunchTemplateOverride, MixedInstancesPolicy,
        MixedLaunchTemplate,
    },
    instance::{IamInstanceProfile, Instance, InstanceState, MetadataOptions, Placement, ProductCode},
    launch_template::{LaunchTemplate, LaunchTemplateData, LaunchTemplateSpecification},
    listing::{Listing, Place},
    network_acl::{IcmpTypeCode, NetworkAcl, NetworkAclAssociation, NetworkAclEntry, PortRange},
    network_interface::{
        Association, Attachment, GroupIdentifier, Ipv6Address, NetworkInterface, PrivateIpAddress,
    },
    route_table::{Route, RouteTable, RouteTableAssociation, RouteTableAssociationState},
    security_group::{IpPermission, IpRange, PrefixListId, SecurityGroup, UserIdGroupPair},
    subnet::{Subnet, SubnetCidrBlockState, SubnetIpv6CidrBlock},
};

/// Whether this is an id with this prefix (`subnet-`): 8 or 17 hexadecimal digits follow, small ones.
pub(crate) fn is_id(text: &str, prefix: &str) -> bool {
    let digits = text.strip_prefix(prefix).unwrap_or_default();
    matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
