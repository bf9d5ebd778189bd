//! What the rule says: one sentence for the ports that the same sources reach, and the facts behind it.

use ipnet::IpNet;
use serde_json::json;

use super::{
    Guard, Parameters,
    exposure::{Limit, Mode, Reach, named, reaches},
    permission::{Direction, Permission, Source, Traffic},
};
use crate::{
    finding::Finding,
    network::{Addresses, Family, Ports, is_everything, percent, port_range_text},
    parameters::listed,
};

/// One source is all there is to say.
pub(super) fn alone(guard: &Guard, reach: &Reach, limit: &Limit) -> Finding {
    let code = match (reach.direction, guard) {
        (Direction::Outbound, _) => "SG-EGRESS-OPEN",
        (_, Guard::Blocked(_)) => "SG-ADMIN-OPEN",
        (_, Guard::AllBut { .. }) => "SG-PORT-OPEN",
    };
    let preposition = reach.direction.preposition();
    let sentence = format!("{} {preposition} {}", place(reach), dominant(&reach.permissions, limit));
    with_evidence(Finding::new(code, sentence), reach, limit)
}

/// Several sources make up the exposure.
pub(super) fn together(reach: &Reach, limit: &Limit) -> Finding {
    let blocks = blocks(public_sources(reach, limit).map(|(_, source)| source));
    let size = size(&limit.public(reach.sources()), limit);
    let sentence = format!("{} open to {size} via {}", place(reach), joined(&blocks));
    let code = match reach.direction {
        Direction::Inbound => "SG-UNION",
        Direction::Outbound => "SG-EGRESS-UNION",
    };
    with_evidence(Finding::new(code, sentence), reach, limit)
}

/// A protocol without ports.
pub(super) fn protocol(protocol: &str, permission: &Permission, limit: &Limit) -> Finding {
    let name = match protocol.parse::<u8>() {
        Ok(number) => format!("protocol {number}"),
        Err(_) => protocol.to_owned(),
    };
    let Permission { direction, number, .. } = permission;
    let sources = if limit.dominant(&[permission]).is_empty() {
        format!("{} ({} {number})", size(&limit.public(&permission.sources), limit), direction.name())
    } else {
        dominant(&[permission], limit)
    };
    Finding::new("SG-PROTOCOL-OPEN", format!("{name} {} {sources}", direction.preposition()))
        .with("direction", direction.name())
        .with("protocol", protocol)
}

/// The prefix lists that reach these ports and are not known: `tcp/22 from pl-… (inbound 3)`, and their ids.
pub(super) fn unknown_lists(reach: &Reach) -> Vec<(String, String)> {
    let (place, direction) = (place(reach), reach.direction);
    let of = |permission: &&Permission| {
        let number = permission.number;
        let name = |id: &String| {
            let (preposition, direction) = (direction.preposition(), direction.name());
            (format!("{place} {preposition} {id} ({direction} {number})"), id.clone())
        };
        permission.unknown_lists.iter().map(name).collect::<Vec<_>>()
    };
    reach.permissions.iter().flat_map(of).collect()
}

/// Why there is nothing to report.
pub(super) fn compliant(permissions: &[Permission], parameters: &Parameters) -> String {
    let Parameters { guard, limit, .. } = parameters;
    if permissions.is_empty() {
        return format!("no {} rules", parameters.directions.name());
    }
    let (tcp, udp) = parameters.guarded();
    let closed = closed(parameters);
    let tolerated = tolerated(&reaches(permissions, &tcp, &udp), limit);
    let (guarded_tcp, guarded_udp) = guard.ports();
    let allowed = reaches(permissions, &!guarded_tcp, &!guarded_udp);
    let allowed: Vec<_> =
        allowed.iter().filter(|reach| limit.is_exceeded(reach.sources())).map(place).collect();
    let mut reasons = vec![closed];
    reasons.extend((!tolerated.is_empty()).then(|| format!("except {}", listed(&tolerated))));
    reasons.extend((!allowed.is_empty()).then(|| format!("{} allowed", listed(&allowed))));
    reasons.join("; ")
}

fn closed(parameters: &Parameters) -> String {
    let internet = match parameters.limit.mode {
        Mode::Literal => "0.0.0.0/0 or ::/0",
        Mode::Threshold | Mode::AnyPublic => "the internet",
    };
    let only = match (parameters.protocols.tcp, parameters.protocols.udp) {
        (true, false) => " (tcp)",
        (false, true) => " (udp)",
        _ => "",
    };
    match &parameters.guard {
        Guard::Blocked(ports) => format!("{}{only} not open to {internet}", ports_text(ports)),
        Guard::AllBut { .. } => format!("no unauthorized port{only} open to {internet}"),
    }
}

