//! The rule's parameters: their forms, what the rule may assume once they are checked, and what exemptions take off them.

use ipnet::IpNet;

use super::managed::{self, DefaultGroup};
use crate::{
    facts::{NETWORK_INTERFACE_ACTIONS, SECURITY_GROUP_ACTIONS},
    finding::MissingData,
    network::{
        Addresses, Direction, Guard, Limit, Mode, ProtocolPorts, ProtocolType, Traffic, Zone,
        parameters as shared,
    },
    parameters::{Parameter, ParameterError, RawParameters, keywords},
};

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    pub(super) guard: Guard,
    pub(super) limit: Limit,
    pub(super) directions: Directions,
    pub(super) default_group: DefaultGroup,
    pub(super) unattached: Unattached,
    /// Whether every rule must have a description.
    pub(super) requires_descriptions: bool,
    /// Whether groups of other accounts are evaluated.
    pub(super) includes_external_groups: bool,
    /// Whether the groups that are let in are looked up.
    pub(super) follows_groups: bool,
    pub(super) unresolved_list: Option<MissingData>,
    /// Some traffic, and the sources that are exempt on it only.
    exempt: Vec<(Traffic, Addresses)>,
}

/// The parameter `direction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directions {
    Ingress,
    Egress,
    Both,
}

keywords!(
    Directions,
    "`ingress`, `egress` or `both`",
    "ingress" => Self::Ingress,
    "egress" => Self::Egress,
    "both" => Self::Both,
);

impl Directions {
    pub(super) fn all(self) -> &'static [Direction] {
        match self {
            Self::Ingress => &[Direction::Inbound],
            Self::Egress => &[Direction::Outbound],
            Self::Both => &Direction::ALL,
        }
    }
}

/// What becomes of the findings of a group that no network interface has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unattached {
    Evaluate,
    Ignore,
}

keywords!(
    Unattached,
    "`evaluate` or `ignore`",
    "evaluate" => Self::Evaluate,
    "ignore" => Self::Ignore,
);

impl Parameters {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        let limit = Limit::read(raw)?;
        let default_group = raw.one("defaultGroup")?.unwrap_or(DefaultGroup::AsOthers);
        let directions = raw.one("direction")?.unwrap_or(Directions::Ingress);
        let parameters = Self {
            guard: managed::guard(raw, limit.is_literal())?,
            limit,
            directions,
            default_group,
            unattached: raw.one("unattached")?.unwrap_or(Unattached::Evaluate),
            requires_descriptions: raw.one("requireDescriptions")?.unwrap_or(false),
            includes_external_groups: !raw.one("excludeExternalSecurityGroups")?.unwrap_or(true),
            follows_groups: raw.one("followGroups")?.unwrap_or(false),
            unresolved_list: raw.one("unresolvedPrefixList")?,
            exempt: Vec::new(),
        };
        // vpc-default-security-group-closed looks at both.
        let directions = if parameters.is_for_default_group_only() { Directions::Both } else { directions };
        Ok(Self { directions, ..parameters })
    }

    /// Whether the answer is that of vpc-default-security-group-closed.
    pub(super) fn is_for_default_group_only(&self) -> bool {
        self.limit.is_literal() && self.default_group == DefaultGroup::Closed
    }

    /// The parameters as if these parts did not matter.
    pub(super) fn without(mut self, parts: &RawParameters) -> Result<Self, ParameterError> {
        let traffic: Vec<ProtocolPorts> = parts.list("ports")?;
        let blocks: Vec<IpNet> = parts.list("cidrs")?;
        let traffic: Traffic = traffic.into_iter().map(|ProtocolPorts(ports)| ports).collect();
        let sources: Addresses = blocks.iter().collect();
        match (traffic.is_empty(), blocks.is_empty()) {
            (true, true) => {}
            (true, false) => self.limit = self.limit.trusting(&sources),
            (false, true) => self.guard.traffic = self.guard.traffic.minus(&traffic),
            (false, false) => self.exempt.push((traffic, sources)),
        }
        Ok(self)
    }

    /// What is guarded from whom: one zone, cut where sources are exempt on some traffic only.
    pub(super) fn zones(&self) -> Vec<Zone> {
        let (traffic, limit) = (self.guard.traffic.clone(), self.limit.clone());
        let mut zones = vec![Zone { traffic, limit, ignored_groups: Vec::new() }];
        for (traffic, sources) in &self.exempt {
            zones = zones.into_iter().flat_map(|zone| zone.cut(traffic, sources)).collect();
        }
        zones
    }

    /// Where people who deploy these parameters would see less than they might think.
    pub(super) fn cautions(&self) -> Vec<String> {
        let unattached = "`unattached` = `ignore`: an open group is NOT_APPLICABLE while no network interface has it. That one \
                          gets it is no change of the group: the next scheduled run notices";
        let is_set = self.unattached == Unattached::Ignore;
        is_set.then(|| unattached.to_owned()).into_iter().collect()
    }
}

/// The parts of a finding that an exemption may name.
pub(super) const PARTS: &[Parameter] = &[
    Parameter::list::<ProtocolPorts>(
        "ports",
        None,
        "These ports, whoever reaches them; with `cidrs`, for those sources only.",
    ),
    Parameter::list::<IpNet>(
        "cidrs",
        None,
        "These sources, whatever they reach; with `ports`, on those ports only.",
    ),
];

