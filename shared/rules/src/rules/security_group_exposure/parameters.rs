//! The rule's parameters: their forms, and what the rule may assume once they are checked.

use ipnet::IpNet;

use super::{
    exempt::Exempt,
    forms::{Directions, Protocol, ProtocolType},
    guard::Guard,
    limit::{Limit, Mode},
    recorded::PrefixListId,
};
use crate::{
    facts::SECURITY_GROUP_ACTIONS,
    finding::MissingData,
    network::{IpType, PortRange},
    parameters::{Parameter, ParameterError, RawParameters},
};

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    pub(super) guard: Guard,
    pub(super) limit: Limit,
    /// What is exempt on some ports only.
    pub(super) exempt: Vec<Exempt>,
    pub(super) directions: Directions,
    pub(super) families: IpType,
    /// Whether protocol -1 counts as TCP and UDP.
    pub(super) judges_all_traffic: bool,
    /// Whether groups of other accounts are judged.
    pub(super) judges_external_groups: bool,
    /// Whether the groups that are let in are looked up.
    pub(super) follows_groups: bool,
    pub(super) trusted_lists: Vec<PrefixListId>,
    pub(super) unresolved_list: Option<MissingData>,
}

const DEFAULT_LIMIT: u64 = 65_536;

impl Parameters {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        let mode = raw.one("exposure")?.unwrap_or(Mode::Threshold);
        let trusted: Vec<IpNet> = raw.list("trustedCidrs")?;
        let protocol: Option<ProtocolType> = raw.one("protocolType")?;
        let is_one_protocol = protocol.is_some_and(|ProtocolType(protocol)| protocol != Protocol::All);
        Ok(Self {
            guard: Guard::read(raw, mode)?,
            limit: Limit {
                mode,
                max_public_addresses: raw.one("maxPublicAddresses")?.unwrap_or(DEFAULT_LIMIT),
                trusted: trusted.iter().collect(),
            },
            exempt: Vec::new(),
            directions: raw.one("direction")?.unwrap_or(Directions::Ingress),
            families: raw.one("ipType")?.unwrap_or(IpType::All),
            // vpc-sg-port-restriction-check looks at -1 for ALL only, says its documentation.
            judges_all_traffic: mode != Mode::Literal || !is_one_protocol,
            judges_external_groups: !raw.one("excludeExternalSecurityGroups")?.unwrap_or(true),
            follows_groups: raw.one("followGroups")?.unwrap_or(false),
            trusted_lists: raw.list("trustedPrefixLists")?,
            unresolved_list: raw.one("unresolvedPrefixList")?,
        })
    }

    pub(super) fn is_literal(&self) -> bool {
        self.limit.mode == Mode::Literal
    }
}

/// All of them, as users see them.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter::list::<PortRange>(
        "adminPorts",
        Some("22,3389"),
        "Ports that the internet must not reach, over TCP or UDP.",
    ),
    slot(
        "blockedPort1",
        "As in restricted-common-ports, added to `adminPorts`; 20, once another of the five is set.",
    ),
    slot("blockedPort2", "The same; 21."),
    slot("blockedPort3", "The same; 3389."),
    slot("blockedPort4", "The same; 3306."),
    slot("blockedPort5", "The same; 4333."),
    slot("blockedPorts", "As in restricted-common-ports, added to `adminPorts`."),
    slot("restrictPorts", "As in vpc-sg-port-restriction-check, added to `adminPorts`."),
    Parameter::list::<PortRange>(
        "authorizedTcpPorts",
        None,
        "Allow-list mode, if this or the next is given: TCP ports that the internet may reach; any other is a finding. As in vpc-sg-open-only-to-authorized-ports.",
    ),
    Parameter::list::<PortRange>("authorizedUdpPorts", None, "The same for UDP."),
    Parameter::list::<IpNet>(
        "trustedCidrs",
        None,
        "Sources that are fine, such as your office; taken off the union.",
    ),
    Parameter::one::<Mode>(
        "exposure",
        Some("threshold"),
        "`threshold`: more public addresses than `maxPublicAddresses`; `anyPublic`: one is enough; `literal`: only 0.0.0.0/0 and ::/0, as the managed rule does whose parameters are given.",
    ),
    Parameter::one::<u64>(
        "maxPublicAddresses",
        Some("65536"),
        "Exposure `threshold`: more IPv4 addresses than this, or more IPv6 sites (/48), are a finding.",
    ),
    Parameter::list::<Protocol>("protocols", Some("all"), "Which protocols are judged."),
    Parameter::one::<ProtocolType>(
        "protocolType",
        None,
        "As in vpc-sg-port-restriction-check: one of `protocols`.",
    ),
    Parameter::one::<IpType>(
        "ipType",
        Some("ALL"),
        "Which sources are judged, as in vpc-sg-port-restriction-check.",
    ),
    Parameter::one::<bool>(
        "allowIcmp",
        Some("true"),
        "Whether the internet may send ICMP. In allow-list mode the default is `false`, unless exposure is `literal`.",
    ),
    Parameter::one::<Directions>(
        "direction",
        Some("ingress"),
        "Whether inbound or outbound rules are judged, or both.",
    ),
    Parameter::one::<bool>(
        "excludeExternalSecurityGroups",
        Some("true"),
        "Whether groups of other accounts, which share their VPC, are NOT_APPLICABLE. As in vpc-sg-port-restriction-check.",
    ),
    Parameter::one::<bool>(
        "followGroups",
        Some("false"),
        "Whether the account's other groups that inbound rules let in are looked up, for COMPLIANT to name those that are themselves open to the internet.",
    )
    .needs(SECURITY_GROUP_ACTIONS),
    Parameter::list::<PrefixListId>(
        "trustedPrefixLists",
        None,
        "Prefix lists that are fine as sources, whatever they hold.",
    ),
    Parameter::one::<MissingData>(
        "unresolvedPrefixList",
        None,
        "What to answer where only a prefix list that could not be read stands against COMPLIANT; `onMissingData` if absent.",
    ),
];

const fn slot(name: &'static str, meaning: &'static str) -> Parameter {
    Parameter::list::<PortRange>(name, None, meaning)
}
