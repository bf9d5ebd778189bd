//! Which part of the internet reaches which port: the union of the sources over all permissions.

use std::{collections::BTreeSet, ops::RangeInclusive};

use super::permission::{Direction, Permission, Source, Transport};
use crate::network::{Addresses, Extent, Family, Ports, is_everything};

/// When a set of public sources counts as exposure.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    pub(super) mode: Mode,
    /// More addresses, or sites, than this count; for [`Mode::Threshold`].
    pub(super) max_public_addresses: u64,
    /// Sources that are fine; taken off the union.
    pub(super) trusted: Addresses,
}

/// The parameter `exposure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// More public addresses than the limit, however they are written.
    Threshold,
    /// Any public address.
    AnyPublic,
    /// A block that is literally 0.0.0.0/0 or `::/0`, as the managed rules see it.
    Literal,
}

/// Ports that sources reach, and by which permissions.
#[derive(Debug)]
pub(super) struct Reach<'a> {
    pub(super) direction: Direction,
    pub(super) transports: Vec<Transport>,
    pub(super) ports: RangeInclusive<u16>,
    pub(super) permissions: Vec<&'a Permission>,
}

impl Limit {
    /// The part of these sources that is on the internet and not trusted.
    pub(super) fn public<'a>(&self, sources: impl IntoIterator<Item = &'a Source>) -> Addresses {
        let union: Addresses = sources.into_iter().map(|source| &source.network).collect();
        union.minus(&self.trusted).public()
    }

    /// Whether these sources together are an exposure.
    pub(super) fn is_exceeded<'a>(&self, sources: impl IntoIterator<Item = &'a Source> + Clone) -> bool {
        match self.mode {
            Mode::Literal => sources.into_iter().any(|source| is_everything(&source.network)),
            Mode::AnyPublic => !self.extent(sources).is_zero(),
            Mode::Threshold => self.extent(sources).exceeds(self.max_public_addresses),
        }
    }

    /// The sources that are enough by themselves, and all that their family lets in: naming them says everything.
    pub(super) fn dominant<'a>(&self, permissions: &[&'a Permission]) -> Vec<(&'a Permission, &'a Source)> {
        let union = self.public(named(permissions).map(|(_, source)| source));
        let is_dominant = |(_, source): &(&Permission, &Source)| {
            let own = self.public([*source]);
            self.is_exceeded([*source]) && own.holds_all_of(&union, Family::of(&source.network))
        };
        named(permissions).filter(is_dominant).collect()
    }

    pub(super) fn extent<'a>(&self, sources: impl IntoIterator<Item = &'a Source>) -> Extent {
        self.public(sources).extent()
    }
}

impl<'a> Reach<'a> {
    pub(super) fn sources(&self) -> impl Iterator<Item = &'a Source> + Clone + '_ {
        self.permissions.iter().flat_map(|permission| &permission.sources)
    }
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

/// Cuts the wanted ports where a permission begins or ends, and says for each piece which permissions let it through,
/// in one direction after the other. Pieces that TCP and UDP share are joined; pieces that nothing reaches are left out.
pub(super) fn reaches<'a>(permissions: &'a [Permission], tcp: &Ports, udp: &Ports) -> Vec<Reach<'a>> {
    let mut all = Vec::new();
    for direction in [Direction::Inbound, Direction::Outbound] {
        let mut reaches = pieces(permissions, direction, Transport::Tcp, tcp);
        for udp in pieces(permissions, direction, Transport::Udp, udp) {
            match reaches.iter_mut().find(|tcp| tcp.is_same(&udp)) {
                Some(tcp) => tcp.transports.push(Transport::Udp),
                None => reaches.push(udp),
            }
        }
        all.extend(reaches);
    }
    all
}

impl Reach<'_> {
    fn is_same(&self, other: &Self) -> bool {
        self.ports == other.ports && self.numbers().eq(other.numbers())
    }

    fn numbers(&self) -> impl Iterator<Item = usize> + '_ {
        self.permissions.iter().map(|permission| permission.number)
    }
}

fn pieces<'a>(
    permissions: &'a [Permission],
    direction: Direction,
    transport: Transport,
    wanted: &Ports,
) -> Vec<Reach<'a>> {
    let mut pieces: Vec<Reach<'a>> = Vec::new();
    for ports in cut(permissions, transport, wanted) {
        let reaching = |permission: &&Permission| {
            permission.direction == direction
                && permission.ports(transport).is_some_and(|own| own.contains(ports.start()))
        };
        let permissions = permissions.iter().filter(reaching).collect();
        let piece = Reach { direction, transports: vec![transport], permissions, ports };
        match pieces.last_mut() {
            _ if piece.permissions.is_empty() => {}
            Some(last) if last.is_followed_by(&piece) => {
                last.ports = *last.ports.start()..=*piece.ports.end();
            }
            _ => pieces.push(piece),
        }
    }
    pieces
}

impl Reach<'_> {
    fn is_followed_by(&self, next: &Self) -> bool {
        self.ports.end().checked_add(1) == Some(*next.ports.start()) && self.numbers().eq(next.numbers())
    }
}

/// The wanted ports, in pieces that each permission lets through wholly or not at all.
fn cut(permissions: &[Permission], transport: Transport, wanted: &Ports) -> Vec<RangeInclusive<u16>> {
    let own = permissions.iter().filter_map(|permission| permission.ports(transport));
    let edges: BTreeSet<u32> =
        own.flat_map(|ports| [u32::from(*ports.start()), u32::from(*ports.end()) + 1]).collect();
    let mut pieces = Vec::new();
    for range in wanted.ranges() {
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
