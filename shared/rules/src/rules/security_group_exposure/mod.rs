//! `security-group-exposure`: nobody from the internet reaches a port that they should not.
//!
//! | per port, in the `direction` that is judged | answer |
//! | --- | --- |
//! | one source opens it to more of the internet than the limit | NON_COMPLIANT `SG-ADMIN-OPEN` |
//! | several sources do, each a part of it | NON_COMPLIANT `SG-UNION` |
//! | in allow-list mode: the same for a port that is not authorized | `SG-PORT-OPEN`, `SG-UNION` |
//! | outbound: the same | `SG-EGRESS-OPEN`, `SG-EGRESS-UNION` |
//! | ICMP, or in allow-list mode any protocol without ports, is open and not allowed | `SG-PROTOCOL-OPEN` |
//! | a prefix list opens it, whose entries could not be read | `SG-PREFIX-LIST`: `unresolvedPrefixList` decides |
//! | a permission cannot be read | `MISSING-DATA`: `onMissingData` decides |
//! | else | COMPLIANT, with the ports that are open |
//!
//! The sources of a port are the union of all permissions that let it through, prefix lists included, without the trusted
//! ones and without what is not the internet, so that 0.0.0.0/1 and 128.0.0.0/1 are what they are: everybody. Other
//! security groups are not the internet.

mod exposure;
mod permission;
mod words;

use ipnet::IpNet;

pub use self::permission::SecurityGroup;
use self::{
    exposure::{Limit, Mode, Reach, reaches},
    permission::{Direction, IpPermission, Permission, PrefixListId, Traffic},
};
use crate::{
    facts::{FactRequest, Facts},
    finding::{Compliance, Finding, MissingData, Verdict},
    item::ConfigurationItem,
    network::{PortRange, Ports},
    parameters::{self, Parameter, ParameterError, RawParameters},
    rule::{Metadata, Rule},
};

/// The rule.
#[derive(Debug)]
pub struct SecurityGroupExposure;

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    guard: Guard,
    limit: Limit,
    protocols: Protocols,
    directions: Directions,
    trusted_lists: Vec<PrefixListId>,
    unresolved_list: Option<MissingData>,
}

/// Which ports the internet must not reach.
#[derive(Clone, Debug)]
enum Guard {
    /// These, over TCP and UDP.
    Blocked(Ports),
    /// All but these; and no protocol without ports.
    AllBut { tcp: Ports, udp: Ports },
}

/// The protocols that are judged.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a protocol")]
struct Protocols {
    tcp: bool,
    udp: bool,
    icmp: bool,
    other: bool,
}

/// An item of the parameter `protocols`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Tcp,
    Udp,
    Icmp,
    All,
}

parameters::words!(
    Protocol,
    "`tcp`, `udp`, `icmp` or `all`",
    "tcp" => Self::Tcp,
    "udp" => Self::Udp,
    "icmp" => Self::Icmp,
    "all" => Self::All,
);

/// The parameter `direction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Directions {
    Ingress,
    Egress,
    Both,
}

impl Directions {
    fn name(self) -> &'static str {
        match self {
            Self::Ingress => "inbound",
            Self::Egress => "outbound",
            Self::Both => "inbound or outbound",
        }
    }
}

parameters::words!(
    Directions,
    "`ingress`, `egress` or `both`",
    "ingress" => Self::Ingress,
    "egress" => Self::Egress,
    "both" => Self::Both,
);

parameters::words!(
    Mode,
    "`threshold`, `anyPublic` or `literal`",
    "threshold" => Self::Threshold,
    "anyPublic" => Self::AnyPublic,
    "literal" => Self::Literal,
);

const DEFAULT_PORTS: [u16; 2] = [22, 3389];
const DEFAULT_LIMIT: u64 = 65_536;

const fn managed(name: &'static str) -> Parameter {
    Parameter::list::<PortRange>(name, None, "The same as `adminPorts`, under a managed rule's name.")
}

