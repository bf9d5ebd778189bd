//! The rule against a brute force: a random list of addresses is written as an item, and the list itself is filtered.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::tests::instance;

/// An address of an interface, or of the top of the instance (interface 3), which is its primary interface's.
#[derive(Clone, Debug)]
struct Has {
    interface: usize,
    kind: &'static str,
    ip: String,
    is_public: bool,
    /// Whether the first private address of the interface has it, if it is IPv4.
    is_first: bool,
}

const SUBNETS: [&str; 4] = ["subnet-aaaaaaaa", "subnet-bbbbbbbb", "subnet-cccccccc", "subnet-aaaaaaaa"];
const KINDS: [&str; 6] = ["elastic", "assigned", "carrier", "foreign", "customer", "ipv6"];
const BLOCKS: [&str; 4] = ["198.51.100.", "203.0.113.", "2620:fe::", "fd00::"];

/// Each has a number of its own, so that none is there twice.
fn addresses() -> impl Strategy<Value = Vec<Has>> {
    let one = (0..4_usize, select(KINDS.to_vec()), any::<bool>(), any::<bool>());
    vec(one, 0..8).prop_map(|all| {
        let has = |(number, (interface, kind, is_other, is_first))| {
            let is_ipv6 = kind == "ipv6";
            let block = BLOCKS[usize::from(is_ipv6) * 2 + usize::from(is_other)];
            let ip = format!("{block}{}", number + 1);
            // The top of an instance does not say whose its address is.
            let kind = if interface == 3 && !is_ipv6 { "foreign" } else { kind };
            Has { interface, kind, ip, is_first, is_public: kind != "customer" && !(is_ipv6 && is_other) }
        };
        all.into_iter().enumerate().map(has).collect()
    })
}

fn association(has: &Has) -> Value {
    let owner = match has.kind {
        "elastic" => "111122223333",
        "assigned" => "amazon",
        _ => "999988887777",
    };
    let field = match has.kind {
        "carrier" => "carrierIp",
        "customer" => "customerOwnedIp",
        _ => "publicIp",
    };
    json!({field: has.ip, "ipOwnerId": owner})
}

/// The item with these addresses; where there is place for one only, the last of them, and those that are left.
fn item(all: &[Has]) -> (Value, Vec<&Has>) {
    let mut item = json!({"subnetId": SUBNETS[3], "networkInterfaces": SUBNETS[..3].iter().enumerate().map(|(number, subnet)| {
        json!({"networkInterfaceId": format!("eni-{number}"), "subnetId": subnet, "privateIpAddresses": [], "ipv6Addresses": []})
    }).collect::<Vec<_>>()});
    let place = |has: &Has| match (has.interface, has.kind == "ipv6") {
        (3, true) => Some((3, "ipv6Address")),
        (3, false) => Some((3, "publicIpAddress")),
        (number, false) if has.is_first => Some((number, "association")),
        _ => None,
    };
    let is_left = |(index, has): &(usize, &Has)| {
        place(has).is_none() || all[index + 1..].iter().all(|later| place(later) != place(has))
    };
    let left: Vec<_> = all.iter().enumerate().filter(is_left).map(|(_, has)| has).collect();
    for has in &left {
        let interface = has.interface;
        match place(has) {
            Some((3, field)) => item[field] = json!(has.ip),
            Some((_, field)) => item["networkInterfaces"][interface][field] = association(has),
            None => {
                let (list, one) = if has.kind == "ipv6" {
                    ("ipv6Addresses", json!({"ipv6Address": has.ip}))
                } else {
                    ("privateIpAddresses", json!({"association": association(has)}))
                };
                item["networkInterfaces"][interface][list].as_array_mut().unwrap().push(one);
            }
        }
    }
    (item, left)
}

fn some(all: &[&'static str]) -> impl Strategy<Value = BTreeSet<&'static str>> {
    prop::collection::btree_set(select(all.to_vec()), 0..3)
}

proptest! {
    #[test]
    fn the_findings_are_the_public_addresses_that_are_not_allowed(
        addresses in addresses(),
        kinds in some(&["elastic", "assigned", "carrier", "ipv6"]),
        blocks in some(&BLOCKS),
        subnets in some(&SUBNETS),
        (ip_type, is_exemption) in (select(vec!["ALL", "IPv4", "IPv6"]), any::<bool>()),
    ) {
        let list = |items: &BTreeSet<&str>| items.iter().copied().collect::<Vec<_>>().join(",");
        let length = |block: &&'static str| format!("{block}{}", if block.ends_with('.') { "0/24" } else { "/32" });
        let lists = [list(&kinds), blocks.iter().map(length).collect::<Vec<_>>().join(","), list(&subnets)];
        let [kind_list, address_list, subnet_list] = &lists;
        let entry = json!([{"resource": "id", "reason": "r", "owner": "o", "expires": "2026-12-31",
            "addressKinds": kind_list, "addresses": address_list, "subnets": subnet_list}]);
        let parameters = if is_exemption {
            json!({"exemptions": entry.to_string(), "ipType": ip_type})
        } else {
            json!({"allowedAddressKinds": kind_list, "allowedAddresses": address_list, "allowedSubnets": subnet_list, "ipType": ip_type})
        };
        let (item, left) = item(&addresses);
        let is_bad = |has: &&&Has| {
            let is_named = [
                (kinds.is_empty(), kinds.contains(has.kind)),
                (blocks.is_empty(), blocks.iter().any(|block| has.ip.starts_with(block))),
                (subnets.is_empty(), subnets.contains(SUBNETS[has.interface])),
            ];
            let is_spared = if is_exemption {
                is_named.iter().all(|(is_any, is_in)| *is_any || *is_in)
            } else {
                is_named.iter().any(|(is_any, is_in)| !is_any && *is_in)
            };
            let is_evaluated = ip_type == "ALL" || (ip_type == "IPv6") == (has.kind == "ipv6");
            has.is_public && is_evaluated && !is_spared
        };
        let expected: BTreeSet<_> = left.iter().filter(is_bad).map(|has| has.ip.clone()).collect();
        let compliance = instance(&item).with_all(&parameters).compliance();
        prop_assert_eq!(compliance.compliance_type(), if expected.is_empty() { "COMPLIANT" } else { "NON_COMPLIANT" });
        let address = |finding: &crate::finding::Finding| finding.evidence["address"].as_str().unwrap().to_owned();
        let findings = if expected.is_empty() { &[] } else { compliance.findings() };
        prop_assert_eq!(findings.iter().map(address).collect::<BTreeSet<_>>(), expected);
    }

    /// `literal` is the default without IPv6.
    #[test]
    fn what_literal_reports_the_default_reports_too(addresses in addresses()) {
        let (item, _) = item(&addresses);
        let answer = |mode: &str| instance(&item).with("mode", mode).compliance().compliance_type();
        prop_assert!(answer("literal") == "COMPLIANT" || answer("exact") == "NON_COMPLIANT");
    }
}
