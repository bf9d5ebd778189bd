//! A permission as AWS Config and EC2 write it.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde::Deserialize;

use super::{
    group::{Group, GroupPair, Home},
    parameters::Parameters,
    permission::Source,
    traffic::{Protocol, Traffic, Transport},
};
use crate::{embedded::null_is_default, network::cidr, parameters::Value};

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
    #[serde(default, deserialize_with = "null_is_default")]
    user_id_group_pairs: Vec<GroupPair>,
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

impl IpPermission {
    /// The blocks, and what stands among them but is none.
    pub(super) fn sources(&self) -> (Vec<Source>, Vec<String>) {
        // By block, because one may stand there twice; the first has the description.
        let mut sources: BTreeMap<IpNet, Option<String>> = BTreeMap::new();
        let mut unreadable = Vec::new();
        for range in [&self.ipv4_ranges, &self.ipv6_ranges, &self.ip_ranges].into_iter().flatten() {
            match cidr(range.text()) {
                Some(network) => {
                    sources.entry(network).or_insert_with(|| range.description());
                }
                None => unreadable.push(range.text().to_owned()),
            }
        }
        let source = |(network, description)| Source { network, description, list: None };
        (sources.into_iter().map(source).collect(), unreadable)
    }

    /// The prefix lists to look into. The managed rules look into none.
    pub(super) fn lists(&self, parameters: &Parameters) -> Vec<String> {
        let ids = self.prefix_list_ids.iter().map(|list| &list.prefix_list_id);
        let is_skipped = |id: &&String| {
            parameters.is_literal() || parameters.trusted_lists.iter().any(|list| list.0 == **id)
        };
        ids.filter(|id| !is_skipped(id)).cloned().collect()
    }

    /// The groups that deserve a look, whatever is known of them.
    pub(super) fn groups(&self, home: Home) -> Vec<Group> {
        self.user_id_group_pairs.iter().filter_map(|pair| pair.noted(home)).collect()
    }

    /// The other groups of the same account.
    pub(super) fn neighbours(&self, home: Home) -> Vec<String> {
        let neighbours = self.user_id_group_pairs.iter().filter_map(|pair| pair.neighbour(home));
        neighbours.map(str::to_owned).collect()
    }

    /// Protocol -1 is all traffic where that is judged.
    pub(super) fn traffic(&self, judges_all_traffic: bool) -> Traffic {
        let transport = match self.ip_protocol.trim().to_ascii_lowercase().as_str() {
            "" => return Traffic::Unnamed,
            "-1" | "all" if judges_all_traffic => return Traffic::All,
            "all" => return Traffic::Protocol(Protocol::new("-1".to_owned())),
            "tcp" | "6" => Transport::Tcp,
            "udp" | "17" => Transport::Udp,
            other => return Traffic::Protocol(Protocol::new(other.to_owned())),
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
