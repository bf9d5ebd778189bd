//! A security group's permissions: as AWS Config records them, and as the rule sees them.

use std::{collections::BTreeMap, ops::RangeInclusive};

use ipnet::IpNet;
use serde::Deserialize;

use crate::{embedded::null_is_default, network::cidr};

/// What the rule reads of a security group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroup {
    pub(super) owner_id: Option<String>,
    pub(super) ip_permissions: Option<Vec<IpPermission>>,
}

/// One entry of `ipPermissions`. Old items have only `ipRanges`, newer ones repeat `ipv4Ranges` there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IpPermission {
    #[serde(default, deserialize_with = "null_is_default")]
    ip_protocol: String,
    from_port: Option<f64>,
    to_port: Option<f64>,
    #[serde(default, deserialize_with = "null_is_default")]
    ipv4_ranges: Vec<Range>,
    #[serde(default, deserialize_with = "null_is_default")]
    ipv6_ranges: Vec<Range>,
    #[serde(default, deserialize_with = "null_is_default")]
    ip_ranges: Vec<Range>,
    #[serde(default, deserialize_with = "null_is_default")]
    prefix_list_ids: Vec<PrefixList>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Range {
    Text(String),
    Described {
        #[serde(alias = "cidrIp", alias = "cidrIpv6")]
        cidr: String,
        description: Option<String>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PrefixList {
    prefix_list_id: String,
}

/// A permission in its one form: which traffic, from which blocks and prefix lists. Sources that are security groups
/// are left out: they are not the internet.
#[derive(Debug)]
pub(super) struct Permission {
    /// Its place in the group, from 1, as people count.
    pub(super) number: usize,
    pub(super) traffic: Traffic,
    pub(super) sources: Vec<Source>,
    pub(super) prefix_lists: Vec<String>,
    /// Blocks that are none.
    pub(super) unreadable: Vec<String>,
}

/// What a permission lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Traffic {
    /// Protocol -1: everything.
    All,
    Ports(Transport, RangeInclusive<u16>),
    /// TCP or UDP whose ports are missing, or end before they begin.
    WithoutPorts(Transport),
    /// A protocol without ports, by its name or number. What stands as ports of ICMP are its type and code.
    Protocol(String),
}

/// A protocol with ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Tcp,
    Udp,
}

impl Transport {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// A block that a permission lets in.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) network: IpNet,
    pub(super) description: Option<String>,
}

impl Permission {
    pub(super) fn new(index: usize, permission: &IpPermission) -> Self {
        let ranges = [&permission.ipv4_ranges, &permission.ipv6_ranges, &permission.ip_ranges];
        // By block, because one may stand there twice; the first has the description.
        let mut sources: BTreeMap<IpNet, Option<String>> = BTreeMap::new();
        let mut unreadable = Vec::new();
        for range in ranges.into_iter().flatten() {
            match cidr(range.text()) {
                Some(network) => {
                    sources.entry(network).or_insert_with(|| range.description());
                }
                None => unreadable.push(range.text().to_owned()),
            }
        }
        Self {
            number: index + 1,
            traffic: permission.traffic(),
            sources: sources
                .into_iter()
                .map(|(network, description)| Source { network, description })
                .collect(),
            prefix_lists: permission.prefix_list_ids.iter().map(|list| list.prefix_list_id.clone()).collect(),
            unreadable,
        }
    }

    /// The ports of this transport that the permission lets through.
    pub(super) fn ports(&self, transport: Transport) -> Option<RangeInclusive<u16>> {
        match &self.traffic {
            Traffic::All => Some(0..=u16::MAX),
            Traffic::Ports(own, ports) if *own == transport => Some(ports.clone()),
            _ => None,
        }
    }
}

impl IpPermission {
    fn traffic(&self) -> Traffic {
        let transport = match self.ip_protocol.to_ascii_lowercase().as_str() {
            "-1" | "all" => return Traffic::All,
            "tcp" | "6" => Transport::Tcp,
            "udp" | "17" => Transport::Udp,
            other => return Traffic::Protocol(other.to_owned()),
        };
        match (self.from_port.and_then(port), self.to_port.and_then(port)) {
            (Some(from), Some(to)) if from <= to => Traffic::Ports(transport, from..=to),
            _ => Traffic::WithoutPorts(transport),
        }
    }
}

/// A port number; AWS Config's query form may write it as a float.
fn port(number: f64) -> Option<u16> {
    let is_port = number.fract() == 0.0 && (0.0..=65_535.0).contains(&number);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    is_port.then_some(number as u16)
}

impl Range {
    fn text(&self) -> &str {
        match self {
            Self::Text(cidr) | Self::Described { cidr, .. } => cidr,
        }
    }

    fn description(&self) -> Option<String> {
        match self {
            Self::Described { description, .. } => description.clone().filter(|text| !text.is_empty()),
            Self::Text(_) => None,
        }
    }
}
