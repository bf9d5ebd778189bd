//! `security-group-exposure`: nobody from the internet reaches a port that they should not.
//!
//! | inbound, per port | answer |
//! | --- | --- |
//! | one source opens it to more of the internet than the limit | NON_COMPLIANT `SG-ADMIN-OPEN` |
//! | several sources do, each a part of it | NON_COMPLIANT `SG-UNION` |
//! | in allow-list mode: the same for a port that is not authorized | `SG-PORT-OPEN`, `SG-UNION` |
//! | in allow-list mode: a protocol without ports is open to the internet | `SG-PROTOCOL-OPEN` |
//! | a prefix list opens it, whose entries are not known | `SG-PREFIX-LIST` |
//! | a permission cannot be read | `MISSING-DATA` |
//! | else | COMPLIANT, with the ports that are open |
//!
//! The sources of a port are the union of all permissions that let it through, without the trusted ones and without
//! what is not the internet, so that 0.0.0.0/1 and 128.0.0.0/1 are what they are: everybody.

mod exposure;
mod permission;
mod words;

use ipnet::IpNet;

pub use self::permission::SecurityGroup;
use self::{
    exposure::{Limit, Mode, reaches},
    permission::{Permission, Traffic},
};
use crate::{
    finding::{Compliance, Finding},
    item::ConfigurationItem,
    network::{PortRange, Ports},
    parameters::{self, Parameter, ParameterError, RawParameters},
    rule::{Metadata, Rule},
};

/// The rule.
#[derive(Debug)]
pub struct SecurityGroupExposure;

/// The checked parameters.
#[derive(Debug)]
pub struct Parameters {
    guard: Guard,
    limit: Limit,
}

/// Which ports the internet must not reach.
#[derive(Debug)]
enum Guard {
    /// These, over TCP and UDP.
    Blocked(Ports),
    /// All but these; and no protocol without ports.
    AllBut { tcp: Ports, udp: Ports },
}

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
        ],
        iam_actions: &["config:PutEvaluations"],
    };

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        let trusted: Vec<IpNet> = raw.list("trustedCidrs")?;
        Ok(Parameters {
            guard: Guard::read(raw)?,
            limit: Limit {
                mode: raw.one("exposure")?.unwrap_or(Mode::Threshold),
                max_public_addresses: raw.one("maxPublicAddresses")?.unwrap_or(DEFAULT_LIMIT),
                trusted: trusted.iter().collect(),
            },
        })
    }

    fn evaluate(item: &ConfigurationItem<SecurityGroup>, parameters: &Parameters) -> Compliance {
        let group = &item.configuration;
        if let (Some(owner), Some(account)) = (&group.owner_id, &item.account_id)
            && owner != account
        {
            return Compliance::NotApplicable(format!(
                "the group belongs to account {owner}, which shares its VPC"
            ));
        }
        let Some(permissions) = &group.ip_permissions else {
            return Compliance::because(Finding::missing_data(
                "the configuration item does not hold the group's inbound rules",
            ));
        };
        let permissions: Vec<_> = permissions
            .iter()
            .enumerate()
            .map(|(index, permission)| Permission::new(index, permission))
            .collect();
        match findings(&permissions, parameters) {
            none if none.is_empty() => Compliance::Compliant(words::compliant(&permissions, parameters)),
            findings => Compliance::NonCompliant(findings),
        }
    }
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

fn ports(raw: &RawParameters, name: &'static str) -> Result<Ports, ParameterError> {
    let ranges: Vec<PortRange> = raw.list(name)?;
    Ok(ranges.into_iter().map(|PortRange(range)| range).collect())
}

/// Everything that is wrong, the gravest first: what one source opens, what all open together, what is not known.
fn findings(permissions: &[Permission], parameters: &Parameters) -> Vec<Finding> {
    let Parameters { guard, limit } = parameters;
    let (tcp, udp) = guard.ports();
    let reaches = reaches(permissions, &tcp, &udp);
    let exposed = reaches.iter().filter(|reach| limit.is_exceeded(reach.sources()));
    let (alone, together): (Vec<_>, Vec<_>) =
        exposed.partition(|reach| !limit.dominant(&reach.permissions).is_empty());

    let mut findings: Vec<Finding> =
        alone.into_iter().map(|reach| words::alone(guard, reach, limit)).collect();
    findings.extend(together.into_iter().map(|reach| words::together(reach, limit)));
    if matches!(guard, Guard::AllBut { .. }) {
        findings.extend(permissions.iter().filter_map(|permission| open_protocol(permission, limit)));
    }
    if limit.mode != Mode::Literal {
        findings.extend(reaches.iter().flat_map(words::prefix_lists));
    }
    findings.extend(permissions.iter().filter_map(|permission| unreadable(permission, limit)));
    findings
}

/// In allow-list mode: a protocol that has no ports to be authorized.
fn open_protocol(permission: &Permission, limit: &Limit) -> Option<Finding> {
    match &permission.traffic {
        Traffic::Protocol(protocol) if limit.is_exceeded(&permission.sources) => {
            Some(words::protocol(protocol, permission, limit))
        }
        _ => None,
    }
}

/// Doubt about what a permission lets in from the internet. Its ports, or its sources, are not what they should be.
fn unreadable(permission: &Permission, limit: &Limit) -> Option<Finding> {
    if let Some(text) = permission.unreadable.first() {
        return Some(Finding::missing_data(format!(
            "inbound {}: {text:?} is not a CIDR block",
            permission.number
        )));
    }
    match &permission.traffic {
        Traffic::WithoutPorts(transport) if !limit.extent(&permission.sources).is_zero() => {
            Some(Finding::missing_data(format!(
                "inbound {} is {} without a range of ports",
                permission.number,
                transport.name()
            )))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