/// The parameters that all name ports which must not be reached.
const BLOCKED: [&str; 8] = [
    "adminPorts",
    "blockedPort1",
    "blockedPort2",
    "blockedPort3",
    "blockedPort4",
    "blockedPort5",
    "blockedPorts",
    "restrictPorts",
];

impl Rule for SecurityGroupExposure {
    type Configuration = SecurityGroup;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "security-group-exposure",
        description: "A security group lets nobody from the internet reach a port that they should not.",
        resource_types: &["AWS::EC2::SecurityGroup"],
        parameters: &[
            Parameter::list::<PortRange>(
                BLOCKED[0],
                Some("22,3389"),
                "Ports that the internet must not reach, over TCP or UDP.",
            ),
            managed(BLOCKED[1]),
            managed(BLOCKED[2]),
            managed(BLOCKED[3]),
            managed(BLOCKED[4]),
            managed(BLOCKED[5]),
            managed(BLOCKED[6]),
            managed(BLOCKED[7]),
            Parameter::list::<PortRange>(
                "authorizedTcpPorts",
                None,
                "Allow-list mode, if this or the next is given: TCP ports that the internet may reach; any other is a finding.",
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
                "`threshold`: more public addresses than `maxPublicAddresses`; `anyPublic`: one is enough; `literal`: only 0.0.0.0/0 and ::/0, as the managed rules.",
            ),
            Parameter::one::<u64>(
                "maxPublicAddresses",
                Some("65536"),
                "Exposure `threshold`: more IPv4 addresses than this, or more IPv6 sites (/48), are a finding.",
            ),
            Parameter::list::<Protocol>("protocols", Some("all"), "Which protocols are judged."),
            Parameter::one::<bool>(
                "allowIcmp",
                Some("true"),
                "Whether the internet may send ICMP. In allow-list mode the default is `false`.",
            ),
            Parameter::one::<Directions>(
                "direction",
                Some("ingress"),
                "Whether inbound or outbound rules are judged, or both.",
            ),
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
        ],
        iam_actions: &["config:PutEvaluations"],
        fact_actions: &["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
        // A prefix list stands in the item, not in a parameter.
        facts_by_default: true,
    };

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        let trusted: Vec<IpNet> = raw.list("trustedCidrs")?;
        let guard = Guard::read(raw)?;
        Ok(Parameters {
            protocols: Protocols::read(raw, &guard)?,
            guard,
            limit: Limit {
                mode: raw.one("exposure")?.unwrap_or(Mode::Threshold),
                max_public_addresses: raw.one("maxPublicAddresses")?.unwrap_or(DEFAULT_LIMIT),
                trusted: trusted.iter().collect(),
            },
            directions: raw.one("direction")?.unwrap_or(Directions::Ingress),
            trusted_lists: raw.list("trustedPrefixLists")?,
            unresolved_list: raw.one("unresolvedPrefixList")?,
        })
    }

    /// Only of lists that reach a port which is guarded: the others cannot change the answer.
    fn facts(item: &ConfigurationItem<SecurityGroup>, parameters: &Parameters) -> Vec<FactRequest> {
        if parameters.limit.mode == Mode::Literal || other_owner(item).is_some() {
            return Vec::new();
        }
        let permissions = permissions(item, parameters, &Facts::default()).unwrap_or_default();
        let mut lists: Vec<_> =
            unknown_lists(&permissions, parameters).into_iter().map(|(_, id)| id).collect();
        lists.sort_unstable();
        lists.dedup();
        lists.into_iter().map(FactRequest::PrefixList).collect()
    }

    fn evaluate(item: &ConfigurationItem<SecurityGroup>, parameters: &Parameters, facts: &Facts) -> Verdict {
        if let Some(owner) = other_owner(item) {
            return Verdict::not_applicable(format!(
                "the group belongs to account {owner}, which shares its VPC"
            ));
        }
        let Some(permissions) = permissions(item, parameters, facts) else {
            return Verdict::unknown("the configuration item does not hold the group's rules");
        };
        let findings = findings(&permissions, parameters);
        let unreadable: Vec<_> =
            permissions.iter().filter_map(|permission| unreadable(permission, &parameters.limit)).collect();
        let lists = unresolved(&permissions, parameters);
        match (findings.is_empty(), unreadable.is_empty(), lists.is_empty()) {
            (true, true, true) => Verdict::compliant(words::compliant(&permissions, parameters)),
            (true, true, false) => {
                Verdict::Unknown { doubts: lists, missing_data: parameters.unresolved_list }
            }
            (true, false, _) => Verdict::Unknown { doubts: [unreadable, lists].concat(), missing_data: None },
            (false, ..) => Compliance::NonCompliant([findings, lists, unreadable].concat()).into(),
        }
    }
}

