//! Blocks, ports and protocols as people type them.

use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::{Family, Protocol, Traffic, cidr, traffic::byte};
use crate::parameters::{Value, ValueError, keywords};

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
/// eight, or at most eight around one `::`, only the rule can tell.
macro_rules! ipv6 {
    () => {
        concat!("(?:[0-9A-Fa-f]{0,4}:){2,9}(?:[0-9A-Fa-f]{0,4}|", ipv4!(), ")")
    };
}

impl Value for IpNet {
    const FORM: &'static str = "a CIDR block such as 203.0.113.0/24, 203.0.113.7/32 or 2001:db8::/32";
    const PATTERN: &'static str = concat!(
        concat!(ipv4!(), "/(?:3[0-2]|[0-2]?[0-9])"),
        "|",
        concat!(ipv6!(), "/(?:12[0-8]|1[01][0-9]|0?[0-9]{1,2})"),
    );

    fn parse(text: &str) -> Result<Self, ValueError> {
        cidr(text).ok_or(ValueError::Form)
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

    fn parse(text: &str) -> Result<Self, ValueError> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let (from, to) = (port(from).ok_or(ValueError::Form)?, port(to).ok_or(ValueError::Form)?);
        if from > to {
            return Err("it ends before it begins".into());
        }
        Ok(Self(from..=to))
    }
}

/// Ports of TCP, of UDP or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolPorts(pub Traffic);

impl Value for ProtocolPorts {
    const FORM: &'static str = "a port from 0 to 65535, a range such as 8000-8080, `ssh` or `rdp`, perhaps after a protocol: `udp/161`";
    const PATTERN: &'static str = concat!("(?:(?:tcp|udp)/)?", port!(), r"(?:\s*-\s*", port!(), ")?");

    fn parse(text: &str) -> Result<Self, ValueError> {
        const BOTH: [Protocol; 2] = [Protocol::TCP, Protocol::UDP];
        let (protocols, ports) = match text.split_once('/') {
            None => (&BOTH[..], text),
            Some(("tcp", ports)) => (&BOTH[..1], ports),
            Some(("udp", ports)) => (&BOTH[1..], ports),
            Some(_) => return Err("the protocol is neither `tcp` nor `udp`".into()),
        };
        let PortRange(range) = PortRange::parse(ports)?;
        Ok(Self(protocols.iter().map(|protocol| Traffic::ports(*protocol, range.clone())).collect()))
    }
}

/// Protocols that are evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluatedProtocol(pub Traffic);

keywords!(
    EvaluatedProtocol,
    "`tcp`, `udp`, `icmp` or `all`",
    "tcp" => Self(Traffic::of(Protocol::TCP)),
    "udp" => Self(Traffic::of(Protocol::UDP)),
    "icmp" => Self(Traffic::icmp()),
    "all" => Self(Traffic::all()),
);

/// The same, as vpc-sg-port-restriction-check takes it: it does not mind the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolType(pub Traffic);

impl Value for ProtocolType {
    const FORM: &'static str = "`TCP`, `UDP` or `ALL`";
    const PATTERN: &'static str = "[Tt][Cc][Pp]|[Uu][Dd][Pp]|[Aa][Ll][Ll]";

    fn parse(text: &str) -> Result<Self, ValueError> {
        match EvaluatedProtocol::parse(&text.to_ascii_lowercase())? {
            EvaluatedProtocol(protocol) if protocol == Traffic::icmp() => Err(ValueError::Form),
            EvaluatedProtocol(protocol) => Ok(Self(protocol)),
        }
    }
}

/// A protocol without ports, or a type of ICMP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortlessProtocol(pub Traffic);

