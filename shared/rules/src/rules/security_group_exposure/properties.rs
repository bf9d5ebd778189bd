//! The rule against counting, in a world that is small enough for it; and what must never change a verdict.

use std::collections::BTreeSet;

use ipnet::IpNet;
use proptest::prelude::*;
use serde_json::{Value, json};

use self::small_world::{Block, Rule as SmallRule, block, rule};
use super::tests::{group, permission, ssh};

/// A small world in which every answer can be counted: the 256 addresses of 8.8.8.0/24, and ports 0 to 15.
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

    #[derive(Clone, Debug)]
    pub(super) struct Rule {
        pub(super) protocol: &'static str,
        pub(super) from: u16,
        pub(super) to: u16,
        pub(super) blocks: Vec<Block>,
    }

    impl Rule {
        pub(super) fn reaches(&self, protocol: &str, port: u16) -> bool {
            self.protocol == "-1" || self.protocol == protocol && (self.from..=self.to).contains(&port)
        }

        pub(super) fn json(&self) -> Value {
            let blocks: Vec<_> = self.blocks.iter().map(Block::text).collect();
            permission(
                self.protocol,
                self.from,
                self.to,
                &blocks.iter().map(String::as_str).collect::<Vec<_>>(),
            )
        }
    }

    pub(super) fn rule() -> impl Strategy<Value = Rule> {
        let protocol = prop::sample::select(vec!["tcp", "udp", "-1", "47", "icmp"]);
        (protocol, 0..16_u16, 0..16_u16, prop::collection::vec(block(), 0..4))
            .prop_map(|(protocol, a, b, blocks)| Rule { protocol, from: a.min(b), to: a.max(b), blocks })
    }
}

/// The ports that are exposed, by counting addresses one by one.
fn counted(
    rules: &[SmallRule],
    trusted: &[Block],
    admin: &BTreeSet<u16>,
    limit: usize,
) -> BTreeSet<(String, u16)> {
    let mut exposed = BTreeSet::new();
    for protocol in ["tcp", "udp"] {
        for port in admin {
            let reaches = |address: &u8| {
                let let_in = |rule: &SmallRule| {
                    rule.reaches(protocol, *port) && rule.blocks.iter().any(|block| block.holds(*address))
                };
                rules.iter().any(let_in) && !trusted.iter().any(|block| block.holds(*address))
            };
            if (0..=u8::MAX).filter(reaches).count() > limit {
                exposed.insert((protocol.to_owned(), *port));
            }
        }
    }
    exposed
}

/// The ports that the rule says are exposed, from the evidence of its findings.
fn reported(
    rules: &[SmallRule],
    trusted: &[Block],
    admin: &BTreeSet<u16>,
    limit: usize,
) -> BTreeSet<(String, u16)> {
    let list = |items: Vec<String>| items.join(",");
    let permissions: Vec<_> = rules.iter().map(SmallRule::json).collect();
    let compliance = group(&permissions)
        .with("adminPorts", &list(admin.iter().map(u16::to_string).collect()))
        .with("trustedCidrs", &list(trusted.iter().map(Block::text).collect()))
        .with("maxPublicAddresses", &limit.to_string())
        .compliance();
    let mut ports = BTreeSet::new();
    for finding in compliance.findings() {
        let number = |name: &str| u16::try_from(finding.evidence[name].as_u64().unwrap()).unwrap();
        for protocol in finding.evidence["protocols"].as_array().unwrap() {
            for port in number("fromPort")..=number("toPort") {
                assert!(
                    ports.insert((protocol.as_str().unwrap().to_owned(), port)),
                    "{protocol}/{port} twice"
                );
            }
        }
    }
    ports
}

fn admin_ports() -> impl Strategy<Value = BTreeSet<u16>> {
    prop::collection::btree_set(0..16_u16, 1..8)
}

proptest! {
    #[test]
    fn the_rule_reports_what_counting_finds(
        rules in prop::collection::vec(rule(), 0..6),
        trusted in prop::collection::vec(block(), 0..3),
        admin in admin_ports(),
        limit in 0..256_usize,
    ) {
        prop_assert_eq!(reported(&rules, &trusted, &admin, limit), counted(&rules, &trusted, &admin, limit));
    }

    #[test]
    fn order_never_matters(rules in prop::collection::vec(rule(), 0..6).prop_shuffle(), admin in admin_ports(), limit in 0..64_usize) {
        let reversed: Vec<_> = rules.iter().rev().cloned().collect();
        prop_assert_eq!(reported(&rules, &[], &admin, limit), reported(&reversed, &[], &admin, limit));
    }

    #[test]
    fn another_permission_never_removes_exposure(
        rules in prop::collection::vec(rule(), 0..5), more in rule(), admin in admin_ports(), limit in 0..64_usize,
    ) {
        let before = reported(&rules, &[], &admin, limit);
        let after = reported(&[rules, vec![more]].concat(), &[], &admin, limit);
        prop_assert!(before.is_subset(&after));
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
            (compliance.compliance_type(), compliance.findings().first().map(|finding| finding.evidence["publicIpv6Sites"].clone()))
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
        let rules: Vec<_> = rules.iter().map(|(rule, block)| permission(rule.protocol, rule.from, rule.to, &[block])).collect();
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
