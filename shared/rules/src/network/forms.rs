//! Blocks and ports as people type them.

use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::{Family, cidr};
use crate::parameters::Value;

/// 0 to 255, with or without zeros before it.
macro_rules! octet {
    () => {
        "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})"
    };
}

macro_rules! ipv4 {
    () => {
        concat!("(?:", octet!(), r"\.){3}", octet!())
    };
}

/// Groups of hexadecimal digits and colons, in which the last group, or two, may be an IPv4 address. That the groups are
/// eight, or fewer around one `::`, only the rule can tell.
macro_rules! ipv6 {
    () => {
        concat!("(?:[0-9A-Fa-f]{0,4}:){2,8}(?:[0-9A-Fa-f]{0,4}|", ipv4!(), ")")
    };
}

impl Value for IpNet {
    const FORM: &'static str = "a CIDR block such as 203.0.113.0/24, 203.0.113.7/32 or 2001:db8::/32";
    const PATTERN: &'static str = concat!(
        concat!(ipv4!(), "/(?:3[0-2]|[0-2]?[0-9])"),
        "|",
        concat!(ipv6!(), "/(?:12[0-8]|1[01][0-9]|0?[0-9]{1,2})"),
    );

    fn parse(text: &str) -> Result<Self, String> {
        cidr(text).ok_or_else(String::new)
    }
}

/// One port, or the ports from one to another, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortRange(pub RangeInclusive<u16>);

/// 0 to 65535, or a name.
macro_rules! port {
    () => {
        "(?:ssh|rdp|0*(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4}))"
    };
}

impl Value for PortRange {
    const FORM: &'static str = "a port from 0 to 65535, a range such as 8000-8080, `ssh` or `rdp`";
    const PATTERN: &'static str = concat!(port!(), r"(?:\s*-\s*", port!(), ")?");

    fn parse(text: &str) -> Result<Self, String> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let (from, to) = (port(from).ok_or_else(String::new)?, port(to).ok_or_else(String::new)?);
        if from > to {
            return Err("it ends before it begins".to_owned());
        }
        Ok(Self(from..=to))
    }
}

fn port(text: &str) -> Option<u16> {
    match text.trim() {
        "ssh" => Some(22),
        "rdp" => Some(3389),
        // `parse` alone would take a sign.
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().ok(),
        _ => None,
    }
}

/// The parameter `ipType`: which addresses are evaluated. The managed rule that has it does not mind the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IpType {
    One(Family),
    All,
}

impl IpType {
    /// Whether addresses of this family are evaluated.
    pub(crate) fn includes(self, family: Family) -> bool {
        matches!(self, Self::All) || self == Self::One(family)
    }
}

impl Value for IpType {
    const FORM: &'static str = "`IPv4`, `IPv6` or `ALL`";
    const PATTERN: &'static str = "[Ii][Pp][Vv][46]|[Aa][Ll][Ll]";

    fn parse(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "ipv4" => Ok(Self::One(Family::V4)),
            "ipv6" => Ok(Self::One(Family::V6)),
            "all" => Ok(Self::All),
            _ => Err(String::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    fn whole(pattern: &str) -> Regex {
        Regex::new(&format!("^(?:{pattern})$")).unwrap()
    }

    static BLOCK: LazyLock<Regex> = LazyLock::new(|| whole(IpNet::PATTERN));
    static PORTS: LazyLock<Regex> = LazyLock::new(|| whole(PortRange::PATTERN));

    #[test]
    fn patterns_refuse_what_is_out_of_range() {
        for port in ["65536", "70000", "99999", "100000", "-1", "22-65536", "http", "22 23", ""] {
            assert!(!PORTS.is_match(port) && PortRange::parse(port).is_err(), "{port}");
        }
        for block in [
            "203.0.113.0/33",
            "203.0.113.0/099",
            "203.0.113.256/32",
            "203.0.113/24",
            "203.0.113.0.0/24",
            "203.0.113.0",
            "2001:db8::/129",
            "2001:db8/32",
            "2001:db8::12345/64",
            "2001:db8::g/64",
            "::ffff:203.0.113.256/128",
        ] {
            assert!(!BLOCK.is_match(block) && IpNet::parse(block).is_err(), "{block}");
        }
    }

    #[test]
    fn patterns_take_every_port() {
        for port in 0..=u16::MAX {
            assert!(PORTS.is_match(&port.to_string()), "{port}");
        }
        assert!((65_536..=100_000).all(|port: u32| !PORTS.is_match(&port.to_string())));
    }

    proptest! {
        #[test]
        fn patterns_take_what_is_taken(
            block in "[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,3}|([0-9a-fA-F]{0,5}:){1,9}(([0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9a-f]{0,4})/[0-9]{1,3}",
            address: u128,
            length in 0_u8..=128,
            ports in "(ssh|rdp|[0-9]{1,7}) {0,2}(- {0,2}(ssh|rdp|[0-9]{1,7}))?",
        ) {
            if IpNet::parse(&block).is_ok() {
                prop_assert!(BLOCK.is_match(&block), "{}", block);
            }
            let v6 = IpNet::new(std::net::Ipv6Addr::from(address).into(), length).unwrap().to_string();
            prop_assert!(BLOCK.is_match(&v6), "{}", v6);
            if PortRange::parse(&ports).is_ok() {
                prop_assert!(PORTS.is_match(ports.trim()), "{}", ports);
            }
        }
    }
}
