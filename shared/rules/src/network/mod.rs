//! What the rules of security groups let through, in exact sets: addresses, traffic, and which part of the internet reaches
//! which traffic.
//!
//! [`Permission`]s are what groups let through, [`Guard`] is what must not be reached, [`Limit`] says which sources are too
//! many; [`exposures`] compares them. What else is between a source and its target, such as a network ACL, is a [`Zone`]: some
//! traffic, and the addresses that do not count on it.

mod addresses;
mod exposure;
mod forms;
mod guard;
mod limit;
pub(crate) mod network_acl;
pub(crate) mod parameters;
mod permission;
mod public_addresses;
pub(crate) mod routes;
mod special_purpose;
mod traffic;
pub(crate) mod wording;

pub(crate) use self::public_addresses::{AddressKind, PRIMARY, PublicAddress, PublicAddresses};
pub use self::{
    addresses::{Addresses, Extent, Family, INTERNET, cidr, is_everything, percent},
    exposure::{Exposure, NamedSource, Reach, Zone, exposures, reaches},
    forms::{
        EvaluatedProtocol, IpType, PortRange, PortlessProtocol, PrefixListId, ProtocolPorts, ProtocolType,
    },
    guard::Guard,
    limit::{Limit, Mode, Source},
    permission::{Direction, Permission, Problem},
    traffic::{Ports, Protocol, Traffic, range_text},
};
