//! The rule against a brute force: every packet by itself, over random interfaces, groups, network ACLs and routes.

use std::{collections::BTreeSet, net::IpAddr};

use ipnet::IpNet;
use proptest::{
    collection::{btree_set, vec},
    option,
    prelude::*,
    sample::select,
};
use serde_json::{Value, json};

use super::{
    InstanceExposure,
    tests::{entry, group, interface, permission, route},
};
use crate::{finding::Compliance, rules::testing::Case};

/// Blocks of which everything is made.
const BLOCKS: [&str; 12] = [
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "8.0.0.0/8",
    "8.8.0.0/16",
    "9.0.0.0/8",
    "10.0.0.0/8",
    "::/0",
    "2000::/4",
    "2600:1f18::/32",
    "3000::/4",
    "fd00::/8",
];

/// An address of every part into which the blocks divide the internet, and how much of it that part has, in addresses or sites; what is
/// vast is vast.
const PARTS: [(&str, u64); 11] = [
    ("1.0.0.1", VAST),
    ("8.0.0.1", (1 << 24) - (1 << 16)),
    ("8.8.0.1", 1 << 16),
    ("9.0.0.1", 1 << 24),
    ("128.1.0.1", VAST),
    ("10.0.0.1", 0),
    ("2600::1", VAST),
    ("2600:1f18::1", 1 << 16),
    ("3000::1", VAST),
    ("4000::1", VAST),
    ("fd00::1", 0),
];
const VAST: u64 = 1 << 31;

/// The kinds of packets: a protocol, and a port.
const PACKETS: [(&str, u16); 6] =
    [("tcp", 22), ("tcp", 23), ("tcp", 3389), ("udp", 22), ("udp", 23), ("udp", 3389)];

#[derive(Clone, Debug)]
struct Match {
    /// -1, tcp or udp.
    protocol: &'static str,
    ports: (u16, u16),
    block: &'static str,
}

#[derive(Clone, Debug)]
struct Entry {
    number: u16,
    allows: bool,
    is_outbound: bool,
    of: Match,
}

#[derive(Clone, Debug)]
struct Subnet {
    entries: Vec<Entry>,
    routes: Vec<(&'static str, &'static str, bool)>,
}

#[derive(Clone, Debug)]
struct Interface {
    addresses: BTreeSet<&'static str>,
    groups: BTreeSet<usize>,
    subnet: usize,
}

#[derive(Clone, Debug)]
struct Network {
    groups: Vec<Vec<Match>>,
    subnets: Vec<Subnet>,
    interfaces: Vec<Interface>,
    trusted: Option<&'static str>,
    limit: u64,
    inspected: &'static str,
}

fn matching() -> impl Strategy<Value = Match> {
    let ports = select(vec![(22, 22), (0, 65535), (22, 23), (1024, 65535), (3389, 3389), (80, 443)]);
    (select(vec!["-1", "tcp", "udp"]), ports, select(BLOCKS.to_vec()))
        .prop_map(|(protocol, ports, block)| Match { protocol, ports, block })
}

fn subnet() -> impl Strategy<Value = Subnet> {
    // Mostly what lets much through, lest nothing ever comes through all.
    let entry = (1..30_u16, prop::bool::weighted(0.7), any::<bool>(), matching())
        .prop_map(|(number, allows, is_outbound, of)| Entry { number, allows, is_outbound, of });
    let targets = select(vec!["igw-1", "igw-1", "igw-1", "nat-1", "tgw-1", "vpce-1", "eigw-1"]);
    let routes = vec((select(BLOCKS.to_vec()), targets, prop::bool::weighted(0.9)), 0..6);
    (vec(entry, 0..10), any::<[bool; 2]>(), routes).prop_map(|(mut entries, are_default, mut routes)| {
        let everybody = |block, is_outbound| Entry {
            number: 40,
            allows: true,
            is_outbound,
            of: Match { protocol: "-1", ports: (0, 0), block },
        };
        for (is_default, is_outbound) in are_default.into_iter().zip([false, true]) {
            entries.extend(
                ["0.0.0.0/0", "::/0"]
                    .into_iter()
                    .filter(|_| is_default)
                    .map(|block| everybody(block, is_outbound)),
            );
        }
        // A number, and a destination, is there once.
        let mut seen = BTreeSet::new();
        entries.retain(|entry| {
            seen.insert((entry.number, entry.is_outbound, entry.number == 40 && entry.of.block == "::/0"))
        });
        let mut seen = BTreeSet::new();
        routes.retain(|(block, ..)| seen.insert(*block));
        Subnet { entries, routes }
    })
}

