//! Which public addresses are allowed, or exempt: by kind, by number, by subnet.

use std::fmt;

use ipnet::IpNet;

use super::ALLOWED;
use crate::{
    ec2::is_id,
    network::{AddressKind, PublicAddress},
    parameters::{ParameterError, RawParameters, Regional, Value, ValueError, listed},
};

/// Kinds, numbers and subnets of addresses.
#[derive(Clone, Debug)]
pub(super) struct Allowed {
    kinds: Vec<AddressKind>,
    blocks: Vec<IpNet>,
    subnets: Vec<SubnetId>,
}

impl Allowed {
    /// Reads the parameters of these names, for kinds, numbers and subnets.
    pub(super) fn read(raw: &RawParameters, names: [&'static str; 3]) -> Result<Self, ParameterError> {
        let [kinds, blocks, subnets] = names;
        Ok(Self { kinds: raw.list(kinds)?, blocks: raw.list(blocks)?, subnets: raw.list(subnets)? })
    }

    /// The parameter that allows an address; one is enough.
    pub(super) fn parameter(&self, address: &PublicAddress, region: Option<&str>) -> Option<&'static str> {
        let named = self.named(address, region).into_iter().zip(ALLOWED);
        named.filter(|(is_named, _)| *is_named == Some(true)).map(|(_, parameter)| parameter).next()
    }

    /// Whether everything that is named, and something is, is so of an address.
    pub(super) fn exempts(&self, address: &PublicAddress, region: Option<&str>) -> bool {
        let mut named = self.named(address, region).into_iter().flatten().peekable();
        named.peek().is_some() && named.all(|is_named| is_named)
    }

    /// Whether the kind, the number and the subnet of an address are among those that are named, if there are any.
    fn named(&self, address: &PublicAddress, region: Option<&str>) -> [Option<bool>; 3] {
        fn any<T>(named: &[T], is: impl Fn(&T) -> bool) -> Option<bool> {
            (!named.is_empty()).then(|| named.iter().any(is))
        }
        [
            any(&self.kinds, |kind| *kind == address.kind),
            any(&self.blocks, |block| block.contains(&address.ip)),
            any(&self.subnets, |id| id.is_for(region) && address.subnet == Some(&id.value.0)),
        ]
    }
}

/// `allowedAddressKinds (elastic)`: the parameters that are set, and their first values.
impl fmt::Display for Allowed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = [listed(&self.kinds), listed(&self.blocks), listed(&self.subnets)];
        let set = ALLOWED.iter().zip(values).filter(|(_, values)| !values.is_empty());
        let texts: Vec<_> = set.map(|(name, values)| format!("{name} ({values})")).collect();
        formatter.write_str(&texts.join(", "))
    }
}

/// The id of a subnet, perhaps for one Region only.
pub(super) type SubnetId = Regional<Id>;

/// `subnet-` and 8 or 17 hexadecimal digits, small ones.
#[derive(Clone, Debug)]
pub(super) struct Id(String);

impl Value for SubnetId {
    const FORM: &'static str = "the id of a subnet (`subnet-` and 8 or 17 of 0-9, a-f), perhaps after a Region: `us-east-1:subnet-0123456789abcdef0`";
    const PATTERN: &'static str =
        "(?:[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9]+:)?subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let id = |text: &str| is_id(text, "subnet-").then(|| Id(text.to_owned())).ok_or(ValueError::Form);
        Self::read(text, id)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
