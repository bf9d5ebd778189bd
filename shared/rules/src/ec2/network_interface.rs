//! `AWS::EC2::NetworkInterface`, alone and as part of an instance.

use serde::{Deserialize, Serialize};

/// A network interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkInterface {
    /// `eni-…`.
    pub network_interface_id: Option<String>,
    /// `vpc-…`.
    pub vpc_id: Option<String>,
    /// `subnet-…`.
    pub subnet_id: Option<String>,
    /// The account that owns it.
    pub owner_id: Option<String>,
    /// `in-use`, `available` and others.
    pub status: Option<String>,
    /// `interface`, `efa`, `nat_gateway` and others.
    pub interface_type: Option<String>,
    /// What people wrote about it.
    pub description: Option<String>,
    /// Whether it takes only traffic that is its own.
    pub source_dest_check: Option<bool>,
    /// Which instance it is attached to, and since when.
    pub attachment: Option<Attachment>,
    /// The groups of this interface.
    pub groups: Option<Vec<GroupIdentifier>>,
    /// The primary private IPv4 address.
    pub private_ip_address: Option<String>,
    /// The public address of the primary private address: the first of several, perhaps.
    pub association: Option<Association>,
    /// All private IPv4 addresses, each with its public one: the only complete list of these.
    pub private_ip_addresses: Option<Vec<PrivateIpAddress>>,
    /// All IPv6 addresses.
    pub ipv6_addresses: Option<Vec<Ipv6Address>>,
}

/// How an interface is attached to an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Attachment {
    /// When, as RFC 3339.
    pub attach_time: Option<String>,
    /// `attached` and others.
    pub status: Option<String>,
}

/// A security group, as an interface names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupIdentifier {
    /// `sg-…`.
    pub group_id: Option<String>,
    /// Its name.
    pub group_name: Option<String>,
}

/// A public address that leads to a private one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Association {
    /// The public IPv4 address; `None` where there is a carrier's or a customer's only.
    pub public_ip: Option<String>,
    /// Its name.
    pub public_dns_name: Option<String>,
    /// `amazon` for an address from Amazon's pool, the account's id for an Elastic IP, or a service's name.
    pub ip_owner_id: Option<String>,
    /// The address in a carrier's network (AWS Wavelength).
    pub carrier_ip: Option<String>,
    /// The address in a customer's network (AWS Outposts).
    pub customer_owned_ip: Option<String>,
}

/// A private IPv4 address of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PrivateIpAddress {
    /// The address.
    pub private_ip_address: Option<String>,
    /// Whether it is the primary one of the interface.
    pub primary: Option<bool>,
    /// The public address that leads to it.
    pub association: Option<Association>,
}

/// An IPv6 address of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ipv6Address {
    /// The address.
    pub ipv6_address: Option<String>,
}
