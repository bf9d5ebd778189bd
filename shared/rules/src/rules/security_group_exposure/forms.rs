//! The forms that some of the rule's parameters have.

use super::limit::Mode;
use crate::parameters::{Value, words};

/// An item of the parameter `protocols`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Tcp,
    Udp,
    Icmp,
    All,
}

words!(
    Protocol,
    "`tcp`, `udp`, `icmp` or `all`",
    "tcp" => Self::Tcp,
    "udp" => Self::Udp,
    "icmp" => Self::Icmp,
    "all" => Self::All,
);

/// The parameter `protocolType`. The managed rule does not mind the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ProtocolType(pub(super) Protocol);

impl Value for ProtocolType {
    const FORM: &'static str = "`TCP`, `UDP` or `ALL`";
    const PATTERN: &'static str = "[Tt][Cc][Pp]|[Uu][Dd][Pp]|[Aa][Ll][Ll]";

    fn parse(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "tcp" => Ok(Self(Protocol::Tcp)),
            "udp" => Ok(Self(Protocol::Udp)),
            "all" => Ok(Self(Protocol::All)),
            _ => Err(String::new()),
        }
    }
}

/// The parameter `direction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directions {
    Ingress,
    Egress,
    Both,
}

impl Directions {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ingress => "inbound",
            Self::Egress => "outbound",
            Self::Both => "inbound or outbound",
        }
    }
}

words!(
    Directions,
    "`ingress`, `egress` or `both`",
    "ingress" => Self::Ingress,
    "egress" => Self::Egress,
    "both" => Self::Both,
);

words!(
    Mode,
    "`threshold`, `anyPublic` or `literal`",
    "threshold" => Self::Threshold,
    "anyPublic" => Self::AnyPublic,
    "literal" => Self::Literal,
);
