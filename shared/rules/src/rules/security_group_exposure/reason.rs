//! Why a group is COMPLIANT, and what is open all the same: on purpose, to a few, or to other groups.

use super::{
    groups, hygiene,
    parameters::{Directions, Parameters},
};
use crate::{
    ec2::SecurityGroup,
    facts::Facts,
    finding::Verdict,
    item::ConfigurationItem,
    network::{
        Permission, is_everything,
        wording::{allowed, closed, tolerated},
    },
};

/// The verdict where there is neither a finding nor a doubt.
pub(super) fn verdict(
    item: &ConfigurationItem<SecurityGroup>,
    permissions: &[Permission],
    parameters: &Parameters,
    facts: &Facts,
) -> Verdict {
    let rules = match parameters.directions {
        _ if hygiene::must_be_closed(&item.configuration, parameters) => "inbound or outbound",
        Directions::Ingress => "inbound",
        Directions::Egress => "outbound",
        Directions::Both => "inbound or outbound",
    };
    if is_outside_the_managed_rule(permissions, parameters) {
        return Verdict::not_applicable(format!(
            "no {rules} rule is open to {}",
            parameters.limit.internet()
        ));
    }
    if permissions.is_empty() {
        return Verdict::compliant(format!("no {rules} rules"));
    }
    let Parameters { guard, limit, .. } = parameters;
    let directions = match parameters.directions {
        Directions::Ingress => "",
        Directions::Egress => "outbound: ",
        Directions::Both => "inbound and outbound: ",
    };
    let mut reasons = vec![format!("{directions}{}", closed(guard, limit))];
    reasons.extend(tolerated(permissions, guard, limit));
    reasons.extend(allowed(permissions, guard, limit));
    reasons.extend(groups::notes(item, permissions, parameters, facts));
    Verdict::compliant(reasons.join("; "))
}

/// vpc-sg-open-only-to-authorized-ports evaluates only groups that are open to everybody.
fn is_outside_the_managed_rule(permissions: &[Permission], parameters: &Parameters) -> bool {
    let mut sources = permissions.iter().flat_map(|permission| &permission.sources);
    parameters.limit.is_literal()
        && parameters.guard.is_allow_list
        && !sources.any(|source| is_everything(&source.network))
}