/// All of them, as users see them.
pub(super) const PARAMETERS: &[Parameter] = &[
    shared::ADMIN_PORTS,
    blocked_ports(
        "blockedPort1",
        "As in restricted-common-ports, added to `adminPorts`; 20, once another of the five is set.",
    ),
    blocked_ports("blockedPort2", "The same; 21."),
    blocked_ports("blockedPort3", "The same; 3389."),
    blocked_ports("blockedPort4", "The same; 3306."),
    blocked_ports("blockedPort5", "The same; 4333."),
    shared::BLOCKED_PORTS,
    shared::RESTRICT_PORTS,
    shared::AUTHORIZED_TCP_PORTS,
    shared::AUTHORIZED_UDP_PORTS,
    shared::ALLOWED_PROTOCOLS,
    Parameter::one::<bool>(
        "allowIcmp",
        Some("true"),
        "Whether the internet may send ICMP. The default is `false` with `allowedProtocols`, and in allow-list mode unless exposure is `literal`.",
    ),
    shared::TRUSTED_CIDRS,
    Parameter::one::<Mode>(
        "exposure",
        Some("threshold"),
        "`threshold`: more public addresses than `maxPublicAddresses`; `anyPublic`: one is enough; `literal`: only 0.0.0.0/0 and ::/0, as the managed rule does whose parameters are given.",
    ),
    shared::MAX_PUBLIC_ADDRESSES,
    shared::PROTOCOLS,
    Parameter::one::<ProtocolType>(
        "protocolType",
        None,
        "As in vpc-sg-port-restriction-check: one of `protocols`.",
    ),
    shared::IP_TYPE,
    Parameter::one::<Directions>(
        "direction",
        Some("ingress"),
        "Whether inbound or outbound rules are evaluated, or both.",
    ),
    Parameter::one::<DefaultGroup>(
        "defaultGroup",
        Some("asOthers"),
        "`closed`: the VPC's default group must have no rules at all, inbound or outbound, besides what is asked of every group. As in vpc-default-security-group-closed.",
    ),
    Parameter::one::<Unattached>(
        "unattached",
        Some("evaluate"),
        "`ignore`: a group that would be NON_COMPLIANT is NOT_APPLICABLE if no network interface has it. Only such a group is looked up.",
    )
    .needs(NETWORK_INTERFACE_ACTIONS),
    Parameter::one::<bool>(
        "requireDescriptions",
        Some("false"),
        "Whether rules without a description are a finding, in the `direction` that is evaluated.",
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
    shared::TRUSTED_PREFIX_LISTS,
    shared::UNRESOLVED_PREFIX_LIST,
];

const fn blocked_ports(name: &'static str, meaning: &'static str) -> Parameter {
    Parameter::list::<ProtocolPorts>(name, None, meaning)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::SecurityGroupExposure;
    use crate::rules::testing::Case;

    /// Two rules: 203.0.0.0/8 and 198.0.0.0/8, both public and larger than the limit, on ports 22 to 23.
    fn exempt(parts: &serde_json::Value) -> Case<SecurityGroupExposure> {
        let permission = |cidr| json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 23, "ipv4Ranges": [{"cidrIp": cidr}]});
        let group = json!({"ipPermissions": [permission("203.0.0.0/8"), permission("11.0.0.0/8")]});
        let mut entry = json!({"reason": "pilot", "owner": "ops", "expires": "2026-12-31"});
        entry.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        Case::new("AWS::EC2::SecurityGroup", &group.to_string())
            .with("adminPorts", "22,23")
            .with("exemptions", &json!([entry]).to_string())
    }

    #[track_caller]
    fn leaves(exempted: &serde_json::Value, ports: &[&str], cidrs: &[&str]) {
        let compliance = exempt(exempted).compliance();
        let findings = format!("{:?}", compliance.findings());
        if ports.is_empty() {
            assert_eq!(compliance.compliance_type(), "COMPLIANT", "{findings}");
            return;
        }
        assert_eq!(compliance.compliance_type(), "NON_COMPLIANT", "{findings}");
        for port in ["tcp/22 ", "tcp/23 ", "tcp/22-23 "] {
            assert_eq!(findings.contains(port), ports.contains(&port), "{port}: {findings}");
        }
        for cidr in ["203.0.0.0/8", "11.0.0.0/8"] {
            assert_eq!(findings.contains(cidr), cidrs.contains(&cidr), "{cidr}: {findings}");
        }
    }

    const BOTH: [&str; 2] = ["203.0.0.0/8", "11.0.0.0/8"];

    #[test]
    fn a_port_is_exempt_whoever_reaches_it() {
        leaves(&json!({"ports": "22"}), &["tcp/23 "], &BOTH);
        leaves(&json!({"ports": "22-23"}), &[], &[]);
    }

    #[test]
    fn a_source_is_exempt_whatever_it_reaches() {
        leaves(&json!({"cidrs": "203.0.0.0/8"}), &["tcp/22-23 "], &["11.0.0.0/8"]);
        leaves(&json!({"cidrs": "203.0.0.0/8, 11.0.0.0/8"}), &[], &[]);
    }

    #[test]
    fn a_source_is_exempt_on_one_port_only() {
        leaves(&json!({"ports": "22-23", "cidrs": "203.0.0.0/8, 11.0.0.0/8"}), &[], &[]);
        leaves(&json!({"ports": "22", "cidrs": "203.0.0.0/8, 11.0.0.0/8"}), &["tcp/23 "], &BOTH);
    }
}
