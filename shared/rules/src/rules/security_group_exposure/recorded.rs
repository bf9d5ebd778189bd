//! A permission as AWS Config and EC2 write it.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::{
    parameters::Parameters,
    permission::Source,
    traffic::{Protocol, Traffic, Transport},
};
use crate::{ec2::IpPermission, network::cidr, parameters::Value};

impl IpPermission {
    /// The blocks, and what stands among them but is none.
    pub(super) fn sources(&self) -> (Vec<Source>, Vec<String>) {
        // By block, because one may stand there twice; the first has the description.
        let mut sources: BTreeMap<IpNet, Option<String>> = BTreeMap::new();
        let mut unreadable = Vec::new();
        for range in [&self.ipv4_ranges, &self.ipv6_ranges, &self.ip_ranges].into_iter().flatten() {
            match cidr(&range.cidr) {
                Some(network) => {
                    let description = || range.description.clone().filter(|text| !text.is_empty());
                    sources.entry(network).or_insert_with(description);
                }
                None => unreadable.push(range.cidr.clone()),
            }
        }
        let source = |(network, description)| Source { network, description, list: None };
        (sources.into_iter().map(source).collect(), unreadable)
    }

    /// The prefix lists to look into. The managed rules look into none.
    pub(super) fn lists(&self, parameters: &Parameters) -> Vec<String> {
        let ids = self.prefix_list_ids.iter().map(|list| list.prefix_list_id.as_deref().unwrap_or("?"));
        let is_skipped =
            |id: &&str| parameters.is_literal() || parameters.trusted_lists.iter().any(|list| list.0 == **id);
        ids.filter(|id| !is_skipped(id)).map(str::to_owned).collect()
    }

    /// Protocol -1 is all traffic where that is judged.
    pub(super) fn traffic(&self, judges_all_traffic: bool) -> Traffic {
        let transport =
            match self.ip_protocol.as_deref().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
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

fn port(number: i64) -> Option<u16> {
    number.try_into().ok()
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
