//! Which sources count, and how many of them are too many.

use ipnet::IpNet;

use super::{Addresses, Family, IpType, PrefixListId, is_everything};
use crate::parameters::{ParameterError, RawParameters, keywords};

/// A block that a permission names.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The block.
    pub network: IpNet,
    /// What people wrote about it.
    pub description: Option<String>,
    /// The prefix list that it is an entry of.
    pub list: Option<String>,
}

/// When a set of sources is an exposure.
#[derive(Clone, Debug)]
pub struct Limit {
    /// How sources are counted.
    pub mode: Mode,
    /// More IPv4 addresses, or IPv6 sites, than this are an exposure; for [`Mode::Threshold`].
    pub max_public_addresses: u64,
    /// The families whose sources count.
    pub families: IpType,
    /// Sources that do not count.
    pub trusted: Addresses,
    /// Prefix lists whose entries do not count.
    pub trusted_lists: Vec<PrefixListId>,
}

/// The parameter `exposure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// More public addresses than the limit, however they are written.
    Threshold,
    /// Any public address.
    AnyPublic,
    /// A block that is literally 0.0.0.0/0 or `::/0`, as the managed rules see it.
    Literal,
}

keywords!(
    Mode,
    "`threshold`, `anyPublic` or `literal`",
    "threshold" => Self::Threshold,
    "anyPublic" => Self::AnyPublic,
    "literal" => Self::Literal,
);

const DEFAULT_LIMIT: u64 = 65_536;

impl Limit {
    /// Reads `exposure`, `maxPublicAddresses`, `ipType`, `trustedCidrs` and `trustedPrefixLists`.
    ///
    /// # Errors
    /// Names the first parameter that is not of its form.
    pub fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        let trusted: Vec<IpNet> = raw.list("trustedCidrs")?;
        Ok(Self {
            mode: raw.one("exposure")?.unwrap_or(Mode::Threshold),
            max_public_addresses: raw.one("maxPublicAddresses")?.unwrap_or(DEFAULT_LIMIT),
            families: raw.one("ipType")?.unwrap_or(IpType::All),
            trusted: trusted.iter().collect(),
            trusted_lists: raw.list("trustedPrefixLists")?,
        })
    }

    /// Whether only what is literally everybody counts.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.mode == Mode::Literal
    }

    /// The same limit, for which these sources do not count.
    #[must_use]
    pub fn trusting(&self, sources: &Addresses) -> Self {
        Self { trusted: self.trusted.plus(sources), ..self.clone() }
    }

    /// The part of these sources that is on the internet and counts.
    pub fn public<'a>(&self, sources: impl IntoIterator<Item = &'a Source>) -> Addresses {
        let union: Addresses = sources.into_iter().map(|source| &source.network).collect();
        union.minus(&self.trusted).public()
    }

    /// Whether these sources together are an exposure, to the IPv4 or to the IPv6 internet.
    pub fn is_exceeded<'a>(&self, sources: impl IntoIterator<Item = &'a Source>, family: Family) -> bool {
        match self.mode {
            Mode::Literal => sources
                .into_iter()
                .any(|source| is_everything(&source.network) && Family::of(&source.network) == family),
            Mode::AnyPublic => self.public(sources).extent().of(family) > 0,
            Mode::Threshold => self.public(sources).extent().of(family) > self.max_public_addresses,
        }
    }

    /// Whether any of these sources could be a part of an exposure.
    #[must_use]
    pub fn concerns(&self, sources: &[Source]) -> bool {
        match self.mode {
            Mode::Literal => sources.iter().any(|source| is_everything(&source.network)),
            Mode::AnyPublic | Mode::Threshold => !self.public(sources).extent().is_zero(),
        }
    }
}
