//! `instance-profile`: which role an instance has, who else may assume it, what it may do, and how it gets its credentials.
//!
//! | the instance | answer |
//! | --- | --- |
//! | has no instance profile | NON_COMPLIANT `PROFILE-MISSING`, unless `required` is `false` |
//! | has a profile of `deniedProfiles` | NON_COMPLIANT `PROFILE-DENIED`, whatever approves it |
//! | has a profile that neither `approvedProfiles` nor `IamInstanceProfileArnList` approves | NON_COMPLIANT `PROFILE-UNAPPROVED`, if one of them is set |
//! | has any other profile | COMPLIANT, as far as its name goes |
//! | has a profile by no readable ARN | `MISSING-DATA`: `onMissingData` decides |
//!
//! The name of a profile is the last segment of its ARN; the path in front of it counts in ARNs only. That is all by default,
//! and nobody is asked. Other parameters ask IAM about the profile, once its name will do:
//!
//! | the profile | answer |
//! | --- | --- |
//! | was deleted, or has no role | with `danglingProfile` `report` or with `approvedRoles` NON_COMPLIANT `PROFILE-DANGLING`, `PROFILE-EMPTY`; else it gives no credentials, and is COMPLIANT with a note |
//! | was made again under its name | NON_COMPLIANT `PROFILE-REUSED-NAME` with `danglingProfile` `report`; its role now is evaluated all the same |
//! | has a role of `deniedRoles`, or none of `approvedRoles` | NON_COMPLIANT `ROLE-DENIED`, `ROLE-UNAPPROVED` |
//! | has a role that others than `trustedPrincipals` may assume | NON_COMPLIANT `ROLE-TRUST`, with their names, and whether they may under a condition only |
//! | has a role with a policy of `deniedPolicies` | NON_COMPLIANT `ROLE-POLICY` |
//! | has a role that EC2 may not assume | the note `ROLE-NOT-FOR-EC2`: the instance gets no credentials |
//! | cannot be asked about, or is another account's | `MISSING-DATA`, beside what its name is answered |
//!
//! With `imdsv2` and `tokenHopLimit`, instances without a profile are evaluated, too:
//!
//! | the instance metadata service | answer |
//! | --- | --- |
//! | is disabled | COMPLIANT, "metadata service disabled" |
//! | answers without a token, and `imdsv2` is `required` | NON_COMPLIANT `IMDS-V1` |
//! | lets a token go further than `tokenHopLimit` | NON_COMPLIANT `IMDS-HOPS`; exactly so far is fine, and containers need 2 |
//! | is being changed | evaluated by the new values, which are called pending |
//! | is not in the item | `MISSING-DATA` |
//!
//! **Trust.** `ec2` is `ec2.amazonaws.com`, and in China also `ec2.amazonaws.com.cn`. An account id covers the account's root,
//! its roles and its users; its root is written as an id or as an ARN, which is the same. `*` and `NotPrincipal` are everybody,
//! whatever the condition, which nothing allows. A role or user that was deleted stands as its id in the policy, and is
//! never trusted. Statements that deny are not counted on.
//!
//! **Policies.** A name means the policy of AWS by that name, in every partition; a policy of your own is denied by its ARN:
//! `arn:*:iam::*:policy/Everything`. Inline policies and permissions boundaries are not looked at, nor what a policy says.
//!
//! ## Differences from the managed rules
//!
//! `mode` `literal` answers as one of these, by which parameter is set; with others, or two of them, it is refused.
//!
//! | managed rule | parameter | it | this rule |
//! | --- | --- | --- | --- |
//! | `ec2-instance-profile-attached` | none, or `IamInstanceProfileArnList` | takes exact ARNs | takes names and wildcards as well |
//! | `ec2-imdsv2-check` | `imdsv2` `required` | reads `httpTokens` only | passes a metadata service that is disabled; evaluates the profile, too |
//! | `ec2-token-hop-limit-check` | `tokenHopLimit` | has 1 as its default, and is missing in some Regions | the same |
//!
//! Whether the managed rules evaluate stopped instances is not documented; `instanceStates` decides here.

mod codes;
mod forms;
mod literal;
mod metadata_service;
mod profile;
mod role;
mod trust;

