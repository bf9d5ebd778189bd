//! What the internet must not reach: ports and protocols, from the rule's own parameters and from the managed rules'.

use super::{
    forms::{Protocol, ProtocolType},
    limit::Mode,
    managed::{Origin, blocked, only_origin, ports},
    permission::Permission,
    traffic::{Traffic, Transport},
};
use crate::{
    network::Ports,
    parameters::{ParameterError, RawParameters},
};

/// What the internet must not reach, of the protocols that are judged.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// Whether everything is guarded that is not authorized, and not only some ports.
    pub(super) is_allow_list: bool,
    pub(super) tcp: Ports,
    pub(super) udp: Ports,
    pub(super) icmp: bool,
    /// The protocols that have no ports and are not ICMP.
    pub(super) others: bool,
}

const SSH: u16 = 22;
const DEFAULT_PORTS: [u16; 2] = [SSH, 3389];

impl Guard {
    pub(super) fn read(raw: &RawParameters, mode: Mode) -> Result<Self, ParameterError> {
        let is_literal = mode == Mode::Literal;
        let origin = if is_literal { only_origin(raw)? } else { Some(Origin::Own) };
        let (tcp, udp) = (ports(raw, "authorizedTcpPorts")?, ports(raw, "authorizedUdpPorts")?);
        let is_allow_list = !(tcp.is_empty() && udp.is_empty());
        let blocked = blocked(raw, &(&tcp | &udp))?;
        let (tcp, udp) = match origin {
            _ if is_allow_list => (!tcp, !udp),
            // restricted-ssh takes no parameters.
            None => (Ports::from_iter([SSH]), Ports::new()),
            // restricted-common-ports knows TCP only.
            Some(Origin::CommonPorts) => (blocked, Ports::new()),
            _ if blocked.is_empty() => (Ports::from_iter(DEFAULT_PORTS), Ports::from_iter(DEFAULT_PORTS)),
            _ => (blocked.clone(), blocked),
        };
        // No managed rule judges protocols without ports.
        let judges_protocols = is_allow_list && !is_literal;
        Self { is_allow_list, tcp, udp, icmp: judges_protocols, others: judges_protocols }.narrowed(raw)
    }

    /// Leaves what `protocols`, `protocolType` and `allowIcmp` leave.
    fn narrowed(self, raw: &RawParameters) -> Result<Self, ParameterError> {
        let mut named: Vec<Protocol> = raw.list("protocols")?;
        named.extend(raw.one::<ProtocolType>("protocolType")?.map(|ProtocolType(protocol)| protocol));
        let all = named.is_empty() || named.contains(&Protocol::All);
        let is_named = |protocol| all || named.contains(&protocol);
        let kept = |ports, protocol| if is_named(protocol) { ports } else { Ports::new() };
        let icmp = raw.one("allowIcmp")?.map_or(self.icmp, |is_allowed: bool| !is_allowed);
        let guard = Self {
            tcp: kept(self.tcp, Protocol::Tcp),
            udp: kept(self.udp, Protocol::Udp),
            icmp: icmp && is_named(Protocol::Icmp),
            others: self.others && all,
            ..self
        };
        guard.guards_something().then_some(guard).ok_or_else(|| {
            let narrowing = ["protocols", "protocolType", "authorizedTcpPorts"];
            let set = narrowing.into_iter().find(|name| raw.get(name).is_some());
            // ICMP is the one protocol that can be named and is allowed all the same.
            let hint = if named.contains(&Protocol::Icmp) {
                "; ICMP is judged if `allowIcmp` is `false`"
            } else {
                ""
            };
            ParameterError::new(set.unwrap_or("exposure"), format!("leaves nothing to judge{hint}"))
        })
    }

    fn guards_something(&self) -> bool {
        !(self.tcp.is_empty() && self.udp.is_empty()) || self.icmp || self.others
    }

    /// The guarded ports of a protocol that has ports.
    pub(super) fn ports(&self, transport: Transport) -> &Ports {
        match transport {
            Transport::Tcp => &self.tcp,
            Transport::Udp => &self.udp,
        }
    }

    /// All by which somebody gets in.
    pub(super) fn every_way_in() -> Self {
        Self { is_allow_list: false, tcp: !Ports::new(), udp: !Ports::new(), icmp: false, others: true }
    }

    /// Everything else: what the internet may reach, for all that the parameters say.
    pub(super) fn rest(&self) -> Self {
        Self {
            is_allow_list: false,
            tcp: !&self.tcp,
            udp: !&self.udp,
            icmp: !self.icmp,
            others: !self.others,
        }
    }

    /// Whether a permission lets through something that is guarded, or may do so for all that can be read of it.
    pub(super) fn is_reached_by(&self, permission: &Permission) -> bool {
        match &permission.traffic {
            Traffic::All | Traffic::Unnamed => true,
            Traffic::Ports(transport, ports) => {
                !self.ports(*transport).is_disjoint(&Ports::from_iter([ports.clone()]))
            }
            Traffic::WithoutPorts(transport) => !self.ports(*transport).is_empty(),
            Traffic::Protocol(protocol) => {
                if protocol.is_icmp() {
                    self.icmp
                } else {
                    self.others
                }
            }
        }
    }
}
