//! What the annotation says of an exposure: one sentence for all that the same sources expose, and the evidence for it.

use super::findings::Code;
use crate::{
    finding::Finding,
    network::{Direction, Exposure, Guard, Limit, Permission, Traffic, wording::fitting},
};

/// The finding of an exposure.
pub(super) fn exposed(exposure: &Exposure, guard: &Guard, limit: &Limit) -> Finding {
    let (rules, whom) = (exposure.rules(|permission: &Permission| permission.name()), exposure.whom(limit));
    let verb = match (exposure.is_union, exposure.direction) {
        (false, direction) => direction.preposition(),
        (true, Direction::Inbound) => "open to",
        (true, Direction::Outbound) => "reaches",
    };
    let sentence = |traffic: &str| format!("{traffic} {verb} {whom} ({rules})");
    exposure.evidence(fitting(code(exposure, guard), &exposure.traffic, sentence), limit)
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
    let (preposition, rule) = (permission.direction.preposition(), permission.name());
    let finding = |id: &String| {
        let sentence =
            |traffic: &str| format!("{traffic} {preposition} {id} ({rule}), whose entries are not known");
        fitting(code, &traffic, sentence).with("prefixListId", id.as_str())
    };
    permission.unknown_lists.iter().map(finding).collect()
}

/// A permission that cannot be read.
pub(super) fn unreadable(permission: &Permission) -> Option<Finding> {
    permission.unreadable(&permission.name()).map(Finding::missing_data)
}
