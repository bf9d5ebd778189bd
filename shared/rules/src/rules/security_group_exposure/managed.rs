//! The managed rules' parameters: which of them are set, and the ports that they name.

use crate::{
    network::{PortRange, Ports},
    parameters::{ParameterError, RawParameters},
};

/// The rule whose list of ports it is. `literal` reproduces one; the other exposures add them up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Own,
    CommonPorts,
    PortRestriction,
    AuthorizedPorts,
}

/// The parameters by which each is known.
const ORIGINS: [(Origin, &[&str]); 4] = [
    (Origin::Own, &["adminPorts"]),
    (
        Origin::CommonPorts,
        &["blockedPort1", "blockedPort2", "blockedPort3", "blockedPort4", "blockedPort5", "blockedPorts"],
    ),
    (Origin::PortRestriction, &["restrictPorts", "protocolType", "ipType", "excludeExternalSecurityGroups"]),
    (Origin::AuthorizedPorts, &["authorizedTcpPorts", "authorizedUdpPorts"]),
];

/// The slots of restricted-common-ports. Once one is set, those that are not have their default.
const SLOTS: [(&str, u16); 5] = [
    ("blockedPort1", 20),
    ("blockedPort2", 21),
    ("blockedPort3", 3389),
    ("blockedPort4", 3306),
    ("blockedPort5", 4333),
];

/// The other parameters that name ports which must not be reached.
const LISTS: [&str; 3] = ["adminPorts", "blockedPorts", "restrictPorts"];

/// The one rule whose parameters are set.
pub(super) fn only_origin(raw: &RawParameters) -> Result<Option<Origin>, ParameterError> {
    let is_set = |name: &&&str| raw.get(name).is_some();
    let mut set = ORIGINS.iter().filter_map(|(origin, names)| Some((*origin, *names.iter().find(is_set)?)));
    match (set.next(), set.next()) {
        (Some((_, one)), Some((_, other))) => Err(ParameterError::new(
            other,
            format!("exposure `literal` reproduces one rule, and {one} is of another"),
        )),
        (first, _) => Ok(first.map(|(origin, _)| origin)),
    }
}

/// All ports that are named as such that must not be reached.
pub(super) fn blocked(raw: &RawParameters, authorized: &Ports) -> Result<Ports, ParameterError> {
    let mut blocked = Ports::new();
    for name in LISTS.into_iter().chain(SLOTS.map(|(name, _)| name)) {
        let own = ports(raw, name)?;
        if let Some(both) = (&own & authorized).first() {
            return Err(ParameterError::new(name, format!("port {both} is authorized as well")));
        }
        blocked |= own;
    }
    if SLOTS.iter().any(|(name, _)| raw.get(name).is_some()) {
        let unset = SLOTS.iter().filter(|(name, _)| raw.get(name).is_none());
        blocked.extend(unset.map(|(_, port)| *port));
    }
    Ok(blocked)
}

/// The ports of one parameter; none if it is not set.
pub(super) fn ports(raw: &RawParameters, name: &'static str) -> Result<Ports, ParameterError> {
    let ranges: Vec<PortRange> = raw.list(name)?;
    Ok(ranges.into_iter().map(|PortRange(range)| range).collect())
}
