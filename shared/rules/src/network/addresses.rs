//! Address sets with exact arithmetic: unions, differences, and the share of the internet that is left.

use std::{net::IpAddr, sync::LazyLock};

use ipnet::{IpNet, Ipv4Net};
use range_set_blaze::RangeSetBlaze;

use super::special_purpose;

/// A set of IPv4 and IPv6 addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    v4: RangeSetBlaze<u32>,
    v6: RangeSetBlaze<u128>,
}

/// How much of the internet an address set holds. A site is a /48, the block that one IPv6 network usually gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// IPv4 addresses.
    pub v4_addresses: u64,
    /// IPv6 sites (/48) of which the set holds at least one address.
    pub v6_sites: u64,
}

impl Extent {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.v4_addresses == 0 && self.v6_sites == 0
    }

    /// How many IPv4 addresses, or how many IPv6 sites, there are.
    #[must_use]
    pub fn of(self, family: Family) -> u64 {
        match family {
            Family::V4 => self.v4_addresses,
            Family::V6 => self.v6_sites,
        }
    }
}

/// Every address that can be somewhere on the internet: all but the special-purpose ones.
pub static INTERNET: LazyLock<Addresses> = LazyLock::new(special_purpose::internet);

impl Addresses {
    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        Self { v4: (0..=u32::MAX).into(), v6: (0..=u128::MAX).into() }
    }

    /// The addresses that are in this set or in the other.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self { v4: &self.v4 | &other.v4, v6: &self.v6 | &other.v6 }
    }

    /// The addresses that are in this set, but not in the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self { v4: &self.v4 - &other.v4, v6: &self.v6 - &other.v6 }
    }

    /// The addresses of this set that are on the internet.
    #[must_use]
    pub fn public(&self) -> Self {
        Self { v4: &self.v4 & &INTERNET.v4, v6: &self.v6 & &INTERNET.v6 }
    }

    /// Whether this address is in the set.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(v4) => self.v4.contains(v4.into()),
            IpAddr::V6(v6) => self.v6.contains(v6.into()),
        }
    }

    /// Whether all of the other set's addresses of this family are in this set.
    #[must_use]
    pub fn holds_all_of(&self, other: &Self, family: Family) -> bool {
        match family {
            Family::V4 => other.v4.is_subset(&self.v4),
            Family::V6 => other.v6.is_subset(&self.v6),
        }
    }

    /// How many addresses and sites there are.
    #[must_use]
    pub fn extent(&self) -> Extent {
        const SITE_BITS: u32 = 128 - 48;
        let sites = self.v6.ranges().map(|range| (range.start() >> SITE_BITS)..=(range.end() >> SITE_BITS));
        let sites: RangeSetBlaze<u64> =
            sites.map(|range| site(*range.start())..=site(*range.end())).collect();
        Extent { v4_addresses: self.v4.len(), v6_sites: u64::try_from(sites.len()).unwrap_or(u64::MAX) }
    }
}

/// A site number has 48 bits.
fn site(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

impl<'a> FromIterator<&'a IpNet> for Addresses {
    fn from_iter<I: IntoIterator<Item = &'a IpNet>>(networks: I) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for network in networks {
            match network {
                IpNet::V4(network) => v4.push(u32::from(network.network())..=u32::from(network.broadcast())),
                IpNet::V6(network) => {
                    v6.push(u128::from(network.network())..=u128::from(network.broadcast()));
                }
            }
        }
        Self { v4: v4.into_iter().collect(), v6: v6.into_iter().collect() }
    }
}

/// Reads a CIDR block and takes it for what it means: host bits and leading zeros mean nothing, and an IPv4-mapped
/// IPv6 block is its IPv4 block.
#[must_use]
pub fn cidr(text: &str) -> Option<IpNet> {
    const MAPPED_PREFIX: u8 = 96;
    let network = text.trim().parse::<IpNet>().ok()?.trunc();
    let IpNet::V6(v6) = network else {
        return Some(network);
    };
    let mapped = v6.network().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(MAPPED_PREFIX));
    Some(mapped.and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok()).map_or(network, IpNet::V4))
}

/// All IPv4 or all IPv6 addresses, by the block's length alone.
#[must_use]
pub fn is_everything(network: &IpNet) -> bool {
    network.prefix_len() == 0
}

/// The share of the internet's addresses of one family that a set holds, in whole percent, rounded down: 100 is all.
#[must_use]
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0 to 100"
)]
pub fn percent(public: &Addresses, family: Family) -> u8 {
    if public.holds_all_of(&INTERNET, family) {
        return 100;
    }
    let fraction = match family {
        Family::V4 => public.v4.len() as f64 / INTERNET.v4.len() as f64,
        Family::V6 => v6_count(public) / v6_count(&INTERNET),
    };
    (fraction * 100.0).min(99.0) as u8
}

/// IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// Both.
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    /// `IPv4` or `IPv6`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }

    /// The family of a block.
    #[must_use]
    pub fn of(network: &IpNet) -> Self {
        match network {
            IpNet::V4(_) => Self::V4,
            IpNet::V6(_) => Self::V6,
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "only a share is made of it")]
fn v6_count(addresses: &Addresses) -> f64 {
    addresses.v6.ranges().map(|range| (range.end() - range.start()) as f64 + 1.0).sum()
}
