//! The facts behind a sentence, for machines.

use serde_json::json;

use super::{
    limit::Limit,
    permission::{Permission, Source, named},
    reach::{Reach, Reached},
    traffic::Protocol,
};
use crate::{finding::Finding, network::Family};

/// The finding with what is reached, by how much of the internet, and by which rules in these families.
pub(super) fn with_evidence(finding: Finding, reach: &Reach, families: &[Family], limit: &Limit) -> Finding {
    let extent = limit.public(reach.sources()).extent();
    let rule = |(permission, source): (&Permission, &Source)| {
        json!({
            "number": permission.number,
            "cidr": source.network.to_string(),
            "description": source.description,
            "prefixListId": source.list,
        })
    };
    let finding = match &reach.reached {
        Reached::Ports(transports, ports) => finding
            .with("protocols", transports.iter().map(|transport| transport.name()).collect::<Vec<_>>())
            .with("fromPort", *ports.start())
            .with("toPort", *ports.end()),
        Reached::Protocols(protocols) => {
            finding.with("protocols", protocols.iter().map(Protocol::name).collect::<Vec<_>>())
        }
    };
    finding
        .with("direction", reach.direction.name())
        .with("publicIpv4Addresses", extent.of(Family::V4))
        .with("publicIpv6Sites", extent.of(Family::V6))
        .with("rules", public_sources(reach, families, limit).into_iter().map(rule).collect::<Vec<_>>())
}

/// The sources of these families that are somewhere on the internet.
pub(super) fn public_sources<'a>(
    reach: &Reach<'a>,
    families: &[Family],
    limit: &Limit,
) -> Vec<(&'a Permission, &'a Source)> {
    let is_public = |(_, source): &(&Permission, &Source)| {
        families.contains(&Family::of(&source.network)) && !limit.public([*source]).extent().is_zero()
    };
    named(&reach.permissions).filter(is_public).collect()
}