use self::{
    codes::ProfileCode,
    forms::{NameOrArn, ProfileArn, TrustedPrincipal},
    literal::ManagedRule,
    metadata_service::{HopLimit, Imdsv2, MetadataServiceChecks},
    profile::{NameChecks, Profile},
    role::{Answer, Dangling, RoleChecks},
};
use crate::{
    ec2::{
        Instance,
        instance_states::{self, InstanceStates},
    },
    facts::{Facts, INSTANCE_PROFILE_ACTIONS, ROLE_POLICIES_ACTIONS},
    finding::{Code, Finding, Verdict},
    item::ConfigurationItem,
    parameters::{Parameter, ParameterError, RawParameters, keywords},
    rule::{Metadata, ResourceTypes, Rule, Schedule},
};

/// The rule.
#[derive(Debug)]
pub struct InstanceProfile;

/// The checked parameters.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// None in those modes that read the metadata options only.
    profile: Option<ProfileChecks>,
    metadata_service: MetadataServiceChecks,
    states: InstanceStates,
}

#[derive(Clone, Debug)]
struct ProfileChecks {
    is_required: bool,
    names: NameChecks,
    role: RoleChecks,
    exempt: Vec<NameOrArn>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Exact,
    Literal,
}

keywords!(Mode, "`exact` or `literal`", "exact" => Self::Exact, "literal" => Self::Literal);

impl Rule for InstanceProfile {
    type Configuration = Instance;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "instance-profile",
        description: "An EC2 instance has an instance profile: an approved one, whose role is trusted to EC2 only and is not too powerful, as you decide.",
        resource_types: ResourceTypes::These(&["AWS::EC2::Instance"]),
        further_triggers: &[],
        schedule: Schedule::WithDriftingParameters,
        parameters: &[
            Parameter::one::<bool>(
                "required",
                Some("true"),
                "Whether an instance without an instance profile is a finding.",
            ),
            Parameter::list::<ProfileArn>(
                "IamInstanceProfileArnList",
                None,
                "Approves profiles by exact ARN.",
            ),
            Parameter::list::<NameOrArn>("approvedProfiles", None, "Approves profiles by name or ARN."),
            Parameter::list::<NameOrArn>("deniedProfiles", None, "Profiles that are never approved."),
            Parameter::list::<NameOrArn>("approvedRoles", None, "Other roles in a profile are findings.")
                .needs(INSTANCE_PROFILE_ACTIONS),
            Parameter::list::<NameOrArn>("deniedRoles", None, "Roles that are never approved.")
                .needs(INSTANCE_PROFILE_ACTIONS),
            Parameter::one::<Dangling>(
                "danglingProfile",
                Some("ignore"),
                "Whether it is a finding that the profile was deleted, made again under its name, or has no role.",
            )
            .needs(INSTANCE_PROFILE_ACTIONS),
            Parameter::list::<TrustedPrincipal>(
                "trustedPrincipals",
                None,
                "Others that may assume the role are findings; `ec2` alone is instances only.",
            )
            .needs(INSTANCE_PROFILE_ACTIONS),
            Parameter::list::<NameOrArn>(
                "deniedPolicies",
                None,
                "Policies that the role must not have, by the name of AWS's own or by ARN: `AdministratorAccess,PowerUserAccess,IAMFullAccess`.",
            )
            .needs(ROLE_POLICIES_ACTIONS),
            Parameter::one::<Imdsv2>(
                "imdsv2",
                Some("ignore"),
                "`required`: a metadata service that answers without a token is a finding.",
            ),
            Parameter::one::<HopLimit>(
                "tokenHopLimit",
                None,
                "A metadata service with a higher token hop limit is a finding.",
            ),
            Parameter::one::<Mode>(
                "mode",
                Some("exact"),
                "`literal`: as the managed rule whose parameter is set.",
            ),
            InstanceStates::PARAMETER,
        ],
        requirements: &[],
        fact_actions: &[],
        inventory_actions: instance_states::INVENTORY_ACTIONS,
    };

    const CODES: &'static [&'static Code] = ProfileCode::ALL;

    const EXEMPTIBLE: &'static [Parameter] = &[
        Parameter::list::<NameOrArn>(
            "profiles",
            None,
            "Instances with these profiles; how their metadata service is set is not exempt.",
        ),
        Parameter::list::<NameOrArn>("policies", None, "Policies that the role may have."),
        Parameter::list::<TrustedPrincipal>("principals", None, "Principals that may assume the role."),
    ];

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        let profile = ProfileChecks {
            is_required: raw.one("required")?.unwrap_or(true),
            names: NameChecks::read(raw)?,
            role: RoleChecks::read(raw)?,
            exempt: Vec::new(),
        };
        let parameters = Parameters {
            profile: Some(profile),
            metadata_service: MetadataServiceChecks::read(raw)?,
            states: InstanceStates::read(raw)?,
        };
        if raw.one("mode")? != Some(Mode::Literal) {
            return Ok(parameters);
        }
        let is_profile_rule = literal::managed_rule(raw)? == ManagedRule::InstanceProfileAttached;
        Ok(Parameters {
            profile: parameters.profile.filter(|_| is_profile_rule),
            metadata_service: parameters.metadata_service.whatever_the_endpoint(),
            ..parameters
        })
    }

    fn exempt(mut parameters: Parameters, parts: &RawParameters) -> Result<Parameters, ParameterError> {
        let (profiles, policies, principals) =
            (parts.list("profiles")?, parts.list("policies")?, parts.list("principals")?);
        if let Some(checks) = &mut parameters.profile {
            checks.exempt.extend(profiles);
            checks.role.exempt_policies.extend(policies);
            checks.role.exempt_principals.extend(principals);
        }
        Ok(parameters)
    }

    fn cautions(parameters: &Parameters) -> Vec<String> {
        let checks_profiles =
            |checks: &ProfileChecks| checks.is_required || checks.names.are_set() || checks.role.are_set();
        let checks = parameters.profile.as_ref().is_some_and(checks_profiles);
        let caution = "no instance can be NON_COMPLIANT: `required` is `false`, and nothing else is set";
        if checks || parameters.metadata_service.are_set() { Vec::new() } else { vec![caution.to_owned()] }
    }

    fn evaluate(item: &ConfigurationItem<Instance>, parameters: &Parameters, facts: &Facts) -> Verdict {
        let instance = &item.configuration;
        if let Some(answer) = parameters.states.not_evaluated(instance) {
            return answer;
        }
        let profile = parameters.profile.as_ref().map(|checks| checks.answer(item, facts));
        let Answer { mut checks, mut clauses } = profile.unwrap_or_default();
        let (metadata_service, clause) = parameters.metadata_service.answer(instance);
        checks.extend(metadata_service);
        clauses.extend(clause);
        Verdict::of(checks, clauses.join("; "))
    }
}

