//! The parameters by which rules say what must not be reached, and by how much of the internet: [`Guard`](super::Guard) and
//! [`Limit`](super::Limit) read them.

use ipnet::IpNet;

use super::{EvaluatedProtocol, IpType, PortRange, PortlessProtocol, PrefixListId, ProtocolPorts};
use crate::{finding::MissingData, parameters::Parameter};

pub(crate) const ADMIN_PORTS: Parameter = Parameter::list::<ProtocolPorts>(
    "adminPorts",
    Some("22,3389"),
    "Ports that the internet must not reach, over TCP and UDP, or over one of them.",
);

pub(crate) const BLOCKED_PORTS: Parameter = Parameter::list::<ProtocolPorts>(
    "blockedPorts",
    None,
    "As in restricted-common-ports, added to `adminPorts`.",
);

pub(crate) const RESTRICT_PORTS: Parameter = Parameter::list::<ProtocolPorts>(
    "restrictPorts",
    None,
    "As in vpc-sg-port-restriction-check, added to `adminPorts`.",
);

pub(crate) const AUTHORIZED_TCP_PORTS: Parameter = Parameter::list::<PortRange>(
    "authorizedTcpPorts",
    None,
    "Allow-list mode, if this or the next is given: TCP ports that the internet may reach; any other is a finding. As in vpc-sg-open-only-to-authorized-ports.",
);

pub(crate) const AUTHORIZED_UDP_PORTS: Parameter =
    Parameter::list::<PortRange>("authorizedUdpPorts", None, "The same for UDP.");

pub(crate) const ALLOWED_PROTOCOLS: Parameter = Parameter::list::<PortlessProtocol>(
    "allowedProtocols",
    None,
    "Protocols without ports, and types of ICMP, that the internet may send. If it is given, and in allow-list mode, any other is a finding.",
);

pub(crate) const TRUSTED_CIDRS: Parameter = Parameter::list::<IpNet>(
    "trustedCidrs",
    None,
    "Sources that are fine, such as your office; taken off the union.",
);

pub(crate) const MAX_PUBLIC_ADDRESSES: Parameter = Parameter::one::<u64>(
    "maxPublicAddresses",
    Some("65536"),
    "Exposure `threshold`: more IPv4 addresses than this, or more IPv6 sites (/48), are a finding.",
);

pub(crate) const PROTOCOLS: Parameter =
    Parameter::list::<EvaluatedProtocol>("protocols", Some("all"), "Which protocols are evaluated.");

pub(crate) const IP_TYPE: Parameter = Parameter::one::<IpType>(
    "ipType",
    Some("ALL"),
    "Which sources are evaluated, as in vpc-sg-port-restriction-check.",
);

pub(crate) const TRUSTED_PREFIX_LISTS: Parameter = Parameter::list::<PrefixListId>(
    "trustedPrefixLists",
    None,
    "Prefix lists that are fine as sources, whatever they hold.",
);

pub(crate) const UNRESOLVED_PREFIX_LIST: Parameter = Parameter::one::<MissingData>(
    "unresolvedPrefixList",
    None,
    "What to answer where only a prefix list that could not be read stands against COMPLIANT; `onMissingData` if absent.",
);