fn network() -> impl Strategy<Value = Network> {
    let addresses = btree_set(select(vec!["198.51.100.7", "198.51.100.8", "2600:1f18::7"]), 0..3);
    let interface = (addresses, btree_set(0..3_usize, 1..3), 0..2_usize)
        .prop_map(|(addresses, groups, subnet)| Interface { addresses, groups, subnet });
    let limit = select(vec![0, (1 << 16) - 1, 1 << 16, 1 << 24, (1 << 24) + (1 << 16)]);
    (
        vec(vec(matching(), 0..4), 3),
        vec(subnet(), 2),
        vec(interface, 1..3),
        option::of(select(BLOCKS.to_vec())),
        limit,
        select(vec!["allow", "deny"]),
    )
        .prop_map(|(groups, subnets, interfaces, trusted, limit, inspected)| {
            let trusted = trusted.filter(|block| !block.ends_with("/0"));
            Network { groups, subnets, interfaces, trusted, limit, inspected }
        })
}

impl Match {
    fn is_for(&self, packet: (&str, u16), peer: IpAddr) -> bool {
        let (protocol, port) = packet;
        let is_of = self.protocol == "-1"
            || (self.protocol == protocol && (self.ports.0..=self.ports.1).contains(&port));
        is_of && holds(self.block, peer)
    }
}

fn holds(block: &str, address: IpAddr) -> bool {
    block.parse::<IpNet>().unwrap().contains(&address)
}

impl Subnet {
    fn allows(&self, is_outbound: bool, packet: (&str, u16), peer: IpAddr) -> bool {
        let own = self
            .entries
            .iter()
            .filter(|entry| entry.is_outbound == is_outbound && entry.of.is_for(packet, peer));
        own.min_by_key(|entry| entry.number).is_some_and(|entry| entry.allows)
    }

    fn sends(&self, to: IpAddr) -> &str {
        let length = |block: &str| block.parse::<IpNet>().unwrap().prefix_len();
        let own = self.routes.iter().filter(|(block, ..)| holds(block, to));
        own.max_by_key(|(block, ..)| length(block))
            .map_or("", |(_, target, is_active)| if *is_active { target } else { "" })
    }

    /// Whether a packet from there gets in, and what is needed back to it.
    fn passes(&self, packet: (&str, u16), from: IpAddr, inspected: &str) -> bool {
        let mut replies = [0, 22, 23, 24, 80, 443, 444, 1024, 3389, 65535].into_iter();
        let target = self.sends(from);
        self.allows(false, packet, from)
            && (packet.0 == "udp" || replies.any(|port| self.allows(true, ("tcp", port), from)))
            && (target == "igw-1" || (target == "vpce-1" && inspected == "deny"))
    }
}

impl Network {
    /// What is reached: an address, and a kind of packet.
    fn reached(&self) -> BTreeSet<(&'static str, (&'static str, u16))> {
        let mut reached = BTreeSet::new();
        for interface in &self.interfaces {
            for address in &interface.addresses {
                let family = address.parse::<IpAddr>().unwrap().is_ipv6();
                for packet in PACKETS {
                    let sources =
                        PARTS.iter().map(|(address, size)| (address.parse::<IpAddr>().unwrap(), size));
                    let counts = |source: &IpAddr| {
                        let mut permissions = interface.groups.iter().flat_map(|index| &self.groups[*index]);
                        source.is_ipv6() == family
                            && self.trusted.is_none_or(|block| !holds(block, *source))
                            && permissions.any(|own| own.is_for(packet, *source))
                            && self.subnets[interface.subnet].passes(packet, *source, self.inspected)
                    };
                    let size: u64 = sources.filter(|(source, _)| counts(source)).map(|(_, size)| size).sum();
                    if size > self.limit {
                        reached.insert((*address, packet));
                    }
                }
            }
        }
        reached
    }

    /// The instance, where all is known but this group.
    fn case(&self, unknown: Option<usize>) -> Case<InstanceExposure> {
        let interfaces = self.interfaces.iter().enumerate().map(|(number, own)| {
            let mut json = interface(&format!("eni-{number}"), None);
            let (v6, v4): (Vec<_>, Vec<_>) = own.addresses.iter().partition(|address| address.contains(':'));
            json["subnetId"] = json!(format!("subnet-{}", own.subnet));
            json["groups"] =
                own.groups.iter().map(|index| json!({"groupId": format!("sg-{index}")})).collect();
            json["ipv6Addresses"] = v6.iter().map(|address| json!({"ipv6Address": address})).collect();
            let associated =
                |ip: &&&str| json!({"privateIpAddress": "10.0.0.9", "association": {"publicIp": ip}});
            json["privateIpAddresses"] = v4.iter().map(associated).collect();
            json
        });
        let known = self.groups.iter().enumerate().filter(|(index, _)| Some(*index) != unknown);
        let groups = known.map(|(index, permissions)| {
            let one = |own: &Match| permission(own.protocol, own.ports, &[own.block]);
            (format!("sg-{index}"), group(&permissions.iter().map(one).collect::<Vec<_>>()))
        });
        let paths =
            self.subnets.iter().enumerate().map(|(index, subnet)| (format!("subnet-{index}"), path(subnet)));
        let facts = json!({
            "securityGroups": groups.collect::<serde_json::Map<_, _>>(),
            "subnetPaths": paths.collect::<serde_json::Map<_, _>>(),
            "denyAllIgwTraffic": {"eni-0": false, "eni-1": false},
            "vpcBlockPublicAccess": {"111122223333/us-east-1": null},
        });
        let instance = json!({"networkInterfaces": interfaces.collect::<Vec<_>>()});
        let case = Case::new("AWS::EC2::Instance", &instance.to_string()).knowing(&facts.to_string());
        let case = case.with("adminPorts", "22-23,3389").with("maxPublicAddresses", &self.limit.to_string());
        case.with("inspected", self.inspected).with("trustedCidrs", self.trusted.unwrap_or("192.0.2.0/24"))
    }
}