/// The names of types, and their numbers in ICMP and in ICMP for IPv6. Source: IANA, ICMP Type Numbers, and `ICMPv6` "type"
/// Numbers.
const ICMP_TYPES: [(&str, Option<u8>, Option<u8>); 10] = [
    ("destination-unreachable", Some(3), Some(1)),
    ("echo-reply", Some(0), Some(129)),
    ("echo-request", Some(8), Some(128)),
    ("neighbor-advertisement", None, Some(136)),
    ("neighbor-solicitation", None, Some(135)),
    ("packet-too-big", None, Some(2)),
    ("parameter-problem", Some(12), Some(4)),
    ("router-advertisement", Some(9), Some(134)),
    ("router-solicitation", Some(10), Some(133)),
    ("time-exceeded", Some(11), Some(3)),
];

impl Value for PortlessProtocol {
    const FORM: &'static str = "`esp`, `ah`, `gre`, another protocol's number, `icmp` or `icmpv6`, or a type of these, perhaps with its code: `icmp/echo-request`, `icmp/3`, `icmp/3/4`";
    const PATTERN: &'static str = concat!(
        "(?:[Ii][Cc][Mm][Pp](?:[Vv]6)?|1|58)/(?:[a-z-]+|",
        octet!(),
        ")(?:/",
        octet!(),
        ")?|[Ii][Cc][Mm][Pp](?:[Vv]6)?|[Ii][Gg][Mm][Pp]|[Ii][Pp][Ii][Pp]|[Gg][Rr][Ee]|[Ee][Ss][Pp]|[Aa][Hh]",
        "|[Oo][Ss][Pp][Ff]|[Ss][Cc][Tt][Pp]|",
        octet!(),
    );

    fn parse(text: &str) -> Result<Self, ValueError> {
        let mut parts = text.splitn(3, '/');
        let protocol = parts.next().and_then(Protocol::from_text).ok_or(ValueError::Form)?;
        if protocol.has_ports() {
            return Err("it has ports, which have parameters of their own".into());
        }
        let Some(kind) = parts.next() else { return Ok(Self(Traffic::of(protocol))) };
        let number =
            icmp_type(protocol, kind).ok_or_else(|| format!("{} has no such type", protocol.name()))?;
        let code = parts.next().map(|code| byte(code).ok_or("a code is a number up to 255")).transpose()?;
        Ok(Self(Traffic::icmp_type(protocol, number, code)))
    }
}

fn icmp_type(protocol: Protocol, text: &str) -> Option<u8> {
    let named = ICMP_TYPES.iter().find(|(name, ..)| *name == text);
    match named {
        Some((_, number, _)) if protocol == Protocol::ICMP => *number,
        Some((_, _, number)) if protocol == Protocol::ICMPV6 => *number,
        _ => byte(text).filter(|_| protocol.has_types()),
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
pub enum IpType {
    /// Only this family.
    One(Family),
    /// Both.
    All,
}

impl IpType {
    /// Whether addresses of this family are evaluated.
    #[must_use]
    pub fn includes(self, family: Family) -> bool {
        matches!(self, Self::All) || self == Self::One(family)
    }
}

impl Value for IpType {
    const FORM: &'static str = "`IPv4`, `IPv6` or `ALL`";
    const PATTERN: &'static str = "[Ii][Pp][Vv][46]|[Aa][Ll][Ll]";

    fn parse(text: &str) -> Result<Self, ValueError> {
        match text.to_ascii_lowercase().as_str() {
            "ipv4" => Ok(Self::One(Family::V4)),
            "ipv6" => Ok(Self::One(Family::V6)),
            "all" => Ok(Self::All),
            _ => Err(ValueError::Form),
        }
    }
}

/// The id of a prefix list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixListId(String);

impl PrefixListId {
    /// Whether this is the id.
    #[must_use]
    pub fn is(&self, id: &str) -> bool {
        self.0 == id
    }
}

impl Value for PrefixListId {
    const FORM: &'static str = "the id of a prefix list: `pl-` and 8 or 17 of 0-9, a-f";
    const PATTERN: &'static str = "pl-(?:[0-9a-f]{8}|[0-9a-f]{17})";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let digits = text.strip_prefix("pl-").unwrap_or_default();
        let is_id = matches!(digits.len(), 8 | 17)
            && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_id { Ok(Self(text.to_owned())) } else { Err(ValueError::Form) }
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
