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

    /// Case 24.
    #[test]
    fn a_port_is_exempt_whoever_reaches_it() {
        leaves(&json!({"ports": "22"}), &["tcp/23 "], &BOTH);
        leaves(&json!({"ports": "22-23"}), &[], &[]);
    }

    /// Case 24.
    #[test]
    fn a_source_is_exempt_whatever_it_reaches() {
        leaves(&json!({"cidrs": "203.0.0.0/8"}), &["tcp/22-23 "], &["11.0.0.0/8"]);
        leaves(&json!({"cidrs": "203.0.0.0/8, 11.0.0.0/8"}), &[], &[]);
    }

    /// Case 24.
    #[test]
    fn a_source_is_exempt_on_one_port_only() {
        leaves(&json!({"ports": "22-23", "cidrs": "203.0.0.0/8, 11.0.0.0/8"}), &[], &[]);
        leaves(&json!({"ports": "22", "cidrs": "203.0.0.0/8, 11.0.0.0/8"}), &["tcp/23 "], &BOTH);
    }
}
