//! What the annotation says of an exposure: one sentence for all that the same sources expose, and the evidence for it.

use ipnet::IpNet;
use serde_json::json;

use super::findings::Code;
use crate::{
    finding::{ANNOTATION_LIMIT, Code as AnyCode, Finding},
    network::{
        Addresses, Direction, Exposure, Family, Guard, IpType, Limit, Mode, NamedSource, Permission, Problem,
        Source, Traffic, is_everything, percent,
    },
    parameters::listed,
};

/// The finding of an exposure.
pub(super) fn exposed(exposure: &Exposure, guard: &Guard, limit: &Limit) -> Finding {
    let rules = rules(&exposure.sources);
    let preposition = exposure.direction.preposition();
    let whom = if exposure.is_union { together(exposure, limit) } else { alone(exposure, limit) };
    let verb = match (exposure.is_union, exposure.direction) {
        (false, _) => preposition,
        (true, Direction::Inbound) => "open to",
        (true, Direction::Outbound) => "reaches",
    };
    let sentence = |traffic: &str| format!("{traffic} {verb} {whom} ({rules})");
    with_evidence(fitting(code(exposure, guard), &exposure.traffic, sentence), exposure, limit)
}

fn code(exposure: &Exposure, guard: &Guard) -> Code {
    let has_ports = exposure.traffic.meets(&Traffic::with_ports());
    match (exposure.direction, exposure.is_union) {
        (Direction::Inbound, _) if !has_ports => Code::ProtocolOpen,
        (Direction::Inbound, true) => Code::Union,
        (Direction::Inbound, false) if guard.is_allow_list => Code::PortOpen,
        (Direction::Inbound, false) => Code::AdminOpen,
        (Direction::Outbound, _) if !has_ports => Code::EgressProtocol,
        (Direction::Outbound, true) => Code::EgressUnion,
        (Direction::Outbound, false) => Code::EgressOpen,
    }
}

/// The sources that are enough by themselves: `0.0.0.0/0 + ::/0`.
fn alone(exposure: &Exposure, limit: &Limit) -> String {
    let of = |family: &Family| {
        let sources: Vec<_> = exposure.sources_of(*family).map(|(_, source)| *source).collect();
        let blocks = joined(&sources);
        match sources.first() {
            Some(source) if !is_everything(&source.network) => {
                format!("{blocks}, {}", size(&limit.public([*source]), *family, limit))
            }
            _ => blocks,
        }
    };
    exposure.families.iter().map(of).collect::<Vec<_>>().join(" + ")
}

/// The sources that are enough together: `100% of IPv4 via 0.0.0.0/1 + 128.0.0.0/1`.
fn together(exposure: &Exposure, limit: &Limit) -> String {
    let sources: Vec<_> = exposure.sources.iter().map(|(_, source)| *source).collect();
    let public = limit.public(sources.iter().copied());
    let size = |family: &Family| size(&public, *family, limit);
    let sizes: Vec<_> = exposure.families.iter().map(size).collect();
    format!("{} via {}", sizes.join(" + "), joined(&sources))
}

/// The finding with as much of the traffic in its sentence as an annotation has room for, so that the rest fits as well.
fn fitting(code: Code, traffic: &Traffic, sentence: impl Fn(&str) -> String) -> Finding {
    const MOST: usize = 99;
    let name = <&AnyCode>::from(code).name;
    let fits = |sentence: &String| {
        format!("{name}: {sentence}; +{MOST} more").encode_utf16().count() <= ANNOTATION_LIMIT
    };
    let mut sentences = (1..=MOST).rev().map(|shown| sentence(&traffic.text(shown)));
    Finding::new(code, sentences.find(fits).unwrap_or_else(|| sentence(&traffic.text(1))))
}

/// The finding with all of what is reached, by how much of the internet, and by which rules.
fn with_evidence(finding: Finding, exposure: &Exposure, limit: &Limit) -> Finding {
    let extent = limit.public(exposure.sources.iter().map(|(_, source)| *source)).extent();
    let rule = |(permission, source): &NamedSource| {
        json!({
            "number": permission.number,
            "cidr": source.network.to_string(),
            "description": source.description,
            "prefixListId": source.list,
        })
    };
    let finding = finding
        .with("direction", exposure.direction.name())
        .with("traffic", exposure.traffic.list())
        .with("rules", exposure.sources.iter().map(rule).collect::<Vec<_>>());
    exposure.families.iter().fold(finding, |finding, family| {
        let name = match family {
            Family::V4 => "publicIpv4Addresses",
            Family::V6 => "publicIpv6Sites",
        };
        finding.with(name, extent.of(*family))
    })
}