/// The account that a group belongs to, if it is not the one that recorded it.
fn other_owner(item: &ConfigurationItem<SecurityGroup>) -> Option<&str> {
    let (owner, account) = (item.configuration.owner_id.as_deref()?, item.account_id.as_deref()?);
    (owner != account).then_some(owner)
}

/// The permissions of the directions that are judged; none if the item does not hold them.
fn permissions(
    item: &ConfigurationItem<SecurityGroup>,
    parameters: &Parameters,
    facts: &Facts,
) -> Option<Vec<Permission>> {
    let group = &item.configuration;
    let of = |direction, permissions: &Option<Vec<IpPermission>>| {
        let permissions = permissions.as_ref()?.iter().enumerate();
        let permission = |(index, permission)| {
            Permission::new(direction, index, permission, &parameters.trusted_lists, facts)
        };
        Some(permissions.map(permission).collect::<Vec<_>>())
    };
    let mut permissions = Vec::new();
    if parameters.directions != Directions::Egress {
        permissions.extend(of(Direction::Inbound, &group.ip_permissions)?);
    }
    if parameters.directions != Directions::Ingress {
        permissions.extend(of(Direction::Outbound, &group.ip_permissions_egress)?);
    }
    Some(permissions)
}

impl Guard {
    fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        let (tcp, udp) = (ports(raw, "authorizedTcpPorts")?, ports(raw, "authorizedUdpPorts")?);
        let mut blocked = Ports::new();
        for name in BLOCKED {
            let own = ports(raw, name)?;
            if let Some(both) = (&own & &(&tcp | &udp)).first() {
                return Err(ParameterError::new(name, format!("port {both} is authorized as well")));
            }
            blocked |= own;
        }
        Ok(match (tcp.is_empty() && udp.is_empty(), blocked.is_empty()) {
            (false, _) => Self::AllBut { tcp, udp },
            (true, true) => Self::Blocked(DEFAULT_PORTS.into_iter().collect()),
            (true, false) => Self::Blocked(blocked),
        })
    }

    /// The ports that must not be reached, over TCP and over UDP.
    fn ports(&self) -> (Ports, Ports) {
        match self {
            Self::Blocked(ports) => (ports.clone(), ports.clone()),
            Self::AllBut { tcp, udp } => (!tcp, !udp),
        }
    }
}

impl Protocols {
    /// Protocols without ports are judged in allow-list mode; ICMP wherever it is not allowed.
    fn read(raw: &RawParameters, guard: &Guard) -> Result<Self, ParameterError> {
        let named: Vec<Protocol> = raw.list("protocols")?;
        let is_named =
            |protocol| named.is_empty() || named.contains(&Protocol::All) || named.contains(&protocol);
        let is_allow_list = matches!(guard, Guard::AllBut { .. });
        let allow_icmp = raw.one("allowIcmp")?.unwrap_or(!is_allow_list);
        Ok(Self {
            tcp: is_named(Protocol::Tcp),
            udp: is_named(Protocol::Udp),
            icmp: is_named(Protocol::Icmp) && !allow_icmp,
            other: is_named(Protocol::All) && is_allow_list,
        })
    }
}