/// What is open to some of the internet, but to less than the limit.
fn tolerated(reaches: &[Reach], limit: &Limit) -> Vec<String> {
    let open = |reach: &Reach| {
        let public = limit.public(reach.sources());
        let is_open = limit.mode == Mode::Threshold && !public.extent().is_zero();
        is_open.then(|| format!("{} to {}", place(reach), size(&public, limit)))
    };
    reaches.iter().filter_map(open).collect()
}

/// `tcp/22`, `tcp+udp/8000-8080`.
fn place(reach: &Reach) -> String {
    let transports: Vec<_> = reach.transports.iter().map(|transport| transport.name()).collect();
    format!("{}/{}", transports.join("+"), port_range_text(&reach.ports))
}

fn ports_text(ports: &Ports) -> String {
    let ranges: Vec<_> = ports.ranges().map(|range| port_range_text(&range)).collect();
    ranges.join(", ")
}

fn public_sources<'a>(
    reach: &Reach<'a>,
    limit: &Limit,
) -> impl Iterator<Item = (&'a Permission, &'a Source)> {
    named(&reach.permissions).filter(|(_, source)| !limit.extent([*source]).is_zero())
}

/// The sources that say everything, and where they stand: `0.0.0.0/0 (inbound 2 "temp debug")`.
fn dominant(permissions: &[&Permission], limit: &Limit) -> String {
    let dominant = limit.dominant(permissions);
    let blocks = blocks(dominant.iter().map(|(_, source)| *source));
    let size = match dominant.first() {
        Some((_, source)) if !is_everything(&source.network) => {
            format!(", {}", size(&limit.public([*source]), limit))
        }
        _ => String::new(),
    };
    let mut rules: Vec<_> = dominant.iter().map(|(permission, source)| rule(permission, source)).collect();
    rules.dedup();
    format!("{}{size} ({})", joined(&blocks), listed(&rules))
}

/// A rule as its owner finds it again: its number, and its description.
fn rule(permission: &Permission, source: &Source) -> String {
    let direction = permission.direction.name();
    let list = source.list.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    let all = if permission.traffic == Traffic::All { " all traffic" } else { "" };
    let description = source.description.as_ref().map(|text| format!(" {text:?}")).unwrap_or_default();
    format!("{direction} {}{all}{list}{description}", permission.number)
}

/// `100% of IPv4`; or the number where it is less than one percent: `65537 public addresses, limit 65536`.
fn size(public: &Addresses, limit: &Limit) -> String {
    let extent = public.extent();
    let is_v4 = extent.v6_sites == 0 || extent.v4_addresses > limit.max_public_addresses;
    let (family, name) = if is_v4 { (Family::V4, "IPv4") } else { (Family::V6, "IPv6") };
    match percent(public, family) {
        0 => amount(if is_v4 { extent.v4_addresses } else { extent.v6_sites }, family, limit),
        percent => format!("{percent}% of {name}"),
    }
}

fn amount(count: u64, family: Family, limit: &Limit) -> String {
    let unit = match (family, count) {
        (Family::V4, 1) => "public address",
        (Family::V4, _) => "public addresses",
        (Family::V6, 1) => "public IPv6 site (/48)",
        (Family::V6, _) => "public IPv6 sites (/48)",
    };
    match limit.mode {
        Mode::Threshold => format!("{count} {unit}, limit {}", limit.max_public_addresses),
        Mode::AnyPublic | Mode::Literal => format!("{count} {unit}"),
    }
}

/// The blocks of these sources, each once, in order.
fn blocks<'a>(sources: impl Iterator<Item = &'a Source>) -> Vec<IpNet> {
    let mut blocks: Vec<_> = sources.map(|source| source.network).collect();
    blocks.sort();
    blocks.dedup();
    blocks
}

/// The first few blocks of a union.
fn joined(blocks: &[IpNet]) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<_> = blocks.iter().take(SHOWN).map(ToString::to_string).collect();
    match blocks.len().saturating_sub(SHOWN) {
        0 => shown.join(" + "),
        more => format!("{} and {more} more", shown.join(" + ")),
    }
}

fn with_evidence(finding: Finding, reach: &Reach, limit: &Limit) -> Finding {
    let extent = limit.extent(reach.sources());
    let rule = |(permission, source): (&Permission, &Source)| {
        json!({
            "number": permission.number,
            "cidr": source.network.to_string(),
            "description": source.description,
            "prefixListId": source.list,
        })
    };
    let protocols: Vec<_> = reach.transports.iter().map(|transport| transport.name()).collect();
    finding
        .with("direction", reach.direction.name())
        .with("protocols", protocols)
        .with("fromPort", *reach.ports.start())
        .with("toPort", *reach.ports.end())
        .with("publicIpv4Addresses", extent.v4_addresses)
        .with("publicIpv6Sites", extent.v6_sites)
        .with("rules", public_sources(reach, limit).map(rule).collect::<Vec<_>>())
}
