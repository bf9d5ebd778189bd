//! The parameters that every rule takes: what to answer where data is missing, what is left out, exemptions, and whose
//! credentials to use.

use crate::{
    error::Error,
    exclusion::{self, Exclusions},
    exemption::{self, Exemptions},
    finding::{Compliance, ExemptAnswer, Finding, MissingData, Verdict},
    parameters::{Parameter, ParameterError, RawParameters, Value, ValueError},
    resource_scope::Resource,
};

/// The checked parameters that every rule takes.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    missing_data: MissingData,
    pub(crate) execution_role: Option<ExecutionRole>,
    pub(crate) exemptions: Exemptions,
    exclusions: Exclusions,
}

const DEFAULT_MAX_DAYS: u64 = 365;

/// The parameters that every rule takes, besides its own.
pub const PARAMETERS: &[Parameter] = &[
    Parameter::one::<MissingData>(
        "onMissingData",
        Some("NON_COMPLIANT"),
        "What to answer where something that the verdict needs is not known; `FAIL` fails the evaluation, and Lambda tries again.",
    ),
    Parameter::one::<exclusion::List>(
        exclusion::PARAMETER,
        None,
        "What is not evaluated, because AWS or a platform makes it: see Exclusions below.",
    ),
    Parameter::one::<exemption::List>(exemption::PARAMETER, None, "What is exempt: see Exemptions below.")
        .drifts(),
    Parameter::one::<ExemptAnswer>("exemptAs", Some("COMPLIANT"), "What to answer where an exemption holds."),
    Parameter::one::<u64>(
        "maxExemptionDays",
        Some("365"),
        "An exemption whose last day is further ahead than this does not hold.",
    ),
    Parameter::one::<RoleName>(
        ExecutionRole::NAME,
        None,
        "The role to report with, where the rule belongs to another account than the function: an organization's rule does.",
    ),
    Parameter::one::<bool>(
        ExecutionRole::IS_ASSUMED,
        Some("true"),
        "`false` leaves it at the function's own role, which reports to its own account only.",
    ),
];

impl Policy {
    /// An exemption may name these parts of a finding.
    pub(crate) fn read(raw: &RawParameters, parts: &'static [Parameter]) -> Result<Self, ParameterError> {
        let max_days = raw.one("maxExemptionDays")?.unwrap_or(DEFAULT_MAX_DAYS);
        Ok(Self {
            missing_data: raw.one("onMissingData")?.unwrap_or_default(),
            execution_role: ExecutionRole::read(raw)?,
            exemptions: Exemptions::read(raw, parts, raw.one("exemptAs")?.unwrap_or_default(), max_days)?,
            exclusions: Exclusions::read(raw)?,
        })
    }

    /// What exemptions and exclusions ask about a resource, if there are any.
    pub(crate) fn resource(&self, resource: impl FnOnce() -> Resource) -> Option<Resource> {
        (!self.exemptions.is_empty() || !self.exclusions.is_empty()).then(resource)
    }

    /// The answer for a resource that the rule is not for.
    pub(crate) fn excluded(&self, resource: Option<&Resource>) -> Option<Verdict> {
        resource.and_then(|resource| self.exclusions.reason(resource)).map(Verdict::not_applicable)
    }

    /// What to tell people who are about to deploy the rule.
    pub(crate) fn cautions(&self) -> Vec<String> {
        self.exclusions.caution().into_iter().collect()
    }

    /// Turns doubt into an answer, or into an error.
    pub(crate) fn settle(&self, verdict: Verdict) -> Result<Compliance, Error> {
        match verdict {
            Verdict::Known(compliance) => Ok(compliance),
            Verdict::Unknown { doubts, missing_data } => match missing_data.unwrap_or(self.missing_data) {
                MissingData::NonCompliant => Ok(Compliance::NonCompliant(doubts)),
                MissingData::NotApplicable => Ok(Compliance::NotApplicable(sentences(&doubts))),
                MissingData::Fail => Err(Error::MissingFacts(sentences(&doubts))),
            },
        }
    }
}

fn sentences(doubts: &[Finding]) -> String {
    let sentences: Vec<_> = doubts.iter().map(|doubt| doubt.sentence.as_str()).collect();
    sentences.join("; ")
}

/// The role by which a function reports to the account that owns the rule, where that is not its own. Its parameters have
/// the names that `RDKLib` gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionRole {
    /// The role's name, with its path if it has one: `config/evaluator`.
    pub name: String,
}

impl ExecutionRole {
    const NAME: &'static str = "ExecutionRoleName";
    const IS_ASSUMED: &'static str = "AssumeRoleMode";

    /// The role that the parameters name, unless they say not to assume it.
    fn read(raw: &RawParameters) -> Result<Option<Self>, ParameterError> {
        let name: Option<RoleName> = raw.one(Self::NAME)?;
        let is_assumed = raw.one(Self::IS_ASSUMED)?.unwrap_or(true);
        Ok(name.filter(|_| is_assumed).map(|RoleName(name)| Self { name }))
    }
}

struct RoleName(String);

impl Value for RoleName {
    const FORM: &'static str = "the name of a role, perhaps with its path: `config/evaluator`";
    const PATTERN: &'static str = r"(?:[!-.0-~][!-~]*/)?[A-Za-z0-9_+=,.@-]{1,64}";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let (path, name) = text.rsplit_once('/').map_or(("", text), |(path, name)| (path, name));
        let is_name = (1..=64).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte));
        let is_path = !path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
        if is_name && is_path { Ok(Self(text.to_owned())) } else { Err(ValueError::Form) }
    }
}
