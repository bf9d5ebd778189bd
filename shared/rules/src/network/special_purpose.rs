//! Which addresses are not the internet: data, with its source.
//!
//! Source: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its successors), as of 2026-11, and
//! the multicast blocks (RFC 5771, RFC 4291). A block counts as special when the registry does not say "globally
//! reachable", with one exception: `64:ff9b::/96` (NAT64) is globally reachable on paper, but a packet's source never is
//! in it when it arrives from the internet.

use ipnet::IpNet;

use super::Addresses;

/// Not the internet.
const SPECIAL: &[&str] = &[
    "0.0.0.0/8",       // "this network", RFC 791
    "10.0.0.0/8",      // private use, RFC 1918
    "100.64.0.0/10",   // shared address space, RFC 6598
    "127.0.0.0/8",     // loopback, RFC 1122
    "169.254.0.0/16",  // link local, RFC 3927
    "172.16.0.0/12",   // private use, RFC 1918
    "192.0.0.0/24",    // IETF protocol assignments, RFC 6890
    "192.0.2.0/24",    // documentation, RFC 5737
    "192.88.99.0/24",  // 6to4 relay anycast, deprecated by RFC 7526
    "192.168.0.0/16",  // private use, RFC 1918
    "198.18.0.0/15",   // benchmarking, RFC 2544
    "198.51.100.0/24", // documentation, RFC 5737
    "203.0.113.0/24",  // documentation, RFC 5737
    "224.0.0.0/4",     // multicast, RFC 5771
    "240.0.0.0/4",     // reserved, RFC 1112, and limited broadcast, RFC 8190
    "::/128",          // unspecified, RFC 4291
    "::1/128",         // loopback, RFC 4291
    "::ffff:0:0/96",   // IPv4-mapped, RFC 4291
    "64:ff9b::/96",    // IPv4-IPv6 translation, RFC 6052
    "64:ff9b:1::/48",  // IPv4-IPv6 translation, RFC 8215
    "100::/64",        // discard only, RFC 6666
    "100:0:0:1::/64",  // dummy prefix, RFC 9780
    "2001::/23",       // IETF protocol assignments, RFC 2928; holds Teredo, benchmarking and ORCHID
    "2001:db8::/32",   // documentation, RFC 3849
    "2002::/16",       // 6to4, RFC 3056
    "3fff::/20",       // documentation, RFC 9637
    "5f00::/16",       // segment routing, RFC 9602
    "fc00::/7",        // unique local, RFC 4193
    "fe80::/10",       // link local, RFC 4291
    "ff00::/8",        // multicast, RFC 4291
];

/// Blocks inside the above that the registries call globally reachable.
const REACHABLE: &[&str] = &[
    "192.0.0.9/32",    // Port Control Protocol anycast, RFC 7723
    "192.0.0.10/32",   // TURN anycast, RFC 8155
    "2001:1::1/128",   // Port Control Protocol anycast, RFC 7723
    "2001:1::2/128",   // TURN anycast, RFC 8155
    "2001:1::3/128",   // DNS-SD Service Registration Protocol anycast, RFC 9665
    "2001:3::/32",     // AMT, RFC 7450
    "2001:4:112::/48", // AS112, RFC 7535
    "2001:20::/28",    // ORCHIDv2, RFC 7343
    "2001:30::/28",    // drone remote id, RFC 9374
];

pub(super) fn internet() -> Addresses {
    let special = addresses(SPECIAL).minus(&addresses(REACHABLE));
    addresses(&["0.0.0.0/0", "::/0"]).minus(&special)
}

