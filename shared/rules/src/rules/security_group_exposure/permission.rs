//! A security group's permissions: as AWS Config records them, and as the rule sees them.

use std::{collections::BTreeMap, ops::RangeInclusive};

use ipnet::IpNet;
use serde::Deserialize;

use crate::{
    embedded::null_is_default,
    facts::{Fact, Facts},
    network::cidr,
    parameters::Value,
};

/// What the rule reads of a security group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroup {
    pub(super) owner_id: Option<String>,
    pub(super) ip_permissions: Option<Vec<IpPermission>>,
    pub(super) ip_permissions_egress: Option<Vec<IpPermission>>,
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

/// A permission in its one form: which traffic, from (or to) which blocks and prefix lists. Other security groups are
/// left out: they are not the internet.
#[derive(Debug)]
pub(super) struct Permission {
    pub(super) direction: Direction,
    /// Its place among the group's rules of its direction, from 1, as people count.
    pub(super) number: usize,
    pub(super) traffic: Traffic,
    pub(super) sources: Vec<Source>,
    /// Prefix lists whose entries are not known.
    pub(super) unknown_lists: Vec<String>,
    /// Blocks that are none.
    pub(super) unreadable: Vec<String>,
}

/// Which way a permission lets traffic through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }

    /// What stands before the other side.
    pub(super) fn preposition(self) -> &'static str {
        match self {
            Self::Inbound => "from",
            Self::Outbound => "to",
        }
    }
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
    /// The prefix list that it is an entry of.
    pub(super) list: Option<String>,
}

impl Permission {
    /// Prefix lists become blocks where their entries are known; those that are trusted are left out.
    pub(super) fn new(
        direction: Direction,
        index: usize,
        permission: &IpPermission,
        trusted_lists: &[PrefixListId],
        facts: &Facts,
    ) -> Self {
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
        let source = |(network, description)| Source { network, description, list: None };
        let mut permission = Self {
            direction,
            number: index + 1,
            traffic: permission.traffic(),
            sources: sources.into_iter().map(source).collect(),
            unknown_lists: permission
                .lists()
                .filter(|id| !trusted_lists.iter().any(|trusted| trusted.0 == *id))
                .map(str::to_owned)
                .collect(),
            unreadable,
        };
        permission.resolve(facts);
        permission
    }

    /// Puts the entries of the prefix lists that are known in their place.
    fn resolve(&mut self, facts: &Facts) {
        for id in std::mem::take(&mut self.unknown_lists) {
            let blocks = match facts.prefix_list(&id) {
                Fact::Known(list) => list.blocks(),
                Fact::Absent | Fact::Unavailable(_) => None,
            };
            let source = |network| Source { network, description: None, list: Some(id.clone()) };
            match blocks {
                Some(blocks) => self.sources.extend(blocks.into_iter().map(source)),
                None => self.unknown_lists.push(id),
            }
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
    /// The prefix lists that it names.
    pub(super) fn lists(&self) -> impl Iterator<Item = &str> {
        self.prefix_list_ids.iter().map(|list| list.prefix_list_id.as_str())
    }

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

/// The id of a prefix list.
#[derive(Clone, Debug)]
pub(super) struct PrefixListId(pub(super) String);

impl Value for PrefixListId {
    const FORM: &'static str = "the id of a prefix list: `pl-` and 8 or 17 of 0-9, a-f";
    const PATTERN: &'static str = "pl-(?:[0-9a-f]{8}|[0-9a-f]{17})";

    fn parse(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix("pl-").unwrap_or_default();
        let is_id = matches!(digits.len(), 8 | 17)
            && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_id { Ok(Self(text.to_owned())) } else { Err(String::new()) }
    }
}
