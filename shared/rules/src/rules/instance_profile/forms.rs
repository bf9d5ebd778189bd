//! How profiles, roles, policies and principals are named in parameters.

use std::fmt;

use crate::{
    iam::Arn,
    parameters::{Glob, Value, ValueError},
};

/// A name with wildcards, or an ARN with wildcards.
#[derive(Clone, Debug)]
pub(super) struct NameOrArn(Glob);

impl NameOrArn {
    pub(super) fn matches(&self, name: &str, arn: &str) -> bool {
        self.0.matches(if self.is_arn() { arn } else { name })
    }

    /// Whether it matches a policy: by name only one that AWS manages, because anybody can name a policy of their own so.
    pub(super) fn matches_policy(&self, name: &str, arn: &str) -> bool {
        let is_aws_managed = Arn::read(arn).is_some_and(|arn| arn.account == "aws");
        (self.is_arn() || is_aws_managed) && self.matches(name, arn)
    }

    fn is_arn(&self) -> bool {
        self.to_string().starts_with("arn:")
    }
}

impl Value for NameOrArn {
    const FORM: &'static str = r"a name, or an ARN if it begins with `arn:`, in which `*` is any text and `?` any character (`\*` and `\?` are themselves)";
    const PATTERN: &'static str = Glob::PATTERN;
    const FIRST_PATTERN: &'static str = Glob::FIRST_PATTERN;

    fn parse(text: &str) -> Result<Self, ValueError> {
        Glob::parse(text).map(Self)
    }
}

impl fmt::Display for NameOrArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The ARN of one instance profile, as the managed rule takes it.
#[derive(Clone, Debug)]
pub(super) struct ProfileArn(pub(super) String);

impl Value for ProfileArn {
    const FORM: &'static str =
        "the ARN of an instance profile: `arn:aws:iam::111122223333:instance-profile/web`";
    const PATTERN: &'static str = r"arn:[^,:]+:iam::[0-9]{12}:instance-profile/[^,]+";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let arn = Arn::read(text).filter(|arn| arn.kind == "instance-profile" && is_account(arn.account));
        arn.map(|_| Self(text.to_owned())).ok_or(ValueError::Form)
    }
}

impl fmt::Display for ProfileArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An item of `trustedPrincipals`.
#[derive(Clone, Debug)]
pub(super) enum TrustedPrincipal {
    /// EC2, by whichever principal it has in the role's partition.
    Ec2,
    /// An account: its root, its roles and its users.
    Account(String),
    Arn(Glob),
    /// A service, or an identity provider that has no ARN.
    Service(String),
}

impl Value for TrustedPrincipal {
    const FORM: &'static str = "`ec2`, an account id of 12 digits, an ARN in which `*` is any text and `?` any character, \
                                or a service such as `ssm.amazonaws.com`";
    const PATTERN: &'static str = r"ec2|[0-9]{12}|arn:[^,]+|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        match text {
            "ec2" => Ok(Self::Ec2),
            id if is_account(id) => Ok(Self::Account(id.to_owned())),
            arn if arn.starts_with("arn:") => Glob::parse(arn).map(Self::Arn),
            name if name.contains('.') && name.split('.').all(is_label) => Ok(Self::Service(name.to_owned())),
            _ => Err(ValueError::Form),
        }
    }
}

impl fmt::Display for TrustedPrincipal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ec2 => formatter.write_str("ec2"),
            Self::Arn(arn) => arn.fmt(formatter),
            Self::Account(name) | Self::Service(name) => formatter.write_str(name),
        }
    }
}

/// Whether this is the id of an account.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
