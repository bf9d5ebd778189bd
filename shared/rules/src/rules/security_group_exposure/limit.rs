//! When the sources of something are an exposure.

use super::permission::{Permission, Source, named};
use crate::network::{Addresses, Family, is_everything};

/// When a set of public sources counts as exposure.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    pub(super) mode: Mode,
    /// More IPv4 addresses, or IPv6 sites, than this count; for [`Mode::Threshold`].
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

impl Limit {
    /// The part of these sources that is on the internet and not trusted.
    pub(super) fn public<'a>(&self, sources: impl IntoIterator<Item = &'a Source>) -> Addresses {
        let union: Addresses = sources.into_iter().map(|source| &source.network).collect();
        union.minus(&self.trusted).public()
    }

    /// Whether these sources together are an exposure, to the IPv4 or to the IPv6 internet.
    pub(super) fn is_exceeded<'a>(
        &self,
        sources: impl IntoIterator<Item = &'a Source>,
        family: Family,
    ) -> bool {
        match self.mode {
            Mode::Literal => sources
                .into_iter()
                .any(|source| is_everything(&source.network) && Family::of(&source.network) == family),
            Mode::AnyPublic => self.public(sources).extent().of(family) > 0,
            Mode::Threshold => self.public(sources).extent().of(family) > self.max_public_addresses,
        }
    }

    /// Whether any of these sources could be a part of an exposure.
    pub(super) fn concerns(&self, sources: &[Source]) -> bool {
        match self.mode {
            Mode::Literal => sources.iter().any(|source| is_everything(&source.network)),
            Mode::AnyPublic | Mode::Threshold => !self.public(sources).extent().is_zero(),
        }
    }

    /// The sources that are enough by themselves, and all that their family lets in: naming them says everything.
    pub(super) fn dominant<'a>(
        &self,
        permissions: &[&'a Permission],
        family: Family,
    ) -> Vec<(&'a Permission, &'a Source)> {
        let union = self.public(named(permissions).map(|(_, source)| source));
        let is_dominant = |(_, source): &(&Permission, &Source)| {
            self.is_exceeded([*source], family) && self.public([*source]).holds_all_of(&union, family)
        };
        named(permissions).filter(is_dominant).collect()
    }
}
