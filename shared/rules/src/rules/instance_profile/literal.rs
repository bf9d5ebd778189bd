//! Mode `literal`: one of three managed rules, by which of their parameters are set.

use crate::parameters::{ParameterError, RawParameters};

/// The managed rule whose answer `literal` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ManagedRule {
    InstanceProfileAttached,
    Imdsv2Check,
    TokenHopLimitCheck,
}

/// What no managed rule has.
const OWN: [&str; 8] = [
    "approvedProfiles",
    "deniedProfiles",
    "approvedRoles",
    "deniedRoles",
    "danglingProfile",
    "trustedPrincipals",
    "deniedPolicies",
    "required",
];

/// The one managed rule whose parameters are set. Without any, it is the one that takes none.
pub(super) fn managed_rule(raw: &RawParameters) -> Result<ManagedRule, ParameterError> {
    // `ignore` is the default of two of them, and of no other a value that anybody needs.
    let is_set = |name: &&str| raw.get(name).is_some_and(|text| text.trim() != "ignore");
    if let Some(own) = OWN.iter().find(|name| is_set(name)) {
        return Err(ParameterError::new(
            *own,
            "mode `literal` reproduces a managed rule, which does not take it",
        ));
    }
    let of = [
        ("IamInstanceProfileArnList", ManagedRule::InstanceProfileAttached),
        ("imdsv2", ManagedRule::Imdsv2Check),
        ("tokenHopLimit", ManagedRule::TokenHopLimitCheck),
    ];
    let mut set = of.iter().filter(|(name, _)| is_set(name));
    match (set.next(), set.next()) {
        (Some((one, _)), Some((other, _))) => {
            let problem = format!("mode `literal` reproduces one managed rule, and {one} is of another");
            Err(ParameterError::new(*other, problem))
        }
        (first, _) => Ok(first.map_or(ManagedRule::InstanceProfileAttached, |(_, rule)| *rule)),
    }
}
