//! The parameters that every rule takes: what to answer where data is missing.

use crate::{
    error::Error,
    finding::{Compliance, Finding, MissingData, Verdict},
    parameters::{Parameter, ParameterError, RawParameters},
};

/// The checked parameters that every rule takes.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    missing_data: MissingData,
}

/// The parameters that every rule takes, besides its own.
pub const PARAMETERS: &[Parameter] = &[Parameter::one::<MissingData>(
    "onMissingData",
    Some("NON_COMPLIANT"),
    "What to answer where something that the verdict needs is not known; `FAIL` fails the evaluation, and Lambda tries again.",
)];

impl Policy {
    pub(crate) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        Ok(Self { missing_data: raw.one("onMissingData")?.unwrap_or_default() })
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
