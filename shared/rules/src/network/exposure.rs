//! What the internet reaches: the traffic that permissions let through, cut where their sources change, and compared with a
//! limit.

use std::{ptr, sync::LazyLock};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{Addresses, Direction, Family, Limit, Permission, Source, Traffic};

/// Some traffic, and which sources of it count.
#[derive(Clone, Debug)]
pub struct Zone {
    /// What must not be reached.
    pub traffic: Traffic,
    /// By whom.
    pub limit: Limit,
    /// Groups whose permissions do not count.
    pub ignored_groups: Vec<String>,
}

impl Zone {
    /// Two zones, in the second of which these sources of this traffic do not count.
    #[must_use]
    pub fn cut(self, traffic: &Traffic, sources: &Addresses) -> [Self; 2] {
        let limit = self.limit.trusting(sources);
        let inside = Self { traffic: self.traffic.within(traffic), limit, ..self.clone() };
        [Self { traffic: self.traffic.minus(traffic), ..self }, inside]
    }

    /// The same zone, in which these sources do not count.
    #[must_use]
    pub fn trusting(&self, sources: &Addresses) -> Self {
        Self { limit: self.limit.trusting(sources), ..self.clone() }
    }

    /// Whether something would be an exposure if everybody were let in.
    #[must_use]
    pub fn can_be_exposed(&self) -> bool {
        let everybody = EVERYBODY.each_ref();
        !self.traffic.is_empty()
            && Family::ALL.into_iter().any(|family| {
                self.limit.families.includes(family) && self.limit.is_exceeded(everybody, family)
            })
    }

    fn counts(&self, permission: &Permission) -> bool {
        !self.ignored_groups.iter().any(|group| group == permission.group_id)
    }
}

static EVERYBODY: LazyLock<[Source; 2]> = LazyLock::new(|| {
    let everybody = |network| Source { network, description: None, list: None };
    [IpNet::V4(Ipv4Net::default()), IpNet::V6(Ipv6Net::default())].map(everybody)
});

/// What the same permissions let through, all of them together.
#[derive(Debug)]
pub struct Reach<'a> {
    /// Which way.
    pub direction: Direction,
    /// Ports, or protocols without ports; never both.
    pub traffic: Traffic,
    /// At least one.
    pub permissions: Vec<&'a Permission<'a>>,
}

/// A source, and the permission that it is a part of.
pub type NamedSource<'a> = (&'a Permission<'a>, &'a Source);

impl<'a> Reach<'a> {
    /// The sources of all permissions.
    pub fn sources(&self) -> impl Iterator<Item = &'a Source> {
        self.named_sources().map(|(_, source)| source)
    }

    fn named_sources(&self) -> impl Iterator<Item = NamedSource<'a>> {
        let of = |permission: &&'a Permission<'a>| {
            let permission = *permission;
            permission.sources.iter().map(move |source| (permission, source))
        };
        self.permissions.iter().flat_map(of)
    }

    /// The sources that are enough by themselves, and all that their family lets in: naming them says everything.
    fn dominant_sources(&self, family: Family, limit: &Limit) -> Vec<NamedSource<'a>> {
        let union = limit.public(self.sources());
        let is_dominant = |(_, source): &NamedSource| {
            limit.is_exceeded([*source], family) && limit.public([*source]).holds_all_of(&union, family)
        };
        self.named_sources().filter(is_dominant).collect()
    }

    /// The sources of a family that are somewhere on the internet and count.
    fn public_sources(&self, family: Family, limit: &Limit) -> Vec<NamedSource<'a>> {
        let is_public = |(_, source): &NamedSource| {
            Family::of(&source.network) == family && !limit.public([*source]).extent().is_zero()
        };
        self.named_sources().filter(is_public).collect()
    }

    /// The families in which it is an exposure.
    #[must_use]
    pub fn exposed(&self, limit: &Limit) -> Vec<Family> {
        Family::ALL.into_iter().filter(|family| limit.is_exceeded(self.sources(), *family)).collect()
    }

    fn has(&self, permissions: &[&Permission]) -> bool {
        self.permissions.len() == permissions.len()
            && self.permissions.iter().zip(permissions).all(|(one, other)| ptr::eq(*one, *other))
    }
}