fn addresses(blocks: &[&str]) -> Addresses {
    let networks: Vec<IpNet> = blocks.iter().filter_map(|block| block.parse().ok()).collect();
    networks.iter().collect()
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::*;
    use crate::network::INTERNET;

    #[test]
    fn every_block_of_the_table_counts() {
        for block in SPECIAL.iter().chain(REACHABLE) {
            let network: IpNet = block.parse().unwrap();
            assert_eq!(network, network.trunc(), "host bits");
        }
    }

    fn is_public(address: &str) -> bool {
        let address: IpAddr = address.parse().unwrap();
        let network = IpNet::from(address);
        let is_public = !Addresses::from_iter([&network]).public().extent().is_zero();
        assert_eq!(INTERNET.contains(address), is_public, "{address}");
        is_public
    }

    #[test]
    fn both_ends_of_blocks_are_special_and_their_neighbors_are_not() {
        for special in [
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "172.31.255.255",
            "198.19.255.255",
            "224.0.0.1",
            "255.255.255.255",
            "fd00::1",
            "2001:db8::1",
            "::1",
            "64:ff9b::808:808",
            "192.0.0.8",
        ] {
            assert!(!is_public(special), "{special}");
        }
        for public in [
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.32.0.0",
            "198.17.255.255",
            "223.255.255.255",
            "192.0.0.9",
            "2001:4860:4860::8888",
            "2003::1",
            "2001:200::1",
        ] {
            assert!(is_public(public), "{public}");
        }
    }

    /// The first and the last address of every block, and their neighbors.
    fn edges(blocks: &[&str]) -> Vec<IpAddr> {
        let ends = |block: &&str| {
            let network: IpNet = block.parse().unwrap();
            [network.network(), network.broadcast()]
        };
        let around = |address: IpAddr| match address {
            IpAddr::V4(v4) => {
                [-1, 0, 1].map(|step| IpAddr::V4(u32::from(v4).wrapping_add_signed(step).into()))
            }
            IpAddr::V6(v6) => {
                [-1, 0, 1].map(|step| IpAddr::V6(u128::from(v6).wrapping_add_signed(step).into()))
            }
        };
        blocks.iter().flat_map(ends).flat_map(around).collect()
    }

    fn is_in(blocks: &[&str], address: IpAddr) -> bool {
        blocks.iter().any(|block| block.parse::<IpNet>().unwrap().contains(&address))
    }

    #[test]
    fn an_address_is_special_exactly_if_the_table_says_so() {
        for address in edges(SPECIAL).into_iter().chain(edges(REACHABLE)) {
            let is_special = is_in(SPECIAL, address) && !is_in(REACHABLE, address);
            assert_eq!(is_public(&address.to_string()), !is_special, "{address}");
        }
    }

    /// What Rust's own stable predicates call special.
    fn is_special_in_std(address: IpAddr) -> bool {
        match address {
            IpAddr::V4(v4) => {
                v4.is_private()
                    || v4.is_loopback()
                    || v4.is_link_local()
                    || v4.is_broadcast()
                    || v4.is_documentation()
                    || v4.is_multicast()
                    || v4.is_unspecified()
            }
            IpAddr::V6(v6) => {
                v6.is_loopback()
                    || v6.is_multicast()
                    || v6.is_unique_local()
                    || v6.is_unicast_link_local()
                    || v6.is_unspecified()
                    || v6.to_ipv4_mapped().is_some()
            }
        }
    }

    /// What the standard library has no stable predicate for.
    const UNKNOWN_TO_STD: [&str; 15] = [
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
    ];

    #[test]
    fn at_every_edge_the_table_says_what_the_standard_library_says() {
        for address in edges(SPECIAL) {
            let is_special = !is_public(&address.to_string());
            assert!(is_special || !is_special_in_std(address), "{address}");
            assert!(
                !is_special || is_special_in_std(address) || is_in(&UNKNOWN_TO_STD, address),
                "{address}"
            );
        }
    }

    proptest! {
        #[test]
        fn anywhere_the_table_knows_what_the_standard_library_knows(v4 in any::<u32>(), v6 in any::<u128>()) {
            for address in [IpAddr::V4(v4.into()), IpAddr::V6(v6.into())] {
                if is_special_in_std(address) {
                    prop_assert!(!is_public(&address.to_string()), "{address}");
                }
            }
        }
    }
}
