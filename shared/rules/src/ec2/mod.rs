//! EC2's resources as AWS Config records them: one type each, which rules read and EC2's answers are made into.
//!
//! Keys are spelled as in the `configuration` of an item. What AWS Config leaves out or sends as null is `None`; a key that
//! no rule reads is skipped. Sources: AWS Config's published resource schemas and EC2's API model.

mod instance;
pub(crate) mod instance_states;
mod listing;
mod network_interface;
mod security_group;

pub use self::{
    instance::{IamInstanceProfile, Instance, InstanceState, MetadataOptions, Placement, ProductCode},
    listing::{Listing, Place},
    network_interface::{
        Association, Attachment, GroupIdentifier, Ipv6Address, NetworkInterface, PrivateIpAddress,
    },
    security_group::{IpPermission, IpRange, PrefixListId, SecurityGroup, UserIdGroupPair},
};
