//! A permission of a security group, read: which traffic it lets through, from or to which blocks and prefix lists.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::{Family, Guard, Limit, Mode, Protocol, Source, Traffic, cidr};
use crate::{
    ec2::{IpPermission, SecurityGroup},
    facts::{Fact, Facts},
};

/// Which way a permission lets traffic through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `ipPermissions`.
    Inbound,
    /// `ipPermissionsEgress`.
    Outbound,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Inbound, Self::Outbound];

    /// `inbound` or `outbound`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }

    /// What stands before the other side: `from` or `to`.
    #[must_use]
    pub fn preposition(self) -> &'static str {
        match self {
            Self::Inbound => "from",
            Self::Outbound => "to",
        }
    }
}

/// A permission in its one form.
#[derive(Debug)]
pub struct Permission<'a> {
    /// The group that has it.
    pub group_id: &'a str,
    /// Which way it lets traffic through.
    pub direction: Direction,
    /// Its place among the group's permissions of its direction, from 1, as people count.
    pub number: usize,
    /// As it is recorded.
    pub recorded: &'a IpPermission,
    /// What it lets through; all that it may let through, if that is not known.
    pub traffic: Traffic,
    /// Why its traffic is not known.
    pub problem: Option<Problem>,
    /// All that may be the internet: blocks, and the entries of prefix lists.
    pub sources: Vec<Source>,
    /// The names of prefix lists that hold an AWS service by which no stranger comes.
    pub services: Vec<String>,
    /// Prefix lists whose entries are not known.
    pub unknown_lists: Vec<String>,
    /// Blocks that are none.
    pub unreadable: Vec<String>,
}

/// Why it is not known what a permission lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The protocol is missing.
    NoProtocol,
    /// Nobody knows a protocol of this name.
    UnknownProtocol(String),
    /// The ports of TCP or UDP are missing, or end before they begin.
    NoPorts(Protocol),
}

impl<'a> Permission<'a> {
    /// The permissions of a group in these directions; `None` if they are not recorded. Of those that let guarded traffic
    /// through, prefix lists are looked up, and become blocks where their entries are known; of others nothing is looked up.
    #[must_use]
    pub fn of_group(
        group_id: &'a str,
        group: &'a SecurityGroup,
        directions: &[Direction],
        guard: &Guard,
        limit: &Limit,
        facts: &Facts,
    ) -> Option<Vec<Self>> {
        let mut permissions = Vec::new();
        for direction in directions {
            let recorded = match direction {
                Direction::Inbound => group.ip_permissions.as_ref()?,
                Direction::Outbound => group.ip_permissions_egress.as_ref()?,
            };
            let read =
                |(recorded, number)| Self::new((group_id, *direction, number), recorded, guard, limit, facts);
            permissions.extend(recorded.iter().zip(1..).map(read));
        }
        Some(permissions)
    }

