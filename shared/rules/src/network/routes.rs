//! Route tables: which destinations are sent where, by the longest prefix.

use std::{cmp::Reverse, net::IpAddr};

use ipnet::IpNet;

use super::{Addresses, cidr};
use crate::{
    ec2::{Route, RouteTable},
    facts::{Fact, Facts},
};

/// Where a route leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// An internet gateway.
    InternetGateway,
    /// The gateway to a carrier's network (AWS Wavelength).
    CarrierGateway,
    /// An endpoint of a firewall, or of a Gateway Load Balancer with an appliance behind it.
    Inspection,
    /// Anywhere else, or nowhere: what it leads to is gone.
    Elsewhere,
}

/// What is taken for granted where something is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assume {
    /// That it lets everything through.
    Open,
    /// That it stops everything.
    Closed,
}

/// A route table, read.
#[derive(Debug)]
pub(crate) struct Routes<'a> {
    /// The longest prefix first.
    destinations: Vec<(IpNet, Target, &'a Route)>,
    /// Routes by prefix lists whose entries are not known.
    unknown: Vec<(&'a str, Target)>,
}

impl<'a> Routes<'a> {
    /// Reads a route table, and the prefix lists in it.
    ///
    /// # Errors
    /// Says what cannot be read: any route may be the one that is taken.
    pub(crate) fn read(table: &'a RouteTable, facts: &Facts) -> Result<Self, String> {
        let id = table.route_table_id.as_deref().unwrap_or("the route table");
        let recorded = table.routes.as_ref().ok_or_else(|| format!("the routes of {id} are not known"))?;
        let mut routes = Self { destinations: Vec::new(), unknown: Vec::new() };
        for (route, number) in recorded.iter().zip(1..) {
            routes.add(route, facts).ok_or_else(|| format!("route {number} of {id} cannot be read"))?;
        }
        // Of equal destinations, a block comes before a prefix list, and what somebody wrote before what was propagated.
        routes.destinations.sort_by_key(|(block, _, route)| {
            let is_propagated = route.origin.as_deref() == Some("EnableVgwRoutePropagation");
            (Reverse(block.prefix_len()), route.destination_prefix_list_id.is_some(), is_propagated)
        });
        Ok(routes)
    }

    fn add(&mut self, route: &'a Route, facts: &Facts) -> Option<()> {
        let target = Target::of(route);
        let blocks = [&route.destination_cidr_block, &route.destination_ipv6_cidr_block];
        let blocks = blocks.into_iter().flatten().map(|block| cidr(block)).collect::<Option<Vec<_>>>()?;
        match &route.destination_prefix_list_id {
            Some(id) => self.add_list(id, target, route, facts),
            None if blocks.is_empty() => return None,
            None => self.destinations.extend(blocks.into_iter().map(|block| (block, target, route))),
        }
        Some(())
    }

    fn add_list(&mut self, id: &'a str, target: Target, route: &'a Route, facts: &Facts) {
        let known = match facts.prefix_list(id) {
            Fact::Known(list) => list.blocks().map(|blocks| (blocks, list.is_of_aws())),
            Fact::Absent | Fact::Unavailable(_) => None,
        };
        let Some((blocks, is_of_aws)) = known else { return self.unknown.push((id, target)) };
        // The endpoint of an AWS service, as Amazon S3, is a way to that service only.
        let target = if is_of_aws && target == Target::Inspection { Target::Elsewhere } else { target };
        self.destinations.extend(blocks.into_iter().map(|block| (block, target, route)));
    }

    /// The prefix lists whose entries are not known.
    pub(crate) fn unknown_lists(&self) -> impl Iterator<Item = &'a str> {
        self.unknown.iter().map(|(id, _)| *id)
    }

    /// The addresses that are sent to one of these targets.
    pub(crate) fn sent_to(&self, targets: &[Target], assume: Assume) -> Addresses {
        let (mut sent, mut decided) = (Addresses::default(), Addresses::default());
        for (block, target, _) in &self.destinations {
            let block: Addresses = [block].into_iter().collect();
            if targets.contains(target) {
                sent = sent.plus(&block.minus(&decided));
            }
            decided = decided.plus(&block);
        }
        // What a list that is not known holds may be anything.
        let is_there = |target: &Target| targets.contains(target);
        match assume {
            Assume::Open if self.unknown.iter().any(|(_, target)| is_there(target)) => Addresses::all(),
            Assume::Closed if self.unknown.iter().any(|(_, target)| !is_there(target)) => {
                Addresses::default()
            }
            _ => sent,
        }
    }

    /// The route that is taken to an address.
    pub(crate) fn to(&self, address: IpAddr) -> Option<&'a Route> {
        self.destinations.iter().find(|(block, ..)| block.contains(&address)).map(|(_, _, route)| *route)
    }

    /// The endpoints at which what they take is inspected.
    pub(crate) fn inspectors(&self) -> Vec<&'a str> {
        let routes = self.destinations.iter().filter(|(_, target, _)| *target == Target::Inspection);
        let mut endpoints: Vec<_> = routes.filter_map(|(_, _, route)| route.gateway_id.as_deref()).collect();
        endpoints.sort_unstable();
        endpoints.dedup();
        endpoints
    }
}

impl Target {
    fn of(route: &Route) -> Self {
        let gateway = route.gateway_id.as_deref().unwrap_or_default();
        match route.state.as_deref() {
            // A route to what is gone is taken all the same: it drops what is sent there.
            Some(state) if state != "active" => Self::Elsewhere,
            _ if gateway.starts_with("igw-") => Self::InternetGateway,
            _ if gateway.starts_with("vpce-") => Self::Inspection,
            _ if route.carrier_gateway_id.is_some() => Self::CarrierGateway,
            _ => Self::Elsewhere,
        }
    }
}
