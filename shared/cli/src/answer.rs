//! What came of one event or item: a verdict, or why there is none.

use std::path::Path;

use config_rules::{finding::Finding, rule::Evaluation};
use serde::Serialize;

/// What came of one event or item.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    /// The file it stands in, or what else it came from.
    pub(crate) file: String,
    /// The rule that evaluated it, if it got that far.
    pub(crate) rule: Option<String>,
    /// Whether it is shown to people only if something is wrong: one of many.
    #[serde(skip)]
    pub(crate) is_brief: bool,
    /// Whether the resource has a newer version in the same file.
    #[serde(rename = "olderVersion", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_older: bool,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

const ERROR: &str = "ERROR";
const NON_COMPLIANT: &str = "NON_COMPLIANT";

impl Answer {
    /// What came of something that may have several verdicts.
    pub(crate) fn all_of<V: Into<Verdict>>(
        source: &str,
        rule: Option<&str>,
        verdicts: Result<Vec<V>, Refusal>,
    ) -> Vec<Self> {
        let outcomes = match verdicts {
            Ok(verdicts) => verdicts.into_iter().map(|verdict| Outcome::Verdict(verdict.into())).collect(),
            Err(refusal) => vec![Outcome::Refusal { error: refusal }],
        };
        let answer = |outcome| Self {
            file: source.to_owned(),
            rule: rule.map(str::to_owned),
            is_brief: false,
            is_older: false,
            outcome,
        };
        outcomes.into_iter().map(answer).collect()
    }

    /// The verdict, or that there is none.
    pub(crate) fn name(&self) -> &str {
        match &self.outcome {
            Outcome::Verdict(verdict) => &verdict.compliance_type,
            Outcome::Refusal { .. } => ERROR,
        }
    }

    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.outcome, Outcome::Refusal { .. })
    }

    pub(crate) fn is_non_compliant(&self) -> bool {
        self.name() == NON_COMPLIANT
    }

    /// Whether people need not see it.
    pub(crate) fn is_left_out(&self) -> bool {
        self.is_brief && !self.is_refusal() && !self.is_non_compliant()
    }

    /// Such as `AWS::EC2::Instance`, where it is known.
    pub(crate) fn resource_type(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Verdict(verdict) => Some(&verdict.resource_type),
            Outcome::Refusal { .. } => None,
        }
    }

    /// Whether the file's name begins with what came of it, as `non-compliant-ssh-world.json` should.
    pub(crate) fn is_as_named(&self) -> bool {
        let outcome = self.name().to_ascii_lowercase().replace('_', "-");
        let name = Path::new(&self.file).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.strip_prefix(&outcome).is_some_and(|rest| rest.starts_with(['-', '.']))
    }
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    Verdict(Verdict),
    Refusal { error: Refusal },
}

/// An evaluation as AWS Config holds it, and its findings where they are known.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verdict {
    pub(crate) resource_type: String,
    pub(crate) resource_id: String,
    pub(crate) compliance_type: String,
    pub(crate) annotation: String,
    pub(crate) ordering_timestamp: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) findings: Vec<Remedied>,
}

/// A finding, and what to do about it.
#[derive(Debug, Serialize)]
pub(crate) struct Remedied {
    #[serde(flatten)]
    finding: Finding,
    remedy: &'static str,
}

impl From<&Finding> for Remedied {
    fn from(finding: &Finding) -> Self {
        Self { finding: finding.clone(), remedy: finding.code.remedy }
    }
}

/// Why there is no verdict.
#[derive(Debug, Serialize)]
pub(crate) struct Refusal {
    /// The stable name of the kind of error.
    pub(crate) name: String,
    pub(crate) message: String,
}

impl From<Evaluation> for Verdict {
    fn from(evaluation: Evaluation) -> Self {
        Self {
            compliance_type: evaluation.compliance.compliance_type().to_owned(),
            annotation: evaluation.compliance.annotation(),
            findings: evaluation.compliance.findings().iter().map(Remedied::from).collect(),
            ordering_timestamp: evaluation.ordering_timestamp.to_string(),
            resource_type: evaluation.resource_type,
            resource_id: evaluation.resource_id,
        }
    }
}

impl Refusal {
    /// A file that cannot be read, or says not enough to be evaluated.
    #[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
    pub(crate) fn bad_file(message: impl ToString) -> Self {
        Self { name: "BadFile".to_owned(), message: message.to_string() }
    }
}

impl From<config_rules::Error> for Refusal {
    fn from(error: config_rules::Error) -> Self {
        Self { name: error.name().to_owned(), message: error.to_string() }
    }
}

impl<V: Into<Verdict>, E: Into<Refusal>> From<Result<V, E>> for Outcome {
    fn from(result: Result<V, E>) -> Self {
        match result {
            Ok(verdict) => Self::Verdict(verdict.into()),
            Err(refusal) => Self::Refusal { error: refusal.into() },
        }
    }
}
