//! What IAM knows of an instance profile, its role, and the role's policies.

use super::{
    codes::ProfileCode,
    forms::{NameOrArn, TrustedPrincipal},
    profile::Profile,
    trust,
};
use crate::{
    facts::{AttachedPolicy, Fact, Facts, InstanceProfile, Role},
    finding::{Checked, Code, Finding},
    parameters::{ParameterError, RawParameters, keywords, listed},
};

/// What the role of an instance profile must be like.
#[derive(Clone, Debug)]
pub(super) struct RoleChecks {
    approved: Vec<NameOrArn>,
    denied: Vec<NameOrArn>,
    dangling: Dangling,
    trusted: Vec<TrustedPrincipal>,
    denied_policies: Vec<NameOrArn>,
    /// Parts of exemptions.
    pub(super) exempt_principals: Vec<TrustedPrincipal>,
    pub(super) exempt_policies: Vec<NameOrArn>,
}

/// The parameter `danglingProfile`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dangling {
    Ignore,
    Report,
}

keywords!(Dangling, "`ignore` or `report`", "ignore" => Self::Ignore, "report" => Self::Report);

/// What is wrong or not known, and what is to be said where nothing is.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) checks: Vec<Checked>,
    pub(super) clauses: Vec<String>,
}

impl Answer {
    pub(super) fn of(check: Checked) -> Self {
        Self { checks: vec![check], clauses: Vec::new() }
    }

    pub(super) fn with_message(clause: String) -> Self {
        Self { checks: Vec::new(), clauses: vec![clause] }
    }
}

