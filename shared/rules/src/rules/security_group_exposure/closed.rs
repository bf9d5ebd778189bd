//! Why there is nothing to report, and what is open all the same: on purpose, to a few, or to other groups.

use super::{
    forms::Directions,
    limit::{Limit, Mode},
    parameters::Parameters,
    permission::Permission,
    reach::{Reach, reaches},
    traffic::Direction,
    words::{place, size},
};
use crate::{
    finding::Verdict,
    network::{Family, IpType, Ports, is_everything, port_range_text},
    parameters::{first_of, listed},
};

/// What to answer where there is neither a finding nor a doubt.
pub(super) fn verdict(permissions: &[Permission], parameters: &Parameters) -> Verdict {
    let rules = parameters.directions.name();
    if is_outside_the_managed_rule(permissions, parameters) {
        return Verdict::not_applicable(format!("no {rules} rule is open to {}", internet(parameters)));
    }
    if permissions.is_empty() {
        return Verdict::compliant(format!("no {rules} rules"));
    }
    Verdict::compliant(reason(permissions, parameters))
}

/// vpc-sg-open-only-to-authorized-ports judges only groups that are open to everybody.
fn is_outside_the_managed_rule(permissions: &[Permission], parameters: &Parameters) -> bool {
    let mut sources = permissions.iter().flat_map(|permission| &permission.sources);
    parameters.is_literal()
        && parameters.guard.is_allow_list
        && !sources.any(|source| is_everything(&source.network))
}

fn reason(permissions: &[Permission], parameters: &Parameters) -> String {
    let Parameters { guard, limit, .. } = parameters;
    let guarded = reaches(permissions, guard);
    let tolerated = by_last(guarded.iter().flat_map(|reach| tolerated(reach, limit)));
    let tolerated: Vec<_> =
        tolerated.iter().map(|(whom, places)| format!("{} to {whom}", listed(places))).collect();
    let rest = reaches(permissions, &guard.rest());
    let allowed: Vec<_> =
        rest.iter().filter(|reach| !reach.exposed(limit).is_empty()).map(named_place).collect();
    let mut reasons = vec![closed(parameters)];
    reasons.extend((!tolerated.is_empty()).then(|| format!("except {}", listed(&tolerated))));
    reasons.extend((!allowed.is_empty()).then(|| format!("{} allowed", listed(&allowed))));
    reasons.extend(groups(permissions, parameters));
    reasons.join("; ")
}

/// `22, 3389 not open to the internet`.
fn closed(parameters: &Parameters) -> String {
    let guard = &parameters.guard;
    let outbound = match parameters.directions {
        Directions::Ingress => "",
        Directions::Egress => "outbound: ",
        Directions::Both => "inbound and outbound: ",
    };
    let only = match (guard.tcp.is_empty(), guard.udp.is_empty()) {
        (false, true) => " (tcp)",
        (true, false) => " (udp)",
        _ => "",
    };
    let ports = &guard.tcp | &guard.udp;
    let mut subjects = Vec::new();
    if guard.is_allow_list {
        subjects.push(format!("no unauthorized port{only}"));
    } else if !ports.is_empty() {
        subjects.push(format!("{}{only}", ports_text(&ports)));
    }
    if guard.icmp && !guard.is_allow_list {
        subjects.push("icmp".to_owned());
    }
    let not = if guard.is_allow_list { "" } else { " not" };
    format!("{outbound}{}{not} open to {}", subjects.join(", "), internet(parameters))
}

pub(super) fn internet(parameters: &Parameters) -> &'static str {
    match (parameters.is_literal(), parameters.families) {
        (true, IpType::All) => "0.0.0.0/0 or ::/0",
        (true, IpType::One(Family::V4)) => "0.0.0.0/0",
        (true, IpType::One(Family::V6)) => "::/0",
        (false, IpType::All) => "the internet",
        (false, IpType::One(Family::V4)) => "the IPv4 internet",
        (false, IpType::One(Family::V6)) => "the IPv6 internet",
    }
}

fn ports_text(ports: &Ports) -> String {
    const SHOWN: usize = 8;
    let ranges: Vec<_> = ports.ranges().map(|range| port_range_text(&range)).collect();
    first_of(&ranges, SHOWN)
}

/// `tcp/443`, `outbound tcp/443`.
fn named_place(reach: &Reach) -> String {
    match reach.direction {
        Direction::Inbound => place(reach),
        Direction::Outbound => format!("outbound {}", place(reach)),
    }
}

/// What is open, and to whom, who are less than the limit: some of the internet, or AWS services.
fn tolerated(reach: &Reach, limit: &Limit) -> Vec<(String, String)> {
    let public = limit.public(reach.sources());
    let families = Family::ALL
        .into_iter()
        .filter(|family| limit.mode == Mode::Threshold && public.extent().of(*family) > 0);
    let sizes = families.map(|family| size(&public, family, limit));
    let services = reach.permissions.iter().flat_map(|permission| permission.services.iter().cloned());
    sizes.chain(services).map(|whom| (named_place(reach), whom)).collect()
}

/// The groups that may reach what is guarded, and deserve a look: each once, with the rules that let it in.
fn groups(permissions: &[Permission], parameters: &Parameters) -> Vec<String> {
    let guarded = permissions.iter().filter(|permission| parameters.guard.is_reached_by(permission));
    let groups =
        guarded.flat_map(|permission| permission.groups.iter().map(move |group| (permission, group)));
    let notes =
        by_last(groups.map(|(permission, group)| (permission.standing(), (group.code(), group.text()))));
    let note = |((code, text), rules): ((&'static str, String), Vec<String>)| {
        (format!("{text} ({})", listed(&rules)), code)
    };
    let codes = by_last(notes.into_iter().map(note));
    codes.iter().map(|(code, texts)| format!("{code}: {}", listed(texts))).collect()
}

/// The first of each pair by the last, in the order in which they come.
fn by_last<First, Last: PartialEq>(pairs: impl Iterator<Item = (First, Last)>) -> Vec<(Last, Vec<First>)> {
    let mut grouped: Vec<(Last, Vec<First>)> = Vec::new();
    for (first, last) in pairs {
        match grouped.iter_mut().find(|(known, _)| *known == last) {
            Some((_, firsts)) => firsts.push(first),
            None => grouped.push((last, vec![first])),
        }
    }
    grouped
}
