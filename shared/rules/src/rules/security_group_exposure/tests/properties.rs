//! The rule against counting, in a world that is small enough for it; and what must never change a verdict.

use std::collections::BTreeSet;

use ipnet::IpNet;
use proptest::prelude::*;
use serde_json::{Value, json};

use self::small_world::{Block, Guard, Point, Rule as SmallRule, block, guard, list, points, rule};
use super::{group, permission, ssh};

/// A small world in which every answer can be counted: the 256 addresses of 8.8.8.0/24, some ports, types and protocols.
mod small_world {
    use super::*;

    #[derive(Clone, Debug)]
    pub(super) struct Block {
        first: u8,
        length: u8,
    }

    impl Block {
        pub(super) fn text(&self) -> String {
            format!("8.8.8.{}/{}", self.first, self.length)
        }

        pub(super) fn holds(&self, address: u8) -> bool {
            let bits = u32::from(self.length - 24);
            bits == 0 || (address ^ self.first).leading_zeros() >= bits
        }
    }

    pub(super) fn block() -> impl Strategy<Value = Block> {
        (any::<u8>(), 24..=32_u8).prop_map(|(first, length)| Block { first, length })
    }

    /// Ports 0 to 15 of TCP and UDP, codes 0 to 3 of types 0 to 3 of ICMP, and some other protocols.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub(super) enum Point {
        Port(&'static str, u8),
        Icmp(&'static str, u8, u8),
        Other(&'static str),
    }

    pub(super) fn points() -> Vec<Point> {
        let ports =
            ["tcp", "udp"].into_iter().flat_map(|name| (0..16).map(move |port| Point::Port(name, port)));
        let icmp = ["icmp", "icmpv6"]
            .into_iter()
            .flat_map(|name| (0..16).map(move |index| Point::Icmp(name, index / 4, index % 4)));
        ports.chain(icmp).chain(["47", "50", "132"].map(Point::Other)).collect()
    }

    #[derive(Clone, Debug)]
    pub(super) struct Rule {
        pub(super) protocol: &'static str,
        pub(super) from: i16,
        pub(super) to: i16,
        pub(super) blocks: Vec<Block>,
    }

    impl Rule {
        pub(super) fn lets_in(&self, point: Point, address: u8) -> bool {
            self.is_for(point) && self.blocks.iter().any(|block| block.holds(address))
        }

        fn is_for(&self, point: Point) -> bool {
            let is = |own: i16, other: u8| own == -1 || own == i16::from(other);
            match point {
                _ if self.protocol == "-1" => true,
                Point::Port(name, port) => {
                    self.protocol == name && (self.from..=self.to).contains(&port.into())
                }
                Point::Icmp(name, kind, code) => {
                    self.protocol == name && is(self.from, kind) && (self.from == -1 || is(self.to, code))
                }
                Point::Other(name) => self.protocol == name,
            }
        }

        pub(super) fn json(&self) -> Value {
            let ranges: Vec<_> = self.blocks.iter().map(|block| json!({"cidrIp": block.text()})).collect();
            json!({"ipProtocol": self.protocol, "fromPort": self.from, "toPort": self.to, "ipv4Ranges": ranges})
        }
    }

    pub(super) fn rule() -> impl Strategy<Value = Rule> {
        let traffic =
            prop_oneof![
                (prop::sample::select(vec!["tcp", "udp"]), 0..16_i16, 0..16_i16)
                    .prop_map(|(protocol, a, b)| (protocol, a.min(b), a.max(b))),
                (prop::sample::select(vec!["icmp", "icmpv6"]), -1..4_i16, -1..4_i16),
                prop::sample::select(vec!["-1", "47", "50", "132"]).prop_map(|protocol| (protocol, -1, -1)),
            ];
        (traffic, prop::collection::vec(block(), 0..4)).prop_map(|((protocol, from, to), blocks)| Rule {
            protocol,
            from,
            to,
            blocks,
        })
    }

    /// What the internet must not reach, as parameters and as a question.
    #[derive(Clone, Debug)]
    pub(super) struct Guard {
        /// Ports, of one protocol or of both.
        admin: BTreeSet<(Option<&'static str>, u8)>,
        /// The same for TCP, of all that is authorized; none unless in allow-list mode.
        authorized: BTreeSet<u8>,
        allows_icmp: Option<bool>,
        allowed: Vec<&'static str>,
    }

    impl Guard {
        pub(super) fn of_ports(ports: &BTreeSet<u8>) -> Self {
            let admin = ports.iter().map(|port| (None, *port)).collect();
            Self { admin, authorized: BTreeSet::new(), allows_icmp: None, allowed: Vec::new() }
        }

        pub(super) fn parameters(&self) -> Value {
            let admin = self.admin.iter().map(|(protocol, port)| match protocol {
                Some(protocol) => format!("{protocol}/{port}"),
                None => port.to_string(),
            });
            let mut parameters = json!({
                "authorizedTcpPorts": list(self.authorized.iter().map(u8::to_string)),
                "allowedProtocols": self.allowed.join(","),
            });
            if self.authorized.is_empty() {
                parameters["adminPorts"] = list(admin).into();
            }
            if let Some(is_allowed) = self.allows_icmp {
                parameters["allowIcmp"] = is_allowed.to_string().into();
            }
            parameters
        }

        pub(super) fn guards(&self, point: Point) -> bool {
            let is_allow_list = !self.authorized.is_empty();
            let guards_protocols = is_allow_list || !self.allowed.is_empty();
            let allows =
                |names: &[String]| self.allowed.iter().any(|own| names.iter().any(|name| own == name));
            match point {
                Point::Port(name, port) if is_allow_list => name == "udp" || !self.authorized.contains(&port),
                Point::Port(name, port) => {
                    self.admin.contains(&(None, port)) || self.admin.contains(&(Some(name), port))
                }
                Point::Icmp(name, kind, code) => {
                    let names = [name.to_owned(), format!("{name}/{kind}"), format!("{name}/{kind}/{code}")];
                    self.allows_icmp.map_or(guards_protocols, |is_allowed| !is_allowed) && !allows(&names)
                }
                Point::Other(name) => guards_protocols && !allows(&[name.to_owned()]),
            }
        }
    }

    pub(super) fn guard() -> impl Strategy<Value = Guard> {
        let protocol = prop::sample::select(vec![None, Some("tcp"), Some("udp")]);
        let allowed = vec!["47", "50", "icmp", "icmp/1", "icmp/2/3", "icmpv6/0", "icmpv6/0/1"];
        let allowed = prop::sample::subsequence(allowed, 0..4);
        let admin = prop::collection::btree_set((protocol, 0..16_u8), 1..8);
        (admin, prop::collection::btree_set(0..16_u8, 0..3), any::<Option<bool>>(), allowed).prop_filter_map(
            "what allows all types and some",
            |(admin, authorized, allows_icmp, allowed)| {
                let names_types = allowed.iter().any(|name| name.contains('/'));
                let guard = Guard { admin, authorized, allows_icmp, allowed };
                (allows_icmp != Some(true) || !names_types).then_some(guard)
            },
        )
    }

    pub(super) fn list(items: impl Iterator<Item = String>) -> String {
        items.collect::<Vec<_>>().join(",")
    }
}

/// What is exposed, by counting addresses one by one.
fn counted(rules: &[SmallRule], trusted: &[Block], guard: &Guard, limit: usize) -> BTreeSet<Point> {
    let is_exposed = |point: &Point| {
        let gets_in = |address: &u8| {
            rules.iter().any(|rule| rule.lets_in(*point, *address))
                && !trusted.iter().any(|block| block.holds(*address))
        };
        guard.guards(*point) && (0..=u8::MAX).filter(gets_in).count() > limit
    };
    points().into_iter().filter(is_exposed).collect()
}

/// What the rule says is exposed, from the evidence of its findings.
fn reported(rules: &[SmallRule], trusted: &[Block], guard: &Guard, limit: usize) -> BTreeSet<Point> {
    let permissions: Vec<_> = rules.iter().map(SmallRule::json).collect();
    let compliance = group(&permissions)
        .with_all(&guard.parameters())
        .with("trustedCidrs", &list(trusted.iter().map(Block::text)))
        .with("maxPublicAddresses", &limit.to_string())
        .compliance();
    let mut reported = BTreeSet::new();
    for finding in compliance.findings() {
        let traffic: Vec<_> = finding.evidence["traffic"]
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap())
            .collect();
        for point in points().into_iter().filter(|point| traffic.iter().any(|text| names(text, *point))) {
            assert!(reported.insert(point), "{point:?} twice");
        }
    }
    reported
}

/// Whether `tcp/3-5`, `icmp types 0-2,4-255, type 3 code 4` or `protocols 2-47` names a point.
fn names(text: &str, point: Point) -> bool {
    let holds = |ranges: &str, number: u8| {
        ranges.split(',').filter(|range| !range.is_empty()).any(|range| {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            (from.parse::<u16>().unwrap()..=to.parse().unwrap()).contains(&number.into())
        })
    };
    match point {
        Point::Port(name, port) => {
            text.strip_prefix(&format!("{name}/")).is_some_and(|ranges| holds(ranges, port))
        }
        Point::Icmp(name, ..) if text == name => true,
        Point::Icmp(name, kind, code) => text.strip_prefix(&format!("{name} ")).is_some_and(|types| {
            types.split(", ").any(|part| match part.split(' ').collect::<Vec<_>>()[..] {
                [_, kinds] => holds(kinds, kind),
                [_, kinds, _, codes] => holds(kinds, kind) && holds(codes, code),
                _ => panic!("{text}"),
            })
        }),
        Point::Other(name) => text
            .strip_prefix("protocol")
            .is_some_and(|numbers| holds(numbers.trim_start_matches(['s', ' ']), name.parse().unwrap())),
    }
}

fn ports() -> impl Strategy<Value = BTreeSet<u8>> {
    prop::collection::btree_set(0..16_u8, 1..8)
}

proptest! {
    #[test]
    fn the_rule_reports_what_counting_finds(
        rules in prop::collection::vec(rule(), 0..6),
        trusted in prop::collection::vec(block(), 0..3),
        guard in guard(),
        limit in 0..256_usize,
    ) {
        prop_assert_eq!(reported(&rules, &trusted, &guard, limit), counted(&rules, &trusted, &guard, limit));
    }

    #[test]
    fn order_never_matters(rules in prop::collection::vec(rule(), 0..6), guard in guard(), limit in 0..64_usize) {
        let reversed: Vec<_> = rules.iter().rev().cloned().collect();
        prop_assert_eq!(reported(&rules, &[], &guard, limit), reported(&reversed, &[], &guard, limit));
    }

    #[test]
    fn another_permission_never_removes_exposure(
        rules in prop::collection::vec(rule(), 0..5), more in rule(), ports in ports(), limit in 0..64_usize,
    ) {
        let guard = Guard::of_ports(&ports);
        let before = reported(&rules, &[], &guard, limit);
        let after = reported(&[rules, vec![more]].concat(), &[], &guard, limit);
        prop_assert!(before.is_subset(&after));
    }

    #[test]
    fn what_the_same_sources_expose_is_one_finding(
        rules in prop::collection::vec(rule(), 0..6), guard in guard(), limit in 0..64_usize,
    ) {
        let permissions: Vec<_> = rules.iter().map(SmallRule::json).collect();
        let case = group(&permissions).with_all(&guard.parameters()).with("maxPublicAddresses", &limit.to_string());
        let compliance = case.compliance();
        let said: Vec<_> = compliance.findings().iter()
            .map(|finding| (finding.code.name, finding.evidence["rules"].to_string()))
            .collect();
        prop_assert_eq!(said.iter().collect::<BTreeSet<_>>().len(), said.len(), "{:?}", said);
    }

    #[test]
    fn splitting_a_block_never_changes_the_verdict(block in any::<(u32, u32)>(), prefix in 0..32_u8, v6 in any::<bool>(), limit in any::<u32>()) {
        let network: IpNet = if v6 {
            ipnet::Ipv6Net::new((u128::from(block.0) << 96 | u128::from(block.1) << 64).into(), prefix).unwrap().trunc().into()
        } else {
            ipnet::Ipv4Net::new(block.0.into(), prefix).unwrap().trunc().into()
        };
        let halves: Vec<String> = network.subnets(prefix + 1).unwrap().map(|half| half.to_string()).collect();
        let verdict = |blocks: &[&str]| {
            let compliance = ssh(blocks).with("maxPublicAddresses", &limit.to_string()).compliance();
            (compliance.compliance_type(), compliance.findings().first().map(|finding| finding.evidence.get("publicIpv6Sites").cloned()))
        };
        prop_assert_eq!(verdict(&[&network.to_string()]), verdict(&[&halves[0], &halves[1]]));
    }

    #[test]
    fn a_port_is_reached_from_the_first_to_the_last_of_a_range(a in port(), b in port(), admin in port()) {
        let (from, to) = (a.min(b), a.max(b));
        let rule = permission("tcp", from, to, &["0.0.0.0/0"]);
        let is_open = !group(&[rule]).with("adminPorts", &admin.to_string()).compliance().findings().is_empty();
        prop_assert_eq!(is_open, from <= admin && admin <= to);
    }

    #[test]
    fn a_mapped_block_is_the_block_that_it_maps(address in any::<u32>(), length in 0..=32_u8, limit in any::<u32>()) {
        let network = ipnet::Ipv4Net::new(address.into(), length).unwrap();
        let mapped = format!("{}/{}", network.addr().to_ipv6_mapped(), 96 + length);
        let answer = |block: &str| ssh(&[block]).with("maxPublicAddresses", &limit.to_string()).compliance().annotation();
        prop_assert_eq!(answer(&network.to_string()), answer(&mapped));
    }

    #[test]
    fn what_is_trusted_never_counts_and_nothing_else_is_spared(address in any::<u32>(), length in 1..=32_u8) {
        let network = ipnet::Ipv4Net::new(address.into(), length).unwrap().trunc();
        let sibling = network.supernet().unwrap().subnets(length).unwrap().find(|half| *half != network).unwrap();
        let verdict = |block: &str| {
            let trusting = ssh(&[block]).with("trustedCidrs", &network.to_string());
            trusting.with("exposure", "anyPublic").compliance().compliance_type()
        };
        prop_assert_eq!(verdict(&network.to_string()), "COMPLIANT");
        let alone = ssh(&[&sibling.to_string()]).with("exposure", "anyPublic").compliance().compliance_type();
        prop_assert_eq!(verdict(&network.supernet().unwrap().to_string()), alone);
    }

    #[test]
    fn what_literal_reports_the_default_reports_too(
        rules in prop::collection::vec((rule(), prop::sample::select(vec!["0.0.0.0/0", "::/0", "0.0.0.0/1", "10.0.0.0/8"])), 0..4),
    ) {
        let rules: Vec<_> = rules.iter().map(|(rule, block)| {
            let mut permission = permission(rule.protocol, 0, 0, &[block]);
            (permission["fromPort"], permission["toPort"]) = (rule.from.into(), rule.to.into());
            permission
        }).collect();
        for parameters in [
            json!({"adminPorts": "3-5"}),
            json!({"restrictPorts": "3-5"}),
            json!({"blockedPorts": "3-5"}),
            json!({"authorizedTcpPorts": "3", "authorizedUdpPorts": "9"}),
        ] {
            let answer = |exposure| group(&rules).with_all(&parameters).with("exposure", exposure).compliance().compliance_type();
            let answers = (answer("literal"), answer("threshold"));
            prop_assert!(answers.0 != "NON_COMPLIANT" || answers.1 == "NON_COMPLIANT", "{rules:?} {parameters}");
        }
    }
}

/// Both ends of all ports, and any.
fn port() -> impl Strategy<Value = u16> {
    prop_oneof![Just(0), Just(1), Just(u16::MAX - 1), Just(u16::MAX), 20..25_u16, any::<u16>()]
}