/// The prefix lists by which guarded traffic may be reached, and whose entries are not known.
pub(super) fn unknown_lists(permission: &Permission, guard: &Guard) -> Vec<Finding> {
    let traffic = permission.traffic.within(&guard.traffic);
    if traffic.is_empty() || permission.problem.is_some() {
        return Vec::new();
    }
    let code = match permission.direction {
        Direction::Inbound => Code::PrefixList,
        Direction::Outbound => Code::EgressPrefixList,
    };
    let (preposition, rule) = (permission.direction.preposition(), name(permission));
    let finding = |id: &String| {
        let sentence =
            |traffic: &str| format!("{traffic} {preposition} {id} ({rule}), whose entries are not known");
        fitting(code, &traffic, sentence).with("prefixListId", id.as_str())
    };
    permission.unknown_lists.iter().map(finding).collect()
}

/// A permission that cannot be read.
pub(super) fn unreadable(permission: &Permission) -> Option<Finding> {
    let problem = match &permission.problem {
        Some(Problem::NoPorts(protocol)) => format!(" is {} without a range of ports", protocol.name()),
        Some(Problem::NoProtocol) => " names no protocol".to_owned(),
        Some(Problem::UnknownProtocol(name)) => format!(": {name:?} is not a protocol"),
        None => format!(": {:?} is not a CIDR block", permission.unreadable.first()?),
    };
    Some(Finding::missing_data(format!("{}{problem}", name(permission))))
}

/// How its owner finds a permission again: `inbound 2`.
pub(super) fn name(permission: &Permission) -> String {
    format!("{} {}", permission.direction.name(), permission.number)
}

/// Where these sources stand, each rule once: `inbound 2 "temp debug"`.
fn rules(sources: &[NamedSource]) -> String {
    let mut rules = Vec::new();
    for (permission, source) in sources {
        let list = source.list.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        let all = if permission.recorded.is_all_traffic() { " all traffic" } else { "" };
        let description = source.description.as_deref().map(quoted).unwrap_or_default();
        let rule = format!("{}{all}{list}{description}", name(permission));
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    listed(&rules)
}

/// The beginning of a description, so that a sentence has room for what is wrong; the evidence has all of it.
fn quoted(description: &str) -> String {
    const SHOWN: usize = 40;
    match description.char_indices().nth(SHOWN) {
        Some((end, _)) => format!(" {:?}", format!("{}…", &description[..end])),
        None => format!(" {description:?}"),
    }
}

/// `100% of IPv4`; or the number where it is less than one percent: `65537 public addresses, limit 65536`.
pub(super) fn size(public: &Addresses, family: Family, limit: &Limit) -> String {
    match percent(public, family) {
        0 => amount(public.extent().of(family), family, limit),
        percent => format!("{percent}% of {}", family.name()),
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

/// The first few blocks of these sources, each once, in order.
fn joined(sources: &[&Source]) -> String {
    const SHOWN: usize = 4;
    let mut blocks: Vec<IpNet> = sources.iter().map(|source| source.network).collect();
    blocks.sort();
    blocks.dedup();
    let shown: Vec<_> = blocks.iter().take(SHOWN).map(ToString::to_string).collect();
    match blocks.len().saturating_sub(SHOWN) {
        0 => shown.join(" + "),
        more => format!("{} and {more} more", shown.join(" + ")),
    }
}

/// Whom traffic is not open to.
pub(super) fn internet(limit: &Limit) -> &'static str {
    match (limit.is_literal(), limit.families) {
        (true, IpType::All) => "0.0.0.0/0 or ::/0",
        (true, IpType::One(Family::V4)) => "0.0.0.0/0",
        (true, IpType::One(Family::V6)) => "::/0",
        (false, IpType::All) => "the internet",
        (false, IpType::One(Family::V4)) => "the IPv4 internet",
        (false, IpType::One(Family::V6)) => "the IPv6 internet",
    }
}

/// The first of each pair by the last, in the order in which they come.
pub(super) fn grouped<First, Last: PartialEq>(
    pairs: impl IntoIterator<Item = (First, Last)>,
) -> Vec<(Last, Vec<First>)> {
    let mut grouped: Vec<(Last, Vec<First>)> = Vec::new();
    for (first, last) in pairs {
        match grouped.iter_mut().find(|(known, _)| *known == last) {
            Some((_, firsts)) => firsts.push(first),
            None => grouped.push((last, vec![first])),
        }
    }
    grouped
}
