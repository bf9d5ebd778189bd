//! What the annotation says: the way in, what stands behind the door, and what keeps it closed.

use super::{
    codes::ExposureCode,
    door::Door,
    parameters::{Parameters, Path},
    way::Open,
};
use crate::{
    ec2::{Instance, Subnet},
    finding::Finding,
    item::ConfigurationItem,
    network::{
        Exposure, Permission, Traffic, Zone, exposures, is_everything,
        network_acl::Stop,
        percent,
        wording::{fitting, size},
    },
};

/// The findings of a door that is open.
pub(super) fn findings(
    door: &Door,
    open: &Open,
    permissions: &[Permission],
    item: &ConfigurationItem<Instance>,
    parameters: &Parameters,
) -> Vec<Finding> {
    let place = door.place_of(&open.addresses);
    let of = |zone: &Zone| {
        let exposures = exposures(permissions, zone).into_iter();
        let finding = |exposure: Exposure| {
            let whom = whom(&exposure, zone, parameters);
            let sentence = |traffic: &str| way_in(traffic, &place, &exposure, &whom, door);
            let code = code(&exposure, parameters.path);
            let finding = exposure.evidence(fitting(code, &exposure.traffic, sentence), &zone.limit);
            with_evidence(with_owner(finding, open, item), door, open, item)
        };
        exposures.map(finding).collect::<Vec<_>>()
    };
    open.zones.iter().flat_map(of).collect()
}

fn code(exposure: &Exposure, path: Path) -> ExposureCode {
    let has_ports = exposure.traffic.meets(&Traffic::with_ports());
    match (path, exposure.is_union) {
        (Path::Groups, _) => ExposureCode::OpenGroups,
        _ if !has_ports => ExposureCode::Protocol,
        (_, true) => ExposureCode::Union,
        (_, false) => ExposureCode::Exposed,
    }
}

/// `tcp/22 of 198.51.100.7 from 0.0.0.0/0 (eni-…, sg-… inbound 1)`.
fn way_in(traffic: &str, place: &str, exposure: &Exposure, whom: &str, door: &Door) -> String {
    let verb = if exposure.is_union { "open to" } else { "from" };
    format!("{traffic} of {place} {verb} {whom} ({})", doorway(door, exposure))
}

/// The interface, unless the place is one, and the rules of its groups.
fn doorway(door: &Door, exposure: &Exposure) -> String {
    let rules = exposure.rules(|permission| format!("{} {}", permission.group_id, permission.name()));
    if door.has_address() { format!("{}, {rules}", door.interface) } else { rules }
}

/// To whom; of `0.0.0.0/0`, how much is left of it behind the groups, if that is less.
fn whom(exposure: &Exposure, zone: &Zone, parameters: &Parameters) -> String {
    let whom = exposure.whom(&zone.limit);
    let sources = || exposure.sources.iter().map(|(_, source)| *source);
    let (left, all) = (zone.limit.public(sources()), parameters.limit.public(sources()));
    let narrowed = exposure.families.iter().find(|family| percent(&left, **family) < percent(&all, **family));
    match narrowed {
        Some(family) if !exposure.is_union && sources().all(|source| is_everything(&source.network)) => {
            format!("{whom}, {}", size(&left, *family, &zone.limit))
        }
        _ => whom,
    }
}

fn with_evidence(finding: Finding, door: &Door, open: &Open, item: &ConfigurationItem<Instance>) -> Finding {
    let instance = &item.configuration;
    let addresses: Vec<_> = open.addresses.iter().map(|address| address.ip.to_string()).collect();
    let profile = instance.iam_instance_profile.as_ref().and_then(|profile| profile.arn.as_deref());
    let known = [
        ("subnetId", door.subnet),
        ("routeTableId", open.path.and_then(|path| path.route_table.route_table_id.as_deref())),
        ("networkAclId", open.path.and_then(|path| path.network_acl.network_acl_id.as_deref())),
        ("keyName", instance.key_name.as_deref()),
        ("imageId", instance.image_id.as_deref()),
        ("instanceProfileArn", profile),
    ];
    let finding = finding.with("addresses", addresses).with("interfaceId", door.interface);
    known.into_iter().fold(finding, |finding, (name, fact)| match fact {
        Some(fact) => finding.with(name, fact),
        None => finding,
    })
}

