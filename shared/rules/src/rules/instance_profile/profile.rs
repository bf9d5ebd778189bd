//! The instance profile that an instance names, and whether its name will do.

use std::fmt;

use super::{
    codes::ProfileCode,
    forms::{NameOrArn, ProfileArn},
};
use crate::{
    ec2::Instance,
    finding::Finding,
    iam::Arn,
    parameters::{ParameterError, RawParameters, listed},
};

/// An instance profile, as an instance names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Profile<'a> {
    /// The whole ARN.
    pub(super) text: &'a str,
    pub(super) arn: Arn<'a>,
    /// `AIPA…`.
    pub(super) id: Option<&'a str>,
}

impl<'a> Profile<'a> {
    /// `None` if the instance has no profile.
    pub(super) fn of(instance: &'a Instance) -> Result<Option<Self>, String> {
        let Some(profile) = &instance.iam_instance_profile else { return Ok(None) };
        let text = profile.arn.as_deref().unwrap_or_default();
        let arn = Arn::read(text).filter(|arn| arn.kind == "instance-profile");
        let arn = arn.ok_or("the configuration item does not name the instance profile by a readable ARN")?;
        Ok(Some(Self { text, arn, id: profile.id.as_deref().filter(|id| !id.trim().is_empty()) }))
    }

    pub(super) fn finding(&self, code: ProfileCode, sentence: String) -> Finding {
        Finding::new(code, sentence).with("instanceProfileArn", self.text)
    }

    pub(super) fn is(&self, named: &NameOrArn) -> bool {
        named.matches(self.arn.name, self.text)
    }
}

impl fmt::Display for Profile<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.arn.name)
    }
}

/// Which profiles will do, by name.
#[derive(Clone, Debug)]
pub(super) struct NameChecks {
    arns: Vec<ProfileArn>,
    approved: Vec<NameOrArn>,
    denied: Vec<NameOrArn>,
}

impl NameChecks {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        Ok(Self {
            arns: raw.list("IamInstanceProfileArnList")?,
            approved: raw.list("approvedProfiles")?,
            denied: raw.list("deniedProfiles")?,
        })
    }

    pub(super) fn are_set(&self) -> bool {
        !(self.arns.is_empty() && self.approved.is_empty() && self.denied.is_empty())
    }

    /// Why the profile will do, or why it will not.
    pub(super) fn approval(&self, profile: &Profile) -> Result<String, Finding> {
        if let Some(denied) = self.denied.iter().find(|denied| profile.is(denied)) {
            let sentence = format!("instance profile {profile} is denied by {denied}");
            return Err(profile.finding(ProfileCode::ProfileDenied, sentence));
        }
        let by_arn = self.arns.iter().find(|arn| arn.0 == profile.text).map(ToString::to_string);
        let by_name = || self.approved.iter().find(|named| profile.is(named)).map(ToString::to_string);
        match by_arn.or_else(by_name) {
            Some(by) => Ok(format!("has instance profile {profile}, approved by {by}")),
            None if self.arns.is_empty() && self.approved.is_empty() => {
                Ok(format!("has instance profile {profile}"))
            }
            None => Err(self.unapproved(profile)),
        }
    }

    /// Where ARNs are approved, the name alone would not show the difference.
    fn unapproved(&self, profile: &Profile) -> Finding {
        let arns = self.arns.iter().map(ToString::to_string);
        let expected: Vec<_> = arns.chain(self.approved.iter().map(ToString::to_string)).collect();
        let is_arn = expected.iter().any(|expected| expected.starts_with("arn:"));
        let subject = if is_arn { profile.text.to_owned() } else { format!("instance profile {profile}") };
        let sentence = format!("{subject} is not in {}", listed(&expected));
        profile.finding(ProfileCode::ProfileUnapproved, sentence)
    }
}
