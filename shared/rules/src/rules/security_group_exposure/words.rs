//! What the rule says: one sentence for what the same permissions let through, and the facts behind it.

use ipnet::IpNet;

use super::{
    evidence::{public_sources, with_evidence},
    limit::{Limit, Mode},
    permission::{Permission, Source},
    reach::{Reach, Reached},
    traffic::{Direction, Protocol, Traffic},
};
use crate::{
    finding::Finding,
    network::{Addresses, Family, is_everything, percent, port_range_text},
    parameters::listed,
};

/// In each of these families, one source is all there is to say.
pub(super) fn alone(is_allow_list: bool, reach: &Reach, families: &[Family], limit: &Limit) -> Finding {
    let code = match (&reach.reached, reach.direction) {
        (Reached::Ports(..), Direction::Inbound) if is_allow_list => "SG-PORT-OPEN",
        (Reached::Ports(..), Direction::Inbound) => "SG-ADMIN-OPEN",
        (Reached::Ports(..), Direction::Outbound) => "SG-EGRESS-OPEN",
        (Reached::Protocols(_), _) => protocol_code(reach.direction),
    };
    let dominant: Vec<_> =
        families.iter().map(|family| (*family, limit.dominant(&reach.permissions, *family))).collect();
    let sources: Vec<_> =
        dominant.iter().map(|(family, sources)| by_itself(*family, sources, limit)).collect();
    let rules = rules(dominant.into_iter().flat_map(|(_, sources)| sources));
    let preposition = reach.direction.preposition();
    let sentence = format!("{} {preposition} {} ({rules})", place(reach), sources.join(" + "));
    with_evidence(Finding::new(code, sentence), reach, families, limit)
}

/// Several sources of this family make up the exposure.
pub(super) fn together(reach: &Reach, family: Family, limit: &Limit) -> Finding {
    let (code, verb) = match (&reach.reached, reach.direction) {
        (Reached::Ports(..), Direction::Inbound) => ("SG-UNION", "open to"),
        (Reached::Ports(..), Direction::Outbound) => ("SG-EGRESS-UNION", "reaches"),
        (Reached::Protocols(_), Direction::Inbound) => (protocol_code(reach.direction), "open to"),
        (Reached::Protocols(_), Direction::Outbound) => (protocol_code(reach.direction), "reaches"),
    };
    let parts = public_sources(reach, &[family], limit);
    let blocks = joined(&blocks(parts.iter().map(|(_, source)| *source)));
    let size = size(&limit.public(reach.sources()), family, limit);
    let sentence = format!("{} {verb} {size} via {blocks} ({})", place(reach), rules(parts));
    with_evidence(Finding::new(code, sentence), reach, &[family], limit)
}

fn protocol_code(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "SG-PROTOCOL-OPEN",
        Direction::Outbound => "SG-EGRESS-PROTOCOL",
    }
}

/// The prefix lists by which this may be reached, and that are not known.
pub(super) fn unknown_lists(reach: &Reach) -> Vec<Finding> {
    let code = match reach.direction {
        Direction::Inbound => "SG-PREFIX-LIST",
        Direction::Outbound => "SG-EGRESS-PREFIX-LIST",
    };
    let (place, preposition) = (place(reach), reach.direction.preposition());
    let finding = |(permission, id): (&Permission, &String)| {
        let standing = permission.standing();
        let sentence = format!("{place} {preposition} {id} ({standing}), whose entries are not known");
        Finding::new(code, sentence).with("prefixListId", id.as_str())
    };
    let lists = reach
        .permissions
        .iter()
        .flat_map(|permission| permission.unknown_lists.iter().map(move |id| (*permission, id)));
    lists.map(finding).collect()
}

/// A permission that cannot be read.
pub(super) fn unreadable(permission: &Permission) -> Option<Finding> {
    let problem = match &permission.traffic {
        Traffic::WithoutPorts(transport) => format!(" is {} without a range of ports", transport.name()),
        Traffic::Unnamed => " names no protocol".to_owned(),
        _ => format!(": {:?} is not a CIDR block", permission.unreadable.first()?),
    };
    Some(Finding::missing_data(format!("{}{problem}", permission.standing())))
}

impl Permission {
    /// How its owner finds it again: `inbound 2`.
    pub(super) fn standing(&self) -> String {
        format!("{} {}", self.direction.name(), self.number)
    }
}

/// `tcp/22`, `tcp+udp/8000-8080`, `icmp+icmpv6`.
pub(super) fn place(reach: &Reach) -> String {
    match &reach.reached {
        Reached::Ports(transports, ports) => {
            let transports: Vec<_> = transports.iter().map(|transport| transport.name()).collect();
            format!("{}/{}", transports.join("+"), port_range_text(ports))
        }
        Reached::Protocols(protocols) => protocols.iter().map(Protocol::name).collect::<Vec<_>>().join("+"),
    }
}

/// The sources that say everything about a family: `0.0.0.0/0`.
fn by_itself(family: Family, dominant: &[(&Permission, &Source)], limit: &Limit) -> String {
    let blocks = joined(&blocks(dominant.iter().map(|(_, source)| *source)));
    match dominant.first() {
        Some((_, source)) if !is_everything(&source.network) => {
            format!("{blocks}, {}", size(&limit.public([*source]), family, limit))
        }
        _ => blocks,
    }
}

/// Where these sources stand, each rule once: `inbound 2 "temp debug"`.
fn rules<'a>(sources: impl IntoIterator<Item = (&'a Permission, &'a Source)>) -> String {
    let mut rules = Vec::new();
    for (permission, source) in sources {
        let list = source.list.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        let all = if permission.traffic == Traffic::All { " all traffic" } else { "" };
        let description = source.description.as_deref().map(quoted).unwrap_or_default();
        let rule = format!("{}{all}{list}{description}", permission.standing());
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