impl RoleChecks {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        Ok(Self {
            approved: raw.list("approvedRoles")?,
            denied: raw.list("deniedRoles")?,
            dangling: raw.one("danglingProfile")?.unwrap_or(Dangling::Ignore),
            trusted: raw.list("trustedPrincipals")?,
            denied_policies: raw.list("deniedPolicies")?,
            exempt_principals: Vec::new(),
            exempt_policies: Vec::new(),
        })
    }

    /// Whether the answer depends on what IAM knows.
    pub(super) fn are_set(&self) -> bool {
        let asks_role =
            [&self.approved, &self.denied, &self.denied_policies].iter().any(|list| !list.is_empty());
        asks_role || !self.trusted.is_empty() || self.dangling == Dangling::Report
    }

    /// What there is to say of a profile of the instance's own account.
    pub(super) fn answer(&self, profile: &Profile, facts: &Facts) -> Answer {
        match facts.instance_profile(profile.text) {
            Fact::Known(record)
                if record.instance_profile_id != profile.id.unwrap_or(&record.instance_profile_id) =>
            {
                let mut answer = self.of_record(profile, record, facts);
                answer.checks.insert(0, Ok(self.reused(profile, record)));
                answer
            }
            Fact::Known(record) => self.of_record(profile, record, facts),
            Fact::Absent => self.without_role(profile, ProfileCode::ProfileDangling, "was deleted"),
            Fact::Unavailable(why) => {
                Answer::of(Err(format!("nothing is known about instance profile {profile}: {why}")))
            }
        }
    }

    fn reused(&self, profile: &Profile, record: &InstanceProfile) -> Option<Finding> {
        let (had, has) = (profile.id.unwrap_or_default(), &record.instance_profile_id);
        let sentence = format!(
            "instance profile {profile} was made again: the instance names {had}, IAM has {has} of that name"
        );
        (self.dangling == Dangling::Report).then(|| profile.finding(ProfileCode::ProfileReusedName, sentence))
    }

    fn of_record(&self, profile: &Profile, record: &InstanceProfile, facts: &Facts) -> Answer {
        match &record.role {
            Some(role) => self.of_role(profile, role, facts),
            None => self.without_role(profile, ProfileCode::ProfileEmpty, "has no role"),
        }
    }

    /// Without a role there are no credentials: nothing to approve, and nothing to fear.
    fn without_role(&self, profile: &Profile, code: ProfileCode, fact: &str) -> Answer {
        let sentence = format!("instance profile {profile} {fact}");
        if self.dangling == Dangling::Report {
            return Answer::of(Ok(Some(
                profile.finding(code, format!("{sentence}, and gives no credentials")),
            )));
        }
        if self.approved.is_empty() {
            return Answer::with_message(format!("it {fact}, and gives no credentials"));
        }
        let approved = listed(&self.approved);
        Answer::of(Ok(Some(profile.finding(code, format!("{sentence}; expected one of {approved}")))))
    }

    fn of_role(&self, profile: &Profile, role: &Role, facts: &Facts) -> Answer {
        let mut clauses = vec![format!("role {:?}", role.role_name)];
        let mut checks = vec![Ok(self.approval(profile, role))];
        if !self.trusted.is_empty() {
            checks.push(self.trust(profile, role));
            clauses.push(format!("assumed by {} only", listed(&self.all_trusted())));
        }
        if !self.denied_policies.is_empty() {
            checks.push(self.policies(profile, role, facts));
            clauses.push(format!("without {}", listed(&self.denied_policies)));
        }
        let statements = role.assume_role_policy_document.statements();
        let is_for_ec2 =
            statements.is_ok_and(|statements| trust::lets_ec2(statements, profile.arn.partition));
        let mut clauses = vec![clauses.join(", ")];
        if statements.is_ok() && !is_for_ec2 {
            let code: &Code = ProfileCode::RoleNotForEc2.into();
            clauses.push(format!("note {}: {NOT_FOR_EC2}", code.name));
        }
        Answer { checks, clauses }
    }

    fn approval(&self, profile: &Profile, role: &Role) -> Option<Finding> {
        let matches = |named: &&NameOrArn| named.matches(&role.role_name, &role.arn);
        if let Some(denied) = self.denied.iter().find(matches) {
            let sentence = format!("role {:?} is denied by {denied}", role.role_name);
            return Some(profile.finding(ProfileCode::RoleDenied, sentence));
        }
        if self.approved.is_empty() || self.approved.iter().any(|named| matches(&named)) {
            return None;
        }
        let sentence = format!("role {:?} is not in {}", role.role_name, listed(&self.approved));
        Some(profile.finding(ProfileCode::RoleUnapproved, sentence))
    }

    fn all_trusted(&self) -> Vec<TrustedPrincipal> {
        [self.trusted.clone(), self.exempt_principals.clone()].concat()
    }

    fn trust(&self, profile: &Profile, role: &Role) -> Checked {
        let statements = role.assume_role_policy_document.statements();
        let name = &role.role_name;
        let statements =
            statements.map_err(|why| format!("the trust policy of role {name:?} cannot be read: {why}"))?;
        let untrusted = trust::untrusted(statements, &self.all_trusted(), profile.arn.partition);
        if untrusted.is_empty() {
            return Ok(None);
        }
        let (others, allowed) = (listed(&untrusted), listed(&self.trusted));
        let sentence = format!("role {name:?} may also be assumed by {others}; allowed: {allowed}");
        Ok(Some(profile.finding(ProfileCode::RoleTrust, sentence).with("principals", untrusted)))
    }

    fn policies(&self, profile: &Profile, role: &Role, facts: &Facts) -> Checked {
        let name = &role.role_name;
        let attached = match facts.role_policies(&role.arn) {
            Fact::Known(attached) => attached,
            Fact::Absent => return Err(format!("role {name:?} was deleted while it was asked about")),
            Fact::Unavailable(why) => {
                return Err(format!("the policies of role {name:?} are not known: {why}"));
            }
        };
        let is_in = |list: &[NameOrArn], AttachedPolicy { policy_name, policy_arn }: &AttachedPolicy| {
            list.iter().any(|named| named.matches_policy(policy_name, policy_arn))
        };
        let denied = attached.iter().filter(|policy| is_in(&self.denied_policies, policy));
        let denied: Vec<_> = denied.filter(|policy| !is_in(&self.exempt_policies, policy)).collect();
        if denied.is_empty() {
            return Ok(None);
        }
        let names: Vec<_> = denied.iter().map(|policy| policy.policy_name.as_str()).collect();
        let arns: Vec<_> = denied.iter().map(|policy| policy.policy_arn.clone()).collect();
        let sentence = format!("role {name:?} has {}", listed(&names));
        Ok(Some(profile.finding(ProfileCode::RolePolicy, sentence).with("policies", arns)))
    }
}

const NOT_FOR_EC2: &str = "the trust policy does not let EC2 assume it";
