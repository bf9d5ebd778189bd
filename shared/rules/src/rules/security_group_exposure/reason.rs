//! Why a group is COMPLIANT, and what is open all the same: on purpose, to a few, or to other groups.

use super::{
    annotation::{grouped, internet, size},
    groups, hygiene,
    parameters::{Directions, Parameters},
};
use crate::{
    ec2::SecurityGroup,
    facts::Facts,
    finding::Verdict,
    item::ConfigurationItem,
    network::{
        Direction, Family, Limit, Mode, Permission, Protocol, Reach, Traffic, is_everything, range_text,
        reaches,
    },
    parameters::{first_of, listed},
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
            internet(&parameters.limit)
        ));
    }
    if permissions.is_empty() {
        return Verdict::compliant(format!("no {rules} rules"));
    }
    let mut reasons = vec![closed(parameters)];
    reasons.extend(tolerated(permissions, parameters));
    reasons.extend(allowed(permissions, parameters));
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

/// `22, 3389 not open to the internet`.
fn closed(parameters: &Parameters) -> String {
    let outbound = match parameters.directions {
        Directions::Ingress => "",
        Directions::Egress => "outbound: ",
        Directions::Both => "inbound and outbound: ",
    };
    let internet = internet(&parameters.limit);
    let traffic = &parameters.guard.traffic;
    if parameters.guard.is_allow_list {
        return format!("{outbound}no unauthorized port{} open to {internet}", only(traffic));
    }
    let mut subjects = vec![ports(traffic)];
    let others = traffic.minus(&Traffic::with_ports());
    subjects.extend(others.meets(&Traffic::icmp()).then(|| "icmp".to_owned()));
    subjects.extend((!others.minus(&Traffic::icmp()).is_empty()).then(|| "other protocols".to_owned()));
    subjects.retain(|subject| !subject.is_empty());
    format!("{outbound}{} not open to {internet}", subjects.join(", "))
}

/// `22, 3389`, `22 (tcp)`, or `tcp/22 + udp/161` where these differ.
fn ports(traffic: &Traffic) -> String {
    const SHOWN: usize = 8;
    let only = only(traffic);
    let [tcp, udp] = [Protocol::TCP, Protocol::UDP].map(|protocol| traffic.ports_of(protocol));
    if only.is_empty() && tcp != udp {
        return traffic.within(&Traffic::with_ports()).text(SHOWN);
    }
    let ranges: Vec<_> = (tcp | udp).ranges().map(range_text).collect();
    first_of(&ranges, SHOWN) + only
}

/// ` (tcp)`, if that is the only protocol whose ports are guarded.
fn only(traffic: &Traffic) -> &'static str {
    let is_guarded = |protocol| traffic.meets(&Traffic::of(protocol));
    match (is_guarded(Protocol::TCP), is_guarded(Protocol::UDP)) {
        (true, false) => " (tcp)",
        (false, true) => " (udp)",
        _ => "",
    }
}

/// `tcp/443`, `outbound tcp/443`.
fn place(reach: &Reach) -> String {
    match reach.direction {
        Direction::Inbound => reach.traffic.to_string(),
        Direction::Outbound => format!("outbound {}", reach.traffic),
    }
}

/// What is guarded and open, but to less than the limit: to some of the internet, or to AWS services.
fn tolerated(permissions: &[Permission], parameters: &Parameters) -> Option<String> {
    let reaches = reaches(permissions, &parameters.guard.traffic);
    let places = grouped(reaches.iter().flat_map(|reach| {
        let to = few(reach, &parameters.limit).into_iter();
        to.map(|whom| (place(reach), whom)).collect::<Vec<_>>()
    }));
    let places: Vec<_> =
        places.iter().map(|(whom, places)| format!("{} to {whom}", listed(places))).collect();
    (!places.is_empty()).then(|| format!("except {}", listed(&places)))
}

fn few(reach: &Reach, limit: &Limit) -> Vec<String> {
    let public = limit.public(reach.sources());
    let families = Family::ALL
        .into_iter()
        .filter(|family| limit.mode == Mode::Threshold && public.extent().of(*family) > 0);
    let sizes = families.map(|family| size(&public, family, limit));
    let services = reach.permissions.iter().flat_map(|permission| permission.services.iter().cloned());
    sizes.chain(services).collect()
}

/// What is open and not guarded.
fn allowed(permissions: &[Permission], parameters: &Parameters) -> Option<String> {
    let reaches = reaches(permissions, &Traffic::all().minus(&parameters.guard.traffic));
    let is_open = |reach: &&Reach| !reach.exposed(&parameters.limit).is_empty();
    let mut places: Vec<_> = reaches.iter().filter(is_open).map(place).collect();
    let exceeds = |own: &Permission| {
        Family::ALL.into_iter().any(|family| parameters.limit.is_exceeded(&own.sources, family))
    };
    let is_left_out =
        |own: &Permission| own.recorded.is_all_traffic() && own.traffic.is_empty() && exceeds(own);
    places.extend(permissions.iter().any(is_left_out).then(|| "all traffic".to_owned()));
    (!places.is_empty()).then(|| format!("{} allowed", listed(&places)))
}