    fn new(
        (group_id, direction, number): (&'a str, Direction, usize),
        recorded: &'a IpPermission,
        guard: &Guard,
        limit: &Limit,
        facts: &Facts,
    ) -> Self {
        let (sources, unreadable) = sources(recorded);
        let (traffic, problem) = match Traffic::try_from(recorded) {
            Ok(_) if recorded.is_all_traffic() && !guard.includes_all_traffic => (Traffic::default(), None),
            Ok(traffic) => (traffic, None),
            Err(problem) => (problem.traffic(), Some(problem)),
        };
        let (unknown_lists, services) = (lists(recorded, limit), Vec::new());
        let mut permission = Self {
            group_id,
            direction,
            number,
            recorded,
            traffic,
            problem,
            sources,
            services,
            unknown_lists,
            unreadable,
        };
        if permission.traffic.meets(&guard.traffic) {
            permission.resolve(facts, limit.mode);
        }
        permission.sources.retain(|source| limit.families.includes(Family::of(&source.network)));
        permission
    }

    /// Puts the entries of the prefix lists that are known in their place.
    fn resolve(&mut self, facts: &Facts, mode: Mode) {
        for id in std::mem::take(&mut self.unknown_lists) {
            let known = match facts.prefix_list(&id) {
                Fact::Known(list) => list.blocks().map(|blocks| (blocks, list.name.as_ref())),
                Fact::Absent | Fact::Unavailable(_) => None,
            };
            match known {
                None => self.unknown_lists.push(id),
                Some((_, Some(name))) if mode == Mode::Threshold && is_closed_service(name) => {
                    self.services.push(name.clone());
                }
                Some((blocks, _)) => {
                    let entry = |network| Source { network, description: None, list: Some(id.clone()) };
                    self.sources.extend(blocks.into_iter().map(entry));
                }
            }
        }
    }

    /// Whether everything about it is known, but for its traffic.
    #[must_use]
    pub fn has_known_sources(&self) -> bool {
        self.unknown_lists.is_empty() && self.unreadable.is_empty()
    }
}

/// Whether a prefix list is AWS's own, of a service through which no stranger opens a connection to you: nobody does from
/// the storage services, and through `ec2-instance-connect` and `vpc-lattice` only those whom IAM lets. That is not so of
/// `cloudfront.origin-facing`, behind which anybody can put your address, nor of `route53-healthchecks`. EC2 refuses such a
/// name to everybody else.
fn is_closed_service(name: &str) -> bool {
    const CLOSED: [&str; 5] = ["s3", "s3express", "dynamodb", "ec2-instance-connect", "vpc-lattice"];
    let service = name.strip_prefix("com.amazonaws.").and_then(|rest| rest.split('.').next_back());
    service.is_some_and(|service| CLOSED.contains(&service))
}

/// The blocks, and what stands among them but is none.
fn sources(recorded: &IpPermission) -> (Vec<Source>, Vec<String>) {
    // By block, because one may stand there twice; the first has the description.
    let mut sources: BTreeMap<IpNet, Option<String>> = BTreeMap::new();
    let mut unreadable = Vec::new();
    for range in recorded.ranges() {
        match cidr(&range.cidr) {
            Some(network) => {
                let description = || range.description.clone().filter(|text| !text.is_empty());
                sources.entry(network).or_insert_with(description);
            }
            None => unreadable.push(range.cidr.clone()),
        }
    }
    let source = |(network, description)| Source { network, description, list: None };
    (sources.into_iter().map(source).collect(), unreadable)
}

/// The prefix lists to look into. The managed rules look into none.
fn lists(recorded: &IpPermission, limit: &Limit) -> Vec<String> {
    let ids = recorded.prefix_list_ids.iter().map(|list| list.prefix_list_id.as_deref().unwrap_or("?"));
    let is_skipped = |id: &&str| limit.is_literal() || limit.trusted_lists.iter().any(|list| list.is(id));
    ids.filter(|id| !is_skipped(id)).map(str::to_owned).collect()
}

/// What a permission lets through, as far as it is known.
impl TryFrom<&IpPermission> for Traffic {
    type Error = Problem;

    fn try_from(recorded: &IpPermission) -> Result<Self, Problem> {
        if recorded.is_all_traffic() {
            return Ok(Self::all());
        }
        let name = recorded.ip_protocol.as_deref().unwrap_or_default().trim();
        let (from, to) = (recorded.from_port, recorded.to_port);
        match Protocol::from_text(name) {
            None if name.is_empty() => Err(Problem::NoProtocol),
            None => Err(Problem::UnknownProtocol(name.to_owned())),
            Some(protocol) if protocol.has_ports() => match (number(from), number(to)) {
                (Some(from), Some(to)) if from <= to => Ok(Self::ports(protocol, from..=to)),
                _ => Err(Problem::NoPorts(protocol)),
            },
            // EC2 writes -1 for every type, and for every code of a type.
            Some(protocol) if protocol.has_types() => Ok(number(from)
                .map_or_else(|| Self::of(protocol), |from| Self::icmp_type(protocol, from, number(to)))),
            Some(protocol) => Ok(Self::of(protocol)),
        }
    }
}

fn number<N: TryFrom<i64>>(number: Option<i64>) -> Option<N> {
    number.and_then(|number| number.try_into().ok())
}

impl Problem {
    /// All that the permission may let through.
    fn traffic(&self) -> Traffic {
        match self {
            Self::NoProtocol | Self::UnknownProtocol(_) => Traffic::all(),
            Self::NoPorts(protocol) => Traffic::of(*protocol),
        }
    }
}
