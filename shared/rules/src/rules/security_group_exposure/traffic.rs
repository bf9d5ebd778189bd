//! What a permission lets through: its direction, and its protocol with the ports, if it has any.

use std::ops::RangeInclusive;

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
    /// What stands as ports of ICMP are its type and code.
    Protocol(Protocol),
    /// The protocol is missing.
    Unnamed,
}

/// A protocol without ports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Protocol(pub(super) String);

impl Protocol {
    /// All protocols but TCP, UDP and ICMP, as far as protocol -1 lets them through.
    pub(super) fn others() -> Self {
        Self("others".to_owned())
    }

    pub(super) fn icmp() -> [Self; 2] {
        ["icmp", "icmpv6"].map(|name| Self(name.to_owned()))
    }

    pub(super) fn new(name: String) -> Self {
        match name.as_str() {
            "1" => Self("icmp".to_owned()),
            "58" => Self("icmpv6".to_owned()),
            _ => Self(name),
        }
    }

    pub(super) fn is_icmp(&self) -> bool {
        Self::icmp().contains(self)
    }

    pub(super) fn name(&self) -> String {
        match self.0.as_str() {
            "-1" => "all traffic".to_owned(),
            "others" => "other protocols".to_owned(),
            name if name.bytes().all(|byte| byte.is_ascii_digit()) => format!("protocol {name}"),
            name => name.to_owned(),
        }
    }
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