impl ProfileChecks {
    fn answer(&self, item: &ConfigurationItem<Instance>, facts: &Facts) -> Answer {
        let profile = match Profile::of(&item.configuration) {
            Ok(Some(profile)) => profile,
            Ok(None) if self.is_required => {
                let sentence = "no instance profile; one is required";
                return Answer::of(Ok(Some(Finding::new(ProfileCode::ProfileMissing, sentence))));
            }
            Ok(None) => return Answer::with_message("no instance profile".to_owned()),
            Err(why) => return Answer::of(Err(why)),
        };
        if self.exempt.iter().any(|exempt| profile.is(exempt)) {
            return Answer::with_message(format!("instance profile {profile} is exempt"));
        }
        match self.names.approval(&profile) {
            Err(finding) => Answer::of(Ok(Some(finding))),
            Ok(reason) if !self.role.are_set() => Answer::with_message(reason),
            Ok(reason) => {
                let mut answer = self.role_answer(item, &profile, facts);
                answer.clauses.insert(0, reason);
                answer
            }
        }
    }

    /// The function's IAM is that of the item's account.
    fn role_answer(&self, item: &ConfigurationItem<Instance>, profile: &Profile, facts: &Facts) -> Answer {
        let owner = profile.arn.account;
        match item.account_id.as_deref() {
            Some(account) if account != owner => {
                let why = format!("its account {owner} is not the instance's");
                Answer::of(Err(format!("nothing is known about instance profile {profile}: {why}")))
            }
            _ => self.role.answer(profile, facts),
        }
    }
}

#[cfg(test)]
mod tests;
