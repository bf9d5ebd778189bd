//! Which permissions let which ports and protocols through.

use std::{collections::BTreeSet, ops::RangeInclusive};

use super::{
    guard::Guard,
    limit::Limit,
    permission::{Permission, Source},
    traffic::{Direction, Protocol, Traffic, Transport},
};
use crate::network::{Family, Ports};

/// What is let through by the same permissions, all of them together.
#[derive(Debug)]
pub(super) struct Reach<'a> {
    pub(super) direction: Direction,
    pub(super) reached: Reached,
    pub(super) permissions: Vec<&'a Permission>,
}

/// Ports, or protocols that have none.
#[derive(Debug)]
pub(super) enum Reached {
    Ports(Vec<Transport>, RangeInclusive<u16>),
    Protocols(Vec<Protocol>),
}

impl<'a> Reach<'a> {
    pub(super) fn sources(&self) -> impl Iterator<Item = &'a Source> + Clone + '_ {
        self.permissions.iter().flat_map(|permission| &permission.sources)
    }

    /// The families in which it is an exposure.
    pub(super) fn exposed(&self, limit: &Limit) -> Vec<Family> {
        Family::ALL.into_iter().filter(|family| limit.is_exceeded(self.sources(), *family)).collect()
    }

    /// Whether the same permissions let both through.
    fn is_like(&self, other: &Self) -> bool {
        self.direction == other.direction && self.numbers().eq(other.numbers())
    }

    fn numbers(&self) -> impl Iterator<Item = usize> + '_ {
        self.permissions.iter().map(|permission| permission.number)
    }
}

/// What of the guarded is let through, and by which permissions: in one direction after the other, ports first. What TCP
/// and UDP share is joined; what nothing reaches is left out.
pub(super) fn reaches<'a>(permissions: &'a [Permission], guard: &Guard) -> Vec<Reach<'a>> {
    let mut all = Vec::new();
    for direction in [Direction::Inbound, Direction::Outbound] {
        let permissions: Vec<_> =
            permissions.iter().filter(|permission| permission.direction == direction).collect();
        let mut reaches = pieces(&permissions, direction, Transport::Tcp, &guard.tcp);
        for udp in pieces(&permissions, direction, Transport::Udp, &guard.udp) {
            join(&mut reaches, udp);
        }
        for protocol in protocols(&permissions, guard) {
            let through = |permission: &&Permission| match &permission.traffic {
                Traffic::All => true,
                Traffic::Protocol(own) => *own == protocol,
                _ => false,
            };
            let permissions = permissions.iter().copied().filter(through).collect();
            join(&mut reaches, Reach { direction, reached: Reached::Protocols(vec![protocol]), permissions });
        }
        all.extend(reaches);
    }
    all
}

/// Adds a reach to the one that it differs from in the protocol alone, if there is one.
fn join<'a>(reaches: &mut Vec<Reach<'a>>, next: Reach<'a>) {
    for reach in reaches.iter_mut().filter(|reach| reach.is_like(&next)) {
        match (&mut reach.reached, &next.reached) {
            (Reached::Ports(transports, ports), Reached::Ports(more, others)) if ports == others => {
                return transports.extend(more);
            }
            (Reached::Protocols(protocols), Reached::Protocols(more)) => {
                return protocols.extend(more.iter().cloned());
            }
            _ => {}
        }
    }
    reaches.push(next);
}

/// The guarded protocols that the permissions name. Protocol -1 names them all.
fn protocols(permissions: &[&Permission], guard: &Guard) -> Vec<Protocol> {
    let mut protocols = BTreeSet::new();
    for permission in permissions.iter().filter(|permission| guard.is_reached_by(permission)) {
        match &permission.traffic {
            Traffic::Protocol(protocol) => protocols.extend([protocol.clone()]),
            Traffic::All if guard.icmp => protocols.extend(Protocol::icmp()),
            _ => {}
        }
        if permission.traffic == Traffic::All && guard.others {
            protocols.insert(Protocol::others());
        }
    }
    protocols.into_iter().collect()
}

/// Cuts the guarded ports where a permission begins or ends, and says for each piece which permissions let it through.
fn pieces<'a>(
    permissions: &[&'a Permission],
    direction: Direction,
    transport: Transport,
    guarded: &Ports,
) -> Vec<Reach<'a>> {
    let mut pieces: Vec<Reach<'a>> = Vec::new();
    for ports in cut(permissions, transport, guarded) {
        let through = |permission: &&Permission| {
            permission.ports(transport).is_some_and(|own| own.contains(ports.start()))
        };
        let permissions: Vec<_> = permissions.iter().copied().filter(through).collect();
        if !permissions.is_empty() {
            let reached = Reached::Ports(vec![transport], ports);
            follow(&mut pieces, Reach { direction, reached, permissions });
        }
    }
    pieces
}

/// Adds a piece to the one before it, if they are one.
fn follow<'a>(pieces: &mut Vec<Reach<'a>>, next: Reach<'a>) {
    if let Some(last) = pieces.last_mut().filter(|last| last.is_like(&next))
        && let (Reached::Ports(_, ports), Reached::Ports(_, more)) = (&mut last.reached, &next.reached)
        && ports.end().checked_add(1) == Some(*more.start())
    {
        *ports = *ports.start()..=*more.end();
        return;
    }
    pieces.push(next);
}

/// The guarded ports, in pieces that each permission lets through wholly or not at all.
fn cut(permissions: &[&Permission], transport: Transport, guarded: &Ports) -> Vec<RangeInclusive<u16>> {
    let own = permissions.iter().filter_map(|permission| permission.ports(transport));
    let edges: BTreeSet<u32> =
        own.flat_map(|ports| [u32::from(*ports.start()), u32::from(*ports.end()) + 1]).collect();
    let mut pieces = Vec::new();
    for range in guarded.ranges() {
        let (mut from, to) = (*range.start(), *range.end());
        for edge in edges.range(u32::from(from)..=u32::from(to)) {
            // In range, because it is at most `to`. An edge at the very beginning cuts nothing off.
            let Ok(edge) = u16::try_from(*edge) else { continue };
            if edge > from {
                pieces.push(from..=edge - 1);
                from = edge;
            }
        }
        pieces.push(from..=to);
    }
    pieces
}