/// What of this traffic is let through, and by which permissions: in one direction after the other, ports first. What
/// nothing lets through is left out, and so are permissions whose traffic is not known.
#[must_use]
pub fn reaches<'a>(permissions: &'a [Permission<'a>], traffic: &Traffic) -> Vec<Reach<'a>> {
    reaches_by(&permissions.iter().collect::<Vec<_>>(), traffic)
}

fn reaches_by<'a>(permissions: &[&'a Permission<'a>], traffic: &Traffic) -> Vec<Reach<'a>> {
    let with_ports = Traffic::with_ports();
    let kinds = [traffic.within(&with_ports), traffic.minus(&with_ports)];
    let both = |direction| kinds.iter().flat_map(move |kind| reaches_of(permissions, direction, kind));
    Direction::ALL.into_iter().flat_map(both).collect()
}

fn reaches_of<'a>(
    permissions: &[&'a Permission<'a>],
    direction: Direction,
    traffic: &Traffic,
) -> Vec<Reach<'a>> {
    let is_known =
        |permission: &&Permission| permission.direction == direction && permission.problem.is_none();
    let known = permissions.iter().copied().filter(is_known);
    let own: Vec<_> = known.filter(|own| own.traffic.meets(traffic)).collect();
    let mut reaches: Vec<Reach<'a>> = Vec::new();
    for piece in traffic.cut(own.iter().map(|permission| &permission.traffic)) {
        let through: Vec<_> = own.iter().copied().filter(|own| piece.is_piece_of(&own.traffic)).collect();
        match reaches.iter_mut().find(|reach| reach.has(&through)) {
            Some(reach) => reach.traffic = reach.traffic.plus(&piece),
            None if through.is_empty() => {}
            None => reaches.push(Reach { direction, traffic: piece, permissions: through }),
        }
    }
    reaches
}

/// What the same sources expose.
#[derive(Debug)]
pub struct Exposure<'a> {
    /// Which way.
    pub direction: Direction,
    /// Ports, or protocols without ports; never both.
    pub traffic: Traffic,
    /// In which families; in one, if its sources are enough only together.
    pub families: Vec<Family>,
    /// Whether no source is enough by itself.
    pub is_union: bool,
    /// Each source that is enough by itself and all that its family lets in; or all that are enough together.
    pub sources: Vec<NamedSource<'a>>,
}

impl<'a> Exposure<'a> {
    fn new(reach: &Reach<'a>, family: Family, limit: &Limit) -> Self {
        let dominant = reach.dominant_sources(family, limit);
        let is_union = dominant.is_empty();
        Self {
            direction: reach.direction,
            traffic: reach.traffic.clone(),
            families: vec![family],
            is_union,
            sources: if is_union { reach.public_sources(family, limit) } else { dominant },
        }
    }

    /// Its sources of this family.
    pub fn sources_of(&self, family: Family) -> impl Iterator<Item = &NamedSource<'a>> {
        self.sources.iter().filter(move |(_, source)| Family::of(&source.network) == family)
    }

    /// Adds another one's traffic, if it is exposed to the same sources.
    fn add_traffic(&mut self, other: &Self) -> bool {
        let has_ports = |exposure: &Self| exposure.traffic.meets(&Traffic::with_ports());
        let is_same = self.is_union == other.is_union
            && self.sources.len() == other.sources.len()
            && self.sources.iter().zip(&other.sources).all(|(one, other)| ptr::eq(one.1, other.1))
            && has_ports(self) == has_ports(other);
        if is_same {
            self.traffic = self.traffic.plus(&other.traffic);
        }
        is_same
    }

    /// Adds another one's sources, if each of them, too, is enough by itself, for the same traffic in the other family.
    fn add_family(&mut self, other: &Self) -> bool {
        let is_same = !self.is_union
            && !other.is_union
            && self.direction == other.direction
            && self.traffic == other.traffic;
        if is_same {
            self.families.extend(&other.families);
            self.sources.extend(&other.sources);
        }
        is_same
    }
}

/// Everything in a zone that is an exposure, each with all the traffic that the same sources expose: first what one source
/// exposes, then what several do together.
#[must_use]
pub fn exposures<'a>(permissions: &'a [Permission<'a>], zone: &Zone) -> Vec<Exposure<'a>> {
    let permissions: Vec<_> = permissions.iter().filter(|permission| zone.counts(permission)).collect();
    let exposures = reaches_by(&permissions, &zone.traffic).into_iter().flat_map(|reach| {
        let families = reach.exposed(&zone.limit).into_iter();
        families.map(|family| Exposure::new(&reach, family, &zone.limit)).collect::<Vec<_>>()
    });
    let mut exposures = joined(joined(exposures, Exposure::add_traffic), Exposure::add_family);
    exposures.sort_by_key(|exposure| exposure.is_union);
    exposures
}

/// Adds each to the first before it that takes it.
fn joined<'a>(
    exposures: impl IntoIterator<Item = Exposure<'a>>,
    add: impl Fn(&mut Exposure<'a>, &Exposure<'a>) -> bool,
) -> Vec<Exposure<'a>> {
    let mut joined: Vec<Exposure<'a>> = Vec::new();
    for next in exposures {
        if !joined.iter_mut().any(|exposure| add(exposure, &next)) {
            joined.push(next);
        }
    }
    joined
}