fn path(subnet: &Subnet) -> Value {
    let number = |protocol: &str| match protocol {
        "tcp" => "6",
        "udp" => "17",
        _ => "-1",
    };
    let entry = |own: &Entry| {
        let action = if own.allows { "allow" } else { "deny" };
        let (protocol, ports) = (number(own.of.protocol), Some(own.of.ports));
        entry(own.number, action, protocol, ports, own.of.block, own.is_outbound)
    };
    let route = |(block, target, is_active): &(&str, &str, bool)| {
        let mut route = route(block, target);
        route["state"] = json!(if *is_active { "active" } else { "blackhole" });
        route
    };
    json!({
        "subnet": {},
        "routeTable": {"routes": subnet.routes.iter().map(route).collect::<Vec<_>>()},
        "networkAcl": {"entries": subnet.entries.iter().map(entry).collect::<Vec<_>>()},
    })
}

/// What the findings say is reached.
fn found(network: &Network, compliance: &Compliance) -> BTreeSet<(&'static str, (&'static str, u16))> {
    let mut found = BTreeSet::new();
    let known = compliance.findings().iter().filter(|finding| finding.code.name != "MISSING-DATA");
    for finding in known {
        let has = |key: &str, of: &dyn Fn(&str) -> bool| {
            finding.evidence[key].as_array().unwrap().iter().any(|item| of(item.as_str().unwrap()))
        };
        for interface in &network.interfaces {
            for address in
                interface.addresses.iter().filter(|address| has("addresses", &|own| own == **address))
            {
                let holds = |traffic: &str, (protocol, port): (&str, u16)| {
                    let ports = traffic.strip_prefix(protocol).and_then(|rest| rest.strip_prefix('/'));
                    let range = ports.map(|ports| ports.split_once('-').unwrap_or((ports, ports)));
                    range.is_some_and(|(from, to)| {
                        (from.parse().unwrap()..=to.parse().unwrap()).contains(&port)
                    })
                };
                let packets = PACKETS.into_iter().filter(|packet| has("traffic", &|own| holds(own, *packet)));
                found.extend(packets.map(|packet| (*address, packet)));
            }
        }
    }
    found
}

/// An address stands at one interface, as in EC2.
fn valid() -> impl Strategy<Value = Network> {
    network().prop_map(|mut network| {
        let mut seen = BTreeSet::new();
        for interface in &mut network.interfaces {
            interface.addresses.retain(|address| seen.insert(*address));
        }
        network
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_found_is_what_single_packets_reach(network in valid()) {
        let (compliance, reached) = (network.case(None).compliance(), network.reached());
        prop_assert_eq!(compliance.compliance_type(), if reached.is_empty() { "COMPLIANT" } else { "NON_COMPLIANT" });
        prop_assert_eq!(found(&network, &compliance), reached);
    }

    /// What is found is so whatever the group that is not known lets in, and COMPLIANT is so, too.
    #[test]
    fn what_is_not_known_is_neither_open_nor_closed(network in valid()) {
        let compliance = network.case(Some(0)).compliance();
        let with = |matches: &[Match]| {
            let mut groups = network.groups.clone();
            groups[0] = matches.to_vec();
            Network { groups, ..network.clone() }.reached()
        };
        let everybody = ["0.0.0.0/0", "::/0"].map(|block| Match { protocol: "-1", ports: (0, 0), block });
        prop_assert_eq!(found(&network, &compliance), with(&[]));
        prop_assert_eq!(compliance.compliance_type() == "COMPLIANT", with(&everybody).is_empty());
    }
}
