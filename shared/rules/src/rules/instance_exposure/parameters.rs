//! The rule's parameters: what must not be reached and by whom, how far the way is looked at, and what is exempt.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::{
    ec2::{instance_states::InstanceStates, is_id},
    finding::MissingData,
    network::{
        Addresses, Family, Guard, IpType, Limit, Mode, ProtocolPorts, Traffic, Zone, parameters as shared,
    },
    parameters::{Parameter, ParameterError, RawParameters, Value, ValueError, keywords},
};

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    pub(super) guard: Guard,
    pub(super) limit: Limit,
    pub(super) path: Path,
    pub(super) inspected: Inspected,
    pub(super) states: InstanceStates,
    pub(super) unresolved_list: Option<MissingData>,
    exempt: Vec<Exempt>,
}

/// The parameter `path`: how much of the way to an instance is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Path {
    Full,
    Address,
    Groups,
}

keywords!(
    Path,
    "`full`, `address` or `groups`",
    "full" => Self::Full,
    "address" => Self::Address,
    "groups" => Self::Groups,
);

/// The parameter `inspected`: what a firewall or an appliance on the way counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inspected {
    Allow,
    Deny,
}

keywords!(Inspected, "`allow` or `deny`", "allow" => Self::Allow, "deny" => Self::Deny);

/// The parameter `exposure`, of which there is no managed rule to reproduce.
struct ExposureMode(Mode);

keywords!(
    ExposureMode,
    "`threshold` or `anyPublic`",
    "threshold" => Self(Mode::Threshold),
    "anyPublic" => Self(Mode::AnyPublic),
);

/// The id of a security group.
struct GroupId(String);

impl Value for GroupId {
    const FORM: &'static str = "the id of a security group: `sg-` and 8 or 17 of 0-9, a-f";
    const PATTERN: &'static str = "sg-(?:[0-9a-f]{8}|[0-9a-f]{17})";

    fn parse(text: &str) -> Result<Self, ValueError> {
        is_id(text, "sg-").then(|| Self(text.to_owned())).ok_or(ValueError::Form)
    }
}

/// An address of the instance, which an exemption may name without a length.
struct Block(IpNet);

impl Value for Block {
    const FORM: &'static str =
        "an address, or a CIDR block, such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32";
    const PATTERN: &'static str = r"[0-9.]+(?:/[0-9]{1,2})?|[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?";

    fn parse(text: &str) -> Result<Self, ValueError> {
        text.parse::<IpAddr>().map_or_else(|_| IpNet::parse(text), |address| Ok(address.into())).map(Self)
    }
}

/// What somebody answers for: all that is named is so of it.
#[derive(Clone, Debug)]
struct Exempt {
    traffic: Option<Traffic>,
    sources: Option<Addresses>,
    addresses: Option<Addresses>,
    groups: Vec<String>,
}

/// The parts of an exemption.
const PORTS: &str = "ports";
const CIDRS: &str = "cidrs";
const ADDRESSES: &str = "addresses";
const GROUPS: &str = "groups";

impl Exempt {
    fn read(parts: &RawParameters) -> Result<Self, ParameterError> {
        let traffic: Vec<ProtocolPorts> = parts.list(PORTS)?;
        let sources: Vec<IpNet> = parts.list(CIDRS)?;
        let addresses: Vec<Block> = parts.list(ADDRESSES)?;
        let groups: Vec<GroupId> = parts.list(GROUPS)?;
        if !groups.is_empty() && !sources.is_empty() {
            return Err(ParameterError::new(
                CIDRS,
                "cannot be named together with `groups`: write two entries",
            ));
        }
        let addresses: Vec<_> = addresses.into_iter().map(|Block(block)| block).collect();
        Ok(Self {
            traffic: (!traffic.is_empty())
                .then(|| traffic.into_iter().map(|ProtocolPorts(own)| own).collect()),
            sources: (!sources.is_empty()).then(|| sources.iter().collect()),
            addresses: (!addresses.is_empty()).then(|| addresses.iter().collect()),
            groups: groups.into_iter().map(|GroupId(id)| id).collect(),
        })
    }

    /// The zone without what is exempt.
    fn leave(&self, zone: Zone) -> Vec<Zone> {
        let all = Traffic::all();
        let [outside, mut inside] = zone.cut(self.traffic.as_ref().unwrap_or(&all), &Addresses::default());
        match &self.sources {
            Some(sources) => inside = inside.trusting(sources),
            None if self.groups.is_empty() => return vec![outside],
            None => inside.ignored_groups.extend(self.groups.iter().cloned()),
        }
        vec![outside, inside]
    }
}

