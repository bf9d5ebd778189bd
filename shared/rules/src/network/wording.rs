//! How annotations name what is exposed, to whom and by which rules of which groups; and what is not exposed.

use ipnet::IpNet;
use serde_json::json;

use super::{
    Addresses, Direction, Exposure, Family, Guard, IpType, Limit, Mode, NamedSource, Permission, Problem,
    Protocol, Reach, Source, Traffic, is_everything, percent, range_text, reaches,
};
use crate::{
    finding::{ANNOTATION_LIMIT, Code, Finding},
    parameters::{first_of, listed},
};

impl Exposure<'_> {
    /// To whom: each source that is enough by itself, or how much of the internet several are together.
    pub(crate) fn whom(&self, limit: &Limit) -> String {
        if self.is_union { self.together(limit) } else { self.alone(limit) }
    }

    /// The sources that are enough by themselves: `0.0.0.0/0 + ::/0`.
    fn alone(&self, limit: &Limit) -> String {
        let of = |family: &Family| {
            let sources: Vec<_> = self.sources_of(*family).map(|(_, source)| *source).collect();
            let blocks = joined(&sources);
            match sources.first() {
                Some(source) if !is_everything(&source.network) => {
                    format!("{blocks}, {}", size(&limit.public([*source]), *family, limit))
                }
                _ => blocks,
            }
        };
        self.families.iter().map(of).collect::<Vec<_>>().join(" + ")
    }

    /// The sources that are enough together: `100% of IPv4 via 0.0.0.0/1 + 128.0.0.0/1`.
    fn together(&self, limit: &Limit) -> String {
        let sources: Vec<_> = self.sources.iter().map(|(_, source)| *source).collect();
        let public = limit.public(sources.iter().copied());
        let size = |family: &Family| size(&public, *family, limit);
        let sizes: Vec<_> = self.families.iter().map(size).collect();
        format!("{} via {}", sizes.join(" + "), joined(&sources))
    }

    /// The rules by which it is one, each once, by their names: `inbound 2 "temp debug"`.
    pub(crate) fn rules(&self, name: impl Fn(&Permission) -> String) -> String {
        let mut rules = Vec::new();
        for (permission, source) in &self.sources {
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

    /// The finding with all of what is reached, by how much of the internet, and by which rules.
    pub(crate) fn evidence(&self, finding: Finding, limit: &Limit) -> Finding {
        let extent = limit.public(self.sources.iter().map(|(_, source)| *source)).extent();
        let rule = |(permission, source): &NamedSource| {
            json!({
                "groupId": permission.group_id,
                "number": permission.number,
                "cidr": source.network.to_string(),
                "description": source.description,
                "prefixListId": source.list,
            })
        };
        let finding = finding
            .with("direction", self.direction.name())
            .with("traffic", self.traffic.list())
            .with("rules", self.sources.iter().map(rule).collect::<Vec<_>>());
        self.families.iter().fold(finding, |finding, family| {
            let name = match family {
                Family::V4 => "publicIpv4Addresses",
                Family::V6 => "publicIpv6Sites",
            };
            finding.with(name, extent.of(*family))
        })
    }
}

impl Permission<'_> {
    /// How its owner finds it again: `inbound 2`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.direction.name(), self.number)
    }

    /// Why it cannot be read, if it cannot: a sentence that begins with its name.
    pub(crate) fn unreadable(&self, name: &str) -> Option<String> {
        let problem = match &self.problem {
            Some(Problem::NoPorts(protocol)) => format!(" is {} without a range of ports", protocol.name()),
            Some(Problem::NoProtocol) => " names no protocol".to_owned(),
            Some(Problem::UnknownProtocol(name)) => format!(": {name:?} is not a protocol"),
            None => format!(": {:?} is not a CIDR block", self.unreadable.first()?),
        };
        Some(format!("{name}{problem}"))
    }
}

impl Limit {
    /// Whom traffic is not open to.
    pub(crate) fn internet(&self) -> &'static str {
        match (self.is_literal(), self.families) {
            (true, IpType::All) => "0.0.0.0/0 or ::/0",
            (true, IpType::One(Family::V4)) => "0.0.0.0/0",
            (true, IpType::One(Family::V6)) => "::/0",
            (false, IpType::All) => "the internet",
            (false, IpType::One(Family::V4)) => "the IPv4 internet",
            (false, IpType::One(Family::V6)) => "the IPv6 internet",
        }
    }
}

/// The finding with as much of the traffic in its sentence as an annotation has room for, so that the rest fits as well.
pub(crate) fn fitting(
    code: impl Into<&'static Code>,
    traffic: &Traffic,
    sentence: impl Fn(&str) -> String,
) -> Finding {
    const MOST: usize = 99;
    let code = code.into();
    let fits = |sentence: &String| {
        format!("{}: {sentence}; +{MOST} more", code.name).encode_utf16().count() <= ANNOTATION_LIMIT
    };
    let mut sentences = (1..=MOST).rev().map(|shown| sentence(&traffic.text(shown)));
    Finding::new(code, sentences.find(fits).unwrap_or_else(|| sentence(&traffic.text(1))))
}

/// `100% of IPv4`; or the number where it is less than one percent: `65537 public addresses, limit 65536`.
pub(crate) fn size(public: &Addresses, family: Family, limit: &Limit) -> String {
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

/// The beginning of a description, so that a sentence has room for what is wrong; the evidence has all of it.
fn quoted(description: &str) -> String {
    const SHOWN: usize = 40;
    match description.char_indices().nth(SHOWN) {
        Some((end, _)) => format!(" {:?}", format!("{}…", &description[..end])),
        None => format!(" {description:?}"),
    }
}

/// The first of each pair by the last, in the order in which they come.
pub(crate) fn grouped<First, Last: PartialEq>(
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

/// `22, 3389 not open to the internet`.
pub(crate) fn closed(guard: &Guard, limit: &Limit) -> String {
    let (traffic, internet) = (&guard.traffic, limit.internet());
    if guard.is_allow_list {
        return format!("no unauthorized port{} open to {internet}", only(traffic));
    }
    let mut subjects = vec![ports(traffic)];
    let others = traffic.minus(&Traffic::with_ports());
    subjects.extend(others.meets(&Traffic::icmp()).then(|| "icmp".to_owned()));
    subjects.extend((!others.minus(&Traffic::icmp()).is_empty()).then(|| "other protocols".to_owned()));
    subjects.retain(|subject| !subject.is_empty());
    format!("{} not open to {internet}", subjects.join(", "))
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
pub(crate) fn tolerated(permissions: &[Permission], guard: &Guard, limit: &Limit) -> Option<String> {
    let reaches = reaches(permissions, &guard.traffic);
    let places = grouped(reaches.iter().flat_map(|reach| {
        let to = few(reach, limit).into_iter();
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
pub(crate) fn allowed(permissions: &[Permission], guard: &Guard, limit: &Limit) -> Option<String> {
    let reaches = reaches(permissions, &Traffic::all().minus(&guard.traffic));
    let is_open = |reach: &&Reach| !reach.exposed(limit).is_empty();
    let mut places: Vec<_> = reaches.iter().filter(is_open).map(place).collect();
    let exceeds =
        |own: &Permission| Family::ALL.into_iter().any(|family| limit.is_exceeded(&own.sources, family));
    let is_left_out =
        |own: &Permission| own.recorded.is_all_traffic() && own.traffic.is_empty() && exceeds(own);
    places.extend(permissions.iter().any(is_left_out).then(|| "all traffic".to_owned()));
    (!places.is_empty()).then(|| format!("{} allowed", listed(&places)))
}
