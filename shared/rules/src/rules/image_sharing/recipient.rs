//! With whom an image may be shared.

use std::fmt;

use crate::{
    facts::LaunchPermission,
    parameters::{Value, ValueError},
};

/// An item of `sharedWith`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Recipient {
    Nobody,
    /// An account: 12 digits.
    Account(String),
    /// An organization, by its id, with its organizational units.
    Organization(String),
    /// An organizational unit, by its id.
    Unit(String),
    /// One of both, by its ARN.
    Arn(Arn),
}

/// The ARN of an organization, `arn:aws:organizations::111122223333:organization/o-…`, or of a unit of it:
/// `arn:aws:organizations::111122223333:ou/o-…/ou-…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arn {
    partition: String,
    management_account: String,
    organization: String,
    unit: Option<String>,
}

impl Recipient {
    /// Whether this permission is meant. An organization's ARN holds no accounts, and a unit's not the units above it: what
    /// Organizations alone knows counts as somebody else.
    pub(super) fn covers(&self, permission: &LaunchPermission) -> bool {
        match (self, permission) {
            (Self::Account(own), LaunchPermission::UserId(account)) => own == account,
            (
                Self::Organization(_) | Self::Unit(_) | Self::Arn(_),
                LaunchPermission::OrganizationArn(arn) | LaunchPermission::OrganizationalUnitArn(arn),
            ) => Arn::read(arn).is_some_and(|arn| self.covers_arn(&arn)),
            _ => false,
        }
    }

    fn covers_arn(&self, arn: &Arn) -> bool {
        match self {
            Self::Organization(id) => *id == arn.organization,
            Self::Unit(id) => arn.unit.as_ref() == Some(id),
            Self::Arn(own) => *own == *arn || *own == Arn { unit: None, ..arn.clone() },
            Self::Nobody | Self::Account(_) => false,
        }
    }
}

impl Value for Recipient {
    const FORM: &'static str = "an account id of 12 digits, the id of an organization (`o-…`) or organizational unit (`ou-…`), \
                                the ARN of one of both, or `none`";
    const PATTERN: &'static str = "none|[0-9]{12}|ou?-[a-z0-9-]+|arn:[^,]+";

    fn parse(text: &str) -> Result<Self, ValueError> {
        match text {
            "none" => Ok(Self::Nobody),
            id if id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(Self::Account(id.to_owned()))
            }
            id if is_id(id, "o-") => Ok(Self::Organization(id.to_owned())),
            id if is_id(id, "ou-") => Ok(Self::Unit(id.to_owned())),
            arn => Arn::read(arn).map(Self::Arn).ok_or(ValueError::Form),
        }
    }
}

fn is_id(text: &str, prefix: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(is_of_id))
}

impl Arn {
    fn read(text: &str) -> Option<Self> {
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let ["arn", partition, "organizations", "", management_account, resource] = *parts.as_slice() else {
            return None;
        };
        let (organization, unit) = match *resource.split('/').collect::<Vec<_>>().as_slice() {
            ["organization", organization] => (organization, None),
            ["ou", organization, unit] => (organization, Some(unit)),
            _ => return None,
        };
        let is_whole = is_id(organization, "o-") && unit.is_none_or(|unit| is_id(unit, "ou-"));
        is_whole.then(|| Self {
            partition: partition.to_owned(),
            management_account: management_account.to_owned(),
            organization: organization.to_owned(),
            unit: unit.map(str::to_owned),
        })
    }
}

/// A permission in an annotation, where an ARN would leave no room for others.
pub(super) struct Short<'a>(pub(super) &'a LaunchPermission);

impl fmt::Display for Short<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            LaunchPermission::Group(group) => write!(formatter, "group {group}"),
            LaunchPermission::UserId(account) => formatter.write_str(account),
            LaunchPermission::OrganizationArn(arn) | LaunchPermission::OrganizationalUnitArn(arn) => {
                formatter.write_str(arn.rsplit('/').next().unwrap_or(arn))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_in_every_form_of_organizations() {
        for text in [
            "none",
            "444455556666",
            "o-a1b2c3d4e5",
            "ou-ab12-cd34ef56",
            "arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5",
            "arn:aws-cn:organizations::111122223333:ou/o-a1b2c3d4e5/ou-ab12-cd34ef56",
        ] {
            assert!(Recipient::parse(text).is_ok(), "{text}");
        }
        for text in [
            "44445555666",
            "all",
            "o-",
            "O-A1B2C3D4E5",
            "r-ab12",
            "arn:aws:iam::444455556666:root",
            "arn:aws:organizations::111122223333:organization/ou-ab12-cd34ef56",
            "arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5",
            "arn:aws:organizations::111122223333:account/o-a1b2c3d4e5/444455556666",
        ] {
            assert_eq!(Recipient::parse(text), Err(ValueError::Form), "{text}");
        }
    }
}