impl Parameters {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        let mode: Option<ExposureMode> = raw.one(EXPOSURE.name)?;
        let mode = mode.map_or(Mode::Threshold, |ExposureMode(mode)| mode);
        Ok(Self {
            guard: Guard::read(raw, &Guard::default_ports(), false)?.checked(raw)?,
            limit: Limit { mode, ..Limit::read(raw)? },
            path: raw.one(PATH)?.unwrap_or(Path::Full),
            inspected: raw.one(INSPECTED)?.unwrap_or(Inspected::Allow),
            states: InstanceStates::read(raw)?,
            unresolved_list: raw.one(shared::UNRESOLVED_PREFIX_LIST.name)?,
            exempt: Vec::new(),
        })
    }

    /// The parameters as if these parts did not matter.
    pub(super) fn without(mut self, parts: &RawParameters) -> Result<Self, ParameterError> {
        let exempt = Exempt::read(parts)?;
        if !parts.is_empty() {
            self.exempt.push(exempt);
        }
        Ok(self)
    }

    /// Which exemptions are for this address of an instance; or, without one, for every address.
    pub(super) fn exempt(&self, address: Option<IpAddr>) -> Vec<usize> {
        let is_for = |exempt: &Exempt| match (&exempt.addresses, address) {
            (None, _) => true,
            (Some(addresses), Some(address)) => addresses.contains(address),
            (Some(_), None) => false,
        };
        (0..self.exempt.len()).filter(|index| is_for(&self.exempt[*index])).collect()
    }

    /// The limit, for one family.
    pub(super) fn limit_of(&self, family: Family) -> Limit {
        Limit { families: IpType::One(family), ..self.limit.clone() }
    }

    /// What is guarded from whom, in one family: one zone, cut where these exemptions are for some of it only.
    pub(super) fn zones(&self, family: Family, exempt: &[usize]) -> Vec<Zone> {
        let (traffic, limit) = (self.guard.traffic.clone(), self.limit_of(family));
        let all = Zone { traffic, limit, ignored_groups: Vec::new() };
        let exempt = exempt.iter().map(|index| &self.exempt[*index]);
        exempt
            .fold(vec![all], |zones, exempt| zones.into_iter().flat_map(|zone| exempt.leave(zone)).collect())
    }

    /// Where people who deploy these parameters would see less than they might think.
    pub(super) fn cautions(&self) -> Vec<String> {
        let left_out = Family::ALL.into_iter().filter(|family| !self.limit.families.includes(*family));
        left_out.map(|family| format!("{} addresses are not evaluated", family.name())).collect()
    }
}

/// The parts of a finding that an exemption may name.
pub(super) const PARTS: &[Parameter] = &[
    Parameter::list::<ProtocolPorts>(PORTS, None, "These ports; with the others, those of them only."),
    Parameter::list::<IpNet>(CIDRS, None, "These sources; with `ports` or `addresses`, there only."),
    Parameter::list::<Block>(
        ADDRESSES,
        None,
        "These public addresses of the instance; with the others, those of them only.",
    ),
    Parameter::list::<GroupId>(
        GROUPS,
        None,
        "What these groups let in; with `ports` or `addresses`, there only. Not together with `cidrs`.",
    ),
];

const PATH: &str = "path";
const INSPECTED: &str = "inspected";

const EXPOSURE: Parameter = Parameter::one::<ExposureMode>(
    "exposure",
    Some("threshold"),
    "`threshold`: more public addresses than `maxPublicAddresses`; `anyPublic`: one is enough.",
);

/// All of them, as users see them.
pub(super) const PARAMETERS: &[Parameter] = &[
    shared::ADMIN_PORTS,
    shared::BLOCKED_PORTS,
    shared::RESTRICT_PORTS,
    shared::AUTHORIZED_TCP_PORTS,
    shared::AUTHORIZED_UDP_PORTS,
    shared::ALLOWED_PROTOCOLS,
    Parameter::one::<bool>(
        "allowIcmp",
        Some("true"),
        "Whether the internet may send ICMP. The default is `false` with `allowedProtocols`, and in allow-list mode.",
    ),
    shared::TRUSTED_CIDRS,
    shared::TRUSTED_PREFIX_LISTS,
    EXPOSURE,
    shared::MAX_PUBLIC_ADDRESSES,
    shared::PROTOCOLS,
    shared::IP_TYPE,
    Parameter::one::<Path>(
        PATH,
        Some("full"),
        "`full`: address, groups, network ACL, routes and block public access; `address`: address and groups; `groups`: the groups \
         of every interface, as if it had an address.",
    ),
    Parameter::one::<Inspected>(
        INSPECTED,
        Some("allow"),
        "`deny`: a way to the internet through a firewall's or a Gateway Load Balancer's endpoint counts as one to an internet gateway.",
    ),
    InstanceStates::PARAMETER,
    shared::UNRESOLVED_PREFIX_LIST,
];
