//! A security group, and the other groups that its permissions name.

use crate::{
    ec2::{SecurityGroup, UserIdGroupPair},
    finding::Finding,
    item::ConfigurationItem,
};

/// What makes an open group worse: instances get it without anybody's choice. A finding of its own, so that the codes of
/// the others stay what they are.
pub(super) fn aggravation(group: &SecurityGroup) -> Option<Finding> {
    let name = group.group_name.as_deref()?;
    let (code, sentence) = match name.strip_prefix("launch-wizard-") {
        _ if name == "default" => ("SG-DEFAULT-GROUP", "what is launched without a group gets this one"),
        Some(number) if number.parse::<u32>().is_ok() => {
            ("SG-LAUNCH-WIZARD", "the console's launch wizard made this group")
        }
        _ => return None,
    };
    Some(Finding::new(code, sentence).with("groupName", name))
}

/// Whose a group is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Home<'a> {
    group_id: &'a str,
    owner: Option<&'a str>,
    /// Whether it is the account's that recorded it. Only of its own groups does EC2 tell an account anything.
    is_recorders: bool,
}

impl<'a> Home<'a> {
    pub(super) fn of(item: &'a ConfigurationItem<SecurityGroup>) -> Self {
        let account = item.account_id.as_deref();
        let owner = item.configuration.owner_id.as_deref().or(account);
        Self { group_id: &item.resource_id, owner, is_recorders: owner == account }
    }
}

/// The group that a pair names, if it is another one of the same account.
pub(super) fn neighbour<'a>(pair: &'a UserIdGroupPair, home: Home) -> Option<&'a str> {
    let id = pair.group_id.as_deref().filter(|id| *id != home.group_id)?;
    (home.is_recorders && noted(pair, home).is_none()).then_some(id)
}

/// The group that a pair names, if it is not plainly one of this account's.
pub(super) fn noted(pair: &UserIdGroupPair, Home { owner, .. }: Home) -> Option<Group> {
    let id = pair.group_id.clone()?;
    let is_cut = pair.peering_status.as_deref().is_some_and(|status| status != "active");
    match &pair.user_id {
        _ if is_cut => Some(Group::Stale(id)),
        // EC2 leaves the account out once the group at the other end of a peering is deleted.
        None => pair.vpc_peering_connection_id.is_some().then_some(Group::Stale(id)),
        Some(account) => {
            (owner.is_some_and(|owner| owner != account)).then(|| Group::External(id, account.clone()))
        }
    }
}

/// Another group that a permission lets in (or out to), and that deserves a look.
#[derive(Debug)]
pub(super) enum Group {
    /// It, or the peering that leads to it, is deleted.
    Stale(String),
    /// It belongs to this other account.
    External(String, String),
    /// The internet reaches it: these words say at which ports.
    Open(String, String),
    /// Nothing is known of its rules.
    Unknown(String),
}

impl Group {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Stale(_) => "SG-STALE-GROUP",
            Self::External(..) => "SG-EXTERNAL-GROUP",
            Self::Open(..) => "SG-OPEN-GROUP",
            Self::Unknown(_) => "SG-UNKNOWN-GROUP",
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Stale(id) => format!("{id}, which is gone"),
            Self::External(id, account) => format!("{id} of account {account}"),
            Self::Open(id, how) => format!("{id}, itself open to {how}"),
            Self::Unknown(id) => format!("{id}, whose rules are not known"),
        }
    }
}
