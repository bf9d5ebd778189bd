//! What the internet must not reach: ports and protocols, as the parameters say.

use super::{EvaluatedProtocol, PortRange, PortlessProtocol, Protocol, ProtocolPorts, ProtocolType, Traffic};
use crate::parameters::{ParameterError, RawParameters};

/// What the internet must not reach.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The traffic.
    pub traffic: Traffic,
    /// Whether that is everything that is not authorized, and not only some ports.
    pub is_allow_list: bool,
    /// Whether a permission for protocol -1 counts.
    pub includes_all_traffic: bool,
}

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

impl Guard {
    /// Reads all parameters that name ports or protocols; these ports are guarded where none names any. Protocols without
    /// ports are guarded in allow-list mode, unless it is for ports only, and if parameters name some of them.
    ///
    /// # Errors
    /// Names the first parameter that is not of its form, or contradicts another.
    pub fn read(
        raw: &RawParameters,
        default_ports: &Traffic,
        for_ports_only: bool,
    ) -> Result<Self, ParameterError> {
        let authorized = authorized(raw)?;
        let is_allow_list = !authorized.is_empty();
        let blocked = blocked(raw, &authorized)?;
        let ports = match (is_allow_list, blocked.is_empty()) {
            (true, _) => Traffic::with_ports().minus(&authorized),
            (false, true) => default_ports.clone(),
            (false, false) => blocked,
        };
        let protocols = protocols(raw, is_allow_list && !for_ports_only)?;
        let traffic = ports.plus(&protocols).within(&evaluated(raw)?);
        Ok(Self { traffic, is_allow_list, includes_all_traffic: true })
    }

    /// The ports that are guarded unless parameters name others: SSH and RDP.
    #[must_use]
    pub fn default_ports() -> Traffic {
        [22, 3389].into_iter().map(both).collect()
    }

    /// All by which somebody gets in.
    #[must_use]
    pub fn every_way_in(&self) -> Self {
        Self { traffic: Traffic::all().minus(&Traffic::icmp()), is_allow_list: false, ..*self }
    }

    /// Refuses parameters that leave nothing to evaluate.
    ///
    /// # Errors
    /// Names the first parameter that is set and leaves something out.
    pub fn checked(self, raw: &RawParameters) -> Result<Self, ParameterError> {
        if !self.traffic.is_empty() {
            return Ok(self);
        }
        let narrowing = ["protocols", "protocolType", "authorizedTcpPorts", "allowedProtocols"];
        let set = narrowing.into_iter().find(|name| raw.get(name).is_some()).unwrap_or("exposure");
        // ICMP is the one protocol that can be named and is allowed all the same.
        let hint = if set == "protocols" && evaluated(raw)?.meets(&Traffic::icmp()) {
            "; ICMP is evaluated if `allowIcmp` is `false`"
        } else {
            ""
        };
        Err(ParameterError::new(set, format!("leaves nothing to evaluate{hint}")))
    }
}

/// The ports that the internet may reach, if any are named.
fn authorized(raw: &RawParameters) -> Result<Traffic, ParameterError> {
    let mut authorized = Traffic::default();
    for (name, protocol) in [("authorizedTcpPorts", Protocol::TCP), ("authorizedUdpPorts", Protocol::UDP)] {
        let ranges: Vec<PortRange> = raw.list(name)?;
        let ports = ranges.into_iter().map(|PortRange(range)| Traffic::ports(protocol, range));
        authorized = authorized.plus(&ports.collect());
    }
    Ok(authorized)
}

/// All ports that are named as such that must not be reached.
fn blocked(raw: &RawParameters, authorized: &Traffic) -> Result<Traffic, ParameterError> {
    let mut blocked = Traffic::default();
    for name in LISTS.into_iter().chain(SLOTS.map(|(name, _)| name)) {
        let ports: Vec<ProtocolPorts> = raw.list(name)?;
        let own: Traffic = ports.into_iter().map(|ProtocolPorts(ports)| ports).collect();
        if let Some(both) = own.within(authorized).list().first() {
            return Err(ParameterError::new(name, format!("{both} is authorized as well")));
        }
        blocked = blocked.plus(&own);
    }
    if SLOTS.iter().any(|(name, _)| raw.get(name).is_some()) {
        let unset = SLOTS.iter().filter(|(name, _)| raw.get(name).is_none());
        blocked = blocked.plus(&unset.map(|(_, port)| both(*port)).collect());
    }
    Ok(blocked)
}

/// A port of TCP and of UDP.
fn both(port: u16) -> Traffic {
    [Protocol::TCP, Protocol::UDP].map(|protocol| Traffic::ports(protocol, port..=port)).into_iter().collect()
}

/// The protocols without ports that must not be reached.
fn protocols(raw: &RawParameters, is_allow_list: bool) -> Result<Traffic, ParameterError> {
    let named: Vec<PortlessProtocol> = raw.list("allowedProtocols")?;
    let guards_all = is_allow_list || !named.is_empty();
    let allowed: Traffic = named.into_iter().map(|PortlessProtocol(protocol)| protocol).collect();
    let allows_icmp: Option<bool> = raw.one("allowIcmp")?;
    let is_partial = |protocol| {
        let all = Traffic::of(protocol);
        allowed.meets(&all) && !all.minus(&allowed).is_empty()
    };
    if allows_icmp == Some(true) && [Protocol::ICMP, Protocol::ICMPV6].into_iter().any(is_partial) {
        let problem = "names types of ICMP, and `allowIcmp` = `true` allows them all";
        return Err(ParameterError::new("allowedProtocols", problem));
    }
    let others = Traffic::all().minus(&Traffic::with_ports()).minus(&Traffic::icmp());
    let guarded =
        [(guards_all, others), (allows_icmp.map_or(guards_all, |is_allowed| !is_allowed), Traffic::icmp())];
    let guarded: Traffic =
        guarded.into_iter().filter_map(|(is_guarded, set)| is_guarded.then_some(set)).collect();
    Ok(guarded.minus(&allowed))
}

/// What `protocols` and `protocolType` leave.
fn evaluated(raw: &RawParameters) -> Result<Traffic, ParameterError> {
    let named: Vec<EvaluatedProtocol> = raw.list("protocols")?;
    let one: Option<ProtocolType> = raw.one("protocolType")?;
    let named: Vec<_> = named
        .into_iter()
        .map(|EvaluatedProtocol(protocol)| protocol)
        .chain(one.map(|ProtocolType(protocol)| protocol))
        .collect();
    Ok(if named.is_empty() { Traffic::all() } else { named.into_iter().collect() })
}