/// Of a subnet that another account shares, that account's block public access may stop all of it.
fn with_owner(mut finding: Finding, open: &Open, item: &ConfigurationItem<Instance>) -> Finding {
    if let Some(owner) = open.path.and_then(|path| other_owner(&path.subnet, item)) {
        let unknown = format!("block public access of {owner}, whose subnet it is, is not known");
        finding.sentence = format!("{}; {unknown}", finding.sentence);
        return finding.with("subnetOwnerId", owner);
    }
    finding
}

/// The gravest finding, with what stands behind the door: who can log in, as whom, and on what.
pub(super) fn with_what_is_behind(mut findings: Vec<Finding>, instance: &Instance) -> Vec<Finding> {
    let key = instance.key_name.as_ref().map_or_else(|| "no key".to_owned(), |name| format!("key {name:?}"));
    let image = instance.image_id.as_deref().unwrap_or("an unknown image");
    let profile = instance.iam_instance_profile.as_ref().and_then(|profile| profile.arn.as_deref());
    let profile = profile.and_then(|arn| arn.rsplit('/').next());
    let profile = profile.map_or_else(|| "no profile".to_owned(), |name| format!("profile {name}"));
    if let Some(first) = findings.first_mut() {
        first.sentence = format!("{}; {key}, {image}, {profile}", first.sentence);
    }
    findings
}

/// Whose the subnet is, if it is not the account's that has the instance.
pub(super) fn other_owner<'a>(subnet: &'a Subnet, item: &ConfigurationItem<Instance>) -> Option<&'a str> {
    subnet
        .owner_id
        .as_deref()
        .filter(|owner| item.account_id.as_deref().is_some_and(|account| account != *owner))
}

/// What is open before something stops it.
pub(super) fn open(door: &Door, permissions: &[Permission], zones: &[Zone]) -> String {
    let place = door.place();
    let exposures =
        || zones.iter().flat_map(|zone| exposures(permissions, zone).into_iter().map(move |own| (own, zone)));
    let Some((first, zone)) = exposures().next() else {
        return format!("what the groups of {} let in to {place} is not known", door.interface);
    };
    let traffic: Traffic = exposures().map(|(own, _)| own.traffic).collect();
    format!(
        "{} of {place} is open to {} ({})",
        traffic.text(3),
        first.whom(&zone.limit),
        doorway(door, &first)
    )
}

/// How a network ACL stops what is open.
pub(super) fn acl_stops(acl: &str, stop: Stop) -> String {
    match stop {
        Stop::Entry(number) => format!("rule {number} of {acl} denies it"),
        Stop::NoEntry => format!("no inbound rule of {acl} allows it"),
        Stop::NoReply => format!("no outbound rule of {acl} allows the replies"),
    }
}

/// What is not known of a permission.
pub(super) fn doubts(permission: &Permission, parameters: &Parameters) -> Vec<Finding> {
    let name = format!("{} {}", permission.group_id, permission.name());
    if let Some(why) = permission.unreadable(&name) {
        return vec![Finding::missing_data(why)];
    }
    let traffic = permission.traffic.within(&parameters.guard.traffic);
    let doubt = |id: &String| {
        let sentence = |traffic: &str| format!("{traffic} from {id} ({name}), whose entries are not known");
        fitting(ExposureCode::PrefixList, &traffic, sentence).with("prefixListId", id.as_str())
    };
    permission.unknown_lists.iter().map(doubt).collect()
}
