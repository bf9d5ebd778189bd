//! Exclusions: resources that a rule is not for, because AWS or a platform makes them. They have a reason, and no end.

use crate::{
    exemption::{self, Words},
    parameters::{Parameter, ParameterError, RawParameters, Value, ValueError, first_of},
    resource_scope::{Resource, ResourceScope},
};

/// The parameter that holds the exclusions.
pub(crate) const PARAMETER: &str = "exclusions";

/// What an exclusion says: as much as an exemption, up to the reason.
pub(crate) const FIELDS: &[Parameter] = exemption::FIELDS.split_at(ResourceScope::FIELDS.len() + 1).0;

/// Those of [`FIELDS`] that no exclusion does without.
pub(crate) const REQUIRED: [&str; 1] = ["reason"];

/// The checked exclusions of a rule.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exclusions(Vec<Exclusion>);

#[derive(Clone, Debug)]
struct Exclusion {
    scope: ResourceScope,
    reason: String,
}

impl Exclusions {
    pub(crate) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        exemption::entries(raw, PARAMETER, List::FORM, Exclusion::read).map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Why the rule is not for this resource, if it is not.
    pub(crate) fn reason(&self, resource: &Resource) -> Option<String> {
        let own = self.0.iter().find(|entry| entry.scope.includes(resource))?;
        Some(format!("EXCLUDED ({})", own.reason))
    }

    /// What to tell people who are about to deploy them.
    pub(crate) fn caution(&self) -> Option<String> {
        let reasons: Vec<_> = self.0.iter().map(|entry| entry.reason.as_str()).collect();
        (!self.is_empty()).then(|| {
            format!(
                "what {PARAMETER} name is never evaluated, whatever is wrong with it, and has no end ({})",
                first_of(&reasons, reasons.len())
            )
        })
    }
}

impl Exclusion {
    fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        raw.only(FIELDS.iter())?;
        let Words(reason) = exemption::required(raw, REQUIRED[0], "an exclusion has a reason")?;
        let scope = ResourceScope::read(raw)?;
        if scope.is_everything() {
            return Err(exemption::too_wide(&[], "excluded"));
        }
        Ok(Self { scope, reason })
    }
}

/// The parameter's value as a whole; its entries are read as parameters are.
pub(crate) struct List;

impl Value for List {
    const FORM: &'static str = "a JSON array of objects with `reason` and what they are for";
    const PATTERN: &'static str = exemption::List::PATTERN;

    fn parse(text: &str) -> Result<Self, ValueError> {
        exemption::List::parse(text).map(|_| Self)
    }
}

#[cfg(test)]
mod tests;
