//! Exposure `literal`: which managed rule is reproduced, and what that one guards.

use crate::{
    network::{Guard, Protocol, ProtocolType, Traffic},
    parameters::{ParameterError, RawParameters, keywords},
};

/// What is asked of the VPC's default group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DefaultGroup {
    /// The same as of every group.
    AsOthers,
    /// That it has no rules, besides.
    Closed,
}

keywords!(
    DefaultGroup,
    "`asOthers` or `closed`",
    "asOthers" => Self::AsOthers,
    "closed" => Self::Closed,
);

/// What is reproduced, by the parameters that are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// No managed rule has `adminPorts`.
    Own,
    CommonPorts,
    PortRestriction,
    AuthorizedPorts,
    DefaultGroup,
}

/// The parameters by which each is known.
const ORIGINS: [(Origin, &[&str]); 5] = [
    (Origin::Own, &["adminPorts"]),
    (
        Origin::CommonPorts,
        &["blockedPort1", "blockedPort2", "blockedPort3", "blockedPort4", "blockedPort5", "blockedPorts"],
    ),
    (Origin::PortRestriction, &["restrictPorts", "protocolType", "ipType", "excludeExternalSecurityGroups"]),
    (Origin::AuthorizedPorts, &["authorizedTcpPorts", "authorizedUdpPorts"]),
    (Origin::DefaultGroup, &["defaultGroup"]),
];

/// What is guarded, in every exposure.
pub(super) fn guard(raw: &RawParameters, is_literal: bool) -> Result<Guard, ParameterError> {
    if !is_literal {
        return Guard::read(raw, &Guard::default_ports(), false)?.checked(raw);
    }
    let origin = only_origin(raw)?;
    let default_ports = match origin {
        // restricted-ssh takes no parameters.
        None => Traffic::ports(Protocol::TCP, 22..=22),
        Some(_) => Guard::default_ports(),
    };
    let guard = Guard::read(raw, &default_ports, true)?;
    match origin {
        Some(Origin::DefaultGroup) => Ok(Guard { traffic: Traffic::default(), ..guard }),
        Some(Origin::CommonPorts) => over_tcp(&guard, raw),
        _ => {
            // vpc-sg-port-restriction-check looks at -1 for ALL only, says its documentation.
            let protocol: Option<ProtocolType> = raw.one("protocolType")?;
            let includes_all_traffic =
                protocol.is_none_or(|ProtocolType(protocol)| protocol == Traffic::all());
            Guard { includes_all_traffic, ..guard }.checked(raw)
        }
    }
}

/// restricted-common-ports knows TCP only.
fn over_tcp(guard: &Guard, raw: &RawParameters) -> Result<Guard, ParameterError> {
    let [tcp, udp] = [Protocol::TCP, Protocol::UDP].map(|protocol| guard.traffic.ports_of(protocol));
    let guard = Guard { traffic: guard.traffic.minus(&Traffic::of(Protocol::UDP)), ..*guard }.checked(raw)?;
    (udp - tcp).first().map_or(Ok(guard), |port| {
        let problem =
            format!("exposure `literal` answers as restricted-common-ports, which does not know udp/{port}");
        Err(ParameterError::new("blockedPorts", problem))
    })
}

/// The one rule whose parameters are set.
fn only_origin(raw: &RawParameters) -> Result<Option<Origin>, ParameterError> {
    let default_group = raw.one("defaultGroup")?.unwrap_or(DefaultGroup::AsOthers);
    let is_set = |name: &&&str| match **name {
        "defaultGroup" => default_group == DefaultGroup::Closed,
        name => raw.get(name).is_some(),
    };
    let mut set = ORIGINS.iter().filter_map(|(origin, names)| Some((*origin, *names.iter().find(is_set)?)));
    match (set.next(), set.next()) {
        (Some((_, one)), Some((_, other))) => Err(ParameterError::new(
            other,
            format!("exposure `literal` reproduces one rule, and {one} is of another"),
        )),
        (first, _) => Ok(first.map(|(origin, _)| origin)),
    }
}
