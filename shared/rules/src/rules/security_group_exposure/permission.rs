//! A permission as the rule sees it.

use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::{
    group::{self, Group, Home},
    limit::Mode,
    neighbour,
    parameters::Parameters,
    traffic::{Direction, Traffic, Transport},
};
use crate::{
    ec2::IpPermission,
    facts::{Fact, Facts},
    network::Family,
};

/// A permission in its one form: which traffic, from (or to) which blocks, prefix lists and groups.
#[derive(Debug)]
pub(super) struct Permission {
    pub(super) direction: Direction,
    /// Its place among the group's rules of its direction, from 1, as people count.
    pub(super) number: usize,
    pub(super) traffic: Traffic,
    /// All that may be the internet: blocks, and the entries of prefix lists.
    pub(super) sources: Vec<Source>,
    /// The names of prefix lists that hold an AWS service by which no stranger comes.
    pub(super) services: Vec<String>,
    /// Other security groups that deserve a look. No group is the internet.
    pub(super) groups: Vec<Group>,
    /// Prefix lists whose entries are not known.
    pub(super) unknown_lists: Vec<String>,
    /// Blocks that are none.
    pub(super) unreadable: Vec<String>,
}

/// A block that a permission lets in.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) network: IpNet,
    pub(super) description: Option<String>,
    /// The prefix list that it is an entry of.
    pub(super) list: Option<String>,
}

impl Permission {
    /// What reaches something guarded is looked into: prefix lists become blocks where their entries are known, those that
    /// are trusted are left out, and the account's other groups are looked up if the parameters say so.
    pub(super) fn new(
        (direction, index): (Direction, usize),
        recorded: &IpPermission,
        home: Home,
        parameters: &Parameters,
        facts: &Facts,
    ) -> Self {
        let (sources, unreadable) = recorded.sources();
        let pairs = &recorded.user_id_group_pairs;
        let mut permission = Self {
            direction,
            number: index + 1,
            traffic: recorded.traffic(parameters.judges_all_traffic),
            sources,
            services: Vec::new(),
            groups: pairs.iter().filter_map(|pair| group::noted(pair, home)).collect(),
            unknown_lists: recorded.lists(parameters),
            unreadable,
        };
        if parameters.guard.is_reached_by(&permission) {
            permission.resolve(facts, parameters.limit.mode);
            if parameters.follows_groups && direction == Direction::Inbound {
                let neighbours = pairs.iter().filter_map(|pair| group::neighbour(pair, home));
                let open = neighbours.filter_map(|id| neighbour::noted(id, parameters, facts));
                permission.groups.extend(open);
            }
        }
        permission.sources.retain(|source| parameters.families.includes(Family::of(&source.network)));
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
                    let list = |network| Source { network, description: None, list: Some(id.clone()) };
                    self.sources.extend(blocks.into_iter().map(list));
                }
            }
        }
    }

    /// The ports of this transport that the permission lets through.
    pub(super) fn ports(&self, transport: Transport) -> Option<RangeInclusive<u16>> {
        match &self.traffic {
            Traffic::All => Some(0..=u16::MAX),
            Traffic::Ports(own, ports) if *own == transport => Some(ports.clone()),
            _ => None,
        }
    }
}

/// Whether a prefix list is AWS's own, of a service through which no stranger opens a connection to you: nobody does from
/// the storage services, and through `ec2-instance-connect` and `vpc-lattice` only who IAM lets. That is not so of
/// `cloudfront.origin-facing`, behind which anybody can put your address, nor of `route53-healthchecks`. EC2 refuses such a
/// name to everybody else.
fn is_closed_service(name: &str) -> bool {
    const CLOSED: [&str; 5] = ["s3", "s3express", "dynamodb", "ec2-instance-connect", "vpc-lattice"];
    let service = name.strip_prefix("com.amazonaws.").and_then(|rest| rest.split('.').next_back());
    service.is_some_and(|service| CLOSED.contains(&service))
}

/// Each source with the permission that it stands in.
pub(super) fn named<'a>(
    permissions: &[&'a Permission],
) -> impl Iterator<Item = (&'a Permission, &'a Source)> {
    let of = |permission: &&'a Permission| {
        let permission = *permission;
        permission.sources.iter().map(move |source| (permission, source))
    };
    permissions.iter().flat_map(of)
}
