//! Exemptions of a part of a finding: some ports, some sources, or some sources on some ports.

use ipnet::IpNet;

use super::{guard::Guard, limit::Limit, parameters::Parameters};
use crate::{
    network::{Addresses, PortRange, Ports},
    parameters::{Parameter, ParameterError, RawParameters},
};

/// The parts of a finding that an exemption may name.
pub(super) const PARTS: &[Parameter] = &[
    Parameter::list::<PortRange>(
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

/// Sources that are exempt on some ports only.
#[derive(Clone, Debug)]
pub(super) struct Exempt {
    ports: Ports,
    sources: Addresses,
}

/// What is guarded, and from whom.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    pub(super) guard: Guard,
    pub(super) limit: Limit,
}

impl Parameters {
    /// The parameters as if these parts did not matter.
    pub(super) fn without(mut self, parts: &RawParameters) -> Result<Self, ParameterError> {
        let ranges: Vec<PortRange> = parts.list("ports")?;
        let blocks: Vec<IpNet> = parts.list("cidrs")?;
        let sources: Addresses = blocks.iter().collect();
        let exempt: Ports = ranges.into_iter().map(|PortRange(range)| range).collect();
        match (exempt.is_empty(), blocks.is_empty()) {
            (true, true) => {}
            (true, false) => self.limit = self.limit.trusting(&sources),
            (false, true) => self.guard = self.guard.outside(&exempt),
            (false, false) => self.exempt.push(Exempt { ports: exempt, sources }),
        }
        Ok(self)
    }

    /// What is guarded from whom: one zone, cut where sources are exempt on some ports only.
    pub(super) fn zones(&self) -> Vec<Zone> {
        let mut zones = vec![Zone { guard: self.guard.clone(), limit: self.limit.clone() }];
        for Exempt { ports, sources } in &self.exempt {
            zones = zones.into_iter().flat_map(|zone| zone.cut(ports, sources)).collect();
        }
        zones
    }
}

impl Zone {
    fn cut(self, ports: &Ports, sources: &Addresses) -> [Self; 2] {
        let inside = Self { guard: self.guard.inside(ports), limit: self.limit.trusting(sources) };
        [Self { guard: self.guard.outside(ports), limit: self.limit }, inside]
    }
}

impl Limit {
    fn trusting(&self, sources: &Addresses) -> Self {
        Self { trusted: self.trusted.plus(sources), ..self.clone() }
    }
}

impl Guard {
    fn outside(&self, ports: &Ports) -> Self {
        Self { tcp: &self.tcp - ports, udp: &self.udp - ports, ..self.clone() }
    }

    /// Nothing but ports: protocols have none.
    fn inside(&self, ports: &Ports) -> Self {
        Self { tcp: &self.tcp & ports, udp: &self.udp & ports, icmp: false, others: false, ..self.clone() }
    }
}