impl Parameters {
    /// The ports that are guarded, over TCP and over UDP, of the protocols that are judged.
    fn guarded(&self) -> (Ports, Ports) {
        let (tcp, udp) = self.guard.ports();
        let judged = |ports: Ports, is_judged: bool| if is_judged { ports } else { Ports::new() };
        (judged(tcp, self.protocols.tcp), judged(udp, self.protocols.udp))
    }
}

fn ports(raw: &RawParameters, name: &'static str) -> Result<Ports, ParameterError> {
    let ranges: Vec<PortRange> = raw.list(name)?;
    Ok(ranges.into_iter().map(|PortRange(range)| range).collect())
}

/// The guarded ports that something reaches.
fn guarded_reaches<'a>(permissions: &'a [Permission], parameters: &Parameters) -> Vec<Reach<'a>> {
    let (tcp, udp) = parameters.guarded();
    reaches(permissions, &tcp, &udp)
}

/// Everything that is wrong, the gravest first: what one source opens, then what all open together.
fn findings(permissions: &[Permission], parameters: &Parameters) -> Vec<Finding> {
    let Parameters { guard, limit, .. } = parameters;
    let reaches = guarded_reaches(permissions, parameters);
    let exposed = reaches.iter().filter(|reach| limit.is_exceeded(reach.sources()));
    let (alone, together): (Vec<_>, Vec<_>) =
        exposed.partition(|reach| !limit.dominant(&reach.permissions).is_empty());

    let mut findings: Vec<Finding> =
        alone.into_iter().map(|reach| words::alone(guard, reach, limit)).collect();
    findings.extend(together.into_iter().map(|reach| words::together(reach, limit)));
    findings.extend(permissions.iter().filter_map(|permission| open_protocol(permission, parameters)));
    findings
}

/// A protocol that has no ports to be authorized.
fn open_protocol(permission: &Permission, parameters: &Parameters) -> Option<Finding> {
    let Traffic::Protocol(protocol) = &permission.traffic else {
        return None;
    };
    let is_icmp = matches!(protocol.as_str(), "icmp" | "icmpv6" | "1" | "58");
    let is_judged = if is_icmp { parameters.protocols.icmp } else { parameters.protocols.other };
    let limit = &parameters.limit;
    (is_judged && limit.is_exceeded(&permission.sources))
        .then(|| words::protocol(protocol, permission, limit))
}

/// The prefix lists that reach something guarded, and whose entries are not known: what they reach, and their ids.
fn unknown_lists(permissions: &[Permission], parameters: &Parameters) -> Vec<(String, String)> {
    let mut lists = Vec::new();
    for reach in guarded_reaches(permissions, parameters) {
        lists.extend(words::unknown_lists(&reach));
    }
    lists
}

/// Doubt about the prefix lists. The managed rules do not look into them, and neither does `literal`.
fn unresolved(permissions: &[Permission], parameters: &Parameters) -> Vec<Finding> {
    if parameters.limit.mode == Mode::Literal {
        return Vec::new();
    }
    let finding = |(place, id): (String, String)| {
        let sentence = format!("{place}, whose entries are not known");
        Finding::new("SG-PREFIX-LIST", sentence).with("prefixListId", id)
    };
    unknown_lists(permissions, parameters).into_iter().map(finding).collect()
}

/// Doubt about what a permission lets in from the internet. Its ports, or its sources, are not what they should be.
fn unreadable(permission: &Permission, limit: &Limit) -> Option<Finding> {
    if let Some(text) = permission.unreadable.first() {
        return Some(Finding::missing_data(format!(
            "{} {}: {text:?} is not a CIDR block",
            permission.direction.name(),
            permission.number
        )));
    }
    match &permission.traffic {
        Traffic::WithoutPorts(transport) if !limit.extent(&permission.sources).is_zero() => {
            Some(Finding::missing_data(format!(
                "{} {} is {} without a range of ports",
                permission.direction.name(),
                permission.number,
                transport.name()
            )))
        }
        _ => None,
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
